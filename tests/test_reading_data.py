"""DAGs, workspaces and scenarios as JSON data and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.specs import INSTANTS, MOMENTS, NAMES, SPANS, TEXTS, dags, workspaces
from workbench.model.check import check_workspace
from workbench.model.data import dag_from_data, dag_to_data, workspace_from_data, workspace_to_data
from workbench.model.parts import DagSpec, RetryPolicy, Task, Workspace
from workbench.model.problems import InvalidInput
from workbench.model.reading import read_workspace
from workbench.scenario.parts import Fault, Flaky, Late, Never, Outage, Scenario
from workbench.scenario.reading import fault_from_data, fault_to_data, scenario_from_data, scenario_to_data
from workbench.scenario.schema import format_rate, parse_rate

GOOD = Path(__file__).parent / "data" / "good"
LAW = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@LAW
@given(dags())
def test_law_a_dag_comes_back_from_its_data(spec: DagSpec) -> None:
    data = json.loads(json.dumps(dag_to_data(spec)))
    again = dag_from_data(data, folder="there")
    assert again == spec
    assert again.folder == "there"
    assert json.dumps(dag_to_data(again)) == json.dumps(data)


@LAW
@given(dags(), workspaces())
def test_law_a_workspace_comes_back_from_its_data(spec: DagSpec, bare: Workspace) -> None:
    workspace = replace(bare, dags={spec.name: spec, "twin": replace(spec, name="twin")})
    assert workspace_from_data(json.loads(json.dumps(workspace_to_data(workspace)))) == workspace


def test_law_what_is_written_shows_only_what_differs_from_the_defaults() -> None:
    assert dag_to_data(DagSpec("a", {"b": Task("b")})) == {"dag": "a", "tasks": {"b": {}}}
    late = DagSpec("a", {"b": Task("b", takes=timedelta(hours=1), retries=RetryPolicy(3))}, fold="both")
    assert dag_to_data(late) == {
        "dag": "a",
        "dst": {"fold": "both"},
        "tasks": {"b": {"takes": "1h", "retries": {"max": 3}}},
    }


def test_defaults_that_follow_from_other_fields_come_back() -> None:
    tasks = [
        Task("a", teardown=True, trigger_rule="all_done_setup_success"),
        Task("a", teardown=True, trigger_rule="all_success"),
        Task("a", wait_for_downstream=True, depends_on_past=True),
        Task("a", wait_for_downstream=True, depends_on_past=False),
    ]
    written = [dag_to_data(DagSpec("d", {"a": task}))["tasks"]["a"] for task in tasks]
    assert written == [
        {"teardown": True},
        {"trigger_rule": "all_success", "teardown": True},
        {"wait_for_downstream": True},
        {"depends_on_past": False, "wait_for_downstream": True},
    ]
    assert [dag_from_data({"dag": "d", "tasks": {"a": one}}).tasks["a"] for one in written] == tasks


@pytest.mark.parametrize("name", ["full", "control", "airports", "data"])
def test_a_file_with_everything_comes_back(name: str) -> None:
    workspace = read_workspace(GOOD / f"{name}.yaml").workspace
    again = workspace_from_data(workspace_to_data(workspace))
    assert again == workspace
    assert check_workspace(again) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "a DAG must be a JSON object"),
        ({}, "the DAG has no 'dag'; add a name, for example dag: daily_flights"),
        ({"dag": "a", "catchup": "perhaps"}, "'catchup' of DAG 'a' must be true or false, for example true"),
        ({"dag": "a", "start": object()}, "is no JSON value"),
        ({"dag": "a", 5: 6}, "5 is no name; names are text"),
        ({"dag": "a", "max_active_runs": 10**5000}, "must be a whole number of 1 or more"),
        ({"dag": "a", "max_active_runs": float("inf")}, "must be a whole number of 1 or more"),
    ],
)
def test_wrong_data_is_told(data: object, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        dag_from_data(data)
    assert said in str(caught.value)


@pytest.mark.parametrize("data", [[], {"dags": {}}, {"dags": [5]}, {"pools": {"p": 0}}, {"workers": "x"}, {"dag": 1}])
def test_wrong_data_of_a_workspace_is_refused(data: object) -> None:
    with pytest.raises(InvalidInput):
        workspace_from_data(data)


def test_data_that_holds_itself_is_refused() -> None:
    data: dict[str, Any] = {"dag": "a"}
    data["tasks"] = data
    with pytest.raises(InvalidInput, match="nested more than 64 deep"):
        dag_from_data(data)


RATES = st.fractions(min_value=0, max_value=1).filter(lambda rate: rate > 0)
FAULTS: st.SearchStrategy[Fault] = st.one_of(
    st.builds(Late, NAMES, NAMES, INSTANTS),
    st.builds(Never, NAMES, NAMES),
    st.builds(Flaky, NAMES, st.none() | NAMES, st.integers(1, 9), st.none(), st.none() | SPANS),
    st.builds(Flaky, NAMES, st.none() | NAMES, st.none(), RATES, st.none() | SPANS),
    st.tuples(NAMES, INSTANTS, st.integers(1, 10**6), SPANS).map(
        lambda row: Outage(row[0], row[1], row[1] + timedelta(seconds=row[2]), row[3])
    ),
)


@LAW
@given(FAULTS)
def test_law_a_fault_comes_back_from_its_data(fault: Fault) -> None:
    assert fault_from_data(json.loads(json.dumps(fault_to_data(fault)))) == fault


@LAW
@given(
    st.builds(
        Scenario,
        name=st.text(min_size=1, max_size=9),
        seed=st.integers(0, 10**18 - 1),
        start=st.none() | INSTANTS,
        arrivals=st.dictionaries(NAMES, MOMENTS, max_size=3),
        faults=st.lists(FAULTS, max_size=3).map(tuple),
        description=TEXTS,
    )
)
def test_law_a_scenario_comes_back_from_its_data(scenario: Scenario) -> None:
    assert scenario_from_data(json.loads(json.dumps(scenario_to_data(scenario)))) == scenario


def test_a_scenario_as_planned_is_only_a_name() -> None:
    assert scenario_to_data(Scenario()) == {"scenario": "as planned"}
    assert scenario_from_data({"scenario": "as planned"}) == Scenario()


@LAW
@given(RATES)
def test_law_a_rate_is_exact(rate: Fraction) -> None:
    assert parse_rate(format_rate(rate)) == rate


@pytest.mark.parametrize(
    ("text", "again"), [("2%", "2%"), ("0.02", "2%"), ("1/50", "2%"), ("1/3", "1/3"), ("0.5 %", "0.5%")]
)
def test_spellings_of_a_rate(text: str, again: str) -> None:
    assert format_rate(parse_rate(text)) == again


READERS: list[Callable[[Any], object]] = [dag_from_data, workspace_from_data, scenario_from_data, fault_from_data]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["1/0", "999%"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "dag",
                    "dags",
                    "tasks",
                    "needs",
                    "retries",
                    "dst",
                    "scenario",
                    "faults",
                    "late",
                    "flaky",
                    "task",
                    "rate",
                    "input",
                    "partition",
                    "arrives",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@LAW
@given(JSON, st.sampled_from(READERS))
def test_law_any_data_is_read_or_refused(data: object, reader: Callable[[Any], object]) -> None:
    with suppress(InvalidInput):
        assert reader(data) is not None
