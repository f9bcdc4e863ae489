"""A schedule from the times at which runs began, for a draft whose schedule was only guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from workbench.importing.found import Draft, Note
from workbench.importing.times.measured import instant
from workbench.importing.times.summary import OfRun
from workbench.model import DagSpec
from workbench.model.writing import DAG_KEYS
from workbench.views.clock import plural

_LEAST = 3
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def scheduled(draft: Draft, spec: DagSpec, runs: Iterable[OfRun]) -> Draft:
    """The draft with the schedule at which its runs began, if it had none of its own and they kept to one."""
    began = sorted(instant(run.first).astimezone(spec.zone) for run in runs)
    if "guess" not in draft.remarks.get(("schedule",), "") or len(began) < _LEAST:
        return draft
    found = _schedule(began)
    if found is None:
        return draft
    cron, grid = found
    data = {**draft.data, "schedule": cron, "partition": grid}
    told = f"as {plural(len(began), 'run')} began"
    ordered = {key: data[key] for key in (*DAG_KEYS, *data) if key in data and (key, data[key]) != ("partition", "day")}
    return replace(draft, data=ordered, remarks={**draft.remarks, ("schedule",): told})


def _schedule(began: list[datetime]) -> tuple[str, str] | None:
    """Cron and grid of runs that begin an hour, a day or a week apart; None for others."""
    gaps = sorted(after - before for before, after in pairwise(began))
    gap = gaps[len(gaps) // 2]
    if abs(gap - _HOUR) < _HOUR / 10:
        return f"{_minute([at.minute for at in began])} * * * *", "hour"
    for span, grid in ((_DAY, "day"), (_WEEK, "week")):
        if abs(gap - span) < _HOUR:
            of_day = _minute([at.hour * 60 + at.minute for at in began])
            weekday = began[-1].isoweekday() % 7 if grid == "week" else "*"
            return f"{of_day % 60} {of_day // 60} * * {weekday}", grid
    return None


def _minute(minutes: list[int]) -> int:
    """Runs begin when they are due or soon after it: nearly the first of them; a multiple of five, if that is near."""
    first = sorted(minutes)[len(minutes) // 10]
    return first // 5 * 5 if first % 5 <= 1 else first


def outdated(note: Note, before: tuple[Draft, ...], after: tuple[Draft, ...]) -> bool:
    """Was it a guess in whose place something is known now?"""
    if note.manner != "guessed":
        return False
    pairs = zip(before, after, strict=True)
    changed = [old for old, new in pairs if old.remarks.get(("schedule",)) != new.remarks.get(("schedule",))]
    if any(f"({old.data.get('schedule')})" in note.text for old in changed):
        return True
    return any(word in note.text for word in ("--times", " min a task", " min a job"))
