"""Why: one small pipeline and one question for each sentence. Each test reads: the pipeline, when, the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import workbench as wb
from tests.samples import block, late_jfk, session
from workbench.session import Session
from workbench.views import Why, explain

DAILY = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
"""
FROM_WED = """
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
"""


def why(s: Session, target: str, at: str) -> str:
    return str(s.why(target, at))


def head(s: Session, target: str, at: str) -> str:
    return s.why(target, at).headline


# waiting for inputs

INPUTS = (
    DAILY
    + """
    owner: team-d
    inputs:
      sales: {expected: "06:10", owner: team-sales}
      fares: {expected: "07:00"}
    tasks:
      load: {needs: [sales], takes: 5m}
      join: {needs: [sales, fares], takes: 5m}
"""
    + FROM_WED
    + """
    faults:
    - late: {input: sales, partition: 2013-01-01, arrives: 2013-01-02T07:30Z}
    - never: {input: fares, partition: 2013-01-01}
"""
)


def test_it_waits_for_one_input() -> None:
    assert why(session(INPUTS), "load", "07:00") == block("""
        load waits for sales, since 06:00 (60 min).
          sales was due 06:10; nobody knows when it comes.
          Starts the moment it comes. No deadline: it would wait for ever.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ inputs: sales not here
          ✔ workers: as many as wanted
          → ask team-sales, who owns sales
    """)


def test_it_waits_for_one_input_that_is_not_due_yet() -> None:
    answer = session(INPUTS).why("load", "06:00")
    assert answer.headline == "load waits for sales."
    assert answer.sentences[0] == "sales is due 06:10; nobody knows when it comes."


def test_an_input_is_due_until_its_time_has_come() -> None:
    said = [session(INPUTS).why("load", at).sentences[0] for at in ("06:09", "06:10", "06:11")]
    assert [line.partition(" due")[0] for line in said] == ["sales is", "sales was", "sales was"]


def test_it_waits_for_several_inputs() -> None:
    assert why(session(INPUTS), "join", "06:30") == block("""
        join waits for sales and fares, since 06:00 (30 min).
          sales was due 06:10; nobody knows when it comes.
          fares is due 07:00; nobody knows when it comes.
          Starts the moment the last of them comes. No deadline: it would wait for ever.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ inputs: sales not here, fares not here
          ✔ workers: as many as wanted
          → ask team-sales, who owns sales
          → ask team-d, who owns fares
    """)


def test_what_came_is_said_beside_what_did_not() -> None:
    answer = session(INPUTS).why("join", "08:00")
    assert answer.headline == "join waits for fares, since 06:00 (2 h)."
    assert answer.checks[2].text == "inputs: sales came 07:30, fares not here"


def test_it_waits_for_an_input_that_nobody_promised() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        inputs: {sales: }
        tasks: {load: {needs: [sales]}}
        ---
        scenario: from_tuesday
        from: 2013-01-01T20:00Z
        faults: [never: {input: sales, partition: 2013-01-01}]
    """)
    assert why(s, "load", "2013-01-02 06:20") == block("""
        load waits for sales, since 06:00 (20 min).
          Nobody promised a time for sales, and nobody knows when it comes.
          Starts the moment it comes. No deadline: it would wait for ever.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ inputs: sales not here
          ✔ workers: as many as wanted
    """)


WEEKLY = """
    dag: d
    schedule: "0 6 * * *"
    inputs: {sales: {expected: "06:00"}}
    tasks: {load: }
    ---
    dag: week
    schedule: "0 7 * * 1"
    partition: week
    tasks: {sum: {needs: [sales]}}
    ---
    scenario: some_days_never_come
    from: 2013-01-08T05:00Z
    faults:
    - never: {input: sales, partition: 2013-01-08}
    - never: {input: sales, partition: 2013-01-11}
"""


def test_a_week_waits_for_its_days() -> None:
    answer = session(WEEKLY).why("sum", "2013-01-14 08:00")
    assert answer.headline == "sum waits for sales, since 07:00 (60 min)."
    told = "sales of Tue 8 Jan was due Wed 9 Jan 06:00; nobody knows when it comes. 1 later one is missing too."
    assert answer.sentences[0] == told


def test_a_week_waits_for_many_days() -> None:
    answer = session(f"{WEEKLY}    - never: {{input: sales, partition: 2013-01-12}}\n").why("sum", "2013-01-14 08:00")
    assert answer.sentences[0].endswith("nobody knows when it comes. 2 later ones are missing too.")


# waiting for upstream

UPSTREAM = (
    DAILY
    + """
    inputs: {file: {expected: "06:00"}}
    tasks:
      extract: {needs: [file], takes: 10m, retries: {max: 1, delay: 5m}}
      clean: {needs: [extract], takes: 5m}
      publish: {needs: [clean], takes: 5m}
      tidy: {needs: [extract, clean], takes: 5m, trigger_rule: all_done}
      both: {needs: [extract, clean]}
"""
    + FROM_WED
    + """
    faults:
    - late: {input: file, partition: 2013-01-01, arrives: 2013-01-02T06:30Z}
    - flaky: {task: extract, tries: 1}
"""
)


def test_it_waits_for_an_upstream_that_runs() -> None:
    assert why(session(UPSTREAM), "clean", "06:35") == block("""
        clean waits for extract, which has been running since 06:30 (try 1).
          Starts when extract succeeds; if extract fails for good, clean will not run.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ upstream (all_success): extract running
          ✔ workers: as many as wanted
    """)


def test_it_waits_for_an_upstream_that_waits_itself() -> None:
    assert why(session(UPSTREAM), "clean", "06:42") == block("""
        clean waits for extract, which itself waits for its next try.
          Starts when extract succeeds; if extract fails for good, clean will not run.
          Root: extract waits for try 2, at 06:45.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ upstream (all_success): extract waits for retry
          ✔ workers: as many as wanted
    """)


def test_the_root_is_named_over_several_steps() -> None:
    assert session(UPSTREAM).why("publish", "06:10").sentences == (
        "Starts when clean succeeds; if clean fails for good, publish will not run.",
        "Root: extract waits for file, since 06:00 (10 min).",
    )
    assert session(UPSTREAM).why("publish", "06:35").sentences[1] == (
        "Root: clean waits for extract, which has been running since 06:30 (try 1)."
    )


def test_it_waits_for_several_upstream_tasks() -> None:
    answer = session(UPSTREAM).why("both", "06:35")
    told = "both waits for extract, which has been running since 06:30 (try 1), and clean, which has not started."
    assert answer.headline == told
    assert answer.sentences[0] == "Starts when all of them succeed; if one of them fails for good, both will not run."


def test_it_waits_for_more_upstream_tasks_than_a_sentence_holds() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    [dag.task(name, takes="10m") for name in "abcdef"] >> dag.task("join")
    answer = Session(dag).why("join", "2013-01-02 06:05").headline
    assert answer.startswith("join waits for a, which has been running since 06:00 (try 1), b, which ")
    assert answer.endswith("c, which has been running since 06:00 (try 1), and 3 more.")


RULES = {
    "all_failed": "it wants all its upstream tasks to fail (trigger rule all_failed)",
    "all_done": "it wants all its upstream tasks to end, well or not (trigger rule all_done)",
    "all_done_min_one_success": "it wants all its upstream tasks to end, and at least one to succeed "
    "(trigger rule all_done_min_one_success)",
    "one_success": "it wants one of its upstream tasks to succeed (trigger rule one_success)",
    "one_failed": "it wants one of its upstream tasks to fail (trigger rule one_failed)",
    "one_done": "it wants one of its upstream tasks to succeed or fail (trigger rule one_done)",
    "none_failed": "it wants all its upstream tasks to end, and none to fail (trigger rule none_failed)",
    "none_failed_min_one_success": "it wants all its upstream tasks to end, none to fail, and at least one to succeed "
    "(trigger rule none_failed_min_one_success)",
    "none_skipped": "it wants all its upstream tasks to end, and none to be skipped (trigger rule none_skipped)",
    "all_skipped": "it wants all its upstream tasks to be skipped (trigger rule all_skipped)",
}


@pytest.mark.parametrize("rule", RULES)
def test_other_trigger_rules_are_said_in_words(rule: str) -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m") >> dag.task("then", trigger_rule=rule)
    said = RULES[rule]
    assert Session(dag).why("then", "2013-01-02 06:05").sentences[0] == f"I{said[1:]}."


# waiting for slots

SLOTS = (
    DAILY
    + """
    tasks:
      big: {takes: 30m, pool: warehouse, priority: 9}
      small: {takes: 5m, pool: warehouse}
      after: {needs: [small]}
      first: {takes: 10m, pool: single}
      second: {takes: 10m, pool: single}
    ---
    dag: other
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {copy: {takes: 50m, pool: warehouse, priority: 9}}
    ---
    pools: {warehouse: 2, single: 1}
"""
    + FROM_WED
)


def test_it_waits_for_a_slot_in_a_pool_and_the_holders_are_named() -> None:
    assert why(session(SLOTS), "small", "06:10") == block("""
        small of Tue 1 Jan waits for a slot in warehouse, since 06:00 (10 min).
          Both are taken: big of Tue 1 Jan and other.copy of Tue 1 Jan.
          The next free one goes to the task with the highest priority, then to the one ready longest.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ workers: as many as wanted
          ✖ pool warehouse: 0 of 2 free
          → give small a higher priority
          → more slots for warehouse
    """)


def test_it_waits_for_the_one_slot_of_a_pool() -> None:
    assert session(SLOTS).why("second", "06:05").sentences[0] == "It is taken: first of Tue 1 Jan."


def test_its_upstream_waits_for_a_slot() -> None:
    answer = session(SLOTS).why("after", "06:10")
    assert answer.headline == "after waits for small, which itself waits for a slot."
    assert answer.sentences[1] == "Root: small of Tue 1 Jan waits for a slot in warehouse, since 06:00 (10 min)."


def test_a_pool_may_be_called_like_a_task() -> None:
    s = session(SLOTS.replace("warehouse", "after"))
    assert s.why("after", "06:10").sentences[1].startswith("Root: small of Tue 1 Jan waits for a slot in after")


def test_it_waits_for_a_worker() -> None:
    names = "abcde"
    tasks = "".join(f"      {name}: {{takes: 30m}}\n" for name in names)
    s = session(f"{DAILY}    tasks:\n{tasks}      z: {{takes: 5m, retries: 2}}\n    ---\n    workers: 5\n{FROM_WED}")
    assert why(s, "z", "06:10") == block("""
        z of Tue 1 Jan waits for a worker, since 06:00 (10 min).
          All 5 are taken: a of Tue 1 Jan, b of Tue 1 Jan, c of Tue 1 Jan and 2 more.
          The next free one goes to the task with the highest priority, then to the one ready longest.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ retries: 0 tries so far, 2 retries allowed
          ✖ workers: 0 of 5 free
          → give z a higher priority
          → more workers
    """)


# waiting for a retry, and for the run

RETRIES = (
    DAILY
    + """
    tasks:
      plain: {takes: 5m, retries: {max: 2, delay: 3m}}
      grows: {takes: 1m, retries: {max: 9, delay: 2m, backoff: 2, cap: 12m}}
      half: {takes: 1m, retries: {max: 4, delay: 10m, backoff: 1.5}}
      drawn: {takes: 1m, retries: {max: 3, delay: 10m, jitter: full}}
"""
    + FROM_WED
    + """
    faults:
    - flaky: {task: plain, tries: 2}
    - flaky: {task: grows, tries: 8}
    - flaky: {task: half, tries: 3}
    - flaky: {task: drawn, tries: 3}
"""
)


def test_it_waits_for_its_first_retry() -> None:
    assert why(session(RETRIES), "plain", "06:06") == block("""
        plain waits for try 2, at 06:08.
          Try 1 failed 06:05: the attempt crashed.
          Pause 3 min. One try left after it.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ retry pause: until 06:08
          ✔ workers: as many as wanted
    """)


def test_it_waits_for_its_last_retry() -> None:
    assert session(RETRIES).why("plain", "06:13").sentences[1] == "Pause 3 min. No tries left after it."


@pytest.mark.parametrize(
    ("task", "at", "said"),
    [
        ("grows", "06:01", "Pause 2 min. Eight tries left after it."),
        ("grows", "06:04", "Pause 4 min: 2 min, doubled once. Seven tries left after it."),
        ("grows", "06:09", "Pause 8 min: 2 min, doubled twice. Six tries left after it."),
        ("grows", "06:18", "Pause 12 min, the longest that is allowed (cap). Five tries left after it."),
        ("half", "06:29", "Pause 22 min 30 s: 10 min, times 1.5 twice. One try left after it."),
        ("drawn", "06:01", "Pause 9 min 43 s, drawn with jitter full. Two tries left after it."),
    ],
)
def test_the_pause_is_reckoned(task: str, at: str, said: str) -> None:
    assert session(RETRIES).why(task, at).sentences[1] == said


def test_its_run_waits_for_max_active_runs() -> None:
    s = session("""
        dag: d
        schedule: "0 * * * *"
        partition: hour
        start: 2013-01-01
        max_active_runs: 1
        tasks: {load: {takes: 150m}}
        ---
        scenario: from_wednesday
        from: 2013-01-02T05:30Z
    """)
    s.run_until("06:30")
    assert head(s, "load", "06:30") == "load has been running since 06:00 (try 1)."
    assert why(s, "load", "08:10") == block("""
        load waits for its run to start, since 08:00 (10 min).
          1 run of d is running, as many as max_active_runs allows.
          ✔ clock: 08:00
          ✖ run: not started (Wed 2 Jan 07:00)
          ✔ workers: as many as wanted
          → raise max_active_runs, or see why the oldest run does not end
    """)
    assert s.why("load@2013-01-02T06", "13:00").sentences[0] == (
        "4 h after its run was made: waiting for its run to start 90 min, work 2 h 30 min."
    )


# other DAGs

ELSEWHERE = (
    """
    dag: up
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      first: {takes: 30m}
      last: {needs: [first], takes: 10m}
    ---
    dag: down
    schedule: "15 6 * * *"
    start: 2013-01-01
    tasks:
      one: {needs: [up.last], takes: 10m}
      two: {needs: [up.first, late.only], takes: 10m}
    ---
    dag: late
    schedule: "30 7 * * *"
    start: 2013-01-01
    tasks: {only: {takes: 10m}}
"""
    + FROM_WED
)


def test_it_waits_for_a_task_of_another_dag_that_runs() -> None:
    assert why(session(ELSEWHERE), "one", "06:35") == block("""
        one waits for up.last of Tue 1 Jan, since 06:15 (20 min).
          In up, last has been running since 06:30 (try 1).
          Starts when it succeeds.
          ✔ clock: 06:15
          ✔ run: started (Tue 1 Jan)
          ✖ other DAGs: up.last not done
          ✔ workers: as many as wanted
    """)


def test_it_waits_for_a_task_of_another_dag_that_waits() -> None:
    answer = session(ELSEWHERE).why("one", "06:20")
    assert answer.sentences[0] == "In up, last waits for first, which has been running since 06:00 (try 1)."


def test_it_waits_for_tasks_of_several_dags_and_one_has_no_run() -> None:
    answer = session(ELSEWHERE).why("two", "06:20")
    assert answer.headline == "two waits for up.first and late.only of Tue 1 Jan, since 06:15 (5 min)."
    assert answer.sentences == (
        "In up, first has been running since 06:00 (try 1).",
        "late has no run for it yet.",
        "Starts when all of them succeed.",
    )


def test_it_waits_for_a_task_of_another_dag_that_failed() -> None:
    s = session(f"{ELSEWHERE}    faults: [flaky: {{task: up.first, tries: 9}}]\n")
    assert s.why("one", "07:00").sentences == (
        "In up, last did not run (06:30): first failed, and it wants all its upstream tasks to succeed.",
        "up.last does not run again by itself.",
        "Starts when it succeeds.",
    )


def test_it_waited_for_another_dag() -> None:
    assert why(session(ELSEWHERE), "one", "07:00") == block("""
        one ended 06:50, well.
          35 min after its run was made: waiting for other DAGs 25 min, work 10 min.
          one 06:50 ← up.last 06:40 ← up.first 06:30 ← the clock said 06:00.
    """)


# running and ended


def test_it_runs() -> None:
    assert why(session(UPSTREAM), "extract", "06:35") == block("""
        extract has been running since 06:30 (try 1).
          It usually takes 10 min.
    """)


def test_between_two_events_of_one_instant() -> None:
    s = session(SLOTS)
    seen = []
    for _ in range(7):
        seen += [f"{type(event).__name__}: {s.why('d.big').headline}" for event in s.step("event")]
    assert seen == [
        "RunCreated: big waits for its run to start, which it does now.",
        "RunCreated: big waits for its run to start, which it does now.",
        "RunStarted: big starts now: nothing holds it any more.",
        "RunStarted: big starts now: nothing holds it any more.",
        "TaskQueued: big is queued, since 06:00: a worker takes it at once.",
        "TaskQueued: big is queued, since 06:00: a worker takes it at once.",
        "TaskQueued: big is queued, since 06:00: a worker takes it at once.",
    ]


def test_between_two_events_it_is_about_to_be_skipped() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load") >> dag.task("alarm", trigger_rule="one_failed")
    s = Session(dag)
    s.run_until("2013-01-02 06:00")
    s.step("event")
    assert str(s.why("alarm")) == block("""
        alarm will not run: it wants one of its upstream tasks to fail (trigger rule one_failed).
          Upstream: load success.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ⊘ upstream (one_failed): load success
          ✔ workers: as many as wanted
    """)


def test_it_succeeded_and_the_time_went_to_inputs_work_and_retries() -> None:
    assert why(session(UPSTREAM), "publish", "08:00") == block("""
        publish ended 07:05, well.
          65 min after its run was made: waiting for inputs 30 min, work 20 min, retries 15 min.
          publish 07:05 ← clean 07:00 ← extract 06:55 (2 tries) ← file came 06:30, due 06:00.
    """)


def test_it_succeeded_and_the_time_went_to_the_queue() -> None:
    assert why(session(SLOTS), "after", "08:00") == block("""
        after ended 06:36, well.
          36 min after its run was made: work 6 min, queue 30 min.
          after 06:36 ← small 06:35 ← the clock said 06:00.
    """)


def test_on_another_day_the_weekday_is_said() -> None:
    assert head(session(SLOTS), "after", "2013-01-03 05:00") == "after ended Wed 2 Jan 06:36, well."


GREEN = (
    DAILY
    + """
    inputs: {file: {expected: "06:00"}}
    tasks:
      extract: {reads: [file], takes: 10m}
      publish: {needs: [extract], takes: 5m}
"""
    + FROM_WED
    + """
    faults: [late: {input: file, partition: 2013-01-01, arrives: 2013-01-02T07:35Z}]
"""
)
WITHOUT = "without file: it was not there when extract started 06:00 (due 06:00, and"
READS = "extract reads file but does not wait for it."


def test_it_runs_without_an_input() -> None:
    sentences = session(GREEN).why("publish", "06:12").sentences
    assert sentences[1] == f"Runs {WITHOUT} is still not here). {READS}"


def test_it_was_made_without_an_input_that_is_still_not_here() -> None:
    assert session(GREEN).why("publish", "07:00").sentences[2] == f"Made {WITHOUT} is still not here). {READS}"


def test_an_input_that_comes_as_the_task_starts_is_there() -> None:
    s = session(GREEN.replace("07:35Z", "06:00Z"))
    assert s.why("publish", "08:00").not_there == ()


def test_it_was_made_without_an_input_that_came_later() -> None:
    assert why(session(GREEN), "publish", "08:00") == block(f"""
        publish ended 06:15, well.
          15 min after its run was made: work 15 min.
          publish 06:15 ← extract 06:10 ← the clock said 06:00.
          Made {WITHOUT} came 07:35, 95 min late). {READS}
          → let extract wait: put file under its `needs`
    """)


# failed and skipped


def test_it_failed_for_good() -> None:
    s = session(UPSTREAM.replace("tries: 1", "tries: 9"))
    assert why(s, "extract", "08:00") == block("""
        extract failed for good 06:55 (try 2 of 2): the attempt crashed.
          extract 06:55 (2 tries) ← file came 06:30, due 06:00.
          → mend the cause, then run it again
    """)


def test_a_bug_names_its_file_and_line() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")

    @dag.task
    def load() -> list[dict[str, int]]:
        return [{"delay": 4}]

    @dag.task
    def clean(load: list[dict[str, int]]) -> list[int]:
        return [row["dep_delay"] for row in load]

    line = clean.dag.spec.tasks["clean"].function.__code__.co_firstlineno + 2  # type: ignore[union-attr]
    assert why(Session(dag), "clean", "2013-01-02 07:00") == block(f"""
        clean failed for good 06:02 (try 1 of 1): KeyError: 'dep_delay' (test_why.py:{line}).
          The same code on the same rows fails the same way: trying again does not help.
          clean 06:02 ← load 06:01 ← the clock said 06:00.
          → mend the cause, then run it again
    """)


FAILS = (
    DAILY
    + """
    tasks:
      a: {takes: 5m, retries: 1}
      good: {takes: 20m}
      b: {needs: [a]}
      c: {needs: [b]}
      join: {needs: [a, c, good]}
      alarm: {needs: [good], trigger_rule: one_failed}
      undo: {needs: [a, good], trigger_rule: all_failed}
      after: {needs: [alarm]}
      picky: {needs: [a], trigger_rule: none_failed}
"""
    + FROM_WED
    + """
    faults: [flaky: {task: a, rate: 100%}]
"""
)


def test_its_upstream_failed() -> None:
    assert why(session(FAILS), "b", "07:00") == block("""
        b did not run (06:15): a failed, and it wants all its upstream tasks to succeed.
          a failed for good 06:15 (try 2 of 2): the attempt crashed.
          → mend a, then run it and all below it again
    """)


def test_two_levels_up_something_failed() -> None:
    assert why(session(FAILS), "c", "07:00") == block("""
        c did not run (06:15): b did not run, and it wants all its upstream tasks to succeed.
          a failed for good 06:15 (try 2 of 2): the attempt crashed.
          → mend a, then run it and all below it again
    """)


def test_one_failure_reached_it_by_two_ways() -> None:
    answer = session(FAILS).why("join", "07:00")
    assert answer.headline == (
        "join did not run (06:15): a failed and c did not run, and it wants all its upstream tasks to succeed."
    )
    assert answer.sentences == ("a failed for good 06:15 (try 2 of 2): the attempt crashed.",)


def test_its_upstream_failed_under_another_rule() -> None:
    assert head(session(FAILS), "picky", "07:00") == (
        "picky did not run (06:15): a failed, and it wants all its upstream tasks to end, and none to fail "
        "(trigger rule none_failed)."
    )


def test_it_was_skipped_because_nothing_failed() -> None:
    assert why(session(FAILS), "alarm", "07:00") == block("""
        alarm was skipped 06:20, on purpose: it wants one of its upstream tasks to fail (trigger rule one_failed).
          Upstream: good success.
    """)


def test_it_was_skipped_because_not_all_failed() -> None:
    assert why(session(FAILS), "undo", "07:00") == block("""
        undo was skipped 06:20, on purpose: it wants all its upstream tasks to fail (trigger rule all_failed).
          Upstream: a failed, good success.
    """)


def test_it_was_skipped_because_its_upstream_was() -> None:
    assert why(session(FAILS), "after", "07:00") == block("""
        after was skipped 06:20, on purpose: it wants all its upstream tasks to succeed.
          Upstream: alarm skipped.
          A skipped task has not succeeded.
    """)


# taken out, put in, and no run at all


def test_it_was_taken_out_before_it_had_run() -> None:
    s = session(GREEN)
    s.run_until("06:02")
    s.edit(wb.RemoveTask("publish"))
    assert str(s.why("publish")) == "publish was taken out of d 06:02, before it had run."


def test_it_was_taken_out_while_it_ran() -> None:
    s = session(GREEN)
    s.run_until("06:12")
    s.edit(wb.RemoveTask("publish"))
    assert str(s.why("publish")) == "publish was taken out of d 06:12, after 1 try, and before it had ended well."


def test_later_runs_do_not_have_what_was_taken_out() -> None:
    s = session(GREEN)
    s.run_until("08:00")
    s.edit(wb.RemoveTask("publish"))
    s.run_until("2013-01-03 08:00")
    assert head(s, "publish", "2013-01-03 08:00") == "publish ended Wed 2 Jan 06:15, well."
    assert s.why("publish@2013-01-02").headline == (
        "publish is not in the run of Wed 2 Jan: it was taken out of d before."
    )
    assert s.why("publish@2013-01-03").headline == "publish is no longer part of d, and has no run there."


def test_a_run_that_ended_before_the_task_was_added() -> None:
    s = session(GREEN)
    s.run_until("08:00")
    s.edit(wb.AddTask(wb.Task("audit", needs=("publish",))))
    said = "audit is not in the run of Tue 1 Jan, which ended 06:15: it was added to d later."
    assert s.why("audit").headline == said
    assert s.why("audit@2013-01-01").headline == said


def test_the_time_before_a_task_was_added_is_no_waiting() -> None:
    s = session(GREEN)
    s.run_until("06:11")
    s.edit(wb.AddTask(wb.Task("audit", takes=timedelta(minutes=2))))
    assert s.why("audit", "06:20").sentences[0] == "13 min after its run was made: work 2 min, other 11 min."


NO_RUN = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-02
    end: 2013-01-06
    tasks: {load: }
    ---
    dag: by_hand
    tasks: {press: }
    ---
    dag: mondays
    schedule: "0 6 * * 1"
    start: 2013-01-01
    tasks: {report: }
    ---
    scenario: from_friday
    from: 2013-01-04T05:00Z
"""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("load@2013-01-01", "load of Tue 1 Jan does not exist: d starts with Wed 2 Jan."),
        (
            "load@2013-01-02",
            "load of Wed 2 Jan is not in this simulation: it was due Thu 3 Jan 06:00, before the start.",
        ),
        ("load@2013-01-05", "load of Sat 5 Jan has no run yet: the clock makes it Sun 6 Jan 06:00."),
        ("load@2013-01-06", "load of Sun 6 Jan does not exist: d ends before Sun 6 Jan 00:00."),
        ("press", "press has not run: by_hand has no schedule, so nothing starts it."),
        ("press@2013-01-03", "press has not run: by_hand has no schedule, so nothing starts it."),
        ("report", "report has not run: no run of mondays has been made yet."),
        (
            "report@2013-01-05",
            "report of Sat 5 Jan has no run: its schedule, 0 6 * * 1 in UTC, never starts one for it.",
        ),
        ("report@2013-01-06", "report of Sun 6 Jan has no run yet: the clock makes it Mon 7 Jan 06:00."),
    ],
)
def test_no_run(target: str, said: str) -> None:
    answer = session(NO_RUN).why(target, "2013-01-05 08:00")
    assert (str(answer), answer.state, answer.tries) == (said, "none", 0)


def test_no_run_because_clocks_go_forward() -> None:
    s = session("""
        dag: d
        schedule: "30 2 * * *"
        timezone: America/New_York
        start: 2013-03-08
        dst: {gap: skip}
        tasks: {load: }
        ---
        scenario: from_saturday
        from: 2013-03-09T05:00Z
    """)
    assert head(s, "load@2013-03-09", "2013-03-12T08:00Z") == (
        "load of Sat 9 Mar has no run: the local time at which it would start does not exist (clocks in "
        "America/New_York go forward), and d skips such times. Nothing failed: no retry, no alert."
    )
    assert head(s, "load@2013-03-10", "2013-03-12T08:00Z") == "load ended Mon 11 Mar 02:31, well."


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("pres", "no task is called 'pres'; did you mean 'press'? (known: load, press, report)"),
        ("d.laod", "DAG 'd' has no task 'laod'; did you mean 'load'? (known: load)"),
        ("monday.report", "there is no DAG 'monday'; did you mean 'mondays'? (known: by_hand, d, mondays)"),
        ("load@2013-01-32", "'2013-01-32' is no day in UTC; write e.g. 2013-01-03"),
        ("load@yesterday", "'yesterday' is no key of the day grid; write e.g. 2013-01-03"),
        ("", "no task is called ''. (known: load, press, report)"),
    ],
)
def test_names_that_are_not_there(target: str, said: str) -> None:
    with pytest.raises(wb.InvalidInput, match=f"^{re.escape(said)}$"):
        session(NO_RUN).why(target)


def test_a_task_name_in_several_dags() -> None:
    s = session("""
        {dag: a, tasks: {load: }, start: 2013-01-01}
        ---
        {dag: b, tasks: {load: }}
    """)
    with pytest.raises(wb.InvalidInput, match=re.escape("several DAGs have a task 'load'; write a.load or b.load")):
        s.why("load")


# it knows what an orchestrator knows


def story_with(jfk: str) -> Session:
    """The shipped story, and another fate of Friday's JFK file."""
    s = late_jfk()
    s.run_until("2013-01-04T05:50Z")
    if jfk == "never":
        s.inject(wb.Never("jfk", "2013-01-03"))
    else:
        s.inject(wb.Late("jfk", "2013-01-03", s.instant(jfk)))
    return s


def targets(s: Session) -> Iterator[str]:
    for name, spec in s.current_workspace().dags.items():
        for task in spec.tasks:
            yield from (f"{name}.{task}@2013-01-{day:02}" for day in range(1, 6))


def answers(s: Session, at: datetime) -> list[Why]:
    """Every answer at an instant, from one state."""
    known = s.branch.state_at(s.branch.position_at(at)).known
    return [explain(known, at, target) for target in targets(s)]


def instants(begin: str, end: str, step: timedelta, s: Session) -> Iterator[datetime]:
    at = s.instant(begin)
    while at < s.instant(end):
        yield at
        at += step


def test_no_sentence_reveals_when_a_late_file_comes() -> None:
    futures = [story_with(fate) for fate in ("07:35", "09:00", "never")]
    for s in futures:
        s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
        s.run_until("2013-01-04T10:00Z")
    asked = 0
    for at in instants("2013-01-04T05:51Z", "2013-01-04T07:35Z", timedelta(minutes=4), futures[0]):
        first, *others = (answers(s, at) for s in futures)
        assert all(other == first for other in others), at
        asked += len(first)
    assert asked > 600
    assert len({s.why("extract@2013-01-03", "2013-01-04T07:35Z").headline for s in futures}) == 2


def test_no_sentence_reveals_that_a_try_will_fail() -> None:
    good, bad = late_jfk(), late_jfk()
    bad.inject(wb.Flaky("clean", "2013-01-03", 2))
    for s in (good, bad):
        s.run_until("2013-01-04T07:00Z")
    for at in instants("2013-01-04T05:50Z", "2013-01-04T06:13Z", timedelta(minutes=1), good):
        assert answers(good, at) == answers(bad, at), at
    assert good.why("clean", "06:13") != bad.why("clean", "06:13")


def test_no_time_ahead_but_dues_retries_and_ticks() -> None:
    s = late_jfk()
    s.run_until("2013-01-05T09:00Z")
    said = re.compile(r"\b(?:[A-Z][a-z]{2} (\d+) Jan )?(\d\d):(\d\d)\b")
    allowed = re.compile(r"(is due|, at|until|the clock makes it) $")
    for at in instants("2013-01-03T05:30Z", "2013-01-05T09:00Z", timedelta(minutes=31), s):
        for text in (line for answer in answers(s, at) for line in str(answer).splitlines()):
            day = at.day
            for found in said.finditer(text):
                # In a chain of causes the day is said where it changes.
                day = int(found[1] or (day if " ← " in text else at.day))
                told = at.replace(hour=int(found[2]), minute=int(found[3]), day=day)
                assert told <= at or allowed.search(text[: found.start()]), (at, text)


# as JSON

SCHEMA = json.loads((Path(str(files("workbench.views"))) / "why.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EVERY = [INPUTS, WEEKLY, UPSTREAM, SLOTS, RETRIES, ELSEWHERE, GREEN, FAILS, NO_RUN]


def every_answer() -> Iterator[dict[str, Any]]:
    for text in EVERY:
        s = session(text)
        s.run_until()
        names = [f"{dag}.{task}" for dag, spec in s.workspace.dags.items() for task in spec.tasks]
        for minutes in range(0, 26 * 60, 61):
            at = s.start + timedelta(minutes=minutes)
            known = s.branch.state_at(s.branch.position_at(at)).known
            yield from (explain(known, at, name).to_data() for name in names)


def test_every_answer_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    states, rules, kinds = set(), set(), set()
    for data in every_answer():
        VALIDATOR.validate(data)
        assert json.loads(json.dumps(data)) == data
        states.add(data["state"])
        rules |= {check["rule"] for check in data["checks"]}
        kinds |= {cause["kind"] for cause in data["causes"]}
    seen_elsewhere = {"queued", "removed"}
    assert states == set(SCHEMA["properties"]["state"]["enum"]) - seen_elsewhere
    assert rules == set(SCHEMA["$defs"]["check"]["properties"]["rule"]["enum"])
    assert kinds == set(SCHEMA["$defs"]["cause"]["properties"]["kind"]["enum"])


def test_the_schema_refuses_what_is_not_in_it() -> None:
    data = session(INPUTS).why("load", "07:00").to_data()
    for wrong in ({**data, "more": 1}, {**data, "at": "07:00"}, {k: v for k, v in data.items() if k != "helps"}):
        assert not VALIDATOR.is_valid(wrong)


def test_every_field_of_the_schema_is_described() -> None:
    groups = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "properties" in part)]
    for group in groups:
        assert set(group["required"]) == set(group["properties"])
        assert all(part.get("description") for part in group["properties"].values())


def test_one_answer_as_data() -> None:
    data = session(GREEN).why("publish", "08:00").to_data()
    assert data["not_there"] == [
        {
            "task": "extract",
            "input": "file",
            "partition": "2013-01-01",
            "started": "2013-01-02T06:00:00Z",
            "due": "2013-01-02T06:00:00Z",
            "came": "2013-01-02T07:35:00Z",
        }
    ]
    assert [(c["kind"], c["name"], c["at"], c["worked"]) for c in data["causes"]] == [
        ("task", "publish", "2013-01-02T06:15:00Z", 300),
        ("task", "extract", "2013-01-02T06:10:00Z", 600),
        ("clock", "", "2013-01-02T06:00:00Z", 0),
    ]
