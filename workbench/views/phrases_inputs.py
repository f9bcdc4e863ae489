"""Sentences about inputs and datasets that are waited for, or that were taken without waiting."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engine.rules.inputs import home_of, is_done, is_here, windows_of
from workbench.engine.verdicts import Wait
from workbench.model import Need, after_window
from workbench.timetable import Grid, Partition
from workbench.views.chain import Missed
from workbench.views.clock import ago, listed, plural
from workbench.views.data_words import of_day
from workbench.views.deadlines import missed_of_data, outlook_of_data
from workbench.views.phrases_data import dataset_helps, dataset_line
from workbench.views.wording import Answer, Phrases, spoken_days


def waits_for_inputs(p: Phrases, task: str, found: Wait) -> Answer:
    last, until = _then(p, found.on), outlook_of_data(p, task, _places(p, found.on))
    lines = (*(input_line(p, text) for text in found.on), f"Starts the moment {last}. {until}")
    names = listed([in_short(p, text) for text in found.on])
    return Answer(f"{task} waits for {names}{p.since(found.since)}.", lines, helps_of(p, found.on))


def _then(p: Phrases, texts: tuple[str, ...]) -> str:
    """`it comes`, `it is live`, `the last of them is there`: of inputs and of datasets."""
    datasets = [is_dataset(p, p.spec.need(text)) for text in texts]
    verb = "is live" if all(datasets) else "comes" if not any(datasets) else "is there"
    return f"it {verb}" if len(texts) == 1 else f"the last of them {verb}"


def _places(p: Phrases, texts: tuple[str, ...]) -> Iterator[tuple[str, str, Partition]]:
    """Of each that is missing: the DAG that says until when it must be there, its name there, and its partition."""
    for need in (p.spec.need(text) for text in texts):
        kind = "dataset" if is_dataset(p, need) else "input"
        for window in missing_of(p, need):
            yield home_of(p.known, need), f"{kind}:{need.name}", window


def is_dataset(p: Phrases, need: Need) -> bool:
    """Is it what some task writes, and no input that somebody else delivers?"""
    return not need.dag and need.name not in p.known.homes


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
    spec, missing = p.known.plans[home_of(p.known, need)].spec, missing_of(p, need)
    missed = missed_of_data(p, *next(_places(p, (text,)))) if missing else ""
    if is_dataset(p, need):
        return dataset_line(p, need, missing) + missed
    expected = spec.inputs[need.name].expected
    several = len(list(windows_of(p.known, need, p.run))) > 1
    if expected is None:
        which = f" Missing: {spoken_days(spec.grid, missing)}." if several else ""
        return f"Nobody promised a time for {need.name}, and nobody knows when it comes.{missed}{which}"
    if not missing:
        return f"{need.name} has come."
    due = after_window(expected, missing[0], spec.zone)
    which = f" of {spec.grid.spoken(missing[0])}" if several else ""
    more = f" Missing too: {spoken_days(spec.grid, missing[1:])}." if len(missing) > 1 else ""
    tense = "was" if due <= p.now else "is"
    return f"{need.name}{which} {tense} due {p.at(due)}; nobody knows when it comes.{missed}{more}"


def helps_of(p: Phrases, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Whom to ask, or what to do about a dataset."""
    every = [need for text in texts if not (need := p.spec.need(text)).dag]
    made = [help_ for need in every if is_dataset(p, need) for help_ in dataset_helps(p, need, missing_of(p, need))]
    needs = [need for need in every if not is_dataset(p, need)]
    specs = {need.name: p.known.plans[home_of(p.known, need)].spec for need in needs}
    owners = [(name, spec.inputs[name].owner or spec.owner) for name, spec in specs.items()]
    return (*(f"ask {owner}, who owns {name}" for name, owner in owners if owner), *made)


# what was taken without waiting


def gap_lines(p: Phrases, gaps: tuple[Missed, ...], verb: str = "Made") -> list[str]:
    return [f"{verb} {_gap_line(p, gap)}" for gap in gaps]


def _gap_line(p: Phrases, gap: Missed) -> str:
    if gap.input in p.known.makers:
        return _data_gap_line(p, gap)
    due = f"due {p.at(gap.due)}, " if gap.due else ""
    if gap.came is None:
        fate = "and is still not here"
    else:
        late = f", {ago(gap.came - gap.due)} late" if gap.due and gap.came > gap.due else ""
        fate = f"and came {p.at(gap.came)}{late}"
    return (
        f"without {gap.input}: it was not there when {gap.task} started {p.at(gap.started)} "
        f"({due}{fate}). {_taken_how(gap)}"
    )


def _data_gap_line(p: Phrases, gap: Missed) -> str:
    """The same of a dataset."""
    fate = f"it is since {p.at(gap.came)}" if gap.came is not None else "it is not yet"
    return (
        f"without {of_day(p.known, gap.input, gap.partition)}: it was not live when {gap.task} started "
        f"{p.at(gap.started)} ({fate}). {_taken_how(gap)}"
    )


def _taken_how(gap: Missed) -> str:
    """Why it did not wait."""
    if gap.waits:
        return f"{gap.task} waits for {gap.input} now; when it started, it did not."
    return f"{gap.task} reads {gap.input} but does not wait for it."


def gap_helps(p: Phrases, gaps: tuple[Missed, ...]) -> tuple[str, ...]:
    """What would keep it from happening again, or mend it."""
    return tuple(dict.fromkeys(_gap_help(p, gap) for gap in gaps))


def _gap_help(p: Phrases, gap: Missed) -> str:
    if gap.waits and gap.task in p.run.cells:
        return f"rerun {gap.task}@{p.run.key.partition} down: this time it waits"
    return f"let {gap.task} wait: put {gap.input} under its `needs`"
