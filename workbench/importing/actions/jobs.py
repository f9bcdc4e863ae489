"""Jobs: what each waits for, under which condition, how often, and with how many beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workbench.importing.actions.conditions import condition_of
from workbench.importing.actions.matrix import MOST, Combination, UnknownMatrixError, combinations
from workbench.importing.actions.tree import Tree
from workbench.importing.found import Note
from workbench.importing.names import Names, fitting
from workbench.importing.sources import Source
from workbench.model import nearest
from workbench.model.yamltext import Scalar

_KNOWN = frozenset(
    {"name", "needs", "if", "strategy", "timeout-minutes", "steps", "concurrency", "uses", "continue-on-error"}
)
_QUIET = frozenset(
    {"runs-on", "env", "permissions", "outputs", "defaults", "container", "services", "environment", "with", "secrets"}
    | {"snapshot"}
)
_STEPS_TOLD = 6


@dataclass(frozen=True)
class Job:
    """One task: a job, or one of its matrix. `origin`: as GitHub shows it."""

    name: str
    origin: str
    line: int
    needs: tuple[str, ...]
    data: Mapping[str, object]
    remark: str = ""
    pools: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def jobs_of(tree: Tree, source: Source) -> list[Job]:
    """In the order of the file. Raises InvalidInput when a job needs one that is not there."""
    jobs = tree.tree("jobs")
    found = {name: (line, job) for name, line, job in jobs.groups()} if jobs is not None else {}
    if not found:
        raise source.refuse("its `jobs` hold none", tree.line("jobs"))
    _refuse_unknown(found, source)
    names, made = Names(), dict[str, list[tuple[str, str]]]()
    for name, (_, job) in found.items():
        made[name] = [(names.of(shown), shown) for shown in _shown(name, job)]
    if sum(map(len, made.values())) > MOST * 4:
        raise source.refuse(f"makes more than {MOST * 4} jobs", tree.line("jobs"))
    return [one for name, (line, job) in found.items() for one in _jobs(name, line, job, made)]


def _refuse_unknown(found: dict[str, tuple[int, Tree]], source: Source) -> None:
    for name, (_, job) in found.items():
        for need in job.texts("needs"):
            if need not in found:
                told = f"job '{name}' needs '{need}', which is no job here{nearest(need, found)}"
                raise source.refuse(told, job.line("needs"))


def _shown(name: str, job: Tree) -> list[str]:
    """The job as often as its matrix makes it, as GitHub names it: `test (3.11, linux)`."""
    try:
        found = _matrix(job)
    except UnknownMatrixError:
        return [name]
    return [f"{name} ({', '.join(one.values())})" for one in found] or [name]


def _matrix(job: Tree) -> list[Combination]:
    strategy = job.tree("strategy")
    if strategy is None or strategy.get("matrix") is None:
        return []
    matrix = strategy.tree("matrix")
    if matrix is None:
        raise UnknownMatrixError
    return combinations(matrix)


def _jobs(name: str, line: int, job: Tree, made: Mapping[str, list[tuple[str, str]]]) -> Iterator[Job]:
    notes = [*_conditions(name, job), *_strategy(name, job, len(made[name])), *_others(name, job)]
    needs = tuple(ours for need in job.texts("needs") for ours, _ in made[need])
    data, pools = _limits(name, job)
    condition = condition_of(job.text("if"))
    if condition.rule:
        data["trigger_rule"] = condition.rule
    for number, (ours, shown) in enumerate(made[name]):
        mine = () if number else tuple(notes)
        yield Job(ours, shown, line, needs, data, _steps(job), pools, mine)


def _limits(name: str, job: Tree) -> tuple[dict[str, object], dict[str, int]]:
    """Keys of the task, and its pool."""
    data: dict[str, object] = {}
    if re.fullmatch(r"\d{1,6}", minutes := job.text("timeout-minutes")) and int(minutes) > 0:
        data["timeout"] = f"{minutes}m"
    pools: dict[str, int] = {}
    strategy = job.tree("strategy")
    together = strategy.text("max-parallel") if strategy is not None else ""
    if job.get("concurrency") is not None:
        pools[fitting(_group(name, job))] = 1
    elif re.fullmatch(r"[1-9]\d{0,4}", together):
        pools[fitting(f"{name}_at_once")] = int(together)
    if pools:
        data["pool"] = next(iter(pools))
    return data, pools


def _group(name: str, job: Tree) -> str:
    inside = job.tree("concurrency")
    group = inside.text("group") if inside is not None else job.text("concurrency")
    return group if group and "${{" not in group else f"{name}_alone"


def _steps(job: Tree) -> str:
    """What the job does, for a comment."""
    if used := job.text("uses"):
        return f"runs the workflow {used}"
    steps = [
        one.text("name") or one.text("uses").partition("@")[0] or _first(one.text("run")) for one in job.trees("steps")
    ]
    told = ", ".join(step for step in steps[:_STEPS_TOLD] if step)
    return f"{told}{', ...' if len(steps) > _STEPS_TOLD else ''}"


def _first(run: str) -> str:
    return run.strip().partition("\n")[0][:40]


def _conditions(name: str, job: Tree) -> Iterator[Note]:
    condition = condition_of(job.text("if"))
    line = job.line("if")
    if condition.never:
        yield Note("changed", f"{name}: `if: {job.text('if')}` never holds here, but the job runs all the same", line)
    elif condition.unknown:
        yield Note("missed", f"{name}: `if: {condition.unknown}` depends on a real run; here it holds", line)
    timeout = job.text("timeout-minutes")
    if timeout and not timeout.isdecimal():
        yield Note("missed", f"{name}: `timeout-minutes: {timeout}` depends on a real run", job.line("timeout-minutes"))


def _strategy(name: str, job: Tree, count: int) -> Iterator[Note]:
    strategy = job.tree("strategy")
    if strategy is None:
        return
    try:
        _matrix(job)
    except UnknownMatrixError:
        yield Note("missed", f"{name}: its matrix depends on a real run; here it is one task", strategy.line("matrix"))
        return
    if count > 1 and strategy.text("fail-fast") != "false":
        told = f"{name}: when one of its {count} fails GitHub cancels the others; here they go on"
        yield Note("changed", told, job.line("strategy"))


def _others(name: str, job: Tree) -> Iterator[Note]:
    for key in job.names:
        if key not in _KNOWN and key not in _QUIET:
            yield Note("missed", f"{name}: '{key}' is no key of a job that is known here", job.line(key))
    if job.text("continue-on-error") not in ("", "false"):
        told = f"{name}: `continue-on-error` lets the jobs after it go on when it fails; here they do not"
        yield Note("changed", told, job.line("continue-on-error"))
    if isinstance(used := job.get("uses"), Scalar):
        yield Note("changed", f"{name}: the jobs of {used.text} are one task here", job.line("uses"))
    if job.get("concurrency") is not None:
        told = f"{name}: `concurrency` makes the next one wait; GitHub also drops or cancels"
        yield Note("changed", told, job.line("concurrency"))
