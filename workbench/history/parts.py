"""The lists and groups in events <-> JSON data: what lies in the column `data`, one object for each item.

Instants are text, UTC. Objects name their parts, so that `json_each` finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from workbench.engine import RunKey
from workbench.engine.events import Instances
from workbench.timetable import format_instant

Data = dict[str, Any]


def write_part(field: str, value: Any) -> Any:
    """The value of such a field as JSON data."""
    return _PARTS.get(field, _PLAIN).write(value) if value is not None else None


def read_part(field: str, data: Any) -> Any:
    """The value again. Raises ValueError, KeyError or TypeError when it is none."""
    return _PARTS.get(field, _PLAIN).read(data) if data is not None else None


def as_it_is(value: Any) -> Any:
    return value


class _Part(NamedTuple):
    write: Callable[[Any], Any] = as_it_is
    read: Callable[[Any], Any] = as_it_is


def _key_of(item: Data) -> RunKey:
    return RunKey(item["dag"], item["partition"], item["kind"], item["n"])


def _write_instances(value: Instances) -> list[Data]:
    return [{**key._asdict(), "tasks": list(tasks)} for key, tasks in value]


def _read_instances(data: list[Data]) -> Instances:
    return tuple((_key_of(item), tuple(item["tasks"])) for item in data)


def _write_ends(value: tuple[tuple[RunKey, str, str, datetime | None], ...]) -> list[Data]:
    return [
        {**key._asdict(), "task": task, "state": state, "retry_at": format_instant(again) if again else None}
        for key, task, state, again in value
    ]


def _read_ends(data: list[Data]) -> tuple[tuple[RunKey, str, str, datetime | None], ...]:
    return tuple((_key_of(item), item["task"], item["state"], _instant(item["retry_at"])) for item in data)


def _write_runs(value: tuple[tuple[RunKey, datetime, datetime], ...]) -> list[Data]:
    return [{**key._asdict(), "start": format_instant(start), "end": format_instant(end)} for key, start, end in value]


def _read_runs(data: list[Data]) -> tuple[tuple[RunKey, datetime, datetime], ...]:
    return tuple(
        (_key_of(item), datetime.fromisoformat(item["start"]), datetime.fromisoformat(item["end"])) for item in data
    )


def _named(*names: str) -> _Part:
    """A tuple of tuples <-> a list of objects with these names."""
    return _Part(
        lambda value: [dict(zip(names, one, strict=True)) for one in value],
        lambda data: tuple(tuple(one[name] for name in names) for one in data),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


_NAMES = _Part(list, tuple)
_VERSIONS = _named("dataset", "partition", "n")
_PARTS: dict[str, _Part] = {
    "followed": _NAMES,
    "pools": _Part(dict, dict),
    "routes": _Part(
        lambda routes: {k: list(v) for k, v in routes.items()}, lambda d: {k: tuple(v) for k, v in d.items()}
    ),
    "paused": _Part(bool, bool),
    "instances": _Part(_write_instances, _read_instances),
    "cleared": _Part(_write_instances, _read_instances),
    "ends": _Part(_write_ends, _read_ends),
    "runs": _Part(_write_runs, _read_runs),
    "tasks": _NAMES,
    "pinned": _NAMES,
    "plan": _named("dag", "partition", "reason"),
    "moves": _VERSIONS,
    "sources": _VERSIONS,
    "fenced": _Part(bool, bool),
    "recipients": _NAMES,
    "reached": _Part(bool, bool),
    "partitions": _NAMES,
    "consumers": _NAMES,
}
_PLAIN = _Part()
