"""What has changed since a task made what it made: its code, or what it took. For backfills of `changed` partitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine import Known, Run
from workbench.engine.backfilled import Made, made_by, taken_by
from workbench.engine.rules.inputs import windows_of
from workbench.engine.state import Attempt
from workbench.model import Need
from workbench.timetable import Partition
from workbench.views.lineage import arrivals_of, live_n


class Change(NamedTuple):
    """`kind`: code or input; `what`: in words, behind the kind."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} changed: {self.what}"


def changes_of(known: Known, run: Run, task: str, version: str) -> tuple[Change, ...]:
    """What would be different if the task ran again now, with this version of its code. Nothing when it has not
    succeeded in this run: then there is nothing to compare with."""
    made = made_by(known, run, task)
    if made is None or made.attempt is None or task not in made.run.plan.tasks:
        return ()
    one = made.attempt
    code = (Change("code", f"{task} ran {one.code}, would run {version}"),) if one.code != version else ()
    return (*code, *_inputs(known, run, made, one, task))


def _inputs(known: Known, now: Run, made: Made, one: Attempt, task: str) -> Iterator[Change]:
    run = made.run
    for up in run.plan.tasks[task].ups:
        if _made_again(known, now, made, one, up):
            yield Change("input", f"{up} ran again, with other content")
    for need in taken_by(run.plan, task):
        windows = list(windows_of(known, need, run))
        found = [what for window in windows if (what := _changed(known, need, window, one))]
        # How many, and not which: so that days with the same reason are told as one.
        for what in dict.fromkeys(found):
            many = f" in {found.count(what)} of {len(windows)} partitions" if len(windows) > 1 else ""
            yield Change("input", what + many)


def _made_again(known: Known, now: Run, made: Made, one: Attempt, up: str) -> bool:
    """Does another try's work stand above it now, of which the content is other, or not known?"""
    stands, saw = made_by(known, now, up), made_by(known, made.run, up)
    if stands is None or stands.attempt is None or stands.attempt.ended <= one.started:
        return False
    was = saw.attempt if saw is not None else None
    if was is not None and was.ended > one.started:  # it ran again in the same run
        was = next((a for a in reversed(made.run.cells[up].attempts) if a.ended <= one.started), None)
    return was is None or None in (was.content, stands.attempt.content) or was.content != stands.attempt.content


def _changed(known: Known, need: Need, window: Partition, one: Attempt) -> str:
    if need.dag:
        return _ran_again(known, need, window, one)
    if need.name in known.homes:
        return _came_again(known, need.name, window, one)
    return _replaced(known, need.name, window, one)


def _came_again(known: Known, name: str, window: Partition, one: Attempt) -> str:
    came = arrivals_of(known, name, window.key)
    seen = [arrival for arrival in came if arrival.seq < one.began]
    if not came or came[-1] in seen:
        return ""
    if not seen:
        return f"{name} came after it was made"
    same = came[-1].content is not None and came[-1].content == seen[-1].content
    return "" if same else f"{name} came again, with other content"


def _replaced(known: Known, name: str, window: Partition, one: Attempt) -> str:
    seen, now = known.data.live_version(name, window.key, one.began), live_n(known, name, window.key)
    if now == (seen.n if seen is not None else 0):
        return ""
    if not now:
        return f"{name} was withdrawn"
    if seen is None:
        return f"{name} was not there when it was made"
    live = known.data.versions[name, window.key][now - 1]
    same = live.content is not None and live.content == seen.content
    return "" if same else f"{name} was replaced"


def _ran_again(known: Known, need: Need, window: Partition, one: Attempt) -> str:
    tries = [
        attempt
        for run in known.runs_of(need.dag, window.key)
        for attempt in (run.cells[need.name].attempts if need.name in run.cells else ())
        if attempt.state == "success"
    ]
    tries.sort(key=lambda attempt: attempt.ended)
    seen = [attempt for attempt in tries if _is_before(attempt, one.started)]
    if not tries or tries[-1] in seen:
        return ""
    same = bool(seen) and tries[-1].content is not None and tries[-1].content == seen[-1].content
    return "" if same else f"{need.dag}.{need.name} ran again"


def _is_before(attempt: Attempt, at: datetime) -> bool:
    return attempt.ended <= at
