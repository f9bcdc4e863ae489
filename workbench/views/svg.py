"""A DAG as one SVG document: no script, no font or file from elsewhere, for light and dark pages.

Each node is a group with the id ``element_id(node.id)``, so that states can be recoloured without a new
layout. All lengths are px unless a name says units.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from workbench.views.cells import char_width, printable, shorten
from workbench.views.graph import LOOKS, SOLID, TAGS, Edge, Graph, Look, Node, element_id, look
from workbench.views.layout import Layout, Place, Route, Size, Spacing, place

_UNIT = 10
_SPACING = Spacing(stub=2, arrow=2, tall=2, flat=2, line=1, parts=3)
_MARGIN = 20
_HEADING = 34
_INSET = 12
_GLYPH = 20
_LONGEST = 60
# Two such corners shorten a line by one period of the dashes, so dashed lines that share a way coincide.
_RADIUS = 6.635
_DASH = (3, 2)
_BEND = 0.3768
_DESCRIBED = 60

_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
_SYMBOLS = "'DejaVu Sans', 'Segoe UI Symbol', 'Apple Symbols', Arial, sans-serif"


def svg(graph: Graph) -> str:
    """The document, with a newline at its end. ValueError: a cycle."""
    sizes = {node.id: _size(node) for node in graph.nodes}
    layout = place(sizes, [(edge.source, edge.target) for edge in graph.edges], _SPACING)
    title = printable(graph.title)
    top = _MARGIN + (_HEADING if title else 0)
    width = max(layout.width * _UNIT, ceil(_text_width(title, 15))) + 2 * _MARGIN
    height = layout.height * _UNIT + top + _MARGIN
    heading = f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + 14}">{escape(title)}</text>' if title else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wb-graph" role="img" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}" aria-label={_attribute(title or "graph")}>',
        f"<title>{escape(title or 'graph')}</title>",
        f"<desc>{escape(_description(graph))}</desc>",
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>',
        heading,
        f'<g transform="translate({_MARGIN} {top})">',
        *_edges(graph, layout),
        *[_node(node, spot) for node, spot in zip(graph.nodes, layout.places, strict=True)],
        "</g>",
        "</svg>",
    ]
    return "".join([line + "\n" for line in lines if line])


def _attribute(text: str) -> str:
    safe = escape(printable(text))
    if '"' not in safe:
        return f'"{safe}"'
    return f"'{safe}'" if "'" not in safe else '"' + safe.replace('"', "&quot;") + '"'


def escape(text: str) -> str:
    """Text for XML. The function of the standard library loads its network modules."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def _description(graph: Graph) -> str:
    """What the picture shows, in words; of a large graph only the numbers."""
    counts = f"{len(graph.nodes)} nodes, {len(graph.edges)} edges."
    if len(graph.edges) > _DESCRIBED:
        return counts
    names = {node.id: printable(node.title) for node in graph.nodes}
    return " ".join([counts, *[f"{_sentence(edge, names)}." for edge in graph.edges]])


def _sentence(edge: Edge, names: dict[str, str]) -> str:
    kind = "is started by" if edge.kind == "started by" else edge.kind
    return f"{names[edge.target]} {kind} {names[edge.source]}"


# --- sizes -------------------------------------------------------------------------------------------


def _title(node: Node) -> str:
    return shorten(printable(node.title), _LONGEST)


def _glyphs(node: Node) -> list[str]:
    """The mark of the kind and that of the state; a task has the second only."""
    kind = [TAGS[node.kind][0]] if node.kind in TAGS else []
    return kind + ([look(node.state).glyph] if node.state else [])


def _size(node: Node) -> Size:
    """Units: 3 high, 5 with a note, as wide as its text may be in a wide font."""
    text = max(_text_width(_title(node), 13) + _GLYPH * len(_glyphs(node)), _text_width(printable(node.note), 11))
    units = ceil((text + 2 * _INSET) / _UNIT)
    return Size(units, 5, 2) if node.note else Size(units, 3, 1)


def _text_width(text: str, size: int) -> float:
    """An upper guess of the width of a text in Helvetica, Arial or what stands in for them."""
    return sum([_em(char) for char in text]) * size


def _em(char: str) -> float:
    if char_width(char) != 1:
        return 1.05 * char_width(char) / 2
    if char in "ijl.,:;'|!ft()[] ":
        return 0.36
    return 0.92 if char in "mwMW@%&…" else 0.72 if char.isupper() or not char.isascii() else 0.6


# --- lines -------------------------------------------------------------------------------------------


def _edges(graph: Graph, layout: Layout) -> list[str]:
    """A group for each edge, the dashed ones first so that a solid line covers them."""
    routes = {(route.source, route.target): route for route in layout.routes}
    names = {node.id: printable(node.title) for node in graph.nodes}
    return [
        _edge(edge, routes[edge.source, edge.target], names)
        for solid in (False, True)
        for edge in graph.edges
        if (edge.kind in SOLID) == solid
    ]


def _edge(edge: Edge, route: Route, names: dict[str, str]) -> str:
    points = _pixels(route)
    x, y = points[-1]
    dash = f' stroke-dasharray="{_DASH[0]} {_DASH[1]}" stroke-dashoffset="{_offset(points)}"'
    kind = edge.kind.replace(" ", "-")
    return (
        f'<g class="edge {kind}" data-source={_attribute(edge.source)} data-target={_attribute(edge.target)}>'
        f"<title>{escape(_sentence(edge, names))}</title>"
        f'<path class="line" d="{_path(points)}"{dash if edge.kind not in SOLID else ""}/>'
        f'<path class="head" d="M{_number(x + 7)} {_number(y)}l-9 -4.5v9z"/></g>'
    )


def _pixels(route: Route) -> list[tuple[float, float]]:
    """The corners; the line begins at the side of its source and ends within its arrow head."""
    (first, row), *inner, (last, end) = [(x * _UNIT, (y + 0.5) * _UNIT) for x, y in route.points]
    return [(first, row), *[(x + _UNIT / 2, y) for x, y in inner], (last + _UNIT - 7, end)]


def _path(points: Sequence[tuple[float, float]]) -> str:
    """SVG path data with round corners."""
    parts = [f"M{_pair(points[0])}"]
    for one, two, three in zip(points, points[1:], points[2:], strict=False):
        radius = _radius(one, two, three)
        before, after = _toward(two, one, radius), _toward(two, three, radius)
        parts.append(f"L{_pair(before)}Q{_pair(two)} {_pair(after)}")
    return "".join([*parts, f"L{_pair(points[-1])}"])


def _radius(*corner: tuple[float, float]) -> float:
    return min(_RADIUS, *(_length(one, two) / 2 for one, two in pairwise(corner)))


def _length(one: tuple[float, float], two: tuple[float, float]) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _toward(start: tuple[float, float], end: tuple[float, float], step: float) -> tuple[float, float]:
    share = step / (_length(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _offset(points: Sequence[tuple[float, float]]) -> str:
    """The dash offset with which every dashed line ends in the same phase."""
    straight = sum([_length(one, two) for one, two in pairwise(points)])
    bends = sum([_radius(*each) for each in zip(points, points[1:], points[2:], strict=False)]) * _BEND
    return _number(-(straight - bends) % sum(_DASH))


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# --- nodes -------------------------------------------------------------------------------------------


def _node(node: Node, spot: Place) -> str:
    x, y, width, height = (value * _UNIT for value in (spot.x, spot.y, spot.width, spot.height))
    glyphs = _glyphs(node)
    label = ", ".join([part for part in (_title(node), node.state, printable(node.note)) if part])
    left, line = x + _INSET, y + 19 + (1 if node.note else 0)
    parts = [
        f"<title>{escape(printable(label))}</title>",
        _rect("ring", x - 4, y - 4, width + 8, height + 8, 11) if node.selected else "",
        _rect("box", x, y, width, height, 8),
        *[_written("glyph", left + _GLYPH * index, line, glyph) for index, glyph in enumerate(glyphs)],
        _written("name", left + _GLYPH * len(glyphs), line, _title(node)),
        _written("note", left, y + 38, printable(node.note)) if node.note else "",
    ]
    names = f"node kind-{node.kind} state-{_word(node.state)}" + (" selected" if node.selected else "")
    head = f'<g id={_attribute(element_id(node.id))} class="{names}" data-node={_attribute(node.id)}>'
    return head + "".join(parts) + "</g>"


def _written(name: str, x: int, y: int, text: str) -> str:
    return f'<text class="{name}" x="{x}" y="{y}">{escape(text)}</text>'


def _rect(name: str, x: int, y: int, width: int, height: int, radius: int) -> str:
    return f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>'


def _word(state: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", state) or "unset"


# --- colours -----------------------------------------------------------------------------------------


def _style() -> str:
    """Rules for light pages, then those for dark ones; all below ``.wb-graph`` so that none leaks."""
    dark = "".join(_rules(*_DARK))
    return "".join([*_FIXED, *_rules(*_LIGHT)]) + f"@media (prefers-color-scheme:dark){{{dark}}}"


_FIXED = (
    f".wb-graph text{{font-family:{_FONT};font-size:13px}}",
    ".wb-graph .heading{font-size:15px;font-weight:bold}",
    ".wb-graph .note{font-size:11px}",
    f".wb-graph .glyph{{font-family:{_SYMBOLS};font-size:14px}}",
    ".wb-graph .line{fill:none;stroke-width:1.5}",
    ".wb-graph .box{stroke-width:1.5}",
    ".wb-graph .ring{fill:none;stroke-width:1.5}",
    ".wb-graph .selected .name{font-weight:bold}",
)
# Ink, soft ink, lines, paper, boxes, tags; and which colour of a look.
_LIGHT = ("#1c212b", "#596170", "#7d8594", "#ffffff", "#f6f7f9", "#eceff3", False)
_DARK = ("#e6e9ef", "#a3abb9", "#808999", "#171a21", "#20242d", "#2a2f3a", True)


def _rules(ink: str, soft: str, line: str, paper: str, box: str, tag: str, dark: bool) -> list[str]:
    own = [
        f".wb-graph text{{fill:{ink}}}",
        f".wb-graph .note{{fill:{soft}}}",
        f".wb-graph .glyph{{fill:{soft}}}",
        f".wb-graph .paper{{fill:{paper}}}",
        f".wb-graph .box{{fill:{box};stroke:{line}}}",
        f".wb-graph .ring{{stroke:{ink}}}",
        *[f".wb-graph .kind-{kind} .box{{fill:{tag};stroke:none}}" for kind in TAGS],
        f".wb-graph .line{{stroke:{line}}}",
        f".wb-graph .head{{fill:{line}}}",
    ]
    return own + [_toned(state, each, dark) for state, each in LOOKS.items()]


def _toned(state: str, each: Look, dark: bool) -> str:
    tone = each.dark if dark else each.light
    return (
        f".wb-graph .state-{state} .box,.wb-graph .state-{state} .ring{{stroke:{tone}}}"
        f".wb-graph .state-{state} .glyph{{fill:{tone}}}"
    )
