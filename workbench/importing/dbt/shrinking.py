"""Large projects: what is left out so that the pipeline file stays one that is read (1 MiB)."""

from __future__ import annotations

import json
from collections.abc import Callable

from workbench.importing.dbt.building import Parts
from workbench.importing.found import Note

# Letters of the data as JSON, which YAML on several lines is somewhat longer than.
MOST_LETTERS = 850_000


class TooLarge(Exception):
    """It would be too large in its shortest form, too."""


def shrunk(parts: Parts) -> list[Note]:
    """Leaves out of the parts what is least missed, until they fit. Raises TooLarge."""
    notes: list[Note] = []
    for word, leave_out in _STEPS:
        if _letters(parts) <= MOST_LETTERS:
            return notes
        leave_out(parts)
        notes.append(Note("missed", f"{word}: with them the pipeline file would be larger than 1 MiB"))
    if _letters(parts) > MOST_LETTERS:
        raise TooLarge
    return notes


def _letters(parts: Parts) -> int:
    tables = (parts.inputs, parts.datasets, parts.tasks)
    return sum(len(name) + len(json.dumps(data)) for table in tables for name, data in table.items() if data)


def _without_words(parts: Parts) -> None:
    for task in parts.tasks.values():
        task.pop("description", None)
        task.pop("owner", None)


def _without_checks(parts: Parts) -> None:
    for dataset in parts.datasets.values():
        dataset.pop("checks", None)
    for task in parts.tasks.values():
        task.pop("checks", None)
    parts.checks = 0


def _without_steps(parts: Parts) -> None:
    """A model's tests become part of its task, which fails when one of them does. Those of several models go."""
    waited: dict[str, list[str]] = {}
    for name, task in list(parts.tasks.items()):
        needs = [one for need in task.get("needs", ()) for one in waited.get(need, [need])]
        if name in parts.steps:
            waited[name] = needs
            members = parts.members.pop(name)
            if len(needs) == 1:
                parts.members[needs[0]] += members
            del parts.tasks[name]
        elif needs:
            task["needs"] = list(dict.fromkeys(needs))


_STEPS: tuple[tuple[str, Callable[[Parts], None]], ...] = (
    ("descriptions and owners of tasks", _without_words),
    ("the tests as checks (their steps are there, and can fail)", _without_checks),
    ("steps for the tests (a model's task stands for its tests too, those of several models are gone)", _without_steps),
)
