"""`x.name` and `x[key]`, looked up and set, for the things of a file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from workbench.importing.airflow import known
from workbench.importing.airflow.making import mark
from workbench.importing.airflow.parts import UNTOLD, Call, Unknown
from workbench.importing.airflow.plain import plain, references
from workbench.importing.airflow.state import Walk, line_of
from workbench.importing.airflow.things import (
    Bound,
    Class,
    Dag,
    DagFunction,
    Function,
    Group,
    GroupFunction,
    Instance,
    Label,
    Named,
    OperatorPart,
    Part,
    Result,
    Scope,
    Super,
    Task,
    TaskFunction,
)  # fmt: skip
from workbench.importing.airflow.wiring import arrow

# Enumerations whose members are texts: "all_done".
_TEXTS = ("TriggerRule", "WeightRule")


def attribute(walk: Walk, owner: Any, name: str, node: ast.AST) -> Any:
    if isinstance(owner, Unknown):
        return _of_unknown(walk, owner, name, node)
    find = _FINDERS.get(type(owner))
    if find is not None:
        return find(walk, owner, name, node)
    return _of_plain(walk, owner, name, node)


def _of_unknown(walk: Walk, owner: Unknown, name: str, node: ast.AST) -> Any:
    if owner.otherwise is UNTOLD:
        return walk.unknown(node)
    found = attribute(walk, owner.otherwise, name, node)
    if isinstance(found, Bound):
        return Bound(owner, name)
    return found if isinstance(found, Unknown) else walk.unknown(node, found)


def _of_plain(walk: Walk, owner: Any, name: str, node: ast.AST) -> Any:
    if name in known.ATTRIBUTES.get(type(owner), ()):
        return getattr(owner, name)
    if name == "value" or (name == "name" and isinstance(owner, str)):  # a member of an enumeration
        return owner
    return Bound(owner, name)


def _of_named(walk: Walk, owner: Named, name: str, node: ast.AST) -> Any:
    if owner.last in _TEXTS and name.isupper():
        return name.lower()
    full = f"{owner.name}.{name}"
    return known.CONSTANTS.get(full, Named(full))


def _of_task(walk: Walk, task: Task, name: str, node: ast.AST) -> Any:
    if name in _OF_TASK:
        return _OF_TASK[name](task)
    return Bound(task, name) if name in NODE_METHODS else task.made.given.get(name, walk.unknown(node))


_OF_TASK: dict[str, Callable[[Task], Any]] = {
    "task_id": lambda task: task.task_id, "output": lambda task: Result((task,)), "dag": lambda task: task.dag,
    "dag_id": lambda task: task.dag.dag_id if task.dag else None, "operator": lambda task: task,
    "upstream_list": lambda task: task.up_tasks, "downstream_list": lambda task: task.down_tasks,
    "upstream_task_ids": lambda task: list(task.ups), "downstream_task_ids": lambda task: list(task.downs),
    "is_setup": lambda task: task.made.is_setup, "is_teardown": lambda task: task.made.is_teardown,
    "task_group": lambda task: task.group, "label": lambda task: task.task_id.rpartition(".")[2],
}  # fmt: skip
NODE_METHODS = ("set_upstream", "set_downstream", "as_setup", "as_teardown", "update_relative", "add", "map", "zip",
                "concat", "__rshift__", "__lshift__", "get_child_by_label", "output")  # fmt: skip


def _of_result(walk: Walk, result: Result, name: str, node: ast.AST) -> Any:
    if name in NODE_METHODS:
        return Bound(result, name)
    if name == "operator" and result.tasks:
        return result.tasks[0]
    return _of_task(walk, result.tasks[0], name, node) if result.tasks else walk.unknown(node)


def _of_group(walk: Walk, group: Group, name: str, node: ast.AST) -> Any:
    if name in ("group_id", "node_id"):
        return group.group_id
    if name in ("dag", "children", "default_args"):
        return getattr(group, name)
    return Bound(group, name)


def _of_dag(walk: Walk, dag: Dag, name: str, node: ast.AST) -> Any:
    own = {"dag_id": dag.dag_id, "default_args": dag.default_args, "task_dict": dag.tasks,
           "tasks": list(dag.tasks.values()), "task_ids": list(dag.tasks), "task_group_dict": dag.groups}  # fmt: skip
    if name in own:
        return own[name]
    return dag.made.given[name] if name in dag.made.given else Bound(dag, name)


def _of_instance(walk: Walk, owner: Instance, name: str, node: ast.AST) -> Any:
    if name in owner.names:
        return owner.names[name]
    return _member(walk, owner, owner.kind.member(name), name, node)


def _member(walk: Walk, owner: Instance, found: Any, name: str, node: ast.AST) -> Any:
    if name == "__class__":
        return owner.kind
    if not isinstance(found, Function):
        return walk.unknown(node) if found is None else found
    if found.way == "property":
        return walk.call(walk, Bound(owner, name, found), (), {}, node)
    return found if found.way == "staticmethod" else Bound(owner, name, found)


def _of_class(walk: Walk, owner: Class, name: str, node: ast.AST) -> Any:
    if name == "__name__":
        return owner.name
    found = owner.member(name)
    if found is None:
        return Bound(owner, name)
    return Bound(owner, name, found) if isinstance(found, Function) and found.way == "classmethod" else found


def _of_super(walk: Walk, owner: Super, name: str, node: ast.AST) -> Any:
    found = owner.owner.kind.member(name, owner.after)
    return Bound(owner, name) if found is None else _member(walk, owner.owner, found, name, node)


def _bound(walk: Walk, owner: Any, name: str, node: ast.AST) -> Any:
    return getattr(owner.function, "name", "?") if name == "__name__" else Bound(owner, name)


def _of_function(walk: Walk, owner: Function, name: str, node: ast.AST) -> Any:
    return owner.name if name == "__name__" else walk.unknown(node)


def _unknown(walk: Walk, owner: Any, name: str, node: ast.AST) -> Any:
    return walk.unknown(node)


_FINDERS: dict[type, Callable[[Walk, Any, str, ast.AST], Any]] = {
    Named: _of_named, Task: _of_task, Result: _of_result, Group: _of_group, Dag: _of_dag, Instance: _of_instance,
    Class: _of_class, Super: _of_super, TaskFunction: _bound, GroupFunction: _bound, DagFunction: _bound,
    OperatorPart: lambda walk, owner, name, node: Bound(owner, name), Function: _of_function,
    Label: lambda walk, owner, name, node: Bound(owner, name), Call: _unknown, Part: _unknown, Bound: _unknown,
}  # fmt: skip


def item(walk: Walk, owner: Any, key: Any, node: ast.AST) -> Any:
    if isinstance(owner, Result):
        return owner
    if isinstance(owner, Group):
        return owner.children.get(owner.child_id(str(key)), walk.unknown(node))
    if isinstance(owner, Class):
        return owner.member(str(key)) or walk.unknown(node)
    if isinstance(owner, Named):  # list[str]
        return owner if owner.last[:1].isupper() or "." not in owner.name else walk.unknown(node)
    if isinstance(owner, Dag):
        return owner.tasks.get(str(key), walk.unknown(node))
    sure = not isinstance(owner, Unknown) and not isinstance(key, Unknown)
    some = owner.otherwise if isinstance(owner, Unknown) else owner
    by = key.otherwise if isinstance(key, Unknown) else key
    if some is UNTOLD or by is UNTOLD or not isinstance(some, str | list | tuple | dict | range):
        return walk.unknown(node)
    try:
        found = some[by]
    except known.ORDINARY:
        return walk.unknown(node)
    return found if sure or isinstance(found, Unknown) else walk.unknown(node, found)


def assign_part(walk: Walk, target: ast.expr, one: Any, scope: Scope) -> None:
    """`x.name = one`, `x[key] = one`."""
    if isinstance(target, ast.Attribute):
        _set_attribute(walk, walk.value(walk, target.value, scope), target.attr, one, line_of(target))
    elif isinstance(target, ast.Subscript):
        owner = walk.value(walk, target.value, scope)
        key = None if isinstance(target.slice, ast.Slice) else walk.value(walk, target.slice, scope)
        try:
            if isinstance(owner, dict):
                owner[key.text if isinstance(key, Unknown) else key] = one
            elif isinstance(owner, list) and isinstance(key, int):
                owner[key] = one
        except known.ORDINARY:
            return


def _set_attribute(walk: Walk, owner: Any, name: str, one: Any, line: int) -> None:
    if isinstance(owner, Result):
        for task in owner.tasks:
            _set_attribute(walk, task, name, one, line)
    elif isinstance(owner, Task):
        _set_of_task(walk, owner, name, one)
    elif isinstance(owner, Dag):
        owner.made.given[name] = plain(walk, one)
        if name == "default_args" and isinstance(one, dict):
            owner.default_args = dict(one)
    elif isinstance(owner, Instance | Class):
        owner.names[name] = one


def _set_of_task(walk: Walk, task: Task, name: str, one: Any) -> None:
    if name in ("is_setup", "is_teardown"):
        mark(task, **{name: one is True})
    elif name == "dag" and isinstance(one, Dag) and task.dag is None:
        one.add(task)
    else:
        task.made.given[name] = plain(walk, one)
        for up in dict.fromkeys(references(walk, one)):
            arrow(up, task)
            walk.happened()
