"""A task's fields as people write them in Python -> as `Task` keeps them: names, spans, retries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from workbench.model.parts import RetryPolicy
from workbench.timetable import parse_duration


class Named(Protocol):
    """Anything with a name, such as a task that is being built."""

    name: str


def name_of(value: str | Named) -> str:
    return value if isinstance(value, str) else value.name


def names_of(value: str | Named | Iterable[str | Named]) -> tuple[str, ...]:
    """`"a"`, a task, or several of either."""
    if isinstance(value, str):
        return (value,)
    return tuple(name_of(item) for item in value) if isinstance(value, Iterable) else (value.name,)


def span_of(value: str | timedelta) -> timedelta:
    """`"10m"` or a timedelta."""
    return parse_duration(value) if isinstance(value, str) else value


def retries_of(value: int | Mapping[str, Any] | RetryPolicy) -> Any:
    """A number of retries, the keys of a policy, or a policy."""
    if isinstance(value, int):
        return RetryPolicy(max=value)
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {key: span_of(item) if key in ("delay", "cap") else item for key, item in value.items()}
    return RetryPolicy(**made)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "needs": names_of,
    "reads": names_of,
    "takes": span_of,
    "retries": retries_of,
}


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """All fields that were given; what is already as `Task` keeps it stays."""
    return {key: _PLAIN[key](value) if key in _PLAIN else value for key, value in fields.items()}
