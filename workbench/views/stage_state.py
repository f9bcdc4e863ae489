"""What is so on a stage at an instant: of every thing its state, one mark, and a few words.

Nothing here is known only to the world: of what has not come it says when it was due, never when it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from workbench.engine import FINISHED, Known, Run, Wait, verdict
from workbench.engine.catalog import Version
from workbench.engine.rules.inputs import is_done, is_here, is_live, windows_for
from workbench.engine.state import Cell
from workbench.model import after_window
from workbench.timetable import Grid, Partition
from workbench.timetable.ticker import ticker
from workbench.views.clock import plural
from workbench.views.data_words import blocking, failing
from workbench.views.graph import Node, look
from workbench.views.lanes import waits_on
from workbench.views.lineage import arrivals_of, is_stale
from workbench.views.stage import Stage, Thing

_BEFORE = "from before"
_EARLIER = 10  # how many partitions back the newest public one is looked for


def nodes_of(stage: Stage, known: Known, now: datetime, dag: str, window: Partition) -> tuple[Node, ...]:
    """The nodes of a stage at `now` (UTC), of the run of `dag` that owns a window and of those beside it."""
    scene = _Scene(known, now, dag, window)
    return tuple([_KINDS[thing.kind](scene, thing) for thing in stage.things])


def dag_glyph(known: Known, dag: str, shown: str, window: Partition) -> str:
    """The glyph of the run of a DAG that lies beside the window that is shown."""
    run = known.run_of(dag, _beside(known, dag, shown, window).key)
    if run is None:
        return look("none").glyph
    state = run.state if run.state not in ("queued", "running") else "running" if run.busy else "queued"
    return look(state).glyph


def _beside(known: Known, dag: str, shown: str, window: Partition) -> Partition:
    """The window of another DAG in which the window that is shown begins."""
    grid = known.plans[dag].spec.grid
    return window if grid == known.plans[shown].spec.grid else grid.containing(window.start)


class _Scene:
    """What the words are made from. Times are said in the zone of the DAG that is shown."""

    def __init__(self, known: Known, now: datetime, dag: str, window: Partition) -> None:
        self.known, self.now, self.dag, self.window = known, now, dag, window
        self.zone = known.plans[dag].spec.zone
        self._runs: dict[str, Run | None] = {}

    def run(self, dag: str) -> Run | None:
        if dag not in self._runs:
            self._runs[dag] = self.known.run_of(dag, self.window_of(dag).key)
        return self._runs[dag]

    def window_of(self, dag: str) -> Partition:
        return _beside(self.known, dag, self.dag, self.window)

    @cached_property
    def today(self) -> object:
        return self.now.astimezone(self.zone).date()

    def at(self, instant: datetime) -> str:
        """`05:48`, or the day, `Fri 4`, where it is another."""
        local = instant.astimezone(self.zone)
        return f"{local:%H:%M}" if local.date() == self.today else _weekday(local)

    def for_(self, since: datetime) -> str:
        """How long something has lasted: ` 70 min`; nothing while it has only begun."""
        return f" {brief_span(self.now - since)}" if self.now > since else ""


def brief_span(span: timedelta) -> str:
    """A span in at most six cells: `70 min`, `3h20`, `4 d`."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return f"{int(span.total_seconds())} s"
    if minutes < 100:
        return f"{minutes} min"
    return f"{minutes // 60}h{minutes % 60:02}" if minutes < 60 * 48 else f"{minutes // 1440} d"


def brief_day(grid: Grid, window: Partition) -> str:
    """A partition in a few cells: `Wed 2`, `05:00`, `W02`, `Jan`."""
    local = window.start.astimezone(grid.zone)
    texts = {"hour": f"{local:%H:%M}", "day": _weekday(local), "month": f"{local:%b}"}
    return texts.get(grid.unit, window.key[-3:])


def _weekday(local: datetime) -> str:
    """Five cells: `Fri 4`, `Fr 14`."""
    name = f"{local:%a}"
    return f"{name} {local.day}" if local.day < 10 else f"{name[:2]} {local.day}"


# tasks


def _task_node(scene: _Scene, thing: Thing) -> Node:
    run = scene.run(thing.target[5 : thing.target.index(".")])
    cell = run.cells.get(thing.name) if run is not None else None
    if run is None or cell is None:
        return _at_rest(thing)
    if cell.state == "none":
        held = _held(scene, run, thing.name)
        return _waiting(thing, *held) if held else _at_rest(thing)
    state, mark, note = _doing(scene, run, thing.name, cell)
    return Node(thing.id, thing.title, thing.kind, note or thing.usual, state, role=thing.role, mark=mark)


@lru_cache(maxsize=8192)
def _at_rest(thing: Thing) -> Node:
    """A task that has not begun."""
    return Node(thing.id, thing.title, thing.kind, thing.usual, "none", role=thing.role)


def _waiting(thing: Thing, note: str, on: str) -> Node:
    """A task that something holds."""
    says = (f"{note} for {on}", f"waits for {on}") if on else ()
    return Node(thing.id, thing.title, thing.kind, note, "queued", role=thing.role, mark="W", says=says)


def _doing(scene: _Scene, run: Run, name: str, cell: Cell) -> tuple[str, str, str]:
    if cell.state == "none":
        held = _held(scene, run, name)
        return ("queued", "W", held[0]) if held else ("none", "", "")
    make = _DOING.get(cell.state)
    return make(scene, cell) if make else (cell.state, "", "")


def _held(scene: _Scene, run: Run, name: str) -> tuple[str, str] | None:
    """Its turn has come, and something holds it: since when, and what it waits for."""
    plan = run.plan.tasks.get(name)
    if plan is None or run.ended is not None or any(run.cells[up].state not in FINISHED for up in plan.ups):
        return None
    found = verdict(scene.known, run, name, scene.now)
    return (f"waits{scene.for_(found.since)}", waits_on(scene.known, found)) if isinstance(found, Wait) else None


def _queued(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    return cell.state, "Q", f"queued{scene.for_(cell.ready or cell.since)}"


def _running(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    return "running", _digit(cell.tries), f"runs{scene.for_(cell.started or cell.since)}"


def _retrying(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    again = f"again {scene.at(cell.retry_at)}" if cell.retry_at is not None else "again"
    return "up_for_retry", _digit(cell.tries + 1), again


def _looking(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    return "up_for_reschedule", _digit(cell.tries), "looks again"


def _succeeded(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    if not cell.attempts:
        return "success", "", f"done {scene.at(cell.since)}"
    last = cell.attempts[-1]
    begun, ended = scene.at(last.started), scene.at(last.ended)
    return "success", "", f"{begun}–{ended}" if ":" in begun + ended and begun != ended else f"done {ended}"


def _failed(scene: _Scene, cell: Cell) -> tuple[str, str, str]:
    return "failed", "", f"failed {scene.at(cell.since)}"


def _digit(number: int) -> str:
    return str(number) if number < 10 else "+"


_DOING: dict[str, Callable[[_Scene, Cell], tuple[str, str, str]]] = {
    "scheduled": _queued,
    "queued": _queued,
    "running": _running,
    "up_for_retry": _retrying,
    "up_for_reschedule": _looking,
    "success": _succeeded,
    "failed": _failed,
    "skipped": lambda scene, cell: ("skipped", "", "skipped"),
    "upstream_failed": lambda scene, cell: ("upstream_failed", "", "did not run"),
    "removed": lambda scene, cell: ("removed", "", "taken out"),
}


def _external_node(scene: _Scene, thing: Thing) -> Node:
    """A task of another DAG, or of an earlier run of this one."""
    need = thing.need
    assert need is not None
    if not (need.low or need.high) and need.dag != scene.dag:
        run = scene.run(need.dag)
        cell = run.cells.get(need.name) if run is not None else None
        if run is None or cell is None:
            return Node(thing.id, thing.title, "external", "", "none")
        state, mark, _ = _doing(scene, run, need.name, cell)
        return Node(thing.id, thing.title, "external", "", state, mark=mark)
    spec = scene.known.plans[thing.dag].spec
    windows = list(windows_for(scene.known, need, spec, scene.window_of(thing.dag)))
    there = [is_done(scene.known, need, each) for each in windows]
    began = [scene.known.run_of(need.dag, each.key) is not None for each in windows]
    _, brief = _counted(there, began, "") if len(windows) > 1 else ("", "")
    return Node(thing.id, thing.title, "external", "", "success" if all(there) else "none", brief=brief)


def _counted(there: list[bool], began: list[bool], unit: str) -> tuple[str, str]:
    """`2 of 7 days`, `2/7`. What lies before the simulation or the DAG, and so holds nobody, is not counted: nothing of
    it was made here."""
    found = [one for one, is_ours in zip(there, began, strict=True) if is_ours or not one]
    return (f"{sum(found)} of {plural(len(found), unit)}", f"{sum(found)}/{len(found)}") if found else (_BEFORE, "")


# inputs


def _input_node(scene: _Scene, thing: Thing) -> Node:
    known, need = scene.known, thing.need
    assert need is not None
    windows = list(windows_for(known, need, known.plans[thing.dag].spec, scene.window_of(thing.dag)))
    home = known.homes[thing.name]
    missing = [each for each in windows if not is_here(known, thing.name, home, each)]
    due = [_due(scene, home, thing.name, each) for each in missing]
    late = min((each for each in due if each is not None and each <= scene.now), default=None)
    state = "arrived" if not missing else "late" if late is not None else "none"
    if len(windows) != 1:
        came = [(thing.name, each.key) in known.arrived for each in windows]
        said, count = _counted([each not in missing for each in windows], came, known.plans[home].spec.grid.unit)
        return Node(thing.id, thing.title, "input", said, state, brief=count)
    arrivals = arrivals_of(known, thing.name, windows[0].key)
    if arrivals:
        arrival = arrivals[-1]
        rows = plural(arrival.rows, "row") if arrival.rows is not None else ""
        at, promised = scene.at(arrival.at), _due(scene, home, thing.name, windows[0])
        if promised is not None and input_state(known, home, thing.name, windows[0], scene.now) == "came_late":
            late_by = f"{brief_span(arrival.at - promised)} late"
            return Node(thing.id, thing.title, "input", late_by, "came_late", brief=at)
        return Node(thing.id, thing.title, "input", rows, state, brief=at)
    if not missing:
        return Node(thing.id, thing.title, "input", "", state)
    if late is not None:
        return Node(thing.id, thing.title, "input", f"{scene.for_(late).strip()} late", state, brief="late")
    soon = due[0]
    return Node(thing.id, thing.title, "input", f"due {scene.at(soon)}" if soon is not None else "", state)


def input_state(known: Known, home: str, name: str, window: Partition, now: datetime) -> str:
    """How one partition of an input stands now (UTC)."""
    promised = _promised(known, home, name, window)
    if not is_here(known, name, home, window):
        return "late" if promised is not None and promised <= now else "none"
    arrivals = arrivals_of(known, name, window.key)
    is_late = len(arrivals) == 1 and promised is not None and arrivals[0].at > promised
    return "came_late" if is_late else "arrived"


def _promised(known: Known, home: str, name: str, window: Partition) -> datetime | None:
    """When it is due (UTC); nothing where nobody promised anything."""
    spec = known.plans[home].spec
    expected = spec.inputs[name].expected
    return after_window(expected, window, spec.zone) if expected is not None else None


def _due(scene: _Scene, home: str, name: str, window: Partition) -> datetime | None:
    return _promised(scene.known, home, name, window)


# datasets, checks and readers


def _dataset_node(scene: _Scene, thing: Thing) -> Node:
    known, need = scene.known, thing.need
    if need is not None and (need.low or need.high):
        home = known.makers.get(need.name, thing.dag)
        windows = list(windows_for(known, need, known.plans[thing.dag].spec, scene.window_of(thing.dag)))
        live = [is_live(known, need.name, home, each) for each in windows]
        written = [(need.name, each.key) in known.data.versions for each in windows]
        said, brief = _counted(live, written, known.plans[home].spec.grid.unit)
        return Node(thing.id, thing.title, "dataset", said, "published" if all(live) else "none", brief=brief)
    return _published(scene, thing)


def _published(scene: _Scene, thing: Thing) -> Node:
    known, name = scene.known, thing.name
    window = _data_window(scene, name)
    version = known.data.live_version(name, window.key)
    if version is not None:
        since = version.live[-1].since if version.live else version.at
        at = scene.at(since)
        note, brief = (f"public {at}" if ":" in at else f"since {at}"), _count(version.rows)
        state = "stale" if is_stale(known, version.name) else "published"
        return Node(thing.id, thing.title, "dataset", note, state, brief=brief or at, more=_rows(version))
    newest = known.data.newest(name, window.key)
    home = known.makers[name]
    grid = known.plans[home].spec.grid
    earlier = window
    for _ in range(_EARLIER):
        earlier = grid.previous(earlier)
        old = known.data.live_version(name, earlier.key)
        if old is not None:
            break
    else:
        old = None
    day = brief_day(grid, earlier)
    held = newest is not None and newest.state == "blocked"
    state, brief = ("blocked", "held") if held else ("none", day if old is not None else "")
    note = f"public: {day}" if old is not None else "held by a check" if held else "not public"
    return Node(thing.id, thing.title, "dataset", note, state, brief=brief, more=_rows(old))


def _rows(version: Version | None) -> str:
    return plural(version.rows, "row") if version is not None and version.rows is not None else ""


def _count(rows: int | None) -> str:
    """Rows in at most five cells: `596`, `9,345`, `12k`, `1.2M`."""
    if rows is None:
        return ""
    return f"{rows:,}" if rows < 10_000 else f"{rows // 1000}k" if rows < 10**6 else f"{rows / 10**6:.1f}M"


def _data_window(scene: _Scene, name: str) -> Partition:
    return scene.window_of(scene.known.makers[name])


def _check_node(scene: _Scene, thing: Thing) -> Node:
    """Checks of a dataset: of the version written last; or a task that checks."""
    if thing.target.startswith("task:"):
        return _task_node(scene, thing)
    known = scene.known
    version = known.data.newest(thing.name, _data_window(scene, thing.name).key)
    said = known.data.checks_of(version.name) if version is not None else ()
    said = tuple(one for one in said if one.when == thing.when)
    bad = failing(said)
    state = "" if not said else "success" if not bad else "blocked" if blocking(said) else "warned"
    return Node(thing.id, thing.title, "check", bad[0].check if bad else _bounds(scene, thing), state)


def _bounds(scene: _Scene, thing: Thing) -> str:
    """What the only check allows, or what several ask."""
    checks = scene.known.plans[scene.known.makers[thing.name]].spec.datasets[thing.name].checks
    names = [one for one in checks.values() if one.when == thing.when]
    if len(names) > 1:
        return "before public" if thing.when == "before" else "after it"
    low, high = names[0].min, names[0].max
    if low is None and high is None:
        return names[0].kind.replace("_", " ")
    return f"{_number(low)} to {_number(high)}" if low is not None and high is not None else (
        f"at least {_number(low)}" if low is not None else f"at most {_number(high)}"
    )  # fmt: skip


def _number(value: float | None) -> str:
    return f"{value:,.10g}" if value is not None else ""


def _consumer_node(scene: _Scene, thing: Thing) -> Node:
    """Who reads: when they read this day, what they got instead, or when they read next."""
    known = scene.known
    consumer = known.consumers[thing.name]
    wanted = {name: _data_window(scene, name).key for name in _own_reads(known, consumer.reads)}
    for read in reversed(known.data.reads):
        if read.at < scene.window.end:
            break
        if read.consumer == thing.name and wanted.get(read.dataset) == read.wanted:
            state = "stale" if read.stale else "arrived"
            return Node(thing.id, thing.title, "consumer", f"read {scene.at(read.at)}", state, brief=scene.at(read.at))
    soon = _next_read(consumer.schedule, consumer.timezone, scene.now)
    at = scene.at(soon) if soon is not None else ""
    return Node(thing.id, thing.title, "consumer", f"reads {at}" if at else "", "none", brief=at)


def _own_reads(known: Known, texts: tuple[str, ...]) -> list[str]:
    return [name for name in (text.partition("@")[0] for text in texts) if name in known.makers]


@lru_cache(maxsize=256)
def _next_read(schedule: str, zone: str, now: datetime) -> datetime | None:
    return ticker(schedule, ZoneInfo(zone), "shift", "second", None, datetime.max.replace(tzinfo=UTC)).after(now)


_KINDS: dict[str, Callable[[_Scene, Thing], Node]] = {
    "task": _task_node,
    "input": _input_node,
    "external": _external_node,
    "dataset": _dataset_node,
    "check": _check_node,
    "consumer": _consumer_node,
}
