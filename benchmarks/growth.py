"""Cost and memory of ten times the work, and of a hundred times: 10,000, 100,000 and 1,000,000 task instances.

50 hourly DAGs of ten tasks, 500 worker slots. Each size runs in a process of its own, for its own peak of memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import process_time

from benchmarks.worlds import Result
from workbench.branch import Branch, no_collection
from workbench.engine import begin
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.scenario import Scenario, SimulatedWorld

DAGS, TASKS, SLOTS = 50, 10, 500
SIZES = (10_000, 100_000, 1_000_000)
START = datetime(2013, 1, 2, tzinfo=UTC)
MOST_TIMES, MOST_BYTES = 11.0, 1500


def workspace() -> Workspace:
    tasks: dict[str, Task] = {}
    for n in range(TASKS):
        needs = (f"t{n - 1}",) if n % 3 else ()
        tasks[f"t{n}"] = Task(f"t{n}", needs, takes=timedelta(minutes=1 + n % 3), retries=RetryPolicy(1))
    names = [f"d{n:02d}" for n in range(DAGS)]
    begun = START - timedelta(days=1)
    specs = {name: DagSpec(name, tasks, schedule="0 * * * *", partition="hour", start=begun) for name in names}
    return Workspace(specs, workers=SLOTS)


def simulate(instances: int) -> tuple[float, float]:
    """(CPU seconds, bytes for each instance)."""
    until = START + timedelta(hours=instances // (DAGS * TASKS)) - timedelta(seconds=1)
    unit = 1024 if sys.platform != "darwin" else 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    began = process_time()
    branch = Branch("A", begin(workspace(), START), START, SimulatedWorld(Scenario(start=START, until=until), START))
    with no_collection():  # as a session does
        while branch.run(until):
            pass
    spent = process_time() - began
    made = sum(len(run.cells) for run in branch.end_state().known.runs.values())
    assert made == instances, made
    return spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before) / instances


def _measured(size: int) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", str(size)], check=True, capture_output=True, text=True
    )
    spent, each = done.stdout.split()
    return float(spent), float(each)


def run() -> list[Result]:
    found = [_measured(size) for size in SIZES]
    results = []
    for (size, (spent, _)), (_, (more, each)) in zip(
        zip(SIZES, found, strict=True), list(zip(SIZES, found, strict=True))[1:], strict=False
    ):
        times, ten = more / spent, size * 10
        figure = f"{times:.1f} x ({spent:.1f} s, then {more:.1f} s)"
        results.append(
            Result(f"5 cost of {ten:,} instances", f"<= {MOST_TIMES:g} x a tenth", figure, times <= MOST_TIMES)
        )
        name = f"5 memory of {ten:,} instances"
        results.append(Result(name, f"< {MOST_BYTES} B each", f"{each:,.0f} B", each < MOST_BYTES))
    return results


if __name__ == "__main__":
    print(*simulate(int(sys.argv[1])))
