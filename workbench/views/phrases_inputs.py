"""Sentences about inputs that are waited for, or that were taken without waiting."""

from __future__ import annotations

from workbench.engine.rules.inputs import home_of, is_done, is_here, windows_of
from workbench.engine.verdicts import Wait
from workbench.model import Need, after_window
from workbench.timetable import Grid, Partition
from workbench.views.chain import Missed
from workbench.views.clock import ago, listed, plural
from workbench.views.deadlines import outlook
from workbench.views.wording import Answer, Phrases, spoken_days


def waits_for_inputs(p: Phrases, task: str, found: Wait) -> Answer:
    last = "it comes" if len(found.on) == 1 else "the last of them comes"
    return Answer(
        f"{task} waits for {listed([in_short(p, text) for text in found.on])}{p.since(found.since)}.",
        (*(input_line(p, text) for text in found.on), f"Starts the moment {last}. {outlook(p, task)}"),
        helps_of(p, found.on),
    )


def in_short(p: Phrases, text: str) -> str:
    """What is needed by this name and is not there: `jfk`, or `3 of 7 days of sales`."""
    need = p.spec.need(text)
    windows, missing = list(windows_of(p.known, need, p.run)), missing_of(p, need)
    if len(windows) < 2:
        return bare(p, need)
    return f"{len(missing)} of {plural(len(windows), grid_of(p, need).unit)} of {bare(p, need)}"


def bare(p: Phrases, need: Need) -> str:
    """The name without its span, and without the DAG where it is this one."""
    return f"{need.dag}.{need.name}" if need.dag and need.dag != p.dag else need.name


def grid_of(p: Phrases, need: Need) -> Grid:
    return p.known.plans[home_of(p.known, need)].spec.grid


def missing_of(p: Phrases, need: Need) -> list[Partition]:
    """The needed partitions that are not there."""
    windows = windows_of(p.known, need, p.run)
    if need.dag:
        return [w for w in windows if not is_done(p.known, need, w)]
    return [w for w in windows if not is_here(p.known, need.name, home_of(p.known, need), w)]


def input_line(p: Phrases, text: str) -> str:
    """When an input that is missing was due, and which others of it are missing."""
    need = p.spec.need(text)
    spec = p.known.plans[home_of(p.known, need)].spec
    expected, missing = spec.inputs[need.name].expected, missing_of(p, need)
    several = len(list(windows_of(p.known, need, p.run))) > 1
    if expected is None:
        which = f" Missing: {spoken_days(spec.grid, missing)}." if several else ""
        return f"Nobody promised a time for {need.name}, and nobody knows when it comes.{which}"
    if not missing:
        return f"{need.name} has come."
    due = after_window(expected, missing[0], spec.zone)
    which = f" of {spec.grid.spoken(missing[0])}" if several else ""
    more = f" Missing too: {spoken_days(spec.grid, missing[1:])}." if len(missing) > 1 else ""
    tense = "was" if due <= p.now else "is"
    return f"{need.name}{which} {tense} due {p.at(due)}; nobody knows when it comes.{more}"


def helps_of(p: Phrases, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Whom to ask."""
    needs = [need for text in texts if not (need := p.spec.need(text)).dag]
    specs = {need.name: p.known.plans[home_of(p.known, need)].spec for need in needs}
    owners = [(name, spec.inputs[name].owner or spec.owner) for name, spec in specs.items()]
    return tuple(f"ask {owner}, who owns {name}" for name, owner in owners if owner)


# what was taken without waiting


def gap_lines(p: Phrases, gaps: tuple[Missed, ...], verb: str = "Made") -> list[str]:
    return [f"{verb} {_gap_line(p, gap)}" for gap in gaps]


def _gap_line(p: Phrases, gap: Missed) -> str:
    due = f"due {p.at(gap.due)}, " if gap.due else ""
    if gap.came is None:
        fate = "and is still not here"
    else:
        late = f", {ago(gap.came - gap.due)} late" if gap.due and gap.came > gap.due else ""
        fate = f"and came {p.at(gap.came)}{late}"
    return (
        f"without {gap.input}: it was not there when {gap.task} started {p.at(gap.started)} "
        f"({due}{fate}). {gap.task} reads {gap.input} but does not wait for it."
    )


def gap_helps(gaps: tuple[Missed, ...]) -> tuple[str, ...]:
    return tuple(f"let {gap.task} wait: put {gap.input} under its `needs`" for gap in gaps)
