"""A DAG as one SVG document: no script, no font or file from elsewhere, for light and dark pages.

Each node is a group with the id ``element_id(node.id)``, so that states can be recoloured without a new
layout. All lengths are px unless a name says units.
"""

import re
from math import ceil

from workbench.views.cells import printable, shorten
from workbench.views.graph import LOOKS, SOLID, TAGS, Edge, Graph, Look, Node, element_id, look
from workbench.views.layout import Layout, Place, Route, Size, Spacing, place
from workbench.views.svg_parts import (
    DASH,
    FONT,
    SYMBOLS,
    UNIT,
    attribute,
    dash_offset,
    escape,
    number,
    path,
    pixels,
    text_width,
)

_SPACING = Spacing(stub=2, arrow=2, tall=2, flat=2, line=1, parts=3)
_MARGIN = 20
_HEADING = 34
_INSET = 12
_GLYPH = 20
_LONGEST = 60
_DESCRIBED = 60


def svg(graph: Graph) -> str:
    """The document, with a newline at its end. ValueError: a cycle."""
    sizes = {node.id: _size(node) for node in graph.nodes}
    layout = place(sizes, [(edge.source, edge.target) for edge in graph.edges], _SPACING)
    title = printable(graph.title)
    top = _MARGIN + (_HEADING if title else 0)
    width = max(layout.width * UNIT, ceil(text_width(title, 15))) + 2 * _MARGIN
    height = layout.height * UNIT + top + _MARGIN
    heading = f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + 14}">{escape(title)}</text>' if title else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wb-graph" role="img" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}" aria-label={attribute(title or "graph")}>',
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
    text = max(text_width(_title(node), 13) + _GLYPH * len(_glyphs(node)), text_width(printable(node.note), 11))
    units = ceil((text + 2 * _INSET) / UNIT)
    return Size(units, 5, 2) if node.note else Size(units, 3, 1)


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
    points = pixels(route)
    x, y = points[-1]
    dash = f' stroke-dasharray="{DASH[0]} {DASH[1]}" stroke-dashoffset="{dash_offset(points)}"'
    kind = edge.kind.replace(" ", "-")
    return (
        f'<g class="edge {kind}" data-source={attribute(edge.source)} data-target={attribute(edge.target)}>'
        f"<title>{escape(_sentence(edge, names))}</title>"
        f'<path class="line" d="{path(points)}"{dash if edge.kind not in SOLID else ""}/>'
        f'<path class="head" d="M{number(x + 7)} {number(y)}l-9 -4.5v9z"/></g>'
    )


# --- nodes -------------------------------------------------------------------------------------------


def _node(node: Node, spot: Place) -> str:
    x, y, width, height = (value * UNIT for value in (spot.x, spot.y, spot.width, spot.height))
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
    head = f'<g id={attribute(element_id(node.id))} class="{names}" data-node={attribute(node.id)}>'
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
    f".wb-graph text{{font-family:{FONT};font-size:13px}}",
    ".wb-graph .heading{font-size:15px;font-weight:bold}",
    ".wb-graph .note{font-size:11px}",
    f".wb-graph .glyph{{font-family:{SYMBOLS};font-size:14px}}",
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
