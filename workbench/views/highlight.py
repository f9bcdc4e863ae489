"""Python, SQL and YAML in the styles of a sheet (`code.*`), a row for each line. Without Pygments it is plain."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from workbench.views.cells import printable
from workbench.views.sheet import Row, Span

# The beginning of a Pygments token's name -> the style; the longest that fits counts.
_STYLES = {
    "Comment": "code.comment", "Keyword": "code.keyword", "Keyword.Constant": "code.number", "Operator": "code.mark",
    "Operator.Word": "code.keyword", "Literal.String": "code.text", "Literal.String.Doc": "code.comment",
    "Literal.Number": "code.number", "Literal.Scalar": "code.text", "Name.Function": "code.name",
    "Name.Class": "code.name", "Name.Tag": "code.keyword", "Name.Builtin": "code.name",
    "Name.Decorator": "code.keyword", "Punctuation": "code.mark",
}  # fmt: skip
_TAB = 4


@lru_cache(maxsize=32)
def highlighted(text: str, language: str) -> tuple[Row, ...]:
    """The lines of a text. `language`: python, sql or yaml."""
    clean = "\n".join(printable(line.expandtabs(_TAB)) for line in text.splitlines())
    try:
        tokens = _tokens(clean, language)
    except ImportError:
        return tuple((Span(line, "code"),) for line in clean.split("\n"))
    return tuple(_rows(tokens))


def _tokens(text: str, language: str) -> list[tuple[str, str]]:
    lexers: Any = import_module("pygments.lexers")
    lexer = lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
    return [(str(token).removeprefix("Token."), value) for token, value in lexer.get_tokens(text)]


def _rows(tokens: list[tuple[str, str]]) -> list[Row]:
    rows: list[list[Span]] = [[]]
    for token, value in tokens:
        for number, part in enumerate(value.split("\n")):
            if number:
                rows.append([])
            if part:
                rows[-1].append(Span(part, _style(token)))
    return [tuple(row) for row in rows]


@lru_cache(maxsize=256)
def _style(token: str) -> str:
    parts = token.split(".")
    for end in range(len(parts), 0, -1):
        found = _STYLES.get(".".join(parts[:end]))
        if found is not None:
            return found
    return "code"


def numbered(rows: tuple[Row, ...], first: int = 1, marked: range | None = None, at: int = 0) -> tuple[Row, ...]:
    """With line numbers from `first`; the lines in `marked` have a bar beside them, line `at` an arrow."""
    wide = len(str(first + len(rows)))
    found = []
    for number, row in enumerate(rows, first):
        is_marked = marked is not None and number in marked
        sign = "►" if number == at else "▌" if is_marked else " "
        found.append((Span(f"{number:>{wide}} ", "strong" if is_marked else "dim"), Span(f"{sign} ", "chosen"), *row))
    return tuple(found)
