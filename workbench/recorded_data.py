"""What the commands `data`, `lineage` and `alerts` print about a recording at an instant: text, or JSON data."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.history import HistoryError
from workbench.model import InvalidInput, nearest
from workbench.ordering.targets import one_day, target_of
from workbench.recorded import Chosen, zone_of
from workbench.recorded_events import Future, instant
from workbench.timetable import format_instant
from workbench.views.alerts import alert_lines, alerts_of
from workbench.views.clock import Clock, plural
from workbench.views.columns import wrapped
from workbench.views.data import all_data, dataset_data, dataset_lines, overview_lines
from workbench.views.lineage import lineage, stale_versions

_FILES = {".db", ".sqlite", ".sqlite3"}


def is_file(text: str) -> bool:
    """Is this a history file, and not the name of a recording?"""
    path = Path(text)
    return path.exists() or path.suffix in _FILES


@dataclass(frozen=True)
class Moment:
    """What was known in a future at an instant (UTC)."""

    chosen: Chosen
    known: Known
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.known.workspace())

    @property
    def head(self) -> str:
        """`1/A late_jfk at Sat 5 Jan 2013 09:00, times in UTC`."""
        local = self.now.astimezone(self.zone)
        at = f"{local:%a} {local.day} {local:%b %Y %H:%M}"
        return f"{self.chosen.label} {self.chosen.recording.name} at {at}, times in {self.zone.key}"


def moment(chosen: Chosen, at: str | None) -> Moment:
    """A future after its whole log, or at an instant as somebody typed it. Raises InvalidInput when it was not
    simulated."""
    future = Future(chosen)
    now = instant(at, future.zone) if at else future.reached
    clock = Clock(future.reached, future.zone)
    if now > future.reached:
        told = f"{chosen.label} was simulated to {clock.full(future.reached)}; it says nothing of {clock.full(now)}"
        raise HistoryError([told])
    if now < future.loaded.start:
        told = f"{chosen.label} begins {clock.full(future.loaded.start)}; it says nothing of {clock.full(now)}"
        raise HistoryError([told])
    return Moment(chosen, future.state_at(future.position_at(now)).known, now)


# data


@dataclass(frozen=True)
class Asked:
    """A dataset and one of its partitions; "" for all."""

    dataset: str
    partition: str = ""


def asked(known: Known, text: str, needs_day: bool = False, inputs: bool = False) -> Asked:
    """`stg_flights`, or `stg_flights@2013-01-03`. `inputs`: one of those will do as well. Raises InvalidInput."""
    target = target_of(text)
    day, name = one_day(target), target.name
    homes = {**known.homes, **known.makers} if inputs else known.makers
    if name not in homes:
        raise InvalidInput([_not_there(known, name, homes)])
    if not day and needs_day:
        raise InvalidInput([f"which day of {name}? write for example {name}@{_example(known, name)}"])
    try:
        return Asked(name, known.plans[homes[name]].spec.grid.parse(day).key if day else "")
    except ValueError as error:
        raise InvalidInput([f"{text}: {error}"]) from None


def _example(known: Known, name: str) -> str:
    places = [partition for dataset, partition in (*known.data.versions, *known.arrived) if dataset == name]
    return max(places, default="2013-01-03")


def _not_there(known: Known, name: str, homes: Any) -> str:
    if name in known.homes:
        return f"{name} is an input: somebody else delivers it, and no task writes it{nearest(name, homes)}"
    if not homes:
        return f"there is no dataset '{name}': no task of this recording writes one"
    return f"there is no dataset '{name}'{nearest(name, homes)}"


def data_lines(here: Moment, text: str | None) -> list[str]:
    """All datasets, or one, or one partition of it."""
    known, now = here.known, here.now
    if text is None:
        if not known.makers:
            return [here.head, "", "No task of this recording writes a dataset."]
        return [here.head, "", *overview_lines(all_data(known, now))]
    one = asked(known, text)
    found = dataset_data(known, now, one.dataset, one.partition)
    return [here.head, "", *dataset_lines(found, detail=bool(one.partition))]


def data_data(here: Moment, text: str | None) -> dict[str, Any]:
    """The same as JSON data; instants are ISO 8601 in UTC."""
    known, now = here.known, here.now
    one = asked(known, text) if text is not None else None
    found = (dataset_data(known, now, one.dataset, one.partition),) if one else all_data(known, now)
    return {**_about(here), "datasets": as_data(found)}


def has_versions(here: Moment, text: str | None) -> bool:
    """Is there anything to show?"""
    if text is None:
        return bool(here.known.data.versions)
    one = asked(here.known, text)
    places = here.known.data.versions
    return any(dataset == one.dataset and one.partition in ("", key) for dataset, key in places)


# lineage


def lineage_lines(here: Moment, text: str, up: bool, down: bool) -> list[str]:
    """Of what a partition's live version was made, and what was made of it."""
    one = asked(here.known, text, needs_day=True, inputs=True)
    found = lineage(here.known, one.dataset, one.partition)
    return [here.head, "", *(line for told in found.lines(up, down) for line in _folded(told))]


def lineage_data(here: Moment, text: str) -> dict[str, Any]:
    """The same as JSON data."""
    one = asked(here.known, text, needs_day=True, inputs=True)
    return {**_about(here), "lineage": lineage(here.known, one.dataset, one.partition).to_data()}


def stale_lines(here: Moment, text: str | None) -> list[str]:
    """The live versions that were made of something that has changed since: all, or those of one dataset."""
    found = _stale(here, text)
    if not found:
        what = f" of {text}" if text else ""
        return [here.head, "", f"Nothing{what} is stale: all that is live was made of what is live."]
    lines = [here.head, "", f"{plural(len(found), 'live version')} {'is' if len(found) == 1 else 'are'} stale."]
    return [*lines, *(line for one in found for line in wrapped(one.sentence, "  ", "    "))]


def stale_data(here: Moment, text: str | None) -> dict[str, Any]:
    return {**_about(here), "stale": as_data(tuple(_stale(here, text)))}


def _stale(here: Moment, text: str | None) -> list[Any]:
    one = asked(here.known, text) if text is not None else None
    found = stale_versions(here.known, [one.dataset] if one else [])
    return [s for s in found if one is None or one.partition in ("", s.partition)]


def _folded(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return wrapped(line.strip(), indent, indent + "  ") or [""]


# alerts


def alerts_lines(here: Moment) -> list[str]:
    """Who was told what, and what is wrong with the telling."""
    return [here.head, "", *alert_lines(alerts_of(here.known, here.now), here.now)]


def alerts_data(here: Moment) -> dict[str, Any]:
    """The same as JSON data."""
    return {**_about(here), **as_data(alerts_of(here.known, here.now))}


# JSON


def _about(here: Moment) -> dict[str, Any]:
    recording, future, history = here.chosen
    return {
        "history": history.path,
        "recording": recording.id,
        "name": recording.name,
        "future": future.name,
        "at": format_instant(here.now),
    }


def as_data(value: Any) -> Any:
    """Frozen pictures as JSON data: instants as text in UTC, spans in seconds."""
    if is_dataclass(value):
        return {one.name: as_data(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [as_data(one) for one in value]
    if isinstance(value, datetime):
        return format_instant(value)
    return int(value.total_seconds()) if isinstance(value, timedelta) else value
