"""Workflows of GitHub Actions: jobs as tasks, their steps as remarks."""

from __future__ import annotations

from workbench.importing.actions.jobs import Job, jobs_of
from workbench.importing.actions.starts import Starts, starts_of
from workbench.importing.actions.tree import Tree, tree_of
from workbench.importing.found import Draft, Found, Note
from workbench.importing.names import fitting
from workbench.importing.sources import Source

TOOL = "GitHub Actions"
_GUESSED_TAKES = "5m"
# What says how a job runs, and nothing about when.
_QUIET = frozenset({"name", "run-name", "on", "jobs", "env", "permissions", "defaults", "concurrency"})


def read(source: Source) -> Found:
    """The workflow of a file. Raises InvalidInput."""
    tree = tree_of(source)
    starts, jobs = starts_of(tree), jobs_of(tree, source)
    tasks = {name: _task(job) for job in jobs for name in [job.name]}
    notes = [*_unknown(tree), *starts.notes, *(note for job in jobs for note in job.notes)]
    draft = Draft(
        _document(_name(tree, source), starts, tree, tasks),
        {("schedule",): starts.remark, **{("tasks", job.name): job.remark for job in jobs}},
        {job.name: job.origin for job in jobs},
        {job.name: job.line for job in jobs},
    )
    pools = {pool: slots for job in jobs for pool, slots in job.pools.items()}
    return Found(source.name, TOOL, (draft,), {"pools": pools} if pools else {}, notes=_told(notes, tree, tasks))


def _name(tree: Tree, source: Source) -> str:
    stem = source.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return fitting(stem.strip("-") or tree.text("name") or "workflow")


def _document(name: str, starts: Starts, tree: Tree, tasks: dict[str, dict[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {"dag": name}
    if title := tree.text("name"):
        made |= {"description": title} if title != name else {}
    made |= starts.data
    if tree.get("concurrency"):
        made["max_active_runs"] = 1
    return {**made, "tasks": tasks}


def _task(job: Job) -> dict[str, object]:
    made: dict[str, object] = {"needs": list(job.needs)} if job.needs else {}
    made["takes"] = _GUESSED_TAKES
    return made | dict(job.data)


def _unknown(tree: Tree) -> list[Note]:
    return [
        Note("missed", f"'{key}' is no key of a workflow that is known here", tree.line(key))
        for key in tree.names
        if key not in _QUIET
    ]


def _told(notes: list[Note], tree: Tree, tasks: dict[str, dict[str, object]]) -> tuple[Note, ...]:
    """Each note once, those about the whole last."""
    whole = [Note("guessed", f"{_GUESSED_TAKES[:-1]} min a job; --times CSV brings what they really took")]
    if tree.get("concurrency"):
        told = "concurrency: one run at a time; here the next one waits, where GitHub drops or cancels one"
        whole.append(Note("changed", told, tree.line("concurrency")))
    return tuple(dict.fromkeys([*notes, *whole]))
