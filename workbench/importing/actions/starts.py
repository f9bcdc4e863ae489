"""When a workflow starts."""

from __future__ import annotations

from typing import NamedTuple

from workbench.importing.actions.tree import Tree
from workbench.importing.arrows import START
from workbench.importing.found import Note
from workbench.importing.grids import grid_of, refused
from workbench.model.yamltext import Mapping, Scalar, Sequence


class Starts(NamedTuple):
    """Keys of a DAG, a remark for its schedule, and what was not kept."""

    data: dict[str, object]
    remark: str
    notes: tuple[Note, ...]


def starts_of(tree: Tree) -> Starts:
    """Cron when there is one, else by hand."""
    on = tree.tree("on")
    crons = on.trees("schedule") if on is not None else []
    notes = [*_others(tree), *_unusable(crons)]
    usable = [one for one in crons if not refused(one.text("cron"))]
    if not usable:
        return Starts({"schedule": "manual", "start": f"{START:%Y-%m-%d}"}, "you start its runs", tuple(notes))
    first, *more = usable
    notes += [Note("changed", _ONE_ONLY.format(one.text("cron")), one.line("cron")) for one in more]
    cron, zone = first.text("cron"), first.text("timezone")
    data: dict[str, object] = {"schedule": cron}
    data |= {"timezone": zone} if zone and zone.upper() != "UTC" else {}
    data |= {"partition": grid_of(cron)} if grid_of(cron) != "day" else {}
    notes.append(Note("guessed", f"its first day is {START:%Y-%m-%d}"))
    return Starts({**data, "start": f"{START:%Y-%m-%d}"}, "", tuple(notes))


def _unusable(crons: list[Tree]) -> list[Note]:
    return [
        Note("missed", f"schedule '{one.text('cron')}': {told}", one.line("cron"))
        for one in crons
        if (told := refused(one.text("cron")))
    ]


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
    return [
        Note("changed", f"{', '.join(events)}: such runs are started by hand here", tree.line("on"))
    ]


_ONE_ONLY = "schedule '{}': a DAG has one schedule here, the first one; make a second DAG of it if it matters"
