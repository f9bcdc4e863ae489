"""Pictures as text: goldens, and reading the lines of random graphs back into edges."""

import os
import random
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.views.boxes import boxes
from workbench.views.cells import cell_width, pieces, printable, shorten
from workbench.views.dot import dot
from workbench.views.graph import (
    ASCII_GLYPHS,
    GLYPHS,
    LOOKS,
    Edge,
    EdgeKind,
    Graph,
    Node,
    NodeKind,
    element_id,
)
from workbench.views.svg import svg

GOLDEN = Path(__file__).parent / "golden" / "pictures"
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def chains(title: str, text: str, state: str = "") -> Graph:
    """``a b -> c; c -> d``: every word a task, every arrow an edge from each word to each."""
    names: dict[str, None] = {}
    edges: list[Edge] = []
    for line in text.split(";"):
        groups = [part.split() for part in line.split("->")]
        names |= dict.fromkeys(word for group in groups for word in group)
        for ones, twos in pairwise(groups):
            edges += [Edge(one, two) for one in ones for two in twos]
    return Graph(title, tuple(Node(name, name, state=state) for name in names), tuple(edges))


def daily_flights() -> Graph:
    inputs = [Node("ewr", "ewr", "input"), Node("jfk", "jfk", "input"), Node("lga", "lga", "input")]
    tasks = [Node("extract", "extract", note="10 min"), Node("clean", "clean", note="3 min")]
    edges = [Edge(each.id, "extract", "reads") for each in inputs]
    edges += [Edge("extract", "clean"), Edge("clean", "publish")]
    nodes = [*inputs, *tasks, Node("publish", "publish", note="2 min")]
    return Graph("daily_flights", tuple(nodes), tuple(edges))


def at_seven() -> Graph:
    """The same in the middle of a day, with its report and another DAG that waits for it."""
    plain = daily_flights()
    states = {"ewr": "arrived", "jfk": "late", "lga": "arrived", "extract": "queued"}
    nodes = [replace(node, state=states.get(node.id, "none")) for node in plain.nodes]
    nodes[3] = replace(nodes[3], note="waits 70 min", selected=True)
    nodes[0] = replace(nodes[0], note="05:48")
    nodes += [Node("report", "report", "dataset", "public: Wed 2"), Node("weekly", "weekly", "external")]
    edges = (*plain.edges, Edge("publish", "report"), Edge("publish", "weekly", "reads"))
    return Graph("daily_flights", tuple(nodes), edges)


ORDERS = """wait_orders_file -> load_orders -> validate_orders -> join_orders;
 wait_fx_rates -> load_fx -> join_orders; extract_customers -> load_customers -> join_orders customer_ltv;
 join_orders -> daily_revenue customer_ltv -> quality_checks -> publish_report"""

WIDE = Graph(
    "日次フライト",
    (
        Node("a", "抽出 e\u0301tape", note="１０分"),
        Node("b", "清掃\x1b[31m\n", state="running"),
        Node("c", "公開", "dataset", selected=True),
    ),
    (Edge("a", "b"), Edge("b", "c", "reads"), Edge("a", "c")),
)

SAMPLES = {
    "daily_flights": daily_flights(),
    "at_seven": at_seven(),
    "diamond": chains("diamond", "a -> b c -> d"),
    "fan": chains("fan out, fan in", "start -> a b c d -> join -> end"),
    "long": chains("long edges", "a -> b -> c -> d; a -> d; a -> c"),
    "parts": chains("parts", "a -> b -> c; x -> y z; lonely other third"),
    "swap": chains("lines that must cross", "a -> x y; b -> y z; c -> x z"),
    "wide": WIDE,
    "orders": chains("orders_daily", ORDERS, "none"),
    "empty": Graph("nothing yet", ()),
}


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no {path}: run with UPDATE_GOLDEN=1 and look at it"
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_picture_is_as_it_was_approved(name: str) -> None:
    golden(f"{name}.txt", boxes(SAMPLES[name]) + "\n")


@pytest.mark.parametrize(
    ("name", "width"), [("at_seven", 80), ("at_seven", 72), ("at_seven", 40), ("orders", 150), ("orders", 80)]
)
def test_narrow_pictures_are_as_they_were_approved(name: str, width: int) -> None:
    golden(f"{name}-{width}.txt", boxes(SAMPLES[name], width=width) + "\n")


def test_other_forms_are_as_they_were_approved() -> None:
    golden("at_seven-ascii.txt", boxes(at_seven(), ascii=True) + "\n")
    golden("at_seven-color.txt", boxes(at_seven(), color=True) + "\n")
    golden("at_seven.svg", svg(at_seven()))
    golden("at_seven.dot", dot(at_seven()))


# --- random graphs -----------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn, titles: st.SearchStrategy[str] | None = None, most: int = 11) -> Graph:
    """DAGs of tasks n0, n1, ... or with the titles given."""
    count = draw(st.integers(1, most))
    pairs = [(one, two) for two in range(count) for one in range(two)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * count)) if pairs else []
    kinds = st.sampled_from(("needs", "reads"))
    nodes = tuple(Node(f"n{i}", draw(titles) if titles is not None else f"n{i}") for i in range(count))
    shuffled = draw(st.permutations(range(count)))
    edges = [_edge(shuffled[one], shuffled[two], draw(kinds)) for one, two in chosen]
    return Graph("", nodes, tuple(edges))


def _edge(one: int, two: int, kind: str) -> Edge:
    return Edge(f"n{one}", f"n{two}", "reads" if kind == "reads" else "needs")


def forms(graph: Graph) -> list[str]:
    """The graph in every form of the picture, from roomy to compact, without the list."""
    found: list[str] = []
    text = boxes(graph)
    while "►" in text:
        found.append(text)
        text = boxes(graph, width=max(map(cell_width, text.split("\n"))) - 1)
        if found[-1] == text:
            break
    return found


NORTH, EAST, SOUTH, WEST = (0, -1), (1, 0), (0, 1), (-1, 0)
SIDES = {
    **dict.fromkeys("─┄", (EAST, WEST)),
    **dict.fromkeys("│┆", (NORTH, SOUTH)),
    "╭": (EAST, SOUTH),
    "╮": (WEST, SOUTH),
    "╰": (EAST, NORTH),
    "╯": (WEST, NORTH),
    "┬": (EAST, SOUTH, WEST),
    "┴": (EAST, NORTH, WEST),
    "├": (NORTH, EAST, SOUTH),
    "┤": (NORTH, SOUTH, WEST),
    "┼": (NORTH, EAST, SOUTH, WEST),
}
Side = tuple[int, int]


def read(text: str) -> set[tuple[str, str]]:
    """The edges that a reader sees who follows lines from left to right, never turning back left."""
    rows = text.split("\n")
    wide = max(map(len, rows)) + 2
    rows = [row.ljust(wide) for row in rows]
    names = [(y, name) for y, row in enumerate(rows) for name in re.finditer(r"n\d+", row)]
    # Without boxes at least a name of the first layer has no line on its left.
    boxed = all(re.search(r"│ ?$", rows[y][: name.start()]) for y, name in names)
    found: set[tuple[str, str]] = set()
    for y, name in names:
        start = rows[y].index("│", name.end()) + 1 if boxed else name.end() + 1
        if rows[y][start] in "─┄":
            found |= {(name[0], end) for end in _ends(rows, start, y)}
    return found


def _ends(rows: list[str], x: int, y: int) -> set[str]:
    found: set[str] = set()
    todo, seen = [(x, y, EAST)], set()
    while todo:
        x, y, ahead = step = todo.pop()
        if step in seen:
            continue
        seen.add(step)
        todo += [(x + side[0], y + side[1], side) for side in _exits(rows[y][x], ahead)]
        if rows[y][x] == "►":
            label = re.match(r"│? *(n\d+)", rows[y][x + 1 :])
            assert label, f"an arrow to nowhere in column {x} of {rows[y]!r}"
            found.add(label[1])
    return found


def _exits(char: str, ahead: Side) -> tuple[Side, ...]:
    if char == "►":
        assert ahead == EAST
        return ()
    if char == "▸" or (char in "│┆" and ahead == EAST):
        return (EAST,)
    back = (-ahead[0], -ahead[1])
    assert back in SIDES[char], f"{char!r} met from {back}"
    return tuple(side for side in SIDES[char] if side not in (back, WEST))


@settings(QUIET, max_examples=120)
@given(graphs())
def test_the_lines_of_a_picture_say_exactly_its_edges(graph: Graph) -> None:
    truth = {(edge.source, edge.target) for edge in graph.edges}
    for text in forms(graph):
        assert read(text) == truth, "\n" + text


@QUIET
@given(graphs(most=25))
def test_no_line_ends_in_the_air(graph: Graph) -> None:
    for text in forms(graph):
        wide = max(map(len, text.split("\n"))) + 1
        rows = ["", *text.split("\n"), ""]
        rows = [" " + row.ljust(wide) for row in rows]
        for y, row in enumerate(rows):
            for x, char in enumerate(row):
                for side in SIDES.get(char, ()):
                    other = rows[y + side[1]][x + side[0]]
                    meets = (-side[0], -side[1]) in SIDES.get(other, ()) or other == "▸"
                    meets |= side == EAST and other in "►│┆"
                    meets |= side == WEST and (other in "│┆" or rows[y][x - 2].isdigit())
                    assert meets, f"{char} at {x}, {y} meets {other!r}\n{text}"


@QUIET
@given(graphs())
def test_every_node_is_there_once_in_every_form(graph: Graph) -> None:
    for text in forms(graph):
        assert sorted(re.findall(r"n\d+", text)) == sorted(node.id for node in graph.nodes)


@QUIET
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(graph: Graph, shuffler: random.Random) -> None:
    edges = list(graph.edges)
    shuffler.shuffle(edges)
    assert boxes(replace(graph, edges=tuple(edges))) == boxes(graph)


# --- widths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(20, 190, 3))
def test_no_line_is_wider_than_asked_and_no_node_is_lost(width: int) -> None:
    for graph in (SAMPLES["orders"], WIDE, chains("a title that is much too long for it", "x y")):
        text = boxes(graph, width=width)
        assert max(map(cell_width, text.split("\n"))) <= width
        flat = re.sub(r"\s", "", text)
        for node in graph.nodes:
            name = re.sub(r"\s", "", printable(node.title))
            assert name in flat or f"{name[:4]}" in flat, f"{name} is not in\n{text}"


@QUIET
@given(graphs(st.text(max_size=12), most=6))
def test_any_title_takes_as_many_columns_as_its_width_says(graph: Graph) -> None:
    plain = [replace(node, title="x" * cell_width(printable(node.title))) for node in graph.nodes]
    got, expected = boxes(graph), boxes(replace(graph, nodes=tuple(plain)))
    assert got.count("\n") == expected.count("\n")
    for one, two in zip(got.split("\n"), expected.split("\n"), strict=True):
        assert cell_width(one) == len(two)
        assert one.isprintable() or not one.translate({0xA0: " ", 0x3000: " "}).isascii()


@QUIET
@given(graphs(st.text(max_size=12), most=6))
def test_ascii_pictures_are_ascii(graph: Graph) -> None:
    assert boxes(graph, ascii=True).isascii()
    assert boxes(graph, ascii=True, width=20).isascii()


@pytest.mark.parametrize("width", [None, 100, 60, 30])
def test_colour_only_adds_escapes(width: int | None) -> None:
    for graph in SAMPLES.values():
        plain, colored = boxes(graph, width=width), boxes(graph, width=width, color=True)
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert "\x1b[31m" in boxes(Graph("", (Node("a", "a", state="failed"),)), color=True)


def test_a_form_can_be_asked_for() -> None:
    graph = SAMPLES["orders"]
    assert "╭──" in boxes(graph, form="boxes")
    assert boxes(graph, form="pills").count("\n") == 3
    assert boxes(graph, form="pills", width=80) == boxes(graph, form="list", width=80) == boxes(graph, width=80)


def test_shortened_names_stay_different_or_are_not_shortened() -> None:
    same = [f"the_same_long_beginning_{i}_and_the_same_end" for i in range(3)]
    graph = Graph("", tuple(Node(name, name) for name in same), (Edge(same[0], same[1]), Edge(same[1], same[2])))
    for width in range(20, 150):
        lines = boxes(graph, width=width)
        flat = re.sub(r"\s", "", lines)
        assert len(set(re.findall(r"the_same\w*…?\w*", lines))) >= 3 or all(name in flat for name in same)


def test_a_name_is_cut_in_the_middle() -> None:
    assert shorten("extract_customers", 12) == "extract_…ers"
    assert shorten("clean", 12) == "clean"
    assert cell_width(shorten("日本語の長い名前", 7)) <= 7
    assert pieces("abcdefg", 3) == ["abc", "def", "g"]


def test_printable_text_has_no_control_characters() -> None:
    assert printable("a\tb\x7f\u202ec\ufe0f") == "a␉b\ufffd\ufffdc"
    assert printable("\u0301a") == " \u0301a"
    assert [cell_width(text) for text in ("a", "抽", "e\u0301", "🛫", "ﾊ")] == [1, 2, 1, 2, 1]


# --- the graph itself --------------------------------------------------------------------------------


def test_glyphs_are_one_cell_and_different() -> None:
    for table in (GLYPHS, ASCII_GLYPHS):
        assert all(cell_width(glyph) == 1 for glyph in table.values())
        assert len(set(table.values())) == len(table)
    assert all(glyph.isascii() for glyph in ASCII_GLYPHS.values())
    assert all(look.light != look.dark for look in LOOKS.values())


def test_a_graph_refuses_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="two nodes"):
        Graph("", (Node("a", "a"), Node("a", "b")))
    with pytest.raises(ValueError, match="no node 'b'"):
        Graph("", (Node("a", "a"),), (Edge("a", "b"),))
    loop = Graph("", (Node("a", "a"), Node("b", "b")), (Edge("a", "b"), Edge("b", "a")))
    for draw in (boxes, svg):
        with pytest.raises(ValueError, match="cycle"):
            draw(loop)


def test_ids_of_elements_are_safe_and_different() -> None:
    assert element_id("clean") == "task:clean"
    assert element_id('a "b"') == "task:a%20%22b%22"
    assert element_id("a%20b") != element_id("a b")


def test_the_kinds_are_those_of_the_tables() -> None:
    kinds: list[NodeKind] = ["task", "input", "dataset", "external"]
    lines: list[EdgeKind] = ["needs", "reads"]
    nodes = tuple(Node(kind, kind, kind) for kind in kinds)
    graph = Graph("", nodes, tuple(Edge("input", "task", kind) for kind in lines))
    assert "▤input ──►│ task │" in boxes(graph)
    assert "▣dataset" in boxes(graph)
    assert "⇢external" in boxes(graph)
