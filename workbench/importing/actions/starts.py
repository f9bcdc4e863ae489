"""When a workflow starts."""

from __future__ import annotations

from typing import NamedTuple

from workbench.importing.actions.tree import Tree
from workbench.importing.arrows import START
from workbench.importing.found import Note
from workbench.importing.ticks import Plan, cron_plan, merged
from workbench.model.yamltext import Mapping, Scalar, Sequence


class Starts(NamedTuple):
    """Keys of a DAG, a remark for its schedule, and what was not kept."""

    data: dict[str, object]
    remark: str
    notes: tuple[Note, ...]


def starts_of(tree: Tree) -> Starts:
    """Cron when there is one, else by hand. Several that differ in one field are one: `0 6,18 * * *`."""
    on = tree.tree("on")
    crons = on.trees("schedule") if on is not None else []
    plans = {one: plan for one in crons if (plan := cron_plan(one.text("cron"), "UTC")) is not None}
    notes = [*_others(tree), *(_unusable(one) for one in crons if one not in plans)]
    day = f"{START:%Y-%m-%d}"
    if not plans:
        return Starts({"schedule": "manual", "start": day}, "you start its runs", tuple(notes))
    plan, left = _together([*plans])
    notes += [Note("changed", _ONE_ONLY.format(one.text("cron")), one.line("cron")) for one in left]
    zone = crons[0].text("timezone")
    data: dict[str, object] = {"schedule": plan.schedule}
    data |= {"timezone": zone} if zone and zone.upper() != "UTC" else {}
    data |= {"partition": plan.partition} if plan.partition != "day" else {}
    return Starts({**data, "start": day}, "", (*notes, Note("guessed", f"its first day is {day}")))


def _together(crons: list[Tree]) -> tuple[Plan, list[Tree]]:
    """One plan, of all of them if that can be said, and those that are left."""
    one = merged([each.text("cron") for each in crons])
    whole = cron_plan(one, "UTC") if one is not None else None
    first = cron_plan(crons[0].text("cron"), "UTC")
    assert first is not None
    return (whole, []) if whole is not None else (first, crons[1:])


def _unusable(cron: Tree) -> Note:
    return Note("missed", f"schedule '{cron.text('cron')}' is no cron of five fields", cron.line("cron"))


def _others(tree: Tree) -> list[Note]:
    """Events that start it in the real world."""
    found = tree.get("on")
    names = [
        *([found.text] if isinstance(found, Scalar) else []),
        *([one.text for one in found.items if isinstance(one, Scalar)] if isinstance(found, Sequence) else []),
        *([key.text for key, _ in found.pairs] if isinstance(found, Mapping) else []),
    ]
    events = [name for name in names if name != "schedule"]
    if not events:
        return []
    return [Note("changed", f"{', '.join(events)}: such runs are started by hand here", tree.line("on"))]


_ONE_ONLY = "schedule '{}': a DAG has one schedule here, the first one; make a second DAG of it if it matters"
