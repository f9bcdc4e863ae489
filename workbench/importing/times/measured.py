"""Drafts with what their tasks took, and the scenario `as_recorded`: lengths and failures as often as they were."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.importing.found import Draft, Path
from workbench.importing.times.matching import Place
from workbench.importing.times.summary import OfTask, median, rounded
from workbench.model import DagSpec
from workbench.timetable import format_duration, spoken_duration
from workbench.views.clock import plural

MOST_SPANS = 24
_USUAL_DELAY = timedelta(minutes=5)
_NEAR = timedelta(minutes=1)
Data = dict[str, Any]


def span(seconds: int) -> str:
    """`4m10s`."""
    return format_duration(timedelta(seconds=seconds))


def said(seconds: int) -> str:
    """`4 min 10 s`."""
    return spoken_duration(timedelta(seconds=seconds))


def instant(milliseconds: int) -> datetime:
    """The whole second, of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


def measured(draft: Draft, spec: DagSpec, found: Mapping[str, OfTask]) -> Draft:
    """The draft with what its tasks took in the middle, and their retries where the file says nothing."""
    tasks: dict[str, Any] = {name: _written(data) for name, data in draft.tasks.items()}
    remarks: dict[Path, str] = dict(draft.remarks)
    for name, of in found.items():
        told = [*_takes(tasks[name], spec, name, of), *_retries(tasks[name], spec, name, of)]
        if told:
            own = remarks.get(("tasks", name), "")
            remarks["tasks", name] = "; ".join([*([own] if own and not _is_of_length(own) else []), *told])
    if set(found) >= set(measurable(spec)):
        remarks.pop(("tasks",), None)
    return replace(draft, data={**draft.data, "tasks": tasks}, remarks=remarks)


def measurable(spec: DagSpec) -> list[str]:
    """The tasks that take a time of their own: all but sensors."""
    return [name for name, task in spec.tasks.items() if task.sensor is None]


def _is_of_length(remark: str) -> bool:
    """Is it about how long a task takes?"""
    return any(word in remark for word in ("takes", "took", "how long"))


def _written(data: Any) -> Data:
    return dict(data) if isinstance(data, Mapping) else {}


def _takes(data: Data, spec: DagSpec, name: str, of: OfTask) -> Iterator[str]:
    if spec.tasks[name].sensor is not None or not of.good:
        return
    data["takes"] = span(rounded(median(of.good)))
    short, long = min(of.good), max(of.good)
    apart = "" if short == long else f", {said(rounded(short))} to {said(rounded(long))}"
    yield f"{plural(len(of.good), 'good try', 'good tries')}{apart}"


def _retries(data: Data, spec: DagSpec, name: str, of: OfTask) -> Iterator[str]:
    """Retries are guessed only where nobody wrote any; their pause also where only their number is written."""
    if spec.tasks[name].sensor is not None or of.most < 2:
        return
    written, policy = data.get("retries"), spec.tasks[name].retries
    most = of.most - 1 if written is None else policy.max
    if written is not None and (isinstance(written, Mapping) or policy.delay != _USUAL_DELAY):
        return
    delay = timedelta(seconds=rounded(median(of.pauses))) if of.pauses else _USUAL_DELAY
    plain = abs(delay - _USUAL_DELAY) <= _NEAR
    if written is not None and (plain or not of.pauses):
        return
    data["retries"] = most if plain else {"max": most, "delay": format_duration(delay)}
    what = "retries" if written is None else "their delay"
    yield f"{what} guessed from {plural(len(of.pauses), 'pause')} before a retry" if of.pauses else f"{what} guessed"


def chances(spec: DagSpec, found: Mapping[str, OfTask]) -> Iterator[Data]:
    """The faults of `as_recorded` about one DAG."""
    for name, of in found.items():
        if spec.tasks[name].sensor is not None:
            continue
        task = f"{spec.name}.{name}"
        spans = samples(of.good)
        if len(set(spans)) > 1:
            yield {"varies": {"task": task, "takes": [span(one) for one in spans]}}
        if of.failed:
            after = {"after": span(rounded(median(of.bad)))} if of.bad else {}
            yield {"flaky": {"task": task, "rate": f"{of.failed}/{of.tries}", **after}}


def samples(lengths: array[int]) -> list[int]:
    """All lengths, sorted; of many those in the middle of as many equal parts."""
    every = sorted(lengths)
    if len(every) <= MOST_SPANS:
        return every
    return [every[(2 * n + 1) * len(every) // (2 * MOST_SPANS)] for n in range(MOST_SPANS)]


def by_name(dag: str, places: tuple[Place, ...], tasks: Mapping[int, OfTask]) -> dict[str, OfTask]:
    """What is known of the tasks of one DAG, by their names; those of which no try began are left out."""
    every = ((places[n], of) for n, of in sorted(tasks.items()))
    return {task: of for (owner, task), of in every if owner == dag and of.tries}
