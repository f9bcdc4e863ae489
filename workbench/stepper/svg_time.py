"""The timeline of the bench as SVG, with a slot for every lane: it changes only where something happened, and the line
of now moves over it. All lengths are px.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.panes.timeline import lanes_shown, other_future, scale_shown
from workbench.views.lane_sheet import arranged
from workbench.views.lane_svg import HEAD, Plot, cells_of, clock_svg, label_svg, lane_svg, legend_svg, now_svg
from workbench.views.lanes import Lane
from workbench.views.svg_parts import text_width

if TYPE_CHECKING:
    from workbench.bench import Bench

WIDE = 1000
_LEAST = 720  # it is shown smaller before it is scrolled
_LABELS = (110, 210)  # the least and the most room for names
_FOOT = 26
# How high a lane is, by how many there are; what is more shares lanes, as on a small terminal.
_HIGH = ((24, 24), (60, 19), (10**9, 16))
_MOST = 140


def time_slots(bench: Bench, slot: str) -> dict[str, str]:
    """The clock with its lanes, each in a slot of its own, and the line of now."""
    return time_frame(bench, slot) | time_lanes(bench, slot)


def time_frame(bench: Bench, slot: str) -> dict[str, str]:
    """The picture without what changes with time."""
    title = f'<div data-slot="{_title_slot(slot)}" class="wb-title"></div>'
    return {slot: f'{title}<div class="wb-scroll high">{_picture(bench, slot)}</div>'}


def time_lanes(bench: Bench, slot: str) -> dict[str, str]:
    """What changes with time. It knows of no selection but of its DAG."""
    return {_title_slot(slot): _title(bench), **_lanes(bench, slot)}


def time_svg(bench: Bench, slot: str) -> tuple[str, dict[str, str]]:
    """The element without what is in its lanes, and these, by slot."""
    return _picture(bench, slot), _lanes(bench, slot)


def _title_slot(slot: str) -> str:
    return f"{slot}/title"


def _picture(bench: Bench, slot: str) -> str:
    rows, left, high = _shape(lanes_shown(bench)[1], slot)
    return _skeleton(rows, bench.chosen.target, slot, left, high)


def _lanes(bench: Bench, slot: str) -> dict[str, str]:
    mine, both = lanes_shown(bench)
    lanes = arranged(both, _MOST)
    rows, left, high = _shape(both, slot)
    plot = Plot(scale_shown(bench, mine, cells_of(left, WIDE)), left, WIDE, high, bench.clock.zone)
    end = HEAD + len(lanes) * high + 2
    return {
        f"{slot}/clock": clock_svg(plot, end, bench.now),
        **{row.name: lane_svg(lane, plot) for row, lane in zip(rows, lanes, strict=True)},
        f"{slot}/now": now_svg(plot, bench.now, end),
        f"{slot}/legend": legend_svg(lanes, 12, WIDE),
    }


class _Frame(NamedTuple):
    """What of a lane stays while time moves; `name`: of its slot."""

    name: str
    kind: str
    target: str
    other: str
    label: str

    def is_of(self, chosen: str) -> bool:
        """Is it the lane of the selection, in this future?"""
        return self.target == chosen and not self.other


def _shape(both: tuple[Lane, ...], slot: str) -> tuple[tuple[_Frame, ...], int, int]:
    """The rows; the room for their names; how high each of them is."""
    lanes = arranged(both, _MOST)
    rows = tuple(
        _Frame(name, lane.kind, lane.target, lane.other, lane.label)
        for name, lane in zip(_names(lanes, slot), lanes, strict=True)
    )
    return rows, _left(lanes), next(each for most, each in _HIGH if len(lanes) <= most)


def _left(lanes: tuple[Lane, ...]) -> int:
    """Room for the longest name."""
    longest = max((text_width(lane.label, 12) for lane in lanes), default=0)
    return int(max(_LABELS[0], min(longest + 36, _LABELS[1])))


def _names(lanes: tuple[Lane, ...], slot: str) -> list[str]:
    """The slots of lanes: by what they show, so that they stay where others come and go."""
    found: dict[str, None] = {}
    for lane in lanes:
        name = f"{slot}/{lane.kind}/{lane.target or lane.label}/{lane.other}"
        while name in found:
            name += "+"
        found[name] = None
    return list(found)


@lru_cache(maxsize=256)
def _skeleton(rows: tuple[_Frame, ...], chosen: str, slot: str, left: int, high: int) -> str:
    end = HEAD + len(rows) * high + 2
    whole = end + _FOOT
    rects = "".join(
        _row(row, chosen, HEAD + number * high, high, not number or rows[number - 1].kind != row.kind)
        for number, row in enumerate(rows)
    )
    lanes = "".join(_lane(row, chosen, HEAD + number * high + high / 2, left) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wb-pic wb-lanes" role="group" aria-label="timeline"'
        f' width="{WIDE}" height="{whole}" viewBox="0 0 {WIDE} {whole}" style="min-width:{_LEAST}px">'
        f'{rects}<g data-slot="{slot}/clock" class="clock" aria-hidden="true"></g>'
        f'<g data-slot="{slot}/now" class="now"></g>{lanes}'
        f'<g data-slot="{slot}/legend" class="legend" transform="translate(0 {end + 15})"></g></svg>'
    )


def _row(row: _Frame, chosen: str, y: int, high: int, is_first: bool) -> str:
    """What lies behind a lane; above the first of its kind, a line."""
    look = "stripe chosen" if row.is_of(chosen) else "stripe"
    line = f'<path class="part" d="M0 {y}H{WIDE}"/>' if is_first else ""
    return f'<rect class="{look}" y="{y}" width="{WIDE}" height="{high}" rx="5"/>{line}'


def _lane(row: _Frame, chosen: str, middle: float, left: int) -> str:
    """The frame of a lane, with its label."""
    look = f"lane of-{row.kind}" + (" other" if row.other else " chosen" if row.is_of(chosen) else "")
    target = f' data-target="{escape(row.target)}"' if ":" in row.target else ""
    button = f'{target} role="button" tabindex="0"' if target else ""
    return (
        f'<g class="{look}" transform="translate(0 {middle:g})">'
        f'<g{target} aria-hidden="true">{label_svg(row.label, left)}</g>'
        f'<g data-slot="{escape(row.name)}" class="bars"{button}></g></g>'
    )


def _title(bench: Bench) -> str:
    other = other_future(bench)
    if other is None or not any(lane.other for lane in lanes_shown(bench)[1]):
        return "timeline"
    return escape(f"timeline: {bench.session.branch.name}, and {other.name} below it")
