"""Sentences about tasks that run, or that ended by a try: well, or badly and for which reason."""

from __future__ import annotations

from collections.abc import Callable

from workbench.engine import Attempt, Cell
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.retry import retries_for
from workbench.model import Sensor
from workbench.views.chain import Link, Missed, tries_since_cleared
from workbench.views.clock import Clock, ago, listed, plural
from workbench.views.path import NOTHING, path_of, sums_of
from workbench.views.phrases_data import BY_ROWS
from workbench.views.phrases_inputs import gap_helps, gap_lines
from workbench.views.phrases_instant import asks_by_instant, instant_helps, instant_line
from workbench.views.wording import Answer, Phrases

MOST_TRAIL = 10


def running(p: Phrases, task: str, cell: Cell, gaps: tuple[Missed, ...]) -> Answer:
    plan = p.run.plan.tasks[task]
    usually = f"It usually takes {ago(plan.task.takes)}."
    if plan.task.timeout is not None:
        usually += f" It may take {ago(plan.task.timeout)}, and is ended then (timeout)."
    return Answer(
        f"{task} has been running since {p.at(cell.since)} (try {cell.tries}).",
        (usually, *version_lines(p, task, cell.code, "runs"), *gap_lines(p, gaps, "Runs")),
    )


def queued(p: Phrases, task: str, cell: Cell, gaps: tuple[Missed, ...]) -> Answer:
    return Answer(f"{task} is queued, since {p.at(cell.since)}: a worker takes it at once.")


def ended_well(p: Phrases, task: str, cell: Cell, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
    last = cell.attempts[-1]
    wrote = f" It wrote {plural(last.rows, 'row')}." if last.rows is not None else ""
    told = (*_chose(p, task, last), *_found(last), *spent(p, task), *_failures(p, cell), *trail(p, causes))
    return Answer(f"{task} ended {p.at(cell.since)}, well.{wrote}", (*told, *gap_lines(p, gaps)), gap_helps(p, gaps))


def _chose(p: Phrases, task: str, last: Attempt) -> tuple[str, ...]:
    """What a branch or a short circuit chose."""
    plan = p.run.plan.tasks.get(task)
    if plan is None or (plan.task.branch is None and not plan.task.short_circuit):
        return ()
    if plan.task.short_circuit:
        cut = "It stopped all below it." if last.followed == () else "It let all below it go on."
        return (cut,)
    return (f"It picked {listed(last.followed)}." if last.followed else "It picked none of the tasks below it.",)


def _found(last: Attempt) -> tuple[str, ...]:
    """The work was not done again (`lookup`)."""
    if not last.message:
        return ()
    return (f"It looked first whether its work was done, and did not do it again: {last.message}.",)


def _failures(p: Phrases, cell: Cell) -> tuple[str, ...]:
    """What went wrong before it went well."""
    bad = [a for a in tries_since_cleared(cell) if a.state == "failed"]
    if not bad:
        return ()
    first, last = bad[0].number, bad[-1].number
    which = f"Try {first}" if len(bad) == 1 else f"Tries {first} to {last}"
    return (f"{which} failed, the last {p.at(bad[-1].ended)}: {bad[-1].message}.",)


# failed


def failed(p: Phrases, task: str, cell: Cell, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
    last = cell.attempts[-1]
    because, helps = reason_of(p, task, last)
    lines = (*gap_lines(p, gaps), *because, *_policy_line(p, task, last), *version_lines(p, task, last.code))
    return Answer(failed_line(p, task), (*lines, *trail(p, causes)), _helps(p, last, gaps, helps))


def _helps(p: Phrases, last: Attempt, gaps: tuple[Missed, ...], helps: tuple[str, ...]) -> tuple[str, ...]:
    """Where code is to blame, what it did not wait for comes second."""
    waiting = gap_helps(p, gaps)
    return (*helps, *waiting) if last.reason == "bug" else waiting or helps


def failed_line(p: Phrases, task: str) -> str:
    """`clean failed for good 06:14 (try 2 of 2): KeyError: 'dep_time' (flights.py:41).`"""
    cell = p.run.cells[task]
    if cell.rule == "marked" or not cell.attempts:
        return f"{task} was marked as {cell.state} {p.at(cell.since)}, by hand."
    return f"{task} failed for good {p.at(cell.since)} ({_tries(p, task, cell)}): {cell.attempts[-1].message}."


def _tries(p: Phrases, task: str, cell: Cell) -> str:
    plan, last = p.run.plan.tasks.get(task), cell.attempts[-1]
    allowed = 0 if plan is None or last.reason in _NEVER_AGAIN else retries_for(plan.task.retries, last.reason)
    cleared = f", {cell.base} of them before it was cleared" if cell.base else ""
    return f"try {cell.tries} of {max(cell.tries, cell.base + allowed + 1)}{cleared}"


def _policy_line(p: Phrases, task: str, last: Attempt) -> tuple[str, ...]:
    """The policy treats this reason in a way of its own."""
    policy = p.run.plan.tasks[task].task.retries if task in p.run.plan.tasks else None
    if policy is None or last.reason in _NEVER_AGAIN or retries_for(policy, last.reason) == policy.max:
        return ()
    count = retries_for(policy, last.reason)
    allowed = plural(count, "retry", "retries") if count else "no retry"
    return (f"Its policy gives {allowed} after the reason {last.reason}, of {policy.max} otherwise.",)


def version_lines(p: Phrases, task: str, code: str, verb: str = "ran") -> tuple[str, ...]:
    """Which version of the code it ran, where one was deployed."""
    if (p.dag, task) not in p.known.code and (p.dag, "") not in p.known.code:
        return ()
    now = p.known.code_of(p.dag, task)
    newer = f"; tries that start now run {now}" if now != code else ""
    return (f"It {verb} version {code} of its code{newer}.",)


def reason_of(p: Phrases, task: str, last: Attempt) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(because, what helps) for the reason why a try failed."""
    plan = p.run.plan.tasks.get(task)
    if last.reason in BY_ROWS:
        return BY_ROWS[last.reason](p, task, last)
    if plan is None or last.reason not in _REASONS:
        return (), (f"mend the cause, then {p.rerun(task, ' down')}",)
    said, helps = _REASONS[last.reason](p, plan)
    never = instant_helps(p, task) if last.reason == "sensor_timeout" else ()
    if never:
        lines = (instant_line(p, task, need) for need in asks_by_instant(p, task))
        return (said, *lines), (" or ".join(never), f"then {p.rerun(task, ' down')}")
    return (said,), (helps.format(rerun=p.rerun(task, " down")),)


def _transient(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    return "Such failures may pass: the same work can go well another time.", "{rerun}"


def _late_input(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    names = listed(plan.task.requires)
    return (
        f"It requires {names}: it does not wait for that, and fails when it is not there.",
        f"let it wait: put {names} under its `needs`",
    )


def _bug(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    return (
        "The same code on the same rows fails the same way: trying again does not help.",
        "mend the code, then {rerun}",
    )


def _quota(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    return "More was asked of the other side than it allows: asking again at once makes it worse.", (
        "ask for less at once: a pool, or longer pauses with jitter"
    )


def _timeout(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    limit = f"{ago(plan.task.timeout)} (timeout)" if plan.task.timeout is not None else "its timeout"
    return (
        f"It was ended after {limit}; it usually takes {ago(plan.task.takes)}.",
        "see why it was slow, or allow it more time",
    )


def _worker_lost(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    return "Its worker was not heard of again: whether the work was done, nobody knows.", (
        "look whether its work was done before you run it again; `lookup: true` does that by itself"
    )


def _killed(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    return "A person ended it; it did not fail by itself.", "{rerun}"


def _sensor_timeout(p: Phrases, plan: TaskPlan) -> tuple[str, str]:
    sensor = plan.task.sensor or Sensor()
    looked = f"It looked for {listed(sensor.on)} for {ago(sensor.timeout)}, its timeout."
    return (
        f"{looked} After that a sensor is not tried again.",
        "{rerun} when that is there, or give it a longer timeout",
    )


# Ends that no policy retries.
_NEVER_AGAIN = frozenset({"sensor_timeout"})
_REASONS: dict[str, Callable[[Phrases, TaskPlan], tuple[str, str]]] = {
    "transient": _transient,
    "late_input": _late_input,
    "bug": _bug,
    "quota": _quota,
    "timeout": _timeout,
    "worker_lost": _worker_lost,
    "killed": _killed,
    "sensor_timeout": _sensor_timeout,
}


# where the time went, and the way back


def spent(p: Phrases, task: str) -> tuple[str, ...]:
    """Where the time between the run's making and the task's end went."""
    pieces = path_of(p.known, p.run, task, p.befores)
    total = pieces[-1].end - p.run.created if pieces else NOTHING
    said = [f"{SPENT[kind]} {ago(span)}" for kind, span in sums_of(pieces).items()]
    return (f"{ago(total)} after its run was made: {', '.join(said)}.",) if total else ()


SPENT = {
    "input": "waiting for inputs",
    "elsewhere": "waiting for other DAGs",
    "past": "waiting for earlier runs",
    "run": "waiting for its run to start",
    "cleared": "before it was cleared",
    "hand": "until somebody stepped in",
    "scheduler": "the scheduler was down",
    "sensor": "sensors",
    "work": "work",
    "retry": "retries",
    "queue": "queue",
    "other": "other",
}


def trail(p: Phrases, causes: tuple[Link, ...]) -> tuple[str, ...]:
    """The chain of causes in a line; of a long one, both ends."""
    if not causes:
        return ()
    # The day is said where it changes.
    clocks = [p.clock, *(Clock(link.at, p.clock.zone) for link in causes)]
    links = [_link(p, link, clock) for link, clock in zip(causes, clocks, strict=False)]
    if len(links) > MOST_TRAIL:
        left, right = MOST_TRAIL - 4, 3
        links = [*links[:left], f"{len(links) - left - right} tasks more", *links[-right:]]
    return (" ← ".join(links) + ".",)


def _link(p: Phrases, link: Link, clock: Clock) -> str:
    name = link.name if link.dag == p.dag else f"{link.dag}.{link.name}"
    if link.kind == "task" and link.partition != p.run.key.partition and link.dag == p.dag:
        name += f" of {_spoken(p, link)}"
    return _LINKS[link.kind](name, clock.at(link.at), link, clock)


def _spoken(p: Phrases, link: Link) -> str:
    grid = p.known.plans[link.dag].spec.grid
    return grid.spoken(grid.parse(link.partition))


def _task_link(name: str, at: str, link: Link, clock: Clock) -> str:
    return f"{name} {at}" + (f" ({link.tries} tries)" if link.tries > 1 else "")


def _input_link(name: str, at: str, link: Link, clock: Clock) -> str:
    return f"{link.name} came {at}" + (f", due {_day(link, clock).at(link.due)}" if link.due else "")


def _clock_link(name: str, at: str, link: Link, clock: Clock) -> str:
    if link.due is None:
        return f"the clock said {at}"
    return f"the clock said {clock.at(link.due)}, heard {_day(link, clock).at(link.at)}"


def _day(link: Link, clock: Clock) -> Clock:
    return Clock(link.due if link.kind == "clock" and link.due else link.at, clock.zone)


_LINKS: dict[str, Callable[[str, str, Link, Clock], str]] = {
    "task": _task_link,
    "input": _input_link,
    "clock": _clock_link,
    "manual": lambda name, at, link, clock: f"made by hand {at}",
    "backfill": lambda name, at, link, clock: f"backfill asked for {at}",
    "data": lambda name, at, link, clock: f"made {at}, when {link.name} had come",
    "marked": lambda name, at, link, clock: f"{name} marked by hand {at}",
    "cleared": lambda name, at, link, clock: f"cleared {at}",
    "scheduler": lambda name, at, link, clock: f"the scheduler was back {at}",
    "unpaused": lambda name, at, link, clock: f"{link.dag} was unpaused {at}",
    "published": lambda name, at, link, clock: f"{link.name} published by hand {at}",
}
