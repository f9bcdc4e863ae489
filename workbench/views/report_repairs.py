"""Of a report: how failed partitions reran, by themselves or by hand, and how windows of the past were backfilled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from workbench.engine import Attempt, Known, Run, RunKey
from workbench.engine.catalog import Version
from workbench.engine.events import RunEnded, RunsRequested, TasksCleared, TasksMarked
from workbench.views.backfills import backfills
from workbench.views.backfills import report as backfill_report
from workbench.views.clock import ago, listed, plural
from workbench.views.lineage import is_other
from workbench.views.report_parts import Items, Quote, Record, Section, Table, some, table

_FAILED = frozenset({"failed", "upstream_failed"})
_LOST = frozenset({"failed", "up_for_retry"})


class Rerun(NamedTuple):
    """Somebody had steps of a run run again, or asked for another run of a partition that had one: how it was before,
    and how it is now. `after`: the number of the event."""

    at: datetime
    after: int
    key: RunKey
    tasks: tuple[str, ...]
    before: str
    run: Run | None


def how_it_reran(record: Record) -> Section:
    """Reruns by hand, and steps that failed and were tried again."""
    question = "How did a failed partition rerun?"
    reruns, retried, marked = list(_reruns(record)), _retried(record), list(_marked(record))
    lost = list(_still_failed(record))
    if not reruns and not retried and not marked and not lost:
        return Section(
            "rerun", question, "Nothing failed, and nothing was run again.", came_up=False,
            to_see='let one fail, and repair it: `workbench do FILE "fail TASK@DAY 9" run "rerun TASK@DAY down" run`.',
        )  # fmt: skip
    return Section(
        "rerun",
        question,
        _answer(reruns, retried, lost),
        some(_rerun_table(record, reruns), _retry_table(record, retried), Items((*marked, *lost))),
    )


def _answer(reruns: list[Rerun], retried: list[tuple[Run, str]], lost: list[str]) -> str:
    told = []
    if reruns:
        failed = sum(one.before.startswith("failed") for one in reruns)
        many = (f", {failed} of them because they had failed", ", none of which had failed")
        why = many if len(reruns) > 1 else (", because it had failed", ", though it had not failed")
        told.append(f"{plural(len(reruns), 'run')} {_was(len(reruns))} run again by hand{why[not failed]}")
    if retried:
        told.append(f"{plural(len(retried), 'step')} failed and recovered by retries alone")
    if lost:
        told.append(f"{plural(len(lost), 'run')} failed and {_was(len(lost))} never repaired")
    return f"{'; '.join(told) or 'Somebody marked what had failed'}."


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


# by hand


def _reruns(record: Record) -> Iterator[Rerun]:
    for number, event in enumerate(record.log, 1):
        if isinstance(event, TasksCleared):
            known = record.known_at(number - 1)
            for key, tasks in event.instances:
                yield Rerun(event.at, number, key, tasks, _state(known, key), record.known.runs.get(key))
        elif isinstance(event, RunsRequested) and event.kind == "manual":
            known = record.known_at(number - 1)
            for key, _, _ in event.runs:
                earlier = known.run_of(key.dag, key.partition)
                if earlier is not None:
                    run = record.known.runs.get(key)
                    yield Rerun(event.at, number, key, (), _state(known, earlier.key), run)


def _state(known: Known, key: RunKey) -> str:
    """`failed: clean failed`, `success`, `under way`."""
    run = known.runs.get(key)
    if run is None:
        return ""
    failed = [task for task, cell in run.cells.items() if cell.state == "failed"]
    if run.state == "failed" or failed:
        return f"failed at {listed(failed)}" if failed else "failed"
    return "ended well" if run.state == "success" else "under way"


def _rerun_table(record: Record, reruns: list[Rerun]) -> Table:
    rows = [
        (record.at(one.at), _named(record, one.key), listed(one.tasks) or "another run", one.before, _now(record, one),
         _made(record, one))
        for one in reruns
    ]  # fmt: skip
    return table("Run again by hand", ("asked", "run", "steps", "before", "then", "what it wrote"), rows)


def _named(record: Record, key: RunKey) -> str:
    again = f" (run {key.n})" if key.n > 1 else ""
    return f"{key.dag} for {record.day(key.dag, key.partition)}{again}"


def _now(record: Record, one: Rerun) -> str:
    """`ended well after 15 min`, from when somebody asked."""
    run = one.run
    if run is None or run.ended is None or run.ended < one.at:
        return "has not ended"
    end = next(
        (event.at for event in record.log[one.after :] if isinstance(event, RunEnded) and event.run == one.key),
        run.ended,
    )
    return f"{'failed again' if run.state == 'failed' else 'ended well'} after {ago(end - one.at)}"


def _made(record: Record, one: Rerun) -> str:
    """Of each dataset that it wrote then: the version, and whether it holds something else than what was live."""
    told = []
    for place in sorted(record.known.data.versions):
        found = [v for v in record.known.data.versions[place] if v.run == one.key and v.seq > one.after]
        if found:
            told.append(_version_said(record.known, found[-1], one.after))
    return "; ".join(told) or "no dataset"


def _version_said(known: Known, version: Version, after: int) -> str:
    rows = f", {plural(version.rows, 'row')}" if version.rows is not None else ""
    before = known.data.live_version(version.dataset, version.partition, after)
    said = f"{version.dataset} v{version.n}{rows}"
    if version.state in ("blocked", "fenced"):
        return f"{said} (held back)"
    if before is None:
        return f"{said} (the first that was live)"
    if not is_other(known, before.name, version.name):
        return f"{said} (the same as v{before.n})"
    was = f", {plural(before.rows, 'row')}" if before.rows is not None and before.rows != version.rows else ""
    return f"{said} (other than v{before.n}{was})"


def _marked(record: Record) -> Iterator[str]:
    for event in record.log:
        if isinstance(event, TasksMarked):
            yield f"{record.at(event.at)}: {event.sentence}."


# by itself


def _retried(record: Record) -> list[tuple[Run, str]]:
    """Steps of which a try failed, and a later one ended well without anybody's doing."""
    return [
        (run, task)
        for run in sorted(record.known.runs.values(), key=lambda run: (run.created, run.key))
        for task, cell in run.cells.items()
        if any(
            one.retry_at is not None and one.state in _LOST and after.state == "success"
            for one, after in pairwise([a for a in cell.attempts if a.state != "up_for_reschedule"])
        )
    ]


def _retry_table(record: Record, retried: list[tuple[Run, str]]) -> Table:
    rows = []
    for run, task in retried:
        attempts = run.cells[task].attempts
        lost = [one for one in attempts if one.state in _LOST]
        reasons = dict.fromkeys(_reason(one) for one in lost)
        good = next(one for one in attempts if one.number > lost[0].number and one.state == "success")
        tries = plural(len([one for one in attempts if one.number <= good.number]), "try", "tries")
        rows.append(
            (f"{run.key.dag}.{task}", record.day(run.key.dag, run.key.partition), tries, listed(list(reasons)),
             record.at(lost[0].ended), f"{record.at(good.ended)}, {ago(good.ended - lost[0].ended)} later")
        )  # fmt: skip
    return table("Recovered by retries", ("step", "of", "tries", "why it failed", "first failed", "well"), rows)


def _reason(one: Attempt) -> str:
    return one.message or one.reason.replace("_", " ") or "it failed"


def _still_failed(record: Record) -> Iterator[str]:
    """Runs that failed, and of which nobody made a better one."""
    for run in sorted(record.known.runs.values(), key=lambda run: (run.created, run.key)):
        newest = record.known.run_of(run.key.dag, run.key.partition)
        if run.state == "failed" and run.ended is not None and newest is run and run.reason != "cancelled":
            failed = [task for task, cell in run.cells.items() if cell.state == "failed"]
            at = f" at {listed(failed)}" if failed else ""
            yield f"{record.run_said(run)} failed{at} {record.at(run.ended)}, and nobody repaired it."


# backfills


def how_it_backfilled(record: Record) -> Section:
    """Every backfill: how far it came, and what it changed."""
    question = "How was a window of the past backfilled?"
    found = backfills(record.known, record.now)
    if not found:
        dag = min(record.known.plans, default="DAG")
        return Section(
            "backfill", question, "No window was backfilled.", came_up=False,
            to_see=f'ask for one: `workbench do FILE run "backfill {dag}@FIRST..LAST all limit 2" run`.',
        )  # fmt: skip
    quotes = [_backfill(record, one.number, one.asked) for one in found[-5:]]
    runs = sum(one.runs for one in found)
    told = f"{plural(len(found), 'backfill')} {_was(len(found))} asked for, {plural(runs, 'run')} in all"
    bad = sum(one.failed for one in found)
    return Section("backfill", question, f"{told}, {bad or 'none'} of them failed.", tuple(quotes))


def _backfill(record: Record, number: int, asked: datetime) -> Quote:
    found = backfill_report(record.known, record.now, number)
    return Quote(f"Backfill, asked for {record.at(asked)}, as of {record.at(record.now)}", found.lines)
