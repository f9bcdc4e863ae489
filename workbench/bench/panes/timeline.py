"""The run shown as bars on a clock; the other future, from which this one parted, below it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from workbench.branch import Branch
from workbench.views.lane_sheet import arranged, drawn, label_width, least
from workbench.views.lanes import Lane, beside, lanes_of
from workbench.views.scales import AUTO, Scale, scale_of
from workbench.views.sheet import Sheet

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

# How much before and after the run itself is looked at without being asked.
_BEFORE, _AHEAD = timedelta(hours=4), timedelta(hours=3)
_SHORT = timedelta(minutes=20)


class _Made(NamedTuple):
    """The lanes of this future, and of both; `place`: what they were made of."""

    place: tuple[object, ...]
    mine: tuple[Lane, ...]
    both: tuple[Lane, ...]


_KEPT: WeakKeyDictionary[Bench, _Made] = WeakKeyDictionary()


def timeline(bench: Bench, width: int, height: int) -> Sheet:
    """All lanes that fit, else those below each other, to be scrolled."""
    mine, both = lanes_shown(bench)
    other = other_future(bench)
    lanes = arranged(both, height - 1)
    left = label_width(lanes, width)
    scale = scale_shown(bench, mine, max(24, width - left))
    has_other = other is not None and any(lane.other for lane in lanes)
    title = f"timeline: {bench.session.branch.name}, and {other.name} below it" if has_other and other else "timeline"
    title += " (moved; 0 fits it again)" if bench.zoom != AUTO else ""
    chosen = bench.chosen.target
    return drawn(title, lanes, scale, bench.now, bench.clock, left, chosen, height)


def timeline_rows(bench: Bench) -> tuple[int, int]:
    """How many rows tell all that matters, and how many tell everything."""
    both = lanes_shown(bench)[1]
    return least(both), len(both) + 1


def lanes_shown(bench: Bench) -> tuple[tuple[Lane, ...], tuple[Lane, ...]]:
    """The lanes of this future, and these with those of the other one; kept until something changes."""
    session, other = bench.session, other_future(bench)
    theirs = (other, len(other.log), other.reached) if other is not None else ()
    place = (session.branch, session.position, bench.now, bench.dag, bench.window, *theirs)
    kept = _KEPT.get(bench)
    if kept is None or kept.place != place:
        mine = lanes_of(bench.known, bench.dag, bench.window, bench.now)
        both = beside(mine, _theirs(bench, other), other.name, bench.now) if other is not None else mine
        kept = _KEPT[bench] = _Made(place, mine, both)
    return kept.mine, kept.both


def other_future(bench: Bench) -> Branch | None:
    """The future that is shown below this one: from which it parted, else the newest that parted from it."""
    branch = bench.session.branch
    if branch.parent is not None:
        return branch.parent
    children = [one for one in bench.session.branches.values() if one.parent is branch]
    return children[-1] if children else None


def _theirs(bench: Bench, other: Branch | None) -> tuple[Lane, ...]:
    """The lanes of another future, as far as it was made."""
    if other is None:
        return ()
    place = (len(other.log), other.reached, bench.dag, bench.window)
    kept = _OTHERS.setdefault(other, {})
    if place not in kept:
        known = other.state_at(len(other.log)).known
        made = lanes_of(known, bench.dag, bench.window, other.reached) if bench.dag in known.plans else ()
        kept |= {place: made} if len(kept) < _MOST_KEPT else {}
        return made
    return kept[place]


# Of futures: how far they are made, what is shown -> their lanes.
_OTHERS: WeakKeyDictionary[Branch, dict[tuple[object, ...], tuple[Lane, ...]]] = WeakKeyDictionary()
_MOST_KEPT = 64


def scale_shown(bench: Bench, lanes: tuple[Lane, ...], cells: int) -> Scale:
    """From shortly before the first event of the run to a sensible end: its last, what is to come soon, and now for as
    long as it is not over."""
    run, now = bench.run, bench.now
    begin = _begin(bench, lanes)
    first = min((at for at in _instants(lanes) if begin - _BEFORE <= at <= begin), default=begin)
    last = max((at for lane in lanes if lane.kind == "task" for at in lane.instants), default=begin)
    usual = begin + _usual(bench)
    last = max(last, usual, begin + _SHORT)
    seen = max(_AHEAD, 3 * (last - first))
    last = max([last, *(at for at in _instants(lanes) if at <= first + seen)])
    is_over = run is not None and run.ended is not None
    if not is_over or now <= first + 2 * (last - first):
        last = max(last, now)
    return scale_of(first, last, now, cells, bench.zoom)


def _begin(bench: Bench, lanes: tuple[Lane, ...]) -> datetime:
    """When the run was made, or when the clock will make it; else what came first, or the end of its window."""
    if bench.run is not None:
        return bench.run.created
    ticks = [mark.at for lane in lanes if lane.kind == "clock" for mark in lane.marks]
    return ticks[0] if ticks else min(_instants(lanes), default=bench.window.end)


def _instants(lanes: tuple[Lane, ...]) -> Iterator[datetime]:
    return (at for lane in lanes for at in lane.instants)


def _usual(bench: Bench) -> timedelta:
    """How long the run takes when nothing is waited for: its longest path."""
    plan = bench.run.plan if bench.run is not None else bench.known.plans[bench.dag]
    ends: dict[str, timedelta] = {}
    for name, task in sorted(plan.tasks.items(), key=lambda one: one[1].index):
        ends[name] = max((ends[up] for up in task.ups), default=timedelta(0)) + task.takes
    return max(ends.values(), default=timedelta(0))
