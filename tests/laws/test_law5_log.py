"""Law 5: the log is the truth: folding a prefix gives the state that was there, and going on from anywhere gives
the same log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.acts import act, finish, what_ifs
from tests.laws.data_acts import disturb
from tests.laws.data_worlds import data_stories
from tests.laws.observed import counters, folded, recounted, seen
from tests.laws.text import digest, lines
from tests.laws.worlds import MINUTE, Story, Taste, stories
from workbench import branch as branches
from workbench.engine import Engine, Event, State, evolve
from workbench.engine.events import DagEdited, SettingsChanged
from workbench.model import DagSpec, Input, Task, Workspace
from workbench.scenario import SimulatedWorld

WITH_ROWS = Taste(functions=True)


@pytest.fixture(autouse=True)
def many_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot every few events, so that small worlds have many."""
    monkeypatch.setattr(branches, "EVENTS_PER_SNAPSHOT", 16)


def states_on_the_way(story: Story) -> tuple[list[Event], list[dict[str, Any]]]:
    """The log, and what was seen of the engine's own state after each event."""
    state = wb.Session(story.workspace, story.scenario).branch.state_at(0).snapshot()
    engine = Engine(state, SimulatedWorld(story.scenario, story.start), story.start)
    log = Watched(state)
    while engine.run(story.until, log, 1000):
        pass
    return log, log.found


class Watched(list[Event]):
    """A log that looks at the state each time that it grows."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.found: list[dict[str, Any]] = []

    def append(self, event: Event) -> None:
        super().append(event)
        self.found.append(seen(self.state))


@law(20)
@given(stories(WITH_ROWS))
def test_folding_a_prefix_gives_the_state_that_was_there(story: Story) -> None:
    """Law 5: after each event, the state of the running engine is the one that a fold of the log gives."""
    log, on_the_way = states_on_the_way(story)
    state = wb.Session(story.workspace, story.scenario).branch.state_at(0).snapshot()
    for position, event in enumerate(log):
        evolve(state, event)
        assert seen(state) == on_the_way[position], f"after {position + 1} events"


@law(25)
@given(st.data())
def test_counters_say_what_the_cells_say(data: st.DataObject) -> None:
    """Law 5: busy, pool_busy, active, open and left equal a recount, after each event, commands too."""
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    state = session.branch.state_at(0).snapshot()
    for event in session.branch.log:
        evolve(state, event)
        assert counters(state) == recounted(state), f"after {event}"
        assert within_bounds(state) or edited(session.branch.log), f"after {event}"


def edited(log: list[Event]) -> bool:
    """An edit may move a running task into a pool that is full, and slots may be taken away while they are in use."""
    return any(isinstance(event, DagEdited | SettingsChanged) for event in log)


def within_bounds(state: State) -> bool:
    known = state.known
    pools = all(0 <= known.pool_busy[pool] <= size for pool, size in known.pools.items())
    return pools and 0 <= known.busy <= (known.workers if known.workers is not None else known.busy)


@law(25)
@given(st.data())
def test_seeking_to_any_cursor_and_going_on_gives_the_same_log(data: st.DataObject) -> None:
    """Law 5: a future that branches off at any event, also in the middle of an instant, and in which nobody changes
    anything, is the same byte for byte; rows too."""
    story = data.draw(stories(WITH_ROWS))
    session = story.played()
    log = lines(session.branch.log)
    for position in data.draw(st.lists(st.integers(0, len(log)), min_size=1, max_size=8, unique=True)):
        other = session.seek(position).fork()
        finish(other.branch, story.until)
        assert lines(other.branch.log) == log, f"from position {position}"


@law(20)
@given(st.data())
def test_it_is_so_after_commands_too(data: st.DataObject) -> None:
    """Law 5: also for futures in which faults were injected and DAGs edited."""
    story = data.draw(stories(WITH_ROWS))
    session = story.played()
    what_ifs(data.draw, session)
    log = session.branch.log
    last = max((n for n, event in enumerate(log, 1) if hasattr(event, "sentence")), default=0)
    for position in data.draw(st.lists(st.integers(last, len(log)), min_size=1, max_size=6, unique=True)):
        other = session.seek(position).fork()
        finish(other.branch, story.until)
        assert lines(other.branch.log) == lines(log), f"from position {position}"


class Kept(NamedTuple):
    """A future as a history gives it back."""

    events: list[Event]
    horizon: datetime
    name: str = "A"
    parent: str | None = None
    shared: int = 0


@law(30)
@given(st.data())
def test_it_is_so_for_versions_checks_and_reads_too(data: st.DataObject) -> None:
    """Law 5: wherever a log with data is cut, also between a write, its checks and its publication, it goes on the
    same way: in a fork, and in a session that knows nothing but the log and has to make its rows again."""
    story = data.draw(data_stories())
    session = story.session()
    disturb(data.draw, session)
    log = session.branch.log
    last = max((n for n, event in enumerate(log, 1) if hasattr(event, "sentence")), default=0)
    for position in data.draw(st.lists(st.integers(last, len(log)), min_size=1, max_size=4, unique=True)):
        forked = session.seek(position).fork()
        taken_up = story.session()
        taken_up.adopt([Kept(log[:position], log[position - 1].at if position else story.start)], "A")
        for other in (forked, taken_up):
            finish(other.branch, session.branch.horizon)
            assert lines(other.branch.log) == lines(log), f"from position {position}"
        assert seen(forked.branch.state_at(len(log))) == seen(taken_up.branch.state_at(len(log)))


@law(20)
@given(st.data())
def test_a_snapshot_is_never_changed_by_going_on(data: st.DataObject) -> None:
    """Law 5: what was seen of a state that was kept is seen of it still, after more events on either side."""
    story = data.draw(stories())
    session = story.played()
    what_ifs(data.draw, session)
    log, first = session.branch.log, session.branch.state_at(0).snapshot()
    position = data.draw(st.integers(0, len(log)))
    draft = folded(first, log[:position])
    kept = draft.snapshot()
    before = seen(kept)
    for event in log[position:]:
        evolve(draft, event)
    assert seen(kept) == before, "going on changed the snapshot"
    after = seen(draft)
    for event in log[position:]:
        evolve(kept, event)
    assert seen(kept) == seen(draft) == after, "going on from the snapshot changed the draft"


@law(25)
@given(st.data())
def test_a_what_if_leaves_the_old_future_as_it_was(data: st.DataObject) -> None:
    """Law 5: whatever is done in a session, logs only grow, and each branch shares its parent's beginning."""
    session = data.draw(stories()).session()
    before: dict[str, list[str]] = {}
    act(data.draw, session, "run")
    for _ in range(8):
        session = act(data.draw, session, "step", "event", "back", "seek", "between", "run", "inject", "edit", "fork")
        now = {name: lines(branch.log) for name, branch in session.branches.items()}
        for name, log in before.items():
            assert now[name][: len(log)] == log, f"the log of {name} was changed"
        before = now
    for branch in session.branches.values():
        parent = branch.parent
        assert parent is None or branch.log[: branch.shared] == parent.log[: branch.shared]
        assert seen(branch.state_at(len(branch.log))) == seen(folded(branch.state_at(0).snapshot(), branch.log))


def test_an_attempt_taken_up_in_the_middle_sees_what_it_saw_when_it_began() -> None:
    """Law 5: rows that came while an attempt was running are not seen by it, wherever the log is taken up."""

    def count(slow: list[Any], ctx: Any) -> list[dict[str, Any]]:
        return [{"rows": len(slow), "missing": list(ctx.missing)}]

    def one(ctx: Any) -> list[dict[str, Any]]:
        return [{"from": ctx.task}]

    tasks = {
        "quick": Task("quick", takes=MINUTE, function=one),
        "slow": Task("slow", takes=5 * MINUTE, function=one),
        "sum": Task("sum", ("quick", "slow"), takes=10 * MINUTE, trigger_rule="one_success", function=count),
    }
    spec = DagSpec("d", tasks, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
    scenario = wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-02T12:00Z"))
    session = wb.Session(Workspace({"d": spec}), scenario)
    session.run_until()
    log = lines(session.branch.log)
    for position in range(len(log) + 1):
        other = session.seek(position).fork()
        finish(other.branch, session.end)
        assert lines(other.branch.log) == log, f"from position {position}"


def test_a_log_of_several_batches_and_snapshots_is_the_same_as_one() -> None:
    """Law 5: how often the engine pauses to take a snapshot does not show."""
    spec = DagSpec(
        "d",
        {"t": Task("t", ("jfk",), takes=MINUTE)},
        {"jfk": Input("jfk", timedelta(minutes=20))},
        "*/30 * * * *",
        partition="hour",
        start=wb.instant("2013-01-01"),
    )
    story = Story(
        Workspace({"d": spec}), wb.Scenario(start=wb.instant("2013-01-01"), until=wb.instant("2013-01-09T00:00Z"))
    )
    whole = story.played().branch
    by_hand = story.session()
    while by_hand.step("event"):
        pass
    assert len(whole.log) > 1000
    assert digest(by_hand.branch.log) == digest(whole.log)
    assert seen(by_hand.state) == seen(folded(whole.state_at(0).snapshot(), whole.log))
