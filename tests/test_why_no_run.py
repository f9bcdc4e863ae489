"""Why there is no run: a test for each sentence. Names that are not there."""

# Sentences stand here as they are read.
# ruff: noqa: E501

from __future__ import annotations

import re

import pytest

import workbench as wb
from tests.samples import block, session
from tests.why_cases import head, pause, said, unpause
from workbench.ordering.targets import one_dag, tasks_named
from workbench.views.targets import target_of, underscored

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
    ("target", "told"),
    [
        ("load@2013-01-01", "load of Tue 1 Jan does not exist: d starts with Wed 2 Jan."),
        (
            "load@2013-01-02",
            "load of Wed 2 Jan is not in this simulation: it was due Thu 3 Jan 06:00, before the start.",
        ),
        ("load@2013-01-05", "load of Sat 5 Jan has no run yet: the clock makes it Sun 6 Jan 06:00."),
        ("load@2013-01-06", "load of Sun 6 Jan does not exist: d ends before Sun 6 Jan 00:00."),
        (
            "press",
            """
            press has not run: by_hand has no schedule, so only a person starts it.
              → trigger by_hand@2013-01-04
            """,
        ),
        (
            "press@2013-01-03",
            """
            press of Thu 3 Jan has not run: by_hand has no schedule, so only a person starts it.
              → trigger by_hand@2013-01-03
            """,
        ),
        (
            "report",
            """
            report has not run: no run of mondays has been made yet.
              The clock makes the first Mon 7 Jan 06:00.
            """,
        ),
        (
            "report@2013-01-05",
            """
            report of Sat 5 Jan has no run: its schedule, 0 6 * * 1 in UTC, never starts one for it.
              → trigger mondays@2013-01-05
            """,
        ),
        ("report@2013-01-06", "report of Sun 6 Jan has no run yet: the clock makes it Mon 7 Jan 06:00."),
    ],
)
def test_no_run(target: str, told: str) -> None:
    answer = session(NO_RUN).why(target, "2013-01-05 08:00")
    assert (str(answer), answer.state, answer.tries) == (block(told), "none", 0)


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


# missed ticks

MISSED = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-02
    tasks: {load: }
    ---
    dag: paused_one
    schedule: "0 6 * * *"
    start: 2013-01-02
    paused: true
    tasks: {p: }
    ---
    dag: catches_up
    schedule: "0 6 * * *"
    start: 2013-01-02
    paused: true
    catchup: true
    tasks: {c: }
    ---
    dag: skips
    schedule: "0 6 * * *"
    start: 2013-01-02
    misfire: skip
    tasks: {s: }
    ---
    scenario: down_for_a_weekend
    from: 2013-01-04T05:00Z
    until: 2013-01-10
    faults: [scheduler_down: {from: 2013-01-05T05:30Z, until: 2013-01-07T07:00Z}]
"""


def missed(target: str, at: str) -> str:
    return said(session(MISSED), target, at)


def test_the_scheduler_is_down() -> None:
    assert missed("load@2013-01-04", "2013-01-05 06:30") == block("""
        load of Fri 4 Jan has no run: it was due Sat 5 Jan 06:00. The scheduler has been down since Sat 5 Jan 05:30.
          When the scheduler is back, it is made: it is the newest that was missed.
    """)


def test_the_scheduler_is_down_and_a_newer_one_was_missed() -> None:
    assert missed("load@2013-01-04", "2013-01-06 06:30").splitlines()[1] == (
        "  When the scheduler is back, it is not made: with catchup off, only the newest that was missed is made later."
    )


def test_the_scheduler_is_down_and_nothing_is_made_later() -> None:
    assert missed("s@2013-01-04", "2013-01-05 06:30").splitlines()[1] == (
        "  When the scheduler is back, it is not made: with catchup off and misfire skip, nothing that was missed is made"
        " later."
    )


def test_the_scheduler_was_down() -> None:
    assert missed("load@2013-01-04", "2013-01-08 06:30") == block("""
        load of Fri 4 Jan has no run: it was due Sat 5 Jan 06:00, while the scheduler was down.
          The scheduler was down from Sat 5 Jan 05:30 to Mon 7 Jan 07:00.
          With catchup off, only the newest that was missed is made later.
          → backfill d@2013-01-04
    """)


def test_the_newest_that_was_missed_was_made() -> None:
    assert missed("load@2013-01-06", "2013-01-08 05:30").splitlines()[0] == "load ended Mon 7 Jan 07:01, well."


def test_the_scheduler_was_down_and_nothing_was_made_later() -> None:
    assert missed("s@2013-01-06", "2013-01-08 05:30") == block("""
        s of Sun 6 Jan has no run: it was due Mon 7 Jan 06:00, while the scheduler was down.
          The scheduler was down from Sat 5 Jan 05:30 to Mon 7 Jan 07:00.
          With catchup off and misfire skip, nothing that was missed is made later.
          → backfill skips@2013-01-06
    """)


def test_it_is_not_due_yet_and_the_scheduler_is_down() -> None:
    assert missed("load@2013-01-08", "2013-01-06 05:30") == block("""
        load of Tue 8 Jan has no run yet: it is due Wed 9 Jan 06:00.
          The scheduler has been down since Sat 5 Jan 05:30.
    """)


def test_its_dag_is_paused_from_the_start() -> None:
    assert missed("p@2013-01-03", "2013-01-05 05:00") == block("""
        p of Thu 3 Jan has no run: it was due Fri 4 Jan 06:00. paused_one has been paused from the start.
          When paused_one is unpaused, it is made: it is the newest that was missed.
          → unpause paused_one
    """)
    assert (
        missed("p@2013-01-02", "2013-01-05 05:00")
        .splitlines()[1]
        .startswith("  When paused_one is unpaused, it is not made")
    )
    assert missed("p", "2013-01-05 05:00") == block("""
        p has not run: no run of paused_one has been made yet.
          paused_one has been paused from the start.
          → unpause paused_one
    """)


def test_its_dag_is_paused_and_catches_up() -> None:
    assert missed("c@2013-01-02", "2013-01-05 05:00").splitlines()[1] == (
        "  When catches_up is unpaused, it is made: catchup is on."
    )


def test_it_is_not_due_yet_and_its_dag_is_paused() -> None:
    assert missed("p@2013-01-08", "2013-01-05 05:00") == block("""
        p of Tue 8 Jan has no run yet: it is due Wed 9 Jan 06:00.
          paused_one has been paused from the start.
          → unpause paused_one
    """)


def test_its_dag_was_paused_by_a_person() -> None:
    s = session(MISSED)
    s.run_until("2013-01-07 10:00")
    pause(s)
    assert s.why("load@2013-01-07", "2013-01-08 08:00").headline == (
        "load of Mon 7 Jan has no run: it was due Tue 8 Jan 06:00. d has been paused since Mon 7 Jan 10:00."
    )
    s.run_until("2013-01-09 08:00")
    unpause(s)
    assert said(s, "load@2013-01-07", "2013-01-09 09:00") == block("""
        load of Mon 7 Jan has no run: it was due Tue 8 Jan 06:00, and d was paused then.
          With catchup off, only the newest that was missed is made later.
          → backfill d@2013-01-07
    """)


# started by data

DATA = """
    dag: mart
    schedule: {all: [stg, fx]}
    start: 2013-01-02
    tasks: {join: }
    ---
    dag: each
    schedule: {any: [stg, fx]}
    start: 2013-01-02
    tasks: {copy: }
    ---
    dag: src
    schedule: "0 5 * * *"
    start: 2013-01-02
    inputs: {fx: {expected: "06:00"}}
    tasks: {write: {writes: [stg], takes: 10m}}
    ---
    scenario: data
    from: 2013-01-04T04:00Z
    until: 2013-01-08
    faults: [never: {input: fx, partition: 2013-01-05}]
"""


def test_its_data_has_not_come() -> None:
    assert said(session(DATA), "join@2013-01-04", "2013-01-05 04:30") == block("""
        join of Fri 4 Jan has no run yet: stg and fx have not come.
          A run is made for each window when stg and fx are there.
          → see src.write, which writes stg
    """)


def test_some_of_its_data_has_not_come() -> None:
    assert said(session(DATA), "join@2013-01-05", "2013-01-06 08:00") == block("""
        join of Sat 5 Jan has no run yet: fx has not come.
          A run is made for each window when stg and fx are there.
    """)


def test_none_of_its_data_has_come() -> None:
    assert said(session(DATA), "copy@2013-01-04", "2013-01-05 04:30") == block("""
        copy of Fri 4 Jan has no run yet: stg or fx has not come.
          A run is made each time that stg or fx comes.
          → see src.write, which writes stg
    """)


def test_its_data_was_due_before() -> None:
    assert said(session(DATA), "join@2013-01-02", "2013-01-05 04:30") == (
        "join of Wed 2 Jan is not in this simulation: its data was due before the start."
    )


def test_no_data_has_come_at_all() -> None:
    assert said(session(DATA), "join", "2013-01-04 04:30") == block("""
        join has not run: no run of mart has been made yet.
          A run is made for each window when stg and fx are there.
    """)


def test_its_data_is_there_and_its_dag_is_paused() -> None:
    s = session(DATA)
    s.run_until("2013-01-04 04:30")
    pause(s, "mart")
    assert said(s, "join@2013-01-03", "2013-01-04 07:00") == block("""
        join of Thu 3 Jan has no run: its data is there. mart has been paused since Fri 4 Jan 04:30.
          A run is made for each window when stg and fx are there.
          → unpause mart
    """)


def test_the_trail_leads_to_the_data() -> None:
    s = session(DATA)
    assert s.why("copy@2013-01-03", "2013-01-04 05:30").sentences[1] == (
        "copy 05:11 ← made 05:10, when stg or fx had come ← src.write 05:10 ← the clock said 05:00."
    )
    assert s.why("join@2013-01-03", "2013-01-04 07:00").sentences[1] == (
        "join 06:01 ← made 06:00, when stg and fx had come ← fx came 06:00, due 06:00."
    )


# names


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("pres", "no task is called 'pres'; did you mean 'press'? (known: load, press, report)"),
        ("d.laod", "DAG 'd' has no task 'laod'; did you mean 'load'? (known: load)"),
        ("monday.report", "there is no DAG 'monday'; did you mean 'mondays'? (known: by_hand, d, mondays)"),
        ("load@2013-01-32", "'2013-01-32' is no day in UTC; write e.g. 2013-01-03"),
        ("load@yesterday", "'yesterday' is no key of the day grid; write e.g. 2013-01-03"),
        ("", "no task is called ''. (known: load, press, report)"),
    ],
)
def test_names_that_are_not_there(target: str, told: str) -> None:
    with pytest.raises(wb.InvalidInput, match=f"^{re.escape(told)}$"):
        session(NO_RUN).why(target)


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("land_fr.load", "d.land_fr_load"),
        ("d.land_fr.load", "d.land_fr_load"),
        ("raw.fr.load", "e.raw_fr_load"),
        ("land.load", "d.land_load"),
        ("land.real", "land.real"),
        ("both.load", "both.load"),
        ("no.where", "no.where"),
    ],
)
def test_dots_of_groups_may_be_underscores(target: str, meant: str) -> None:
    """A task of a group is `group.task` in Airflow, and `group_task` in an imported file."""
    s = session("""
        {dag: d, start: 2013-01-01, tasks: {land_fr_load: , land_load: , both_load: }}
        ---
        {dag: e, tasks: {raw_fr_load: , both_load: }}
        ---
        {dag: land, tasks: {real: }}
    """)
    assert underscored(s.state.known, target) == meant
    if meant not in ("both.load", "no.where"):
        dag, _, task = meant.partition(".")
        assert tasks_named(s.state.known, target) == [(dag, task)]
        assert target_of(s.state.known, target)[:2] == (dag, task)
        assert one_dag(s.state.known, target) == dag


def test_a_task_name_in_several_dags() -> None:
    s = session("""
        {dag: a, tasks: {load: }, start: 2013-01-01}
        ---
        {dag: b, tasks: {load: }}
    """)
    with pytest.raises(wb.InvalidInput, match=re.escape("several DAGs have a task 'load'; write a.load or b.load")):
        s.why("load")


def test_it_is_made_in_this_very_instant() -> None:
    s = session(MISSED)
    s.run_until("2013-01-07 06:59")
    s.step("event")
    assert s.why("load@2013-01-06").headline == (
        "load of Sun 6 Jan has no run yet: it was due Mon 7 Jan 06:00, and it is made now."
    )


def test_its_dag_was_paused_or_had_another_schedule() -> None:
    s = session(MISSED)
    s.run_until("2013-01-07 10:00")
    pause(s)
    s.edit(wb.SetTask("load", {"owner": "somebody"}))
    s.run_until("2013-01-09 08:00")
    unpause(s)
    assert s.why("load@2013-01-07", "2013-01-09 09:00").headline == (
        "load of Mon 7 Jan has no run: it was due Tue 8 Jan 06:00, and d was paused then, or had another schedule."
    )


def test_an_input_is_no_task() -> None:
    with pytest.raises(
        wb.InvalidInput, match=r"^'fx' is an input, which somebody else delivers, and no task takes it$"
    ):
        session(DATA).why("fx")
