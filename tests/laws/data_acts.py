"""What somebody does about data in the worlds of `data_worlds.py`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from tests.laws.data_worlds import of_files
from tests.laws.draws import Draw, pick, sometimes
from workbench.model import InvalidInput
from workbench.session import Session

CONDITIONS = ("n > 3", "n = 0", "id LIKE 'jfk%'")


def _dag(draw: Draw, session: Session) -> str:
    name: str = pick(draw, *sorted(session.current_workspace().dags))
    return name


def _partition(draw: Draw, session: Session) -> str:
    """A partition of a dataset that was written."""
    places = sorted(session.state.known.data.versions)
    if not places:
        raise InvalidInput(["nothing was written yet"])
    return "@".join(pick(draw, *places))


def _rerun(draw: Draw, session: Session) -> None:
    runs = sorted(session.state.known.runs)
    if runs:
        run = pick(draw, *runs)
        session.rerun(f"{run.dag}@{run.partition}", down=sometimes(draw, 30))


def _backfill(draw: Draw, session: Session) -> None:
    dag = _dag(draw, session)
    days = sorted({run.partition for run in session.state.known.runs if run.dag == dag})
    if not days:
        return
    first, last = sorted((pick(draw, *days), pick(draw, *days)))
    tasks = sorted(session.current_workspace().dags[dag].tasks)
    session.backfill(
        pick(draw, dag, dag, f"{dag}.{pick(draw, *tasks)}"), first, last, pick(draw, 1, 2, 10), sometimes(draw, 30),
        pick(draw, "missing", "failed", "changed", "all", "all"), sometimes(draw, 40), pick(draw, "", "", "v1", "v2"),
        pick(draw, 0, 0, -1, 5),
    )  # fmt: skip


def _quarantine(draw: Draw, session: Session) -> None:
    session.quarantine(_partition(draw, session), pick(draw, *CONDITIONS))


DO: dict[str, Callable[[Draw, Session], object]] = {
    "rerun": _rerun,
    "backfill": _backfill,
    "pause backfill": lambda draw, session: session.pause_backfill(),
    "resume backfill": lambda draw, session: session.resume_backfill(),
    "cancel backfill": lambda draw, session: session.cancel_backfill(),
    "withdraw": lambda draw, session: session.withdraw(_partition(draw, session), pick(draw, None, None, 1)),
    "approve": lambda draw, session: session.approve(_partition(draw, session)),
    "quarantine": _quarantine,
    "deploy": lambda draw, session: session.deploy(_dag(draw, session), pick(draw, "v1", "v2")),
    "inject": lambda draw, session: session.inject(of_files(draw)),
}


def disturb(draw: Draw, session: Session) -> None:
    """Some of these, each a while after the one before; then on to the end."""
    for _ in range(pick(draw, 0, 1, 2, 4)):
        session.run_until(session.now + timedelta(minutes=pick(draw, 0, 1, 6, 31, 33, 50, 24 * 60, 48 * 60 + 31)))
        with suppress(InvalidInput):
            DO[pick(draw, *DO)](draw, session)
    session.run_until(max(session.end, session.now))
