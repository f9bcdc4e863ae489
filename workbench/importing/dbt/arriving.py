"""Sources as inputs: when they are expected, and until when they must have come.

A source may be `error_after` old. Then, at any time, the newest row is at most that old, so that all of a day is there
at the latest `error_after` after the day's end: that is the input's deadline, whatever the hour at which dbt looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from workbench.importing.dbt.manifest import Node, mapping, owner, text
from workbench.timetable import format_duration, spoken_duration

# An hour before the guessed start of the build.
EXPECTED = timedelta(hours=5)
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class Arrival(NamedTuple):
    """An input's data, and the comment for its line."""

    data: dict[str, Any]
    remark: str


def arrival(source: Node, loaded: datetime | None, starts: timedelta) -> Arrival:
    """`loaded`: when its newest row was loaded (UTC), when that is known; `starts`: when the build begins, after
    midnight."""
    errs, warns = (_span(source, key) for key in ("error_after", "warn_after"))
    promised = min((span for span in (errs, warns) if span), default=EXPECTED)
    expected, remark = _expected(promised, loaded, starts)
    data: dict[str, Any] = {"expected": expected}
    if errs or warns:
        data["deadline"] = f"+{format_duration(errs or warns or EXPECTED)}"
    if name := _owner(source):
        data["owner"] = name
    return Arrival(data, "; ".join(filter(None, (remark, _freshness(source, errs, warns)))))


def _expected(promised: timedelta, loaded: datetime | None, starts: timedelta) -> tuple[str, str]:
    if loaded is not None and timedelta(hours=loaded.hour, minutes=loaded.minute) < starts:
        return f"{loaded:%H:%M}", "recorded: its newest row came at this time"
    if promised < EXPECTED:
        return f"+{format_duration(promised)}", "guessed from its freshness"
    return "05:00", "guessed"


def _freshness(source: Node, errs: timedelta | None, warns: timedelta | None) -> str:
    said = ((warns, "warns"), (errs, "errs"))
    told = " and ".join(f"{word} after {spoken_duration(span)}" for span, word in said if span)
    column = text(source.data.get("loaded_at_field")) or text(source.config.get("loaded_at_field"))
    return f"freshness{f' of {column}' if column else ''} {told}" if told else ""


def _span(source: Node, key: str) -> timedelta | None:
    """How old it may be; None when nothing is said, or nothing that is a span."""
    freshness = mapping(source.data.get("freshness")) or mapping(source.config.get("freshness"))
    given: Mapping[str, Any] = mapping(freshness.get(key))
    count, unit = given.get("count"), _UNITS.get(text(given.get("period")).lower())
    if unit is None or not isinstance(count, int) or isinstance(count, bool) or not 0 < count < 10_000:
        return None
    return unit * count


def _owner(source: Node) -> str:
    metas = (source.data.get("meta"), source.config.get("meta"), source.data.get("source_meta"))
    return next(filter(None, (owner(mapping(meta).get("owner")) for meta in metas)), "")
