"""Pauses before retries: fixed, exponential, capped, spread. Airflow's answers: tests/test_conformance.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.engine import PASS, Run, RunKey, Wait
from workbench.engine.events import AttemptEnded
from workbench.engine.rules.retry import retry_pause, retry_pause_is_over
from workbench.model import DagSpec, RetryPolicy, Task
from workbench.timetable import Partition

NEW_YEAR = wb.instant("2026-01-01")
REPEATABLE = settings(deadline=None, derandomize=True, database=None, max_examples=200)


def run_of(dag: str = "d", task: str = "t", start: datetime = NEW_YEAR) -> Run:
    """A run, as far as a pause asks about it."""
    window = Partition(f"{start:%Y-%m-%d}", start, start + timedelta(days=1))
    return cast("Run", SimpleNamespace(key=RunKey(dag, window.key), window=window))


def pauses(policy: RetryPolicy, tries: int = 6, seed: int = 0, **where: Any) -> list[float]:
    """The pauses, in seconds, after tries 1, 2, ..."""
    run = run_of(**where)
    return [retry_pause(policy, n, run, where.get("task", "t"), seed).total_seconds() for n in range(1, tries + 1)]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_fixed_delay() -> None:
    assert pauses(RetryPolicy(9, seconds(120))) == [120] * 6


def test_each_pause_is_longer_with_backoff() -> None:
    assert pauses(RetryPolicy(9, seconds(60), backoff=2.0)) == [60, 120, 240, 480, 960, 1920]


def test_fractions_are_rounded_up_to_whole_seconds() -> None:
    assert pauses(RetryPolicy(9, seconds(5), backoff=1.5)) == [5, 8, 12, 17, 26, 38]
    # 1.1 is taken as written, not as the binary fraction that is a little more.
    assert pauses(RetryPolicy(9, seconds(100), backoff=1.1), 3) == [100, 110, 121]


def test_no_pause_is_longer_than_the_cap() -> None:
    assert pauses(RetryPolicy(9, seconds(60), backoff=10.0, cap=seconds(900))) == [60, 600, 900, 900, 900, 900]
    assert pauses(RetryPolicy(9, seconds(60), cap=seconds(10)), 2) == [10, 10]
    assert pauses(RetryPolicy(1000, seconds(60), backoff=1000.0), 500)[-1] == 86400


def test_no_delay_is_no_pause() -> None:
    assert pauses(RetryPolicy(9, seconds(0), backoff=2.0)) == [0] * 6
    assert pauses(RetryPolicy(9, seconds(0), backoff=2.0, jitter="full")) == [0] * 6


@REPEATABLE
@given(
    st.integers(0, 10_000), st.sampled_from([1.0, 1.5, 2.0]), st.integers(1, 5000), st.integers(1, 12), st.integers()
)
def test_full_jitter_draws_from_nothing_to_the_pause(
    delay: int, backoff: float, cap: int, number: int, seed: int
) -> None:
    plain = RetryPolicy(99, seconds(delay), backoff, "none", seconds(cap))
    spread = RetryPolicy(99, seconds(delay), backoff, "full", seconds(cap))
    longest = retry_pause(plain, number, run_of(), "t", seed)
    drawn = retry_pause(spread, number, run_of(), "t", seed)
    assert timedelta(0) <= drawn <= longest
    assert not drawn.microseconds


@REPEATABLE
@given(st.integers(0, 10_000), st.sampled_from([1.0, 1.5, 2.0]), st.integers(1, 90_000), st.integers(1, 12))
def test_the_jitter_of_airflow_is_less_than_one_pause(delay: int, backoff: float, cap: int, number: int) -> None:
    plain = RetryPolicy(99, seconds(delay), backoff, "none", seconds(cap))
    spread = RetryPolicy(99, seconds(delay), backoff, "airflow", seconds(cap))
    pause = retry_pause(plain, number, run_of(), "t", 0)
    drawn = retry_pause(spread, number, run_of(), "t", 0)
    assert pause <= drawn <= min(max(2 * pause, seconds(1)), seconds(cap))


def test_draws_with_full_jitter_spread_over_the_whole_pause() -> None:
    drawn = [pauses(RetryPolicy(9, seconds(99), jitter="full"), 1, seed)[0] for seed in range(1000)]
    assert min(drawn) == 0
    assert max(drawn) == 99
    assert 45 < sum(drawn) / 1000 < 54


def test_jitter_depends_on_dag_task_partition_try_and_seed() -> None:
    policy = RetryPolicy(9, seconds(86000), jitter="full")
    base = pauses(policy)
    assert pauses(policy) == base
    others = [
        pauses(policy, seed=1),
        pauses(policy, dag="e"),
        pauses(policy, task="u"),
        pauses(policy, start=wb.instant("2026-01-02")),
    ]
    assert len({tuple(other) for other in [base, *others]}) == 5
    assert len(set(base)) == 6


def test_a_task_is_ready_at_its_retry_instant() -> None:
    """Airflow asks for one instant later (`<`): a difference on purpose."""
    dag = DagSpec("d", {"t": Task("t", takes=seconds(60), retries=RetryPolicy(1, seconds(90)))}, schedule="0 6 * * *")
    faults = (wb.Flaky("d.t", tries=1),)
    s = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=faults))
    s.run_until("2013-01-02T06:01Z")
    known = s.state.known
    run = known.run_of("d", "2013-01-01")
    assert run is not None
    plan, cell, at = run.plan.tasks["t"], run.cells["t"], wb.instant("2013-01-02T06:02:30Z")
    assert retry_pause_is_over(known, run, plan, cell, at - seconds(1)) == Wait("retry_delay", ("t",), s.now, at)
    assert retry_pause_is_over(known, run, plan, cell, at) is PASS
    assert {event.at for event in s.step()} == {at}


def test_a_task_is_tried_once_more_than_it_has_retries() -> None:
    dag = DagSpec("d", {"t": Task("t", retries=RetryPolicy(2, seconds(60)))}, schedule="0 6 * * *")
    faults = (wb.Flaky("d.t", tries=9),)
    s = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=faults))
    ends = [event for event in s.run_until() if isinstance(event, AttemptEnded)]
    assert [(f"{e.at:%H:%M}", e.state) for e in ends] == [
        ("06:01", "up_for_retry"),
        ("06:03", "up_for_retry"),
        ("06:05", "failed"),
    ]
