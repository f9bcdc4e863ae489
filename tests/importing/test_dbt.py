"""What is read out of dbt's files, by hand-made manifests: order, checks, sources, people, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.importing.dbt_cases import found, manifest, needs_of, node, target, unique
from workbench.importing.dbt.checking import check_of
from workbench.importing.dbt.manifest import Node
from workbench.importing.found import Found
from workbench.importing.sources import bring
from workbench.importing.writing import as_file
from workbench.model import InvalidInput


def notes(one: Found, manner: str) -> str:
    return "\n".join(note.text for note in one.notes if note.manner == manner)


def check(kind: str, *, column: str = "id", config: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """What a generic test is as a check; it leads to `shops_table`."""
    namespace, _, name = kind.rpartition(".")
    metadata = {"name": name, "namespace": namespace or None, "kwargs": kwargs}
    data = {"column_name": column, "test_metadata": metadata, "config": config or {}}
    said = check_of(Node("test.a.b", "test", "b", "a", (), data), "shops_table")
    return said and {key: value for key, value in said.items() if key not in ("when", "severity")}


# the order of dbt build


def test_tests_stand_between_a_model_and_its_children() -> None:
    text = manifest(node("a"), node("b", "a"), node("c", "b"), unique("u", "a"), node("own", "a", kind="test"))
    assert needs_of(found(text)) == {
        "a": [],
        "a_tests": ["a"],
        "own": ["a"],
        "b": ["a_tests", "own"],
        "c": ["b"],
    }


def test_a_test_of_two_models_holds_up_only_what_is_below_both() -> None:
    nodes = node("a"), node("b"), node("of_a", "a"), node("both", "of_a", "b"), node("later", "both")
    needs = needs_of(found(manifest(*nodes, unique("rel", "b", "a"))))
    assert needs["a_and_b_tests"] == ["a", "b"]
    assert needs["of_a"] == ["a"]
    assert needs["both"] == ["of_a", "a_and_b_tests"]
    assert needs["later"] == ["both"]


def test_a_test_that_leads_to_something_above_is_one_of_the_lower_model() -> None:
    needs = needs_of(found(manifest(node("a"), node("b", "a"), node("c", "b"), unique("rel", "a", "b"))))
    assert needs == {"a": [], "b": ["a"], "b_tests": ["b"], "c": ["b_tests"]}


def test_an_ephemeral_model_is_no_task_and_its_tests_hold_up_what_is_below() -> None:
    inlined = node("e", "a", config={"materialized": "ephemeral"})
    needs = needs_of(found(manifest(node("a"), inlined, node("c", "e"), unique("of_a", "a"), unique("of_e", "e"))))
    assert needs == {"a": [], "a_tests": ["a"], "e_tests": ["a_tests"], "c": ["e_tests"]}


def test_unit_tests_come_before_their_model() -> None:
    unit = {"unit_test.shop.b.u": node("u", "b", kind="unit_test")}
    needs = needs_of(found(manifest(node("a"), node("b", "a"), unit_tests=unit)))
    assert needs == {"a": [], "b_unit_tests": ["a"], "b": ["b_unit_tests"]}


# how datasets are written, who reads


@pytest.mark.parametrize(
    ("config", "dataset"),
    [
        ({"materialized": "table"}, None),
        ({"materialized": "incremental", "unique_key": "id"}, {"mode": "merge", "key": ["id"]}),
        ({"materialized": "incremental", "unique_key": ["_a", "b"]}, {"mode": "merge", "key": ["_a", "b"]}),
        ({"materialized": "incremental", "unique_key": "id || '-' || day"}, {"mode": "merge", "key": ["id_-_day"]}),
        ({"materialized": "incremental"}, {"mode": "append"}),
        ({"materialized": "incremental", "unique_key": "id", "incremental_strategy": "append"}, {"mode": "append"}),
        ({"materialized": "incremental", "incremental_strategy": "insert_overwrite"}, None),
    ],
)
def test_incremental_models_are_written_as_dbt_writes_them(config: dict[str, Any], dataset: Any) -> None:
    data = found(manifest(node("a", config=config))).drafts[0].data
    assert data.get("datasets", {}).get("a_table") == dataset
    assert data["tasks"]["a"]["writes"] == "a_table"


def test_exposures_read_and_owners_come_along() -> None:
    exposure = node("board", "c", kind="exposure", owner={"name": "Nina", "email": "n@example.com"}, label="The board")
    more: dict[str, Any] = {
        "exposures": {"exposure.shop.board": exposure},
        "groups": {"group.shop.g": {"resource_type": "group", "name": "g", "owner": {"email": ["g@example.com"]}}},
    }
    inlined = node("c", "a", config={"materialized": "ephemeral"})
    one = found(manifest(node("a", group="g"), node("b", config={"meta": {"owner": "@ben"}}), inlined, **more))
    assert one.settings["consumers"]["board"] == {
        "reads": ["a_table"],
        "schedule": "0 8 * * *",
        "owner": "Nina",
        "description": "The board",
    }
    tasks = one.drafts[0].tasks
    assert (tasks["a"]["owner"], tasks["b"]["owner"]) == ("g@example.com", "@ben")


# sources


def source(name: str, **more: Any) -> dict[str, Any]:
    return {"resource_type": "source", "source_name": "raw", "name": name, "package_name": "shop", **more}


@pytest.mark.parametrize(
    ("freshness", "expected", "deadline"),
    [
        (None, "05:00", None),
        ({"error_after": {"count": 36, "period": "hour"}}, "05:00", "+1d12h"),
        (
            {"warn_after": {"count": 90, "period": "minute"}, "error_after": {"count": 1, "period": "day"}},
            "+1h30m",
            "+1d",
        ),
        (
            {"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": None, "period": None}},
            "05:00",
            "+12h",
        ),
        ({"error_after": {"count": "soon", "period": "hour"}}, "05:00", None),
    ],
)
def test_freshness_is_a_deadline(freshness: Any, expected: str, deadline: str | None) -> None:
    sources = {"source.shop.raw.orders": source("orders", freshness=freshness)}
    draft = found(manifest(node("a", "source.shop.raw.orders"), sources=sources)).drafts[0]
    assert draft.data["inputs"] == {
        "raw_orders": {"expected": expected, **({"deadline": deadline} if deadline else {})}
    }
    assert draft.tasks["a"]["reads"] == ["raw_orders"]


def test_a_recorded_load_before_the_build_is_when_a_source_comes(tmp_path: Path) -> None:
    path = target(tmp_path, None)
    data = json.loads((tmp_path / "sources.json").read_text())
    for one in data["results"]:
        one["max_loaded_at"] = "2026-03-02T04:12:33Z" if "sales" in one["unique_id"] else "2026-03-02T13:00:00Z"
    (tmp_path / "sources.json").write_text(json.dumps(data))
    inputs = bring(path).drafts[0].data["inputs"]
    assert (inputs["till_sales"]["expected"], inputs["till_refunds"]["expected"]) == ("04:12", "+3h")


def test_models_of_other_projects_are_read_and_not_built() -> None:
    other = node("theirs", original_file_path="", path="", package_name="core")
    one = found(manifest(other, node("a", "theirs")))
    assert one.drafts[0].tasks["a"]["reads"] == ["theirs"]
    assert set(one.drafts[0].tasks) == {"a"}


# tests as checks


@pytest.mark.parametrize(
    ("kind", "kwargs", "said"),
    [
        ("unique", {}, {"kind": "unique", "columns": ["id"]}),
        ("not_null", {}, {"kind": "null_share", "columns": ["id"]}),
        ("relationships", {"field": "no"}, {"kind": "foreign_key", "columns": ["id"], "to": "shops_table.no"}),
        (
            "relationships",
            {"arguments": {"field": "no"}},
            {"kind": "foreign_key", "columns": ["id"], "to": "shops_table.no"},
        ),
        (
            "accepted_values",
            {"values": ["o'clock", 3]},
            {"kind": "sql", "sql": "SELECT count(*) FROM rows WHERE \"id\" NOT IN ('o''clock', '3')", "max": 0},
        ),
        (
            "dbt_utils.accepted_range",
            {"min_value": 0, "max_value": 9, "inclusive": False},
            {"kind": "sql", "sql": 'SELECT count(*) FROM rows WHERE num("id") <= 0 OR num("id") >= 9', "max": 0},
        ),
        ("dbt_utils.accepted_range", {"min_value": "(select 1)"}, None),
        (
            "dbt_utils.unique_combination_of_columns",
            {"combination_of_columns": ["a", "b"]},
            {"kind": "unique", "columns": ["a", "b"]},
        ),
        ("dbt_utils.not_null_proportion", {"at_least": 0.95}, {"kind": "null_share", "columns": ["id"], "max": 0.05}),
        ("dbt_utils.recency", {"datepart": "day", "interval": 1}, {"kind": "freshness", "max": 24}),
        ("dbt_utils.recency", {"datepart": "month", "interval": 1}, None),
        ("dbt_utils.expression_is_true", {"expression": "a > 0"}, None),
        ("unheard_of.kind", {}, None),
    ],
)  # fmt: skip
def test_kinds_of_tests(kind: str, kwargs: dict[str, Any], said: Any) -> None:
    assert check(kind, **kwargs) == said


def test_what_a_check_cannot_say_is_none() -> None:
    assert check("unique", config={"where": "day > 3"}) is None
    assert check("unique", config={"fail_calc": "sum(n)"}) is None
    assert check("unique", config={"error_if": "between 1 and 3"}) is None
    assert check("not_null", config={"error_if": ">5"}) is None
    assert check("unique", column="a || b") is None
    assert check("unique", config={"error_if": ">5"})["max"] == 5
    assert check("unique", config={"error_if": ">=5"})["max"] == 4
    assert check("unique", config={"severity": "warn", "error_if": ">9", "warn_if": "> 2"})["max"] == 2


def test_severity_blocks_or_warns_and_others_are_steps() -> None:
    nodes = node("a"), unique("u", "a", config={"severity": "ERROR"}), unique("w", "a", config={"severity": "warn"})
    own = node("own", "a", kind="test", config={"severity": "warn"})
    one = found(manifest(*nodes, own))
    checks = one.drafts[0].data["datasets"]["a_table"]["checks"]
    assert [check["severity"] for check in checks.values()] == ["block", "warn"]
    assert one.drafts[0].tasks["a_tests"]["checks"] == ["a_table.unique_id", "a_table.unique_id_2"]
    assert one.drafts[0].tasks["own"]["description"] == "its own SQL (only warns)"
    assert one.settings["rows"] == "count"
    assert "1 test that no check says, or of a source (own)" in notes(one, "kept")


# what was recorded


def test_times_threads_and_day_come_from_the_run(tmp_path: Path) -> None:
    path = target(tmp_path, "none")
    data = json.loads((tmp_path / "run_results.json").read_text())
    for one in data["results"]:
        one["execution_time"] = {"model.bakery.fct_sales": 95.4, "model.bakery.revenue": float("nan")}.get(
            one["unique_id"], 2.0
        )
    data["metadata"]["generated_at"] = "2026-03-02T06:04:00.5Z"
    (tmp_path / "run_results.json").write_text(json.dumps(data))
    one = bring(path)
    tasks = one.drafts[0].tasks
    assert tasks["fct_sales"]["takes"] == "1m35s"
    assert tasks["stg_sales_tests"]["takes"] == "6s"
    assert tasks["revenue"]["takes"] == "1m"
    assert one.drafts[0].data["start"] == "2026-03-01"
    assert one.settings["workers"] == 2
    assert one.scenarios == ()
    assert "how long 1 task takes" in notes(one, "guessed")


def test_a_skip_that_nothing_explains_is_told(tmp_path: Path) -> None:
    path = target(tmp_path, "none")
    text = (tmp_path / "run_results.json").read_text()
    data = json.loads(text)
    next(one for one in data["results"] if one["unique_id"] == "model.bakery.revenue")["status"] = "skipped"
    (tmp_path / "run_results.json").write_text(json.dumps(data))
    assert "why dbt skipped revenue: nothing above failed" in notes(bring(path), "missed")
    next(one for one in data["results"] if one["unique_id"] == "model.bakery.shop_days")["status"] = "error"
    (tmp_path / "run_results.json").write_text(json.dumps(data))
    told = notes(bring(path), "missed")
    assert "why dbt skipped" not in told
    assert "why dbt ran shop_days_tests, no_shop_sells_for_free: something above failed (shop_days)" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "run_results.json: is no JSON"),
        ("[1]", "run_results.json: it has no list of results"),
        ('{"results": [{"unique_id": "model.bakery.gone"}, 3]}', "does not have (model.bakery.gone)"),
    ],
)  # fmt: skip
def test_results_that_cannot_be_read_are_told_and_the_rest_is_imported(text: str, told: str, tmp_path: Path) -> None:
    path = target(tmp_path, None)
    (tmp_path / "run_results.json").write_text(text)
    one = bring(path)
    assert told in notes(one, "missed")
    assert len(one.drafts[0].tasks) == 24


# what else is told, and what is refused


def test_what_has_no_part_here_is_told() -> None:
    hook = node("shop-on-run-end-0", kind="operation")
    text = manifest(
        node("a", "gone"),
        node("dyn", config={"materialized": "dynamic_table"}),
        hook,
        {"resource_type": "model", "name": "from_package", "package_name": "fivetran"},
        metrics={"metric.shop.m": {}},
        disabled={"model.shop.old": []},
    )
    one = found(text)
    assert "the project's hooks (1 on-run-end)" in notes(one, "missed")
    assert "a refers to model.shop.gone; those edges are left out" in notes(one, "missed")
    assert "1 metric, 1 disabled node" in notes(one, "kept")
    assert "1 of fivetran" in notes(one, "kept")
    assert "materialized 'dynamic_table' (dyn)" in notes(one, "changed")


def test_odd_names_become_names_and_stay_apart() -> None:
    nodes = node("2nd größe"), node("2nd-gr_sse"), node("orders", version=2), node("a\ud800b", "orders")
    other = {"resource_type": "model", "name": "orders", "package_name": "them", "depends_on": {"nodes": []}}
    data = json.loads(manifest(*nodes))
    data["nodes"]["model.them.orders"] = other
    one = found(json.dumps(data))
    assert list(one.drafts[0].tasks) == ["t_2nd_gr_e", "t_2nd-gr_sse", "orders_v2", "a_b", "orders"]
    assert as_file(one).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"nodes": {', "manifest.json:1: is no JSON"),
        ("[]", "it has no 'nodes'"),
        ('{"results": []}', "is what dbt wrote about a run; name the manifest.json beside it"),
        ('{"nodes": []}', "it has no 'nodes'"),
        ('{"nodes": ' + "1" * 6000 + "}", "holds a number that is too long"),
        ("[" * 100_000, "is nested too deeply"),
        (manifest(), "has no models, seeds or snapshots; run dbt parse"),
        (manifest(node("a"), version=2), "is a manifest of schema v2; v4 (dbt 1.0) to v12"),
        (manifest(node("a", "b"), node("b", "c"), node("c", "a")), "goes in a circle, which dbt does not build: "),
        (manifest(node("a", "a")), "goes in a circle, which dbt does not build: a >> a"),
    ],
)
def test_what_is_no_manifest_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(text)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_other_versions_are_read_and_newer_ones_told() -> None:
    assert "schema" not in notes(found(manifest(node("a"), version=7)), "missed")
    assert "what is new in schema v15" in notes(found(manifest(node("a"), version=15)), "missed")
    text = json.dumps({"metadata": {}, "nodes": {"model.x.a": node("a"), "model.x.b": 7}})
    told = notes(found(text), "missed")
    assert "which schema the manifest has" in told
    assert "model.x.b: no node of dbt" in told


def test_a_huge_project_leaves_out_what_is_least_missed() -> None:
    names = [f"a_model_with_a_name_of_usual_length_{number}" for number in range(1800)]
    nodes = [node(name, *names[max(0, n - 2) : n], description="x" * 90) for n, name in enumerate(names)]
    tests = [unique(f"u{n}", name) for n, name in enumerate(names)]
    one = found(manifest(*nodes, *tests))
    missed = notes(one, "missed")
    assert "descriptions and owners of tasks" in missed
    assert "the tests as checks" in missed
    assert "steps for the tests" not in missed
    assert len(one.drafts[0].tasks) == 3600
    assert len(json.dumps(one.drafts[0].data)) < 1024 * 1024


def test_without_steps_a_model_stands_for_its_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.importing.dbt.shrinking.MOST_LETTERS", 220)
    nodes = node("a"), node("b"), node("c", "a", "b"), unique("of_a", "a"), unique("rel", "a", "b")
    one = found(manifest(*nodes))
    assert needs_of(one) == {"a": [], "b": [], "c": ["a", "b"]}
    with pytest.raises(InvalidInput, match="more than a pipeline file of 1 MiB holds"):
        found(manifest(*(node(f"model_{n}") for n in range(9))))


def test_other_files_of_a_project_say_which_one_to_name(tmp_path: Path) -> None:
    for name, text, told in (
        ("dbt_project.yml", "name: shop", "run dbt parse, and import target/manifest.json"),
        ("run_results.json", '{"metadata": {}, "results": []}', "name the manifest.json beside it"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(InvalidInput, match=told):
            bring(tmp_path / name)
