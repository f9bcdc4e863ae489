"""Looks into the Python modules that tasks name, with `ast` only: nothing is imported and nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from workbench.model.findings import Findings, near
from workbench.model.parts import DagSpec, Task

_MOST_BYTES = 1024 * 1024
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """What a module defines at its top level. `opaque`: names bound to something we cannot look into.
    `error` and its line: the module cannot be read."""

    functions: dict[str, _Function] = field(default_factory=dict)
    opaque: frozenset[str] = frozenset()
    error: str = ""
    line: int = 0


def parameter(name: str) -> str:
    """The parameter of a task function that gets what it needs: `fares.clean` comes as `fares_clean`, and
    `clean@-6..0` as `clean`."""
    return name.partition("@")[0].replace(".", "_").replace("-", "_")


def check_run(spec: DagSpec, task: Task, run: str, line: int, found: Findings) -> None:
    """The function `run` of a task is there, and takes only what the task needs or reads, or `ctx`."""
    name = run.partition(":")[0]
    path = Path(spec.folder, f"{name}.py")
    file = str(Path(spec.file).parent / f"{name}.py")
    if not path.is_file():
        found.add(f"task '{task.name}' runs '{run}', but there is no file {file}{_near_file(path)}", line)
        return
    module = _module(path)
    if module.error:
        found.add(f"Python cannot read this module: {module.error}", module.line, file)
        return
    _check_function(task, run, file, module, line, found)


def _near_file(path: Path) -> str:
    try:
        return near(path.stem, (other.stem for other in path.parent.glob("*.py")))
    except OSError:
        return ""


def _check_function(task: Task, run: str, file: str, module: Module, line: int, found: Findings) -> None:
    function = run.partition(":")[2]
    if function in module.opaque or "*" in module.opaque:
        return
    if function not in module.functions:
        hint = near(function, module.functions) or f"; write def {function}(...) in it"
        found.add(f"task '{task.name}' runs '{run}', but {file} has no function '{function}'{hint}", line)
        return
    node = module.functions[function]
    where = f"function '{function}' ({file}, line {node.lineno})"
    if isinstance(node, ast.AsyncFunctionDef):
        found.add(f"task '{task.name}' runs {where}, which is 'async def'; write a plain 'def'", line)
    _check_parameters(task, node, where, line, found)


def _check_parameters(task: Task, node: _Function, where: str, line: int, found: Findings) -> None:
    names = task.needs + task.reads + task.requires
    known = {parameter(name) for name in names} | {"ctx"}
    for name in _required(node.args):
        if name not in known:
            wrong = f"has a parameter '{name}', which task '{task.name}' neither needs nor reads"
            found.add(f"{where} {wrong}{near(name, known)}", line)


def _required(arguments: ast.arguments) -> Iterator[str]:
    """The parameters without a default."""
    positional = arguments.posonlyargs + arguments.args
    yield from (a.arg for a in positional[: len(positional) - len(arguments.defaults)])
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    yield from (a.arg for a, default in pairs if default is None)


def _module(path: Path) -> Module:
    try:
        stat = path.stat()
        return _read_module(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        return Module(error=(error.strerror or "it cannot be opened").lower())


@lru_cache(maxsize=64)
def _read_module(path: Path, changed: int, size: int) -> Module:
    """`changed` and `size` are there for the cache: a module that was edited is read again."""
    if size > _MOST_BYTES:
        return Module(error="it is larger than 1 MiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a person's module does, only errors concern us
            tree = ast.parse(path.read_bytes())
    except SyntaxError as error:
        return Module(error=error.msg, line=error.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return Module(error=str(error) or "it is nested too deeply")
    return _defined(tree)


def _defined(tree: ast.Module) -> Module:
    functions: dict[str, _Function] = {}
    opaque: set[str] = set()
    for node in _top_level(tree.body):
        if isinstance(node, _Function):
            functions[node.name] = node
        else:
            opaque.update(_bound(node))
    return Module(functions, frozenset(opaque - functions.keys()))


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, also those under `if`, `try` and `with`."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody", "handlers"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from _top_level(getattr(node, part, []))


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that an import or an assignment makes; `*` when nobody can tell."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
