"""A sample that is saved elsewhere takes its data along, says so first, and goes on working where it is moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import workbench as wb


def friday() -> wb.Bench:
    return wb.Bench(wb.sample("daily_flights", "late_jfk"), file="daily_flights")


def rows(session: wb.Session) -> list[tuple[str, str, int | None]]:
    session.run_until("2013-01-04T07:40Z")
    known = session.state.known
    came = [(name, day, one.rows) for (name, day), one in known.arrived.items()]
    return sorted(came) + [(v.dataset, v.partition, v.rows) for some in known.data.versions.values() for v in some]


def test_its_data_come_along_and_it_works_where_it_is_moved(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    bench = friday()
    plan = bench.building.plan(str(here / "mine.yaml"))
    count = len(plan.data)
    shown = " ".join(plan.sheet(100).text.split())
    assert f"Also copies {count} files of data, " in shown
    assert " kB, to data/, so that it can be moved." in shown
    assert not list(here.iterdir())
    assert bench.building.save(plan).endswith(f"with flights.py and {count} files of data beside it.")
    text = (here / "mine.yaml").read_text("utf-8")
    assert 'path: "data/nycflights13/jfk/{partition}.csv.gz"' in text
    assert str(Path(wb.__file__).parents[1]) not in text
    shutil.move(here, there)
    mine = rows(wb.load(there / "mine.yaml", "late_jfk"))
    assert mine == rows(friday().session)
    assert ("jfk", "2013-01-03", 318) in mine
    assert len(list((there / "data").rglob("*.csv.gz"))) == count


def test_saving_again_copies_nothing_and_what_runs_is_what_was_saved(tmp_path: Path) -> None:
    bench = friday()
    bench.save(str(tmp_path / "mine.yaml"))
    assert bench.building.follow() == ""
    bench.do("set clean retries 3")
    plan = bench.building.plan(str(tmp_path / "mine.yaml"))
    assert (plan.data, plan.copies) == ((), ())
    assert bench.building.save(plan) == f"Saved as {tmp_path / 'mine.yaml'}."
    assert bench.building.follow() == ""


def test_other_data_are_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "data" / "nycflights13" / "jfk" / "2013-01-03.csv.gz"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    bench = friday()
    plan = bench.building.plan(str(tmp_path / "mine.yaml"))
    told = "There is another data/nycflights13/jfk/2013-01-03.csv.gz already: save into another folder."
    assert told in " ".join(plan.sheet(200).text.split())
    with pytest.raises(wb.InvalidInput, match="there is another data/nycflights13/jfk/2013-01-03"):
        bench.building.save(plan)
    assert mine.read_bytes() == b"mine"
    assert not (tmp_path / "mine.yaml").exists()


def test_ones_own_data_nearby_stay_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "2013-01-01.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "dags").mkdir()
    file = tmp_path / "dags" / "own.yaml"
    file.write_text(
        'dag: own\nschedule: "0 6 * * *"\nstart: 2013-01-01\n'
        'inputs: {a: {path: "../raw/{partition}.csv"}}\ntasks: {take: {reads: [a], takes: 1m}}\n---\n'
        "scenario: s\nfrom: 2013-01-02T00:00Z\nuntil: 2013-01-03T00:00Z\n",
        encoding="utf-8",
    )
    bench = wb.Bench(wb.load(file), file=str(file))
    plan = bench.building.plan(str(tmp_path / "copy.yaml"))
    assert plan.data == ()
    assert 'path: "raw/{partition}.csv"' in plan.text or "path: raw/{partition}.csv" in plan.text
