"""SQL over rows: one SELECT, run by SQLite in memory. It can read the tables that it is given, and nothing else.

- A column is there when any row has it; a row without it has NULL there. Of a table without rows nobody knows the
  columns: every name that a statement asks for is taken for one of them.
- Values stay what they are: what came from a CSV file is text, and text is greater than any number. `num(x)` is the
  number in a text, or NULL for what is none ("NA", ""). `sum` and `avg` refuse texts that are no numbers (SQLite
  itself would count them as 0), and add exactly, so that every release of SQLite finds the same sum.
  Lists and groups are JSON text; true and false are 1 and 0.
- Nothing of the outside is seen: no files, no clock (`'now'`), no chance (`random()`), so the same rows always make
  the same rows. Without an ORDER BY, rows come in the order in which SQLite finds them: that of the table, or of the
  groups; write one where several tables are joined.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import Any

from workbench.model.problems import nearest
from workbench.scenario.rows import Rows

# A statement may take this many steps of SQLite's machine (some seconds), and a value this many bytes.
MOST_STEPS, STEPS_AT_ONCE, MOST_BYTES = 50_000_000, 100_000, 1_000_000
_HIDDEN = "?"  # the column of a table of which no column is known

_FUNCTIONS = frozenset(
    """abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime dense_rank first_value floor
    format glob group_concat hex if ifnull iif instr json json_array json_array_length json_each json_extract
    json_group_array json_group_object json_insert json_object json_patch json_quote json_remove json_replace json_set
    json_type json_valid julianday lag last_value lead length like likelihood likely lower ltrim max min mod nth_value
    ntile nullif num octet_length percent_rank printf quote rank replace round row_number rtrim sign strftime
    string_agg substr substring sum time timediff trim trunc typeof unhex unicode unixepoch unlikely upper
    """.split()  # noqa: SIM905
) | {"->", "->>"}
_CLOCKS = ("date", "time", "datetime", "julianday", "strftime", "unixepoch", "timediff")
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}
_FIRST = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(\w*)", re.DOTALL)


class SqlError(ValueError):
    """What is wrong with a statement, in one line."""


def select(sql: str, tables: Mapping[str, Rows]) -> Rows:
    """The rows that one SELECT finds in these tables. Raises SqlError."""
    if _FIRST.match(sql)[1].upper() not in ("SELECT", "WITH", "VALUES"):  # type: ignore[index]
        raise SqlError("it must be one SELECT, which may begin with WITH")
    with closing(_Base(tables)) as base:
        return base.rows_of(sql)


def where(condition: str, rows: Rows) -> list[bool]:
    """For each row, whether an SQL condition on its columns holds (NULL does not). Raises SqlError."""
    found = select(f"SELECT CASE WHEN ({condition}\n) THEN 1 ELSE 0 END AS holds FROM rows", {"rows": rows})
    if len(found) != len(rows) or any(list(row) != ["holds"] for row in found):
        raise SqlError(f"'{condition}' is no condition on the columns of a row")
    return [row["holds"] == 1 for row in found]


class _Base:
    """A database in memory that holds these tables. What it cannot do raises SqlError."""

    def __init__(self, tables: Mapping[str, Rows]) -> None:
        self.columns = {name: _columns(rows) for name, rows in tables.items()}
        self.unknown = [name for name, columns in self.columns.items() if not columns]
        self.steps, self.told = 0, ""
        self.base = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        try:
            for name, rows in tables.items():
                self._fill(name, rows)
        except BaseException:
            self.close()
            raise
        self.base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        self._give_functions()

    def close(self) -> None:
        self.base.close()

    def rows_of(self, sql: str) -> Rows:
        """What it finds. Columns that a statement wants of tables without rows are made for it."""
        for _ in range(1000):
            try:
                return self._found(sql)
            except (sqlite3.Error, sqlite3.Warning) as error:
                if not self._made_room_for(str(error)):
                    raise SqlError(self._said(str(error))) from error
        raise SqlError("it asks for too many columns")

    def _found(self, sql: str) -> Rows:
        self.base.set_authorizer(self._may)
        self.base.set_progress_handler(self._goes_on, STEPS_AT_ONCE)
        try:
            cursor = self.base.execute(sql)
            names = [one[0] for one in cursor.description or ()]
            return _as_rows(names, cursor.fetchall())
        finally:
            self.base.set_authorizer(None)
            self.base.set_progress_handler(None, 0)

    def _fill(self, name: str, rows: Rows) -> None:
        columns = self.columns[name] or [_HIDDEN]
        try:
            self.base.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(map(_quoted, columns))})")
            marks = ", ".join("?" * len(columns))
            values = ([_value(row.get(column)) for column in columns] for row in rows)
            self.base.execute("BEGIN")
            self.base.executemany(f"INSERT INTO {_quoted(name)} VALUES ({marks})", values)
            self.base.execute("COMMIT")
        except (sqlite3.Error, OverflowError) as error:
            raise SqlError(f"the rows of {name} do not fit into a table: {_one_line(error)}") from error

    def _made_room_for(self, said: str) -> bool:
        """A statement asks for a column that nobody knows: a table without rows may have it."""
        match = re.fullmatch(r"no such column: (?:(.+)\.)?([^.]+)", said)
        if match is None:
            return False
        places = [name for name in self.unknown if match[2].lower() not in map(str.lower, self.columns[name])]
        named = [name for name in places if match[1] and name.lower() == match[1].lower()]
        # By an alias it could be any of them; without one, the first will do.
        for name in named or (places if match[1] else places[:1]):
            self.base.execute(f"ALTER TABLE {_quoted(name)} ADD COLUMN {_quoted(match[2])}")
            self.columns[name].append(match[2])
        return bool(places)

    # what it may do

    def _may(self, action: int, one: str | None, two: str | None, base: str | None, inner: str | None) -> int:
        if action in _READS or (action == sqlite3.SQLITE_READ and (one or "").lower() not in _SECRET):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            if two in _FUNCTIONS:
                return sqlite3.SQLITE_OK
            self.told = f"the function {two} is not allowed: the same rows must always make the same rows"
        self.told = self.told or "it may only read: one SELECT over its tables"
        return sqlite3.SQLITE_DENY

    def _goes_on(self) -> bool:
        self.steps += STEPS_AT_ONCE
        if self.steps > MOST_STEPS:
            self.told = "it was stopped, for it would take too long (a join without a condition, or an endless WITH?)"
        return self.steps > MOST_STEPS

    def _give_functions(self) -> None:
        base = self.base
        base.create_function("num", 1, number, deterministic=True)
        for name in ("sum", "avg"):
            base.create_window_function(name, 1, partial(_Adding, self, name))
        for name in _CLOCKS:
            base.create_function(name, -1, self._timed(name), deterministic=True)

    def _timed(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            """SQLite's own, but for the clock on the wall."""
            least = 2 if name in ("strftime", "timediff") else 1
            if len(given) < least or any(str(one).strip().lower() == "now" for one in given):
                self.told = f"{name}() may not ask what time it is now: give it an instant"
                raise ValueError
            marks = ", ".join("?" * len(given))
            with closing(sqlite3.connect(":memory:")) as own:
                return own.execute(f"SELECT {name}({marks})", given).fetchone()[0]

        return call

    def _said(self, said: str) -> str:
        """An error in SQLite's words, or in ours where they say more; with what there is, and what may be meant."""
        if self.told:
            return self.told
        if match := re.fullmatch(r"no such table: (.+)", said):
            return f"{said}{_hint(match[1], list(self.columns))}"
        if match := re.fullmatch(r"no such column: (?:.+\.)?([^.]+)", said):
            return f"{said}{_hint(match[1], sorted({c for one in self.columns.values() for c in one}))}"
        return _one_line(said)


_SECRET = {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}


class _Adding:
    """`sum` and `avg` over the values of a group or of a window, exactly: parts that do not overlap are kept,
    as in `math.fsum`, so that a value that leaves the window takes nothing else with it."""

    def __init__(self, base: _Base, name: str) -> None:
        self.base, self.name = base, name
        self.count, self.floats, self.whole, self.parts = 0, 0, 0, list[float]()

    def step(self, value: Any) -> None:
        self._add(value, 1)

    def inverse(self, value: Any) -> None:
        self._add(value, -1)

    def _add(self, value: Any, sign: int) -> None:
        if value is None:
            return
        one = number(value)
        if one is None:
            self.base.told = f"{self.name}() met {value!r}, which is no number: num(...) makes NULL of it"
            raise ValueError(self.base.told)
        self.count += sign
        if isinstance(one, int):
            self.whole += sign * one
        else:
            self.floats += sign
            self.parts = _added(self.parts, sign * one)

    def value(self) -> int | float | None:
        if not self.count:
            return None
        if self.name == "sum":
            return math.fsum([*self.parts, self.whole]) if self.floats else self.whole
        return math.fsum([*self.parts, self.whole]) / self.count

    finalize = value


def _added(parts: list[float], one: float) -> list[float]:
    """Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997); the recipe in Python's docs."""
    kept = []
    for part in parts:
        if abs(one) < abs(part):
            high = part + one
            low = one - (high - part)
        else:
            high = one + part
            low = part - (high - one)
        if low:
            kept.append(low)
        one = high
    return [*kept, one]


def number(value: Any) -> int | float | None:
    """The number in a text, as it would be written in SQL; None for what is none ("NA", "", null, true)."""
    if isinstance(value, int | float):
        return None if isinstance(value, bool) else value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return None
    text = value.strip()
    one = float(text) if any(sign in text for sign in ".eE") else int(text)
    return one if math.isfinite(one) and (isinstance(one, float) or abs(one) < 2**63) else None


_NUMBER = re.compile(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?", re.ASCII)


def _columns(rows: Rows) -> list[str]:
    """All columns, in the order in which they first appear. Raises SqlError for two that SQL cannot tell apart."""
    found: dict[str, str] = {}
    for row in rows:
        for name in row:
            other = found.setdefault(name.lower(), name)
            if other != name:
                raise SqlError(f"to SQL the columns '{other}' and '{name}' are one: rename one of them")
    return list(found.values())


def _value(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _as_rows(names: list[str], found: list[tuple[Any, ...]]) -> Rows:
    twice = sorted({name for name in names if names.count(name) > 1 and name != _HIDDEN})
    if twice:
        raise SqlError(f"two columns of the result are called {' and '.join(twice)}: rename one with AS")
    for row in found:
        for name, value in zip(names, row, strict=True):
            if isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)):
                raise SqlError(f"the column {name} has a value that JSON cannot hold: {value!r}")
    shown = [(place, name) for place, name in enumerate(names) if name != _HIDDEN]
    return [{name: row[place] for place, name in shown} for row in found]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _one_line(said: object) -> str:
    return " ".join(str(said).split())


def _hint(wrong: str, known: list[str]) -> str:
    return nearest(wrong.rpartition(".")[2], [name for name in known if name != _HIDDEN])
