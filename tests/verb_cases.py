"""A pipeline on which every verb has something to do, and ways to do lines in a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import workbench as wb
from tests.samples import block, session
from workbench.opening import sample_path
from workbench.session import Session
from workbench.verbs import VERBS

PIPELINES = sample_path("daily_flights").parent

PIPELINE = block("""
    dag: daily_flights
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs:
      ewr: {expected: "06:00"}
      jfk: {expected: "06:00"}
      lga: {expected: "06:00"}
    tasks:
      extract: {reads: [ewr, jfk, lga], takes: 10m, retries: {max: 1, delay: 2m}}
      clean: {needs: [extract], takes: 3m}
      publish: {needs: [clean], takes: 2m, pool: warehouse}
      pick: {branch: [full_load, delta_load], takes: 1m}
      full_load: {needs: [pick], takes: 5m}
      delta_load: {needs: [pick], takes: 1m}
      landed: {sensor: {on: [jfk]}}
    ---
    dag: weekly
    schedule: "0 7 * * 1"
    partition: week
    start: 2012-12-31
    tasks: {report: {takes: 5m}, extract: {takes: 5m}}
    ---
    pools: {warehouse: 2}
    workers: 8
    ---
    scenario: calm
    from: 2013-01-03T05:30Z
    until: 2013-01-06T12:00Z
    arrivals: {ewr: "05:48", lga: "05:55", jfk: "05:56"}
""")
# The same for verbs about data: staged rows that a check always holds back, others that are live, and who reads them.
DATA_PIPELINE = block("""
    dag: daily_flights
    schedule: "0 6 * * *"
    start: 2013-01-01
    owner: analytics-oncall
    inputs:
      jfk: {expected: "06:00", path: "../data/nycflights13/jfk/{partition}.csv.gz", owner: ingest-oncall}
    datasets:
      stg_flights:
        owner: ingest-oncall
        checks:
          volume: {kind: rows, min: 500, max: 1100, severity: block}
      pub_punctuality: {}
      served: {kept_by: external_store}
    tasks:
      clean: {reads: [jfk], takes: 3m, writes: [stg_flights]}
      publish: {reads: [jfk], takes: 2m, writes: [pub_punctuality]}
      ingest: {needs: [publish], takes: 1m, writes: [served]}
    ---
    roster: {analytics-oncall: {}, ingest-oncall: {acknowledges: 4m}, departed-owner: {active: false}}
    routes: {"#data-alerts": [departed-owner]}
    consumers:
      board_dashboard: {reads: [pub_punctuality], schedule: "0 8 * * *"}
      ops_email: {reads: [pub_punctuality], schedule: "30 8 * * *"}
    ---
    scenario: calm
    from: 2013-01-02T05:30Z
    until: 2013-01-06T12:00Z
    arrivals: {jfk: "05:56"}
""")
# Lines that make something to work on, before the example of a verb.
LONG_BACKFILL = "backfill daily_flights@2013-01-01..2013-01-02 all limit 1"
BEFORE = {
    "undo": ["pause weekly"],
    "redo": ["pause weekly", "undo"],
    "unpause": ["pause daily_flights"],
    "compare": ["back 2013-01-03 12:00", "pause weekly"],
    "lift": ["fail clean@2013-01-04"],
    "rerun": ["go 2013-01-04 12:00"],
    "mark": ["run until 06:11"],
    "never": ["back 2013-01-03 12:00"],
    "late": ["back 2013-01-03 12:00"],
    "backfill pause": [LONG_BACKFILL],
    "backfill resume": [LONG_BACKFILL, "backfill pause"],
    "backfill cancel": [LONG_BACKFILL],
    "set": ["set daily_flights.extract retries 0"],
    "input rm": ["input add fees in daily_flights"],
    "set dag": ["set daily_flights catchup on"],
    "set workers": ["set workers none"],
}


def bench(at: str = "2013-01-04 06:02") -> Session:
    """At that time the run of Thu 3 Jan has begun, and that of Wed 2 Jan has ended."""
    s = session(PIPELINE)
    s.run_until(at)
    return s


def data_bench(at: str = "2013-01-04 12:00") -> Session:
    """The runs of three days have ended; their staged rows were held back, and what was published was read."""
    s = session(DATA_PIPELINE, folder=str(PIPELINES))
    s.run_until(at)
    return s


def bench_of(verb: str) -> Session:
    """The bench on which the example of a verb can be done."""
    return data_bench() if VERBS[verb].group in DATA_GROUPS or verb in ON_DATA else bench()


DATA_GROUPS = (VERBS["approve"].group, VERBS["poison"].group)
ON_DATA = ("materialize", "set dataset", "data", "lineage", "alerts")


def refused(s: Session, line: str) -> str:
    """What a line is told that cannot be done; nothing has changed."""
    before = seen(s)
    with pytest.raises(wb.InvalidInput) as caught:
        s.do(line)
    with pytest.raises(wb.InvalidInput) as planned:
        s.plan_of(line)
    assert str(planned.value) == str(caught.value)
    assert seen(s) == before
    return str(caught.value)


def do(s: Session, line: str) -> list[Any]:
    """The events of a line."""
    return list(s.do(line).events)


def attempt(act: Callable[[], object]) -> wb.InvalidInput | None:
    """The refusal, if it was one."""
    try:
        act()
    except wb.InvalidInput as error:
        return error
    return None


def seen(s: Session) -> tuple[Any, ...]:
    """All that may not change when something is refused or planned."""
    logs = {name: tuple(branch.log) for name, branch in s.branches.items()}
    return logs, s.branch.name, s.position, s.now, s.current_workspace()


def states(s: Session, run: str, *names: str) -> str:
    """`extract success, clean running`: these tasks in the newest run of `dag@day`."""
    dag, _, day = run.partition("@")
    found = s.state.known.run_of(dag, day)
    assert found is not None
    return ", ".join(f"{name} {found.cells[name].state}" for name in names)


def state_of(s: Session, target: str) -> str:
    return s.why(target).state
