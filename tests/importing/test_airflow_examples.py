"""The example DAGs that Airflow ships: what is read from their text is what Airflow itself makes of them.

The answers of the real Airflow are kept (`tools/airflow_reference.py` makes them). The texts are read from an installed
Airflow of the same release: `AIRFLOW_PYTHON` names its interpreter; without it these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from workbench.importing.found import Draft, Found
from workbench.importing.sources import bring
from workbench.importing.writing import as_file
from workbench.model import InvalidInput
from workbench.timetable import parse_duration

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "files" / "airflow_reference.json.gz"
PYTHON = os.environ.get("AIRFLOW_PYTHON", "")
WHERE = (
    "import importlib.util as u, importlib.metadata as m;"
    "print(m.version('apache-airflow-core'), u.find_spec('airflow').submodule_search_locations[0])"
)
pytestmark = pytest.mark.skipif(not PYTHON, reason="AIRFLOW_PYTHON names no Python in which Airflow is installed")


@lru_cache
def reference() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(gzip.decompress(REFERENCE.read_bytes()))
    return told


@lru_cache
def package() -> Path:
    """The folder of the installed Airflow, which is not imported."""
    done = subprocess.run([PYTHON, "-c", WHERE], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no Airflow is installed for AIRFLOW_PYTHON={PYTHON}")
    version, folder = done.stdout.strip().split(" ", 1)
    if version != reference()["airflow"]:
        pytest.skip(f"Airflow {version} is installed; the answers that are kept are those of {reference()['airflow']}")
    return Path(folder)


@lru_cache
def read(file: str) -> Found | str:
    """What is found in a file, or why not."""
    try:
        found = bring(package() / file)
        as_file(found)
    except InvalidInput as error:
        return str(error)
    return found


class Pair(NamedTuple):
    """A DAG as Airflow makes it, and as it is read."""

    file: str
    dag_id: str
    theirs: Mapping[str, Any]
    ours: Draft | None


@lru_cache
def pairs() -> tuple[Pair, ...]:
    return tuple(_pairs())


def _pairs() -> Iterator[Pair]:
    for file, dags in reference()["files"].items():
        found = read(file)
        drafts = {} if isinstance(found, str) else {draft.name: draft for draft in found.drafts}
        for dag_id, theirs in dags.items():
            yield Pair(file, dag_id, theirs, drafts.get(re.sub(r"[^A-Za-z0-9_-]+", "_", dag_id)))


def edges(ours: Draft) -> dict[str, list[str]]:
    """What comes right before each task, by the names of the file."""
    found = {}
    for name, task in ours.tasks.items():
        needs = task.get("needs", [])
        found[ours.origins[name]] = sorted(
            ours.origins[need] for need in ([needs] if isinstance(needs, str) else needs)
        )
    return found


def same_shape(pair: Pair) -> bool:
    theirs = {name: sorted(task.get("after", [])) for name, task in pair.theirs["tasks"].items()}
    return pair.ours is not None and edges(pair.ours) == theirs


# counts, as docs/import.md says them


def said(pattern: str) -> int:
    """A number of docs/import.md."""
    found = re.search(pattern, (ROOT / "docs" / "import.md").read_text("utf-8"))
    assert found, pattern
    return int(found[1])


def test_the_counts_are_those_of_the_documentation() -> None:
    files = reference()["files"]
    imported = [file for file in files if not isinstance(read(file), str)]
    assert len(files) == said(r"(\d+) example files")
    assert len(pairs()) == said(r"with (\d+) DAGs")
    assert len(imported) == said(r"(\d+) of the files import")
    assert sum(pair.ours is not None for pair in pairs()) == said(r"(\d+) of the DAGs are read")
    assert sum(map(same_shape, pairs())) == said(r"(\d+) have the very tasks and edges")


def test_nine_of_ten_files_import() -> None:
    failed = [file for file in reference()["files"] if isinstance(read(file), str)]
    assert len(failed) <= len(reference()["files"]) // 10, failed


# Where a DAG is not the same, and why: docs/import.md says it in words.
DIFFERENT: dict[str, str] = {}


def test_every_difference_is_known() -> None:
    assert {pair.dag_id for pair in pairs() if not same_shape(pair)} == DIFFERENT.keys()


# what the arguments mean


def tasks() -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """(where, the task as Airflow has it, ours)."""
    defaults = reference()["defaults"]
    for pair in filter(same_shape, pairs()):
        assert pair.ours is not None
        for name, task in pair.ours.tasks.items():
            origin = pair.ours.origins[name]
            yield f"{pair.file} {origin}", {**defaults, **pair.theirs["tasks"][origin]}, task


def seconds(text: str | None) -> float | None:
    return None if text is None else parse_duration(text).total_seconds()


def test_trigger_rules_are_theirs() -> None:
    for where, theirs, ours in tasks():
        usual = "all_done_setup_success" if ours.get("teardown") else "all_success"
        assert ours.get("trigger_rule", usual) == theirs["trigger_rule"], where


def test_retries_are_theirs() -> None:
    for where, theirs, ours in tasks():
        policy = ours.get("retries", 0)
        policy = policy if isinstance(policy, dict) else {"max": policy}
        assert policy["max"] == theirs["retries"], where
        if policy["max"]:
            assert seconds(policy.get("delay", "5m")) == theirs["retry_delay"], where
            assert policy.get("backoff", 1) == (theirs["retry_exponential_backoff"] or 1), where


def test_the_rest_of_a_task_is_theirs() -> None:
    for where, theirs, ours in tasks():
        assert ours.get("pool", "default_pool") == theirs["pool"], where
        assert ours.get("priority", 1) == theirs["priority_weight"], where
        assert ours.get("slots", 1) == theirs["pool_slots"], where
        assert ours.get("max_active") == theirs["max_active_tis_per_dag"], where
        waits = ours.get("wait_for_downstream", False)
        assert waits == theirs["wait_for_downstream"], where
        assert (ours.get("depends_on_past", False) or waits) == theirs["depends_on_past"], where
        assert ours.get("fail_run", False) == theirs["on_failure_fail_dagrun"], where
        assert ours.get("setup", False) == theirs["setup"], where
        assert ours.get("teardown", False) == theirs["teardown"], where
        assert seconds(ours.get("timeout")) == theirs["execution_timeout"], where


def test_sensors_look_as_theirs() -> None:
    seen = 0
    for where, theirs, ours in tasks():
        if "sensor" not in ours:
            continue
        seen += 1
        sensor = ours["sensor"] if isinstance(ours["sensor"], dict) else {}
        assert seconds(sensor.get("every", "1m")) == theirs["poke_interval"], where
        assert seconds(sensor.get("timeout", "7d")) == theirs["timeout"], where
        assert sensor.get("soft_fail", False) == theirs["soft_fail"], where
    assert seen >= 10


def test_schedules_are_theirs() -> None:
    for pair in pairs():
        if pair.ours is None or pair.theirs["timetable"] not in _SPELLED:
            continue
        ours = pair.ours.data.get("schedule")
        spelled = {"@daily": "0 0 * * *", "@hourly": "0 * * * *"}.get(str(ours), ours)
        assert spelled == _SPELLED[pair.theirs["timetable"]](pair.theirs), pair.dag_id


def _span(theirs: Mapping[str, Any]) -> str:
    return next(text for text in ("every 30m", "every 4h", "every 1d") if seconds(text[6:]) == theirs["schedule"])


_SPELLED: dict[str, Any] = {
    "CronTriggerTimetable": lambda theirs: theirs["expression"],
    "CronPartitionTimetable": lambda theirs: theirs["expression"] or _within(theirs["schedule"]),
    "DeltaTriggerTimetable": _span,
    "OnceTimetable": lambda theirs: "once",
}


def _within(text: str) -> str:
    found = re.search(r"expression='([^']+)'", text)
    assert found
    return found[1]


def test_what_airflow_starts_by_data_is_started_by_data() -> None:
    for pair in pairs():
        if pair.ours is not None and pair.theirs["timetable"] in (
            "AssetTriggeredTimetable",
            "PartitionedAssetTimetable",
        ):
            assert isinstance(pair.ours.data.get("schedule"), dict), pair.dag_id


def test_dags_are_bounded_as_theirs() -> None:
    for pair in pairs():
        if pair.ours is None:
            continue
        data = pair.ours.data
        assert data.get("catchup", False) == pair.theirs["catchup"], pair.dag_id
        assert data.get("max_active_runs", 16) == pair.theirs["max_active_runs"], pair.dag_id
        assert data.get("max_active_tasks", 16) == pair.theirs["max_active_tasks"], pair.dag_id
        if "start_date" in pair.theirs:
            assert data["start"] == pair.theirs["start_date"][: len(data["start"])], pair.dag_id
        if "dagrun_timeout" in pair.theirs:
            assert seconds(data["deadline"]["within"]) == pair.theirs["dagrun_timeout"], pair.dag_id
