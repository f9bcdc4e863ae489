"""Many simulations in small, on one clock: what became of each, as pictures and as rows for plotting. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any, NamedTuple

from workbench.bench import Bench
from workbench.bench.comparing import Future
from workbench.bench.outcomes import Outcomes, outcomes
from workbench.engine import Known
from workbench.model import InvalidInput
from workbench.questions import Rows
from workbench.session import Session
from workbench.stepper.compared import compare_style
from workbench.timetable import Partition
from workbench.views.cells import printable
from workbench.views.clock import Clock
from workbench.views.lane_svg import HEAD, Plot, clock_svg, label_svg, lane_svg, now_svg
from workbench.views.lanes import Lane, lanes_of
from workbench.views.scales import Scale, scale_of

_LEFT, _WIDE, _HIGH = 92, 440, 21  # of one picture, in px
_MOST = 60
_COLUMNS = ("case", "state", "public", "minutes", "tries", "failed_tries", "rows", "wrong_rows", "wrong_reads")
_ABOUT = "minutes: from when the run was made until it ended. tries: of all its tasks together."


class Small(NamedTuple):
    """One simulation: what it is called, where it stands, and what became of the run there."""

    name: str
    known: Known
    now: datetime
    outcomes: Outcomes


@dataclass(frozen=True)
class Multiples:
    """Shows itself as a grid of pictures with a line each. `rows`: a dict for each, with times in ISO 8601 (UTC), to be
    plotted or made a table of. `title`: of which run."""

    title: str
    dag: str
    window: Partition
    some: tuple[Small, ...] = field(repr=False)

    @property
    def rows(self) -> Rows:
        """What became of each."""
        return Rows(_COLUMNS, [[_row(self, one)[name] for name in _COLUMNS] for one in self.some])

    def __str__(self) -> str:
        wide = max(len(one.name) for one in self.some)
        return "\n".join([self.title, *(f"  {one.name.ljust(wide)}  {told_of(one)}" for one in self.some)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<style>{compare_style()}</style>{multiples_html(self)}"


def multiples(
    given: Mapping[Any, Session] | Callable[[Any], Session], values: Iterable[Any] = (), *, of: str = ""
) -> Multiples:
    """Simulations beside each other: by name, or made by a function of each value. `of`: which run is looked at,
    `daily_flights@2013-01-03` (default: what the bench of the first one shows). Raises InvalidInput.

    For example: wb.multiples(lambda one: s.what_if("05:00").late("jfk@2013-01-03", one).until("12:00"), ["5m", "95m"])
    """
    found = _found(given, values)
    bench = Bench(next(iter(found.values())).aside())
    if of and not bench.choose(f"dag:{of}"):
        raise InvalidInput([f"there is no run '{of}'; write for example {bench.dag}@{bench.window.key}"])
    dag, window = bench.dag, bench.window
    for name, session in found.items():
        if dag not in session.current_workspace().dags:
            raise InvalidInput([f"'{name}' has no DAG {dag}, so that it cannot be shown beside the others"])
    spoken = bench.known.plans[dag].spec.grid.spoken(window)
    return Multiples(f"{dag} for {spoken}", dag, window, tuple(_small(n, s, dag, window) for n, s in found.items()))


def _found(given: Any, values: Iterable[Any]) -> dict[str, Session]:
    found = {str(one): given(one) for one in values} if callable(given) else dict(_pairs(given))
    if not found:
        raise InvalidInput(['give some simulations by name, multiples({"5 min": a, "30 min": b}), or values'])
    if len(found) > _MOST:
        raise InvalidInput([f"{len(found)} pictures are too many to be looked at; at most {_MOST}"])
    for name, session in found.items():
        if not isinstance(session, Session):
            raise InvalidInput([f"'{name}' is no session, but {type(session).__name__}"])
    return found


def _pairs(given: Any) -> Iterator[tuple[str, Session]]:
    if not isinstance(given, Mapping):
        raise InvalidInput(['give some simulations by name, multiples({"5 min": a, "30 min": b}), or a function'])
    yield from ((str(name), session) for name, session in given.items())


def _small(name: str, session: Session, dag: str, window: Partition) -> Small:
    future = Future(session.aside(), session.branch.name, name)
    side = future.side(session.now)
    clock = Clock(session.now, side.known.plans[dag].spec.zone)
    return Small(name, side.known, session.now, outcomes(side, side, dag, window, clock))


# what became of it


def told_of(one: Small) -> str:
    """`✔ success, public 06:15, 596 rows, 318 missing`."""
    told = []
    for row in one.outcomes.rows:
        text = row.a.text
        what = row.what.partition(" of ")[0]
        if what == "state":
            told.append(text)
        elif what == "public":
            told.append("not public yet" if one.outcomes.a.public is None else f"public {text}")
        elif what == "rows" and text != "–":
            told.append(f"{text} rows")
        elif what == "rows wrong" and text not in ("none", "–"):
            told.append(text)
    return ", ".join(told)


def _row(whole: Multiples, one: Small) -> dict[str, Any]:
    run, came = one.known.run_of(whole.dag, whole.window.key), one.outcomes.a
    tries = [attempt for cell in run.cells.values() for attempt in cell.attempts] if run is not None else []
    rows = next((row.a.text for row in one.outcomes.rows if row.what.partition(" of ")[0] == "rows"), "")
    return {
        "case": one.name,
        "state": came.state or "no run",
        "public": f"{came.public:%Y-%m-%dT%H:%M:%SZ}" if came.public is not None else None,
        "minutes": (run.ended - run.created) / timedelta(minutes=1) if run is not None and run.ended else None,
        "tries": len(tries),
        "failed_tries": sum(attempt.state == "failed" for attempt in tries),
        "rows": int(rows.replace(",", "")) if rows.replace(",", "").isdecimal() else None,
        "wrong_rows": came.wrong,
        "wrong_reads": came.missed,
    }


# the pictures


def multiples_html(whole: Multiples) -> str:
    """Without a style sheet."""
    lanes = [_lanes(whole, one) for one in whole.some]
    scale = _scale(whole, lanes)
    lanes = [[lane for lane in some if any(map(scale.shows, lane.instants))] for some in lanes]
    shown = "".join(_figure(whole, one, some, scale) for one, some in zip(whole.some, lanes, strict=True))
    return (
        f'<div class="wb-bench wb-multiples"><h3>{_text(whole.title)}</h3><div class="grid">{shown}</div>'
        f'{_table(whole.rows)}<p class="quiet">{_ABOUT}</p></div>'
    )


def _text(given: object) -> str:
    return escape(printable(str(given)))


def _lanes(whole: Multiples, one: Small) -> list[Lane]:
    """Inputs, tasks and readers of the run, as far as there is anything in them."""
    every = lanes_of(one.known, whole.dag, whole.window, one.now)
    return [lane for lane in every if lane.kind in ("input", "task", "reader") and not lane.is_empty]


def _scale(whole: Multiples, lanes: list[list[Lane]]) -> Scale:
    """The same for all: around what the tasks did."""
    tasks = [at for some in lanes for lane in some if lane.kind == "task" for at in lane.instants]
    now = max(one.now for one in whole.some)
    begin = min(tasks, default=now - timedelta(hours=1))
    end = max([*tasks, begin + timedelta(minutes=20)])
    near = [at for some in lanes for lane in some for at in lane.instants if begin - timedelta(hours=1) <= at <= end]
    return scale_of(min(near, default=begin), end + (end - begin) / 6, now, (_WIDE - _LEFT) // 9)


def _figure(whole: Multiples, one: Small, lanes: list[Lane], scale: Scale) -> str:
    plot = Plot(scale, _LEFT, _WIDE, _HIGH, one.known.plans[whole.dag].spec.zone)
    end = HEAD + _HIGH * len(lanes) + 4
    rows = "".join(
        f'<g class="lane" transform="translate(0 {HEAD + _HIGH * n + _HIGH // 2})">'
        f"{label_svg(lane.label, _LEFT)}{lane_svg(lane, plot)}</g>"
        for n, lane in enumerate(lanes)
    )
    now = f'<g class="now">{now_svg(plot, one.now, end)}</g>' if scale.shows(one.now) else ""
    mood = {"success": "good", "failed": "bad"}.get(one.outcomes.a.state, "")
    mood = "late" if mood == "good" and one.outcomes.a.wrong else mood
    told = _text(told_of(one))
    return (
        f'<figure><figcaption><b>{_text(one.name)}</b> <span class="{mood}">{told}</span></figcaption>'
        f'<svg class="wb-pic wb-lanes" viewBox="0 0 {_WIDE} {end + 4}" role="img"'
        f' aria-label="{_text(one.name)}: {told}">'
        f"{clock_svg(plot, end, one.now if scale.shows(one.now) else None)}{now}{rows}</svg></figure>"
    )


def _table(rows: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in rows.columns)
    lines = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_text(value)}</th>' if not n else f"<td>{_text(_said(value))}</td>"
            for n, value in enumerate(row.values())
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _said(value: Any) -> str:
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
