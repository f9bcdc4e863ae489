"""What an import found, in words: what there is, what was not understood, what was guessed."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.importing.found import Draft, Found, Manner, Note
from workbench.importing.writing import placed
from workbench.views.clock import plural

_HEADS: tuple[tuple[Manner, str], ...] = (
    ("missed", "Not understood"),
    ("changed", "Told otherwise"),
    ("guessed", "Guessed"),
    ("kept", "Noted"),
)
MOST = 12


def told(found: Found) -> list[str]:
    """Lines for a terminal."""
    return [
        *(_one(draft) for draft in found.drafts),
        *(line for manner, head in _HEADS for line in _notes(found, manner, head)),
    ]


def _one(draft: Draft) -> str:
    edges = sum(need in draft.tasks for task in draft.tasks.values() for need in _needs(task))
    return f"{draft.name}: {plural(len(draft.tasks), 'task')}, {plural(edges, 'edge')}, {_schedule(draft)}"


def _needs(task: object) -> list[str]:
    needs = task.get("needs", []) if isinstance(task, dict) else []
    return [needs] if isinstance(needs, str) else list(needs)


def _schedule(draft: Draft) -> str:
    schedule = draft.data.get("schedule")
    if schedule is None or schedule == "manual":
        return "no schedule"
    return f"schedule '{schedule}'" if isinstance(schedule, str) else "started by data"


def _notes(found: Found, manner: Manner, head: str) -> Iterator[str]:
    notes = found.by(manner)
    if not notes:
        return
    yield f"{head}:"
    for note in notes[:MOST]:
        yield f"  {_placed(found, note)}"
    if len(notes) > MOST:
        yield f"  and {len(notes) - MOST} more"


def _placed(found: Found, note: Note) -> str:
    return f"{note.file or found.source}:{note.line}: {note.text}" if note.line else placed(note)
