"""Rows in quarantine: tries do not see them, they are counted, and with an owner named nobody misses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.engine.data_events import RowsSetAside
from workbench.model import InvalidInput
from workbench.model.reading import read_workspace_text
from workbench.ordering.here import order
from workbench.scenario import SimulatedWorld, find_scenario
from workbench.scenario.judging import Judge, Judgements
from workbench.scenario.quarantine import right_without, set_aside
from workbench.scenario.truth import Truth
from workbench.session import Session

Rows = list[dict[str, Any]]
MODULE = """
def load(feed):
    return [dict(row, delay=int(row["delay"])) for row in feed]
"""
FEED = "carrier,flight,delay\nWN,2269,5\nUA,12,0\nDL,7,-3\n"
POISONED = """
dag: small
schedule: "0 6 * * *"
start: 2013-06-01
inputs:
  feed: {expected: "05:00", path: "feed.csv"}
tasks:
  load: {needs: [feed], writes: [stg], run: "flights:load"}
  publish: {needs: [load], writes: [pub]}
---
ROWS
---
scenario: mine
from: 2013-06-02T04:30Z
until: 2013-06-02T20:00Z
faults:
  - poison: {input: feed, partition: 2013-06-01, column: delay, value: late, row: 2, until: 2013-06-02T12:00Z}
"""
DAY = "2013-06-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flights.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "feed.csv").write_text(FEED, encoding="utf-8")
    return tmp_path


def poisoned(folder: Path, rows: str = "workers: 4") -> Session:
    """The second row says `late` where a number should stand, so load fails, until the file is mended at noon."""
    loaded = read_workspace_text(POISONED.replace("ROWS", rows), file="small.yaml", folder=str(folder))
    s = Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace))
    s.run_until("2013-06-02 07:00")
    return s


def hold(s: Session, where: str, owner: str = "ingest-oncall", name: str = "feed") -> int:
    rows, content = looked_at(s, where, name)
    s.take(order(RowsSetAside(s.now, name, DAY, where, rows, content, owner, "held", 0)))
    return rows


def looked_at(s: Session, where: str, name: str = "feed") -> tuple[int, str | None]:
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    return set_aside(world.dataflow, s.state, name, DAY, where)


def wrong(s: Session) -> dict[str, tuple[int, int, int]]:
    """By dataset, of the last version that was judged: missing, duplicated, different."""
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    rows = Judgements(Judge(Truth(world.dataflow)), s.branch).rows(s.position)
    return {one.dataset: (one.missing, one.duplicated, one.different) for one in rows}


def test_a_poison_row_is_set_aside_and_the_day_goes_on_without_it(folder: Path) -> None:
    s = poisoned(folder)
    assert s.state.known.runs_of("small", DAY)[0].state == "failed"
    assert hold(s, "delay = 'late'") == 1
    s.do(f"rerun load@{DAY} down")
    s.run_until("2013-06-02 08:00")
    version = s.state.known.data.live_version("pub", DAY)
    assert version is not None
    assert version.rows == 2
    assert wrong(s) == {"stg": (0, 0, 0), "pub": (0, 0, 0)}


def test_without_an_owner_the_row_is_missing(folder: Path) -> None:
    s = poisoned(folder)
    hold(s, "delay = 'late'", owner="")
    s.do(f"rerun load@{DAY} down")
    s.run_until("2013-06-02 08:00")
    assert wrong(s) == {"stg": (1, 0, 0), "pub": (1, 0, 0)}


def test_a_row_that_has_been_mended_comes_through_and_is_wanted(folder: Path) -> None:
    s = poisoned(folder)
    hold(s, "delay = 'late'")
    s.do(f"rerun load@{DAY} down")
    s.run_until("2013-06-02 12:30")
    s.do(f"rerun load@{DAY} down")
    s.run_until("2013-06-02 13:00")
    version = s.state.known.data.live_version("pub", DAY)
    assert version is not None
    assert (version.n, version.rows) == (2, 3)
    assert wrong(s)["pub"] == (0, 0, 0)


def test_rows_of_a_dataset_are_set_aside_for_those_who_read_it(folder: Path) -> None:
    s = poisoned(folder)
    s.run_until("2013-06-02 12:30")
    s.do(f"rerun load@{DAY} down")
    s.run_until("2013-06-02 13:00")
    assert hold(s, "delay < 0", name="stg") == 1
    s.do(f"rerun publish@{DAY}")
    s.run_until("2013-06-02 14:00")
    assert [one.rows for one in s.state.known.data.versions["pub", DAY]] == [3, 2]
    assert wrong(s)["pub"] == (0, 0, 0)


def test_rows_are_counted_and_not_twice(folder: Path) -> None:
    s = poisoned(folder)
    assert looked_at(s, "num(flight) > 10")[0] == 2
    assert looked_at(s, "carrier = 'AA'")[0] == 0
    hold(s, "delay = 'late'")
    rows, content = looked_at(s, "num(flight) > 10")
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    assert (rows, world.dataflow.store.get(content or "")) == (1, [{"carrier": "WN", "flight": "2269", "delay": "5"}])


@pytest.mark.parametrize(
    ("where", "name", "told"),
    [
        (
            "dely = 'late'",
            "feed",
            "the condition 'dely = 'late'' cannot be asked of feed of Sat 1 Jun: no such column: dely; did you mean "
            "'delay'? (known: carrier, delay, flight). Its columns: carrier, flight, delay",
        ),
        ("delay =", "feed", "the condition 'delay =' cannot be asked of feed of Sat 1 Jun: "),
        ("delay < 0", "stg", "no version of stg of Sat 1 Jun is live, so there are no rows to set aside"),
        ("delay < 0", "fed", "there is no dataset or input 'fed'; did you mean 'feed'?"),
    ],
)
def test_what_cannot_be_set_aside_is_refused_in_words(folder: Path, where: str, name: str, told: str) -> None:
    s = poisoned(folder)
    with pytest.raises(InvalidInput) as refused:
        looked_at(s, where, name)
    assert str(refused.value).startswith(told)


def test_rows_that_are_only_counted_cannot_be_asked(folder: Path) -> None:
    s = poisoned(folder, "rows: count")
    with pytest.raises(InvalidInput, match="the rows of feed of Sat 1 Jun are only counted here"):
        looked_at(s, "delay = 'late'")


def test_a_day_that_has_not_come_has_no_rows_to_set_aside(folder: Path) -> None:
    s = poisoned(folder)
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    with pytest.raises(InvalidInput, match="feed of Mon 3 Jun has not come, so there are no rows to set aside"):
        set_aside(world.dataflow, s.state, "feed", "2013-06-03", "delay = 'late'")


# which right row a held one stands for

RIGHT: Rows = [{"flight": n, "carrier": "UA", "delay": n} for n in range(4)]


def test_a_held_row_that_is_right_is_itself_left_out() -> None:
    assert right_without(RIGHT, RIGHT, ["flight = 2"]) == [*RIGHT[:2], RIGHT[3]]


def test_a_held_row_that_is_wrong_stands_for_the_one_most_like_it() -> None:
    there = [*RIGHT[:2], {"flight": 2, "carrier": "UA", "delay": "late"}, RIGHT[3]]
    assert right_without(RIGHT, there, ["delay = 'late'"]) == [*RIGHT[:2], RIGHT[3]]


def test_a_held_row_that_is_like_none_stands_for_none() -> None:
    there = [*RIGHT, {"gate": "B"}]
    assert right_without(RIGHT, there, ["gate = 'B'"]) == RIGHT
