"""Fields that take text where a value is meant, and hold the value: `Late("jfk", "2013-01-03", arrives="2013-01-04")`.

To a type checker such a field is a descriptor: `Instant` takes a datetime or text, and answers a datetime. At run
time it is an ordinary field of a dataclass; `Spoken` reads the text when the object is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform, overload

from workbench.timetable import parse_clock, parse_duration, parse_instant

Value = TypeVar("Value")
Also = TypeVar("Also")
Shape = TypeVar("Shape")


class Taken(Generic[Value, Also]):
    """A field that holds a `Value`, and may be given as `Also` instead. Only type checkers meet it."""

    def __get__(self, owner: object, kind: type[Any] | None = None) -> Value: ...  # type: ignore[empty-body]
    def __set__(self, owner: object, value: Value | Also) -> None: ...


Instant = Taken[datetime, str]
SomeInstant = Taken[datetime | None, str]
Span = Taken[timedelta, str]
SomeSpan = Taken[timedelta | None, str]
Share = Taken[Fraction | None, str | float]
Factor = Taken[Fraction | None, str | float]
Spans = Taken[tuple[timedelta, ...], str | timedelta | Iterable[str | timedelta]]
Names = Taken[tuple[str, ...], str | Iterable[str]]
Pairs = Taken[tuple[tuple[str, str], ...], Mapping[str, str] | Iterable[tuple[str, str]]]
Moments = Taken[Mapping[str, time | timedelta], Mapping[str, str | time | timedelta]]


def _share(given: Any) -> Fraction:
    text = str(given).strip()
    return Fraction(text.removesuffix("%")) / 100 if text.endswith("%") else Fraction(text)


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _spans(given: Any) -> tuple[timedelta, ...]:
    every = (given,) if isinstance(given, str | timedelta) else given
    return tuple(parse_duration(one) if isinstance(one, str) else one for one in every)


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    return tuple((old, new) for old, new in (given.items() if isinstance(given, Mapping) else given))


def _moment(given: Any) -> time | timedelta:
    if not isinstance(given, str):
        return given  # type: ignore[no-any-return]
    return parse_duration(given[1:]) if given.startswith("+") else parse_clock(given)


def _moments(given: Any) -> dict[str, time | timedelta]:
    return {name: _moment(at) for name, at in given.items()}


def _if_text(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda given: parse(given) if isinstance(given, str) else given


# The field's annotation, as it is written -> what is given -> the value.
_READ: dict[str, Callable[[Any], Any]] = {
    "Instant": _if_text(parse_instant),
    "SomeInstant": _if_text(parse_instant),
    "Span": _if_text(parse_duration),
    "SomeSpan": _if_text(parse_duration),
    "Share": _share,
    "Factor": _share,
    "Names": _names,
    "Spans": _spans,
    "Pairs": _pairs,
    "Moments": _moments,
}


class Spoken:
    """A dataclass whose fields may be given as text. Raises ValueError, in words, for text that is no such value."""

    __slots__ = ()

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __post_init__(self) -> None:
        for one in fields(self):
            read = _READ.get(str(one.type))
            value = getattr(self, one.name)
            if read is not None and value is not None:
                object.__setattr__(self, one.name, read(value))


@overload
def spoken(shape: type[Shape]) -> type[Shape]: ...
@overload
def spoken(*, slots: bool) -> Callable[[type[Shape]], type[Shape]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def spoken(shape: Any = None, *, slots: bool = True) -> Any:
    """A frozen dataclass. Not called so, because of an ordinary one type checkers take fields without a default for
    attributes of the object, and no descriptors."""
    make = dataclass(frozen=True, slots=slots)
    return make if shape is None else make(shape)
