"""Whole Airflow files: read from their text, written as pipeline files, and simulated."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench.cli import main
from workbench.importing.airflow.meaning_release import release_of
from workbench.importing.sources import Source, bring
from workbench.importing.telling import told
from workbench.importing.writing import as_file

DOCS = Path(__file__).resolve().parents[2] / "docs" / "import.md"

ORDERS = '''
"""Orders of the shops, every working day."""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import DAG, Asset


def pick(**_):
    return "daily"


with DAG(
    "orders",
    schedule="0 6 * * 1-5",
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin"),
    default_args={"owner": "shop-data"},
    tags=["shops"],
):
    wait = FileSensor(task_id="wait_for_shop_files", mode="reschedule", poke_interval=300, timeout=7200)
    load = PythonOperator(
        task_id="load",
        python_callable=print,
        retries=3,
        retry_delay=timedelta(minutes=2),
        retry_exponential_backoff=True,
        pool="warehouse",
        outlets=[Asset("s3://lake/raw/orders.csv")],
    )
    choose = BranchPythonOperator(task_id="choose", python_callable=pick)
    daily = PythonOperator(task_id="daily", python_callable=print)
    full = PythonOperator(task_id="full", python_callable=print, execution_timeout=timedelta(hours=3))
    publish = PythonOperator(task_id="publish", python_callable=print, trigger_rule="none_failed_min_one_success")
    wait >> load >> choose >> [daily, full] >> publish
'''

# Airflow 2: a sensor on another DAG of the file an hour earlier, an SLA, callbacks, a DAG that is triggered.
LEDGER = """
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.dummy import DummyOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sensors.external_task import ExternalTaskSensor

default_args = {
    "owner": "ledger",
    "start_date": datetime(2024, 3, 1),
    "retries": 2,
    "retry_delay": timedelta(minutes=10),
    "email_on_failure": True,
    "on_failure_callback": lambda context: None,
}

with DAG("ledger", default_args=default_args, schedule_interval="0 5 * * *", max_active_runs=1) as ledger:
    start = DummyOperator(task_id="start")
    for book in ["cash", "stock"]:
        start >> BashOperator(task_id=f"close_{book}", bash_command="close", pool="books", pool_slots=2)
    done = TriggerDagRunOperator(task_id="tell", trigger_dag_id="audit")
    done << [ledger.get_task("close_cash"), ledger.get_task("close_stock")]

with DAG("statements", default_args=default_args, schedule_interval="0 6 * * *", catchup=False) as statements:
    wait = ExternalTaskSensor(
        task_id="wait_for_ledger",
        external_dag_id="ledger",
        external_task_id="close_cash",
        execution_delta=timedelta(hours=1),
        mode="reschedule",
    )
    wait >> BashOperator(task_id="print", bash_command="print", sla=timedelta(hours=2))

with DAG("audit", default_args=default_args, schedule_interval=None) as audit:
    BashOperator(task_id="check", bash_command="check")
"""


def test_the_documentation_shows_what_is_written() -> None:
    written = as_file(bring("dags/orders.py", text=ORDERS))
    assert f"```yaml\n{written}```\n" in DOCS.read_text("utf-8")


def test_what_is_told_of_a_file() -> None:
    assert told(bring("dags/orders.py", text=ORDERS)) == [
        "orders: 6 tasks, 6 edges, schedule '0 6 * * 1-5'",
        "Told otherwise:",
        "  dags/orders.py:16: schedule '0 6 * * 1-5' of orders: a run owns the last day that has ended",
        "Guessed:",
        "  how long tasks take: 5 min, 10 s where one only decides; --times runs.csv takes what they took, "
        "workbench import --help-times says where to get it",
        "  slots of pools, which no file says: warehouse has 4",
        "  dags/orders.py:23: what wait_for_shop_files waits for comes 10 min after the run starts",
        "  dags/orders.py:33: which way a branch goes: choose to daily (all that the code says); "
        "for another: choose choose@DAY full",
    ]


def test_an_airflow_2_file_as_a_whole() -> None:
    assert as_file(bring("ledger.py", text=LEDGER)) == (
        "# Imported from ledger.py (Airflow).\n"
        "dag: ledger\n"
        'schedule: "0 5 * * *"\n'
        "start: 2024-03-01\n"
        "catchup: true  # Airflow 2 does, unless told otherwise\n"
        "max_active_runs: 1\n"
        "weight_rule: downstream  # Airflow's default\n"
        "owner: ledger\n"
        "tasks:  # guessed: how long each takes\n"
        "  start: {takes: 0s, retries: {max: 2, delay: 10m}}\n"
        "  close_cash: {needs: start, takes: 5m, retries: {max: 2, delay: 10m}, pool: books, slots: 2}\n"
        "  close_stock: {needs: start, takes: 5m, retries: {max: 2, delay: 10m}, pool: books, slots: 2}\n"
        "  tell: {needs: [close_cash, close_stock], takes: 0s, retries: {max: 2, delay: 10m}, writes: start_audit}\n"
        "---\n"
        "dag: statements\n"
        'schedule: "0 6 * * *"\n'
        "start: 2024-03-01\n"
        "owner: ledger\n"
        "tasks:  # guessed: how long each takes\n"
        "  wait_for_ledger:\n"
        "    sensor: {on: [ledger.close_cash], mode: reschedule, match: instant, delta: 1h}\n"
        "    retries: {max: 2, delay: 10m}\n"
        "  print: {needs: wait_for_ledger, takes: 5m, retries: {max: 2, delay: 10m}, deadline: {within: 2h}}\n"
        "---\n"
        "dag: audit\n"
        "schedule: {any: [start_audit]}  # triggered by another DAG\n"
        "start: 2024-03-01\n"
        "owner: ledger\n"
        "tasks:  # guessed: how long each takes\n"
        "  check: {takes: 5m, retries: {max: 2, delay: 10m}}\n"
        "---\n"
        "pools:\n"
        "  books: 4\n"
        "roster:  # guessed: who is told when something fails, and answers how fast\n"
        "  ledger: {acknowledges: 15m}\n"
    )


def test_it_simulates_as_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.py").write_text(LEDGER, encoding="utf-8")
    brought = CliRunner().invoke(main, ["import", "ledger.py"])
    assert brought.exit_code == 0, brought.output
    assert brought.output.splitlines()[-2:] == ["Written: ledger.yaml", "Next: workbench open ledger.yaml"]
    simulated = CliRunner().invoke(main, ["simulate", "ledger.yaml", "--until", "2024-03-04", "--history", "none"])
    lines = [" ".join(line.split()) for line in simulated.output.splitlines()]
    assert "05:05 tell ends well" in lines
    assert "ledger: 2 runs (2 success), 8 tries, 0 failed" in lines
    assert "statements: 2 runs (2 success), 2 tries and 2 of sensors, 0 failed" in lines
    assert "audit: 2 runs (2 success), 2 tries, 0 failed" in lines


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("from airflow.sdk import DAG", 3),
        ("from airflow import DAG\nfrom airflow.sdk import task", 3),
        ("from airflow.providers.standard.operators.bash import BashOperator", 3),
        ("from airflow.providers.standard.operators.bash import x\nDAG('a', schedule_interval=None)", 2),
        ("from airflow import DAG", 2),
        ("from airflow.decorators import dag", 2),
        ("from airflow.datasets import Dataset", 2),
        ("# from airflow.operators.bash import BashOperator\nfrom airflow.sdk import DAG", 3),
        ("import airflow.operators.bash", 2),
        ("x = 1  # schedule_interval=None", 3),
        ('"""DAG(schedule_interval=None)"""', 3),
        ("from airflow.sdk_of_ours import DAG", 3),
        ("from .airflow.operators import x", 3),
        ("x = 1", 3),
    ],
)
def test_for_which_airflow_a_file_is_written(text: str, major: int) -> None:
    assert release_of(Source("x.py", text)).major == major
