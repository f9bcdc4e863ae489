"""Functions of Python and of well-known libraries whose results are known when their arguments are: no side effects,
bounded results."""

from __future__ import annotations

import itertools
import operator
import os.path
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import PurePosixPath
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

# No text, list or number grows beyond this, however the file doubles it.
MOST_LONG = 100_000
MOST_BITS = 4_096
# What a wrong value does to these functions; the value is then unknown.
ORDINARY = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, OSError, NotImplementedError)
PLAIN = (str, int, float, bool, type(None), bytes, list, tuple, dict, set, frozenset, range, timedelta, date, time,
         datetime, PurePosixPath, ZoneInfo, complex)  # fmt: skip


class TooLong(ValueError):
    """A value that would grow beyond all bounds."""


def fit(value: Any) -> Any:
    """The value. Raises TooLong."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise TooLong
    if isinstance(value, str | bytes | list | tuple | set | dict) and len(value) > MOST_LONG:
        raise TooLong
    return value


def listed(values: Any) -> list[Any]:
    """In a known order. Raises TypeError for what is no collection, TooLong."""
    if isinstance(values, set | frozenset):
        return sorted(values, key=_order)
    if isinstance(
        values, str | bytes | list | tuple | dict | range | type({}.keys()) | type({}.values()) | type({}.items())
    ):
        if len(values) > MOST_LONG:
            raise TooLong
        return list(values)
    raise TypeError


def _order(one: Any) -> str:
    """Tasks and their like have no text: their ids are known."""
    return str(getattr(one, "order", one))


def _multiplied(one: Any, other: Any) -> Any:
    for some, times in ((one, other), (other, one)):
        if isinstance(some, str | bytes | list | tuple) and isinstance(times, int) and len(some) * times > MOST_LONG:
            raise TooLong
    return fit(one * other)


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > MOST_BITS:
        raise TooLong
    return fit(base**exponent)


def _shifted(base: Any, by: Any) -> Any:
    if not isinstance(base, int) or not isinstance(by, int) or by > MOST_BITS:
        raise TooLong
    return fit(base << by)


def _modulo(one: Any, other: Any) -> Any:
    if isinstance(one, str | bytes):
        if isinstance(one, bytes) or re.search(r"%[^a-zA-Z%]*(\d{4,}|\*)", one):
            raise TooLong
        _check_plain(other)
    return fit(one % other)


def _check_plain(value: Any) -> None:
    """Only plain things have a text that the user would know. Raises TypeError."""
    some = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
    for one in some:
        if not isinstance(one, str | int | float | timedelta | date | time | PurePosixPath | type(None)):
            raise TypeError


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda one, other: fit(one + other), "Sub": operator.sub, "Mult": _multiplied, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": _modulo, "Pow": _power, "LShift": _shifted, "RShift": operator.rshift,
    "BitOr": lambda one, other: fit(one | other), "BitAnd": operator.and_, "BitXor": operator.xor,
}  # fmt: skip
UNARY: dict[str, Callable[[Any], Any]] = {"USub": operator.neg, "UAdd": operator.pos, "Invert": operator.invert}
COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
    "GtE": operator.ge, "In": lambda one, other: one in other, "NotIn": lambda one, other: one not in other,
    "Is": lambda one, other: one is other or (one == other and isinstance(one, int | str)),
    "IsNot": lambda one, other: not (one is other or (one == other and isinstance(one, int | str))),
}  # fmt: skip


def text(value: Any) -> str:
    """str(value)."""
    _check_plain(value)
    return str(fit(value))


def formatted(value: Any, spec: str, conversion: str = "") -> str:
    """One value of an f-string or of str.format. Raises TooLong for a width of thousands."""
    if re.search(r"\d{4,}", spec):
        raise TooLong
    if not isinstance(value, list | dict):
        _check_plain(value)
    said = repr(value) if conversion == "r" else str(value) if conversion else value
    return fit(format(said, spec) if spec else str(said))  # type: ignore[no-any-return]


def str_format(template: str, args: Sequence[Any], given: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    """str.format, without attributes. `show` tells what stands for a value that is no text."""
    parts: list[str] = []
    count = itertools.count()
    for literal, name, spec, conversion in Formatter().parse(template):
        parts.append(literal)
        if name is None:
            continue
        first, *keys = re.split(r"\[|\]\[|\]", name.rstrip("]")) if name else [str(next(count))]
        value = args[int(first)] if first.isdigit() else given[first]
        for key in keys:
            value = value[int(key) if key.isdigit() and not isinstance(value, dict) else key]
        parts.append(
            formatted(value, spec or "", conversion or "")
            if isinstance(value, PLAIN) and not isinstance(value, tuple)
            else show(value)
        )
    return fit("".join(parts))  # type: ignore[no-any-return]


def _range(*args: int) -> range:
    return range(*args)


def _enumerate(values: Any, start: int = 0) -> list[Any]:
    return list(enumerate(listed(values), start))


def _zip(*some: Any, strict: bool = False) -> list[Any]:
    return list(zip(*map(listed, some), strict=bool(strict)))


def _sum(values: Any, start: Any = 0) -> Any:
    return fit(sum(listed(values), start))


def _product(*some: Any, repeat: int = 1) -> list[Any]:
    size = 1
    for one in some:
        size *= len(one) ** repeat
        if size > MOST_LONG:
            raise TooLong
    return list(itertools.product(*map(listed, some), repeat=repeat))


def _dict(*args: Any, **given: Any) -> dict[Any, Any]:
    return dict(*args, **given)


def _zone(name: str = "UTC") -> ZoneInfo:
    return ZoneInfo(name)


_TIME_FIELDS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _moment(*args: Any, tzinfo: Any = None, tz: Any = None, **given: Any) -> datetime:
    """datetime.datetime, and pendulum's with a zone by its name."""
    fields = dict(zip(_TIME_FIELDS, args[:7], strict=False)) | given
    zone = tz or tzinfo or (args[7] if len(args) > 7 else None)
    return datetime(**fields, tzinfo=ZoneInfo(zone) if isinstance(zone, str) else zone)


def _moment_in_utc(*args: Any, **given: Any) -> datetime:
    made = _moment(*args, **given)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _duration(**given: Any) -> timedelta:
    return timedelta(days=given.pop("years", 0) * 365 + given.pop("months", 0) * 30 + given.pop("days", 0), **given)


def _parsed(said: str, tz: Any = None, **_: Any) -> datetime:
    made = datetime.fromisoformat(said)
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz or UTC
    return made if made.tzinfo else made.replace(tzinfo=zone)


def _read_time(said: str, form: str) -> datetime:
    return datetime.strptime(said, form)  # noqa: DTZ007


def _bounded_list(values: Any = ()) -> list[Any]:
    return listed(values)


def _sorted(values: Any, reverse: bool = False) -> list[Any]:
    return sorted(listed(values), reverse=bool(reverse))


def _copied(value: Any) -> Any:
    """copy.deepcopy: containers are new ones, what is in them is the same."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _least(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: choose(listed(args[0]) if len(args) == 1 else args)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "range": _range, "len": len, "enumerate": _enumerate, "zip": _zip, "list": _bounded_list,
    "tuple": lambda *args: tuple(listed(*args)) if args else (), "dict": _dict,
    "set": lambda *args: set(listed(*args)) if args else set(), "frozenset": lambda *args: frozenset(listed(*args)),
    "sorted": _sorted, "reversed": lambda values: listed(values)[::-1],
    "str": lambda *args: text(*args) if args else "",
    "int": lambda *args: fit(int(*args)), "float": float, "bool": bool, "min": _least(min), "max": _least(max),
    "sum": _sum, "abs": abs, "round": round, "any": lambda values: any(listed(values)), "divmod": divmod,
    "all": lambda values: all(listed(values)), "chr": chr, "ord": ord, "print": lambda *args, **given: None,
    "iter": listed,
    "itertools.product": _product, "itertools.chain": lambda *some: fit([one for each in some for one in listed(each)]),
    "itertools.chain.from_iterable": lambda some: fit([one for each in listed(some) for one in listed(each)]),
    "itertools.pairwise": lambda values: list(itertools.pairwise(listed(values))),
    "copy.copy": lambda value: value.copy() if isinstance(value, dict | list | set) else value,
    "copy.deepcopy": _copied,
    "datetime.timedelta": timedelta, "datetime.datetime": _moment, "datetime.date": date, "datetime.time": time,
    "datetime.datetime.fromisoformat": datetime.fromisoformat, "datetime.datetime.strptime": _read_time,
    "datetime.datetime.combine": datetime.combine, "pendulum.time": time,
    "pendulum.datetime": _moment_in_utc, "pendulum.DateTime": _moment, "pendulum.duration": _duration,
    "pendulum.timezone": _zone, "pendulum.Timezone": _zone, "pendulum.parse": _parsed, "pendulum.date": date,
    "pendulum.UTC": lambda: ZoneInfo("UTC"), "pendulum.local": _moment, "pendulum.naive": _moment,
    "zoneinfo.ZoneInfo": _zone, "pytz.timezone": _zone, "dateutil.tz.gettz": _zone,
    "airflow.utils.timezone.datetime": _moment_in_utc, "airflow.sdk.timezone.datetime": _moment_in_utc,
    "airflow.timezone.datetime": _moment_in_utc, "airflow.utils.timezone.parse": _parsed,
    "airflow.sdk.timezone.parse": _parsed, "collections.OrderedDict": _dict,
    **{f"operator.{name}": BINARY[sign] for name, sign in (("add", "Add"), ("iadd", "Add"), ("concat", "Add"),
       ("or_", "BitOr"), ("ior", "BitOr"), ("and_", "BitAnd"), ("mul", "Mult"), ("sub", "Sub"))},
    "pathlib.Path": PurePosixPath, "pathlib.PurePath": PurePosixPath, "os.fspath": str,
    "os.path.basename": os.path.basename, "os.path.dirname": os.path.dirname, "os.path.splitext": os.path.splitext,
    "os.path.join": os.path.join, "os.path.abspath": lambda path: path, "os.path.realpath": lambda path: path,
}  # fmt: skip

# Names that are no functions.
CONSTANTS: dict[str, Any] = {
    "datetime.timezone.utc": UTC, "datetime.UTC": UTC, "pytz.utc": UTC, "pytz.UTC": UTC, "pendulum.UTC": UTC,
    "airflow.utils.timezone.utc": UTC, "airflow.sdk.timezone.utc": UTC, "typing.TYPE_CHECKING": False,
    "typing_extensions.TYPE_CHECKING": False, "TYPE_CHECKING": False, "sys.version_info": (3, 12, 0),
    "string.ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "string.ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "string.digits": "0123456789",
}  # fmt: skip

_OF_STR = ("capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit", "islower",
           "isnumeric", "isupper", "isidentifier", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
           "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title",
           "upper")  # fmt: skip
_OF_TIME = ("replace", "isoformat", "strftime", "weekday", "isoweekday", "date", "time", "total_seconds", "timestamp")
METHODS: dict[type, tuple[str, ...]] = {
    str: _OF_STR,
    list: ("append", "extend", "insert", "pop", "remove", "index", "count", "copy", "reverse", "clear"),
    dict: ("get", "items", "keys", "values", "update", "setdefault", "pop", "copy", "clear"),
    set: ("add", "update", "discard", "remove", "union", "intersection", "difference", "issubset", "issuperset",
          "copy"),
    tuple: ("index", "count"),
    timedelta: _OF_TIME, datetime: _OF_TIME, date: _OF_TIME, time: _OF_TIME,
    PurePosixPath: ("joinpath", "with_suffix", "with_name", "as_posix", "is_absolute"),
}  # fmt: skip
_UNCHANGED_PATH = ("resolve", "absolute", "expanduser")
ATTRIBUTES: dict[type, tuple[str, ...]] = {
    PurePosixPath: ("stem", "name", "parent", "suffix", "parents", "parts"),
    timedelta: ("days", "seconds", "microseconds"),
    datetime: ("year", "month", "day", "hour", "minute", "second", "tzinfo"),
    date: ("year", "month", "day"),
    int: ("real",),
}


def method(owner: Any, name: str, args: Sequence[Any], given: Mapping[str, Any]) -> Any:
    """A method of a plain value. Raises what the method raises; AttributeError for one that is not known here."""
    if isinstance(owner, str) and name in _STRINGS:
        return _STRINGS[name](owner, *args, **given)
    if isinstance(owner, PurePosixPath) and name in _UNCHANGED_PATH:
        return owner
    if name not in METHODS.get(type(owner), ()):
        raise AttributeError(name)
    done = getattr(owner, name)(*args, **given)
    fit(owner)
    return listed(done) if isinstance(done, type({}.items()) | type({}.keys()) | type({}.values())) else done


def _joined(by: str, values: Any) -> str:
    texts: list[Any] = listed(values)
    if sum(len(one) + len(by) for one in texts) > MOST_LONG:
        raise TooLong
    return fit(by.join(texts))  # type: ignore[no-any-return]


def _replaced(said: str, old: str, new: str, count: int = -1) -> str:
    if (said.count(old) if count < 0 else min(count, said.count(old))) * len(new) > MOST_LONG:
        raise TooLong
    return fit(said.replace(old, new, count))  # type: ignore[no-any-return]


def _filled(name: str) -> Callable[..., str]:
    def fill(said: str, width: int, *args: str) -> str:
        if width > 1000:
            raise TooLong
        return str(getattr(said, name)(width, *args))

    return fill


_STRINGS: dict[str, Callable[..., Any]] = {
    "join": _joined, "replace": _replaced, "zfill": _filled("zfill"), "ljust": _filled("ljust"),
    "rjust": _filled("rjust"), "center": _filled("center"), "encode": lambda said, *_: said,
}  # fmt: skip
