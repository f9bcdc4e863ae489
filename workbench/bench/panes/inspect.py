"""All about the selection, in sections: tries, logs, rules, code, versions, rows, readers, lineage, the run's card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from workbench.bench.offers import window_of
from workbench.bench.panes.code import source_rows
from workbench.bench.panes.rules import rule_rows
from workbench.bench.panes.sections import section, table
from workbench.bench.panes.why import answer_of, plain_rows
from workbench.bench.sources import code_of, excerpt
from workbench.engine import Run
from workbench.engine.catalog import Version
from workbench.model import InvalidInput
from workbench.timetable import Partition
from workbench.views.attempts import HEAD, LogLine, Try, log_of, tries_of
from workbench.views.clock import Clock
from workbench.views.data import VersionLine, dataset_data
from workbench.views.lineage import arrivals_of, lineage
from workbench.views.rules_told import RULES
from workbench.views.run_card import card_text, run_card
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST_LOGS, _MOST_ROWS, _MOST_READS, _MOST_VERSIONS, _MOST_MADE = 6, 8, 12, 40, 40
_MANY = 3000  # live versions: to look through more takes too long for a glance
_STATES = {"live": "state.published", "blocked": "state.blocked", "withdrawn": "state.removed", "fenced": "bad",
           "replaced": "dim", "written": "dim"}  # fmt: skip
Part = tuple[str, Callable[["Bench", int], Iterable[Row]]]


def inspect(bench: Bench, width: int) -> Sheet:
    """Sections of what there is; those that would be empty are left out."""
    rows: list[Row] = [*_headline(bench, width), ()]
    for name, part in _PARTS[bench.chosen.kind]:
        rows += section(name, part(bench, width), width)
    while rows and not rows[-1]:
        rows.pop()
    return Sheet(_title(bench), tuple(rows))


def _title(bench: Bench) -> str:
    chosen = bench.chosen
    if chosen.kind == "consumer":
        return f"{chosen.name}, who reads"
    spec = bench.known.plans[chosen.dag].spec
    day = spec.grid.spoken(window_of(bench, chosen.dag))
    kind = {"task": "", "input": "input ", "dataset": "dataset ", "dag": ""}[chosen.kind]
    return f"{kind}{chosen.name or chosen.dag} of {day}"


def _headline(bench: Bench, width: int) -> Iterator[Row]:
    try:
        told = answer_of(bench)
    except InvalidInput as error:
        yield from plain_rows([str(one) for one in error.problems], width)
        return
    yield from wrapped_row((Span(told.headline, "strong"),), width)


# tries and logs


def _run(bench: Bench) -> Run | None:
    run = bench.run
    return run if run is not None and (bench.chosen.kind != "task" or bench.chosen.name in run.cells) else None


def _tries(bench: Bench, width: int) -> Iterator[Row]:
    run = _run(bench)
    if run is None:
        yield from wrapped_row((Span("It has no run of this day yet.", "dim"),), width)
        return
    found = tries_of(run, bench.chosen.name, bench.clock)
    if not found:
        yield from wrapped_row((Span("It has not been tried yet.", "dim"),), width)
    yield from table(HEAD, [_try_row(one) for one in found], width)


def _try_row(one: Try) -> list[Span]:
    times = [Span(text) for text in (one.ready, one.queued, one.started, one.ended)]
    return [Span(one.number, "strong"), *times, Span(one.took), Span(one.word, f"state.{one.state}"),
            Span(one.because, "bad" if one.state == "failed" else "")]  # fmt: skip


def _logs(bench: Bench, width: int) -> Iterator[Row]:
    """The newest tries, the last first."""
    run, task = _run(bench), bench.chosen.name
    if run is None:
        return
    cell, events = run.cells[task], bench.session.events
    numbers = list(range(1, max(cell.tries, len(cell.attempts)) + 1))[-_MOST_LOGS:]
    for number in reversed(numbers):
        yield (Span(f"try {number}", "strong"),)
        for line in log_of(bench.known, events, run, task, number):
            yield from _log_rows(bench.clock, line, width)


def _log_rows(clock: Clock, line: LogLine, width: int) -> Iterator[Row]:
    at = clock.at(line.at)
    yield from wrapped_row((Span(f"  {at}  ", "dim"), Span(line.text, line.mood)), width, " " * (len(at) + 4))


# rules, code


def _rules(bench: Bench, width: int) -> Iterator[Row]:
    chosen = bench.chosen
    yield from rule_rows(RULES[chosen.kind](bench.known, chosen.dag, chosen.name), width)


def _code(bench: Bench, width: int) -> Iterator[Row]:
    """The function or the SQL, and which versions were deployed when."""
    source = code_of(bench)
    if source is None:
        return
    name = f"{source.name}{f', {source.note}' if source.note else ''}"
    yield (Span(name, "dim"),)
    yield from (clipped(row, width) for row in source_rows(excerpt(source)) if source.text)


def _code_versions(bench: Bench, width: int) -> Iterator[Row]:
    known, chosen = bench.known, bench.chosen
    task = known.plans[chosen.dag].tasks[chosen.name].task
    now = known.code_of(chosen.dag, chosen.name)
    for version in dict.fromkeys((*task.code, *([now] if task.code or known.code else ()))):
        at = next((known.deployed[place] for place in ((chosen.dag, chosen.name), (chosen.dag, ""))
                   if place in known.deployed and known.code.get(place) == version), None)  # fmt: skip
        since = f", since {bench.clock.full(at)}" if at is not None else ""
        said = f"runs now{since}" if version == now else ""
        yield (Span(f"{version}  ", "strong"), Span(f"{task.code.get(version, '')}  ", ""), Span(said, "good"))


# data


def _datasets(bench: Bench) -> tuple[str, ...]:
    chosen = bench.chosen
    if chosen.kind == "dataset":
        return (chosen.name,)
    return bench.known.plans[chosen.dag].tasks[chosen.name].writes if chosen.kind == "task" else ()


def _versions(bench: Bench, width: int) -> Iterator[Row]:
    """The versions that a task wrote of this day; all of a dataset."""
    key = window_of(bench, bench.chosen.dag).key if bench.chosen.kind == "task" else ""
    for name in _datasets(bench):
        data = dataset_data(bench.known, bench.now, name, key)
        home = bench.known.makers[name]
        rows = [_version_row(name, home, one) for one in data.versions[-_MOST_VERSIONS:]]
        yield from table(("dataset", "of", "version", "rows", "how it stands", "checks", "code", "made of"), rows,
                         width, frozenset({3}))  # fmt: skip


def _version_row(name: str, home: str, one: VersionLine) -> list[Span]:
    target = f"dataset:{home}.{name}"
    style = _STATES.get(one.state, "")
    checks = "bad" if "failed" in one.checked else "dim" if one.checked == "none ran" else "good"
    rows = "" if one.rows is None else f"{one.rows:,}"
    told = [Span(one.standing, style), Span(one.checked, checks), Span(one.code), Span(", ".join(one.sources), "dim")]
    return [Span(name, "", target), Span(one.day), Span(f"v{one.n}"), Span(rows), *told]


def _newest(bench: Bench, name: str) -> Version | None:
    key = window_of(bench, bench.known.makers[name]).key
    return bench.known.data.live_version(name, key) or bench.known.data.newest(name, key)


def _rows(bench: Bench, width: int) -> Iterator[Row]:
    """The first rows of what is live of this day, else of the newest version."""
    for name in _datasets(bench):
        version = _newest(bench, name)
        rows = bench.session.rows_of(version) if version is not None else []
        if version is not None and rows:
            yield clipped((Span(f"{name}, version {version.n}: the first of {len(rows):,} rows", "dim"),), width)
            yield from row_table(rows, width)


def row_table(rows: list[dict[str, Any]], width: int) -> Iterator[Row]:
    """The first rows, as many columns as fit; how many more there are."""
    names = list(dict.fromkeys(column for row in rows[:_MOST_ROWS] for column in row))
    shown, used = list[str](), 0
    for name in names:
        wide = max(len(name), *(len(_cell(row.get(name))) for row in rows[:_MOST_ROWS])) + 2
        if shown and used + wide > width:
            break
        shown.append(name)
        used += wide
    right = frozenset(n for n, name in enumerate(shown) if all(_is_number(row.get(name)) for row in rows[:_MOST_ROWS]))
    yield from table(shown, ([Span(_cell(row.get(name)), "") for name in shown] for row in rows[:_MOST_ROWS]), width,
                     right)  # fmt: skip
    if len(shown) < len(names):
        yield (Span(f"and {len(names) - len(shown)} more columns: {', '.join(names[len(shown) :])}"[:width], "dim"),)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 24 else f"{text[:23]}…"


def _is_number(value: object) -> bool:
    try:
        return value in (None, "", "NA") or float(str(value)) is not None
    except ValueError:
        return False


def _readers(bench: Bench, width: int) -> Iterator[Row]:
    """Who read it, or what a reader read."""
    known, chosen = bench.known, bench.chosen
    names = _datasets(bench) if chosen.kind != "consumer" else tuple(dict.fromkeys(
        text.partition("@")[0] for text in known.consumers[chosen.name].reads))  # fmt: skip
    for name in (name for name in names if name in known.makers):
        reads = dataset_data(known, bench.now, name).reads
        own = [one for one in reads if chosen.kind != "consumer" or one.consumer == chosen.name]
        for one in own[-_MOST_READS:]:
            style = "late" if one.stale or not one.n else ""
            yield from wrapped_row((Span(f"{one.sentence}", style, f"consumer:.{one.consumer}"),), width, "    ")
        if len(own) > _MOST_READS:
            yield (Span(f"and {len(own) - _MOST_READS} before these", "dim"),)


def _lineage(bench: Bench, width: int) -> Iterator[Row]:
    """Of what it was made, and what was made of it, each a step further to the right."""
    names = (bench.chosen.name,) if bench.chosen.kind == "input" else _datasets(bench)
    for name in names:
        home = bench.known.homes.get(name) or bench.known.makers[name]
        key = window_of(bench, home).key
        if name in bench.known.makers and _newest(bench, name) is None:
            continue
        if len(bench.known.data.live) > _MANY:
            yield (Span("There are very many versions here. Type ", "dim"), Span(f": lineage {name}@{key}", "key"))
            continue
        try:
            found = lineage(bench.known, name, key)
        except InvalidInput:
            continue
        lines = list(found.lines(up=bench.chosen.kind != "input"))
        more = [f"and {len(lines) - _MOST_MADE} more"] if len(lines) > _MOST_MADE else []
        for line in (*lines[:_MOST_MADE], *more):
            depth = len(line) - len(line.lstrip())
            yield from wrapped_row((Span(line),), width, " " * (depth + 4))


# inputs


def _arrivals(bench: Bench, width: int) -> Iterator[Row]:
    """The deliveries of this day, and when the days before came."""
    known, name = bench.known, bench.chosen.name
    window = window_of(bench, bench.chosen.dag)
    grid = known.plans[bench.chosen.dag].spec.grid
    rows = [row for one in _days_back(grid.previous, window) for row in _arrival_rows(bench, name, one)]
    yield from table(("of", "came", "rows", ""), rows, width, frozenset({2}))


def _days_back(previous: Callable[[Partition], Partition], window: Partition, many: int = 7) -> Iterator[Partition]:
    for _ in range(many):
        yield window
        window = previous(window)


def _arrival_rows(bench: Bench, name: str, window: Partition) -> Iterator[list[Span]]:
    known, grid = bench.known, bench.known.plans[bench.chosen.dag].spec.grid
    first = known.arrived.get((name, window.key))
    every = (first, *known.again.get((name, window.key), ())) if first is not None else ()
    target = f"run:{bench.chosen.dag}@{window.key}"
    for number, one in enumerate(every):
        rows = "" if one.rows is None else f"{one.rows:,}"
        yield [Span(grid.spoken(window), "", target), Span(bench.clock.full(one.at), "good"), Span(rows),
               Span("once more" if number else "", "late")]  # fmt: skip


def _first_rows(bench: Bench, width: int) -> Iterator[Row]:
    """The first rows of what came last of this day."""
    known, name = bench.known, bench.chosen.name
    came = arrivals_of(known, name, window_of(bench, bench.chosen.dag).key)
    flow = bench.session.here().dataflow
    content = came[-1].content if came else None
    rows = (flow.store.get(content) or []) if flow is not None and content else []
    if rows:
        yield (Span(f"the first of {len(rows):,} rows", "dim"),)
        yield from row_table(rows, width)


# runs


def _tasks(bench: Bench, width: int) -> Iterator[Row]:
    """The tasks of the run that is shown."""
    run, key = bench.run, bench.window.key
    rows = []
    for name, cell in run.cells.items() if run is not None else ():
        target = f"run:{bench.dag}.{name}@{key}"
        rows.append([Span(name, "", target), Span(cell.state.replace("_", " "), f"state.{cell.state}"),
                     Span(bench.clock.at(cell.since), "dim"), Span(str(cell.tries or ""))])  # fmt: skip
    yield from table(("task", "state", "since", "tries"), rows, width, frozenset({3}))


def _card(bench: Bench, width: int) -> Iterator[Row]:
    run = bench.run
    if run is not None:
        lines = card_text(run_card(bench.known, bench.session.events, bench.now, run.key))
        yield from (clipped((Span(line),), width) for line in lines)


_PARTS: dict[str, tuple[Part, ...]] = {
    "task": (
        ("tries", _tries), ("log", _logs), ("rules", _rules), ("code", _code), ("code versions", _code_versions),
        ("versions", _versions), ("rows", _rows), ("readers", _readers), ("made of, and made into", _lineage),
        ("card of the run", _card),
    ),
    "input": (("deliveries", _arrivals), ("rows", _first_rows), ("rules", _rules), ("made into", _lineage)),
    "dataset": (
        ("versions", _versions), ("rows", _rows), ("readers", _readers), ("rules", _rules),
        ("made of, and made into", _lineage), ("code of its writer", _code),
    ),
    "consumer": (("reads", _readers), ("rules", _rules)),
    "dag": (("tasks", _tasks), ("rules", _rules), ("card of the run", _card)),
}  # fmt: skip
