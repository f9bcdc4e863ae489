"""What a pipeline's runs took and how they ended, from a CSV file: lengths for its tasks, and two scenarios.

`as_recorded` goes on as it was: lengths by chance among those that were measured, failures as often. `day_2026_11_17`
is one day that happened, try by try.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.importing.found import Draft, Found, Note
from workbench.importing.times.clocks import outdated, scheduled
from workbench.importing.times.help import HELP as HELP
from workbench.importing.times.matching import Matched, matched, some
from workbench.importing.times.measured import by_name, measurable, measured
from workbench.importing.times.recording import NONE, Recording, recorded
from workbench.importing.times.scenarios import Recorded
from workbench.importing.times.summary import OfTask, Summary, summary_of
from workbench.importing.writing import as_file
from workbench.model import DagSpec, InvalidInput, Problem
from workbench.model.findings import shown
from workbench.model.reading import read_partly_text
from workbench.views.clock import listed, plural


def with_times(found: Found, place: str, day: str | None = None) -> Found:
    """What was found, with the times of a CSV file. `day`: the one to replay, as 2026-11-17; else the newest whole one.
    Raises InvalidInput."""
    specs = read_partly_text(as_file(found)).workspace.dags
    recording = recorded(place)
    matches = matched(found.drafts, recording)
    summary = summary_of(recording, matches) if matches.places else None
    if summary is None or not any(run.first != NONE for run in summary.runs.values()):
        raise InvalidInput([Problem(_none_of(found, recording), place)])
    drafts = tuple(_known(draft, specs[draft.name], matches, summary) for draft in found.drafts)
    old = [note for note in found.notes if not outdated(note, found.drafts, drafts)]
    guessed = [note for spec in specs.values() for note in _unmeasured(spec, _tasks(spec, matches, summary), place)]
    found = replace(found, drafts=drafts, notes=tuple(old))
    specs = read_partly_text(as_file(found)).workspace.dags
    past = Recorded(found, specs, recording, matches, summary)
    made = past.as_recorded(), past.day(day)
    # Those of an earlier import of the same file are replaced.
    kept = (one for one in found.scenarios if one.get("scenario") not in [new["scenario"] for new in made])
    scenarios = (*kept, *made)
    notes = (*found.notes, *_about(recording), *matches.notes, *guessed, *past.notes)
    return replace(found, drafts=past.drafts(), scenarios=scenarios, notes=notes)


def _known(draft: Draft, spec: DagSpec, matches: Matched, summary: Summary) -> Draft:
    """The draft with what its tasks took, and when its runs began."""
    runs = [run for run in summary.runs.values() if run.dag == draft.name and run.first != NONE]
    return scheduled(measured(draft, spec, _tasks(spec, matches, summary)), spec, runs)


def _tasks(spec: DagSpec, matches: Matched, summary: Summary) -> dict[str, OfTask]:
    return by_name(spec.name, matches.places, summary.tasks)


def _unmeasured(spec: DagSpec, known: dict[str, OfTask], place: str) -> Iterator[Note]:
    """Tasks whose length is still a guess."""
    names = [name for name in measurable(spec) if name not in known or not known[name].good]
    if not known:
        yield Note("guessed", f"all about {spec.name}, of which {place} has no row", file=place)
    elif names:
        take = "takes" if len(names) == 1 else "take"
        told = f"how long {some(names)} of {spec.name} {take}, as {place} has no good try of "
        yield Note("guessed", told + ("it" if len(names) == 1 else "them"), file=place)


def _none_of(found: Found, recording: Recording) -> str:
    there = listed([f"'{shown(task)}'" for _, task in list(recording.tasks)[:3]], "and")
    ours = listed([task for draft in found.drafts for task in draft.tasks][:3], "and")
    column = recording.columns.called["task"]
    return f"holds no try of this pipeline: its column '{column}' names {there}, and the tasks are {ours}"


def _about(recording: Recording) -> Iterator[Note]:
    """How the file was read, and what of it was not."""
    place, columns = recording.place, recording.columns
    yield Note("kept", f"{plural(len(recording), 'row')} of {place}: {columns.told()}", file=place)
    if columns.unread:
        names = [f"'{shown(name)}'" for name in columns.unread]
        yield Note("kept", f"columns that were not needed: {some(names)}", file=place)
    if not recording.is_zoned:
        yield Note("guessed", f"the times of {place} are in UTC, as they say no zone", file=place)
    for left in recording.left.values():
        more = left.count - len(left.lines)
        lines = [*map(str, left.lines), *([f"{more} more"] if more else [])]
        where = f"line{'' if left.count == 1 else 's'} {listed(lines)}"
        yield Note("missed", f"{plural(left.count, 'row')} of {place} left out ({where}): {left.why}", file=place)
