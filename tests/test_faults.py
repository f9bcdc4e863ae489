"""Faults on tasks and on the clock, each on a real session: what a learner would see happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import workbench as wb
from workbench.scenario import Fault, faults_of

DAY = "2013-01-02"


def session(*faults: Fault, seed: int = 0, retries: Any = 1, **load: Any) -> wb.Session:
    """One day of: load (10 min) >> report (1 min), every day at 06:00."""
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", retries=retries, **load) >> dag.task("report")
    return wb.Session(dag, wb.Scenario(seed=seed, start=DAY, until="2013-01-03", faults=faults))


def told(s: wb.Session, task: str = "load") -> list[str]:
    """The tries of a task on the first day: `1 06:00-06:10 success`, with what was said."""
    run = s.state.known.run_of("d", "2013-01-01")
    assert run is not None
    cell = run.cells[task]
    ended = [
        f"{a.number} {a.started:%H:%M}-{a.ended:%H:%M} {a.state} {a.reason} {a.message}".strip() for a in cell.attempts
    ]
    return [*ended, f"{cell.tries} {cell.since:%H:%M}- running"] if cell.state == "running" else ended


def done(s: wb.Session) -> list[str]:
    """Work that was done without the orchestrator's knowledge."""
    return [f"{at:%H:%M} try {n}" for works in s.state.effects.values() for n, at in works]


WELL_AT_FIRST = ["1 06:00-06:10 success"]
CASES: dict[str, tuple[Fault, list[str]]] = {
    "flaky": (
        wb.Flaky("load", tries=1, after="2m"),
        ["1 06:00-06:02 failed transient the attempt crashed", "2 06:07-06:17 success"],
    ),
    "flaky at its end": (
        wb.Flaky("load", tries=1, after="2h"),
        ["1 06:00-06:10 failed transient the attempt crashed", "2 06:15-06:25 success"],
    ),
    "flaky elsewhere": (wb.Flaky("load", "2013-01-05", tries=1), WELL_AT_FIRST),
    "outage": (
        wb.Outage("*", "2013-01-02T05:50Z", "2013-01-02T06:03Z"),
        ["1 06:00-06:01 failed transient the vendor did not answer (503)", "2 06:06-06:16 success"],
    ),
    "outage that begins while it runs": (
        wb.Outage("d.load", "2013-01-02T06:04Z", "2013-01-02T06:05Z"),
        ["1 06:00-06:05 failed transient the vendor did not answer (503)", "2 06:10-06:20 success"],
    ),
    "slow": (wb.Slow("load", factor=1.5), ["1 06:00-06:15 success"]),
    "slow by the clock": (wb.Slow("load", takes="45m"), ["1 06:00-06:45 success"]),
    "slow at first": (wb.Slow("load", tries=1, takes="45m"), ["1 06:00-06:45 success"]),
    "varies": (wb.Varies("load", "7m"), ["1 06:00-06:07 success"]),
    "hang": (wb.Hang("load"), ["1 06:00- running"]),
    "worker lost": (
        wb.WorkerLost("load", after="3m", noticed="5m"),
        [
            "1 06:00-06:08 failed worker_lost the worker was lost: it gave no sign of life any more",
            "2 06:13-06:23 success",
        ],
    ),
    "zombie": (
        wb.Zombie("load", after="3m", noticed="4m"),
        [
            "1 06:00-06:07 failed worker_lost the worker was lost: it gave no sign of life any more",
            "2 06:12-06:22 success",
        ],
    ),
    "lost answer": (
        wb.LostAnswer("load", noticed="5m"),
        ["1 06:00-06:15 failed worker_lost the worker was lost: its answer never came", "2 06:20-06:30 success"],
    ),
    "bug": (
        wb.Bug("load", after="1m"),
        [
            "1 06:00-06:01 failed bug version v1 of its code fails",
            "2 06:06-06:07 failed bug version v1 of its code fails",
        ],
    ),
    "bug in other code": (wb.Bug("load", version="v2"), WELL_AT_FIRST),
}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_the_tries(name: str) -> None:
    fault, expected = CASES[name]
    s = session(fault)
    s.run_until("2013-01-02T09:00Z")
    assert told(s) == expected


def test_a_slow_try_lasts_whole_seconds_rounded_up() -> None:
    s = session(wb.Slow("load", factor="1/7"))
    s.run_until("2013-01-02T09:00Z")
    (ended,) = [a.ended for run in s.state.known.runs.values() for a in run.cells["load"].attempts]
    assert f"{ended:%H:%M:%S}" == "06:01:26"


def test_a_timeout_ends_what_hangs() -> None:
    s = session(wb.Hang("load", tries=1), timeout="30m")
    s.run_until("2013-01-02T09:00Z")
    assert [line[:23] for line in told(s)] == ["1 06:00-06:30 failed ti", "2 06:35-06:45 success"]


@pytest.mark.parametrize(
    ("fault", "when"),
    [
        (wb.Zombie("load", after="3m", noticed="4m"), "06:10 try 1"),
        (wb.Zombie("load", after="3m", noticed="4m", commits="30m"), "06:30 try 1"),
        (wb.LostAnswer("load"), "06:10 try 1"),
    ],
)
def test_work_is_done_without_being_told(fault: Fault, when: str) -> None:
    s = session(fault)
    s.run_until("2013-01-02T06:05Z")
    assert done(s) == []
    s.run_until("2013-01-02T09:00Z")
    assert done(s) == [when]


def test_the_work_of_a_lost_worker_is_not_done() -> None:
    s = session(wb.WorkerLost("load"))
    s.run_until("2013-01-02T09:00Z")
    assert done(s) == []


def test_a_zombie_that_is_killed_before_it_is_cut_off_does_nothing() -> None:
    killed, cut_off = (session(wb.Zombie("load", after="5m", noticed="30m")) for _ in range(2))
    killed.run_until("2013-01-02T06:04Z")
    cut_off.run_until("2013-01-02T06:06Z")
    for s in (killed, cut_off):
        s.kill("load@2013-01-01")
        s.run_until("2013-01-02T06:10Z")
    assert (done(killed), done(cut_off)) == ([], ["06:10 try 1"])


def test_a_deploy_ends_a_bug() -> None:
    s = session(wb.Bug("load"), wb.Deploy("load", "v2", "2013-01-02T06:12Z"))
    s.run_until("2013-01-02T09:00Z")
    assert told(s) == ["1 06:00-06:10 failed bug version v1 of its code fails", "2 06:15-06:25 success"]


def test_a_deploy_of_the_whole_dag() -> None:
    s = session(wb.Bug("d.*"), wb.Deploy("d", "v2", "2013-01-02T05:00Z"))
    s.run_until("2013-01-02T09:00Z")
    assert (told(s), told(s, "report")) == (WELL_AT_FIRST, ["1 06:10-06:11 success"])


def test_while_the_scheduler_is_away_nothing_is_decided() -> None:
    s = session(wb.SchedulerDown("2013-01-02T06:05Z", "2013-01-02T08:00Z"))
    s.run_until("2013-01-02T09:00Z")
    assert (told(s), told(s, "report")) == (WELL_AT_FIRST, ["1 08:00-08:01 success"])


def test_a_choice_says_which_way_a_branch_goes() -> None:
    def way(*faults: Fault) -> dict[str, str]:
        dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
        choose = dag.task("choose", branch=("delta",))
        choose >> [dag.task("full"), dag.task("delta")]
        s = wb.Session(dag, wb.Scenario(start=DAY, until="2013-01-03", faults=faults))
        s.run_until("2013-01-02T09:00Z")
        run = s.state.known.run_of("d", "2013-01-01")
        assert run is not None
        return {name: run.cells[name].state for name in ("full", "delta")}

    assert way() == {"full": "skipped", "delta": "success"}
    assert way(wb.Choice("choose", "full")) == {"full": "success", "delta": "skipped"}
    assert way(wb.Choice("choose", "full"), wb.Choice("choose", ["delta", "full"], "2013-01-01")) == {
        "full": "success",
        "delta": "success",
    }
    assert way(wb.Choice("choose", "full", "2013-01-07")) == way()


def test_the_earliest_trouble_ends_a_try() -> None:
    late, soon = wb.WorkerLost("load", after="4m", noticed="1h"), wb.Flaky("load", tries=1, after="5m")
    s = session(late, soon)
    s.run_until("2013-01-02T09:00Z")
    # The worker is dead when it would have crashed.
    assert told(s)[0].startswith("1 06:00-07:04 failed worker_lost")
    s = session(late, wb.Flaky("load", tries=1, after="3m"))
    s.run_until("2013-01-02T09:00Z")
    assert told(s)[0].startswith("1 06:00-06:03 failed transient")


def test_of_two_words_about_how_long_it_takes_the_last_holds() -> None:
    for faults, end in (
        ((wb.Slow("load", takes="30m"), wb.Slow("load", takes="20m")), "06:20"),
        ((wb.Slow("load", takes="30m"), wb.Varies("load", "20m")), "06:20"),
        ((wb.Varies("load", "20m"), wb.Slow("load", factor=3)), "06:30"),
    ):
        s = session(*faults)
        s.run_until("2013-01-02T09:00Z")
        assert told(s) == [f"1 06:00-{end} success"]


def test_tries_last_what_was_measured_in_turn() -> None:
    s = session(wb.Varies("load", ["1m", "2m", "3m"], in_turn=True), wb.Flaky("load", tries=3), retries=5)
    s.run_until("2013-01-02T09:00Z")
    assert [line[:19] for line in told(s)] == [
        "1 06:00-06:01 faile", "2 06:06-06:08 faile", "3 06:13-06:16 faile", "4 06:21-06:24 succe",
    ]  # fmt: skip


def test_tries_last_what_was_measured_by_chance() -> None:
    """Each by a draw of its own, which another fault and another order of writing leave alone."""

    def lengths(seed: int, *more: Fault) -> list[str]:
        s = session(*more, wb.Varies("load", ["1m", "2m", "3m"]), wb.Flaky("load", tries=18), seed=seed, retries=20)
        s.run_until("2013-01-02T20:00Z")
        attempts = [a for run in s.state.known.runs.values() for a in run.cells["load"].attempts]
        return [str((a.ended - a.started) // timedelta(minutes=1)) for a in attempts]

    assert lengths(1) == lengths(1, wb.Varies("report", ["1m", "9m"]), wb.Flaky("report", rate="50%")) != lengths(2)
    found = [length for seed in range(40) for length in lengths(seed)]
    assert len(found) == 40 * 19
    assert all(200 < found.count(length) < 310 for length in "123")


def test_patterns_and_pools() -> None:
    def failed(task: str) -> list[str]:
        first = wb.Dag("first", schedule="0 6 * * *", start="2013-01-01")
        first.task("load_a", pool="api"), first.task("load_b"), first.task("clean")
        second = wb.Dag("second", schedule="0 6 * * *", start="2013-01-01")
        second.task("load_a", pool="api"), second.task("clean", pool="other")
        workspace = wb.Workspace({"first": first.spec, "second": second.spec}, {"api": 4, "other": 1})
        s = wb.Session(workspace, wb.Scenario(start=DAY, until="2013-01-03", faults=wb.Flaky(task, tries=1)))
        s.run_until("2013-01-02T09:00Z")
        runs = s.state.known.runs
        return sorted(f"{k.dag}.{n}" for k in runs for n, cell in runs[k].cells.items() if cell.state == "failed")

    assert failed("first.*") == ["first.clean", "first.load_a", "first.load_b"]
    assert failed("*.load_a") == failed("pool:api") == ["first.load_a", "second.load_a"]
    assert failed("load_*") == failed("*.load_*") == ["first.load_a", "first.load_b", "second.load_a"]
    assert failed("load_b") == ["first.load_b"]
    assert len(failed("*")) == 5


def test_faults_hold_from_when_they_are_injected() -> None:
    s = session()
    s.run_until("2013-01-02T06:05Z")
    s.inject(wb.Flaky("load", tries=1, after="2m"))
    s.run_until("2013-01-02T09:00Z")
    assert told(s) == ["1 06:00-06:05 failed transient the attempt crashed", "2 06:10-06:20 success"]


def test_what_hangs_past_its_usual_end_is_not_slow() -> None:
    s = session(wb.Hang("load"))
    s.run_until("2013-01-02T06:30Z")
    s.inject(wb.Slow("load", takes="40m"))
    s.run_until("2013-01-02T09:00Z")
    assert told(s) == ["1 06:00- running"]


def test_a_lifted_fault_holds_no_longer() -> None:
    s = session(wb.Hang("load"), wb.Bug("report"))
    s.run_until("2013-01-02T06:30Z")
    s.inject(wb.Slow("report", takes="3m"))
    assert [
        (n, type(f).__name__, f"{holds:%H:%M}", lifted) for n, f, holds, lifted in faults_of(s.scenario, s.state)
    ] == [
        (1, "Hang", "00:00", False),
        (2, "Bug", "00:00", False),
        (3, "Slow", "06:30", False),
    ]
    s.lift(1)
    s.lift(2)
    assert [n for n, *_, lifted in faults_of(s.scenario, s.state) if lifted] == [1, 2]
    s.run_until("2013-01-02T09:00Z")
    # What hung is past its usual end: it ends at once.
    assert (told(s), told(s, "report")) == (["1 06:00-06:30 success"], ["1 06:30-06:33 success"])


def test_a_zombie_whose_fault_is_lifted_is_dead() -> None:
    s = session(wb.Zombie("load", after="3m", noticed="4m", commits="1h"))
    s.run_until("2013-01-02T06:20Z")
    s.lift(1)
    s.run_until("2013-01-02T09:00Z")
    assert done(s) == []


def test_chance_follows_the_seed() -> None:
    def crashed(seed: int, *more: Fault) -> list[str]:
        s = session(*more, wb.Flaky("load", rate="50%"), seed=seed, retries=20)
        s.run_until("2013-01-02T20:00Z")
        return [line for line in told(s) if "crashed" in line]

    assert crashed(1) == crashed(1)
    assert len({len(crashed(seed)) for seed in range(8)}) > 2
    assert crashed(3) == crashed(3, wb.Slow("report", factor=2), wb.Flaky("report", rate="50%"))


TOO_LATE: list[tuple[Callable[[], Fault], str]] = [
    (lambda: wb.Outage("load", "2013-01-02T05:00Z", "2013-01-02T06:30Z"), "this outage ended Wed 2 Jan 06:30"),
    (
        lambda: wb.SchedulerDown("2013-01-02T05:00Z", "2013-01-02T06:00Z"),
        "absence of the scheduler ended Wed 2 Jan 06:00",
    ),
    (lambda: wb.Deploy("load", "v2", "2013-01-02T05:00Z"), "this deploy was to come Wed 2 Jan 05:00, before now"),
]


@pytest.mark.parametrize(("fault", "message"), TOO_LATE)
def test_what_is_over_cannot_be_injected(fault: Callable[[], Fault], message: str) -> None:
    s = session()
    s.run_until("2013-01-02T06:30Z")
    with pytest.raises(wb.InvalidInput, match=message):
        s.inject(fault())
