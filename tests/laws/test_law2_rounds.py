"""Law 2: everything due at an instant is applied, in a fixed order of kinds, before anything is decided there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.acts import what_ifs
from tests.laws.test_law6_oracle import is_scripted
from tests.laws.worlds import Story, Taste, stories
from workbench.engine import Event, RunKey
from workbench.engine.data_events import VersionPublished, VersionWritten
from workbench.engine.events import (
    COMMANDS,
    AttemptEnded,
    AttemptStarted,
    CodeDeployed,
    DeadlineMissed,
    InputArrived,
    RunCreated,
    RunEnded,
    RunStarted,
    SchedulerStarted,
    SchedulerStopped,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
    WorkDone,
)

ENDS, ARRIVALS, DEADLINES, CHANGES, TICKS, DECISIONS, STARTS = range(7)
KIND = {
    AttemptEnded: ENDS,
    InputArrived: ARRIVALS,
    WorkDone: ARRIVALS,
    DeadlineMissed: DEADLINES,
    CodeDeployed: CHANGES,
    SchedulerStopped: CHANGES,
    SchedulerStarted: CHANGES,
    RunCreated: TICKS,
    RunEnded: DECISIONS,
    RunStarted: DECISIONS,
    TaskSettled: DECISIONS,
    TaskQueued: DECISIONS,
    TaskScheduled: DECISIONS,
    AttemptStarted: STARTS,
}
QUICK = Taste(quick=True)


def kind_of(event: Event) -> int:
    """A run that data makes is decided; one that the clock makes is a fact."""
    if isinstance(event, RunCreated) and event.due is None:
        return DECISIONS
    return KIND[type(event)]


def stretches(log: list[Event]) -> Iterator[list[tuple[int, Event]]]:
    """The numbered events of each instant; a command cuts it in two."""
    for _, same in groupby(enumerate(log, 1), key=lambda one: one[1].at):
        for command, some in groupby(same, key=lambda one: isinstance(one[1], COMMANDS) and not is_scripted(one[1])):
            if not command:
                yield without_writes(list(some))


def without_writes(stretch: list[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """What a try writes is part of its end, which follows at once: it says nothing of the order by itself."""
    for (number, before), (_, event) in pairwise(stretch):
        if isinstance(before, VersionWritten | VersionPublished):
            ends = isinstance(event, VersionWritten | VersionPublished | AttemptEnded | WorkDone)
            assert ends, f"event {number}: something came between a write and the end of its try"
    return [one for one in stretch if not isinstance(one[1], VersionWritten | VersionPublished)]


def place(event: Event, homes: Mapping[str, str]) -> tuple[object, ...]:
    """Where a fact belongs: (dag, partition, task or input). The DAG of an input is its home."""
    if isinstance(event, SchedulerStopped | SchedulerStarted):
        return ("",)
    if isinstance(event, InputArrived):
        return homes[event.input], event.partition, event.input
    if isinstance(event, CodeDeployed):
        return event.dag, "", event.task
    if isinstance(event, DeadlineMissed):
        return event.dag, event.partition, event.task
    if isinstance(event, RunCreated):  # the ticks that one DAG has missed come in their own order
        return event.run.dag, event.due
    run: RunKey = event.run  # type: ignore[union-attr]
    return run.dag, run.partition, getattr(event, "task", "")


def in_rounds(stretch: list[tuple[int, Event]], homes: Mapping[str, str]) -> None:
    """Facts, then decisions, then starts; a start may end at once, and then there is another round."""
    for (_, before), (number, event) in pairwise(stretch):
        kinds = kind_of(before), kind_of(event)
        if kinds[0] == DECISIONS:
            assert kinds[1] >= DECISIONS, f"event {number}: a fact of {event.at} came after a decision of its round"
        if kinds[0] < DECISIONS:
            assert kinds[0] <= kinds[1], f"event {number}: out of the order of kinds"
        if kinds[0] == STARTS:
            assert kinds[1] in (ENDS, ARRIVALS, STARTS), f"event {number}: decided between starts, with nothing new"
        if kinds[0] == kinds[1] != DECISIONS:
            assert place(before, homes) <= place(event, homes), f"event {number}: a tie is broken in another way"


def homes_of(story: Story) -> dict[str, str]:
    return {name: spec.name for name, (spec, _) in story.workspace.inputs.items()}


def later_rounds_follow(log: list[Event], stretch: list[tuple[int, Event]]) -> None:
    """A fact after the first decision or start of an instant is the end of an attempt that began in it."""
    decided = False
    for number, event in stretch:
        decided = decided or kind_of(event) >= DECISIONS
        if decided and kind_of(event) < DECISIONS:
            assert isinstance(event, AttemptEnded | WorkDone), f"event {number} was due before the first decision"
            assert log[event.cause - 1].at == event.at, f"event {number} was due before the first decision"


@law(50)
@given(stories())
def test_all_that_is_due_is_applied_before_anything_is_decided(story: Story) -> None:
    """Law 2: within an instant: ends, arrivals, ticks, each by DAG, partition and task; then decisions; then starts."""
    log, homes = story.played().branch.log, homes_of(story)
    for stretch in stretches(log):
        in_rounds(stretch, homes)
        later_rounds_follow(log, stretch)


@law(30)
@given(st.data())
def test_it_is_so_between_commands_too(data: st.DataObject) -> None:
    """Law 2: what follows a command in the middle of an instant keeps to the order of kinds, and an instant is over
    before the next begins."""
    story = data.draw(stories())
    session, homes = story.played(), homes_of(story)
    what_ifs(data.draw, session)
    log = session.branch.log
    for stretch in stretches(log):
        in_rounds(stretch, homes)
    assert all(before.at <= after.at for before, after in pairwise(log)), "time ran backward"
    assert all(0 <= event.cause < number for number, event in enumerate(log, 1)), "a cause after its effect"


@law(30)
@given(stories(QUICK))
def test_worlds_in_which_nothing_takes_time_come_to_an_end(story: Story) -> None:
    """Law 2: rounds repeat until nothing is due, also if every span is zero; and they do not repeat for ever."""
    log, homes = story.played().branch.log, homes_of(story)
    for stretch in stretches(log):
        in_rounds(stretch, homes)
    at_most = sum(3 + most_events(story, event) for event in log if isinstance(event, RunCreated))
    from_outside = InputArrived | SchedulerStopped | SchedulerStarted | CodeDeployed | DeadlineMissed | WorkDone
    assert sum(not isinstance(event, from_outside) for event in log) <= at_most
    assert never_busy_between(log)


def most_events(story: Story, run: RunCreated) -> int:
    """The most that the tasks of a run can cause: each try is scheduled, queued, started and ended."""
    return sum(4 * (task.retries.max + 1) for task in story.workspace.dags[run.run.dag].tasks.values())


def never_busy_between(log: list[Event]) -> bool:
    """Whatever starts at an instant ends at it."""
    begun: dict[datetime, int] = {}
    for event in log:
        if isinstance(event, AttemptStarted | AttemptEnded):
            begun[event.at] = begun.get(event.at, 0) + (1 if isinstance(event, AttemptStarted) else -1)
    return not any(begun.values())
