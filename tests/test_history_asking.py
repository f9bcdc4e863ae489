"""Questions of somebody whom we do not know: they read, take only so long, and answer only so much."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_history_file import fill, kept
from workbench.history import History, HistoryError


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    path = tmp_path_factory.mktemp("asked") / "history.db"
    fill(path)
    with History.open(path, write=False) as history:
        yield history


def told(history: History, sql: str) -> str:
    with pytest.raises(HistoryError) as caught:
        history.ask(sql, seconds=5)
    return str(caught.value)


def test_a_question_is_answered(history: History) -> None:
    answer = history.ask("SELECT state, count(*) AS runs FROM run GROUP BY state")
    assert answer == (("state", "runs"), [("success", 3)], False)


def test_an_answer_is_cut_and_says_so(history: History) -> None:
    assert history.ask("SELECT seq FROM log ORDER BY seq", 2) == (("seq",), [(1,), (2,)], True)
    assert history.ask("SELECT seq FROM log WHERE seq < 3", 2).is_cut is False
    assert len(history.ask("SELECT seq FROM log", 0).rows) == 36


def test_equal_names_are_told_apart(history: History) -> None:
    assert history.ask("SELECT 1 AS x, 2 AS x, 3 AS x_2, 4 AS x").columns == ("x", "x_2", "x_2_2", "x_3")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT value FROM json_each('[1, 2]')",
        "SELECT json_extract(scenario, '$.seed') FROM recording",
        "SELECT name FROM pragma_table_info('run')",
        "PRAGMA table_info(run)",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
        "EXPLAIN QUERY PLAN SELECT * FROM run",
        "SELECT sql FROM sqlite_master",
        "VALUES (1), (2)",
        "SELECT 1 -- a word",
        "SELECT rank() OVER (ORDER BY seq) FROM log",
    ],
)
def test_what_only_reads_is_answered(history: History, sql: str) -> None:
    assert history.ask(sql).rows


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("DELETE FROM branch", "DELETE"),
        ("INSERT INTO branch VALUES (1)", "INSERT"),
        ("UPDATE recording SET name = ''", "UPDATE"),
        ("REPLACE INTO all_arrival VALUES (1, 'a', 'b', 'c', 1, 'd')", "INSERT"),
        ("WITH a AS (SELECT 1) DELETE FROM branch", "DELETE"),
        ("ATTACH 'other.db' AS other", "ATTACH or VACUUM"),
        ("DETACH main", "DETACH"),
        ("VACUUM", "ATTACH or VACUUM"),
        ("VACUUM INTO 'copy.db'", "ATTACH or VACUUM"),
        ("PRAGMA journal_mode = DELETE", "PRAGMA"),
        ("PRAGMA query_only = OFF", "PRAGMA"),
        ("SELECT load_extension('evil')", "load_extension"),
        ("BEGIN IMMEDIATE", "BEGIN, COMMIT or ROLLBACK"),
        ("SAVEPOINT s", "SAVEPOINT"),
        ("REINDEX", "REINDEX"),
        ("EXPLAIN DELETE FROM branch", "DELETE"),
    ],
)
def test_what_would_do_more_is_refused_by_name(history: History, tmp_path: Path, sql: str, what: str) -> None:
    assert told(history, sql) == f"a question may only read, and this one would use {what}; write a SELECT"


@pytest.mark.parametrize("sql", ["CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "DROP TABLE event", "ANALYZE"])
def test_what_changes_the_schema_is_refused(history: History, sql: str) -> None:
    assert "a question may only read" in told(history, sql)


def test_a_file_that_is_open_for_writing_is_safe_too() -> None:
    with History.memory() as history:
        kept(history).run_until()
        assert "would use DELETE" in told(history, "DELETE FROM branch")
        with pytest.raises(sqlite3.IntegrityError, match="events are facts"):  # and then it may do all again
            history.connection.execute("DELETE FROM event")


def test_a_question_that_takes_too_long_is_stopped(history: History) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    begun = time.monotonic()
    with pytest.raises(HistoryError, match=r"took longer than 0\.2 seconds and was stopped"):
        history.ask(endless, seconds=0.2)
    assert time.monotonic() - begun < 2
    assert history.ask("SELECT 1").rows == [(1,)]


def test_a_value_that_is_too_long_is_refused(history: History) -> None:
    assert "string or blob too big" in told(history, "SELECT zeroblob(1000000000)")


def test_what_is_misspelt_is_told_with_the_nearest_name(history: History) -> None:
    assert told(history, "SELECT * FROM runs").startswith(
        "there is no table 'runs'; did you mean 'run'? (known: action,"
    )
    assert told(history, "SELECT stat FROM run") == (
        "there is no column 'stat'; did you mean 'state'? (known: backfill, created, dag, due, ended, interval_end,"
        " interval_start, kind, n, partition, reason, started, state, version)"
    )
    assert "there is no column 'run.vrsion'; did you mean 'version'?" in told(history, "SELECT run.vrsion FROM run")
    assert 'cannot be understood: near "SELEC": syntax error' in told(history, "SELEC 1")


@pytest.mark.parametrize("sql", ["", "  ", ";", "-- nothing"])
def test_no_question_is_told(history: History, sql: str) -> None:
    assert "nothing was asked" in told(history, sql) or "asks for nothing" in told(history, sql)


def test_two_questions_and_values_to_fill_in_are_told(history: History) -> None:
    assert "one statement at a time" in told(history, "SELECT 1; SELECT 2")
    assert "bindings" in told(history, "SELECT ?")
