"""What is left out because a test is only likely, or not known at all: named, as far as the text names it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.importing.airflow.parts import UNTOLD, Unknown
from workbench.importing.airflow.state import Walk
from workbench.importing.airflow.things import Function, GroupFunction, Named, OperatorPart, Scope, TaskFunction

_MOST_NAMES, _DEEPEST = 6, 3
# Parts of statements that are looked at to name what is left out. It is no work that a file asks for.
_MOST_SCANNED = 200_000
_ARROWS = frozenset({"set_upstream", "set_downstream", "chain", "chain_linear", "cross_downstream"})
_INNER = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


def left_out(walk: Walk, nodes: Sequence[ast.AST], scope: Scope) -> tuple[str, ...]:
    """The tasks and groups that these statements would make and that are not there anyway; where they make none but
    draw arrows, "an arrow"."""
    made = dict.fromkeys(_made(walk, nodes, scope, 0))
    dag = walk.dag
    there = {*dag.tasks, *dag.groups} if dag else set()
    names = tuple(f"`{name}`" for name in made if name and name not in there)
    return names or (("an arrow",) if "" in made and not any(made) else ())


def tell_left_out(walk: Walk, names: Sequence[str], why: str, line: int) -> None:
    """`line`: where what is left out begins, or the test. Nothing is told when nothing is left out."""
    if names:
        walk.left.setdefault((line, why), {}).update(dict.fromkeys(names))


def note_left_out(walk: Walk) -> None:
    """One note for each test, however often it was asked."""
    for (line, why), names in walk.left.items():
        more = len(names) - _MOST_NAMES
        told = ", ".join([*names][:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
        walk.note("missed", f"{told} {'is' if len(names) == 1 else 'are'} left out: {why}", line)


def unless_set(walk: Walk, test: ast.AST, sure: bool) -> str:
    """Why a test says what it does when nobody sets anything."""
    return f"`{walk.text(test)}` {'holds' if sure else 'does not hold'} by default"


def when_run(walk: Walk, test: ast.AST, held: bool) -> str:
    """Why a way was not taken when nobody knows the test."""
    how = "held" if held else "did not hold"
    return f"`{walk.text(test)}` is known only when the file runs: read as if it {how}"


def note_rounds(walk: Walk, over: ast.expr, line: int, by_default: bool = False) -> None:
    text = f"how often this goes round depends on `{walk.text(over)}`, known only when the file runs"
    if by_default:
        walk.note("guessed", f"{text}: its default was taken", line)
    else:
        walk.note("missed", f"{text}: one round stands for all", line)


def _made(walk: Walk, nodes: Sequence[ast.AST], scope: Scope, deep: int) -> Iterator[str]:
    """Names of what would be made; "" for an arrow."""
    own = set(_task_functions(nodes)) if walk.scanned < _MOST_SCANNED else set()
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        walk.scanned += 1
        if walk.scanned > _MOST_SCANNED:
            return
        if isinstance(node, ast.Call):
            yield from _called(walk, node, scope, own, deep)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
            yield ""
        if not isinstance(node, _INNER):
            waiting += list(ast.iter_child_nodes(node))[::-1]


def _task_functions(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Functions under a decorator that are made here: a call of one makes a task, as far as can be told."""
    for node in (one for part in nodes for one in ast.walk(part)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list:
            yield node.name


def _called(walk: Walk, node: ast.Call, scope: Scope, own: set[str], deep: int) -> Iterator[str]:
    words = {word.arg: word.value for word in node.keywords if word.arg in ("task_id", "group_id")}
    if words:
        yield from (_in_group(walk, _said(walk, value, scope)) for value in words.values())
        return
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in _ARROWS:
        yield ""
    while isinstance(func, ast.Attribute | ast.Call):
        func = func.value if isinstance(func, ast.Attribute) else func.func
    name = func.id if isinstance(func, ast.Name) else ""
    if name in own:
        yield _in_group(walk, name)
    elif name:
        holder = scope.holder(name)
        yield from _of_thing(walk, holder.names[name] if holder else None, node, scope, deep)


def _of_thing(walk: Walk, thing: Any, node: ast.Call, scope: Scope, deep: int) -> Iterator[str]:
    if isinstance(thing, TaskFunction | GroupFunction | OperatorPart):
        given = thing.given.get("task_id", thing.given.get("group_id"))
        usual = getattr(getattr(thing, "function", None), "name", "?")
        yield _in_group(walk, given if isinstance(given, str) else usual)
    elif isinstance(thing, Named) and thing.last in _ARROWS:
        yield ""
    elif isinstance(thing, Named) and thing.last == "TaskGroup" and node.args:
        yield _in_group(walk, _said(walk, node.args[0], scope))
    elif isinstance(thing, Function) and not isinstance(thing.node, ast.Lambda) and deep < _DEEPEST:
        yield from _made(walk, thing.node.body, _with_arguments(walk, thing, node, scope), deep + 1)


def _with_arguments(walk: Walk, thing: Function, node: ast.Call, scope: Scope) -> Scope:
    """The scope of a call, as far as plain arguments tell."""
    names = [one.arg for one in thing.node.args.args]
    given = {
        **dict(zip(names, node.args, strict=False)),
        **{word.arg: word.value for word in node.keywords if word.arg},
    }
    line = thing.node.lineno
    found: dict[str, Any] = {name: Unknown(name, line) for name in names}
    found |= {name: _plain(walk, one, scope) for name, one in given.items() if name in found}
    return Scope(found, thing.scope)


def _plain(walk: Walk, node: ast.expr, scope: Scope) -> Any:
    """What an expression is that makes nothing: a text, a name, both in one."""
    is_safe = not any(isinstance(part, ast.Call | ast.BinOp | ast.NamedExpr | ast.Await) for part in ast.walk(node))
    return walk.value(walk, node, scope) if is_safe else walk.unknown(node)


def _said(walk: Walk, node: ast.expr, scope: Scope) -> str:
    found = _plain(walk, node, scope)
    if isinstance(found, Unknown):
        found = found.text if found.otherwise is UNTOLD else found.otherwise
    return found if isinstance(found, str) else walk.text(node)


def _in_group(walk: Walk, name: str) -> str:
    group = walk.group_in(walk.dag)
    return group.child_id(name) if group else name
