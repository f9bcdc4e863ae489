"""Rows of the menu of `e`: what a task is joined to, its settings, and those of its DAG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

from workbench.bench.menus.menu import Blank, Item
from workbench.bench.menus.things import Things
from workbench.bench.short_names import next_version
from workbench.model import Task
from workbench.model.parts import TRIGGER_RULES, OnData
from workbench.ordering.tasks import above, below
from workbench.timetable import format_duration


def moment(value: object) -> str:
    """A clock time or a span, as a line takes it."""
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    return format_duration(value) if isinstance(value, timedelta) else ""


def promise(value: object) -> str:
    """The same of a moment by the calendar: a span is one after the partition's end, `+2h`."""
    return f"+{moment(value)}" if isinstance(value, timedelta) else moment(value)


# what a task is joined to


def connections(things: Things, task: str, name: str) -> list[Item]:
    """Edges, and tasks that come and go."""
    tasks, plan = things.known.plans[things.dag].tasks, things.plan(task)
    own = things.known.plans[things.dag]
    after, before = below(own, task), above(own, task)
    others = [one for one in tasks if one != task]
    ahead = [one for one in others if one not in plan.task.needs and one not in after] + _outside(things, plan.task)
    behind = [one for one in others if one not in after and one not in before]
    return [
        *_edge("n", "needs", "{end} too", f"edge add {{end}} {name}", ahead),
        *_edge("b", "before", "{end} needs it", f"edge add {name} {{end}}", behind[::-1]),
        Item("e", "new input", "{new}, expected {at}, and it waits for it",
             f"input add {{new}} for {name}[ expected {{at}}]", _new_input(things)[:2]),
        *_edge("c", "cut", "it no longer needs {end}", f"edge rm {{end}} {name}", [*plan.task.needs]),
        Item("k", "add a task", "{new}, after it, takes {takes}",
             f"task add {{new}} in {things.dag} needs {task} takes {{takes}}",
             (Blank("new", _fresh("tidy", tasks)), Blank("takes", "2m", "span"))),
        Item("s", "split", "into {parts}", f"task split {name} into {{parts}}",
             (Blank("parts", f"{task}_1 {task}_2", "words"),), is_more=True),
        Item("y", "rename", "it is called {new}", f"task rename {name} {{new}}",
             (Blank("new", _fresh(f"{task}_2", tasks)),), is_more=True),
        Item("z", "remove", "it goes, with its edges", f"task rm {name}", is_more=True),
    ]  # fmt: skip


def _edge(key: str, name: str, text: str, line: str, ends: Sequence[str]) -> list[Item]:
    """One more edge, or one less, if there is anything to join."""
    return [Item(key, name, text, line, (Blank("end", ends[0], "", tuple(ends)),))] if ends else []


def _outside(things: Things, task: Task) -> list[str]:
    """Files that it does not wait for yet, and tasks of other DAGs."""
    files = [one for one in things.known.homes if one not in task.needs]
    elsewhere = [f"{dag}.{one}" for dag, plan in things.known.plans.items() if dag != things.dag for one in plan.tasks]
    return [*files, *elsewhere]


def input_settings(things: Things, name: str) -> list[Item]:
    """When it is expected, who is told that it has not come, and who delivers it."""
    spec = things.known.plans[things.known.homes[name]].spec
    now = spec.inputs[name]
    owner = now.owner or spec.owner or "its owner"
    at = Blank("at", _an_hour_later(now.expected) or "06:00", "time")
    by = Blank("by", _an_hour_later(now.deadline or now.expected) or "08:00", "time")
    whose = Blank(
        "owner", _other(now.owner or spec.owner, (*things.known.roster,)), "", tuple(things.known.roster), "nobody"
    )
    rows = Blank("rows", str(now.rows or 300))
    return [
        Item("e", "expected", "at {at}", f"input set {name} expected {{at}}", (at,), _now(promise(now.expected))),
        Item("t", "tell", f"{owner} at {{by}}, if it has not come", f"input set {name} deadline {{by}}", (by,),
             _now(promise(now.deadline))),
        *([Item("", "no deadline", "nobody is told", f"input set {name} deadline none", is_more=True)]
          if now.deadline is not None else []),
        Item("o", "owner", "{owner} delivers it", f"input set {name} owner {{owner}}", (whose,),
             _owned(now.owner, spec.owner)),
        *([Item("k", "count", "{rows} rows in each file", f"input set {name} rows {{rows}}", (rows,),
                _now(now.rows), is_more=True)] if things.known.rows_kept == "count" else []),
        Item("z", "remove", "nobody delivers it any more", f"input rm {name}", is_more=True),
    ]  # fmt: skip


def _an_hour_later(value: time | timedelta | None) -> str:
    """Of a moment by the calendar; empty where there is none."""
    if isinstance(value, time):
        return moment(value.replace(hour=(value.hour + 1) % 24))
    return promise(value + timedelta(hours=1)) if value is not None else ""


def _new_input(things: Things) -> tuple[Blank, ...]:
    known = things.known
    taken = {*known.homes, *known.makers, *(task for plan in known.plans.values() for task in plan.tasks)}
    people = (*known.roster,)
    return (
        Blank("new", _fresh("fees", taken)),
        Blank("at", "05:30", "time", (), "any time"),
        Blank("owner", people[0] if people else "", "", people, "nobody"),
    )


def _fresh(name: str, taken: object) -> str:
    """A name that nobody has."""
    names = [name, *(f"{name}_{n}" for n in range(2, 99))]
    return next(one for one in names if one not in taken)  # type: ignore[operator]


# settings


def task_settings(things: Things, task: str, name: str) -> list[Item]:
    """Retries, pool, trigger rule, owner and so on, each with what holds now."""
    now = things.plan(task).task
    pools, people = tuple(things.known.pools), tuple(things.known.roster)
    code, owner = things.known.code_of(things.dag, task), things.spec.owner
    return [
        Item("r", "retries", "{count}, {delay} apart, times {backoff}",
             f"set task {name} retries {{count}} delay {{delay}} backoff {{backoff}}", _retries(now)),
        Item("i", "timeout", "ended after {span}", f"set task {name} timeout {{span}}",
             (Blank("span", "none" if now.timeout else moment(now.takes * 2), "span"),), _now(moment(now.timeout))),
        Item("p", "pool", "takes a slot of {pool}", f"set task {name} pool {{pool}}",
             (Blank("pool", _other(now.pool, pools), "", (*pools, "none"), "no pool"),), _now(now.pool)),
        Item("t", "starts when", "{rule} above it", f"set task {name} trigger_rule {{rule}}",
             (Blank("rule", _other(now.trigger_rule, TRIGGER_RULES[2:]), "", TRIGGER_RULES),), _now(now.trigger_rule)),
        Item("o", "owner", "{owner} is told", f"set task {name} owner {{owner}}",
             (Blank("owner", _other(now.owner or owner, people), "", people, "somebody"),), _owned(now.owner, owner)),
        Item("l", "lasts", "usually {takes}", f"set task {name} takes {{takes}}",
             (Blank("takes", moment(now.takes * 2), "span"),), _now(moment(now.takes)), is_more=True),
        Item("g", "priority", "{number}: higher goes first", f"set task {name} priority {{number}}",
             (Blank("number", str(now.priority + 9)),), _now(str(now.priority)), is_more=True),
        Item("j", "at most", "{number} at once, over all runs", f"set task {name} max_active {{number}}",
             (Blank("number", "2" if now.max_active == 1 else "1"),), is_more=True),
        Item("q", "own past", "waits for its own run before", f"set task {name} depends_on_past "
             f"{'off' if now.depends_on_past else 'on'}", note=_now("on" if now.depends_on_past else "off"),
             is_more=True),
        Item("u", "look first", "was the work of a try before done?", f"set task {name} lookup "
             f"{'off' if now.lookup else 'on'}", note=_now("on" if now.lookup else "off"), is_more=True),
        Item("v", "code", "runs {version}", f"deploy {name} {{version}}",
             (Blank("version", next_version(code)),), _now(code), is_more=True),
    ]  # fmt: skip


def _retries(now: Task) -> tuple[Blank, ...]:
    policy = now.retries
    return (
        Blank("count", str(policy.max + 2)),
        Blank("delay", moment(policy.delay), "span"),
        Blank("backoff", f"{policy.backoff:g}"),
    )


def _now(value: object) -> str:
    return f"now {value}" if value else "none now"


def _owned(own: str | None, of_dag: str | None) -> str:
    """Who it is, also where its DAG names them."""
    return _now(own) if own else f"now {of_dag}, its DAG's" if of_dag else "none now"


def _other(now: str | None, offers: tuple[str, ...]) -> str:
    """The first that is not so already."""
    return next((one for one in offers if one != now), "none" if now else "")


# DAGs


def dag_settings(things: Things, is_more: bool) -> list[Item]:
    """When its runs are made, what is caught up, and what all DAGs share."""
    spec, dag = things.spec, things.dag
    names = ",".join(dict.fromkeys((*spec.inputs, *(spec.data.names if spec.data else ()))))
    people = (*things.known.roster, *things.known.routes)
    by = promise(spec.deadline.by) if spec.deadline is not None and spec.deadline.by is not None else "08:00"
    return [
        Item("h", "schedule", "{cron}", f"set dag {dag} schedule {{cron}}",
             (Blank("cron", spec.schedule if isinstance(spec.schedule, str) else "0 6 * * *"),),
             _schedule(spec.schedule), is_more=is_more),
        Item("e", "on data", "when all of {names} are here", f"set dag {dag} schedule all:{{names}}",
             (Blank("names", names, "", (), "names a,b"),), is_more=is_more or not names),
        Item("d", "deadline", "all of it done by {by}", f"set dag {dag} deadline {{by}}",
             (Blank("by", by, "time"),), "none now" if spec.deadline is None else f"now {by}", is_more=is_more),
        Item("u", "catch up", "runs that were missed are " + ("left out" if spec.catchup else "made"),
             f"set dag {dag} catchup {'off' if spec.catchup else 'on'}", note=_now("on" if spec.catchup else "off"),
             is_more=is_more),
        Item("a", "at most", "{runs} runs at once", f"set dag {dag} max_active_runs {{runs}}",
             (Blank("runs", "1" if spec.max_active_runs != 1 else "16"),), _now(str(spec.max_active_runs)),
             is_more=is_more),
        Item("o", "tell", "{who} when something is wrong", f"route {dag} to {{who}}",
             (Blank("who", _other(spec.alerts.to, people), "", people, "somebody"),),
             _now(spec.alerts.to or spec.owner), is_more=is_more),
        *([] if is_more else _new_task(things)),
        *_shared(things, is_more),
    ]  # fmt: skip


def _schedule(schedule: str | OnData | None) -> str:
    if isinstance(schedule, OnData):
        return f"now when {'all' if schedule.all else 'any'} of {', '.join(schedule.names)} are here"
    return f"now {schedule}" if schedule else "by hand now"


def _new_task(things: Things) -> list[Item]:
    tasks = things.known.plans[things.dag].tasks
    leaf = things.known.plans[things.dag].leaves
    blanks = (
        Blank("new", _fresh("tidy", tasks)),
        Blank("needs", leaf[-1] if leaf else "", "", tuple(tasks), "nothing"),
        Blank("takes", "2m", "span"),
    )
    line = f"task add {{new}} in {things.dag}[ needs {{needs}}] takes {{takes}}"
    named = f"input add {{new}} in {things.dag}[ expected {{at}}][ owner {{owner}}]"
    return [
        Item("k", "add a task", "{new}, after {needs}, takes {takes}", line, blanks),
        Item("i", "add an input", "{new}, expected {at}, which {owner} delivers", named, _new_input(things)),
    ]


def _shared(things: Things, is_more: bool) -> list[Item]:
    pools = things.known.pools
    pool = next(iter(pools), "")
    count = str(pools[pool] + 1) if pool else "2"
    workers = things.known.workers
    change = "set pool {pool} {count}" if pool else "set pool {pool} {count} new"
    return [
        Item("", "workers", "{count} tries at once", "set workers {count}",
             (Blank("count", str(workers + 1) if workers else "4", "", ("none",)),), _now(workers or "no limit"),
             is_more=is_more),
        Item("", "pool", "{pool} has {count} slots", change,
             (Blank("pool", pool or "warehouse", "", tuple(pools)), Blank("count", count)),
             _now(pools[pool]) if pool else "there is none", is_more=is_more),
    ]  # fmt: skip
