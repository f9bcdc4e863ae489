"""A heat map as HTML: a plain table with its numbers, coloured behind them, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from workbench.views.heat import Cell, HeatMap

# The colour lies behind the text, never so deep that the text could not be read.
_DEEPEST = 0.62
_MANY = 8  # more columns than these stand closer together
STYLE = (
    ".wb-heat{color-scheme:light dark;color:light-dark(#1c212b,#e6e9ef);display:inline-block;max-width:100%;"
    "overflow-x:auto;margin:.3rem 0 .6rem;--wb-deep:light-dark(#3f86d6,#3f7fd0);"
    'font:14px/1.35 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;'
    "font-variant-numeric:tabular-nums}"
    'body[data-jp-theme-light="true"] .wb-heat,[data-wb-theme="light"] .wb-heat{color-scheme:light}'
    'body[data-jp-theme-light="false"] .wb-heat,[data-wb-theme="dark"] .wb-heat{color-scheme:dark}'
    # Thrice, for the tables of a notebook have rules of their own.
    ".wb-heat.wb-heat.wb-heat{table{border-collapse:separate;border-spacing:3px;margin:0;border:0;width:auto;"
    "font-size:inherit}"
    "caption{text-align:left;font-weight:600;padding:0 0 .35rem .2rem;caption-side:top;color:inherit}"
    "tr,tr:nth-child(odd),tr:hover{background:none}"
    "th,td{border:0;padding:.35rem .7rem;text-align:center;font-weight:400;max-width:none;vertical-align:middle;"
    "white-space:nowrap;background:none;color:inherit}"
    "thead th{color:light-dark(#596170,#a3abb9);padding-block:.1rem}"
    "tbody th,th.corner{text-align:right;padding-left:.2rem}"
    "tbody td{border-radius:6px;min-width:4.4em;"
    "background:color-mix(in srgb,var(--wb-deep) var(--deep,0%),light-dark(#f2f4f8,#20242d))}"
    ".many tbody td{min-width:3.2em}.many :is(th,td){padding-inline:.4rem}"
    "td.none{color:light-dark(#596170,#a3abb9)}"
    "b{font-weight:600}small{display:block;font-size:12px;opacity:.86;white-space:nowrap}"
    "p{margin:.25rem .2rem 0;color:light-dark(#596170,#a3abb9);font-size:13px}}"
)


def html_of(picture: HeatMap) -> str:
    """One table. Everything that it says is escaped."""
    return f'<div class="wb-heat"><style>{STYLE}</style>{"".join(_parts(picture))}</div>'


def _parts(picture: HeatMap) -> Iterator[str]:
    many = ' class="many"' if len(picture.columns) > _MANY else ""
    yield f"<table{many}><caption>{escape(picture.title)}</caption>" if picture.title else f"<table{many}>"
    yield f'<thead><tr><th class="corner" rowspan="2" scope="col">{escape(picture.down)}</th>'
    wide = f'colspan="{len(picture.columns)}" scope="colgroup"'
    yield f"<th {wide}>{escape(picture.across)}</th></tr><tr>"
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in picture.columns)
    yield "</tr></thead><tbody>"
    for name, cells in zip(picture.rows, picture.cells, strict=True):
        yield f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_cell, cells))}</tr>'
    yield "</tbody></table>"
    if picture.legend:
        yield f"<p>{escape(picture.legend)}</p>"


def _cell(cell: Cell) -> str:
    deep = "" if cell.level is None else f' style="--deep:{round(100 * _DEEPEST * cell.level)}%"'
    kind = ' class="none"' if cell.level is None else ""
    below = f"<small>{escape(cell.below)}</small>" if cell.below else ""
    return f"<td{kind}{deep}><b>{escape(cell.text)}</b>{below}</td>"
