"""What one wants to see first in a new picture: what the last command changed, as long as nothing has happened since,
or else what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.bench.panes.graph import nodes_shown, stage_shown
from workbench.engine.events import DagEdited

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.model import DagSpec
    from workbench.session import Session

NEW, CHANGED = "new", "changed"


def edited(session: Session) -> dict[str, str]:
    """`task:flights.clean` -> `new` or `changed`, those that are new first. Empty when the last event is no edit."""
    log, position = session.branch.log, session.position
    begin = position
    while begin and isinstance(log[begin - 1], DagEdited) and log[begin - 1].at == session.now:
        begin -= 1
        if not getattr(log[begin], "cause", 0):  # the first of a command
            break
    if begin == position:
        return {}
    before, after = session.branch.state_at(begin).known.plans, session.state.known.plans
    found = {
        target: what
        for dag in dict.fromkeys(event.dag for event in log[begin:position] if isinstance(event, DagEdited))
        for target, what in _differing(before[dag].spec, after[dag].spec)
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1] != NEW))


def seen_first(bench: Bench) -> str:
    """The target to select; empty where all is as usual."""
    ranked = [
        (_WRONG.index("held" if node.mark == "W" else node.state), thing.target)
        for thing, node in zip(stage_shown(bench).things, nodes_shown(bench, stage_shown(bench)), strict=True)
        if thing.target.startswith(f"task:{bench.dag}.") and (node.state in _WRONG or node.mark == "W")
    ]
    wrong = min(ranked, key=lambda one: one[0], default=(0, ""))[1]
    return next(iter(edited(bench.session)), wrong)


# What holds the others up before those that are held up.
_WRONG = ("failed", "up_for_retry", "held")


def _differing(before: DagSpec, after: DagSpec) -> list[tuple[str, str]]:
    kinds = (("input", "inputs"), ("task", "tasks"), ("dataset", "datasets"))
    return [
        (f"{kind}:{after.name}.{name}", NEW if name not in old else CHANGED)
        for kind, old, new in ((kind, getattr(before, key), getattr(after, key)) for kind, key in kinds)
        for name, one in new.items()
        if name not in old
        or old[name] != one
        or getattr(old[name], "function", None) is not getattr(one, "function", None)
    ]
