"""What tests of imports share: files, what was found in them, and the pipeline that comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.engine.state import Run
from workbench.importing.found import Draft, Found, Manner
from workbench.importing.sources import bring
from workbench.importing.writing import as_file
from workbench.model import InvalidInput
from workbench.model.reading import read_partly_text
from workbench.session import Session

FILES = Path(__file__).parent / "files"


def refused(text: str, kind: str) -> list[str]:
    """What is told about a text that cannot be imported."""
    with pytest.raises(InvalidInput) as caught:
        as_file(bring("given", kind, text))
    return [str(problem) for problem in caught.value.problems]


def notes(found: Found, manner: Manner) -> list[tuple[int, str]]:
    return [(note.line, note.text) for note in found.by(manner)]


def edges(draft: Draft) -> set[tuple[str, str]]:
    """From task to task."""
    needs = {name: task.get("needs", []) for name, task in draft.tasks.items()}
    listed = {name: [given] if isinstance(given, str) else given for name, given in needs.items()}
    return {(need, name) for name, given in listed.items() for need in given if need in draft.tasks}


def session(found: Found, *faults: object) -> Session:
    """A session on the file that would be written."""
    loaded = read_partly_text(as_file(found))
    assert not loaded.problems
    return Session(loaded.workspace, wb.Scenario(faults=tuple(faults)))  # type: ignore[arg-type]


def first_run(session: Session) -> Run:
    """The first run, when it is over."""
    session.run_until("2013-01-03 05:00")
    return min(session.state.known.runs.values(), key=lambda run: run.key.partition)


def states(session: Session) -> dict[str, str]:
    """How the tasks of the first run ended."""
    return {task: cell.state for task, cell in first_run(session).cells.items()}
