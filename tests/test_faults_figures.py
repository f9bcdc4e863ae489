"""The herd of curriculum D11: forty tasks call a vendor that is down from 06:00 to 06:20; what their retries do to it.

The course measured a call as one minute long, and pauses from its start on; here a refused call fails at once, and a
pause begins when a try ends. So the rows without a pool are the course's; with a pool, where calls wait for one
another, calls must fail after almost a minute. Exponential pauses are at most 45 min.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import workbench as wb
from workbench.scenario.troubles import Troubles
from workbench.scenario.vendors import OverloadedVendor

MINUTE = timedelta(minutes=1)


class Morning(NamedTuple):
    """How many succeeded, how many calls there were, when the last one that succeeded was made and ended, and until
    when the vendor was down."""

    succeeded: int
    calls: int
    last_call: str
    last_end: str
    down_until: str


def herd(backoff: float = 1, *, pool: int | None = None, seed: int = 0, after: str = "0s", **policy: object) -> Morning:
    retries = wb.RetryPolicy(5, 5 * MINUTE, backoff, **policy)  # type: ignore[arg-type]
    dag = wb.Dag("herd", schedule="0 6 * * *", start="2013-01-08")
    for n in range(40):
        dag.task(f"load_{n:02}", takes="1m", retries=retries, pool="api" if pool else None)
    api = wb.Outage(
        "herd.*", "2013-01-09T06:00Z", "2013-01-09T06:20Z", after=after, capacity=5, overload=20, again="10m"
    )
    scenario = wb.Scenario(seed=seed, start="2013-01-09", until="2013-01-10", faults=api)
    s = wb.Session(wb.Workspace({"herd": dag.spec}, {"api": pool} if pool else {}), scenario)
    s.run_until("2013-01-09T12:00Z")
    tries = [a for run in s.state.known.runs.values() for cell in run.cells.values() for a in cell.attempts]
    well = [a for a in tries if a.state == "success"]
    troubles = Troubles(seed, [(1, api, s.state.known.live_since)])
    troubles.attach(s.state, s.now)
    (vendor,) = troubles.vendors
    assert isinstance(vendor, OverloadedVendor)
    return Morning(
        len(well),
        len(tries),
        clock(max((a.started for a in well), default=None)),
        clock(max((a.ended for a in well), default=None)),
        clock(vendor.down_until),
    )


def clock(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%H:%M}"


CAP = timedelta(minutes=45)


def test_fixed_pauses_keep_the_vendor_down() -> None:
    assert herd() == (0, 240, "never", "never", "06:35")


def test_longer_pauses_alone_change_nothing() -> None:
    assert herd(2, cap=CAP) == (0, 240, "never", "never", "08:10")
    assert herd(2) == (0, 240, "never", "never", "08:45")


def test_jitter_lets_it_recover() -> None:
    # The course's own draws, with the same seed: 191 calls, the last success at 06:58.
    assert herd(2, cap=CAP, jitter="full", seed=7) == (40, 191, "06:56", "06:57", "06:20")


def test_with_some_seeds_one_task_has_no_try_left() -> None:
    assert [herd(2, cap=CAP, jitter="full", seed=seed).succeeded for seed in range(6)] == [40, 40, 39, 40, 39, 39]


def test_a_pool_of_five_serves_everybody() -> None:
    assert herd(2, pool=5, after="58s", cap=CAP)[:3] == (40, 130, "06:40")
    # A call that fails at once leaves its slot to the next one, so the pool does not hold the herd back.
    assert herd(2, pool=5, cap=CAP)[:3] == (40, 160, "06:42")


def test_a_ban_takes_yesterday_as_well() -> None:
    """Curriculum L2.3: fourteen days start at once, the vendor serves four calls at the same time."""
    dag = wb.Dag("flights", schedule="0 6 * * *", start="2013-01-01", catchup=True, paused=True)
    dag.task("extract", takes="10m", retries=2)
    quota = wb.Quota("extract", at_once=4, ban_after=10, ban_within="10m", ban="1h")
    s = wb.Session(dag, wb.Scenario(start="2013-01-15T06:00Z", until="2013-01-15T12:00Z", faults=quota))
    s.run_until("2013-01-15T06:30Z")
    s.unpause("flights")
    s.run_until()
    tries = {key.partition: run.cells["extract"].attempts for key, run in s.state.known.runs.items()}
    assert sum(a.reason == "quota" for ended in tries.values() for a in ended) == 30
    lost = [day for day, ended in sorted(tries.items()) if ended[-1].state == "failed"]
    assert lost == [f"2013-01-{day:02}" for day in range(5, 15)]
    assert tries["2013-01-14"][-1].message == "banned for too many refused calls (429)"


def test_a_zombie_comes_back_before_or_after_the_next_try() -> None:
    """Curriculum D4: cut off at 06:21, given up at 06:31; its work is done at 06:40, or in replay B at 06:52."""

    def works(commits: str) -> tuple[list[str], list[str]]:
        dag = wb.Dag("d", schedule="12 6 * * *", start="2013-01-02")
        dag.task("load", takes="15m", retries=wb.RetryPolicy(1, MINUTE))
        zombie = wb.Zombie("load", after="9m", noticed="10m", commits=commits)
        s = wb.Session(dag, wb.Scenario(start="2013-01-03", until="2013-01-04", faults=zombie))
        s.run_until("2013-01-03T08:00Z")
        run = s.state.known.run_of("d", "2013-01-02")
        assert run is not None
        tries = [f"{clock(a.started)}-{clock(a.ended)} {a.state}" for a in run.cells["load"].attempts]
        return tries, [clock(at) for works in s.state.effects.values() for _, at in works]

    tries = ["06:12-06:31 failed", "06:32-06:47 success"]
    assert works("28m") == (tries, ["06:40"])
    assert works("40m") == (tries, ["06:52"])
