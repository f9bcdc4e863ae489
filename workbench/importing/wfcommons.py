"""Recorded scientific workflows in WfCommons' format (1.2 to 1.5): tasks, files, run times, machines as slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.importing.arrows import START
from workbench.importing.found import Draft, Found, Note
from workbench.importing.names import Names, fitting
from workbench.importing.sources import Source, parsed_json
from workbench.importing.spans import seconds
from workbench.timetable import format_duration

TOOL = "WfCommons"
MOST_TASKS = 5_000
# More files from outside than this are told and not drawn: a picture of hundreds of inputs shows nothing.
MOST_INPUTS = 40
_SCHEDULE = "0 6 * * *"


@dataclass
class Part:
    """One task of the recording. `took`: seconds, None when it is not told."""

    key: str
    title: str
    parents: dict[str, None] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    took: float | None = None
    cores: int = 1
    machine: str = ""


def read(source: Source) -> Found:
    """The workflow of an instance. Raises InvalidInput."""
    data = parsed_json(source)
    workflow = data.get("workflow") if isinstance(data, dict) else None
    if not isinstance(workflow, dict):
        raise source.refuse("is no WfCommons instance: it has no `workflow`")
    parts = _parts(workflow, source)
    if not parts:
        raise source.refuse("its `workflow` holds no tasks")
    if len(parts) > MOST_TASKS:
        raise source.refuse(f"has {len(parts):,} tasks; at most {MOST_TASKS:,} are imported")
    return _found(source, data, workflow, parts)


def _found(source: Source, data: Mapping[str, Any], workflow: Mapping[str, Any], parts: dict[str, Part]) -> Found:
    notes: list[Note] = []
    _link(parts, source, notes)
    names = Names()
    tasks = {names.of(part.key): part for part in parts.values()}
    inputs = _inputs(parts, names, notes)
    pools = _pools(_machines(workflow), parts, notes)
    document = {
        "dag": fitting(str(data.get("name") or "workflow")),
        **({"description": told} if (told := _description(data)) else {}),
        "schedule": _SCHEDULE,
        "start": f"{START:%Y-%m-%d}",
        **({"inputs": {name: {"expected": "00:00"} for name in inputs.values()}} if inputs else {}),
        "tasks": {name: _task(part, names, inputs, pools) for name, part in tasks.items()},
    }
    notes += _guesses(parts)
    draft = Draft(document, {("schedule",): "guessed: one run a day"}, names.origins)
    settings = {"pools": {fitting(machine): cores for machine, cores in pools.items()}} if pools else {}
    return Found(source.name, TOOL, (draft,), settings, notes=tuple(notes))


def _description(data: Mapping[str, Any]) -> str:
    told = data.get("description")
    return " ".join(told.split())[:300] if isinstance(told, str) else ""


def _task(part: Part, names: Names, inputs: Mapping[str, str], pools: Mapping[str, int]) -> dict[str, Any]:
    needs = [*map(names.of, part.parents), *(inputs[file] for file in part.reads if file in inputs)]
    made: dict[str, Any] = {"needs": needs} if needs else {}
    made["takes"] = format_duration(seconds(part.took if part.took is not None else 60))
    if part.machine in pools:
        made["pool"] = fitting(part.machine)
        made |= {"slots": part.cores} if part.cores > 1 else {}
    return made


def _guesses(parts: Mapping[str, Part]) -> Iterator[Note]:
    yield Note("guessed", f"a run every day at 06:00, as a recording has no schedule ({_SCHEDULE})")
    if unknown := sum(part.took is None for part in parts.values()):
        yield Note("guessed", f"1 min for {unknown} of {len(parts)} tasks, whose run time is not told")
    if any(part.took is not None and part.took != int(part.took) for part in parts.values()):
        yield Note("changed", "run times are rounded to whole seconds, at least one")


# reading


def _parts(workflow: Mapping[str, Any], source: Source) -> dict[str, Part]:
    """By the key by which tasks name each other; the format of 1.5 keeps what ran apart from what was specified."""
    specification = workflow.get("specification")
    whole = specification if isinstance(specification, dict) else workflow
    found = {part.key: part for part in map(_part, _dicts(whole.get("tasks"))) if part.key}
    by_name = {part.title: part for part in found.values()}
    for part in [*found.values()]:
        part.parents = {key: None for key in part.parents for key in [_key(key, found, by_name)]}
    for one in _dicts(whole.get("tasks")):
        for child in _texts(one.get("children")):
            if (key := _key(child, found, by_name)) in found:
                found[key].parents.setdefault(_own_key(one), None)
    execution = workflow.get("execution")
    for one in _dicts(execution.get("tasks") if isinstance(execution, dict) else None):
        if (key := _key(_own_key(one), found, by_name)) in found:
            _ran(found[key], one)
    return found


def _key(told: str, found: Mapping[str, Part], by_name: Mapping[str, Part]) -> str:
    return by_name[told].key if told not in found and told in by_name else told


def _own_key(one: Mapping[str, Any]) -> str:
    return str(one.get("id") or one.get("name") or "")


def _part(one: Mapping[str, Any]) -> Part:
    made = Part(_own_key(one), str(one.get("name") or ""), dict.fromkeys(_texts(one.get("parents"))))
    made.reads = (*_texts(one.get("inputFiles")), *_files(one, "input"))
    made.writes = (*_texts(one.get("outputFiles")), *_files(one, "output"))
    _ran(made, one)
    return made


def _ran(part: Part, one: Mapping[str, Any]) -> None:
    """What the recording says of the run of a task."""
    took = next((one[key] for key in ("runtimeInSeconds", "runtime") if _is_number(one.get(key))), None)
    part.took = float(took) if took is not None and took >= 0 else part.took
    cores = next((one[key] for key in ("coreCount", "cores") if _is_number(one.get(key))), None)
    part.cores = max(1, int(cores)) if cores is not None else part.cores
    machines = [*_texts(one.get("machines")), *_texts(one.get("machine"))]
    part.machine = machines[0] if machines else part.machine


def _files(one: Mapping[str, Any], link: str) -> list[str]:
    return [str(file.get("id") or file.get("name")) for file in _dicts(one.get("files")) if file.get("link") == link]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [one for one in items if isinstance(one, str) and one]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


# what follows from it


def _link(parts: Mapping[str, Part], source: Source, notes: list[Note]) -> None:
    """Keep the parents that are there, and add those whose files are read."""
    gone = {parent for part in parts.values() for parent in part.parents if parent not in parts}
    for parent in sorted(gone)[:5]:
        notes.append(Note("missed", f"'{parent}' is named as a parent and is no task here"))
    writers = {file: part.key for part in parts.values() for file in part.writes}
    added = 0
    for part in parts.values():
        part.parents = {key: None for key in part.parents if key in parts}
        by_file = [writers[file] for file in part.reads if file in writers and writers[file] != part.key]
        added += sum(key not in part.parents for key in dict.fromkeys(by_file))
        part.parents.update(dict.fromkeys(by_file))
    if added:
        notes.append(Note("kept", f"{added} edges follow from files that one task writes and another reads"))


def _inputs(parts: Mapping[str, Part], names: Names, notes: list[Note]) -> dict[str, str]:
    """Files from outside, with their names here."""
    written = {file for part in parts.values() for file in part.writes}
    outside = dict.fromkeys(file for part in parts.values() for file in part.reads if file not in written)
    if len(outside) > MOST_INPUTS:
        told = f"{len(outside)} files come from outside; they are taken to be there and are not drawn"
        notes.append(Note("changed", told))
        return {}
    if outside:
        notes.append(Note("guessed", f"{len(outside)} files from outside are there from midnight on"))
    return {file: names.of(file) for file in outside}


def _machines(workflow: Mapping[str, Any]) -> dict[str, int]:
    """The cores of each machine that tells them."""
    execution = workflow.get("execution")
    recorded = execution.get("machines") if isinstance(execution, dict) else None
    made: dict[str, int] = {}
    for one in [*_dicts(workflow.get("machines")), *_dicts(recorded)]:
        cores = _cores(one.get("cpu"))
        if cores and isinstance(one.get("nodeName"), str):
            made[one["nodeName"]] = cores
    return made


def _cores(cpu: Any) -> int:
    """0 when they are not told."""
    told = [cpu.get(key) for key in ("coreCount", "count")] if isinstance(cpu, dict) else []
    return next((max(1, int(cores)) for cores in told if isinstance(cores, int | float) and _is_number(cores)), 0)


def _pools(machines: Mapping[str, int], parts: Mapping[str, Part], notes: list[Note]) -> dict[str, int]:
    """A pool for each machine on which tasks ran; as many slots as it has cores."""
    used = dict.fromkeys(part.machine for part in parts.values() if part.machine)
    unknown = [machine for machine in used if machine not in machines]
    if unknown:
        notes.append(Note("missed", f"how many cores {', '.join(unknown[:3])} has; tasks there wait for no slot"))
    pools = {machine: machines[machine] for machine in used if machine in machines}
    for part in parts.values():
        part.cores = min(part.cores, pools.get(part.machine, part.cores))
    return pools
