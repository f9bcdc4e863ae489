"""Orders that change what a workspace says about data: checks, datasets, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from workbench.engine import Known
from workbench.engine.data_events import RowsSetAside
from workbench.engine.events import SettingsChanged
from workbench.model import CHECK_KINDS, Check, DagSpec, Dataset
from workbench.ordering.data import dataset_named, spec_of
from workbench.ordering.edits import replaced, specs_of
from workbench.ordering.here import Here, Order, order, refuse, unknown
from workbench.ordering.settings import Setting, check_settings, dataset_settings
from workbench.ordering.targets import Target, dags_named, one_day, window_of
from workbench.scenario.quarantine import set_aside
from workbench.views.clock import listed, plural
from workbench.views.data_words import dataset_in, of_day

# datasets


def set_dataset(here: Here, name: str, settings: Sequence[Setting]) -> Order:
    """Fields of a dataset: its mode, key, deadline, owner, ..."""
    dataset = dataset_in(here.known, dataset_named(here.known, name))
    values = dataset_settings(spec_of(here.known, name), dataset, settings)
    told = ", ".join(f"{field} {value}" for field, value in settings)
    return _changed(here, replace(dataset, **values), f"{name}: {told}")


def _changed(here: Here, dataset: Dataset, told: str) -> Order:
    """Its home DAG with this in the place of the dataset."""
    spec = spec_of(here.known, dataset.name)
    return replaced(here, {spec.name: _with(spec, dataset)}, told)


def _with(spec: DagSpec, dataset: Dataset) -> DagSpec:
    return replace(spec, datasets={**spec.datasets, dataset.name: dataset})


# checks


def add_check(here: Here, name: str, check: str, kind: str, settings: Sequence[Setting] = ()) -> Order:
    """One more check of a dataset."""
    dataset = dataset_in(here.known, dataset_named(here.known, name))
    if check in dataset.checks:
        raise refuse(f"{name} has a check {check} already; write: check set {name}.{check} FIELD VALUE")
    if kind not in CHECK_KINDS:
        raise unknown("kind of check", kind, CHECK_KINDS, f"A check looks at one of {listed(CHECK_KINDS)}.")
    every = [("kind", kind), *settings]
    made = Check(check, **check_settings(spec_of(here.known, name), Check(check), every))
    told = " ".join(f"{field} {value}" for field, value in settings)
    sentence = f"{name} is checked: {check}, {kind}{f' {told}' if told else ''}"
    return _changed(here, _with_check(dataset, made), sentence)


def set_check(here: Here, what: str, settings: Sequence[Setting]) -> Order:
    """Fields of a check, `stg_flights.volume`."""
    dataset, check = check_named(here.known, what)
    values = check_settings(spec_of(here.known, dataset.name), check, settings)
    told = ", ".join(f"{field} {value}" for field, value in settings)
    return _changed(here, _with_check(dataset, replace(check, **values)), f"check {what}: {told}")


def remove_check(here: Here, what: str) -> Order:
    """A dataset has one check less. A task that makes it as a step must let go of it first."""
    known = here.known
    dataset, check = check_named(known, what)
    users = [f"{dag}.{task}" for dag, plan in known.plans.items() for task, one in plan.tasks.items()
             if what in one.task.checks]  # fmt: skip
    if users:
        dag, _, task = users[0].rpartition(".")
        rest = [one for one in known.plans[dag].spec.tasks[task].checks if one != what]
        value = ",".join(rest) if rest else "none"
        raise refuse(f"{listed(users)} makes the check {what} as a step; first write: set {users[0]} checks {value}")
    left = {name: one for name, one in dataset.checks.items() if name != check.name}
    return _changed(here, replace(dataset, checks=left), f"check {what} taken away")


def _with_check(dataset: Dataset, check: Check) -> Dataset:
    return replace(dataset, checks={**dataset.checks, check.name: check})


def check_named(known: Known, what: str) -> tuple[Dataset, Check]:
    """The dataset and the check of `stg_flights.volume`."""
    name, dot, word = what.partition(".")
    if not dot:
        whole = [f"{one}.{what}" for one in known.makers if what in dataset_in(known, one).checks]
        raise refuse(f"{what} is no check; write its dataset and its name: {listed(whole, 'or') or f'{what}.volume'}")
    dataset = dataset_in(known, dataset_named(known, name))
    if word not in dataset.checks:
        there = [f"{name}.{one}" for one in dataset.checks]
        raise unknown("check", what, there, f"{name} has no checks; write: check add {name} {word} rows min 1")
    return dataset, dataset.checks[word]


# quarantine


def quarantine(here: Here, target: Target, condition: str, owner: str = "") -> Order:
    """Rows of an input's or dataset's partition for which a condition holds are set aside: tries that begin from now
    on do not see them. Somebody owns them: who is named, else the owner of the data, else of its DAG."""
    known, name = here.known, target.name
    if name not in known.homes and name not in known.makers:
        raise unknown("input or dataset", name, [*known.homes, *known.makers])
    spec = known.plans[known.homes.get(name) or known.makers[name]].spec
    key = window_of(spec, one_day(target)).key
    if any(one.where == condition for one in known.data.aside.get((name, key), ())):
        raise refuse(f"Rows of {of_day(known, name, key)} where {condition} are set aside already")
    whose = owner or _owner_of_data(known, spec, name)
    if not whose:
        raise refuse(f"Somebody must answer for these rows, and {name} has no owner; add: owner NAME")
    if owner and known.roster and owner not in known.roster:
        raise unknown("person", owner, known.roster)
    assert here.dataflow is not None
    rows, content = set_aside(here.dataflow, here.state, name, key, condition)
    if not rows:
        raise refuse(f"No row of {of_day(known, name, key)} is like that: {condition}. Nothing is set aside")
    told = f"{plural(rows, 'row')} of {of_day(known, name, key)} set aside, where {condition}; {whose} answers for them"
    event = RowsSetAside(here.now, name, key, condition, rows, content, whose, told, 0)
    return Order((event,), told, tuple(_every_row_note(known, name, key, condition, rows)))


def _every_row_note(known: Known, name: str, key: str, condition: str, rows: int) -> Iterator[str]:
    """A comparison of text with a number holds for every row, and is rarely meant."""
    live = known.data.live_version(name, key)
    came = known.again.get((name, key), ())[-1:] or tuple(filter(None, [known.arrived.get((name, key))]))
    there = live.rows if live is not None else came[-1].rows if came else None
    if rows == there and "num(" not in condition:
        yield "that is every row of it; what comes from a CSV file is text: to compare numbers, write num(COLUMN) > 120"


def _owner_of_data(known: Known, spec: DagSpec, name: str) -> str:
    own = spec.inputs[name].owner if name in spec.inputs else dataset_in(known, name).owner
    return own or spec.owner or ""


# who is told


def route_dag(here: Here, name: str, to: str) -> Order:
    """The alerts of these DAGs go to a person of the roster, or by a route; `none`: to the owner of what is wrong."""
    known = here.known
    _refuse_nobody(known, to)
    dags = dags_named(known, name)
    whom = None if to == "none" else to
    changed = {dag: replace(spec, alerts=replace(spec.alerts, to=whom)) for dag, spec in specs_of(known).items()
               if dag in dags}  # fmt: skip
    who = f"go to {to}" if whom else "go to the owner of what is wrong"
    return replaced(here, changed, f"alerts of {listed(dags)} {who}")


def _refuse_nobody(known: Known, to: str) -> None:
    if to != "none" and to not in known.roster and to not in known.routes:
        raise unknown("person or route", to, [*known.roster, *known.routes])


def route_people(here: Here, route: str, people: Sequence[str]) -> Order:
    """A route leads to these people of the roster, and to nobody else."""
    known = here.known
    for name in people:
        if name not in known.roster:
            raise unknown("person", name, known.roster, "" if known.roster else "The file has no roster.")
    if known.routes.get(route) == tuple(people):
        raise refuse(f"That is so already: {route} leads to {listed(list(people))}")
    routes: Mapping[str, tuple[str, ...]] = {**known.routes, route: tuple(people)}
    before = known.routes.get(route)
    was = f" (before: {listed(list(before)) or 'nobody'})" if before is not None else ", a new route"
    told = f"{route} leads to {listed(list(people))}{was}"
    return order(SettingsChanged(here.now, dict(known.pools), known.workers, told, 0, dict(routes)))
