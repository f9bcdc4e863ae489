"""Law 6: the fast path agrees with a naive one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.acts import act, finish, what_ifs
from tests.laws.facts import Facts
from tests.laws.faults import VERSIONS
from tests.laws.naive_evolve import evolve
from tests.laws.oracle import Oracle
from tests.laws.text import line
from tests.laws.worlds import CROWDED, HANDED_ON, HOUR, MINUTE, NONE, Story, stories
from workbench.branch import Branch
from workbench.engine import Event
from workbench.engine.events import COMMANDS, AttemptEnded, CodeDeployed


def agree(story: Story, branch: Branch) -> Facts:
    """Replay a log: the naive engine must come to each of its events, and to no other until the end."""
    oracle = Oracle(story.workspace, story.scenario, story.start, story.until)
    facts, now = oracle.begin(), story.start
    for position, event in enumerate(branch.log, 1):
        mine = oracle.next(facts, now)
        if isinstance(event, COMMANDS) and not is_scripted(event):
            assert mine is None or mine.at >= event.at, f"event {position} came too soon"
        else:
            assert mine is not None, f"event {position} came from nowhere: {line(event)}"
            assert said(mine) == said(event), f"event {position} should be {line(mine)}, and is {line(event)}"
        facts, now = evolve(facts, event), event.at
    last = oracle.next(facts, now)
    assert last is None, f"after {len(branch.log)} events should come {line(last)}"
    return facts


def is_scripted(event: Event) -> bool:
    """Is it a deploy by the scenario? Nobody else deploys its versions here."""
    return isinstance(event, CodeDeployed) and event.version in VERSIONS


def said(event: Event) -> str:
    """The event as text, but for the words in which it tells why a try failed."""
    return line(event._replace(message="") if isinstance(event, AttemptEnded) else event)


def same_cells(facts: Facts, branch: Branch) -> None:
    """The state that the log leads to is that of the facts, down to each ended try."""
    known = branch.state_at(len(branch.log)).known
    assert {run.key for run in facts.runs} == set(known.runs)
    for run in facts.runs:
        fast = known.runs[run.key]
        for name in RUN_FIELDS:
            assert getattr(fast, name) == getattr(run, name), f"{run.key} {name}"
        assert set(fast.cells) == set(run.cells)
        for task, cell in run.cells.items():
            theirs = fast.cells[task]
            for name in CELL_FIELDS:
                assert getattr(theirs, name) == getattr(cell, name), f"{run.key} {task} {name}"
            for mine, other in zip(cell.past, theirs.attempts, strict=True):
                for name in TRY_FIELDS:
                    assert getattr(other, name) == getattr(mine, name), f"{run.key} {task} try {mine.number} {name}"


RUN_FIELDS = ("state", "window", "created", "due", "started", "ended", "reason", "seq", "backfill", "order")
CELL_FIELDS = ("state", "since", "seq", "tries", "ready", "queued", "started", "retry_at", "base", "code", "rule")
TRY_FIELDS = (
    "number", "state", "reason", "ready", "queued", "started", "ended", "retry_at", "followed", "code", "looks", "held",
    "began",
)  # fmt: skip


@law(60)
@given(stories() | stories(CROWDED))
def test_fast_and_naive_engine_make_the_same_log(story: Story) -> None:
    """Law 6: an immutable evolve and a full scan of everything come to the same log, event by event."""
    branch = story.played().branch
    same_cells(agree(story, branch), branch)


@law(40)
@given(st.data())
def test_fast_and_naive_engine_agree_after_commands(data: st.DataObject) -> None:
    """Law 6: also after faults injected and DAGs edited at any cursor, between or in the middle of instants."""
    story = data.draw(stories())
    session = story.played()
    what_ifs(data.draw, session)
    same_cells(agree(story, session.branch), session.branch)


@law(30)
@given(st.data())
def test_fast_and_naive_engine_agree_about_backfills(data: st.DataObject) -> None:
    """Law 6: also about backfills of some tasks, over several DAGs, pinned, with a priority; paused, resumed and
    cancelled on the way."""
    story = data.draw(stories(HANDED_ON))
    session = story.played()
    for _ in range(data.draw(st.integers(1, 3))):
        session = act(data.draw, session, "backfill")
        for verb in data.draw(st.lists(st.sampled_from(("change backfill", "rerun", "deploy", "edit")), max_size=3)):
            session.run_until(session.now + data.draw(st.sampled_from((NONE, MINUTE, 10 * MINUTE, HOUR))))
            act(data.draw, session, verb)
        session.run_until(session.now + 5 * HOUR)
    finish(session.branch, session.now)
    same_cells(
        agree(replace(story, scenario=replace(story.scenario, until=session.now)), session.branch), session.branch
    )
