"""The run that dbt recorded, as a scenario: what failed there fails here, and the same is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from workbench.importing.dbt.building import Parts
from workbench.importing.dbt.manifest import listed
from workbench.importing.dbt.outcomes import RUN, SKIPPED, Outcomes
from workbench.importing.dbt.waiting import below
from workbench.importing.found import Note
from workbench.views.clock import plural

NAME = "as_recorded"
Told = tuple[list[dict[str, Any]], list[Note]]


def recorded(parts: Parts, outcomes: Outcomes, dag: str, day: datetime) -> Told:
    """The scenario where anything failed, and a word where dbt skipped otherwise than what failed explains.
    `day`: that of the run, which owns the one before."""
    failed = [name for name, members in parts.members.items() if outcomes.failed(members)]
    needs = {name: task.get("needs", ()) for name, task in parts.tasks.items()}
    stopped = below(needs, failed)
    notes = [*_unexplained(parts, outcomes, stopped, failed)]
    if not failed:
        return [], notes
    verb, are = "fails" if len(failed) == 1 else "fail", "is" if len(stopped) == 1 else "are"
    told = f"the scenario {NAME}: {listed(failed)} {verb}, as in {RUN}"
    notes.append(Note("kept", f"{told}; {plural(len(stopped), 'task')} below {are} skipped"))
    return [_scenario(failed, dag, day)], notes


def _scenario(failed: list[str], dag: str, day: datetime) -> dict[str, Any]:
    owned = f"{day - timedelta(days=1):%Y-%m-%d}"
    return {
        "scenario": NAME,
        "description": f"What failed when dbt last ran: {listed(failed)}",
        "from": f"{owned}T00:00Z",
        "until": f"{day + timedelta(days=1):%Y-%m-%d}T00:00Z",
        "faults": [{"bug": {"task": f"{dag}.{name}", "version": "v1", "partition": owned}} for name in failed],
    }


def _unexplained(parts: Parts, outcomes: Outcomes, stopped: set[str], failed: list[str]) -> Iterator[Note]:
    found = {
        name: [outcomes.status[uid] for uid in members if uid in outcomes.status]
        for name, members in parts.members.items()
    }
    skipped = [name for name, all_ in found.items() if all_ and set(all_) == {SKIPPED} and name not in stopped]
    ran = [name for name, all_ in found.items() if all_ and SKIPPED not in all_ and name in stopped]
    if skipped:
        told = f"{RUN}: why dbt skipped {listed(skipped)}: nothing above failed"
        yield Note("missed", f"{told}. Was it --fail-fast, or a hook?")
    if ran:
        told = f"{RUN}: why dbt ran {listed(ran)}: something above failed ({listed(failed)})"
        yield Note("missed", f"{told}. Was it dbt run, where tests hold up nothing?")
