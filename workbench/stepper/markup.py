"""Sheets as HTML: a row is a line of spans, a span has the class of its style and may be pointed at. All text is
escaped; nothing that a pipeline holds becomes markup.

`data-target` is what a click points at: neighbours that point at the same thing are one. An offer is drawn as a button
without the key that it has in a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

from workbench.views.sheet import Row, Sheet, Span

# Wider than any sentence: a pane of this width wraps nothing, which the browser does.
ENDLESS = 10_000
_SIGNS = ("✔ ", "✖ ", "⊘ ")
_BETWEEN = "   "
_CODE = re.compile(r"`([^`\n]+)`")
# What a terminal has on a key, these have on a tab.
_VIEWS = {"(view 4)": '(<span class="to" role="button" tabindex="-1" data-open="data">data</span>)'}


def class_of(style: str) -> str:
    """`state.up_for_retry` -> `s-state-up_for_retry`."""
    return "s-" + style.replace(".", "-")


@lru_cache(maxsize=20_000)
def _span(text: str, style: str) -> str:
    return f'<span class="{class_of(style)}">{_coded(text)}</span>' if style else _coded(text)


def _coded(text: str) -> str:
    """Escaped; what stands between backquotes as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


@lru_cache(maxsize=20_000)
def _pointed(spans: Row) -> str:
    """Neighbours that point at the same thing."""
    target = spans[0].target
    if target.startswith("offer:"):
        return _button(target, "".join(span.text for span in spans if span.style != "key"))
    inside = "".join(_span(span.text, span.style) for span in spans)
    if not target:
        return inside
    return f'<span class="to" role="button" tabindex="-1" data-target="{escape(target)}">{inside}</span>'


def _button(target: str, words: str) -> str:
    return f'<button type="button" class="offer" data-target="{escape(target)}">{_coded(words.strip())}</button>'


@lru_cache(maxsize=20_000)
def row_html(row: Row) -> str:
    """A row without the blanks at its end."""
    spans = list(row)
    while spans and not spans[-1].text.strip() and not spans[-1].target:
        spans.pop()
    return "".join(_pointed(tuple(same)) for _, same in groupby(spans, key=lambda span: span.target))


@lru_cache(maxsize=20_000)
def flowing_html(row: Row) -> str:
    """A row of a pane that wraps nothing: its items are kept apart by the browser, marks and offers as such."""
    items = [item for item in _items(row) if item]
    kind = "offers" if any(span.target.startswith("offer:") for span in row) else "marks"
    if kind == "marks" and len(items) < 2 and not _is_mark(items[0] if items else ()):
        return _with_tabs(row_html(row))
    shown = "".join(f"<li>{row_html(item)}</li>" for item in items)
    return _with_tabs(f'<ul class="{kind}">{shown}</ul>')


def _with_tabs(html: str) -> str:
    for key, tab in _VIEWS.items():
        html = html.replace(key, tab)
    return html


def _items(row: Row) -> Iterator[Row]:
    for is_between, some in groupby(row, key=lambda span: span.text == _BETWEEN and not span.style):
        if not is_between:
            yield tuple(some)


def _is_mark(item: Sequence[Span]) -> bool:
    return bool(item) and item[0].text in _SIGNS


def slot_html(slot: str, tag: str = "div", classes: str = "") -> str:
    """An empty element into which the text of a slot goes."""
    look = f' class="{classes}"' if classes else ""
    return f'<{tag} data-slot="{escape(slot)}"{look}></{tag}>'


def sheet_slots(slot: str, sheet: Sheet, look: str = "grid", names: Sequence[str] = ()) -> dict[str, str]:
    """A sheet with a slot of its own for every row, so that a change of one row is the change of one row. `look`:
    `grid` for rows of cells, `text` for sentences, which the browser wraps. `names`: of the rows; else they have
    numbers."""
    rows = [f"{slot}/{name}" for name in names or range(sheet.height)]
    title = f'<h4 class="title">{escape(sheet.title)}</h4>' if sheet.title else ""
    whole = title + "".join(slot_html(row, classes="row") for row in rows)
    made = map(flowing_html if look == "text" else row_html, sheet.rows)
    return {slot: f'<div class="sheet {look}">{whole}</div>', **dict(zip(rows, made, strict=True))}


def sheet_html(sheet: Sheet, look: str = "grid") -> str:
    """The same in one piece."""
    make = flowing_html if look == "text" else row_html
    rows = "".join(f'<div class="row">{make(row)}</div>' for row in sheet.rows)
    return f'<div class="sheet {look}">{rows}</div>'


def lines_html(lines: Iterable[str]) -> str:
    """Sentences below each other."""
    return "<br>".join(map(_coded, lines))
