"""Which code a backfill runs, and what is bad about it: one that goes back to older code, or that pins what is not
deployed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches

from workbench.engine import Known
from workbench.engine.backfilled import made_by
from workbench.engine.rules.clock import next_tick
from workbench.model.findings import shown
from workbench.ordering.backfill_choice import Choice, last_run
from workbench.ordering.here import refuse
from workbench.views.clock import Clock, listed, plural

BACK = "this goes back to older code"
_NUMBERED = re.compile(r"(.*?)(\d+)$")


def is_older(one: str, other: str, written: Sequence[str]) -> bool:
    """Comes a version before another? As they are `written` down for the task, else as they are numbered."""
    if one in written and other in written:
        return written.index(one) < written.index(other)
    mine, others = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return bool(mine and others and mine[1] == others[1] and int(mine[2]) < int(others[2]))


def refuse_unwritten(known: Known, dag: str, tasks: Iterable[str], pin: str) -> None:
    """Refuse a version that no task asked for has. Where none has versions of its code written, any name will do: then
    it is a mere label."""
    asked = sorted(tasks)
    written = {task: known.plans[dag].tasks[task].task.code for task in asked}
    versions = dict.fromkeys(version for task in asked for version in written[task])
    if not pin or not versions:
        return
    versions |= dict.fromkeys(known.code_of(dag, task) for task in asked if written[task])
    if pin not in versions:
        have = listed([task for task in asked if written[task]])
        close = get_close_matches(pin[:100], list(versions), n=1, cutoff=0.4)
        meant = f"; did you mean pin {close[0]}?" if close else ""
        raise refuse(f"There is no version {shown(pin)} of the code of {have}, only {listed(list(versions))}{meant}")


def warnings_of(choice: Choice) -> tuple[str, ...]:
    """About the code that would run."""
    return (*_goes_back(choice), *stays_deployed(choice.known, choice.here.now, sorted(choice.pinned), choice.pin))


def goes_back(warnings: Iterable[str]) -> str:
    """The first of a plan's warnings that tells of older code; empty when none does."""
    return next((one for one in warnings if one.startswith(BACK)), "")


def _goes_back(choice: Choice) -> Iterator[str]:
    """Tasks of which a newer version made what is there."""
    known, found = choice.known, Counter[tuple[str, str, str, str]]()
    for (dag, window), tasks in choice.made.items():
        run = last_run(known, dag, window)
        for task in tasks if run is not None else ():
            made = made_by(known, run, task) if run is not None else None
            ran = made.attempt.code if made is not None and made.attempt is not None else ""
            would = choice.code_of(dag, task)
            if is_older(would, ran, list(known.plans[dag].tasks[task].task.code)):
                found[dag, task, ran, would] += 1
    for (dag, task, ran, would), count in found.items():
        many = plural(count, known.plans[dag].spec.grid.unit)
        way = f"deploy {task} {ran}, or pin {ran}" if not choice.pin else f"pin {ran}"
        yield f"{BACK}: {task} ran {ran}, would run {would} ({many}); better: {way}"


def stays_deployed(known: Known, now: datetime, pinned: Iterable[tuple[str, str]], pin: str) -> Iterator[str]:
    """Tasks that run another version than the one to which they are pinned when the backfill is over. `now`: UTC."""
    found: dict[tuple[str, str], list[str]] = {}
    for dag, task in pinned:
        if known.code_of(dag, task) != pin:
            found.setdefault((dag, known.code_of(dag, task)), []).append(task)
    for (dag, version), tasks in sorted(found.items()):
        tick, zone = next_tick(known, dag), known.plans[dag].spec.zone
        runs = "runs" if len(tasks) == 1 else "run"
        since = f"from {Clock(now, zone).full(tick[0])}" if tick is not None else "in any later run"
        deploys = listed([f"deploy {task} {pin}" for task in tasks])
        yield f"{version} stays deployed: {since} {listed(tasks)} {runs} {version}; for {pin}: {deploys}"
