"""Seeking and stepping back in a long log, and asking why at any cursor."""

from __future__ import annotations

from time import perf_counter

from benchmarks.worlds import DAYS, Result, branch, percentile, pick, scenario, workspace, year
from workbench.session import Session
from workbench.views.why import explain

EVENTS, SEEK_MS, WHY_MS, TIMES = 150_000, 50, 5, 200


def _session() -> Session:
    session = Session(workspace(), scenario())
    while session.branch.run(session.end) and len(session.branch.log) < EVENTS:
        pass
    return session


def _seeks(session: Session) -> list[float]:
    spent = []
    for i in range(TIMES):
        began = perf_counter()
        session.seek(pick(f"seek {i}", EVENTS))
        _ = session.state
        spent.append((perf_counter() - began) * 1000)
    return spent


def _backs(session: Session) -> list[float]:
    session.seek(EVENTS - 1)
    spent = []
    for _ in range(TIMES):
        began = perf_counter()
        session.back()
        _ = session.state
        spent.append((perf_counter() - began) * 1000)
    return spent


def _whys() -> list[tuple[float, float]]:
    """(with the seek, without it), in ms, for random instances and cursors."""
    made, spent = year(), []
    tasks = list(branch().state_at(0).known.plans["d"].tasks)
    for i in range(TIMES):
        target = f"{tasks[pick(f'task {i}', len(tasks))]}@{_day(pick(f'day {i}', DAYS - 1))}"
        position = 1 + pick(f"why {i}", len(made.log) - 1)
        began = perf_counter()
        known = made.state_at(position).known
        sought = perf_counter()
        str(explain(known, made.log[position - 1].at, target))
        spent.append(((perf_counter() - began) * 1000, (perf_counter() - sought) * 1000))
    return spent


def _day(number: int) -> str:
    grid = workspace().dags["d"].grid
    return grid.shift(grid.parse("2013-01-01"), number).key


def run() -> list[Result]:
    session = _session()
    results = []
    for name, spent in (("2 seek", _seeks(session)), ("2 step back", _backs(session))):
        p95 = percentile(spent, 0.95)
        results.append(
            Result(f"{name} at {EVENTS:,} events", f"p95 < {SEEK_MS} ms", f"p95 {p95:.1f} ms", p95 < SEEK_MS)
        )
    whys = _whys()
    both, alone = (percentile([pair[i] for pair in whys], 0.95) for i in (0, 1))
    figure = f"p95 {both:.2f} ms, {alone:.2f} ms of it without the seek"
    return [*results, Result("4 why, random instance and cursor", f"p95 < {WHY_MS} ms", figure, both < WHY_MS)]
