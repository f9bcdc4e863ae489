"""Reading scenarios: what names and times mean in a workspace, and finding the one that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from workbench.model.problems import InvalidInput
from workbench.model.reading import Loaded, read_workspace, read_workspace_text
from workbench.scenario.parts import Flaky, Late, Never, Outage, Scenario
from workbench.scenario.reading import (
    fault_from_data,
    find_scenario,
    read_scenario,
    scenario_from_data,
    scenario_to_data,
)

FULL = Path(__file__).parent / "data" / "good" / "full.yaml"
PIPELINE = """
dag: flights
timezone: America/New_York
inputs: {jfk: {expected: "06:00"}, lga: }
tasks: {extract: {reads: [jfk, lga]}, clean: {needs: extract}}
---
dag: fares
partition: hour
tasks: {load: , clean: {needs: load}}
"""
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2013, 1, day, hour, minute, tzinfo=UTC)


def loaded(*documents: str) -> Loaded:
    return read_workspace_text("\n---\n".join((PIPELINE, *documents)), file="flights.yaml")


def told(asked: str | None, *documents: str) -> str:
    here = loaded(*documents)
    with pytest.raises(InvalidInput) as caught:
        find_scenario(here, asked, here.workspace)
    return str(caught.value)


def test_a_scenario_with_everything() -> None:
    here = read_workspace(FULL)
    scenario = read_scenario(here.scenarios[0], here.workspace, here.file)
    assert scenario == Scenario(
        "late_jfk",
        13,
        at(3, 5, 30),
        at(5, 9),
        {"ewr": time(5, 48), "jfk": timedelta(hours=5, minutes=56)},
        (
            Late("jfk", "2013-01-03", at(4, 12, 35)),
            # Due at 06:00 in New York, and this is 95 min after that; that it usually comes earlier does not count.
            Late("jfk", "2013-01-02", at(3, 12, 35)),
            Never("jfk", "2013-01-04"),
            Outage("daily_flights.extract", at(3, 6), at(3, 6, 20), 2 * MINUTE),
            Flaky("daily_flights.clean", "2013-01-02", 1, None, MINUTE),
            Flaky("daily_flights.publish", rate=Fraction(1, 50)),
        ),
        "JFK comes late, then not at all.",
    )
    assert (scenario.lines["faults.0"], scenario.lines["arrivals.jfk"]) == (31, 29)


def test_a_scenario_of_python_is_checked_by_its_data() -> None:
    """The way for a front end: names are resolved, and what is wrong is told."""
    here = loaded()
    scenario = Scenario(faults=(Flaky("extract", tries=1),))
    again = scenario_from_data(scenario_to_data(scenario), here.workspace)
    assert again.faults == (Flaky("flights.extract", tries=1),)
    with pytest.raises(InvalidInput, match=r"fault 1 \(flaky\) names unknown task 'x'"):
        scenario_from_data(scenario_to_data(Scenario(faults=(Flaky("x", tries=1),))), here.workspace)


def test_late_counts_from_when_it_is_due() -> None:
    workspace = loaded().workspace
    expected = {"late": {"input": "jfk", "partition": "2013-01-03", "by": "95m"}}
    assert fault_from_data(expected, workspace) == Late("jfk", "2013-01-03", at(4, 12, 35))
    usual = {"jfk": time(5, 30), "lga": time(5, 30)}
    assert fault_from_data(expected, workspace, usual) == Late("jfk", "2013-01-03", at(4, 12, 35))
    never_promised = {"late": {"input": "lga", "partition": "2013-01-03", "by": "1m"}}
    assert fault_from_data(never_promised, workspace) == Late("lga", "2013-01-03", at(4, 5, 1))
    assert fault_from_data(never_promised, workspace, usual) == Late("lga", "2013-01-03", at(4, 10, 31))


def test_late_may_be_earlier_than_usual_but_not_before_the_window_ends() -> None:
    workspace = loaded().workspace
    early = {"late": {"input": "jfk", "partition": "2013-01-03", "arrives": "2013-01-04T05:00Z"}}
    assert fault_from_data(early, workspace) == Late("jfk", "2013-01-03", at(4, 5))
    early["late"]["arrives"] = "2013-01-04T04:59Z"
    with pytest.raises(InvalidInput, match="'jfk' must arrive then or later"):
        fault_from_data(early, workspace)


def test_partitions_lie_on_the_grid_of_the_dag() -> None:
    workspace = loaded().workspace
    fault = {"flaky": {"task": "load", "partition": "2013-01-03T05", "tries": 1}}
    assert fault_from_data(fault, workspace) == Flaky("fares.load", "2013-01-03T05", 1)
    fault["flaky"]["task"] = "extract"
    with pytest.raises(InvalidInput, match=r"'2013-01-03T05' is no key of the day grid; write e.g. 2013-01-03"):
        fault_from_data(fault, workspace)


def test_without_a_workspace_by_cannot_be_read() -> None:
    with pytest.raises(InvalidInput, match="write 'arrives' with a time"):
        fault_from_data({"late": {"input": "jfk", "partition": "2013-01-03", "by": "1m"}})


def test_a_time_past_the_end_of_time_is_told() -> None:
    fault = {"late": {"input": "jfk", "partition": "9990-12-31", "by": "3660d"}}
    with pytest.raises(InvalidInput, match="too far in the future"):
        fault_from_data(fault, loaded().workspace)


def test_the_only_scenario_is_meant_when_none_is_named() -> None:
    here = loaded("scenario: late\nseed: 5")
    assert find_scenario(here, None, here.workspace).seed == 5
    assert find_scenario(here, "late", here.workspace).seed == 5
    assert find_scenario(here, "as planned", here.workspace) == Scenario()
    assert find_scenario(loaded(), None, here.workspace) == Scenario()


def test_a_name_that_is_not_there() -> None:
    how = "give a name from the pipeline file, or a file: late.yaml, or late.yaml#name if it holds several"
    said = f"flights.yaml: there is no scenario 'lte'; did you mean 'late'? (known: late, lost); {how}"
    assert told("lte", "scenario: late", "scenario: lost") == said
    assert told("lte") == f"flights.yaml: there is no scenario 'lte' in this file; {how}"
    assert told(None, "scenario: late", "scenario: lost") == (
        "flights.yaml: there are several scenarios here; say which one: late, lost"
    )


def test_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = loaded()
    Path("one.yaml").write_text("scenario: one\nseed: 1\n")
    Path("two.yaml").write_text("scenario: first\nseed: 1\n---\nscenario: second\nseed: 2\n")
    Path("none.yaml").write_text(PIPELINE)
    assert find_scenario(here, "one.yaml", here.workspace).seed == 1
    assert find_scenario(here, "two.yaml#second", here.workspace).seed == 2
    assert find_scenario(here, f"{tmp_path}/two.yaml#first", here.workspace).file.endswith("two.yaml")
    assert told("two.yaml") == "two.yaml: there are several scenarios here; say which one: first, second"
    assert told("two.yaml#thrid").startswith("two.yaml: there is no scenario 'thrid'")
    assert told("none.yaml") == "none.yaml: no scenario here; a scenario starts with 'scenario: name_of_it'"
    assert told("ones.yaml").startswith("ones.yaml: there is no such file; did you mean 'one.yaml'?")


def test_a_file_beside_the_pipeline(tmp_path: Path) -> None:
    (tmp_path / "flights.yaml").write_text(PIPELINE)
    (tmp_path / "late.yaml").write_text("scenario: one\nseed: 1\n")
    here = read_workspace(tmp_path / "flights.yaml")
    assert find_scenario(here, "late.yaml", here.workspace).seed == 1
