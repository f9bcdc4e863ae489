"""Who was told what, when, by which route, and who answered; and what is wrong with the telling itself: alerts that
reached nobody, names that are not on the roster, and noise. Pure, from what is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.engine.catalog import Alert
from workbench.timetable import spoken_duration
from workbench.views.clock import Clock, common_zone, listed, plural
from workbench.views.columns import WIDTH, wrapped
from workbench.views.data_words import people_told, subject_said, unreached

_MOST = 40
_MOST_NAMED = 3


@dataclass(frozen=True)
class AlertLine:
    """One alert: what it is about (`sentence`), who was told and answered (`outcome`). Instants are UTC. `after`: how
    long it took until somebody answered. `repeats`: an earlier one was about the same DAG and partition. `needless`: it
    came right by itself, and nobody had to do anything."""

    number: int
    at: datetime
    kind: str
    dag: str
    partition: str
    subject: str
    route: str
    recipients: tuple[str, ...]
    reached: bool
    answered: datetime | None
    by: str
    after: timedelta | None
    repeats: bool
    needless: bool
    sentence: str
    outcome: str


@dataclass(frozen=True)
class Notice:
    """Somebody told readers by hand that what they had read has changed; at an instant in UTC."""

    number: int
    at: datetime
    dataset: str
    partitions: tuple[str, ...]
    consumers: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Alerts:
    """All alerts, in the order in which they were sent, and what stands out (`findings`). `unknown`: names that were
    told and are not on the roster; `gone`: that are, and do not work here any more. `notices`: what was told by hand,
    in the order of the log."""

    alerts: tuple[AlertLine, ...]
    findings: tuple[str, ...]
    unknown: tuple[str, ...]
    gone: tuple[str, ...]
    headline: str
    zone: str
    notices: tuple[Notice, ...] = ()

    @property
    def unreached(self) -> tuple[AlertLine, ...]:
        return tuple(one for one in self.alerts if not one.reached)

    @property
    def repeated(self) -> int:
        return sum(one.repeats for one in self.alerts)

    @property
    def needless(self) -> int:
        return sum(one.needless for one in self.alerts)


def alerts_of(known: Known, now: datetime) -> Alerts:
    """All that was told until `now` (UTC)."""
    clock = Clock(now, common_zone(known))
    found = sorted(known.data.alerts.values(), key=lambda one: one.seq)
    seen: set[tuple[str, str]] = set()
    lines = []
    for one in found:
        about = one.dag, one.partition
        lines.append(_line(known, clock, one, about in seen))
        seen.add(about)
    names = list(dict.fromkeys(name for one in found for name in one.recipients))
    unknown = tuple(name for name in names if name not in known.roster)
    gone = tuple(name for name in names if name in known.roster and not known.roster[name].active)
    findings = tuple(_findings(known, clock, lines, unknown, gone))
    notices = tuple(_notices(known))
    return Alerts(tuple(lines), findings, unknown, gone, _headline(known, lines, notices), clock.zone.key, notices)


def _notices(known: Known) -> Iterator[Notice]:
    for seq, at, name, days, who in known.data.told:
        was = "was" if len(who) == 1 else "were"
        said = f"{listed(list(who))} {was} told that {name} of {_days_said(known, name, days)} changed"
        yield Notice(seq, at, name, days, who, said)


def _days_said(known: Known, name: str, days: tuple[str, ...]) -> str:
    grid = known.plans[known.makers[name]].spec.grid
    said = [grid.spoken(grid.parse(day)) for day in days]
    return listed(said) if len(said) <= _MOST_NAMED else f"{plural(len(said), grid.unit)}, {said[0]} to {said[-1]},"


def _line(known: Known, clock: Clock, one: Alert, repeats: bool) -> AlertLine:
    after = one.answered - one.at if one.answered is not None else None
    return AlertLine(
        one.seq, one.at, one.kind, one.dag, one.partition, one.subject, one.route, one.recipients, one.reached,
        one.answered, one.by, after, repeats, _came_right(known, one),
        subject_said(known, one.kind, one.dag, one.partition, one.subject), _outcome(known, clock, one),
    )  # fmt: skip


def _outcome(known: Known, clock: Clock, one: Alert) -> str:
    if not one.reached:
        return f"reached nobody: {unreached(known, one.route, one.recipients)}"
    here = [name for name in one.recipients if name not in known.roster or known.roster[name].active]
    told = people_told(known, one.route, one.recipients, "was" if len(here) == 1 else "were")
    if one.answered is None:
        return f"{told}; nobody has answered"
    by = f" by {one.by}" if len(one.recipients) > 1 else ""
    at = Clock(one.at, clock.zone).at(one.answered)
    return f"{told}; answered {at}{by}, after {spoken_duration(one.answered - one.at)}"


def _headline(known: Known, lines: list[AlertLine], notices: tuple[Notice, ...]) -> str:
    by_hand = f" {plural(len(notices), 'notice')} {'was' if len(notices) == 1 else 'were'} sent by hand."
    return _alerts_said(known, lines, bool(notices)) + (by_hand if notices else "")


def _alerts_said(known: Known, lines: list[AlertLine], some_told: bool) -> str:
    if not known.roster and not known.routes:
        told = "No alerts" if some_told else "Nobody is told anything"
        return f"{told}: the workspace has no roster and no routes."
    if not lines:
        return "No alerts." if some_told else "Nobody was told: no rule asked for it."
    reached = sum(one.reached for one in lines)
    answered = sum(one.answered is not None for one in lines)
    return f"{plural(len(lines), 'alert')}: {reached} reached somebody, {answered} answered."


# what needed nothing


def _came_right(known: Known, one: Alert) -> bool:
    """Good news; or bad news that was over later without anybody's doing: a retry that helped, a run that came late.
    What checks said is never taken for this."""
    if one.kind == "success":
        return True
    if one.kind == "retry":
        return _ended_well(known, one, one.subject)
    return one.kind == "deadline" and _came_late(known, one)


def _ended_well(known: Known, one: Alert, task: str) -> bool:
    """Did a run that the scheduler made end it well, without being cleared or marked?"""
    for run in known.runs_of(one.dag, one.partition):
        cells = [run.cells[task]] if task in run.cells else [] if task else list(run.cells.values())
        by_hand = run.key.kind in ("manual", "backfill") or any(cell.base or cell.rule == "marked" for cell in cells)
        well = cells and all(cell.state in ("success", "skipped") for cell in cells)
        if well and not by_hand:
            return True
    return False


def _came_late(known: Known, one: Alert) -> bool:
    what, _, name = one.subject.rpartition(":")
    if what == "input":
        return (name, one.partition) in known.arrived
    if what == "dataset":
        version = known.data.live_version(name, one.partition)
        return version is not None and version.run.kind in ("scheduled", "data")
    return _ended_well(known, one, name)


# what stands out


def _findings(
    known: Known, clock: Clock, lines: list[AlertLine], unknown: tuple[str, ...], gone: tuple[str, ...]
) -> Iterator[str]:
    lost = [one for one in lines if not one.reached]
    if lost:
        verb = "reached" if len(lost) == len(lines) else f"of {len(lines)} reached"
        yield f"{plural(len(lost), 'alert')} {verb} nobody: {_each(lost)}."
    if unknown:
        yield f"{listed(unknown)} {'is' if len(unknown) == 1 else 'are'} not on the roster, and cannot answer."
    if gone:
        routes = dict.fromkeys(one.route for one in lines if set(one.recipients) & set(gone))
        ways = listed([route for route in routes if route not in gone])
        through = f", and still told through {ways}" if ways else ", and still told"
        yield f"{listed(gone)} {'is' if len(gone) == 1 else 'are'} gone{through}."
    silent = [one for one in lines if one.reached and one.answered is None]
    if silent:
        yield f"{plural(len(silent), 'alert')} reached somebody and {_was(silent)} not answered: {_each(silent)}."
    yield from _noise(known, lines)


def _noise(known: Known, lines: list[AlertLine]) -> Iterator[str]:
    repeated = sum(one.repeats for one in lines)
    if repeated:
        (dag, partition), most = Counter((one.dag, one.partition) for one in lines).most_common(1)[0]
        plan = known.plans.get(dag)
        day = plan.spec.grid.spoken(plan.spec.grid.parse(partition)) if plan and partition else partition
        about = f"{dag} of {day}" if day else dag
        verb = "repeats" if repeated == 1 else "repeat"
        told = f"{plural(repeated, 'alert')} {verb} an earlier one about the same DAG and partition"
        yield f"{told}; most about {about}, {most} in all."
    needless = [one for one in lines if one.needless]
    if needless:
        yield f"{plural(len(needless), 'alert')} needed nothing: what was told came right by itself."


def _was(some: list[AlertLine]) -> str:
    return "was" if len(some) == 1 else "were"


def _each(some: Iterable[AlertLine]) -> str:
    """The first of them in words, and how many more."""
    told = [one.sentence for one in some]
    more = f", and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    return "; ".join(told[:_MOST_NAMED]) + more


# lines of text, for 80 columns


def alert_lines(found: Alerts, now: datetime, width: int = WIDTH) -> list[str]:
    """All alerts, two lines each, and what stands out."""
    clock = Clock(now, ZoneInfo(found.zone))
    lines = [found.headline]
    shown = found.alerts[-_MOST:]
    if len(shown) < len(found.alerts):
        lines += ["", f"  ({plural(len(found.alerts) - len(shown), 'alert')} before these)"]
    kinds = max((len(one.kind) for one in shown), default=0)
    for one in shown:
        head = f"{clock.full(one.at)}  {one.kind.ljust(kinds)}  "
        indent = " " * (len(clock.full(one.at)) + 2)
        lines += ["", *wrapped(one.sentence, head, indent, width), *wrapped(one.outcome, indent, indent, width)]
    for notice in found.notices[-_MOST:]:
        head = f"{clock.full(notice.at)}  "
        lines += ["", *wrapped(f"{notice.sentence}.", head, " " * len(head), width)]
    if found.findings:
        lines += [
            "",
            "What stands out",
            *(line for one in found.findings for line in wrapped(one, "  ", "    ", width)),
        ]
    return lines
