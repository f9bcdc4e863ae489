"""Orders about task instances: run again, mark, kill."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engine import Known, Run
from workbench.engine.events import TasksCleared, TasksKilled, TasksMarked
from workbench.engine.plan import DagPlan
from workbench.engine.rules.retry import after_failure
from workbench.engine.state import UNDER_WAY, Cell
from workbench.engine.verdicts import Wait
from workbench.ordering.here import Here, Order, order, refuse, unknown
from workbench.ordering.targets import Target, grouped, instances, name_in, spoken, tasks_named, those
from workbench.views.clock import Clock
from workbench.views.remake import users_of

MARKS = ("success", "failed", "skipped")
_MOST_USERS = 3
_FAILED = ("failed", "upstream_failed")


def rerun(here: Here, target: Target, down: bool = False, up: bool = False, failed: bool = False) -> Order:
    """These run again, with all their retries (Airflow's `clear`): with all that is below them (`down`), above them
    (`up`), or only those that failed, or could not run because of that (`failed`)."""
    known = here.known
    base = [(run, task) for run, task in instances(known, target) if _is_there(known, run, task, target)]
    wanted = dict.fromkeys(base)
    for run, task in base:
        plan = known.plans[run.key.dag]
        others = (below(plan, task) if down else set()) | (above(plan, task) if up else set())
        wanted |= dict.fromkeys((run, other) for other in others if other in run.cells)
    found = [(run, task) for run, task in wanted if _has_run(run.cells[task])]
    if failed:
        found = [(run, task) for run, task in found if run.cells[task].state in _FAILED]
    if not found:
        raise refuse(_nothing_to_rerun(known, base, failed))
    parts = grouped(found)
    many = sum(len(tasks) for _, tasks in parts) > 1
    given = order(TasksCleared(here.now, parts, f"{those(known, parts)} {'run' if many else 'runs'} again", 0))
    return given._replace(notes=tuple(_elsewhere(known, found)))


def _elsewhere(known: Known, found: list[tuple[Run, str]]) -> Iterator[str]:
    """Tasks of other DAGs that took what these wrote: they do not run again with them."""
    runs = {run.key: run for run, _ in found}
    places = [(key, tuple(task for run, task in found if run.key == key)) for key in runs]
    users = [place for key, tasks in places for place in users_of(known, runs[key], tasks)]
    cleared = {(run.key, task) for run, task in found}
    users = [(run, task) for run, task in users if (run.key, task) not in cleared]
    for run, task in users[:_MOST_USERS]:
        line = f"rerun {name_in(known, run.key.dag, task)}@{run.key.partition} down"
        yield f"{run.key.dag}.{task} of {spoken(run)} took what this writes, and does not run again with it: {line}"
    if len(users) > _MOST_USERS:
        yield f"{len(users) - _MOST_USERS} more tasks of other DAGs took what this writes, and do not run again with it"


def _has_run(cell: Cell) -> bool:
    return cell.state not in ("none", "scheduled", "removed")


def _is_there(known: Known, run: Run, task: str, target: Target) -> bool:
    """Is it still a task of its DAG? Refuses when it alone was meant."""
    if task in known.plans[run.key.dag].tasks:
        return True
    if "*" in target.name or target.name in known.plans:
        return False
    raise refuse(f"{task} was taken out of {run.key.dag}, so it cannot run again; undo brings it back")


def _nothing_to_rerun(known: Known, base: list[tuple[Run, str]], failed: bool) -> str:
    what = those(known, grouped(base))
    if failed:
        return f"{what}: none of it failed, so there is nothing to run again"
    return f"{what} has not run yet: there is nothing to run again. Let time go on, or ask why it waits"


def mark(here: Here, target: Target, state: str) -> Order:
    """Say that these are success, failed or skipped, whatever happened. What is below them and failed, or could not
    run, is cleared (Airflow 3.3, `DAG.set_task_instance_state`)."""
    if state not in MARKS:
        raise unknown("mark", state, MARKS, f"Mark as {', '.join(MARKS[:-1])} or {MARKS[-1]}.")
    known = here.known
    base = [(run, task) for run, task in instances(known, target) if _is_there(known, run, task, target)]
    changed = [(run, task) for run, task in base if run.cells[task].state != state]
    if not changed:
        raise refuse(f"{those(known, grouped(base))}: marked as {state} it would be what it is already")
    parts, after = grouped(changed), grouped(_held_back(known, changed))
    told = f"{those(known, parts)} marked as {state}"
    told += f"; {those(known, after)} may run" if after else ""
    return order(TasksMarked(here.now, parts, state, after, told, 0))


def _held_back(known: Known, changed: list[tuple[Run, str]]) -> list[tuple[Run, str]]:
    own = set(changed)
    found = [(run, task) for run, one in changed for task in below(known.plans[run.key.dag], one)]
    return [(r, t) for r, t in found if (r, t) not in own and t in r.cells and r.cells[t].state in _FAILED]


def kill(here: Here, target: Target) -> Order:
    """End the tries that are under way. They fail, "killed", and are tried again as their retries allow."""
    known = here.known
    base = _under_way(known, target) if not target.first else instances(known, target)
    found = [(run, task) for run, task in base if run.cells[task].state in UNDER_WAY]
    if not found:
        raise refuse(_nothing_to_kill(here, base or instances(known, target)))
    ends = []
    for key, tasks in grouped(found):
        run = known.runs[key]
        for task in tasks:
            cell = run.cells[task]
            number = cell.tries if cell.state == "running" else cell.tries + 1
            then = after_failure(known, run, run.plan.tasks[task], number, here.now, "killed")
            again = then.until if isinstance(then, Wait) else None
            ends.append((key, task, "up_for_retry" if isinstance(then, Wait) else then.state, again))
    return order(TasksKilled(here.now, tuple(ends), f"{those(known, grouped(found))} killed", 0))


def _under_way(known: Known, target: Target) -> list[tuple[Run, str]]:
    """Without a day: whatever of it is under way, in the newest run where something is."""
    places = set(tasks_named(known, target.name))
    runs = sorted(known.open.values(), key=lambda run: (run.created, run.key), reverse=True)
    found: dict[str, list[tuple[Run, str]]] = {}
    for run in runs:
        busy = [(run, t) for t, c in run.cells.items() if c.state in UNDER_WAY and (run.key.dag, t) in places]
        if busy:
            found.setdefault(run.key.dag, busy)
    return [one for some in found.values() for one in some]


def _nothing_to_kill(here: Here, base: list[tuple[Run, str]]) -> str:
    run, task = base[0]
    cell = run.cells[task]
    what = f"{name_in(here.known, run.key.dag, task)} of {spoken(run)}"
    if not cell.attempts:
        return f"{what} does not run: it has not begun. There is nothing to kill"
    ended = Clock(here.now, run.plan.spec.zone).at(cell.attempts[-1].ended)
    return f"{what} does not run: try {cell.attempts[-1].number} ended {ended}. There is nothing to kill"


def below(plan: DagPlan, task: str) -> set[str]:
    """All tasks that come after this one in its DAG."""
    found: set[str] = set()
    ahead = [task]
    while ahead:
        fresh = {name for _, name in plan.tasks[ahead.pop()].downs} - found
        found |= fresh
        ahead += fresh
    return found


def above(plan: DagPlan, task: str) -> set[str]:
    """All tasks that come before this one in its DAG."""
    found: set[str] = set()
    ahead = [task]
    while ahead:
        fresh = set(plan.tasks[ahead.pop()].ups) - found
        found |= fresh
        ahead += fresh
    return found
