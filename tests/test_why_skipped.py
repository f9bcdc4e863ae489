"""Why a task did not run: skipped by a branch, by a short circuit, after a skip; marked or cleared by hand."""

# Sentences stand here as they are read.
# ruff: noqa: E501

from __future__ import annotations

from tests.samples import block, session
from tests.why_cases import clear, head, key, mark, said, why
from workbench.engine import evolve
from workbench.engine.events import RunEnded
from workbench.views import explain

BRANCH = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      choose: {branch: [delta_load], takes: 12m}
      full_load: {needs: [choose], takes: 30m}
      delta_load: {needs: [choose], takes: 5m}
      join: {needs: [full_load, delta_load]}
      loose: {needs: [full_load, delta_load], trigger_rule: none_failed_min_one_success}
      end: {needs: [join]}
      weekday: {short_circuit: true, takes: 2m}
      only: {needs: [weekday]}
      deep: {needs: [only], trigger_rule: all_done}
    ---
    scenario: branches
    from: 2013-01-02T05:30Z
    until: 2013-01-03T05:30Z
"""
CUT = f"{BRANCH}    faults: [choice: {{task: weekday, follow: []}}]\n"
RUN = key("d", "2013-01-01")


def test_a_branch_picked_others() -> None:
    assert said(session(BRANCH), "full_load", "07:00") == block("""
        full_load was skipped 06:12, on purpose: choose picked delta_load.
          Run again alone it would be skipped again: the choice stands.
          → rerun choose@2013-01-01 down, if it should pick otherwise
    """)


def test_a_branch_picked_none() -> None:
    s = session(f"{BRANCH}    faults: [choice: {{task: choose, follow: []}}]\n")
    assert head(s, "full_load", "07:00") == "full_load was skipped 06:12, on purpose: choose picked none."
    assert s.why("choose", "07:00").sentences[0] == "It picked none of the tasks below it."


def test_what_wants_all_to_succeed_is_skipped_too() -> None:
    assert said(session(BRANCH), "join", "07:00") == block("""
        join was skipped too (06:12): it wants all its upstream tasks to succeed, and a skip is no success.
          Upstream: full_load skipped, delta_load success.
          full_load was skipped 06:12, on purpose: choose picked delta_load.
          → set join trigger_rule none_failed_min_one_success: then it starts after a skip, if one succeeded
          → rerun join@2013-01-01 down
    """)


def test_two_steps_on_the_first_skip_is_named() -> None:
    assert session(BRANCH).why("end", "07:00").sentences == (
        "Upstream: join skipped.",
        "full_load was skipped 06:12, on purpose: choose picked delta_load.",
    )


def test_the_advice_is_about_the_task_that_made_a_skip_of_a_skip() -> None:
    s = session(BRANCH)
    s.run_until("07:00")
    helps = s.why("end").helps
    assert helps[0].startswith("set join trigger_rule none_failed_min_one_success: ")
    assert helps[1] == "rerun join@2013-01-01 down"
    s.do(helps[0].partition(":")[0])
    s.do(helps[1])
    s.run_until("08:00")
    assert s.state.known.runs[RUN].cells["end"].state == "success"


def test_what_has_only_skips_above_it_needs_no_looser_rule() -> None:
    s = session(BRANCH.replace("      join:", "      after: {needs: [full_load]}\n      join:"))
    assert s.why("after", "07:00").helps == ()


def test_a_looser_rule_went_on() -> None:
    assert session(BRANCH).why("loose", "07:00").sentences[-1] == (
        "loose 06:18 ← delta_load 06:17 ← choose 06:12 ← the clock said 06:00."
    )


def test_what_a_branch_picked() -> None:
    assert said(session(BRANCH), "choose", "07:00") == block("""
        choose ended 06:12, well.
          It picked delta_load.
          12 min after its run was made: work 12 min.
          choose 06:12 ← the clock said 06:00.
    """)


def test_while_nothing_is_chosen() -> None:
    assert why(session(BRANCH), "full_load", "06:05") == block("""
        full_load waits for choose, which has been running since 06:00 (try 1).
          Starts when choose succeeds; if choose fails for good, full_load will not run.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ branches: choose has not chosen
          ✖ upstream (all_success): choose running
          ✔ workers: as many as wanted
    """)


def test_what_the_rules_say_of_a_choice() -> None:
    s = session(
        BRANCH.replace("delta_load: {needs: [choose]", "more: {takes: 1h}\n      delta_load: {needs: [choose, more]")
    )
    assert s.why("delta_load", "06:20").checks[2].text == "branches: choose picked delta_load"


# short circuits


def test_a_short_circuit_stopped_all_below_it() -> None:
    told = """
        {task} was skipped 06:02, on purpose: weekday stopped all below it.
          A short circuit skips everything below it, whatever its trigger rules.
          → rerun weekday@2013-01-01 down, if it should let them go on
    """
    for task in ("only", "deep"):
        assert said(session(CUT), task, "07:00") == block(told.replace("{task}", task))


def test_what_a_short_circuit_did() -> None:
    assert session(CUT).why("weekday", "07:00").sentences[0] == "It stopped all below it."
    assert session(BRANCH).why("weekday", "07:00").sentences[0] == "It let all below it go on."


# by hand


def test_it_was_marked_and_had_not_run() -> None:
    s = session(BRANCH)
    s.run_until("06:30")
    mark(s, RUN, "full_load", "failed")
    assert said(s, "full_load", "06:31") == block("""
        full_load was marked as failed 06:30, by hand.
          It had not run.
          What is below it goes by the mark.
          → rerun full_load@2013-01-01, to have it really run
    """)


def test_it_was_marked_while_it_ran() -> None:
    s = session(BRANCH)
    s.run_until("06:15")
    mark(s, RUN, "delta_load", "success")
    assert s.why("delta_load", "06:15").headline == "delta_load was marked as success 06:15, by hand."
    assert s.why("delta_load", "06:15").sentences[0] == (
        "Its last try ended 06:15: it was under way when it was marked, and was stopped."
    )
    assert s.why("loose", "06:20").sentences[-1] == "loose 06:16 ← delta_load marked by hand 06:15."


def test_it_was_marked_after_a_try() -> None:
    s = session(BRANCH)
    s.run_until("06:20")
    mark(s, RUN, "delta_load", "failed")
    assert s.why("delta_load", "06:20").sentences[0] == "Its last try ended 06:17: it went well."


def test_a_mark_stopped_what_is_below() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    mark(s, RUN, "choose", "failed")
    assert said(s, "delta_load", "06:06") == block("""
        delta_load did not run (06:05): choose failed, and it wants all its upstream tasks to succeed.
          choose was marked as failed 06:05, by hand.
          → mend choose, then rerun choose@2013-01-01 down
    """)


def test_it_was_cleared() -> None:
    s = session(BRANCH)
    s.run_until("06:30")
    clear(s, RUN, "delta_load", "loose")
    assert said(s, "loose", "06:31") == block("""
        loose waits for delta_load, which has been running since 06:30 (try 2).
          It wants all its upstream tasks to end, none to fail, and at least one to succeed (trigger rule none_failed_min_one_success).
          It was cleared 06:30 after 1 try, and has all its retries again.
    """)


def test_it_was_cleared_and_ran_again() -> None:
    s = session(BRANCH)
    s.run_until("06:30")
    clear(s, RUN, "delta_load", "loose")
    assert said(s, "loose", "07:00") == block("""
        loose ended 06:36, well.
          36 min after its run was made: before it was cleared 30 min, work 6 min.
          loose 06:36 ← delta_load 06:35 ← cleared 06:30.
    """)


def test_retries_are_counted_since_it_was_cleared() -> None:
    s = session(
        BRANCH.replace("takes: 5m}", "takes: 5m, retries: {max: 1, delay: 4m}}")
        + "    faults: [flaky: {task: delta_load, tries: 9}]\n"
    )
    s.run_until("06:40")
    assert head(s, "delta_load", "06:40") == "delta_load failed for good 06:26 (try 2 of 2): the attempt crashed."
    clear(s, RUN, "delta_load")
    assert said(s, "delta_load", "06:46") == block("""
        delta_load waits for try 4, at 06:49.
          Try 3 failed 06:45: the attempt crashed.
          Pause 4 min. No tries left after it.
          It was cleared after 2 tries, and has all its retries again.
    """)
    assert head(s, "delta_load", "07:00") == (
        "delta_load failed for good 06:54 (try 4 of 4, 2 of them before it was cleared): the attempt crashed."
    )


# a run that could not go on


def test_its_run_ended_by_deadlock() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    state = s.state
    evolve(state, RunEnded(s.now, RUN, "failed", "deadlock", 0))
    assert str(explain(state.known, s.now, "join")) == block("""
        join never ran: its run was ended 06:05, because it could not go on (deadlock).
          Upstream: full_load not started, delta_load not started.
          Its tasks wait for each other's ends, and those never come.
          → mend what they wait for, then rerun what is left
    """)


def test_what_ran_before_its_run_was_opened_again() -> None:
    s = session(BRANCH)
    s.run_until("06:30")
    clear(s, RUN, "choose")
    assert said(s, "loose", "07:00") == block("""
        loose ended 06:18, well.
          18 min after its run was made: work 18 min.
          loose 06:18 ← delta_load 06:17 ← choose 06:12 ← the clock said 06:00.
    """)


def test_pauses_and_tries_left_are_reckoned_since_it_was_cleared() -> None:
    policy = "takes: 5m, retries: {max: 2, delay: 4m, backoff: 2}}"
    s = session(BRANCH.replace("takes: 5m}", policy) + "    faults: [flaky: {task: delta_load, tries: 9}]\n")
    s.run_until("06:50")
    clear(s, RUN, "delta_load")
    assert s.why("delta_load", "06:56").sentences[1] == "Pause 4 min. One try left after it."
