"""Why a task waits: a test for each sentence, as a transcript of scenario, question and answer."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.samples import block, session
from tests.why_cases import DAILY, FROM_WED, head, why
from workbench.session import Session

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
    assert answer.headline == "sum waits for 2 of 7 days of sales, since 07:00 (60 min)."
    told = "sales of Tue 8 Jan was due Wed 9 Jan 06:00; nobody knows when it comes. Missing too: Fri 11 Jan."
    assert answer.sentences[0] == told


def test_a_week_waits_for_many_days() -> None:
    answer = session(f"{WEEKLY}    - never: {{input: sales, partition: 2013-01-12}}\n").why("sum", "2013-01-14 08:00")
    assert answer.sentences[0].endswith("nobody knows when it comes. Missing too: Fri 11 Jan and Sat 12 Jan.")


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
          Starts when that of Wed 2 Jan 05:00 ends. 1 run is ahead of it.
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
        "late of Tue 1 Jan has no run yet: the clock makes it Wed 2 Jan 07:30.",
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
