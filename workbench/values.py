"""Values as HTML: why, what happened, what was done, two futures compared, rows, exercises. The sentences are those
that the value prints; every text is escaped. A value carries its own small style, so that it can stand anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from workbench.questions import Asked, Checked, Rows
from workbench.questions.rows import said
from workbench.verbs import Done
from workbench.views.clock import Clock
from workbench.views.compare import Comparison, comparison_table
from workbench.views.happened import Happened
from workbench.views.why import Why
from workbench.views.why_run import WhyRun

# Lines and rows that are shown at once; the others can be unfolded or scrolled to.
_MOST_LINES, _MOST_ROWS = 14, 200
_MARKS = {"✔": "good", "✖": "bad", "⊘": "late", "○": "dim", "→": "dim"}
_MOODS = {
    "success": "good", "failed": "bad", "upstream_failed": "bad", "running": "run", "queued": "run",
    "up_for_retry": "late", "up_for_reschedule": "late", "skipped": "late", "none": "late",
}  # fmt: skip
# Answers that are set like a form: what stands below what says something, so they keep their blanks and are whole.
_FORMS = ("alerts", "card", "data", "lineage")
_CODE = re.compile(r"`([^`\n]+)`")
_TIMED = re.compile(r"(\d\d:\d\d(?::\d\d)?)  (.+)")


def html_of(value: Any) -> str:
    """One element with a style of its own. What is of no known kind is shown as it prints."""
    made = next((make for kind, make in _MAKERS.items() if isinstance(value, kind)), _plain)
    mood, parts = made(value)
    return f'<style>{_style()}</style><div class="wb-value {mood}">{"".join(parts)}</div>'


@cache
def _style() -> str:
    return (files("workbench") / "values.css").read_text(encoding="utf-8").replace("\n", "")


Made = tuple[str, Iterable[str]]


def _plain(value: object) -> Made:
    first, *rest = str(value).split("\n")
    return "", [_first(first), *_lines(rest)]


def _why(value: Why | WhyRun) -> Made:
    first, *rest = str(value).split("\n")
    return _MOODS.get(value.state, ""), [_first(first), *map(_line, rest)]


def _done(value: Done) -> Made:
    first, *rest = str(replace(value, answers=())).split("\n")
    told = (f'<p class="told">{escape(one)}</p>' for one in value.answers)
    below = [_form(rest)] if value.line.partition(" ")[0] in _FORMS else _lines(rest)
    return "you", [_first(first), *told, *below]


def _happened(value: Happened) -> Made:
    return "", _lines(str(value).split("\n"))


def _comparison(value: Comparison) -> Made:
    if value.first is None:
        return "", [_first(str(value))]
    head, rows = comparison_table(value, Clock(value.first.at, ZoneInfo(value.first.zone)))
    first, *rest = head
    return "", [_first(first), *map(_line, rest), _table(rows[0], rows[1:], headed=True)]


def _rows(value: Rows) -> Made:
    if not value:
        return "", [_line(value.more)]
    cells = [[said(row[name]) for name in value.columns] for row in value[:_MOST_ROWS]]
    more = value.more or (f"These are the first {_MOST_ROWS} of {len(value)} rows." if len(value) > _MOST_ROWS else "")
    return "", [_table(value.columns, cells, value.right), *([_line(more)] if more else [])]


def _checked(value: Checked) -> Made:
    mood = "good" if value.is_done else "late"
    helps = (f'<p class="help">→ {_coded(one)}</p>' for one in value.helps)
    clauses = (_line(str(clause)) for clause in value.clauses)
    total = f'<p class="day">{escape(value.sum)}</p>'
    return mood, [_first(value.title), f'<p class="dim">{escape(value.text)}</p>', *clauses, total, *helps]


def _asked(value: Asked) -> Made:
    first, *rest = str(value).split("\n")
    return "you", [_first(first), *map(_line, rest)]


_MAKERS: dict[type[Any], Callable[[Any], Made]] = {
    Why: _why,
    WhyRun: _why,
    Done: _done,
    Happened: _happened,
    Comparison: _comparison,
    Rows: _rows,
    Checked: _checked,
    Asked: _asked,
}


# parts


def _first(text: str) -> str:
    return f'<p class="first">{escape(text)}</p>'


def _line(text: str) -> str:
    """A sentence; one with a mark in front hangs below it, one with a time below that."""
    plain = text.strip()
    if plain[:2].rstrip() in _MARKS:
        look = _MARKS[plain[0]]
        rest = _coded(plain[1:].strip())
        return f'<div class="marked"><span class="s-{look}">{plain[0]}</span><span>{rest}</span></div>'
    timed = _TIMED.fullmatch(plain)
    if timed:
        return f'<div class="timed"><span class="dim">{timed[1]}</span><span>{_coded(timed[2])}</span></div>'
    return f"<p>{_coded(plain)}</p>" if plain else ""


def _coded(text: str) -> str:
    """Escaped; what stands between backquotes as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _form(texts: Sequence[str]) -> str:
    """Lines as they print, in letters of one width."""
    lines = "\n".join(texts).strip("\n")
    return f'<pre class="form" tabindex="0">{escape(lines)}</pre>' if lines else ""


def _lines(texts: Sequence[str]) -> Iterator[str]:
    """The newest lines; those before them can be unfolded."""
    older, newer = (texts[:-_MOST_LINES], texts[-_MOST_LINES:]) if len(texts) > _MOST_LINES + 2 else ([], texts)
    if older:
        yield f"<details><summary>{len(older)} lines before</summary>{''.join(map(_line, older))}</details>"
    yield from map(_line, newer)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] = (), headed: bool = False) -> str:
    """`headed`: the first cell of a row names it."""
    looks = [' class="r"' if side else "" for side in right] or [""] * len(head)
    top = "".join(f'<th scope="col"{look}>{escape(name)}</th>' for name, look in zip(head, looks, strict=True))
    body = "".join(f"<tr>{''.join(_cells(row, looks, headed))}</tr>" for row in rows)
    high = " high" if len(rows) > _MOST_LINES else ""
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll{high}" tabindex="0" role="region" aria-label="table">{table}</div>'


def _cells(row: Sequence[str], looks: Sequence[str], headed: bool) -> Iterator[str]:
    for number, (cell, look) in enumerate(zip(row, looks, strict=True)):
        is_head = headed and not number
        yield f'<th scope="row">{escape(cell)}</th>' if is_head else f"<td{look}>{escape(cell)}</td>"
