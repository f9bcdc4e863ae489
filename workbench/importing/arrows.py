"""A pipeline on the spot: `extract >> clean >> publish; clean >> report`, or `a >> [b >> c, d] >> e`.

Every day at 06:00, five minutes a task: enough to play with, and to be changed by edits. Lines and `;` part chains, `#`
begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from workbench.importing.chains import EXAMPLE, edges_of
from workbench.model import DagSpec, InvalidInput, Problem, Task, Workspace, nearest, workspace
from workbench.model.findings import shown

NAME = "my_pipeline"
SCHEDULE = "0 6 * * *"
START = datetime(2013, 1, 1, tzinfo=UTC)
TAKES = timedelta(minutes=5)
MOST_TASKS = 500
_MOST_LETTERS = 20_000
_TASK = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")

Edges = dict[str, dict[str, None]]


def sketch(text: str, name: str = NAME) -> Workspace:
    """The workspace that is meant: one DAG, its tasks in the order in which they are first named. Raises InvalidInput
    with all that is wrong, by line."""
    if len(text) > _MOST_LETTERS:
        raise InvalidInput([f"this is too long for a sketch; write a pipeline file: {EXAMPLE} is one line"])
    tasks, problems = _read(text)
    if problems:
        raise InvalidInput(problems)
    if not tasks:
        raise InvalidInput([f"no task yet; write for example: {EXAMPLE}"])
    if len(tasks) > MOST_TASKS:
        raise InvalidInput([f"{len(tasks)} tasks are too many for a sketch; {MOST_TASKS} are allowed"])
    if circle := _circle(tasks):
        raise InvalidInput(
            [f"{' >> '.join(circle)} goes in a circle: no task of it could ever start; remove one arrow"]
        )
    made = {task: Task(task, tuple(needs), takes=TAKES) for task, needs in tasks.items()}
    return workspace(DagSpec(name, made, schedule=SCHEDULE, start=START))


def _read(text: str) -> tuple[Edges, list[Problem]]:
    """What each task needs, and what is wrong."""
    needs: Edges = {}
    problems: list[Problem] = []
    several = "\n" in text.strip()
    for number, chain in _chains(text):
        try:
            _take(chain, needs)
        except InvalidInput as error:
            problems += [Problem(f"{f'line {number}: ' if several else ''}{p.message}") for p in error.problems]
    return needs, problems


def _chains(text: str) -> Iterator[tuple[int, str]]:
    """Each chain with the line where it begins. An open bracket or an arrow at its end takes the next line along."""
    held, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        held, begun = (f"{held} {bare}", begun) if held else (bare, number)
        if not _goes_on(held):
            yield from ((begun, chain) for chain in held.split(";") if chain.strip())
            held = ""
    yield from ((begun, chain) for chain in held.split(";") if chain.strip())


def _goes_on(chain: str) -> bool:
    opened = sum(chain.count(one) for one in "[(") - sum(chain.count(one) for one in ")]")
    return opened > 0 or chain.endswith(">>")


def _take(chain: str, needs: Edges) -> None:
    """Add one chain. Raises InvalidInput."""
    tasks, edges = edges_of(chain, lambda text: _name(text, needs))
    for task in tasks:
        needs.setdefault(task, {})
    for up, down in edges:
        needs[down][up] = None


def _name(text: str, known: Iterable[str]) -> str:
    if _TASK.fullmatch(text):
        return text
    fixed = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-")
    hint = f"; write {fixed}" if _TASK.fullmatch(fixed) else ""
    near = nearest(text, known) if "did you mean" in nearest(text, known) else ""
    if " " in text and not hint:
        hint = "; write >> between two tasks"
    told = "is no name for a task: letters, digits, _ and -, with a letter first"
    raise InvalidInput([f"'{shown(text)}' {told}{hint}{near}"])


def _circle(tasks: Edges) -> list[str]:
    """The tasks of a circle in the order of the arrows, the first one again at the end; none when there is none."""
    done: set[str] = set()
    for first in tasks:
        path: list[str] = []
        waiting = [(first, False)]
        while waiting:
            task, is_left = waiting.pop()
            if is_left:
                done.add(path.pop())
            elif task in path:
                circle = path[path.index(task) :]
                return [task, *reversed(circle)]
            elif task not in done:
                path.append(task)
                waiting += [(task, True), *((up, False) for up in tasks[task])]
    return []
