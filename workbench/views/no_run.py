"""Why there is no run of a window: sentences, for a task of it or for the whole run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.engine.rules.clock import heard_until, hears_again, next_tick
from workbench.engine.rules.inputs import delivered, was_due_before, windows_of_data, writer_of
from workbench.model import DagSpec
from workbench.timetable import Partition
from workbench.views.clock import Clock, listed
from workbench.views.wording import Answer

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class NoRun:
    """Who asks at `now` (UTC) for a run that does not exist. `what`: the task, or the DAG itself. `zone`: in which
    instants are told, that of the DAG unless another one asks."""

    known: Known
    now: datetime
    dag: str
    what: str
    window: Partition | None
    zone: ZoneInfo | None = None

    @cached_property
    def spec(self) -> DagSpec:
        return self.known.plans[self.dag].spec

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.now, self.zone or self.spec.zone)

    @property
    def named(self) -> str:
        """`load of Tue 1 Jan`, or only `load`."""
        return f"{self.what} of {self.spoken(self.window)}" if self.window is not None else self.what

    def spoken(self, window: Partition) -> str:
        """The window in words, with its year when that is not the year of now."""
        words, year = self.spec.grid.spoken(window), window.start.astimezone(self.spec.zone).year
        return words if year == self.now.astimezone(self.spec.zone).year or str(year) in words else f"{words} {year}"

    @cached_property
    def tick(self) -> datetime | None:
        """The tick that makes, or would have made, the run of the window."""
        assert self.window is not None
        tick = self.spec.clock.after(self.window.end - _SECOND) if self.spec.clock else None
        return tick if tick is not None and self.spec.grid.last_ended(tick) == self.window else None


def no_run(
    known: Known, now: datetime, dag: str, window: Partition | None, task: str = "", zone: ZoneInfo | None = None
) -> Answer:
    """Why this window has no run; without a window, why the DAG has none at all. `zone`: that of who asks, where that
    is another DAG."""
    asked = NoRun(known, now, dag, task or dag, window, zone)
    if task and task not in known.plans[dag].tasks:
        return Answer(f"{task} is no longer part of {dag}, and has no run there.")
    if asked.spec.clock is None and asked.spec.data is None:
        return _by_hand_only(asked)
    return _none_at_all(asked) if window is None else _of_window(asked, window)


def _by_hand_only(q: NoRun) -> Answer:
    day = (q.window or q.spec.grid.last_ended(q.now)).key
    outside = _outside(q, q.window) if q.window is not None else None
    return outside or Answer(
        f"{q.named} has not run: {q.dag} has no schedule, so only a person starts it.", (), (f"trigger {q.dag}@{day}",)
    )


def _none_at_all(q: NoRun) -> Answer:
    headline = f"{q.what} has not run: no run of {q.dag} has been made yet."
    if (held := _held(q)) is not None:
        return Answer(headline, (f"{held}.",), _held_helps(q))
    if q.spec.data is not None:
        return Answer(headline, (_made_by_data(q.spec),))
    ahead = next_tick(q.known, q.dag)
    when = f"The clock makes the first {q.clock.full(ahead[0])}." if ahead else "Its schedule has no more ticks."
    return Answer(headline, (when,))


def _of_window(q: NoRun, window: Partition) -> Answer:
    outside = _outside(q, window)
    if outside is not None:
        return outside
    return _no_data(q, window) if q.spec.data is not None else _no_tick_or_missed(q, window)


def _outside(q: NoRun, window: Partition) -> Answer | None:
    if q.spec.start is not None and window.start < q.spec.start:
        return Answer(f"{q.named} does not exist: {q.dag} starts with {q.spoken(q.spec.first_window)}.")
    if q.spec.end is not None and window.start >= q.spec.end:
        return Answer(f"{q.named} does not exist: {q.dag} ends before {q.clock.full(q.spec.end)}.")
    return None


# by the clock


def _no_tick_or_missed(q: NoRun, window: Partition) -> Answer:
    tick = q.tick
    if tick is None:
        return Answer(f"{q.named} has no run: {_no_tick(q.spec, window)}", (), (f"trigger {q.dag}@{window.key}",))
    if was_due_before(q.known, q.dag, window):
        return Answer(f"{q.named} is not in this simulation: it was due {q.clock.full(tick)}, before the start.")
    return _ahead(q, tick) if tick > q.now else _missed(q, window, tick)


def _no_tick(spec: DagSpec, window: Partition) -> str:
    """The clock starts nothing for this window: it never would, or the local time is one that clocks skip."""
    shifted = replace(spec, gap="shift").clock
    tick = shifted.after(window.end - _SECOND) if shifted else None
    if tick is None or spec.grid.last_ended(tick) != window:
        return f"its schedule, {spec.schedule} in {spec.timezone}, never starts one for it."
    return (
        f"the local time at which it would start does not exist (clocks in {spec.timezone} go forward), and "
        f"{spec.name} skips such times. Nothing failed: no retry, no alert."
    )


def _ahead(q: NoRun, tick: datetime) -> Answer:
    held = _held(q)
    if held is None:
        return Answer(f"{q.named} has no run yet: the clock makes it {q.clock.full(tick)}.")
    return Answer(f"{q.named} has no run yet: it is due {q.clock.full(tick)}.", (f"{held}.",), _held_helps(q))


def _missed(q: NoRun, window: Partition, tick: datetime) -> Answer:
    """Its tick has passed, and made no run: nobody heard it."""
    held, due = _held(q), f"it was due {q.clock.full(tick)}"
    if held is not None and tick > heard_until(q.known, q.dag):
        return Answer(f"{q.named} has no run: {due}. {held}.", (_then(q, tick),), _held_helps(q))
    if tick > heard_until(q.known, q.dag):
        return Answer(f"{q.named} has no run yet: {due}, and it is made now.")
    away = _was_away(q, tick)
    reason = "while the scheduler was down" if away else f"and {_was_off(q)}"
    lines = (*away, _not_caught_up(q.spec))
    return Answer(f"{q.named} has no run: {due}, {reason}.", lines, (f"backfill {q.dag}@{window.key}",))


def _held(q: NoRun) -> str | None:
    """What keeps any run of the DAG from being made now."""
    if q.dag in q.known.paused:
        since = q.known.paused[q.dag]
        if q.dag in q.known.born_paused and since == q.known.live_since:
            return f"{q.dag} has been paused from the start"
        return f"{q.dag} has been paused since {q.clock.full(since)}"
    return None if q.known.up else f"The scheduler has been down since {q.clock.full(q.known.away[-1][0])}"


def _held_helps(q: NoRun) -> tuple[str, ...]:
    return (f"unpause {q.dag}",) if q.dag in q.known.paused else ()


def _then(q: NoRun, tick: datetime) -> str:
    """What becomes of it when the DAG is on again, or the scheduler back."""
    when = f"When {q.dag} is unpaused" if q.dag in q.known.paused else "When the scheduler is back"
    forgotten = hears_again(q.known, q.dag, q.now)
    if forgotten is None or tick > forgotten:
        why = "catchup is on" if q.spec.catchup else "it is the newest that was missed"
        return f"{when}, it is made: {why}."
    return f"{when}, it is not made: {_policy(q.spec)}."


def _was_away(q: NoRun, tick: datetime) -> tuple[str, ...]:
    spans = [(start, end) for start, end in q.known.away if start <= tick and (end is None or tick <= end)]
    if not spans:
        return ()
    start, end = spans[-1]
    until = f" to {q.clock.full(end)}" if end is not None else ""
    return (f"The scheduler was down from {q.clock.full(start)}{until}.",)


def _was_off(q: NoRun) -> str:
    if q.known.plans[q.dag].version > 1:
        return f"{q.dag} was paused then, or had another schedule"
    return f"{q.dag} was paused then"


def _policy(spec: DagSpec) -> str:
    if spec.misfire == "skip":
        return "with catchup off and misfire skip, nothing that was missed is made later"
    return "with catchup off, only the newest that was missed is made later"


def _not_caught_up(spec: DagSpec) -> str:
    said = "catchup was off" if spec.catchup else _policy(spec)
    return f"{said[0].upper()}{said[1:]}."


# by data


def _made_by_data(spec: DagSpec) -> str:
    assert spec.data is not None
    if spec.data.interval == "any" and spec.data.all:
        tail = "comes" if len(spec.data.all) == 1 else "have all come, of whatever day"
        return f"A run is made each time that {listed(spec.data.all)} {tail}."
    if spec.data.any:
        return f"A run is made each time that {listed(spec.data.any, 'or')} comes."
    both = "is there" if len(spec.data.all) == 1 else "are there"
    return f"A run is made for each window when {listed(spec.data.all)} {both}."


def _no_data(q: NoRun, window: Partition) -> Answer:
    data, made = q.spec.data, _made_by_data(q.spec)
    assert data is not None
    if (q.dag, window.key) not in q.known.gathered and was_due_before(q.known, q.dag, window):
        return Answer(f"{q.named} is not in this simulation: its data was due before the start.")
    held = _held(q)
    if delivered(q.known, q.dag, window.key):
        tail = f"{held}." if held is not None else "It is made now."
        return Answer(f"{q.named} has no run: its data is there. {tail}", (made,), _held_helps(q))
    missing = [name for name in data.names if not _came(q, name, window)]
    verb = "has" if len(missing) == 1 or data.any else "have"
    told = f"{listed(missing, 'or' if data.any else 'and')} {verb} not come"
    return Answer(f"{q.named} has no run yet: {told}.", (made, *((f"{held}.",) if held else ())), _asks(q, missing))


def _came(q: NoRun, name: str, window: Partition) -> bool:
    by_any = q.spec.data is not None and q.spec.data.interval == "any"
    gathered = q.known.gathered.get((q.dag, "" if by_any else window.key))
    if by_any:
        return gathered is not None and any(come == name for come, _ in gathered.what)
    if gathered is None:
        return False
    return all((name, w.key) in gathered.what for w in windows_of_data(q.known, name, q.dag, window))


def _asks(q: NoRun, names: list[str]) -> tuple[str, ...]:
    found = []
    for name in names:
        home = writer_of(q.known, name)
        if home is not None and name not in q.known.homes:
            plans = sorted(q.known.plans.items(), key=lambda item: item[0] != home)
            writers = [f"{dag}.{task}" for dag, plan in plans for task, one in plan.tasks.items() if name in one.writes]
            found += [f"see {writer}, which writes {name}" for writer in writers[:1]]
    return tuple(found)
