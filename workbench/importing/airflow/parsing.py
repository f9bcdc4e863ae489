"""The syntax tree of a Python file, or one clear line why there is none. Nothing is run."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.importing.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

# Longer chains of brackets, indents and operators than this are made by no person.
_DEEP = ("too many nested", "too many statically nested", "too many levels of indentation")
# What Python 3 says of Python 2, or a line that only Python 2 reads.
_TWO = (
    (re.compile(r"Missing parentheses in call to 'print'"), "print without brackets"),
    (re.compile(r"Missing parentheses in call to 'exec'"), "exec without brackets"),
    (re.compile(r"multiple exception types must be parenthesized"), "`except X, e:`"),
    (re.compile(r"leading zeros in decimal"), "a number with a leading zero"),
)
_LINE_OF_TWO = (
    (re.compile(r"^\s*print\s+[^\s(=]"), "print without brackets"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"), "`except X, e:`"),
    (re.compile(r"^\s*raise\s+[\w.]+\s*,"), "`raise X, text`"),
    (re.compile(r"<>"), "`<>`"),
    (re.compile(r"\bur['\"]"), "ur'...'"),
)


def parsed(source: Source) -> ast.Module:
    """Raises InvalidInput."""
    if "\0" in source.text:
        raise source.refuse(
            "holds a null byte: this is no text", source.text[: source.text.index("\0")].count("\n") + 1
        )
    try:
        with _quiet():
            return ast.parse(source.text)
    except SyntaxError as error:
        raise source.refuse(_told(error, source), error.lineno or 0) from error
    except (RecursionError, MemoryError) as error:
        raise source.refuse("is nested too deeply to be read") from error
    except ValueError as error:
        raise source.refuse(f"is no Python: {error}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    r"""A file may have `"\d"`, of which Python warns when it reads it: nothing to us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _told(error: SyntaxError, source: Source) -> str:
    said = error.msg or "this line"
    if said.startswith(_DEEP):
        return "is nested too deeply to be read"
    lines = source.text.split("\n")
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    for pattern, what in _TWO:
        if pattern.search(said):
            return _is_two(what)
    for pattern, what in _LINE_OF_TWO:
        if pattern.search(line):
            return _is_two(what)
    version = ".".join(map(str, sys.version_info[:2]))
    return f"is not to be read as Python {version}: {said}"


def _is_two(what: str) -> str:
    return f"this is Python 2 ({what}); no Airflow that is maintained reads it: write it for Python 3 first"
