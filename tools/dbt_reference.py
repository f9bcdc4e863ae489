"""What dbt itself does with the project of the tests, kept so that the tests can compare without dbt.

    python tools/dbt_reference.py --dbt PYTHON [--out FOLDER]

PYTHON has dbt-duckdb (`pip install dbt-duckdb 'dbt-core<1.12'`). It builds tests/importing/dbt_project once for each
trouble in a temporary folder and writes the manifest and what each run came to, without what differs between machines.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "tests" / "importing" / "dbt_project"
OUT = ROOT / "tests" / "importing" / "files" / "dbt"
# What the environment variable BAKERY_TROUBLE tells the project's models to get wrong, and dbt's exit code then.
TROUBLES = {"none": 0, "test": 1, "warning": 0, "model": 1, "relationship": 1, "unit_test": 1, "broken_test": 1}
_PROFILE = "bakery: {target: dev, outputs: {dev: {type: duckdb, path: %s, schema: bakery, threads: 2}}}\n"
_METADATA = ("dbt_schema_version", "generated_at", "project_name", "invocation_id")
# What stays of a node; of its config only what says how it is built and judged.
_KEPT = (
    "unique_id",
    "resource_type",
    "name",
    "package_name",
    "original_file_path",
    "path",
    "depends_on",
    "version",
    "description",
    "attached_node",
    "column_name",
    "test_metadata",
    "group",
    "source_name",
    "loader",
    "loaded_at_field",
    "freshness",
    "meta",
    "label",
    "type",
    "owner",
)
_CONFIG = (
    "materialized",
    "incremental_strategy",
    "unique_key",
    "severity",
    "warn_if",
    "error_if",
    "where",
    "fail_calc",
    "meta",
    "group",
)
_TABLES = ("nodes", "sources", "exposures", "groups", "unit_tests", "functions", "metrics")


def built(python: str, trouble: str, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(manifest, run results) of `dbt build` with a trouble, on a new database. `folder` may hold those of an earlier
    one, which saves dbt the parsing."""
    (folder / "built.duckdb").unlink(missing_ok=True)
    done = dbt(python, trouble, folder, "build")
    if done.returncode != TROUBLES[trouble]:
        raise RuntimeError(f"dbt build with the trouble '{trouble}' ended with {done.returncode}:\n{done.stdout}")
    return _json(folder / "target" / "manifest.json"), _json(folder / "target" / "run_results.json")


def dbt(python: str, trouble: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of dbt on the project; all that it writes goes into the folder."""
    (folder / "profiles.yml").write_text(_PROFILE % (folder / "built.duckdb").as_posix(), "utf-8")
    program = "from dbt.cli.main import cli; cli()"
    places = {"project-dir": PROJECT, "profiles-dir": folder, "target-path": folder / "target", "log-path": folder}
    options = [part for name, place in places.items() for part in (f"--{name}", str(place))]
    command = [python, "-c", program, *words, *options]
    variables = {**os.environ, "BAKERY_TROUBLE": trouble, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    return subprocess.run(command, env=variables, text=True, capture_output=True, timeout=600, check=False)


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


# in short


def short_manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What says something about the order, the tests and the people."""
    tables = {table: {uid: _short_node(node) for uid, node in sorted(manifest[table].items())} for table in _TABLES}
    disabled: dict[str, list[str]] = {uid: [] for uid in manifest["disabled"]}
    return {"metadata": _some(manifest["metadata"], _METADATA), **tables, "disabled": disabled}


def _short_node(node: Mapping[str, Any]) -> dict[str, Any]:
    config = _some(node.get("config", {}), _CONFIG)
    return {**_some(node, _KEPT), **({"config": config} if config else {})}


def short_results(results: Mapping[str, Any]) -> dict[str, Any]:
    """Each node's status, with its time to a tenth of a second."""
    return {
        "metadata": _some(results["metadata"], _METADATA),
        "args": _some(results["args"], ("which",)),
        "results": [
            {**_some(one, ("unique_id", "status", "thread_id")), "execution_time": round(one["execution_time"], 1)}
            for one in sorted(results["results"], key=lambda one: str(one["unique_id"]))
        ],
    }


def short_freshness(sources: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("unique_id", "status", "max_loaded_at", "snapshotted_at")
    return {"metadata": _some(sources["metadata"], _METADATA), "results": [_some(r, kept) for r in sources["results"]]}


def _some(data: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: data[key] for key in keys if data.get(key) not in (None, "", [], {})}


def _write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def reference(python: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file name, content) of all that the tests compare with."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for trouble in TROUBLES:
            manifest, results = built(python, trouble, folder)
            if trouble == "none":
                yield "manifest.json", short_manifest(manifest)
                dbt(python, trouble, folder, "source", "freshness")
                yield "sources.json", short_freshness(_json(folder / "target" / "sources.json"))
            yield f"{trouble}/run_results.json", short_results(results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dbt", required=True, metavar="PYTHON", help="a Python that has dbt-duckdb")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FOLDER")
    given = parser.parse_args()
    for name, content in reference(given.dbt):
        _write(given.out / name, content)
        print(f"{name} written")


if __name__ == "__main__":
    main()
