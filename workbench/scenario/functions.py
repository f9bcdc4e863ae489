"""Task functions: plain Python, found beside the pipeline file, called when an attempt starts.

`def clean(extract, ctx)`: parameters are named after what the task needs and reads (`dag.task` as `dag_task`), and
get rows; `ctx` is optional. What is not there is an empty list, named in `ctx.missing`. The same code on the same
rows and context is run once (memoised). Nothing here is imported before a simulated run needs it.

A task may have one function for each version of its `code`; a version that it does not name runs what it says under
`run`. A task with `sql` selects from what it needs and reads instead: the tables have the names of the parameters.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.engine.state import FIRST_CODE
from workbench.model import DagSpec, InvalidInput, Problem, Task
from workbench.model.lost import LostFunction
from workbench.scenario.rows import Rows, Store
from workbench.scenario.sqlrows import SqlError, select

Function = Callable[..., Any]
Chooses = tuple[str, ...] | bool | None


@dataclass(frozen=True)
class Context:
    """What a task function may know besides its rows. Instants are aware, in the DAG's zone, so that `start.date()` is
    the day that people mean; `number` is the try, from 1. `missing`: what the task takes and what is not there, as it
    names it. `code`: the version of the code that this try runs; `params`: what the task says under `params`, not to
    be changed."""

    dag: str
    task: str
    partition: str
    start: datetime
    end: datetime
    now: datetime
    number: int
    missing: tuple[str, ...] = ()
    code: str = FIRST_CODE
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Result:
    """How a call ended: rows by content, or the error in one line with its place. `followed`: what a branch chose;
    () when a short circuit stops what is below it."""

    content: str | None = None
    rows: int | None = None
    error: str = ""
    followed: tuple[str, ...] | None = None


@dataclass
class Functions:
    """Task functions by (folder, `module:function`), and the results of their calls."""

    store: Store
    _modules: dict[Path, ModuleType] = field(default_factory=dict)
    _results: dict[Any, Result] = field(default_factory=dict)

    def of(self, dag: DagSpec, task: Task, code: str = FIRST_CODE) -> Function | None:
        """The function of this version of the task's code, or None when it has none. Raises InvalidInput when it cannot
        be loaded."""
        named = task.code.get(code)
        if named is None and task.function is not None:
            return task.function.found() if isinstance(task.function, LostFunction) else task.function
        named = named or task.run
        if named is None:
            return None
        module, _, name = named.partition(":")
        told = Problem(f"task '{task.name}' runs '{named}'", dag.file, dag.lines.get(f"tasks.{task.name}", 0))
        found = getattr(self._load(Path(dag.folder) / f"{module}.py", told), name, None)
        if not callable(found):
            raise InvalidInput([told._replace(message=f"{told.message}, but {module}.py has no function '{name}'")])
        return found  # type: ignore[no-any-return]

    def forget(self) -> None:
        """Modules are imported anew when they are next needed: somebody has changed one."""
        self._modules.clear()

    def call(self, function: Function, inputs: dict[str, str | None], ctx: Context, chooses: Chooses = None) -> Result:
        """Call it on rows given by content (None: not there). `chooses`: its answer names some of these tasks (a
        branch), or says whether to go on (True: a short circuit)."""
        told = ctx if "ctx" in inspect.signature(function).parameters else None  # who does not ask is told nothing
        key = (_fingerprint(function), _contents(inputs), told, chooses)
        if key not in self._results:
            self._results[key] = self._run(function, inputs, ctx, chooses)
        return self._results[key]

    def select(self, sql: str, inputs: dict[str, str | None]) -> Result:
        """What a SELECT finds in rows given by content."""
        key = (sql, _contents(inputs))
        if key not in self._results:
            try:
                rows = select(sql, {name: self._rows(content) for name, content in inputs.items()})
                self._results[key] = Result(self.store.put(rows), len(rows))
            except SqlError as error:
                self._results[key] = Result(error=f"SQL: {error}")
        return self._results[key]

    def _run(self, function: Function, inputs: dict[str, str | None], ctx: Context, chooses: Chooses) -> Result:
        asked = inspect.signature(function).parameters
        rows = {name: self._rows(content) for name, content in inputs.items() if name in asked}
        try:
            made = function(**rows, **({"ctx": ctx} if "ctx" in asked else {}))
            if isinstance(chooses, tuple):
                return Result(followed=_chosen(made, chooses))
            if chooses:
                kept = self._keep(made) if isinstance(made, list) else Result()
                return kept if made else Result(kept.content, kept.rows, followed=())
            return self._keep(made)
        except (Exception, SystemExit) as error:
            return Result(error=_in_one_line(error, function))

    def _rows(self, content: str | None) -> Rows:
        return (self.store.get(content) if content else None) or []

    def _keep(self, made: Any) -> Result:
        if made is None:
            return Result()
        if not isinstance(made, list) or not all(isinstance(row, dict) for row in made):
            raise TypeError(
                f"the function returned {type(made).__name__}; it must return a list of dicts (rows), or None"
            )
        try:
            content = self.store.put(made)
        except (TypeError, ValueError) as error:
            raise TypeError(f"rows must hold JSON values (text, numbers, lists, ...): {error}") from error
        return Result(content, len(made))

    def _load(self, path: Path, told: Problem) -> ModuleType:
        path = path.resolve()
        if path not in self._modules:
            self._modules[path] = _import_file(path, told)
        return self._modules[path]


def _contents(inputs: dict[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, content or "") for name, content in inputs.items()))


def _chosen(made: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """What a branch's function answered: one task's name, or a list of some; None follows nothing."""
    given = (made,) if isinstance(made, str) else tuple(made or ())
    for name in given:
        if name not in names:
            raise ValueError(f"a branch answers names of tasks right below it ({', '.join(names)}), not {name!r}")
    return given


def _import_file(path: Path, told: Problem) -> ModuleType:
    """Import a file under a private name, so that it can shadow no installed module."""
    name = f"_workbench_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InvalidInput([told._replace(message=f"{told.message}, but there is no file {path}")])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise InvalidInput(
            [told._replace(message=f"{told.message}, but {path.name} fails: {_in_one_line(error)}")]
        ) from error
    return module


def _fingerprint(function: Function) -> str:
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        source = repr(getattr(function, "__code__", function))
    closed = [repr(c.cell_contents) for c in getattr(function, "__closure__", None) or ()]
    usual = [repr(getattr(function, name, None)) for name in ("__defaults__", "__kwdefaults__")]
    return hashlib.sha256("\n".join([source, *closed, *usual]).encode("utf-8", "backslashreplace")).hexdigest()


def _in_one_line(error: BaseException, function: Function | None = None) -> str:
    """`KeyError: 'dep_time' (flights.py:41)`: the innermost line of the user's own file, or the function's first."""
    code = getattr(inspect.unwrap(function), "__code__", None) if function is not None else None
    place = ""
    if code is not None:
        own = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == code.co_filename]
        place = f" ({Path(code.co_filename).name}:{own[-1] if own else code.co_firstlineno})"
    said = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if said else ''}{said}{place}"
