"""What each kind of check observes: pure functions of rows and of a few facts, in one table.

Numbers are exact: they are read as decimals and compared as fractions, so that 0.1 + 0.2 is 0.3, and a sum does not
depend on the order of rows. Empty is what is null, "" or "NA". A check that cannot be asked (there is no such column,
its SQL is wrong, no rows are known) raises Unasked with the reason. A version without rows has nothing that repeats,
is empty or is an orphan, and no columns that could be wrong; it has no mean.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from workbench.model import Check, nearest
from workbench.scenario.rows import Rows
from workbench.scenario.sqlrows import SqlError, select
from workbench.timetable import spoken_duration

HOUR = timedelta(hours=1)


class Unasked(Exception):
    """Why a check could not look, in words."""


class Found(NamedTuple):
    """What was observed, and what to say of it: `stg_flights of Sat 5 Jan` `has 0 rows`."""

    value: Fraction
    has: str


class Part(NamedTuple):
    """One thing that a version was to be made of, in words, and whether it was. `before`: it is from before the
    simulation, and nobody has rows of it."""

    said: str
    there: bool
    before: bool = False


@dataclass(frozen=True)
class Facts:
    """What a check may know besides the rows of its version. `table`: the rows that are live under a name (raises
    Unasked). `age`: of the newest of what it was made of. `parts`: what it was to be made of. `count`: how many rows
    there are, where they are not carried."""

    count: int | None
    table: Callable[[str], Rows]
    age: timedelta | None = None
    parts: tuple[Part, ...] = ()


Observe = Callable[[Rows, Check, Facts], Found]


class Kind(NamedTuple):
    """How one kind looks. `bounds`: those that hold where a check gives none. `values`: it looks into the rows.
    `unit`: how numbers of it are said."""

    observe: Observe
    bounds: tuple[int | None, int | None] = (None, None)
    values: bool = True
    unit: str = ""


# one function for each kind


def _rows(rows: Rows, check: Check, facts: Facts) -> Found:
    if facts.count is None:
        raise Unasked("no rows are known of it")
    return Found(Fraction(facts.count), f"has {_counted(facts.count, 'row')}")


def _freshness(rows: Rows, check: Check, facts: Facts) -> Found:
    if facts.age is None:
        raise Unasked("nothing is known of when that came which it was made of")
    age = spoken_duration(facts.age) if facts.age else "0 min"
    return Found(Fraction(int(facts.age.total_seconds()), 3600), f"is made of what came {age} ago or earlier")


def _schema(rows: Rows, check: Check, facts: Facts) -> Found:
    wanted = dict(_typed(text) for text in check.columns)
    if not wanted:
        raise Unasked("it names no columns")
    has = Counter(name for row in rows for name in row)
    lacks = [_lacking(name, has[name], len(rows)) for name in wanted if has[name] < len(rows)]
    extra = sorted(name for name in has if name not in wanted)
    wrong = [one for name, word in wanted.items() if word and (one := _not_of(rows, name, word))]
    count = len(lacks) + len(extra) + len(wrong)
    told = [f"it lacks {_listed(lacks)}"] if lacks else []
    told += [f"it has {_listed(extra)} besides"] if extra else []
    shown = f": {_listed([*told, *wrong])}" if count else ""
    return Found(Fraction(count), f"has {_counted(count, 'column')} not as the schema says{shown}")


def _lacking(name: str, has: int, rows: int) -> str:
    return f"{name} in {rows - has:,} of {_counted(rows, 'row')}" if has else name


def _unique(rows: Rows, check: Check, facts: Facts) -> Found:
    columns = _columns(rows, check)
    seen = Counter(_key(row, columns) for row in rows)
    count = len(rows) - len(seen)
    what = f"the {_listed(columns)}" if check.columns else "all columns"
    verb = "repeats" if count == 1 else "repeat"
    first = next((row for row in rows if seen[_key(row, columns)] > 1), None)
    example = f" ({' '.join(str(first.get(name)) for name in columns)})" if first is not None and check.columns else ""
    return Found(Fraction(count), f"has {_counted(count, 'row')} that {verb} {what} of another{example}")


def _null_share(rows: Rows, check: Check, facts: Facts) -> Found:
    columns = _columns(rows, check)
    count = sum(any(is_empty(row.get(name)) for name in columns) for row in rows)
    return Found(_share(count, len(rows)), f"has {_of(count, len(rows))} without {_listed(columns, 'or')}")


def _distribution(rows: Rows, check: Check, facts: Facts) -> Found:
    if len(check.columns) != 1:
        raise Unasked("it must name one column")
    (column,) = _columns(rows, check)
    numbers = [_number(column, row.get(column)) for row in rows if not is_empty(row.get(column))]
    value = _MEASURES[check.measure](numbers) if numbers or check.measure == "sum" else None
    if value is None:
        few = "is only one number" if numbers else "are no numbers"
        raise Unasked(f"there {few} in {column}")
    article = "a" if check.measure in ("mean", "sum", "stddev") else "the"
    return Found(value, f"has {article} {_MEASURED[check.measure]} {column} of {_beside(value, check)}")


def _foreign_key(rows: Rows, check: Check, facts: Facts) -> Found:
    name, _, column = (check.to or "").partition(".")
    columns = _columns(rows, check)
    theirs = (column,) if column else columns
    if not name or len(columns) != len(theirs) or not check.columns:
        raise Unasked("it must name columns, and as many of another dataset: `to: planes.tailnum`")
    there = facts.table(name)
    _need_columns(there, theirs, name)
    keys = {_meant(row, theirs) for row in there}
    asked = [row for row in rows if not any(is_empty(row.get(one)) for one in columns)]
    orphans = [row for row in asked if _meant(row, columns) not in keys]
    shown = f" ({' '.join(str(orphans[0][one]) for one in columns)})" if orphans else ""
    told = f"has {_of(len(orphans), len(rows))} whose {_listed(columns)} {name} does not have{shown}"
    return Found(_share(len(orphans), len(rows)), told)


def _sql(rows: Rows, check: Check, facts: Facts) -> Found:
    if not check.sql:
        raise Unasked("it has no SQL")
    try:
        found = select(check.sql, {"rows": rows, **_tables_in(check.sql, facts)})
    except SqlError as error:
        raise Unasked(f"its SQL is wrong: {error}") from error
    if len(found) != 1 or len(found[0]) != 1:
        shape = f"{_counted(len(found), 'row')} of {_counted(len(found[0]), 'column')}" if found else "no row"
        raise Unasked(f"its SQL must answer one number, and answered {shape}")
    (answer,) = found[0].values()
    value = as_number(answer)
    if value is None:
        raise Unasked(f"its SQL must answer one number, and answered {answer!r}")
    return Found(value, f"answers {said(value)} to {check.name}")


def _tables_in(sql: str, facts: Facts) -> Mapping[str, Rows]:
    """The tables besides `rows` that a statement seems to name: those that are there."""
    found = {}
    for name in dict.fromkeys(re.findall(r"[A-Za-z_][\w-]*", sql)):
        if name != "rows":
            try:
                found[name] = facts.table(name)
            except Unasked:
                continue
    return found


def _complete(rows: Rows, check: Check, facts: Facts) -> Found:
    if not facts.parts:
        raise Unasked("nothing is known of what it was to be made of")
    missing = [one for one in facts.parts if not one.there]
    shown = f" ({_listed(_shortened([one.said for one in missing]))})" if missing else ""
    whole = f"the {_counted(len(facts.parts), 'part')} that it was to be made of"
    before = _from_before(sum(one.before for one in missing))
    return Found(Fraction(len(missing)), f"lacks {len(missing):,} of {whole}{shown}{before}")


def _from_before(count: int) -> str:
    verb, them = ("is", "it") if count == 1 else ("are", "them")
    return f"; {count:,} of them {verb} from before the simulation, which has no rows of {them}" if count else ""


KINDS: dict[str, Kind] = {
    "rows": Kind(_rows, (1, None), values=False),
    "freshness": Kind(_freshness, values=False, unit=" h"),
    "schema": Kind(_schema, (None, 0)),
    "unique": Kind(_unique, (None, 0)),
    "null_share": Kind(_null_share, (None, 0), unit=" %"),
    "distribution": Kind(_distribution),
    "foreign_key": Kind(_foreign_key, (None, 0), unit=" %"),
    "sql": Kind(_sql),
    "complete": Kind(_complete, (None, 0), values=False),
}


# values


def is_empty(value: Any) -> bool:
    """Is there nothing: null, "" or "NA"?"""
    return value is None or (isinstance(value, str) and value.strip() in ("", "NA"))


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def as_number(value: Any) -> Fraction | None:
    """The number that a value is, or that its text says; true is 1. None: it is none."""
    text = str(int(value)) if isinstance(value, bool) else str(value).strip()
    is_one = isinstance(value, str | int | float) and len(text) < 1000 and _NUMBER.fullmatch(text)
    return Fraction(text) if is_one else None


def _number(column: str, value: Any) -> Fraction:
    found = as_number(value)
    if found is None:
        raise Unasked(f"{column} holds {_short(value)}, which is no number")
    return found


def _mean(numbers: list[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def _stddev(numbers: list[Fraction]) -> Fraction | None:
    """Of a sample (n - 1), as in SQL databases; to 28 digits."""
    if len(numbers) < 2:
        return None
    mean = _mean(numbers)
    variance = sum(((one - mean) ** 2 for one in numbers), Fraction(0)) / (len(numbers) - 1)
    exact = Context(prec=28)
    root = exact.sqrt(exact.divide(Decimal(variance.numerator), Decimal(variance.denominator)))
    return Fraction(root)


_MEASURES: dict[str, Callable[[list[Fraction]], Fraction | None]] = {
    "mean": _mean,
    "sum": lambda numbers: sum(numbers, Fraction(0)),
    "min": min,
    "max": max,
    "stddev": _stddev,
}
_MEASURED = {"mean": "mean", "sum": "sum of", "min": "least", "max": "greatest", "stddev": "standard deviation of"}


# types of columns


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value.strip()[:10]))
    except ValueError:
        return False


def _is_integer(value: Any) -> bool:
    found = as_number(value)
    return found is not None and found.denominator == 1


# Text that says a number is one: what comes from CSV files is text.
TYPES: dict[str, Callable[[Any], bool]] = {
    "number": lambda value: not isinstance(value, bool) and as_number(value) is not None,
    "integer": lambda value: not isinstance(value, bool) and _is_integer(value),
    "text": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool) or str(value).strip().lower() in ("true", "false"),
    "date": _is_date,
}


def _typed(text: str) -> tuple[str, str]:
    """`dep_delay:number` -> (dep_delay, number); no word: of any type."""
    name, _, word = text.partition(":")
    if word and word.strip() not in TYPES:
        raise Unasked(f"'{word.strip()}' is no type of columns{nearest(word, TYPES)}")
    return name.strip(), word.strip()


def _not_of(rows: Rows, name: str, word: str) -> str:
    """What a column holds that is not of its type; "" when nothing is."""
    wrong = [value for row in rows if not is_empty(value := row.get(name)) and not TYPES[word](value)]
    if not wrong:
        return ""
    return f"{name} is no {word} in {_counted(len(wrong), 'row')} ({_short(wrong[0])})"


# columns and keys


def _columns(rows: Rows, check: Check) -> tuple[str, ...]:
    """The columns that a check looks at: those that it names, else all. Raises Unasked when one is not there."""
    named = tuple(text.partition(":")[0].strip() for text in check.columns)
    if not named and check.kind != "unique":
        raise Unasked("it names no column")
    _need_columns(rows, named, "")
    return named or tuple(dict.fromkeys(name for row in rows for name in row))


def _need_columns(rows: Rows, named: Iterable[str], of: str) -> None:
    there = dict.fromkeys(name for row in rows for name in row)
    for name in named:
        if rows and name not in there:
            where = f" in {of}" if of else ""
            raise Unasked(f"there is no column '{name}'{where}{nearest(name, there)}".rstrip("."))


def _key(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    return json.dumps([row.get(name) for name in columns], sort_keys=True, ensure_ascii=False)


def _meant(row: dict[str, Any], columns: tuple[str, ...]) -> tuple[Any, ...]:
    """A key as it is meant: the text "7" and the number 7 are the same."""
    values = [row.get(name) for name in columns]
    return tuple(str(value) if (one := as_number(value)) is None else one for value in values)


# words


def said(value: Fraction, most: int = 4) -> str:
    """A number in words: exactly, or to so many decimals; `1,014`, `0.3`, `-4.2437`."""
    text = f"{Decimal(round(value * 10**most)).scaleb(-most):,.{most}f}"
    shown = text.rstrip("0").rstrip(".") if most else text
    return "0" if shown == "-0" else shown


def _beside(value: Fraction, check: Check) -> str:
    """A number beside the bounds of its check: with more decimals where it would look like one of them."""
    bounds = [Fraction(str(one)) for one in (check.min, check.max) if one is not None]
    return said(value, 12 if value not in bounds and round(value, 4) in bounds else 4)


def _share(count: int, whole: int) -> Fraction:
    return Fraction(count, whole) if whole else Fraction(0)


def _of(count: int, whole: int) -> str:
    """`472 of 930 rows (50.75 %)`."""
    share = f" ({said(_share(count, whole) * 100, 2)} %)" if whole else ""
    return f"{count:,} of {_counted(whole, 'row')}{share}"


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


def _listed(names: Iterable[str], word: str = "and") -> str:
    names = list(names)
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _shortened(names: list[str], most: int = 4) -> list[str]:
    return names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
