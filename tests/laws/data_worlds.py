"""Worlds with rows, for the laws about data: small DAGs whose rows have names, so that each can be traced.

An input delivers rows `jfk/2013-01-02/0`, `jfk/2013-01-02/1`, ...; a task joins what it gets, keeps some of it, or adds
a row `made/...` of its own.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import strategies as st

from tests.laws import count_a_world
from tests.laws.draws import Draw, pick, some, sometimes, whole
from tests.laws.worlds import Story
from workbench.model import Check, Consumer, DagSpec, Dataset, Input, RetryPolicy, Task, Workspace, check_workspace
from workbench.model.parts import OnData
from workbench.scenario import (
    Correction,
    CrashAfterWrite,
    Doubled,
    Empty,
    Fault,
    Flaky,
    Late,
    LateRows,
    LostAnswer,
    Partial,
    Poison,
    Scenario,
    Slow,
    Truncated,
    Zombie,
)

START = datetime(2013, 1, 3, 5, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
UNTIL = START + 4 * DAY
INPUTS = ("jfk", "ewr")
DAYS = tuple(f"2013-01-{day:02}" for day in range(1, 9))
FIRST, SECOND = ("a", "b", "c", "d"), ("p", "q")
NAMES = (*INPUTS, *FIRST, *SECOND, *(f"ds_{name}" for name in (*FIRST, *SECOND)))
_CODE = """
def join({names}):
    return [row for rows in ({values}) for row in rows or ()]


def keep({names}):
    return [row for row in join({values}) if int(row["n"]) % 2 == 0]


def add({names}, ctx=None):
    made = {{"id": f"made/{{ctx.task}}/{{ctx.partition}}", "n": 2}}
    return [*join({values}), made]

"""
# Of each good function two bad ones: one row is lost, or there twice. None brings a row of another key, for no later
# write takes that out of a dataset that is merged.
_BAD_CODE = """
def lose_{good}({names}, ctx=None):
    return {good}({values}{ctx})[1:]


def twice_{good}({names}, ctx=None):
    rows = {good}({values}{ctx})
    return [*rows, *rows[:1]]
"""
GOOD, BAD = ("join", "keep", "add"), ("lose", "twice")


def rows_of(name: str, day: str) -> list[dict[str, object]]:
    """What an input delivers for a day."""
    many = (int(day[-2:]) * (3 if name == "jfk" else 5)) % 7
    return [{"id": f"{name}/{day}/{n}", "n": n} for n in range(many)]


@cache
def folder() -> Path:
    """Where the inputs and the tasks' module lie."""
    place = Path(mkdtemp(prefix="rows-"))
    for name in INPUTS:
        for day in DAYS:
            text = "".join(json.dumps(row) + "\n" for row in rows_of(name, day))
            place.joinpath(f"{name}-{day}.jsonl").write_text(text, "utf-8")
    asked, values = ", ".join(f"{name}=None" for name in NAMES), ", ".join(NAMES)
    place.joinpath("flows.py").write_text(_CODE.format(names=asked, values=values) + _bad_code(asked, values), "utf-8")
    return place


def _bad_code(asked: str, values: str) -> str:
    contexts = {"join": "", "keep": "", "add": ", ctx=ctx"}
    return "\n".join(_BAD_CODE.format(good=good, names=asked, values=values, ctx=contexts[good]) for good in GOOD)


GATES = (
    Check("few", "rows", min=2, severity="block"),
    Check("many", "rows", max=6, severity="block"),
    Check("once", "unique", ("id",), severity="block"),
    Check("small", "distribution", ("n",), measure="max", max=4),
    Check("later", "rows", min=3, when="after", delay=MINUTE),
)


def _dataset(draw: Draw, task: str, modes: tuple[str, ...], gates: bool) -> Dataset:
    mode = pick(draw, *modes)
    checks = {one.name: one for one in some(draw, GATES, 2)} if gates and sometimes(draw, 60) else {}
    fenced = gates and sometimes(draw, 40)
    return Dataset(f"ds_{task}", mode=mode, key=("id",) if mode == "merge" else (), fenced=fenced, checks=checks)


def _task(draw: Draw, name: str, before: tuple[str, ...], outside: tuple[str, ...], bugs: bool) -> Task:
    needs = some(draw, before, 2)
    waits = some(draw, outside, 2)
    good = pick(draw, *GOOD)
    code = {"v1": f"flows:{pick(draw, *(f'{bad}_{good}' for bad in BAD), good)}", "v2": f"flows:{good}"} if bugs else {}
    return Task(
        name,
        needs=(*needs, *(waits or (() if needs else outside[:1]))),
        takes=pick(draw, MINUTE, 5 * MINUTE, 20 * MINUTE),
        run=f"flows:{good}",
        code=code,
        retries=RetryPolicy(pick(draw, 0, 1, 2), pick(draw, MINUTE, 5 * MINUTE)),
        writes=(f"ds_{name}",) if sometimes(draw, 66) else (),
    )


def _dag(
    draw: Draw,
    name: str,
    tasks: tuple[str, ...],
    outside: tuple[str, ...],
    modes: tuple[str, ...],
    bugs: bool,
    gates: bool,
) -> DagSpec:
    made: dict[str, Task] = {}
    for task in tasks[: whole(draw, 1, len(tasks))]:
        made[task] = _task(draw, task, tuple(made), outside, bugs)
    inputs = {one: Input(one, timedelta(hours=6), f"{one}-{{partition}}.jsonl") for one in INPUTS}
    return DagSpec(
        name,
        made,
        inputs if name == "one" else {},
        "0 6 * * *" if name == "one" else "30 6 * * *",
        start=START - 2 * DAY,
        end=START + 2 * DAY,
        datasets={f"ds_{t.name}": _dataset(draw, t.name, modes, gates) for t in made.values() if t.writes},
        folder=str(folder()),
        file="rows.yaml",
    )


def listener(names: tuple[str, ...], draw: Draw) -> DagSpec:
    """A DAG that starts whenever one of these datasets changes."""
    return DagSpec(
        "any",
        {"z": Task("z", reads=names[:1], takes=MINUTE)},
        schedule=OnData(any=names, interval=pick(draw, "same", "any")),
        start=START - 2 * DAY,
        folder=str(folder()),
        file="rows.yaml",
    )


def _outside(draw: Draw, dag: DagSpec) -> tuple[str, ...]:
    """What the second DAG may need of the first: datasets and tasks, also of the day before."""
    sets = [f"{one}{pick(draw, '', '', '@-1..0')}" for task in dag.tasks.values() for one in task.writes]
    return tuple(sets) or tuple(f"one.{name}" for name in dag.tasks)


ALL_MODES = ("overwrite", "overwrite", "append", "merge")
SAFE_MODES = ("overwrite", "overwrite", "merge")


@st.composite
def data_stories(
    draw: st.DrawFn, modes: tuple[str, ...] = ALL_MODES, *, faults: bool = True, bugs: bool = False
) -> Story:
    """Two daily DAGs, the second made of what the first has written, over four days."""
    one = _dag(draw, "one", FIRST, INPUTS, modes, bugs, faults)
    two = _dag(draw, "two", SECOND, _outside(draw, one), modes, bugs, faults)
    dags = {"one": one, "two": two} if sometimes(draw, 66) else {"one": one}
    if one.datasets and sometimes(draw, 50):
        dags["any"] = listener(tuple(one.datasets), draw)
    names = tuple(name for spec in dags.values() for name in spec.datasets)
    consumers = {"board": Consumer("board", names, "0 8 * * *")} if names else {}
    workspace = Workspace(dags, consumers=consumers)
    problems = check_workspace(workspace)
    assert not problems, problems
    count_a_world()
    found = tuple(_fault(draw, workspace) for _ in range(whole(draw, 0, 3))) if faults else ()
    return Story(workspace, Scenario("rows", whole(draw, 0, 3), START, UNTIL, faults=found))


def _fault(draw: Draw, workspace: Workspace) -> Fault:
    made: Fault = pick(draw, _of_tries, _of_tries, of_files)(draw, workspace)
    return made


def _of_tries(draw: Draw, workspace: Workspace) -> Fault:
    task = pick(draw, *(f"{s.name}.{name}" for s in workspace.dags.values() if s.name != "any" for name in s.tasks))
    writes = pick(draw, *(name for spec in workspace.dags.values() for name in spec.datasets), "") or "ds_a"
    day, after = pick(draw, *DAYS[1:5]), pick(draw, MINUTE, 2 * MINUTE)
    made: Fault = pick(
        draw,
        Flaky(task, day, tries=1),
        LostAnswer(task, day, noticed=after),
        Zombie(task, day, after=timedelta(0), noticed=after, commits=pick(draw, MINUTE, 30 * MINUTE)),
        Slow(task, day, takes=30 * MINUTE),
        CrashAfterWrite(task, day, tries=pick(draw, 1, 2)),
        Partial(writes, day, 0.5) if writes in workspace.datasets else Flaky(task, day, tries=2),
    )
    return made


def of_files(draw: Draw, workspace: Workspace | None = None) -> Fault:
    """Something is wrong with what an input delivers; no row of it gets another name."""
    name, day = pick(draw, *INPUTS), pick(draw, *DAYS[1:5])
    ended = datetime.fromisoformat(day).replace(tzinfo=UTC) + DAY
    soon = ended + pick(draw, 7, 9, 30) * timedelta(hours=1)
    again = pick(draw, None, None, soon)
    made: Fault = pick(
        draw,
        Late(name, day, soon),
        Empty(name, day, until=again),
        Truncated(name, day, share=0.5, until=again),
        Doubled(name, day, times=2, until=again),
        Poison(name, day, "n", "9", row=1, until=again),
        LateRows(name, 0.5, later=5 * timedelta(hours=1), partition=day),
        Correction(name, day, soon, "n", value="8"),
    )
    return made


def with_code(story: Story, version: str) -> Story:
    """The same story with this version of every task's code from the start, and no other."""

    def right(task: Task) -> Task:
        return replace(task, run=task.code.get(version, task.run), code={})

    dags = {
        name: replace(spec, tasks={n: right(t) for n, t in spec.tasks.items()})
        for name, spec in story.workspace.dags.items()
    }
    return replace(story, workspace=replace(story.workspace, dags=dags))
