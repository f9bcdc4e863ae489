"""Law 4: randomness is keyed; what is added does not shift anybody else's draws."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.text import lines
from tests.laws.worlds import MINUTE, NONE, Story, Taste, stories
from workbench.engine import Event
from workbench.engine.events import AttemptEnded, AttemptStarted
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.scenario import Fault, Flaky, Late, Never, Scenario, Varies
from workbench.scenario.draws import draw, threshold

FREE = Taste(free=True)
START = wb.instant("2013-01-03T00:30Z")


def fates(story: Story, dags: set[str]) -> list[str]:
    """What happens to these DAGs and to all inputs, without the numbers of events."""
    log = story.played().branch.log
    return lines(e._replace(cause=0) for e in log if dag_of(e) in {"", *dags})


def dag_of(event: Event) -> str:
    """The DAG that an event is about; none for inputs and the scheduler."""
    key = getattr(event, "run", None)
    return key.dag if key is not None else getattr(event, "dag", "")


def flaky(seed: int = 0, rate: str = "1/2", **tasks: Task) -> Story:
    """A day of an hourly DAG `h`, whose tasks fail by chance."""
    spec = DagSpec("h", tasks, schedule="0 * * * *", partition="hour", start=wb.instant("2013-01-01"))
    faults = tuple(Flaky(f"h.{task}", rate=Fraction(rate)) for task in tasks)
    scenario = Scenario("by chance", seed, START, START + timedelta(days=1), faults=faults)
    return Story(Workspace({"h": spec}), scenario)


def ends(story: Story, task: str) -> dict[tuple[str, int], str]:
    """(partition, try) -> how it ended."""
    log = story.played().branch.log
    return {(e.run.partition, e.number): e.reason for e in log if isinstance(e, AttemptEnded) and e.task == task}


@law(25)
@given(st.data())
def test_an_unrelated_dag_with_its_faults_changes_nothing_for_the_others(data: st.DataObject) -> None:
    """Law 4: another DAG, its tries and its faults do not shift what happens to those that were there."""
    story, guest = data.draw(stories(FREE)), data.draw(stories(FREE))
    names = set(story.workspace.dags)
    spec = renamed(next(iter(guest.workspace.dags.values())))
    extra = [Flaky(f"zoo.{task}", rate=Fraction(1, 2)) for task in spec.tasks]
    dags = {"zoo": spec, **story.workspace.dags}
    more = replace(story.scenario, faults=(*extra, *story.scenario.faults))
    assert fates(Story(Workspace(dags), more), names) == fates(story, names)


def renamed(spec: DagSpec) -> DagSpec:
    """A DAG named `zoo` that has nothing to do with any other."""
    tasks = {
        n: replace(t, needs=spec.upstream(n), reads=(), requires=(), sensor=None, writes=())
        for n, t in spec.tasks.items()
    }
    return replace(spec, name="zoo", tasks=tasks, inputs={}, schedule="0 6 * * *")


@law(30)
@given(stories(FREE))
def test_a_fault_on_an_unrelated_task_changes_no_other_try(story: Story) -> None:
    """Law 4: one more leaf, with faults of its own, does not change how the tries of the other tasks end."""
    dag, spec = sorted(story.workspace.dags.items())[-1]
    leaf = Task("zoo", (sorted(spec.tasks)[0],), takes=MINUTE, retries=RetryPolicy(2, MINUTE, jitter="full"))
    dags = {**story.workspace.dags, dag: replace(spec, tasks={"zoo": leaf, **spec.tasks})}
    faults = (Flaky(f"{dag}.zoo", rate=Fraction(2, 3)), *story.scenario.faults)
    other = Story(Workspace(dags), replace(story.scenario, faults=faults))
    assert tries(other) == tries(story)


def tries(story: Story) -> list[tuple[Any, ...]]:
    """Each try's start and end, but for those of the task `zoo`."""
    attempts = [e for e in story.played().branch.log if isinstance(e, AttemptStarted | AttemptEnded)]
    return [e[:-1] for e in attempts if e.task != "zoo"]


@law(20)
@given(st.integers(0, 10**6), st.sampled_from(["1/3", "1/2", "9/10"]))
def test_a_try_fails_if_the_hash_of_its_name_says_so(seed: int, rate: str) -> None:
    """Law 4: chance is a hash of (seed, purpose, dag, task, partition, run, try), compared as an integer."""
    story = flaky(seed, rate, a=Task("a", retries=RetryPolicy(2, MINUTE)), b=Task("b"))
    for task in ("a", "b"):
        for (partition, number), reason in ends(story, task).items():
            key = f"{seed}|flaky|h|{task}|{partition}|1|{number}"
            drawn = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
            assert bool(reason) == (drawn < int(Fraction(rate) * 2**64)), key


def test_draws_differ_by_each_part_of_their_name() -> None:
    """Law 4: another seed, task, partition or try is another draw."""
    retry = RetryPolicy(3, MINUTE)
    found = {
        "base": ends(flaky(1, a=Task("a", retries=retry), b=Task("b", retries=retry)), "a"),
        "seed": ends(flaky(2, a=Task("a", retries=retry)), "a"),
        "task": ends(flaky(1, b=Task("b", retries=retry)), "b"),
    }
    assert len({str(sorted(how.items())) for how in found.values()}) == 3
    base = found["base"]
    assert len({base[partition, 1] for partition, number in base}) == 2, "all partitions drew the same"
    assert len({base[place] for place in base if place[1] > 1}) == 2, "all tries drew the same"


def test_one_more_fault_shifts_no_draw() -> None:
    """Law 4: the tries of a task end the same way whatever else has faults."""
    alone, both = flaky(1, a=Task("a"), b=Task("b")), flaky(1, a=Task("a"), b=Task("b"))
    more = tuple(Flaky("h.b", rate=Fraction(rate, 7)) for rate in range(1, 4))
    scenario = replace(both.scenario, faults=(*more, *both.scenario.faults))
    assert ends(replace(both, scenario=scenario), "a") == ends(alone, "a")


def test_one_more_fault_shifts_no_length() -> None:
    """Law 4: the tries of a task last as long as before whatever else has faults; another seed, task, partition or try
    is another draw."""
    takes = tuple(MINUTE * n for n in range(1, 30))
    retried = Task("a", retries=RetryPolicy(3, NONE))

    def lengths(seed: int, *more: Fault, task: str = "a") -> dict[tuple[str, int], timedelta]:
        story = flaky(seed, "1", a=retried, b=replace(retried, name="b"))
        faults = (*more, Varies(f"h.{task}", takes), *story.scenario.faults)
        log = replace(story, scenario=replace(story.scenario, faults=faults)).played().branch.log
        began = {(e.run, e.number): e.at for e in log if isinstance(e, AttemptStarted) and e.task == task}
        ended = {(e.run, e.number): e.at for e in log if isinstance(e, AttemptEnded) and e.task == task}
        return {(run.partition, number): at - began[run, number] for (run, number), at in ended.items()}

    found = lengths(1)
    assert found == lengths(1, Varies("h.b", (MINUTE, NONE)), Flaky("h.b", rate=Fraction(1, 7)))
    assert len({str(one) for one in (found, lengths(2), lengths(1, task="b"))}) == 3
    assert len({found[place] for place in found if place[1] == 1}) > 5, "all partitions drew the same"
    assert any(found[day, 1] != found[day, 2] for day, number in found if number == 2), "all tries drew the same"


def test_a_draw_is_the_same_everywhere() -> None:
    """Law 4: a keyed hash and integers, so every supported Python on every machine draws the same."""
    assert draw("13|flaky|h|a|2013-01-03T05|1|1").hex() == "1afefa8010bae719"
    assert threshold(Fraction(1, 3)).hex() == "5555555555555555"
    assert threshold(Fraction(1, 2)).hex() == "8000000000000000"


def test_chances_come_true() -> None:
    """Law 4: of many draws about as many are hits as the rate says; none at a tiny rate, all at 100%."""
    drawn = [draw(f"0|flaky|h|a|{n}|1|1") for n in range(4000)]
    assert 0.23 < sum(one < threshold(Fraction(1, 4)) for one in drawn) / 4000 < 0.27
    assert not any(one < threshold(Fraction(1, 10**9)) for one in drawn)
    assert set(ends(flaky(0, "1", a=Task("a")), "a").values()) == {"transient"}


@law(25)
@given(stories())
def test_faults_speak_only_about_what_they_name(story: Story) -> None:
    """Law 4: with late inputs alone no try fails by itself: only what waited too long, or had to have them."""
    faults = tuple(fault for fault in story.scenario.faults if isinstance(fault, Late | Never))
    log = Story(story.workspace, replace(story.scenario, faults=faults)).played().branch.log
    reasons = {event.reason for event in log if isinstance(event, AttemptEnded)}
    assert reasons <= {"", "late_input", "sensor_timeout", "timeout"}


def test_jitter_is_keyed_too() -> None:
    """Law 4: pauses with jitter are whole seconds, the same each time, and other tries have others."""
    policy = RetryPolicy(6, timedelta(hours=1), jitter="full", cap=timedelta(hours=1))
    story = flaky(3, "1", a=Task("a", takes=NONE, retries=policy), b=Task("b", takes=NONE, retries=policy))
    first, again = pauses(story.played().branch.log), pauses(story.played().branch.log)
    assert first == again
    assert all(NONE <= pause <= policy.cap and not pause.microseconds for pause in first.values())
    assert len(set(first.values())) > len(first) * 0.9


def pauses(log: list[Event]) -> dict[tuple[Any, ...], timedelta]:
    ended = [e for e in log if isinstance(e, AttemptEnded)]
    return {(e.run, e.task, e.number): e.retry_at - e.at for e in ended if e.retry_at}
