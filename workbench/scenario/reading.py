"""Scenario documents and scenario data -> `Scenario`, checked against the workspace that it is about.

A bare task name must be unique among the DAGs; faults always hold `dag.task`. Naive times are UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from workbench.model.findings import Findings, collecting, near, shown
from workbench.model.kinds import Place
from workbench.model.parts import DagSpec, Workspace, after_window
from workbench.model.problems import InvalidInput, Problem
from workbench.model.reading import Loaded, read_scenarios
from workbench.model.yamltext import Mapping, Node, Scalar, node_of
from workbench.scenario.parts import Fault, Flaky, Late, Never, Outage, Scenario
from workbench.scenario.schema import SCENARIO, Written, read_fault, write_fault
from workbench.timetable import Partition, format_instant

_HOW = "give a name from the pipeline file, or a file: late.yaml, or late.yaml#name if it holds several"
AS_PLANNED = Scenario()


def read_scenario(node: Node, workspace: Workspace, file: str = "") -> Scenario:
    """The scenario of a document. Raises InvalidInput with every problem in it."""
    with collecting(file) as found:
        return _scenario(node, workspace, found)


def find_scenario(loaded: Loaded, name_or_path: str | None, workspace: Workspace) -> Scenario:
    """The scenario that a person asked for: by its name in the loaded file, or by a path to another file.
    None: the only one in the file, or everything as planned when it has none. Raises InvalidInput."""
    if name_or_path == AS_PLANNED.name:
        return AS_PLANNED
    if name_or_path is not None and _is_path(name_or_path):
        path, _, name = name_or_path.partition("#")
        return _pick(read_scenarios(_place_of(path, loaded.folder)), name or None, workspace, path)
    if name_or_path is None and not loaded.scenarios:
        return AS_PLANNED
    return _pick(loaded.scenarios, name_or_path, workspace, loaded.file)


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.partition("#")[0].endswith((".yaml", ".yml"))


def _place_of(path: str, folder: str) -> Path:
    """A path counts from where the person stands; one that is not there, from the pipeline's folder."""
    beside = Path(folder, path)
    return beside if folder and not Path(path).exists() and beside.exists() else Path(path)


def _pick(nodes: tuple[Mapping, ...], name: str | None, workspace: Workspace, file: str) -> Scenario:
    named = {_name(node): node for node in nodes}
    if name is None and len(named) == 1:
        name = next(iter(named))
    if name in named:
        return read_scenario(named[name], workspace, file)
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
    """The fault of `fault_to_data`. Raises InvalidInput. `by` counts from the scenario's `arrivals`; without
    a workspace, names are not checked and `by` is refused."""
    made: list[Fault] = []
    with collecting() as found:
        written = read_fault(node_of(data, found), 0, Place(found, "the fault"))
        if written is not None:
            made.extend(_faults([written], workspace, arrivals or {}))
    return made[0]


def _scenario(node: Node, workspace: Workspace | None, found: Findings) -> Scenario:
    if not isinstance(node, Mapping):
        found.stop("a scenario must be a group of named values, for example {scenario: late_jfk, seed: 13}")
    assert isinstance(node, Mapping)
    place = Place(found, f"scenario '{shown(_name(node))}'", lines={"": node.line})
    values = SCENARIO.values(node, place)
    arrivals = values.get("arrivals", {})
    _check_arrivals(arrivals, workspace, place)
    _check_order(values, place)
    faults = _faults(values.pop("faults", []), workspace, arrivals)
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


def _faults(
    written: list[Written], workspace: Workspace | None, arrivals: MappingOf[str, time | timedelta]
) -> tuple[Fault, ...]:
    meanings = (_Meaning(fault, workspace, arrivals) for fault in written if fault.whole)
    return tuple(fault for meaning in meanings if (fault := meaning.fault()) is not None)


@dataclass
class _Meaning:
    """What one fault means in a workspace. Each check tells what is wrong at the line of its field."""

    written: Written
    workspace: Workspace | None
    arrivals: MappingOf[str, time | timedelta]
    told: bool = False

    def fault(self) -> Fault | None:
        """The fault; None when something about it is wrong."""
        made = _MAKE[self.written.key](self)
        return None if self.told else made

    def late(self) -> Fault | None:
        spec, values = self.home(), self.written.values
        window = self.window(spec)
        self.one_of("arrives", "by")
        arrives = values.get("arrives")
        if "by" in values and not self.told:
            arrives = self._usual_and(values["by"], spec, window)
        if arrives is None:
            return None
        if window is not None and arrives < window.end:
            end = f"partition {window.key} ends at {format_instant(window.end)}"
            self.tell("arrives", f": {end}; '{values['input']}' must arrive then or later")
        return Late(values["input"], values["partition"], arrives)

    def _usual_and(self, by: timedelta, spec: DagSpec | None, window: Partition | None) -> datetime | None:
        if spec is None or window is None:
            self.tell("by", ": 'by' needs a workspace to count from; write 'arrives' with a time")
            return None
        name = self.written.values["input"]
        moment = self.arrivals.get(name, spec.inputs[name].expected)
        try:
            return after_window(moment, window, spec.zone) + by
        except OverflowError:
            self.tell("partition", f": partition {window.key} is too far in the future; write an earlier one")
        return None

    def never(self) -> Fault | None:
        self.window(self.home())
        return Never(**self.written.values)

    def flaky(self) -> Fault | None:
        task = self.task()
        self.one_of("tries", "rate")
        if "partition" in self.written.values:
            self.window(self.dag_of(task))
        return Flaky(**{**self.written.values, "task": task})

    def outage(self) -> Fault | None:
        values = self.written.values
        if values["until"] <= values["start"]:
            self.tell("until", ": 'until' must come after 'from'")
        return Outage(**{**values, "task": self.task()})

    def home(self) -> DagSpec | None:
        """The DAG whose calendar grid the input's partitions lie on."""
        name = self.written.values["input"]
        if self.workspace is None:
            return None
        if name not in self.workspace.inputs:
            self.tell("input", f" names unknown input '{shown(name)}'{near(name, self.workspace.inputs)}")
            return None
        return self.workspace.inputs[name][0]

    def window(self, spec: DagSpec | None) -> Partition | None:
        if spec is None:
            return None
        try:
            return spec.grid.parse(self.written.values["partition"])
        except ValueError as error:
            self.tell("partition", f": {error}")
        return None

    def task(self) -> str:
        """`dag.task` of a task that was named so, or by its bare name."""
        name: str = self.written.values["task"]
        if self.workspace is None:
            return name
        every = [f"{spec.name}.{task}" for spec in self.workspace.dags.values() for task in spec.tasks]
        same = [full for full in every if name in (full, full.partition(".")[2])]
        if len(same) != 1:
            several = f" names task '{name}', which several DAGs have; write one of {', '.join(same)}"
            known = every if "." in name else [full.partition(".")[2] for full in every]
            self.tell("task", several if same else f" names unknown task '{shown(name)}'{near(name, known)}")
            return name
        return same[0]

    def dag_of(self, task: str) -> DagSpec | None:
        return self.workspace.dags.get(task.partition(".")[0]) if self.workspace is not None else None

    def one_of(self, first: str, second: str) -> None:
        if (first in self.written.values) == (second in self.written.values):
            self.tell("", f" needs '{first}' or '{second}', and not both")

    def tell(self, key: str, message: str) -> None:
        place, self.told = self.written.place, True
        line = place.lines.get(f"{place.path}.{key}", self.written.line)
        place.found.add(f"{place.who}{message}", line)


_MAKE: dict[str, Callable[[_Meaning], Fault | None]] = {
    "late": _Meaning.late,
    "never": _Meaning.never,
    "flaky": _Meaning.flaky,
    "outage": _Meaning.outage,
}
