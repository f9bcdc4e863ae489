"""What a green run does not prove: what of a published version some check looked at, and what none did."""

from __future__ import annotations

import pytest

from tests.samples import block, session
from workbench.model import CHECK_KINDS, InvalidInput
from workbench.session import Session
from workbench.views.coverage import ASPECT_OF, ASPECTS, Coverage, coverage, coverage_of_all

DAG = """
dag: small
schedule: "0 6 * * *"
start: 2013-06-01
inputs:
  feed: {{expected: "05:00", path: "tests/data/{{partition}}.csv", rows: 720}}
datasets:
  stg:
    deadline: "08:00"
    checks:
{checks}
tasks:
  load: {{needs: [feed], writes: [stg], retries: 0}}
  publish: {{needs: [load], writes: [pub]}}
---
rows: count
---
scenario: mine
from: 2013-06-02T04:30Z
until: 2013-06-03T04:00Z
faults:
  {faults}
"""
VOLUME = "      volume: {kind: rows, min: 500, max: 1100}"


def ran(checks: str = VOLUME, faults: str = "[]") -> Session:
    s = session(DAG.format(checks=checks, faults=faults))
    s.run_until("2013-06-02 07:00")
    return s


def of(s: Session, dataset: str = "stg") -> Coverage:
    return coverage(s.state.known, dataset, "2013-06-01")


def test_what_was_looked_at_and_what_was_not() -> None:
    found = of(ran())
    assert str(found) == block("""
        Version 1 of stg for Sat 1 Jun: checks proved 2 of 6 properties.
          Its deadline was not missed.
          volume: stg of Sat 1 Jun has 720 rows; between 500 and 1,100 are wanted.
          No check looked at its schema, validity, distribution or lineage.
        """)
    assert found.passed == ("freshness", "volume")
    assert found.unproved == ("schema", "validity", "distribution", "lineage")
    assert [one.sentence for one in found.aspects if one.aspect == "distribution"] == [
        "No check looked at its distribution."
    ]


def test_a_green_run_without_checks_proves_nothing() -> None:
    s = ran()
    assert s.state.known.runs_of("small", "2013-06-01")[0].state == "success"
    assert str(of(s, "pub")) == block("""
        Version 1 of pub for Sat 1 Jun: checks proved 0 of 6 properties.
          No check looked at its freshness, volume, schema, validity, distribution or lineage.
        """)


def test_a_check_that_failed_looked_and_proved_nothing() -> None:
    found = of(ran("      volume: {kind: rows, min: 800}"))
    volume = found.aspects[ASPECTS.index("volume")]
    assert volume.verdict == "failed"
    assert volume.sentence == "volume: stg of Sat 1 Jun has 720 rows; at least 800 are wanted."
    assert "volume" not in (*found.passed, *found.unproved)


def test_a_check_that_could_not_look_covers_nothing() -> None:
    """Rows are only counted here, so nobody sees whether a column is empty."""
    found = of(ran("      blanks: {kind: null_share, columns: [dep_time], max: 0.1}"))
    validity = found.aspects[ASPECTS.index("validity")]
    assert validity == (
        "validity", "blind", ("blanks",), "Blanks did not look at stg of Sat 1 Jun: its rows are only counted.",
    )  # fmt: skip
    assert "validity" in found.unproved


def test_a_monitor_that_has_not_looked_yet_is_told() -> None:
    s = ran("      later: {kind: rows, min: 1, when: after, delay: 3h}")
    before = of(s)
    assert before.aspects[ASPECTS.index("volume")].verdict == "none"
    assert "later has not looked at its volume." in before.sentences
    s.run_until("2013-06-02 10:00")
    assert "volume" in of(s).passed


def test_of_two_checks_the_worse_counts() -> None:
    checks = "      low: {kind: rows, min: 500}\n      high: {kind: rows, max: 600}"
    volume = of(ran(checks)).aspects[ASPECTS.index("volume")]
    assert (volume.verdict, volume.checks) == ("failed", ("low", "high"))


def test_a_deadline_that_was_missed_is_no_proof_of_freshness() -> None:
    s = ran(faults="- late: {input: feed, partition: 2013-06-01, arrives: 2013-06-02T09:00Z}")
    s.run_until("2013-06-02 10:00")
    assert of(s).aspects[0] == ("freshness", "failed", ("deadline",), "Its deadline was missed.")


def test_every_published_version_in_the_order_in_which_it_went_live() -> None:
    s = ran()
    s.do("rerun load@2013-06-01")
    s.run_until("2013-06-02 09:00")
    found = [(one.dataset, one.n) for one in coverage_of_all(s.state.known)]
    assert found == [("stg", 1), ("pub", 1), ("stg", 2)]
    assert coverage(s.state.known, "stg", "2013-06-01").n == 2
    assert coverage(s.state.known, "stg", "2013-06-01", 1).n == 1


def test_every_kind_of_check_looks_at_something() -> None:
    assert set(ASPECT_OF) == set(CHECK_KINDS)
    assert set(ASPECT_OF.values()) == set(ASPECTS)


@pytest.mark.parametrize(
    ("dataset", "partition", "n", "told"),
    [
        ("stgg", "2013-06-01", None, "there is no dataset 'stgg'; did you mean 'stg'?"),
        ("stg", "2013-06-09", None, "there is no version of stg@2013-06-09"),
        ("stg", "2013-06-01", 7, "there is no version 7 of stg@2013-06-01"),
    ],
)
def test_what_is_not_there_is_refused(dataset: str, partition: str, n: int | None, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        coverage(ran().state.known, dataset, partition, n)
    assert str(refused.value).startswith(told)
