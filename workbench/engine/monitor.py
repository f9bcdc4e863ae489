"""The monitor: tells people what has to be told. It outlives the scheduler, and decides nothing."""

from __future__ import annotations

from datetime import datetime

from workbench.engine.catalog import Owed
from workbench.engine.data_events import AlertSent
from workbench.engine.state import Known, Run


def next_alert(known: Known, now: datetime) -> AlertSent | None:
    """The first of what is owed, to whom it goes; None when nothing is."""
    if not known.data.owed:
        return None
    owed = known.data.owed[0]
    route = route_of(known, owed)
    people = recipients(known, route)
    reached = any(known.roster[name].active for name in people if name in known.roster)
    return AlertSent(now, owed.kind, owed.dag, owed.partition, owed.subject, route, people, reached, owed.seq)


def recipients(known: Known, route: str) -> tuple[str, ...]:
    """The people behind a name: those of a route, or the one of this name."""
    return known.routes.get(route, (route,) if route else ())


def route_of(known: Known, owed: Owed) -> str:
    """Where this is told: where the DAG says, else its subject's owner, else the DAG's; "" when nobody is named."""
    plan = known.plans.get(owed.dag)
    spec = plan.spec if plan is not None else None
    if spec is not None and spec.alerts.to:
        return spec.alerts.to
    owner = _owner(known, owed)
    return owner or (spec.owner if spec is not None else None) or ""


def _owner(known: Known, owed: Owed) -> str | None:
    plan = known.plans.get(owed.dag)
    if plan is None:
        return None
    spec, subject = plan.spec, owed.subject
    if owed.kind == "check":
        return _owner_of_check(known, subject)
    if subject.startswith("input:"):
        name = subject.removeprefix("input:")
        return spec.inputs[name].owner if name in spec.inputs else None
    if subject.startswith("dataset:"):
        name = subject.removeprefix("dataset:")
        return spec.datasets[name].owner if name in spec.datasets else None
    return spec.tasks[subject].owner if subject in spec.tasks else None


def _owner_of_check(known: Known, subject: str) -> str | None:
    dataset, _, check = subject.partition(".")
    home = known.makers.get(dataset)
    found = known.plans[home].spec.datasets.get(dataset) if home else None
    if found is None:
        return None
    return (found.checks[check].owner if check in found.checks else None) or found.owner


# what need not be told twice


def is_told_by_checks(known: Known, run: Run) -> bool:
    """Did nothing but checks fail this run, and does everybody whom that concerns hear of them? Who is called because
    of a check need not be called again because of the run that it failed."""
    failed = [name for name, cell in run.cells.items() if cell.state == "failed"]
    of_run = Owed(known.seq, "failure", run.key.dag, run.key.partition, "")
    concerned = set(recipients(known, route_of(known, of_run)))
    return bool(failed and concerned) and all(concerned <= _told_of_check(known, run, name) for name in failed)


def _told_of_check(known: Known, run: Run, task: str) -> set[str]:
    """Who hears of the checks that failed the last try of a task; nobody when something else failed it."""
    cell, plan = run.cells[task], run.plan.tasks.get(task)
    if cell.rule or plan is None or not cell.attempts or cell.attempts[-1].reason != "check":
        return set()
    began, catalog = cell.attempts[-1].began, known.data
    names = dict.fromkeys((*plan.writes, *(text.partition(".")[0] for text in plan.task.checks)))
    versions = [one for name in names for one in catalog.versions.get((name, run.key.partition), ())]
    checks = [one for version in versions for one in catalog.checks_of(version.name) if began < one.seq]
    blocking = {one.seq for one in checks if one.status != "pass" and one.severity == "block"}
    sent = [alert.recipients for alert in catalog.alerts.values() if alert.cause in blocking]
    ahead = [recipients(known, route_of(known, owed)) for owed in catalog.owed if owed.seq in blocking]
    return {name for people in (*sent, *ahead) for name in people}
