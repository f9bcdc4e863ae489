"""Whatever somebody does: the file holds the tables of the state at every write, and its events come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.worlds import Story, stories
from tests.test_history_file import dag, scenario
from tests.test_history_laws import Checking, folded, in_file, same
from workbench.engine import KINDS, Known, RunKey
from workbench.engine.decide import next_key
from workbench.engine.events import (
    COMMANDS,
    CodeDeployed,
    DagPaused,
    FaultLifted,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.engine.state import UNDER_WAY
from workbench.history import History, tables
from workbench.history.step_data import DATA as STATEMENTS
from workbench.ordering.here import order
from workbench.session import Session
from workbench.timetable import format_instant

Draw = Callable[..., Any]


def instances_of(known: Known) -> list[tuple[RunKey, str]]:
    return [(key, task) for key in sorted(known.runs) for task in known.runs[key].plan.tasks]


def chosen(draw: Draw, known: Known) -> tuple[tuple[RunKey, tuple[str, ...]], ...] | None:
    """Some tasks of a run or two."""
    runs = sorted(known.runs)
    if not runs:
        return None
    keys = draw(st.lists(st.sampled_from(runs), min_size=1, max_size=2, unique=True))
    return tuple(
        (key, tuple(draw(st.lists(st.sampled_from(sorted(known.runs[key].plan.tasks)), min_size=1, unique=True))))
        for key in keys
    )


def clear(draw: Draw, known: Known, at: datetime) -> Any:
    some = chosen(draw, known)
    return some and TasksCleared(at, some, "these again", 0)


def mark(draw: Draw, known: Known, at: datetime) -> Any:
    some = chosen(draw, known)
    return some and TasksMarked(at, some, draw(st.sampled_from(["success", "failed", "skipped"])), (), "so it is", 0)


def kill(draw: Draw, known: Known, at: datetime) -> Any:
    busy = [(key, task) for key, task in instances_of(known) if known.runs[key].cells[task].state in UNDER_WAY]
    if not busy:
        return None
    ends = []
    for key, task in draw(st.lists(st.sampled_from(busy), min_size=1, max_size=3, unique=True)):
        again = draw(st.sampled_from([None, at + timedelta(minutes=7)]))
        ends.append((key, task, "up_for_retry" if again else "failed", again))
    return TasksKilled(at, tuple(ends), "killed", 0)


def pause(draw: Draw, known: Known, at: datetime) -> Any:
    return DagPaused(at, draw(st.sampled_from(sorted(known.plans))), draw(st.booleans()), "paused or not", 0)


def deploy(draw: Draw, known: Known, at: datetime) -> Any:
    name = draw(st.sampled_from(sorted(known.plans)))
    task = draw(st.sampled_from(["", *sorted(known.plans[name].tasks)]))
    return CodeDeployed(at, name, task, draw(st.sampled_from(["v1", "v2", "v3"])), "new code", 0)


def size(draw: Draw, known: Known, at: datetime) -> Any:
    pools = {name: draw(st.integers(1, 3)) for name in known.pools}
    return SettingsChanged(at, pools, draw(st.sampled_from([None, 1, 3])), "other sizes", 0)


def request(draw: Draw, known: Known, at: datetime) -> Any:
    name, kind = draw(st.sampled_from(sorted(known.plans))), draw(st.sampled_from(["manual", "backfill"]))
    grid = known.plans[name].spec.grid
    window, runs = grid.previous(grid.containing(at)), []
    for _ in range(draw(st.integers(1, 3))):
        runs.append((next_key(known, name, window.key, kind), window.start, window.end))
        window = grid.previous(window)
    return RunsRequested(at, name, kind, tuple(reversed(runs)), draw(st.integers(1, 2)), "once more", 0)


def lift(draw: Draw, known: Known, at: datetime) -> Any:
    return FaultLifted(at, 1, "the first is over", 0)


MAKE = (clear, clear, mark, mark, kill, pause, deploy, size, request, lift)


def live(story: Story, data: st.DataObject, history: History) -> Session:
    """A session in which somebody gives commands, now and then in the past; each write is checked."""
    session = Session(story.workspace, story.scenario, history=Checking(history))
    for _ in range(data.draw(st.integers(1, 6))):
        session.run_until(
            max(session.now, story.start + (story.until - story.start) * data.draw(st.integers(0, 8)) / 8)
        )
        if data.draw(st.integers(0, 3)) == 0:
            session = session.seek(data.draw(st.integers(0, len(session.branch.log)))).fork()
        event = data.draw(st.sampled_from(MAKE))(data.draw, session.state.known, session.now)
        if event is not None and session.at_end:
            session.take(order(event))
    session.run_until(max(session.now, story.until))
    return session


@law(60)
@given(stories(), st.data())
def test_commands_leave_the_tables_of_the_state(story: Story, data: st.DataObject) -> None:
    with History.memory() as history:
        session = live(story, data, history)
        assert history.query("PRAGMA foreign_key_check") == []
        loaded = history.load() if session.branch.log else None
        for saved in loaded.branches if loaded else ():
            log = session.branches[saved.name].log
            assert saved.events == log[saved.shared :]
            same(
                tables(folded(story.workspace, story.scenario, session.start, log)),
                in_file(
                    history,
                    1
                    + [
                        one.name
                        for one in loaded.branches  # type: ignore[union-attr]
                    ].index(saved.name),
                ),
            )


@law(40)
@given(stories(), st.data())
def test_views_of_single_events_say_what_the_state_says(story: Story, data: st.DataObject) -> None:
    with History.memory() as history:
        branch = live(story, data, history).branch
        state = branch.state_at(len(branch.log))
        if history.query("SELECT name FROM branch WHERE is_current = 1") != [{"name": branch.name}]:
            return  # nothing happened in it
        backfills = history.query("SELECT id, dag, asked_at, max_active, sentence FROM backfill ORDER BY id")
        assert [tuple(row.values()) for row in backfills] == [
            (number, one.dag, format_instant(one.at), one.limit, one.sentence)
            for number, one in sorted(state.known.backfills.items())
        ]
        effects = history.query("SELECT dag, partition, kind, n, task, number, done_at FROM effect")
        assert {tuple(row.values()) for row in effects} == {
            (*key, task, number, format_instant(at))
            for (key, task), done in state.effects.items()
            for number, at in done
        }
        # A deadline may be missed again, after a later run: the state keeps the last of them.
        missed = history.query("SELECT dag, partition, task, due FROM deadline ORDER BY missed_at, due")
        assert {tuple(row.values())[:3]: row["due"] for row in missed} == {
            place: format_instant(due) for place, due in state.known.missed.items()
        }


# one by one, so that a reader sees what each leaves


def rows(history: History, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in history.query(sql)]


def begun(history: History, until: str) -> Session:
    session = Session(dag(), scenario(), history=history)
    session.run_until(until)
    return session


KEY = RunKey("sales", "2013-01-02")


def test_a_cleared_task_keeps_its_tries() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 06:30")
        session.take(order(TasksCleared(session.now, ((KEY, ("clean", "post")),), "clean and below again", 0)))
        state = "SELECT task, state, tries, ended FROM task_instance WHERE partition = '2013-01-02' ORDER BY task"
        assert rows(history, state) == [
            ("clean", "none", 1, None),
            ("load", "success", 1, "2013-01-03T06:10:00Z"),
            ("post", "none", 1, None),
        ]
        assert rows(history, "SELECT state, ended FROM run") == [("queued", None)]
        session.run_until("2013-01-03 12:00")
        tries = "SELECT number, started, state, held_seconds FROM attempt WHERE task = 'clean' ORDER BY number"
        assert rows(history, tries) == [
            (1, "2013-01-03T06:10:00Z", "success", 300),
            (2, "2013-01-03T06:30:00Z", "success", 300),
        ]
        assert rows(history, "SELECT kind, sentence FROM action") == [("tasks_cleared", "clean and below again")]


def test_a_killed_try_is_told_with_its_reason() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 06:04")
        again = session.now + timedelta(minutes=1)
        session.take(order(TasksKilled(session.now, ((KEY, "load", "up_for_retry", again),), "load killed", 0)))
        told = "SELECT number, state, reason, ended, retry_at, held_seconds FROM attempt"
        assert rows(history, told) == [(1, "failed", "killed", "2013-01-03T06:04:00Z", "2013-01-03T06:05:00Z", 240)]
        assert rows(history, "SELECT state, retry_at FROM task_instance WHERE task = 'load'") == [
            ("up_for_retry", "2013-01-03T06:05:00Z")
        ]


def test_a_marked_task_says_so() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 06:04")
        session.take(order(TasksMarked(session.now, ((KEY, ("load",)),), "success", (), "load is well", 0)))
        assert rows(history, "SELECT state, rule FROM task_instance WHERE task = 'load'") == [("success", "marked")]
        assert rows(history, "SELECT state, reason FROM attempt WHERE task = 'load'") == [("success", "marked")]


def test_a_try_says_which_code_it_ran() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 06:04")
        session.take(order(CodeDeployed(session.now, "sales", "clean", "v2", "v2 of clean", 0)))
        session.run_until("2013-01-03 06:12")
        code = "SELECT task, code, ended FROM attempt ORDER BY task"
        assert rows(history, code) == [("clean", "v2", None), ("load", "v1", "2013-01-03T06:10:00Z")]
        session.run_until("2013-01-03 06:30")
        assert [one[1] for one in rows(history, code)] == ["v2", "v1", "v1"]


def test_runs_know_their_backfill() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 08:00")
        grid = dag().grid
        windows = [grid.parse(day) for day in ("2012-12-30", "2012-12-31")]
        asked = tuple((RunKey("sales", w.key, "backfill"), w.start, w.end) for w in windows)
        session.take(order(RunsRequested(session.now, "sales", "backfill", asked, 1, "two days of December", 0)))
        (number,) = [seq for seq, event in enumerate(session.branch.log, 1) if isinstance(event, RunsRequested)]
        session.run_until("2013-01-03 12:00")
        assert rows(history, "SELECT id, runs, max_active, sentence FROM backfill") == [
            (number, 2, 1, "two days of December")
        ]
        assert rows(history, "SELECT partition, backfill, due FROM run ORDER BY partition") == [
            ("2012-12-30", number, None),
            ("2012-12-31", number, None),
            ("2013-01-02", None, "2013-01-03T06:00:00Z"),
        ]


def test_a_sensor_is_one_try_that_holds_its_slot_now_and_then() -> None:
    made = wb.Dag("sales", schedule="0 6 * * *", start="2013-01-01")
    made.input("file", expected="06:22")
    made.task("load", sensor=wb.Sensor(on=("file",), mode="reschedule", every=timedelta(minutes=10)))
    with History.memory() as history:
        session = Session(made.spec, scenario(), history=history)
        session.run_until("2013-01-03 06:15")
        told = "SELECT number, state, queued, ended, looks, held_seconds FROM attempt"
        ((number, state, queued, ended, looks, _),) = rows(history, told)
        assert (number, state, queued, ended) == (1, "up_for_reschedule", "2013-01-03T06:00:00Z", None)
        assert looks == 2
        session.run_until("2013-01-03 12:00")
        ((number, state, queued, ended, looks, held),) = rows(history, told)
        assert (number, state, queued, looks) == (1, "success", "2013-01-03T06:00:00Z", 4)
        assert held < 600
        same(in_file(history, 1), tables(session.state))


def test_what_a_branch_followed_is_in_the_table() -> None:
    with History.memory() as history:
        session = begun(history, "2013-01-03 06:30")
        state = session.state
        run = state.known.own(KEY)
        cell = run.cells["load"]
        run.cells["load"] = cell._replace(attempts=(cell.attempts[0]._replace(followed=("clean",)),))
        with History.at(state) as there:
            found = there.query("SELECT task, followed FROM attempt WHERE followed IS NOT NULL")
        assert found == [{"task": "load", "followed": '["clean"]'}]


def test_the_view_of_actions_forgets_no_command() -> None:
    view = [sql for sql in STATEMENTS if sql.startswith("CREATE VIEW all_action ")][-1]
    assert [KINDS[kind] for kind in COMMANDS if f"'{KINDS[kind]}'" not in view] == []
