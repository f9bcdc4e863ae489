"""Moves of a session: back undoes step, seeking shows what was, an instant is finished before it is shown."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.acts import act
from tests.laws.observed import seen
from tests.laws.text import lines
from tests.laws.worlds import MINUTE, Story, stories
from workbench.engine import KINDS, Event
from workbench.model import SetTask
from workbench.scenario import Outage
from workbench.session import By, Session

BY: tuple[By, ...] = ("instant", "event")


def where(session: Session) -> tuple[object, ...]:
    """All that a front end shows."""
    return session.branch.name, session.position, session.now, lines(session.events), seen(session.state)


@law(25)
@given(st.data())
def test_back_undoes_step_exactly(data: st.DataObject) -> None:
    """After any number of steps, by instant or by event, as many times back is where it began."""
    session = data.draw(stories()).session()
    for _ in range(4):
        session = act(data.draw, session, "seek", "between", "run", "inject", "edit", "fork")
    stations = []
    for by in data.draw(st.lists(st.sampled_from(BY), min_size=1, max_size=6)):
        station = where(session)
        ahead = session.step(by)
        if ahead:
            stations.append((station, ahead))
    for station, ahead in reversed(stations):
        assert session.back() == ahead
        assert where(session) == station


@law(25)
@given(st.data())
def test_stepping_through_a_log_and_running_through_it_is_the_same(data: st.DataObject) -> None:
    """Steps of one instant or one event come to the same log as running at once, and show the same states."""
    story: Story = data.draw(stories())
    whole, by_steps = story.played(), story.session()
    by = data.draw(st.sampled_from(BY))
    told: list[Event] = []
    while some := by_steps.step(by):
        assert len({event.at for event in some}) == 1
        told += some
    assert lines(told) == lines(by_steps.branch.log) == lines(whole.branch.log)
    position = data.draw(st.integers(0, len(told)))
    assert where(by_steps.seek(position))[3:] == where(whole.seek(position))[3:]


@law(25)
@given(st.data())
def test_an_instant_is_finished_before_it_is_shown(data: st.DataObject) -> None:
    """Wherever commands are given, running to an instant leaves nothing to do at it; and running on to a later
    instant at once, or with a stop on the way, is the same."""
    session = data.draw(stories()).played()
    act(data.draw, session, "seek", "between")
    session, other = session.fork(), session.fork()
    if data.draw(st.booleans()):
        act(data.draw, session, "inject", "edit")
        other = session.fork()
    begin, until = session.now, session.now + data.draw(st.sampled_from([0, 1, 30, 100])) * MINUTE
    session.run_until(begin)
    assert session.at_end
    session.run_until(until)
    assert lines(session.events) == lines(other.seek(until).events)
    assert not session.branch.run(until)
    assert session.at_end, "running to the same instant again found something to do"


def test_a_what_if_in_the_middle_of_the_last_instant_goes_on() -> None:
    """The last instant of a world is finished by a step and by running to it, too."""
    spec = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01", end="2013-01-02")
    spec.task("t", takes="10m")
    scenario = wb.Scenario(start=wb.instant("2013-01-02T05:00Z"), until=wb.instant("2013-01-02T07:00Z"))
    session = wb.Session(spec, scenario)
    session.run_until()
    ended = len(session.events) - 1
    step, run, run_on = (session.seek(ended).fork() for _ in range(3))
    assert [KINDS[type(event)] for event in step.step()] == ["run_ended"]
    assert [KINDS[type(event)] for event in run.run_until(run.now)] == ["run_ended"]
    assert [KINDS[type(event)] for event in run_on.run_until()] == ["run_ended"]


def short(event: Event) -> str:
    """`06:10 attempt_ended t failed`"""
    words = [getattr(event, name, "") for name in ("task", "input", "number", "state")]
    return " ".join([f"{event.at:%H:%M}", KINDS[type(event)], *(str(word) for word in words if word)])


def test_a_story_of_two_futures() -> None:
    """A what-if, read from top to bottom."""
    dag = wb.Dag("flights", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", retries=1) >> dag.task("post", takes="5m")
    down = Outage("flights.load", wb.instant("2013-01-02T06:05Z"), wb.instant("2013-01-02T06:12Z"))
    scenario = wb.Scenario(start=wb.instant("2013-01-02T05:00Z"), until=wb.instant("2013-01-02T07:00Z"))
    s = wb.Session(dag, scenario)

    s.run_until("06:05")
    assert s.inject(down).done.sentence == "what flights.load calls is down Wed 06:05 to Wed 06:12"
    s.run_until()
    assert [short(e) for e in s.events[4:]] == [
        "06:05 fault_injected",
        "06:06 attempt_ended load 1 up_for_retry",
        "06:11 task_queued load",
        "06:11 attempt_started load 2",
        "06:12 attempt_ended load 2 failed",
        "06:12 task_settled post upstream_failed",
        "06:12 run_ended failed",
    ]

    s.back("06:08")
    s.edit(SetTask("load", {"retries": wb.RetryPolicy(2, timedelta(minutes=5))}))
    assert s.branch.name == "B"
    s.run_until()
    assert [short(e) for e in s.events[6:]] == [
        "06:08 dag_edited",
        "06:11 task_queued load",
        "06:11 attempt_started load 2",
        "06:12 attempt_ended load 2 up_for_retry",
        "06:17 task_queued load",
        "06:17 attempt_started load 3",
        "06:27 attempt_ended load 3 success",
        "06:27 task_queued post",
        "06:27 attempt_started post 1",
        "06:32 attempt_ended post 1 success",
        "06:32 run_ended success",
    ]
    assert short((s.switch("A").run_until() and s.events[-1]) or s.events[-1]) == "06:12 run_ended failed"
