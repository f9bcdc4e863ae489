"""A small shop, for tests of what a history holds about data: a day that a check blocks, a retry that counts twice, an
alert that reaches nobody, a backfill, and rows set aside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import workbench as wb
from workbench.engine import Event, RunKey
from workbench.engine.data_events import ConsumersTold, DatasetRead, PointersMoved, RowsSetAside, VersionPublished
from workbench.engine.events import RunsRequested, SettingsChanged
from workbench.history import History, Recorder
from workbench.history.recorder import Judgement
from workbench.session import Session
from workbench.writing import Keeping

SHOP = Path(__file__).parent / "data" / "shop" / "shop.yaml"
FRIDAY = "2013-01-04"


def shop(history: Keeping | None = None) -> Session:
    """Simulated to its end, nothing done by hand."""
    session = wb.load(SHOP, "week", history=history)
    session.run_until()
    return session


def commanded(session: Session, *events: Event) -> None:
    """Somebody does these things at the end, and the day goes on."""
    branch = session.branch
    for event in events:
        branch.command(event)
    branch.run(events[-1].at + timedelta(hours=1), most=10_000)
    session.seek(len(branch.log))


def backfill(session: Session, *days: int, pin: str = "") -> RunsRequested:
    """Of these days of January, with a plan."""
    runs = []
    for day in days:
        start = wb.instant(f"2013-01-{day:02}T00:00Z")
        runs.append((RunKey("shop", f"2013-01-{day:02}", "backfill"), start, start + timedelta(days=1)))
    plan = tuple(("shop", key.partition, "a run failed") for key, _, _ in runs)
    return RunsRequested(session.now, "shop", "backfill", tuple(runs), 1, "shop again", 0, (), pin, 2, plan)


def by_hand(session: Session) -> None:
    """What a person does on Sunday: looks at Friday, backfills it, and tells who read."""
    at = session.now
    commanded(
        session,
        RowsSetAside(at, "till", FRIDAY, "price > 100", 0, None, "anna", "no row of till of Fri 4 Jan set aside", 0),
        RowsSetAside(at, "pub_sales", "2013-01-05", "price > 14", 1, "c0ffee", "", "one row set aside", 0),
        PointersMoved(at, "approved", (("stg_sales", FRIDAY, 1),), "version 1 of stg_sales is right", 0),
        backfill(session, 3, 5, pin="v2"),
        ConsumersTold(at, "ledger", ("2013-01-03",), ("finance",), "finance knows", 0),
        SettingsChanged(at, {"warehouse": 2}, 4, "data alerts go to anna", 0, {"#data": ("anna", "dora")}),
    )
    commanded(session, PointersMoved(session.now, "withdrawn", (("ledger", "2013-01-02", 0),), "withdrawn", 0))


def judged(session: Session) -> list[Judgement]:
    """What would be right, for a test: rows that stand there from an earlier try are there twice."""
    versions, rows = session.state.known.data, []
    for seq, event in enumerate(session.branch.log, 1):
        if isinstance(event, VersionPublished | DatasetRead) and event.n:
            version = versions.get((event.dataset, event.partition, event.n))
            assert version is not None
            again = (version.rows or 0) - (version.added or 0)
            rows.append((seq, event.at, event.dataset, event.partition, event.n, 0, again, 0))
    return rows


def kept(history: History) -> tuple[Session, Recorder]:
    """The shop with what is done by hand, written."""
    session = shop()
    recorder = history.begin(session.workspace, session.scenario, session.start, name="week")
    by_hand(session)
    recorder.write(session.branch, session.branch.end_state())
    return session, recorder
