"""A run as it was at an earlier instant, without the tries that ended later: what was run again since does not change
what another task had waited for.
"""

from __future__ import annotations

from datetime import datetime

from workbench.engine import Attempt, Cell, Run


def run_then(run: Run, at: datetime) -> Run:
    """The run as it was at `at` (UTC), as far as its tries tell; the run itself where nothing ended later."""
    if all(cell.since <= at for cell in run.cells.values()):
        return run
    then = run.copy(object())
    then.cells = {name: cell_then(cell, at) for name, cell in run.cells.items()}
    if run.queued > at:
        then.queued = run.created
    if run.started is not None and run.started > at:
        then.started = min((one.queued for cell in then.cells.values() for one in cell.attempts), default=run.created)
    return then


def cell_then(cell: Cell, at: datetime) -> Cell:
    """As its tries that had ended by `at` left it; as it is, where none had."""
    there = [one for one in cell.attempts if one.ended <= at]
    if cell.since <= at or not there:
        return cell
    last = there[-1]
    return cell._replace(
        state=last.state, since=last.ended, seq=last.began, tries=last.number, ready=last.ready, queued=last.queued,
        started=last.started, retry_at=last.retry_at, attempts=tuple(there), base=_base_of(there), code=last.code,
    )  # fmt: skip


def _base_of(tries: list[Attempt]) -> int:
    """How many tries there had been when it was cleared the last time: after one that nothing was to follow."""
    return max((one.number for one in tries[:-1] if one.retry_at is None), default=0)
