"""Why, where data is the reason: a test for each sentence, as a transcript of scenario, question and answer."""

from __future__ import annotations

import pytest

from tests.samples import block, session
from tests.why_cases import DATA, data_session, run_why, said, why
from workbench.session import Session

# waiting for a dataset


def test_it_waits_for_a_dataset_that_nobody_has_written() -> None:
    assert why(data_session(), "report@2013-01-03", "2013-01-04T06:30Z") == block("""
        report waits for published, since 06:10 (20 min).
          published of Thu 3 Jan is not live: nobody has written it yet.
          In d, join did not run (06:05): load failed, and it wants all its upstream tasks to succeed.
          Starts the moment it is live. Deadline of published: 07:00; team-data owns it; nobody is told then: no roster.
          ✔ clock: 06:10
          ✔ run: started (Thu 3 Jan)
          ✖ inputs: published not live
          ✔ workers: as many as wanted
          → why join@2013-01-03, which writes it
    """)


def test_it_waits_for_a_dataset_whose_writer_runs() -> None:
    s = data_session(DATA, ('"10 6 * * *"', '"1 6 * * *"'))
    assert said(s, "report@2013-01-02", "2013-01-03T06:06Z") == block("""
        report waits for published, since 06:01 (5 min).
          published of Wed 2 Jan is not live: nobody has written it yet.
          In d, join has been running since 06:05 (try 1).
          Starts the moment it is live. Deadline of published: 07:00; team-data owns it; nobody is told then: no roster.
          → why join@2013-01-02, which writes it
    """)


def test_it_waits_for_a_dataset_of_a_run_that_was_never_made() -> None:
    s = data_session(DATA, ('schedule: "0 6 * * *"', 'schedule: "0 9 * * *"'))
    lines = said(s, "report@2013-01-02", "2013-01-03T06:30Z").splitlines()
    assert lines[2] == "  join of Wed 2 Jan has no run yet: the clock makes it Thu 3 Jan 09:00."


def test_it_waits_for_a_dataset_that_a_check_holds_back() -> None:
    assert said(data_session(), "direct@2013-01-03", "2013-01-04T06:30Z") == block("""
        direct waits for staged, since 06:10 (20 min).
          staged of Thu 3 Jan is not live: its newest version, 1, was blocked 06:05 by the check filled (staged of Thu 3 Jan has 318 rows; at least 320 are wanted).
          Starts the moment it is live. No deadline: it would wait for ever.
          → look at its rows: data staged@2013-01-03
          → rerun load@2013-01-03, once its source is mended
          → approve staged@2013-01-03, if its rows are right and the check is too strict
    """)  # noqa: E501


def test_it_waits_for_a_dataset_that_was_withdrawn() -> None:
    s = data_session(DATA, ('"10 6 * * *"', '"30 6 * * *"'))
    s.run_until("2013-01-03T06:20Z")
    s.do("withdraw published@2013-01-02")
    assert said(s, "report@2013-01-02", "2013-01-03T06:40Z") == block("""
        report waits for published, since 06:30 (10 min).
          published of Wed 2 Jan is not live: version 1 was withdrawn 06:20.
          Starts the moment it is live. Deadline of published: 07:00; team-data owns it; nobody is told then: no roster.
          → rerun join@2013-01-02
    """)


def test_its_deadline_was_missed() -> None:
    lines = said(data_session(), "report@2013-01-03", "2013-01-04T08:30Z").splitlines()
    missed = "Its deadline, 07:00, was missed; team-data owns it; nobody was told: no roster."
    assert lines[1] == f"  published of Thu 3 Jan is not live: nobody has written it yet. {missed}"
    assert lines[3] == "  Starts the moment it is live. No deadline is left: it would wait for ever."


def test_an_input_has_a_deadline_too() -> None:
    s = data_session(
        DATA,
        ('jfk: {expected: "06:00",', 'jfk: {expected: "06:00", deadline: "08:00", owner: ingest,'),
        ("load: {reads: [jfk]", "load: {needs: [jfk]"),
        ('arrivals: {jfk: "05:50"}', "faults: [{never: {input: jfk, partition: 2013-01-02}}]"),
    )
    ahead = said(s, "load@2013-01-02", "2013-01-03T07:00Z").splitlines()
    assert ahead[1] == "  jfk was due 06:00; nobody knows when it comes."
    assert (
        ahead[2]
        == "  Starts the moment it comes. Deadline of jfk: 08:00; ingest owns it; nobody is told then: no roster."
    )
    behind = said(s, "load@2013-01-02", "2013-01-03T08:30Z").splitlines()
    assert behind[1].endswith(
        "nobody knows when it comes. Its deadline, 08:00, was missed; ingest owns it; nobody was told: no roster."
    )


def test_a_week_of_a_dataset() -> None:
    s = data_session(DATA, ("needs: [staged]", "needs: [staged@-2..0]"))
    lines = said(s, "direct@2013-01-03", "2013-01-04T06:30Z").splitlines()
    assert lines[0] == "direct waits for 1 of 3 days of staged, since 06:10 (20 min)."
    rule = str(s.why("direct@2013-01-03", "2013-01-04T06:30Z"))
    assert "✖ inputs: staged@-2..0 1 of 3 not live" in rule


BOTH = ("report: {needs: [published], takes: 1m}", "report: {needs: [jfk, published], takes: 1m}")


def test_an_input_and_a_dataset() -> None:
    s = data_session(DATA, BOTH, ('arrivals: {jfk: "05:50"}', "faults: [{never: {input: jfk, partition: 2013-01-02}}]"))
    answer = s.why("report@2013-01-02", "2013-01-03T06:10Z")
    assert answer.headline == "report waits for jfk and published."
    s = data_session(DATA, BOTH, ("load: {reads: [jfk]", "load: {needs: [jfk]"), ('"05:50"', '"06:30"'))
    answer = s.why("report@2013-01-02", "2013-01-03T06:20Z")
    assert answer.headline == "report waits for jfk and published, since 06:10 (10 min)."
    assert answer.sentences[-1].startswith("Starts the moment the last of them is there.")


# a try that a check failed


def test_a_check_failed_it() -> None:
    assert why(data_session(), "load@2013-01-03", "2013-01-04T06:30Z") == block("""
        load failed for good 06:05 (try 1 of 1): staged of Thu 3 Jan has 318 rows; at least 320 are wanted.
          The check filled looked at version 1, and blocks what fails it.
          The same rows fail the same way: another try helps only when other rows have come.
          Version 1 is not published; who reads staged still gets Wed 2 Jan (version 1).
          load 06:05 ← the clock said 06:00.
          → look at its rows: data staged@2013-01-03
          → rerun load@2013-01-03 down, once its source is mended
          → approve staged@2013-01-03 1, if its rows are right and filled is too strict
    """)


def test_what_stopped_those_below() -> None:
    assert why(data_session(), "join@2013-01-03", "2013-01-04T06:30Z") == block("""
        join did not run (06:05): load failed, and it wants all its upstream tasks to succeed.
          load failed for good 06:05 (try 1 of 1): staged of Thu 3 Jan has 318 rows; at least 320 are wanted.
          The check filled looked at version 1, and blocks what fails it.
          The same rows fail the same way: another try helps only when other rows have come.
          Version 1 is not published; who reads staged still gets Wed 2 Jan (version 1).
          → look at its rows: data staged@2013-01-03
          → rerun load@2013-01-03 down, once its source is mended
          → approve staged@2013-01-03 1, if its rows are right and filled is too strict
    """)


def test_the_run_says_so_too() -> None:
    found = run_why(data_session(), "d@2013-01-03", "2013-01-04T06:30Z")
    assert found.sentences[0] == "The check filled looked at version 1, and blocks what fails it."
    assert found.helps[0] == "look at its rows: data staged@2013-01-03"


def test_what_the_check_is_for() -> None:
    s = data_session(DATA, ("severity: block}", "severity: block, description: a day has more flights}"))
    lines = said(s, "load@2013-01-03", "2013-01-04T06:30Z").splitlines()
    assert lines[1] == "  The check filled (a day has more flights) looked at version 1, and blocks what fails it."


def test_an_earlier_version_of_the_day_stays_live() -> None:
    s = data_session(DATA, ("min: 320", "min: 300"))
    s.run_until("2013-01-04T06:30Z")
    s.do("check set staged.filled min 320")
    s.do("rerun load@2013-01-03")
    lines = said(s, "load@2013-01-03", "2013-01-04T07:00Z").splitlines()
    assert lines[3] == "  Version 2 is not published; readers still get version 1 of Thu 3 Jan, live since 06:05."


def test_nothing_was_ever_live() -> None:
    s = data_session(DATA, ("min: 320", "min: 330"))
    lines = said(s, "load@2013-01-02", "2013-01-03T06:30Z").splitlines()
    assert lines[3] == "  Version 1 is not published: nothing of staged is live."


def test_somebody_approved_it() -> None:
    s = data_session()
    s.run_until("2013-01-04T09:10Z")
    s.do("approve staged@2013-01-03")
    s.run_until("2013-01-04T09:30Z")
    lines = said(s, "load@2013-01-03", "2013-01-04T09:30Z").splitlines()
    assert lines[3] == "  Version 1 is live all the same, since 09:10: somebody approved it."
    assert lines[-1] == "  → mark load@2013-01-03 success, so that those below it may run"
    assert said(s, "direct@2013-01-03", "2013-01-04T09:30Z") == block("""
        direct ended 09:11, well. It wrote 318 rows.
          3 h 1 min after its run was made: until somebody stepped in 3 h, work 1 min.
          direct 09:11 ← staged published by hand 09:10.
    """)
    assert [cause.kind for cause in s.why("direct@2013-01-03").causes] == ["task", "published"]


def test_it_waits_for_another_try_after_a_check() -> None:
    retries = "retries: {max: 1, delay: 10m, by_reason: {check: 1}}"
    s = data_session(DATA, ("takes: 5m, writes", f"takes: 5m, {retries}, writes"))
    assert said(s, "load@2013-01-03", "2013-01-04T06:07Z") == block("""
        load waits for try 2, at 06:15.
          Try 1 failed 06:05: staged of Thu 3 Jan has 318 rows; at least 320 are wanted.
          The same rows fail the same way: another try helps only when other rows have come.
          Pause 10 min. No tries left after it.
    """)


def test_what_a_check_holds_back_is_not_tried_again_unless_the_policy_names_checks() -> None:
    s = data_session(DATA, ("takes: 5m, writes", "takes: 5m, retries: {max: 3, delay: 10m}, writes"))
    assert said(s, "load@2013-01-03", "2013-01-04T07:00Z").startswith("load failed for good 06:05 (try 1 of")


# Thu 3 Jan is written twice: at the crash of the first try its rows were there already.
TWICE = (
    ("owner: team-data\n        checks: {filled: {kind: rows, min: 320,", "mode: append\n        owner: team-data\n"
     "        checks: {filled: {kind: rows, max: 330,"),
    ("takes: 5m, writes", "takes: 5m, retries: {max: 2, delay: 10m, by_reason: {check: 2}}, writes"),
    ('arrivals: {jfk: "05:50"}',
     'arrivals: {jfk: "05:50"}\n    faults: [{crash_after_write: {task: d.load, partition: 2013-01-03}}]'),
)  # fmt: skip


def test_an_earlier_try_had_added_the_same_rows() -> None:
    s = data_session(DATA, *TWICE)
    once_more = "  Version 1, which try 1 had written, is in it: a retry adds the rows once more."
    assert said(s, "load@2013-01-03", "2013-01-04T06:22Z").splitlines()[2] == once_more
    assert said(s, "load@2013-01-03", "2013-01-04T09:30Z") == block("""
        load failed for good 06:35 (try 3 of 3): staged of Thu 3 Jan has 636 rows; at most 330 are allowed.
          The check filled looked at version 3, and blocks what fails it.
          Version 1, which try 1 had written, is in it: a retry adds the rows once more.
          Version 3 is not published; readers still get version 1 of Thu 3 Jan, live since 06:05.
          load 06:35 (3 tries) ← the clock said 06:00.
          → look at its rows: data staged@2013-01-03
          → let it overwrite: set dataset staged mode overwrite
          → rerun load@2013-01-03 down, once it overwrites
          → approve staged@2013-01-03 3, if its rows are right and filled is too strict
    """)


def test_the_advice_for_rows_that_were_added_twice_works() -> None:
    s = data_session(DATA, *TWICE)
    s.run_until("2013-01-04T09:30Z")
    helps = s.why("load@2013-01-03").helps
    s.do(helps[1].partition(": ")[2])
    assert said(s, "load@2013-01-03", "2013-01-04T09:30Z").splitlines()[-2] == "  → rerun load@2013-01-03 down"
    s.do("rerun load@2013-01-03 down")
    s.run_until("2013-01-04T09:40Z")
    live = s.state.known.data.live_version("staged", "2013-01-03")
    assert live is not None
    assert (live.rows, live.mode) == (318, "overwrite")


def test_an_earlier_run_had_added_the_same_rows() -> None:
    s = data_session(DATA, *TWICE[:2])
    s.run_until("2013-01-04T09:30Z")
    s.do("backfill load@2013-01-02 all")
    lines = said(s, "load@2013-01-02", "2013-01-04T09:50Z").splitlines()
    assert "  Version 1, which an earlier run had written, is in it: a retry adds the rows once more." in lines


def test_what_another_task_had_added_is_no_doubling() -> None:
    again = "retries: {max: 1, delay: 1m, by_reason: {check: 1}}"
    more = f'more: {{needs: [load], reads: [jfk], sql: "SELECT * FROM jfk", writes: [staged], {again}}}'
    s = data_session(DATA, *TWICE[:2], ("writes: [published]}", f"writes: [published]}}\n      {more}"))
    lines = said(s, "more@2013-01-02", "2013-01-03T09:30Z").splitlines()
    assert lines[0].startswith("more failed for good 06:08 (try 2 of 2)")
    assert "  The same rows fail the same way: another try helps only when other rows have come." in lines


STEP = (
    ("severity: block}", "severity: block, when: step}"),
    ("join: {needs: [load],", "look: {needs: [load], takes: 1m, checks: [staged.filled]}\n      join: {needs: [look],"),
)


def test_a_check_as_a_step() -> None:
    assert said(data_session(DATA, *STEP), "look@2013-01-03", "2013-01-04T06:30Z") == block("""
        look failed for good 06:06 (try 1 of 1): staged of Thu 3 Jan has 318 rows; at least 320 are wanted.
          The check filled looked at version 1, and blocks what fails it.
          The same rows fail the same way: another try helps only when other rows have come.
          Version 1 is live all the same, since 06:05: the check is a step of its own, behind it.
          look 06:06 ← load 06:05 ← the clock said 06:00.
          → look at its rows: data staged@2013-01-03
          → rerun load@2013-01-03 down, once its source is mended
          → check set staged.filled severity warn, if it is too strict
    """)


def test_rows_were_too_many_for_the_engine() -> None:
    made = 'load: {reads: [jfk], takes: 5m, sql: "SELECT * FROM jfk"}'
    s = data_session(
        DATA + "    ---\n    payload_limit: 100\n",
        ("load: {reads: [jfk], takes: 5m, writes: [staged]}", made),
        ("direct: {needs: [staged], takes: 1m}", "direct: {takes: 1m}"),
    )
    lines = said(s, "load@2013-01-02", "2013-01-03T06:30Z").splitlines()
    assert lines[0].startswith("load failed for good 06:05 (try 1 of 1): payload too large: ")
    assert lines[1:3] == [
        "  Between tasks the engine carries at most 100 bytes: it keeps order and state, and is no place for data.",
        "  The same rows fail the same way: another try helps only when other rows have come.",
    ]
    assert lines[-1] == "  → let load write a dataset (`writes:`), and have those below it read it from there"


# a dataset as a cause


def test_it_started_when_a_dataset_was_live() -> None:
    s = data_session(DATA, ('"10 6 * * *"', '"1 6 * * *"'))
    assert said(s, "report@2013-01-02", "2013-01-03T06:30Z") == block("""
        report ended 06:08, well. It wrote 321 rows.
          7 min after its run was made: waiting for other DAGs 6 min, work 1 min.
          report 06:08 ← d.join 06:07 ← d.load 06:05 ← the clock said 06:00.
    """)


def test_a_dataset_that_is_live_among_the_rules() -> None:
    s = data_session(
        DATA, ("report: {needs: [published]", "report: {needs: [staged, published]"), ("takes: 2m", "takes: 9m")
    )
    text = why(s, "report@2013-01-02", "2013-01-03T06:12Z")
    assert "  ✖ inputs: staged live, version 1, published not live" in text.splitlines()


def test_of_a_dataset_it_tells_of_the_task_that_writes_it() -> None:
    s = data_session()
    of_data, of_task = (why(s, f"{name}@2013-01-02", "2013-01-03T06:12Z") for name in ("staged", "load"))
    assert of_data == f"staged is written by d.load. {of_task}"
    s.run_until("2013-01-03T06:12Z")
    assert s.do("why staged@2013-01-02 at 06:12").sentence == of_data.splitlines()[0]


def test_of_a_dataset_that_several_tasks_write_it_asks_which() -> None:
    s = data_session(DATA, ("writes: [published]", "writes: [published, staged]"))
    with pytest.raises(ValueError, match=r"'staged' is a dataset; ask about a task that writes it: d\.load or d\.join"):
        s.why("staged@2013-01-03")


# the scheduler, as a cause


def test_the_scheduler_came_back() -> None:
    s = session(
        """
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {takes: 10m}, join: {needs: [load], takes: 5m}}
        ---
        scenario: s
        from: 2013-01-02T05:00Z
        until: 2013-01-03T05:00Z
        faults:
        - scheduler_down: {from: 2013-01-02T06:05Z, until: 2013-01-02T07:00Z}
        """
    )
    lines = said(s, "join@2013-01-01", "2013-01-02T08:00Z").splitlines()
    assert lines[-1] == "  join 07:05 ← the scheduler was back 07:00 ← load 06:10 ← the clock said 06:00."


def paused(*lines: str) -> Session:
    """Two tasks, and a pause in the middle of the first or before its run."""
    s = session(
        """
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {takes: 10m}, join: {needs: [load], takes: 5m}}
        ---
        scenario: s
        from: 2013-01-02T05:00Z
        until: 2013-01-03T05:00Z
        """
    )
    for line in lines:
        s.do(line)
    return s


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ("go 06:05", "pause d", "go 07:00", "unpause d", "go 09:00"),
            "join 07:05 ← d was unpaused 07:00 ← load 06:10 ← the clock said 06:00.",
        ),
        (
            ("go 05:50", "pause d", "go 07:00", "unpause d", "go 09:00"),
            "join 07:15 ← load 07:10 ← d was unpaused 07:00 ← the clock said 06:00, heard 07:00.",
        ),
        (
            ("go 05:10", "pause d", "trigger d@2013-01-01", "go 05:15", "unpause d", "go 05:59"),
            "join 05:30 ← load 05:25 ← d was unpaused 05:15 ← made by hand 05:10.",
        ),
        (
            ("go 06:05", "pause d", "go 06:08", "unpause d", "go 09:00"),
            "join 06:15 ← load 06:10 ← the clock said 06:00.",
        ),
        (
            (
                "go 06:05",
                "pause d",
                "go 06:30",
                "unpause d",
                "go 06:31",
                "pause d",
                "go 06:40",
                "unpause d",
                "go 09:00",
            ),
            "join 06:35 ← d was unpaused 06:30 ← load 06:10 ← the clock said 06:00.",
        ),
    ],
)
def test_the_dag_was_unpaused(lines: tuple[str, ...], told: str) -> None:
    assert str(paused(*lines).why("join@2013-01-01")).splitlines()[-1] == f"  {told}"


# who is told

PEOPLE = """    ---
    roster: {team-data: {active: false}, ann: {}}
    routes: {"#data": [ann, team-data]}
"""


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("alerts: {to: team-data}", "nobody was told: team-data is gone"),
        ('alerts: {to: "#data"}', "ann was told, through #data (team-data is gone)"),
        ("alerts: {to: ann}", "ann was told"),
        ("alerts: {on: [failure]}", "nobody was told, as the alerts of d are not about deadlines"),
    ],
)
def test_who_was_told_of_a_missed_deadline(to: str, told: str) -> None:
    s = data_session(DATA + PEOPLE, ("owner: team-d\n", f"owner: team-d\n    {to}\n"))
    lines = said(s, "report@2013-01-03", "2013-01-04T08:30Z").splitlines()
    assert lines[1].endswith(f"Its deadline, 07:00, was missed; {told}.")


# runs of a backfill


def backfilled() -> Session:
    """The newest two days are made again, with what comes after them in the other DAG."""
    s = data_session(DATA, ("min: 320", "min: 300"))
    s.run_until("2013-01-06T05:00Z")
    s.do("backfill load@2013-01-02..2013-01-03 all down limit 1")
    return s


ASKED = "backfill of load, 2013-01-02..2013-01-03: 4 runs (2 of d, 2 of e), oldest first, at most 1 at once"


def test_it_waits_for_what_the_same_backfill_makes_first() -> None:
    s = backfilled()
    assert said(s, "report@2013-01-02", "2013-01-06T05:02Z") == block(f"""
        report waits for d.load of Wed 2 Jan and d.join of Wed 2 Jan, since 05:00 (2 min).
          One backfill makes them all anew: {ASKED}.
          What it is made of comes first: starts when all of that has ended.
          The backfill asked for 05:00 made this run, because something upstream in its window was made again.
          → why d.load@2013-01-02, which has not ended
    """)
    assert run_why(s, "e@2013-01-02", "2013-01-06T05:02Z").headline == (
        "e of Wed 2 Jan waits for d.load of Wed 2 Jan and d.join of Wed 2 Jan, since 05:00 (2 min)."
    )


def test_its_backfill_is_paused() -> None:
    s = backfilled()
    s.run_until("2013-01-06T05:02Z")
    number = len(s.events)
    s.do("backfill pause")
    lines = said(s, "load@2013-01-03", "2013-01-06T05:30Z").splitlines()
    assert lines[0] == "load waits, since 05:02 (28 min): its backfill is paused."
    assert lines[1] == f"  It belongs to this backfill: {ASKED}. What runs goes on."
    assert lines[2] == "  Starts when somebody resumes the backfill."
    help_ = lines[-1].removeprefix("  → ")
    assert help_.startswith("backfill resume ")
    assert int(help_.split()[-1]) < number
    s.run_until("2013-01-06T05:30Z")
    assert s.do(help_).events
    assert run_why(s, "d@2013-01-03", "2013-01-06T05:31Z").state == "running"
