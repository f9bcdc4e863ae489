"""What an expression stands for. What the text does not tell is Unknown; nothing here raises for a wrong value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workbench.importing.airflow import known
from workbench.importing.airflow.attributes import attribute, item
from workbench.importing.airflow.leaving import left_out, note_rounds, tell_left_out, unless_set, when_run
from workbench.importing.airflow.making import draw
from workbench.importing.airflow.parts import UNTOLD, Call, Unknown
from workbench.importing.airflow.state import Walk, line_of
from workbench.importing.airflow.things import (
    Bound,
    Class,
    Dag,
    DagFunction,
    Decorator,
    Function,
    FunctionNode,
    Group,
    GroupFunction,
    Instance,
    Label,
    Named,
    Node,
    OperatorPart,
    Part,
    Result,
    Scope,
    Task,
    TaskFunction,
)  # fmt: skip

_ALWAYS_TRUE = (Task, Result, Dag, Group, Function, Class, Instance, TaskFunction, GroupFunction, DagFunction, Bound,
                Part, Decorator, OperatorPart, Label)  # fmt: skip


def value(walk: Walk, node: ast.expr, scope: Scope) -> Any:
    walk.spend()
    handler = _EXPRESSIONS.get(type(node))
    return handler(walk, node, scope) if handler else walk.unknown(node)


def lifted(walk: Walk, node: ast.AST, do: Callable[..., Any], *values: Any) -> Any:
    """`do(*values)`; Unknown when one is, with what it would be by default when all are told by default."""
    is_sure = not any(isinstance(one, Unknown) for one in values)
    likely = [one.otherwise if isinstance(one, Unknown) else one for one in values]
    if any(one is UNTOLD for one in likely):
        return walk.unknown(node)
    try:
        done = do(*likely)
    except known.ORDINARY:
        return walk.unknown(node)
    if isinstance(done, str | list | tuple | set | dict):
        walk.spend(len(done) // 50)
    return done if is_sure else walk.unknown(node, done)


def truth(one: Any) -> tuple[bool | None, bool]:
    """Whether it is true (None: unknown), and whether that is only so by default."""
    if isinstance(one, Unknown):
        return (None, False) if one.otherwise is UNTOLD else (truth(one.otherwise)[0], True)
    if isinstance(one, _ALWAYS_TRUE):
        return True, False
    if isinstance(one, Named):
        return (True if one.is_there or (one.last[:1].isupper() and not one.last.isupper()) else None), False
    if isinstance(one, Call):
        return (True if one.name.rpartition(".")[2][:1].isupper() else None), False
    return bool(one), False


def items(one: Any) -> tuple[list[Any] | None, bool]:
    """What a loop goes over (None: unknown), and whether that is only so by default."""
    if isinstance(one, Unknown) and one.otherwise is not UNTOLD:
        return items(one.otherwise)[0], True
    if isinstance(one, Group):
        return list(one.tasks), False
    try:
        return known.listed(one), False
    except (TypeError, known.TooLong):
        return None, False


def assign(walk: Walk, target: ast.expr, one: Any, scope: Scope) -> None:
    """`target = one`. Attributes and items are set by `setting`, which knows more of Airflow."""
    if isinstance(target, ast.Name):
        scope.put(target.id, one)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(walk, target.elts, one, scope)
    elif isinstance(target, ast.Starred):
        assign(walk, target.value, one, scope)
    else:
        walk.assign(walk, target, one, scope)


def _unpack(walk: Walk, targets: list[ast.expr], one: Any, scope: Scope) -> None:
    found, _ = items(one) if not isinstance(one, Group) else (None, False)
    starred = next((at for at, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    if found is not None and starred is not None and len(found) >= len(targets) - 1:
        after = len(targets) - starred - 1
        middle = len(found) - after
        found = [*found[:starred], found[starred:middle], *found[middle:]]
    for at, target in enumerate(targets):
        known_one = found is not None and at < len(found)
        assign(walk, target, found[at] if found is not None and known_one else _of(walk, one, target), scope)


def _of(walk: Walk, one: Any, target: ast.expr) -> Any:
    """A part of something unknown. Results of a task unpacked are still its results."""
    return one if isinstance(one, Result) else walk.unknown(target)


def _constant(walk: Walk, node: Any, scope: Scope) -> Any:
    return node.value


def _name(walk: Walk, node: Any, scope: Scope) -> Any:
    holder = scope.holder(node.id)
    if holder is None:
        return known.CONSTANTS.get(node.id, Named(node.id))
    return holder.names[node.id]


def _attribute(walk: Walk, node: Any, scope: Scope) -> Any:
    return attribute(walk, walk.value(walk, node.value, scope), node.attr, node)


def _subscript(walk: Walk, node: Any, scope: Scope) -> Any:
    owner = walk.value(walk, node.value, scope)
    if isinstance(node.slice, ast.Slice):
        ends = [
            walk.value(walk, one, scope) if one else None
            for one in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        return lifted(walk, node, lambda some, *by: some[slice(*by)], owner, *ends)
    return item(walk, owner, walk.value(walk, node.slice, scope), node)


def _call(walk: Walk, node: Any, scope: Scope) -> Any:
    thing = walk.value(walk, node.func, scope)
    args: list[Any] = []
    for one in node.args:
        args += _spread(walk, one, scope)
    given: dict[str, Any] = {}
    for word in node.keywords:
        is_callback = (word.arg or "").endswith("_callback")
        walk.callbacks += is_callback
        found = walk.value(walk, word.value, scope)
        walk.callbacks -= is_callback
        given |= {word.arg: found} if word.arg else _spread_words(walk, found, word.value)
    walk.line = line_of(node)
    walk.scope = scope
    return walk.call(walk, thing, args, given, node)


def _spread(walk: Walk, node: ast.expr, scope: Scope) -> list[Any]:
    if not isinstance(node, ast.Starred):
        return [walk.value(walk, node, scope)]
    one = walk.value(walk, node.value, scope)
    found, _ = items(one)
    return [one if isinstance(one, Result) else walk.unknown(node)] if found is None else found


def _spread_words(walk: Walk, found: Any, node: ast.expr) -> dict[str, Any]:
    if isinstance(found, Unknown) and isinstance(found.otherwise, dict):
        found = found.otherwise
    if isinstance(found, dict):
        return {str(name): one for name, one in found.items()}
    walk.note("missed", f"what stands in **{walk.text(node)} comes from elsewhere", line_of(node))
    return {}


def _binary(walk: Walk, node: Any, scope: Scope) -> Any:
    """Chains as long as people write them (`a >> b >> c ...`) are no depth."""
    spine = [node]
    while isinstance(spine[-1].left, ast.BinOp):
        spine.append(spine[-1].left)
    one = walk.value(walk, spine[-1].left, scope)
    for part in reversed(spine):
        one = operated(walk, part, one, walk.value(walk, part.right, scope))
    return one


def operated(walk: Walk, node: Any, one: Any, other: Any) -> Any:
    """`one + other`, `one >> other`. In `a += b`, too."""
    sign = type(node.op).__name__
    if sign in ("RShift", "LShift") and (_is_node(walk, one) or _is_node(walk, other)):
        return _arrow(walk, node, one, other, sign == "LShift")
    if sign in _OF_ASSETS and (_is_asset(one) or _is_asset(other)):
        return Call(_OF_ASSETS[sign], (one, other), {}, line_of(node))
    if sign == "Add" and any(isinstance(some, str) for some in (one, other)) and _is_open(one, other):
        return Unknown(_part(walk, one) + _part(walk, other), line_of(node))
    if sign == "Mod" and isinstance(one, str) and _is_open(*(other if isinstance(other, tuple) else (other,))):
        parts = [_part(walk, some) for some in (other if isinstance(other, tuple) else (other,))]
        filled = lifted(walk, node, known.BINARY["Mod"], one.replace("%d", "%s"), tuple(parts))
        return Unknown(filled, line_of(node)) if isinstance(filled, str) else filled
    return lifted(walk, node, known.BINARY.get(sign, _none), one, other)


_OF_ASSETS = {"BitOr": "airflow.sdk.AssetAny", "BitAnd": "airflow.sdk.AssetAll"}
_ASSETS = ("Asset", "Dataset", "AssetAlias", "DatasetAlias", "AssetAny", "AssetAll", "DatasetAny", "DatasetAll", "ref")


def _none(*_: Any) -> Any:
    raise TypeError


def _is_asset(one: Any) -> bool:
    return isinstance(one, Call) and one.name.rpartition(".")[2] in _ASSETS


def _is_open(*some: Any) -> bool:
    """One is unknown, and not told by default either."""
    return any(isinstance(one, Unknown) and one.otherwise is UNTOLD for one in some)


def _part(walk: Walk, one: Any) -> str:
    if isinstance(one, str):
        return one
    return (
        one.text
        if isinstance(one, Unknown) and "{" in one.text
        else f"{{{one.text if isinstance(one, Unknown) else one}}}"
    )


def _is_node(walk: Walk, one: Any) -> bool:
    """Something that has arrows, or may have: in a DAG, whatever comes from elsewhere."""
    if isinstance(one, list | tuple):
        return any(_is_node(walk, some) for some in one)
    return (
        isinstance(one, Node) or id(one) in walk.stand_ins or (isinstance(one, Call | Named) and walk.dag is not None)
    )


def _arrow(walk: Walk, node: Any, one: Any, other: Any, is_up: bool) -> Any:
    line = line_of(node)
    one, other = (stand_in(walk, some, line) for some in (one, other))
    draw(walk, one, other, line, is_up)
    return other


def stand_in(walk: Walk, one: Any, line: int) -> Any:
    """For what is unknown beside an arrow: something that hands the arrows on. A call of something from elsewhere is
    taken for one task."""
    if isinstance(one, list | tuple | set | frozenset):
        return [stand_in(walk, some, line) for some in one]
    if isinstance(one, Node):
        return one
    if isinstance(one, Call) and (task := walk.stand_for(walk, one)) is not None:
        return task
    told = one.text if isinstance(one, Unknown) else one.name if isinstance(one, Named) else None
    what = f"`{told}` beside an arrow comes from elsewhere" if told else "something beside an arrow is no task"
    walk.note("missed", f"{what}: the arrow goes past it", line)
    return Label()


def _bool_op(walk: Walk, node: Any, scope: Scope) -> Any:
    """`and`, `or`, with three values. `os.getenv("X") or "y"` is "y" by default."""
    is_and = isinstance(node.op, ast.And)
    is_open, is_guess, last = False, False, None
    for at, part in enumerate(node.values):
        last = walk.value(walk, part, scope)
        sure, by_default = truth(last)
        is_open, is_guess = is_open or sure is None, is_guess or by_default
        if sure is not None and sure is not is_and:
            if by_default:
                _tell_without(walk, node.values[at + 1 :], part, sure, scope)
            break
    likely = last.otherwise if isinstance(last, Unknown) else last
    if not is_open:
        return walk.unknown(node, likely) if is_guess else last
    ends_false = is_and and truth(last) == (False, False)
    return last if ends_false else walk.unknown(node) if is_and else walk.unknown(node, likely)


def _tell_without(walk: Walk, making: Sequence[ast.expr], test: ast.expr, sure: bool, scope: Scope) -> None:
    tell_left_out(walk, left_out(walk, making, scope), unless_set(walk, test, sure), line_of(test))


def _unary(walk: Walk, node: Any, scope: Scope) -> Any:
    one = walk.value(walk, node.operand, scope)
    if isinstance(node.op, ast.Not):
        sure, by_default = truth(one)
        return walk.unknown(node) if sure is None else walk.unknown(node, not sure) if by_default else not sure
    return lifted(walk, node, known.UNARY[type(node.op).__name__], one)


def _compare(walk: Walk, node: Any, scope: Scope) -> Any:
    left = walk.value(walk, node.left, scope)
    done: Any = True
    for sign, part in zip(node.ops, node.comparators, strict=True):
        right = walk.value(walk, part, scope)
        done = _compared(walk, node, type(sign).__name__, left, right)
        if truth(done)[0] is not True:
            return done
        left = right
    return done


def _compared(walk: Walk, node: Any, sign: str, left: Any, right: Any) -> Any:
    foreign = [one for one in (left, right) if isinstance(one, Named | Call)]
    if foreign:
        is_none = sign in ("Is", "IsNot") and (left is None or right is None)
        sure = truth(foreign[0])[0]
        return (sign == "IsNot") if is_none and sure else walk.unknown(node)
    return lifted(walk, node, known.COMPARED[sign], left, right)


def _if_else(walk: Walk, node: Any, scope: Scope) -> Any:
    test = walk.value(walk, node.test, scope)
    sure, by_default = truth(test)
    way, other = (node.orelse, node.body) if sure is False else (node.body, node.orelse)
    chosen = walk.value(walk, way, scope)
    if sure is not None and not by_default:
        return chosen
    why = when_run(walk, node.test, True) if sure is None else unless_set(walk, node.test, sure)
    tell_left_out(walk, left_out(walk, [other], scope), why, line_of(node))
    if isinstance(chosen, known.PLAIN):
        return walk.unknown(node, chosen)
    walk.note("guessed", when_run(walk, node.test, sure is not False), line_of(node))
    return chosen


def _elements(walk: Walk, node: Any, scope: Scope) -> list[Any]:
    found: list[Any] = []
    for one in node.elts:
        found += _spread(walk, one, scope)
    return found


def _list(walk: Walk, node: Any, scope: Scope) -> Any:
    return _elements(walk, node, scope)


def _tuple(walk: Walk, node: Any, scope: Scope) -> Any:
    return tuple(_elements(walk, node, scope))


def _set(walk: Walk, node: Any, scope: Scope) -> Any:
    found = _elements(walk, node, scope)
    try:
        return set(found) if all(isinstance(one, known.PLAIN) for one in found) else found
    except TypeError:
        return found


def _dict(walk: Walk, node: Any, scope: Scope) -> Any:
    made: dict[Any, Any] = {}
    for key, part in zip(node.keys, node.values, strict=True):
        one = walk.value(walk, part, scope)
        if key is None:
            made |= _spread_words_of_dict(walk, one, part)
        else:
            put(made, walk.value(walk, key, scope), one)
    return made


def _spread_words_of_dict(walk: Walk, found: Any, node: ast.expr) -> Mapping[Any, Any]:
    return found if isinstance(found, dict) else _spread_words(walk, found, node)


def put(made: dict[Any, Any], key: Any, one: Any) -> None:
    try:
        made[key] = one
    except TypeError:
        made[key.name if isinstance(key, Call) else str(getattr(key, "order", "?"))] = one


# How sure a round of a comprehension is.
_UNKNOWN, _BY_DEFAULT, _SURE = range(3)
_LEFT_OUT = -_BY_DEFAULT


def _rounds(walk: Walk, generators: list[ast.comprehension], scope: Scope, making: Sequence[ast.expr]) -> Iterator[int]:
    """Sets the names of a comprehension, round by round; yields how sure the round is. `making`: what it makes, named
    when a round is left out by default."""
    first, *others = generators
    over = walk.value(walk, first.iter, scope)
    found, by_default = items(over)
    walk.unsure += found is None
    try:
        for one in [_of(walk, over, first.target)] if found is None else found:
            if not walk.may_go_round(line_of(first.iter)):
                return
            assign(walk, first.target, one, scope)
            tests = [truth(walk.value(walk, test, scope)) for test in first.ifs]
            if any(sure is False for sure, _ in tests):
                if (False, False) not in tests:
                    _tell_without(walk, making, first.ifs[tests.index((False, True))], False, scope)
                    yield _LEFT_OUT
                continue
            is_open = found is None or any(sure is None for sure, _ in tests)
            level = _UNKNOWN if is_open else _BY_DEFAULT if by_default or any(guess for _, guess in tests) else _SURE
            for inner in _rounds(walk, others, scope, making) if others else (_SURE,):
                yield min(level, inner)
    finally:
        walk.unsure -= found is None


def _comprehension(walk: Walk, node: Any, scope: Scope) -> Any:
    inner, before = Scope({}, scope), walk.events
    made: list[Any] = []
    level = _SURE
    for sure in _rounds(walk, node.generators, inner, (node.elt,)):
        level = min(level, abs(sure))
        if sure != _LEFT_OUT:
            made.append(walk.value(walk, node.elt, inner))
    return _settled(walk, node, made, level, before)


def _dict_comprehension(walk: Walk, node: Any, scope: Scope) -> Any:
    inner, before = Scope({}, scope), walk.events
    made: dict[Any, Any] = {}
    level = _SURE
    for sure in _rounds(walk, node.generators, inner, (node.key, node.value)):
        level = min(level, abs(sure))
        if sure != _LEFT_OUT:
            put(made, walk.value(walk, node.key, inner), walk.value(walk, node.value, inner))
    return _settled(walk, node, made, level, before)


def _settled(walk: Walk, node: Any, made: Any, level: int, before: int) -> Any:
    if level == _SURE:
        return made
    if walk.events != before:
        note_rounds(walk, node.generators[0].iter, line_of(node), level == _BY_DEFAULT)
        return made
    return walk.unknown(node, made) if level == _BY_DEFAULT else walk.unknown(node)


def _joined(walk: Walk, node: Any, scope: Scope) -> Any:
    parts = [_formatted(walk, one, scope) if isinstance(one, ast.FormattedValue) else one.value for one in node.values]
    if not any(isinstance(one, Unknown) for one in parts):
        return lifted(walk, node, lambda *some: known.fit("".join(some)), *parts)
    if _is_open(*parts):
        return Unknown("".join(_part(walk, one) for one in parts), line_of(node))
    return Unknown(
        walk.text(node), line_of(node), "".join(one.otherwise if isinstance(one, Unknown) else one for one in parts)
    )


def _formatted(walk: Walk, node: ast.FormattedValue, scope: Scope) -> Any:
    one = walk.value(walk, node.value, scope)
    if isinstance(one, Result | Task):
        note_text_of_result(walk, node)
        return "{{ ti.xcom_pull() }}"
    spec = walk.value(walk, node.format_spec, scope) if node.format_spec else ""
    conversion = chr(node.conversion) if node.conversion > 0 else ""
    return lifted(walk, node.value, lambda some, form: known.formatted(some, form, conversion), one, spec)


def note_text_of_result(walk: Walk, node: ast.AST) -> None:
    text = "a result of a task stands inside a text here: Airflow draws no arrow for that, and there is none"
    walk.note("kept", text, line_of(node))


def _function(walk: Walk, node: Any, scope: Scope) -> Any:
    return function_of(walk, node, "lambda", scope)


def function_of(walk: Walk, node: FunctionNode, name: str, scope: Scope) -> Function:
    inner = scope.outer if scope.is_class and scope.outer else scope
    by_name = tuple(UNTOLD if one is None else walk.value(walk, one, scope) for one in node.args.kw_defaults)
    return Function(name, node, inner, tuple(walk.value(walk, one, scope) for one in node.args.defaults), by_name)


def _named(walk: Walk, node: Any, scope: Scope) -> Any:
    one = walk.value(walk, node.value, scope)
    assign(walk, node.target, one, scope)
    return one


def _inner(walk: Walk, node: Any, scope: Scope) -> Any:
    return walk.value(walk, node.value, scope)


def _yield(walk: Walk, node: Any, scope: Scope) -> Any:
    one = walk.value(walk, node.value, scope) if node.value else None
    if scope.yielded is not None:
        found, _ = items(one) if isinstance(node, ast.YieldFrom) else ([one], False)
        scope.yielded += found or []
    return None


_EXPRESSIONS: dict[type[ast.expr], Callable[[Walk, Any, Scope], Any]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Call: _call,
    ast.BinOp: _binary, ast.BoolOp: _bool_op, ast.UnaryOp: _unary, ast.Compare: _compare, ast.IfExp: _if_else,
    ast.List: _list, ast.Tuple: _tuple, ast.Set: _set, ast.Dict: _dict, ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension, ast.SetComp: _comprehension, ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _joined, ast.Lambda: _function, ast.NamedExpr: _named, ast.Await: _inner, ast.Yield: _yield,
    ast.YieldFrom: _yield,
}  # fmt: skip
