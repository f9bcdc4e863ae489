"""An exercise looked at: each clause, whether it is true, and if not, what it misses with the figures found."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from workbench.model import InvalidInput
from workbench.questions.exercises import Exercise, Wanted
from workbench.questions.rows import Rows, said
from workbench.views.clock import Clock
from workbench.views.shown import Shown

Ask = Callable[[str, "datetime | None"], Rows]


@dataclass(frozen=True)
class Clause:
    """`says`: the sentence that shall be true; `is_true`: None while it is too early to say. `miss`: what it misses;
    `early`: until when one must run on."""

    says: str
    is_true: bool | None
    miss: str = ""
    early: str = ""

    @property
    def mark(self) -> str:
        return {True: "✔", False: "✖", None: "○"}[self.is_true]

    def __str__(self) -> str:
        return f"{self.mark} {self.says.rstrip('.') if self.miss else self.says}" + (
            f": {self.miss}" if self.miss else ""
        )


@dataclass(frozen=True)
class Checked(Shown):
    """How far an exercise is done. `next`: what to try, as long as it is not done; never the solution."""

    title: str
    text: str
    clauses: tuple[Clause, ...]
    next: str = ""

    @property
    def is_done(self) -> bool:
        return all(clause.is_true for clause in self.clauses)

    @property
    def sum(self) -> str:
        """`2 of 3`, or that all is done."""
        fulfilled = sum(clause.is_true is True for clause in self.clauses)
        return f"Done: all {len(self.clauses)}." if self.is_done else f"{fulfilled} of {len(self.clauses)} so far."

    @property
    def helps(self) -> tuple[str, ...]:
        """What to do now: run on where it is too early to say, and once something was missed, what to try."""
        early = [clause.early for clause in self.clauses if clause.early]
        missed = any(clause.is_true is False for clause in self.clauses)
        return (*early[-1:], *([self.next] if self.next and missed else []))

    def __str__(self) -> str:
        clauses, helps = (f"  {clause}" for clause in self.clauses), (f"→ {one}" for one in self.helps)
        return "\n".join([self.title, self.text, *clauses, self.sum, *helps])


def checked(exercise: Exercise, ask: Ask, now: datetime, zone: ZoneInfo) -> Checked:
    """Look at every clause. `ask` answers a SELECT as of a time, or of now. Raises InvalidInput for a clause that
    cannot be asked."""
    clauses = tuple(_clause(one, ask, now, zone) for one in exercise.clauses)
    return Checked(exercise.title, exercise.text, clauses, exercise.next)


def _clause(wanted: Wanted, ask: Ask, now: datetime, zone: ZoneInfo) -> Clause:
    if wanted.at is not None and now < wanted.at:
        clock = Clock(now, zone)
        return Clause(wanted.says, None, early=f"It is only {clock.full(now)}; run on to {clock.full(wanted.at)}.")
    try:
        rows = ask(wanted.sql, wanted.at)
    except InvalidInput as error:
        raise InvalidInput([f"the clause '{wanted.says}' cannot be asked: {error}"]) from None
    if rows.value:
        return Clause(wanted.says, True)
    if not rows:
        return Clause(
            wanted.says, False, wanted.none or wanted.miss.partition("{")[0].strip() or "there is nothing yet"
        )
    figures = {name: "nothing" if value is None else said(value) for name, value in rows[0].items()}
    return Clause(wanted.says, False, _Figures().vformat(wanted.miss, (), figures))


class _Figures(string.Formatter):
    """Only `{name}`: an exercise comes from a file, so it reaches into no object."""

    def get_field(self, field_name: str, args: object, kwargs: object) -> tuple[object, str]:
        assert isinstance(kwargs, dict)
        return kwargs.get(field_name, f"{{{field_name}}}"), field_name

    def format_field(self, value: object, format_spec: str) -> str:
        return str(value)
