"""The planner's lower pictures: the choices and what each would give; the cost of it, and whom it touches."""

from __future__ import annotations

from workbench.bench.planner import WHICH, Planner, Worked, spec_of, versions_of
from workbench.bench.planner_grid import Cell, live_of
from workbench.engine import Known
from workbench.ordering import Here
from workbench.ordering.backfill_code import BACK
from workbench.views.backfill_plan import RUN
from workbench.views.clock import listed, plural
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

_KEYS = {"all": "a", "missing": "m", "failed": "f", "changed": "h"}


# how


def how(here: Here, worked: Worked, width: int, hidden: str = "") -> Sheet:
    """The choices, the chosen one in brackets, and what each would give. `hidden`: the choice that is being asked
    about; its number is not shown yet."""
    planner = worked.planner
    rows = [
        *wrapped_row(_days_row(worked, hidden), width, "       "),
        *wrapped_row(_order_row(worked), width, "       "),
        *wrapped_row(_limit_row(here.known, planner), width, "       "),
        *wrapped_row(_more_row(here.known, worked, hidden), width, "       "),
    ]
    return Sheet("how", tuple(rows))


def _choice(key: str, text: str, chosen: bool, bad: bool = False) -> tuple[Span, ...]:
    if chosen:
        return (Span(f"[{key} {text}]", "chosen"), Span("  "))
    return (Span(f"{key} ", "key"), Span(text, "late" if bad else ""), Span("   "))


def _days_row(worked: Worked, hidden: str) -> Row:
    spans = [Span("days   ", "dim")]
    would = dict(worked.others.would) if worked.others is not None else {}
    for which in WHICH:
        count = worked.runs if which == worked.planner.which else would.get(which, -1)
        said = "?" if which == hidden else _runs_said(count, which == worked.planner.which)
        spans += _choice(_KEYS[which], f"{which}: {said}", which == worked.planner.which, not count and which != hidden)
    return tuple(spans)


def _runs_said(count: int | None, in_full: bool) -> str:
    if count is None or count < 0:
        return "refused" if count is None else "…"
    return (plural(count, "run") if in_full else str(count)) + ("" if count else "!")


def _order_row(worked: Worked) -> Row:
    newest = worked.planner.newest
    spans = [Span("order  ", "dim"), *_choice("o", "newest first" if newest else "oldest first", True)]
    warning = worked.others.newest if worked.others is not None else ""
    if warning:
        spans += [Span(warning if newest else f"newest first: {warning}", "bad" if newest else "late")]
    elif not newest:
        spans += [Span("newest first would make the same", "dim")]
    return tuple(spans)


def _limit_row(known: Known, planner: Planner) -> Row:
    plan = known.plans[spec_of(known, planner.name).name]
    pools = sorted({task.pool for task in plan.tasks.values() if task.pool is not None})
    told = [f"pool {pool} has {plural(known.pools[pool], 'slot')}" for pool in pools if known.pools.get(pool)]
    if known.workers:
        told.append(plural(known.workers, "worker"))
    at_once = f"{planner.limit} at once"
    return (Span("limit  ", "dim"), *_choice("+ -", at_once, True), Span(", ".join(told), "dim"))


def _more_row(known: Known, worked: Worked, hidden: str) -> Row:
    planner = worked.planner
    more = worked.others.more if worked.others is not None else -1
    said = "?" if hidden == "down" else "…" if more < 0 else plural(more, "run") if more else "nothing"
    down = f"down: with {said} after it" if planner.down else f"down: {said} after it, not asked for"
    spans = [Span("with   ", "dim"), *_choice("d", down, planner.down)]
    versions = versions_of(known, planner.name)
    pinned = (
        f"pin {planner.pin}"
        if planner.pin
        else f"code as deployed ({versions[-1] if len(versions) == 1 else _deployed(known, planner)})"
    )
    spans += _choice("p", pinned, bool(planner.pin))
    if planner.priority:
        spans += [Span(f"priority {planner.priority:+}", "chosen")]
    return tuple(spans)


def _deployed(known: Known, planner: Planner) -> str:
    dag = spec_of(known, planner.name).name
    found = sorted(
        {known.code_of(dag, task) for task in known.plans[dag].tasks if planner.name in (dag, task, f"{dag}.{task}")}
    )
    return listed(found)


# cost


def cost(here: Here, worked: Worked, width: int, opens: str = "") -> Sheet:
    """Slots and time, what it meets, who has read these days, what stays public. `opens`: the what-if that starting it
    here would open."""
    title = "cost, and whom it touches"
    plan = worked.plan
    if plan is None or not plan.runs:
        return Sheet(title, ((Span("Nothing would run, so it costs nothing and touches nobody.", "dim"),),))
    pools = [
        f"{minutes} in pool {pool}, {plural(here.known.pools.get(pool, 0), 'slot')}" for pool, minutes in plan.pools
    ]
    time = plan.time.removeprefix("time: ")
    lines = [
        *((_sentence(one), "bad") if one.startswith(BACK) else (f"{one}.", "late") for one in plan.warnings),
        (f"{plural(plan.slot_minutes, 'slot-minute')}{f' ({listed(pools)})' if pools else ''}; {time}.", "strong"),
        *((f"{one.removeprefix('read before: ')}.", "late") for one in plan.readers),
        *(() if plan.readers else (("Nobody has read these days.", ""),)),
        *((_sentence(one.removeprefix("collision: ")), "late") for one in plan.collisions),
        *(() if plan.collisions else (("Scheduled runs meanwhile: none.", ""),)),
        *((_sentence(one), "") for one in public_until(here.known, worked)),
        *((_sentence(one), "late") for one in plan.notes),
        *(
            [(f"Time has gone on from here: starting it opens what-if {opens}, and all that is kept stays.", "you")]
            if opens
            else []
        ),
    ]
    return Sheet(title, tuple(row for text, style in lines for row in wrapped_row((Span(text, style),), width, "  ")))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if " " in text else text


def public_until(known: Known, worked: Worked) -> list[str]:
    """What readers get until each day is replaced."""
    plan = worked.plan
    live: dict[str, None] = {}
    days = set[tuple[str, str]]()
    for run in plan.runs if plan is not None else ():
        for one in run.tasks:
            for version in live_of(known, Cell(run.dag, one.task, run, one.does, "")) if one.does == RUN else ():
                live[version.code] = None
                days.add((version.dataset, version.partition))
    if not days:
        return ["Nothing of these days is public yet"]
    return [f"What {listed(list(live))} made stays public until it is replaced, day by day"]
