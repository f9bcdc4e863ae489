"""The scenarios of a file that is saved, after its pipeline was edited: what they name may have another name now, or be
gone. A scenario that names what is not there cannot be opened, so such a fault is left out, and that is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.model import Problem, Workspace
from workbench.model.reading import read_partly_text
from workbench.model.spots import Region, Spot, line_end, line_start, regions_of
from workbench.model.yamltext import MOST_BYTES
from workbench.ordering import renamings
from workbench.scenario.reading import scenario_problems

_MOST = 50


def fitted(text: str, before: Workspace | None, now: Workspace) -> tuple[str, tuple[str, ...]]:
    """The text of a file with scenarios that fit its DAGs, and what was left out of them, in words."""
    if "scenario" not in text or len(text) > MOST_BYTES:
        return text, ()
    if before is not None:
        text = _renamed(text, _new_names(before, now))
    notes: list[str] = []
    for _ in range(_MOST):
        problems = scenario_problems(read_partly_text(text))
        cut = next(filter(None, (_without(text, problem) for problem in problems)), None)
        if cut is None:
            notes += [f"line {problem.line} has to be mended by hand: {problem.message}" for problem in problems]
            break
        text, told = cut
        notes.append(told)
    return text, tuple(notes)


def _new_names(before: Workspace, now: Workspace) -> dict[str, str]:
    """Old name -> new name of tasks, as scenarios may write them."""
    found: dict[str, str] = {}
    taken = {name for spec in now.dags.values() for name in (*spec.tasks, *spec.inputs, *spec.datasets)}
    for dag, spec in now.dags.items():
        for a, b in renamings(before.dags[dag], spec) if dag in before.dags else ():
            found[f"{dag}.{a}"] = f"{dag}.{b}"
            found |= {} if a in taken else {a: b}
    return found


def _renamed(text: str, names: dict[str, str]) -> str:
    places = [spot for region in _scenarios(text) for spot in _scalars(region) if spot.text in names]
    for spot in sorted(places, key=lambda spot: -spot.start):
        if text[spot.start : spot.end].strip("\"'") == spot.text:
            text = (
                text[: spot.start] + text[spot.start : spot.end].replace(spot.text, names[spot.text]) + text[spot.end :]
            )
    return text


def _scenarios(text: str) -> list[Region]:
    return [one for one in regions_of(text) if one.root is not None and one.root.get("scenario") is not None]


def _scalars(region: Region) -> Iterator[Spot]:
    root = region.root
    waiting = [item for key, item in root.pairs if key.text not in ("scenario", "description")] if root else []
    while waiting:
        spot = waiting.pop()
        waiting += spot.items
        if spot.form == "scalar":
            yield spot


def _without(text: str, problem: Problem) -> tuple[str, str] | None:
    """The text without the fault (or the arrival) on the line of a problem; None when there is none."""
    for region in _scenarios(text):
        for key, value in region.root.pairs if region.root else ():
            items = value.items if value.form == "list" else value.items[::2]
            for number, item in enumerate(items):
                last = value.items[2 * number + 1].end if value.form == "group" else item.end
                if not value.flow and _line(text, item.start) <= problem.line <= _line(text, last):
                    start, end = line_start(text, item.start), line_end(text, last)
                    if len(items) == 1:
                        start = line_start(text, key.start)
                    what = re.sub(r"\s+", " ", text[line_start(text, item.start) : end]).strip(" -")
                    return text[:start] + text[end:], f"left out of a scenario: {what} ({problem.message})"
    return None


def _line(text: str, index: int) -> int:
    return text.count("\n", 0, index) + 1
