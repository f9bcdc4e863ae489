"""Laws of the history: the tables in the file are tables(state) at every write; what is read back is what was
written; and both agree with what can be read off the events one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.acts import act
from tests.laws.worlds import Story, Taste, stories
from workbench.branch import Branch
from workbench.engine import Event, State, begin, evolve
from workbench.engine.events import AttemptEnded, AttemptStarted, DagEdited
from workbench.history import TABLES, History, HistoryError, Predicted, Recorder, Tables, tables
from workbench.history.codec import COLUMNS, Decoder
from workbench.history.recorder import Judgement
from workbench.model import Workspace
from workbench.scenario import Scenario
from workbench.session import Session
from workbench.timetable import format_instant


def in_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def in_file(history: History, branch: int) -> Tables:
    """The rows of a branch, as `tables` names them."""
    found = []
    for table, columns in TABLES.items():
        sql = f"SELECT {', '.join(columns)} FROM all_{table} WHERE branch = ?"
        found.append(history.connection.execute(sql, (branch,)).fetchall())
    return Tables(*found)


def same(found: Tables, wanted: Tables) -> None:
    for table, mine, theirs in zip(TABLES, found, wanted, strict=True):
        assert in_order(mine) == in_order(theirs), table


def log_of(history: History, branch: int) -> list[Event]:
    """The whole log of a branch, by the view `all_log`."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM all_log WHERE branch = ? ORDER BY seq"
    decoder = Decoder("")
    return [decoder.event(row) for row in history.connection.execute(sql, (branch,))]


def folded(workspace: Workspace, scenario: Scenario, start: datetime, log: Iterable[Event]) -> State:
    state = begin(workspace, start, scenario.seed)
    for event in log:
        evolve(state, event)
    return state


VERBS = ("step", "event", "back", "seek", "between", "run", "inject", "edit", "edit", "edit", "fork")


class Checked:
    """A recorder whose file is looked at after every write."""

    def __init__(self, history: History, recorder: Recorder) -> None:
        self.history, self.recorder, self.writes = history, recorder, 0
        self.recording: int | None = recorder.recording
        self.rows: dict[str, list[Judgement]] = {}

    def write(self, branch: Branch, state: State) -> None:
        try:
            self.recorder.write(branch, state)
        except HistoryError as error:
            raise AssertionError(str(error)) from error
        self.writes += 1
        own = self.recorder.ids[branch.name]
        same(in_file(self.history, own), tables(branch.state_at(len(branch.log))))
        assert log_of(self.history, own) == branch.log
        now = self.history.query("SELECT id, horizon FROM branch WHERE is_current = 1")
        assert now == [{"id": own, "horizon": format_instant(branch.horizon)}]

    def judge(self, branch: Branch, rows: Sequence[Judgement]) -> None:
        self.recorder.judge(branch, rows)
        self.rows.setdefault(branch.name, []).extend(rows)
        asked = (
            "SELECT seq, at, dataset, partition, n, rows_missing, rows_duplicated, rows_different FROM all_judgement"
        )
        found = self.history.connection.execute(
            f"{asked} WHERE branch = ?", (self.recorder.ids[branch.name],)
        ).fetchall()
        mine = [(seq, format_instant(at), *rest) for seq, at, *rest in self.rows[branch.name]]
        assert in_order(row for row in found if row[0] > branch.shared) == in_order(mine)

    def predict(self, some: Sequence[Predicted]) -> None:
        self.recorder.predict(some)

    def judged(self, branch: Branch) -> int:
        return self.recorder.judged(branch)


class Checking:
    """What a session keeps its recordings with."""

    def __init__(self, history: History) -> None:
        self.history = history

    def begin(self, workspace: Workspace, scenario: Scenario, start: datetime) -> Checked:
        return Checked(self.history, self.history.begin(workspace, scenario, start))


def live(story: Story, data: st.DataObject, history: History) -> Session:
    """A session in which somebody does a few things, kept in a history that is checked."""
    session = Session(story.workspace, story.scenario, history=Checking(history))
    for _ in range(data.draw(st.integers(1, 8))):
        session = act(data.draw, session, *VERBS)
    session.run_until(max(session.now, session.end))
    return session


@law(80)
@given(stories(), st.data())
def test_the_file_holds_the_tables_of_the_state_at_every_write(story: Story, data: st.DataObject) -> None:
    with History.memory() as history:
        live(story, data, history)
        assert history.query("PRAGMA foreign_key_check") == []


@law(80)
@given(stories(Taste(functions=True)), st.data())
def test_what_is_read_back_is_what_was_written(story: Story, data: st.DataObject) -> None:
    with History.memory() as history:
        session = live(story, data, history)
        if not history.recordings():  # where nothing happens there is nothing to keep
            assert not any(branch.log for branch in session.branches.values())
            return
        loaded = history.load()
        assert (loaded.workspace, loaded.scenario, loaded.start) == (story.workspace, story.scenario, session.start)
        assert loaded.current == session.branch.name
        logs: dict[str | None, list[Event]] = {None: []}
        for saved in loaded.branches:
            branch = session.branches[saved.name]
            logs[saved.name] = logs[saved.parent][: saved.shared] + saved.events
            assert logs[saved.name] == branch.log
            assert list(map(type, logs[saved.name])) == list(map(type, branch.log))
            assert (saved.horizon, saved.shared) == (branch.horizon, branch.shared)
            state = folded(loaded.workspace, loaded.scenario, loaded.start, logs[saved.name])
            same(tables(state), tables(branch.state_at(len(branch.log))))


@law(40)
@given(stories(), st.integers(1, 40))
def test_how_often_is_written_makes_no_difference(story: Story, most: int) -> None:
    session = story.session()
    branch = session.branch
    with History.memory() as often, History.memory() as once:
        recorder = often.begin(story.workspace, story.scenario, story.start)
        while branch.run(story.until, most):
            recorder.write(branch, branch.end_state())
        recorder.write(branch, branch.end_state())
        once.begin(story.workspace, story.scenario, story.start).write(branch, branch.end_state())
        same(in_file(often, 1), in_file(once, 1))
        assert log_of(often, 1) == log_of(once, 1) == branch.log


@law(40)
@given(stories())
def test_tables_at_any_cursor_are_those_of_a_history_in_memory(story: Story) -> None:
    branch = story.played().branch
    middle = len(branch.log) // 2
    state = branch.state_at(middle)
    with History.at(state, branch.log[:middle]) as history:
        same(in_file(history, 1), tables(state))
        assert log_of(history, 1) == branch.log[:middle]


@law(40)
@given(stories())
def test_attempts_are_what_the_events_say(story: Story) -> None:
    """Without edits, each try is a pair of events."""
    branch = story.played().branch
    assert DagEdited not in map(type, branch.log)
    ended = {(e.run, e.task, e.number): e for e in branch.log if isinstance(e, AttemptEnded)}
    wanted = []
    for event in branch.log:
        if isinstance(event, AttemptStarted):
            end = ended.get((event.run, event.task, event.number))
            state = "running" if end is None else end.state if end.state in ("success", "skipped") else "failed"
            told = ("", None) if end is None else (end.message, format_instant(end.at))
            wanted.append((*event.run, event.task, event.number, state, format_instant(event.at), *told))
    columns = [TABLES["attempt"].index(name) for name in ("started", "message", "ended")]
    found = [(*row[:7], *(row[i] for i in columns)) for row in tables(branch.state_at(len(branch.log))).attempt]
    assert in_order(found) == in_order(wanted)
