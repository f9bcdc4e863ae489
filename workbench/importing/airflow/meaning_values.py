"""Values of arguments as the values that they stand for, whether Airflow writes them as numbers, objects or names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from workbench.importing.airflow.meaning_notes import Notes
from workbench.importing.airflow.parts import UNTOLD, Call, Code, Unknown
from workbench.importing.found import Manner
from workbench.model.findings import shown
from workbench.timetable import parse_zone

LONGEST = timedelta(days=3660)
MOST = 999_999_999
_MOST_TEXT = 60
# `TriggerRule.ALL_DONE`, with or without the module before it.
_MEMBER = re.compile(r"(?:\w+\.)*[A-Z]\w*\.([A-Z][A-Z0-9_]*)(?:\.value)?")
_UNITS = ("days", "hours", "minutes", "seconds", "weeks")


def last(name: str) -> str:
    """The class of a dotted name: `airflow.sdk.Asset` is `Asset`."""
    return name.rpartition(".")[2]


def called(value: Any) -> str:
    """The class of an object that would be made; empty for everything else."""
    return last(value.name) if isinstance(value, Call) else ""


def argument(call: Call, key: str, place: int = -1) -> Any:
    """An argument by its name, or by its place; None when it is not given."""
    if key in call.given:
        return call.given[key]
    return call.args[place] if 0 <= place < len(call.args) else None


def written(value: Any) -> str:
    """A value as a person recognises it in their file."""
    if isinstance(value, Unknown):
        text = value.text
    elif isinstance(value, Call):
        text = f"{last(value.name)}(...)"
    elif isinstance(value, Code):
        text = f"{value.name}()"
    else:
        text = repr(value)
    line = shown(" ".join(text.split()))
    return line if len(line) <= _MOST_TEXT else f"{line[: _MOST_TEXT - 3]}..."


def word(value: Any) -> str | None:
    """A name: text, or a member of an enumeration (`TriggerRule.ALL_DONE` is "all_done")."""
    if isinstance(value, str):
        return value
    text = value.text if isinstance(value, Unknown) else value.name if isinstance(value, Call) else ""
    member = _MEMBER.fullmatch(text)
    return member[1].lower() if member else None


def whole(value: Any) -> int | None:
    """A whole number that is not beyond all measure."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) <= MOST else None


def count(value: Any) -> int | None:
    """A whole number of 1 or more."""
    found = whole(value)
    return found if found is not None and found > 0 else None


def flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def span(value: Any) -> timedelta | None:
    """A timedelta, or a number of seconds; up to whole seconds. None for what is no span of 0 to ten years."""
    found = _span(value)
    if found is None or not timedelta(0) <= found <= LONGEST:
        return None
    return timedelta(seconds=math.ceil(found.total_seconds()))


def _span(value: Any) -> timedelta | None:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return timedelta(seconds=value) if abs(value) < LONGEST.total_seconds() * 2 else None
    if isinstance(value, Call) and last(value.name) in ("duration", "timedelta", "relativedelta") and not value.args:
        units = {key: item for key, item in value.given.items() if isinstance(item, int | float)}
        known = len(units) == len(value.given) and all(key in _UNITS for key in units)
        if known and all(abs(item) < 10**6 for item in units.values()):
            return timedelta(**units)
    return None


def zone_name(value: Any) -> str | None:
    """The IANA name of a zone, however it was given; None for what is none."""
    if isinstance(value, Call) and last(value.name) in ("timezone", "Timezone", "ZoneInfo", "gettz"):
        value = argument(value, "name", 0) or argument(value, "key", 0)
    if isinstance(value, ZoneInfo):
        value = value.key
    elif isinstance(value, tzinfo):
        value = "UTC" if value == UTC or value.tzname(None) == "UTC" else str(value)
    elif isinstance(value, Unknown):
        value = "UTC" if re.search(r"\b(utc|UTC)\b", value.text) else None
    try:
        return parse_zone("UTC" if value in ("utc", "Z") else value).key
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """A date and time, aware only if its zone was said."""
    if isinstance(value, Unknown):
        return None if value.otherwise is UNTOLD else moment(value.otherwise)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str):
        return _parsed(value)
    if isinstance(value, Call) and last(value.name) in ("datetime", "DateTime", "local", "parse"):
        return _built(value)
    return None


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None


def _built(call: Call) -> datetime | None:
    """`pendulum.datetime(2021, 1, 1, tz="Europe/Berlin")`."""
    if last(call.name) == "parse":
        return moment(call.args[0]) if call.args and isinstance(call.args[0], str) else None
    names = ("year", "month", "day", "hour", "minute", "second")
    given = [argument(call, name, place) for place, name in enumerate(names)]
    if not all(isinstance(part, int) for part in given[:3]):
        return None
    zone = zone_name(call.given.get("tz", call.given.get("tzinfo"))) if call.given else None
    try:
        year, month, day, hour, minute, second = (part or 0 for part in given)
        return datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone) if zone else None)
    except (ValueError, TypeError):
        return None


def several(value: Any) -> list[Any]:
    """The members of a list, a tuple or a set; a single value is a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) and not _is_object(value) else [value]


def _is_object(value: Any) -> bool:
    return isinstance(value, Call | Unknown | Code)


def objects(value: Any, depth: int = 20) -> Iterator[Any]:
    """A value with all that is in it: members, and what it would be made of."""
    yield value
    if depth == 0:
        return
    inside: Iterable[Any] = ()
    if isinstance(value, Call):
        inside = (*value.args, *value.given.values())
    elif isinstance(value, Mapping):
        inside = value.values()
    elif not _is_object(value) and isinstance(value, list | tuple | set | frozenset):
        inside = value
    for one in inside:
        yield from objects(one, depth - 1)


class Given:
    """The arguments of one DAG or task, read by kind. What only a run of the file would tell, and what is no value of
    the kind that is wanted, is noted and counts as not given."""

    def __init__(self, values: Mapping[str, Any], notes: Notes, line: int, name: str) -> None:
        self.values, self.notes, self.line, self.name = values, notes, line, name

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def first(self, *keys: str) -> str:
        """The first of several spellings that is given; the first of all when none is."""
        return next((key for key in keys if key in self), keys[0])

    def span(self, key: str) -> timedelta | None:
        found: timedelta | None = self._read(key, span, "no span of time")
        return found

    def whole(self, key: str) -> int | None:
        found: int | None = self._read(key, whole, "no whole number")
        return found

    def count(self, key: str) -> int | None:
        found: int | None = self._read(key, count, "no number of 1 or more")
        return found

    def flag(self, key: str) -> bool:
        return bool(self._read(key, flag, "neither True nor False"))

    def word(self, key: str) -> str | None:
        found: str | None = self._read(key, word, "no text")
        return found

    def note(self, manner: Manner, text: str) -> None:
        """About this DAG or task; `{names}` in it becomes the names of all that it is said of."""
        self.notes.add(manner, text, self.line, self.name)

    def _read(self, key: str, reader: Any, no_kind: str) -> Any:
        value = self.values.get(key)
        if value is None:
            return None
        found = reader(value)
        if found is None and isinstance(value, Unknown) and value.otherwise is not UNTOLD:
            found = self._otherwise(key, value, reader)
        elif found is None:
            self.unread(key, no_kind)
        return found

    def _otherwise(self, key: str, value: Unknown, reader: Any) -> Any:
        found = None if value.otherwise is None else reader(value.otherwise)
        if value.otherwise is not None and found is None:
            self.unread(key)
        else:
            told = written(value.otherwise)
            self.note("guessed", f"{key} of {{names}} is {written(value)}: taken as {told}, which it is otherwise")
        return found

    def unread(self, key: str, no_kind: str = "nothing known here") -> None:
        """`key` is left out, and why."""
        value = self.values[key]
        if isinstance(value, Unknown | Call):
            told = f"{key} of {{names}} is {written(value)}, which only a run of the file tells; left out"
        else:
            told = f"{key} of {{names}} is {written(value)}, which is {no_kind}; left out"
        self.note("missed", told)
