"""Verbs about what is in the files that come, and what becomes of what tasks write: lines -> faults on data.

A day, or a range of days, says which files are meant; `onward` means every file from that day on. A bare clock time is
on the day on which the run that owns the file's day is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.ordering import Order, Target, target_of
from workbench.ordering.data import dataset_named, spec_of
from workbench.ordering.here import refuse
from workbench.ordering.targets import span_of
from workbench.verbs.faults import Data, Orders, about_input, days_of, home_of_input, of_task, ordered, time_on
from workbench.verbs.grammar import Command

if TYPE_CHECKING:
    from workbench.session import Session


def _names(texts: list[str]) -> list[str]:
    """`a b` and `a,b` are the same."""
    return [name for text in texts for name in text.split(",") if name]


def _pairs(texts: list[str]) -> dict[str, str]:
    return {old: new for old, _, new in (one.partition(":") for one in _names(texts))}


# Words of verbs that are not called like the field of the fault, and fields that are more than one text.
_FIELDS = {"COLUMN": "column", "FACTOR": "factor", "VALUE": "value", "SHARE": "share"}
_READ: dict[str, Callable[[list[str]], Any]] = {"drop": _names, "fixed_by": _names, "rename": _pairs}


def _values(command: Command, words: tuple[str, ...]) -> Data:
    """What was said, by the names of the fault's fields."""
    said = {word: command.all(word) for word in words if word in command}
    return {_FIELDS.get(word, word): _READ[word](one) if word in _READ else one[0] for word, one in said.items()}


def of_each_day(key: str, *words: str) -> Orders:
    """The maker of orders for a fault on single files, one for each day."""

    def made(session: Session, command: Command) -> Order:
        target, values = target_of(command.one("INPUTS")), _values(command, words)
        spec = home_of_input(session, target.name)
        every = [
            {"input": target.name, "partition": day, **values, **_time(session, command, spec, day)}
            for day in days_of(spec, target)
        ]
        return ordered(session, key, every)

    return about_input(made)


def from_day(key: str, *words: str, one: bool = True) -> Orders:
    """The maker of orders for a fault that may hold for many files: of a day, a range, or all from a day on. `one`: a
    single day is written as a `partition`."""

    def made(session: Session, command: Command) -> Order:
        target, values = target_of(command.one("INPUTS")), _values(command, words)
        spec, onward = home_of_input(session, target.name), "onward" in command
        where = _where(session, target, onward, one)
        values |= _time(session, command, spec, where.get("last") or target.first)
        return ordered(session, key, [{"input": target.name, **where, **values}])

    return about_input(made)


def _where(session: Session, target: Target, onward: bool, one: bool) -> Data:
    spec = home_of_input(session, target.name)
    if onward and target.first != target.last:
        raise refuse(f"{target} has a last day already; with onward write {target.name}@{target.first}")
    first, last = (window.key for window in span_of(spec, target))
    if onward:
        return {"first": first}
    return {"partition": first} if one and first == last else {"first": first, "last": last}


def _time(session: Session, command: Command, spec: Any, day: str) -> Data:
    """`until` and `at`: when a file comes again."""
    return {word: time_on(spec, day, command.one(word), session) for word in ("until", "at") if word in command}


def some_of(words: tuple[str, ...], told: str, then: Orders, most: int = 3) -> Orders:
    """Refuses a line with none of these words, or with more than `most` of them."""

    def made(session: Session, command: Command) -> Order:
        if not 1 <= sum(word in command for word in words) <= most:
            raise refuse(told)
        return then(session, command)

    return made


def one_of(words: tuple[str, ...], told: str, then: Orders) -> Orders:
    return some_of(words, told, then, most=1)


def partial(session: Session, command: Command) -> Order:
    target, known = target_of(command.one("WRITTEN")), session.state.known
    spec = spec_of(known, dataset_named(known, target.name))
    every = [{"dataset": target.name, "partition": day, "share": command.one("SHARE")} for day in days_of(spec, target)]
    return ordered(session, "partial", every)


_HOW_MUCH = "truncate needs what is left, as a share or as rows: truncate jfk@2013-01-05 share 60%"
_WHAT_BECOMES = "correct needs a factor or a value: correct jfk@2013-01-05 arr_delay factor 1.5 at 10:00"
_WHAT_DRIFTS = "drift needs what changes, insert, drop or rename: drift jfk@2013-01-05 insert dep_delay"

_TRUNCATE = one_of(("share", "rows"), _HOW_MUCH, of_each_day("truncated", "share", "rows"))
_CORRECT = one_of(("factor", "value"), _WHAT_BECOMES, of_each_day("correction", "COLUMN", "factor", "value", "row"))
_COLUMNS = ("insert", "drop", "rename")
_DRIFT = some_of(_COLUMNS, _WHAT_DRIFTS, from_day("schema_drift", *_COLUMNS))

# name, pattern, help, example, orders, answers, aliases
ROWS = (
    ("empty", "INPUTS [until TIME]", "The file comes with a header and no rows; with until, the right one then.",
     "empty jfk@2013-01-05 until 08:40", of_each_day("empty")),
    ("truncate", "INPUTS [share SHARE] [rows N] [until TIME]", "Only the first rows are in the file.",
     "truncate jfk@2013-01-05 share 60%", _TRUNCATE, None, ("truncated",)),
    ("double", "INPUTS [times N] [until TIME]", "All rows are in the file twice, or so many times.",
     "double jfk@2013-01-05", of_each_day("doubled", "times"), None, ("doubled",)),
    ("poison", "INPUTS COLUMN VALUE [row N] [until TIME]", "One row, the first unless said, holds this value.",
     "poison jfk@2013-01-05 sched_dep_time 2461 row 7", of_each_day("poison", "COLUMN", "VALUE", "row")),
    ("unit", "INPUTS COLUMN FACTOR [onward] [until TIME]",
     "The numbers of a column come in another unit: times a factor. onward: in all files from that day on.",
     "unit jfk@2013-01-05 arr_delay 60 onward", from_day("unit_drift", "COLUMN", "FACTOR"), None, ("unit_drift",)),
    ("drift", "INPUTS [insert COLUMN] [drop COLUMN...] [rename RENAMED...] [onward] [until TIME]",
     "The columns are others: a new one stands before another, some are gone or have new names.",
     "drift jfk@2013-01-05 insert dep_delay onward",
     _DRIFT, None, ("schema_drift",)),
    ("late rows", "INPUTS SHARE [later SPAN] [onward]",
     "A share of the rows is not there; the whole file comes later (26h unless said).",
     "late rows jfk@2013-01-05 3% later 4h", from_day("late_rows", "SHARE", "later"), None, ("late_rows",)),
    ("correct", "INPUTS COLUMN [factor FACTOR] [value VALUE] [row N] at TIME",
     "The vendor sends the file again, with other rows: a column times a factor, or set to a value.",
     "correct jfk@2013-01-05 arr_delay factor 1.5 at 10:00",
     _CORRECT, None, ("correction",)),
    ("move", "INPUTS [onward] [task STEP] [fixed_by VERSION...] [until TIME]",
     "The vendor writes to another place, and no rows are found, until a version of a task looks there.",
     "move jfk@2013-01-05 onward task clean fixed_by v2",
     from_day("moved", "task", "fixed_by", one=False), None, ("moved",)),
    ("crash", "TASKS [tries N]", "Tries do their work and write, and crash at their end; the first one, unless said.",
     "crash publish@2013-01-05", of_task("crash_after_write", "tries"), None, ("crash_after_write",)),
    ("partial", "WRITTEN SHARE", "Who reads a dataset while it is being written finds the first rows of it only.",
     "partial stg_flights@2013-01-05 60%", partial),
)  # fmt: skip
