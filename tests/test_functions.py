"""Task functions: plain Python on rows, called when a try starts, once for what is there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import workbench as wb
from workbench.keeping import Keeper, reopen
from workbench.session import Session

Rows = list[dict[str, Any]]


class Bench:
    """A pipeline with its Python module beside it, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, pipeline: str, module: str = "", **files: str) -> Bench:
        (self.folder / "flights.yaml").write_text(dedent(pipeline), encoding="utf-8")
        (self.folder / "flights.py").write_text(dedent(module), encoding="utf-8")
        for name, text in files.items():
            (self.folder / f"{name}.csv").write_text(dedent(text), encoding="utf-8")
        return self

    def session(self, **options: Any) -> Session:
        return wb.load(self.folder / "flights.yaml", **options)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def daily(name: str = "d", **options: Any) -> wb.Dag:
    return wb.Dag(name, schedule="0 6 * * *", start="2013-01-01", **options)


def ran(what: wb.Dag | Session, until: str = "2013-01-02T08:00Z") -> Session:
    s = what if isinstance(what, Session) else Session(what)
    s.run_until(until)
    return s


def wrote(s: Session, task: str, partition: str = "2013-01-01", dag: str = "d") -> Rows | None:
    """The rows of the task's last try."""
    run = s.state.known.run_of(dag, partition)
    assert run is not None
    content = run.cells[task].attempts[-1].content
    return None if content is None else s._dataflow.store.get(content)


PIPELINE = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs:
      sales-eu: {expected: "05:50", path: "sales.csv"}
      fares: {expected: "06:30", path: "fares.csv"}
    tasks:
      load: {needs: [sales-eu], reads: [fares], run: "flights:load"}
      clean: {needs: [load], run: "flights:clean"}
    ---
    dag: other
    schedule: "30 6 * * *"
    start: 2013-01-01
    tasks:
      sum: {needs: [d.clean], run: "flights:total"}
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
"""
MODULE = """
    def load(fares, sales_eu, ctx):
        return [{"sales": len(sales_eu), "fares": len(fares), "missing": list(ctx.missing), "number": ctx.number}]

    def clean(load):
        return [{**row, "clean": True} for row in load]

    def total(d_clean):
        return [{"rows": len(d_clean)}]
"""
SALES = "amount\n3\n4\n"


def test_parameters_come_by_name(bench: Bench) -> None:
    s = ran(bench.write(PIPELINE, MODULE, sales=SALES, fares="fare\n1\n").session())
    assert wrote(s, "clean") == [{"sales": 2, "fares": 0, "missing": ["fares"], "number": 1, "clean": True}]
    assert wrote(s, "sum", dag="other") == [{"rows": 1}]


def test_what_is_not_there_is_an_empty_list_and_named_as_missing(bench: Bench) -> None:
    bench.write(PIPELINE.replace("06:30", "05:40"), MODULE, sales=SALES, fares="fare\n1\n")
    row = wrote(ran(bench.session()), "load")
    assert row == [{"sales": 2, "fares": 1, "missing": [], "number": 1}]


def test_what_a_function_may_know() -> None:
    dag = daily(timezone="Europe/Berlin")
    seen: list[Any] = []

    @dag.task(takes="3m", retries={"max": 1, "delay": "5m"})
    def load(ctx: Any) -> Rows:
        seen.append(ctx)
        raise ValueError("no")

    ran(dag)
    first, second = seen
    assert (first.dag, first.task, first.partition, first.number, first.missing) == ("d", "load", "2013-01-01", 1, ())
    spans = [f"{at:%d %H:%M %Z}" for at in (first.start, first.end, first.now, second.now)]
    assert spans == ["01 00:00 CET", "02 00:00 CET", "02 06:00 CET", "02 06:08 CET"]
    assert second.number == 2
    with pytest.raises(AttributeError):
        first.number = 3


def test_rows_pass_through_a_task_without_a_function() -> None:
    dag = daily()

    @dag.task
    def load() -> Rows:
        return [{"n": 1}]

    dag["load"] >> dag.task("copy") >> dag.task("again")
    [dag["load"], dag["copy"]] >> dag.task("join")
    s = ran(dag)
    assert wrote(s, "again") == [{"n": 1}]
    assert wrote(s, "join") is None


def failure(function: Callable[..., Any]) -> str:
    dag = daily()
    dag.task("load", function=function)
    return ran(dag).why("load").headline.removeprefix("load failed for good 06:01 (try 1 of 1): ")


def line_of(function: Callable[..., Any], after: int = 0) -> str:
    return f"(test_functions.py:{function.__code__.co_firstlineno + after})"


def test_an_exception_is_a_failed_try_with_file_and_line() -> None:
    def load() -> Rows:
        return int("x")  # type: ignore[return-value]

    assert failure(load) == f"ValueError: invalid literal for int() with base 10: 'x' {line_of(load, 1)}."
    dag = daily()
    dag.task("load", function=load, retries=1)
    s = ran(dag)
    run = s.state.known.run_of("d", "2013-01-01")
    assert run is not None
    assert [(a.state, a.reason) for a in run.cells["load"].attempts] == [("failed", "bug")] * 2


def test_the_line_is_in_the_users_file() -> None:
    def load() -> Rows:
        import json

        return json.loads("{")  # type: ignore[no-any-return]

    assert failure(load).endswith(f"{line_of(load, 3)}.")


def test_a_message_of_several_lines_becomes_one() -> None:
    def load() -> Rows:
        raise ValueError("one\n  two")

    assert failure(load) == f"ValueError: one two {line_of(load, 1)}."


def test_an_exit_ends_the_try_and_not_the_program() -> None:
    def load() -> Rows:
        raise SystemExit

    assert failure(load) == f"SystemExit {line_of(load, 1)}."


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (5, "TypeError: the function returned int; it must return a list of dicts (rows), or None"),
        ([1, 2], "TypeError: the function returned list; it must return a list of dicts (rows), or None"),
        ({"n": 1}, "TypeError: the function returned dict; it must return a list of dicts (rows), or None"),
        ([{"n": {1}}], "TypeError: rows must hold JSON values (text, numbers, lists, ...): Object of type set is not"),
        ([{"n": timedelta(1)}], "TypeError: rows must hold JSON values (text, numbers, lists, ...)"),
    ],
)
def test_a_wrong_result_is_a_bug_of_the_function(made: Any, said: str) -> None:
    def load() -> Any:
        return made

    assert failure(load).startswith(said)
    assert failure(load).endswith(f"{line_of(load)}.")


def test_a_parameter_that_nobody_gives_is_a_bug_of_the_function() -> None:
    def load(fares: Rows) -> Rows:
        return fares

    assert "missing 1 required positional argument: 'fares'" in failure(load)


def test_no_rows_and_nothing() -> None:
    dag = daily()
    dag.task("empty", function=list)
    dag.task("nothing", function=lambda: None)
    s = ran(dag)
    assert (wrote(s, "empty"), wrote(s, "nothing")) == ([], None)
    assert s.why("empty").headline == "empty ended 06:01, well. It wrote 0 rows."
    assert s.why("nothing").headline == "nothing ended 06:01, well."


# once for what is there


CALLS: list[str] = []  # not in a closure: what a closure holds is a part of the code


def counted() -> tuple[wb.Dag, list[str]]:
    CALLS.clear()
    dag = daily()
    dag.input("sales", expected="05:50")

    @dag.task(takes="10m", retries={"max": 1, "delay": "1m"})
    def load(sales: Rows, ctx: Any) -> Rows:
        CALLS.append(f"load {ctx.partition[-2:]} try {ctx.number} without {' '.join(ctx.missing) or 'nothing'}")
        return [{"day": ctx.partition, "missing": len(ctx.missing)}]

    @dag.task
    def clean(load: Rows, ctx: Any) -> Rows:
        CALLS.append(f"clean {ctx.partition[-2:]}")
        return load

    return dag, CALLS


FIRST = ["load 01 try 1 without nothing", "clean 01"]


def test_called_once_however_often_one_goes_back_and_forth() -> None:
    dag, calls = counted()
    s = Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    ran(s)
    assert calls == FIRST
    s.back("05:00")
    ran(s)
    for number in range(s.position):
        s.seek(number).why("clean")
    s.back("06:05")
    while s.back():
        pass
    ran(s)
    assert calls == FIRST


def test_a_fork_with_equal_inputs_calls_nothing_again() -> None:
    dag, calls = counted()
    s = ran(Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z"))))
    s.back("05:55")
    s.edit(wb.SetTask("clean", {"priority": 7}))
    ran(s)
    assert (s.branch.name, calls) == ("B", FIRST)


def test_a_fork_with_other_inputs_calls_again() -> None:
    dag, calls = counted()
    s = ran(Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z"))))
    s.back("05:40")
    s.inject(wb.Never("sales", "2013-01-01"))
    ran(s)
    assert calls == [*FIRST, "load 01 try 1 without sales", "clean 01"]
    assert wrote(s, "clean") == [{"day": "2013-01-01", "missing": 1}]


def test_a_second_try_calls_again() -> None:
    dag, calls = counted()
    s = Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z"), faults=(wb.Flaky("load", tries=1),)))
    ran(s)
    assert calls == ["load 01 try 2 without nothing", "clean 01"]  # the try that crashed made nothing


def test_other_code_is_called_again() -> None:
    dag, calls = counted()
    s = ran(Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z"))))
    s.back("05:55")
    s.edit(wb.SetTask("clean", {"function": lambda load: [*load, {"day": "more"}]}))
    ran(s)
    assert calls == FIRST
    assert wrote(s, "clean") == [{"day": "2013-01-01", "missing": 0}, {"day": "more"}]


def test_code_that_differs_only_in_what_it_holds_is_called_again() -> None:
    def adding(number: int) -> Callable[..., Rows]:
        return lambda load, more=number: [*load, {"n": more}]

    dag = daily()
    dag.task("load", function=lambda: [{"n": 0}])
    dag["load"] >> dag.task("add", function=adding(1))
    s = ran(dag)
    assert wrote(s, "add") == [{"n": 0}, {"n": 1}]
    s.back("2013-01-02T05:00Z")
    s.edit(wb.SetTask("add", {"function": adding(2)}))
    ran(s)
    assert wrote(s, "add") == [{"n": 0}, {"n": 2}]


def test_nobody_sees_what_a_function_does_to_its_rows() -> None:
    dag = daily()
    mine: Rows = [{"n": 1, "tags": []}]

    @dag.task
    def load() -> Rows:
        return mine

    @dag.task
    def spoil(load: Rows) -> Rows:
        load[0]["n"] = 99
        load[0]["tags"].append("spoilt")
        load.append({"n": 100})
        return load

    @dag.task
    def clean(load: Rows, spoil: Rows) -> Rows:
        return load

    s = ran(dag)
    mine[0]["tags"].append("later")
    assert wrote(s, "load") == [{"n": 1, "tags": []}]
    assert wrote(s, "clean") == [{"n": 1, "tags": []}]
    assert wrote(s, "spoil") == [{"n": 99, "tags": ["spoilt"]}, {"n": 100}]


# the module beside the file


def test_a_module_is_loaded_under_a_private_name_and_may_hold_dataclasses(bench: Bench) -> None:
    module = """
        from __future__ import annotations
        from dataclasses import asdict, dataclass

        @dataclass
        class Row:
            name: str

        def load():
            return [asdict(Row(__name__))]
    """
    pipeline = """
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {run: "json:load"}}
    """
    bench.write(pipeline)
    (bench.folder / "json.py").write_text(dedent(module), encoding="utf-8")
    import json

    s = ran(bench.session())
    assert sys.modules["json"] is json
    rows = wrote(s, "load")
    assert rows is not None
    assert rows[0]["name"].startswith("_workbench_")
    assert rows[0]["name"].endswith("_json")


NOISY = """
    from pathlib import Path

    with Path(__file__).with_name("imported.txt").open("a") as file:
        file.write("x")

    def load():
        return [{"n": 1}]
"""
QUIET_PIPELINE = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {load: {run: "flights:load"}}
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
"""


def test_nothing_is_imported_before_a_run_needs_it(bench: Bench, tmp_path: Path) -> None:
    bench.write(QUIET_PIPELINE, NOISY)
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = bench.session(history=keeper)
        imported = tmp_path / "imported.txt"
        s.run_until("05:59")
        s.why("load")
        assert not imported.exists()
        s.run_until("07:00")
        assert imported.read_text() == "x"
        s.run_until("2013-01-03T07:00Z")
        assert imported.read_text() == "x"
        imported.unlink()
    with Keeper.open(tmp_path / "history.db") as keeper:
        again = reopen(keeper)
        again.seek(3).seek("07:00").why("load")
        assert not imported.exists()
        again.run_until("2013-01-04T07:00Z")
        assert imported.read_text() == "x"


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import nowhere\ndef load(): pass", "but flights.py fails: ModuleNotFoundError: No module named 'nowhere'"),
        ("1 / 0\ndef load(): pass", "but flights.py fails: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\ndef load(): pass", "but flights.py fails: SystemExit: 3"),
        ("from os import sep as load", "but flights.py has no function 'load'"),
    ],
)
def test_a_module_that_cannot_be_used(bench: Bench, module: str, said: str) -> None:
    s = bench.write(QUIET_PIPELINE, module).session()
    with pytest.raises(wb.InvalidInput) as caught:
        s.run_until("07:00")
    assert str(caught.value) == f"{bench.folder / 'flights.yaml'}:5: task 'load' runs 'flights:load', {said}"


def test_a_module_that_is_gone_when_it_is_needed(bench: Bench) -> None:
    s = bench.write(QUIET_PIPELINE, NOISY).session()
    (bench.folder / "flights.py").unlink()
    with pytest.raises(wb.InvalidInput, match="but there is no file"):
        s.run_until("07:00")


def test_an_input_file_that_cannot_be_read(bench: Bench) -> None:
    s = bench.write(PIPELINE, MODULE, sales=SALES).session()
    with pytest.raises(wb.InvalidInput, match=r"flights.yaml:7: input 'fares' of 2013-01-01: there is no file"):
        s.run_until("07:00")
    (bench.folder / "fares.csv").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(wb.InvalidInput, match="is not readable as CSV or JSON lines in UTF-8"):
        bench.session().run_until("07:00")
    (bench.folder / "fares.csv").write_text("fare\n1\n", encoding="utf-8")
    s.run_until("07:00")
    assert s.why("sum").state == "success"


def test_rows_that_cannot_be_made_again_are_refused(tmp_path: Path) -> None:
    def made(number: int) -> wb.Dag:
        dag = daily()
        dag.task("load", function=lambda: [{"n": number}])
        dag["load"] >> dag.task("copy")
        return dag

    with Keeper.open(tmp_path / "history.db") as keeper:
        Session(made(1), history=keeper).run_until("2013-01-02T06:00:30Z")
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = reopen(keeper, workspace=made(1))
        assert s.run_until("2013-01-02T07:00Z")
        s.back("2013-01-02T06:00:30Z")
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = reopen(keeper, workspace=made(2))
        s.back("2013-01-02T06:01Z")
        with pytest.raises(wb.InvalidInput) as caught:
            s.edit(wb.AddTask(wb.Task("later", needs=("load",))))
        said = "the rows that load of 2013-01-01 wrote cannot be made again: its code or inputs changed"
        assert str(caught.value) == said
        assert list(s.branches) == ["A"]
