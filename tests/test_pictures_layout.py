"""The layered layout: nothing overlaps, every line goes from side to side, and it is quick."""

import random
import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.views.layout import Layout, Place, Point, Size, Spacing, least_width, place

Sizes = dict[str, Size]
Edges = list[tuple[str, str]]
SPACINGS = (Spacing(), Spacing(1, 1), Spacing(2, 2, 2, 2, 1, 3))


@st.composite
def dags(draw: st.DrawFn) -> tuple[Sizes, Edges]:
    count = draw(st.integers(0, 24))
    names = [f"n{i}" for i in range(count)]
    sizes = {}
    for name in names:
        height = draw(st.integers(1, 5))
        sizes[name] = Size(draw(st.integers(1, 12)), height, draw(st.integers(0, height - 1)))
    pairs = [(one, two) for two in range(count) for one in range(two)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * count)) if pairs else []
    order = draw(st.permutations(names))
    return sizes, [(order[one], order[two]) for one, two in chosen]


def units(one: Point, two: Point) -> set[Point]:
    (x, y), (x2, y2) = sorted((one, two))
    return {(col, row) for col in range(x, x2 + 1) for row in range(y, y2 + 1)}


def area(spot: Place) -> set[Point]:
    return units((spot.x, spot.y), (spot.x + spot.width - 1, spot.y + spot.height - 1))


@settings(max_examples=80, deadline=None)
@given(dags(), st.sampled_from(SPACINGS))
def test_nodes_and_lines_keep_apart(dag: tuple[Sizes, Edges], spacing: Spacing) -> None:
    sizes, edges = dag
    layout = place(sizes, edges, spacing)
    assert [(spot.id, spot.width, spot.height) for spot in layout.places] == [
        (name, size.width, size.height) for name, size in sizes.items()
    ]
    areas = {spot.id: area(spot) for spot in layout.places}
    taken = [unit for each in areas.values() for unit in each]
    assert len(taken) == len(set(taken))
    for route in layout.routes:
        for one, two in pairwise(route.points):
            assert (one[0] == two[0]) != (one[1] == two[1])
            assert units(one, two).isdisjoint(taken)
    everything = [*taken, *(point for route in layout.routes for point in route.points)]
    assert all(0 <= x < layout.width and 0 <= y < layout.height for x, y in everything)


@settings(max_examples=60, deadline=None)
@given(dags())
def test_a_line_goes_from_the_right_side_to_the_left_side(dag: tuple[Sizes, Edges]) -> None:
    sizes, edges = dag
    layout = place(sizes, edges)
    spots = {spot.id: spot for spot in layout.places}
    assert {(route.source, route.target) for route in layout.routes} == set(edges)
    assert len(layout.routes) == len(set(edges))
    for route in layout.routes:
        source, target = spots[route.source], spots[route.target]
        assert route.points[0] == (source.x + source.width, source.row)
        assert route.points[-1] == (target.x - 1, target.row)
        assert source.layer < target.layer
        assert all(one[0] <= two[0] for one, two in pairwise(route.points))
    for spot in layout.places:
        assert spot.row == spot.y + sizes[spot.id].port


@settings(max_examples=60, deadline=None)
@given(dags())
def test_lines_without_a_common_end_share_no_corner(dag: tuple[Sizes, Edges]) -> None:
    """Where two lines have one unit in common and neither starts nor ends as the other, all targets agree."""
    sizes, edges = dag
    layout = place(sizes, edges)
    for one, two in combinations(layout.routes, 2):
        if one.source != two.source and one.target != two.target:
            inner = set(one.points[1:-1]) & _covered(two.points)
            if inner:
                assert _same_targets_somewhere(layout, one.source, two.source), (one, two)


def _covered(points: tuple[Point, ...]) -> set[Point]:
    return {unit for one, two in pairwise(points) for unit in units(one, two)}


def _same_targets_somewhere(layout: Layout, one: str, two: str) -> bool:
    ends = [{route.target for route in layout.routes if route.source == name} for name in (one, two)]
    return bool(ends[0] & ends[1])


@settings(max_examples=30, deadline=None)
@given(dags(), st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(dag: tuple[Sizes, Edges], shuffler: random.Random) -> None:
    sizes, edges = dag
    again = [*edges, *edges[:2]]
    shuffler.shuffle(again)
    assert place(sizes, again) == place(sizes, edges)


@settings(max_examples=30, deadline=None)
@given(dags())
def test_the_least_width_is_never_too_much(dag: tuple[Sizes, Edges]) -> None:
    for spacing in SPACINGS:
        assert least_width(*dag, spacing) <= place(*dag, spacing).width


def test_small_graphs() -> None:
    assert place({}, []) == Layout((), (), (), 0, 0)
    assert place({"a": Size(5, 3, 1)}, []).places == (Place("a", 0, 1, 0, 0, 5, 3),)
    chain = place({"a": Size(2), "b": Size(3)}, [("a", "b")])
    assert chain.routes[0].points == ((2, 0), (4, 0))
    assert (chain.width, chain.height) == (8, 1)


def test_inputs_stand_next_to_their_first_consumer() -> None:
    sizes = dict.fromkeys("abcx", Size(1))
    layout = place(sizes, [("a", "b"), ("b", "c"), ("x", "c")])
    assert [spot.layer for spot in layout.places] == [0, 1, 2, 1]


def test_the_targets_of_one_source_share_its_line() -> None:
    sizes = dict.fromkeys("abcd", Size(1))
    layout = place(sizes, [("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("a", "d")])
    two, three = (route.points for route in layout.routes if route.source == "a" and route.target != "b")
    assert two[:2] == three[:2] or two[1][1] == three[1][1]


@pytest.mark.parametrize(
    ("edges", "words"),
    [([("a", "b"), ("b", "a")], "cycle"), ([("a", "a")], "cycle"), ([("a", "z")], "no size")],
)
def test_what_cannot_be_placed_is_refused(edges: Edges, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        place({"a": Size(1), "b": Size(1)}, edges)


def pipeline(count: int, reach: int) -> tuple[Sizes, Edges]:
    chance = random.Random(7)
    names = [f"task_{index}" for index in range(count)]
    edges = [
        (names[max(0, index - chance.randint(1, reach))], names[index])
        for index in range(1, count)
        for _ in range(chance.choice((1, 1, 2)))
    ]
    return {name: Size(14, 3, 1) for name in names}, edges


def star(count: int) -> tuple[Sizes, Edges]:
    names = [f"task_{index}" for index in range(count)]
    return {name: Size(14, 3, 1) for name in names}, [(names[0], name) for name in names[1:]]


# The aims are 100 ms for 200 nodes and 2 s for 2000; the bounds leave room for slow machines.
@pytest.mark.parametrize(
    ("dag", "seconds"),
    [(pipeline(200, 20), 1.0), (pipeline(2000, 40), 8.0), (pipeline(2000, 1), 8.0), (star(2000), 8.0)],
)
def test_large_graphs_are_quick(dag: tuple[Sizes, Edges], seconds: float) -> None:
    before = time.process_time()
    layout = place(*dag)
    assert time.process_time() - before < seconds
    assert len(layout.routes) == len(set(dag[1]))
