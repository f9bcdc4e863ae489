"""What is said before: how many runs an unpausing makes, and which days a backfill leaves out."""

from __future__ import annotations

import pytest

from tests.samples import block, session
from tests.verb_cases import refused
from workbench.engine.events import RunCreated
from workbench.session import Session

INGEST = block("""
    dag: ingest
    schedule: "0 6 * * *"
    start: 2026-03-01
    paused: PAUSED
    catchup: CATCHUP
    misfire: MISFIRE
    tasks: {load: {takes: 1m}}
    ---
    scenario: april
    from: 2026-04-02T00:00Z
    until: 2026-04-20T00:00Z
""")


def ingest(paused: str = "on", catchup: str = "on", misfire: str = "latest") -> Session:
    text = INGEST.replace("PAUSED", paused).replace("CATCHUP", catchup).replace("MISFIRE", misfire)
    return session(text)


def made_at_once(s: Session) -> list[str]:
    now = s.now
    return [event.run.partition for event in s.run_until(now) if isinstance(event, RunCreated)]


# backfill


def test_a_backfill_of_a_dag_that_was_off_makes_every_day() -> None:
    s = ingest()
    done = s.do("backfill ingest@2026-03-01..2026-03-31")
    assert done.sentence == "backfill of ingest, 2026-03-01..2026-03-31: 31 runs, oldest first, at most 10 at once"
    assert done.lines == ()


def test_a_backfill_says_what_it_leaves_out_and_why() -> None:
    s = ingest(paused="off")
    s.run_until("2026-04-03 12:00")
    s.do("pause ingest")
    s.run_until("2026-04-05 12:00")
    line = "backfill ingest@2026-03-28..2026-04-03"
    left = "left out: 4 days due before the simulation began, so done and 2 days whose run ended well"
    left += "; to make them as well"
    assert s.plan_of(line)[3:5] == [
        "left out: ingest for Sat 28 Mar to Tue 31 Mar (4): due before the simulation began, so done",
        "left out: ingest for Wed 1 Apr to Thu 2 Apr (2): whose run ended well",
    ]
    assert s.plan_of(line)[-1] == f"to make those of ingest that are left out as well: {line} all"
    done = s.do(line)
    assert done.sentence.endswith(": 1 run, oldest first, at most 10 at once")
    assert done.lines == (f"{left}: {line} all",)
    s.do("undo")
    assert s.do(f"{line} all").lines == ()


def test_a_backfill_of_all_says_what_is_under_way() -> None:
    s = ingest(paused="off")
    s.run_until("2026-04-03 06:00")
    done = s.do("backfill ingest@2026-04-01..2026-04-02 all")
    assert done.lines == ("left out: 1 day whose run is under way",)
    s = ingest(paused="off")
    s.run_until("2026-04-03 06:00")
    assert "(1 day whose run ended well and 1 day whose run is under way)" in refused(
        s, "backfill ingest@2026-04-01..2026-04-02"
    )


# unpause and catchup


@pytest.mark.parametrize(
    ("catchup", "misfire", "told"),
    [
        ("on", "latest", "35 runs would be made at once, from Sun 1 Mar to Sat 4 Apr: catchup is on, so none that was "
         "missed is left out, at most 16 at a time"),
        ("off", "latest", "1 run would be made at once, for Sat 4 Apr: catchup is off, so only the newest that was "
         "missed is made"),
        ("off", "skip", "no run would be made at once: catchup is off, and misfire skip leaves out what was missed"),
    ],
)  # fmt: skip
def test_unpause_says_how_many_runs_it_makes(catchup: str, misfire: str, told: str) -> None:
    s = ingest("on", catchup, misfire)
    s.run_until("2026-04-05 12:00")
    before = len(s.events)
    assert s.plan_of("unpause ingest") == ["ingest would start tasks and make runs again (0 open runs)", told]
    assert len(s.events) == before
    s.do("unpause ingest")
    made = made_at_once(s)
    assert len(made) == (int(told.split()[0]) if told[0].isdecimal() else 0)
    assert not made or (made[0], made[-1]) == (("2026-03-01" if catchup == "on" else "2026-04-04"), "2026-04-04")


def test_unpause_at_once_makes_nothing() -> None:
    s = ingest(paused="off")
    s.do("pause ingest")
    assert s.plan_of("unpause ingest")[-1] == ("no run would be made at once")


def test_catchup_says_what_it_comes_to() -> None:
    s = ingest(catchup="off")
    assert s.plan_of("set ingest catchup on")[-1] == (
        "when ingest is switched on again, 31 runs would be made at once, from Sun 1 Mar to Tue 31 Mar: catchup is on, "
        "so none that was missed is left out, at most 16 at a time"
    )
    assert s.state.known.plans["ingest"].spec.catchup is False
    s.do("unpause ingest")
    assert s.plan_of("set ingest catchup on")[-1] == "no run would be made at once: no tick of it is missed now"


def test_a_trigger_of_a_paused_dag_waits() -> None:
    assert ingest().plan_of("trigger ingest@2026-03-05") == [
        "ingest for Thu 5 Mar would be run",
        "ingest is paused: nothing of it starts until it is switched on again",
    ]


def test_data_that_came_while_it_was_off() -> None:
    s = session(
        block("""
        dag: ingest
        schedule: "0 6 * * *"
        start: 2026-03-01
        tasks: {load: {takes: 1m, writes: [sales]}}
        ---
        dag: report
        schedule: {on: [sales]}
        start: 2026-03-01
        tasks: {tell: {takes: 1m}}
        ---
        scenario: april
        from: 2026-04-02T00:00Z
        until: 2026-04-20T00:00Z
    """)
    )
    s.do("pause report")
    s.run_until("2026-04-04 12:00")
    assert s.plan_of("unpause report")[-1] == (
        "3 runs would be made at once, from Wed 1 Apr to Fri 3 Apr, for the data that came"
    )
    s.do("unpause report")
    assert len(made_at_once(s)) == 3
