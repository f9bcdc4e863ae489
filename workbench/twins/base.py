"""What the methods share: Python values as words of a line, and kind words for who calls one wrongly."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar, cast

from workbench.given import checked_instant
from workbench.model import InvalidInput
from workbench.timetable import format_duration, format_instant
from workbench.views.clock import listed, plural

if TYPE_CHECKING:
    from workbench.verbs import Done

# What may be given for words of a line. A moment: "07:35", "2013-01-04 07:35", or an aware datetime.
Moment = str | datetime
Span = str | timedelta
Share = str | float
Names = str | Sequence[str]
Value = object

_Method = TypeVar("_Method", bound=Callable[..., Any])
# A span in these fields is counted from the end of the day, and is written with a plus.
_FROM_THE_END = ("deadline", "expected", "by")
_SIGNIFICANT = 6


class Twin(NamedTuple):
    """A method that does what a verb does, with an example, where `s` is a session. `line`: what the example says as a
    line; empty: what the verb's own example says."""

    verb: str
    method: str
    example: str
    line: str = ""


TWINS: list[Twin] = []


def twin(verb: str, example: str, line: str = "") -> Callable[[_Method], _Method]:
    """Say of a method which verb it does, and show an example in its help. Wrong words are refused kindly."""

    def made(method: _Method) -> _Method:
        TWINS.append(Twin(verb, method.__name__, example, line))

        @wraps(method)
        def called(*given: Any, **named: Any) -> Any:
            signature = _signature(method)
            try:
                signature.bind(*given, **named)
            except TypeError:
                raise InvalidInput([_refused(method.__name__, signature, given, named, example)]) from None
            return method(*given, **named)

        called.__doc__ = f"{inspect.cleandoc(method.__doc__ or '')}\n\nFor example: {example}"
        return cast("_Method", called)

    return made


@cache
def _signature(method: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(method)


def _refused(
    name: str, signature: inspect.Signature, given: Sequence[Any], named: Mapping[str, Any], example: str
) -> str:
    words = [word for word in signature.parameters if word != "self"]
    wrong = next((word for word in named if word not in words), "")
    near = difflib.get_close_matches(wrong, words, n=1, cutoff=0.5) if wrong else []
    if near:
        return f"No word {wrong} of {name}. Did you mean {near[0]}?"
    twice = [word for word in words[: len(given) - 1] if word in named]
    missing = [word for word in words[len(given) - 1 :] if word not in named and _must_be(signature.parameters[word])]
    if wrong:
        told = f"No word {wrong} of {name}"
    elif twice:
        told = f"{twice[0]} of {name} is given twice"
    elif missing:
        told = f"{name} needs {listed(missing)}"
    else:
        told = f"{name} takes {plural(len(words), 'value')}, and here are {len(given) - 1 + len(named)}"
    return f"{told}. It is written {_usage(name, signature)}, for example: {example}"


def _must_be(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def _usage(name: str, signature: inspect.Signature) -> str:
    """`rerun(target, down=False, up=False, failed=False)`."""
    plain = [one.replace(annotation=one.empty) for word, one in signature.parameters.items() if word != "self"]
    return f"{name}{inspect.Signature(plain)}"


class Doing:
    """What the methods need of a session."""

    if TYPE_CHECKING:

        def do(self, line: str) -> Done:
            """One line of the grammar, which is then `done`."""

        def answer(self, line: str) -> Done:
            """One line of the grammar that only asks."""

        def _is_dag(self, name: str) -> bool:
            """Does `set` take this name as a DAG's? Else it is a task's, a dataset's or an input's."""

    def _do(self, verb: str, *words: Value, **named: Value) -> Self:
        self.do(line_of(verb, *words, **named))
        return self

    def _asked(self, verb: str, *words: Value, **named: Value) -> Done:
        return self.answer(line_of(verb, *words, **named))


# words


def line_of(verb: str, *words: Value, **named: Value) -> str:
    """A line of the grammar. Words that are None are left out; of the named ones also those that are empty or False,
    and of those that are True only the name stands there."""
    from workbench.verbs.grammar import quoted

    told = [word_of(word) for word in words if word is not None]
    for name, value in named.items():
        if value is None or value is False or value in ("", (), [], {}):
            continue
        told += [name] if value is True else [name, word_of(value)]
    return " ".join([verb, *(quoted(word) for word in told)])


def words_of(fields: Mapping[str, Value]) -> list[str]:
    """Fields and their values, as words: `takes 5m retries 2`. None takes a value away."""
    return [word for name, value in fields.items() for word in (name, _setting(name, value))]


def _setting(name: str, value: Value) -> str:
    if name == "sql" and isinstance(value, str):
        return sql_in_a_line(value)
    if isinstance(value, timedelta) and name.rpartition(".")[2] in _FROM_THE_END and value >= timedelta(0):
        return f"+{format_duration(value)}"
    return word_of(value)


def sql_in_a_line(text: str) -> str:
    """SQL of several lines in one, since a line is a command. Notes behind -- end there, so they get an end of their
    own; what stands in quotes stays as it is."""
    return _OF_SQL.sub(_joined, text.strip())


def _joined(found: re.Match[str]) -> str:
    part = found[0]
    if part.startswith("--"):
        note = part[2:].strip().replace("*/", "* /")
        return f"/* {note} */" if note else ""
    return " " if part.isspace() else part


# A text, a name in quotes, a note, or what is between two lines.
_OF_SQL = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|/\*.*?\*/|--[^\n]*|[ \t]*\n\s*""", re.DOTALL)


def word_of(value: Value) -> str:
    """A Python value as one word of a line: `none`, `a,b`, `1h30m`, `2013-01-04T07:35Z`, `bug:0`. Raises InvalidInput
    for what no line can say."""
    if value is None or isinstance(value, bool):
        return "none" if value is None else str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ",".join(f"{word_of(key)}:{word_of(one)}" for key, one in value.items())
    for sort, written in _WRITTEN:
        if isinstance(value, sort):
            return written(value)
    raise InvalidInput([f"{value!r} cannot be said here; give text, a number, a time, a duration or a list of these"])


def share_of(value: Share | None) -> str | None:
    """A share of a whole: `0.6` is `60%`."""
    if isinstance(value, float):
        return f"{_decimal(value * 100)}%"
    return None if value is None else word_of(value)


def _number(value: float) -> str:
    """Short and exact: `1.5`, and a sixtieth as `1/60`."""
    text = _decimal(value)
    part = Fraction(value).limit_denominator(100_000)
    return text if float(text) == value or float(part) != value else f"{part.numerator}/{part.denominator}"


def _decimal(value: float) -> str:
    return f"{value:.{_SIGNIFICANT}f}".rstrip("0").rstrip(".")


def _list(value: Iterable[Value]) -> str:
    return ",".join(word_of(one) for one in value)


def _instant(value: datetime) -> str:
    return format_instant(checked_instant(value)).replace(":00Z", "Z")


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}".removesuffix(":00")


def _span(value: timedelta) -> str:
    try:
        return format_duration(value)
    except ValueError as error:
        raise InvalidInput([str(error)]) from None


# A datetime is a date as well, so it comes first.
_WRITTEN: tuple[tuple[type[Any] | tuple[type[Any], ...], Callable[[Any], str]], ...] = (
    (int, str),
    (float, _number),
    (timedelta, _span),
    (datetime, _instant),
    (date, date.isoformat),
    (time, _clock),
    ((list, tuple), _list),
)
