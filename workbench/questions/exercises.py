"""Exercises as data: `tutorials/notebooks/exercises/NAME.yaml`. Read safely: nothing in them is run but SELECTs.

    title: A late file, and somebody who reads early
    text: LGA comes 3 h late. At 07:00 ...          # what to do; shown above the clauses
    sample: daily_flights                           # what the exercise is done on, and the scenario of it
    scenario: late_lga                              # (optional)
    clauses:
      - says: The report of Thu 3 Jan is right at 08:00.   # a sentence that shall become true
        at: 2013-01-04 08:00                               # (optional, UTC) what was true then; else now
        sql: select rows_wrong = 0, rows from judged_live where dataset = 'pub_punctuality'
        miss: "{rows} rows were public"                    # said when it is not true; {column} is a figure of that row
        none: nothing was public                           # (optional) said when there is no row
    next: Look at why("extract").                   # (optional) what to try next; never the solution
    naive: [until 08:05]                            # lines of the grammar: a way that must miss a clause
    gold: [["wait extract for lga", until 12:00]]   # ways that must fulfil all; for the tests, never shown

The exercise of a notebook that builds its own pipeline has neither: its solution is a cell of that notebook.

The first column of the first row decides: true is what is not 0 and not NULL. The tables are those of docs/history.md,
at the instant at which the session stands, or at `at`. Texts are one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from workbench.model import InvalidInput, Problem, nearest
from workbench.timetable import parse_instant

MOST_BYTES = 64_000
_MOST_CLAUSES = 20
_KEYS = ("title", "text", "sample", "scenario", "clauses", "next", "naive", "gold")
_OF_CLAUSES = ("says", "sql", "miss", "none", "at")


@dataclass(frozen=True)
class Wanted:
    """A clause: a sentence that shall be true, and how one sees that. `at`: then (UTC); None: now."""

    says: str
    sql: str
    miss: str
    none: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Exercise:
    """What a file says. `naive`, `gold`: lines of the grammar that miss and fulfil it, for the tests only."""

    name: str
    title: str
    text: str
    clauses: tuple[Wanted, ...]
    next: str = ""
    sample: str = "daily_flights"
    scenario: str = ""
    naive: tuple[str, ...] = ()
    gold: tuple[tuple[str, ...], ...] = ()


def folder() -> Path:
    """Where the exercises lie that ship."""
    return Path(str(files("tutorials"))) / "notebooks" / "exercises"


def exercises() -> list[str]:
    """The names of those that ship."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def exercise_of(given: str | Path) -> Exercise:
    """An exercise by its name, or from a file. Raises InvalidInput with all that is wrong with it."""
    path = Path(given)
    if not path.suffix and "/" not in str(given):
        if str(given) not in exercises():
            known = ", ".join(exercises())
            raise InvalidInput([f"there is no exercise '{given}'{nearest(str(given), exercises())}: there are {known}"])
        path = folder() / f"{given}.yaml"
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInput([Problem(f"cannot be read: {error.strerror or error}", str(path))]) from None
    if len(raw) > MOST_BYTES:
        raise InvalidInput([Problem(f"is larger than an exercise may be, {MOST_BYTES // 1000} kB", str(path))])
    return exercise_from(raw, path.stem, str(path))


def exercise_from(raw: bytes, name: str, file: str = "") -> Exercise:
    """An exercise from YAML. Raises InvalidInput with all that is wrong with it."""
    found = _read(raw, file)
    problems = [f"unknown key '{key}'{nearest(str(key), _KEYS)}" for key in found if key not in _KEYS]
    problems += [f"'{key}' is missing" for key in ("title", "text", "clauses") if not found.get(key)]
    given = found.get("clauses")
    clauses: list[Any] = given if isinstance(given, list) else []
    if len(clauses) > _MOST_CLAUSES:
        problems.append(f"at most {_MOST_CLAUSES} clauses, and here are {len(clauses)}")
    wanted = [_clause(number, one, problems) for number, one in enumerate(clauses, 1)]
    if problems:
        raise InvalidInput([Problem(one, file) for one in problems])
    gold = found.get("gold") or []
    ways = [gold] if gold and isinstance(gold[0], str) else gold
    return Exercise(
        name, _text(found["title"]), _text(found["text"]), tuple(one for one in wanted if one is not None),
        _text(found.get("next")), _text(found.get("sample")) or "daily_flights", _text(found.get("scenario")),
        tuple(map(_text, found.get("naive") or [])), tuple(tuple(map(_text, way)) for way in ways),
    )  # fmt: skip


def _clause(number: int, given: Any, problems: list[str]) -> Wanted | None:
    if not isinstance(given, dict):
        problems.append(f"clause {number} is no mapping with says, sql and miss")
        return None
    wrong = [f"clause {number}: '{key}' is missing" for key in ("says", "sql", "miss") if not given.get(key)]
    wrong += [
        f"clause {number}: unknown key '{key}'{nearest(str(key), _OF_CLAUSES)}"
        for key in given
        if key not in _OF_CLAUSES
    ]
    at = None
    try:
        at = parse_instant(_text(given["at"])) if given.get("at") else None
    except ValueError as error:
        wrong.append(f"clause {number}: at: {error}")
    problems += wrong
    if wrong:
        return None
    return Wanted(_text(given["says"]), str(given["sql"]), _text(given["miss"]), _text(given.get("none")), at)


def _read(raw: bytes, file: str) -> dict[Any, Any]:
    """The mapping of a file; every value as text, list or mapping. Anchors and tags are refused."""
    from workbench.model.findings import collecting
    from workbench.model.yamltext import Node, read_documents

    nodes: list[Node] = []
    with collecting(file) as found:
        nodes = read_documents(raw, found)
    data = _plain(nodes[0]) if nodes else None
    if not isinstance(data, dict):
        raise InvalidInput([Problem("is no exercise: a mapping with title, text and clauses", file)])
    return data


def _plain(node: Any) -> Any:
    from workbench.model.yamltext import Scalar, Sequence

    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Sequence):
        return [_plain(one) for one in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}


def _text(given: Any) -> str:
    return "" if given is None else " ".join(str(given).split())
