"""Methods of DAGs, groups, tasks and results, of decorated functions, and of plain values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from workbench.importing.airflow import known
from workbench.importing.airflow.expressions import lifted, stand_in
from workbench.importing.airflow.making import (
    call_task,
    count,
    draw,
    map_group,
    map_operator,
    mark,
    named_args,
)
from workbench.importing.airflow.parts import UNTOLD, Unknown
from workbench.importing.airflow.state import Walk, line_of
from workbench.importing.airflow.things import (
    Class,
    Dag,
    DagFunction,
    Decorator,
    Group,
    GroupFunction,
    Label,
    OperatorPart,
    Result,
    Super,
    Task,
    TaskFunction,
)  # fmt: skip

Args = Sequence[Any]
Given = dict[str, Any]


def method(walk: Walk, owner: Any, name: str, args: Args, given: Given, node: ast.AST) -> Any:
    find = _OF.get(type(owner))
    if find is not None:
        handler = find.get(name)
        return handler(walk, owner, args, given, node) if handler else walk.unknown(node)
    return _of_plain(walk, owner, name, args, given, node)


def _of_plain(walk: Walk, owner: Any, name: str, args: Args, given: Given, node: ast.AST) -> Any:
    """What a list or a dict takes may be unknown; what a text or a number takes may not."""
    if isinstance(owner, list) and name == "sort":
        owner.sort(key=str)
        return None
    if (
        isinstance(owner, list | dict | set) and not any(isinstance(one, Unknown) for one in args[:1])
    ) or name == "append":
        try:
            return known.method(owner, name, args, given)
        except known.ORDINARY:
            return walk.unknown(node)
    names = list(given)
    return lifted(
        walk, node,
        lambda *some: known.method(owner, name, some[: len(args)], dict(zip(names, some[len(args) :], strict=True))),
        *args, *given.values(),
    )  # fmt: skip


def _down(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST) -> Any:
    return _set(walk, owner, args, given, node, False)


def _up(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST) -> Any:
    return _set(walk, owner, args, given, node, True)


def _set(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST, is_up: bool) -> Any:
    line = line_of(node)
    for one in [*args, *given.values()][:1]:
        draw(walk, owner, stand_in(walk, one, line), line, is_up)


def _tasks_of(owner: Any) -> Sequence[Task]:
    return owner.tasks if isinstance(owner, Result) else (owner,)


def _as_setup(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST) -> Any:
    for task in _tasks_of(owner):
        mark(task, is_setup=True)
    return owner


def _as_teardown(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST) -> Any:
    setups = given.get("setups")
    for task in _tasks_of(owner):
        mark(task, is_teardown=True)
        if "on_failure_fail_dagrun" in given:
            task.made.given["on_failure_fail_dagrun"] = given["on_failure_fail_dagrun"]
        for setup in setups if isinstance(setups, list | tuple | set) else [setups] if setups is not None else []:
            one = stand_in(walk, setup, line_of(node))
            for part in _tasks_of(one) if isinstance(one, Task | Result) else ():
                mark(part, is_setup=True)
            draw(walk, one, task, line_of(node))
    return owner


def _same(walk: Walk, owner: Any, args: Args, given: Given, node: ast.AST) -> Any:
    """`.map(f)`, `.zip(other)`, `.concat(other)` of results lead back to all of them."""
    some = [owner, *args]
    return Result(
        tuple(dict.fromkeys(task for one in some if isinstance(one, Result | Task) for task in _tasks_of(one)))
    )


def _get_task(walk: Walk, dag: Dag, args: Args, given: Given, node: ast.AST) -> Any:
    task_id = named_args(("task_id",), args, given).get("task_id")
    return dag.tasks.get(str(task_id)) or walk.unknown(node)


def _add_task(walk: Walk, dag: Dag, args: Args, given: Given, node: ast.AST) -> Any:
    for one in args:
        for task in one if isinstance(one, list | tuple) else [one]:
            if isinstance(task, Task) and task.dag is None:
                dag.add(task)
                walk.happened()


def _add_to_group(walk: Walk, group: Group, args: Args, given: Given, node: ast.AST) -> Any:
    for task in args:
        if isinstance(task, Task) and task not in group.tasks:
            group.take(task)
            task.group = group


def _param(walk: Walk, dag: Dag, args: Args, given: Given, node: ast.AST) -> Any:
    return walk.unknown(node, args[1] if len(args) > 1 else UNTOLD)


def _dag_task(walk: Walk, dag: Dag, args: Args, given: Given, node: ast.AST) -> Any:
    made = Decorator("@task", {**given, "dag": dag}, line_of(node))
    return TaskFunction("@task", args[0], made.given) if args else made


def _child(walk: Walk, group: Group, args: Args, given: Given, node: ast.AST) -> Any:
    return group.children.get(group.child_id(str(args[0])), walk.unknown(node)) if args else walk.unknown(node)


def _override(walk: Walk, thing: Any, args: Args, given: Given, node: ast.AST) -> Any:
    return replace(thing, given={**thing.given, **given})


def _partial(walk: Walk, thing: Any, args: Args, given: Given, node: ast.AST) -> Any:
    return replace(thing, partial={**thing.partial, **given})


def _expand(walk: Walk, thing: TaskFunction, args: Args, given: Given, node: ast.AST) -> Any:
    return call_task(walk, thing, (), given, node, count(given))


def _expand_dicts(walk: Walk, thing: TaskFunction, args: Args, given: Given, node: ast.AST) -> Any:
    mapped = args[0] if args else given.get("kwargs")
    return call_task(walk, thing, (), {"kwargs": mapped}, node, count(mapped) if isinstance(mapped, list) else None)


def _expand_group(walk: Walk, thing: GroupFunction, args: Args, given: Given, node: ast.AST) -> Any:
    return map_group(walk, thing, given, node)


def _expand_group_dicts(walk: Walk, thing: GroupFunction, args: Args, given: Given, node: ast.AST) -> Any:
    mapped = args[0] if args else given.get("kwargs")
    names = [one.arg for one in thing.function.node.args.args if one.arg not in thing.partial] or ["kwargs"]
    return map_group(walk, thing, dict.fromkeys(names, mapped), node)


def _expand_operator(walk: Walk, thing: OperatorPart, args: Args, given: Given, node: ast.AST) -> Any:
    return map_operator(walk, thing, given, node)


def _expand_operator_dicts(walk: Walk, thing: OperatorPart, args: Args, given: Given, node: ast.AST) -> Any:
    return map_operator(walk, thing, args[0] if args else given.get("kwargs"), node)


def _part_of_class(walk: Walk, thing: Class, args: Args, given: Given, node: ast.AST) -> Any:
    return OperatorPart(thing, given, line_of(node))


def _init_of_base(walk: Walk, thing: Super, args: Args, given: Given, node: ast.AST) -> Any:
    thing.owner.given |= given


_WIRED = {"set_downstream": _down, "set_upstream": _up, "__rshift__": _down, "__lshift__": _up}
_MARKED = {"as_setup": _as_setup, "as_teardown": _as_teardown}
_MAPPED = {"map": _same, "zip": _same, "concat": _same}
_OF: dict[type, dict[str, Callable[[Walk, Any, Args, Given, ast.AST], Any]]] = {
    Task: {**_WIRED, **_MARKED},
    Result: {**_WIRED, **_MARKED, **_MAPPED},
    Label: dict(_WIRED),
    Group: {**_WIRED, "add": _add_to_group, "get_child_by_label": _child},
    Dag: {"get_task": _get_task, "add_task": _add_task, "add_tasks": _add_task, "param": _param, "task": _dag_task},
    TaskFunction: {"override": _override, "partial": _partial, "expand": _expand, "expand_kwargs": _expand_dicts},
    GroupFunction: {"override": _override, "partial": _partial, "expand": _expand_group,
                    "expand_kwargs": _expand_group_dicts},
    OperatorPart: {"expand": _expand_operator, "expand_kwargs": _expand_operator_dicts},
    DagFunction: {},
    Class: {"partial": _part_of_class},
    Super: {"__init__": _init_of_base},
}  # fmt: skip
