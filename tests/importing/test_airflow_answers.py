"""Which way a branch goes: as its code answers for a run on schedule, where a test of the kind of run tells it."""

from __future__ import annotations

import pytest

from tests.importing.test_airflow_walking import HEAD
from workbench.importing.airflow import read
from workbench.importing.sources import Source

TEST = 'context["dag_run"].run_type'


def branch(body: str) -> tuple[str, str]:
    """The way taken, and why."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    found = read(
        Source(
            "some.py",
            f"""{HEAD}
from airflow.utils.types import DagRunType
FULL = "full"
def pick(**context):
{lines}
with DAG("d", schedule="@daily"):
    BranchPythonOperator(task_id="pick", python_callable=pick) >> [E(task_id=one) for one in ("full", "inc", "none")]
""",
        )
    )
    [note] = [one.text for one in found.notes if "which way" in one.text]
    return found.drafts[0].data["tasks"]["pick"]["branch"], note.partition("(")[2].partition(")")[0]


ON_SCHEDULE, NAMED, ONLY, NEXT = (
    "as on a scheduled run", "the first that it names", "all that the code says", "the first that follows",
)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "way", "why"),
    [
        (f'return "full" if {TEST} == "manual" else "inc"', "inc", ON_SCHEDULE),
        (f'return "full" if {TEST} != "scheduled" else "inc"', "inc", ON_SCHEDULE),
        (f'return "full" if {TEST} == DagRunType.SCHEDULED else "inc"', "full", ON_SCHEDULE),
        (f'return "full" if {TEST} in ("manual", DagRunType.BACKFILL_JOB) else "inc"', "inc", ON_SCHEDULE),
        (f'if {TEST} == "manual":\n    return "full"\nreturn "inc"', "inc", ON_SCHEDULE),
        (f'if {TEST} == "scheduled":\n    return "inc"\nreturn "full"', "inc", ON_SCHEDULE),
        (f'if {TEST} == "manual":\n    return FULL\nelif today():\n    return "none"\nelse:\n    return "inc"',
         "none", ON_SCHEDULE),
        (f'if not {TEST} == "manual":\n    return "inc"\nreturn FULL', "inc", ON_SCHEDULE),
        ('if context["dag_run"].external_trigger:\n    return "full"\nreturn "inc"', "inc", ON_SCHEDULE),
        (f'if today() and {TEST} == "manual":\n    return "full"\nreturn "inc"', "inc", ON_SCHEDULE),
        (f'if today() or {TEST} == "manual":\n    return "inc"\nreturn "full"', "inc", NAMED),
        ('return "inc" if today() else "full"', "inc", NAMED),
        ("return FULL", "full", ONLY),
        ('return "inc"', "inc", ONLY),
        ("return today()", "full", NEXT),
        ('def inner():\n    return "none"\nreturn "inc"', "inc", ONLY),
    ],
)  # fmt: skip
def test_a_branch_goes_as_its_code_says(body: str, way: str, why: str) -> None:
    assert branch(body) == (way, why)
