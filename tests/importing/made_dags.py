"""DAGs as the walker of an Airflow file would make them, and what they mean here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workbench.importing.airflow.meaning import drafts
from workbench.importing.airflow.parts import Call, Made, MadeDag, Read
from workbench.importing.found import Found
from workbench.importing.sources import Source
from workbench.importing.writing import as_file
from workbench.model.reading import read_workspace_text

SDK = "from airflow.sdk import DAG\n"
OLD = "from airflow.operators.python import PythonOperator\n"
START = datetime(2021, 1, 1, tzinfo=UTC)
NAIVE = START.replace(tzinfo=None)
BERLIN = ZoneInfo("Europe/Berlin")
_FLAGS = ("is_setup", "is_teardown", "is_mapped", "copies", "bases")


def made(task_id: str, kind: str = "PythonOperator", needs: tuple[str, ...] = (), line: int = 1, **given: Any) -> Made:
    flags = {key: given.pop(key) for key in _FLAGS if key in given}
    return Made(task_id, kind, given, line, dict.fromkeys(needs), **flags)


def dag(dag_id: str, *tasks: Made, line: int = 1, **given: Any) -> MadeDag:
    return MadeDag(dag_id, {"start_date": START, **given}, line, {task.task_id: task for task in tasks})


def found(*dags: MadeDag, text: str = SDK) -> Found:
    """What the file means; it is checked that it can be written, and read again."""
    answer = drafts(Source("dags.py", text), Read(dags, ()))
    read_workspace_text(as_file(answer))
    return answer


def of_dag(text: str = SDK, tasks: tuple[Made, ...] = (made("a"),), **given: Any) -> Mapping[str, Any]:
    """The data of one DAG with these arguments."""
    return found(dag("d", *tasks, **given), text=text).drafts[0].data


def of_task(task: Made, *others: Made, text: str = SDK, **given: Any) -> Mapping[str, Any]:
    """The data of one task."""
    draft = found(dag("d", task, *others, **given), text=text).drafts[0]
    ours = {origin: name for name, origin in draft.origins.items()}
    return draft.tasks[ours[task.task_id]]


def told(answer: Found, manner: str) -> str:
    return "\n".join(f"{note.line}: {note.text}" for note in answer.notes if note.manner == manner)


def asset(name: str, **given: Any) -> Call:
    return Call("airflow.sdk.Asset", (name,), given, 1)


def call(name: str, *args: Any, **given: Any) -> Call:
    return Call(f"airflow.timetables.{name}", args, given, 1)
