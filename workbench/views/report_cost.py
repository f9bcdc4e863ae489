"""Of a report: its summary, and what it all cost: slots, rows, tries that were wasted, wrong rows that somebody read,
and the time until what was broken was well again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from workbench.engine import Attempt, Known, Run
from workbench.engine.events import RunEnded
from workbench.views.clock import ago, listed, plural
from workbench.views.data_words import day_of
from workbench.views.lineage import is_other, stale_versions
from workbench.views.report_parts import Fact, Items, Mood, Record, Section, Table, Wrong, some, table

_LOST = frozenset({"failed", "up_for_retry"})
_EXECUTORS = {
    "engine": "the engine itself",
    "warehouse": "the warehouse",
    "job": "jobs of their own",
    "sync": "a sync service",
}


# the summary


def facts(record: Record) -> tuple[Fact, ...]:
    """A number for each thing that one asks first."""
    return (_runs(record), _tries(record), _rows(record), _wrong_rows(record), _read(record), _alerts(record))


def _fact(count: int, one: str, many: str, note: str, mood: Mood = "plain") -> Fact:
    return Fact(one if count == 1 else many, f"{count:,}", note, mood)


def _runs(record: Record) -> Fact:
    counts = Counter(run.state for run in record.known.runs.values())
    well, failed = counts["success"], counts["failed"]
    still = sum(counts.values()) - well - failed
    note = f"{well} ended well, {failed} failed" + (f", {still} not over" if still else "")
    return _fact(sum(counts.values()), "run", "runs", note, "bad" if failed else "good" if well else "plain")


def _tries(record: Record) -> Fact:
    tries = [one for run in record.known.runs.values() for cell in run.cells.values() for one in cell.attempts]
    failed = sum(one.state in _LOST for one in tries)
    return _fact(len(tries), "try of a step", "tries of steps", f"{failed} failed")


def _rows(record: Record) -> Fact:
    versions = [one for some_of in record.known.data.versions.values() for one in some_of]
    live = [one for one in versions if one.state == "live"]
    rows = sum(one.rows or 0 for one in live)
    written = sum((one.added if one.added is not None else one.rows) or 0 for one in versions)
    note = f"in {plural(len(live), 'partition')}; {written:,} written in {plural(len(versions), 'version')}"
    return Fact("rows live", f"{rows:,}", note)


def _wrong_rows(record: Record) -> Fact:
    if record.wrong is None:
        return Fact("wrong rows live", "?", "nobody judged this recording")
    now = sum(one.wrong for one in _latest(record).values() if _is_live(record.known, one))
    versions = sum(one.wrong > 0 for one in _latest(record).values() if _is_live(record.known, one))
    label = "wrong row live" if now == 1 else "wrong rows live"
    note = f"in {plural(versions, 'version')}" if now else "what is live is right, as of now"
    return Fact(label, f"{now:,}", note, "bad" if now else "good")


def _read(record: Record) -> Fact:
    reads = record.known.data.reads
    wrong = sum(one.wrong > 0 for one in judged_reads(record).values())
    stale = sum(one.stale or not one.n for one in reads)
    said = [f"{wrong} of wrong rows"] if record.wrong is not None else []
    return _fact(len(reads), "read", "reads", ", ".join([*said, f"{stale} out of date or of nothing"]),
                "bad" if wrong or stale else "good" if reads else "plain")  # fmt: skip


def _alerts(record: Record) -> Fact:
    found = list(record.known.data.alerts.values())
    lost = sum(not one.reached for one in found)
    return _fact(len(found), "alert", "alerts", f"{lost} reached nobody", "bad" if lost else "plain")


def _latest(record: Record) -> dict[tuple[str, str, int], Wrong]:
    return {(one.dataset, one.partition, one.n): one for one in record.wrong or ()}


def _is_live(known: Known, one: Wrong) -> bool:
    live: int = known.data.live.get((one.dataset, one.partition), 0)
    return live == one.n


def judged_reads(record: Record) -> dict[tuple[int, str], Wrong]:
    """What each read was worth, by the number of its event and the dataset."""
    reads = {(one.seq, one.dataset) for one in record.known.data.reads}
    return {(one.seq, one.dataset): one for one in record.wrong or () if (one.seq, one.dataset) in reads}


def overview(record: Record) -> tuple[Table, ...]:
    """A row for each DAG, and one for each dataset."""
    found = (_dag_table(record), _dataset_table(record))
    return tuple(one for one in found if one.rows)


def _dag_table(record: Record) -> Table:
    rows = []
    for name, plan in record.known.plans.items():
        runs = [run for key, run in record.known.runs.items() if key.dag == name]
        well, failed = (sum(run.state == state for run in runs) for state in ("success", "failed"))
        tries = [one for run in runs for cell in run.cells.values() for one in cell.attempts]
        lost = sum(one.state in _LOST for one in tries)
        counts = (len(runs), well, failed, len(runs) - well - failed, len(tries), lost)
        rows.append((name, plan.spec.owner or "nobody", *map(str, counts)))
    head = ("DAG", "owner", "runs", "well", "failed", "not over", "tries", "of them failed")
    return table("Runs", head, rows, range(2, 8))


def _dataset_table(record: Record) -> Table:
    known, worth = record.known, _latest(record)
    rows = []
    for name in sorted({*known.makers, *(name for name, _ in known.data.versions)}):
        versions = [one for (of, _), found in known.data.versions.items() if of == name for one in found]
        live = [one for one in versions if one.state == "live"]
        wrong = sum(worth[one.name].wrong for one in live if one.name in worth)
        said = "?" if record.wrong is None else f"{wrong:,}"
        held = sum(one.state == "blocked" for one in versions)
        readers = listed(list(dict.fromkeys(read.consumer for read in known.data.reads if read.dataset == name)))
        rows.append(
            (name, str(len(versions)), str(len(live)), str(held), f"{sum(one.rows or 0 for one in live):,}", said,
             readers or "nobody")
        )  # fmt: skip
    head = ("dataset", "versions", "live", "held back", "rows live", "of them wrong", "read by")
    return table("Data", head, rows, range(1, 6))


# what it cost


def what_it_cost(record: Record) -> Section:
    """Slots, rows, wasted tries, wrong reads, and the time until it was well again."""
    question = "What did it cost?"
    seconds = sum(one.slot_seconds for one in record.spent)
    if not record.spent:
        to_see = "let time go on: `workbench simulate FILE`."
        return Section("cost", question, "Nothing: no step has begun.", came_up=False, to_see=to_see)
    wasted, reads = list(_wasted(record)), _wrong_reads(record)
    lost = sum(one.seconds for one in wasted)
    told = f"{_minutes(seconds)} slot minutes, {_minutes(lost)} of them for tries that failed"
    read = sum(one.wrong for one in judged_reads(record).values())
    wrong = (
        f"; {read:,} wrong rows were read" if read else "; no wrong row was read" if record.wrong is not None else ""
    )
    return Section(
        "cost",
        question,
        f"{told}{wrong}.",
        some(
            _spent(record), _wasted_table(wasted), _again(record), reads, _broken(record), Items(tuple(_stale(record)))
        ),
    )


def _minutes(seconds: int) -> str:
    """`12`, `12.5`."""
    return f"{seconds / 60:,.1f}".removesuffix(".0")


def _spent(record: Record) -> Table:
    rows = [
        (_EXECUTORS.get(one.executor, one.executor), _minutes(one.slot_seconds), str(one.tries), f"{one.rows:,}",
         _bytes(one.bytes, one.unknown, one.rows))
        for one in record.spent
    ]  # fmt: skip
    head = ("steps were run by", "slot minutes", "tries", "rows handed over", "bytes handed over")
    return table("Slots and rows", head, rows, range(1, 5))


def _bytes(known: int, unknown: int, rows: int) -> str:
    if unknown and not known:
        return "not kept" if rows else "0"
    return f"{known:,}" + (" or more" if unknown else "")


class _Waste(NamedTuple):
    """A try that failed, and how many slots times seconds it held."""

    run: Run
    task: str
    attempt: Attempt
    seconds: int


def _wasted(record: Record) -> Iterator[_Waste]:
    for run in record.known.runs.values():
        for task, cell in run.cells.items():
            slots = run.plan.tasks[task].task.slots if task in run.plan.tasks else 1
            for one in cell.attempts:
                if one.state in _LOST:
                    held = one.held if one.looks else int((one.ended - (one.queued or one.started)).total_seconds())
                    yield _Waste(run, task, one, slots * held)


def _wasted_table(wasted: list[_Waste]) -> Table:
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for one in wasted:
        place = f"{one.run.key.dag}.{one.task}", one.attempt.message or one.attempt.reason or "it failed"
        tries, seconds = counts.get(place, (0, 0))
        counts[place] = tries + 1, seconds + one.seconds
    ranked = sorted(counts.items(), key=lambda item: (-item[1][1], item[0]))
    rows = [(step, why, str(tries), _minutes(seconds)) for (step, why), (tries, seconds) in ranked]
    return table("Tries that failed", ("step", "why", "tries", "slot minutes"), rows, (2, 3), most=10)


def _again(record: Record) -> Table:
    """Partitions that were written again: with something else, or with the same."""
    known, rows = record.known, []
    for name in sorted(known.makers):
        same = other = 0
        for (of, _), versions in known.data.versions.items():
            if of == name:
                for one, after in pairwise(versions):
                    changed = is_other(known, one.name, after.name)
                    other, same = other + changed, same + (not changed)
        if same + other:
            rows.append((name, str(same + other), str(other), str(same)))
    head = ("dataset", "written again", "with something else", "with the same")
    return table("Written again", head, rows, (1, 2, 3))


def _wrong_reads(record: Record) -> Table:
    worth, rows = judged_reads(record), []
    for read in record.known.data.reads:
        one = worth.get((read.seq, read.dataset))
        if one is not None and one.wrong:
            kinds = (("missing", one.missing), ("there too often", one.duplicated), ("different", one.different))
            how = ", ".join(f"{count:,} {word}" for word, count in kinds if count)
            told = any(
                seq > read.seq and dataset == read.dataset and read.partition in days and read.consumer in who
                for seq, _, dataset, days, who in record.known.data.told
            )
            day = day_of(record.known, read.dataset, read.partition)
            rows.append(
                (record.at(read.at), read.consumer, f"{read.dataset} for {day}, v{read.n}", f"{one.wrong:,}", how,
                 "yes" if told else "no")
            )  # fmt: skip
    head = ("read", "by", "what", "wrong rows", "how", "told since")
    return table("Wrong rows that somebody read", head, rows, (3,))


class _Broken(NamedTuple):
    """Something that was not well, from when until when (None: it still is)."""

    what: str
    since: datetime
    until: datetime | None


def _broken(record: Record) -> Table:
    found = sorted([*_failed_runs(record), *_wrong_data(record)], key=lambda one: (one.since, one.what))
    rows = [
        (one.what, record.at(one.since), record.at(one.until) if one.until else "not yet",
         ago((one.until or record.now) - one.since))
        for one in found
    ]  # fmt: skip
    times = [one.until - one.since for one in found if one.until is not None]
    of = "" if len(times) == len(found) else f", for the {len(times)} of {len(found)} that are well again"
    title = f"Time to recovery: {ago(_mean(times))} on average{of}" if times else "Time to recovery"
    return table(title, ("what was broken", "since", "well again", "after"), rows)


def _mean(times: list[timedelta]) -> timedelta:
    return timedelta(minutes=round(sum(times, timedelta()).total_seconds() / len(times) / 60))


def _failed_runs(record: Record) -> Iterator[_Broken]:
    """Partitions of DAGs, from the end of a failed run to that of one that ended well."""
    since: dict[tuple[str, str], datetime] = {}
    for event in record.log:
        if isinstance(event, RunEnded) and event.reason != "cancelled":
            place = event.run.dag, event.run.partition
            if event.state == "failed":
                since.setdefault(place, event.at)
            elif place in since:
                yield _Broken(f"run of {_place(record, *place)}", since.pop(place), event.at)
    yield from (_Broken(f"run of {_place(record, *place)}", at, None) for place, at in since.items())


def _place(record: Record, dag: str, partition: str) -> str:
    return f"{dag} for {record.day(dag, partition)}"


def _wrong_data(record: Record) -> Iterator[_Broken]:
    """Partitions of datasets, from when a wrong version was live to when a right one was, or none."""
    known, since = record.known, dict[tuple[str, str], Wrong]()
    for one in record.wrong or ():
        place = one.dataset, one.partition
        if one.wrong:
            since.setdefault(place, one)
        elif place in since:
            yield _Broken(_data(record, place), since.pop(place).at, one.at)
    for place, one in since.items():
        gone = known.data.live.get(place) is None
        spans = [span.until for span in known.data.versions[place][one.n - 1].live if span.until is not None]
        yield _Broken(_data(record, place), one.at, spans[-1] if gone and spans else None)


def _data(record: Record, place: tuple[str, str]) -> str:
    return f"{place[0]} for {day_of(record.known, *place)}, wrong rows live"


def _stale(record: Record) -> Iterator[str]:
    """What is live and was made of something that has changed since: a debt."""
    found = stale_versions(record.known)
    yield from (one.sentence for one in found[:5])
    if len(found) > 5:
        yield f"{plural(len(found) - 5, 'more live version')} {'is' if len(found) == 6 else 'are'} stale."
