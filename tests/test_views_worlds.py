"""In worlds of every kind, with commands on the way: each question has an answer that fits its schema, and the ways
through runs are whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.acts import what_ifs
from tests.laws.worlds import stories
from workbench.engine import Known, Run
from workbench.reports import simulation_lines
from workbench.session import Session
from workbench.views import explain, explain_run, run_rows, story
from workbench.views.compare import compare
from workbench.views.path import path_of, path_of_run

NOTHING = timedelta(0)
FOLDER = Path(str(files("workbench.views")))
WHY, WHY_RUN = (
    jsonschema.Draft202012Validator(json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")))
    for name in ("why", "why_run")
)
MOST_RUNS = 4


def moments(data: st.DataObject, session: Session) -> Iterator[tuple[Known, datetime]]:
    """A few positions of the last future, some of them in the middle of an instant, and its end."""
    log = session.branch.log
    places = [data.draw(st.integers(0, len(log))) for _ in range(3)]
    for place in [*places, len(log)]:
        yield session.branch.state_at(place).known, log[place - 1].at if place else session.start


def ask_everything(known: Known, now: datetime) -> None:
    """About every task of the newest runs, and of windows that may have none."""
    newest = list(known.runs.values())[-MOST_RUNS:]
    targets = {f"{run.key.dag}.{task}@{run.key.partition}" for run in newest for task in run.cells}
    for name, plan in known.plans.items():
        window = plan.spec.grid.containing(now)
        days = [window.key, plan.spec.grid.previous(window).key]
        targets |= {f"{name}.{task}{day}" for task in plan.tasks for day in ("", *(f"@{d}" for d in days))}
        for day in ("", *(f"@{run.key.partition}" for run in newest if run.key.dag == name), f"@{days[0]}"):
            found = explain_run(known, now, name + day)
            WHY_RUN.validate(found.to_data())
            assert str(found)
    for target in sorted(targets):
        answer = explain(known, now, target)
        assert all(line == line.strip() and line for line in (answer.headline, *answer.sentences, *answer.helps))
    WHY.validate(answer.to_data()) if targets else None


def ways_are_whole(known: Known, run: Run) -> None:
    """The pieces of each way lie end to end, from the run's making to the end that is asked about."""
    for task in run.plan.tasks:
        if run.cells[task].attempts:
            pieces = path_of(known, run, task)
            assert all(piece.span > NOTHING for piece in pieces)
            assert all(one.end == two.start for one, two in pairwise(pieces))
            assert not pieces or pieces[0].start == run.created
            assert (pieces[-1].end if pieces else run.created) == run.cells[task].attempts[-1].ended
    pieces = path_of_run(known, run)
    if pieces and run.ended is not None:
        assert pieces[-1].end == run.ended


@law(25)
@given(st.data())
def test_every_question_has_an_answer(data: st.DataObject) -> None:
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    for known, now in moments(data, session):
        ask_everything(known, now)
        for run in list(known.runs.values())[-MOST_RUNS:]:
            ways_are_whole(known, run)
            run_rows(known, run, now)


@law(25)
@given(st.data())
def test_every_future_is_a_story_and_can_be_compared(data: st.DataObject) -> None:
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    known = session.state.known
    assert all(line.text for line in story(known, session.events))
    first, *others = session.branches.values()
    for other in others:
        found = compare(first, other, session.end)
        assert found.first is not None or not found.outcomes
        assert str(found)
    assert simulation_lines(session, None)
