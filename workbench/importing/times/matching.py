"""Whose rows they are: the DAGs and tasks of a recording among those of an import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workbench.importing.found import Draft, Note
from workbench.importing.names import fitting
from workbench.importing.times.recording import Recording
from workbench.model.findings import near, shown
from workbench.views.clock import listed

_OF_MATRIX = re.compile(r"(.+?)\s+\(.*\)$")
_MOST = 5
Place = tuple[str, str]


class Matched(NamedTuple):
    """`places`: (DAG, task) by number, as we call them; `of`: for each task of the recording the number of its place,
    -1 for one that is not ours."""

    places: tuple[Place, ...]
    of: tuple[int, ...]
    notes: tuple[Note, ...]


def matched(drafts: Iterable[Draft], recording: Recording) -> Matched:
    """The places that were recorded, and what does not go together."""
    drafts = tuple(drafts)
    books = {draft.name: _book(draft) for draft in drafts}
    dags, notes = _dags(drafts, recording)
    found = {key: _place(key, dags, books) for key in recording.tasks}
    places = tuple(dict.fromkeys(place for place in found.values() if place is not None))
    number = {place: n for n, place in enumerate(places)}
    of = tuple(-1 if place is None else number[place] for place in found.values())
    lost = [key for key, place in found.items() if place is None and dags.get(key[0]) is not None]
    strange = _strangers(lost, dags, books, recording)
    return Matched(places, of, (*notes, *strange))


Book = Mapping[str, str]


def _book(draft: Draft) -> Book:
    """Our task by each spelling that means it; a spelling that two tasks share means none."""
    book: dict[str, str] = {}
    for spell in (_as_it_is, str.casefold, _fitted, _last):
        spelt: dict[str, list[str]] = {}
        for ours in draft.tasks:
            for name in dict.fromkeys((draft.origins.get(ours, ours), ours)):
                spelt.setdefault(spell(name), []).append(ours)
        for name, tasks in spelt.items():
            if len(set(tasks)) == 1:
                book.setdefault(name, tasks[0])
    return book


def _as_it_is(name: str) -> str:
    return name


def _fitted(name: str) -> str:
    return fitting(name).casefold()


def _last(name: str) -> str:
    return name.rpartition(".")[2].casefold()


def _task_of(name: str, book: Book) -> str | None:
    base = _OF_MATRIX.fullmatch(name)
    names = (name, base[1]) if base else (name,)
    spellings = (spell(one) for one in names for spell in (_as_it_is, str.casefold, _fitted, _last))
    return next((book[one] for one in spellings if one in book), None)


def _place(key: Place, dags: Mapping[str, str | None], books: Mapping[str, Book]) -> Place | None:
    dag, task = key
    among = list(books) if not dag else [name for name in (dags.get(dag),) if name is not None]
    found = [(name, ours) for name in among if (ours := _task_of(task, books[name])) is not None]
    return found[0] if len(found) == 1 else None


def _dags(drafts: tuple[Draft, ...], recording: Recording) -> tuple[dict[str, str | None], list[Note]]:
    """Our DAG by what it is called there, and about which there is something to say."""
    ours = {draft.name: draft.name for draft in drafts}
    ours |= {draft.origins[draft.name]: draft.name for draft in drafts if draft.name in draft.origins}
    spelt = {**{_fitted(name): dag for name, dag in ours.items()}, **ours}
    names = list(dict.fromkeys(dag for dag, _ in recording.tasks))
    found = {name: spelt.get(name) or spelt.get(_fitted(name)) if name else "" for name in names}
    unknown = [name for name, dag in found.items() if dag is None]
    if unknown == names and len(names) == len(drafts) == 1:
        told = f"its DAG is '{shown(names[0])}', and was taken for {drafts[0].name}"
        return {names[0]: drafts[0].name}, [Note("guessed", told, file=recording.place)]
    hints = [f"'{shown(name)}'{_meant(name, ours)}" for name in unknown[:_MOST]] + unknown[_MOST:]
    if not unknown:
        return found, []
    told = f"rows of {some(hints)} are about other DAGs and were left out"
    return found, [Note("kept", told, file=recording.place)]


def _strangers(
    lost: list[Place], dags: Mapping[str, str | None], books: Mapping[str, Book], recording: Recording
) -> Iterator[Note]:
    """Tasks that were recorded, and that the pipeline has not."""
    for dag in dict.fromkeys(dag for dag, _ in lost):
        owner = dags.get(dag)
        asked = [books[owner]] if owner else books.values()  # without a DAG's name, any of them may be meant
        known = list(dict.fromkeys(name for book in asked for name in book.values()))
        strange = [task for of, task in lost if of == dag]
        names = [f"'{shown(task)}'{_meant(task, known)}" for task in strange[:_MOST]] + strange[_MOST:]
        told = f"{owner or 'the pipeline'} has no task {some(names, 'or')}: what was recorded of it was left out"
        yield Note("missed", told, file=recording.place)


def _meant(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'clean'?)`; empty if nothing is spelt nearly so."""
    hint = near(name, known).partition("did you mean ")[2].partition("?")[0]
    return f" (did you mean {hint}?)" if hint else ""


def some(names: list[str], joint: str = "and") -> str:
    """The first of many names, and how many more there are."""
    if len(names) > _MOST:
        return f"{', '.join(names[:_MOST])} {joint} {len(names) - _MOST} more"
    return listed(names) if joint == "and" else f" {joint} ".join(names)
