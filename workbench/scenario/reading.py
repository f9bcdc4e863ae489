"""Scenario documents and scenario data -> `Scenario`, checked against the workspace that it is about.

A bare task name must be unique among the DAGs; faults hold `dag.task`, or a pattern. Times without a zone: in a
document they are in the zone that all DAGs have in common (UTC when they differ), as on the command line; in data, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Set
from datetime import time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from workbench.model.findings import Findings, collecting, near, shown
from workbench.model.kinds import Place
from workbench.model.parts import Workspace
from workbench.model.problems import InvalidInput, Problem
from workbench.model.reading import Loaded, read_scenarios
from workbench.model.yamltext import Mapping, Node, Scalar, node_of
from workbench.scenario.meaning import INPUTS, faults_of_written
from workbench.scenario.parts import Fault, Scenario
from workbench.scenario.schema import SCENARIO, read_fault, write_fault
from workbench.scenario.zones import common_zone
from workbench.timetable import UTC

_HOW = "give a name from the pipeline file, or a file: late.yaml, or late.yaml#name if it holds several"
AS_PLANNED = Scenario()


def read_scenario(node: Node, workspace: Workspace, file: str = "", unread: Set[str] = frozenset()) -> Scenario:
    """The scenario of a document. Raises InvalidInput with every problem in it. `unread`: what of the workspace could
    not be read, so that nothing is said about it."""
    with collecting(file) as found:
        return _scenario(node, workspace, found, common_zone(workspace.dags.values()), unread)


def scenario_problems(loaded: Loaded) -> list[Problem]:
    """What is wrong with the scenarios of a file, so far as that can be said."""
    found: list[Problem] = []
    for node in loaded.scenarios:
        try:
            read_scenario(node, loaded.workspace, loaded.file, loaded.unread)
        except InvalidInput as error:
            found += error.problems
    return found


def find_scenario(loaded: Loaded, name_or_path: str | None, workspace: Workspace) -> Scenario:
    """The scenario that a person asked for: by its name in the loaded file, or by a path to another file.
    None: the only one in the file, or everything as planned when it has none. Raises InvalidInput."""
    if name_or_path == AS_PLANNED.name:
        return AS_PLANNED
    if name_or_path is not None and _is_path(name_or_path):
        path, _, name = name_or_path.partition("#")
        nodes = read_scenarios(_place_of(path, loaded.folder))
        return _pick(nodes, name or None, workspace, path, loaded.unread)
    if name_or_path is None and not loaded.scenarios:
        return AS_PLANNED
    return _pick(loaded.scenarios, name_or_path, workspace, loaded.file, loaded.unread)


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.partition("#")[0].endswith((".yaml", ".yml"))


def _place_of(path: str, folder: str) -> Path:
    """A path counts from where the person stands; one that is not there, from the pipeline's folder."""
    beside = Path(folder, path)
    return beside if folder and not Path(path).exists() and beside.exists() else Path(path)


def _pick(nodes: tuple[Mapping, ...], name: str | None, workspace: Workspace, file: str, unread: Set[str]) -> Scenario:
    named = {_name(node): node for node in nodes}
    if name is None and len(named) == 1:
        name = next(iter(named))
    if name in named:
        return read_scenario(named[name], workspace, file, unread)
    if name is None:
        told = f"there are several scenarios here; say which one: {', '.join(sorted(named))}"
    else:
        told = f"there is no scenario '{shown(name)}'{near(name, named) or ' in this file'}; {_HOW}"
    raise InvalidInput([Problem(told, file)])


def _name(node: Mapping) -> str:
    name = node.get("scenario")
    return name.text if isinstance(name, Scalar) else ""


def scenario_to_data(scenario: Scenario) -> dict[str, Any]:
    """The scenario as JSON data: the keys and spellings of a file, defaults left out."""
    return SCENARIO.write(scenario)


def scenario_from_data(data: object, workspace: Workspace | None = None) -> Scenario:
    """The scenario of `scenario_to_data`. Raises InvalidInput. Without a workspace, names are not checked."""
    with collecting() as found:
        return _scenario(node_of(data, found), workspace, found)


def fault_to_data(fault: Fault) -> dict[str, Any]:
    """The fault as JSON data, for example {"late": {"input": "jfk", ...}}."""
    return write_fault(fault)


def fault_from_data(
    data: object, workspace: Workspace | None = None, arrivals: MappingOf[str, time | timedelta] | None = None
) -> Fault:
    """The fault of `fault_to_data`. Raises InvalidInput. `by` counts from when the input is
    expected, of one that nobody promised from the scenario's `arrivals`; without a workspace, names are not checked and
    `by` is refused."""
    made: list[Fault] = []
    with collecting() as found:
        written = read_fault(node_of(data, found), 0, Place(found, "the fault"))
        if written is not None:
            made.extend(faults_of_written([written], workspace, arrivals or {}))
    return made[0]


def _scenario(
    node: Node, workspace: Workspace | None, found: Findings, zone: tzinfo = UTC, unread: Set[str] = frozenset()
) -> Scenario:
    if not isinstance(node, Mapping):
        found.stop("a scenario must be a group of named values, for example {scenario: late_jfk, seed: 13}")
    assert isinstance(node, Mapping)
    place = Place(found, f"scenario '{shown(_name(node))}'", zone, lines={"": node.line})
    values = SCENARIO.values(node, place)
    arrivals = values.get("arrivals", {})
    if not unread & INPUTS:
        _check_arrivals(arrivals, workspace, place)
    _check_order(values, place)
    faults = faults_of_written(values.pop("faults", []), workspace, arrivals, unread)
    return Scenario(**{"name": "", **values}, faults=faults, file=found.file, lines=place.lines)


def _check_arrivals(names: MappingOf[str, Any], workspace: Workspace | None, place: Place) -> None:
    for name in names:
        if workspace is not None and name not in workspace.inputs:
            told = f"'arrivals' of {place.who} names unknown input '{shown(name)}'"
            place.found.add(f"{told}{near(name, workspace.inputs)}", place.lines.get(f"arrivals.{name}", 0))


def _check_order(values: MappingOf[str, Any], place: Place) -> None:
    start, until = values.get("start"), values.get("until")
    if start is not None and until is not None and until <= start:
        place.found.add(f"'until' of {place.who} must come after its 'from'", place.lines["until"])
