"""Pictures as files: SVG that is well formed and safe, DOT that keeps every name."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import session
from workbench.views import draw, graph_of
from workbench.views.cells import printable
from workbench.views.dot import dot
from workbench.views.graph import LOOKS, Edge, Graph, Node, element_id
from workbench.views.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
ODD = ("a:b", "node", "Graph", 'q"x\\', "new\nline", "<b>", "n0", "抽出", "&eacute;", "end\\", "'", "\x00\ufffe", "-->")


@st.composite
def odd_graphs(draw: st.DrawFn) -> Graph:
    names = draw(st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=8)), min_size=1, max_size=6, unique=True))
    states = st.sampled_from(("", "unheard of <", *LOOKS))
    kinds = st.sampled_from(("task", "input", "dataset", "external"))
    nodes = tuple(
        Node(name, name, draw(kinds), draw(st.text(max_size=5)), draw(states), draw(st.booleans()))  # type: ignore[arg-type]
        for name in names
    )
    edges = tuple(Edge(one, two) for one, two in pairwise(names))
    return Graph(draw(st.text(max_size=8)), nodes, (*edges, *(Edge(names[0], name, "reads") for name in names[2:])))


def odd_graph() -> Graph:
    nodes = tuple(Node(name, name, note=name) for name in ODD)
    edges = tuple(Edge(one, two) for one, two in pairwise(ODD))
    return Graph('t "q" \\N <b>', nodes, edges)


@settings(max_examples=60, deadline=None)
@given(odd_graphs())
def test_an_svg_has_a_group_for_each_node_and_edge(graph: Graph) -> None:
    root = ET.fromstring(svg(graph))
    groups = [group for group in root.iter(f"{SVG}g") if "node" in group.get("class", "").split()]
    assert [group.get("id") for group in groups] == [element_id(node.id) for node in graph.nodes]
    assert len({group.get("id") for group in groups}) == len(graph.nodes)
    for group, node in zip(groups, graph.nodes, strict=True):
        texts = [each.text or "" for each in group.iter(f"{SVG}text")]
        assert printable(node.title) in texts
        assert group.find(f"{SVG}title") is not None
        assert ("selected" in group.get("class", "").split()) == node.selected
    lines = [group for group in root.iter(f"{SVG}g") if "edge" in group.get("class", "").split()]
    assert len(lines) == len(graph.edges)


def test_an_svg_stands_alone() -> None:
    text = svg(odd_graph())
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert not re.search(r"<script|<image|<foreignObject|@import|url\(|href|\son\w+=", text)
    assert text.count("http") == 1
    assert "prefers-color-scheme:dark" in text


def test_texts_of_an_svg_stay_within_their_boxes() -> None:
    root = ET.fromstring(svg(Graph("", (Node("a", "WWWWWWWW"), Node("b", "日本語の名前"), Node("c", "clean")))))
    for group in root.iter(f"{SVG}g"):
        box, name = group.find(f"{SVG}rect"), group.find(f"{SVG}text[@class='name']")
        if box is not None and name is not None and name.text:
            wide = {"WWWWWWWW": 12.27 * 8, "日本語の名前": 13 * 6, "clean": 30.3}[name.text]
            right = float(name.get("x", "0")) + wide
            assert right <= float(box.get("x", "0")) + float(box.get("width", "0")) - 6


def test_lines_of_an_svg_touch_both_nodes() -> None:
    root = ET.fromstring(svg(Graph("", (Node("a", "a"), Node("b", "b")), (Edge("a", "b"),))))
    one, two = (rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "box")
    line, head = (path.get("d", "") for path in root.iter(f"{SVG}path"))
    start, tip = re.match(r"M([\d.]+)", line), re.match(r"M([\d.]+)", head)
    assert start
    assert tip
    assert float(start[1]) == float(one.get("x", "0")) + float(one.get("width", "0"))
    assert float(tip[1]) == float(two.get("x", "0"))


def labels(source: str) -> list[str]:
    """The labels of the nodes as Graphviz shows them."""
    found = re.findall(r'^\t(?!graph )\w+ \[label=(?:"((?:[^"\\]|\\.)*)"|(\S+))', source, re.MULTILINE | re.DOTALL)
    return [_shown(quoted or plain) for quoted, plain in found]


def _shown(text: str) -> str:
    text = re.sub(r'\\"', '"', text)
    text = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)
    return text.replace("&amp;", "&")


def test_dot_keeps_odd_names() -> None:
    assert labels(dot(odd_graph())) == [f"{printable(name)}\n{printable(name)}" for name in ODD]


@settings(max_examples=60, deadline=None)
@given(odd_graphs())
def test_dot_has_a_statement_for_each_node_and_edge(graph: Graph) -> None:
    source = dot(graph)
    assert len(re.findall(r"^\t\w+ -> \w+( \[style=dashed\])?$", source, re.MULTILINE)) == len(graph.edges)
    names = re.findall(r"^\t(\w+) \[label=", source, re.MULTILINE)[-len(graph.nodes) :]
    assert len(set(names)) == len(graph.nodes)
    for node in graph.nodes:
        safe = element_id(node.id)
        assert f'id="{safe}"' in source


def test_a_plain_name_stays_as_it_is() -> None:
    source = dot(Graph("g", (Node("extract", "extract"), Node("clean", "clean")), (Edge("extract", "clean", "reads"),)))
    assert "\textract -> clean [style=dashed]\n" in source
    assert "rankdir=LR" in source


@pytest.mark.skipif(shutil.which("dot") is None, reason="no dot program")
def test_graphviz_reads_the_source() -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=dot(odd_graph()).encode(), capture_output=True, check=True)
    ids = {each.get("id") for each in ET.fromstring(done.stdout).iter()}
    assert {element_id(name) for name in ODD} <= ids


OUTSIDE = """
    dag: flights
    schedule: {on: [sales, fares]}
    start: 2013-01-01
    inputs: {sales: {expected: "06:00"}, fares: , rates: }
    tasks:
      up: {setup: true, takes: 10m}
      wait: {sensor: {on: [rates, other.load], every: 5m}}
      choose: {branch: [fast], needs: [wait, up]}
      fast: {needs: [choose], requires: [rates]}
      slow: {needs: [choose, "other.load@-6..0", "slow@-1"], reads: [fares]}
      down: {needs: [fast, slow, up], teardown: true, trigger_rule: all_done_setup_success}
    ---
    dag: other
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {load: {}}
    ---
    scenario: x
    from: 2013-01-02T06:00Z
    """


def test_what_a_sensor_looks_for_and_what_starts_a_run_are_seen() -> None:
    spec = session(OUTSIDE).workspace.dags["flights"]
    graph = graph_of(spec)
    edges = {(edge.source, edge.kind, edge.target) for edge in graph.edges}
    assert edges >= {
        ("rates", "looks for", "wait"), ("other.load", "looks for", "wait"), ("rates", "requires", "fast"),
        ("sales", "started by", "up"), ("fares", "started by", "wait"), ("fares", "reads", "slow"),
        ("other.load@-6..0", "needs", "slow"), ("slow@-1", "needs", "slow"),
    }  # fmt: skip
    assert {node.id: node.kind for node in graph.nodes}["slow@-1"] == "external"
    notes = {node.id: node.note for node in graph.nodes}
    assert (notes["wait"], notes["choose"]) == ("sensor, every 5 min", "branch, 1 min")
    assert graph.title == "flights  on sales and fares"
    assert 'class="edge looks-for"' in draw(spec, "svg")
    assert "rates -> wait [style=dashed]" in draw(spec, "dot")
    assert draw(spec, width=80).splitlines()[-4:] == ["setup: up", "sensor: wait", "branch: choose", "teardown: down"]
