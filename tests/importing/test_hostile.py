"""Files that are no good, whatever they hold: one clear line each, status 2, nothing written and nothing run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import workbench as wb
from workbench.cli import main
from workbench.importing.hints import hint
from workbench.importing.sources import MEGABYTE, MOST_TEXT


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*words: str, given: str | None = None) -> tuple[int, list[str]]:
    """Exit status, and what was said."""
    done = CliRunner().invoke(main, ["import", *words], input=given)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output.splitlines()


BAD: dict[str, tuple[bytes, str]] = {
    "binary.py": (bytes(range(256)) * 9, "binary.py:2: is no text in UTF-8"),
    "latin.py": ("x = 1\nname = 'Größe'\n".encode("latin-1"), "latin.py:2: is no text in UTF-8"),
    "large.py": (b"#" * (MOST_TEXT + 1), f"large.py: has 4 MB; at most {MOST_TEXT // MEGABYTE} MB are read"),
    "lines.py": (b"x\n" * 1_000_000, "lines.py: has more than 100,000 lines"),
    "notes.doc": (b"a >> b", "notes.doc: is nothing that can be imported"),
    "other.json": (b'{"a": 1}', "other.json: is nothing that can be imported"),
    "list.json": (b"[1, 2]", "list.json: is nothing that can be imported"),
    "deep.json": (b"[" * 200_000, "deep.json: is nested too deeply"),
    "cut.json": (b'{\n\n"nodes": ', "cut.json:3: is no JSON"),
    "bomb.yml": (b"a: &a [x, x]\nb: &b [*a, *a]\n", "bomb.yml:1: '&a' is a YAML anchor"),
    "empty.yml": (b"", "empty.yml: is no workflow of GitHub Actions"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_clear_line(here: Path, name: str) -> None:
    data, told = BAD[name]
    (here / name).write_bytes(data)
    status, said = typed(name)
    assert (status, said[0].startswith(told)) == (2, True), said
    assert sorted(path.name for path in here.iterdir()) == [name]


def test_what_is_not_there(here: Path) -> None:
    (here / "dags").mkdir()
    assert typed("gone.py") == (2, ["gone.py: there is no such file"])
    (here / "orders.py").write_text("")
    assert typed("ordres.py") == (2, ["ordres.py: there is no such file; did you mean 'orders.py'? (known: orders.py)"])
    assert typed("dags") == (2, ["dags: is a folder; name one file in it"])
    status, [said] = typed("-", "--as", "luigi", given="a >> b")
    assert (status, said.startswith("'luigi' is no kind of file to import: airflow, dbt, ")) == (2, True)


def test_a_file_that_is_there_stays(here: Path) -> None:
    (here / "mine.yaml").write_text("dag: mine\n")
    status, said = typed("-", "-o", "mine.yaml", given="a >> b")
    assert (status, said) == (
        2,
        ["mine.yaml: is there already; give another name with -o, or --replace to write over it"],
    )
    assert (here / "mine.yaml").read_text() == "dag: mine\n"
    assert typed("-", "-o", "mine.yaml", "--replace", given="a >> b")[0] == 0
    assert "b: {needs: [a], takes: 5m}" in (here / "mine.yaml").read_text()
    status, said = typed("-", "-o", "no/such/folder.yaml", given="a >> b")
    assert (status, said[0].startswith("no/such/folder.yaml was not written: the folder is gone")) == (2, True)


def test_from_a_line_to_a_picture(here: Path) -> None:
    status, said = typed("-", given="extract >> clean >> (publish, archive)")
    assert (status, said[0], said[-1]) == (
        0,
        "my_pipeline: 4 tasks, 3 edges, schedule '0 6 * * *'",
        "Next: workbench open pipeline.yaml",
    )
    assert sorted(wb.load("pipeline.yaml").current_workspace().dags["my_pipeline"].tasks) == [
        "archive", "clean", "extract", "publish"
    ]  # fmt: skip
    made = wb.imported("-", text="a >> b")
    assert made.save("other.yaml").read_text() == made.yaml
    assert repr(made) == "\n".join(made.told)


OTHERS = {
    "dag.py": ("from airflow.sdk import DAG\n", "looks like an Airflow file"),
    "ci.yml": ("on: push\njobs:\n  a: {}\n", "looks like a workflow of GitHub Actions"),
    "manifest.json": ('{"metadata": {"dbt_schema_version": "x"}}', "looks like dbt's manifest"),
    "plain.py": ("import os\n", ""),
    "ours.yaml": ("dag: x\n", ""),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_tool_can_be_imported(here: Path, name: str) -> None:
    text, told = OTHERS[name]
    (here / name).write_text(text)
    wanted = f"{name}: {told}"
    assert hint(Path(name)).startswith(told) if told else not hint(Path(name))
    if told:
        with pytest.raises(wb.InvalidInput) as caught:
            wb.load(name)
        assert str(caught.value).startswith(wanted)
        assert str(caught.value).endswith(f"workbench import {name}")


EVIL = """
import os, shutil
from pathlib import Path
from airflow import DAG
from airflow.operators.python import PythonOperator

shutil.rmtree("precious")
os.system("touch ran")
Path("ran").write_text("x")
eval("open('ran', 'w')")
__import__("shutil").rmtree("precious")
class Meta(type):
    def __new__(cls, *given):
        shutil.rmtree("precious")
with DAG("{{ var.value.team }}_orders", schedule="0 6 * * *") as dag:
    wipe = PythonOperator(task_id="wipe", python_callable=lambda: shutil.rmtree("/"))
    wipe >> PythonOperator(task_id="{{ ds }}_tell")
"""


def test_a_file_that_would_delete_things_is_read_and_not_run(here: Path) -> None:
    (here / "precious").mkdir()
    (here / "evil.py").write_text(EVIL)
    status, said = typed("evil.py")
    assert (status, said[0]) == (0, "var_value_team_orders: 2 tasks, 1 edge, schedule '0 6 * * *'")
    assert [line for line in said if "holds a template" in line] == [
        "  evil.py:15: the name '{{ var.value.team }}_orders' holds a template: called var_value_team_orders here",
        "  evil.py:17: the name '{{ ds }}_tell' holds a template: called ds_tell here",
    ]
    assert sorted(path.name for path in here.iterdir()) == ["evil.py", "evil.yaml", "precious"]
