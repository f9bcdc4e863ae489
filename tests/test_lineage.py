"""What a version was made of, what was made of it, and what is stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.backfill_cases import bench
from tests.samples import block
from workbench.engine import Known
from workbench.model import InvalidInput
from workbench.session import Session
from workbench.views.lineage import lineage, stale_versions

CHAIN = block("""
    dag: load
    schedule: "0 6 * * *"
    start: 2013-06-01
    inputs: {feed: {expected: "05:00", path: "{partition}.csv"}}
    tasks:
      stage: {needs: [feed], writes: [staged], takes: 1m, code: {v1: "rows:stage", v2: "rows:half"}}
      tidy: {needs: [staged], writes: [tidied], takes: 1m, run: "rows:tidy"}
    ---
    dag: report
    schedule: "0 7 * * *"
    start: 2013-06-01
    tasks: {tell: {needs: [tidied], writes: [told], takes: 1m, run: "rows:tell"}}
    ---
    consumers: {board: {reads: [told], schedule: "0 8 * * *"}}
    ---
    scenario: june
    from: 2013-06-01T00:00Z
    until: 2013-06-05T00:00Z
""")
MODULE = block("""
    def stage(feed):
        return feed

    def half(feed):
        return feed[:1]

    def tidy(staged):
        return [{"n": len(staged)}]

    def tell(tidied):
        return [{"told": tidied[0]["n"]}]
""")


def chain(folder: Path, rows: int = 2, pipeline: str = CHAIN) -> Session:
    """A feed of so many rows each day, staged, tidied, and told in another DAG."""
    for day in range(1, 5):
        (folder / f"2013-06-0{day}.csv").write_text("n\n" + "1\n" * rows, encoding="utf-8")
    return bench(folder, "2013-06-03 12:00", pipeline, MODULE)


def names(known: Known) -> list[tuple[str, str, int]]:
    return [one.name for one in stale_versions(known)]


def test_up_to_the_inputs_and_down_to_who_read_it(tmp_path: Path) -> None:
    s = chain(tmp_path)
    found = lineage(s.state.known, "tidied", "2013-06-01")
    assert [(one.dataset, one.n, one.depth) for one in found.up] == [("staged", 1, 1), ("feed", 1, 2)]
    assert [(one.dataset, one.n, one.depth) for one in found.down] == [("told", 1, 1)]
    assert str(found) == block("""
        Version 1 of tidied for Sat 1 Jun, live, 1 row, written Sun 2 Jun 06:02 by load.tidy (v1).
        made of:
          version 1 of staged for Sat 1 Jun, live, 2 rows, written Sun 2 Jun 06:01 by load.stage (v1).
            arrival 1 of feed for Sat 1 Jun, came Sun 2 Jun 05:00.
        used by:
          version 1 of told for Sat 1 Jun, live, 1 row, written Sun 2 Jun 07:01 by report.tell (v1).
        Nothing of it is stale.
    """)
    json.dumps(found.to_data())


def test_of_an_input(tmp_path: Path) -> None:
    found = lineage(chain(tmp_path).state.known, "feed", "2013-06-02")
    assert found.up == ()
    assert [one.dataset for one in found.down] == ["staged", "tidied", "told"]


def test_who_read_it(tmp_path: Path) -> None:
    found = lineage(chain(tmp_path).state.known, "told", "2013-06-01")
    assert [(one.consumer, one.n) for one in found.readers] == [("board", 1)]
    assert "board read version 1 of told for Sat 1 Jun on Sun 2 Jun 08:00." in found.sentences


def test_other_content_makes_stale_and_what_stands_on_that_too(tmp_path: Path) -> None:
    s = chain(tmp_path)
    assert names(s.state.known) == []
    s.do("deploy stage v2")
    s.do("rerun stage@2013-06-01")
    s.run_until("2013-06-03 12:30")
    assert names(s.state.known) == [("tidied", "2013-06-01", 1), ("told", "2013-06-01", 1)]
    tidied, told = stale_versions(s.state.known)
    assert [one.kind for one in told.because] == ["stale"]
    assert tidied.sentence == (
        "Version 1 of tidied for Sat 1 Jun is stale: it was made of version 1 of staged for Sat 1 Jun (version 2, with "
        "other content, went live Mon 3 Jun 12:01)."
    )
    assert told.sentence.endswith("which is stale itself. It was read by board.")
    s.do("rerun tidy@2013-06-01")
    s.run_until("2013-06-03 13:00")
    assert names(s.state.known) == [("told", "2013-06-01", 1)]


def test_the_same_content_makes_nobody_stale(tmp_path: Path) -> None:
    s = chain(tmp_path)
    s.do("rerun stage@2013-06-01")
    s.run_until("2013-06-03 13:00")
    known = s.state.known
    assert known.data.live["staged", "2013-06-01"] == 2
    assert names(known) == []
    assert "arrival 1" in str(lineage(known, "staged", "2013-06-01"))


def test_what_was_withdrawn_makes_stale(tmp_path: Path) -> None:
    s = chain(tmp_path)
    s.do("withdraw tidied@2013-06-02")
    assert names(s.state.known) == [("told", "2013-06-02", 1)]
    assert "which was withdrawn" in stale_versions(s.state.known)[0].sentence


def test_stale_goes_on_and_on(tmp_path: Path) -> None:
    longer = CHAIN.replace(
        'run: "rows:tell"}}', 'run: "rows:tell"}, sum: {needs: [tell], takes: 1m, writes: [summed]}}'
    )
    s = chain(tmp_path, pipeline=longer)
    s.do("withdraw staged@2013-06-02")
    assert names(s.state.known) == [(name, "2013-06-02", 1) for name in ("summed", "tidied", "told")]


def test_only_some_datasets(tmp_path: Path) -> None:
    s = chain(tmp_path)
    s.do("withdraw staged@2013-06-02")
    assert [one.dataset for one in stale_versions(s.state.known, ["told"])] == ["told"]


@pytest.mark.parametrize(
    ("dataset", "day", "n", "told"),
    [
        ("tidyed", "2013-06-01", 0, "there is no dataset or input 'tidyed'; did you mean 'tidied'?"),
        ("tidied", "2013-06-20", 0, "tidied has no version for 2013-06-20 yet"),
        ("tidied", "2013-06-01", 3, "tidied has 1 version for 2013-06-01, and no version 3"),
    ],
)
def test_refusals(tmp_path: Path, dataset: str, day: str, n: int, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        lineage(chain(tmp_path).state.known, dataset, day, n)
    assert told in str(caught.value)
