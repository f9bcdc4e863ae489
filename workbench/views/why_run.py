"""Why a run ended when it did, or has not ended, or does not exist: `explain_run` answers with a frozen `WhyRun`.

The time from its making to its end is taken apart along the critical path: the task that ended last, what that came
after, and so on back. `why_run.schema.json` beside this file describes its JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

from workbench.engine import FINISHED, Known, Run, verdict
from workbench.engine.rules.run import run_may_start
from workbench.engine.state import UNDER_WAY
from workbench.engine.verdicts import Verdict, Wait
from workbench.views.chain import Missed, chain, missed
from workbench.views.clock import ago, listed, plural
from workbench.views.deadlines import missed_lines, outlook
from workbench.views.no_run import no_run
from workbench.views.path import Piece, last_task, path_of_run, sums_of
from workbench.views.phrases import answer
from workbench.views.phrases_backfills import cancelled_run, chosen_line
from workbench.views.phrases_data import BY_ROWS
from workbench.views.phrases_ended import SPENT, failed_line, reason_of, trail
from workbench.views.phrases_inputs import gap_helps, gap_lines
from workbench.views.phrases_limits import LIMITS, away_line, waits_for_its_run
from workbench.views.phrases_settled import mended_above, mended_helps, mended_lines
from workbench.views.shown import Shown
from workbench.views.targets import newest, run_target_of
from workbench.views.why import NotThere, as_json, not_there, zone_line
from workbench.views.wording import Phrases, shortened

# How many runs before it say what is usual, and how many windows back they are looked for.
MOST_COMPARED = 10
MOST_WINDOWS_BACK = 60
MOST_LINES = 4
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Segment:
    """A piece of the critical path, in UTC. `task` is empty before the first and after the last; kinds: `SPENT`."""

    task: str
    start: datetime
    end: datetime
    kind: str
    what: str


@dataclass(frozen=True)
class Share:
    """How many seconds of the way went to this."""

    kind: str
    what: str
    seconds: int


@dataclass(frozen=True)
class WhyRun(Shown):
    """The answer: `headline` first, then `sentences`; `segments` lie end to end, from making to end. `usual`: how
    many seconds runs like it take (the median of `compared` runs before it), None when there are none."""

    dag: str
    partition: str
    kind: str
    n: int
    at: datetime
    state: str
    created: datetime | None
    started: datetime | None
    ended: datetime | None
    headline: str
    sentences: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    shares: tuple[Share, ...] = ()
    usual: int | None = None
    compared: int = 0
    not_there: tuple[NotThere, ...] = ()
    helps: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = as_json(asdict(self))
        assert isinstance(data, dict)
        return data

    def __str__(self) -> str:
        return "\n".join([self.headline, *(f"  {s}" for s in self.sentences), *(f"  → {h}" for h in self.helps)])


def explain_run(known: Known, now: datetime, target: str) -> WhyRun:
    """Why the run that `dag@partition` (the newest of it) or `dag` (its newest run) names is as it is at `now` (UTC).
    Raises InvalidInput for a name that is not there."""
    dag, key = run_target_of(known, target)
    run = known.run_of(dag, key) if key else newest(known, dag)
    if run is None:
        window = known.plans[dag].spec.grid.parse(key) if key else None
        found = no_run(known, now, dag, window)
        return WhyRun(
            dag, key, "", 0, now, "none", None, None, None, found.headline, found.sentences, helps=found.helps
        )
    p = Phrases(known, now, run)
    return _ended(p) if run.ended is not None else _queued(p) if run.started is None else _running(p)


def _of(p: Phrases, headline: str, sentences: tuple[str, ...], helps: tuple[str, ...], **more: Any) -> WhyRun:
    run = p.run
    dag, partition, kind, n = run.key
    told = (*sentences, *chosen_line(p), *missed_lines(p), *zone_line(p))
    times = (run.created, run.started, run.ended)
    return WhyRun(dag, partition, kind, n, p.now, run.state, *times, headline, told, helps=helps, **more)


# a run that ended


def _ended(p: Phrases) -> WhyRun:
    run = p.run
    assert run.ended is not None
    gaps, way = _gaps(p), _way(p)
    pieces = path_of_run(p.known, run, p.befores)
    usual, compared = usual_length(p.known, run)
    head, because, helps = (_well if run.state == "success" else _failed)(p)
    against = _against(run, usual) if run.state == "success" else ""
    shares = _as_shares(pieces)
    parts = _parts(pieces)
    good = run.state == "success"
    headline = f"{head}{against}{': ' if parts and good else ''}{parts if good else ''}."
    lines = (*because, *((f"Where the time went: {parts}.",) if parts and not good else ()), *way)
    return _of(
        p, headline, (*lines, *_usual_line(usual, compared), *gap_lines(p, gaps)), (*gap_helps(p, gaps), *helps),
        segments=tuple(Segment(*piece) for piece in pieces), shares=shares,
        usual=int(usual.total_seconds()) if usual is not None else None, compared=compared, not_there=not_there(gaps),
    )  # fmt: skip


def _well(p: Phrases) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """(headline's beginning, because, what helps)"""
    assert p.run.ended is not None
    bad = [name for name, cell in p.run.cells.items() if cell.state == "failed"]
    hidden = (
        (f"{listed(shortened(bad))} failed, and the run is a success all the same: what is below ended well.",)
        if bad
        else ()
    )
    return f"{p.dag} of {p.day} ended {p.at(p.run.ended)}, well", hidden, ()


def _failed(p: Phrases) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    assert p.run.ended is not None
    head = f"{p.dag} of {p.day} failed {p.at(p.run.ended)}"
    if p.run.reason == "cancelled":
        return f"{head}: {cancelled_run(p)}", (), (f"backfill {p.run.key.dag}@{p.run.key.partition} failed",)
    if p.run.reason == "deadlock":
        left = [name for name, cell in p.run.cells.items() if cell.state not in FINISHED]
        said = f"{listed(shortened(left))} can never run: its tasks wait for each other's ends, and those never come."
        return f"{head}, by deadlock", (said,), ("mend what they wait for, then rerun what is left",)
    roots = [name for name, cell in p.run.cells.items() if cell.state == "failed"]
    lines = tuple(failed_line(p, name) for name in roots[:MOST_LINES])
    stale = mended_above(p, list(p.run.cells))
    because, helps = _of_rows(p, roots)
    helps = (
        helps or tuple(f"mend {name}, then {p.rerun(name, ' down')}" for name in roots[:1]) or mended_helps(p, stale)
    )
    first = f": {failed_line(p, roots[0])[:-1]}" if roots else f": {stale[0]} did not run" if stale else ""
    return f"{head}{first}", (*lines[1:], *because, *mended_lines(p, stale)), helps


def _of_rows(p: Phrases, roots: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(because, what helps) where the first failure was one of rows: a check said no."""
    attempts = p.run.cells[roots[0]].attempts if roots else ()
    return reason_of(p, roots[0], attempts[-1]) if attempts and attempts[-1].reason in BY_ROWS else ((), ())


def _gaps(p: Phrases) -> tuple[Missed, ...]:
    """What the ends of the run were made without."""
    leaves = [name for name in p.run.plan.leaves if name in p.run.cells and p.run.cells[name].attempts]
    return tuple(dict.fromkeys(gap for name in leaves for gap in missed(p.known, p.run, name)))


def _against(run: Run, usual: timedelta | None) -> str:
    assert run.ended is not None
    took = run.ended - run.created
    if usual is None:
        return f", {ago(took)} after its run was made"
    if abs(took - usual) < MINUTE:
        return ", as usual"
    return f", {ago(abs(took - usual))} {'later' if took > usual else 'earlier'} than usual"


def usual_length(known: Known, run: Run) -> tuple[timedelta | None, int]:
    """(the median length of the good runs of its kind in the windows before it, how many those are)."""
    grid, window, found = run.plan.spec.grid, run.window, list[timedelta]()
    for _ in range(MOST_WINDOWS_BACK):
        window = grid.previous(window)
        if window.end <= known.live_since and known.run_of(run.key.dag, window.key) is None and not found:
            break
        for other in known.runs_of(run.key.dag, window.key):
            if other.key.kind == run.key.kind and other.state == "success" and other.ended is not None:
                found.append(other.ended - other.created)
        if len(found) >= MOST_COMPARED:
            break
    return (median_low(found), len(found)) if found else (None, 0)


def _usual_line(usual: timedelta | None, compared: int) -> tuple[str, ...]:
    if usual is None:
        return ()
    runs = "the run before it" if compared == 1 else f"the {compared} runs before it (the median)"
    return (f"Usual is {ago(usual)} from its making to its end: {runs}.",)


def _shares(pieces: tuple[Piece, ...]) -> dict[tuple[str, str], timedelta]:
    """The sums by kind, and by what was waited for."""
    sums: dict[tuple[str, str], timedelta] = {}
    for kind in sums_of(pieces):
        for piece in (one for one in pieces if one.kind == kind):
            place = (kind, piece.what if kind in _BY_NAME else "")
            sums[place] = sums.get(place, timedelta(0)) + piece.span
    return sums


def _as_shares(pieces: tuple[Piece, ...]) -> tuple[Share, ...]:
    return tuple(Share(kind, what, int(span.total_seconds())) for (kind, what), span in _shares(pieces).items())


# Of these it is said for what.
_BY_NAME = ("input", "elsewhere", "past", "sensor")


def _parts(pieces: tuple[Piece, ...]) -> str:
    """`waiting for jfk 95 min, work 15 min`."""
    said = [f"{_name(kind, what)} {ago(span)}" for (kind, what), span in _shares(pieces).items()]
    return ", ".join(said)


def _name(kind: str, what: str) -> str:
    if not what:
        return SPENT[kind]
    return f"looking for {what}" if kind == "sensor" else f"waiting for {what}"


def _way(p: Phrases) -> tuple[str, ...]:
    """From the task that ended last back to the root."""
    last = last_task(p.run)
    return trail(p, chain(p.known, p.run, last, p.befores)) if last is not None else ()


# a run that has not ended


def _queued(p: Phrases) -> WhyRun:
    found = run_may_start(p.known, p.run, p.now)
    if not isinstance(found, Wait):
        said = "it starts now" if p.known.up else "it starts when the scheduler is back"
        return _of(p, f"{p.dag} of {p.day} has not started: {said}.", tuple(filter(None, (away_line(p),))), ())
    told = LIMITS.get(found.rule, waits_for_its_run)(p, f"{p.dag} of {p.day}", found)
    head = told.headline.replace(" waits for its run to start", " waits to start")
    return _of(p, head, (*told.sentences, *tuple(filter(None, (away_line(p),)))), told.helps)


def _running(p: Phrases) -> WhyRun:
    run, roots = p.run, _roots(p)
    told = [answer(p, name) for name in list(roots)[:MOST_LINES]]
    head = f"{p.dag} of {p.day} has not ended: it was made {p.at(run.created)} ({ago(p.now - run.created)} ago)"
    first = f"{head}. {told[0].headline}" if told else f"{head}."
    under_way = sum(cell.state in UNDER_WAY for cell in run.cells.values())
    done = sum(cell.state in FINISHED for cell in run.cells.values())
    count = f"{done} of {plural(len(run.cells), 'task')} ended, {under_way} under way."
    usual, compared = usual_length(p.known, run)
    lines = (*(one.headline for one in told[1:]), count, _outlook(p, roots), away_line(p))
    pieces = path_of_run(p.known, run)
    return _of(
        p, first, (*(line for line in lines if line), *_usual_line(usual, compared)), told[0].helps if told else (),
        segments=tuple(Segment(*piece) for piece in pieces), shares=_as_shares(pieces),
        usual=int(usual.total_seconds()) if usual is not None else None, compared=compared,
    )  # fmt: skip


def _roots(p: Phrases) -> dict[str, Verdict | None]:
    """The unfinished tasks that wait for nothing in their own run, in topological order, each with its verdict; None
    for those under way."""
    found: dict[str, Verdict | None] = {}
    for name, plan in p.run.plan.tasks.items():
        state = p.run.cells[name].state
        if state in FINISHED:
            continue
        asked = verdict(p.known, p.run, name, p.now) if state not in UNDER_WAY else None
        if not isinstance(asked, Wait) or asked.rule not in (plan.task.trigger_rule, "setup"):
            found[name] = asked
    return found


def _outlook(p: Phrases, roots: dict[str, Verdict | None]) -> str:
    """The deadline ahead; that there is none, where all that holds it may never come."""
    said = outlook(p, "")
    asked = [one for one in roots.values() if one is not None]
    may_last = asked and all(isinstance(one, Wait) and one.rule in _MAY_LAST for one in asked)
    return said if may_last or not said.startswith("No deadline") else ""


_MAY_LAST = ("inputs", "elsewhere", "depends_on_past", "wait_for_downstream")
