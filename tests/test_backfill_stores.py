"""Feature stores: who owns the backfill. An external one copies what is there; a managed one makes its past itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backfill_cases import bench, rules, runs_of
from tests.samples import block
from tests.verb_cases import refused
from workbench.session import Session

MODULE = block("""
    def feature(ctx):
        return [{"day": ctx.partition, "p90": 12}]

    def copy(source):
        return source
""")
# Grove is external, Tern is managed; both have a source, and all was switched off until 1 February.
PIPELINE = block("""
    dag: sources
    schedule: "0 6 * * *"
    start: 2013-01-01
    paused: on
    tasks:
      grove_src: {takes: 2m, writes: [feat_p90_src], run: "rows:feature"}
      for_tern: {takes: 2m, writes: [tern_src], run: "rows:feature"}
    ---
    dag: grove
    schedule: "0 7 * * *"
    start: 2013-01-01
    paused: on
    datasets: {grove_online: {kept_by: external_store, store: online_store}}
    tasks:
      connect: {takes: 5m}
      ingest: {needs: [connect], reads: [feat_p90_src], takes: 1m, writes: [grove_online]}
    ---
    dag: tern
    schedule: "0 7 * * *"
    start: 2013-01-01
    paused: on
    datasets: {tern_p90: {kept_by: managed_store, store: online_store}}
    tasks: {build: {needs: [tern_src], takes: 1m, writes: [tern_p90]}}
    ---
    scenario: february
    from: 2013-02-01T00:00Z
    until: 2013-02-03T00:00Z
""")


@pytest.fixture
def stores(tmp_path: Path) -> Session:
    s = bench(tmp_path, "2013-02-01 09:00", PIPELINE, MODULE)
    for dag in ("sources", "grove", "tern"):
        s.do(f"set {dag} catchup off misfire skip")
        s.do(f"unpause {dag}")
    return s


def versions(s: Session, dataset: str) -> list[int]:
    """How many versions each of its partitions has, for those that have any."""
    return [len(found) for (name, _), found in sorted(s.state.known.data.versions.items()) if name == dataset]


def test_an_external_store_copies_what_is_there_and_runs_nothing_else(stores: Session) -> None:
    stores.do("backfill grove_src@2013-01-01..2013-01-31 limit 4")
    stores.run_until("2013-02-01 12:00")
    stores.do("materialize grove_online@2013-01-01..2013-01-31 limit 4")
    stores.run_until("2013-02-01 14:00")
    assert versions(stores, "grove_online") == versions(stores, "feat_p90_src") == [1] * 31
    assert {run.key.dag for run in runs_of(stores)} == {"grove"}
    assert versions(stores, "tern_src") == []
    stores.do("materialize grove_online@2013-01-01..2013-01-31 limit 4")
    stores.run_until("2013-02-01 16:00")
    assert rules(runs_of(stores)[0]) == {"connect": "success kept", "ingest": "success"}


def test_before_its_sources_there_is_nothing_to_copy_and_the_plan_says_so(stores: Session) -> None:
    lines = stores.plan_of("materialize grove_online@2013-01-01..2013-01-31")
    told = "nothing to copy: feat_p90_src has nothing live for 31 of these partitions; backfill it first"
    assert lines[-1] == told
    stores.do("backfill grove_src@2013-01-01..2013-01-31")
    stores.run_until("2013-02-01 12:00")
    assert told not in stores.plan_of("materialize grove_online@2013-01-01..2013-01-31")


def test_a_managed_store_makes_all_that_is_missing_with_what_it_is_made_of(stores: Session) -> None:
    """Curriculum L5.3: one word instead of three, and no day computed twice."""
    done = stores.do("materialize tern_p90 from 2013-01-01 limit 4")
    assert done.sentence == (
        "materialize tern_p90 from 2013-01-01, by the platform: 62 runs (31 of tern, 31 of sources), oldest first, at "
        "most 4 at once"
    )
    stores.run_until("2013-02-01 14:00")
    assert versions(stores, "tern_p90") == versions(stores, "tern_src") == [1] * 31
    assert versions(stores, "feat_p90_src") == []
    assert {run.key.kind for run in runs_of(stores)} == {"platform"}
    assert refused(stores, "materialize tern_p90 from 2013-01-01") == (
        "tern_p90 is there from 2013-01-01 on, and nothing of it is stale: there is nothing to do"
    )


def test_the_external_recipe_on_a_managed_store_is_work_done_twice(stores: Session) -> None:
    told = (
        "tern_p90 is kept by a managed store, which fills its past by itself: 31 partitions would be work done twice; "
        "instead: materialize tern_p90 from 2013-01-01"
    )
    assert told in stores.plan_of("materialize tern_p90@2013-01-01..2013-01-31")
    assert told in stores.plan_of("backfill build@2013-01-01..2013-01-31 all")
    assert told in stores.do("backfill build@2013-01-01..2013-01-31 all").lines


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("materialize grove_online from 2013-01-01", "grove_online is kept by an external store, which copies what is "
         "there and makes nothing itself; after its sources, write: materialize grove_online@2013-01-01..LAST"),
        ("materialize tern_p90", "materialize needs to know which days, for example: materialize tern_p90 from "
         "2013-01-01"),
        ("materialize tern_src@2013-01-01..2013-01-02", "tern_src is filled by its own DAG, and by no store; write: "
         "backfill sources.for_tern@2013-01-01..2013-01-02"),
        ("materialize tern_p9", "No dataset tern_p9. Did you mean tern_p90?"),
        ("materialize tern_p90 from 2014-01-01", "2014-01-01..2013-01-31 ends before it begins; write "
         "2013-01-31..2014-01-01"),
    ],
)  # fmt: skip
def test_refusals_teach(stores: Session, line: str, told: str) -> None:
    assert refused(stores, line) == told
