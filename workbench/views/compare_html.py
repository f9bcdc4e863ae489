"""Two futures on one HTML page that stands alone: no script, nothing from elsewhere; for light and dark screens, for
paper and for a projector. All that it is given is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NamedTuple

from workbench.views.cells import cell_width, printable, shorten
from workbench.views.clock import Clock
from workbench.views.lanes import Lane, Mark, Stretch
from workbench.views.scales import Scale, ticks

_LABEL, _WIDE, _HIGH, _TOP = 190, 1000, 26, 30  # of the picture, in its own units
_CHAR = 7.4
_BAR = 15
# Style names whose bars are solid; the others are hatched or dotted, so that colour is never alone.
_SOLID = frozenset({"bar.run", "state.running", "state.success", "bar.failed"})


class Line(NamedTuple):
    """A row of a table; `moods`: of the cells after the first, each "good", "bad", "late" or nothing."""

    cells: tuple[str, ...]
    moods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`futures`: (name, what it is) of both; `first`: where they part, `did`: what each did there, `because`: of which
    commands; `then`: what was done after that. `lanes` on a `scale`, `now` (UTC) as the line across. `rows`: the
    outcome; `others`: other runs that came out differently. `lesson`: what they teach, or nothing."""

    title: str
    about: str
    futures: tuple[tuple[str, str], ...]
    first: str
    did: tuple[str, ...]
    because: tuple[str, ...]
    lanes: tuple[Lane, ...]
    scale: Scale
    now: datetime
    clock: Clock
    rows: tuple[Line, ...]
    others: tuple[Line, ...] = ()
    lesson: str = ""
    then: tuple[str, ...] = ()


def page(what: Page) -> str:
    """The page, with a newline at its end."""
    return "\n".join(_lines(what)) + "\n"


def _text(given: str) -> str:
    return escape(printable(given))


def _lines(what: Page) -> Iterator[str]:
    names = [name for name, _ in what.futures]
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="generator" content="orchestration workbench comparison">'
    yield f"<title>{_text(what.title)}</title>"
    yield f"<style>{_STYLE}</style></head>"
    yield "<body><main>"
    yield f"<header><h1>{_text(what.title)}</h1><p>{_text(what.about)}</p></header>"
    yield '<dl class="futures">'
    for place, (name, told) in enumerate(what.futures):
        yield f'<div class="f{place}"><dt>{_text(name)}</dt><dd>{_text(told)}</dd></div>'
    yield "</dl>"
    if what.lesson:
        yield f'<p class="lesson">{_text(what.lesson)}</p>'
    yield f"<section><h2>{_text(what.first)}</h2>"
    yield from (
        f'<p class="did"><b>{_text(name)}</b> {_text(did)}</p>' for name, did in zip(names, what.did, strict=False)
    )
    yield from (f'<p class="because">because {_text(one)}</p>' for one in what.because)
    yield from (f'<p class="because">then {_text(one)}</p>' for one in what.then)
    yield "</section>"
    yield "<section><h2>On the same clock</h2>"
    yield '<div class="wide">' + "".join(timeline_svg(what)) + "</div>"
    yield f'<p class="quiet">{_KEY}</p></section>'
    yield "<section><h2>What came of it</h2>"
    yield from _table(("", *names), what.rows)
    yield "</section>"
    if what.others:
        yield "<section><h2>Other runs that came out differently</h2>"
        yield from _table(("", *names), what.others)
        yield "</section>"
    yield "<footer>Written by the orchestration workbench. Both futures begin with the same past.</footer>"
    yield "</main></body></html>"


_KEY = (
    '<span class="k wait"></span> waits <span class="k run"></span> runs, with the number of the try '
    '<span class="k late">···</span> due, not here &#160; ▲ somebody reads &#160; ✖ failed'
)


def _table(head: tuple[str, ...], rows: tuple[Line, ...]) -> Iterator[str]:
    cells = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    yield f'<div class="wide"><table><thead><tr>{cells}</tr></thead><tbody>'
    for row in rows:
        moods = ("", *row.moods, *[""] * len(row.cells))
        cells = "".join(
            f'<td class="{moods[n]}">{_text(c)}</td>' if n else f'<th scope="row">{_text(c)}</th>'
            for n, c in enumerate(row.cells)
        )
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


# the picture


def timeline_svg(what: Page) -> Iterator[str]:
    """Lanes on the clock. Its colours are those of the page."""
    high = _TOP + _HIGH * len(what.lanes) + 8
    yield f'<svg viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{_text(_spoken(what))}">'
    yield '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    yield '<line y2="5" stroke="var(--wait)" stroke-width="2"/></pattern></defs>'
    for at, text in ticks(what.scale, what.clock):
        x = _x(what.scale, at)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{high - 4}"/>'
        yield f'<text class="scale" x="{x:.1f}" y="14" text-anchor="middle">{_text(text)}</text>'
    if what.scale.shows(what.now):
        x = _x(what.scale, what.now)
        yield f'<line class="now" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{high - 4}"/>'
    for number, lane in enumerate(what.lanes):
        yield from _lane(what, lane, _TOP + _HIGH * number)
    yield "</svg>"


def _spoken(what: Page) -> str:
    return f"{what.title}: {len(what.lanes)} rows on one clock; the table below says the same"


def _x(scale: Scale, at: datetime) -> float:
    part = (at - scale.start) / (scale.end - scale.start)
    return _LABEL + max(0.0, min(1.0, part)) * (_WIDE - _LABEL - 10)


def _lane(what: Page, lane: Lane, y: int) -> Iterator[str]:
    name = shorten(printable(lane.label), int(_LABEL / _CHAR) - 1)
    strong = " begin" if any(lane.label.startswith(f"{one} ") for one, _ in what.futures) else ""
    indent = 16 if lane.label.startswith(" ") else 0
    yield f'<text class="label{strong}" x="{indent}" y="{y + 17}">{escape(name.strip())}</text>'
    free = 0.0
    for one in lane.stretches:
        yield from _stretch(what.scale, one, y)
        free = max(free, _x(what.scale, one.end))
    for mark in sorted(lane.marks, key=lambda one: one.at):
        yield from _mark(what, mark, y)
    if lane.after and lane.stretches:
        look = _class(lane.after_style)
        yield f'<text class="{look} after" x="{free + 6:.1f}" y="{y + 17}">{_text(lane.after[0])}</text>'


def _stretch(scale: Scale, one: Stretch, y: int) -> Iterator[str]:
    left, right = _x(scale, one.start), _x(scale, one.end)
    wide = max(3.0, right - left)
    if one.style == "bar.due":
        yield f'<line class="due" x1="{left:.1f}" x2="{left + wide:.1f}" y1="{y + 13}" y2="{y + 13}"/>'
    else:
        look = "run" if one.style in _SOLID or one.style.startswith("state.") else "wait"
        look = "failed" if one.style == "bar.failed" else look
        yield f'<rect class="bar {look}" x="{left:.1f}" y="{y + 5}" width="{wide:.1f}" height="{_BAR}" rx="2"/>'
    if one.says and cell_width(one.says) * _CHAR < wide:
        yield f'<text class="says" x="{left + 4:.1f}" y="{y + 17}">{_text(one.says)}</text>'
    if one.ends[0]:
        yield f'<text class="{_class(one.ends[1])}" x="{left + wide + 2:.1f}" y="{y + 17}">{_text(one.ends[0])}</text>'


def _mark(what: Page, mark: Mark, y: int) -> Iterator[str]:
    if not what.scale.shows(mark.at):
        return
    x, look = _x(what.scale, mark.at), _class(mark.style)
    yield f'<text class="{look}" x="{x:.1f}" y="{y + 17}" text-anchor="middle">{_text(mark.glyph)}</text>'
    if mark.says:
        yield f'<text class="{look}" x="{x + 8:.1f}" y="{y + 17}">{_text(mark.says[0])}</text>'


def _class(style: str) -> str:
    """The class of a sheet's style name."""
    return _CLASSES.get(style, "plain")


_CLASSES = {
    "good": "good", "state.success": "good", "state.arrived": "good", "state.published": "good", "bad": "bad",
    "bar.failed": "bad", "state.failed": "bad", "state.late": "bad", "late": "late", "bar.due": "bad",
    "state.stale": "late", "bar.read": "read", "dim": "quiet", "note": "quiet",
}  # fmt: skip

_STYLE = """
:root{color-scheme:light dark;--ink:#1c212b;--soft:#596170;--line:#dfe3e9;--paper:#f5f6f8;--card:#fff;--tint:#f0f3f7;
--good:#1a7f4b;--bad:#c62f35;--late:#9a5b00;--run:#2d9a66;--wait:#b08a4f;--a:#3a4256;--b:#2f5fc4;--now:#9a5b00}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3abb9;--line:#343a46;--paper:#101319;
--card:#171a21;--tint:#20242d;--good:#4cc38a;--bad:#ff6b6b;--late:#f0b050;--run:#3fae7c;--wait:#a98c5c;--a:#d5d9e6;
--b:#7aa2f7;--now:#e0af68}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,Helvetica,Arial,sans-serif}
main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.015em}
h2{font-size:1.15rem;margin:0 0 .6rem}
header p,.quiet,footer{color:var(--soft)}
header p{margin:.2rem 0}.quiet,footer{font-size:.88rem}
.futures{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:.75rem;margin:1.5rem 0}
.futures div{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--a);border-radius:8px;
padding:.7rem 1rem;display:flex;gap:.9rem;align-items:baseline}
.futures .f1{border-left-color:var(--b)}
dt{font-size:1.4rem;font-weight:700}dd{margin:0}.f1 dt{color:var(--b)}
.lesson{font-size:1.35rem;font-weight:600;line-height:1.35;border-left:4px solid var(--now);padding:.3rem 0 .3rem 1rem;
margin:1.5rem 0}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.3rem 1.5rem;margin:1.1rem 0}
.did{margin:.25rem 0}.did b{display:inline-block;min-width:1.6rem}
.because{margin:.25rem 0;color:var(--b)}
.wide{overflow-x:auto}
svg{display:block;width:100%;min-width:44rem;height:auto}
svg text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--ink)}
svg .scale{fill:var(--soft);font-size:12px}svg .label{fill:var(--soft)}svg .begin{fill:var(--ink);font-weight:600}
.tick{stroke:var(--line)}.now{stroke:var(--now);stroke-width:2}
.bar.run{fill:var(--run)}.bar.wait{fill:url(#hatch);stroke:var(--wait);stroke-width:.8}.bar.failed{fill:var(--bad)}
.due{stroke:var(--bad);stroke-width:2;stroke-dasharray:2 4}
svg .says{font-size:11.5px;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}svg .late{fill:var(--late)}svg .read{fill:var(--now)}
svg .quiet{fill:var(--soft);font-size:13px}svg .after{font-weight:600}
.k{display:inline-block;width:1.6rem;height:.7rem;border-radius:2px;margin:0 .2rem 0 .9rem;vertical-align:baseline}
.k.run{background:var(--run)}.k.wait{border:1px solid var(--wait);
background:repeating-linear-gradient(45deg,var(--wait) 0 2px,transparent 2px 5px);margin-left:0}
.k.late{color:var(--bad);width:auto;height:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;min-width:min(100%,34rem)}
th,td{text-align:left;vertical-align:top;padding:.4rem 2rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{border-bottom-width:2px}tbody th{font-weight:400;color:var(--soft)}
td.good{color:var(--good)}td.bad{color:var(--bad);font-weight:600}td.late{color:var(--late)}
footer{margin-top:2rem}
@media print{body{background:none;font-size:10pt}main{max-width:none;padding:0}section{break-inside:avoid;border:0;
border-top:1px solid var(--line);border-radius:0;padding:.8rem 0}}
"""
