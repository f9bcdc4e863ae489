"""The rules of one thing, as (label, text) in the order in which they come into play: what starts it, what it waits
for, how often it is tried, who is told. Pure, from what is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from workbench.engine import Known
from workbench.engine.rules.retry import retries_for
from workbench.model import Check, DagSpec, Dataset, Deadline, OnData, RetryPolicy, Task
from workbench.views.clock import ago, listed, plural
from workbench.views.data import KEEPERS, MODES, STORES
from workbench.views.data_words import dataset_in, tasks_taking
from workbench.views.proofs import not_proved
from workbench.views.wording import TRIGGERS, shortened

_SHOWN = 3


class Rule(NamedTuple):
    """One rule. `label`: short, the same for things of the same kind."""

    label: str
    text: str


# schedules, spans


def schedule_said(spec: DagSpec) -> str:
    """`06:00 every day, UTC`, `when daily is there`, `by hand`."""
    if spec.schedule is None:
        return "by hand only"
    if isinstance(spec.schedule, OnData):
        word = "all" if spec.schedule.all else "any"
        names = listed(list(spec.schedule.names), "and" if word == "all" else "or")
        return f"when {names} {'is' if len(spec.schedule.names) == 1 else 'are'} there"
    return f"{cron_said(spec.schedule)}, {spec.timezone}"


def cron_said(text: str) -> str:
    """`06:00 every day`; where it is no such simple one, the text itself."""
    fields = text.split()
    if len(fields) == 5 and fields[0].isdigit() and fields[1].isdigit() and fields[2:4] == ["*", "*"]:
        at = f"{int(fields[1]):02d}:{int(fields[0]):02d}"
        if fields[4] == "*":
            return f"{at} every day"
        if fields[4] in _DAYS:
            return f"{at} every {_DAYS[fields[4]]}"
    if len(fields) == 5 and fields[0].isdigit() and fields[1:] == ["*", "*", "*", "*"]:
        return f"{int(fields[0])} min past every hour"
    return f'"{text}"'


_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_DAYS = {str(number): name for number, name in enumerate(_NAMES)} | {"7": "Sunday", "1-5": "weekday"}


def due_said(given: time | timedelta | None) -> str:
    """`06:00`, or `2 h after its window`."""
    if given is None:
        return "no time is promised"
    return f"{given:%H:%M}" if isinstance(given, time) else f"{ago(given)} after its window"


def deadline_said(deadline: Deadline | None) -> str:
    if deadline is None:
        return "none"
    return f"within {ago(deadline.within)} of its run" if deadline.within is not None else due_said(deadline.by)


def retries_said(policy: RetryPolicy) -> str:
    """`5, after 2, 4, 8 min…`: the pauses that a failure of the usual sort is followed by."""
    many = retries_for(policy, "transient")
    if not policy.max:
        return "none: a failure is for good"
    if policy.jitter != "none":
        drawn = f"drawn by chance (jitter {policy.jitter}), from {ago(policy.delay)} on"
        return f"{policy.max}, after pauses {drawn}{_by_reason(policy)}"
    pauses = [_pause(policy, number) for number in range(1, min(many, _SHOWN) + 1)]
    if len(set(pauses)) == 1 and policy.backoff == 1:
        return f"{policy.max}, after {ago(pauses[0])}{' each' if many > 1 else ''}{_by_reason(policy)}"
    more = "…" if many > _SHOWN else ""
    return f"{policy.max}, after {_spans(pauses)}{more}{_by_reason(policy)}"


def _pause(policy: RetryPolicy, retry: int) -> timedelta:
    seconds = Fraction(policy.delay // timedelta(microseconds=1), 1_000_000)
    return min(timedelta(seconds=ceil(seconds * Fraction(str(policy.backoff)) ** (retry - 1))), policy.cap)


def _spans(spans: list[timedelta]) -> str:
    """`2, 4, 8 min` where all are of minutes, else each with its unit."""
    minutes = [span / timedelta(minutes=1) for span in spans]
    if all(one == int(one) and one < 100 for one in minutes):
        return f"{', '.join(str(int(one)) for one in minutes)} min"
    return ", ".join(map(ago, spans))


def _by_reason(policy: RetryPolicy) -> str:
    said = []
    for reason, rule in policy.by_reason.items():
        if rule.max == 0:
            said.append(f"never after {reason}")
        elif rule.delay is not None:
            said.append(f"{ago(rule.delay)} after {reason}")
        elif rule.max is not None:
            said.append(f"{rule.max} after {reason}")
    return f"; {', '.join(said)}" if said else ""


# a task


def task_rules(known: Known, dag: str, name: str) -> Iterator[Rule]:
    """All about a task that decides when and how it runs."""
    plan = known.plans[dag].tasks[name]
    spec, task = known.plans[dag].spec, plan.task
    yield Rule("starts", _starts(known, spec, task))
    yield from _named("takes", "what is there of ", task.reads)
    yield from _named("requires", "fails without ", task.requires)
    yield from _sensor(task)
    if task.trigger_rule != "all_success":
        wanted = TRIGGERS.get(task.trigger_rule, task.trigger_rule)
        yield Rule("when", f"{wanted} ({task.trigger_rule})")
    yield from _past(task)
    yield Rule("retries", retries_said(task.retries))
    yield Rule(
        "takes time", f"about {ago(task.takes)}" + (f"; ended after {ago(task.timeout)}" if task.timeout else "")
    )
    yield from _slots(known, plan.pool, task)
    yield from _lines(("branch", f"chooses {listed(list(task.branch), 'or')}" if task.branch else ""),
                      ("stops", "all below it, when its answer is no" if task.short_circuit else ""),
                      ("runs in", "" if task.executor == "engine" else task.executor))  # fmt: skip
    yield Rule("deadline", _deadlines(spec, task))
    yield Rule("owner", task.owner or spec.owner or "nobody")
    for dataset in task.writes:
        yield Rule("writes", dataset)
    yield from _proofs(known, task)


def _starts(known: Known, spec: DagSpec, task: Task) -> str:
    """`06:00 every day, UTC, and ewr, lga and jfk are here`."""
    ups = [name for name in task.needs if name in spec.tasks]
    outside = [name for name in task.needs if name not in spec.tasks]
    first = f"when {listed(ups)} {'has' if len(ups) == 1 else 'have'} ended" if ups else schedule_said(spec)
    if ups and task.trigger_rule == "all_success":
        first = f"when {listed(ups)} succeeded"
    inputs = [name for name in outside if not spec.need(name).dag]
    runs = [name for name in outside if spec.need(name).dag]
    said = [first]
    said += [f"{listed(inputs)} {'is' if len(inputs) == 1 else 'are'} here"] if inputs else []
    said += [f"{listed(runs)} succeeded"] if runs else []
    return ", and ".join(said)


def _named(label: str, words: str, names: tuple[str, ...]) -> Iterator[Rule]:
    if names:
        yield Rule(label, f"{words}{listed(shortened(list(names)))}")


def _sensor(task: Task) -> Iterator[Rule]:
    one = task.sensor
    if one is not None:
        keeps = "keeps its slot" if one.mode == "poke" else "gives its slot back"
        yield Rule("looks", f"for {listed(list(one.on))} every {ago(one.every)}; {keeps} between looks")
        yield Rule("gives up", f"after {ago(one.timeout)}, and {'is skipped' if one.soft_fail else 'fails'}")


def _past(task: Task) -> Iterator[Rule]:
    if task.depends_on_past or task.wait_for_downstream:
        below = ", and what is below it," if task.wait_for_downstream else ""
        yield Rule("past", f"only after its own run of the time before{below} went well")


def _slots(known: Known, pool: str | None, task: Task) -> Iterator[Rule]:
    if pool is not None:
        size = known.pools.get(pool, 0)
        yield Rule("pool", f"{pool}: {plural(task.slots, 'slot')} of {size}; priority {task.priority}")
    elif task.priority != 1:
        yield Rule("priority", str(task.priority))
    if task.max_active is not None:
        yield Rule("at once", f"at most {task.max_active} over all runs")


def _deadlines(spec: DagSpec, task: Task) -> str:
    if task.deadline is not None or spec.deadline is None:
        return deadline_said(task.deadline)
    return f"none of its own; {spec.name}: {deadline_said(spec.deadline)}"


def _proofs(known: Known, task: Task) -> Iterator[Rule]:
    """The checks of what it writes, and what none of them looks at."""
    for name in task.writes:
        dataset = dataset_in(known, name)
        yield from (Rule("check", check_said(one)) for one in dataset.checks.values())
        yield from _not_proved(dataset)
    yield from _named("checks", "", task.checks)
    if not task.writes and not task.checks:
        yield Rule("not proved", "its rows: it writes no dataset, so nothing is checked")


def _not_proved(dataset: Dataset) -> Iterator[Rule]:
    missing = not_proved(dataset)
    if missing:
        yield Rule("not proved", f"{', '.join(missing)} (no check)")


def check_said(one: Check) -> str:
    """`volume: rows, 500 to 1100; blocks`."""
    what = one.kind.replace("_", " ") + (f" of {listed(shortened(list(one.columns)))}" if one.columns else "")
    then = "blocks" if one.severity == "block" else "warns"
    when = {"before": "", "after": ", after it is public", "step": ", as a step"}[one.when]
    return f"{one.name}: {what}{_bounds(one)}; {then}{when}"


def _bounds(one: Check) -> str:
    low, high = one.min, one.max
    if low is not None and high is not None:
        return f", {low:,g} to {high:,g}"
    return f", at least {low:,g}" if low is not None else f", at most {high:,g}" if high is not None else ""


# other things


def input_rules(known: Known, dag: str, name: str) -> Iterator[Rule]:
    spec = known.plans[dag].spec
    one = spec.inputs[name]
    yield Rule("due", due_said(one.expected) + (f", {spec.timezone}" if one.expected is not None else ""))
    takers = [(how, task.name) for plan in known.plans.values() for task, how in _takers(plan.spec, name)]
    for how in dict.fromkeys(how for how, _ in takers):
        names = listed(shortened([task for one_how, task in takers if one_how == how]))
        label, _, more = how.partition(":")
        yield Rule(label, f"{names}{more}")
    yield Rule("deadline", "none: nobody is told when it does not come" if one.deadline is None else
               due_said(one.deadline))  # fmt: skip
    yield Rule("owner", one.owner or spec.owner or "nobody")
    yield Rule("one each", f"{spec.partition} of {spec.name}")
    if one.path:
        yield Rule("file", one.path)
    if one.rows is not None:
        yield Rule("rows", f"{one.rows:,} (only counted)")


def _takers(spec: DagSpec, name: str) -> Iterator[tuple[Task, str]]:
    for task in spec.tasks.values():
        fields = {
            "holds up": task.needs,
            "taken by:, without waiting for it": task.reads,
            "taken by:, which fails without": task.requires,
            "looked for by": task.sensor.on if task.sensor else (),
        }
        yield from ((task, how) for how, texts in fields.items() if name in _bare(texts))


def _bare(texts: Iterable[str]) -> set[str]:
    return {text.partition("@")[0] for text in texts}


def dataset_rules(known: Known, dag: str, name: str) -> Iterator[Rule]:
    spec, one = known.plans[dag].spec, dataset_in(known, name)
    writers = [f"{home}.{task}" for home, plan in known.plans.items() for task, made in plan.tasks.items()
               if name in made.writes]  # fmt: skip
    yield Rule("written by", listed(writers) or "no task")
    yield Rule("a write", MODES[one.mode].format(key=listed(list(one.key))).removeprefix("a write "))
    yield Rule("lies", STORES[one.store])
    if one.kept_by in KEEPERS:
        yield Rule("kept by", KEEPERS[one.kept_by])
    yield from (Rule("check", check_said(check)) for check in one.checks.values())
    yield from _not_proved(one)
    yield Rule("deadline", "none" if one.deadline is None else due_said(one.deadline))
    yield Rule("owner", one.owner or spec.owner or "nobody")
    yield Rule("read by", read_by(known, name))


def read_by(known: Known, name: str) -> str:
    """Who reads a dataset by the file: people and boards, else the tasks that take it."""
    readers = [reader.name for reader in known.consumers.values() if name in _bare(reader.reads)]
    if readers:
        return listed(shortened(readers))
    tasks = list(tasks_taking(known, name))
    return f"{listed(shortened(tasks))}; no person or board" if tasks else "nobody who is written down"


def consumer_rules(known: Known, dag: str, name: str) -> Iterator[Rule]:
    one = known.consumers[name]
    yield Rule("reads", listed(list(one.reads)))
    yield Rule("when", f"{cron_said(one.schedule)}, {one.timezone}")
    yield Rule("if not there", "it gets the newest earlier one that is public, marked old")
    yield Rule("owner", one.owner or "nobody")


def dag_rules(known: Known, dag: str, name: str = "") -> Iterator[Rule]:
    spec = known.plans[dag].spec
    yield Rule("starts", schedule_said(spec))
    yield Rule("each run", f"owns one {spec.partition}")
    first, last = (f"{at.astimezone(spec.zone):%Y-%m-%d}" if at else "" for at in (spec.start, spec.end))
    yield from _lines(("from", f"{first or '…'} to {last or '…'}" if first or last else ""))
    yield Rule("catch up", "makes the runs that it missed" if spec.catchup else "no: missed runs are not made")
    yield Rule("at once", plural(spec.max_active_runs, "run") + (
        f", {plural(spec.max_active_tasks, 'task')} in each" if spec.max_active_tasks else ""))  # fmt: skip
    yield from _lines(("clocks", _clocks(spec)), ("switched", "off" if dag in known.paused else ""))
    yield Rule("deadline", deadline_said(spec.deadline))
    yield Rule("owner", spec.owner or "nobody")
    told = f"{spec.alerts.to or 'the owner of what is wrong'}, of {listed([f'a {kind}' for kind in spec.alerts.on])}"
    yield Rule("tells", told if spec.alerts.on else "nobody")


def _clocks(spec: DagSpec) -> str:
    """What it does where the zone's clocks jump; nothing for a zone without."""
    if spec.clock is None or spec.timezone == "UTC":
        return ""
    return f"a time that does not exist: {spec.gap}; one that comes twice: {spec.fold}"


def _lines(*found: tuple[str, str]) -> Iterator[Rule]:
    yield from (Rule(label, text) for label, text in found if text)


RULES = {"task": task_rules, "input": input_rules, "dataset": dataset_rules, "consumer": consumer_rules,
         "dag": dag_rules}  # fmt: skip
