"""Law 3: what comes next is a function of scenario and state; ties are broken by names, never by an order in
which things were written down, added or hashed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.acts import what_ifs
from tests.laws.draws import Draw, mixed
from tests.laws.observed import folded, instant_after, seen
from tests.laws.text import digest, lines
from tests.laws.worlds import CROWDED, Story, stories
from workbench.engine import Engine, Event
from workbench.engine.events import TaskSettled
from workbench.model import DagSpec, Task, Workspace
from workbench.scenario import Choice, Deploy, Hang, SimulatedWorld, Slow, Varies


def shuffled(draw: Draw, story: Story) -> Story:
    """The same, written down in another order: DAGs, tasks, inputs, pools, needs, arrivals and faults. Where an order
    has a meaning it stays: of some faults the last word holds."""
    workspace, scenario = story.workspace, story.scenario
    declared = [name for spec in workspace.dags.values() for name in spec.inputs]
    order = list(workspace.dags) if len(set(declared)) < len(declared) else mixed(draw, list(workspace.dags))
    dags = {name: _spec(draw, workspace.dags[name]) for name in order}
    said = iter([fault for fault in scenario.faults if isinstance(fault, LAST_WORD)])
    faults = tuple(next(said) if isinstance(f, LAST_WORD) else f for f in mixed(draw, scenario.faults))
    scenario = replace(scenario, faults=faults, arrivals=_mixed(draw, scenario.arrivals))
    return Story(Workspace(dags, _mixed(draw, workspace.pools), workspace.workers), scenario)


LAST_WORD = (Slow, Varies, Hang, Choice, Deploy)


def _spec(draw: Draw, spec: DagSpec) -> DagSpec:
    tasks = {name: _task(draw, task) for name, task in _mixed(draw, spec.tasks).items()}
    return replace(spec, tasks=tasks, inputs=_mixed(draw, spec.inputs))


def _task(draw: Draw, task: Task) -> Task:
    return replace(task, needs=tuple(mixed(draw, task.needs)), reads=tuple(mixed(draw, task.reads)))


def _mixed(draw: Draw, mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in mixed(draw, list(mapping))}


@law(40)
@given(st.data())
def test_the_order_of_writing_does_not_matter(data: st.DataObject) -> None:
    """Law 3: worlds that differ only in the order in which they are written down have the same log."""
    story = data.draw(stories() | stories(CROWDED))
    other = shuffled(data.draw, story)
    assert lines(other.played().branch.log) == lines(story.played().branch.log)


def taken_up(story: Story, log: list[Event], position: int) -> tuple[list[Event], Any]:
    """What an engine makes that is built anew after `position` events, and the state it comes to."""
    first = wb.Session(story.workspace, story.scenario).branch.state_at(0).snapshot()
    now = instant_after(log, position, story.start)
    engine = Engine(folded(first, log[:position]), SimulatedWorld(story.scenario, story.start), now)
    made: list[Event] = []
    while engine.run(story.until, made, 1000):
        pass
    return made, seen(engine.state)


@law(30)
@given(st.data())
def test_an_engine_built_anew_from_any_state_goes_on_the_same_way(data: st.DataObject) -> None:
    """Law 3: queue, agenda and other caches can be rebuilt from scenario and state, at any position."""
    story = data.draw(stories() | stories(CROWDED))
    branch = story.played().branch
    log, end = branch.log, seen(branch.state_at(len(branch.log)))
    for position in data.draw(st.lists(st.integers(0, len(log)), min_size=1, max_size=12, unique=True)):
        made, state = taken_up(story, log, position)
        assert lines(made) == lines(log[position:]), f"from position {position}"
        assert state == end


@law(15)
@given(st.data())
def test_it_is_so_after_commands_too(data: st.DataObject) -> None:
    """Law 3: also if faults were injected and DAGs edited before that position."""
    story = data.draw(stories())
    session = story.played()
    what_ifs(data.draw, session)
    log = session.branch.log
    last = max((n for n, event in enumerate(log, 1) if hasattr(event, "sentence")), default=0)
    for position in data.draw(st.lists(st.integers(last, len(log)), min_size=1, max_size=6, unique=True)):
        assert lines(taken_up(story, log, position)[0]) == lines(log[position:]), f"from position {position}"


def test_what_settles_at_one_instant_settles_in_topological_order() -> None:
    """Law 3: not in the order in which upstream tasks ended: `a` marks the deep `z` first, then `b` marks `m`."""
    tasks = {
        "a": Task("a"),
        "b": Task("b"),
        "m": Task("m", ("b",)),
        "y": Task("y", trigger_rule="always", takes=timedelta(0)),
        "z": Task("z", ("a", "y"), trigger_rule="none_failed"),
        "k": Task("k", ("y",)),
        "l": Task("l", ("k", "a")),
    }
    spec = DagSpec("d", tasks, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
    faults = (wb.Flaky("d.a", tries=1), wb.Flaky("d.b", tries=1))
    scenario = wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=faults)
    story = Story(Workspace({"d": spec}), scenario)
    log = story.played().branch.log
    assert [event.task for event in log if isinstance(event, TaskSettled)] == ["m", "z", "l"]
    for position in range(len(log)):
        assert lines(taken_up(story, log, position)[0]) == lines(log[position:]), f"from position {position}"


def test_what_settles_at_one_instant_settles_by_name_however_it_is_written() -> None:
    """Law 3: tasks of one depth come in the order of their names."""
    tasks = {"a": Task("a"), **{name: Task(name, ("a",)) for name in "mzk"}}
    logs = []
    for order in ("amzk", "zkma", "kamz"):
        spec = DagSpec("d", {n: tasks[n] for n in order}, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
        scenario = wb.Scenario(
            start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=(wb.Flaky("d.a", tries=1),)
        )
        logs.append(Story(Workspace({"d": spec}), scenario).played().branch.log)
    assert [event.task for event in logs[0] if isinstance(event, TaskSettled)] == ["k", "m", "z"]
    assert lines(logs[0]) == lines(logs[1]) == lines(logs[2])


HASHED = """
from tests.laws.text import digest
from tests.laws.test_law3_order import crowd
print(digest(crowd().played().branch.log))
"""


def crowd() -> Story:
    """Many tasks of many DAGs that all become ready at one instant, and too few slots."""
    names = [f"t{n}" for n in range(12)]
    dags = {
        dag: DagSpec(dag, {n: Task(n, pool="p") for n in names}, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
        for dag in ("x", "a", "m")
    }
    scenario = wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"))
    return Story(Workspace(dags, {"p": 3}, 5), scenario)


def test_the_hash_seed_does_not_matter() -> None:
    """Law 3: no tie is broken by the order of a set, so other hash seeds give the same log."""
    here = digest(crowd().played().branch.log)
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", HASHED]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == here, done.stderr
