"""Orders that change what a workspace says of its inputs, what somebody else delivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.engine import Known
from workbench.engine.rules.inputs import begins_before
from workbench.model import AddInput, DagSpec, Input, RemoveInput, SetInput, WaitFor, after_window, apply_edit
from workbench.model.edits_inputs import names_in, takers
from workbench.ordering.edits import replaced
from workbench.ordering.here import Here, Order, refuse, unknown
from workbench.ordering.settings import Setting, input_settings
from workbench.views.clock import Clock, listed

# How a task takes an input, in the field that names it.
_TAKES = {"needs": "waits for it", "reads": "takes it", "requires": "fails without it", "on": "looks for it"}


def add_input(here: Here, dag: str, name: str, settings: Sequence[Setting] = (), task: str = "") -> Order:
    """One more input of a DAG, for which this task waits, if one is named. What was due of it before now lies there
    already, and comes at once."""
    known = here.known
    _refuse_known(known, name)
    spec = known.plans[dag].spec
    made = Input(name, **input_settings(spec, Input(name), settings))
    told = f"input {name} declared{': ' if settings else ''}{_told(settings)}{f'; {task} waits for it' if task else ''}"
    spec = apply_edit(spec, AddInput(made))
    spec = apply_edit(spec, WaitFor(task, (name,))) if task else spec
    unused = () if task else (f"no task takes it yet; to let one wait for it, write: wait TASK for {name}",)
    return replaced(here, {dag: spec}, told)._replace(notes=(*_comes(here, spec, made), *unused))


def _refuse_known(known: Known, name: str) -> None:
    if name in known.homes:
        told = f"{name} is an input of {known.homes[name]} already, and known by its name in all DAGs"
        raise refuse(f"{told}; to change it, write: input set {name} FIELD VALUE")
    if name in known.makers:
        raise refuse(f"{name} is a dataset: tasks write it, and nobody else delivers it. Take another name")


def _comes(here: Here, spec: DagSpec, item: Input) -> Iterator[str]:
    """What is promised of the newest file of an input, where that is not here yet."""
    window = spec.grid.last_ended(here.now)
    if (item.name, window.key) in here.known.arrived or begins_before(spec, window):
        return
    if item.expected is None:
        yield "nobody promises when its files come"
        return
    due, clock = after_window(item.expected, window, spec.zone), Clock(here.now, spec.zone)
    day = spec.grid.spoken(window)
    if due <= here.now:
        yield f"its file of {day} was due {clock.at(due)}, so it comes at once"
    else:
        yield f"its file of {day} is due {clock.at(due)}"


def set_input(here: Here, name: str, settings: Sequence[Setting]) -> Order:
    """Fields of an input, wherever it is declared: when it is expected, its deadline, its owner, ... A file that is
    expected earlier than now comes at once."""
    known = here.known
    _refuse_unknown(known, name)
    changed = {
        dag: apply_edit(spec, SetInput(name, _values(spec, name, settings)))
        for dag, spec in _declaring(known, name).items()
    }
    told = replaced(here, changed, f"input {name}: {_told(settings)}")
    moved = changed[known.homes[name]]
    same = moved.inputs[name].expected == known.plans[moved.name].spec.inputs[name].expected
    return told if same else told._replace(notes=tuple(_comes(here, moved, moved.inputs[name])))


def _values(spec: DagSpec, name: str, settings: Sequence[Setting]) -> dict[str, object]:
    return input_settings(spec, spec.inputs[name], settings)


def remove_input(here: Here, name: str) -> Order:
    """Nobody delivers it any more. What takes it must let go of it first."""
    known = here.known
    _refuse_unknown(known, name)
    users = [(spec, *one) for plan in known.plans.values() for spec in [plan.spec] for one in takers(spec, name)]
    if users:
        said = [f"{task or f'the schedule of {spec.name}'} {_TAKES.get(key, 'names it')}" for spec, task, key in users]
        first = "; ".join(dict.fromkeys(_let_go(known, spec, task, key, name) for spec, task, key in users))
        raise refuse(f"{name} cannot go: {listed(said)}. First write: {first}")
    changed = {dag: apply_edit(spec, RemoveInput(name)) for dag, spec in _declaring(known, name).items()}
    return replaced(here, changed, f"input {name} removed")


def _let_go(known: Known, spec: DagSpec, task: str, key: str, name: str) -> str:
    """The line after which this no longer names the input."""
    if not task:
        return f"set dag {spec.name} schedule manual"
    several = sum(task in plan.spec.tasks for plan in known.plans.values()) > 1
    full = f"{spec.name}.{task}" if several or task in known.plans or task in known.makers else task
    texts = names_in(spec.tasks[task])[key]
    mine = [text for text in texts if text.partition("@")[0] == name]
    if key == "needs":
        return "; ".join(f"edge rm {text} {full}" for text in mine)
    rest = ",".join(text for text in texts if text not in mine) or "none"
    return f"set sensor {full} on {rest}" if key == "on" else f"set {full} {key} {rest}"


def _declaring(known: Known, name: str) -> dict[str, DagSpec]:
    return {dag: plan.spec for dag, plan in known.plans.items() if name in plan.spec.inputs}


def _refuse_unknown(known: Known, name: str) -> None:
    if name not in known.homes:
        none = "" if known.homes else "There is none; to declare one, write: input add NAME expected 05:30"
        raise unknown("input", name, known.homes, none)


def _told(settings: Sequence[Setting]) -> str:
    return ", ".join(f"{field} {value}" for field, value in settings)
