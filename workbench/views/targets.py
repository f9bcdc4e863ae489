"""What a target names: a task instance, `publish@2013-01-03`, or a run, `daily_flights@2013-01-03`."""

from __future__ import annotations

from workbench.engine import Known, Run
from workbench.model import InvalidInput, Task, nearest


def target_of(known: Known, target: str) -> tuple[str, str, str]:
    """(dag, task, partition or ``) of `publish`, `publish@2013-01-03` or `daily_flights.publish@2013-01-03`."""
    name, _, day = target.partition("@")
    dag, _, task = underscored(known, name.strip()).rpartition(".")
    dag = dag or _dag_of(known, task)
    if dag not in known.plans:
        raise InvalidInput([f"there is no DAG '{dag}'{nearest(dag, known.plans)}"])
    plan = known.plans[dag]
    if task not in plan.tasks and not _was_removed(known, dag, task):
        raise InvalidInput([f"DAG '{dag}' has no task '{task}'{nearest(task, plan.tasks)}"])
    return dag, task, _key(known, dag, day)


def underscored(known: Known, name: str) -> str:
    """`land_fr.load`, as Airflow calls a task of a group, is `land_fr_load` in an imported file: with its DAG, when
    only one has such a task. Any other name stays."""
    dag, _, task = name.rpartition(".")
    if not dag or (dag in known.plans and task in known.plans[dag].tasks):
        return name
    first, _, rest = name.partition(".")
    ours = rest.replace(".", "_")
    if first in known.plans and ours in known.plans[first].tasks:
        return f"{first}.{ours}"
    ours = name.replace(".", "_")
    found = [one for one, plan in known.plans.items() if ours in plan.tasks]
    return f"{found[0]}.{ours}" if len(found) == 1 else name


def _key(known: Known, dag: str, day: str) -> str:
    try:
        return known.plans[dag].spec.grid.parse(day.strip()).key if day else ""
    except ValueError as error:
        raise InvalidInput([str(error)]) from None


def run_target_of(known: Known, target: str) -> tuple[str, str]:
    """(dag, partition or ``) of `daily_flights` or `daily_flights@2013-01-03`."""
    name, _, day = target.partition("@")
    dag = name.strip()
    if dag not in known.plans:
        raise InvalidInput([f"there is no DAG '{dag}'{nearest(dag, known.plans)}"])
    return dag, _key(known, dag, day)


def _input_hint(known: Known, name: str) -> str:
    tasks = [(n, t.task) for plan in known.plans.values() for n, t in plan.tasks.items()]
    users = [n for n, task in tasks if name in _bare((*task.needs, *task.reads, *task.requires, *_watched(task)))]
    asks = f"; ask about a task that takes it: {' or '.join(users)}" if users else ", and no task takes it"
    return f"'{name}' is an input, which somebody else delivers{asks}"


def writer_of_dataset(known: Known, name: str) -> str:
    """The only task that writes a dataset, as `dag.task`; "" when the name is no dataset, but that of a task. Raises
    InvalidInput for a dataset that several tasks write, or none."""
    if name not in known.makers or any(name in plan.tasks for plan in known.plans.values()):
        return ""
    found = [f"{dag}.{task}" for dag, plan in known.plans.items() for task, one in plan.tasks.items()
             if name in one.writes]  # fmt: skip
    if len(found) == 1:
        return found[0]
    asks = f"; ask about a task that writes it: {' or '.join(found)}" if found else ", and no task writes it"
    raise InvalidInput([f"'{name}' is a dataset{asks}"])


def _was_removed(known: Known, dag: str, task: str) -> bool:
    return any(task in run.cells for key, run in known.runs.items() if key.dag == dag)


def _dag_of(known: Known, task: str) -> str:
    found = [name for name, plan in known.plans.items() if task in plan.tasks]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput([f"several DAGs have a task '{task}'; write {' or '.join(f'{d}.{task}' for d in found)}"])
    gone = [run.key.dag for run in known.runs.values() if task in run.cells]
    if gone:
        return gone[0]
    if task in known.homes:
        raise InvalidInput([_input_hint(known, task)])
    every = {name for plan in known.plans.values() for name in plan.tasks}
    raise InvalidInput([f"no task is called '{task}'{nearest(task, every)}"])


def _bare(texts: tuple[str, ...]) -> list[str]:
    return [text.partition("@")[0] for text in texts]


def _watched(task: Task) -> tuple[str, ...]:
    return task.sensor.on if task.sensor is not None else ()


def newest(known: Known, dag: str, task: str = "") -> Run | None:
    """The DAG's newest run (with this task); the newest of all when none has it."""
    runs = [run for key, run in known.runs.items() if key.dag == dag]
    return max(runs, key=lambda r: (not task or task in r.cells, r.created, r.key), default=None)
