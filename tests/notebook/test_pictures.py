"""The pictures of notebooks and pages: the same for the same state, changed only where something happened, and with the
words of the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

import workbench as wb
from tests.samples import session
from workbench.bench.panes.graph import nodes_shown, stage_shown
from workbench.bench.panes.timeline import lanes_shown
from workbench.stepper.still import filled, still_svg
from workbench.stepper.svg_graph import graph_slots, laid
from workbench.stepper.svg_nodes import CLOSE, DOTS, NARROW, SMALL, WIDE, node_svg, outline, told
from workbench.stepper.svg_still import pictures_style
from workbench.stepper.svg_time import time_slots
from workbench.views.graph import LOOKS, MORE_LOOKS, Node
from workbench.views.lane_svg import Plot, label_svg, lane_svg
from workbench.views.lanes import Lane, Mark, Stretch
from workbench.views.scales import Scale

GOLDEN = Path(__file__).parent.parent / "golden" / "pictures"
Slots = dict[str, str]


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no {path}: run with UPDATE_GOLDEN=1 and look at it"
    assert text == path.read_text(encoding="utf-8")


def late(at: str = "") -> wb.Bench:
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"))
    if at:
        bench.go(at)
    return bench


def waiting(at: str) -> wb.Bench:
    """A what-if in which extract waits for the file that is late; below it the future without that."""
    bench = late("Fri 08:30")
    bench.go("Fri 05:55")
    bench.do("wait extract for jfk lga ewr")
    bench.go(at)
    return bench


def slots_of(bench: wb.Bench) -> Slots:
    return {**graph_slots(bench, "graph"), **time_slots(bench, "time")}


def shown(bench: wb.Bench) -> str:
    slots = slots_of(bench)
    return filled(slots, "graph") + filled(slots, "time")


def text_of(markup: str) -> str:
    """What can be read or heard."""
    return unescape(re.sub(r"<[^>]+>", " ", markup))


def seen_of(markup: str) -> str:
    """What can be read."""
    return text_of(re.sub(r"<title>.*?</title>", "", markup))


def instants(bench: wb.Bench, most: int = 200) -> Iterator[wb.Bench]:
    """The bench at one instant after another."""
    yield bench
    for _ in range(most):
        if not bench.next():
            return
        yield bench


def pipeline(tasks: int, wide: int = 5) -> str:
    """So many tasks, `wide` of them in a layer."""
    lines = ["dag: big", "schedule: '0 2 * * *'", "start: 2026-03-01"]
    lines += ["inputs:", "  vendor: {expected: '01:00'}", "tasks:"]
    for n in range(tasks):
        above = [(n // wide - 1) * wide + each % wide for each in (n * 7, n * 3 + 1)]
        ups = [f"transform_{one:03}" for one in above] if n >= wide else ["vendor"]
        lines.append(f"  transform_{n:03}: {{needs: [{', '.join(dict.fromkeys(ups))}], takes: {3 + n % 7}m}}")
    return "\n".join([*lines, "---", "scenario: s", "from: 2026-03-03T00:00Z", "until: 2026-03-06T00:00Z"])


# as they were approved


def test_a_late_file_is_drawn_as_it_was_approved() -> None:
    golden("late_jfk.svg", still_svg(late("Fri 07:10")) + "\n")


def test_a_future_that_waits_is_drawn_above_the_other_as_it_was_approved() -> None:
    golden("waiting.svg", still_svg(waiting("Fri 07:50")) + "\n")


# laws


def test_the_same_state_has_the_same_markup_however_it_was_reached() -> None:
    there, back = late("Fri 07:40"), late("Fri 23:00")
    back.go("Fri 06:30")
    back.go("Fri 07:40")
    assert slots_of(there) == slots_of(back)


@pytest.mark.parametrize("sample", ["daily_flights", "harbor_air"])
def test_a_step_changes_the_slots_of_what_changed_and_no_others(sample: str) -> None:
    before: tuple[dict[str, Node], dict[str, Lane], Slots] | None = None
    changed = 0
    for bench in instants(wb.Bench(wb.sample(sample)), 80):
        nodes = {node.id: node for node in nodes_shown(bench, stage_shown(bench))}
        lanes = {f"time/{one.kind}/{one.target or one.label}/{one.other}": one for one in lanes_shown(bench)[1]}
        slots = slots_of(bench)
        if before is not None:
            other = {name for name in slots if before[2].get(name) != slots[name]}
            assert "graph" not in other, "the skeleton of the graph stays"
            for name, node in nodes.items():
                if node == before[0][name]:
                    assert not other & {f"graph/{name}", f"graph/{name}/note"}
                elif node.state != before[0][name].state:
                    assert f"graph/{name}" in other
                    changed += 1
            if slots["time/clock"] == before[2]["time/clock"]:
                assert not {name for name in other if name in lanes and lanes[name] == before[1].get(name)}
        before = nodes, lanes, slots
    assert changed > 10


@pytest.mark.parametrize("sample", ["daily_flights", "harbor_air"])
def test_all_that_the_terminal_says_of_things_can_be_read(sample: str) -> None:
    for bench in instants(wb.Bench(wb.sample(sample)), 60):
        slots = graph_slots(bench, "graph")
        for node in nodes_shown(bench, stage_shown(bench)):
            text = text_of(slots[f"graph/{node.id}"] + slots[f"graph/{node.id}/note"])
            assert node.title in text
            assert node.state in ("", "none") or LOOKS.get(node.state, MORE_LOOKS.get(node.state)).glyph in text  # type: ignore[union-attr]
            seen = {word for part in told(node) for word in part.split()}
            assert set(text_of(slots[f"graph/{node.id}/note"]).split()) - {"…"} <= seen | set("○◌◔◐●✖↻⊘⊗∅✓◷◑△⊖!")
            if node.kind == "task" and not node.role:
                assert node.note in text or any(one in text for one in node.says)


def test_all_that_the_terminal_says_of_lanes_can_be_read() -> None:
    for bench in instants(waiting("Fri 05:58"), 60):
        slots = time_slots(bench, "time")
        picture = text_of(filled(slots, "time"))
        for lane in lanes_shown(bench)[1]:
            text = text_of(slots[f"time/{lane.kind}/{lane.target or lane.label}/{lane.other}"])
            assert lane.label.strip().lstrip("▤") in text
            for stretch in lane.stretches:
                assert stretch.words in text
            for mark in lane.marks:
                assert not mark.says or mark.says[0] in text
            assert not lane.after or lane.after[0] in text
        for word in re.findall(r"[a-z_]{4,}", bench.timeline(110, 30).text):
            assert word in picture, word


def test_what_a_task_waits_for_is_said_in_the_graph_and_on_its_lane() -> None:
    slots = slots_of(waiting("Fri 06:40"))
    assert "waits for jfk" in text_of(slots["graph/task:daily_flights.extract/note"])
    assert "waits for jfk" in text_of(slots["graph/task:daily_flights.extract"])
    assert "waits for jfk since 06:00" in text_of(slots["time/task/task:daily_flights.extract/"])


def test_the_words_of_lanes_are_seen_where_there_is_room() -> None:
    picture = seen_of(filled(time_slots(late("Fri 08:10"), "time"), "time"))
    for words in ("95 min late", "due", "● 596 public", "read 596", "reads", "08:10", "Fri 4 Jan"):
        assert words in picture, words
    assert "waits for jfk" in seen_of(filled(time_slots(waiting("Fri 06:40"), "time"), "time"))


def test_nothing_tells_when_a_late_file_will_come() -> None:
    assert "07:35" not in shown(late("Fri 07:30"))
    assert "07:35" in shown(late("Fri 07:36"))


# what can be pointed at


def test_every_thing_and_lane_is_a_button_with_a_name() -> None:
    bench = late("Fri 06:12")
    slots = slots_of(bench)
    for thing in stage_shown(bench).things:
        slot = f"graph/{thing.id}"
        assert f'<g data-slot="{slot}" data-target="{thing.target}" role="button" tabindex="0"' in slots["graph"]
        assert re.match(rf"<title>{thing.title}, ", slots[slot])
    assert slots["graph/task:daily_flights.clean"].startswith("<title>clean, task, runs, try 1</title>")
    assert slots["graph/input:daily_flights.jfk"].startswith("<title>jfk, input, due, and not here</title>")
    for lane in lanes_shown(bench)[1]:
        assert f'data-slot="time/{lane.kind}/{lane.target}/" class="bars" data-target="{lane.target}"' in slots["time"]


def test_the_selection_its_ways_and_the_other_dags() -> None:
    bench = late("Fri 06:12")
    bench.choose("task:daily_flights.clean")
    slots = slots_of(bench)
    assert slots["graph"].count('class="ring"') == 1
    lit = dict(
        re.findall(r'data-target="([^"]+)" role="button" tabindex="0" class="node kind-\w+ (\w*)"', slots["graph"])
    )
    assert lit["task:daily_flights.extract"] == lit["input:daily_flights.jfk"] == "up"
    assert lit["task:daily_flights.publish"] == lit["consumer:daily_flights.ops_email"] == "down"
    assert lit["task:daily_flights.clean"] == "chosen"
    assert 'data-target="dag:punctuality"' in slots["graph/dags"]
    assert 'data-target="dag:daily_flights" aria-current="true"' in slots["graph/dags"]
    assert bench.choose("dag:punctuality")
    assert "by_airport" in text_of(shown(bench))


def test_a_selection_changes_the_skeletons_alone() -> None:
    bench = late("Fri 06:12")
    before = slots_of(bench)
    bench.choose("task:daily_flights.publish")
    assert {name for name, text in slots_of(bench).items() if before[name] != text} == {"graph", "time"}


# shapes and sizes


def test_every_kind_has_a_shape_of_its_own() -> None:
    shapes = {outline(kind, 120, 50) for kind in ("task", "input", "dataset", "check", "consumer")}
    assert len(shapes) == 5
    slots = graph_slots(late(), "graph")
    assert "kind-external" in slots["graph"]


def test_the_number_of_the_try_is_seen() -> None:
    slots = graph_slots(late("Thu 06:10"), "graph")
    assert "try 4" in seen_of(slots["graph/task:daily_flights.extract"])


@pytest.mark.parametrize(
    ("tasks", "wide", "forms"), [(8, 3, (WIDE, CLOSE)), (40, 5, (CLOSE, NARROW)), (200, 10, (SMALL,))]
)
def test_the_picture_suits_the_number_of_tasks(tasks: int, wide: int, forms: tuple[object, ...]) -> None:
    bench = wb.Bench(session(pipeline(tasks, wide)))
    found = laid(stage_shown(bench))
    assert found.form in forms
    assert not re.search(r"<text[^>]*class=\"name\"[^>]*></text>", shown(bench))
    longest = max(len(node.title) for node in nodes_shown(bench, stage_shown(bench)))
    assert longest <= found.form.limit


def test_a_stage_without_lines_has_a_square_for_each_task() -> None:
    slots = node_svg(Node("t", "load", "task", "", "failed"), DOTS, 20, 20, "t")
    assert list(slots) == ["t"]
    assert text_of(slots["t"]).split() == ["load,", "task,", "failed", "for", "good", "✖"]


def test_boxes_keep_their_places_while_time_moves() -> None:
    bench = late()
    first = graph_slots(bench, "graph")["graph"]
    assert all(graph_slots(one, "graph")["graph"] == first for one in instants(bench, 40))


# safe, and whole


@pytest.mark.parametrize("at", ["Thu 06:10", "Fri 06:12", "Fri 08:10"])
def test_the_pictures_are_well_formed(at: str) -> None:
    for picture in re.findall(r"<svg.*?</svg>", shown(late(at)), re.DOTALL):
        ElementTree.fromstring(picture)
    ElementTree.fromstring(still_svg(late(at)))


def test_nothing_that_a_pipeline_holds_becomes_markup() -> None:
    bad = "<b>&\"'x"
    at = datetime(2026, 3, 1, 6, tzinfo=UTC)
    plot = Plot(Scale(at, at.replace(hour=8), 60), 120, 1000, 24, ZoneInfo("UTC"))
    lane = Lane("task", bad, "", (Stretch(at, at.replace(hour=7), "░", "bar.wait", bad, words=bad),),
                (Mark(at.replace(hour=7), "▲", "dim", (bad,)),), (bad,))  # fmt: skip
    node = Node("n", bad, "dataset", bad, "published", role=bad, brief=bad, more=bad)
    markup = "".join(node_svg(node, WIDE, 300, 50, "n").values()) + lane_svg(lane, plot) + label_svg(bad, 120)
    assert "<b>" not in markup
    ElementTree.fromstring(f"<svg>{markup}</svg>")


def test_the_still_picture_stands_alone() -> None:
    text = still_svg(late("Fri 07:10"))
    assert not re.search(r"var\(|url\(|<script|@import|href|data-|tabindex|color-mix|:is\(", text)
    assert text.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert set(re.findall(r"(?:^|[,}>])\.([\w-]+)", text[: text.index("</style>")])) == {"wb-still"}
    assert "70 min late" in text_of(text)


# colours


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--wb-([\w-]+):(#\w+)", block))


def _light(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Of WCAG 2."""
    low, high = sorted((_light(one), _light(two)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, percent: int, two: str) -> str:
    full = [each[1:] if len(each) == 7 else "".join(c * 2 for c in each[1:]) for each in (one, two)]
    pairs = [(int(full[0][n : n + 2], 16), int(full[1][n : n + 2], 16)) for n in (0, 2, 4)]
    return "#" + "".join(f"{round((a * percent + b * (100 - percent)) / 100):02x}" for a, b in pairs)


def palettes() -> list[dict[str, str]]:
    """Light, dark by the page, dark by the system."""
    sheet = pictures_style()
    return [colours(block) for block in re.findall(r":where\([^{]*\)\{([^}]*)\}", sheet)]


def test_text_can_be_read_in_light_and_dark() -> None:
    found = palettes()
    assert len(found) == 3
    assert found[1] == found[2]
    shares = {
        state: int(share) for state, share in re.findall(r"in srgb,var\(--wb-state-(\w+)\) (\d+)%", pictures_style())
    }
    for palette in found:
        assert {f"state-{state}" for state in (*LOOKS, *MORE_LOOKS)} <= palette.keys()
        for name in ("ink", "soft", "good", "bad", "late", "run", "wait", "chosen", "you", "now"):
            assert contrast(palette[name], palette["card"]) >= 4.5, name
            assert contrast(palette[name], palette["tint"]) >= 4.5, name
        for state in (*LOOKS, *MORE_LOOKS):
            own = palette[f"state-{state}"]
            box = mixed(own, shares.get(state, 0), palette["card"])
            assert contrast(palette["ink"], box) >= 4.5, state
            assert contrast(palette["soft"], box) >= 4.5, state
            assert contrast(own, box) >= 4.5, state
