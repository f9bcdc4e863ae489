"""Backfills as they run: order, limit, pin, priority, what is kept, what waits for what, pause, resume and cancel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.backfill_cases import PIPELINE, bench, days, live, rules, runs_of
from tests.verb_cases import refused
from workbench.engine import Pass, verdict
from workbench.engine.events import AttemptStarted, RunStarted
from workbench.engine.rules.run import run_may_start
from workbench.engine.state import WAITING
from workbench.session import Session

JUNE = "2013-06-01..2013-06-06"
AUDIT = """dag: audit
schedule: "0 7 * * *"
start: 2013-06-01
tasks: {count: {needs: [stg], takes: 1m}}"""


def june(folder: Path, *lines: str, at: str = "2013-06-20 09:00", pipeline: str = PIPELINE) -> Session:
    s = bench(folder, at, pipeline)
    for line in lines:
        s.do(line)
    return s


def most_at_once(s: Session) -> int:
    """How many runs of the newest backfill were running at the same time."""
    runs = [run for run in runs_of(s) if run.started is not None]
    return max(sum(o.started <= r.started and (o.ended is None or o.ended > r.started) for o in runs) for r in runs)  # type: ignore[operator]


# order, limit, pin, priority


@pytest.mark.parametrize(("order", "first"), [("oldest", [1, 2, 3, 4, 5, 6]), ("newest", [6, 5, 4, 3, 2, 1])])
def test_runs_start_in_their_order_within_their_limit(tmp_path: Path, order: str, first: list[int]) -> None:
    s = june(tmp_path, f"backfill flights@{JUNE} all {order} limit 2")
    s.run_until("2013-06-20 12:00")
    assert days(runs_of(s)) == first
    assert most_at_once(s) == 2


def test_a_pinned_backfill_runs_that_version_whatever_is_deployed_meanwhile(tmp_path: Path) -> None:
    """Curriculum D8: two recipes in one pot."""
    s = june(tmp_path, f"backfill clean@{JUNE} all limit 1 pin v1")
    s.run_until("2013-06-20 09:07")
    s.do("deploy clean v2")
    s.run_until("2013-06-20 12:00")
    assert {live(s.state.known, "stg", f"2013-06-0{day}")[2] for day in range(1, 7)} == {"v1"}
    s.do(f"backfill clean@{JUNE} all")
    s.run_until("2013-06-20 14:00")
    assert {live(s.state.known, "stg", f"2013-06-0{day}")[2] for day in range(1, 7)} == {"v2"}


def ran(s: Session) -> dict[str, set[str]]:
    """By task, the versions of the code that tries of the newest backfill ran."""
    found: dict[str, set[str]] = {}
    for run in runs_of(s):
        for task, cell in run.cells.items():
            if cell.attempts:
                found.setdefault(f"{run.key.dag}.{task}", set()).update(one.code for one in cell.attempts)
    return found


def test_a_pin_holds_for_the_tasks_asked_for_that_have_this_version(tmp_path: Path) -> None:
    s = june(tmp_path, "backfill clean@2013-06-03..2013-06-05 all down pin v2")
    s.run_until("2013-06-20 12:00")
    others = ("flights.publish", "features.feat", "features.serve")
    assert ran(s) == {"flights.clean": {"v2"}} | {name: {"v1"} for name in others}
    assert refused(s, "backfill feat@2013-06-03..2013-06-11 changed").startswith("Nothing of feat changed")


def test_a_pin_of_a_whole_dag_leaves_tasks_alone_that_have_no_versions(tmp_path: Path) -> None:
    s = june(tmp_path, "backfill flights@2013-06-03..2013-06-05 all pin v2")
    s.run_until("2013-06-20 12:00")
    assert ran(s) == {"flights.extract": {"v1"}, "flights.clean": {"v2"}, "flights.publish": {"v1"}}


def test_a_pin_does_not_hold_for_a_task_below_that_has_versions_of_its_own(tmp_path: Path) -> None:
    own = 'writes: [pub], code: {v1: "rows:publish", v2: "rows:publish"}'
    pipeline = PIPELINE.replace('writes: [pub], run: "rows:publish"', own)
    s = june(tmp_path, "backfill clean@2013-06-03..2013-06-05 all down pin v2", pipeline=pipeline)
    s.run_until("2013-06-20 12:00")
    assert (ran(s)["flights.clean"], ran(s)["flights.publish"]) == ({"v2"}, {"v1"})


def test_what_a_pinned_backfill_kept_is_run_again_as_deployed(tmp_path: Path) -> None:
    s = june(tmp_path, "backfill clean@2013-06-03..2013-06-05 all pin v2")
    s.run_until("2013-06-20 12:00")
    s.do("rerun publish@2013-06-04 only")
    s.run_until("2013-06-20 13:00")
    assert ran(s) == {"flights.clean": {"v2"}, "flights.publish": {"v1"}}


def test_a_pin_to_a_version_that_is_not_written_holds_for_what_was_asked_for(tmp_path: Path) -> None:
    bare = PIPELINE.replace('code: {v1: "rows:clean_v1", v2: "rows:clean_v2"}', 'run: "rows:clean_v1"')
    s = june(tmp_path, "backfill clean@2013-06-03..2013-06-05 all down pin v2", pipeline=bare)
    s.run_until("2013-06-20 12:00")
    assert (ran(s)["flights.clean"], ran(s)["features.feat"]) == ({"v2"}, {"v1"})


def test_without_a_pin_a_deploy_in_between_makes_two_recipes(tmp_path: Path) -> None:
    s = june(tmp_path, f"backfill clean@{JUNE} all limit 1")
    s.run_until("2013-06-20 09:07")
    s.do("deploy clean v2")
    s.run_until("2013-06-20 12:00")
    codes = [live(s.state.known, "stg", f"2013-06-0{day}")[2] for day in range(1, 7)]
    assert codes == ["v1", "v1", "v1", "v2", "v2", "v2"]


@pytest.mark.parametrize(("priority", "first"), [("", "scheduled"), (" priority 5", "backfill")])
def test_its_priority_is_added_in_the_queue(tmp_path: Path, priority: str, first: str) -> None:
    """Both are ready at once, and the pool has one slot: else the earlier partition goes first."""
    one_slot = PIPELINE.replace("{warehouse: 2}", "{warehouse: 1}")
    s = june(tmp_path, "rerun clean@2013-06-01", pipeline=one_slot)
    s.do(f"backfill clean@2013-06-10..2013-06-11 all{priority}")
    s.run_until("2013-06-20 10:00")
    began = [e.run.kind for e in s.events if isinstance(e, AttemptStarted) and e.task == "clean"][-3:]
    assert began[0] == first


# what is kept


def test_what_is_kept_is_success_without_a_try_and_its_rows_are_seen(tmp_path: Path) -> None:
    s = june(tmp_path, "deploy clean v2", "backfill clean@2013-06-08 all")
    s.run_until("2013-06-20 10:00")
    [run] = runs_of(s)
    assert rules(run) == {"extract": "success kept", "clean": "success", "publish": "success kept"}
    assert run.cells["extract"].attempts == ()
    assert run.state == "success"
    assert live(s.state.known, "stg", "2013-06-08") == (2, 5, "v2")
    assert live(s.state.known, "pub", "2013-06-08") == (1, 1, "v1")


def test_what_is_kept_is_seen_through_several_runs(tmp_path: Path) -> None:
    s = june(tmp_path, "backfill clean@2013-06-08 all")
    s.run_until("2013-06-20 10:00")
    s.do("deploy clean v2")
    s.do("backfill clean@2013-06-08 all")
    s.run_until("2013-06-20 11:00")
    assert live(s.state.known, "stg", "2013-06-08") == (3, 5, "v2")
    assert "by try 1 of an earlier run" in str(s.why("extract@2013-06-08"))


def test_what_is_kept_can_be_run_again(tmp_path: Path) -> None:
    s = june(tmp_path, "backfill clean@2013-06-08 all")
    s.run_until("2013-06-20 10:00")
    s.do("rerun extract@2013-06-08 down")
    s.run_until("2013-06-20 11:00")
    [run] = runs_of(s)
    assert rules(run) == {"extract": "success", "clean": "success", "publish": "success"}


def test_without_an_earlier_success_what_is_above_runs_and_the_rest_is_left_out(tmp_path: Path) -> None:
    s = june(tmp_path, at="2013-06-02 05:00")
    s.do("fail extract@2013-06-02")
    s.run_until("2013-06-04 09:00")
    s.do("lift 1")
    s.do("backfill clean@2013-06-01..2013-06-03 failed")
    s.run_until("2013-06-04 10:00")
    [run] = runs_of(s)
    assert rules(run) == {"extract": "success", "clean": "success", "publish": "skipped left_out"}
    assert "there is nothing to keep" in str(s.why("publish@2013-06-02"))


def test_what_was_kept_and_stands_on_something_else_now_has_changed(tmp_path: Path) -> None:
    s = june(tmp_path, "deploy clean v2", "backfill clean@2013-06-07..2013-06-08 all")
    s.run_until("2013-06-20 10:00")
    lines = s.plan_of("backfill flights@2013-06-07..2013-06-08 changed")
    assert lines[2] == "Sat 8 Jun  kept     kept   run      input changed: clean ran again, with other content"
    s.do("backfill flights@2013-06-07..2013-06-08 changed")
    s.run_until("2013-06-20 11:00")
    assert days(runs_of(s)) == [8]
    refused(s, "backfill flights@2013-06-07..2013-06-08 changed")


def test_a_backfill_of_all_equals_having_run_it_right_the_first_time(tmp_path: Path) -> None:
    later = june(tmp_path, "deploy clean v2", "backfill clean@2013-06-01..2013-06-19 all down")
    later.run_until("2013-06-20 23:00")
    first = june(tmp_path, "deploy clean v2", at="2013-06-01 01:00")
    first.run_until("2013-06-20 23:00")

    def contents(s: Session) -> dict[tuple[str, str], str | None]:
        data = s.state.known.data
        return {place: data.versions[place][n - 1].content for place, n in data.live.items()}

    assert contents(later) == contents(first)


# as methods


def test_the_same_from_python(tmp_path: Path) -> None:
    s = june(tmp_path)
    s.backfill("clean", "2013-06-03", "2013-06-05", limit=2, which="all", down=True, pin="v2", priority=3)
    asked: Any = s.done.events[0]
    backfill = s.state.known.backfills[max(s.state.known.backfills)]
    assert (asked.pin, backfill.pin, backfill.priority, backfill.limit) == ("v2", "v2", 3, 2)
    assert {key.dag for key, _, _ in asked.runs} == {"flights", "features"}
    paused: Any = s.pause_backfill().done.events[0]
    resumed: Any = s.resume_backfill(paused.backfill).done.events[0]
    cancelled: Any = s.cancel_backfill().done.events[0]
    assert (resumed.state, cancelled.state) == ("running", "cancelled")


# down, across DAGs


def test_features_wait_for_all_seven_days_that_the_same_backfill_writes(tmp_path: Path) -> None:
    s = june(tmp_path, "deploy clean v2", "backfill clean@2013-06-03..2013-06-10 all down newest limit 3")
    s.run_until("2013-06-20 09:04")
    found = s.why("feat@2013-06-10")
    assert found.headline.startswith("feat waits for flights.clean of Tue 4 Jun, flights.clean of Wed 5 Jun")
    assert next(check for check in found.checks if check.rule == "run_has_started").on == tuple(
        f"flights.clean@2013-06-{day}" for day in ("04", "05", "06", "07", "10")
    )
    s.run_until("2013-06-20 13:00")
    known = s.state.known
    assert days(runs_of(s), "features") == sorted(range(3, 17), reverse=True)
    for day in range(3, 17):
        version = known.data.live_version("feat7", f"2013-06-{day:02}")
        assert version is not None
        assert all(known.data.live[source[:2]] == source[2] for source in version.sources)


def test_a_failed_day_holds_back_only_what_stands_on_it(tmp_path: Path) -> None:
    s = june(tmp_path, "fail clean@2013-06-04", "backfill clean@2013-06-03..2013-06-05 all down")
    s.run_until("2013-06-20 12:00")
    assert days([run for run in runs_of(s) if run.started], "features") == [3, 11]
    assert [run.state for run in runs_of(s)].count("queued") == 7
    s.do("lift 1")
    s.do("rerun clean@2013-06-04 down")
    s.run_until("2013-06-20 14:00")
    assert {run.state for run in runs_of(s)} == {"success"}


def test_a_paused_dag_downstream_does_not_hold_back_the_others(tmp_path: Path) -> None:
    s = june(tmp_path, pipeline=PIPELINE.replace("---\ndag: features", f"---\n{AUDIT}\n---\ndag: features"))
    s.do("pause audit")
    s.do("backfill clean@2013-06-03..2013-06-05 all down limit 1")
    assert [key.dag for key, _, _ in s.events[-1].runs[3:6]] == ["audit"] * 3  # type: ignore[union-attr]
    s.run_until("2013-06-20 14:00")
    assert {run.key.dag for run in runs_of(s) if not run.ended} == {"audit"}
    s.do("unpause audit")
    s.run_until("2013-06-20 16:00")
    assert all(run.state == "success" for run in runs_of(s))


# pause, resume, cancel


def test_a_paused_backfill_starts_no_run_and_what_runs_goes_on(tmp_path: Path) -> None:
    s = june(tmp_path, f"backfill flights@{JUNE} all limit 2")
    s.run_until("2013-06-20 09:05")
    told = s.do("backfill pause").sentence
    assert told.endswith("at most 2 at once: paused; 4 runs wait, 2 runs go on")
    s.run_until("2013-06-20 12:00")
    assert [run.state for run in runs_of(s)] == ["success"] * 2 + ["queued"] * 4
    assert s.why("clean@2013-06-05").headline == "clean waits, since 09:05 (2 h 55 min): its backfill is paused."
    assert refused(s, "backfill pause") == "No backfill is under way, so there is none to pause"
    s.do("backfill resume")
    s.run_until("2013-06-20 14:00")
    assert {run.state for run in runs_of(s)} == {"success"}
    assert refused(s, "backfill resume") == "No backfill is paused, so there is none to resume"


def test_a_cancelled_backfill_ends_what_has_not_started(tmp_path: Path) -> None:
    s = june(tmp_path, f"backfill flights@{JUNE} all limit 2")
    s.run_until("2013-06-20 09:05")
    assert s.do("backfill cancel").sentence.endswith("cancelled; 4 runs end unstarted, 2 runs go on")
    assert [(run.state, run.reason) for run in runs_of(s)][2:] == [("failed", "cancelled")] * 4
    s.run_until("2013-06-20 12:00")
    assert [run.state for run in runs_of(s)] == ["success"] * 2 + ["failed"] * 4
    assert "its backfill was cancelled before it began" in str(s.why_run("flights@2013-06-05"))
    number = max(s.state.known.backfills)
    assert refused(s, f"backfill pause {number}").startswith(f"Backfill {number} was cancelled")


def test_after_a_cancelled_one_all_is_as_it_was_before(tmp_path: Path) -> None:
    """Who needs those partitions finds what an earlier run made; and another backfill may come at once."""
    s = june(tmp_path, f"backfill flights@{JUNE} all limit 1", "backfill cancel")
    run = s.state.known.run_of("flights", "2013-06-05")
    assert run is not None
    assert rules(run) == {"extract": "success kept", "clean": "success kept", "publish": "success kept"}
    s.run_until("2013-06-20 12:00")
    assert "(6 days whose run ended well)" in refused(s, f"backfill flights@{JUNE}")
    s.do(f"backfill flights@{JUNE} all")
    s.run_until("2013-06-20 14:00")
    assert {run.state for run in runs_of(s)} == {"success"}


def test_a_cancelled_day_that_was_never_made_is_still_missing(tmp_path: Path) -> None:
    off = PIPELINE.replace("start: 2013-06-01\n", "start: 2013-06-01\npaused: on\n", 1)
    s = june(tmp_path, at="2013-06-05 09:00", pipeline=off)
    s.do("backfill flights@2013-06-01..2013-06-03")
    s.do("backfill cancel")
    s.do("unpause flights")
    done = s.do("backfill flights@2013-06-01..2013-06-03")
    assert ": 3 runs," in done.sentence
    s.run_until("2013-06-05 12:00")
    assert {run.state for run in runs_of(s)} == {"success"}


def test_with_several_backfills_it_has_to_be_said_which(tmp_path: Path) -> None:
    s = june(tmp_path, f"backfill flights@{JUNE} all limit 1", f"backfill features@{JUNE} all limit 1")
    first, second = sorted(s.state.known.backfills)
    assert refused(s, "backfill pause").startswith(f"There are several backfills; say which: backfill pause {first}.")
    s.do(f"backfill pause {second}")
    assert [s.state.known.backfills[n].state for n in (first, second)] == ["running", "paused"]
    s.do("backfill resume")
    s.do(f"backfill cancel {first}")
    assert refused(s, f"backfill resume {first}").startswith(f"Backfill {first} was cancelled")


# the log


def test_a_backfill_is_the_same_after_going_back(tmp_path: Path) -> None:
    """Law 5: seek to any event and go on."""
    s = june(tmp_path, "deploy clean v2", "backfill clean@2013-06-03..2013-06-05 all down limit 2")
    s.run_until("2013-06-20 09:04")
    s.do("backfill pause")
    s.run_until("2013-06-20 09:30")
    s.do("backfill resume")
    s.run_until("2013-06-20 11:00")
    log, begun = list(s.events), max(s.state.known.backfills)
    for place in range(begun, len(log), 7):
        s.seek(place)
        fork = s.fork(f"at{place}")
        fork.run_until(s.now)
        commands = [event for event in log[place:] if type(event).__name__ == "BackfillChanged"]
        if not commands:
            fork.run_until("2013-06-20 11:00")
            assert fork.events == log
    assert any(isinstance(event, RunStarted) and event.cause > begun for event in log[begun:])


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_at_the_end_of_each_instant_nothing_that_could_go_on_waits(tmp_path: Path, order: str) -> None:
    """Law 1, for runs that wait for others of their backfill, for its limit, or for its going on."""
    s = june(tmp_path, "deploy clean v2", f"backfill clean@2013-06-03..2013-06-06 all down limit 3 {order}")
    s.do("fail clean@2013-06-04")
    looked = 0
    for minute in range(50):
        if minute == 9:
            s.do("backfill pause")
        if minute == 14:
            s.do("backfill resume")
        if minute == 30:
            s.do("lift 1")
            s.do("rerun clean@2013-06-04 down")
        s.run_until(f"2013-06-20 09:{minute:02}")
        known = s.state.known
        for run in known.open_runs():
            assert run.started is not None or not isinstance(run_may_start(known, run, s.now), Pass), run.key
            for task, cell in run.cells.items():
                if cell.state in WAITING:
                    looked += 1
                    assert not isinstance(verdict(known, run, task, s.now), Pass), (run.key, task)
    assert looked > 100
    s.run_until("2013-06-20 12:00")
    assert {run.state for run in s.state.known.runs.values()} == {"success"}
