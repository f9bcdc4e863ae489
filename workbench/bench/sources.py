"""The text behind the selection: the pipeline as YAML as it is now, and the Python or SQL of a task. Nothing is run."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.kept import kept
from workbench.model import DagSpec, InvalidInput, Task
from workbench.model.rewriting import rewritten
from workbench.model.writing import dag_document

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


class Source(NamedTuple):
    """A text. `name`: of the file, or what it is; `language`: python, sql or yaml. `first`: the number of its first
    line; `marked`: the lines, in those numbers, that are about the selection. `note`: what to know about it."""

    name: str
    language: str
    text: str
    first: int = 1
    marked: range = range(0)
    note: str = ""


def yaml_of(bench: Bench) -> Source:
    """The file of the DAG that is shown, with all edits so far; the DAG by itself where there is no one file."""
    spec = bench.known.plans[bench.dag].spec
    text = _read(spec.file)
    name = Path(spec.file).name if text else f"{spec.name}, as a file"
    edited = bench.session.workspace.dags.get(spec.name) != spec
    note = "with your edits: not saved" if edited and text else ""
    if not text or (edited and not _is_one_file(bench)):
        name, text = f"{spec.name}, as a file", _document(bench, spec)
    elif edited:
        try:
            text = rewritten(text, bench.known.workspace()).text
        except InvalidInput:
            name, text = f"{spec.name}, as a file", _document(bench, spec)
    return Source(name, "yaml", text, 1, _lines_in_yaml(text, spec.name, bench.chosen.name), note)


def _document(bench: Bench, spec: DagSpec) -> str:
    """The DAG by itself, as a file."""
    return kept(bench, f"document {spec.name}", (), lambda: dag_document(spec))


def _is_one_file(bench: Bench) -> bool:
    return len({plan.spec.file for plan in bench.known.plans.values()}) == 1


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8") if file else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _lines_in_yaml(text: str, dag: str, name: str) -> range:
    """The lines of one entry, or from the DAG's first line to its last."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if re.match(rf"dag:\s*[\"']?{re.escape(dag)}[\"']?\s*(#|$)", line)]
    begin = starts[0] if starts else 0
    end = next((n for n in range(begin + 1, len(lines)) if lines[n].startswith("---")), len(lines))
    if not name:
        return range(begin + 1, end + 1) if starts else range(0)
    for low, high in ((begin, end), (0, len(lines))):
        for number in range(low, high):
            if re.match(rf"\s+[\"']?{re.escape(name)}[\"']?\s*:", lines[number]):
                return range(number + 1, _end_of(lines, number) + 1)
    return range(0)


def _end_of(lines: list[str], number: int) -> int:
    """The number after the last line of an entry."""
    depth = _indent(lines[number])
    end = number + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > depth):
        end += 1
    while end > number + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


# what a task does


def code_of(bench: Bench) -> Source | None:
    """What the selected task runs; of a dataset, its writer; None where nothing was written for it."""
    found = _task(bench)
    if found is None:
        return None
    spec, task = found
    version = bench.known.code_of(spec.name, task.name)
    if task.sql:
        return Source(f"{task.name}: SQL", "sql", task.sql.strip("\n"), note=f"version {version}")
    if task.function is not None:
        return _of_function(task, version)
    named = task.code.get(version) or task.run
    return _of_file(spec, named, version) if named else None


def _task(bench: Bench) -> tuple[DagSpec, Task] | None:
    chosen, plans = bench.chosen, bench.known.plans
    if chosen.kind == "task":
        return plans[chosen.dag].spec, plans[chosen.dag].tasks[chosen.name].task
    if chosen.kind == "dataset":
        makers = ((plan.spec, one.task) for plan in plans.values() for one in plan.tasks.values()
                  if chosen.name in one.writes)  # fmt: skip
        return next(makers, None)
    return None


def _of_function(task: Task, version: str) -> Source | None:
    try:
        lines, first = inspect.getsourcelines(task.function)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return None
    last = first + len(lines)
    return Source(f"{task.name}: Python", "python", "".join(lines).rstrip(), first, range(first, last),
                  f"version {version}")  # fmt: skip


def _of_file(spec: DagSpec, named: str, version: str) -> Source:
    """The whole file, with the function marked."""
    module, _, function = named.partition(":")
    path = Path(spec.folder) / f"{module}.py"
    text = _read(str(path))
    if not text:
        return Source(named, "python", "", note=f"{path.name} cannot be read: it is not where it was")
    return Source(path.name, "python", text, 1, lines_of(text, function), f"{function}, version {version}")


def lines_of(text: str, function: str) -> range:
    """The lines of a function, with its decorators, in a file; none where it is not, or is no Python."""
    try:
        nodes = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return range(0)
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            return range(first, (node.end_lineno or node.lineno) + 1)
    return range(0)


def excerpt(source: Source) -> Source:
    """Only its marked lines."""
    if not source.marked:
        return source
    lines = source.text.split("\n")[source.marked.start - source.first : source.marked.stop - source.first]
    return source._replace(text="\n".join(lines), first=source.marked.start)
