"""Why a task runs, ended, was skipped, or has no run: a test for each sentence."""

from __future__ import annotations

from datetime import timedelta

import workbench as wb
from tests.samples import block, session
from tests.test_why_waits import SLOTS, UPSTREAM
from tests.why_cases import DAILY, FROM_WED, head, why
from workbench.session import Session

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


WAITS_NOW = "extract waits for file now; when it started, it did not."


def test_an_edit_that_came_too_late_does_not_change_what_a_past_try_did() -> None:
    s = session(GREEN)
    s.run_until("2013-01-02T06:12Z")
    s.do("wait extract for file")
    assert s.why("extract", "06:12").sentences[-1] == f"Made {WITHOUT} is still not here). {WAITS_NOW}"
    s.run_until("2013-01-02T08:00Z")
    answer = s.why("publish")
    assert answer.sentences[-1] == f"Made {WITHOUT} came 07:35, 95 min late). {WAITS_NOW}"
    assert answer.helps == ("rerun extract@2013-01-01 down: this time it waits",)
    assert [(gap.input, gap.waits) for gap in answer.not_there] == [("file", True)]
    s.do("rerun extract@2013-01-01 down")
    s.run_until("2013-01-02T09:00Z")
    assert s.why("publish").not_there == ()


def test_a_try_that_waits_for_it_again_has_begun_without_nothing() -> None:
    s = session(GREEN)
    s.run_until("2013-01-02T06:20Z")
    s.do("wait extract for file")
    s.do("rerun extract@2013-01-01 down")
    s.run_until("2013-01-02T06:30Z")
    assert s.why("extract").not_there == ()
    assert s.why("extract").headline.startswith("extract waits for file")


# failed and skipped


def test_it_failed_for_good() -> None:
    s = session(UPSTREAM.replace("tries: 1", "tries: 9"))
    assert why(s, "extract", "08:00") == block("""
        extract failed for good 06:55 (try 2 of 2): the attempt crashed.
          Such failures may pass: the same work can go well another time.
          extract 06:55 (2 tries) ← file came 06:30, due 06:00.
          → rerun extract@2013-01-01 down
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
        clean failed for good 06:02 (try 1 of 1): KeyError: 'dep_delay' (test_why_ended.py:{line}).
          The same code on the same rows fails the same way: trying again does not help.
          clean 06:02 ← load 06:01 ← the clock said 06:00.
          → mend the code, then rerun clean@2013-01-01 down
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
          → mend a, then rerun a@2013-01-01 down
    """)


def test_two_levels_up_something_failed() -> None:
    assert why(session(FAILS), "c", "07:00") == block("""
        c did not run (06:15): b did not run, and it wants all its upstream tasks to succeed.
          a failed for good 06:15 (try 2 of 2): the attempt crashed.
          → mend a, then rerun a@2013-01-01 down
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
        after was skipped too (06:20): it wants all its upstream tasks to succeed, and a skip is no success.
          Upstream: alarm skipped.
          alarm was skipped 06:20, on purpose: it wants one of its upstream tasks to fail (trigger rule one_failed).
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
