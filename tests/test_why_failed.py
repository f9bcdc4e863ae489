"""Why a task failed, reason by reason; why it is tried again as it is; and deadlines. A test for each sentence."""

# Sentences stand here as they are read.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from tests.samples import block, session
from tests.why_cases import head, key, kill, run_why, said, why

FAILS = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {rates: {expected: "06:00"}}
    tasks:
      crash: {takes: 5m, retries: {max: 3, delay: 1m}}
      late: {requires: [rates], takes: 5m, retries: {max: 2, delay: 3m}}
      bug: {takes: 5m, retries: {max: 3, delay: 1m, by_reason: {bug: 0}}}
      after_bug: {needs: [bug]}
      quota: {takes: 5m, retries: {max: 3, delay: 1m, by_reason: {quota: {max: 2, delay: 10m}}}}
      slow: {takes: 10m, timeout: 15m}
      lost: {takes: 10m}
      found: {takes: 10m, lookup: true, retries: {max: 2, delay: 1m}}
      long: {takes: 4h}
    ---
    scenario: reasons
    from: 2013-01-02T05:30Z
    until: 2013-01-04T05:30Z
    faults:
    - flaky: {task: crash, tries: 4}
    - never: {input: rates, partition: 2013-01-01}
    - deploy: {task: bug, version: v2, at: 2013-01-02T05:45Z}
    - deploy: {task: bug, version: v3, at: 2013-01-02T07:45Z}
    - bug: {task: bug, version: v2}
    - quota: {task: "d.quota", calls: 1, per: 10h}
    - hang: {task: slow}
    - worker_lost: {task: lost}
    - lost_answer: {task: found}
"""
FAILED = {
    "crash": """
        crash failed for good 06:23 (try 4 of 4): the attempt crashed.
          Such failures may pass: the same work can go well another time.
          crash 06:23 (4 tries) ← the clock said 06:00.
          → rerun crash@2013-01-01 down
    """,
    "late": """
        late failed for good 06:09 (try 3 of 3): rates of 2013-01-01 not there.
          It requires rates: it does not wait for that, and fails when it is not there.
          late 06:09 (3 tries) ← the clock said 06:00.
          → let it wait: put rates under its `needs`
    """,
    "bug": """
        bug failed for good 06:05 (try 1 of 1): version v2 of its code fails.
          The same code on the same rows fails the same way: trying again does not help.
          Its policy gives no retry after the reason bug, of 3 otherwise.
          It ran version v2 of its code.
          bug 06:05 ← the clock said 06:00.
          → mend the code, then rerun bug@2013-01-01 down
    """,
    "after_bug": """
        after_bug did not run (06:05): bug failed, and it wants all its upstream tasks to succeed.
          bug failed for good 06:05 (try 1 of 1): version v2 of its code fails.
          The same code on the same rows fails the same way: trying again does not help.
          → mend bug, then rerun bug@2013-01-01 down
    """,
    "slow": """
        slow failed for good 06:15 (try 1 of 1): it ran longer than its timeout of 15m.
          It was ended after 15 min (timeout); it usually takes 10 min.
          slow 06:15 ← the clock said 06:00.
          → see why it was slow, or allow it more time
    """,
    "lost": """
        lost failed for good 06:06 (try 1 of 1): the worker was lost: it gave no sign of life any more.
          Its worker was not heard of again: whether the work was done, nobody knows.
          lost 06:06 ← the clock said 06:00.
          → look whether its work was done before you run it again; `lookup: true` does that by itself
    """,
}


@pytest.mark.parametrize("task", FAILED)
def test_it_failed_for_a_reason(task: str) -> None:
    assert said(session(FAILS), task, "07:00") == block(FAILED[task])


def test_since_then_other_code_was_deployed() -> None:
    assert "It ran version v2 of its code; tries that start now run v3." in session(FAILS).why("bug", "08:00").sentences


def test_it_runs_a_version() -> None:
    assert session(FAILS).why("bug", "06:02").sentences == (
        "It usually takes 5 min.",
        "It runs version v2 of its code.",
    )


def test_it_may_not_take_longer() -> None:
    assert session(FAILS).why("slow", "06:02").sentences == (
        "It usually takes 10 min. It may take 15 min, and is ended then (timeout).",
    )


def test_a_person_killed_it() -> None:
    s = session(FAILS)
    s.run_until("07:00")
    kill(s, key("d", "2013-01-01"), "long")
    assert said(s, "long", "07:00") == block("""
        long failed for good 07:00 (try 1 of 1): killed by hand.
          A person ended it; it did not fail by itself.
          long 07:00 ← the clock said 06:00.
          → rerun long@2013-01-01 down
    """)


def test_its_work_was_found_done() -> None:
    assert said(session(FAILS), "found", "07:00") == block("""
        found ended 06:16, well.
          It looked first whether its work was done, and did not do it again: found done: the job of try 1.
          16 min after its run was made: retries 16 min.
          Try 1 failed, the last 06:15: the worker was lost: its answer never came.
          found 06:16 (2 tries) ← the clock said 06:00.
    """)


def test_no_sentence_tells_that_the_work_of_a_lost_try_was_done() -> None:
    assert not any("done" in line for line in session(FAILS).why("found", "06:12").sentences)


# retries by reason


def test_a_refused_call_waits_as_its_policy_says() -> None:
    s = session(FAILS.replace("calls: 1, per: 10h", "calls: 1, per: 10h, after: 2m").replace('"d.quota"', '"d.*"'))
    answer = said(s, "quota", "06:06").splitlines()
    assert answer[0] == "quota waits for try 2, at 06:12."
    assert answer[2] == "  Pause 10 min, as its policy has it after the reason quota. One try left after it."


def test_other_reasons_keep_the_policys_own_pause() -> None:
    assert session(FAILS).why("late", "06:02").sentences[1] == "Pause 3 min. One try left after it."


# deadlines

DEADLINES = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    owner: team-d
    deadline: {by: "07:00"}
    inputs: {jfk: {expected: "06:00"}}
    tasks:
      long: {takes: 4h, deadline: {within: 90m}, owner: team-long}
      waits: {needs: [jfk], deadline: {by: "08:00"}}
    ---
    dag: nobodys
    schedule: "0 6 * * *"
    start: 2013-01-01
    deadline: {within: 1h}
    tasks: {one: {needs: [jfk]}}
    ---
    scenario: deadlines
    from: 2013-01-02T05:30Z
    until: 2013-01-04T05:30Z
    faults: [late: {input: jfk, partition: 2013-01-01, arrives: 2013-01-02T09:00Z}]
"""


def test_a_deadline_of_its_dag_is_ahead() -> None:
    assert session(DEADLINES).why("waits", "06:30").sentences[-1] == (
        "Starts the moment it comes. Deadline of d: 07:00; team-d owns it; nobody is told then: no roster."
    )


def test_its_own_deadline_is_ahead_and_that_of_its_dag_was_missed() -> None:
    assert session(DEADLINES).why("waits", "07:30").sentences[1:] == (
        "Starts the moment it comes. Deadline: 08:00; team-d owns it; nobody is told then: no roster.",
        "Deadline missed: d of Tue 1 Jan had to succeed by 07:00, and it has not yet; team-d owns it; nobody was told: no roster.",
    )


def test_no_deadline_is_left() -> None:
    assert session(DEADLINES).why("waits", "08:30").sentences[1:] == (
        "Starts the moment it comes. No deadline is left: it would wait for ever.",
        "Deadline missed: d of Tue 1 Jan had to succeed by 07:00, and it has not yet; team-d owns it; nobody was told: no roster.",
        "Deadline missed: waits had to succeed by 08:00, and it has not yet; team-d owns it; nobody was told: no roster.",
    )


def test_a_deadline_was_met_later() -> None:
    assert session(DEADLINES).why("waits", "09:30").sentences[-1] == (
        "Deadline missed: waits had to succeed by 08:00, and it did later; team-d owns it; nobody was told: no roster."
    )


def test_a_deadline_within_a_span_and_its_own_owner() -> None:
    assert session(DEADLINES).why("long", "08:00").sentences[-1] == (
        "Deadline missed: long had to succeed by 07:30, and it has not yet; team-long owns it; nobody was told: no roster."
    )


def test_a_deadline_without_anybody_to_tell() -> None:
    s = session(DEADLINES)
    assert s.why("one", "06:30").sentences[-1] == (
        "Starts the moment it comes. Deadline of nobodys: 07:00; nobody is told then, as it has no owner."
    )
    assert s.why("one", "07:30").sentences[-1] == (
        "Deadline missed: nobodys of Tue 1 Jan had to succeed by 07:00, and it has not yet; nobody was told, as it has no owner."
    )


def test_no_deadline_is_said_of_what_has_none() -> None:
    s = session(DEADLINES.replace('deadline: {by: "07:00"}', "").replace(', deadline: {by: "08:00"}', ""))
    assert s.why("waits", "06:30").sentences[-1] == "Starts the moment it comes. No deadline: it would wait for ever."
    assert head(s, "waits", "06:30") == "waits waits for jfk, since 06:00 (30 min)."
    assert "Deadline" not in why(s, "waits", "08:30").replace("No deadline", "")


def test_too_much_was_asked() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {first: {takes: 5m}, second: {takes: 5m}}
        ---
        scenario: quota
        from: 2013-01-02T05:00Z
        faults: [quota: {task: "d.*", calls: 1, per: 10h}]
    """)
    assert said(s, "second", "07:00") == block("""
        second failed for good 06:00 (try 1 of 1): too many calls (429).
          More was asked of the other side than it allows: asking again at once makes it worse.
          second 06:00 ← the clock said 06:00.
          → ask for less at once: a pool, or longer pauses with jitter
    """)


# what failed was mended, and what is below it was not run again

MENDED = """
    dag: ingest
    schedule: "0 7 * * *"
    start: 2013-01-01
    tasks:
      load: {takes: 12m}
      join: {needs: [load]}
      publish: {needs: [join]}
    ---
    scenario: mended
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
    faults: [flaky: {task: load, tries: 1, after: 12m}]
"""


def test_what_was_rerun_alone_leaves_the_rest_as_it_was() -> None:
    s = session(MENDED)
    s.run_until("08:28")
    s.do("rerun load@2013-01-01")
    s.run_until("09:45")
    line = "join did not run 07:12, because load had failed 07:12; since then load has succeeded 08:40. It does not run again by itself."
    assert str(s.why("publish")) == block(f"""
        publish did not run (07:12): join did not run, and it wants all its upstream tasks to succeed.
          {line}
          → rerun join@2013-01-01 down
    """)
    for found in (s.why("join"), run_why(s, "ingest", "09:45")):
        assert line in found.sentences
        assert found.helps == ("rerun join@2013-01-01 down",)
    assert found.headline == "ingest of Tue 1 Jan failed 08:40: join did not run."
    s.do(found.helps[0])
    s.run_until("10:00")
    assert s.why("publish").state == "success"
