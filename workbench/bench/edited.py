"""What the last command changed in the picture, as long as nothing has happened since: what is new or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.engine.events import DagEdited

if TYPE_CHECKING:
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
