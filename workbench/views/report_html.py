"""A report as one HTML page that stands alone: no script, nothing from elsewhere; for light and dark screens, and for
paper. All that it is given is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from workbench.views.cells import printable
from workbench.views.graph import element_id
from workbench.views.report_parts import Fact, Figure, Items, Part, Quote, Report, Section, Table

_MARKS = {"good": "✔", "bad": "✖", "plain": ""}
_TONES = (("✔", "good"), ("✖", "bad"), ("–", "quiet"))
_SHORT = 18
_DARK = "@media (prefers-color-scheme:dark)"


def html(report: Report) -> str:
    """The page, with a newline at its end."""
    return "\n".join(_lines(report)) + "\n"


def _text(given: str) -> str:
    return escape(printable(given))


def _with_code(given: str) -> str:
    """A sentence of ours, in which code stands between backticks."""
    parts = (_text(part) for part in given.split("`"))
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _lines(report: Report) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="generator" content="orchestration workbench report">'
    yield f"<title>{_text(report.title)}</title>"
    yield f"<style>{_STYLE}</style></head>"
    yield "<body><main>"
    yield f"<header><h1>{_text(report.title)}</h1>"
    yield from (f"<p>{_text(one)}</p>" for one in report.about)
    yield "</header>"
    yield from _facts(report.facts)
    yield from _contents(report.sections)
    yield '<section id="overview"><h2>What ran</h2>'
    yield '<div class="figures">'
    yield from (line for one in report.figures for line in _figure(one))
    yield "</div>"
    yield from (line for one in report.overview for line in _table(one))
    yield "</section>"
    yield from _section(report.trouble)
    for number, section in enumerate(report.sections, 1):
        yield from _section(section, f'<span class="number">{number}</span>')
    yield "<footer>Written by the orchestration workbench from the recording alone.</footer>"
    yield "</main></body></html>"


def _facts(facts: tuple[Fact, ...]) -> Iterator[str]:
    yield '<ul class="facts">'
    for one in facts:
        mark = f' <span class="mark">{_MARKS[one.mood]}</span>' if _MARKS[one.mood] else ""
        yield f'<li class="{one.mood}"><b>{_text(one.value)}{mark}</b> <span>{_text(one.label)}</span>'
        yield f" <small>{_text(one.note)}</small></li>"
    yield "</ul>"


def _contents(sections: tuple[Section, ...]) -> Iterator[str]:
    """The questions, and which of them the recording answers."""
    yield '<nav aria-label="Questions"><ol>'
    for one in sections:
        state = "" if one.came_up else ' <span class="quiet">not shown</span>'
        yield f'<li><a href="#{_text(one.key)}">{_text(one.question)}</a>{state}</li>'
    yield "</ol></nav>"


def _section(section: Section, number: str = "") -> Iterator[str]:
    quiet = "" if section.came_up else ' class="none"'
    yield f'<section id="{_text(section.key)}"{quiet}>'
    yield f"<h2>{number}{_text(section.question)}</h2>"
    yield f'<p class="answer">{_text(section.answer)}</p>'
    if section.to_see:
        yield f'<p class="see">To see it, {_with_code(section.to_see)}</p>'
    for part in section.parts:
        yield from _part(part)
    yield "</section>"


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, Table):
        yield from _table(part)
    elif isinstance(part, Quote):
        lines = "".join(f"<span>{_text(line)}\n</span>" for line in part.lines)
        yield f'<figure class="quote"><figcaption>{_text(part.title)}</figcaption><pre>{lines}</pre></figure>'
    else:
        yield from _items(part)


def _items(part: Items) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{_text(one)}</li>" for one in part.items)
    yield "</ul>"


def _figure(one: Figure) -> Iterator[str]:
    """The picture within the page: its ids are unique in it, and paper is light."""
    inside = re.sub(r"(<g id=[\"'])task:", lambda match: f"{match[1]}{element_id(one.title)}/", one.svg.strip())
    inside = inside.replace(_DARK, _DARK.replace("@media ", "@media screen and "))
    yield f'<figure class="graph"><div>{inside}</div><figcaption>{_text(one.text)}</figcaption></figure>'


def _table(part: Table) -> Iterator[str]:
    yield f'<div class="table"><table><caption>{_text(part.title)}</caption>'
    yield f"<thead><tr>{_cells('th', part.head, part.right)}</tr></thead><tbody>"
    yield from (f"<tr>{_cells('td', row, part.right)}</tr>" for row in part.rows)
    yield "</tbody></table></div>"
    if part.more:
        yield f'<p class="quiet">{_text(part.more)}</p>'


def _cells(tag: str, cells: tuple[str, ...], right: tuple[int, ...]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(
        f"<{tag}{scope}{_looks(cell, place in right)}>{_text(cell)}</{tag}>" for place, cell in enumerate(cells)
    )


def _looks(cell: str, right: bool) -> str:
    """Classes: to the right, not worth a second line, and the colour of its mark."""
    names = ["right"] if right else []
    names += ["short"] if len(cell) <= _SHORT else []
    names += [name for mark, name in _TONES if cell.startswith(mark)]
    return f' class="{" ".join(names)}"' if names else ""


_STYLE = """
:root{color-scheme:light dark;--ink:#1c212b;--soft:#596170;--line:#dfe3e9;--paper:#f5f6f8;--card:#fff;--tint:#f0f3f7;
--link:#0a5f8a;--good:#1a7f4b;--bad:#c62f35}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3abb9;--line:#343a46;--paper:#101319;
--card:#171a21;--tint:#20242d;--link:#56c7ea;--good:#4cc38a;--bad:#ff6b6b}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,Helvetica,Arial,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .6rem;letter-spacing:-.015em}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .6rem}
header p{margin:.2rem 0;color:var(--soft)}
a{color:var(--link)}
.facts{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;padding:0;
margin:1.75rem 0}
.facts li{background:var(--card);border:1px solid var(--line);border-top:3px solid var(--line);border-radius:8px;
padding:.7rem .9rem}
.facts b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.facts span{font-weight:600;font-size:.9rem}
.facts small{display:block;color:var(--soft);line-height:1.35;margin-top:.15rem}
.facts .good{border-top-color:var(--good)}.facts .good .mark{color:var(--good)}
.facts .bad{border-top-color:var(--bad)}.facts .bad .mark{color:var(--bad)}
.facts .mark{font-size:1rem;vertical-align:.2em}
nav ol{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));margin:0 0 1.75rem;
padding-left:1.4rem}
nav li{margin:.15rem 1rem .15rem 0}
.quiet{color:var(--soft);font-size:.85rem}
nav .quiet{border:1px solid var(--line);border-radius:99px;padding:0 .5rem;margin-left:.3rem;white-space:nowrap}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.4rem 1.5rem;margin:1.25rem 0}
section.none{border-style:dashed;background:none}
section.none h2,section.none .answer{color:var(--soft)}
.number{display:inline-block;min-width:1.7em;text-align:center;margin-right:.55rem;border-radius:99px;font-size:.95rem;
line-height:1.7;background:var(--tint);color:var(--soft);vertical-align:.1em}
.answer{font-size:1.08rem;margin:.2rem 0 .8rem}
.see{color:var(--soft);margin:.2rem 0}
ul{padding-left:1.3rem;margin:.8rem 0}
figure{margin:1rem 0}
figcaption{color:var(--soft);font-size:.85rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 1.5rem}
.graph div{overflow-x:auto}
.graph svg{display:block;max-width:100%;height:auto}
.quote{background:var(--tint);border-left:3px solid var(--link);border-radius:0 8px 8px 0;padding:.7rem 1rem}
.quote pre{margin:.35rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;
font:.86rem/1.5 ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.quote span{display:block;padding-left:4ch;text-indent:-4ch}
.table{overflow-x:auto;margin:1.1rem 0 .3rem}
table{border-collapse:collapse;min-width:min(100%,34rem);font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.3rem;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.35rem 1.5rem .35rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:500;font-size:.82rem;border-bottom-width:2px}
th:last-child,td:last-child{padding-right:0}
.right{text-align:right}.short{white-space:nowrap}
td.good{color:var(--good)}td.bad{color:var(--bad)}td.quiet{font-size:inherit}
code{font:.9em ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;background:var(--tint);border-radius:4px;
padding:.1em .3em;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.85rem;margin-top:2rem}
@media print{body{background:none;font-size:10pt}main{max-width:none;padding:0}
section,.facts li,.quote{break-inside:avoid}
section{border:0;border-top:1px solid var(--line);border-radius:0;padding:.8rem 0}nav{display:none}
tr{break-inside:avoid}h2{break-after:avoid}.table{overflow:visible}}
"""
