"""A stage drawn in terminal cells: laid out once, then only repainted where something changed.

A `Picture` is the stage in one form. Its rows are made of spans that carry what they stand for, so that a front end can
be pointed at; what lies before the selection is lit in one colour, what lies behind it in another, the rest is dim. On
the densest map, which has no lines, a `‹` stands beside what is before the selection and a `›` beside what is behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from workbench.views.cells import cell_width, shorten
from workbench.views.dense import dense
from workbench.views.forms import GRID, Form, Mode, forms_for, forms_in_need, names_of, size_of
from workbench.views.frames import BOXED, UNICODE, Piece, framed, units, wires
from workbench.views.graph import CHECK, STAGE_TAGS, Node, look
from workbench.views.hanging import Hung, hung_on
from workbench.views.layout import Place, Point, Size, least_width, place
from workbench.views.sheet import STYLES, Row, Span
from workbench.views.stage import Stage

_PEN = UNICODE


def _sizes(
    stage: Stage, form: Form, names: Mapping[str, str]
) -> tuple[dict[str, list[Hung]], dict[str, Size], dict[str, Size]]:
    """What hangs below what; the size of each thing alone; and of those that stand, with what hangs below them."""
    hung = hung_on(stage, form.hang)
    hangs = {one.id: one.is_last for tree in hung.values() for one in tree}
    own = {one.id: size_of(one, names[one.id], form, one.id in hangs, hangs.get(one.id, False)) for one in stage.things}
    sizes = {name: _with_tree(size, hung.get(name, ()), own) for name, size in own.items() if name not in hangs}
    return hung, own, sizes


def _indent(root: Size | Place) -> int:
    """A tree begins below the first cell inside a box, and below the side of a pill."""
    return 1 if root.height > 2 else 0


def _with_tree(size: Size, tree: Sequence[Hung], own: Mapping[str, Size]) -> Size:
    """The room for a thing with all that hangs below it."""
    wide = max([size.width, *(_indent(size) + len(one.prefix) + own[one.id].width for one in tree)])
    return Size(wide, size.height + len(tree), size.port)


class Lit(NamedTuple):
    """What is selected, and the ids of all that lies before and behind it. Nothing is selected: nothing is dim."""

    chosen: str = ""
    up: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()

    def of(self, node: str) -> str:
        """`chosen`, `up`, `down`, `dim`; empty where nothing is selected."""
        if not self.chosen:
            return ""
        return "chosen" if node == self.chosen else "up" if node in self.up else "down" if node in self.down else "dim"


def lit(stage: Stage, chosen: str) -> Lit:
    """All that the thing with this id comes from, and all that comes from it."""
    if not chosen:
        return Lit()
    return Lit(chosen, _behind(chosen, stage.back), _behind(chosen, stage.ahead))


def _behind(start: str, ahead: Mapping[str, list[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for each in ahead.get(todo.pop(), ()):
            if each not in seen:
                seen.add(each)
                todo.append(each)
    return frozenset(seen)


class Picture:
    """A stage in one form. It remembers the rows that it made last, and makes anew only those that change."""

    def __init__(self, stage: Stage, form: Form, width: int = 0, height: int = 0) -> None:
        self.stage, self.form = stage, form
        self.names = names_of(stage, form)
        self.targets = {thing.id: thing.target for thing in stage.things}
        self.kinds = {thing.id: thing.kind for thing in stage.things}
        self._units: dict[tuple[str, str], list[Point]] = {}
        if form.lines:
            chars = self._laid_out()
        else:
            self.layout, chars = dense(stage, width, height), {}
            self.spots = self.layout.places
        self.places = {spot.id: spot for spot in self.spots}
        self._chars: list[list[tuple[int, str]]] = [[] for _ in range(self.height)]
        for (x, y), char in sorted(chars.items()):
            self._chars[y].append((x, char))
        self._blocks: list[list[tuple[int, int, int]]] = [[] for _ in range(self.height)]  # x, node, which line of it
        for index, spot in enumerate(self.spots):
            for line in range(spot.height):
                self._blocks[spot.y + line].append((spot.x, index, line))
        self._nodes: tuple[Node, ...] = ()
        self._lit: Lit | None = None
        self._segments: list[list[tuple[int, Span]]] = []
        self._blocked: list[tuple[Node, str, tuple[Row, ...]] | None] = [None] * len(self.spots)
        self._rows: list[Row] = []

    def _laid_out(self) -> dict[Point, str]:
        """Place what stands, then what hangs below it; the characters of all lines."""
        hung, own, sizes = _sizes(self.stage, self.form, self.names)
        edges = [edge for edge in self.stage.edges if edge.source in sizes and edge.target in sizes]
        self.layout = place(sizes, [(edge.source, edge.target) for edge in edges], self.form.spacing)
        chars = wires(edges, self.layout, _PEN)
        self._units = {(route.source, route.target): units(route.points) for route in self.layout.routes}
        found: dict[str, Place] = {}
        for spot in self.layout.places:
            root = found[spot.id] = replace(spot, width=own[spot.id].width, height=own[spot.id].height)
            self._lengthen(root, spot.width, chars)
            self._hang(root, hung.get(spot.id, ()), own, found, chars)
        self.spots = tuple(found[thing.id] for thing in self.stage.things)
        return chars

    def _hang(
        self,
        root: Place,
        tree: Sequence[Hung],
        own: Mapping[str, Size],
        found: dict[str, Place],
        chars: dict[Point, str],
    ) -> None:
        """What hangs below a thing, row by row. An upright line belongs to the next branch below it."""
        left = root.x + _indent(root)
        below: dict[int, tuple[str, str]] = {}
        for row, one in reversed(list(enumerate(tree, root.y + root.height))):
            x = left + len(one.prefix)
            found[one.id] = Place(one.id, root.layer + one.depth, row, x, row, own[one.id].width, 1)
            chars.update({(left + i, row): char for i, char in enumerate(one.prefix) if char != " "})
            self._units[one.edge] = [(x - 2, row), (x - 1, row)]
            for depth, char in enumerate(one.prefix[:-2]):
                if char == "│":
                    self._units[below[depth]].append((left + depth, row))
            below[len(one.prefix) - 2] = one.edge

    def _lengthen(self, root: Place, width: int, chars: dict[Point, str]) -> None:
        """Lines begin behind all that hangs below; they are drawn on to the thing itself."""
        more = [(x, root.row) for x in range(root.x + root.width, root.x + width)]
        ways = [passed for (source, _), passed in self._units.items() if source == root.id and passed]
        if more and ways:
            char = chars.get((root.x + width, root.row), "─")
            chars.update(dict.fromkeys(more, "┄" if char == "┄" else "─"))
            for passed in ways:
                passed.extend(more)

    @property
    def width(self) -> int:
        return self.layout.width

    @property
    def height(self) -> int:
        return self.layout.height

    def rows(self, nodes: tuple[Node, ...], chosen: str) -> tuple[Row, ...]:
        """The cells, with the nodes of the stage as they are now and one of them selected (its id, or nothing)."""
        if self._lit is None or self._lit.chosen != chosen:
            self._lit = lit(self.stage, chosen)
            self._segments = self._lines(self._lit)
            self._rows = [()] * self.height
            dirty: Iterable[int] = range(self.height)
        else:
            dirty = self._changed(nodes)
        self._nodes = nodes
        for y in dirty:
            self._rows[y] = self._row(y)
        return tuple(self._rows)

    def is_loud(self, node: str) -> bool:
        """Is it late, failed or held, as it was painted last?"""
        return next((one.state in _LOUD for one in self._nodes if one.id == node), False)

    def _changed(self, nodes: tuple[Node, ...]) -> set[int]:
        """The rows of the nodes that are not as they were."""
        found: set[int] = set()
        for old, new, spot in zip(self._nodes, nodes, self.spots, strict=True):
            if old is not new and old != new:
                found.update(range(spot.y, spot.y + spot.height))
        return found

    def _lines(self, now: Lit) -> list[list[tuple[int, Span]]]:
        """Of every row the stretches of lines, in the colours of what they join."""
        styles: dict[tuple[int, int], str] = {}
        for (source, target), passed in self._units.items():
            style = _edge_style(now, source, target)
            if style:
                styles.update(dict.fromkeys(passed, style))
        plain = "edge.dim" if now.chosen else "edge"
        return [_stretches(chars, y, styles, plain) for y, chars in enumerate(self._chars)]

    def _row(self, y: int) -> Row:
        parts: list[tuple[int, int, tuple[Span, ...]]] = [(x, len(span.text), (span,)) for x, span in self._segments[y]]
        for x, index, line in self._blocks[y]:
            parts.append((x, self.spots[index].width, self._painted(index)[line]))
        parts.sort(key=itemgetter(0))
        found: list[Span] = []
        end = 0
        for x, wide, spans in parts:
            if x > end:
                found.append(Span(" " * (x - end)))
            found += spans
            end = x + wide
        return tuple(found)

    def _painted(self, index: int) -> tuple[tuple[Span, ...], ...]:
        """The lines of a node, made anew when it, or the selection, has changed."""
        assert self._lit is not None
        node, how = self._nodes[index], self._lit.of(self._nodes[index].id)
        before = self._blocked[index]
        if before is not None and before[1] == how and (before[0] is node or before[0] == node):
            return before[2]
        spot = self.spots[index]
        made = _block(node, self.names[node.id], self.targets[node.id], self.form, spot.width, spot.height, how)
        self._blocked[index] = (node, how, made)
        return made


def _edge_style(now: Lit, source: str, target: str) -> str:
    if target == now.chosen or target in now.up:
        return "edge.up"
    return "edge.down" if source == now.chosen or source in now.down else ""


def _stretches(
    chars: Sequence[tuple[int, str]], y: int, styles: Mapping[tuple[int, int], str], plain: str
) -> list[tuple[int, Span]]:
    found = []
    cells = [(x, char, styles.get((x, y), plain)) for x, char in chars]
    # Cells hang together where the column grows by one and the style stays.
    for _, group in groupby(enumerate(cells), key=lambda each: (each[1][0] - each[0], each[1][2])):
        run = [cell for _, cell in group]
        found.append((run[0][0], Span("".join(char for _, char, _ in run), run[0][2])))
    return found


# one node


def _block(
    node: Node, name: str, target: str, form: Form, width: int, height: int, how: str
) -> tuple[tuple[Span, ...], ...]:
    """The lines of a node, each `width` cells. `how`: chosen, up, down, dim or nothing."""
    styles = _styles(node, how)
    if form.mode == "map":
        return (_dot(node, target, form, how, styles),)
    boxed = height > 2 and form.boxed and node.kind in BOXED
    room = width - 2 - 2 * (form.pad if boxed else 0)
    lines = height - 2 if boxed else height
    label = _label(node, name, form.notes if lines > 1 else 0, room)[:lines]
    label += [[]] * (lines - len(label))
    rows = framed(label, width, node.kind, _PEN, boxed=boxed, pad=form.pad if boxed else 1, selected=how == "chosen")
    return tuple(
        tuple(Span(text, styles.get(part, ""), target) for text, part in _joined(row)) for row in rows
    )  # fmt: skip


def _joined(row: Sequence[Piece]) -> list[Piece]:
    groups = ((part, list(pieces)) for part, pieces in groupby(row, key=itemgetter(1)))
    return [("".join(text for text, _ in pieces), part) for part, pieces in groups]


def _label(node: Node, name: str, count: int, room: int) -> list[list[Piece]]:
    """The lines inside a node: its glyphs and its name, then notes."""
    state = look(node.state).glyph if node.state else ""
    if node.kind == "task":
        first: list[Piece] = [(f"{state}{node.mark} ", "glyph"), (name, "name")]
    elif node.kind == "check":
        first = [(CHECK[0], "tag"), (f"{state} ", "glyph"), (name, "name")]
    else:
        first = [(STAGE_TAGS[node.kind][0], "tag"), (name, "name"), (" ", ""), (state + node.mark, "glyph")]
        left = room - sum(cell_width(text) for text, _ in first)
        if left >= cell_width(node.brief) and not (node.kind == "dataset" and count):
            first.append((node.brief, "brief"))
    indent = "" if node.kind in ("task", "check") else "  "
    notes = (node.note, node.more)[:count]
    return [first, *[[(indent + shorten(note, room - len(indent)), "note")] for note in notes]]


def _dot(node: Node, target: str, form: Form, how: str, styles: Mapping[str, str]) -> tuple[Span, ...]:
    """A node in one cell, and beside it whether it is selected, before or behind."""
    tag = STAGE_TAGS[node.kind][0] if node.kind in STAGE_TAGS else ""
    glyph = tag or (look(node.state).glyph if node.state else CHECK[0])
    if form.lines:
        side = "◂" if how == "chosen" else " "
        return (Span(glyph, styles["glyph"], target), Span(side, _FRAMES[how], target))
    side = {"chosen": "▸", "up": "‹", "down": "›"}.get(how, " ")
    return (Span(side, _FRAMES[how], target), Span(glyph, styles["glyph"], target))


# What wants to be seen even where it is not lit.
_LOUD = frozenset({"failed", "late", "blocked"})
_QUIET = frozenset({"", "none", "success", "arrived", "came_late", "published", "skipped", "removed"})
_FRAMES = {"chosen": "frame.chosen", "up": "edge.up", "down": "edge.down", "dim": "edge.dim", "": "frame"}


def _styles(node: Node, how: str) -> dict[str, str]:
    """The style of every part of a node."""
    state = state_style(node.state)
    name = {"chosen": "chosen", "dim": "name.dim"}.get(how, "name")
    is_loud = node.state in _LOUD or node.mark == "W"
    note = "name.dim" if how == "dim" else state if node.state not in _QUIET else "note"
    frame = _FRAMES[how]
    if how != "chosen" and (is_loud or (how != "dim" and node.state not in ("", "none"))):
        frame = state
    return {
        "glyph": state, "tag": state if node.state not in ("", "none") else name, "name": name, "note": note,
        "brief": state if how != "dim" or is_loud else name, "frame": frame, "": "",
    }  # fmt: skip


def state_style(state: str) -> str:
    name = f"state.{state}"
    return "state.stale" if state in ("warned", "came_late") else name if name in STYLES else "state.none"


# which form


def picture_of(stage: Stage, width: int, height: int, mode: Mode = "auto") -> Picture:
    """The picture that suits a pane: the best that fits it, else one that is larger and has to be scrolled."""
    return _picked(stage, width, height, mode)


@lru_cache(maxsize=64)
def _picked(stage: Stage, width: int, height: int, mode: Mode) -> Picture:
    for form in forms_for(mode, stage.tasks):
        if form is not GRID and _least(stage, form) > width:
            continue
        found = _drawn(stage, form, *((width, height) if form is GRID else (0, 0)))
        if found.width <= width and found.height <= height:
            return found
    last = None
    for form in forms_in_need(mode, stage.tasks):
        last = _drawn(stage, form, *((width, height) if form is GRID else (0, 0)))
        if last.height <= height:
            break
    assert last is not None
    return last


@lru_cache(maxsize=64)
def _drawn(stage: Stage, form: Form, width: int, height: int) -> Picture:
    return Picture(stage, form, width, height)


@lru_cache(maxsize=256)
def _least(stage: Stage, form: Form) -> int:
    _, _, sizes = _sizes(stage, form, names_of(stage, form))
    edges = [(edge.source, edge.target) for edge in stage.edges if edge.source in sizes and edge.target in sizes]
    return least_width(sizes, edges, form.spacing)
