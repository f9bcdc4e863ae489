"""Rows: what counting them costs beside a year without any, and a backfill of 90 partitions that carries them."""

from __future__ import annotations

import gc
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from benchmarks.worlds import LAYERS, START, UNTIL, WIDTH, Result, workspace, year
from workbench.branch import Branch
from workbench.engine import begin
from workbench.model import DagSpec, Dataset, Input, Task, Workspace
from workbench.scenario import Scenario, SimulatedWorld
from workbench.session import Session

MOST_DEARER, PAIRS = 1.3, 3
PARTITIONS, ROWS, MOST_SECONDS = 90, 900, 2.0
FIRST_DAY = datetime(2013, 1, 1, tzinfo=UTC)


def counted() -> Workspace:
    """The benchmarks' year, with a feed of 1,000 rows a day that all of its tasks pass on, into ten datasets."""
    plain = workspace()
    spec = plain.dags["d"]
    tasks = dict(spec.tasks)
    for i in range(WIDTH):
        first, last = f"t00_{i}", f"t{LAYERS - 1:02d}_{i}"
        tasks[first] = replace(tasks[first], needs=("feed",))
        tasks[last] = replace(tasks[last], writes=(f"ds_{i}",))
    feed = {"feed": Input("feed", timedelta(0), rows=1000)}
    return replace(plain, dags={"d": replace(spec, tasks=tasks, inputs=feed)}, rows="count")


def counted_year() -> Branch:
    from benchmarks.worlds import SEED, scenario

    made = Branch("A", begin(counted(), START, SEED), START, SimulatedWorld(scenario(), START))
    while made.run(UNTIL):
        pass
    return made


def _spent(make: object) -> float:
    assert callable(make)
    began = process_time()
    make()
    spent = process_time() - began
    gc.collect()
    return spent


def _counting() -> Result:
    ratios = [_spent(counted_year) / _spent(year) for _ in range(PAIRS)]
    figure = f"{median(ratios):.2f} x the year without rows"
    return Result("6 counting rows", f"<= {MOST_DEARER:g} x", figure, median(ratios) <= MOST_DEARER)


CODE = """
def extract(feed):
    return feed


def clean_v1(extract):
    return [row for row in extract if row["n"] % 100]


def clean(extract):
    return [dict(row, delay=row["delay"] * 60) for row in extract]
"""


def _files(folder: Path) -> None:
    folder.joinpath("flows.py").write_text(CODE, "utf-8")
    for day in range(PARTITIONS + 1):
        key = (FIRST_DAY + timedelta(days=day)).date().isoformat()
        lines = (json.dumps({"n": n, "carrier": f"C{n % 16}", "delay": n * day % 97}) for n in range(ROWS))
        folder.joinpath(f"{key}.jsonl").write_text("\n".join(lines), "utf-8")


def _spec(folder: Path) -> DagSpec:
    minutes = timedelta(minutes=1)
    tasks = {
        "extract": Task("extract", needs=("feed",), takes=10 * minutes, run="flows:extract"),
        "clean": Task(
            "clean", needs=("extract",), takes=3 * minutes, run="flows:clean", pool="warehouse", writes=("stg",),
            code={"v1": "flows:clean_v1", "v2": "flows:clean"},
        ),
        "publish": Task("publish", needs=("clean",), takes=2 * minutes, pool="warehouse", writes=("pub",)),
    }  # fmt: skip
    return DagSpec(
        "daily",
        tasks,
        {"feed": Input("feed", 6 * 60 * minutes, "{partition}.jsonl")},
        "0 6 * * *",
        start=FIRST_DAY,
        datasets={"stg": Dataset("stg"), "pub": Dataset("pub")},
        folder=str(folder),
        file="daily.yaml",
    )


def _backfill() -> Result:
    with TemporaryDirectory() as folder:
        _files(Path(folder))
        until = FIRST_DAY + timedelta(days=PARTITIONS, hours=9)
        written = Workspace({"daily": _spec(Path(folder))}, {"warehouse": 4}, 16)
        session = Session(written, Scenario(start=FIRST_DAY + timedelta(hours=1), until=until))
        session.run_until()
        session.deploy("daily.clean", "v2")
        gc.collect()
        last = (FIRST_DAY + timedelta(days=PARTITIONS - 1)).date().isoformat()
        began, worked = perf_counter(), process_time()
        session.do(f"backfill daily@2013-01-01..{last} all limit 8")
        session.run_until(session.now + timedelta(days=1))
        spent, worked = perf_counter() - began, process_time() - worked
        catalog = session.state.known.data
        made = sum(version.code == "v2" for versions in catalog.versions.values() for version in versions)
    assert made >= PARTITIONS, f"{made} versions by v2"
    figure = f"{spent:.2f} s ({worked:.2f} s of processor time) for {PARTITIONS} partitions of {ROWS} rows"
    return Result("7 a backfill with rows, through pools", f"< {MOST_SECONDS:g} s", figure, spent < MOST_SECONDS)


def run() -> list[Result]:
    return [_counting(), _backfill()]
