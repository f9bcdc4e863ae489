"""Completion: the words that may come next in a line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.model import InvalidInput
from workbench.ordering.targets import LAST, tasks_named
from workbench.verbs.grammar import Slot, form_of, slots_of
from workbench.verbs.kinds import KINDS
from workbench.verbs.table import ALIASES, FORMS, VERBS

if TYPE_CHECKING:
    from workbench.session import Session

_DAYED = ("TASKS", "TASK", "WHERE", "INPUTS", "DAYS", "RUN", "VERSIONS", "HELD", "ROWS", "SHOWN", "STORED", "WRITTEN")
_MOST_DAYS = 20


def complete(text: str, session: Session) -> list[str]:
    """The words that may stand where the last, unfinished word of the text is; sorted as they are most likely meant."""
    before, last = _split(text)
    found = _offers(before, last, session)
    return list(dict.fromkeys(word for word in found if word.startswith(last) and word != last))


def _split(text: str) -> tuple[list[str], str]:
    words = text.split()
    return (words, "") if not text or text[-1].isspace() else (words[:-1], words[-1])


def _offers(before: list[str], last: str, session: Session) -> Iterable[str]:
    if not before:
        return dict.fromkeys(name.partition(" ")[0] for name in [*VERBS, *ALIASES])
    seconds = [name.partition(" ")[2] for name in VERBS if name.startswith(f"{before[0]} ")]
    try:
        form, rest = form_of(before, FORMS, ALIASES)
    except InvalidInput:
        return seconds if len(before) == 1 else ()
    found = [word for slot in _next(slots_of(form.pattern), list(rest)) for word in _words(slot, last, session)]
    return [*(seconds if len(before) == 1 else ()), *found]


def _next(slots: tuple[Slot, ...], rest: list[str]) -> list[Slot]:
    """The slots that the next word may belong to."""
    by_word = {slot.word: slot for slot in slots if slot.word}
    places = [slot for slot in slots if not slot.word]
    free = sorted(places, key=lambda slot: not slot.required)
    current: Slot | None = None
    filled: dict[Slot, int] = {}
    for word in rest:
        if word in by_word and not (free and free[0].required and free[0] not in filled):
            current = by_word[word]
            filled[current] = 0
        else:
            if current is None or _is_full(current, filled[current]):
                current = next((slot for slot in free if slot not in filled or slot.many), None)
            if current is None:
                return []
            filled[current] = filled.get(current, 0) + 1
    if current is not None and current.kind and filled[current] % current.each:
        return []  # the value of a field may be anything
    if current is not None and current.word and current.kind and not filled[current]:
        return [current]
    ahead = [slot for slot in free if slot not in filled or slot.many]
    if ahead and ahead[0].required and ahead[0] not in filled:
        return [ahead[0]]
    words = [slot for slot in by_word.values() if slot not in filled or (slot.many and slot is current)]
    return [*ahead[:1], *words]


def _is_full(slot: Slot, many: int) -> bool:
    return not slot.kind or (many >= slot.each and not slot.many)


def _words(slot: Slot, last: str, session: Session) -> list[str]:
    """The words for a slot: its word, or what its kind offers; days behind an @."""
    kind = KINDS.get(slot.kind)
    own = [slot.word] if slot.word else []
    if kind is None:
        return own
    offered = [*kind.offers(session)]
    name = last.partition("@")[0]
    if slot.kind in _DAYED and ("@" in last or last in offered):  # the name is whole: now its days
        return [f"{name}@{day}" for day in _days(name, session)]
    return [*own, *offered]


def _days(name: str, session: Session) -> list[str]:
    """The newest days of which a task or DAG has runs, an input came or is known, or a dataset was written."""
    known = session.state.known
    if name in known.makers:
        return sorted((day for one, day in known.data.versions if one == name), reverse=True)[:_MOST_DAYS]
    try:
        dags = {known.homes[name]} if name in known.homes else {dag for dag, _ in tasks_named(known, name)}
    except InvalidInput:
        return []
    days = {(run.window.start, run.window.key) for key, run in known.runs.items() if key.dag in dags}
    days |= {_last_ended(session, dag) for dag in dags}
    return [LAST, *(key for _, key in sorted(days, reverse=True)[:_MOST_DAYS])]


def _last_ended(session: Session, dag: str) -> tuple[datetime, str]:
    window = session.state.known.plans[dag].spec.grid.last_ended(session.now)
    return window.start, window.key
