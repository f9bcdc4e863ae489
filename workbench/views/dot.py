"""A DAG as DOT source for Graphviz. The ``dot`` program is not needed to write it."""

import re

from workbench.views.cells import printable
from workbench.views.graph import SOLID, TAGS, Graph, Node, element_id, look

_SHAPES = {"task": "box", "input": "note", "dataset": "cylinder", "external": "cds", "check": "diamond",
           "consumer": "house"}  # fmt: skip
_FONT = "Helvetica,Arial,sans-serif"
_KEYWORDS = frozenset({"node", "edge", "graph", "digraph", "subgraph", "strict"})


def dot(graph: Graph) -> str:
    """The source of a digraph from left to right.

    A name that is a plain DOT identifier is used as it is; another node is called n0, n1, ... after its
    place. The label and the id (``element_id``) carry the real name either way.
    """
    import graphviz

    names = _names(graph)
    drawing = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "label": graphviz.nohtml(_literal(graph.title)), "labelloc": "t"},
        node_attr={"fontname": _FONT, "margin": "0.2,0.08"},
        edge_attr={"color": "#7d8594"},
    )
    for node in graph.nodes:
        # A text in angle brackets would be read as HTML.
        drawing.node(names[node.id], **{key: graphviz.nohtml(text) for key, text in _attributes(node)})
    for edge in graph.edges:
        drawing.edge(names[edge.source], names[edge.target], style="dashed" if edge.kind not in SOLID else None)
    return str(drawing.source)


def _names(graph: Graph) -> dict[str, str]:
    """DOT names by id, all different."""
    plain = {node.id for node in graph.nodes if _plain(node.id)}
    names: dict[str, str] = {}
    for index, node in enumerate(graph.nodes):
        stand_in = f"n{index}"
        while stand_in in plain:
            stand_in += "_"
        names[node.id] = node.id if node.id in plain else stand_in
    return names


def _plain(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)) and name.lower() not in _KEYWORDS


def _attributes(node: Node) -> list[tuple[str, str]]:
    tag = TAGS[node.kind][0] if node.kind in TAGS else ""
    state = look(node.state).glyph if node.state else ""
    first = " ".join([part for part in (state, tag + node.title) if part])
    found = {
        "label": "\\n".join([_literal(line) for line in (first, node.note) if line]),
        "id": _literal(element_id(node.id)),
        "tooltip": _literal(f"{node.title}: {node.state or node.kind}"),
        "shape": _SHAPES[node.kind],
        "style": "rounded" if node.kind == "task" else "",
        "color": look(node.state).light if node.state else "",
        "peripheries": "2" if node.selected else "",
    }
    return [(key, text) for key, text in found.items() if text]


def _literal(text: str) -> str:
    """A text that Graphviz shows letter by letter: without its escapes and HTML entities."""
    return re.sub(r"&(?=#?\w+;)", "&amp;", printable(text).replace("\\", "\\\\"))
