"""Orders that change DAGs, pools and worker slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workbench.engine import Known
from workbench.engine.events import DagEdited, SettingsChanged
from workbench.model import DagSpec, Edit, InvalidInput, SetTask, apply_edit, check_workspace
from workbench.model.edits import check_elsewhere
from workbench.ordering.here import Here, Order, order, refuse, unknown
from workbench.ordering.settings import Setting, dag_settings, task_settings
from workbench.ordering.targets import dags_named, tasks_named
from workbench.views.clock import listed, plural

Specs = dict[str, DagSpec]


def specs_of(known: Known) -> Specs:
    """The DAGs as edited so far."""
    return {name: plan.spec for name, plan in known.plans.items()}


def edited(here: Here, dag: str, edits: Iterable[Edit], sentence: str = "", same: bool = True) -> Order:
    """A DAG after some edits, one after the other. `same`: even if they change nothing."""
    known = here.known
    if dag not in known.plans:
        raise unknown("DAG", dag, known.plans)
    spec, told = known.plans[dag].spec, []
    for edit in edits:
        check_elsewhere(known.workspace(), dag, edit)
        spec = apply_edit(spec, edit)
        told.append(edit.sentence())
    return replaced(here, {dag: spec}, sentence or ", ".join(told), same)


def replaced(here: Here, changed: Mapping[str, DagSpec], sentence: str, same: bool = False) -> Order:
    """New versions of some DAGs at once: an event for each. Raises InvalidInput when they make no workspace, and,
    unless `same`, when nothing would change."""
    known = here.known
    fresh = {name: spec for name, spec in changed.items() if same or spec != known.plans[name].spec}
    if not fresh:
        raise refuse(f"That is so already: {sentence}")
    _refuse_bad(here, {**specs_of(known), **fresh}, known.pools, known.workers)
    events = tuple(
        DagEdited(here.now, name, known.plans[name].version + 1, spec, sentence, 0) for name, spec in fresh.items()
    )
    return Order(events, sentence)


def set_tasks(here: Here, name: str, settings: Sequence[Setting], sensors: bool = False) -> Order:
    """Fields of every task that a name or pattern means; of the sensors among them only (`sensors`)."""
    known = here.known
    places = tasks_named(known, name)
    if sensors:
        places = [(dag, task) for dag, task in places if known.plans[dag].spec.tasks[task].sensor is not None]
        if not places:
            raise refuse(f"No sensor is called {name}; a sensor is a task that only waits, with `sensor:` in its file")
    changed = specs_of(known)
    for dag, task in places:
        values = task_settings(dag, changed[dag].tasks[task], settings, sensors)
        changed[dag] = apply_edit(changed[dag], SetTask(task, values))
    return replaced(here, changed, _set_told([task for _, task in places], settings))


def set_dags(here: Here, name: str, settings: Sequence[Setting]) -> Order:
    """Fields of every DAG that a name or pattern means."""
    known = here.known
    dags = dags_named(known, name)
    changed = {dag: replace(known.plans[dag].spec, **dag_settings(known.plans[dag].spec, settings)) for dag in dags}
    return replaced(here, changed, _set_told(dags, settings))


def _set_told(names: list[str], settings: Sequence[Setting]) -> str:
    who = listed(names) if len(names) <= 4 else plural(len(names), "task")
    return f"{who}: {', '.join(f'{field} {value}' for field, value in settings)}"


def set_pool(here: Here, name: str, slots: int, new: bool = False) -> Order:
    """A pool has so many slots from now on. What runs keeps its slots."""
    known = here.known
    if name not in known.pools and not new:
        to_make = f"To make one, write: set pool {name} {slots} new"
        raise unknown("pool", name, known.pools, to_make)
    before = f" (before: {known.pools[name]})" if name in known.pools else ", new"
    told = f"pool {name} has {plural(slots, 'slot')}{before}"
    return _settings(here, {**known.pools, name: slots}, known.workers, told)


def set_workers(here: Here, workers: int | None) -> Order:
    """So many attempts may run at once; None: as many as want to."""
    before = "no limit" if here.known.workers is None else str(here.known.workers)
    now = "as many workers as are wanted" if workers is None else plural(workers, "worker slot")
    return _settings(here, here.known.pools, workers, f"{now} (before: {before})")


def _settings(here: Here, pools: dict[str, int], workers: int | None, told: str) -> Order:
    known = here.known
    if pools == known.pools and workers == known.workers:
        raise refuse(f"That is so already: {told.partition(' (before')[0]}")
    _refuse_bad(here, specs_of(known), pools, workers)
    return order(SettingsChanged(here.now, dict(pools), workers, told, 0))


def _refuse_bad(here: Here, specs: Specs, pools: Mapping[str, int], workers: int | None) -> None:
    problems = check_workspace(replace(here.known.workspace(), dags=specs, pools=pools, workers=workers))
    if problems:
        raise InvalidInput([problem.message for problem in problems])
