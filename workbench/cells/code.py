"""The text of a cell -> a plain function. Its tracebacks show the cell: lines are counted as the cell counts them."""

from __future__ import annotations

import ast
import io
import keyword
import linecache
import re
import tokenize
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from workbench.ordering.here import refuse

Function = Callable[..., Any]
# Told what a task's code raised, by the name of the task.
Heard = Callable[[str, BaseException], None]
_INDENT = "    "
_FILES: dict[tuple[str, str], str] = {}


def compiled(
    task: str, parameters: Sequence[str], line: str, text: str, space: dict[str, Any], heard: Heard | None = None
) -> Function | None:
    """The function of a task's cell, with the names of `space` as its globals, where it is then by its name as well;
    None for a cell without code. Either the cell defines a function called like the task, or its lines are the body of
    one with these `parameters`, and its last expression is the result. `line`: the first line of the cell, above the
    text. Raises SyntaxError with the cell's own lines, whatever the cell itself raises, and InvalidInput."""
    if not text.strip() or all(row.lstrip().startswith("#") or not row.strip() for row in text.splitlines()):
        return None
    name = identifier(task)
    tree = _parsed(task, text)
    own = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if any(node.name == name for node in own):
        source = f"# {line}\n{text}"
    elif own and tree.body[-1] is own[-1]:
        raise refuse(f"This cell defines {own[-1].name}, and its task is {task}; give both the same name")
    else:
        source = _as_function(name, [*parameters, *_context(tree, parameters)], text, tree)
    file = _remembered(task, source)
    exec(compile(source, file, "exec", dont_inherit=True), space)
    made: Function = space[name]
    return _heard(task, made, source, heard)


def identifier(name: str) -> str:
    """A name of Python for a task or what it takes: `sales-eu` is `sales_eu`, `fares.clean` is `fares_clean`."""
    text = re.sub(r"\W", "_", name.partition("@")[0])
    return f"_{text}" if text[:1].isdigit() or keyword.iskeyword(text) else text


def source_of(function: Function | None) -> str:
    """The source of a function that was made of a cell; empty for others."""
    return str(getattr(function, "cell_source", ""))


def raised_in_cell(error: BaseException) -> str:
    """The cell in which an error was raised, as tracebacks name it; empty when it was raised elsewhere."""
    trace, files = error.__traceback__, set(_FILES.values())
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            return trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return ""


def _parsed(task: str, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        rows = [f"# %%task {task}\n", *text.splitlines(keepends=True)]
        error.filename, error.lineno = f"<task {task}, this cell>", (error.lineno or 0) + 1
        linecache.cache[error.filename] = (len(text), None, rows, error.filename)
        error.end_lineno = error.end_lineno + 1 if error.end_lineno else None
        raise error.with_traceback(None) from None


def _context(tree: ast.Module, parameters: Sequence[str]) -> list[str]:
    """Who names `ctx` is told about the try: which task, which day, which number."""
    named = any(isinstance(node, ast.Name) and node.id == "ctx" for node in ast.walk(tree))
    return ["ctx"] if named and "ctx" not in parameters else []


def _as_function(name: str, parameters: Sequence[str], text: str, tree: ast.Module) -> str:
    """The text as the body of a function, line by line. What stands inside a text of several lines stays as it is."""
    rows = text.splitlines(keepends=True)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        row = rows[last.lineno - 1].encode("utf-8")
        start = last.col_offset
        rows[last.lineno - 1] = (row[:start] + b"return " + row[start:]).decode("utf-8")
    inside = _inside_texts(text)
    body = "".join(row if number in inside or not row.strip() else _INDENT + row for number, row in enumerate(rows, 1))
    return f"def {name}({', '.join(dict.fromkeys(parameters))}):\n{body}"


def _inside_texts(text: str) -> set[int]:
    """The lines that begin inside a text of several lines."""
    inside: set[int] = set()
    begun: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            inside |= set(range(token.start[0] + 1, token.end[0] + 1))
        elif kind in ("FSTRING_START", "TSTRING_START"):
            begun.append(token.start[0])
        elif kind in ("FSTRING_END", "TSTRING_END"):
            inside |= set(range(begun.pop() + 1, token.end[0] + 1))
    return inside


def _remembered(task: str, source: str) -> str:
    """The name under which tracebacks find the source: `<task clean>`, and one of its own for each other source."""
    many = sum(name == task for name, _ in _FILES)
    file = _FILES.setdefault((task, source), f"<task {task}>" if not many else f"<task {task} ({many + 1})>")
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return file


def _heard(task: str, function: Function, source: str, heard: Heard | None) -> Function:
    @wraps(function)
    def told(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except Exception as error:
            if heard is not None:
                heard(task, error)
            raise

    told.cell_source = source  # type: ignore[attr-defined]
    return told
