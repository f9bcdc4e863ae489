"""The line of a task: `clean after extract retries 2 takes 5m`, read as the words of the grammar are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.model import InvalidInput, nearest
from workbench.ordering.here import refuse, unknown
from workbench.ordering.settings import Setting, task_fields
from workbench.verbs.grammar import words_of

if TYPE_CHECKING:
    from workbench.session import Session

EXAMPLE = "%%task clean after extract retries 2 takes 5m"
# Other words for fields, and fields of which the value is one name or more.
_SAME = {"after": "needs", "check": "checks"}
_LISTS = ("needs", "reads", "requires", "writes", "checks")


class Wanted(NamedTuple):
    """What a line asks of a task: its name, its DAG if one is named, and fields with their values as words."""

    name: str
    dag: str
    settings: tuple[Setting, ...]

    @classmethod
    def of(cls, line: str) -> Wanted:
        """Raises InvalidInput for words that no task has."""
        words = words_of(line)
        if not words:
            raise refuse(f"A task needs a name, for example: {EXAMPLE}")
        name, *rest = words
        if name in _words():
            raise refuse(f"The name of the task comes first, for example: {EXAMPLE}")
        found = list(_fields(rest))
        dag = next((value for field, value in found if field == "in"), "")
        return cls(name, dag, tuple(setting for setting in found if setting[0] != "in"))

    def names(self, *fields: str) -> tuple[str, ...]:
        """All that is named in some fields that are lists."""
        given = [value.split(",") for field, value in self.settings if field in fields and value != "none"]
        return tuple(dict.fromkeys(name for names in given for name in names if name))


def _words() -> list[str]:
    return ["in", *_SAME, *task_fields()]


def _fields(words: Sequence[str]) -> Iterator[Setting]:
    """Each field with its value; a list goes on to the next word that is a field's."""
    known, at = _words(), 0
    while at < len(words):
        word = words[at]
        field = _SAME.get(word, word)
        if field.partition(".")[0] not in known:
            raise _no_field(word, known)
        end = at + 2
        while field in _LISTS and end < len(words) and words[end].partition(".")[0] not in known:
            end += 1
        if at + 1 >= len(words):
            raise refuse(f"{word} needs a value, for example: {EXAMPLE}")
        yield field, ",".join(name for one in words[at + 1 : end] for name in one.split(",") if name)
        at = end


def _no_field(word: str, known: Sequence[str]) -> InvalidInput:
    told = unknown("word of a task is", word, known, f"A task is written: {EXAMPLE}")
    return told if nearest(word, known) else refuse(f"No word of a task is {word}. A task is written: {EXAMPLE}")


def cell_offers(line: str, session: Session | None) -> list[str]:
    """The words that may stand where the last, unfinished word of a task's line is."""
    before, last = _split(line)
    if not before:
        names = list(_tasks(session)) if session is not None else []
        return [name for name in names if name.startswith(last) and name != last]
    field = next((word for word in reversed(before) if word in _words()), "")
    field, is_open = _SAME.get(field, field), bool(before) and before[-1] not in _words()
    values = [] if session is None else list(_values(field, session))
    free = field in _LISTS and is_open
    found = [*(values if not is_open or free else []), *(_common() if len(before) == 1 or is_open else [])]
    own = set(before)
    return [word for word in dict.fromkeys(found) if word.startswith(last) and word != last and word not in own]


def _common() -> list[str]:
    """Fields, those that people ask for most first."""
    first = ["after", "takes", "retries", "delay", "reads", "writes", "pool", "in"]
    return [*first, *(field for field in task_fields() if field not in first)]


def _tasks(session: Session) -> Iterator[str]:
    return (task for plan in session.state.known.plans.values() for task in plan.tasks)


def _values(field: str, session: Session) -> Iterator[str]:
    known = session.state.known
    if field in ("needs", "reads", "requires"):
        yield from (*_tasks(session), *known.homes, *known.makers)
    elif field in ("writes", "checks"):
        yield from known.makers
    elif field in ("pool", "in"):
        yield from known.pools if field == "pool" else known.plans


def _split(text: str) -> tuple[list[str], str]:
    words = text.split()
    return (words, "") if not text or text[-1].isspace() else (words[:-1], words[-1])
