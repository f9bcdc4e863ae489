"""The line on top: the DAG, for which day it runs, what time it is, in which future, and what is not as usual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.views.clock import Clock, day, plural
from workbench.views.graph import look
from workbench.views.run_state import run_state
from workbench.views.sheet import Row, Span, clipped, row_width

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_SECOND = timedelta(seconds=1)


def header(bench: Bench, width: int) -> Row:
    """All of it; where that is too long, when the run was made goes before any warning does."""
    (whole, short), (*rights, least) = _lefts(bench), _rights(bench)
    for left, right in [*((whole, right) for right in rights), (short, rights[-1]), (whole, least), (short, least)]:
        gap = width - row_width((*left, *right))
        if gap >= 2:
            return (*left, Span(" " * gap), *right)
    return clipped((*clipped(short, max(8, width - row_width(least) - 2)), Span("  "), *least), width)


def _lefts(bench: Bench) -> Iterator[Row]:
    """From long to short."""
    spec, window, run = bench.known.plans[bench.dag].spec, bench.window, bench.run
    glyph = (Span(f" {look(run_state(run)).glyph}", f"state.{run_state(run)}"),) if run else ()
    name = (Span(bench.dag, "title", f"dag:{bench.dag}"), *glyph)
    spoken, made = f"  for {spec.grid.spoken(window)}", _made(bench)
    yield (*name, Span(spoken), Span(made))
    yield (*name, Span(spoken))


def _made(bench: Bench) -> str:
    """`, made Fri 4 Jan`; before that, when the clock will make it, or that it did not."""
    spec, run = bench.known.plans[bench.dag].spec, bench.run
    if run is not None:
        kind = f" by {_KINDS[run.key.kind]}" if run.key.kind in _KINDS else ""
        return f", made {day(run.created.astimezone(spec.zone))}{kind}"
    if spec.clock is None:
        return ", starts with its data" if spec.data else ", starts by hand"
    tick = spec.clock.after(bench.window.end - _SECOND) if spec.wants(bench.window) else None
    if tick is None:
        return ", no run is due"
    local = tick.astimezone(spec.zone)
    return f", due {day(local)} {local:%H:%M}" if tick > bench.now else ", no run was made"


_KINDS = {"manual": "hand", "backfill": "a backfill"}


def _rights(bench: Bench) -> Iterator[Row]:
    """From long to short: without the other zone, then without where the what-if began, then without warnings."""
    zone = bench.known.plans[bench.dag].spec.zone
    clock, other = _clock(bench.now, zone, bench), _other_zone(bench.now, zone)
    future, chips = _future(bench), tuple(_chips(bench))
    yield (*chips, clock, *other, *future)
    yield (*chips, clock, *future)
    yield (*chips, clock, *future[:1])
    yield (*(chip for chip in chips if chip.style == "now"), clock, *future[:1])


def _clock(now: datetime, zone: ZoneInfo, bench: Bench) -> Span:
    local = now.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    year = f" {local.year}" if local.year != bench.session.start.astimezone(zone).year else ""
    return Span(f" {day(local)}{year} {local:%H:%M}{seconds} {_zone_name(zone)} ", "clock")


def _zone_name(zone: ZoneInfo) -> str:
    """`UTC`, `New York`."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _other_zone(now: datetime, zone: ZoneInfo) -> Row:
    """The time in UTC, where the DAG lives in another zone."""
    return (Span(f" {now:%H:%M} UTC", "dim"),) if zone.key != "UTC" else ()


def _future(bench: Bench) -> tuple[Span, ...]:
    branch = bench.session.branch
    if branch.parent is None:
        return (Span(f"  {branch.name}", "dim"),) if len(bench.session.branches) > 1 else ()
    own = branch.log[branch.shared : branch.shared + 1]
    left = Clock(bench.now, bench.clock.zone).at(own[0].at if own else branch.horizon)
    return Span(f"  what-if {branch.name}", "you"), Span(f" (left {branch.parent.name} at {left})", "dim")


def _chips(bench: Bench) -> Iterator[Span]:
    """What is not as usual: what plays, what is switched off, what the person made go wrong. Never the scenario's."""
    known = bench.known
    if bench.playing:
        yield Span(f"▶ {bench.playing:g} a second  ", "now")
    if not known.up:
        yield Span("scheduler down  ", "bad")
    if bench.dag in known.paused:
        yield Span("paused  ", "late")
    state, given = bench.session.state, len(bench.session.scenario.faults)
    own = sum(given + n not in state.lifted for n in range(1, len(state.faults) + 1))
    if own:
        yield Span(f"{plural(own, 'fault')}  ", "bad", "verb:faults")
