"""A pipeline on the spot: `extract >> clean >> publish; clean >> report`, or `a >> [b, c] >> d`.

Every day at 06:00, five minutes a task: enough to play with, and to be changed by edits. Lines and `;` part chains, `#`
begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from workbench.model import DagSpec, InvalidInput, Problem, Task, Workspace, nearest, workspace
from workbench.model.findings import shown

NAME = "my_pipeline"
SCHEDULE = "0 6 * * *"
START = datetime(2013, 1, 1, tzinfo=UTC)
TAKES = timedelta(minutes=5)
MOST_TASKS = 500
EXAMPLE = "extract >> clean >> publish"
_MOST_LETTERS = 20_000
_TASK = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_ARROW = re.compile(r">{2,}")
# What people write who think of another notation.
_OTHER_ARROWS = re.compile(r"-+>|=+>|→|(?<!>)>(?!>)")

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
    for number, line in enumerate(text.splitlines(), 1):
        for chain in line.partition("#")[0].split(";"):
            try:
                _take(chain, needs)
            except InvalidInput as error:
                several = "\n" in text.strip()
                problems += [Problem(f"{f'line {number}: ' if several else ''}{p.message}") for p in error.problems]
    return needs, problems


def _take(chain: str, needs: Edges) -> None:
    """Add one chain. Raises InvalidInput."""
    if not chain.strip():
        return
    if _OTHER_ARROWS.search(chain):
        raise InvalidInput([f"'{shown(chain.strip())}': an arrow is written >>, for example {EXAMPLE}"])
    groups = [_group(part, chain, needs) for part in _ARROW.split(chain)]
    for group in groups:
        for task in group:
            needs.setdefault(task, {})
    for ups, downs in pairwise(groups):
        for down in downs:
            if down in ups:
                raise InvalidInput([f"{down} >> {down}: a task cannot wait for itself"])
            needs[down] |= dict.fromkeys(ups)


def _group(part: str, chain: str, known: Iterable[str]) -> list[str]:
    """`a`, or `[a, b]`; the brackets may be left out."""
    text = part.strip()
    if text.startswith("[") != text.endswith("]") or re.search(r"[\[\]]", text.strip("[]")):
        raise InvalidInput([f"'{shown(text)}': a bracket is not closed; write [b, c]"])
    names = [one.strip() for one in text.removeprefix("[").removesuffix("]").split(",")]
    if names == [""]:
        raise InvalidInput([f"'{shown(chain.strip())}': a task is missing beside >>; write for example {EXAMPLE}"])
    return list(dict.fromkeys(_name(one, known) for one in names if one or len(names) == 1))


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
