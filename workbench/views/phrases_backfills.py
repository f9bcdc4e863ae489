"""Sentences about what a backfill leaves as it is: tasks that it keeps or leaves out, runs that were cancelled."""

from __future__ import annotations

from workbench.engine import Cell
from workbench.engine.backfilled import made_by
from workbench.views.clock import listed
from workbench.views.wording import Answer, Phrases


def chosen_line(p: Phrases) -> tuple[str, ...]:
    """Why the backfill that made the run has chosen this day, from what its plan said then."""
    one = p.known.backfills.get(p.run.backfill) if p.run.backfill else None
    reasons = one.reason_for(p.run.key.dag, p.run.key.partition).split("; ") if one else []
    if one is None or not any(reasons):
        return ()
    return (f"The backfill asked for {p.at(one.at)} made this run, because {listed(list(map(_chosen, reasons)))}.",)


def _chosen(reason: str) -> str:
    kind, colon, what = reason.partition(" changed: ")
    return f"{kind} changed ({what})" if colon else _CHOSEN.get(reason, reason)


# What a plan says before, as it is said when it is done; what is not here is said in the same words.
_CHOSEN = {
    "missing": "it was missing",
    "failed": "it had failed",
    "nothing to keep": "there was nothing to keep",
    "comes after what is made again": "it comes after what was made again",
    "missing upstream": "what comes after it needs it, and it was missing",
    "stale upstream": "what comes after it needs it, and it was stale",
    "upstream in its window is made again": "something upstream in its window was made again",
    "asked for, though due before the simulation began": "it was asked for, though due before the simulation began",
    "asked for again: neither code nor inputs changed": "it was asked for again (neither code nor inputs had changed)",
}


def kept(p: Phrases, task: str, cell: Cell) -> Answer:
    """It stands for what an earlier run of the partition made."""
    found = made_by(p.known, p.run, task)
    tried = found.attempt if found is not None else None
    made = f"It was made {p.at(tried.ended)}, by try {tried.number} of an earlier run." if tried else _marked_then(task)
    why = "The backfill does not run it again" if p.run.reason != "cancelled" else "This run was cancelled"
    helps = (f"{p.rerun(task)}, to have it really run",)
    return Answer(f"{task} of {p.day} is kept as it was, since {p.at(cell.since)}.", (f"{why}. {made}",), helps)


def _marked_then(task: str) -> str:
    return f"In an earlier run {task} was marked as success, by hand."


def left_out(p: Phrases, task: str, cell: Cell) -> Answer:
    """It is not asked for, and there is nothing to keep."""
    return Answer(
        f"{task} of {p.day} was left out {p.at(cell.since)}: the backfill does not run it.",
        (f"No earlier run of {p.day} has it in success, so there is nothing to keep.",),
        (f"{p.rerun(task)}, to have it run",),
    )


def cancelled(p: Phrases, task: str) -> Answer:
    """Its run ended before it began."""
    told = p.known.backfills[p.run.backfill].sentence if p.run.backfill in p.known.backfills else ""
    assert p.run.ended is not None
    return Answer(
        f"{task} of {p.day} will not run: its run was cancelled {p.at(p.run.ended)}, before it began.",
        (f"It belonged to this backfill: {told}.",),
        (f"backfill {p.dag}@{p.run.key.partition} failed, to make it after all",),
    )


def cancelled_run(p: Phrases) -> str:
    """Why a run failed that never began."""
    return f"its backfill was cancelled before it began ({p.known.backfills[p.run.backfill].sentence})"
