"""Arrows between tasks, groups, results and labels, drawn as Airflow draws them.

An arrow to a group goes to its roots, one from it comes from its leaves, both as they are at that moment; teardowns are
no leaves. All functions raise Unwired when Airflow would refuse the arrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from workbench.importing.airflow.things import Dag, Group, Label, Node, Result, Task


class Unwired(Exception):
    """An arrow that Airflow refuses, in words for the user."""


def arrow(one: Any, other: Any, is_up: bool = False) -> None:
    """`one >> other`; with `is_up`, `one << other`. Either may be a list."""
    if isinstance(one, Node):
        (_set_up if is_up else _set_down)(one, other)
    elif isinstance(other, Node):
        (_set_down if is_up else _set_up)(other, one)
    else:
        raise Unwired("an arrow between two lists; Airflow refuses it (chain() and cross_downstream() draw such)")


def _set_down(node: Node, others: Any) -> None:
    _SETTERS[type(node)](node, _listed(others), False)


def _set_up(node: Node, others: Any) -> None:
    _SETTERS[type(node)](node, _listed(others), True)


def _of_task(task: Task, others: list[Node], is_up: bool) -> None:
    for other in others:
        if isinstance(other, Group) and not is_up:
            other.ups[task.task_id] = None
        if isinstance(other, Label):
            # The label learns its side; there is an arrow when it knows both.
            _of_label(other, [task], not is_up)
            continue
        for end in leaves(other) if is_up else roots(other):
            _join(end, task) if is_up else _join(task, end)


def _of_group(group: Group, others: list[Node], is_up: bool) -> None:
    ends = _ends(group)
    if is_up:
        group.ups |= {task.task_id: None for one in others if not isinstance(one, Group) for task in leaves(one)}
    for task in roots(group) if is_up else ends:
        _of_task(task, others, is_up)


def _ends(group: Group) -> list[Task]:
    """Its leaves; those of an empty group are what leads to it."""
    for one in group.around():
        if found := leaves(one):
            return found
        if one.ups:
            return [one.dag.tasks[up] for up in one.ups if up in one.dag.tasks]
    return []


def _of_result(result: Result, others: list[Node], is_up: bool) -> None:
    for task in result.tasks:
        _of_task(task, others, is_up)


def _of_label(label: Label, others: list[Node], is_up: bool) -> None:
    (label.ups if is_up else label.downs).extend(others)
    if label.ups and label.downs:
        _widen(label)
    for node in list(label.downs if is_up else label.ups):
        (_set_up if is_up else _set_down)(node, others)


def _widen(label: Label) -> None:
    """Between two groups a label joins the groups and not single tasks of them."""
    where = {id(_group_of(node)) for node in (*label.ups, *label.downs)}
    if len(where) != 1:
        label.ups = [_widened(node) for node in label.ups]
        label.downs = [_widened(node) for node in label.downs]


def _group_of(node: Node) -> Group | None:
    if isinstance(node, Group):
        return node
    task = node.tasks[0] if isinstance(node, Result) and node.tasks else node
    return task.group if isinstance(task, Task) else None


def _widened(node: Node) -> Node:
    if isinstance(node, Task):
        return node.group or node
    return node.parent or node if isinstance(node, Group) else node


_SETTERS: dict[type, Callable[[Any, list[Node], bool], None]] = {
    Task: _of_task, Group: _of_group, Result: _of_result, Label: _of_label,
}  # fmt: skip


def _listed(others: Any) -> list[Node]:
    found = list(others) if isinstance(others, list | tuple | set) else [others]
    for one in found:
        if not isinstance(one, Node):
            raise Unwired("an arrow to or from something that is no task")
    return found


def _join(up: Task, down: Task) -> None:
    dag = up.dag or down.dag
    if dag is None:
        raise Unwired("an arrow between tasks that are in no DAG")
    if up.dag and down.dag and up.dag is not down.dag:
        raise Unwired(f"an arrow between two DAGs, {up.dag.dag_id} and {down.dag.dag_id}; Airflow refuses it")
    for task in (up, down):
        if task.dag is None:
            dag.add(task)
    up.downs[down.task_id] = None
    down.ups[up.task_id] = None
    down.made.needs[up.task_id] = None


def roots(node: Node) -> list[Task]:
    if isinstance(node, Group):
        own = {task.task_id for task in node.tasks}
        return [task for task in node.tasks if own.isdisjoint(task.ups)]
    return _own(node)


def leaves(node: Node) -> list[Task]:
    if not isinstance(node, Group):
        return _own(node)
    own = {task.task_id for task in node.tasks}
    found = (_leaf(task, own) for task in node.tasks if own.isdisjoint(task.downs))
    return list(dict.fromkeys(one for some in found for one in some))


def _own(node: Node) -> list[Task]:
    if isinstance(node, Task):
        return [node]
    return list(node.tasks) if isinstance(node, Result) else []


def _leaf(task: Task, own: set[str]) -> Iterator[Task]:
    """A task without a follower in its group; for a teardown, what is before it and does not lead elsewhere."""
    if not task.made.is_teardown:
        yield task
        return
    waiting, seen = [task], {task.task_id}
    while waiting:
        teardown = waiting.pop(0)
        for up in teardown.up_tasks:
            if up.task_id not in own or up.task_id in seen:
                continue
            if up.made.is_teardown:
                seen.add(up.task_id)
                waiting.append(up)
            elif not up.made.is_setup and not _leads_on(up, own, teardown):
                yield up


def _leads_on(task: Task, own: set[str], besides: Task) -> bool:
    return any(down is not besides and down.task_id in own and not down.made.is_teardown for down in task.down_tasks)


def chain(elements: Sequence[Any]) -> None:
    for up, down in pairwise(elements):
        if isinstance(up, Node) or isinstance(down, Node):
            arrow(up, down)
        elif len(up) != len(down):
            raise Unwired(f"chain() with a list of {len(up)} beside one of {len(down)}; Airflow refuses it")
        else:
            for one, other in zip(up, down, strict=True):
                arrow(one, other)


def chain_linear(elements: Sequence[Any]) -> None:
    for up, down in pairwise(elements):
        for one in _listed(up):
            arrow(one, down)


def cross_downstream(ups: Any, downs: Any) -> None:
    for one in _listed(ups):
        arrow(one, downs)


def dag_of(value: Any) -> Dag | None:
    """The DAG of a task, a group or a result."""
    task = value.tasks[0] if isinstance(value, Result) and value.tasks else value
    return task.dag if isinstance(task, Task | Group) else None
