"""What sensors wait for is called as what they look for, where that tells them apart; else as the sensors are."""

from __future__ import annotations

import pytest

from tests.importing.test_airflow_walking import HEAD
from workbench.importing.airflow import read
from workbench.importing.sources import Source


def inputs(body: str) -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    (draft,) = read(Source("some.py", f'{HEAD}\nwith DAG("d", schedule="@daily"):\n{lines}\n')).drafts
    return list(draft.data["inputs"])


LOOP = 'for c in ("de", "fr"):\n    with TaskGroup(f"land_{c}"):\n        S3KeySensor(task_id="wait_for_file"'


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f'{LOOP}, bucket_key=f"{{c}}/{{{{{{{{ ds }}}}}}}}/orders.csv")', "de_orders fr_orders"),
        (f'{LOOP}, bucket_key=f"s3://lake/{{c}}/dt=%Y-%m-%d/orders_*.csv.gz")', "de_orders fr_orders"),
        (f'{LOOP}, bucket_key="in/orders.csv")', "land_de_file land_fr_file"),
        (f"{LOOP})", "land_de_file land_fr_file"),
        ('S3KeySensor(task_id="a", bucket_key="raw/orders.csv")\nFileSensor(task_id="b", filepath="raw/shops.csv")',
         "orders shops"),
        ('S3KeySensor(task_id="orders", bucket_key="raw/orders.csv")', "raw_orders"),
        ('BigQueryTableExistenceSensor(task_id="b", project_id="p", table_id="visits")', "visits"),
        ('S3KeySensor(task_id="wait_for_shops", bucket_key="{{ params.key }}")', "shops"),
        ('SqlSensor(task_id="wait_for_rows", sql="select 1")', "rows"),
    ],
)  # fmt: skip
def test_an_input_is_called_as_what_the_sensor_looks_for(body: str, names: str) -> None:
    assert inputs(body) == names.split()
