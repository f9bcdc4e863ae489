"""Worlds with data for tests that read as transcripts: real files, published tables, and what is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import workbench as wb
from tests.samples import session
from workbench.engine import Engine, Event
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    DatasetRead,
    VersionPublished,
    VersionWritten,
)
from workbench.engine.events import COMMANDS, AttemptEnded, DeadlineMissed, InputArrived, WorkDone
from workbench.scenario import SimulatedWorld

FILES = str(Path(__file__).resolve().parents[1] / "tutorials" / "data" / "nycflights13")
JFK = "{expected: '05:30', path: 'jfk/{partition}.csv.gz'}"


def world(text: str) -> wb.Session:
    """A session on a pipeline whose files are the real ones, run to its end."""
    s = session(text, folder=FILES)
    s.run_until()
    return s


def told(s: wb.Session, *kinds: type[Any]) -> list[str]:
    """The events of these kinds, each in a line: `04 05:30 jfk@2013-01-03 318`."""
    return [f"{event.at:%d %H:%M} {_LINES[type(event)](event)}" for event in s.events if type(event) in kinds]


def deliveries(s: wb.Session) -> list[str]:
    return told(s, InputArrived)


def rows_of(s: wb.Session, content: str | None) -> list[dict[str, Any]]:
    """Rows by content, as this session's world keeps them."""
    dataflow = s.branch.world.dataflow  # type: ignore[attr-defined]
    return dataflow.store.get(content) or []


def arrived(s: wb.Session, partition: str, nth: int = 1, name: str = "jfk") -> list[dict[str, Any]]:
    """The rows of a delivery."""
    came = [e for e in s.events if isinstance(e, InputArrived) and (e.input, e.partition) == (name, partition)]
    return rows_of(s, came[nth - 1].content)


def assert_goes_on_the_same(s: wb.Session) -> None:
    """Law 5: from every event after the last command, a new world that knows only the state goes on with the same
    log."""
    log, until = list(s.events), s.now
    commands = [n for n, event in enumerate(log, 1) if isinstance(event, COMMANDS)]
    for position in range(max(commands, default=0), len(log) + 1):
        fresh = SimulatedWorld(s.scenario, s.start)
        fresh.remember(s.branch.state_at)
        now = log[position - 1].at if position else s.start
        tail: list[Event] = []
        engine = Engine(s.branch.state_at(position).snapshot(), fresh, now)
        while engine.run(until, tail, 10_000):
            pass
        assert tail == log[position:], f"after event {position}, {log[position - 1]}"


_SAYS = {"pass": "passes", "fail": "fails"}
_LINES: dict[type[Any], Any] = {
    InputArrived: lambda e: f"{e.input}@{e.partition} {e.rows}",
    VersionWritten: lambda e: (
        f"{e.task} {e.number} writes {e.dataset}@{e.partition} v{e.n} {e.rows}{' fenced' if e.fenced else ''}"
    ),
    VersionPublished: lambda e: f"{e.dataset}@{e.partition} v{e.n} is live",
    CheckRan: lambda e: f"{e.check} {_SAYS[e.status]} {e.dataset}@{e.partition} v{e.n}",
    DatasetRead: lambda e: f"{e.consumer} wants {e.dataset}@{e.wanted}, reads {e.partition or 'nothing'} v{e.n}",
    AlertSent: lambda e: f"{e.kind} {e.subject} to {','.join(e.recipients)}{'' if e.reached else ', nobody there'}",
    AlertAnswered: lambda e: f"{e.by} answers",
    DeadlineMissed: lambda e: f"deadline of {e.task or e.dag}@{e.partition}",
    AttemptEnded: lambda e: f"{e.task} {e.number} {e.state} {e.reason}".strip(),
    WorkDone: lambda e: f"{e.task} {e.number} done",
}
