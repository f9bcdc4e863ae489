"""What the tests of imports from dbt share: the recorded project, and small manifests made by hand."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from workbench.importing.dbt.building import Building
from workbench.importing.dbt.graph import graph_of
from workbench.importing.dbt.manifest import manifest_of
from workbench.importing.dbt.outcomes import FAILED, SKIPPED, outcomes_of
from workbench.importing.found import Found
from workbench.importing.sources import Source, bring
from workbench.importing.writing import as_file
from workbench.opening import load
from workbench.reports import simulation_data

FILES = Path(__file__).parent / "files" / "dbt"
# What fails in the recorded builds, as the task is called here.
FAILING = {
    "none": None,
    "warning": None,
    "test": "stg_sales_tests",
    "model": "fct_sales",
    "relationship": "fct_sales_and_dim_shops_tests",
    "unit_test": "dim_shops_unit_tests",
    "broken_test": "no_refund_below_zero",
}


def target(folder: Path, trouble: str | None) -> Path:
    """The recorded manifest in a folder of its own, with the results of one build beside it."""
    for name in ("manifest.json", "sources.json", *([f"{trouble}/run_results.json"] if trouble else [])):
        shutil.copy(FILES / name, folder / Path(name).name)
    return folder / "manifest.json"


def states(manifest: Path, fault: str | None, folder: Path) -> dict[str, str]:
    """How each task ends in a simulated day where one fails (`fault`), or as the imported scenario says (None)."""
    found = bring(manifest)
    text = as_file(found)
    if fault is not None:
        start = found.drafts[0].data["start"]
        end = date.fromisoformat(start) + timedelta(days=2)
        faults = [{"bug": {"task": fault, "version": "v1", "partition": start}}] if fault else []
        text += f"---\nscenario: mine\nfrom: {start}T00:00Z\nuntil: {end}T00:00Z\nfaults: {json.dumps(faults)}\n"
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    session = load(file, "mine" if fault is not None else found.scenarios[0]["scenario"])
    session.run_until()
    return {one["task"]: one["state"] for one in simulation_data(session, None)["task_instances"]}


def in_dbt(manifest: Path) -> dict[str, str]:
    """How each task would have to end, by what dbt recorded beside the manifest."""
    source = Source(str(manifest), manifest.read_text("utf-8"), manifest.parent)
    known = manifest_of(json.loads(source.text), source)
    outcomes = outcomes_of(source, known)
    members = Building(known, graph_of(known), outcomes).build().members
    return {name: _ended([outcomes.status[uid] for uid in uids]) for name, uids in members.items()}


def _ended(statuses: list[str]) -> str:
    if FAILED.intersection(statuses):
        return "failed"
    return "upstream_failed" if set(statuses) == {SKIPPED} else "success"


# manifests made by hand


def node(name: str, *needs: str, kind: str = "model", **more: Any) -> dict[str, Any]:
    """An entry; `needs` are names of models, or whole ids."""
    uids = [one if "." in one else f"model.shop.{one}" for one in needs]
    return {"resource_type": kind, "name": name, "package_name": "shop", "depends_on": {"nodes": uids}, **more}


def unique(name: str, *needs: str, **more: Any) -> dict[str, Any]:
    """A generic test."""
    metadata = {"name": "unique", "kwargs": {"column_name": "id"}}
    attached = f"model.shop.{needs[-1]}" if needs else ""
    return node(name, *needs, kind="test", test_metadata=metadata, column_name="id", attached_node=attached, **more)


def manifest(*nodes: dict[str, Any], version: int = 12, **more: Any) -> str:
    address = f"https://schemas.getdbt.com/dbt/manifest/v{version}.json"
    metadata = {"dbt_schema_version": address, "project_name": "shop", "generated_at": "2026-03-02T05:00:00Z"}
    entries = {f"{one['resource_type']}.shop.{one['name']}": one for one in nodes}
    return json.dumps({"metadata": metadata, "nodes": entries, **more})


def found(text: str) -> Found:
    return bring("manifest.json", "dbt", text)


def needs_of(one: Found) -> dict[str, list[str]]:
    return {name: task.get("needs", []) for name, task in one.drafts[0].tasks.items()}
