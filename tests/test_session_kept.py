"""Sessions that are kept in a file, opened again and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from tests.samples import late_jfk, session
from tests.test_session import HELLO, refused
from workbench.keeping import Keeper, reopen
from workbench.session import Session

# kept in a file


def story_in_pieces(s: Session, again: Callable[[Session], Session]) -> Session:
    """Run, change one thing in the past, go on; `again` may close and reopen between."""
    s.run_until("2013-01-04T08:05Z")
    s = again(s)
    s.back("05:55")
    s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
    s.run_until("07:00")
    s = again(s)
    s.inject(wb.Flaky("clean", "2013-01-03", 1))
    s = again(s)
    s.run_until("2013-01-05T09:00Z")
    return again(s)


def test_closing_and_going_on_gives_the_same_futures(tmp_path: Path) -> None:
    def closed_and_reopened(_: Session) -> Session:
        keeper.append(Keeper.open(tmp_path / "history.db"))
        keeper[-2].close()
        return reopen(keeper[-1])

    keeper = [Keeper.open(tmp_path / "history.db")]
    made = story_in_pieces(wb.sample("daily_flights", "late_jfk", history=keeper[0]), closed_and_reopened)
    never_closed = story_in_pieces(late_jfk(), lambda s: s)
    assert list(made.branches) == ["A", "B"]
    for name, branch in never_closed.branches.items():
        assert made.branches[name].log == branch.log
        assert made.branches[name].horizon == branch.horizon
    assert (made.now, made.branch.name, made.position) == (
        never_closed.now,
        never_closed.branch.name,
        never_closed.position,
    )
    assert str(made.why("publish@2013-01-03")) == str(never_closed.why("publish@2013-01-03"))
    assert made.compare("A") == never_closed.compare("A")
    keeper[-1].close()


def test_two_futures_in_one_file(tmp_path: Path) -> None:
    with Keeper.open(tmp_path / "history.db") as keeper:
        story_in_pieces(wb.sample("daily_flights", "late_jfk", history=keeper), lambda s: s)
        rows = keeper.history.query(
            "SELECT branch.name, since, rows FROM all_task_instance AS t JOIN branch ON branch.id = t.branch"
            " JOIN all_attempt USING (branch, dag, partition, kind, n, task)"
            " WHERE task = 'publish' AND partition = '2013-01-03' ORDER BY branch.name"
        )
        assert [tuple(row.values()) for row in rows] == [
            ("A", "2013-01-04T06:15:00Z", 596),
            ("B", "2013-01-04T07:58:00Z", 914),
        ]


def counting_dag() -> tuple[wb.Dag, list[int]]:
    calls: list[int] = []
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")

    @dag.task
    def load(ctx: Any) -> list[dict[str, int]]:
        calls.append(ctx.start.day)
        return [{"day": ctx.start.day}] * ctx.start.day

    @dag.task
    def double(load: list[dict[str, int]]) -> list[dict[str, int]]:
        return load + load

    return dag, calls


def test_python_functions_are_given_again_on_reopening(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    dag, _ = counting_dag()
    with Keeper.open(path) as keeper:
        s = Session(dag, history=keeper)
        s.run_until("2013-01-03T12:00Z")
        s.back("2013-01-03T05:00Z")
        s.edit(wb.SetTask("double", {"takes": timedelta(minutes=2)}))
        s.run_until("2013-01-03T12:00Z")
    again, calls = counting_dag()
    with Keeper.open(path) as keeper:
        s = reopen(keeper, workspace=again)
        assert calls == []
        s.run_until("2013-01-04T12:00Z")
        assert calls == [3]
        assert s.why("double").headline == "double ended 06:03, well. It wrote 6 rows."


def test_rows_of_before_are_made_again_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with Keeper.open(path) as keeper:
        dag, _ = counting_dag()
        Session(dag, history=keeper).run_until("2013-01-02T06:00:30Z")
    with Keeper.open(path) as keeper:
        dag, calls = counting_dag()
        s = reopen(keeper, workspace=dag)
        s.run_until("2013-01-02T07:00Z")
        assert calls == [1]
        assert s.why("double").headline == "double ended 06:02, well. It wrote 2 rows."


def test_reopen_says_which_recordings_there_are(tmp_path: Path) -> None:
    with Keeper.open(tmp_path / "history.db") as keeper:
        assert refused(lambda: reopen(keeper)).endswith("holds no recording yet")
        session_with(keeper).run_until("06:00")
        assert refused(lambda: reopen(keeper, 7)).endswith("has no recording 7 (known: 1)")


def session_with(keeper: Keeper) -> Session:
    s = session(HELLO)
    return Session(s.workspace, s.scenario, history=keeper)


def test_a_recording_whose_functions_were_made_in_python_wants_them_again(tmp_path: Path) -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")

    @dag.task
    def load() -> list[dict[str, int]]:
        return [{"n": 1}]

    path = tmp_path / "history.db"
    with wb.keep(path) as history:
        wb.Session(dag, history=history).run_until("2013-01-02 07:00")
    with wb.keep(path) as history:
        with pytest.raises(wb.InvalidInput, match=r"task 'd\.load' had a function made in Python: give it again"):
            wb.reopen(history)
        again = wb.reopen(history, workspace=dag)
        again.run_until("2013-01-03 07:00")
        assert "wrote 1 row" in again.why("load@2013-01-02").headline
