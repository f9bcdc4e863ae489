"""A DAG as an indented list: the form that fits every width."""

from collections.abc import Mapping

from workbench.views.cells import cell_width, pieces
from workbench.views.graph import STAGE_TAGS, Graph, Node
from workbench.views.layers import depths, topological

_HANGING = 4


def outline(
    graph: Graph, names: Mapping[str, str], notes: Mapping[str, str], marks: Mapping[str, str], width: int
) -> list[str]:
    """Lines of at most ``width`` cells (20 or more), in topological order, indented by depth.

    ``names``, ``notes``: printable texts by id. ``marks``: glyphs by state and kind. ValueError: a cycle.
    """
    number = {node.id: index for index, node in enumerate(graph.nodes)}
    successors: list[list[int]] = [[] for _ in graph.nodes]
    for one, two in sorted({(number[edge.source], number[edge.target]) for edge in graph.edges}):
        successors[one].append(two)
    sources = _sources(graph)
    depth = depths(successors)
    lines: list[str] = []
    for index in topological(successors):
        node = graph.nodes[index]
        words = [*_head(node, names[node.id], notes[node.id], marks), *_ends(sources.get(node.id, {}), names)]
        lines += _wrapped(words, width, min(2 * depth[index], width // 3))
    return lines


def _sources(graph: Graph) -> dict[str, dict[str, list[str]]]:
    """For every id: ``needs`` and ``reads`` with the ids in the order of the nodes."""
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    found: dict[str, dict[str, list[str]]] = {}
    for edge in sorted(dict.fromkeys(graph.edges), key=lambda each: (each.kind, place[each.source])):
        found.setdefault(edge.target, {}).setdefault(edge.kind, []).append(edge.source)
    return found


def _head(node: Node, name: str, note: str, marks: Mapping[str, str]) -> list[str]:
    tag = marks[node.kind] if node.kind in STAGE_TAGS else ""
    state = marks.get(node.state, "?") if node.state else ""
    shown = f"[{tag}{name}]" if node.selected else tag + name
    return [part for part in (state, shown, note and f"({note})") if part]


def _ends(sources: Mapping[str, list[str]], names: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for kind, ids in sources.items():
        found += [f" {kind}:", *(names[each] + "," for each in ids[:-1]), names[ids[-1]]]
    return found


def _wrapped(words: list[str], width: int, indent: int) -> list[str]:
    """Words in lines, the later lines indented by more; a word that is too long is cut in pieces."""
    lines, line, space = [], " " * indent, ""
    for word in words:
        for piece in pieces(word, width - indent - _HANGING):
            if space and cell_width(line + space + piece) > width:
                lines.append(line)
                line, space = " " * (indent + _HANGING), ""
            line += space + (piece if space else piece.lstrip())
            space = " "
    return [*lines, line]
