"""Sentences about datasets: one that a task waits for, and a try that a check or the size of its rows has failed.

Only what the orchestrator knows: versions, what checks said of them, what is live. Never whether rows are right.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engine.catalog import Checked, Version
from workbench.engine.state import Attempt
from workbench.model import Need
from workbench.timetable import Partition
from workbench.views.clock import listed, plural
from workbench.views.data_words import blocking, dataset_in, day_of, observed, of_day
from workbench.views.remake import first_of
from workbench.views.wording import Phrases, spoken_days

SAME_ROWS = "The same rows fail the same way: another try helps only when other rows have come."

# a dataset that is waited for


def dataset_line(p: Phrases, need: Need, missing: list[Partition]) -> str:
    """Why the first of these partitions is not live; which others are not."""
    grid = p.known.plans[p.known.makers[need.name]].spec.grid
    if not missing:
        return f"{need.name} is live."
    more = f" Not live either: {spoken_days(grid, missing[1:])}." if len(missing) > 1 else ""
    return f"{of_day(p.known, need.name, missing[0].key)} is not live: {_why_not_live(p, need.name, missing[0])}.{more}"


def _why_not_live(p: Phrases, name: str, window: Partition) -> str:
    version = p.known.data.newest(name, window.key)
    if version is None:
        return "nobody has written it yet"
    return _NOT_LIVE[version.state](p, version)


def _blocked(p: Phrases, version: Version) -> str:
    held = blocking(p.known.data.checks_of(version.name))
    said = listed([f"{one.check} ({observed(one)})" for one in held])
    checks = "the check" if len(held) == 1 else "the checks"
    return f"its newest version, {version.n}, was blocked {p.at(version.at)} by {checks} {said}"


def _withdrawn(p: Phrases, version: Version) -> str:
    until = version.live[-1].until
    return f"version {version.n} was withdrawn {p.at(until)}" if until is not None else "it was withdrawn"


def _fenced(p: Phrases, version: Version) -> str:
    return f"version {version.n} was refused {p.at(version.at)}, for a newer try had begun (fenced)"


def _written(p: Phrases, version: Version) -> str:
    return f"version {version.n} was written {p.at(version.at)}, and is not published"


_NOT_LIVE = {
    "blocked": _blocked,
    "withdrawn": _withdrawn,
    "fenced": _fenced,
    "written": _written,
    "replaced": _written,
    "live": _written,
}


def writers_of(p: Phrases, name: str) -> list[tuple[str, str]]:
    """(DAG, task) of those that write a dataset; of its home DAG first."""
    home = p.known.makers.get(name)
    found = [(dag, task) for dag, plan in p.known.plans.items() for task, one in plan.tasks.items()
             if name in one.writes]  # fmt: skip
    return sorted(found, key=lambda place: place[0] != home)


def dataset_helps(p: Phrases, need: Need, missing: list[Partition]) -> Iterator[str]:
    """What makes it live, or explains why nobody writes it."""
    if not missing:
        return
    place = f"{need.name}@{missing[0].key}"
    version = p.known.data.newest(need.name, missing[0].key)
    writers = writers_of(p, need.name)
    if version is None:
        yield from (f"why {_named(p, *one)}@{missing[0].key}, which writes it" for one in writers[:1])
        return
    again = f"rerun {_named(p, version.run.dag, version.task)}@{missing[0].key}"
    if version.state == "blocked":
        yield f"look at its rows: data {place}"
        yield from again_helps(p, version, again)
        yield f"approve {place}, if its rows are right and the check is too strict"
    else:
        yield again


def _named(p: Phrases, dag: str, task: str) -> str:
    several = sum(task in plan.tasks for plan in p.known.plans.values()) > 1
    return f"{dag}.{task}" if several or task in p.known.plans else task


# a try that failed because of its rows


def failed_by_check(p: Phrases, task: str, last: Attempt) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(because, what helps) where checks said no: what they saw, what readers get instead, what to do next."""
    found = list(_held(p, task, last))
    lines = [line for version, checks in found for line in _held_lines(p, version, checks)]
    if not found:
        return ("A check said no.",), (f"mend the cause, then {p.rerun(task, ' down')}",)
    version, checks = found[0]
    place = f"{version.dataset}@{version.partition}"
    if version.state == "live" and checks[0].when == "before":
        return tuple(lines), (f"mark {p.named(task)}@{p.run.key.partition} success, so that those below it may run",)
    helps = [f"look at its rows: data {place}", *again_helps(p, version, p.rerun(task, " down"))]
    if version.state == "blocked":
        helps.append(f"approve {place} {version.n}, if its rows are right and {checks[0].check} is too strict")
    else:
        helps.append(f"check set {version.dataset}.{checks[0].check} severity warn, if it is too strict")
    return tuple(lines), tuple(helps)


def _held(p: Phrases, task: str, last: Attempt) -> Iterator[tuple[Version, list[Checked]]]:
    """The versions that a try wrote and that were held back; else those that its own step looked at."""
    data = p.known.data
    wrote = list(data.written_by(p.run.key, task, last.number))
    for version in wrote:
        if held := [one for one in blocking(data.checks_of(version.name)) if one.when == "before"]:
            yield version, held
    plan = p.run.plan.tasks.get(task)
    for text in plan.task.checks if plan is not None else ():
        name, _, check = text.partition(".")
        for version in reversed(data.versions.get((name, p.run.key.partition), ())):
            said = [one for one in blocking(data.checks_of(version.name)) if one.check == check and one.when == "step"]
            if said and last.started <= said[-1].at <= last.ended:
                yield version, said
                break


def _held_lines(p: Phrases, version: Version, checks: list[Checked]) -> Iterator[str]:
    for one in checks:
        check = dataset_in(p.known, version.dataset).checks.get(one.check)
        meaning = f" ({check.description})" if check is not None and check.description else ""
        yield f"The check {one.check}{meaning} looked at version {version.n}, and blocks what fails it."
    yield same_rows(p, version)
    yield readers_line(p, version, held=any(one.when == "before" for one in checks))


def added_twice(p: Phrases, version: Version) -> Version | None:
    """The version below a blocked one that an earlier try, or run, of the same task had added to the partition."""
    onto: Version | None = version
    while version.state == "blocked" and onto is not None and onto.mode == "append" and onto.base:
        onto = p.known.data.get((onto.dataset, onto.partition, onto.base))
        if onto is not None and _task_of(onto) == _task_of(version) and _try_of(onto) != _try_of(version):
            return onto
    return None


def _task_of(version: Version) -> tuple[str, str]:
    return version.run.dag, version.task


def _try_of(version: Version) -> tuple[object, int]:
    return version.run, version.number


def same_rows(p: Phrases, version: Version) -> str:
    """Why another try by itself does not help."""
    before = added_twice(p, version)
    if before is None:
        return SAME_ROWS
    who = f"try {before.number}" if before.run == version.run else "an earlier run"
    return f"Version {before.n}, which {who} had written, is in it: a retry adds the rows once more."


def same_rows_again(p: Phrases, task: str, last: Attempt) -> str:
    """The same of a try that failed because of its rows, and waits for the next one."""
    held = next(_held(p, task, last), None) if last.reason == "check" else None
    return same_rows(p, held[0]) if held is not None else SAME_ROWS


def again_helps(p: Phrases, version: Version, again: str) -> Iterator[str]:
    """What to do before it runs again, and how to let it."""
    if added_twice(p, version) is None:
        yield f"{_from_its_source(p, version, again)}, once its source is mended"
    elif dataset_in(p.known, version.dataset).mode == "append":
        yield f"let it overwrite: set dataset {version.dataset} mode overwrite"
        yield f"{again}, once it overwrites"
    else:
        yield again


def _from_its_source(p: Phrases, version: Version, again: str) -> str:
    """From the task on that takes what it is made of: the one that wrote it may get the same rows from that one."""
    first = f"rerun {_named(p, *first_of(p.known, version))}@{version.run.partition}"
    return again if again.startswith(first) else f"{first} down"


def readers_line(p: Phrases, version: Version, held: bool) -> str:
    """What somebody gets who reads the partition now."""
    name, day = version.dataset, day_of(p.known, version.dataset, version.partition)
    live = p.known.data.live_version(name, version.partition)
    if live is not None and live.n == version.n:
        since = live.live[-1].since
        if held:
            return f"Version {live.n} is live all the same, since {p.at(since)}: somebody approved it."
        return f"Version {live.n} is live all the same, since {p.at(since)}: the check is a step of its own, behind it."
    if live is not None:
        since = live.live[-1].since
        still = f"readers still get version {live.n} of {day}, live since {p.at(since)}"
        return f"Version {version.n} is not published; {still}."
    earlier = _last_live(p, version)
    if earlier is None:
        return f"Version {version.n} is not published: nothing of {name} is live."
    old = day_of(p.known, name, earlier.partition)
    return f"Version {version.n} is not published; who reads {name} still gets {old} (version {earlier.n})."


def _last_live(p: Phrases, version: Version) -> Version | None:
    """The newest earlier partition of which something is live."""
    home = p.known.makers.get(version.dataset)
    if home not in p.known.plans:
        return None
    grid = p.known.plans[home].spec.grid
    here = grid.parse(version.partition)
    days = [grid.parse(day) for name, day in p.known.data.live if name == version.dataset]
    before = [window for window in days if window.start < here.start]
    last = max(before, key=lambda window: window.start, default=None)
    return p.known.data.live_version(version.dataset, last.key) if last is not None else None


def failed_by_payload(p: Phrases, task: str, last: Attempt) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(because, what helps) where rows were too many for the engine to carry."""
    limit = p.known.payload_limit
    most = f" at most {plural(limit, 'byte')}" if limit is not None else " only little"
    carries = f"Between tasks the engine carries{most}: it keeps order and state, and is no place for data."
    return (carries, SAME_ROWS), (
        f"let {task} write a dataset (`writes:`), and have those below it read it from there",
    )


# Reasons of failure about rows.
BY_ROWS = {"check": failed_by_check, "payload": failed_by_payload}
