"""What a history file holds about data: its tables at every write, and what they say of a small shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.data_cases import FRIDAY, SHOP, backfill, by_hand, commanded, judged, kept, shop
from tests.laws import law
from tests.test_history_laws import in_file, log_of, same
from workbench.engine import evolve
from workbench.engine.data_events import (
    AlertSent,
    CheckRan,
    DatasetRead,
    PointersMoved,
    VersionPublished,
    VersionWritten,
)
from workbench.engine.events import BackfillChanged
from workbench.history import TABLES, History, tables
from workbench.history.tables_data import DATA_TABLES


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with History.memory() as history:
        kept(history)
        yield history


def ask(history: History, sql: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = history.connection.execute(sql).fetchall()
    return found


# laws


@law(8)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_the_tables_are_those_of_the_state_however_often_is_written(steps: list[int]) -> None:
    """Events are written in any portions, commands among them."""
    write_in_portions(*steps)


def test_the_tables_are_those_of_the_state_after_every_single_event() -> None:
    write_in_portions(*[1] * len(whole().branch.log))


def write_in_portions(*steps: int) -> None:
    session = whole()
    log, state = session.branch.log, session.branch.state_at(0).snapshot()
    branch = wb.load(SHOP, "week").branch
    with History.memory() as history:
        recorder = history.begin(session.workspace, session.scenario, session.start)
        for most in (*steps, len(log)):
            done = len(branch.log)
            branch.adopt(log[done : done + most], session.start)
            for event in log[done : done + most]:
                evolve(state, event)
            recorder.write(branch, state)
            same(in_file(history, 1), tables(state))
        assert log_of(history, 1) == log
        assert history.query("PRAGMA foreign_key_check") == []


_WHOLE: list[Any] = []


def whole() -> Any:
    """The shop, with all that is done by hand, and a backfill that is paused, goes on and is cancelled; made once."""
    if not _WHOLE:
        session = shop()
        by_hand(session)
        asked = backfill(session, 2, 3, 4, 5)
        later = tuple((key._replace(n=2), start, end) for key, start, end in asked.runs)
        session.branch.command(asked._replace(runs=later))
        number = len(session.branch.log)
        for minutes, state in ((1, "paused"), (5, "running"), (6, "cancelled")):
            at = session.now + timedelta(minutes=minutes)
            session.branch.run(at, most=10_000)
            session.branch.command(BackfillChanged(at, number, state, f"the backfill is {state}", 0))
        commanded(session, PointersMoved(at, "withdrawn", (("pub_sales", "2013-01-02", 0),), "withdrawn", 0))
        _WHOLE.append(session)
    return _WHOLE[0]


def test_tables_at_any_cursor_are_those_of_a_history_in_memory() -> None:
    branch = whole().branch
    for position in range(0, len(branch.log), 41):
        state = branch.state_at(position)
        with History.at(state, branch.log[:position]) as history:
            same(in_file(history, 1), tables(state))


def test_versions_reads_and_alerts_are_what_the_events_say() -> None:
    """Counted one by one from the log, without a state."""
    branch = whole().branch
    found, log = tables(branch.state_at(len(branch.log))), list(enumerate(branch.log, 1))

    def column(table: str, name: str) -> list[Any]:
        return sorted(row[TABLES[table].index(name)] for row in getattr(found, table))

    kinds = {"version": VersionWritten, "check_result": CheckRan, "read": DatasetRead, "alert": AlertSent}
    for table, kind in kinds.items():
        assert column(table, "id") == [seq for seq, event in log if isinstance(event, kind)]
    published = [seq for seq, event in log if isinstance(event, VersionPublished)]
    approved = [seq for seq, event in log if isinstance(event, PointersMoved) and event.word == "approved"]
    assert column("publication", "from_seq") == sorted(published + approved)
    assert len(found.lineage) == sum(len(event.sources) for _, event in log if isinstance(event, VersionWritten))


def test_every_table_about_data_is_filled_by_this_shop() -> None:
    found = tables(whole().state)
    assert [name for name in DATA_TABLES if not getattr(found, name)] == []


# what the tables say


def test_a_day_that_a_check_blocked_goes_live_when_somebody_approves_it(history: History) -> None:
    asked = f"SELECT n, state, live_from FROM version WHERE dataset = 'stg_sales' AND partition = '{FRIDAY}'"
    assert ask(history, asked) == [(1, "live", "2013-01-06T12:00:00Z")]
    checked = "SELECT status, severity, stage, observed, version.partition FROM check_result JOIN version"
    assert ask(
        history, f"{checked} ON version.id = check_result.version WHERE status = 'fail' AND stage = 'before'"
    ) == [("fail", "block", "before", 1.0, FRIDAY)]


def test_a_retry_that_counted_twice_is_found(history: History) -> None:
    asked = "SELECT n, number, base, added, rows FROM version WHERE dataset = 'ledger' AND partition = '2013-01-03'"
    assert ask(history, f"{asked} ORDER BY n")[:2] == [(1, 1, 0, 4, 4), (2, 2, 1, 4, 8)]


def test_spans_of_publications_follow_each_other(history: History) -> None:
    asked = "SELECT n, live_from, live_to FROM publication WHERE dataset = 'ledger' AND partition = '2013-01-03'"
    spans = ask(history, f"{asked} ORDER BY from_seq")
    assert [n for n, _, _ in spans] == [1, 2, 3, 4]
    assert [until for _, _, until in spans[:-1]] == [since for _, since, _ in spans[1:]]
    assert spans[-1][2] is None


def test_who_read_what_and_whether_it_was_old(history: History) -> None:
    asked = "SELECT at, wanted, partition, n, stale FROM read WHERE consumer = 'dashboard' ORDER BY at"
    assert ask(history, asked) == [
        ("2013-01-03T08:00:00Z", "2013-01-02", "2013-01-02", 1, 0),
        ("2013-01-04T08:00:00Z", "2013-01-03", "2013-01-03", 1, 0),
        ("2013-01-05T08:00:00Z", FRIDAY, "2013-01-03", 1, 1),
        ("2013-01-06T08:00:00Z", "2013-01-05", "2013-01-05", 1, 0),
    ]


def test_lineage_names_versions_and_deliveries(history: History) -> None:
    asked = "SELECT n, source_dataset, source_n, source IS NULL FROM lineage WHERE dataset = 'stg_sales'"
    assert ask(history, f"{asked} AND partition = '2013-01-05' ORDER BY n") == [(1, "till", 1, 1), (2, "till", 2, 1)]
    assert ask(history, "SELECT n, arrived_at FROM arrival WHERE partition = '2013-01-05' ORDER BY n") == [
        (1, "2013-01-06T07:30:00Z"),
        (2, "2013-01-06T10:00:00Z"),
    ]
    joined = "SELECT DISTINCT one.dataset, two.dataset FROM lineage AS one JOIN version AS two ON two.id = one.source"
    assert ("ledger", "stg_sales") in ask(history, joined)


def test_alerts_with_their_people(history: History) -> None:
    asked = "SELECT kind, subject, recipient, answered_at FROM alert WHERE reached = 0"
    assert ask(history, asked) == [("check", "stg_sales.volume", "ben", None)]
    assert ask(history, "SELECT route, recipient FROM route ORDER BY place") == [("#data", "anna"), ("#data", "dora")]


def test_a_backfill_with_its_plan() -> None:
    with History.at(whole().state, whole().branch.log) as found:
        asked = "SELECT state, runs, done, failed, first_partition, last_partition, priority, pin FROM backfill"
        first, second = ask(found, f"{asked} ORDER BY id")
        assert first == ("done", 2, 2, 0, "2013-01-03", "2013-01-05", 2, "v2")
        assert (second[0], second[1], second[4:6]) == ("cancelled", 4, ("2013-01-02", "2013-01-05"))
        assert ask(found, "SELECT state, reason FROM run WHERE reason = 'cancelled' LIMIT 1") == [
            ("failed", "cancelled")
        ]
        assert ask(found, "SELECT place, partition, reason FROM backfill_plan ORDER BY backfill, place")[:2] == [
            (0, "2013-01-03", "a run failed"),
            (1, "2013-01-05", "a run failed"),
        ]


def test_a_backfill_of_no_run_is_done_at_once() -> None:
    with History.memory() as history:
        session = shop()
        recorder = history.begin(session.workspace, session.scenario, session.start)
        recorder.write(session.branch, session.branch.end_state())
        session.branch.command(backfill(session))
        recorder.write(session.branch, session.branch.end_state())
        assert ask(history, "SELECT state, runs, done, ended, first_partition FROM backfill") == [
            ("done", 0, 0, None, None)
        ]
        same(in_file(history, 1), tables(session.branch.end_state()))


def test_what_the_workspace_says(history: History) -> None:
    assert ask(history, "SELECT dag, owner, starts_by, environment FROM dag ORDER BY dag") == [
        ("shop", "anna", "time", "image:shop-1"),
        ("week", "cleo", "data", None),
    ]
    assert ask(history, "SELECT dataset, mode, store, dag FROM dataset ORDER BY dataset") == [
        ("board_sales", "overwrite", "warehouse", "week"),
        ("ledger", "append", "warehouse", "shop"),
        ("pub_sales", "overwrite", "object_store", "shop"),
        ("stg_sales", "overwrite", "warehouse", "shop"),
    ]
    asked = "SELECT check_name, kind, severity, stage, min, max, delay_seconds FROM dataset_check ORDER BY check_name"
    assert ask(history, asked) == [
        ("dear", "distribution", "warn", "after", None, 6.0, 60),
        ("priced", "null_share", "warn", "before", None, 0.0, None),
        ("volume", "rows", "block", "before", 2.0, 10.0, None),
    ]
    assert ask(history, "SELECT name, active, acknowledges_seconds FROM roster") == [("anna", 1, 240), ("ben", 0, 240)]


def test_an_edit_takes_away_what_is_gone() -> None:
    with History.memory() as history:
        session = shop()
        recorder = history.begin(session.workspace, session.scenario, session.start)
        recorder.write(session.branch, session.branch.end_state())
        assert ("ledger",) in ask(history, "SELECT dataset FROM dataset")
        session.edit(wb.RemoveTask("book"), dag="shop")
        session.pause("week")
        recorder.write(session.branch, session.branch.end_state())
        assert ask(history, "SELECT count(*) FROM task WHERE task = 'book'") == [(0,)]
        assert ask(history, "SELECT dag, version, paused FROM dag ORDER BY dag") == [("shop", 2, 0), ("week", 1, 1)]
        same(in_file(history, 1), tables(session.state))


# what would have been right


def test_wrong_rows_and_who_read_them() -> None:
    with History.memory() as history:
        session, recorder = kept(history)
        assert recorder.judged(session.branch) == 0
        rows = judged(session)
        recorder.judge(session.branch, rows)
        assert recorder.judged(session.branch) == rows[-1][0]
        wrong = "SELECT consumer, at, partition, n, rows_duplicated, rows_wrong FROM wrong_read ORDER BY at"
        assert ask(history, wrong) == [
            ("finance", "2013-01-04T09:00:00Z", "2013-01-03", 2, 4, 4),
            ("finance", "2013-01-05T09:00:00Z", "2013-01-03", 2, 4, 4),
        ]
        live = "SELECT partition, rows, rows_wrong FROM judged_live WHERE dataset = 'ledger' ORDER BY partition"
        assert ask(history, live) == [("2013-01-03", 16, 12), ("2013-01-05", 10, 5)]
        assert ask(history, "SELECT rows_wrong FROM judged WHERE dataset = 'stg_sales' AND n = 1 LIMIT 1") == [(0,)]


def test_the_newest_judgement_counts_and_a_read_has_that_of_its_time() -> None:
    with History.memory() as history:
        session, recorder = kept(history)
        recorder.judge(session.branch, judged(session))
        end = len(session.branch.log)
        recorder.judge(session.branch, [(end, session.now, "ledger", "2013-01-05", 2, 0, 0, 0)])
        recorder.judge(session.branch, [(end, session.now, "ledger", "2013-01-05", 1, 0, 0, 9)])
        live = "SELECT rows_wrong FROM judged_live WHERE dataset = 'ledger' AND partition = '2013-01-05'"
        assert ask(history, live) == [(0,)]
        assert ask(history, "SELECT count(*) FROM wrong_read WHERE partition = '2013-01-05'") == [(0,)]
        assert ask(history, "SELECT count(*), count(DISTINCT id) FROM judged") == ask(
            history, "SELECT count(*), count(*) FROM version"
        )


def test_a_version_that_nobody_judged_is_not_right_or_wrong(history: History) -> None:
    assert ask(history, "SELECT DISTINCT rows_wrong FROM judged") == [(None,)]
    assert ask(history, "SELECT * FROM wrong_read") == []


def test_a_new_future_takes_over_what_was_judged_before_it() -> None:
    with History.memory() as history:
        session, recorder = kept(history)
        rows = judged(session)
        recorder.judge(session.branch, rows)
        session.seek("2013-01-05 10:00")
        session.set_workers(3)
        recorder.write(session.branch, session.branch.end_state())
        assert session.branch.name == "B"
        before = [row[0] for row in rows if row[0] <= session.branch.shared]
        assert 0 < len(before) < len(rows)
        assert ask(history, "SELECT seq FROM all_judgement WHERE branch = 2 ORDER BY seq") == [(seq,) for seq in before]
        assert ask(history, "SELECT count(*) FROM wrong_read") == [(2,)]
        assert ask(history, "SELECT future, count(*) FROM future_wrong_read GROUP BY future") == [("A", 2), ("B", 2)]


def test_an_export_carries_data_and_judgements(tmp_path: Path) -> None:
    with History.open(tmp_path / "all.db") as history:
        session, recorder = kept(history)
        recorder.judge(session.branch, judged(session))
        history.export(1, tmp_path / "one.db")
        with History.open(tmp_path / "one.db", write=False) as one, History.memory() as third:
            third.adopt(one)
            for name in (*DATA_TABLES, "judgement", "wrong_read", "backfill_plan", "arrival"):
                mine = sorted(map(repr, ask(history, f"SELECT * FROM {name}")))
                assert mine
                assert mine == sorted(map(repr, ask(one, f"SELECT * FROM {name}")))
                assert mine == sorted(map(repr, ask(third, f"SELECT * FROM {name}")))


def test_what_is_judged_is_kept_whole_or_not_at_all() -> None:
    with History.memory() as history:
        session, recorder = kept(history)
        rows = judged(session)
        with pytest.raises(wb.InvalidInput):
            recorder.judge(session.branch, [*rows, (*rows[0][:5], None, 0, 0)])  # type: ignore[list-item]
        assert ask(history, "SELECT count(*) FROM judgement") == [(0,)]


def test_a_workspace_without_datasets_writes_no_rows_about_data() -> None:
    with History.memory() as history:
        session = wb.load(Path(wb.__file__).parent.parent / "tutorials/pipelines/spring_forward.yaml")
        session.run_until()
        history.begin(session.workspace, session.scenario, session.start).write(session.branch, session.state)
        filled = [name for name in DATA_TABLES if ask(history, f"SELECT 1 FROM {name} LIMIT 1")]
        assert filled == ["dag", "task"]
