"""What somebody does in a session on the worlds of the laws: moves, and every command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from tests.laws.draws import Draw, pick, some, sometimes, whole
from tests.laws.faults import fault
from tests.laws.worlds import ANYTHING, DATASETS, MINUTE, POOLS, SEASONS, SPANS, Season, retries, sensor
from workbench.branch import Branch
from workbench.engine import Run
from workbench.model import (
    TRIGGER_RULES,
    AddEdge,
    AddTask,
    DagSpec,
    Edit,
    InvalidInput,
    RemoveEdge,
    RemoveTask,
    RenameTask,
    SetDag,
    SetTask,
    SplitTask,
    Task,
    WaitFor,
    Workspace,
)
from workbench.session import Session

UNDER_WAY = {"scheduled", "queued", "running", "up_for_retry", "up_for_reschedule"}
MOVES = ("step", "event", "back", "seek", "between", "run")
COMMANDS = (
    "inject", "inject", "lift", "edit", "edit", "edit", "rerun", "rerun", "mark", "kill", "pause", "unpause",
    "deploy", "set", "trigger", "backfill", "backfill", "change backfill",
)  # fmt: skip
ANY = (*MOVES, *COMMANDS, "fork")


# commands


def _inject(draw: Draw, session: Session) -> None:
    season = Season(session.start, session.end - session.start, ())
    session.inject(fault(draw, session.current_workspace(), season, ANYTHING))


def _lift(draw: Draw, session: Session) -> None:
    many = len(session.scenario.faults) + len(session.state.faults)
    session.lift(whole(draw, 1, max(many, 1)))


def _edit(draw: Draw, session: Session) -> None:
    """Some edit, more often than not of a task that is under way."""
    workspace, runs = session.current_workspace(), session.state.known.runs.values()
    every = sorted((spec.name, task) for spec in workspace.dags.values() for task in spec.tasks)
    cells = ((run.key.dag, name, cell.state) for run in runs for name, cell in run.cells.items())
    busy = sorted({(dag, task) for dag, task, state in cells if state in UNDER_WAY} & set(every))
    dag, task = pick(draw, *(busy if busy and sometimes(draw, 66) else every))
    session.edit(_edit_of(draw, workspace, dag, task), dag=dag)


def some_edit(draw: Draw, workspace: Workspace) -> tuple[str, Edit]:
    """An edit of any task, and its DAG. It may make no sense."""
    dag, task = pick(draw, *sorted((spec.name, task) for spec in workspace.dags.values() for task in spec.tasks))
    return dag, _edit_of(draw, workspace, dag, task)


def _edit_of(draw: Draw, workspace: Workspace, dag: str, task: str) -> Edit:
    spec = workspace.dags[dag]
    return _EDITS[pick(draw, *_EDITS)](draw, workspace, spec, spec.tasks[task])


def _target(draw: Draw, session: Session, *states: str) -> str:
    """A task instance, if there is one in such a state; now and then several."""
    runs = session.state.known.runs.values()
    cells = [(run, name, cell.state) for run in runs for name, cell in run.cells.items()]
    found = [one for one in cells if one[2] in states] or cells
    if not found:
        raise InvalidInput(["there is no task instance yet"])
    run, name, _ = pick(draw, *sorted(found, key=lambda one: (one[0].key, one[1])))
    return f"{run.key.dag}.{pick(draw, name, name, name, '*')}@{run.key.partition}{_more(draw, run)}"


def _more(draw: Draw, run: Run) -> str:
    """Perhaps the next partition as well."""
    return f"..{run.plan.spec.grid.next(run.window).key}" if sometimes(draw, 15) else ""


def _rerun(draw: Draw, session: Session) -> None:
    target = _target(draw, session, *pick(draw, ("failed", "upstream_failed"), ("success",), ("running",), UNDER_WAY))
    session.rerun(target, down=pick(draw, True, False), up=sometimes(draw, 25), failed=sometimes(draw, 25))


def _mark(draw: Draw, session: Session) -> None:
    target = _target(draw, session, *pick(draw, ("failed",), ("none",), ("success",), UNDER_WAY))
    session.mark(target, pick(draw, "success", "failed", "skipped"))


def _kill(draw: Draw, session: Session) -> None:
    session.kill(_target(draw, session, "running", "queued"))


def _dag(draw: Draw, session: Session) -> str:
    name: str = pick(draw, *sorted(session.current_workspace().dags))
    return name


def _pause(draw: Draw, session: Session) -> None:
    session.pause(_dag(draw, session))


def _unpause(draw: Draw, session: Session) -> None:
    paused = sorted(session.state.known.paused)
    session.unpause(pick(draw, *paused) if paused else _dag(draw, session))


def _deploy(draw: Draw, session: Session) -> None:
    spec = session.current_workspace().dags[_dag(draw, session)]
    name = pick(draw, *sorted(spec.tasks))
    # No version that a scenario deploys, so that one can tell who did it.
    session.deploy(spec.name if sometimes(draw, 40) else f"{spec.name}.{name}", pick(draw, "v4", "v5"))


def _set(draw: Draw, session: Session) -> None:
    if pick(draw, True, False):
        session.set_workers(pick(draw, None, 1, 2, 5))
    else:
        session.set_pool(pick(draw, *POOLS), pick(draw, 1, 2, 3, 4))


def _window(draw: Draw, session: Session, dag: str) -> str:
    grid = session.current_workspace().dags[dag].grid
    return grid.last_ended(session.now, pick(draw, 1, 1, 2, 3)).key


def _trigger(draw: Draw, session: Session) -> None:
    dag = _dag(draw, session)
    session.trigger(dag, _window(draw, session, dag) if sometimes(draw, 60) else "")


def _backfill(draw: Draw, session: Session) -> None:
    dag = _dag(draw, session)
    first, last = sorted((_window(draw, session, dag), _window(draw, session, dag)))
    which = pick(draw, "missing", "failed", "all", "all")
    tasks = sorted(session.current_workspace().dags[dag].tasks)
    target = f"{dag}.{pick(draw, *tasks)}" if sometimes(draw, 30) else dag
    session.backfill(
        target, first, last, pick(draw, 1, 2, 10), sometimes(draw, 30), which, sometimes(draw, 40),
        pick(draw, "", "", "v6"), pick(draw, 0, 0, -1, 5),
    )  # fmt: skip


def _change_backfill(draw: Draw, session: Session) -> None:
    backfills = session.state.known.backfills
    if not backfills:
        _backfill(draw, session)
        return
    number = pick(draw, *sorted(backfills))
    do = pick(draw, session.pause_backfill, session.cancel_backfill, session.resume_backfill)
    do(number)


# edits


def _edge(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    return AddEdge(pick(draw, *sorted(spec.tasks)), task.name)


def _no_edge(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    return RemoveEdge(pick(draw, *task.needs), task.name) if task.needs else RemoveTask(task.name)


def _wait(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    outside = _outside(workspace, spec)
    shift = pick(draw, "", "", "@-1")
    return WaitFor(task.name, (pick(draw, *outside) + shift,)) if outside else RemoveTask(task.name)


def _outside(workspace: Workspace, spec: DagSpec) -> list[str]:
    others = sorted(f"{d.name}.{t}" for d in workspace.dags.values() if d is not spec for t in d.tasks)
    return sorted(workspace.inputs) + others


def _watch(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    """Another sensor, or none."""
    outside = _outside(workspace, spec)
    if not outside or task.function is not None or sometimes(draw, 25):
        return SetTask(task.name, {"sensor": None})
    return SetTask(task.name, {"sensor": sensor(draw, SEASONS[-1], outside, [])})


def _limits(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    if pick(draw, True, False):
        return SetTask(task.name, {"max_active": pick(draw, None, 1, 2)})
    return SetDag({pick(draw, "max_active_runs", "max_active_tasks"): pick(draw, 1, 2, 5)})


def _clock(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    if sometimes(draw, 50):
        return SetDag({"schedule": pick(draw, "0 * * * *", "*/30 * * * *", "every 90m", None)})
    return SetDag({pick(draw, "catchup", "paused"): pick(draw, True, False)})


def _role(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    downs = sorted(other.name for other in spec.tasks.values() if task.name in other.needs)
    roles: list[dict[str, object]] = [
        {"branch": some(draw, downs, 2) or None},
        {"branch": None, "short_circuit": True},
        {"short_circuit": False, "branch": None},
        {"setup": True, "teardown": False, "fail_run": False},
        {"setup": False, "teardown": True},
        {"depends_on_past": pick(draw, True, False)},
        {"writes": some(draw, DATASETS, 1)},
        {"lookup": pick(draw, True, False)},
    ]
    return SetTask(task.name, pick(draw, *roles))


_EDITS: dict[str, Callable[[Draw, Workspace, DagSpec, Task], Edit]] = {
    "edge": _edge,
    "no edge": _no_edge,
    "wait": _wait,
    "watch": _watch,
    "limits": _limits,
    "clock": _clock,
    "role": _role,
    "role again": _role,
    "rename": lambda draw, w, d, task: RenameTask(task.name, pick(draw, "tidy", "post")),
    "split": lambda draw, w, d, task: SplitTask(task.name, ("one", "two")),
    "add": lambda draw, w, d, task: AddTask(Task("extra", needs=(task.name,), takes=pick(draw, *SPANS))),
    "remove": lambda draw, w, d, task: RemoveTask(task.name),
    "takes": lambda draw, w, d, task: SetTask(task.name, {"takes": pick(draw, *SPANS)}),
    "timeout": lambda draw, w, d, task: SetTask(task.name, {"timeout": pick(draw, None, MINUTE)}),
    "retries": lambda draw, w, d, task: SetTask(task.name, {"retries": retries(draw)}),
    "rule": lambda draw, w, d, task: SetTask(task.name, {"trigger_rule": pick(draw, *TRIGGER_RULES)}),
    "pool": lambda draw, w, d, task: SetTask(task.name, {"pool": pick(draw, None, *w.pools), "slots": 1}),
    "priority": lambda draw, w, d, task: SetTask(task.name, {"priority": pick(draw, 0, 3)}),
}


# moves


def _seek(draw: Draw, session: Session) -> None:
    session.seek(whole(draw, 0, len(session.branch.log)))


def _between(draw: Draw, session: Session) -> None:
    """To an instant between two events, where nothing happens."""
    log = session.branch.log
    if len(log) > 1:
        number = whole(draw, 1, len(log) - 1)
        session.seek(log[number - 1].at + timedelta(seconds=(log[number].at - log[number - 1].at).total_seconds() // 2))


def _run(draw: Draw, session: Session) -> None:
    session.run_until(max(session.now, session.start + (session.end - session.start) * pick(draw, 1, 2, 3, 4) / 4))


_DO: dict[str, Callable[[Draw, Session], Session | object]] = {
    "step": lambda draw, session: session.step(),
    "event": lambda draw, session: session.step("event"),
    "back": lambda draw, session: session.back(),
    "seek": _seek,
    "between": _between,
    "run": _run,
    "fork": lambda draw, session: session.fork(),
    "inject": _inject,
    "lift": _lift,
    "edit": _edit,
    "rerun": _rerun,
    "mark": _mark,
    "kill": _kill,
    "pause": _pause,
    "unpause": _unpause,
    "deploy": _deploy,
    "set": _set,
    "trigger": _trigger,
    "backfill": _backfill,
    "change backfill": _change_backfill,
}


def act(draw: Draw, session: Session, *verbs: str) -> Session:
    """Do one of these things; the session to go on with. What is refused as a mistake is not done."""
    with suppress(InvalidInput):
        after = _DO[pick(draw, *verbs)](draw, session)
        return after if isinstance(after, Session) else session
    return session


def what_ifs(draw: Draw, session: Session, *verbs: str) -> None:
    """A few commands, each given somewhere in the last future, which is then run to its end."""
    for _ in range(pick(draw, 1, 2, 4)):
        act(draw, session, "seek", "between")
        act(draw, session, *(verbs or COMMANDS))
        if sometimes(draw, 20):
            act(draw, session, *(verbs or COMMANDS))
        finish(session.branch, session.end)


def finish(branch: Branch, until: datetime) -> None:
    """Run a branch to its end, whatever instant it stands in."""
    while branch.run(max(until, branch.horizon)):
        pass


__all__ = ["ANY", "COMMANDS", "MOVES", "act", "finish", "some_edit", "what_ifs"]
