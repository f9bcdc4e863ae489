"""dbt's tests as checks of datasets, where a check can say the same; what it cannot say is None.

A check counts rows where dbt's test counts groups or values of them; what is allowed without bounds is 0 in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from workbench.importing.dbt.manifest import Node, mapping, strings, text

Check = dict[str, Any]
Args = Mapping[str, Any]

_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BOUND = re.compile(r"(>=?)\s*(\d{1,9})")
_HOURS = {"hour": 1, "day": 24, "week": 168}
MOST_VALUES = 50


def severity(test: Node) -> str:
    """`block` or `warn`: what a failure does."""
    return "warn" if text(test.config.get("severity")).lower() == "warn" else "block"


def kind_of(test: Node) -> str:
    """What the test is called: `unique`, `dbt_utils.accepted_range`; of one with its own SQL its name."""
    metadata = mapping(test.data.get("test_metadata"))
    parts = text(metadata.get("namespace")), text(metadata.get("name"), test.name)
    return ".".join(filter(None, parts))


def short_name(test: Node) -> str:
    """Its kind and its column, as it is called beside the other tests of its model."""
    column = text(test.data.get("column_name"))
    return f"{kind_of(test).rpartition('.')[2]}_{column}" if column else kind_of(test).rpartition(".")[2]


def check_of(test: Node, leads_to: str | None) -> Check | None:
    """The check. `leads_to`: the dataset or input that a relationship leads to, where there is one."""
    translate = _KINDS.get(kind_of(test))
    most = _most(test)
    if translate is None or most is None or test.config.get("where") or _own_count(test):
        return None
    said = translate(_args(test, leads_to))
    if said is None or (most and said["kind"] in ("null_share", "foreign_key", "freshness")):
        return None
    if most or said["kind"] == "sql":
        said["max"] = most
    return {**said, "severity": severity(test), "when": "step"}


def _args(test: Node, leads_to: str | None) -> Args:
    given = mapping(mapping(test.data.get("test_metadata")).get("kwargs"))
    column = {"column_name": test.data["column_name"]} if text(test.data.get("column_name")) else {}
    return {**given, **mapping(given.get("arguments")), **column, "leads_to": leads_to}


def _most(test: Node) -> int | None:
    """How much it may find without failing (or warning, when that is all it does); None when it says so otherwise."""
    key = "warn_if" if severity(test) == "warn" else "error_if"
    said = text(test.config.get(key), "!= 0").strip()
    found = _BOUND.fullmatch(said)
    if found:
        return max(0, int(found[2]) - (found[1] == ">="))
    return 0 if said.replace(" ", "") in ("!=0", "<>0") else None


def _own_count(test: Node) -> bool:
    return text(test.config.get("fail_calc"), "count(*)").replace(" ", "").lower() != "count(*)"


def is_column(said: str) -> bool:
    """Is it a plain column, and no expression?"""
    return _COLUMN.fullmatch(said) is not None


# each kind of test; None where its arguments are no plain columns and values


def _columns(kind: str, key: str) -> Callable[[Args], Check | None]:
    def say(args: Args) -> Check | None:
        given = args.get(key)
        columns = strings(given) if isinstance(given, list) else strings([given])
        right = columns and all(map(_COLUMN.fullmatch, columns)) and len(set(columns)) == len(columns)
        return {"kind": kind, "columns": columns} if right else None

    return say


def _relationships(args: Args) -> Check | None:
    said, field = _columns("foreign_key", "column_name")(args), text(args.get("field"))
    if said is None or args["leads_to"] is None or not _COLUMN.fullmatch(field):
        return None
    return {**said, "to": f"{args['leads_to']}.{field}"}


def _values(key: str) -> Callable[[Args], Check | None]:
    def say(args: Args) -> Check | None:
        column, values = text(args.get("column_name")), args.get(key)
        if not _COLUMN.fullmatch(column) or not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
            return None
        if not all(isinstance(value, str | int | float) for value in values):
            return None
        known = ", ".join(_quoted(value) for value in values)
        return {"kind": "sql", "sql": f'SELECT count(*) FROM rows WHERE "{column}" NOT IN ({known})'}

    return say


def _quoted(value: str | int | float) -> str:
    return "'" + text(str(value)).replace("'", "''") + "'"


def _between(args: Args) -> Check | None:
    column = text(args.get("column_name"))
    least, most = args.get("min_value"), args.get("max_value")
    or_equal = "" if args.get("inclusive", True) and not args.get("strictly") else "="
    wrong = [
        f'num("{column}") {sign}{or_equal} {value}' for sign, value in (("<", least), (">", most)) if _is_number(value)
    ]
    given = sum(value is not None for value in (least, most))
    if not _COLUMN.fullmatch(column) or not wrong or given != len(wrong):
        return None
    return {"kind": "sql", "sql": f"SELECT count(*) FROM rows WHERE {' OR '.join(wrong)}"}


def _not_null_proportion(args: Args) -> Check | None:
    said, least = _columns("null_share", "column_name")(args), args.get("at_least")
    if said is None or not _is_number(least) or not 0 <= float(least) <= 1 or args.get("at_most", 1.0) != 1.0:
        return None
    return {**said, "max": round(1 - float(least), 6)}


def _recency(args: Args) -> Check | None:
    hours, count = _HOURS.get(text(args.get("datepart"))), args.get("interval")
    if hours is None or not isinstance(count, int) or not 6 <= hours * count <= 25:
        return None  # of data that is older than a day nothing is known when a delivery is late
    return {"kind": "freshness", "max": hours * count}


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _not_blank(args: Args) -> Check | None:
    column = text(args.get("column_name"))
    said = {"kind": "sql", "sql": f"SELECT count(*) FROM rows WHERE trim(\"{column}\") = ''"}
    return said if _COLUMN.fullmatch(column) else None


_EXPECT = "dbt_expectations.expect_"
_KINDS: Mapping[str, Callable[[Args], Check | None]] = {
    "unique": _columns("unique", "column_name"),
    "not_null": _columns("null_share", "column_name"),
    "relationships": _relationships,
    "accepted_values": _values("values"),
    "dbt_utils.unique_combination_of_columns": _columns("unique", "combination_of_columns"),
    "dbt_utils.not_null_proportion": _not_null_proportion,
    "dbt_utils.accepted_range": _between,
    "dbt_utils.not_empty_string": _not_blank,
    "dbt_utils.recency": _recency,
    f"{_EXPECT}column_values_to_be_unique": _columns("unique", "column_name"),
    f"{_EXPECT}column_values_to_not_be_null": _columns("null_share", "column_name"),
    f"{_EXPECT}compound_columns_to_be_unique": _columns("unique", "column_list"),
    f"{_EXPECT}column_values_to_be_in_set": _values("value_set"),
    f"{_EXPECT}column_values_to_be_between": _between,
}


def in_words(tests: Sequence[Node]) -> str:
    """Tests by their names, those that only warn marked."""
    return ", ".join(f"{short_name(one)}{' (warns)' if severity(one) == 'warn' else ''}" for one in tests)
