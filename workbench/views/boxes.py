"""A DAG as text for a terminal: boxes, or one-row pills, or a list when the picture is too wide.

A line reads from left to right: at a joint it may go on to the right, up or down, but at a ``▸`` only to
the right. Where ``─│─`` stands instead of ``─┼─``, two lines cross without meeting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.views.cells import asciified, cell_width, char_width, pieces, printable, shorten
from workbench.views.frames import ASCII, BOXED, UNICODE, Pen, framed, wires
from workbench.views.graph import STAGE_TAGS, Graph, Node, look
from workbench.views.layout import Layout, Size, Spacing, least_width, place
from workbench.views.outline import outline

_LONGEST = 40
_NARROWEST = 20
# A longer note of a tag goes below its name.
_INLINE = 6

FormName = Literal["auto", "boxes", "pills", "list"]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to draw: tasks ``boxed``, with notes, or pills; titles of at most ``limit`` cells."""

    boxed: bool
    pad: int
    limit: int
    spacing: Spacing


# From roomy to compact; the first that fits the width is taken.
_FORMS = (
    _Form(True, 1, _LONGEST, Spacing(stub=1, arrow=2, parts=1)),
    _Form(True, 0, _LONGEST, Spacing(stub=1, arrow=1)),
    _Form(False, 1, _LONGEST, Spacing(stub=1, arrow=2)),
    _Form(False, 0, _LONGEST, Spacing(stub=1, arrow=1)),
    _Form(False, 0, 16, Spacing(stub=1, arrow=1)),
    _Form(False, 0, 12, Spacing(stub=1, arrow=1)),
)


_Cell = tuple[str, str]
_BLANK: _Cell = (" ", "")


def boxes(
    graph: Graph,
    *,
    width: int | None = None,
    ascii: bool = False,
    color: bool = False,
    form: FormName = "auto",
) -> str:
    """The picture, its title on top, without a newline at the end.

    ``width``: no line is wider, in cells (at least 20; None: as wide as it gets). ``color`` only adds SGR
    escapes. ``form`` leaves out the other forms; a list always fits. Names over 40 cells, over 12 in the
    most compact pills, are cut with a ``…`` in the middle where they stay different. ValueError: a cycle.
    """
    pen = ASCII if ascii else UNICODE
    room = None if width is None else max(width, _NARROWEST)
    rows = _drawn(graph, room, pen, form) or _listed(graph, room or 80, pen)
    return "\n".join([_text(row, color) for row in [*_title(graph, room, pen), *rows]])


def _title(graph: Graph, room: int | None, pen: Pen) -> list[list[_Cell]]:
    title = _safe(graph.title, pen)
    return [_cells(piece, "1") for piece in pieces(title, room or cell_width(title)) if title]


def _safe(text: str, pen: Pen) -> str:
    return asciified(printable(text)) if pen is ASCII else printable(text)


def _listed(graph: Graph, room: int, pen: Pen) -> list[list[_Cell]]:
    names = {node.id: _safe(node.title, pen) for node in graph.nodes}
    notes = {node.id: _safe(node.note, pen) for node in graph.nodes}
    return [_cells(line, "") for line in outline(graph, names, notes, pen.marks, room)]


def _drawn(graph: Graph, room: int | None, pen: Pen, name: FormName) -> list[list[_Cell]]:
    """The picture in the first form that fits, or nothing."""
    for form in _FORMS:
        if name not in ("auto", "boxes" if form.boxed else "pills"):
            continue
        labels = _labels(graph, form, pen)
        sizes = {node.id: _size(node, labels[node.id], form) for node in graph.nodes if labels}
        layout = _fitting(graph, sizes, form, room) if sizes else None
        if layout:
            return [*_canvas(graph, layout, labels, form, pen), *([] if form.boxed else _legend(graph, room, pen))]
    return []


def _legend(graph: Graph, room: int | None, pen: Pen) -> list[list[_Cell]]:
    """Where there is no room for notes: which tasks are sensors, branches, and so on."""
    roles = dict.fromkeys(node.role for node in graph.nodes if node.role)
    said = [f"{role}: {', '.join(_safe(n.title, pen) for n in graph.nodes if n.role == role)}" for role in roles]
    lines = [piece for line in said for piece in pieces(line, room or cell_width(line))]
    return [_cells(line, "2") for line in lines]


def _fitting(graph: Graph, sizes: Mapping[str, Size], form: _Form, room: int | None) -> Layout | None:
    edges = [(edge.source, edge.target) for edge in graph.edges]
    if room is not None and least_width(sizes, edges, form.spacing) > room:
        return None
    layout = place(sizes, edges, form.spacing)
    return layout if room is None or layout.width <= room else None


def _labels(graph: Graph, form: _Form, pen: Pen) -> dict[str, tuple[str, ...]]:
    """The lines of each node; none at all when shortening makes two names one."""
    full = {node.id: _safe(node.title, pen) for node in graph.nodes}
    short = {key: shorten(title, form.limit, pen.cut) for key, title in full.items()}
    if len(set(short.values())) < len(set(full.values())):
        return {}
    return {node.id: _label(node, short[node.id], form, pen) for node in graph.nodes}


def _label(node: Node, title: str, form: _Form, pen: Pen) -> tuple[str, ...]:
    note = _safe(node.note, pen) if form.boxed else ""
    state = pen.marks.get(node.state, "?") if node.state else ""
    if node.kind not in STAGE_TAGS:
        first = _spaced(state, title)
    elif cell_width(note) <= _INLINE:
        return (_spaced(pen.marks[node.kind] + title, state + note),)
    else:
        first, note = _spaced(pen.marks[node.kind] + title, state), " " + note
    return (first, note) if note else (first,)


def _spaced(*parts: str) -> str:
    return " ".join([part for part in parts if part])


def _boxed(node: Node, form: _Form) -> bool:
    return form.boxed and node.kind in BOXED


def _size(node: Node, label: Sequence[str], form: _Form) -> Size:
    wide = max(map(cell_width, label))
    if _boxed(node, form):
        return Size(wide + 2 + 2 * form.pad, len(label) + 2, 1)
    return Size(wide + 1 + max(form.pad, node.selected), len(label))


def _canvas(
    graph: Graph, layout: Layout, labels: Mapping[str, Sequence[str]], form: _Form, pen: Pen
) -> list[list[_Cell]]:
    canvas = [[_BLANK] * layout.width for _ in range(layout.height)]
    for (x, y), char in wires(graph.edges, layout, pen).items():
        canvas[y][x] = (char, "")
    for node, spot in zip(graph.nodes, layout.places, strict=True):
        for row, cells in enumerate(_block(node, labels[node.id], spot.width, form, pen), spot.y):
            canvas[row][spot.x : spot.x + spot.width] = cells
    return canvas


def _block(node: Node, label: Sequence[str], width: int, form: _Form, pen: Pen) -> list[list[_Cell]]:
    """The cells of one node."""
    sgr = look(node.state).sgr if node.state else ""
    codes = {"frame": sgr, "name": _codes(sgr, "1") if node.selected else sgr, "note": "2", "": ""}
    lines = [[(line, part)] for line, part in zip(label, ("name", "note"), strict=False)]
    rows = framed(lines, width, node.kind, pen, boxed=_boxed(node, form), pad=form.pad, selected=node.selected)
    return [[cell for text, part in row for cell in _cells(text, codes[part])] for row in rows]


def _codes(*codes: str) -> str:
    return ";".join([code for code in codes if code])


def _cells(text: str, sgr: str) -> list[_Cell]:
    """A printable text as cells: after a wide character an empty one; marks join the cell before them."""
    found: list[_Cell] = []
    for char in text:
        width = char_width(char)
        if width:
            found += [(char, sgr), ("", sgr)][:width]
        else:
            found[-1] = (found[-1][0] + char, sgr)
    return found


def _text(row: Sequence[_Cell], color: bool) -> str:
    """One line, without blanks at its end."""
    cells = list(row)
    while cells and cells[-1][0] == " ":
        cells.pop()
    return _colored(cells) if color else "".join([char for char, _ in cells])


def _colored(cells: Sequence[_Cell]) -> str:
    parts, last = [], ""
    for char, sgr in cells:
        if sgr != last:
            parts.append(("\x1b[0m" if last else "") + (f"\x1b[{sgr}m" if sgr else ""))
            last = sgr
        parts.append(char)
    return "".join(parts) + ("\x1b[0m" if last else "")
