"""Reading Airflow files: what Airflow itself makes of the same files (`tools/airflow_reference.py` asks it), what only
a run would tell, and what is no DAG file. The files are ours; nothing of them is run."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workbench.importing.airflow import state
from workbench.importing.airflow.parts import UNTOLD, Call, Code, Made, MadeDag, Unknown
from workbench.importing.airflow.walking import walk
from workbench.importing.found import Manner
from workbench.importing.sources import Source
from workbench.model import InvalidInput

FILES = Path(__file__).parent / "files"
REFERENCE = json.loads(gzip.decompress((FILES / "airflow_reference.json.gz").read_bytes()))
OWN = [(name, dag_id) for name, dags in REFERENCE["own"].items() for dag_id in dags]
HEAD = """
from datetime import datetime, timedelta
from airflow.sdk import *
from airflow.sdk import DAG, TaskGroup, chain, dag, task, task_group, setup, teardown, Label, asset, Asset
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator as E
"""
LINES = HEAD.count("\n")


def read(text: str, name: str = "some.py") -> tuple[dict[str, MadeDag], list[tuple[Manner, str, int]]]:
    """The DAGs, and the notes with lines counted behind HEAD."""
    found = walk(Source(name, HEAD + text))
    return {one.dag_id: one for one in found.dags}, [(one.manner, one.text, one.line - LINES) for one in found.notes]


def one(text: str) -> MadeDag:
    dags, notes = read(text)
    assert not notes
    (dag,) = dags.values()
    return dag


def needs(dag: MadeDag) -> dict[str, list[str]]:
    return {task_id: list(task.needs) for task_id, task in dag.tasks.items()}


def refused(text: str, name: str = "some.py") -> str:
    with pytest.raises(InvalidInput) as caught:
        walk(Source(name, text))
    return str(caught.value)


def as_airflow_has_it(task: Made) -> tuple[Any, ...]:
    return (sorted(task.needs), task.is_setup, task.is_teardown, task.is_mapped,
            task.given.get("retries", 0), task.given.get("trigger_rule", "all_success"))  # fmt: skip


def as_kept(task: dict[str, Any]) -> tuple[Any, ...]:
    return (task.get("after", []), task.get("setup", False), task.get("teardown", False), task.get("mapped", False),
            task.get("retries", 0), task.get("trigger_rule", "all_success"))  # fmt: skip


@pytest.mark.parametrize(("name", "dag_id"), OWN)
def test_tasks_arrows_and_default_arguments_are_those_that_airflow_makes(name: str, dag_id: str) -> None:
    found = walk(Source(name, (FILES / "airflow" / f"{name}.txt").read_text(encoding="utf-8")))
    (dag,) = [one for one in found.dags if one.dag_id == dag_id]
    ours = {task_id: as_airflow_has_it(task) for task_id, task in dag.tasks.items()}
    assert ours == {task_id: as_kept(task) for task_id, task in REFERENCE["own"][name][dag_id]["tasks"].items()}


def test_a_file_has_all_the_dags_that_airflow_sees_and_no_more() -> None:
    for name, dags in REFERENCE["own"].items():
        found = walk(Source(name, (FILES / "airflow" / f"{name}.txt").read_text(encoding="utf-8")))
        assert sorted(one.dag_id for one in found.dags) == sorted(dags)


def test_kinds_are_classes_decorators_and_the_bases_of_classes_of_the_file() -> None:
    dag = one("""
class Quick(BashOperator): pass
class Quicker(Quick): pass
class Own(BaseOperator): pass
with DAG("d"):
    BashOperator(task_id="a"); Quicker(task_id="b"); Own(task_id="c")
    @task.branch
    def e(): return "a"
    @task(retries=1)
    def f(): ...
    e(); f()
""")
    assert [task.kind for task in dag.tasks.values()] == [
        "BashOperator", "BashOperator", "Own", "@task.branch", "@task"
    ]  # fmt: skip
    assert dag.tasks["b"].bases == ("Quicker", "Quick")
    assert dag.tasks["b"].line == LINES + 6


def test_values_are_those_of_python() -> None:
    dag = one("""
import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable as Cron
HOURS = {"a": 2}
with DAG("d", "about", schedule=Cron("0 2 * * *", timezone="UTC"), start_date=pendulum.datetime(2024, 2, 3, tz="UTC"),
         default_args={"retries": 3, "retry_delay": timedelta(minutes=5) * 2}, tags=["x", f"h{HOURS['a'] + 1:02d}"]):
    E(task_id="a", trigger_rule=TriggerRule.ALL_DONE, pool="p" if len(HOURS) > 1 else "q", retries=None)
""")
    assert dag.given["schedule"].name == "airflow.timetables.interval.CronDataIntervalTimetable"
    assert (dag.given["schedule"].args, dag.given["schedule"].given) == (("0 2 * * *",), {"timezone": "UTC"})
    assert dag.given["start_date"] == datetime(2024, 2, 3, tzinfo=UTC)
    assert (dag.given["description"], dag.given["tags"]) == ("about", ["x", "h03"])
    assert dag.tasks["a"].given == {
        "retries": None, "retry_delay": timedelta(minutes=10), "trigger_rule": "all_done", "pool": "q"
    }  # fmt: skip


def test_assets_stay_what_they_are() -> None:
    dags, _ = read("""
a, b = Asset("a"), Asset("b", uri="s3://b")
with DAG("both", schedule=(a & b) | a):
    E(task_id="x", outlets=[b])
@asset(schedule="@daily")
def made(a): ...
with DAG("after", schedule=[made]):
    E(task_id="y")
""")
    schedule = dags["both"].given["schedule"]
    assert (schedule.name, schedule.args[0].name) == ("airflow.sdk.AssetAny", "airflow.sdk.AssetAll")
    assert dags["both"].tasks["x"].given["outlets"][0].given == {"uri": "s3://b"}
    assert dags["made"].tasks["made"].given["outlets"] == dags["after"].given["schedule"]


def test_a_function_is_known_by_what_it_returns() -> None:
    dag = one("""
def choose(x):
    def inner():
        return "never"
    if x:
        return "a"
    return ["b", "c"]
def count(x):
    return len(x)
with DAG("d"):
    E(task_id="a", python_callable=choose)
    E(task_id="b", python_callable=lambda: True)
    E(task_id="c", python_callable=count)
""")
    assert [task.given["python_callable"] for task in dag.tasks.values()] == [
        Code("choose", LINES + 2, ("a", ["b", "c"]), True),
        Code("lambda", LINES + 12, (True,), True),
        Code("count", LINES + 8, (), False),
    ]


def test_how_many_copies_a_mapped_task_has_is_told_when_it_is_written_out() -> None:
    dag = one("""
@task
def f(x, y=0): ...
with DAG("d"):
    f.expand(x=[1, 2, 3], y=[1, 2])
    f.expand(x=f(1))
    BashOperator.partial(task_id="b").expand_kwargs([{"bash_command": "a"}] * 4)
""")
    assert {task.task_id: (task.is_mapped, task.copies) for task in dag.tasks.values()} == {
        "f": (True, 6), "f__1": (False, None), "f__2": (True, None), "b": (True, 4)
    }  # fmt: skip


def test_arguments_of_a_called_dag_are_parameters_with_defaults() -> None:
    dag = one("""
@dag(schedule=None)
def d(table="orders"):
    E(task_id="a", name=table)
d()
""")
    assert dag.tasks["a"].given["name"] == Unknown("table", LINES + 3, "orders")


@pytest.mark.parametrize("head", [
    "from airflow import DAG as D\nfrom airflow.operators.dummy import DummyOperator as O\nwith D('d'):",
    "import airflow.sdk as sdk\nO = sdk.BaseOperator\nwith sdk.DAG('d'):",
    "import airflow\nfrom x import O\nwith airflow.models.DAG(dag_id='d') as dag:",
    "with DAG('d'):",
])  # fmt: skip
def test_airflow_under_any_name(head: str) -> None:
    """The last is a piece of a file, without its imports."""
    (dag,) = walk(Source("x.py", f"{head}\n    O(task_id='a') >> O(task_id='b')\n")).dags
    assert needs(dag) == {"a": [], "b": ["a"]}


def test_what_is_read_from_the_environment_has_its_default_and_a_note_where_it_decides() -> None:
    dags, notes = read("""
import os
from airflow.models import Variable
ENV = os.environ.get("ENV", "dev")
TABLES = Variable.get("tables", default_var=["a", "b"])
if ENV == "prod":
    schedule = "@daily"
else:
    schedule = "@weekly"
with DAG(f"d_{ENV}", schedule=schedule):
    for one in TABLES:
        E(task_id=one, pool=os.getenv("POOL"))
""")
    dag = dags["d_dev"]
    assert list(dag.tasks) == ["a", "b"]
    assert dag.given["schedule"] == Unknown("schedule", LINES + 6, "@weekly")
    assert dag.tasks["a"].given["pool"] == Unknown('os.getenv("POOL")', LINES + 12)
    assert dag.tasks["a"].given["pool"].otherwise is UNTOLD
    assert [(manner, line) for manner, _, line in notes] == [("guessed", 10), ("guessed", 11)]
    assert "TABLES" in notes[1][1]


def test_a_loop_over_what_nobody_knows_goes_round_once_and_is_told() -> None:
    dags, notes = read("""
from config import tables
with DAG("d"):
    end = E(task_id="end")
    for table in tables():
        E(task_id=f"load_{table}") >> E(task_id="check_" + table["name"]) >> end
""")
    assert needs(dags["d"]) == {"end": ["check_table_name"], "load_table": [], "check_table_name": ["load_table"]}
    (note,) = notes
    assert note[0] == "missed"
    assert note[2] == 5
    assert "`tables()`" in note[1]
    assert "one round stands for all" in note[1]


def test_a_test_that_nobody_knows_is_told_only_where_it_decides() -> None:
    dags, notes = read("""
from config import big, careful
if careful:
    print("be careful")
with DAG("d"):
    a = E(task_id="a")
    if big:
        b = E(task_id="b")
        a >> b
    else:
        E(task_id="c")
    if careful:
        raise ValueError
    for one in (1, 2):
        if careful:
            continue
        E(task_id=f"x{one}")
""")
    assert list(dags["d"].tasks) == ["a", "b", "c", "x1", "x2"]
    assert notes == [
        ("guessed", "`big` is known only when the file runs: both ways were taken", 7),
        ("guessed", "`careful` is known only when the file runs: read as if it did not hold", 15),
    ]


def test_what_comes_from_another_file_is_one_task_that_stands_for_it() -> None:
    dags, notes = read("""
from common import make_report, load, start, Quality
with DAG("d") as dag:
    report = make_report(dag, "x")
    E(task_id="a") >> report >> E(task_id="b")
    loaded = load(report)
    start >> loaded
    quality = Quality(group_id="quality")
    quality >> load(E(task_id="c").output)
""")
    assert needs(dags["d"]) == {
        "report": ["a"], "a": [], "b": ["report"], "loaded": ["report"], "quality": [], "c": [],
        "load": ["c", "quality"],
    }  # fmt: skip
    assert {text.split()[1] for _, text, _ in notes} >= {"make_report()", "load()", "beside", "Quality"}


@pytest.mark.parametrize(("line", "word"), [
    ("[a, b] >> [c]", "two lists"),
    ("chain([a, b], [c])", "2 beside one of 1"),
    ("a >> other", "two DAGs"),
    ("E(task_id='a')", "a already"),
    ("a >> 3", "no task"),
])  # fmt: skip
def test_what_airflow_refuses_is_told_with_its_line(line: str, word: str) -> None:
    _, notes = read(f"""
with DAG("o"):
    other = E(task_id="o")
with DAG("d"):
    a, b, c = (E(task_id=one) for one in "abc")
    {line}
""")
    assert [(manner, at) for manner, _, at in notes] == [("missed", 6)]
    assert word in notes[0][1]


def test_a_result_inside_a_text_makes_no_arrow_as_in_airflow() -> None:
    dags, notes = read("""
with DAG("d"):
    a = E(task_id="a")
    BashOperator(task_id="b", bash_command=f"echo {a.output}")
    BashOperator(task_id="c", bash_command="echo {}".format(a.output))
""")
    assert needs(dags["d"]) == {"a": [], "b": [], "c": []}
    assert [(manner, line) for manner, _, line in notes] == [("kept", 4)]
    assert "also line" in notes[0][1]


def test_dags_that_airflow_does_not_see() -> None:
    dags, notes = read("""
def build(name):
    return DAG(name)
build("lost")
kept = build("kept")
@dag()
def forgotten():
    E(task_id="x")
with DAG("twice"):
    E(task_id="a")
with DAG("twice"):
    E(task_id="b")
""")
    assert list(dags) == ["kept", "twice"]
    assert list(dags["twice"].tasks) == ["b"]
    assert [line for _, _, line in notes] == [3, 7, 11]


def test_a_main_block_and_a_block_for_type_checkers_are_not_read() -> None:
    dag = one("""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from x import E
try:
    from airflow.sdk import DAG as D
except ImportError:
    from airflow import DAG as D
    D("never")
with D("d") as d:
    E(task_id="a")
if __name__ == "__main__":
    E(task_id="b", dag=d)
    d.test()
""")
    assert list(dag.tasks) == ["a"]


@pytest.mark.parametrize(("text", "said"), [
    ("x = 1\nprint 'hello'\n", "some.py:2: this is Python 2 (print without brackets)"),
    ("try:\n    x\nexcept A, e:\n    pass\n", "some.py:3: this is Python 2 (`except X, e:`)"),
    ("x = 017\n", "some.py:1: this is Python 2 (a number with a leading zero)"),
    ("x = 1\n\0\n", "some.py:2: holds a null byte"),
    ("with DAG('d'\n", "some.py:1: is not to be read as Python 3"),
    ("x = " + "(" * 3000 + ")" * 3000, "is nested too deeply"),
    ("x = " + "-" * 30000 + "1", "is nested too deeply"),
    ("x = " + "a." * 20000 + "b", "is nested too deeply"),
    ("import os\n", "some.py: holds no DAG: `with DAG(...)`"),
    ("", "some.py: holds no DAG"),
    ("from airflow.sdk import dag\n@dag\ndef x(): ...\n", "some.py:3: holds no DAG that Airflow would see: x "),
])  # fmt: skip
def test_what_is_no_dag_file_has_one_clear_line(text: str, said: str) -> None:
    told = refused(text)
    assert said in told
    assert "\n" not in told


@pytest.mark.parametrize(("line", "word"), [
    ("for i in range(1001): E(task_id=f'x{i}')", "more than 1,000 tasks"),
    ("a = [E(task_id=f'a{i}') for i in range(300)]; [one >> a for one in a]", "too much work"),
    ("f = lambda n: [f(n + 1), f(n + 1)]; f(0)", "too much work"),
])  # fmt: skip
def test_too_much_work_is_refused(line: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_WORK", 60_000)
    monkeypatch.setattr(state, "MOST_TASKS", 1_000)
    told = refused(f"{HEAD}with DAG('d'):\n    {line}")
    assert "some.py:8: " in told
    assert word in told


@pytest.mark.parametrize("line", [
    "while True: i = 1",
    "for i in range(10**15): pass",
    "x = 'a'\nfor i in range(9000): x = x + x",
    "x = 3\nfor i in range(9000): x = x * x",
    "x = '%999999999d' % 3, f'{3:>999999999}', '{:>999999999}'.format(3), 'x'.ljust(10**10), 'x' * 10**10",
    "x = 10 ** 10 ** 10, 1 << 10 ** 10, [0] * 10**10, list(range(10**12)), 'a'.join(['a' * 90000] * 90000)",
    "x = 'a' * 1000\nfor i in range(9): x = x.replace('a', x)",
    "import os; os.system('touch hurt'); open('hurt', 'w').write('x'); exec('x'); eval('1'); __import__('os')",
    "x = ().__class__.__bases__[0].__subclasses__(), '{0.__class__.__init__.__globals__}'.format(timedelta(1))",
])  # fmt: skip
def test_hostile_lines_do_no_harm(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dags, _ = read(f"{line}\nwith DAG('d'): E(task_id='a')\n")
    assert list(dags["d"].tasks) == ["a"]
    assert not list(tmp_path.iterdir())


def test_values_that_hold_themselves_are_refused() -> None:
    assert "nested too deeply" in refused(f"{HEAD}a = []\na.append(a)\nDAG('d', tags=a)\n")


def test_long_chains_are_no_depth() -> None:
    names = [f"t{number}" for number in range(600)]
    text = "".join(f"    {name} = E(task_id='{name}')\n" for name in names)
    dag = one(f"with DAG('d'):\n{text}    {' >> '.join(names)}\n")
    assert needs(dag)["t599"] == ["t598"]
    (task,) = one(f"NUMBER = {' + '.join(['1'] * 2000)}\nwith DAG('d'): E(task_id=f't{{NUMBER}}')\n").tasks
    assert task == "t2000"


def test_a_call_is_no_list() -> None:
    """Calls and unknown values have parts, and are still one thing each."""
    dags, notes = read("from x import f\nwith DAG('d'):\n    for one in f(): E(task_id=f'a_{one}')\n    x, y = f()\n")
    assert list(dags["d"].tasks) == ["a_one"]
    assert len(notes) == 1
    assert not isinstance(Call("x", (), {}, 1), tuple)


def test_a_function_that_makes_a_dag_and_is_never_called_is_named() -> None:
    told = refused("import airflow\ndef build(x):\n    return airflow.DAG(x)\n")
    assert told == "some.py:2: holds no DAG: nothing in it calls build(); import the file that does"


def test_a_function_under_a_decorator_from_elsewhere_is_taken_for_a_task_unless_it_makes_some() -> None:
    dags, notes = read("""
from astro import sql as aql
@aql.transform()
def clean(x):
    return x
@aql.many
def more():
    return E(task_id="made")
with DAG("d"):
    clean(clean(1)) >> more()
""")
    assert needs(dags["d"]) == {"clean": [], "clean__1": ["clean"], "made": ["clean__1"]}
    assert dags["d"].tasks["clean"].kind == "@transform"
    assert [(manner, line) for manner, _, line in notes] == [("missed", 4)]


def test_in_a_dag_without_tasks_what_comes_from_elsewhere_makes_them() -> None:
    dags, notes = read("""
from x import append, size
with DAG("d"):
    append("a")
    append("b")
with DAG("e"):
    size(1)
    E(task_id="a")
""")
    assert {name: list(dag.tasks) for name, dag in dags.items()} == {"d": ["append", "append__1"], "e": ["a"]}
    assert [(manner, line) for manner, _, line in notes] == [("missed", 4)]


def test_the_order_is_always_the_same() -> None:
    """Sets have none of their own."""
    dag = one("""
with DAG("d", tags={"b", "a", "c"}):
    some = set()
    for name in {"x", "y", "z"} | set("ab"):
        some.add(E(task_id=name))
    BashOperator(task_id="all", env=set(one.output for one in some)) >> list(some)
""")
    assert list(dag.tasks) == ["a", "b", "x", "y", "z", "all"]
    assert list(dag.tasks["all"].needs) == ["a", "b", "x", "y", "z"]
    assert list(dag.tasks["a"].needs) == ["all"]
