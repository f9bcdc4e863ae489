"""Every kind of event as a line of a story."""

from __future__ import annotations

import workbench as wb
from tests.samples import block, session
from workbench.session import Session
from workbench.views import Clock, as_text, line, story

EVERYTHING = """
    dag: d
    schedule: "0 6 * * *"
    timezone: America/New_York
    start: 2013-01-01
    inputs: {sales: {expected: "06:00"}, fares: }
    tasks:
      load: {reads: [sales], takes: 10m, retries: {max: 1, delay: 20h}, pool: one}
      copy: {takes: 5m, pool: one}
      clean: {needs: [load], takes: 5m}
      alarm: {needs: [copy], trigger_rule: one_failed}
    ---
    pools: {one: 1}
    ---
    scenario: from_tuesday
    from: 2013-01-02T08:00Z
    faults:
    - late: {input: sales, partition: 2013-01-01, arrives: 2013-01-02T11:03Z}
    - flaky: {task: load, tries: 2, partition: 2013-01-01, after: 2m}
"""


def told(s: Session) -> list[str]:
    return as_text(story(s.state.known, s.events), Clock(s.now, next(iter(s.workspace.dags.values())).zone))


def test_a_story() -> None:
    s = session(EVERYTHING)
    s.run_until("2013-01-02T11:30Z")
    s.inject(wb.Never("sales", "2013-01-02"))
    s.edit(wb.SetTask("clean", {"priority": 2}))
    s.run_until("2013-01-03T07:30Z")
    assert "\n".join(told(s)) == block("""
        Wed 2 Jan
          06:00  the clock starts d for Tue 1 Jan
          06:00  load is ready and waits for a slot
          06:00  copy starts
          06:03  sales of Tue 1 Jan comes, 3 min late
          06:05  copy ends well
          06:05  alarm will not run: skipped by one_failed
          06:05  load starts
          06:07  load fails (try 1): the attempt crashed; again Thu 3 Jan 02:07
          06:30  you: sales of Wed 2 Jan never comes
          06:30  you: clean: priority changed
        Thu 3 Jan
          00:00  fares of Wed 2 Jan comes
          02:07  load starts (try 2)
          02:09  load fails (try 2): the attempt crashed; no try is left
          02:09  clean will not run: something above it failed
          02:09  d for Tue 1 Jan: failed
    """)


def test_moods() -> None:
    s = session(EVERYTHING)
    s.run_until("2013-01-02T11:30Z")
    s.inject(wb.Never("sales", "2013-01-02"))
    moods = {told.text.split(":")[0]: told.mood for told in story(s.state.known, s.events)}
    assert moods == {
        "the clock starts d for Tue 1 Jan": "",
        "copy starts": "",
        "load is ready and waits for a slot": "late",
        "sales of Tue 1 Jan comes, 3 min late": "late",
        "copy ends well": "good",
        "alarm will not run": "bad",
        "load starts": "",
        "load fails (try 1)": "bad",
        "you": "you",
    }


def test_what_nobody_needs_to_read_is_left_out() -> None:
    s = session(EVERYTHING)
    s.run_until("2013-01-02T11:30Z")
    silent = {type(event).__name__ for event in s.events if line(s.state.known, event) is None}
    assert silent == {"RunStarted", "TaskQueued"}


def test_a_task_name_that_two_dags_have_is_said_with_its_dag() -> None:
    s = session("""
        {dag: a, schedule: "0 6 * * *", start: 2013-01-01, tasks: {load: , one: }}
        ---
        {dag: b, schedule: "0 7 * * *", start: 2013-01-01, tasks: {load: }}
        ---
        {scenario: x, from: 2013-01-02T05:00Z}
    """)
    s.run_until("2013-01-02T08:00Z")
    starts = [text for text in told(s) if text.endswith("starts")]
    assert starts == ["  06:00  a.load starts", "  06:00  one starts", "  07:00  b.load starts"]


def test_rows_are_counted() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")

    @dag.task
    def one() -> list[dict[str, int]]:
        return [{"n": 1}]

    @dag.task
    def two(one: list[dict[str, int]]) -> list[dict[str, int]]:
        return one * 2

    s = Session(dag)
    s.run_until("2013-01-02T08:00Z")
    ends = [text for text in told(s) if "ends" in text]
    assert ends == ["  06:01  one ends well, 1 row", "  06:02  two ends well, 2 rows"]


MANY = """
    dag: many
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {f: {expected: "06:00"}}
    tasks:
      w1: {sensor: {on: [f], every: 5m}}
      w2: {sensor: {on: [f], every: 5m}}
      w3: {sensor: {on: [f], every: 5m}}
      w4: {sensor: {on: [f], every: 5m}}
      a1: {takes: 10m}
      a2: {takes: 10m}
      a3: {takes: 10m}
      a4: {takes: 10m}
      a5: {takes: 10m}
    ---
    scenario: many
    from: 2013-01-02T05:30Z
    faults:
    - late: {input: f, partition: 2013-01-01, arrives: 2013-01-02T07:00Z}
    - flaky: {task: a5, tries: 1, after: 10m}
    """


def test_many_alike_at_one_instant_are_told_in_one_line_and_failures_each() -> None:
    s = session(MANY)
    s.run_until("2013-01-02T06:30Z")
    assert "\n".join(told(s)) == block("""
        Wed 2 Jan
          06:00  the clock starts many for Tue 1 Jan
          06:00  5 tasks start: a1 ... a5
          06:00  4 tasks look for f: w1 ... w4
          06:10  4 tasks end well: a1 ... a4
          06:10  a5 fails (try 1): the attempt crashed; no try is left
    """)
