"""Kinds of words in a command: what each looks like, how it is checked, and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from workbench.model import CHECK_KINDS, InvalidInput
from workbench.model.findings import shown
from workbench.ordering.here import refuse
from workbench.ordering.targets import every_task, target_of
from workbench.ordering.tasks import MARKS
from workbench.timetable import parse_duration

if TYPE_CHECKING:
    from workbench.engine import Known
    from workbench.session import Session

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_RATE = re.compile(r"\d{1,3}(\.\d{1,6})?%", re.ASCII)
_FACTOR = re.compile(r"\d{1,6}(\.\d{1,6})?|\d{1,6}/[1-9]\d{0,5}", re.ASCII)
_RENAMED = re.compile(r"[^\s:,]+:[^\s:,]+(,[^\s:,]+:[^\s:,]+)*")
_LONGEST, _LONGEST_SETTING = 200, 1500


class Kind(NamedTuple):
    """`shape` is how help shows it. `read` gives the text as it is kept; raises InvalidInput or ValueError, whose
    message follows the word. `offers` are the words that may stand there."""

    shape: str
    says: str
    example: str
    read: Callable[[str], str]
    offers: Callable[[Session], Iterable[str]] = lambda session: ()


def is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def is_clock(text: str) -> bool:
    return _CLOCK.fullmatch(text) is not None


def _any(text: str, longest: int = _LONGEST) -> str:
    if len(text) > longest:
        raise ValueError(f"is too long: {len(text)} letters, and {longest} are allowed")
    return text


def _setting(text: str) -> str:
    """SQL is longer than what else is set."""
    return _any(text, _LONGEST_SETTING)


def _name(text: str) -> str:
    if not text or any(c.isspace() for c in text):
        raise ValueError
    return _any(text)


def _target(text: str) -> str:
    return str(target_of(_name(text)))


def _day_target(text: str) -> str:
    if not target_of(_name(text)).first:
        raise refuse(f"{text} has no day; write {text}@2013-01-03")
    return _target(text)


def _story(text: str) -> str:
    """A day, a range of days, or a target."""
    first, dots, last = _name(text).partition("..")
    if is_date(first) and (is_date(last) or not dots):
        return text
    return _target(text)


def _span(text: str) -> str:
    parse_duration(_any(text))
    return text


def _time(text: str) -> str:
    day, _, clock = text.replace(" ", "T", 1).rpartition("T")
    clock = f"0{clock}" if is_clock(clock) and clock[1] == ":" else clock
    text = f"{day}T{clock}" if day else clock
    if not is_clock(text) and not _INSTANT.fullmatch(text):
        raise ValueError
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError
    return _any(text)


def _matching(pattern: re.Pattern[str], *more: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in more and not pattern.fullmatch(text):
            raise ValueError
        return text

    return read


def _whole(text: str) -> str:
    return str(int(_matching(_NUMBER)(text)))


def _tries(text: str) -> str:
    return text if _RATE.fullmatch(text) else _whole(text)


def _slots(text: str) -> str:
    return text if text == "none" else _whole(text)


# what may stand there


def _known(session: Session) -> Known:
    return session.state.known


def _tasks(session: Session) -> list[str]:
    names = [task for _, task in every_task(_known(session))]
    return [task if names.count(task) == 1 else f"{dag}.{task}" for dag, task in every_task(_known(session))]


def _dags(session: Session) -> list[str]:
    return list(_known(session).plans)


def _inputs(session: Session) -> list[str]:
    return list(_known(session).homes)


def _places(session: Session) -> list[str]:
    return [*_tasks(session), *_dags(session), *_datasets(session), *(f"pool:{name}" for name in _known(session).pools)]


def _work(session: Session) -> list[str]:
    return [*_dags(session), *_tasks(session)]


def _names(session: Session) -> list[str]:
    return [*_tasks(session), *_inputs(session)]


def _datasets(session: Session) -> list[str]:
    return list(_known(session).makers)


def _data(session: Session) -> list[str]:
    return [*_known(session).homes, *_known(session).makers]


def _consumers(session: Session) -> list[str]:
    return list(_known(session).consumers)


def _checks(session: Session) -> list[str]:
    from workbench.views.data_words import dataset_in

    return [f"{name}.{check}" for name in _datasets(session) for check in dataset_in(_known(session), name).checks]


def _people(session: Session) -> list[str]:
    return list(_known(session).roster)


def _routes(session: Session) -> list[str]:
    return [*_people(session), *_known(session).routes]


def _routed(session: Session) -> list[str]:
    return [*_dags(session), *_known(session).routes]


def _futures(session: Session) -> list[str]:
    return list(session.branches)


def _fields(session: Session) -> list[str]:
    from workbench.ordering.settings import check_fields, dag_fields, dataset_fields, input_fields, task_fields

    return sorted({*task_fields(), *dag_fields(), *dataset_fields(), *check_fields(), *input_fields()})


def _verbs(session: Session) -> list[str]:
    from workbench.verbs.table import VERBS

    return list(VERBS)


def _pools(session: Session) -> list[str]:
    return list(_known(session).pools)


KINDS: dict[str, Kind] = {
    "TASKS": Kind("TASK[@DAY[..DAY]]", "a task, perhaps with a day", "clean@2013-01-03", _target, _tasks),
    "TASK": Kind("TASK[@DAY]", "a task, perhaps with a day", "publish@2013-01-03", _target, _tasks),
    "WHERE": Kind("TASK[@DAY]", "a task, a pattern or pool:NAME", "extract", _target, _places),
    "INPUT": Kind("INPUT", "an input", "jfk", _name, _inputs),
    "INPUTS": Kind("INPUT@DAY[..DAY]", "an input and its day", "jfk@2013-01-03", _day_target, _inputs),
    "STORY": Kind("DAY[..DAY]|DAG@DAY", "a day, or a run of a DAG or task", "2013-01-03", _story, _places),
    "DAYS": Kind(
        "DAG|TASK@DAY..DAY",
        "a DAG or a task, and a range of days",
        "daily_flights@2013-01-01..2013-01-03",
        _target,
        _work,
    ),
    "DAY": Kind("DAY", "a day, as a key of the grid", "2013-01-03", _name),
    "FILLED": Kind(
        "DATASET[@DAY..DAY]", "a dataset that a store keeps", "served@2013-01-01..2013-01-31", _target, _datasets
    ),
    "RUN": Kind("DAG[@DAY]", "a DAG, perhaps with a day", "daily_flights@2013-01-03", _target, _dags),
    "DAGS": Kind("DAG", "a DAG, or a pattern of several", "daily_flights", _name, _dags),
    "DAG": Kind("DAG", "a DAG", "daily_flights", _name, _dags),
    "CODE": Kind("TASK|DAG", "a task or a DAG", "clean", _name, _places),
    "PLACE": Kind("TASK|DAG|DATASET", "a task, DAG or dataset, or a pattern such as *", "extract", _name, _places),
    "STEP": Kind("TASK", "a task", "clean", _name, _tasks),
    "UP": Kind("UPSTREAM", "a task or an input", "extract", _name, _names),
    "DOWN": Kind("DOWNSTREAM", "a task", "clean", _name, _tasks),
    "NAME": Kind("NAME", "a name", "jfk", _name, _names),
    "NEW": Kind("NEW", "a new name", "tidy", _name),
    "POOL": Kind("POOL", "a pool", "warehouse", _name, _pools),
    "SETTING": Kind("FIELD VALUE", "a field and its value", "retries 5", _setting, _fields),
    "STATE": Kind("STATE", f"one of {', '.join(MARKS)}", "success", _name, lambda session: MARKS),
    "VERSION": Kind("VERSION", "a version of the code", "v2", _name),
    "SPAN": Kind("SPAN", "a duration", "95m", _span),
    "TIME": Kind("TIME", "a time: 07:35, 2013-01-04 07:35 or 2013-01-04T07:35Z", "07:35", _time),
    "N": Kind("N", "a whole number", "2", _whole),
    "SLOTS": Kind("N", "a whole number, or none for no limit", "4", _slots),
    "TRIES": Kind("N|RATE", "a number of tries, or a share such as 20%", "2", _tries),
    "FACTOR": Kind("FACTOR", "a number such as 3, 1.5 or 1/60", "3", _matching(_FACTOR)),
    "SHARE": Kind("SHARE", "a share such as 60%", "60%", _matching(_RATE)),
    "COLUMN": Kind("COLUMN", "a column", "arr_delay", _name),
    "VALUE": Kind("VALUE", "a value, in quotes if it has spaces", "n/a", _any),
    "RENAMED": Kind("OLD:NEW", "a column's old and new name", "dep_delay:delay", _matching(_RENAMED)),
    "WRITTEN": Kind("DATASET@DAY[..DAY]", "a dataset and its day", "stg_flights@2013-01-03", _day_target, _datasets),
    "DATASET": Kind("DATASET", "a dataset", "stg_flights", _name, _datasets),
    "HELD": Kind("DATASET[@DAY]", "a dataset and its day", "stg_flights@2013-01-03", _target, _datasets),
    "VERSIONS": Kind(
        "DATASET[@DAY[..DAY]]", "a dataset, perhaps with days", "stg_flights@2013-01-03", _target, _datasets
    ),
    "ROWS": Kind("DATASET|INPUT@DAY", "a dataset or an input, and its day", "jfk@2013-01-03", _day_target, _data),
    "STORED": Kind("DATASET[@DAY]", "a dataset, perhaps with a day", "stg_flights@2013-01-03", _target, _datasets),
    "SHOWN": Kind(
        "DATASET|INPUT[@DAY]", "a dataset or an input, perhaps with a day", "stg_flights@2013-01-03", _target, _data
    ),
    "CARD": Kind(
        "DAG[@DAY][#N]", "a run of a DAG, perhaps the n-th of its day", "daily_flights@2013-01-03", _any, _dags
    ),
    "BESIDE": Kind("DAG[@DAY][#N]", "another run", "daily_flights@2013-01-02", _any, _dags),
    "CONDITION": Kind("CONDITION", "a condition in SQL, in quotes", '"num(dep_delay) > 120"', _filled),
    "READER": Kind("CONSUMER", "somebody who reads data", "board_dashboard", _name, _consumers),
    "CHECK": Kind("DATASET.CHECK", "a check of a dataset", "stg_flights.volume", _name, _checks),
    "LOOKS": Kind("KIND", f"one of {', '.join(CHECK_KINDS)}", "rows", _name, lambda session: CHECK_KINDS),
    "FROM": Kind("DAG|ROUTE", "a DAG, or a route such as #data-alerts", "daily_flights", _name, _routed),
    "TOLD": Kind("PERSON|ROUTE|none", "a person or a route; none: the owner", "ingest-oncall", _name, _routes),
    "PERSON": Kind("PERSON", "a person of the roster", "ingest-oncall", _name, _people),
    "WHAT": Kind("WHAT", "the number of a fault, or words of it", "1", _any),
    "FUTURE": Kind("FUTURE", "the name of a future", "A", _filled, _futures),
    "VERB": Kind("VERB", "a verb", "rerun", _name, _verbs),
}


def read_word(name: str, kind: Kind, text: str) -> str:
    """The text as a command keeps it. Raises InvalidInput."""
    try:
        return kind.read(text)
    except InvalidInput:
        raise
    except ValueError as error:
        told = str(error)
        if told.startswith("is "):
            raise refuse(f"{name} {told}") from None
        hint = told or f"'{shown(text)}' is not {kind.says}; for example {kind.example}"
        raise refuse(f"{name}: {hint}" if name else hint) from None
