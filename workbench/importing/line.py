"""A pipeline in a line of arrows, as `workbench import -` reads it: `extract >> clean >> [publish, archive]`."""

from __future__ import annotations

from workbench.importing.arrows import NAME, sketch
from workbench.importing.found import Draft, Found, Note
from workbench.importing.sources import Source
from workbench.model.writing import dag_data
from workbench.timetable import spoken_duration


def read(source: Source) -> Found:
    """The pipeline that is meant. Raises InvalidInput."""
    spec = sketch(source.text).dags[NAME]
    takes = {spoken_duration(task.takes) for task in spec.tasks.values()}
    guesses = (
        Note("guessed", f"a run every day at 06:00, as nothing says when ({spec.schedule})"),
        Note("guessed", f"{' or '.join(sorted(takes))} a task"),
    )
    draft = Draft(dag_data(spec), {("schedule",): "guessed", ("tasks",): "guessed: how long each takes"})
    return Found(source.name, "a line of arrows", (draft,), notes=guesses)
