"""The law of `--times`: what was simulated, recorded as CSV, imported and replayed is the same, try by try."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from workbench.given import made_at
from workbench.importing.found import Draft, Found
from workbench.importing.times import with_times
from workbench.importing.writing import as_file
from workbench.model.reading import read_workspace_text
from workbench.model.writing import dag_data
from workbench.scenario.reading import find_scenario

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
FIRST, LAST = "2026-03-02", "2026-03-06"
NAMES = ("a", "b", "c", "d", "e")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
SCHEDULES = ("0 6 * * *", "0 0 * * *", "45 23 * * *", "@daily")
SPANS = st.integers(1, 5400).map(lambda n: n * SECOND)
Attempts = dict[tuple[str, int], tuple[str, timedelta]]


@st.composite
def dags(draw: st.DrawFn) -> wb.DagSpec:
    """A DAG with retries, timeouts, a branch or a short circuit, and an input that a sensor waits for."""
    names = NAMES[: draw(st.integers(1, 5))]
    tasks = {name: _task(draw, names, n) for n, name in enumerate(names)}
    chooser = draw(st.sampled_from([None, *names]))
    below = tuple(name for name in names if chooser in tasks[name].needs)
    if chooser and below:
        choice: dict[str, Any] = draw(st.sampled_from([{"short_circuit": True}, {"branch": below[:1]}]))
        tasks[chooser] = replace(tasks[chooser], **choice)
    if draw(st.booleans()):
        tasks["wait"] = wb.Task("wait", sensor=wb.Sensor(on=("file",)))
        tasks["a"] = replace(tasks["a"], needs=("wait",))
    schedule, zone = draw(st.sampled_from(SCHEDULES)), draw(st.sampled_from(ZONES))
    return wb.DagSpec(
        "daily", tasks, schedule=schedule, timezone=zone, start=wb.instant("2026-02-01"),
        inputs={"file": wb.Input("file")} if "wait" in tasks else {},
    )  # fmt: skip


def _task(draw: st.DrawFn, names: tuple[str, ...], n: int) -> wb.Task:
    needs = tuple(name for name in names[:n] if draw(st.booleans()))
    retries = wb.RetryPolicy(draw(st.integers(0, 3)), draw(st.sampled_from([SECOND, 5 * MINUTE])))
    rule = draw(st.sampled_from(["all_success", "all_success", "all_done", "none_failed"]))
    timeout = draw(st.sampled_from([None, None, 40 * MINUTE]))
    return wb.Task(names[n], needs, takes=draw(SPANS), retries=retries, trigger_rule=rule, timeout=timeout)


@st.composite
def worlds(draw: st.DrawFn) -> wb.Session:
    spec = draw(dags())
    task = st.sampled_from([f"daily.{name}" for name in spec.tasks if name != "wait"])
    kinds = st.one_of(
        st.builds(wb.Varies, task, st.lists(SPANS, min_size=1, max_size=4), in_turn=st.booleans()),
        st.builds(wb.Flaky, task, rate=st.sampled_from(["20%", "60%"]), after=st.sampled_from([None, MINUTE])),
        st.builds(wb.Flaky, task, tries=st.integers(1, 4)),
        st.builds(wb.Slow, task, factor=st.sampled_from(["1/3", "2"])),
        st.builds(wb.Hang, task, tries=st.just(1)),
        st.builds(wb.WorkerLost, task, tries=st.integers(1, 2)),
        st.builds(wb.Outage, task, st.just("2026-03-04T04:00Z"), st.just("2026-03-04T20:00Z")),
    )
    faults = draw(st.lists(kinds, max_size=5))
    for name, one in spec.tasks.items():
        if one.branch is not None or one.short_circuit:
            below = [down for down in spec.tasks if name in spec.tasks[down].needs]
            follow = [] if one.short_circuit else draw(st.lists(st.sampled_from(below), unique=True))
            faults += [wb.Choice(f"daily.{name}", follow)] if draw(st.booleans()) else []
    late = {"file": f"+{draw(st.integers(0, 600))}m"} if spec.inputs else {}
    scenario = wb.Scenario("w", draw(st.integers(0, 99)), FIRST, LAST, late, faults)
    session = wb.Session(spec, scenario)
    session.run_until(LAST)
    return session


def attempts(session: wb.Session, partition: str) -> Attempts:
    """How each try of a run ended, and how long it lasted; of one that runs only that it does."""
    run = session.state.known.run_of("daily", partition)
    found: Attempts = {}
    for name, cell in run.cells.items() if run is not None else ():
        found |= {(name, one.number): (one.state, one.ended - one.started) for one in cell.attempts}
        if cell.state == "running":
            found[name, cell.tries] = "running", timedelta(0)
    return found


def of_tick(session: wb.Session, tick: datetime) -> datetime:
    """Airflow 3: the date of a run is its own tick."""
    return tick


def of_interval(session: wb.Session, tick: datetime) -> datetime:
    """Airflow 2: the date of a run is the tick before."""
    clock = session.state.known.plans["daily"].spec.clock
    assert clock is not None
    return list(clock.ticks(tick - timedelta(days=2), tick - SECOND))[-1]


def of_window(session: wb.Session, tick: datetime) -> datetime:
    """The date of a run is the day of its data."""
    return session.state.known.plans["daily"].spec.grid.last_ended(tick).start


DATES = (of_tick, of_interval, of_window)


def recorded(session: wb.Session, dated: Callable[[wb.Session, datetime], datetime] = of_interval) -> str:
    """All tries as Airflow's database has them, with its own names."""
    text = io.StringIO()
    into = csv.writer(text)
    into.writerow(["dag_id", "task_id", "run_id", "logical_date", "try_number", "state", "start_date", "end_date"])
    for key, run in session.state.known.runs.items():
        date = dated(session, made_at(session.state.known.plans["daily"].spec, key.partition)).isoformat()
        head = [f"scheduled__{date}", date]
        for name, cell in run.cells.items():
            for one in cell.attempts:
                into.writerow(["daily", name, *head, one.number, one.state, one.started, one.ended])
            if cell.state == "running":
                into.writerow(["daily", name, *head, cell.tries, "running", cell.since, ""])
            elif not cell.attempts and cell.state in ("skipped", "upstream_failed"):
                into.writerow(["daily", name, *head, 0, cell.state, cell.since, cell.since])
    return text.getvalue()


def replayed(session: wb.Session, csv_text: str, folder: Path, day: str | None = None) -> tuple[wb.Session, str]:
    """The session of the imported day, and the file that was written."""
    (folder / "runs.csv").write_text(csv_text, "utf-8")
    spec = session.state.known.plans["daily"].spec
    plain = {name: replace(task, takes=7 * MINUTE) for name, task in spec.tasks.items()}
    draft = Draft(dag_data(replace(spec, tasks=plain)))
    text = as_file(with_times(Found("daily.py", "Airflow", (draft,)), str(folder / "runs.csv"), day))
    loaded = read_workspace_text(text, file="daily.yaml")
    name = [line for line in text.splitlines() if line.startswith("scenario: day_")][-1].split()[1]
    again = wb.Session(loaded.workspace, find_scenario(loaded, name, loaded.workspace))
    again.run_until(again.end)
    return again, text


@law(120)
@given(worlds(), st.sampled_from([3, 4]), st.sampled_from(DATES))
def test_what_was_recorded_is_replayed_try_by_try(
    tmp_path_factory: Any, session: wb.Session, n: int, dated: Callable[[wb.Session, datetime], datetime]
) -> None:
    spec = session.state.known.plans["daily"].spec
    runs = list(session.state.known.runs.values())
    begun = [
        (run.key.partition, min(one.started for cell in run.cells.values() for one in cell.attempts))
        for run in runs
        if any(cell.attempts for cell in run.cells.values())
    ]
    assume(begun)
    partition, start = begun[min(n, len(begun)) - 1]
    before = attempts(session, partition)
    # What was cut off by the end of the recording hangs in the replay, and a timeout ends it there.
    assume(not any(state == "running" and spec.tasks[name].timeout for (name, _), (state, _) in before.items()))
    folder = tmp_path_factory.mktemp("replay")
    again, text = replayed(session, recorded(session, dated), folder, f"{start.astimezone(spec.zone):%Y-%m-%d}")
    assert attempts(again, partition) == before, text
