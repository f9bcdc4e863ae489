"""Verbs that change DAGs, pools and worker slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import ordering
from workbench.model import AddEdge, AddTask, Edit, RemoveEdge, RemoveTask, SetTask, Task, WaitFor, apply_edit
from workbench.model.edits import RenameTask, SplitTask
from workbench.ordering import Order
from workbench.ordering.here import refuse, unknown
from workbench.ordering.settings import Setting, task_settings
from workbench.ordering.targets import dags_named, every_task, tasks_named
from workbench.verbs.grammar import Command

if TYPE_CHECKING:
    from workbench.session import Session


def _edited(session: Session, dag: str, edit: Edit) -> Order:
    return ordering.edited(session.here(), dag, [edit], same=False)


def _one(session: Session, name: str) -> tuple[str, str]:
    """(dag, task) of a name that must mean one task."""
    found = tasks_named(session.state.known, name)
    if name in session.state.known.plans or len(found) > 1:
        raise refuse(f"{name} means several tasks; here it takes one")
    return found[0]


def _local(dag: str, name: str) -> str:
    """Inside its own DAG a task is known by its bare name."""
    return name.removeprefix(f"{dag}.")


def wait(session: Session, command: Command) -> Order:
    dag, task = _one(session, command.one("STEP"))
    names = tuple(_local(dag, _there(session, dag, name)) for name in command.all("for"))
    return _edited(session, dag, WaitFor(task, names))


def _there(session: Session, dag: str, name: str) -> str:
    """The name of something that a task can wait for, checked."""
    known, bare = session.state.known, name.partition("@")[0]
    own = known.plans[dag].tasks
    full = {f"{d}.{t}" for d, t in every_task(known)}
    if bare not in own and bare not in known.homes and bare not in known.makers and bare not in full:
        raise unknown("task, input or dataset", bare, [*own, *known.homes, *known.makers, *full])
    return name


def edge_add(session: Session, command: Command) -> Order:
    dag, down = _one(session, command.one("DOWN"))
    up = _local(dag, _there(session, dag, command.one("UP")))
    return _edited(session, dag, AddEdge(up, down))


def edge_rm(session: Session, command: Command) -> Order:
    dag, down = _one(session, command.one("DOWN"))
    up = _local(dag, command.one("UP"))
    needs = session.state.known.plans[dag].spec.tasks[down].needs
    if up not in needs:
        raise unknown(f"edge goes to {down} from", up, needs)
    return _edited(session, dag, RemoveEdge(up, down))


def task_add(session: Session, command: Command) -> Order:
    known = session.state.known
    settings = settings_of(command)
    dag = dags_named(known, command.one("in"))[0] if "in" in command else _only_dag(session, settings)
    name = command.one("NEW")
    task = Task(name)
    if settings:
        values = task_settings(dag, task, settings)
        spec = apply_edit(known.plans[dag].spec, AddTask(task))
        task = apply_edit(spec, SetTask(name, values)).tasks[name]
    return _edited(session, dag, AddTask(task))


def _only_dag(session: Session, settings: list[Setting]) -> str:
    """The DAG for a new task when none is named: the only one, or the one of the tasks that it needs."""
    plans = session.state.known.plans
    needs = {name for field, value in settings if field == "needs" for name in value.split(",")}
    homes = [dag for dag, plan in plans.items() if needs & plan.tasks.keys()]
    if len(plans) == 1 or len(homes) == 1:
        return homes[0] if homes else next(iter(plans))
    return _one_dag(session, "task")


def _one_dag(session: Session, what: str) -> str:
    plans = session.state.known.plans
    if len(plans) == 1:
        return next(iter(plans))
    raise refuse(f"There are several DAGs; say which one gets the {what}: in {' or in '.join(plans)}")


def task_rm(session: Session, command: Command) -> Order:
    dag, task = _one(session, command.one("STEP"))
    return _edited(session, dag, RemoveTask(task))


def task_rename(session: Session, command: Command) -> Order:
    dag, task = _one(session, command.one("STEP"))
    return _edited(session, dag, RenameTask(task, command.one("NEW")))


def task_split(session: Session, command: Command) -> Order:
    dag, task = _one(session, command.one("STEP"))
    return _edited(session, dag, SplitTask(task, tuple(command.all("into"))))


# inputs


def input_add(session: Session, command: Command) -> Order:
    name, settings = command.one("NEW"), settings_of(command)
    if "for" in command:
        dag, task = _one(session, command.one("for"))
        if command.get("in") not in (None, dag):
            raise refuse(f"{task} is a task of {dag}; leave out: in {command.one('in')}")
        return ordering.add_input(session.here(), dag, name, settings, task)
    dag = dags_named(session.state.known, command.one("in"))[0] if "in" in command else _one_dag(session, "input")
    return ordering.add_input(session.here(), dag, name, settings)


def input_set(session: Session, command: Command) -> Order:
    return ordering.set_input(session.here(), command.one("INPUT"), settings_of(command))


def input_rm(session: Session, command: Command) -> Order:
    return ordering.remove_input(session.here(), command.one("INPUT"))


# set


def settings_of(command: Command) -> list[Setting]:
    words = command.all("SETTING")
    return list(zip(words[::2], words[1::2], strict=True))


def set_any(session: Session, command: Command) -> Order:
    """A DAG, a dataset or an input by its name; everything else is tasks."""
    name, known = command.one("PLACE"), session.state.known
    if any(task == name for _, task in every_task(known)):
        return set_task(session, command)
    if name in ("write", "mode"):
        raise refuse(_set_mode_instead(session, command))
    if name in known.plans:
        return set_dag(session, command)
    if name in known.makers:
        return ordering.set_dataset(session.here(), name, settings_of(command))
    if name in known.homes:
        return ordering.set_input(session.here(), name, settings_of(command))
    return set_task(session, command)


def _set_mode_instead(session: Session, command: Command) -> str:
    """`set write load overwrite` asks how what load writes is written: that is a field of the dataset."""
    known, (target, mode, *_) = session.state.known, command.all("SETTING")
    wrote = [
        name
        for dag, task in every_task(known)
        if target in (task, f"{dag}.{task}")
        for name in known.plans[dag].tasks[task].writes
    ]
    name = target if target in known.makers else next(iter(wrote or known.makers), "DATASET")
    return f"How a dataset is written is its mode; write: set {name} mode {mode}"


def set_task(session: Session, command: Command) -> Order:
    return ordering.set_tasks(session.here(), command.one("PLACE"), settings_of(command))


def set_sensor(session: Session, command: Command) -> Order:
    return ordering.set_tasks(session.here(), command.one("PLACE"), settings_of(command), sensors=True)


def set_dag(session: Session, command: Command) -> Order:
    return ordering.set_dags(session.here(), command.one("PLACE"), settings_of(command))


def set_pool(session: Session, command: Command) -> Order:
    slots = int(command.one("N"))
    return ordering.set_pool(session.here(), command.one("POOL"), slots, "new" in command)


def set_workers(session: Session, command: Command) -> Order:
    text = command.one("SLOTS")
    return ordering.set_workers(session.here(), None if text == "none" else int(text))
