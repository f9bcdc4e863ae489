"""What Airflow itself makes of the example files it ships with, to compare our reading with:

    python -m tools.airflow_reference --airflow PYTHON -o tests/importing/files/airflow_reference.json.gz

PYTHON is the interpreter of an environment with Airflow. The result has names, arrows and settings, and none of the
files' text: `{"airflow": version, "files": {path below the airflow package: {dag_id: DAG}}}`. Entries of a task which
have Airflow's own default are left out (`DEFAULTS`); times are seconds. Ends with 2, and says why, if nothing came.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DEFAULTS: dict[str, Any] = {
    "mapped": False, "setup": False, "teardown": False, "after": [], "trigger_rule": "all_success", "retries": 0,
    "retry_delay": 300.0, "retry_exponential_backoff": 0, "max_retry_delay": None, "execution_timeout": None,
    "depends_on_past": False, "wait_for_downstream": False, "pool": "default_pool", "pool_slots": 1,
    "priority_weight": 1, "weight_rule": "downstream", "max_active_tis_per_dag": None, "mode": "poke",
    "poke_interval": 60.0, "timeout": 604800.0, "soft_fail": False, "inlets": [], "outlets": [],
    "on_failure_fail_dagrun": False, "ignore_downstream_trigger_rules": True,
}  # fmt: skip
_OF_DAG = ("start_date", "end_date", "catchup", "max_active_runs", "max_active_tasks", "dagrun_timeout", "timezone")
_FOLDERS = ("example_dags", "providers/standard/example_dags", "providers/common/sql/example_dags")
_OWN = Path(__file__).resolve().parents[1] / "tests" / "importing" / "files" / "airflow"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def main(arguments: list[str]) -> int:
    """0: written; 2: not."""
    parser = ArgumentParser("python -m tools.airflow_reference", description="What Airflow makes of its examples.")
    parser.add_argument("--airflow", required=True, metavar="PYTHON", help="a Python in which Airflow is installed")
    parser.add_argument("-o", dest="out", required=True, type=Path, help="file to write, .json or .json.gz")
    wanted = parser.parse_args(arguments)
    with TemporaryDirectory() as home:
        environment = {**os.environ, "AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                       "AIRFLOW__CORE__UNIT_TEST_MODE": "False"}  # fmt: skip
        kept = Path(home) / "read.json"
        command = [wanted.airflow, str(Path(__file__).resolve()), "--probe", str(kept)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode or not kept.exists():
            last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            print(f"Airflow did not read its examples: {last}", file=sys.stderr)
            return 2
        text = kept.read_text(encoding="utf-8")
    _write(wanted.out, text)
    files = json.loads(text)["files"]
    print(f"{sum(len(dags) for dags in files.values())} DAGs of {len(files)} files are in {wanted.out}")
    return 0


def _write(out: Path, text: str) -> None:
    data = text.encode()
    out.write_bytes(gzip.compress(data, mtime=0) if out.suffix == ".gz" else data)


# What follows runs in Airflow's environment.


def probe(out: Path) -> None:
    airflow = import_module("airflow")
    top = Path(airflow.__file__ or "").parent
    files: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    for folder in _FOLDERS:
        if (top / folder).is_dir():
            bag = import_module("airflow.dag_processing.dagbag").DagBag(dag_folder=str(top / folder))
            errors |= {str(path): str(error).strip().splitlines()[-1] for path, error in bag.import_errors.items()}
            for dag_id, dag in sorted(bag.dags.items()):
                path = Path(dag.fileloc).relative_to(top).as_posix()
                files.setdefault(path, {})[dag_id] = _dag(dag)
    own, own_errors = _own()
    told = {
        "airflow": airflow.__version__,
        "defaults": DEFAULTS,
        "errors": errors | own_errors,
        "own": own,
        "files": dict(sorted(files.items())),
    }
    out.write_text(json.dumps(told, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


def _own() -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """What Airflow makes of our own files, by their names without `.txt`, and what it refuses."""
    files: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as folder:
        for path in sorted(_OWN.glob("*.py.txt")):
            (Path(folder) / path.stem).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        bag = import_module("airflow.dag_processing.dagbag").DagBag(dag_folder=folder, safe_mode=False)
        for dag_id, dag in sorted(bag.dags.items()):
            files.setdefault(Path(dag.fileloc).name, {})[dag_id] = _dag(dag)
        errors = {Path(path).name: str(error).strip().splitlines()[-1] for path, error in bag.import_errors.items()}
    return dict(sorted(files.items())), errors


def _dag(dag: Any) -> dict[str, Any]:
    own = {name: _plain(getattr(dag, name, None)) for name in _OF_DAG}
    expression = getattr(dag.timetable, "expression", getattr(dag.timetable, "_expression", None))
    return {
        "schedule": _plain(dag.schedule), "timetable": type(dag.timetable).__name__, "expression": _plain(expression),
        **{name: value for name, value in own.items() if value is not None},
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }  # fmt: skip


def _task(task: Any) -> dict[str, Any]:
    is_mapped = type(task).__name__.endswith("MappedOperator")
    given = task.partial_kwargs if is_mapped else {}
    all_of = {
        "mapped": is_mapped or bool(list(task.iter_mapped_task_groups())),
        "setup": task.is_setup,
        "teardown": task.is_teardown,
        "after": sorted(task.upstream_task_ids),
        **{
            name: _plain(given.get(name, getattr(task, name, DEFAULTS[name]))) for name in DEFAULTS if name not in _MADE
        },
    }
    name = task.operator_name
    kind = {"kind": task.task_type, **({"called": name} if name != task.task_type else {})}
    return kind | {name: value for name, value in all_of.items() if value != DEFAULTS[name]}


_MADE = ("mapped", "setup", "teardown", "after")


def _plain(value: Any) -> Any:
    """As JSON has it: a text for what has no other form, without addresses in memory."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        plain = [_plain(one) for one in value]
        return plain if isinstance(value, list | tuple) else sorted(plain, key=str)
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, str):
        return str(getattr(value, "value", value))
    names = getattr(value, "name", None)
    if type(value).__module__.startswith("pendulum") and isinstance(names, str):
        return names
    return _ADDRESS.sub("", repr(value))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probe"]:
        probe(Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
