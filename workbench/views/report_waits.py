"""Of a report: why one step waited, and what happened when an input was late.

A wait of a step is the time between the end of what is above it in its run and its first start (so the work of the
steps before it is none), a pause between two tries, or the time for which a sensor looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from workbench.engine import Known, Run
from workbench.engine.events import InputArrived
from workbench.engine.rules.inputs import begins_before, touched_by
from workbench.engine.state import Cell
from workbench.model import after_window
from workbench.views.chain import missed_by
from workbench.views.clock import Clock, ago, plural
from workbench.views.data_words import day_of, of_day
from workbench.views.report_parts import Items, Quote, Record, Section, Table, some, table
from workbench.views.why import Why, explain

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)
_MOST = 5
_NOT_STARTED = frozenset({"none", "scheduled"})


class Wait(NamedTuple):
    """A step that waited. `rank`: the smaller, the more it tells: for something outside of its run, or a sensor (0);
    the pause before another try (1); in a backfill, where the next run often waits for the one before (2); for the
    steps above it (3)."""

    rank: int
    begin: datetime
    end: datetime
    run: Run
    task: str
    is_over: bool = True

    @property
    def span(self) -> timedelta:
        return self.end - self.begin

    @property
    def order(self) -> tuple[int, timedelta, datetime, tuple[object, ...], str]:
        return self.rank, -self.span, self.begin, self.run.key, self.task


# why one step waited


def why_it_waited(record: Record) -> Section:
    """The wait that tells most, in the words of `why` at its end, and the longest ones beside it."""
    question = "Why did one step wait?"
    found = sorted(_waits(record), key=lambda one: one.order)
    if not found:
        return Section(
            "wait", question, "No step waited for anything.", came_up=False,
            to_see='let an input come late that a step needs: `workbench do FILE "late INPUT@DAY 95m" run`.',
        )  # fmt: skip
    shown = list({(one.run.key.dag, one.task, one.rank): one for one in reversed(found)}.values())
    shown.sort(key=lambda one: one.order)
    first, answers = found[0], [(one, _asked(record, one)) for one in shown[:_MOST]]
    so_far = "" if first.is_over else " so far, and still does"
    told = f"{first.task} of {record.run_said(first.run)} waited {ago(first.span)}{so_far}"
    return Section(
        "wait",
        question,
        f"{told}, from {record.at(first.begin)} to {Clock(first.begin, record.clock.zone).at(first.end)}.",
        some(_quote(record, first, answers[0][1]), _longest(record, answers, len(found))),
    )


def _quote(record: Record, one: Wait, answer: Why) -> Quote:
    target = f"{one.run.key.dag}.{one.task}@{one.run.key.partition}"
    return Quote(f"why {target}, asked at {record.at(answer.at)}", tuple(str(answer).splitlines()))


def _longest(record: Record, answers: list[tuple[Wait, Why]], total: int) -> Table:
    rows = [
        (f"{one.run.key.dag}.{one.task}", record.day(one.run.key.dag, one.run.key.partition), record.at(one.begin),
         ago(one.span), answer.headline)
        for one, answer in answers
    ]  # fmt: skip
    more = f"and {plural(total - len(rows), 'other wait')}" if total > len(rows) else ""
    head = ("step", "of", "from", "for", "as why said it")
    return Table("The longest wait of each step", head, tuple(rows), (), more)


def _asked(record: Record, one: Wait) -> Why:
    """The answer of `why` shortly before the wait was over, when most was known of it."""
    at = record.now if not one.is_over else max(one.begin, one.end - (_MINUTE if one.span > _MINUTE else _SECOND))
    known = record.known if not one.is_over else record.known_at(record.position_at(at))
    return explain(known, at, f"{one.run.key.dag}.{one.task}@{one.run.key.partition}")


def _waits(record: Record) -> Iterator[Wait]:
    for run in record.known.runs.values():
        for task, cell in run.cells.items():
            if task in run.plan.tasks:
                yield from _of_step(record, run, task, cell)


def _of_step(record: Record, run: Run, task: str, cell: Cell) -> Iterator[Wait]:
    rank = 2 if run.backfill else 0
    if cell.attempts:
        start = cell.attempts[0].started
        begin = _above_ended(run, task, start)
        yield from _longer(Wait(rank, begin, start, run, task))
        if begin > run.created:
            yield from _longer(Wait(3, run.created, begin, run, task))
        yield from _within(run, task, cell, rank)
    elif cell.state in _NOT_STARTED and run.ended is None and _may_begin(run, task):
        yield from _longer(Wait(rank, _above_ended(run, task, record.now), record.now, run, task, is_over=False))


def _longer(one: Wait) -> Iterator[Wait]:
    """Only if it is a wait at all."""
    if one.span >= _SECOND:
        yield one


def _within(run: Run, task: str, cell: Cell, rank: int) -> Iterator[Wait]:
    """Pauses between tries, and what a sensor looked for."""
    for one, after in zip(cell.attempts, cell.attempts[1:], strict=False):
        if one.retry_at is not None:
            yield from _longer(Wait(max(rank, 1), one.ended, after.started, run, task))
    if run.plan.tasks[task].task.sensor is not None:
        for one in cell.attempts:
            yield from _longer(Wait(rank, one.started, one.ended, run, task))


def _above_ended(run: Run, task: str, start: datetime) -> datetime:
    """When the last of the steps above it had ended, before this start."""
    ends = [run.created]
    for up in run.plan.tasks[task].ups:
        cell = run.cells[up]
        ends += [one.ended for one in cell.attempts if one.ended <= start]
        ends += [cell.since] if not cell.attempts and cell.since <= start else []
    return min(max(ends), start)


def _may_begin(run: Run, task: str) -> bool:
    """Has all above it ended?"""
    waiting = {"none", "scheduled", "queued", "running", "up_for_retry", "up_for_reschedule"}
    return all(run.cells[up].state not in waiting for up in run.plan.tasks[task].ups)


# a late input


class Late(NamedTuple):
    """An input that came after it was due, or has not come (`came` None)."""

    name: str
    partition: str
    due: datetime
    came: datetime | None


def when_late(record: Record) -> Section:
    """Every input that came late or not at all, and what each step did about it."""
    question = "What happened when an input was late?"
    found = sorted(late_inputs(record), key=lambda one: (one.due, one.name))
    if not found:
        return Section("late", question, _in_time(record), came_up=False, to_see=_how_late(record))
    rows = [
        (one.name, day_of(record.known, one.name, one.partition), record.at(one.due),
         record.at(one.came) if one.came else "has not come", ago((one.came or record.now) - one.due))
        for one in found
    ]  # fmt: skip
    worst = max(found, key=lambda one: (one.came or record.now) - one.due)
    consequences = [line for one in found[-_MOST:] for line in _what_came(record, one)]
    return Section(
        "late",
        question,
        _late_said(record, worst, len(found)),
        some(
            table("Late inputs", ("input", "of", "due", "came", "late by"), rows),
            Items(tuple(dict.fromkeys(consequences))),
            _why_of(record, worst),
        ),
    )


def late_inputs(record: Record) -> Iterator[Late]:
    """Also those that have not come, of windows for which there is a run."""
    known = record.known
    for name, home in known.homes.items():
        spec = known.plans[home].spec
        expected = spec.inputs[name].expected
        if expected is None:
            continue
        windows = {key for (one, key) in known.arrived if one == name}
        windows |= {run.key.partition for run in known.runs.values() if run.key.dag == home}
        for key in windows:
            window = spec.grid.parse(key)
            due, arrival = after_window(expected, window, spec.zone), known.arrived.get((name, key))
            if arrival is None and (due < known.live_since or due >= record.now or begins_before(spec, window)):
                continue
            if arrival is None or arrival.at > due:
                yield Late(name, key, due, arrival.at if arrival else None)


def _late_said(record: Record, one: Late, count: int) -> str:
    said = of_day(record.known, one.name, one.partition)
    more = f" It was the latest of {count}." if count > 1 else ""
    if one.came is None:
        return f"{said} was due {record.at(one.due)} and has not come.{more}"
    return f"{said} came {ago(one.came - one.due)} late: due {record.at(one.due)}, here {record.at(one.came)}.{more}"


def _what_came(record: Record, one: Late) -> Iterator[str]:
    """What each step that takes it did."""
    for run, task in _takers(record.known, one):
        cell = run.cells[task]
        said = f"{task} of {record.run_said(run)}"
        if not cell.attempts:
            yield f"{said} has not begun."
            continue
        first = cell.attempts[0].started
        late = one.came is None or first < one.came
        if late and one.name in _names(run.plan.tasks[task].task.reads):
            yield f"{said} began {record.at(first)} without {one.name}: it takes what is there, and waits for nothing."
            again = [a.started for a in cell.attempts if one.came is not None and a.started >= one.came]
            if again:
                yield f"{said} ran again {record.at(again[-1])}, with it."
        elif not late and one.came is not None and run.created < one.came:
            yield f"{said} waited for {one.name}, and began {record.at(first)}."
        elif not late and one.came == run.created and run.key.kind == "data":
            yield f"{record.run_said(run)} was made when {one.name} came, and {task} began {record.at(first)}."
    yield from _readers(record, one)


def _takers(known: Known, one: Late) -> Iterator[tuple[Run, str]]:
    """The steps of runs that take this partition."""
    for dag, plan in known.plans.items():
        for task in plan.tasks.values():
            texts = (*task.task.needs, *task.task.reads, *task.task.requires)
            for text in texts:
                need = plan.spec.need(text)
                if need.dag or need.name != one.name:
                    continue
                window = known.plans[known.homes[one.name]].spec.grid.parse(one.partition)
                for own in touched_by(known, need, plan.spec, window):
                    yield from ((run, task.name) for run in known.runs_of(dag, own.key) if task.name in run.cells)


def _names(texts: tuple[str, ...]) -> set[str]:
    return {text.partition("@")[0] for text in texts}


def _readers(record: Record, one: Late) -> Iterator[str]:
    """Who read what had been made without it."""
    known = record.known
    wrong = {(w.seq, w.dataset): w.wrong for w in record.wrong or ()}
    made = _made_without(record, one)
    for read in known.data.reads:
        if (read.dataset, read.partition, read.n) in made:
            count = wrong.get((read.seq, read.dataset), 0)
            rows = f", with {plural(count, 'wrong row')}" if count else ""
            day = day_of(known, read.dataset, read.partition)
            yield f"{read.consumer} read version {read.n} of {read.dataset} for {day} on {record.at(read.at)}{rows}."


def _made_without(record: Record, one: Late) -> set[tuple[str, str, int]]:
    """The versions of steps that began without it, and what was made of those."""
    known = record.known
    takers = [(run, task) for run, task in _takers(known, one) if _began_without(known, run, task, one)]
    begun, found = {run.key for run, _ in takers}, set[tuple[str, str, int]]()
    for version in sorted((v for versions in known.data.versions.values() for v in versions), key=lambda v: v.seq):
        has_it = any(source[:2] == (one.name, one.partition) for source in version.sources)
        if (version.run in begun and not has_it) or found & set(version.sources):
            found.add(version.name)
    return found


def _began_without(known: Known, run: Run, task: str, one: Late) -> bool:
    if any(gap.input == one.name and gap.partition == one.partition for gap in missed_by(known, run, task)):
        return True
    attempts = run.cells[task].attempts
    return bool(attempts) and (one.came is None or attempts[0].started < one.came)


def _why_of(record: Record, one: Late) -> Quote | None:
    """What `why` said of the last step of a run that takes it: when the input came, where the run had begun without it;
    else when the run ended."""
    takers = list(_takers(record.known, one))
    if not takers:
        return None
    run, task = takers[0]
    last = list(run.cells)[-1]
    missed = one.came if _began_without(record.known, run, task, one) else run.ended
    at = missed or record.now
    known = record.known_at(record.position_at(at)) if missed else record.known
    if run.key not in known.runs:
        return None
    step = last if known.runs[run.key].cells[last].attempts else task
    target = f"{run.key.dag}.{step}@{run.key.partition}"
    return Quote(f"why {target}, asked at {record.at(at)}", tuple(str(explain(known, at, target)).splitlines()))


def _in_time(record: Record) -> str:
    promised = {n for n, home in record.known.homes.items() if record.known.plans[home].spec.inputs[n].expected}
    if not record.known.homes:
        return "No DAG takes an input that somebody else delivers."
    return f"Every input that was due came in time{_odd(record, promised)}." if promised else _NO_PROMISE


_NO_PROMISE = "Nobody promised when an input comes."


def _odd(record: Record, names: set[str]) -> str:
    """`; 1 of them was empty, and 2 came again`: that it was there in time does not say that it was good."""
    came = [event for event in record.log if isinstance(event, InputArrived) and event.input in names]
    empty = sum(event.rows == 0 for event in came)
    again = len(came) - len({(event.input, event.partition) for event in came})
    said = [f"{empty} of them {'was' if empty == 1 else 'were'} empty"] if empty else []
    said += [f"{again} {'' if empty else 'of them '}came again"] if again else []
    return f"; {', and '.join(said)}" if said else ""


def _how_late(record: Record) -> str:
    name = min(record.known.homes, default="")
    if not name:
        return 'declare one: `inputs: {NAME: {expected: "06:00"}}`.'
    days = sorted(key for one, key in record.known.arrived if one == name)
    return f'let one be late: `workbench do FILE "late {name}@{days[0] if days else "DAY"} 95m" run`.'
