"""What statements do: names are set, loops go round, branches are taken, blocks are entered and left."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from workbench.importing.airflow import known
from workbench.importing.airflow.expressions import assign, function_of, items, operated, truth
from workbench.importing.airflow.leaving import left_out, note_rounds, tell_left_out, unless_set, when_run
from workbench.importing.airflow.making import enter, leave
from workbench.importing.airflow.parts import UNTOLD, Call, Unknown
from workbench.importing.airflow.state import Broken, Continued, Left, Raised, Returned, Walk, line_of
from workbench.importing.airflow.things import (
    Class,
    Dag,
    DagFunction,
    Decorator,
    Function,
    Group,
    GroupFunction,
    Instance,
    Named,
    Result,
    Scope,
    Task,
    TaskFunction,
)  # fmt: skip
from workbench.importing.airflow.wiring import Unwired

_KEPT = Function | Class | TaskFunction | GroupFunction | DagFunction | Decorator | Task | Dag | Group
# Libraries whose decorators leave a function what it is.
_HARMLESS = ("functools", "contextlib", "typing", "typing_extensions", "abc", "atexit", "dataclasses", "pytest",
             "tenacity", "retry", "retrying", "backoff", "cachetools", "deprecated", "airflow", "warnings")  # fmt: skip
_MOST_ROUNDS_TOLD = 20
_WAYS = ("staticmethod", "classmethod", "property")


def run(walk: Walk, body: Sequence[ast.stmt], scope: Scope) -> None:
    """Raises what leaves the body: Returned, Broken, Continued, Raised."""
    open_tests = len(walk.passed)
    try:
        for at, node in enumerate(body):
            _step(walk, node, body[at + 1 :], scope)
    finally:
        _tell_passed(walk, open_tests)


def _step(walk: Walk, node: ast.stmt, others: Sequence[ast.stmt], scope: Scope) -> None:
    walk.spend()
    walk.line = line_of(node)
    handler = _STATEMENTS.get(type(node))
    if handler is None:
        return
    try:
        handler(walk, node, scope)
    except Left as left:
        if left.why is not None:
            tell_left_out(walk, left_out(walk, others, scope), left.why, line_of(node))
        raise


def _tell_passed(walk: Walk, since: int) -> None:
    """What was made behind a test that might have left the block."""
    for test, events in walk.passed[since:]:
        if walk.events != events:
            walk.note("guessed", when_run(walk, test, False), line_of(test))
    del walk.passed[since:]


def _expression(walk: Walk, node: Any, scope: Scope) -> None:
    walk.value(walk, node.value, scope)


def _assign(walk: Walk, node: Any, scope: Scope) -> None:
    if isinstance(node.targets[0], ast.Name):
        walk.naming = (node.value, node.targets[0].id)
    one = walk.value(walk, node.value, scope)
    for target in node.targets:
        assign(walk, target, one, scope)


def _annotated(walk: Walk, node: Any, scope: Scope) -> None:
    if node.value is not None:
        assign(walk, node.target, walk.value(walk, node.value, scope), scope)


def _augmented(walk: Walk, node: Any, scope: Scope) -> None:
    read = ast.copy_location(_as_read(node.target), node.target)
    one, other = walk.value(walk, read, scope), walk.value(walk, node.value, scope)
    if isinstance(one, list) and isinstance(node.op, ast.Add):
        found, _ = items(other)
        one.extend(found if found is not None else [other])
        known.fit(one)
    else:
        assign(walk, node.target, operated(walk, node, one, other), scope)


def _as_read(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return ast.Subscript(target.value, target.slice, ast.Load()) if isinstance(target, ast.Subscript) else target


def _if(walk: Walk, node: Any, scope: Scope) -> None:
    sure, by_default = truth(walk.value(walk, node.test, scope))
    if sure is None:
        _undecided(walk, node, scope)
        return
    body, other = (node.body, node.orelse) if sure else (node.orelse, node.body)
    if by_default and body and isinstance(body[-1], ast.Raise):
        body, other, sure = other, body, not sure
    if not by_default:
        walk.run(walk, body, scope)
        return
    why = unless_set(walk, node.test, sure)
    _pass_by(walk, node.test, other)
    _guess(walk, node, scope, [body], f"is decided by a default value: read as if it {_held(sure)}", why)
    tell_left_out(walk, left_out(walk, other, scope), why, line_of(node))


def _held(sure: bool) -> str:
    return "held" if sure else "did not hold"


def _pass_by(walk: Walk, test: ast.expr, body: Sequence[ast.stmt]) -> None:
    """Statements that would leave the block are not taken, and it goes on: that is a guess, if anything is made."""
    if body and isinstance(body[-1], ast.Return | ast.Continue | ast.Break):
        walk.passed.append((test, walk.events))


def _undecided(walk: Walk, node: Any, scope: Scope) -> None:
    """Nobody knows the test. A branch that only leaves is not taken; two branches that set the same names are
    alternatives, and the first is taken; others are both taken."""
    if _leaves(node.body) and not node.orelse:
        _pass_by(walk, node.test, node.body)
        tell_left_out(walk, left_out(walk, node.body, scope), when_run(walk, node.test, False), line_of(node))
        return
    both = bool(node.orelse) and not (_stored(walk, node.body) & _stored(walk, node.orelse)) and not _leaves(node.body)
    way = "both ways were taken" if both else "read as if it held"
    why = when_run(walk, node.test, True)
    bodies = [node.body, *([node.orelse] if both else ())]
    _guess(walk, node, scope, bodies, f"is known only when the file runs: {way}", why)
    if not both:
        tell_left_out(walk, left_out(walk, node.orelse, scope), why, line_of(node))


def _guess(walk: Walk, node: ast.If, scope: Scope, bodies: list[list[ast.stmt]], how: str, why: str) -> None:
    """Statements which are run when a test holds that is not sure: values that they set are not sure, either. `why`:
    for what follows, if they leave the block."""
    names = sorted(set().union(*(_stored(walk, body) for body in bodies)))
    before, old = walk.events, {name: scope.names.get(name, UNTOLD) for name in names}
    try:
        for body in bodies:
            walk.run(walk, body, scope)
    except Left as left:
        left.why = left.why or why
        raise
    finally:
        if walk.events != before:
            walk.note("guessed", f"`{walk.text(node.test)}` {how}", line_of(node))
    for name in names:
        now = scope.names.get(name, UNTOLD)
        if isinstance(now, known.PLAIN) and now is not old[name] and not _holds_things(now):
            scope.names[name] = Unknown(name, line_of(node), now)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        func = last.value.func
        return (isinstance(func, ast.Attribute) and func.attr == "exit") or (
            isinstance(func, ast.Name) and func.id == "exit"
        )
    return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break)


def _stored(walk: Walk, body: list[ast.stmt]) -> set[str]:
    """Names that statements set. Asked in each round of a loop, and looked for once."""
    if id(body) not in walk.stored:
        names = (one for part in body for one in ast.walk(part))
        walk.stored[id(body)] = {
            one.id for one in names if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
    return walk.stored[id(body)]


def _holds_things(one: Any) -> bool:
    some = one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else ()
    return any(not isinstance(part, (*known.PLAIN, Unknown)) for part in some)


def _for(walk: Walk, node: Any, scope: Scope) -> None:
    over = walk.value(walk, node.iter, scope)
    found, by_default = items(over)
    before = walk.events
    rounds = [over if isinstance(over, Result) else walk.unknown(node.target)] if found is None else found
    walk.unsure += found is None
    try:
        _go_round(walk, node, rounds, found is None, scope)
    finally:
        walk.unsure -= found is None
    if (found is None or by_default) and walk.events != before:
        note_rounds(walk, node.iter, line_of(node), by_default)
    elif by_default and not found:
        why = f"by default there is nothing in `{walk.text(node.iter)}`, over which this goes"
        tell_left_out(walk, left_out(walk, node.body, scope), why, line_of(node))


def _go_round(walk: Walk, node: Any, rounds: list[Any], is_unknown: bool, scope: Scope) -> None:
    for at, one in enumerate(rounds):
        if not walk.may_go_round(line_of(node)):
            break
        assign(walk, node.target, _round(walk, node.target, one, is_unknown), scope)
        try:
            walk.run(walk, node.body, scope)
        except Continued:
            continue
        except Left as left:
            _tell_rounds_left(walk, node, rounds[at + 1 :], left, scope)
            if not isinstance(left, Broken):
                raise
            break
    else:
        walk.run(walk, node.orelse, scope)


def _tell_rounds_left(walk: Walk, node: Any, rounds: list[Any], left: Left, scope: Scope) -> None:
    """The rounds behind a `break` or a `return` under a test that is not sure."""
    if left.why is None:
        return
    for one in rounds[:_MOST_ROUNDS_TOLD]:
        inner = Scope({}, scope)
        assign(walk, node.target, one, inner)
        tell_left_out(walk, left_out(walk, node.body, inner), left.why, line_of(node))


def _round(walk: Walk, target: ast.expr, one: Any, is_unknown: bool) -> Any:
    if is_unknown and isinstance(target, ast.Tuple | ast.List):
        return [walk.unknown(part) for part in target.elts]
    return one


def _while(walk: Walk, node: Any, scope: Scope) -> None:
    before = walk.events
    while walk.may_go_round(line_of(node)):
        sure, by_default = truth(walk.value(walk, node.test, scope))
        if sure is False:
            if by_default and walk.events == before:
                tell_left_out(walk, left_out(walk, node.body, scope), unless_set(walk, node.test, False), line_of(node))
            break
        try:
            walk.run(walk, node.body, scope)
        except Continued:
            continue
        except Broken:
            break
        if sure is None:
            if walk.events != before:
                note_rounds(walk, node.test, line_of(node))
            break


def _with(walk: Walk, node: Any, scope: Scope) -> None:
    open_ones: list[Any] = []
    try:
        for part in node.items:
            one = walk.value(walk, part.context_expr, scope)
            kept = _entered(walk, one, line_of(node), open_ones)
            if part.optional_vars is not None:
                assign(walk, part.optional_vars, kept, scope)
        walk.run(walk, node.body, scope)
    finally:
        for one in reversed(open_ones):
            _left(walk, one)


def _entered(walk: Walk, one: Any, line: int, open_ones: list[Any]) -> Any:
    if isinstance(one, Dag | Group):
        enter(walk, one)
        open_ones.append(one)
        return one
    if isinstance(one, Task | Result):
        try:
            walk.blocks.enter(one)
            open_ones.append(walk.blocks)
        except Unwired as error:
            walk.note("missed", str(error), line)
        return walk.blocks
    return one if isinstance(one, Instance) else Unknown("with", line) if isinstance(one, Call) else one


def _left(walk: Walk, one: Any) -> None:
    if isinstance(one, Dag | Group):
        leave(walk, one)
        return
    try:
        walk.blocks.leave()
        walk.happened()
    except Unwired as error:
        walk.note("missed", str(error), walk.line)


def _try(walk: Walk, node: Any, scope: Scope) -> None:
    walk.trying += 1
    try:
        walk.run(walk, node.body, scope)
        walk.run(walk, node.orelse, scope)
    except Raised:
        if not node.handlers:
            raise
        first = node.handlers[0]
        if first.name:
            scope.put(first.name, Unknown(first.name, line_of(first)))
        walk.run(walk, first.body, scope)
    finally:
        walk.trying -= 1
        walk.run(walk, node.finalbody, scope)


def _raise(walk: Walk, node: Any, scope: Scope) -> None:
    raise Raised(line_of(node))


def _return(walk: Walk, node: Any, scope: Scope) -> None:
    raise Returned(walk.value(walk, node.value, scope) if node.value else None)


def _break(walk: Walk, node: Any, scope: Scope) -> None:
    raise Broken


def _continue(walk: Walk, node: Any, scope: Scope) -> None:
    raise Continued


def _import(walk: Walk, node: Any, scope: Scope) -> None:
    for one in node.names:
        scope.put(
            one.asname or one.name.partition(".")[0],
            Named(one.name if one.asname else one.name.partition(".")[0], True),
        )


def _import_from(walk: Walk, node: Any, scope: Scope) -> None:
    module = "." * node.level + (node.module or "")
    for one in node.names:
        if one.name != "*":
            full = f"{module}.{one.name}"
            scope.put(one.asname or one.name, known.CONSTANTS.get(full, Named(full, walk.trying > 0)))


def _shared(walk: Walk, node: Any, scope: Scope) -> None:
    for name in node.names:
        scope.shared[name] = (
            scope.top if isinstance(node, ast.Global) else (scope.outer and scope.outer.holder(name)) or scope
        )


def _delete(walk: Walk, node: Any, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.names.pop(target.id, None)


def _function(walk: Walk, node: Any, scope: Scope) -> None:
    thing: Any = function_of(walk, node, node.name, scope)
    for one in reversed(node.decorator_list):
        thing = _decorated(walk, thing, one, scope)
    scope.put(node.name, thing)
    if isinstance(thing, DagFunction):
        walk.uncalled.append(thing)


def _decorated(walk: Walk, thing: Any, node: ast.expr, scope: Scope) -> Any:
    """What a decorator from elsewhere makes of a function is taken for the function."""
    if isinstance(node, ast.Name) and node.id in _WAYS and isinstance(thing, Function):
        return replace(thing, way=node.id)
    by = walk.value(walk, node, scope)
    if isinstance(by, Named) and by.last == "cached_property" and isinstance(thing, Function):
        return replace(thing, way="property")
    made = walk.call(walk, by, [thing], {}, node)
    if isinstance(made, _KEPT) or (isinstance(made, Call) and made.name.endswith(".Asset")):
        return made
    name = by.name if isinstance(by, Named | Call) else ""
    is_foreign = "." in name and name.partition(".")[0] not in _HARMLESS and isinstance(thing, Function)
    return replace(thing, by=name) if is_foreign else thing


def _class(walk: Walk, node: Any, scope: Scope) -> None:
    bases = tuple(walk.value(walk, one, scope) for one in node.bases)
    inner = Scope({}, scope, is_class=True)
    walk.run(walk, node.body, inner)
    fields = tuple(
        part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    )
    made = Class(node.name, bases, inner.names, fields, line_of(node))
    for name, one in inner.names.items():
        if isinstance(one, Function):
            inner.names[name] = replace(one, own_class=made)
    scope.put(node.name, made)


def _match(walk: Walk, node: Any, scope: Scope) -> None:
    """Only values and `_`; another pattern is not known to match."""
    subject = walk.value(walk, node.subject, scope)
    for case in node.cases:
        fits = _fits(walk, case.pattern, subject, scope)
        if fits is None or case.guard is not None:
            walk.note("missed", "`match` is read only with plain values", line_of(node))
            names = left_out(walk, [part for one in node.cases for part in one.body], scope)
            tell_left_out(walk, names, "`match` is read only with plain values", line_of(node))
            return
        if fits:
            walk.run(walk, case.body, scope)
            return


def _fits(walk: Walk, pattern: ast.pattern, subject: Any, scope: Scope) -> bool | None:
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name:
            scope.put(pattern.name, subject)
        return True
    if isinstance(subject, Unknown) or not isinstance(subject, known.PLAIN):
        return None
    if isinstance(pattern, ast.MatchOr):
        return any(_fits(walk, one, subject, scope) for one in pattern.patterns)
    if isinstance(pattern, ast.MatchValue):
        return bool(walk.value(walk, pattern.value, scope) == subject)
    return pattern.value is subject if isinstance(pattern, ast.MatchSingleton) else None


_STATEMENTS: dict[type[ast.stmt], Callable[[Walk, Any, Scope], None]] = {
    ast.Expr: _expression, ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.If: _if,
    ast.For: _for, ast.AsyncFor: _for, ast.While: _while, ast.With: _with, ast.AsyncWith: _with, ast.Try: _try,
    ast.Raise: _raise, ast.Return: _return, ast.Break: _break, ast.Continue: _continue, ast.Import: _import,
    ast.ImportFrom: _import_from, ast.Global: _shared, ast.Nonlocal: _shared, ast.Delete: _delete,
    ast.FunctionDef: _function, ast.AsyncFunctionDef: _function, ast.ClassDef: _class, ast.Match: _match,
}  # fmt: skip
