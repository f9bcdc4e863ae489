"""Two futures on one HTML page that stands alone: no script, nothing from elsewhere; for light and dark screens, for
paper and for a projector. All that it is given is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NamedTuple

from workbench.views.cells import printable
from workbench.views.clock import Clock
from workbench.views.lane_svg import HEAD, Plot, clock_svg, label_svg, lane_svg, now_svg
from workbench.views.lanes import Lane
from workbench.views.scales import Scale

_LABEL, _WIDE, _HIGH = 190, 1000, 26  # of the picture, in its own units


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
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="generator" content="orchestration workbench comparison">'
    yield f"<title>{_text(what.title)}</title>"
    yield f"<style>{_STYLE}</style></head>"
    yield "<body><main>"
    yield from _parts(what, 1)
    yield "<footer>Written by the orchestration workbench. Both futures begin with the same past.</footer>"
    yield "</main></body></html>"


def fragment(what: Page) -> str:
    """The same for a part of another page, which has the style: headings begin at the third level."""
    return "".join(_parts(what, 3))


def _parts(what: Page, level: int) -> Iterator[str]:
    names = [name for name, _ in what.futures]
    yield f"<header><h{level}>{_text(what.title)}</h{level}><p>{_text(what.about)}</p></header>"
    yield '<dl class="futures">'
    for place, (name, told) in enumerate(what.futures):
        yield f'<div class="f{place}"><dt>{_text(name)}</dt><dd>{_text(told)}</dd></div>'
    yield "</dl>"
    if what.lesson:
        yield f'<p class="lesson">{_text(what.lesson)}</p>'
    yield f"<section><h{level + 1}>{_text(what.first)}</h{level + 1}>"
    yield from (
        f'<p class="did"><b>{_text(name)}</b> {_text(did)}</p>' for name, did in zip(names, what.did, strict=False)
    )
    yield from (f'<p class="because">because {_text(one)}</p>' for one in what.because)
    yield from (f'<p class="because">then {_text(one)}</p>' for one in what.then)
    yield "</section>"
    yield f"<section><h{level + 1}>On the same clock</h{level + 1}>"
    yield '<div class="wide">' + "".join(timeline_svg(what)) + "</div>"
    yield f'<p class="quiet">{_KEY}</p></section>'
    yield f"<section><h{level + 1}>What came of it</h{level + 1}>"
    yield from _table(("", *names), what.rows)
    yield "</section>"
    if what.others:
        yield f"<section><h{level + 1}>Other runs that came out differently</h{level + 1}>"
        yield from _table(("", *names), what.others)
        yield "</section>"


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
    plot = Plot(what.scale, _LABEL, _WIDE, _HIGH, what.clock.zone)
    high = HEAD + _HIGH * len(what.lanes) + 8
    yield f'<svg class="wb-pic wb-lanes" viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{_text(_spoken(what))}">'
    yield clock_svg(plot, high - 4, what.now if what.scale.shows(what.now) else None)
    if what.scale.shows(what.now):
        yield f'<g class="now">{now_svg(plot, what.now, high - 4)}</g>'
    for number, lane in enumerate(what.lanes):
        strong = " begin" if any(lane.label.startswith(f"{one} ") for one, _ in what.futures) else ""
        y = HEAD + _HIGH * number + _HIGH // 2
        yield f'<g class="lane{strong}" transform="translate(0 {y})">{label_svg(lane.label, _LABEL)}'
        yield f"{lane_svg(lane, plot)}</g>"
    yield "</svg>"


def _spoken(what: Page) -> str:
    return f"{what.title}: {len(what.lanes)} rows on one clock; the table below says the same"


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
svg text{font:12px Helvetica,Arial,'Liberation Sans',sans-serif;fill:var(--ink)}
svg .mark,svg .end,svg .sign{font-family:'DejaVu Sans','Segoe UI Symbol','Apple Symbols',Arial,sans-serif}
svg .tick,svg .time,svg .mark,svg .end{text-anchor:middle}
svg .tick,svg .day,svg .label,svg .sign{fill:var(--soft)}svg .begin .label{fill:var(--ink);font-weight:600}
svg .grid{stroke:var(--line);fill:none}svg .now .line{stroke:var(--now);stroke-width:2}
svg .plate{fill:var(--now)}svg .time{fill:var(--card);font-weight:700}
svg .good{color:var(--good)}svg .bad{color:var(--bad)}svg .late,svg .pause{color:var(--late)}svg .read{color:var(--now)}
svg .wait,svg .queued,svg .away{color:var(--wait)}svg .run{color:var(--run)}svg .quiet,svg .skipped{color:var(--soft)}
svg .solid,svg .mark,svg .says,svg .within,svg .end,svg .number{fill:currentColor}
svg .hatch,svg .frame,svg .dotted,svg .dashed,svg .paused,svg .thick{fill:none;stroke:currentColor}
svg .soft{opacity:.8}svg .hatch{stroke-dasharray:1.6 3.6}svg .dotted{stroke-width:3;stroke-dasharray:0 6;
stroke-linecap:round}svg .dashed{stroke-width:2;stroke-dasharray:6 4}svg .paused{stroke-width:2;stroke-dasharray:3 3}
svg .says,svg .mark{font-size:12px}svg .wait .within{fill:var(--soft)}
svg .thick{stroke-width:5}svg .after{font-weight:600}svg .in{fill:var(--card);font-weight:600}
svg .says,svg .mark,svg .end,svg .number{paint-order:stroke;stroke:var(--card);stroke-width:3px}svg .in.end{stroke:none}
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
