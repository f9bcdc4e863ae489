"""What the command line prints about a whole simulation, a file or a picture: lines of text, or JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workbench.engine import Known, Run, Wait, verdict
from workbench.engine.rules.clock import SECOND
from workbench.model import TRIGGER_RULES, InvalidInput, Problem, nearest
from workbench.model.conventions import conventions
from workbench.opening import read_checked
from workbench.reports_data import data_lines, data_of, wrong_reads
from workbench.scenario import read_scenario
from workbench.scenario.unmet import unmet_lines
from workbench.session import Session
from workbench.timetable import format_instant
from workbench.views import FORMATS, Clock, as_text, draw, story
from workbench.views.chain import missed
from workbench.views.clock import has_zones, listed, plural
from workbench.views.phrases_settled import skip_maker
from workbench.views.records import run_records, task_records, tries_line
from workbench.views.wording import Phrases

# A story longer than this is told in numbers.
MOST_LINES = 120
MOST_ASKED = 8


def simulation_data(session: Session, history: Path | None) -> dict[str, Any]:
    """The simulation up to the cursor as JSON data; instants are ISO 8601 in UTC."""
    known = session.state.known
    return {
        "dag": next(iter(known.plans)),
        "dags": list(known.plans),
        "scenario": session.scenario.name,
        "seed": session.scenario.seed,
        "history": str(history) if history else None,
        "events": session.position,
        "now": format_instant(session.now),
        "runs": [record._asdict() for record in run_records(known)],
        "task_instances": [record._asdict() for record in task_records(known)],
        **data_of(session),
    }


def simulation_lines(session: Session, history: Path | None, ask: str = "workbench why FILE") -> list[str]:
    """The simulation up to the cursor: its story if that is short, its sums, and what is worth asking. `ask` is what
    to type in front of a task's name."""
    known = session.state.known
    told = story(known, session.events)
    clock = Clock(session.now, session.zone)
    lines = as_text(told, clock, has_zones(known)) if len(told) <= MOST_LINES else _in_short(session)
    tail = [f"History: {history}"] if history else []
    unmet = unmet_lines(session.scenario, session.state, session.now)
    return [
        *lines,
        "",
        *_sums(known, session),
        *data_lines(session),
        *_worth_asking(known, session, ask),
        *unmet,
        *tail,
    ]


def _in_short(session: Session) -> list[str]:
    told = f"{plural(session.position, 'event')}: too many to tell one by one."
    return [told, "Ask why about any task and day, or for a day's story: workbench do FILE run 'story DAY'."]


def _sums(known: Known, session: Session) -> list[str]:
    begin, end = (at.astimezone(session.zone) for at in (session.start, session.now))
    lines = [f"{session.scenario.name}: {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {session.zone.key}"]
    for dag in known.plans:
        runs = [run for key, run in known.runs.items() if key.dag == dag]
        states = Counter(run.state for run in runs)
        tries = [a for run in runs for cell in run.cells.values() for a in cell.attempts]
        failed = sum(a.state == "failed" for a in tries)
        sensing = [a for run in runs for name, cell in run.cells.items() if _senses(run, name) for a in cell.attempts]
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
        tried = tries_line(len(tries), failed, len(sensing), sum(a.looks for a in sensing))
        lines.append(f"  {dag}: {plural(len(runs), 'run')} ({said}), {tried}")
    return lines


def _senses(run: Run, task: str) -> bool:
    return task in run.plan.tasks and run.plan.tasks[task].task.sensor is not None


def _worth_asking(known: Known, session: Session, ask: str) -> list[str]:
    """What a person should look at, worst first, each with the command that explains it."""
    found = [asked for _, asked in sorted(_remarks(known, session), key=lambda remark: remark[0])]
    lines = [f"  {what}: {ask} {target}" for target, what in found[:MOST_ASKED]]
    more = [f"  ... and {len(found) - MOST_ASKED} more"] if len(found) > MOST_ASKED else []
    return ["Worth asking why:", *lines, *more] if found else []


Remark = tuple[int, tuple[str, str]]


def _remarks(known: Known, session: Session) -> Iterator[Remark]:
    """(how bad, (target, what)): failed for good or deadlocked; a deadline missed, or a run that was never made; still
    waiting; green but made without an input, or without its end."""
    for run in known.runs.values():
        yield from _of_run(run)
        for name, cell in run.cells.items():
            target = f"{run.key.dag}.{name}@{run.key.partition}"
            if cell.state == "failed":
                yield 0, (target, "failed for good")
            elif name in run.plan.tasks and cell.state in _OPEN and _is_root(known, session, run, name):
                yield 2, (target, "still waits")
            elif name in run.plan.leaves and cell.state == "skipped" and _is_by_accident(known, session, run, name):
                yield 3, (target, f"green, and {name} was skipped")
            elif name in run.plan.leaves and cell.state == "success" and (gaps := missed(known, run, name)):
                yield 3, (target, f"green, and made without {listed(sorted({gap.input for gap in gaps}))}")
    for dag, partition, task in known.missed:
        kind, _, name = task.rpartition(":")
        # An input or a dataset is no task: its DAG's run is asked about.
        target = f"{dag}.{task}@{partition}" if task and not kind else f"{dag}@{partition}"
        yield 1, (target, f"{name} missed its deadline" if kind else "missed its deadline")
    yield from _read_wrong(known, session)
    yield from (remark for dag in known.plans for remark in _never_made(known, session, dag))


def _read_wrong(known: Known, session: Session) -> Iterator[Remark]:
    """Versions of green tasks that somebody read and that were wrong, for a reason that no other remark names."""
    for name, wrong in wrong_reads(session).items():
        version = known.data.get(name)
        run = known.runs.get(version.run) if version is not None else None
        if version is None or run is None or version.task not in run.cells:
            continue
        if run.cells[version.task].state == "success" and not missed(known, run, version.task):
            target = f"{version.run.dag}.{version.task}@{version.partition}"
            yield 3, (target, f"green, and {listed(wrong.readers)} read {plural(wrong.rows, 'wrong row')}")


def _is_by_accident(known: Known, session: Session, run: Run, task: str) -> bool:
    """Was the run's end skipped by nobody's choice: because a skip above became one of its own?"""
    return run.state == "success" and skip_maker(Phrases(known, session.now, run), task) is not None


_OPEN = ("none", "scheduled", "up_for_reschedule")


def _of_run(run: Run) -> Iterator[Remark]:
    """A run that failed as a whole: where a task failed, that is what to ask about."""
    target = f"{run.key.dag}@{run.key.partition}"
    if run.reason == "deadlock":
        yield 0, (target, "ended by deadlock")
    elif run.state == "failed" and not any(cell.state == "failed" for cell in run.cells.values()):
        yield 0, (target, "failed")


def _never_made(known: Known, session: Session, dag: str) -> Iterator[Remark]:
    """Ticks that nobody heard: the first, and how many more."""
    spec = known.plans[dag].spec
    begin = (
        known.live_since if dag not in known.born_paused else min(spec.start or session.start, session.start)
    ) - SECOND
    windows = [spec.grid.last_ended(tick) for tick in spec.clock.ticks(begin, session.now)] if spec.clock else []
    never = [w for w in dict.fromkeys(windows) if spec.wants(w) and not known.runs_of(dag, w.key)]
    if never:
        more = f" (nor {plural(len(never) - 1, 'later one')})" if len(never) > 1 else ""
        yield 1, (f"{dag}@{never[0].key}", f"its run was never made{more}")


def _is_root(known: Known, session: Session, run: Run, task: str) -> bool:
    """Does it wait for something else than a task above it?"""
    if run.ended is not None:
        return False
    found = verdict(known, run, task, session.now)
    return isinstance(found, Wait) and found.rule not in (*TRIGGER_RULES, "setup")


def drawing(file: str, dag: str | None, output: str | None, ascii_only: bool, width: int | None) -> str:
    """The picture of a file's DAGs, or of one of them, in the form that `output` ends with."""
    workspace = read_checked(file).workspace
    form = Path(output).suffix.lstrip(".").lower() if output else "txt"
    if form not in FORMATS:
        raise InvalidInput([f"{output}: a picture ends with {', '.join('.' + f for f in FORMATS)}"])
    if dag is not None and dag not in workspace.dags:
        raise InvalidInput([f"{file} has no DAG '{dag}'{nearest(dag, workspace.dags)}"])
    what = workspace.dags[dag] if dag else workspace
    if form != "txt" and len(workspace.dags) > 1 and dag is None:
        raise InvalidInput([f"{file} has several DAGs; say which to draw: --dag {' or --dag '.join(workspace.dags)}"])
    if form != "txt":
        return draw(what if dag else next(iter(workspace.dags.values())), form)
    return draw(what, width=width, ascii=ascii_only)


def validation(files: Iterable[str], strict: bool = False) -> tuple[list[str], list[Problem], list[Problem]]:
    """(a line for each good file, everything that is wrong with the others, and, when `strict`, in which the good ones
    do not keep to the conventions of a platform)."""
    lines: list[str] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for file in files:
        try:
            line, found = _valid(file, strict)
            lines.append(line)
            warnings += found
        except InvalidInput as error:
            problems += error.problems
    return lines, problems, warnings


def _valid(file: str, strict: bool) -> tuple[str, list[Problem]]:
    loaded = read_checked(file)
    wrong: list[Problem] = []
    for node in loaded.scenarios:
        try:
            read_scenario(node, loaded.workspace, loaded.file)
        except InvalidInput as error:
            wrong += error.problems
    if wrong:
        raise InvalidInput(wrong)
    tasks = sum(len(spec.tasks) for spec in loaded.workspace.dags.values())
    parts = [
        plural(len(loaded.workspace.dags), "DAG"),
        plural(tasks, "task"),
        plural(len(loaded.scenarios), "scenario"),
    ]
    warnings = conventions(loaded.workspace) if strict else []
    told = f", {plural(len(warnings), 'warning')}" if strict else ""
    return f"{file}: good ({', '.join(parts)}){told}", warnings
