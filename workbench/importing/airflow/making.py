"""DAGs, tasks and task groups, put together as Airflow does it: ids, prefixes, default arguments, mapping."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from workbench.importing.airflow import wiring
from workbench.importing.airflow.parts import UNTOLD, Made, MadeDag, Unknown
from workbench.importing.airflow.plain import plain, references
from workbench.importing.airflow.state import MOST_DAGS, Walk, line_of
from workbench.importing.airflow.things import (
    Class,
    Dag,
    DagFunction,
    Function,
    Group,
    GroupFunction,
    Named,
    OperatorPart,
    Result,
    Task,
    TaskFunction,
)  # fmt: skip

_OF_DAG = ("dag_id", "description", "schedule", "start_date", "end_date")
_OF_GROUP = ("group_id", "prefix_group_id", "parent_group", "dag", "default_args", "tooltip")
_TEARDOWN = "all_done_setup_success"


def named_args(names: Sequence[str], args: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Positional arguments by their names."""
    return {**dict(zip(names, args, strict=False)), **given}


def as_id(walk: Walk, value: Any, what: str, line: int) -> str:
    """The text of an id; one that only a run tells is made of how it is written, with a note."""
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown):
        if isinstance(value.otherwise, str):
            walk.note(
                "guessed", f"the id of {what} depends on `{value.text}`: its default was taken, {value.otherwise}", line
            )
            return value.otherwise
        found = re.sub(r"_*[^\w-]+_*", "_", value.text).strip("_") or what.replace(" ", "_")
        if not walk.unsure:
            told = f"the id of {what} is known only when the file runs (`{value.text}`)"
            walk.note("missed", f"{told}; here it is {found}", line)
        return found[:100]
    return str(value) if isinstance(value, int | float) else f"{what.replace(' ', '_')}_{line}"


def defaults(walk: Walk, value: Any, line: int) -> dict[Any, Any]:
    """default_args. What is not told has a note."""
    if isinstance(value, Unknown) and isinstance(value.otherwise, dict):
        value = value.otherwise
    if value is not None and not isinstance(value, dict):
        walk.note(
            "missed", "default_args come from elsewhere: what they say of retries and the like is not known", line
        )
    return dict(value) if isinstance(value, dict) else {}


def make_dag(walk: Walk, args: Sequence[Any], given: Mapping[str, Any], line: int) -> Dag:
    all_of = named_args(_OF_DAG, args, given)
    dag_id = as_id(walk, all_of.pop("dag_id", Unknown("dag", line)), "a DAG", line)
    default_args = defaults(walk, all_of.get("default_args"), line)
    dag = Dag(MadeDag(dag_id, plain(walk, {**all_of, "default_args": default_args}), line), default_args)
    if len(walk.dags) >= MOST_DAGS:
        raise walk.source.refuse(f"makes more than {MOST_DAGS} DAGs; so many are not read", line)
    walk.dags.append(dag)
    walk.happened()
    return dag


def call_dag(walk: Walk, thing: DagFunction, args: Sequence[Any], given: dict[str, Any], node: ast.AST) -> Dag:
    """A function under `@dag` is called: its DAG is made, its arguments become parameters of the DAG."""
    thing.is_called = True
    own = {"dag_id": getattr(thing.function, "name", "dag"), **thing.given}
    dag = make_dag(walk, (), own, thing.line)
    enter(walk, dag)
    try:
        walk.call(walk, thing.function, _parameters(thing, args, given), {}, node)
    finally:
        leave(walk, dag)
    return dag


def _parameters(thing: DagFunction, args: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    if not isinstance(thing.function, Function):
        return list(args)
    names = [one.arg for one in thing.function.node.args.args]
    by_name = dict(zip(names[len(names) - len(thing.function.defaults) :], thing.function.defaults, strict=False))
    by_name |= named_args(names, args, given)
    return [Unknown(name, thing.line, by_name.get(name, UNTOLD)) for name in names]


def enter(walk: Walk, thing: Dag | Group) -> None:
    if isinstance(thing, Dag):
        thing.entered = True
        walk.dag_stack.append(thing)
        walk.group_stack.append(None)
    else:
        walk.dag_stack.append(thing.dag)
        walk.group_stack.append(thing)


def leave(walk: Walk, thing: Dag | Group) -> None:
    walk.dag_stack.pop()
    walk.group_stack.pop()
    if isinstance(thing, Group) and thing.mapped_over:
        draw(walk, Result(thing.mapped_over), thing, walk.line)


def make_group(
    walk: Walk, args: Sequence[Any], given: Mapping[str, Any], line: int, mapped_over: tuple[Task, ...] | None = None
) -> Any:
    all_of = named_args(_OF_GROUP, args, given)
    parent = all_of.get("parent_group")
    parent = parent if isinstance(parent, Group) else None
    dag = all_of.get("dag")
    dag = parent.dag if parent else dag if isinstance(dag, Dag) else walk.dag
    label = as_id(walk, all_of.get("group_id", Unknown("group", line)), "a task group", line)
    if dag is None:
        walk.note("missed", f"the task group {label} is in no DAG", line)
        return Unknown(label, line)
    parent = parent or walk.group_in(dag)
    own = {**(parent.default_args if parent else {}), **defaults(walk, all_of.get("default_args"), line)}
    group = Group(label, dag, parent, all_of.get("prefix_group_id", True) is not False, own, mapped_over)
    _place(walk, group, bool(all_of.get("add_suffix_on_collision")), line)
    return group


def _place(walk: Walk, group: Group, has_suffix: bool, line: int) -> None:
    label, number = re.split(r"__\d+$", group.label)[0], 0
    while group.group_id in group.dag.groups and has_suffix:
        number += 1
        walk.spend()
        group.label = f"{label}__{number}"
    if group.group_id in group.dag.groups:
        walk.note("missed", f"there are two task groups {group.group_id}; Airflow refuses the second", line)
    group.dag.groups[group.group_id] = group
    if group.parent:
        group.parent.children[group.group_id] = group
    walk.happened()


def call_group(walk: Walk, thing: GroupFunction, args: Sequence[Any], given: dict[str, Any], node: ast.AST,
               mapped_over: tuple[Task, ...] | None = None) -> Any:  # fmt: skip
    """A function under `@task_group` is called: what it returns, or else the group, stands for it in arrows."""
    own = {"group_id": getattr(thing.function, "name", "group"), "add_suffix_on_collision": True, **thing.given}
    group = make_group(walk, (), own, line_of(node), mapped_over)
    if not isinstance(group, Group):
        return group
    enter(walk, group)
    try:
        returned = walk.call(walk, thing.function, args, {**thing.partial, **given}, node)
    finally:
        leave(walk, group)
    return group if returned is None else returned


def map_group(walk: Walk, thing: GroupFunction, given: Mapping[str, Any], node: ast.AST) -> Any:
    """`group.expand(x=...)`: inside, each `x` leads back to the tasks whose results are mapped over."""
    over = tuple(dict.fromkeys(task for one in given.values() if isinstance(one, Result) for task in one.tasks))
    return call_group(walk, thing, (), {name: Result(over) for name in given}, node, over)


def make_task(walk: Walk, kind: str, given: Mapping[str, Any], line: int, refs: Any, is_numbered: bool = False,
              copies: Any = UNTOLD) -> Task:  # fmt: skip
    """`refs`: values in which results of other tasks may stand. `copies`: for a mapped task, how many, or None."""
    own = dict(given)
    dag, group = own.pop("dag", None), own.pop("task_group", None)
    group = group if isinstance(group, Group) else None
    dag = dag if isinstance(dag, Dag) else group.dag if group else walk.dag
    group = group or walk.group_in(dag)
    told_id = own.pop("task_id", Unknown(f"task_{line}", line))
    task_id = as_id(walk, told_id, "a task", line)
    if dag and (is_numbered or (isinstance(told_id, Unknown) and not isinstance(told_id.otherwise, str))):
        task_id = dag.free_id(task_id, group)
    full = group.child_id(task_id) if group else task_id
    if dag and full in dag.tasks:
        first: Task = dag.tasks[full]
        walk.note(
            "missed", f"there is a task {full} already, of line {first.made.line}; Airflow refuses a second", line
        )
        return first
    base = {**(dag.default_args if dag else {}), **(group.default_args if group else {})}
    base |= defaults(walk, own.pop("default_args", None), line)
    base.pop("params", None)
    made = Made(full, kind, plain(walk, {**base, **own}), line)
    made.is_mapped = copies is not UNTOLD or any(
        one.mapped_over is not None for one in (group.around() if group else ())
    )
    made.copies = copies if isinstance(copies, int) else None
    task = Task(made, dag, group)
    walk.happened(is_task=True)
    if dag:
        dag.add(task)
    if group:
        group.take(task)
    if copies is UNTOLD:
        walk.blocks.take(task)
    for one in dict.fromkeys(references(walk, refs)):
        draw(walk, one, task, line)
    return task


def call_task(walk: Walk, thing: TaskFunction, args: Sequence[Any], given: dict[str, Any], node: ast.AST,
              copies: Any = UNTOLD) -> Result:  # fmt: skip
    """A function under a task decorator is called, or mapped."""
    own = {"task_id": getattr(thing.function, "name", "task"), **thing.given}
    if thing.is_teardown:
        own["trigger_rule"] = _TEARDOWN
    own["python_callable"] = thing.function
    task = make_task(walk, thing.kind, own, line_of(node), (args, thing.partial, given, thing.given), True, copies)
    task.made.is_setup, task.made.is_teardown = thing.is_setup, thing.is_teardown
    return Result((task,), line_of(node))


def make_operator(walk: Walk, kind: Named | Class, given: Mapping[str, Any], line: int, copies: Any = UNTOLD,
                  mapped: Any = None) -> Task:  # fmt: skip
    name, bases = _kind(kind)
    task = make_task(walk, name, given, line, (given, mapped), copies=copies)
    task.made.bases = bases
    return task


def _kind(kind: Named | Class) -> tuple[str, tuple[str, ...]]:
    if isinstance(kind, Named):
        return kind.last, ()
    foreign = kind.foreign
    own = tuple(one.name for one in kind.lines_of())
    return (kind.name if foreign is None or foreign.last == "BaseOperator" else foreign.last), own


def map_operator(walk: Walk, part: OperatorPart, mapped: Any, node: ast.AST) -> Task:
    return make_operator(walk, part.kind, part.given, part.line, count(mapped), mapped)


def count(mapped: Any) -> int | None:
    """How many there will be, when the values are written out: a dict of lists, or a list of dicts."""
    if isinstance(mapped, dict):
        sizes = [len(one) if isinstance(one, list | tuple | dict | range) else None for one in mapped.values()]
        return None if None in sizes else prod(one for one in sizes if one is not None)
    return len(mapped) if isinstance(mapped, list | tuple) else None


def mark(task: Task, is_setup: bool = False, is_teardown: bool = False) -> None:
    if is_setup:
        task.made.is_setup = True
    if is_teardown:
        task.made.is_teardown = True
        task.made.given["trigger_rule"] = _TEARDOWN


def draw(walk: Walk, one: Any, other: Any, line: int, is_up: bool = False) -> None:
    """An arrow, or a note why there is none."""
    walk.spend(_size(one) * _size(other))
    try:
        wiring.arrow(one, other, is_up)
    except wiring.Unwired as error:
        walk.note("missed", str(error), line)
    walk.happened()


def _size(value: Any) -> int:
    if isinstance(value, Group):
        return 1 + len(value.tasks)
    return 1 + sum(map(_size, value)) if isinstance(value, list | tuple | set) else 1
