"""A dbt project, imported and simulated, beside what dbt itself did with it (recorded by tools/dbt_reference.py)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.importing.dbt_cases import FAILING, FILES, in_dbt, states, target
from tools.dbt_reference import TROUBLES, built
from workbench.importing.sources import bring

DBT = os.environ.get("DBT_PYTHON", "")


@pytest.mark.parametrize("trouble", FAILING)
def test_a_fault_skips_what_dbt_skips(trouble: str, tmp_path: Path) -> None:
    manifest = target(tmp_path, trouble)
    assert states(manifest, FAILING[trouble] or "", tmp_path) == in_dbt(manifest)


@pytest.mark.parametrize("trouble", [name for name, task in FAILING.items() if task])
def test_the_recorded_run_is_a_scenario(trouble: str, tmp_path: Path) -> None:
    manifest = target(tmp_path, trouble)
    (scenario,) = bring(manifest).scenarios
    assert [fault["bug"]["task"] for fault in scenario["faults"]] == [f"bakery.{FAILING[trouble]}"]
    assert states(manifest, None, tmp_path) == in_dbt(manifest)


def test_every_failure_is_recorded_and_skips_something() -> None:
    """What the tests above compare with is worth it: each trouble fails, and some branch goes on."""
    assert set(TROUBLES) == set(FAILING)
    for trouble, code in TROUBLES.items():
        ended = [one["status"] for one in json.loads((FILES / trouble / "run_results.json").read_text())["results"]]
        assert ("skipped" in ended) == bool(code)
        assert ended.count("success") >= 8


def test_what_dbt_ran_is_a_task_each_or_a_step(tmp_path: Path) -> None:
    ran = json.loads((target(tmp_path, "none").parent / "run_results.json").read_text())["results"]
    known = [one["unique_id"] for one in ran if not one["unique_id"].startswith(("operation.", "exposure."))]
    assert len(known) == 31
    tasks = bring(tmp_path / "manifest.json").drafts[0].tasks
    assert len(tasks) == 24


@pytest.mark.skipif(not DBT, reason="DBT_PYTHON names no Python that has dbt-duckdb")
def test_dbt_itself_still_does_the_same(tmp_path: Path) -> None:
    """Builds the project really, good and with a failing test, and compares as above."""
    has = subprocess.run([DBT, "-c", "import dbt.adapters.duckdb"], capture_output=True, check=False)
    assert has.returncode == 0, f"{DBT} has no dbt-duckdb"
    for trouble in ("none", "test"):
        folder = tmp_path / "built"
        folder.mkdir(exist_ok=True)
        built(DBT, trouble, folder)
        manifest = folder / "target" / "manifest.json"
        assert states(manifest, FAILING[trouble] or "", tmp_path) == in_dbt(manifest)
