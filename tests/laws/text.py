"""Logs as text and as a hash: the same on every Python, whatever the order in which things were written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from workbench.engine import KINDS, Event, RunKey

# What says where something was written, or is a piece of code.
_NOT_SAID = {"file", "folder", "lines", "function"}


def line(event: Event) -> str:
    """One event in one line, with every field."""
    said = (f"{name}={plain(value)}" for name, value in zip(event._fields[1:], event[1:], strict=True))
    return " ".join((plain(event.at), KINDS[type(event)], *said))


def lines(log: Iterable[Event]) -> list[str]:
    return [line(event) for event in log]


def digest(log: Iterable[Event]) -> str:
    """A hash of a whole log."""
    return hashlib.sha256("\n".join(lines(log)).encode()).hexdigest()


def plain(value: Any) -> str:
    """A value as text. Mappings are sorted; tuples keep their order. Fields that are as usual are not said, so that
    a new one does not change what is said of those who do not use it."""
    if isinstance(value, RunKey):
        return f"{value.dag}@{value.partition}/{value.kind}{value.n}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f}s"
    if is_dataclass(value):
        parts = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name not in _NOT_SAID)
        kind: Any = type(value)
        parts = ((name, part) for name, part in parts if part != _usual(kind, name))
        return f"{type(value).__name__}({', '.join(f'{name}={plain(part)}' for name, part in parts)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{plain(key)}: {plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(plain, value)) + "]"
    assert value is None or isinstance(value, str | int | float | bool | Fraction), f"no text for {value!r}"
    return str(value)


@cache
def _usual(kind: Any, name: str) -> Any:
    """The default of a dataclass's field; for one that has none, something that nothing equals."""
    (found,) = (f for f in fields(kind) if f.name == name)
    return found.default_factory() if found.default_factory is not MISSING else found.default
