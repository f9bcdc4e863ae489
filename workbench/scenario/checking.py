"""Checks: what they observe in the rows of a version, and what they say. What each kind observes is in `observing.py`.

A check that cannot look says why, and fails: a gate that nobody looked through is no gate, and a monitor that went
blind has to be told. There is one exception. Where a workspace only counts its rows, a check that wants to look into
them passes and says that it did not look: that is how the simulation is run, and nothing in the world.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from workbench.engine import State
from workbench.engine.catalog import Version
from workbench.engine.data_events import CheckRan
from workbench.model import Check, InvalidInput
from workbench.scenario.dataflow import Dataflow
from workbench.scenario.observing import KINDS, Facts, Found, Kind, Unasked, said
from workbench.scenario.rows import Rows
from workbench.scenario.there import age_of, grid_of, parts_of, spoken, table_for


class Checking:
    """Answers for one world: rows come from its dataflow."""

    def __init__(self, dataflow: Dataflow) -> None:
        self.dataflow = dataflow

    def run(self, state: State, version: Version, check: Check, when: str, at: datetime, cause: int) -> CheckRan:
        """Look at a version."""
        observed: float | None = None
        place = spoken(state.known, version.dataset, version.partition)
        try:
            found = self._observe(state, version, check, at)
            observed = float(found.value)
            status = "pass" if is_within(check, found.value) else "fail"
            told = f"{place} {found.has}; {_wanted(check, found.value)}"
        except Unasked as error:
            status, told = "fail", f"{check.name} could not look at {place}: {error}"
        except _Counted:
            status, told = "pass", f"{check.name} did not look at {place}: its rows are only counted"
        return CheckRan(
            at, check.name, version.dataset, version.partition, version.n, status, check.severity, when, observed,
            expected_of(check), told, cause,
        )  # fmt: skip

    def _observe(self, state: State, version: Version, check: Check, at: datetime) -> Found:
        known, kind = state.known, KINDS[check.kind]
        rows = self._rows(state, version) if kind.values else []
        times = age_of(known, version, at)
        parts = parts_of(known, version) if check.kind == "complete" else ()
        window = grid_of(known, version.dataset).parse(version.partition)

        def table(name: str) -> Rows:
            try:
                there = table_for(self.dataflow, state, name, window)
            except InvalidInput as error:
                raise Unasked(str(error)) from error
            if there is None:
                raise Unasked(f"nothing of {name} is live")
            return there

        return kind.observe(rows, check, Facts(version.rows, table, at - max(times) if times else None, parts))

    def _rows(self, state: State, version: Version) -> Rows:
        content = self.dataflow.content_of(state, version)
        rows = self.dataflow.store.get(content) if content is not None else None
        if rows is None:
            counted = version.rows is not None or state.known.rows_kept == "count"
            raise _Counted if counted else Unasked("no rows are known of it")
        return rows


class _Counted(Exception):
    """Rows are only counted here."""


# bounds


def bounds_of(check: Check) -> tuple[Fraction | None, Fraction | None]:
    """Between which numbers it passes, both included: its own, or when it gives none those of its kind."""
    given: tuple[float | None, float | None] = check.min, check.max
    low, high = KINDS[check.kind].bounds if given == (None, None) else given
    return _exact(low), _exact(high)


def _exact(bound: float | None) -> Fraction | None:
    return None if bound is None else Fraction(str(bound))


def is_within(check: Check, value: Fraction) -> bool:
    low, high = bounds_of(check)
    return (low is None or low <= value) and (high is None or value <= high)


def expected_of(check: Check) -> str:
    """What a check wants, in words: `between 500 and 1,100`, `at most 10 %`, `none`."""
    kind, (low, high) = KINDS[check.kind], bounds_of(check)
    if low is None and high is None:
        return "anything"
    if high == 0 and low in (None, 0):
        return "none"
    if low is None or high is None:
        word, bound = ("at least", low) if high is None else ("at most", high)
        assert bound is not None
        return f"{word} {_bound(kind, bound)}"
    if low == high:
        return f"exactly {_bound(kind, low)}"
    return f"between {_bound(kind, low, '')} and {_bound(kind, high)}"


def _bound(kind: Kind, bound: Fraction, unit: str | None = None) -> str:
    number = bound * 100 if kind.unit == " %" else bound
    shown = said(number, _digits(number))
    return shown + (kind.unit if unit is None else unit)


def _digits(number: Fraction) -> int:
    """How many decimals say it exactly, up to 12: a bound was written as a decimal."""
    return next((n for n in range(12) if (number * 10**n).denominator == 1), 12)


def _wanted(check: Check, value: Fraction) -> str:
    """`at least 500 are wanted`; for what must not be too much, `at most 10 % is allowed`."""
    low, high = bounds_of(check)
    words, kind = expected_of(check), KINDS[check.kind]
    many = kind.unit == "" and check.kind not in ("distribution", "sql") and (low or high) not in (0, 1, None)
    verb = "are" if many else "is"
    return f"{words} {verb} {'allowed' if low in (None, 0) and high is not None else 'wanted'}"
