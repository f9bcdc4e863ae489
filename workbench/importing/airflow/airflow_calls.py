"""Airflow's own classes, functions and decorators, by their names: what a call of each makes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from workbench.importing.airflow import wiring
from workbench.importing.airflow.expressions import items, stand_in
from workbench.importing.airflow.making import make_dag, make_group, make_task, named_args
from workbench.importing.airflow.parts import Call
from workbench.importing.airflow.state import Walk, line_of
from workbench.importing.airflow.things import (
    DagFunction,
    Decorator,
    Function,
    GroupFunction,
    Label,
    Named,
    Result,
    Task,
    TaskFunction,
)  # fmt: skip

Args = Sequence[Any]
Given = dict[str, Any]

# What is read when the file runs, and by which names its default is given.
OTHERWISE = {
    "os.environ.get": ("default",), "os.getenv": ("default",), "environ.get": ("default",), "getenv": ("default",),
    **{f"{module}.Variable.get": ("default_var", "default", "deserialize_default")
       for module in ("airflow.models", "airflow.sdk", "airflow.models.variable", "airflow.sdk.definitions.variable")},
    **{f"{module}.conf.{name}": ("fallback",) for module in ("airflow.configuration", "airflow.sdk.configuration")
       for name in ("get", "getint", "getboolean", "getfloat")},
    "Variable.get": ("default_var", "default"),
}  # fmt: skip


def _dag(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    return make_dag(walk, args, given, line_of(node))


def _group(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    return make_group(walk, args, given, line_of(node))


def _label(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    return Label()


def _result(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    found = named_args(("operator", "key"), args, given).get("operator")
    return found if isinstance(found, Result) else Result((found,)) if isinstance(found, Task) else walk.unknown(node)


def _wired(draw: Callable[..., None]) -> Callable[[Walk, Named, Args, Given, ast.AST], Any]:
    """chain(a, b, [c, d]) and its like."""

    def wire(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
        line = line_of(node)
        elements = [stand_in(walk, _listed(one), line) for one in (*args, *given.values())]
        walk.spend(sum(len(one) if isinstance(one, list) else 1 for one in elements))
        try:
            draw(elements)
        except wiring.Unwired as error:
            walk.note("missed", str(error), line)
        walk.happened()

    return wire


def _listed(one: Any) -> Any:
    found, _ = items(one) if isinstance(one, tuple | set | dict) else (None, False)
    return one if found is None else found


def _crossed(elements: list[Any]) -> None:
    if len(elements) == 2:
        wiring.cross_downstream(*elements)


def _decorator(kind: str) -> Callable[[Walk, Named, Args, Given, ast.AST], Any]:
    """`@kind` and `@kind(...)`."""

    def decorate(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
        own = dict(given)
        if args and isinstance(args[0], str):  # @dag("name")
            own.setdefault("dag_id", args[0])
            args = args[1:]
        made = Decorator(_kind(thing) if kind == "task" else kind, own, line_of(node))
        is_bare = args and not isinstance(args[0], str) and not isinstance(args[0], Named)
        return apply(walk, made, args[0], node) if is_bare else made

    return decorate


def _kind(thing: Named) -> str:
    before, _, last = thing.name.rpartition(".")
    return f"@task.{last}" if before.rpartition(".")[2] == "task" else "@task"


def apply(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    """What a decorator makes of a function."""
    if thing.kind not in _APPLIED:
        inner = function.function if isinstance(function, TaskFunction) else function
        return TaskFunction(thing.kind, inner, thing.given)
    return _APPLIED[thing.kind](walk, thing, function, node)


def _as_dag(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    return DagFunction(function, thing.given, line_of(getattr(function, "node", node)) or thing.line)


def _as_group(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    return GroupFunction(function, thing.given)


def _as_setup(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    return replace(_as_task(function), is_setup=True)


def _as_teardown(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    made = _as_task(function)
    return replace(made, is_teardown=True, given={**made.given, **thing.given})


def _as_task(function: Any) -> TaskFunction:
    return function if isinstance(function, TaskFunction) else TaskFunction("@task", function, {})


def _as_asset(walk: Walk, thing: Decorator, function: Any, node: ast.AST) -> Any:
    """`@asset`: a DAG of one task which makes the asset; the name stands for the asset."""
    if not isinstance(function, Function | TaskFunction):
        return walk.unknown(node)
    own = dict(thing.given)
    name = own.pop("name", None) or getattr(function, "name", None) or function.function.name  # type: ignore[union-attr]
    line = line_of(node)
    outlets = own.pop("outlets", None)
    uri = {"uri": own.pop("uri", name)}
    made = Call("airflow.sdk.Asset", (), {"name": name, **uri}, line)
    dag = make_dag(walk, (), {"dag_id": name, "catchup": False, **own}, line)
    dag.entered = True
    inner = _as_task(function)
    task_id = inner.given.get("task_id", getattr(inner.function, "name", name))
    make_task(walk, "@asset", {**inner.given, "task_id": task_id,
              "dag": dag, "outlets": outlets or [made], "python_callable": inner.function}, line, ())  # fmt: skip
    return made if outlets is None else Call("airflow.sdk.AssetAll", tuple(outlets), {}, line)


_APPLIED: dict[str, Callable[[Walk, Decorator, Any, ast.AST], Any]] = {
    "@dag": _as_dag, "@task_group": _as_group, "@setup": _as_setup, "@teardown": _as_teardown, "@asset": _as_asset,
    "@condition": lambda walk, thing, function, node: _with_condition(function),
}  # fmt: skip


def _with_condition(function: Any) -> Any:
    """`@task.run_if(...)`, `@task.skip_if(...)`, over `@task`: whether the task is skipped is known when it runs."""
    made = _as_task(function)
    return replace(made, given={**made.given, "pre_execute": Call("airflow.sdk.task.run_if", (), {}, 0)})


def _condition(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    return Decorator("@condition", {}, line_of(node))


AIRFLOW: dict[str, Callable[[Walk, Named, Args, Given, ast.AST], Any]] = {
    "DAG": _dag, "TaskGroup": _group, "Label": _label, "EdgeModifier": _label, "XComArg": _result,
    "PlainXComArg": _result,
    "chain": _wired(wiring.chain), "chain_linear": _wired(wiring.chain_linear), "cross_downstream": _wired(_crossed),
    "dag": _decorator("@dag"), "task": _decorator("task"), "task_group": _decorator("@task_group"),
    "setup": _decorator("@setup"), "teardown": _decorator("@teardown"), "asset": _decorator("@asset"),
    "asset.multi": _decorator("@asset"), "task.run_if": _condition, "task.skip_if": _condition, "run_if": _condition,
    "skip_if": _condition,
}  # fmt: skip
