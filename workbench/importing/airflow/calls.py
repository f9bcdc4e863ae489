"""What a call makes: of a function or a class of the file, of Airflow's, of something from elsewhere."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.importing.airflow import known
from workbench.importing.airflow.airflow_calls import AIRFLOW, OTHERWISE, apply
from workbench.importing.airflow.attributes import attribute
from workbench.importing.airflow.expressions import items, lifted, note_text_of_result, truth
from workbench.importing.airflow.making import (
    call_dag,
    call_group,
    call_task,
    make_dag,
    make_group,
    make_operator,
    make_task,
)
from workbench.importing.airflow.methods import method
from workbench.importing.airflow.parts import UNTOLD, Call, Unknown
from workbench.importing.airflow.state import MOST_CALLS_DEEP, Returned, Walk, line_of
from workbench.importing.airflow.things import (
    Bound,
    Class,
    Dag,
    DagFunction,
    Decorator,
    Function,
    Group,
    GroupFunction,
    Instance,
    Named,
    OperatorPart,
    Part,
    Result,
    Scope,
    Super,
    Task,
    TaskFunction,
)  # fmt: skip

_BUILT_IN = frozenset(dir(builtins))
Args = Sequence[Any]
Given = dict[str, Any]
_OPERATOR = re.compile(r"(Operator|Sensor|OperatorAsync|SensorAsync|Marker)$")


def call(walk: Walk, thing: Any, args: Args, given: Given, node: ast.AST) -> Any:
    walk.spend()
    handler = _CALLS.get(type(thing))
    if handler is None:
        return walk.unknown(node)
    return handler(walk, thing, args, given, node)


def _function(walk: Walk, thing: Function, args: Args, given: Given, node: ast.AST) -> Any:
    if walk.deep >= MOST_CALLS_DEEP:
        walk.note("missed", f"functions call each other more than {MOST_CALLS_DEEP} deep here", line_of(node))
        return walk.unknown(node)
    walk.spend(10)
    if thing.by and walk.dag and not walk.callbacks and not _makes(thing):
        last = thing.by.rpartition(".")[2]
        walk.note("missed", f"what @{last} makes of a function is not in this file: a call is taken for a task",
                  line_of(thing.node))  # fmt: skip
        return call_task(walk, TaskFunction(f"@{last}", replace(thing, by=""), {}), args, given, node)
    scope = Scope(_names(walk, thing, args, given), thing.scope)
    walk.deep += 1
    try:
        if isinstance(thing.node, ast.Lambda):
            return walk.value(walk, thing.node.body, scope)
        scope.yielded = []
        walk.run(walk, thing.node.body, scope)
        return scope.yielded if scope.yielded else None
    except Returned as returned:
        return scope.yielded or returned.value
    finally:
        walk.deep -= 1


def _makes(thing: Function) -> bool:
    """Whether a function has in it what makes tasks: it is then no task itself."""
    for one in ast.walk(thing.node):
        if isinstance(one, ast.keyword) and one.arg in ("task_id", "group_id", "dag_id"):
            return True
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.RShift | ast.LShift):
            return True
    return False


def _names(walk: Walk, thing: Function, args: Args, given: Given) -> dict[str, Any]:
    """What the parameters stand for. One which is not given is unknown."""
    told = thing.node.args
    names = [one.arg for one in (*told.posonlyargs, *told.args)]
    line = line_of(thing.node)
    found: dict[str, Any] = {one: Unknown(one, line) for one in names}
    found |= dict(zip(names[len(names) - len(thing.defaults) :], thing.defaults, strict=False))
    for one, default in zip(told.kwonlyargs, thing.defaults_by_name, strict=False):
        found[one.arg] = Unknown(one.arg, line) if default is UNTOLD else default
    found |= dict(zip(names, args, strict=False))
    own = {name: one for name, one in given.items() if name in found}
    if told.vararg:
        found[told.vararg.arg] = tuple(args[len(names) :])
    if told.kwarg:
        found[told.kwarg.arg] = {name: one for name, one in given.items() if name not in own}
    return found | own


def _class(walk: Walk, thing: Class, args: Args, given: Given, node: ast.AST) -> Any:
    made = Instance(thing, {})
    init = thing.member("__init__")
    if isinstance(init, Function):
        _method_of(walk, made, init, args, given, node)
    elif thing.foreign is None or thing.foreign.last in ("object", "NamedTuple", "BaseModel"):
        lines = reversed(list(thing.lines_of()))
        fields = [name for one in lines for name in one.fields]
        made.names |= dict(zip(fields, args, strict=False)) | given
    else:
        made.given |= given
    return _as_base(walk, thing, made, given, node)


def _as_base(walk: Walk, thing: Class, made: Instance, given: Given, node: ast.AST) -> Any:
    """A subclass of an operator makes a task, one of DAG a DAG."""
    foreign = thing.foreign
    if foreign is None or foreign.name in known.FUNCTIONS:
        return made
    own = {**given, **made.given}
    if foreign.last == "DAG":
        return make_dag(walk, (), own, line_of(node))
    if foreign.last == "TaskGroup":
        return make_group(walk, (), own, line_of(node))
    is_operator = _OPERATOR.search(foreign.last) and foreign.last != "BaseNotifier"
    if is_operator or ("task_id" in own and _in_dag(walk, own)):
        return make_operator(walk, thing, own, line_of(node))
    return made


def _in_dag(walk: Walk, given: Mapping[str, Any]) -> bool:
    return walk.dag is not None or isinstance(given.get("dag"), Dag) or isinstance(given.get("task_group"), Group)


def _method_of(walk: Walk, owner: Any, function: Function, args: Args, given: Given, node: ast.AST) -> Any:
    if isinstance(owner, Instance) and function.own_class:
        walk.selves.append((owner, function.own_class))
    else:
        walk.selves.append((Instance(Class("?", (), {}, (), 0), {}), Class("?", (), {}, (), 0)))
    try:
        return _function(walk, function, (owner, *args), given, node)
    finally:
        walk.selves.pop()


def _bound(walk: Walk, thing: Bound, args: Args, given: Given, node: ast.AST) -> Any:
    if thing.function is not None:
        return _method_of(walk, thing.owner, thing.function, args, given, node)
    if isinstance(thing.owner, Unknown):
        return lifted(walk, node, lambda owner: _of_likely(walk, owner, thing.name, args, given, node), thing.owner)
    if thing.name == "format" and isinstance(thing.owner, str):
        return _formatted(walk, thing.owner, args, given, node)
    return method(walk, thing.owner, thing.name, args, given, node)


def _of_likely(walk: Walk, owner: Any, name: str, args: Args, given: Given, node: ast.AST) -> Any:
    done = method(walk, owner, name, args, given, node)
    if isinstance(done, Unknown):
        raise ValueError
    return done


def _formatted(walk: Walk, template: str, args: Args, given: Given, node: ast.AST) -> Any:
    is_open: list[Any] = []

    def show(one: Any) -> str:
        is_open.append(one)
        if isinstance(one, Result | Task):
            note_text_of_result(walk, node)
        return f"{{{one.text}}}" if isinstance(one, Unknown) else "{?}"

    try:
        done = known.str_format(template, args, given, show)
    except known.ORDINARY:
        return walk.unknown(node)
    if not is_open:
        return done
    likely = [one.otherwise if isinstance(one, Unknown) else one for one in args]
    likely_given = {name: one.otherwise if isinstance(one, Unknown) else one for name, one in given.items()}
    if any(one is UNTOLD for one in (*likely, *likely_given.values())):
        return Unknown(done, line_of(node))
    return (
        lifted(walk, node, lambda: known.str_format(template, likely, likely_given, show))
        if not is_open[1:]
        else Unknown(done, line_of(node))
    )


def _named(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    top, last = thing.name.partition(".")[0], thing.last
    if thing.name in _OF_PYTHON:
        return _OF_PYTHON[thing.name](walk, args, given, node)
    if thing.name in known.FUNCTIONS:
        names = list(given)
        return lifted(
            walk,
            node,
            lambda *some: known.FUNCTIONS[thing.name](
                *some[: len(args)], **dict(zip(names, some[len(args) :], strict=True))
            ),
            *args,
            *given.values(),
        )
    if top in ("str", "dict", "list") and args and last != top:  # str.upper(x)
        return method(walk, args[0], last, args[1:], given, node)
    if thing.name in OTHERWISE:
        return _with_default(walk, OTHERWISE[thing.name], args, given, node)
    if top in ("airflow", thing.name) and (found := _airflow(thing.name)) is not None:
        return AIRFLOW[found](walk, thing, args, given, node)
    if last == "partial" and "task_id" in given:
        return OperatorPart(Named(thing.name.rpartition(".")[0]), given, line_of(node))
    return _from_elsewhere(walk, thing, args, given, node)


def _airflow(name: str) -> str | None:
    """Which of Airflow's own things it is, wherever it is imported from."""
    *before, last = name.split(".")
    if (before and before[-1] == "task" and before[:-1] and before[0] == "airflow") or before == ["task"]:
        return "task"
    if before and f"{before[-1]}.{last}" in AIRFLOW:
        return f"{before[-1]}.{last}"
    return last if last in AIRFLOW else None


def _with_default(walk: Walk, names: Sequence[str], args: Args, given: Given, node: ast.AST) -> Unknown:
    """os.environ.get("X", "y"): nobody knows it, and it is "y" unless somebody sets X."""
    for name in names:
        if name in given:
            return walk.unknown(node, given[name])
    likely = args[1] if len(args) > 1 else UNTOLD
    return walk.unknown(node, likely.otherwise if isinstance(likely, Unknown) else likely)


def _from_elsewhere(walk: Walk, thing: Named, args: Args, given: Given, node: ast.AST) -> Any:
    line, in_dag = line_of(node), _in_dag(walk, given)
    if in_dag and ("task_id" in given or _OPERATOR.search(thing.last)):
        return make_operator(walk, thing, given, line)
    if "task_id" in given and _OPERATOR.search(thing.last):
        return make_operator(walk, thing, given, line)
    if "dag_id" in given and re.search(r"(?i)dag$", thing.last):
        return make_dag(walk, args, given, line)
    if in_dag and "group_id" in given:
        walk.note("missed", f"what {thing.last} puts into its group is known only when the file runs: one task stands "
                  "for all of it", line)  # fmt: skip
        own = {name: one for name, one in given.items() if name != "group_id"}
        return make_task(walk, thing.last, {**own, "task_id": given["group_id"]}, line, (args, given))
    made = Call(thing.name, tuple(args), given, line)
    if walk.naming and walk.naming[0] is node:
        walk.called[id(made)] = (made, walk.naming[1])
    _consider(walk, made, line)
    return made


def _consider(walk: Walk, made: Call, line: int) -> None:
    """What does a function from elsewhere do with a DAG, a task, a result? It makes a task of a result, and of a DAG
    when something is kept of it; of more nobody knows."""
    some = (*made.args, *made.given.values())
    last = made.name.rpartition(".")[2]
    if last[:1].isupper() or made.name in _BUILT_IN or walk.callbacks:
        return
    if walk.dag:
        walk.foreign.append((made, walk.dag))
    has_result = any(isinstance(one, Result) or id(one) in walk.stand_ins for one in some)
    has_dag = any(isinstance(one, Dag) for one in some)
    if (has_result and _dag_of(walk, made)) or (has_dag and id(made) in walk.called):
        stand_for(walk, made)
    elif any(isinstance(one, Dag | Group | Task) for one in some):
        where = made.name.rpartition(".")[0] or "elsewhere"
        walk.note("missed", f"what {last}() of {where} does with it is not in this file", line)


def _dag_of(walk: Walk, made: Call) -> Dag | None:
    return next((one for one in (*made.args, *made.given.values()) if isinstance(one, Dag)), walk.dag)


def stand_for(walk: Walk, one: Call) -> Task | None:
    """The task that stands for what a call of something from elsewhere gave, if there is a DAG for it."""
    if id(one) in walk.stand_ins:
        return walk.stand_ins[id(one)][1]
    dag = _dag_of(walk, one) or next((dag for call, dag in walk.foreign if call is one), None)
    if dag is None:
        return None
    last = one.name.rpartition(".")[2]
    walk.note("missed", f"what {last}() makes is not in this file: one task stands for it", one.line)
    own = {name: told for name, told in one.given.items() if name not in ("dag", "task_id")}
    own |= {"dag": dag, "task_id": walk.called.get(id(one), (None, last))[1]}
    task = make_task(walk, last, own, one.line, (one.args, one.given), is_numbered=True)
    walk.stand_ins[id(one)] = (one, task)
    return task


def _globals(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    return walk.scope.top.names


def _locals(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    return walk.scope.names


def _super(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    return Super(*walk.selves[-1]) if walk.selves else walk.unknown(node)


def _getattr(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    if len(args) < 2 or not isinstance(args[1], str):
        return walk.unknown(node)
    found = attribute(walk, args[0], args[1], node)
    is_there = not isinstance(found, Unknown | Bound) or (isinstance(found, Bound) and found.function is not None)
    return found if is_there or len(args) < 3 else args[2]


def _setattr(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    if len(args) == 3 and isinstance(args[0], Instance) and isinstance(args[1], str):
        args[0].names[args[1]] = args[2]


def _map(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    found = [items(one)[0] for one in args[1:]]
    if not found or any(one is None for one in found):
        return walk.unknown(node)
    return [walk.call(walk, args[0], some, {}, node) for some in zip(*(one or [] for one in found), strict=False)]


def _filter(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    found = items(args[1])[0] if len(args) == 2 else None
    if found is None:
        return walk.unknown(node)
    told = [truth(one if args[0] is None else walk.call(walk, args[0], [one], {}, node)) for one in found]
    if any(sure is None for sure, _ in told):
        return walk.unknown(node)
    kept = [one for one, (sure, _) in zip(found, told, strict=True) if sure]
    return walk.unknown(node, kept) if any(by_default for _, by_default in told) else kept


def _sorted(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    found = items(args[0])[0] if args else None
    key = given.get("key")
    if found is None:
        return walk.unknown(node)
    by = [one if key is None else walk.call(walk, key, [one], {}, node) for one in found]
    order = lifted(
        walk, node, lambda: sorted(range(len(found)), key=lambda at: by[at], reverse=bool(given.get("reverse")))
    )
    return [found[at] for at in order] if isinstance(order, list) else walk.unknown(node)


def _isinstance(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    kinds = {
        "str": str,
        "int": int,
        "float": float,
        "bool": bool,
        "dict": dict,
        "list": list,
        "tuple": tuple,
        "set": set,
    }
    one, wanted = args if len(args) == 2 else (None, None)
    some = wanted if isinstance(wanted, tuple) else (wanted,)
    if not isinstance(one, known.PLAIN) or not all(isinstance(kind, Named) and kind.name in kinds for kind in some):
        return walk.unknown(node)
    return isinstance(one, tuple(kinds[kind.name] for kind in some))


def _partial(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    return Part(args[0], tuple(args[1:]), given) if args else walk.unknown(node)


def _reduce(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    found = items(args[1])[0] if len(args) > 1 else None
    if found is None or not (found or args[2:]):
        return walk.unknown(node)
    done, *others = [*args[2:], *found]
    for one in others:
        done = walk.call(walk, args[0], (done, one), {}, node)
    return done


def _named_tuple(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    names = args[1] if len(args) > 1 else ()
    found = names.replace(",", " ").split() if isinstance(names, str) else names
    fields = tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()
    return Class(str(args[0]), (), {}, fields, line_of(node))


def _wraps(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    return walk.unknown(node)


def _next(walk: Walk, args: Args, given: Given, node: ast.AST) -> Any:
    found = items(args[0])[0] if args else None
    return found[0] if found else args[1] if len(args) > 1 and found is not None else walk.unknown(node)


_OF_PYTHON: dict[str, Callable[[Walk, Args, Given, ast.AST], Any]] = {
    "globals": _globals, "locals": _locals, "vars": _locals, "super": _super, "getattr": _getattr, "setattr": _setattr,
    "map": _map, "filter": _filter, "sorted": _sorted, "isinstance": _isinstance, "functools.partial": _partial,
    "functools.wraps": _wraps, "next": _next, "functools.reduce": _reduce, "collections.namedtuple": _named_tuple,
}  # fmt: skip


def _part(walk: Walk, thing: Part, args: Args, given: Given, node: ast.AST) -> Any:
    return walk.call(walk, thing.thing, (*thing.args, *args), {**thing.given, **given}, node)


def _instance(walk: Walk, thing: Instance, args: Args, given: Given, node: ast.AST) -> Any:
    function = thing.kind.member("__call__")
    return (
        _method_of(walk, thing, function, args, given, node) if isinstance(function, Function) else walk.unknown(node)
    )


def _decorator(walk: Walk, thing: Decorator, args: Args, given: Given, node: ast.AST) -> Any:
    return apply(walk, thing, args[0], node) if args else walk.unknown(node)


_CALLS: dict[type, Callable[[Walk, Any, Args, Given, ast.AST], Any]] = {
    Function: _function, Class: _class, Bound: _bound, Named: _named, Part: _part, Instance: _instance,
    Decorator: _decorator, TaskFunction: call_task, GroupFunction: call_group, DagFunction: call_dag,
}  # fmt: skip
