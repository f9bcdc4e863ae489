"""Law 6: the fast path agrees with a naive one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.oracle import Facts, Oracle, evolve
from tests.laws.text import line
from tests.laws.worlds import CROWDED, Story, stories, what_ifs
from workbench.branch import Branch
from workbench.engine.events import COMMANDS


def agree(story: Story, branch: Branch) -> Facts:
    """Replay a log: the naive engine must come to each of its events, and to no other until the end."""
    oracle = Oracle(story.workspace, story.scenario, story.start, story.until)
    facts, now = oracle.begin(), story.start
    for position, event in enumerate(branch.log, 1):
        mine = oracle.next(facts, now)
        if isinstance(event, COMMANDS):
            assert mine is None or mine.at >= event.at, f"event {position} came too soon"
        else:
            assert mine is not None, f"event {position} came from nowhere: {line(event)}"
            assert line(mine) == line(event), f"event {position} should be {line(mine)}, and is {line(event)}"
        facts, now = evolve(facts, event), event.at
    assert oracle.next(facts, now) is None
    return facts


def same_cells(facts: Facts, branch: Branch) -> None:
    known = branch.state_at(len(branch.log)).known
    assert {run.key: run.state for run in facts.runs} == {key: run.state for key, run in known.runs.items()}
    for run in facts.runs:
        fast = known.runs[run.key].cells
        theirs = {n: (c.state, c.since, c.seq, c.tries, c.ready, c.retry_at) for n, c in fast.items()}
        assert {n: (c.state, c.since, c.seq, c.tries, c.ready, c.retry_at) for n, c in run.cells.items()} == theirs


@law(90)
@given(stories() | stories(CROWDED))
def test_fast_and_naive_engine_make_the_same_log(story: Story) -> None:
    """Law 6: an immutable evolve and a full scan of everything come to the same log, event by event."""
    branch = story.played().branch
    same_cells(agree(story, branch), branch)


@law(60)
@given(st.data())
def test_fast_and_naive_engine_agree_after_commands(data: st.DataObject) -> None:
    """Law 6: also after faults injected and DAGs edited at any cursor, between or in the middle of instants."""
    story = data.draw(stories())
    session = story.played()
    what_ifs(data.draw, session)
    same_cells(agree(story, session.branch), session.branch)
