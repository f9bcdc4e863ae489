"""What the command line prints about a whole simulation, a file or a picture: lines of text, or JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.engine import Known, Run
from workbench.model import InvalidInput, Problem, nearest
from workbench.opening import read_checked
from workbench.scenario import read_scenario
from workbench.session import Session
from workbench.timetable import format_instant
from workbench.views import FORMATS, Clock, as_text, draw, story
from workbench.views.chain import missed
from workbench.views.clock import listed, plural
from workbench.views.records import run_records, task_records

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
    }


def simulation_lines(session: Session, history: Path | None) -> list[str]:
    """The simulation up to the cursor: its story if that is short, and its sums."""
    known = session.state.known
    clock = Clock(session.now, next(iter(known.plans.values())).spec.zone)
    told = story(known, session.events)
    lines = as_text(told, clock) if len(told) <= MOST_LINES else _in_short(session)
    tail = [f"History: {history}"] if history else []
    return [*lines, "", *_sums(known, session), *_worth_asking(known), *tail]


def _in_short(session: Session) -> list[str]:
    return [f"{plural(session.position, 'event')}: too many to tell one by one (why TASK@DAY explains any of them)."]


def _worth_asking(known: Known) -> list[str]:
    """Task instances that a person should look at: what failed for good, and what was made without an input."""
    failed: list[str] = []
    without: list[str] = []
    for run in known.runs.values():
        failed += [_asked(run, name, "failed for good") for name, cell in run.cells.items() if cell.state == "failed"]
        for leaf in run.plan.leaves:
            gaps = missed(known, run, leaf) if run.cells[leaf].state == "success" else ()
            if gaps:
                without.append(_asked(run, leaf, f"green, and made without {listed(sorted({g.input for g in gaps}))}"))
    found = failed + without
    more = [f"  ... and {len(found) - MOST_ASKED} more"] if len(found) > MOST_ASKED else []
    return ["Worth asking why:", *found[:MOST_ASKED], *more] if found else []


def _asked(run: Run, task: str, what: str) -> str:
    return f"  {run.key.dag}.{task}@{run.key.partition}: {what}"


def _sums(known: Known, session: Session) -> list[str]:
    lines = [f"{session.scenario.name}: {session.start:%Y-%m-%d %H:%M} to {session.now:%Y-%m-%d %H:%M} UTC"]
    for dag in known.plans:
        runs = [run for key, run in known.runs.items() if key.dag == dag]
        states = Counter(run.state for run in runs)
        tries = [a for run in runs for cell in run.cells.values() for a in cell.attempts]
        failed = sum(a.state == "failed" for a in tries)
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
        lines.append(
            f"  {dag}: {plural(len(runs), 'run')} ({said}), {plural(len(tries), 'try', 'tries')}, {failed} failed"
        )
    return lines


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


def validation(files: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """(a line for each good file, everything that is wrong with the others)."""
    lines: list[str] = []
    problems: list[Problem] = []
    for file in files:
        try:
            lines.append(_valid(file))
        except InvalidInput as error:
            problems += error.problems
    return lines, problems


def _valid(file: str) -> str:
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
    return f"{file}: good ({', '.join(parts)})"
