"""The scene: every pane of a bench at one instant, as markup by slot. It phrases nothing: the panes do.

The slot `root` holds the elements in which the others lie, and so on downwards. It never changes, so that a front end
can keep what it hangs into it. `told` says what happened last, and is what a screen reader hears.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING

from workbench.bench.futures import called
from workbench.bench.panes.events import events
from workbench.branch import SECOND
from workbench.stepper.markup import ENDLESS, class_of, row_html, sheet_slots, slot_html
from workbench.stepper.svg_graph import graph_frame, graph_nodes
from workbench.stepper.svg_time import time_frame, time_lanes
from workbench.views.clock import common_zone
from workbench.views.sheet import Row, Sheet, Span, row_width, wrapped_row
from workbench.views.tell import story

if TYPE_CHECKING:
    from workbench.bench import Bench
    from workbench.session import Session

Scene = dict[str, str]
# Cells of the panes where they are drawn as plain text.
WIDE, WHY = 110, 58
# And of the tables: what a notebook shows beside "why"; that of data would have to cut words there, and is scrolled.
_WIDTHS = {"days": 84, "data": 120, "rules": 84, "alerts": ENDLESS}
_MOST_ROWS = 80
# Events that are told at least, and of those before them how many go at once.
_LEAST_EVENTS, _AT_ONCE = 60, 40
# The panes of which one is seen at a time: their names, and whether they are rows of cells or sentences.
TABS = {"events": "text", "days": "grid", "data": "grid", "rules": "grid", "alerts": "text"}
# Said when nobody answers; what has been fetched can be stepped all the same.
ALONE = (
    "Python has not answered for a while: a cell still runs, or Python is not there any more. "
    "What has come here so far can be stepped all the same."
)
NOTHING_YET = "Nothing has happened yet. Next goes to the first thing that does."


def scene_of(bench: Bench, said: str = "") -> Scene:
    """All panes now. `said`: what was done, as markup; else what happened last is told."""
    scene = {slot: text for make in PARTS.values() for slot, text in make(bench).items()}
    return scene | {"told": said} if said else scene


def _table(name: str, bench: Bench) -> Scene:
    width = _WIDTHS[name]
    sheet: Sheet = getattr(bench, name)(width)
    rows = (part for row in sheet.rows[:_MOST_ROWS] for part in _within(row, width))
    return sheet_slots(name, Sheet(_title(sheet, name), tuple(rows)), TABS[name])


def _within(row: Row, width: int) -> tuple[Row, ...]:
    """A row that is too long for its table over several."""
    return (row,) if row_width(row) <= width else wrapped_row(row, width, " ")


@cache
def _root() -> str:
    tabs = "".join(
        f'<button type="button" role="tab" tabindex="-1" data-tab="{name}">{name.capitalize()}</button>'
        for name in TABS
    )
    panes = "".join(
        f'<section class="wb-pane" role="tabpanel" tabindex="0" data-pane="{name}" aria-label="{name}">'
        f"<h3>{name.capitalize()}</h3>{slot_html(name)}</section>"
        for name in TABS
    )
    return (
        f'<header class="wb-head">{slot_html("head")}{slot_html("futures", "nav")}</header>'
        '<div class="wb-bar"></div>'
        f'<p class="wb-alone" role="status">{escape(ALONE)}</p>'
        f'<div class="wb-told" role="status" aria-live="polite"><p class="wb-said"></p>{slot_html("told")}'
        f"{slot_html('past', 'p', 'wb-past')}</div>"
        f'<section class="wb-card wb-graph" aria-label="pipeline">{slot_html("graph")}</section>'
        f'<div class="wb-beside"><section class="wb-card wb-time" aria-label="timeline">{slot_html("time")}</section>'
        f'<section class="wb-card wb-why" tabindex="0" aria-label="why">{slot_html("why")}</section>'
        f'<div class="wb-card wb-panes"><div class="wb-tabs" role="tablist" aria-label="more">{tabs}</div>{panes}</div>'
        "</div>"
    )


def head_html(row: Row) -> str:
    """The line on top: what is shown on the left; the future and the clock on the right."""
    gap = next((n for n, span in enumerate(row) if len(span.text) > 1 and not span.text.strip()), len(row))
    left, right = row[:gap], sorted(row[gap + 1 :], key=lambda span: span.style == "clock")
    return f'<div class="left">{row_html(left)}</div><div class="right">{row_html(_trimmed(tuple(right)))}</div>'


def _trimmed(row: Row) -> Row:
    return tuple(Span(span.text.strip() + " ", span.style, span.target) for span in row if span.text.strip())


def _past(bench: Bench) -> str:
    """What comes of a change where more has happened than is shown: the stepper shows it there. It is the same at every
    instant, so that it is read out once and not at every step."""
    if bench.is_read_only:
        return ""
    name = escape(bench.session.branch.name)
    return (
        f"You are looking back. What you change from here, below or in the next cell, opens a what-if; {name} is kept."
        ' <button type="button" class="offer" data-last>to the latest</button>'
    )


def parting_html(session: Session) -> tuple[str, str]:
    """That a cell opened a what-if because the session stood in the past, told once: with a button that leads back, and
    without."""
    parent, said = session.branch.parent, escape(session.parting())
    if not said or parent is None:
        return "", ""
    name = escape(parent.name)
    return f'{said} <button type="button" class="offer" data-target="future:{name}">to {name}</button>', said


def _futures(bench: Bench) -> str:
    """All futures, each with what it is; the one that is shown is marked. Nothing while there is but one."""
    session = bench.session
    if len(session.branches) < 2:
        return ""
    made = (
        f'<button type="button" class="future" data-target="future:{escape(name)}"'
        f"{_CURRENT if name == session.branch.name else ''}><b>{escape(name)}</b>{_in_python(bench, name)}"
        f" {escape(called(branch))}</button>"
        for name, branch in session.branches.items()
    )
    return "".join(made)


def _in_python(bench: Bench, name: str) -> str:
    """The variables in which a session stands in this future."""
    return "".join(f" <code>{escape(one)}</code>" for one in bench.names.get(name, ()))


_CURRENT = ' aria-current="true"'


def told_html(bench: Bench) -> str:
    """All that happened at the last instant at which something did."""
    session, end = bench.session, bench.session.position
    if not end:
        return NOTHING_YET
    log = session.branch.log
    some = log[session.branch.position_at(log[end - 1].at - SECOND) : end]
    zone, lines = common_zone(bench.known), list(story(bench.known, some))
    told = "".join(f"<li{_mood(line.mood)}>{escape(line.text)}</li>" for line in lines)
    due = session.answers_due()
    answered = f'<p class="wb-answered">{escape(due)}</p>' if due else ""
    return f"<b>{some[-1].at.astimezone(zone):%a %H:%M}</b><ul>{told}</ul>{answered}"


def _mood(mood: str) -> str:
    return f' class="{class_of(mood)}"' if mood else ""


def _events(bench: Bench) -> Scene:
    """What happened, the newest first. A row keeps its name while newer ones come, and old ones go many at once: mostly
    a step adds a row and touches no other."""
    sheet = events(bench, ENDLESS, _first_told(bench))
    rows = tuple(reversed(sheet.rows))
    names = [row[0].target or "now" for row in rows]
    if len(set(names)) < len(names):
        names = [f"{name}/{n}" for n, name in enumerate(names)]
    return sheet_slots("events", Sheet(_title(sheet, "events"), rows), "text", names)


def _first_told(bench: Bench) -> int:
    """The number of the event after which events are told: the end of an instant."""
    log, position = bench.session.branch.log, bench.session.position
    after = max(0, (position - _LEAST_EVENTS) // _AT_ONCE * _AT_ONCE)
    while after and log[after - 1].at == log[after].at:
        after -= 1
    return after


def _title(sheet: Sheet, name: str) -> str:
    """Unless the tab says it already."""
    return sheet.title if sheet.title != name else ""


# What a scene consists of, each part made for itself; `reel` knows which of them a selection does not touch.
PARTS: dict[str, Callable[[Bench], Scene]] = {
    "root": lambda bench: {"root": _root()},
    "head": lambda bench: {"head": head_html(bench.header(ENDLESS))},
    "futures": lambda bench: {"futures": _futures(bench)},
    "told": lambda bench: {"told": told_html(bench)},
    "past": lambda bench: {"past": _past(bench)},
    "graph": lambda bench: graph_frame(bench, "graph"),
    "nodes": lambda bench: graph_nodes(bench, "graph"),
    "time": lambda bench: time_frame(bench, "time"),
    "lanes": lambda bench: time_lanes(bench, "time"),
    "why": lambda bench: sheet_slots("why", bench.why(ENDLESS), "text"),
    "events": _events,
    **{name: partial(_table, name) for name in _WIDTHS},
}
