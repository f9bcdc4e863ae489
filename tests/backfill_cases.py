"""A pipeline for tests of backfills and lineage: rows that a second version of the code makes differently on two days.

`clean` v1 takes two flights of one number for one; v2 looks at the airport as well. On 8 and 15 June there is such a
number. `features` reads seven days of what `flights` writes.
"""

from __future__ import annotations

from pathlib import Path

import workbench as wb
from tests.samples import block
from workbench.engine import Known, Run
from workbench.session import Session

MODULE = block("""
    def extract(ctx):
        rows = [{"day": ctx.partition, "carrier": "AA", "flight": n, "origin": "JFK"} for n in range(3)]
        if ctx.partition in ("2013-06-08", "2013-06-15"):
            rows += [{"day": ctx.partition, "carrier": "WN", "flight": 2269, "origin": o} for o in ("LGA", "EWR")]
        return rows

    def clean_v1(extract):
        return list({(r["carrier"], r["flight"]): r for r in extract}.values())

    def clean_v2(extract):
        return list({(r["carrier"], r["flight"], r["origin"]): r for r in extract}.values())

    def publish(clean):
        return [{"flights": len(clean)}]

    def feat(stg):
        carriers = sorted({r["carrier"] for r in stg})
        return [{"carrier": c, "flights": sum(r["carrier"] == c for r in stg)} for c in carriers]
""")
PIPELINE = block("""
    dag: flights
    schedule: "0 6 * * *"
    start: 2013-06-01
    tasks:
      extract: {takes: 10m, run: "rows:extract"}
      clean:
        needs: [extract]
        takes: 3m
        writes: [stg]
        pool: warehouse
        code: {v1: "rows:clean_v1", v2: "rows:clean_v2"}
      publish: {needs: [clean], takes: 2m, writes: [pub], run: "rows:publish"}
    ---
    dag: features
    schedule: "0 7 * * *"
    start: 2013-06-01
    tasks:
      feat: {needs: ["stg@-6..0"], takes: 2m, writes: [feat7], pool: warehouse, run: "rows:feat"}
      serve: {needs: [feat], takes: 1m}
    ---
    pools: {warehouse: 2}
    workers: 4
    consumers:
      board: {reads: [pub], schedule: "0 8 * * *"}
      export: {reads: ["stg@-29..0"], schedule: "0 10 20 * *"}
    ---
    scenario: june
    from: 2013-06-01T00:00Z
    until: 2013-07-20T00:00Z
""")


def bench(folder: Path, at: str = "2013-06-20 09:00", pipeline: str = PIPELINE, module: str = MODULE) -> Session:
    """The runs of nineteen days have ended, all by v1."""
    (folder / "rows.py").write_text(module, encoding="utf-8")
    (folder / "flights.yaml").write_text(pipeline, encoding="utf-8")
    s = wb.load(folder / "flights.yaml")
    s.run_until(at)
    return s


def runs_of(s: Session, number: int | None = None) -> list[Run]:
    """The runs of a backfill (the newest), in the order in which they started; those that did not come last."""
    known = s.state.known
    number = number or max(known.backfills)
    found = [run for run in known.runs.values() if run.backfill == number]
    return sorted(found, key=lambda run: (run.started is None, run.started or run.created, run.order))


def days(runs: list[Run], dag: str = "flights") -> list[int]:
    """The days of the month of a DAG's runs."""
    return [int(run.key.partition[-2:]) for run in runs if run.key.dag == dag]


def live(known: Known, dataset: str, partition: str) -> tuple[int, int | None, str]:
    """(number, rows, code) of what is live."""
    version = known.data.live_version(dataset, partition)
    assert version is not None
    return version.n, version.rows, version.code


def rules(run: Run) -> dict[str, str]:
    """State, and the rule where it ended by one, of each task."""
    return {name: f"{cell.state} {cell.rule}".strip() for name, cell in run.cells.items()}
