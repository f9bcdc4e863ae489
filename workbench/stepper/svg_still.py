"""Graph and timeline as one SVG document that stands alone: its style within it, no script, nothing from elsewhere.

It has a light card behind it, so that it can be read on light and dark pages; colours are written out, for readers that
know no variables. All lengths are px.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from workbench.stepper.svg_graph import graph_svg
from workbench.stepper.svg_time import WIDE, time_svg
from workbench.views.cells import printable

if TYPE_CHECKING:
    from workbench.bench import Bench

_EDGE, _HEAD, _GAP = 20, 44, 12
_MOST = 1400  # what is wider is shown smaller
_SLOT = re.compile(r'<(g|text) data-slot="([^"]*)"([^>]*)></\1>')
_LIVE = re.compile(r' (?:data-target|role|tabindex|style)="[^"]*"')
_SIZE = re.compile(r' width="(\d+)" height="(\d+)"')


def pictures_style() -> str:
    """The style sheet of the pictures, for pages: colours by variables, light and dark."""
    return (files("workbench.stepper") / "pictures.css").read_text(encoding="utf-8")


def still(bench: Bench) -> str:
    """The document."""
    graph, graph_size = _placed(*graph_svg(bench, "g"), _HEAD)
    time, time_size = _placed(*time_svg(bench, "t"), _HEAD + graph_size[1] + _GAP, max(graph_size[0], WIDE))
    wide = time_size[0] + 2 * _EDGE
    high = _HEAD + graph_size[1] + _GAP + time_size[1] + _EDGE
    head = re.sub(r"\s{2,}", " · ", printable("".join(span.text for span in bench.header(120))).strip())
    name = escape(head)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wb-still" role="img" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" aria-label="{name}"><title>{name}</title><style>{_style()}</style>'
        f'<rect class="wb-card" x="0.5" y="0.5" width="{wide - 1}" height="{high - 1}" rx="10"/>'
        f'<text class="wb-head" x="{_EDGE + 12}" y="30">{name}</text>{graph}{time}</svg>'
    )


def _placed(picture: str, slots: dict[str, str], top: int, room: int = 0) -> tuple[str, tuple[int, int]]:
    """A picture with all that is in its slots, which nobody can point at; its size. `room`: how wide it is to be."""
    whole = _LIVE.sub("", _filled(picture, slots))
    found = _SIZE.search(whole)
    assert found is not None
    wide, high = int(found[1]), int(found[2])
    share = room / wide if room else min(1.0, _MOST / wide)
    size = round(wide * share), round(high * share)
    return _SIZE.sub(f' x="{_EDGE}" y="{top}" width="{size[0]}" height="{size[1]}"', whole, count=1), size


def _filled(markup: str, slots: dict[str, str]) -> str:
    """With all that lies in its slots, and in theirs."""
    return _SLOT.sub(lambda one: f"<{one[1]}{one[3]}>{_filled(slots.get(one[2], ''), slots)}</{one[1]}>", markup)


@cache
def _style() -> str:
    """The rules for SVG, in the light colours, for this document alone: it may stand within a page."""
    text = pictures_style()
    colours = dict(re.findall(r"(--wb-[\w-]+):([^;}]+)", text[: text.index("@media")]))
    rules = [(one, body) for one, body in re.findall(r"(\.wb-(?:pic|dag|lanes)[ .][^{}]*)\{([^{}]*)\}", text)]
    scoped = (
        ",".join(f".wb-still {each}" for each in one.split(",")) + f"{{{body}}}"
        for one, body in rules
        if not re.search(r":hover|:focus|cursor", one + body)
    )
    plain = re.sub(r"var\((--wb-[\w-]+)\)", lambda one: colours[one[1]], "".join([*scoped, *_OWN]))
    return re.sub(r"color-mix\(in srgb,(#\w+) (\d+)%,(#\w+)\)", lambda one: _mixed(one[1], int(one[2]), one[3]), plain)


_OWN = (
    ".wb-still .wb-card{fill:var(--wb-card);stroke:var(--wb-line)}",
    ".wb-still .wb-head{font:bold 15px Helvetica,Arial,'Liberation Sans',sans-serif;fill:var(--wb-ink)}",
)


def _mixed(one: str, percent: int, two: str) -> str:
    """So much of one colour in another."""
    pairs = zip(_channels(one), _channels(two), strict=True)
    return "#" + "".join(f"{round((a * percent + b * (100 - percent)) / 100):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    return [int(digits[place : place + 2], 16) for place in (0, 2, 4)]
