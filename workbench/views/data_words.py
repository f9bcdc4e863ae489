"""Datasets, versions, checks and alerts in words: `version 2 of stg_flights for Thu 3 Jan`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.engine import Known
from workbench.engine.catalog import Checked, Version
from workbench.model import Dataset
from workbench.timetable import Grid
from workbench.views.clock import listed, plural
from workbench.views.taken import taken_by


def home_of_data(known: Known, name: str) -> str | None:
    """The DAG on whose grid the partitions of an input or dataset lie."""
    found = known.homes.get(name) or known.makers.get(name)
    return found if found in known.plans else None


def grid_of_data(known: Known, name: str) -> Grid | None:
    home = home_of_data(known, name)
    return known.plans[home].spec.grid if home is not None else None


def day_of(known: Known, name: str, partition: str) -> str:
    """`Thu 3 Jan`; the key itself where nobody knows its grid any more."""
    grid = grid_of_data(known, name)
    return grid.spoken(grid.parse(partition)) if grid is not None and partition else partition


def of_day(known: Known, name: str, partition: str) -> str:
    """`stg_flights of Thu 3 Jan`."""
    return f"{name} of {day_of(known, name, partition)}"


def version_of(known: Known, name: str, partition: str, n: int) -> str:
    """`version 2 of stg_flights for Thu 3 Jan`."""
    return f"version {n} of {name} for {day_of(known, name, partition)}"


def dataset_in(known: Known, name: str) -> Dataset:
    """A dataset as its home declares it; a plain one where nobody does."""
    home = known.makers.get(name)
    found = known.plans[home].spec.datasets.get(name) if home in known.plans else None
    return found or Dataset(name)


def tasks_taking(known: Known, name: str) -> tuple[str, ...]:
    """The tasks that take a dataset in any way: `features.delay_7d`; without their DAG where there is only one."""
    several = len(known.plans) > 1
    return tuple(
        f"{dag}.{task}" if several else task
        for dag, plan in known.plans.items()
        for task, one in plan.spec.tasks.items()
        if any(text.partition("@")[0] == name for text, _ in taken_by(one))
    )


def rows_said(version: Version | None) -> str:
    """`, 596 rows`; nothing where no rows are known."""
    return f", {plural(version.rows, 'row')}" if version is not None and version.rows is not None else ""


def observed(one: Checked) -> str:
    """What a check saw, and what it allows, in its own words."""
    return one.sentence.rstrip(".")


def last_said(checks: Iterable[Checked]) -> list[Checked]:
    """What each check said last of a version."""
    return list({one.check: one for one in checks}.values())


def blocking(checks: Iterable[Checked]) -> list[Checked]:
    """Those whose last answer holds the version back."""
    return [one for one in last_said(checks) if one.status != "pass" and one.severity == "block"]


def failing(checks: Iterable[Checked]) -> list[Checked]:
    return [one for one in last_said(checks) if one.status != "pass"]


# what is told to people


def subject_said(known: Known, kind: str, dag: str, partition: str, subject: str) -> str:
    """What an alert is about: `jfk of Thu 3 Jan has not come by its deadline`."""
    plan = known.plans.get(dag)
    day = plan.spec.grid.spoken(plan.spec.grid.parse(partition)) if plan is not None and partition else partition
    what, _, name = subject.rpartition(":")
    if kind == "check":
        data, _, check = subject.rpartition(".")
        return f"the check {check} of {data} failed for {day}"
    if kind == "deadline":
        return f"{name or dag} of {day} {DEADLINE_SAID.get(what, 'has not succeeded')} by its deadline"
    return f"{subject or dag} of {day} {_ENDS_SAID.get(kind, kind)}"


# What a deadline found, by what stands before the name.
DEADLINE_SAID = {"input": "has not come", "dataset": "is not live", "": "has not succeeded"}
_ENDS_SAID = {"failure": "failed", "retry": "failed, and is tried again", "success": "ended well"}


def people_told(known: Known, route: str, people: tuple[str, ...], verb: str = "") -> str:
    """`ann is told, through #data-alerts (bob is gone)`; `verb`: was, of what is past."""
    gone = [name for name in people if name in known.roster and not known.roster[name].active]
    here = [name for name in people if name not in gone]
    is_are = verb or ("is" if len(here) == 1 else "are")
    through = f", through {route}" if people != (route,) else ""
    away = f" ({listed(gone)} {'is' if len(gone) == 1 else 'are'} gone)" if gone else ""
    return f"{listed(here)} {is_are} told{through}{away}"


def told_nobody(owner: str, how: str) -> str:
    """`team-d owns it; nobody is told: no roster`; `how`: is told, was told, is told then."""
    return f"{owner} owns it; nobody {how}: no roster" if owner else f"nobody {how}, as it has no owner"


def unreached(known: Known, route: str, people: tuple[str, ...]) -> str:
    """Why an alert reached nobody."""
    if not people:
        return f"{route} leads to nobody" if route else "no owner and no route is named"
    if people != (route,):
        return f"{route} leads to {listed(list(people))}{_of_whom(known, people)}"
    return f"{route} {_absent(known, route)}"


def _of_whom(known: Known, people: tuple[str, ...]) -> str:
    """`, who is gone`, `, of whom bob is gone and eve is not on the roster`."""
    if len(people) == 1:
        return f", who {_absent(known, people[0])}"
    return f", of whom {listed([f'{name} {_absent(known, name)}' for name in people])}"


def _absent(known: Known, name: str) -> str:
    return "is gone" if name in known.roster else "is not on the roster"


def stretches(known: Known, name: str, keys: list[str]) -> Iterator[list[str]]:
    """Days that follow each other, together."""
    spec = known.plans[known.makers[name]].spec
    stretch: list[str] = []
    for key in keys:
        if stretch and spec.grid.shift(spec.grid.parse(stretch[-1]), 1).key != key:
            yield stretch
            stretch = []
        stretch.append(key)
    if stretch:
        yield stretch
