"""What is wrong with one check of a dataset: parameters that its kind misses, or that say nothing to it.

Every complaint is (the key that it is about, message).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from workbench.model.data_parts import CHECK_KINDS, Check
from workbench.model.findings import near, shown
from workbench.model.schema_data import CHECK

Told = Iterator[tuple[str, str]]

# What may stand behind a column of a schema check: `dep_delay:number`.
COLUMN_TYPES = ("boolean", "date", "integer", "number", "text")


class Takes(NamedTuple):
    """What a kind of check must be given, of what it needs one at least, and what it may be given besides."""

    all: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


BOUNDS = ("min", "max")
TAKES: dict[str, Takes] = {
    "rows": Takes(one=BOUNDS),
    "freshness": Takes(all=("max",)),
    "schema": Takes(all=("columns",)),
    "unique": Takes(all=("columns",)),
    "null_share": Takes(all=("columns",)),
    "distribution": Takes(all=("columns",), one=BOUNDS, also=("measure",)),
    "foreign_key": Takes(all=("columns", "to")),
    "sql": Takes(all=("sql",), one=BOUNDS),
    "complete": Takes(),
}
_SHARES = ("null_share", "foreign_key")
_EXAMPLES = {
    "columns": "columns: [carrier, flight]",
    "to": "to: planes.tailnum",
    "sql": 'sql: "SELECT count(*) FROM rows"',
    "max": "max: 24",
}
# What only some kinds take; `min` and `max` mean something to all.
_SPECIAL = ("columns", "measure", "to", "sql")


def check_check(check: Check, dataset: str, known: Collection[str]) -> Told:
    """`known`: the datasets and inputs that a foreign key may lead to."""
    who = f"check '{dataset}.{check.name}'"
    for complain in _COMPLAINTS:
        yield from complain(check, who)
    yield from _foreign(check, who, known)


def _missing(check: Check, who: str) -> Told:
    takes = TAKES[check.kind]
    for key in takes.all:
        if not _given(check, key):
            yield "kind", f"{who} of kind {check.kind} needs '{key}'; add it, for example {_EXAMPLES[key]}"
    if takes.one and not any(_given(check, key) for key in takes.one):
        keys = " or ".join(f"'{key}'" for key in takes.one)
        least = "min: 500" if check.kind == "rows" else "min: 0"
        yield "kind", f"{who} of kind {check.kind} needs {keys}, which say what is right; add one, for example {least}"


def _superfluous(check: Check, who: str) -> Told:
    takes = TAKES[check.kind]
    for key in _SPECIAL:
        if _given(check, key) and key not in takes.all + takes.also:
            kinds = [kind for kind in CHECK_KINDS if key in TAKES[kind].all + TAKES[kind].also]
            yield key, f"{who} of kind {check.kind} takes no '{key}'; it is for {_or(kinds)}"


def _bounds(check: Check, who: str) -> Told:
    if check.min is not None and check.max is not None and check.min > check.max:
        told = f"{who} has min {check.min:g} above max {check.max:g}, so it could never pass"
        yield "min", f"{told}; exchange them"
    for key in BOUNDS if check.kind in _SHARES else ():
        bound = getattr(check, key)
        if bound is not None and not 0 <= bound <= 1:
            yield key, f"{who} has {key} {bound:g}, and a share lies between 0 and 1; 5 % is 0.05"


def _columns(check: Check, who: str) -> Told:
    for name in dict.fromkeys(check.columns):
        column, colon, word = name.partition(":")
        if check.columns.count(name) > 1:
            yield f"columns.{name}", f"{who} lists column '{shown(name)}' twice; keep one"
        if colon and check.kind != "schema":
            yield f"columns.{name}", f"{who} has a type for '{shown(column)}'; only a schema check looks at types"
        elif colon and word not in COLUMN_TYPES:
            told = f"{who} gives column '{shown(column)}' the type '{shown(word)}'"
            yield f"columns.{name}", f"{told}{near(word, COLUMN_TYPES)}"
    if check.kind == "distribution" and len(check.columns) > 1:
        yield "columns", f"{who} of kind distribution looks at one column; make a check for each"


def _time(check: Check, who: str) -> Told:
    if check.when == "after" and check.severity == "block":
        told = f"{who} runs after publication, when it can only alert"
        yield "severity", f"{told}; write severity: warn, or when: before"
    if check.when != "after" and check.delay != CHECK.defaults["delay"]:
        yield "delay", f"'delay' of {who} says something only with when: after"


def _foreign(check: Check, who: str, known: Collection[str]) -> Told:
    if check.kind != "foreign_key" or not check.to:
        return
    name, dot, column = check.to.partition(".")
    if name not in known:
        yield "to", f"{who} leads to unknown '{shown(name)}'{near(name, known) or '; name a dataset or an input'}"
    elif dot and not column:
        yield "to", f"{who} leads to '{shown(check.to)}', which names no column; write to: {name}.tailnum"
    elif dot and len(check.columns) > 1:
        told = f"{who} has {len(check.columns)} columns, and leads to one, '{shown(check.to)}'"
        yield "to", f"{told}; write to: {name}, and the columns of the same names are meant"


_COMPLAINTS: tuple[Callable[[Check, str], Told], ...] = (_missing, _superfluous, _bounds, _columns, _time)


def _given(check: Check, key: str) -> bool:
    value = getattr(check, key)
    return value is not None and value != () and not (key == "measure" and value == CHECK.defaults[key])


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
