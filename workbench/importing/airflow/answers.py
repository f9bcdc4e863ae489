"""What a function of the file answers, as far as it is written out: those answers first that it gives on schedule."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from workbench.importing.airflow.things import Function, Scope

_TYPES = ("manual", "scheduled", "backfill", "asset_triggered", "dataset_triggered")
_USUAL = "scheduled"


class Answer(NamedTuple):
    """`is_said`: it is written out. `level`: 0 when a run on schedule may give it, 1 when a test of the kind of run
    says that it does not."""

    is_said: bool
    value: Any
    level: int = 0


def answers(function: Function) -> list[Answer]:
    """Those of `return`s of the function itself, in the order of the text; those on schedule first."""
    node = function.node
    if isinstance(node, ast.Lambda):
        found = list(_of(node.body, function.scope, 0))
    else:
        found = list(_in(node.body, function.scope, 0)[0])
    return sorted(found, key=lambda one: one.level)


def _in(body: Sequence[ast.stmt], scope: Scope, level: int) -> tuple[list[Answer], bool]:
    """The answers of statements, and whether a run on schedule surely does not get behind them."""
    found: list[Answer] = []
    is_over = False
    for node in body:
        some, ends = _step(node, scope, max(level, int(is_over)))
        found += some
        is_over = is_over or ends
    return found, is_over


def _step(node: ast.stmt, scope: Scope, level: int) -> tuple[list[Answer], bool]:
    if isinstance(node, ast.Return):
        return ([] if node.value is None else list(_of(node.value, scope, level))), level == 0
    if isinstance(node, ast.If):
        return _if(node, scope, level)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [], False
    bodies = [part for name in ("body", "orelse", "finalbody") for part in [getattr(node, name, [])] if part]
    bodies += [one.body for one in (*getattr(node, "handlers", []), *getattr(node, "cases", []))]
    return [one for body in bodies for one in _in(body, scope, level)[0]], False


def _if(node: ast.If, scope: Scope, level: int) -> tuple[list[Answer], bool]:
    sure = on_schedule(node.test)
    body, ends = _in(node.body, scope, max(level, int(sure is False)))
    other, other_ends = _in(node.orelse, scope, max(level, int(sure is True)))
    return [*body, *other], ends and other_ends if sure is None else ends if sure else other_ends


def _of(node: ast.expr, scope: Scope, level: int) -> Iterator[Answer]:
    if isinstance(node, ast.IfExp):
        sure = on_schedule(node.test)
        yield from _of(node.body, scope, max(level, int(sure is False)))
        yield from _of(node.orelse, scope, max(level, int(sure is True)))
        return
    is_said, value = _literal(node, scope)
    yield Answer(is_said, value, level)


def _literal(node: ast.expr, scope: Scope) -> tuple[bool, Any]:
    if isinstance(node, ast.Name) and (holder := scope.holder(node.id)) is not None:
        value = holder.names[node.id]
        return isinstance(value, str), value
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None


def on_schedule(test: ast.expr) -> bool | None:
    """Whether a test of the kind of run holds for one on schedule; None for another test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        sure = on_schedule(test.operand)
        return None if sure is None else not sure
    if isinstance(test, ast.BoolOp):
        return _together(test)
    if isinstance(test, ast.Attribute) and test.attr == "external_trigger":
        return False
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left, right = test.left, test.comparators[0]
    if not _is_run_type(left):
        left, right = right, left
    kinds = _kinds(right)
    if not _is_run_type(left) or not kinds:
        return None
    is_in = _USUAL in kinds
    return is_in if isinstance(test.ops[0], ast.Eq | ast.In | ast.Is) else not is_in


def _together(test: ast.BoolOp) -> bool | None:
    parts = [on_schedule(one) for one in test.values]
    decides = isinstance(test.op, ast.Or)
    return decides if decides in parts else None if None in parts else not decides


def _is_run_type(node: ast.expr) -> bool:
    """`dag_run.run_type`, `context["run_type"]`, `run_type`; also `str(...)`, `.value` of it."""
    if isinstance(node, ast.Attribute):
        return node.attr == "run_type" or (node.attr == "value" and _is_run_type(node.value))
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "run_type"
    if isinstance(node, ast.Call):
        return len(node.args) == 1 and _is_run_type(node.args[0])
    return isinstance(node, ast.Name) and node.id == "run_type"


def _kinds(node: ast.expr) -> list[str]:
    """`"manual"`, `DagRunType.MANUAL`, or several of them."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [kind for one in node.elts for kind in _kinds(one)]
    if isinstance(node, ast.Attribute) and node.attr == "value":
        return _kinds(node.value)
    said = node.value if isinstance(node, ast.Constant) else node.attr if isinstance(node, ast.Attribute) else ""
    kind = str(said).lower()
    return [kind.removesuffix("_job")] if kind.removesuffix("_job") in _TYPES else []
