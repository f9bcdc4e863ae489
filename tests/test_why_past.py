"""Why a task waits for its past, for other partitions, or for a setup: a test for each sentence."""

from __future__ import annotations

from datetime import timedelta

import workbench as wb
from tests.samples import block, session
from tests.why_cases import backfill, key, mark, said, why
from workbench.model import DagSpec, Task, Workspace
from workbench.scenario import Scenario
from workbench.session import Session

PAST = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      load: {takes: 5m}
      clean: {needs: [load], depends_on_past: true, takes: 5m}
      sum: {needs: [clean], depends_on_past: true, wait_for_downstream: true, takes: 5m}
      out: {needs: [sum], takes: 25h}
    ---
    dag: w
    schedule: "0 9 * * *"
    start: 2013-01-01
    inputs: {jfk: {expected: "08:00"}, free: }
    tasks:
      week: {needs: [d.load@-6..0, jfk@-2..0, free@-1..0]}
      yesterday: {needs: [d.clean@-1]}
      own: {needs: [own@-1, yesterday]}
      tidy: {needs: [tidy@-1], takes: 24h}
      cleans: {needs: [d.clean@-6..0]}
    ---
    scenario: one_bad_day
    from: 2013-01-02T05:30Z
    until: 2013-01-09T05:30Z
    faults:
    - flaky: {task: clean, tries: 1, partition: 2013-01-02}
    - never: {input: jfk, partition: 2013-01-02}
    - never: {input: jfk, partition: 2013-01-03}
    - never: {input: free, partition: 2013-01-03}
"""
GOOD = PAST.replace("tries: 1, partition: 2013-01-02", "tries: 1, partition: 2013-02-02")


def test_the_one_before_failed() -> None:
    assert why(session(PAST), "clean@2013-01-03", "2013-01-04 07:00") == block("""
        clean of Thu 3 Jan waits for clean of Wed 2 Jan, which failed Thu 3 Jan 06:10.
          It depends on its past (depends_on_past): the one before it must succeed, or be skipped.
          clean of Wed 2 Jan does not run again by itself.
          No deadline: it would wait for ever.
          ✔ clock: 06:00
          ✔ run: started (Thu 3 Jan)
          ✔ upstream (all_success): load success
          ✖ past: clean of Wed 2 Jan failed
          ✔ workers: as many as wanted
          → rerun clean@2013-01-02, or mark it as success
    """)


def test_the_one_before_waits_itself_and_the_root_is_named() -> None:
    assert said(session(PAST), "clean@2013-01-06", "2013-01-07 07:00") == block("""
        clean of Sun 6 Jan waits for clean of Sat 5 Jan, which has not started.
          It depends on its past (depends_on_past): the one before it must succeed, or be skipped.
          Root: clean of Wed 2 Jan failed Thu 3 Jan 06:10.
    """)


def test_the_root_lies_in_the_past() -> None:
    assert session(PAST).why("sum@2013-01-04", "2013-01-05 07:00").sentences == (
        "Starts when clean succeeds; if clean fails for good, sum will not run.",
        "Root: clean of Wed 2 Jan failed Thu 3 Jan 06:10.",
    )


def test_what_follows_the_one_before_is_not_done() -> None:
    s = session(PAST)
    s.run_until("2013-01-03 06:11")
    mark(s, key("d", "2013-01-02"), "clean", "success")
    mark(s, key("d", "2013-01-02"), "sum", "success")
    assert said(s, "sum@2013-01-03", "2013-01-04 07:00") == block("""
        sum of Thu 3 Jan waits for out of Wed 2 Jan, which did not run.
          It waits for what follows sum in the run before (wait_for_downstream): all of it must succeed, or be skipped.
          out of Wed 2 Jan does not run again by itself.
          No deadline: it would wait for ever.
          → rerun out@2013-01-02, or mark it as success
    """)


def test_what_follows_the_one_before_runs() -> None:
    assert said(session(GOOD), "sum@2013-01-02", "2013-01-03 06:12") == block("""
        sum of Wed 2 Jan waits for out of Tue 1 Jan, which has been running since Wed 2 Jan 06:15 (try 1).
          It waits for what follows sum in the run before (wait_for_downstream): all of it must succeed, or be skipped.
    """)


def test_the_trail_leads_into_the_past() -> None:
    s = session(GOOD)
    assert s.why("sum@2013-01-02", "2013-01-04 06:12").sentences == (
        "80 min after its run was made: waiting for earlier runs 75 min, work 5 min.",
        "sum Thu 3 Jan 07:20 ← out of Tue 1 Jan 07:15 ← sum of Tue 1 Jan Wed 2 Jan 06:15 ← clean of Tue 1 Jan 06:10"
        " ← load of Tue 1 Jan 06:05 ← the clock said 06:00.",
    )


def test_a_year_of_waits_for_the_past_is_walked_and_not_climbed() -> None:
    task = Task("t", depends_on_past=True, takes=timedelta(minutes=1))
    spec = DagSpec("d", {"t": task}, schedule="0 6 * * *", start=wb.instant("2012-01-01T00:00Z"), max_active_runs=400)
    s = Session(
        Workspace({"d": spec}), Scenario(start=wb.instant("2012-01-02T00:00Z"), faults=(wb.Flaky("d.t", tries=1),))
    )
    s.run_until("2012-12-30")
    answer = s.why("t@2012-12-28")
    assert answer.headline == "t of Fri 28 Dec waits for t of Thu 27 Dec, which has not started."
    assert answer.sentences[1] == "Root: t of Sun 1 Jan failed Mon 2 Jan 06:01."


# other partitions


def test_it_waits_for_some_days_of_inputs() -> None:
    assert why(session(PAST), "week@2013-01-03", "2013-01-04 10:00") == block("""
        week waits for 2 of 3 days of jfk and 1 of 2 days of free, since 09:00 (60 min).
          jfk of Wed 2 Jan was due Thu 3 Jan 08:00; nobody knows when it comes. Missing too: Thu 3 Jan.
          Nobody promised a time for free, and nobody knows when it comes. Missing: Thu 3 Jan.
          Starts the moment the last of them comes. No deadline: it would wait for ever.
          ✔ clock: 09:00
          ✔ run: started (Thu 3 Jan)
          ✖ inputs: jfk@-2..0 2 of 3 not here, free@-1..0 1 of 2 not here
          ✔ other DAGs: d.load@-6..0 done
          ✔ workers: as many as wanted
    """)


def test_it_waits_for_the_day_before_of_another_dag() -> None:
    assert said(session(PAST), "yesterday@2013-01-03", "2013-01-04 10:00") == block("""
        yesterday waits for d.clean of Wed 2 Jan, since 09:00 (60 min).
          In d, clean failed for good Thu 3 Jan 06:10 (try 1 of 1): the attempt crashed.
          d.clean does not run again by itself.
          Starts when it succeeds.
          → rerun clean@2013-01-02 down
    """)


def test_it_waits_for_several_days_of_another_dag() -> None:
    assert said(session(PAST), "cleans@2013-01-06", "2013-01-07 10:00") == block("""
        cleans waits for 5 of 7 days of d.clean, since 09:00 (60 min).
          2 of 7 days are there; missing: Wed 2 Jan (failed Thu 3 Jan 06:10), Thu 3 Jan to Sun 6 Jan (not started).
          In d, clean failed for good Thu 3 Jan 06:10 (try 1 of 1): the attempt crashed.
          d.clean does not run again by itself.
          Starts when all of them succeed.
          → rerun clean@2013-01-02 down
    """)


WEEK = """
    dag: sales
    schedule: "0 2 * * *"
    start: 2026-03-01
    tasks:
      ask: {short_circuit: true}
      clean: {needs: [ask]}
    ---
    dag: weekly
    schedule: "0 6 * * *"
    start: 2026-03-01
    tasks: {sum: {needs: ["sales.clean@-6..0"]}}
    ---
    scenario: week
    from: 2026-03-02T00:00Z
    until: 2026-03-09T12:00Z
    faults:
    - choice: {task: ask, follow: [], partition: 2026-03-02}
    - choice: {task: ask, follow: [], partition: 2026-03-03}
    - flaky: {task: clean, tries: 1, partition: 2026-03-05}
    """


def test_which_days_are_missing_and_why() -> None:
    s = session(WEEK)
    s.run_until("2026-03-08T01:00Z")
    s.do("pause sales")
    s.run_until("2026-03-08T06:05Z")
    asked = s.why("sum@2026-03-07")
    assert asked.sentences[0] == (
        "3 of 7 days are there; missing: Mon 2 Mar to Tue 3 Mar (skipped), Thu 5 Mar (failed Fri 6 Mar 02:02), "
        "Sat 7 Mar (no run yet)."
    )
    assert asked.sentences[1].startswith("In sales, clean was skipped Tue 3 Mar 02:01, on purpose: ask stopped all")
    assert len(asked.sentences) == 4
    assert asked.helps == ("rerun ask@2026-03-02 down, if it should let them go on",)


def test_it_waits_for_itself_of_the_day_before() -> None:
    assert said(session(PAST), "tidy@2013-01-02", "2013-01-03 08:59") == (
        "tidy of Wed 2 Jan has no run yet: the clock makes it Thu 3 Jan 09:00."
    )
    s = session(PAST.replace("takes: 24h", "takes: 25h"))
    assert said(s, "tidy@2013-01-02", "2013-01-03 09:30") == block("""
        tidy waits for tidy of Tue 1 Jan, since 09:00 (30 min).
          In the run of Tue 1 Jan, tidy has been running since Wed 2 Jan 09:00 (try 1).
          Starts when it succeeds.
    """)
    assert s.why("tidy@2013-01-02", "2013-01-03 09:30").checks[2].text == "other runs: tidy@-1 not done"


# setups

SETUP = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      up: {setup: true, takes: 10m}
      first: {needs: [up], takes: 5m}
      work: {needs: [first], takes: 20m, trigger_rule: all_done}
      down: {needs: [work, up], teardown: true, trigger_rule: all_done_setup_success}
    ---
    scenario: setup
    from: 2013-01-02T05:30Z
    until: 2013-01-03T05:30Z
"""


def test_it_waits_for_its_setup() -> None:
    assert why(session(SETUP), "first", "06:05") == block("""
        first waits for up, which has been running since 06:00 (try 1).
          It is in the scope of a setup: it runs only when up succeeds, whatever its trigger rule.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ setups: up running
          ✖ upstream (all_success): up running
          ✔ workers: as many as wanted
    """)


def test_a_teardown_waits_for_all() -> None:
    assert session(SETUP).why("down", "06:05").sentences[0] == (
        "It wants all its upstream tasks to end, and one of its setups to succeed "
        "(trigger rule all_done_setup_success)."
    )


def test_its_setup_failed() -> None:
    s = session(f"{SETUP}    faults: [flaky: {{task: up, tries: 1}}]\n")
    assert said(s, "work", "07:00") == block("""
        work did not run (06:10): up failed, and in the scope of a setup a task runs only when that succeeds.
          up failed for good 06:10 (try 1 of 1): the attempt crashed.
          → mend up, then rerun up@2013-01-01 down
    """)


def test_its_setup_was_skipped() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks:
          pick: {branch: [other]}
          other: {needs: [pick]}
          up: {needs: [pick], setup: true}
          work: {needs: [up]}
        ---
        scenario: setup
        from: 2013-01-02T05:30Z
    """)
    assert said(s, "work", "07:00") == block("""
        work was skipped too (06:01): up was skipped, and in the scope of a setup a task runs only when that succeeds.
          up was skipped 06:01, on purpose: pick picked other.
    """)


def test_the_first_of_a_backfill_does_not_ask_for_the_past() -> None:
    s = session(PAST)
    s.run_until("2013-01-05 07:00")
    assert s.why("clean@2013-01-03").checks[3].text == "past: clean of Wed 2 Jan failed"
    backfill(s, "d", "2013-01-03", "2013-01-04")
    s.run_until("2013-01-05 07:01")
    assert s.why("clean@2013-01-03").checks[3].text == "past: not asked, as it is the first of its backfill"
    assert s.why("clean@2013-01-04").checks[1].text == "run: not started (Fri 4 Jan)"
    assert s.why("clean@2013-01-03", "2013-01-05 08:00").sentences[-1] == (
        "clean 07:10 ← load 07:05 ← backfill asked for 07:00."
    )


def test_the_first_run_of_all_has_no_past() -> None:
    assert session(PAST).why("clean@2013-01-01", "2013-01-02 06:02").checks[3].text == "past: no run before this one"


# over several runs

ROW = (
    "".join(
        f"""
    dag: {name}
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {{{name}1: {{takes: 1h{f", needs: [{before}.{before}1]" if before else ""}}}}}
    ---"""
        for name, before in (("a", ""), ("b", "a"), ("c", "b"), ("e", "c"), ("f", "e"))
    )
    + """
    scenario: row
    from: 2013-01-02T05:00Z
"""
)


def test_the_root_lies_several_dags_away() -> None:
    assert said(session(ROW), "f1", "06:30") == block("""
        f1 waits for e.e1 of Tue 1 Jan, since 06:00 (30 min).
          In e, e1 waits for c.c1 of Tue 1 Jan, since 06:00 (30 min).
          Root: in a, a1 has been running since 06:00 (try 1).
          Starts when it succeeds.
    """)


def test_further_than_anybody_follows_one_line_has_to_do() -> None:
    s = session(PAST.replace("takes: 24h", "takes: 900h").replace("until: 2013-01-09T05:30Z", "until: 2013-01-29"))
    answer = s.why("tidy@2013-01-12", "2013-01-13 10:00")
    assert answer.headline == "tidy waits for tidy of Fri 11 Jan, since 09:00 (60 min)."
    assert answer.sentences[1:] == (
        "Root: in w, tidy of Sat 5 Jan has not started, and so on.",
        "Starts when it succeeds.",
    )


def test_the_upstream_waits_for_another_dag() -> None:
    assert session(PAST).why("own@2013-01-04", "2013-01-05 10:00").sentences == (
        "Starts when yesterday succeeds; if yesterday fails for good, own will not run.",
        "In d, clean of Thu 3 Jan waits for clean of Wed 2 Jan, which failed Thu 3 Jan 06:10.",
    )


# several zones

ZONES = """
    dag: up
    schedule: "0 6 * * *"
    timezone: America/New_York
    start: 2013-01-01
    tasks: {load: {takes: 2h}}
    ---
    dag: down
    schedule: "0 10 * * *"
    timezone: Europe/Berlin
    start: 2013-01-01
    tasks: {use: {needs: [up.load]}}
    ---
    scenario: zones
    from: 2013-01-02T05:00Z
"""


def test_one_answer_is_in_one_zone_and_says_which() -> None:
    s = session(ZONES)
    asked = s.why("use@2013-01-01", "2013-01-02T12:00Z")
    assert asked.sentences[1] == "In up, load has been running since 12:00 (try 1)."
    assert asked.sentences[-1] == "Times in Europe/Berlin."
    before = s.why("use@2013-01-01", "2013-01-02T09:30Z")
    assert before.sentences[1] == "up of Tue 1 Jan has no run yet: the clock makes it Wed 2 Jan 12:00."


def test_a_story_of_several_zones_says_in_which_it_is_told() -> None:
    s = session(ZONES)
    assert str(s.run_until("2013-01-02T11:30Z")).splitlines()[0] == "Wed 2 Jan, UTC"
