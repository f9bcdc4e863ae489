"""Lanes on a clock as SVG: what timelines in notebooks, pages and comparisons are made of. Pure.

A lane is drawn about the line y = 0, so that its markup stays the same wherever it stands. Colours come from the sheet
of the page, by class; shapes tell the sorts apart without them: what ran is solid, what waits is hatched, a pause is a
thin line, what is due is dotted. All lengths are px.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workbench.views.cells import printable, shorten
from workbench.views.clock import Clock, day
from workbench.views.lane_sheet import KEY
from workbench.views.lanes import Lane, Mark, Stretch, goes_to
from workbench.views.scales import Scale, labels_of, ticks
from workbench.views.svg_parts import escape, text_width

HEAD = 26  # above the first lane: the labels of the clock
_SAID, _EDGE = 11, 8  # size of the words; free at the right end
_LEAST = 3  # what was over at once is still seen
_GAP = 5
_CELL = 9  # a label of the clock wants eight of these
# A bar has the colour of how it ends, so in the key it has none.
_KEY = (KEY[0], ("↻", "bar.pause", "until the next try"), ("▒", "note", KEY[1][2]), *KEY[2:])


class Plot(NamedTuple):
    """Where instants are. `left`: where the scale begins; `wide`: the whole; `high`: a lane; `zone` of all times."""

    scale: Scale
    left: int
    wide: int
    high: int
    zone: ZoneInfo

    def x(self, at: datetime) -> float:
        """The place of an instant; what is not on the scale is at its edge."""
        part = (at - self.scale.start) / (self.scale.end - self.scale.start)
        return self.left + max(0.0, min(1.0, part)) * (self.wide - self.left - _EDGE)

    @property
    def bar(self) -> int:
        """How high a bar is."""
        return max(self.high - 9, 6)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def cells_of(left: int, wide: int) -> int:
    """How many cells a scale has on which labels are as far apart as on a terminal."""
    return (wide - left - _EDGE) // _CELL


# the clock


def clock_svg(plot: Plot, high: int, now: datetime | None = None) -> str:
    """Lines and labels at round times, down to `high`; no label where the plate of `now` covers a part of it."""
    plate = _plate_of(plot, now) if now is not None else None
    return _clock(plot, high, frozenset(at for at, x, text in _labels(plot) if plate and plate.covers(x, text)))


@lru_cache(maxsize=256)
def _labels(plot: Plot) -> tuple[tuple[datetime, float, str], ...]:
    """The labels of the clock: when, the middle of each, and its text."""
    shown = plot.scale.start.astimezone(plot.zone)
    found, free = [], plot.left - 16.0
    for at, time in ticks(plot.scale, Clock(plot.scale.start, plot.zone)):
        local, x = at.astimezone(plot.zone), plot.x(at)
        fitting = (
            text for text in labels_of(local, time, local.date() != shown.date()) if _may_stand(plot, x, text, free)
        )
        text = next(fitting, "")
        if text:
            free, shown = x + text_width(text, _SAID) / 2 + 6, local
            found.append((at, x, text))
    return tuple(found)


@lru_cache(maxsize=256)
def _clock(plot: Plot, high: int, hidden: frozenset[datetime]) -> str:
    lines = (f"M{_px(plot.x(at))} {HEAD - 4}V{high}" for at, _ in ticks(plot.scale, Clock(plot.scale.start, plot.zone)))
    labels = (_text("tick", x, 16, text, goes_to(at)) for at, x, text in _labels(plot) if at not in hidden)
    start = f'<text class="day" x="12" y="16">{_first_day(plot)}</text>'
    return f'<path class="grid" d="{"".join(lines)}"/>{start}{"".join(labels)}'


def _first_day(plot: Plot) -> str:
    return day(plot.scale.start.astimezone(plot.zone))


def _may_stand(plot: Plot, x: float, text: str, free: float) -> bool:
    half = text_width(text, _SAID) / 2
    return x - half >= free and x + half <= plot.wide


class _Plate(NamedTuple):
    """What stands at the top of the line of now. `is_at`: is now there, or beyond that edge of the scale?"""

    left: float
    wide: float
    text: str
    is_at: bool

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2

    def covers(self, x: float, text: str) -> bool:
        """Is a part of a text behind it? `x`: the middle of the text."""
        return abs(x - self.middle) < (self.wide + text_width(text, _SAID)) / 2 + 2


def now_svg(plot: Plot, now: datetime, high: int) -> str:
    """The line of now with its time; at the edge when now is not on the scale."""
    plate = _plate_of(plot, now)
    line = f'<path class="line" d="M{_px(plot.x(now))} {HEAD - 6}V{high}"/>' if plate.is_at else ""
    return (
        f'{line}<rect class="plate" x="{_px(plate.left)}" y="3" width="{_px(plate.wide)}" height="17" rx="8.5"/>'
        f'<text class="time" x="{_px(plate.middle)}" y="15.5">{escape(plate.text)}</text>'
    )


def _plate_of(plot: Plot, now: datetime) -> _Plate:
    """What lies before the scale stands behind its day."""
    scale, local = plot.scale, now.astimezone(plot.zone)
    if now < scale.start:
        other = "" if local.date() == scale.start.astimezone(plot.zone).date() else f"{local:%a} {local.day}, "
        text, x = f"◂ now {other}{local:%H:%M}", 0.0
    elif now >= scale.end:
        text, x = f"now {Clock(scale.end, plot.zone).at(now)} ▸", float(plot.wide)
    else:
        text, x = f"{local:%H:%M}", plot.x(now)
    wide = text_width(text, _SAID) + 12
    least = max(plot.left - wide, 12 + text_width(_first_day(plot), _SAID) + 6)
    return _Plate(max(least, min(x - wide / 2, plot.wide - wide - 1)), wide, text, scale.start <= now < scale.end)


# lanes


@lru_cache(maxsize=20_000)
def lane_svg(lane: Lane, plot: Plot) -> str:
    """One lane without its label, and named in words."""
    return f"<title>{escape(spoken(lane, plot.zone))}</title>{''.join(_Row(lane, plot).drawn())}"


def label_svg(label: str, left: int) -> str:
    """The label of a lane, in front of a scale that begins at `left`."""
    text, indent = printable(label), 26 if label.startswith(" ") else 12
    glyph, text = ("▤", text[1:]) if text.startswith("▤") else ("", text.strip())
    room = left - indent - 12 - (15 if glyph else 0)
    if text_width(text, 12) > room:
        text = shorten(text, int(room / 7.2))
    sign = f'<text class="sign" x="{indent}" y="4">{glyph}</text>' if glyph else ""
    return f'{sign}<text class="label" x="{indent + (15 if glyph else 0)}" y="4">{escape(text)}</text>'


def spoken(lane: Lane, zone: ZoneInfo) -> str:
    """A lane in words: `extract: try 1 06:00 to 06:10, failed`."""
    parts = [*(_stretch_spoken(one, zone) for one in lane.stretches)]
    parts += [f"{_mark_spoken(mark)} {_at(mark.at, zone)}" for mark in lane.marks]
    after = list(lane.after[:1])
    name = printable(lane.label).strip().lstrip("▤")
    return f"{name}: {'; '.join([*parts, *after])}" if parts or after else name


def _mark_spoken(mark: Mark) -> str:
    return ", ".join(part for part in (_SPOKEN.get(mark.glyph, ""), *mark.says[:1]) if part)


def _stretch_spoken(one: Stretch, zone: ZoneInfo) -> str:
    until = f"since {_at(one.start, zone)}" if one.went_on else f"{_at(one.start, zone)} to {_at(one.end, zone)}"
    return f"{one.words or one.says} {until}{_ENDED.get(one.ends[0], '')}".strip()


def _at(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


_ENDED = {"✖": ", failed", "†": ", ended by force"}
_SPOKEN = {"●": "came"}


class _Row:
    """Draws what is on one lane, and remembers what of it is taken."""

    def __init__(self, lane: Lane, plot: Plot) -> None:
        self.lane, self.plot = lane, plot
        self.marks = [mark for mark in sorted(lane.marks, key=lambda one: one.at) if plot.scale.shows(mark.at)]
        self.spans = [(one, *self._span(one)) for one in lane.stretches if self._is_seen(one)]
        self.taken = [(left, right) for _, left, right in self.spans]
        self.taken += [(plot.x(mark.at) - 6, plot.x(mark.at) + 6) for mark in self.marks]

    def _is_seen(self, one: Stretch) -> bool:
        return one.end >= self.plot.scale.start and one.start < self.plot.scale.end

    def _span(self, one: Stretch) -> tuple[float, float]:
        left = self.plot.x(one.start)
        return left, max(left + _LEAST, self.plot.x(one.end))

    def drawn(self) -> Iterator[str]:
        for one, left, right in self.spans:
            yield f'<g class="{class_of(one.style)}" data-target="{goes_to(one.start)}">'
            said = self._said(one, right - left)
            clear = text_width(said, _SAID) + _GAP if said and one.fill not in _FILLED else 0
            yield _SHAPES.get(_fill(one), _solid)(left, right, self.plot.bar, clear)
            yield self._within(one, left, right, said)
            yield "</g>"
        for mark in self.marks:
            yield _glyph(class_of(mark.style), self.plot.x(mark.at), mark.glyph, goes_to(mark.at))
        for mark in self.marks:
            yield self._beside(mark.says, class_of(mark.style), self.plot.x(mark.at))
        if self.lane.after and self.spans:
            yield self._behind(self.lane.after, class_of(self.lane.after_style), self.spans[-1][2])

    def _said(self, one: Stretch, wide: float) -> str:
        """Its words, as many as fit in it."""
        brief, room = _brief(one), wide - 6 - (14 if one.ends[0] else 0)
        return next((text for text in (_longest(one), one.says, brief) if text and text_width(text, _SAID) <= room), "")

    def _within(self, one: Stretch, left: float, right: float, said: str) -> str:
        """Its words; and how it ended, in it or behind it."""
        glyph, style = one.ends
        found = _text("in" if one.fill in _FILLED else "within", left + 4, 4, said) if said else ""
        if glyph:
            is_roomy = right - left > (26 if said else 15)
            middle = right - 8 if is_roomy else (left + right) / 2
            found += _text("in end" if is_roomy else f"end {class_of(style)}", middle, 4, glyph)
            self.taken.append((middle - 6, middle + 6))
        brief = "" if said or one.fill not in _FILLED else _brief(one)
        if brief and self._is_free(right + 3, right + 3 + text_width(brief, 10)):
            self.taken.append((right, right + 11))
            found += _text("number", right + 3, 4, brief)
        return found

    def _is_free(self, left: float, right: float) -> bool:
        is_in = left >= self.plot.left and right <= self.plot.wide
        return is_in and all(right <= one or left >= two for one, two in self.taken)

    def _beside(self, says: tuple[str, ...], look: str, x: float) -> str:
        """The first of these words that fit on the right of a mark, or on its left."""
        for text in says:
            wide = text_width(text, _SAID)
            for left in (x + 6 + 2, x - 6 - 2 - wide):
                if self._is_free(left, left + wide):
                    self.taken.append((left, left + wide))
                    return _text(f"says {look}", left, 4, text)
        return ""

    def _behind(self, says: tuple[str, ...], look: str, end: float) -> str:
        left = max([right for _, right in self.taken if right >= end], default=end) + _GAP
        text = next((text for text in says if self._is_free(left, left + text_width(text, _SAID))), "")
        return _text(f"says after {look}", left, 4, text) if text else ""


def _brief(one: Stretch) -> str:
    """`W` of `W: jfk`, `1` of `1 looks for jfk`."""
    return one.says.partition(":")[0].partition(" ")[0]


def _longest(one: Stretch) -> str:
    """Tries keep their bare number: a row of them is read faster."""
    return one.says if one.fill == "▒" else one.words


def _text(look: str, x: float, y: float, text: str, target: str = "") -> str:
    to = f' data-target="{escape(target)}"' if target else ""
    return f'<text class="{look}" x="{_px(x)}" y="{_px(y)}"{to}>{escape(text)}</text>'


def _glyph(look: str, x: float, glyph: str, target: str = "") -> str:
    return _text(f"mark {look}", x, 4.5, glyph, target)


def _fill(one: Stretch) -> str:
    """The character that stands for its shape; a pause between two tries has one of its own here."""
    return "↻" if one.style == "bar.pause" else one.fill


def _solid(left: float, right: float, high: int, _: float = 0) -> str:
    return (
        f'<rect class="solid" x="{_px(left)}" y="{_px(-high / 2)}" width="{_px(right - left)}" height="{high}"'
        f' rx="{_px(min(3.0, (right - left) / 2))}"/>'
    )


def _soft(left: float, right: float, high: int, _: float = 0) -> str:
    return _solid(left, right, high).replace('"solid"', '"solid soft"')


def _hatched(left: float, right: float, high: int, clear: float = 0) -> str:
    """Strokes across a frame, behind its words; leant over, so that they need no pattern with an id."""
    lean = high * 0.23
    first = left + max(clear, lean)
    strokes = (
        f'<path class="hatch" stroke-width="{high - 2}" transform="skewX(-25)"'
        f' d="M{_px(first)} 0H{_px(right - lean)}"/>'
        if right - lean > first
        else ""
    )
    frame = (
        f'<rect class="frame" x="{_px(left + 0.5)}" y="{_px(-high / 2 + 0.5)}"'
        f' width="{_px(max(right - left - 1, 1))}" height="{high - 1}" rx="{_px(min(3.0, (right - left) / 2))}"/>'
    )
    return strokes + frame


def _line(look: str) -> Callable[[float, float, int, float], str]:
    """A line of that look, which begins behind its words."""

    def drawn(left: float, right: float, _: int, clear: float = 0) -> str:
        return f'<path class="{look}" d="M{_px(min(left + clear, right))} 0H{_px(right)}"/>'

    return drawn


_FILLED = "▒▓"
_SHAPES: dict[str, Callable[[float, float, int, float], str]] = {
    "▒": _solid, "▓": _soft, "░": _hatched, "·": _line("dotted"), "╌": _line("dashed"), "═": _line("thick"),
    "↻": _line("paused"),
}  # fmt: skip


def class_of(style: str) -> str:
    """The class of a style of a sheet, by which a page colours it."""
    return _CLASSES.get(style, "plain")


_CLASSES = {
    "good": "good", "state.success": "good", "state.arrived": "good", "state.published": "good", "bar.read": "read",
    "bad": "bad", "bar.failed": "bad", "state.failed": "bad", "state.late": "bad", "bar.due": "bad",
    "late": "late", "state.stale": "late", "state.blocked": "late", "bar.wait": "wait", "bar.queued": "queued",
    "bar.pause": "pause", "bar.run": "run", "bar.poke": "run", "bar.away": "away", "dim": "quiet", "note": "quiet",
    "state.skipped": "skipped", "state.upstream_failed": "late", "state.removed": "quiet",
}  # fmt: skip


# what the shapes mean


def legend_svg(lanes: Iterable[Lane], left: int, wide: int) -> str:
    """A line that tells what the shapes and glyphs that are there mean."""
    there = frozenset(char for lane in lanes for char in _glyphs(lane))
    return _legend(there, left, wide)


def _glyphs(lane: Lane) -> Iterator[str]:
    for one in lane.stretches:
        yield _fill(one)
        yield one.ends[0]
    yield from (mark.glyph for mark in lane.marks)


@lru_cache(maxsize=256)
def _legend(there: frozenset[str], left: int, wide: int) -> str:
    found, x = [], float(left)
    for glyph, style, text in _KEY:
        is_bar = glyph in _SHAPES
        end = x + (26 if is_bar else 16) + text_width(text, _SAID) * 0.88 + 14
        if glyph not in there or end > wide:
            continue
        shape = _SHAPES[glyph](x, x + 20, 9, 0) if is_bar else _glyph("", x + 5, glyph)
        found.append(f'<g class="{class_of(style)}">{shape}</g>' + _text("key", x + (26 if is_bar else 16), 4, text))
        x = end
    return "".join(found)
