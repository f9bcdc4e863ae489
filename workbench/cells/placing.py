"""A cell's task in a session: added where it is not there, changed where it is."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from workbench import ordering
from workbench.cells.asked import Wanted
from workbench.cells.code import Function, Heard, compiled, identifier, source_of
from workbench.cells.drafts import Draft
from workbench.model import AddTask, DagSpec, InvalidInput, SetTask, Task, apply_edit, nearest
from workbench.model.changes import difference
from workbench.model.lost import LostFunction
from workbench.ordering.here import refuse, unknown
from workbench.ordering.settings import task_settings
from workbench.ordering.targets import dags_named
from workbench.session import Session

# A task does its work in one way: what a cell says takes the place of these.
_WAYS: dict[str, Any] = {"run": None, "sql": None, "code": {}}


def task_of_cell(
    where: Session | Draft, line: str, text: str, space: dict[str, Any], heard: Heard | None = None
) -> Session:
    """The session in which the cell's task is there, as the cell says. What the cell names is set; what it named when
    it was run before, and no longer names, is as usual again; all else stays. One command, and one undo; none when
    nothing would change. Raises InvalidInput and whatever `compiled` raises, and then nothing has changed."""
    wanted = Wanted.of(line)
    spec = _home(where, wanted)
    old = spec.tasks.get(wanted.name)
    task = old or Task(wanted.name)
    values = _values(spec, task, wanted)
    after = apply_edit(spec, _edit(spec, task, values, is_new=old is None))
    takes = _parameters(after.tasks[wanted.name])
    function = compiled(wanted.name, takes, f"%%task {line.strip()}", text, space, heard)
    if function is not None:
        values |= _by_name(spec, after.tasks[wanted.name], wanted, function)
        function.cell_fields = tuple(values)  # type: ignore[attr-defined]
        values |= _WAYS | {"function": function}
    if old is None:
        return _added(where, spec, apply_edit(_with(spec, task), SetTask(task.name, values)).tasks[task.name])
    assert isinstance(where, Session)
    return _changed(where, spec, old, values)


def _home(where: Session | Draft, wanted: Wanted) -> DagSpec:
    """The DAG that gets the task: the one that is named, that which has it, the only one, or that of what it needs."""
    if isinstance(where, Draft):
        if wanted.dag not in ("", where.name):
            raise refuse(f"There is no DAG {wanted.dag}; the pipeline is {where.name}")
        return where.dag.spec
    known = where.state.known
    specs = {name: plan.spec for name, plan in known.plans.items()}
    if wanted.dag:
        return specs[dags_named(known, wanted.dag)[0]]
    having = [name for name, spec in specs.items() if wanted.name in spec.tasks]
    taken = {*wanted.names("needs", "reads", "requires"), *wanted.names("writes")}
    near = [name for name, spec in specs.items() if taken & {*spec.tasks, *spec.inputs, *spec.datasets}]
    for found in (having, near, list(specs)):
        if len(found) == 1:
            return specs[found[0]]
    every = [name for spec in specs.values() for name in (*spec.tasks, *spec.inputs, *spec.datasets)]
    for name in wanted.names("needs", "reads", "requires"):
        if name.partition("@")[0] not in every and "." not in name:
            raise unknown("task, input or dataset", name, every)
    raise refuse(f"There are several DAGs; say which one gets the task: in {' or in '.join(having or specs)}")


def _values(spec: DagSpec, task: Task, wanted: Wanted) -> dict[str, Any]:
    """The fields that change, by attribute: those that are named, and those that were and are not now."""
    before = _before(task.function)
    plain = Task(task.name)
    usual = {name: getattr(plain, name) for name in before if name not in ("function", *_WAYS)}
    cleared = apply_edit(_with(spec, task), SetTask(task.name, usual)).tasks[task.name] if usual else task
    named = task_settings(spec.name, cleared, wanted.settings) if wanted.settings else {}
    if "needs" in named and "reads" not in named:
        named["reads"] = tuple(name for name in cleared.reads if name not in named["needs"])
    return {**usual, **named}


def _before(function: Function | None) -> tuple[str, ...]:
    """The fields that the cell named when it was last run."""
    return tuple(getattr(function, "cell_fields", ()))


def _with(spec: DagSpec, task: Task) -> DagSpec:
    return spec if task.name in spec.tasks else apply_edit(spec, AddTask(task))


def _edit(spec: DagSpec, task: Task, values: Mapping[str, Any], is_new: bool) -> AddTask | SetTask:
    if not is_new:
        return SetTask(task.name, values)
    return AddTask(apply_edit(_with(spec, task), SetTask(task.name, values)).tasks[task.name])


def _parameters(task: Task) -> list[str]:
    """The names under which the code finds what the task takes."""
    return list(dict.fromkeys(identifier(name) for name in (*task.needs, *task.reads)))


def _by_name(spec: DagSpec, task: Task, wanted: Wanted, function: Function) -> dict[str, Any]:
    """What a function asks for by the names of its parameters, where nothing else says it: tasks are needed, inputs and
    datasets are read. Raises InvalidInput for a name that is nothing's."""
    code = function.__wrapped__.__code__  # type: ignore[attr-defined]
    asked = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    there = {identifier(name): name for name in (*spec.tasks, *spec.inputs, *spec.datasets) if name != wanted.name}
    said = {"ctx", *map(identifier, (*task.needs, *task.reads, *task.requires))}
    free = [name for name in asked if name not in said and (name in there or not _has_default(function, name))]
    for name in free:
        if name not in there:
            told = f"{wanted.name} takes {name}, and no task, input or dataset is called so"
            raise InvalidInput([f"{told}{nearest(name, {*there, *said} - {'ctx'})}"])
    needs = tuple(there[name] for name in free if there[name] in spec.tasks)
    reads = tuple(there[name] for name in free if there[name] not in spec.tasks)
    more = {"needs": (*task.needs, *needs), "reads": (*task.reads, *reads)}
    return {key: names for key, names in more.items() if names != getattr(task, key)}


def _has_default(function: Function, name: str) -> bool:
    parameter = inspect.signature(function).parameters[name]
    return parameter.default is not parameter.empty


def _added(where: Session | Draft, spec: DagSpec, task: Task) -> Session:
    if isinstance(where, Draft):
        session = where.begun(task)
        return session.note(f"task {task.name} added, the first one")
    after = f", after {', '.join(task.needs)}" if task.needs else ""
    order = ordering.edited(where.here(), spec.name, [AddTask(task)], f"task {task.name} added{after}")
    return where.order(order)


def _changed(session: Session, spec: DagSpec, old: Task, values: Mapping[str, Any]) -> Session:
    again = isinstance(old.function, LostFunction) and old.function.given is None and "function" in values
    if again:
        old.function.give(values["function"])  # type: ignore[union-attr]
    changed = {key: value for key, value in values.items() if _differs(key, getattr(old, key), value)}
    if again and not changed:
        return session.note(f"{old.name} has its code again")
    if not changed:
        return session.note(f"{old.name} is as it was: nothing has changed")
    after = apply_edit(spec, SetTask(old.name, {**changed, **_function(values)}))
    has_other_code = "function" in changed
    lines = [line for line in difference(spec, after) if line != f"{old.name}: other function"]
    lines += [f"{old.name}: other code"] if has_other_code else []
    edit = SetTask(old.name, {**changed, **_function(values)})
    sentence = lines[0] if len(lines) == 1 else f"{old.name}: {len(lines)} changes"
    order = ordering.edited(session.here(), spec.name, [edit], sentence)
    return session.order(order._replace(notes=(*order.notes, *(lines if len(lines) > 1 else ()))))


def _function(values: Mapping[str, Any]) -> dict[str, Any]:
    """Also where its code is the same: it knows what the cell named."""
    return {"function": values["function"]} if "function" in values else {}


def _differs(key: str, before: Any, after: Any) -> bool:
    if key == "function" and source_of(before):
        return source_of(before) != source_of(after)
    return before is not after and before != after
