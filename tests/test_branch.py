"""States that were asked for are kept for whoever asks again: they are those of the log, whatever was done since."""

from __future__ import annotations

import random

import pytest

import workbench as wb
from tests.laws.observed import seen
from workbench.engine.evolve import evolve


def fresh(session: wb.Session, position: int) -> object:
    """The state there, folded from the beginning by another branch that shares nothing but the log."""
    state = session.branch._snapshots[0][1].snapshot()
    for event in session.branch.log[:position]:
        evolve(state, event)
    return seen(state)


@pytest.mark.parametrize("seed", range(3))
def test_a_state_that_is_kept_never_changes(seed: int) -> None:
    session, draw = wb.sample("daily_flights", "late_jfk"), random.Random(seed)
    for _ in range(25):
        session.step()
        if draw.random() < 0.2:
            session.judgements()
        if draw.random() < 0.2:
            session.do("late ewr@2013-01-05 40m")
        position = draw.randrange(len(session.branch.log) + 1)
        assert seen(session.branch.state_at(position)) == fresh(session, position)
        session.back() if draw.random() < 0.3 else None
        assert seen(session.state) == fresh(session, session.position)
    assert session.branch.state_at(3) is session.branch.state_at(3)
