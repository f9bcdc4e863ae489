"""Airflow files, read as text: the syntax tree is walked, nothing is imported and nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.importing.airflow.meaning import drafts
from workbench.importing.airflow.parts import Read
from workbench.importing.airflow.walking import walk
from workbench.importing.found import Found, Note
from workbench.importing.names import fitting
from workbench.importing.sources import Source


def read(source: Source) -> Found:
    """The DAGs of a file. Raises InvalidInput."""
    made = walk(source)
    found = drafts(source, made)
    return replace(found, notes=(*found.notes, *_templates(made)))


def _templates(made: Read) -> Iterator[Note]:
    """Names with templates: Airflow refuses them, and no text tells what they would be."""
    for dag in made.dags:
        for name, line in ((dag.dag_id, dag.line), *((task.task_id, task.line) for task in dag.tasks.values())):
            if "{{" in name or "{%" in name:
                yield Note("missed", f"the name '{name}' holds a template: called {fitting(name)} here", line)
