"""Laws of the bench: its panes agree, show nothing of the future, and can be drawn whatever somebody does."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from random import Random

import pytest

import workbench as wb
from tests.bench_cases import (
    NARROW,
    SAMPLES,
    TARGETS,
    WIDTHS,
    act,
    random_bench,
    row_of,
    sample_bench,
    sheets,
    shown,
    spans,
    states_in,
    with_faults,
)
from workbench.views.happened import Happened
from workbench.views.sheet import STYLES, row_width

TIMES = 20 if os.environ.get("LAWS") == "long" else 1
JFK = ("jfk", "2013-01-03")


def stations(bench: wb.Bench, count: int) -> list[int]:
    """Some positions of a played log, its ends among them."""
    length = len(bench.session.branch.log)
    return sorted({length * n // count for n in range(count + 1)})


# a: panes agree


def agree(bench: wb.Bench) -> int:
    """Of each task and input of the run shown: one state in graph and days, bars and words that fit it. How many."""
    graph, days, timeline = bench.graph(2000, 400, "boxes"), bench.days(100), bench.timeline(200, 60)
    run, count = bench.run, 0
    for kind, name in bench_lines(bench):
        target = f"{kind}:{bench.dag}.{name}"
        own = states_in(days, f"{target}@{bench.window.key}")
        where = f"{target} of {bench.window.key} at {bench.now}"
        seen = states_in(graph, target)
        if not seen or (kind == "task" and (run is None or name not in run.cells)):
            continue
        assert seen == own, where
        count += 1
        if kind == "task":
            state = own.pop().removeprefix("state.")
            bench.choose(target)
            says(bench, state, where)
            bars = {span.style for span in row_of(timeline, target)}
            assert state != "running" or bars & {"bar.run", "bar.poke"}, f"{where}: {bars}"
            assert state == "running" or "bar.run" not in bars, f"{where}: {bars}"
    shown_above = {span.style for span in bench.header(200) if span.style.startswith("state.")}
    in_days = states_in(days, f"dag:{bench.dag}@{bench.window.key}")
    assert run is None or shown_above == in_days, f"the run of {bench.window.key} at {bench.now}"
    return count


def bench_lines(bench: wb.Bench) -> list[tuple[str, str]]:
    plan = bench.known.plans[bench.dag]
    return [*(("task", name) for name in plan.tasks), *(("input", name) for name in plan.spec.inputs)]


# What the first sentence of why says of a state: one of these words is in it.
WORDS = {
    "success": ("ended", "well", "success", "not run again", "skipped", "kept"),
    "failed": ("failed", "gave up", "marked"),
    "running": ("runs", "run", "looks", "running"),
    "queued": ("waits", "handed", "queued", "held", "starts", "will", "paused", "did not", "not start"),
    "up_for_retry": ("waits", "try"),
    "skipped": ("skipped", "marked", "not run"),
    "upstream_failed": ("did not run", "not run", "failed"),
}


def says(bench: wb.Bench, state: str, where: str) -> None:
    first = bench.why(200).rows[0]
    headline = "".join(span.text for span in first).lower()
    assert any(word in headline for word in WORDS.get(state, ("",))), f"{where}: {state}, and why says {headline!r}"


@pytest.mark.parametrize(("name", "scenario"), SAMPLES)
def test_panes_agree_on_every_task(name: str, scenario: str | None) -> None:
    bench = sample_bench(name, scenario, "end")
    found = 0
    for position in stations(bench, 12):
        bench.session.seek(position)
        found += agree(bench)
    assert found >= 12, "nothing was compared"


@pytest.mark.parametrize("seed", range(6 * TIMES))
def test_panes_agree_in_any_world(seed: int) -> None:
    bench = random_bench(Random(seed))
    found = 0
    for _ in range(4):
        found += agree(bench)
        bench.next("event")
    assert found, "nothing was compared"


# b: nothing of the future


def futures() -> list[wb.Session]:
    """The same until Friday 07:35, and not after."""
    flaky = wb.Flaky("clean", "2013-01-04", tries=3)
    fates = [(wb.Late(*JFK, wb.instant("2013-01-04T07:35Z")),), (wb.Late(*JFK, wb.instant("2013-01-04T11:00Z")),),
             (wb.Never(*JFK),), (wb.Late(*JFK, wb.instant("2013-01-04T07:35Z")), flaky)]  # fmt: skip
    return [with_faults("daily_flights", "late_jfk", *fate) for fate in fates]


@pytest.mark.parametrize("waits", [True, False])
def test_no_pane_shows_what_is_to_come(waits: bool) -> None:
    """Late, later, never, and a task that will fail tomorrow: until then every pane is the same."""
    benches = [wb.Bench(session) for session in futures()]
    for bench in benches:
        bench.session.run_until("2013-01-04T05:50Z")
        if waits:
            bench.do("wait extract for jfk")
    for at in ("05:52", "06:00", "06:05", "06:30", "07:00", "07:34"):
        for bench in benches:
            bench.session.run_until(bench.session.instant(f"2013-01-04 {at}"))
        for target in ("task:daily_flights.extract", "input:daily_flights.jfk", "dataset:daily_flights.pub_punctuality",
                       "task:daily_flights.publish", "consumer:.board_dashboard", "dag:daily_flights"):  # fmt: skip
            for bench in benches:
                bench.choose(target)
            first, *others = (shown(bench) for bench in benches)
            for other in others:
                for name, sheet in first.items():
                    assert other[name] == sheet, f"{name} of {target} at {at}"
    for bench in benches:
        bench.session.run_until("2013-01-04T07:36Z")
    assert shown(benches[0]) != shown(benches[2])


def test_the_past_is_shown_as_it_was_then() -> None:
    """A bench that went on and came back shows what one shows that never went on; other futures aside."""
    went, stayed = sample_bench("daily_flights", "late_jfk"), sample_bench("daily_flights", "late_jfk")
    for at in ("2013-01-03T06:10Z", "2013-01-04T06:05Z", "2013-01-04T07:10Z"):
        stayed.session.run_until(at)
        went.session.seek("2013-01-05T09:00Z")
        went.session.seek(at)
        assert shown(went) == shown(stayed), at


# c: whatever somebody does


@pytest.mark.parametrize("seed", range(5 * TIMES))
def test_whatever_somebody_does_it_can_be_drawn(seed: int) -> None:
    random = Random(seed)
    bench, story = random_bench(random), []
    for _ in range(30):
        try:
            story.append(act(bench, random))
            found = sheets(bench, random.choice(WIDTHS), random.choice((5, 20, 60)))
        except Exception as error:
            raise AssertionError(f"world {seed}, after {story}") from error
        assert found["graph"].rows or not bench.known.plans[bench.dag].tasks
        assert bench.chosen.dag in bench.known.plans or bench.chosen.kind == "consumer"


# d: next and back


@pytest.mark.parametrize("seed", range(4 * TIMES))
def test_back_undoes_next_exactly(seed: int) -> None:
    random = Random(seed)
    bench = random_bench(random) if seed % 2 else sample_bench("daily_flights", "late_jfk", "2013-01-03T05:50Z")
    trail = []
    for _ in range(8):
        before = shown(bench)
        ways: list[Callable[[], Happened]] = [bench.next, lambda: bench.next("event"), bench.next_that_matters]
        if random.choice(ways)():
            trail.append(before)
    for before in reversed(trail):
        bench.back()
        assert shown(bench) == before


def test_it_matters_that_a_task_begins_without_what_it_needs() -> None:
    bench = sample_bench("daily_flights", "late_jfk", "2013-01-04T05:58Z")
    bench.next_that_matters()
    assert (bench.now.hour, bench.now.minute) == (6, 0)
    on_time = sample_bench("daily_flights", "late_jfk", "2013-01-03T05:58Z")
    on_time.next_that_matters()
    assert (on_time.now.hour, on_time.now.minute) > (6, 0)


# e: sheets


def sound(bench: wb.Bench, width: int) -> None:
    for name, sheet in sheets(bench, width).items():
        for number, row in enumerate(sheet.rows):
            where = f"row {number} of {name}, {width} wide: {row}"
            if name in (*NARROW, "header", "strip"):
                assert row_width(row) <= width, where
            for span in row:
                assert span.style in STYLES, where
                assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in span.text), where
                assert not span.target or TARGETS.fullmatch(span.target), f"{span.target!r} in {where}"
        assert sheet.focus is None or 0 <= sheet.focus[1] < max(1, sheet.height), name


@pytest.mark.parametrize(("name", "scenario"), SAMPLES)
def test_sheets_are_sound(name: str, scenario: str | None) -> None:
    bench = sample_bench(name, scenario, "end")
    for position in stations(bench, 3):
        bench.session.seek(position)
        for width in WIDTHS:
            sound(bench, width)


@pytest.mark.parametrize("seed", range(6 * TIMES))
def test_sheets_are_sound_in_any_world(seed: int) -> None:
    random = Random(seed)
    bench = random_bench(random)
    for _ in range(6):
        act(bench, random)
        sound(bench, random.choice(WIDTHS))


def test_what_can_be_pointed_at_can_be_selected() -> None:
    for name, scenario in SAMPLES[:3]:
        bench = sample_bench(name, scenario, "end")
        for target in sorted({span.target for sheet in sheets(bench).values() for span in spans(sheet)}):
            if target.partition(":")[0] in ("task", "input", "dataset", "consumer", "dag"):
                assert bench.choose(target), target


def test_a_bench_without_a_lesson_greets_once_and_gives_nothing_away() -> None:
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"), wb.Greeting())
    told = bench.guide.line(bench)
    assert told.startswith("Yesterday's flights from three airports. `n` goes on")
    assert not [word for word in ("late", "jfk", "JFK", "outage") if word in told]
    bench.move("left")
    assert bench.guide.line(bench) == told
    bench.next()
    assert bench.guide.line(bench) == ""
    bench.back()
    assert bench.guide.line(bench) == ""


def test_a_new_pipeline_opens_on_its_first_day() -> None:
    bench = wb.Bench(wb.Session(wb.sketch("orders >> clean")), wb.Greeting())
    assert bench.window.key == "2013-01-01"
    assert bench.why(80).title == "when does orders run?"
    assert "does not exist" not in bench.why(80).text
    assert bench.guide.line(bench).startswith("my_pipeline, 2 tasks. ")
    bench.next()
    assert bench.window.key == "2013-01-01"
