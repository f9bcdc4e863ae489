"""A session: step, go back, ask, change one thing, keep both futures, keep them in a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import workbench as wb
from tests.samples import late_jfk, session
from workbench.engine import KINDS
from workbench.session import Session
from workbench.views import as_text, story
from workbench.views.clock import Clock

HELLO = """
    dag: hello
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {sales: {expected: "05:50"}}
    tasks:
      load: {reads: [sales], takes: 5m}
      report: {needs: [load], takes: 1m}
    ---
    scenario: one_day
    from: 2013-01-02T05:00Z
    until: 2013-01-02T20:00Z
"""
DAY = "2013-01-02"


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(wb.InvalidInput) as caught:
        act()
    return str(caught.value)


def told(s: Session) -> list[str]:
    """What happened up to the cursor, without the headings."""
    return [line.strip() for line in as_text(story(s.state.known, s.events), Clock(s.now, wb_zone()))[1:]]


def wb_zone() -> Any:
    return session(HELLO).workspace.dags["hello"].zone


def snapshot(s: Session) -> tuple[Any, ...]:
    """All that may not change when something is refused."""
    logs = {name: tuple(branch.log) for name, branch in s.branches.items()}
    return logs, s.branch.name, s.position, s.now, s.current_workspace()


# forward and back


def test_step_by_step_through_a_day() -> None:
    s = session(HELLO)
    seen = []
    while events := s.step():
        seen.append(f"{s.now:%H:%M} " + " ".join(KINDS[type(e)] for e in events))
    assert seen == [
        "05:50 input_arrived",
        "06:00 run_created run_started task_queued attempt_started",
        "06:05 attempt_ended task_queued attempt_started",
        "06:06 attempt_ended run_ended",
    ]
    assert s.at_end
    assert s.now == s.instant("06:06")


@pytest.mark.parametrize("by", ["instant", "event"])
def test_back_undoes_step_exactly(by: Any) -> None:
    s = session(HELLO)
    trail = [(s.position, s.now, str(s.why("report")))]
    steps = []
    while events := s.step(by):
        steps.append(events)
        trail.append((s.position, s.now, str(s.why("report"))))
    log = list(s.branch.log)
    for events in reversed(steps):
        assert (s.position, s.now, str(s.why("report"))) == trail.pop()
        assert s.back() == events
    assert trail == [(s.position, s.now, str(s.why("report")))]
    assert (s.position, s.now) == (0, s.start)
    assert s.back() == ()
    again = [s.step(by) for _ in steps]
    assert (again, s.branch.log) == (steps, log)


def test_steps_by_event_are_steps_by_instant_in_small() -> None:
    by_event, by_instant = session(HELLO), session(HELLO)
    while by_event.step("event"):
        pass
    while by_instant.step():
        pass
    assert by_event.branch.log == by_instant.branch.log


def test_back_without_a_step_goes_to_the_instant_before() -> None:
    s = session(HELLO)
    s.run_until("06:05")
    s.back()
    assert (s.now, len(s.events)) == (s.instant("06:00"), 5)
    s.back()
    s.back()
    assert (s.now, s.events) == (s.start, [])


def test_seek_to_an_instant_both_ways() -> None:
    s = session(HELLO)
    s.seek("06:05")
    there = (s.position, s.events, str(s.why("report")))
    assert s.seek("05:59").position == 1
    assert s.seek("20:00").position == 10
    s.seek("06:05")
    assert (s.position, s.events, str(s.why("report"))) == there
    assert s.seek("2012-12-24").now == s.start


def test_seek_to_an_event_both_ways() -> None:
    s = session(HELLO)
    s.run_until("07:00")
    positions = [(s.seek(n).position, s.now, len(s.events)) for n in (0, 1, 10, 3)]
    at = [s.start, s.instant("05:50"), s.instant("06:06"), s.instant("06:00")]
    assert positions == [(n, now, n) for n, now in zip((0, 1, 10, 3), at, strict=True)]
    assert refused(lambda: s.seek(11)) == "there is no event 11; this future has 1 to 10 so far"
    assert refused(lambda: s.seek(-1)) == "there is no event -1; this future has 1 to 10 so far"


def test_a_log_made_in_pieces_is_the_log_made_at_once() -> None:
    whole, pieces = late_jfk(), late_jfk()
    whole.run_until()
    for minutes in range(0, 60 * 48, 37):
        pieces.seek(pieces.start + timedelta(minutes=minutes))
        pieces.seek(pieces.start + timedelta(minutes=minutes // 2))
    pieces.seek(whole.end)
    assert pieces.branch.log == whole.branch.log


def test_run_until_the_past_is_refused() -> None:
    s = session(HELLO)
    s.run_until("07:00")
    before = snapshot(s)
    assert refused(lambda: s.run_until("06:00")) == "Wed 2 Jan 06:00 is in the past of this cursor; use seek or back"
    said = "Tue 1 Jan 2013 06:00 is before this simulation begins, Wed 2 Jan 2013 05:00"
    assert refused(lambda: s.run_until("2013-01-01 06:00")) == said
    assert snapshot(s) == before


def test_back_to_the_future_is_refused() -> None:
    s = session(HELLO)
    s.run_until("07:00")
    before = snapshot(s)
    assert refused(lambda: s.back("07:01")) == "Wed 2 Jan 07:01 is still ahead; use run_until or seek"
    assert snapshot(s) == before


def test_back_to_an_instant_answers_what_is_ahead_again() -> None:
    s = session(HELLO)
    s.run_until("07:00")
    events = s.back("06:04")
    assert [KINDS[type(e)] for e in events] == [
        "attempt_ended",
        "task_queued",
        "attempt_started",
        "attempt_ended",
        "run_ended",
    ]
    assert s.now == s.instant("06:04")


def test_progress_is_told_and_what_it_raises_stops_the_run() -> None:
    dag = wb.Dag("d", schedule="* * * * *", partition="hour", start="2013-01-01")
    dag.task("a", takes="1s")
    s = Session(dag)

    def stop(now: datetime) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        s.run_until("2013-01-01T12:00Z", progress=stop)
    made = len(s.branch.log)
    assert made > 1000
    s.run_until("2013-01-01T12:00Z")
    once = Session(dag)
    once.run_until("2013-01-01T12:00Z")
    assert s.branch.log == once.branch.log


# instants as text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("05:55", "2013-01-02T05:55:00"),
        ("05:55:30", "2013-01-02T05:55:30"),
        (" 05:55", "2013-01-02T05:55:00"),
        ("2013-01-04", "2013-01-04T00:00:00"),
        ("2013-01-04 05:55", "2013-01-04T05:55:00"),
        ("2013-01-04T05:55Z", "2013-01-04T05:55:00"),
        ("2013-01-04T05:55-05:00", "2013-01-04T10:55:00"),
        (datetime(2013, 1, 4, 5, 55, tzinfo=UTC), "2013-01-04T05:55:00"),
    ],
)
def test_instants(text: str | datetime, at: str) -> None:
    if isinstance(text, str) and text.startswith(" "):
        text = text.strip()
    assert session(HELLO).instant(text) == datetime.fromisoformat(f"{at}+00:00")


def test_instants_that_are_none() -> None:
    s = session(HELLO)
    assert "is no time; write 2013-01-04T07:35Z" in refused(lambda: s.instant("noon"))
    assert "is no time" in refused(lambda: s.seek("25:00"))
    naive = datetime(2013, 1, 4, 6)  # noqa: DTZ001
    assert refused(lambda: s.seek(naive)) == (
        "2013-01-04 06:00:00 has no time zone; give an aware datetime, or text, which is UTC"
    )
    odd = datetime(2013, 1, 4, 6, 0, 0, 5, tzinfo=UTC)
    assert refused(lambda: s.run_until(odd)).endswith("has a fraction of a second; use whole seconds")


def test_a_bare_time_means_the_day_on_which_the_partition_runs() -> None:
    s = late_jfk()
    assert s.instant_on("publish@2013-01-03", "07:00") == s.instant("2013-01-04T07:00Z")
    assert s.instant_on("publish@2013-01-03", "2013-01-09") == s.instant("2013-01-09")
    assert refused(lambda: s.instant_on("publish", "07:00")) == (
        "07:00 of which day? Ask for publish@2013-01-03, or give the day: '2013-01-04 07:00'"
    )


def test_bare_times_are_in_the_dags_zone() -> None:
    zones = HELLO.replace("start: 2013-01-01", "timezone: Europe/Berlin\n    start: 2013-01-01")
    s = session(zones)
    assert s.instant("06:30") == datetime(2013, 1, 2, 5, 30, tzinfo=UTC)
    assert s.instant("2013-07-01 06:30") == datetime(2013, 7, 1, 4, 30, tzinfo=UTC)
    assert s.instant_on("report@2013-01-03", "06:30") == datetime(2013, 1, 4, 5, 30, tzinfo=UTC)
    two = session(f"{zones}\n    ---\n    {{dag: other, tasks: {{a: }}}}")
    assert two.instant("06:30") == datetime(2013, 1, 2, 6, 30, tzinfo=UTC)
    assert two.instant_on("report@2013-01-03", "06:30") == datetime(2013, 1, 4, 5, 30, tzinfo=UTC)


# commands


def test_an_edit_in_the_past_opens_b_and_leaves_a_untouched() -> None:
    s = session(f"{HELLO}    faults: [late: {{input: sales, partition: 2013-01-01, arrives: {DAY}T06:30Z}}]\n")
    s.run_until("07:00")
    a, log = s.branch, list(s.branch.log)
    s.back("05:55")
    event: Any = s.edit(wb.WaitFor("load", ("sales",))).done.events[0]
    assert (s.branch.name, s.now, event.version, event.sentence) == (
        "B",
        s.instant("05:55"),
        2,
        "load waits for sales",
    )
    assert (s.branch.parent, s.branch.shared) == (a, 0)
    s.run_until("07:00")
    assert told(s) == [
        "05:55  you: load waits for sales",
        "06:00  the clock starts hello for Tue 1 Jan",
        "06:30  sales of Tue 1 Jan comes, 40 min late",
        "06:30  load starts",
        "06:35  load ends well",
        "06:35  report starts",
        "06:36  report ends well",
        "06:36  hello for Tue 1 Jan: success",
    ]
    assert (a.log, list(s.branches)) == (log, ["A", "B"])
    assert s.switch("A").why("report").headline == "report ended 06:06, well."
    assert s.switch("B").why("report").headline == "report ended 06:36, well."


def test_an_edit_at_the_end_does_not_fork() -> None:
    s = session(HELLO)
    s.run_until("05:55")
    s.edit(wb.SetTask("load", {"takes": timedelta(minutes=9)}))
    assert (list(s.branches), s.branch.name) == (["A"], "A")
    s.run_until("07:00")
    assert s.why("load").headline == "load ended 06:09, well."


def test_a_command_after_the_last_event_and_before_the_horizon_does_not_fork() -> None:
    s = session(HELLO)
    s.run_until("15:00")
    s.seek("10:00")
    s.edit(wb.RemoveTask("report"))
    assert list(s.branches) == ["A"]
    assert s.now == s.instant("10:00")


def test_several_edits_are_one_event() -> None:
    s = session(HELLO)
    s.edit(wb.AddTask(wb.Task("audit")), wb.AddEdge("load", "audit"), wb.RemoveEdge("load", "report"))
    event: Any = s.done.events[0]
    assert event.sentence == "task audit added, audit needs load, report no longer needs load"
    assert sorted(event.spec.edges()) == [("load", "audit")]
    assert s.state.known.plans["hello"].version == 2
    assert s.current_workspace().dags["hello"] == event.spec


def edited(s: Session) -> Any:
    """The DAG of the edit that was done last."""
    event: Any = s.done.events[0]
    return event.dag


def test_an_edit_may_name_its_dag() -> None:
    s = late_jfk()
    audit = wb.AddTask(wb.Task("audit"))
    assert refused(lambda: s.edit(audit)) == ("no DAG has a task 'audit'; say which DAG: daily_flights, punctuality")
    assert refused(lambda: s.edit(audit, dag="punctualty")) == ("No DAG punctualty. Did you mean punctuality?")
    assert edited(s.edit(audit, dag="punctuality")) == "punctuality"
    assert edited(s.edit(wb.RemoveTask("clean"))) == "daily_flights"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (wb.AddEdge("report", "load"), "tasks need each other in a circle, so none can start: load -> report -> load"),
        (wb.WaitFor("load", ("slaes",)), "did you mean 'sales'?"),
        (wb.RemoveTask("lod"), "DAG 'hello' has no task 'lod'; did you mean 'load'? (known: load, report)"),
        (wb.RemoveEdge("report", "load"), "task 'load' does not need 'report'"),
        (wb.AddTask(wb.Task("load")), "DAG 'hello' has a task 'load' already"),
        (wb.SetTask("load", {"taks": 1}), "a task has no 'taks'; did you mean 'takes'?"),
        (wb.SetTask("load", {"pool": "tank"}), "tank"),
    ],
)
def test_a_bad_edit_changes_nothing(edit: Any, said: str) -> None:
    s = session(HELLO)
    s.run_until("07:00")
    s.back("05:55")
    before = snapshot(s)
    assert said in refused(lambda: s.edit(edit))
    assert said in refused(lambda: s.edit(wb.SetTask("load", {"priority": 2}), edit))
    assert snapshot(s) == before
    assert refused(s.edit).startswith("nothing to edit; give an edit")


def test_a_task_that_another_dag_needs_is_not_taken_out() -> None:
    s = late_jfk()
    before = snapshot(s)
    assert "publish" in refused(lambda: s.edit(wb.RemoveTask("publish")))
    assert snapshot(s) == before


def test_a_task_whose_rows_a_function_takes_is_not_taken_out() -> None:
    s = late_jfk()
    before = snapshot(s)
    assert "has a parameter 'extract'" in refused(lambda: s.edit(wb.RemoveTask("extract")))
    assert snapshot(s) == before


def test_an_edit_that_cannot_go_on_changes_nothing() -> None:
    """A running task gets a function that cannot be loaded: found out only when the simulation goes on."""
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", function=list)
    s = Session(dag)
    edit = wb.SetTask("load", {"function": None, "run": "nowhere:load"})
    for until in ("06:05", "07:00"):
        s.run_until(f"2013-01-02T{until}Z")
        s.seek("2013-01-02T06:05Z")
        before = snapshot(s)
        assert "but there is no file" in refused(lambda: s.edit(edit))
        assert snapshot(s) == before
        assert s.branch.end_state().known.seq == len(s.branch.log)


def test_inject_at_the_end_and_in_the_past() -> None:
    s = session(HELLO)
    s.inject(wb.Never("sales", "2013-01-01"))
    assert list(s.branches) == ["A"]
    s.run_until("07:00")
    assert told(s)[:2] == ["05:00  you: sales of Tue 1 Jan never comes", "06:00  the clock starts hello for Tue 1 Jan"]
    s.back("06:01")
    s.inject(wb.Flaky("report", tries=1))
    assert (s.branch.name, s.done.sentence) == ("B", "the first try of hello.report fails, at every partition")
    s.run_until("07:00")
    assert s.why("report").headline == "report failed for good 06:06 (try 1 of 1): the attempt crashed."
    assert s.switch("A").why("report").headline == "report ended 06:06, well."


def test_what_is_running_meets_a_fault_given_while_it_runs() -> None:
    s = session(HELLO)
    s.run_until("06:02")
    s.inject(wb.Outage("load", s.instant("06:03"), s.instant("06:30")))
    s.run_until("06:10")
    assert s.why("load").headline == "load failed for good 06:04 (try 1 of 1): the vendor did not answer (503)."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            wb.Never("sales", "2013-01-01"),
            "sales of Tue 1 Jan has come already, Wed 2 Jan 05:50; go back first",
        ),
        (wb.Never("slaes", "2013-01-01"), "unknown input 'slaes'; did you mean 'sales'?"),
        (wb.Never("sales", "2013-01"), "'2013-01' is no key of the day grid"),
        (wb.Flaky("lod", tries=1), "unknown task 'lod'; did you mean 'load'?"),
        (
            wb.Outage("load", datetime(2013, 1, 2, 5, tzinfo=UTC), datetime(2013, 1, 2, 6, tzinfo=UTC)),
            "this outage ended Wed 2 Jan 06:00, before now; go back first",
        ),
    ],
)
def test_a_fault_that_cannot_be_changes_nothing(fault: Any, said: str) -> None:
    s = session(HELLO)
    s.run_until("06:05")
    before = snapshot(s)
    assert said in refused(lambda: s.inject(fault))
    assert snapshot(s) == before


# what cannot begin


def test_a_session_needs_a_time_to_begin() -> None:
    dag = wb.Dag("d")
    dag.task("a")
    assert refused(lambda: Session(dag)) == (
        "nothing says when to begin: give the DAG a start, or the scenario a `from`"
    )


def test_a_session_needs_a_whole_workspace() -> None:
    dag = wb.Dag("d", start="2013-01-01")
    dag.task("a", needs="other.b")
    assert "other.b" in refused(lambda: Session(dag))
