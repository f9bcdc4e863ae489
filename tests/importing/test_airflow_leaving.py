"""Tests that only a run of the file would decide: what they leave out is named, with its line; so is what is there
because of them."""

from __future__ import annotations

import pytest

from tests.importing.test_airflow_walking import read

HEAD = """
import os
from airflow.models import Variable
ON = Variable.get("on", default_var="no") == "yes"
with DAG("d") as d:
    a = E(task_id="a")
"""
LINES = HEAD.count("\n")
NO = '`Variable.get("x", default_var="no") == "yes"`'
TEST = 'Variable.get("x", default_var="no") == "yes"'


def told(body: str) -> tuple[set[str], list[tuple[str, str, int]]]:
    """The tasks of the DAG, and the notes with lines counted in `body`."""
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    dags, notes = read(f"{HEAD}{lines}\n")
    return set(dags["d"].tasks), [(manner, text, line - LINES) for manner, text, line in notes]


@pytest.mark.parametrize(
    ("body", "tasks", "notes"),
    [
        (f'if {TEST}:\n    a >> E(task_id="export")', "a",
         [("missed", f"`export` is left out: {NO} does not hold by default", 1)]),
        (f'if {TEST}:\n    a >> E(task_id="b")\nelse:\n    a >> E(task_id="c")', "a c",
         [("guessed", f"{NO} is decided by a default value: read as if it did not hold", 1),
          ("missed", f"`b` is left out: {NO} does not hold by default", 1)]),
        ('if os.environ["X"]:\n    a >> E(task_id="b")\n    c = 1\nelse:\n    a >> E(task_id="e")\n    c = 2', "a b",
         [("guessed", '`os.environ["X"]` is known only when the file runs: read as if it held', 1),
          ("missed", '`e` is left out: `os.environ["X"]` is known only when the file runs: read as if it held', 1)]),
        (f'b = E(task_id="b")\nif {TEST}:\n    a >> b', "a b",
         [("missed", f"an arrow is left out: {NO} does not hold by default", 2)]),
        ('for c in ["de", "fr"]:\n    if Variable.get(f"x_{c}", "no") != "yes":\n        continue\n'
         '    E(task_id=f"load_{c}")', "a",
         [("missed", '`load_de`, `load_fr` '
           'are left out: `Variable.get(f"x_{c}", "no") != "yes"` holds by default', 2)]),
        ('for c in ["de", "fr"]:\n    if c in os.environ["SKIP"]:\n        continue\n    E(task_id=f"load_{c}")',
         "a load_de load_fr",
         [("guessed", '`c in os.environ["SKIP"]` is known only when the file runs: read as if it did not hold', 2)]),
        ('for c in [c for c in ["de"] if Variable.get(c, "no") == "yes"]:\n    E(task_id=f"load_{c}")', "a",
         [("missed", '`load_{c}` is left out: by default there is nothing in '
           '`[c for c in ["de"] if Variable.get(c, "no") == "yes"]`, over which this goes', 1)]),
        ('all = [E(task_id=f"load_{c}") for c in ["de"] if Variable.get(c, "no") == "yes"]', "a",
         [("missed", '`load_de` is left out: `Variable.get(c, "no") == "yes"` does not hold by default', 1)]),
        (f'b = E(task_id="b") if {TEST} else None', "a",
         [("missed", f"`b` is left out: {NO} does not hold by default", 1)]),
        ('ON and E(task_id="b")', "a", [("missed", "`b` is left out: `ON` does not hold by default", 1)]),
        ('for c in filter(lambda c: Variable.get(c, "no") == "yes", ["de"]):\n    E(task_id="b")', "a",
         [("missed", '`b` is left out: by default there is nothing in '
           '`filter(lambda c: Variable.get(c, "no") == "yes", ["de"])`, over which this goes', 1)]),
        ('@task\ndef send(): ...\ndef more(name):\n    E(task_id=f"more_{name}")\nif ON:\n    send()\n    more("x")\n'
         '    with TaskGroup("side"):\n        E(task_id="b")', "a",
         [("missed", "`send`, `more_x`, `side`, `b` are left out: `ON` does not hold by default", 5)]),
        ('for c in ["de", "fr"]:\n    if ON is not True:\n        break\n    E(task_id=c)', "a",
         [("missed", "`de` is left out: `ON is not True` holds by default", 2),
          ("missed", "`fr` is left out: `ON is not True` holds by default", 1)]),
        ('if ON:\n    b = "x"\nif not ON:\n    raise ValueError\nE(task_id="c")', "a c", []),
    ],
)  # fmt: skip
def test_what_a_test_leaves_out_is_told(body: str, tasks: str, notes: list[tuple[str, str, int]]) -> None:
    found, said = told(body)
    assert found == set(tasks.split())
    assert sorted(said) == sorted(notes)
