"""Why, of every kind of thing, as the bench shows it: inputs, datasets, readers, runs; offers; and nothing ahead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workbench as wb
from tests.samples import block, session
from tests.why_cases import data_session
from workbench.bench.offers import offers
from workbench.bench.panes.why import answer_of
from workbench.verbs import parse
from workbench.views.rules_told import RULES, cron_said, retries_said

STORIES = Path(wb.__file__).parent.parent / "tutorials" / "pipelines"
QUIET = ("fifteen_of_sixteen", "lost_answer", "missing_monday")  # all goes well there, so far as anybody is told
NAMES = sorted(path.stem for path in STORIES.glob("*.yaml"))


def bench_at(at: str, pipeline: str = "daily_flights", scenario: str | None = "late_jfk") -> wb.Bench:
    opened = wb.load(pipeline, scenario)
    opened.run_until(at)
    return wb.Bench(opened)


def why(bench: wb.Bench, target: str, width: int = 300) -> str:
    """The pane of a thing, as text."""
    assert bench.choose(target), target
    sheet = bench.why(width)
    return f"{sheet.title}\n{sheet.text}"


# each kind of thing


def test_an_input_that_is_ahead_is_due_and_nobody_knows_more() -> None:
    assert why(bench_at("2013-01-04T05:45Z"), "input:daily_flights.jfk") == block("""
        when is jfk due?
        jfk of Thu 3 Jan is not here yet: it is due 06:00, in 15 min.
        ⊘ extract takes what is there
        ingest-oncall owns it, and is not told: jfk has no deadline.
        f let it come late   f let it never come   e let extract wait for it
    """)


def test_an_input_that_is_late() -> None:
    assert why(bench_at("2013-01-04T07:10Z"), "input:daily_flights.jfk") == block("""
        why is jfk not here?
        jfk of Thu 3 Jan is not here: it was due 06:00 (70 min ago); nobody knows when it comes.
        ✖ extract takes what is there: it started 06:00 without jfk
        ingest-oncall owns it, and is not told: jfk has no deadline.
        f let it come now   e let extract wait for it
    """)


def test_an_input_that_came_late_says_how_late() -> None:
    told = why(bench_at("2013-01-04T07:40Z"), "input:daily_flights.jfk")
    assert "jfk of Thu 3 Jan came 07:35 (318 rows), 95 min late: it was due 06:00." in told


def test_an_input_that_came_in_time() -> None:
    told = why(bench_at("2013-01-04T07:40Z"), "input:daily_flights.ewr")
    assert "ewr of Thu 3 Jan came 05:48 (336 rows), in time: it was due 06:00." in told
    assert "✔ extract takes what is there: started 06:00" in told


def test_an_input_with_a_deadline_says_who_was_told() -> None:
    bench = bench_at("2013-01-03T06:50Z", "harbor_air", "first_week")
    bench.do("never jfk@2013-01-03")
    bench.session.run_until("2013-01-04T06:30Z")
    bench.show_day("2013-01-03")
    assert "ingest-oncall owns it, but analytics-oncall is told 07:00, its deadline" in why(
        bench, "input:daily_flights.jfk"
    )
    bench.session.run_until("2013-01-04T07:10Z")
    told = why(bench, "input:daily_flights.jfk")
    assert "has not come by its deadline: analytics-oncall was told; answered 07:04" in told


def test_a_dataset_that_is_public_says_what_it_lacks() -> None:
    told = why(bench_at("2013-01-04T07:40Z"), "dataset:daily_flights.pub_punctuality").splitlines()
    assert told[0] == "is pub_punctuality what it should be?"
    assert told[1] == "pub_punctuality of Thu 3 Jan is public since 06:15: version 1, 596 rows."
    assert told[2] == "⊘ not proved: rows, freshness, columns (no check)"
    assert told[3].startswith("Written 06:15 by daily_flights.publish, code v1. extract reads jfk but does not wait")
    assert "board_dashboard reads it next 08:00; as things are, it would get Thu 3 Jan, 596 rows." in told[3]


def test_a_dataset_that_is_not_public_says_who_writes_it_and_what_readers_would_get() -> None:
    told = why(bench_at("2013-01-04T06:05Z"), "dataset:daily_flights.pub_punctuality")
    assert told.startswith("why is pub_punctuality not public?\npub_punctuality of Thu 3 Jan is not public: nothing")
    assert "Written by daily_flights.publish. publish waits for clean, which has not started." in told
    assert "it would get Wed 2 Jan, marked old" in told


def test_a_dataset_that_a_check_holds_back() -> None:
    s = data_session()
    s.run_until("2013-01-04T06:30Z")
    told = why(wb.Bench(s), "dataset:d.staged")
    assert "staged of Thu 3 Jan is not public: version 1 was blocked by the check filled." in told
    assert "✖ filled: staged of Thu 3 Jan has 318 rows; at least 320 are wanted; it blocks" in told
    assert "r let it go live" in told


def test_a_reader_says_what_it_read_last_and_when_it_reads_next() -> None:
    told = why(bench_at("2013-01-04T08:10Z"), "consumer:.board_dashboard")
    assert told.startswith("what did board_dashboard get?\nboard_dashboard read pub_punctuality of Thu 3 Jan, 08:00")
    assert "reads pub_punctuality next Sat 5 Jan 08:00; as things are, it would get Thu 3 Jan, marked old." in told


def test_a_reader_that_got_old_rows() -> None:
    bench = bench_at("2013-01-04T05:50Z")
    bench.do("wait extract for jfk")
    bench.do("never jfk@2013-01-03")
    bench.session.run_until("2013-01-04T08:10Z")
    told = why(bench, "consumer:.board_dashboard")
    assert "wanted pub_punctuality of Thu 3 Jan, 08:00, and got Wed 2 Jan, marked old, 943 rows." in told
    assert "✖ pub_punctuality of Thu 3 Jan: not public then" in told


def test_a_run_that_has_not_been_made_can_be_made() -> None:
    told = why(bench_at("2013-03-10T12:00Z".replace("2013-03-10", "2013-01-03")), "dag:daily_flights")
    assert told.startswith("why did daily_flights end then?\ndaily_flights of Wed 2 Jan ended")


def test_a_dataset_that_was_read_and_was_not_live_is_named() -> None:
    bench = bench_at("2026-03-07T12:00Z", str(STORIES / "wrong_order_backfill.yaml"), "wrong_order_backfill")
    known, named = bench.known, []
    for key in known.runs:
        for task in known.runs[key].cells:
            told = bench.session.why(f"{key.dag}.{task}@{key.partition}")
            named += [line for line in told.sentences if "was not live when" in line]
            assert all("but does not wait for it." in line for line in named)
    assert named


# what holds several is said in a number


def test_many_inputs_are_counted() -> None:
    told = why(bench_at("2026-03-09T12:00Z", str(STORIES / "spring_forward.yaml"), "spring_forward"),
               "task:rollup.add_up")  # fmt: skip
    assert "✔ 23 of 24 are here" in told
    assert "✖ hour_02 was due 00:10; nobody knows when it comes" in told


# rules


def test_rules_of_a_task() -> None:
    bench = bench_at("2013-01-04T07:10Z")
    bench.choose("task:daily_flights.extract")
    assert bench.rules(80).text == block("""
        starts      06:00 every day, UTC
        takes       what is there of ewr, jfk and lga
        retries     5, after 2, 4, 8 min…
        takes time  about 10 min
        deadline    none
        owner       analytics-oncall
        not proved  its rows: it writes no dataset, so nothing is checked
    """)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"max": 0}, "none: a failure is for good"),
        ({"max": 1}, "1, after 5 min"),
        ({"max": 3}, "3, after 5 min each"),
        ({"max": 3, "backoff": 2.0}, "3, after 5, 10, 20 min"),
        ({"max": 4, "backoff": 2.0}, "4, after 5, 10, 20 min…"),
    ],
)
def test_pauses_are_reckoned(policy: dict[str, float], said: str) -> None:
    assert retries_said(wb.RetryPolicy(**policy)) == said  # type: ignore[arg-type]


def test_schedules_in_words() -> None:
    assert cron_said("0 6 * * *") == "06:00 every day"
    assert cron_said("30 6 * * 1") == "06:30 every Monday"
    assert cron_said("5 * * * *") == "5 min past every hour"
    assert cron_said("0 6 1 * *") == '"0 6 1 * *"'


# offers, and every pane of every thing of every story


def story(name: str) -> wb.Session:
    """A story that ships, at its beginning, in its first scenario."""
    path = STORIES / f"{name}.yaml"
    names = re.findall(r"(?m)^scenario:\s*(\S+)", path.read_text(encoding="utf-8"))
    return wb.load(path, names[0] if names else None)


def every_thing(bench: wb.Bench) -> list[str]:
    known = bench.known
    return [
        *(f"task:{dag}.{task}" for dag, plan in known.plans.items() for task in plan.tasks),
        *(f"input:{home}.{name}" for name, home in known.homes.items()),
        *(f"dataset:{home}.{name}" for name, home in known.makers.items()),
        *(f"consumer:.{name}" for name in known.consumers),
        *(f"dag:{dag}" for dag in known.plans),
    ]


def some_instants(opened: wb.Session) -> list[int]:
    """A few positions over its whole log."""
    opened.run_until()
    many = opened.position
    return sorted({many // 7 * n for n in range(1, 7)} | {many})


@pytest.mark.parametrize("name", NAMES)
def test_every_offer_is_taken_and_every_pane_is_drawn(name: str) -> None:
    opened = story(name)
    seen = 0
    for position in some_instants(opened):
        opened.seek(position)
        bench = wb.Bench(opened)
        for target in every_thing(bench)[:14]:
            assert bench.choose(target), target
            for one in offers(bench, answer_of(bench)):
                assert parse(one.line)
                assert opened.plan_of(one.line), one
                assert one.key in "efr"
                seen += 1
            for width in (44, 80):
                sheet = bench.why(width)
                assert sheet.title.endswith("?")
                assert sheet.rows
                assert sheet.width <= width
                assert bench.rules(width).width <= width
    assert seen or name in QUIET


@pytest.mark.parametrize("name", ["daily_flights", "skipped_join", "late_file", "self_blocking_past"])
def test_all_of_it_can_be_read(name: str) -> None:
    opened = story(name)
    opened.run_until()
    bench = wb.Bench(opened)
    for target in every_thing(bench):
        bench.choose(target)
        for sheet in (bench.inspect(90), bench.why_chain(90)):
            assert sheet.width <= 90, sheet.text
            assert sheet.rows
        assert bench.code(90).rows
        assert bench.code(90, "code").rows


def test_rules_are_there_for_every_kind() -> None:
    assert set(RULES) == {"task", "input", "dataset", "consumer", "dag"}


# nothing of the future


FUTURES = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {jfk: {expected: "06:00", rows: 300, owner: ann, deadline: "09:00"}}
    datasets: {pub: {owner: ann}}
    tasks:
      load: {needs: [jfk], takes: 5m, retries: 2, writes: [pub]}
      check: {needs: [load], takes: 5m}
    ---
    consumers: {board: {reads: [pub], schedule: "0 8 * * *"}}
    rows: count
    ---
    scenario: one
    from: 2013-01-02T05:30Z
    until: 2013-01-04T08:00Z
    arrivals: {jfk: "05:50"}
    faults:
      - FAULT
"""
AHEAD = (
    "late: {input: jfk, partition: 2013-01-02, arrives: 2013-01-03T07:35Z}",
    "late: {input: jfk, partition: 2013-01-02, arrives: 2013-01-03T12:35Z}",
    "never: {input: jfk, partition: 2013-01-02}",
)


@pytest.mark.parametrize("at", ["2013-01-03T05:45Z", "2013-01-03T06:00Z", "2013-01-03T07:30Z"])
def test_late_and_never_look_the_same_until_it_comes(at: str) -> None:
    seen: list[list[str]] = []
    for fault in AHEAD:
        s = session(FUTURES.replace("FAULT", fault))
        s.run_until(at)
        bench = wb.Bench(s)
        found = []
        for target in ("task:d.load", "task:d.check", "input:d.jfk", "dataset:d.pub", "consumer:.board", "dag:d"):
            assert bench.choose(target)
            sheets = bench.why(80), bench.why_chain(80), bench.inspect(80), bench.rules(80)
            found += [sheet.text for sheet in sheets]
            found += [one.line for one in offers(bench, answer_of(bench))]
        seen.append(found)
    assert seen[0] == seen[1] == seen[2]
