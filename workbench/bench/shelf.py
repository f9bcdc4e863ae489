"""What there is to open: the samples that ship with their scenarios, and what was kept of earlier sessions.

Nothing is run for it and nothing of a history is changed: a file that is locked, damaged, newer or not there is told in
a sentence.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from workbench.history import History, Recording
from workbench.history.errors import explained
from workbench.history.overview import futures_of
from workbench.keeping import default_path
from workbench.model import InvalidInput
from workbench.model.reading import Loaded, read_partly
from workbench.model.yamltext import Mapping, Scalar
from workbench.opening import file_of, read_checked, samples
from workbench.timetable import parse_instant
from workbench.views.clock import Clock, plural

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

MOST_KEPT = 200


class ScenarioLine(NamedTuple):
    """A scenario of a pipeline file, and what it is for."""

    name: str
    about: str


class FileLine(NamedTuple):
    """A pipeline file: how it is opened (`name`), what its first DAG is for, all DAGs, its scenarios."""

    name: str
    about: str
    dags: tuple[str, ...]
    scenarios: tuple[ScenarioLine, ...]


class KeptLine(NamedTuple):
    """A recording: its number, its DAGs and scenario, when it was begun (UTC, wall clock, if that is known), how many
    events and futures it has, and where it stands, in words."""

    id: int
    dags: tuple[str, ...]
    scenario: str
    begun: datetime | None
    events: int
    futures: int
    stands: str


class Kept(NamedTuple):
    """Recordings, the newest first. `problem`: why there are none, when the history cannot be read."""

    lines: tuple[KeptLine, ...] = ()
    problem: str = ""


def samples_on_shelf() -> list[FileLine]:
    """Every sample that ships, as its file says; none of its code is run."""
    return [_file_line(name, read_partly(path)) for name, path in samples().items()]


def file_on_shelf(path: str | Path) -> FileLine:
    """A pipeline file, or a sample by its name. Raises InvalidInput with all that is wrong with it."""
    return _file_line(str(path), read_checked(file_of(path)))


def _file_line(name: str, loaded: Loaded) -> FileLine:
    specs = loaded.workspace.dags
    about = next((spec.description for spec in specs.values() if spec.description), "")
    found = tuple(ScenarioLine(_text(node, "scenario"), _text(node, "description")) for node in loaded.scenarios)
    return FileLine(name, " ".join(about.split()), tuple(specs), found)


def _text(node: Mapping, key: str) -> str:
    value = node.get(key)
    return " ".join(value.text.split()) if isinstance(value, Scalar) else ""


def recordings_on_shelf(history: str | Path | None = None, most: int = MOST_KEPT) -> Kept:
    """What a history holds (None: a person's own; `none`: nothing is kept). Recordings in which nothing has happened
    are left out."""
    path = Path(history) if history is not None else default_path()
    if str(history) == "none" or not path.exists():
        return Kept()
    try:
        with History.open(path, write=False) as opened:
            newest = opened.recordings()[: -most - 1 : -1]
            with explained(str(path)):
                return Kept(tuple(_kept_line(opened, one) for one in newest if one.events))
    except InvalidInput as error:
        return Kept((), str(error.problems[0]))


def _kept_line(history: History, one: Recording) -> KeptLine:
    connection = history.connection
    (text,) = connection.execute("SELECT workspace FROM recording WHERE id = ?", (one.id,)).fetchone()
    begun = parse_instant(one.started_at) if one.started_at else None
    dags = _dags(text)
    zones = set(dags.values())
    zone = ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")
    stands = _stands(connection, one, zone)
    return KeptLine(one.id, tuple(dags), one.name, begun, one.events, one.branches, stands)


def _dags(workspace: str) -> dict[str, str]:
    """The names of the DAGs and their zones, without reading all of them."""
    try:
        return {str(dag["dag"]): str(dag.get("timezone", "UTC")) for dag in json.loads(workspace)["dags"]}
    except (ValueError, KeyError, TypeError):
        return {}


def _stands(connection: sqlite3.Connection, one: Recording, zone: ZoneInfo) -> str:
    """`Fri 4 Jan 08:00 in what-if B: 5 runs ended well, 1 run failed`."""
    futures = futures_of(connection, one.id)
    if not futures:
        return ""
    last = next((future for future in futures if future.is_current), futures[-1])
    clock = Clock(one.start, zone)
    where = f"{clock.full(last.horizon)} in what-if {last.name}" if last.parent else clock.full(last.horizon)
    asked = "SELECT state, count(*) FROM all_run WHERE branch = ? GROUP BY state ORDER BY state DESC"
    runs = dict(connection.execute(asked, (last.branch,)).fetchall())
    return f"{where}: {', '.join(_runs(runs)) or 'no run yet'}"


def _runs(states: dict[str, int]) -> Iterable[str]:
    """How many ended how; what has not ended is said as such."""
    said = {"success": "ended well", "failed": "failed"}
    open_runs = sum(count for state, count in states.items() if state not in said)
    for state, words in said.items():
        if states.get(state):
            yield f"{plural(states[state], 'run')} {words}"
    if open_runs:
        yield f"{plural(open_runs, 'run')} not ended"


def said_when(at: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """`today 16:02`, `yesterday 16:02`, `Fri 20 Nov 16:02`, in a zone (None: the machine's own)."""
    if at is None:
        return ""
    here, there = now.astimezone(zone), at.astimezone(zone)
    ago = (here.date() - there.date()) // timedelta(days=1)
    day = {0: "today", 1: "yesterday"}.get(ago, f"{there:%a} {there.day} {there:%b}")
    year = f" {there.year}" if ago > 300 else ""
    return f"{day}{year} {there:%H:%M}"


def begun_before(bench: Bench, history: str | Path | None) -> str:
    """To somebody who opens anew what they have worked on before: where that is. Nothing for what is new."""
    session = bench.session
    dags, scenario = set(session.workspace.dags), session.scenario.name
    lines = recordings_on_shelf(history, most=20).lines if session.recording is None else ()
    found = next((one for one in lines if set(one.dags) == dags and one.scenario == scenario), None)
    return f"A new start. You have been here before: home, 4 goes on at {found.stands}." if found else ""
