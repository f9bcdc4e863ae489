"""What a picture of a DAG is made from: nodes, edges, and the glyph and colour of every state."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

NodeKind = Literal["task", "input", "dataset", "external", "check", "consumer"]
EdgeKind = Literal["needs", "requires", "writes", "looks for", "started by", "reads"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in the picture. ``note`` is a short second line; ``state`` a key of GLYPHS, or empty. ``role``:
    what sort of task it is where it is no usual one (sensor, branch, setup); seen where notes have no room.

    On a stage, whose boxes have room for more and keep their size while time moves: ``mark`` is one letter or digit
    behind the glyph, ``brief`` at most six cells beside the name, ``more`` a third line. ``says``: the note with more
    words, from long to short, where there may be room."""

    id: str
    title: str
    kind: NodeKind = "task"
    note: str = ""
    state: str = ""
    selected: bool = False
    role: str = ""
    mark: str = ""
    brief: str = ""
    more: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """``needs``: the target waits for the source (solid, as with ``requires``: it fails without it, and ``writes``: the
    source makes it). The others are dashed: ``reads`` takes what is there, a sensor ``looks for`` it, a run is
    ``started by`` it."""

    source: str
    target: str
    kind: EdgeKind = "needs"


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order of the author. ValueError: an id twice, or an edge to an unknown id."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            if node.id in seen:
                raise ValueError(f"two nodes have the id {node.id!r}")
            seen.add(node.id)
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in seen:
                    raise ValueError(f"edge {edge.source!r} -> {edge.target!r}: no node {end!r}")


@dataclass(frozen=True, slots=True)
class Look:
    """How one state is shown: one-cell glyphs, an SGR colour, and SVG colours for light and dark."""

    glyph: str
    ascii: str
    sgr: str
    light: str
    dark: str


LOOKS = MappingProxyType(
    {
        "none": Look("○", "o", "", "#8a8f98", "#7d838d"),
        "scheduled": Look("◌", "s", "90", "#9a7b4f", "#c9a77a"),
        "queued": Look("◔", "q", "35", "#8250b4", "#c49be8"),
        "running": Look("◐", "R", "36", "#0a7ea4", "#56c7ea"),
        "success": Look("●", "+", "32", "#1a7f4b", "#4cc38a"),
        "failed": Look("✖", "X", "31", "#c62f35", "#ff6b6b"),
        "up_for_retry": Look("↻", "~", "33", "#a86400", "#f0b050"),
        "skipped": Look("⊘", "/", "90", "#b0568c", "#e59ac6"),
        "upstream_failed": Look("⊗", "^", "33", "#b3541e", "#f59e6c"),
        "removed": Look("∅", "-", "90", "#7a7f87", "#8b919b"),
        "arrived": Look("✓", "v", "32", "#1a7f4b", "#4cc38a"),
        "late": Look("◷", "!", "31", "#c62f35", "#ff6b6b"),
    }
)
# States of what stands around the tasks of a stage, and of a sensor between two looks.
MORE_LOOKS = MappingProxyType(
    {
        "up_for_reschedule": Look("◑", "z", "35", "#8250b4", "#c49be8"),
        "published": Look("●", "+", "32", "#1a7f4b", "#4cc38a"),
        "stale": Look("△", "%", "33", "#a86400", "#f0b050"),
        "blocked": Look("⊖", "=", "33", "#b3541e", "#f59e6c"),
        "warned": Look("!", "!", "33", "#a86400", "#f0b050"),
        "came_late": Look("✓", "v", "33", "#a86400", "#f0b050"),
    }
)
UNKNOWN = Look("?", "?", "", "#8a8f98", "#7d838d")

# Edges of these kinds are drawn solid, all others dashed.
SOLID = ("needs", "requires", "writes")

# The kinds that are drawn as a tag instead of a box.
TAGS = MappingProxyType({"input": ("▤", "#"), "dataset": ("▣", "="), "external": ("⇢", ">")})

# The same, with what only a stage shows: those who read, and checks, which are boxes of their own.
STAGE_TAGS = MappingProxyType({**TAGS, "consumer": ("▲", "@")})
CHECK = ("◇", "*")

GLYPHS = MappingProxyType(
    {state: look.glyph for state, look in LOOKS.items()} | {kind: tag[0] for kind, tag in TAGS.items()}
)
ASCII_GLYPHS = MappingProxyType(
    {state: look.ascii for state, look in LOOKS.items()} | {kind: tag[1] for kind, tag in TAGS.items()}
)
_MORE = {**STAGE_TAGS, "check": CHECK}
STAGE_GLYPHS = MappingProxyType(
    {
        **GLYPHS,
        **{state: one.glyph for state, one in MORE_LOOKS.items()},
        **{kind: tag[0] for kind, tag in _MORE.items()},
    }
)
STAGE_ASCII = MappingProxyType(
    {
        **ASCII_GLYPHS,
        **{state: one.ascii for state, one in MORE_LOOKS.items()},
        **{kind: tag[1] for kind, tag in _MORE.items()},
    }
)


def look(state: str) -> Look:
    """The look of a state; an unknown one is shown as a question mark instead of raising."""
    return LOOKS.get(state) or MORE_LOOKS.get(state, UNKNOWN)


def element_id(node_id: str) -> str:
    """``task:NAME`` for SVG and DOT: word characters and ``-.:`` stay, all else is %XX (injective)."""
    return "task:" + re.sub(r"[^\w\-.:]", _percent, node_id)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
