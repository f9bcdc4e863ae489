"""What PyYAML says about broken text, in plain words. Its C and its Python parser phrase things differently;
the tables below know both, so that the message does not depend on which one is installed."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from workbench.model.findings import shown

TAB = "a tab is used for indentation; YAML wants spaces"


class _Case(NamedTuple):
    """`pattern` is searched in "context | problem". `at_start`: the line told is where the thing began."""

    pattern: str
    message: str
    at_start: bool = False


# First match wins. {char}: the character at the mistake; {rest}: its line from there; {opener}, {whole}: the
# same where the broken thing began; {since}: the line of that.
_CASES = (
    _Case("tab character", TAB),
    _Case("an? (alias|anchor)", "a value cannot start with '{opener}'; put it in quotes: \"{whole}\"", True),
    _Case("cannot start any token", "a value cannot start with '{char}'; put it in quotes: \"{rest}\""),
    _Case(
        "flow sequence",
        "the list that '[' opens on line {since} is not closed: ',' or ']' is missing{before}",
    ),
    _Case(
        "flow mapping",
        "the group that '{{' opens on line {since} is not closed: ',' or '}}' is missing{before}",
    ),
    _Case("escape", "a '\\' in double quotes has a special meaning, and this one is none; use single quotes"),
    _Case(
        "quoted scalar",
        "the text that {opener} opens on this line is never closed; add the closing {opener}",
        True,
    ),
    _Case(
        "mapping values",
        "':' is not expected here; check the indentation of this line, and quote a text that holds ': '",
    ),
    _Case(
        "sequence entries",
        "a list cannot start here; write each '- item' on a line of its own, below the name",
    ),
    _Case("expected ':'", "'name: value' is expected here; the ':' after the name is missing", True),
    _Case("node content|flow node", "a value is missing here{before}"),
    _Case("block scalar", "after '|' or '>' the text starts on the next line, indented with spaces", True),
    _Case("[Tt]ag", "a value cannot start with '!' (a YAML tag); put it in quotes if it is text"),
    _Case("directive|incompatible|%YAML", "a line that starts with '%' is an instruction to YAML; remove it"),
    _Case("document start", "'---' is missing before this line: a new document starts with it"),
    _Case(
        "block (mapping|collection|sequence)",
        "this does not fit the lines above (the block that starts on line {since}); check its indentation, "
        "and that nothing follows a closing quote or bracket",
    ),
)
_OTHER = _Case("", "this is not valid YAML; check indentation, quotes and brackets here")


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, int]:
    """The message for a syntax error, and its line (from 1)."""
    lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", text)
    here = _place(error.problem_mark or error.context_mark, lines)
    start = _place(error.context_mark or error.problem_mark, lines)
    if _is_tab(here, lines):
        return TAB, here.line
    case = _case(f"{error.context} | {error.problem}")
    before = f" before '{here.rest}'" if here.rest else ""
    # In a list or a group in brackets, `extract_{airport}` is no text.
    before += "; a text that holds '{' must be in quotes here" if here.char == "{" else ""
    words = {"char": here.char, "rest": here.rest, "opener": start.char, "whole": start.rest}
    message = case.message.format(**words, since=start.line, before=before)
    return message, start.line if case.at_start else here.line


class _Place(NamedTuple):
    line: int
    char: str
    rest: str
    column: int


def _place(mark: yaml.Mark | None, lines: list[str]) -> _Place:
    if mark is None:
        return _Place(1, "", "", 0)
    # Past the end of the text, the last line is what a person can look at.
    last = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    rest = line[mark.column :]
    return _Place(min(mark.line + 1, last), rest[:1], shown(rest.strip()), mark.column)


def _is_tab(here: _Place, lines: list[str]) -> bool:
    line = lines[here.line - 1]
    return here.char == "\t" or "\t" in line[: len(line) - len(line.lstrip())]


def _case(said: str) -> _Case:
    return next((case for case in _CASES if re.search(case.pattern, said)), _OTHER)
