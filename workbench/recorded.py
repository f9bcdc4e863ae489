"""What the command `history` prints about recordings as wholes: lines of text, or JSON data. Their events are told
in `recorded_events`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workbench.history import History, HistoryError, Recording
from workbench.history.overview import Action, Future, actions_in, futures_of, open_in, sums_of
from workbench.model import Workspace, nearest
from workbench.scenario import Deploy, scenario_from_data
from workbench.timetable import format_instant
from workbench.views import Clock
from workbench.views.clock import plural
from workbench.views.records import tries_line

# More than these are told in a number.
_MOST = 12


class Chosen(NamedTuple):
    """One future of one recording."""

    recording: Recording
    future: Future
    history: History

    @property
    def label(self) -> str:
        return f"{self.recording.id}/{self.future.name}"


def choose(history: History, text: str | None) -> Chosen:
    """The future that a person means: `2/B`, `2` or `late_jfk` (its future last worked on), `/B` or `B` of the
    recording last worked on. Raises HistoryError."""
    recordings = history.recordings()
    if not recordings:
        raise HistoryError([f"{history.path} holds no recording yet"])
    name, slash, future = (text or "").rpartition("/") if "/" in (text or "") else (text or "", "", "")
    last = history.last()
    if not slash and name and _named(recordings, name) is None:
        if name not in {one.name for one in futures_of(history.connection, last)}:
            raise HistoryError([_no_recording(history, recordings, name)])
        name, future = "", name
    found = _named(recordings, name or str(last))
    if found is None:
        raise HistoryError([_no_recording(history, recordings, name)])
    return Chosen(found, _future(history, found, future), history)


def _named(recordings: list[Recording], name: str) -> Recording | None:
    """By number; or the newest of that name."""
    return next((one for one in reversed(recordings) if name in (str(one.id), one.name)), None)


def _no_recording(history: History, recordings: list[Recording], name: str) -> str:
    known = [str(one.id) for one in recordings] + [one.name for one in recordings]
    return f"{history.path} has no recording '{name}'{nearest(name, known)}; write 2, 2/B, or a name"


def _future(history: History, recording: Recording, name: str) -> Future:
    futures = futures_of(history.connection, recording.id)
    if not futures:
        raise HistoryError([f"recording {recording.id} of {history.path} holds no future yet"])
    if not name:
        return next((one for one in futures if one.is_current), futures[-1])
    for one in futures:
        if one.name == name:
            return one
    raise HistoryError([f"recording {recording.id} has no future '{name}'{nearest(name, [f.name for f in futures])}"])


def zone_of(workspace: Workspace) -> ZoneInfo:
    """The zone of all DAGs, or UTC when they have several."""
    zones = {spec.timezone for spec in workspace.dags.values()}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


# list


def list_data(history: History) -> dict[str, Any]:
    """Recordings and their futures as JSON data; instants are ISO 8601 in UTC."""
    return {
        "history": history.path,
        "bytes": _size(history),
        "recordings": [
            {
                "id": one.id,
                "name": one.name,
                "written_at": one.started_at or None,
                "from": format_instant(one.start),
                "events": one.events,
                "futures": [_future_data(future) for future in futures_of(history.connection, one.id)],
            }
            for one in history.recordings()
        ],
    }


def _future_data(future: Future) -> dict[str, Any]:
    return {
        "name": future.name,
        "parent": future.parent,
        "shared": future.shared,
        "events": future.events,
        "until": format_instant(future.horizon),
        "current": future.is_current,
    }


def list_lines(history: History) -> list[str]:
    """Recordings and futures, a line each."""
    recordings = history.recordings()
    if not recordings:
        return [f"{history.path} holds no recording yet. Run something: workbench simulate FILE"]
    lines = [f"{history.path}: {plural(len(recordings), 'recording')}, {_told_size(_size(history))}, times in UTC"]
    for one in recordings:
        written = f", written {one.started_at[:16].replace('T', ' ')}" if one.started_at else ""
        lines.append(f"{one.id:>4}  {one.name or 'no name'}{written}, {plural(one.events, 'event')}")
        lines += [_future_line(one, future) for future in futures_of(history.connection, one.id)]
    return lines


def _future_line(recording: Recording, future: Future) -> str:
    clock = Clock(recording.start, ZoneInfo("UTC"))
    span = f"{recording.start.year} {clock.full(recording.start)} to {clock.full(future.horizon)}"
    parted = f", parted from {future.parent} after event {future.shared}" if future.parent else ""
    current = "  <- last worked on" if future.is_current else ""
    return f"      {recording.id}/{future.name}  {span}, {plural(future.events, 'event')}{parted}{current}"


def _size(history: History) -> int:
    path = Path(history.path)
    return path.stat().st_size if path.is_file() else 0


def _told_size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1000))} kB"


# show


def show_data(chosen: Chosen) -> dict[str, Any]:
    """The summary of a future as JSON data."""
    connection, branch = chosen.history.connection, chosen.future.branch
    return {
        "history": chosen.history.path,
        "recording": chosen.recording.id,
        "name": chosen.recording.name,
        "from": format_instant(chosen.recording.start),
        "future": _future_data(chosen.future),
        "dags": [sums._asdict() for sums in sums_of(connection, branch)],
        "actions": [_with_text(one) for one in _by_hand(chosen)],
        "open": [_with_text(one) for one in open_in(connection, branch, -1)],
    }


def _with_text(row: Any) -> dict[str, Any]:
    return {k: format_instant(v) if k in ("at", "since") else v for k, v in row._asdict().items()}


def show_lines(chosen: Chosen) -> list[str]:
    """A future at a glance: how its runs came out, what somebody did, what is still open."""
    recording, future, history = chosen
    connection, loaded = history.connection, history.workspace(recording.id)
    clock = Clock(recording.start, zone_of(loaded))
    head = f"{chosen.label} of {history.path}: {recording.name or 'no name'}"
    parted = f", parted from {future.parent} after event {future.shared}" if future.parent else ""
    begin, end = (at.astimezone(clock.zone) for at in (recording.start, future.horizon))
    span = f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {clock.zone.key}"
    others = [one.name for one in futures_of(connection, recording.id) if one.name != future.name]
    lines = [head, f"  {span}, {plural(future.shared + future.events, 'event')}{parted}"]
    lines += [f"  other futures: {', '.join(others)}"] if others else []
    looks = _looks_of(chosen, loaded)
    for dag, states, tries, failed in sums_of(connection, future.branch):
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        tried = tries_line(tries, failed, *looks.get(dag, (0, 0)))
        lines.append(f"  {dag}: {plural(sum(states.values()), 'run')} ({said}), {tried}")
    return [*lines, *_done_lines(chosen, clock), *_open_lines(chosen, clock)]


def _looks_of(chosen: Chosen, workspace: Workspace) -> dict[str, tuple[int, int]]:
    """By DAG: how many of its tries are of sensors, and how often those looked, where that is known."""
    found: dict[str, tuple[int, int]] = {}
    asked = "SELECT dag, task, count(*), sum(looks) FROM all_attempt WHERE branch = ? GROUP BY dag, task"
    for dag, task, tries, looks in chosen.history.connection.execute(asked, (chosen.future.branch,)):
        spec = workspace.dags.get(dag)
        if looks or (spec is not None and task in spec.tasks and spec.tasks[task].sensor is not None):
            before = found.get(dag, (0, 0))
            found[dag] = (before[0] + tries, before[1] + (looks or 0))
    return found


def _done_lines(chosen: Chosen, clock: Clock) -> Iterator[str]:
    done = _by_hand(chosen)
    if done:
        yield "Done by hand:"
        yield from (f"  {one.seq:>6}  {clock.full(one.at)}  {one.sentence}" for one in done[:_MOST])
        yield from _and_more(len(done))


def _by_hand(chosen: Chosen) -> list[Action]:
    """What somebody did; not what the scenario deployed by itself."""
    recording, future, history = chosen
    (written,) = history.connection.execute("SELECT scenario FROM recording WHERE id = ?", (recording.id,)).fetchone()
    faults = scenario_from_data(json.loads(written)).faults
    planned = {
        (
            max(one.at, recording.start),
            f"{one.version} of {one.task if '.' in one.task else f'all of {one.task}'} deployed",
        )
        for one in faults
        if isinstance(one, Deploy)
    }
    return [one for one in actions_in(history.connection, future.branch, -1) if (one.at, one.sentence) not in planned]


def _open_lines(chosen: Chosen, clock: Clock) -> Iterator[str]:
    found = open_in(chosen.history.connection, chosen.future.branch, -1)
    if found:
        yield "Still open:"
        for one in found[:_MOST]:
            state = _STATES.get(one.state, one.state.replace("_", " "))
            yield f"  {one.dag}.{one.task}@{one.partition}: {state} since {clock.full(one.since)}"
        yield from _and_more(len(found))


def _and_more(count: int) -> Iterable[str]:
    return [f"  ... and {count - _MOST} more"] if count > _MOST else []


_STATES = {
    "none": "not started,",
    "scheduled": "waits for a slot",
    "queued": "has a slot, not begun,",
    "up_for_retry": "waits for its next try",
    "up_for_reschedule": "waits for its next look",
}
