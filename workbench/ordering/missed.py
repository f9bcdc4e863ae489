"""The runs that would be made at once, were a paused DAG switched on (or the scheduler back) now: by the clock's own
rules, so that a plan says what will happen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from workbench.engine import Known
from workbench.engine.plan import DagPlan
from workbench.engine.rules.clock import heard_until, hears_again, tick_after
from workbench.engine.rules.inputs import delivered
from workbench.model import DagSpec
from workbench.ordering.here import Here
from workbench.timetable import Partition
from workbench.views.clock import plural

_MOST = 10_000


def missed_lines(here: Here, spec: DagSpec, when: str) -> Iterator[str]:
    """`31 runs would be made at once, ...`: how many, from which day to which, and because of what. `spec`: the DAG as
    it would be then; `when` stands in front."""
    found = list(islice(_windows(here, spec), _MOST + 1))
    why = _because(spec)
    if not found:
        yield f"{when}no run would be made at once{why if spec.clock and not spec.catchup else ''}"
        return
    many = f"more than {_MOST} runs" if len(found) > _MOST else plural(len(found), "run")
    first, last = spec.grid.spoken(found[0]), spec.grid.spoken(found[-1])
    days = f"for {first}" if len(found) == 1 else f"from {first} to {last}"
    paced = f", at most {spec.max_active_runs} at a time" if len(found) > spec.max_active_runs else ""
    yield f"{when}{many} would be made at once, {days}{why}{paced}"


def _because(spec: DagSpec) -> str:
    if spec.clock is None:
        return ", for the data that came"
    if spec.catchup:
        return ": catchup is on, so none that was missed is left out"
    if spec.misfire == "skip":
        return ": catchup is off, and misfire skip leaves out what was missed"
    return ": catchup is off, so only the newest that was missed is made"


def _windows(here: Here, spec: DagSpec) -> Iterator[Partition]:
    known = _with_spec(here.known, spec)
    if spec.data is not None:
        yield from _delivered(known, spec)
    if spec.clock is None:
        return
    forgotten = hears_again(known, spec.name, here.now)
    found = tick_after(spec, heard_until(known, spec.name) if forgotten is None else forgotten)
    while found is not None and found[0] <= here.now:
        yield found[1]
        found = tick_after(spec, found[0])


def _delivered(known: Known, spec: DagSpec) -> Iterator[Partition]:
    mine = sorted(partition for dag, partition in known.gathered if dag == spec.name)
    return (spec.grid.parse(partition) for partition in mine if delivered(known, spec.name, partition))


def _with_spec(known: Known, spec: DagSpec) -> Known:
    """What would be known with this version of the DAG; the original does not change."""
    before: DagPlan = known.plans[spec.name]
    if before.spec is spec:
        return known
    from dataclasses import replace

    found = known.snapshot()
    found.plans[spec.name] = replace(before, spec=spec)
    return found
