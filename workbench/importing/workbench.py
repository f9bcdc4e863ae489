"""A pipeline file of our own, to which the times of real runs are to be added. Its comments are not kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.importing.found import Draft, Found, Note
from workbench.importing.sources import Source
from workbench.model import InvalidInput, Problem
from workbench.model.reading import Loaded, read_partly_text
from workbench.model.writing import dag_data, settings_data
from workbench.scenario import read_scenario, scenario_to_data


def read(source: Source) -> Found:
    """The pipeline as it is. Raises InvalidInput with what is wrong with it."""
    loaded = read_partly_text(source.text, source.name, str(source.folder or ""))
    if loaded.problems:
        raise InvalidInput([Problem(one.message, source.name, one.line) for one in loaded.problems])
    drafts = tuple(Draft(dag_data(spec)) for spec in loaded.workspace.dags.values())
    scenarios = tuple(_scenarios(loaded))
    return Found(
        source.name, "Workbench", drafts, settings_data(loaded.workspace), scenarios, tuple(_lost(source, loaded))
    )


def _scenarios(loaded: Loaded) -> Iterator[dict[str, Any]]:
    for node in loaded.scenarios:
        yield scenario_to_data(read_scenario(node, loaded.workspace, loaded.file, loaded.unread))


def _lost(source: Source, loaded: Loaded) -> Iterator[Note]:
    """What the new file has not."""
    lines = source.text.splitlines()
    comments = [n for n, line in enumerate(lines, 1) if line.lstrip().startswith("#") or " # " in line]
    if comments:
        yield Note("changed", "comments are not kept in the new file", comments[0])
    templates = sorted({spec.template for spec in loaded.workspace.dags.values() if spec.template})
    if templates:
        yield Note("changed", f"the DAGs that {', '.join(templates)} made are written out one by one")
