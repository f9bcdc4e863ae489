"""dbt's manifest.json, with run_results.json and sources.json beside it: a DAG in the order of `dbt build`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.importing.dbt.building import SCHEDULE, Building, Parts, readers
from workbench.importing.dbt.graph import Circle, Graph, graph_of
from workbench.importing.dbt.manifest import Manifest, listed, manifest_of, owner, text
from workbench.importing.dbt.notes import notes_of
from workbench.importing.dbt.outcomes import RUN, Outcomes, moment, outcomes_of
from workbench.importing.dbt.recorded import recorded
from workbench.importing.dbt.shrinking import TooLarge, shrunk
from workbench.importing.found import Draft, Found, Note, Path
from workbench.importing.names import Names, fitting
from workbench.importing.sources import Source, parsed_json
from workbench.views.clock import plural

__all__ = ["read"]

# When nothing says when anything was.
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_READ_AT = "0 8 * * *"


def read(source: Source) -> Found:
    """The project's DAG. Raises InvalidInput."""
    manifest = manifest_of(parsed_json(source), source)
    outcomes = outcomes_of(source, manifest)
    building = Building(manifest, _graph(manifest, source), outcomes)
    parts = building.build()
    left_out = _shrunk(parts, source)
    day = _day(manifest, outcomes)
    draft = _draft(manifest, parts, outcomes, day)
    scenarios, told = recorded(parts, outcomes, draft.name, day)
    consumers, guesses = _consumers(building)
    notes = (*left_out, *manifest.notes, *outcomes.notes, *notes_of(manifest, parts, outcomes), *told, *guesses)
    return Found(source.name, "dbt", (draft,), _settings(parts, outcomes) | consumers, tuple(scenarios), notes)


def _graph(manifest: Manifest, source: Source) -> Graph:
    try:
        return graph_of(manifest)
    except Circle as error:
        raise source.refuse(f"goes in a circle, which dbt does not build: {_chain(error.uids)}") from error


def _shrunk(parts: Parts, source: Source) -> list[Note]:
    try:
        return shrunk(parts)
    except TooLarge as error:
        told = f"makes {plural(len(parts.tasks), 'task')}: more than a pipeline file of 1 MiB holds"
        raise source.refuse(f"{told}, also without its tests, owners and descriptions") from error


def _chain(uids: Iterable[str]) -> str:
    return " >> ".join(uid.split(".")[-1] for uid in uids)


def _settings(parts: Parts, outcomes: Outcomes) -> dict[str, Any]:
    """Rows are not in the manifest: where they are only counted, checks say that they did not look."""
    counting = {"rows": "count"} if parts.checks else {}
    return counting | ({"workers": outcomes.threads} if outcomes.threads else {})


def _day(manifest: Manifest, outcomes: Outcomes) -> datetime:
    """The day (UTC) of the recorded run; else that on which dbt wrote the manifest."""
    at = outcomes.at or moment(manifest.generated)
    known = at if at is not None and 1970 <= at.year <= 2900 else _SOME_DAY
    return known.replace(hour=0, minute=0, second=0, microsecond=0)


def _draft(manifest: Manifest, parts: Parts, outcomes: Outcomes, day: datetime) -> Draft:
    data: dict[str, Any] = {
        "dag": fitting(manifest.project),
        "schedule": SCHEDULE,
        "start": f"{day - timedelta(days=1):%Y-%m-%d}",
        "inputs": parts.inputs,
        "datasets": {name: dataset for name, dataset in parts.datasets.items() if dataset},
        "tasks": parts.tasks,
    }
    remarks: dict[Path, str] = {**parts.remarks, ("schedule",): "guessed: dbt does not say when it runs"}
    remarks["start",] = "so that the first run is on the day of the recorded one" if outcomes.at else "guessed"
    remarks["tasks",] = _times_said(outcomes)
    origins = {name: _name_in(members[0]) for name, members in parts.members.items()}
    return Draft({key: value for key, value in data.items() if value}, remarks, origins)


def _name_in(uid: str) -> str:
    """`model.shop.orders` is `orders`."""
    return ".".join(uid.split(".")[2:3]) or uid


def _times_said(outcomes: Outcomes) -> str:
    if outcomes.seconds:
        return f"times from {RUN}, at least 1s; where it has none they are guessed"
    return "guessed: how long each takes"


def _consumers(building: Building) -> tuple[dict[str, Any], list[Note]]:
    """The exposures as who reads."""
    names, found, nothing = Names(), dict[str, Any](), list[str]()
    for exposure, reads in readers(building):
        if not reads:
            nothing.append(exposure.name)
            continue
        about = text(exposure.data.get("label")) or text(exposure.data.get("description"))
        given = {"reads": reads, "schedule": _READ_AT, "owner": owner(exposure.data.get("owner"))}
        given["description"] = "" if about == exposure.name else about[:100]
        found[names.of(exposure.uid.partition(".")[2] if exposure.name in names.by_original else exposure.name)] = {
            key: value for key, value in given.items() if value
        }
    notes = [Note("guessed", f"exposures read every day at 08:00: {listed(found)}")] if found else []
    if nothing:
        notes.append(Note("missed", f"exposures that read nothing that is built here: {listed(nothing)}"))
    return ({"consumers": found} if found else {}), notes
