"""The planner as front ends hold it: a plan that keys change until it is started, and then how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.bench import planner_costs as costs
from workbench.bench import planner_sheets as sheets
from workbench.bench import progress as filling
from workbench.bench.planner import (
    WHICH,
    Others,
    Planner,
    Worked,
    asked,
    is_many,
    look,
    others,
    planner_of,
    spec_of,
    work_out,
)
from workbench.bench.planner_grid import Grid, Place
from workbench.bench.righted import over_rows
from workbench.bench.telling import Untold, told_said, untold, untold_said
from workbench.given import branch_names
from workbench.model import InvalidInput
from workbench.ordering.backfill_code import goes_back
from workbench.views.backfills import Progress, progress
from workbench.views.clock import Clock, plural
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.verbs import Done


class Planning:
    """Of one bench. Nothing is changed before `start`; from then on `number` is that of the backfill (0: not started).
    What takes long is worked out by `behind`, which a front end may call in another thread, and `take_in`."""

    def __init__(self, bench: Bench, line: str = "") -> None:
        self.bench, self.here = bench, bench.session.here()
        self.place = Place()
        self.number = 0
        self._seen: dict[Planner, Others] = {}
        self._asked_about = ""
        self._old: Worked | None = None
        self.planner = Planner.of(line) if line else planner_of(bench)
        self.worked = self._looked(self.planner)
        self._asked_about = self._what_to_ask()
        if not line:
            self.number = filling.newest_open(bench.known, self.dag, self.clock)

    @property
    def dag(self) -> str:
        return spec_of(self.here.known, self.planner.name).name

    @property
    def clock(self) -> Clock:
        return Clock(self.bench.now, self.bench.known.plans[self.dag].spec.zone)

    # planning

    def change(self, what: str) -> None:
        """One key: `all`, `missing`, `failed`, `changed`, `order`, `more`, `fewer`, `down`, `pin`, `whole`, `ahead`
        (more priority; after the most none), or `first`/`last` with `+` or `-`."""
        known, one = self.here.known, self.planner
        if what == self._asked_about:
            self._asked_about = ""
        if what in WHICH:
            self.plan(replace(one, which=what))
        elif what[:-1] in ("first", "last"):
            self.plan(one.moved(known, what[:-1], 1 if what[-1] == "+" else -1))
        else:
            self.plan(_CHANGES[what](self, one))

    def plan(self, planner: Planner) -> None:
        """Plan this from now on. It is worked out at once, unless that would take long."""
        self.planner = planner
        self.worked = self._looked(planner)
        self.place = self.grid.moved(self.place, "left").__class__(*self._inside(self.place)) if self.grid else Place()

    def take_line(self, line: str) -> None:
        """Plan what was typed by hand. Raises InvalidInput."""
        planner = Planner.of(line, self.planner.limit)
        spec_of(self.here.known, planner.name)
        self._asked_about = ""
        self.plan(planner)

    def _looked(self, planner: Planner) -> Worked:
        if is_many(self.here.known, planner):
            return Worked(planner, None, "")
        return replace(look(self.here, planner), others=self._seen.get(asked(planner)))

    @property
    def is_computing(self) -> bool:
        return self.worked.plan is None and not self.worked.refusal

    def behind(self) -> Callable[[], Worked] | None:
        """What is still to be worked out; it touches nothing but its own values. None: nothing is."""
        here, planner, worked = self.here, self.planner, self.worked
        if self.number or (not self.is_computing and worked.others is not None):
            return None
        if self.is_computing:
            return lambda: work_out(here, planner)
        return lambda: replace(worked, others=others(here, planner))

    def take_in(self, worked: Worked) -> bool:
        """What `behind` has worked out; False when something else is planned by now."""
        if worked.others is not None:
            self._seen[asked(worked.planner)] = worked.others
        if worked.planner != self.planner:
            return False
        was_unknown = self.worked.others is None and not self._asked_once
        self.worked = worked
        if was_unknown:
            self._asked_about = self._what_to_ask()
        return True

    _asked_once = False

    def _what_to_ask(self) -> str:
        """A choice of which the number would surprise: it is asked about once, and shown when it was tried."""
        found = self.worked.others
        if found is None:
            return ""
        self._asked_once = True
        would = dict(found.would)
        if self.planner.which != "missing" and would.get("missing") == 0:
            return "missing"
        return "down" if found.more and not self.planner.down else ""

    def start(self) -> Done:
        """Do the line: one command. Raises InvalidInput, and then nothing has changed."""
        if self.is_computing:
            raise InvalidInput(["What would run is still being worked out; wait for it, then press Enter"])
        if self.worked.sentence:
            raise InvalidInput([self.worked.sentence])
        done = self.bench.do(self.planner.line)
        self.number = max(self.bench.known.backfills)
        self.place = Place()
        return done

    @property
    def opens(self) -> str:
        """The what-if that starting it here would open; empty at the end of a future."""
        session = self.bench.session
        return "" if session.at_end else next(name for name in branch_names() if name not in session.branches)

    # once it was started

    @property
    def how_far(self) -> Progress:
        return progress(self.bench.known, self.bench.now, self.number)

    def hold(self) -> Done:
        """Pause it, or let it go on. Raises InvalidInput."""
        word = "resume" if self.how_far.state == "paused" else "pause"
        return self.bench.do(f"backfill {word} {self.number}")

    def cancel(self) -> Done:
        """End what has not started. Raises InvalidInput."""
        return self.bench.do(f"backfill cancel {self.number}")

    @property
    def untold(self) -> list[Untold]:
        """What of it nobody has told its readers; nothing before it is over."""
        return untold(self.bench.known, self.number) if self.number and not self.how_far.left else []

    def tell(self) -> str:
        """Tell the readers of what it has changed: a command for every stretch of days. Raises InvalidInput."""
        found = self.untold
        if not found:
            raise InvalidInput(["Nobody has read anything of it that changed since and was not told."])
        for one in found:
            self.bench.do(one.line)
        return told_said(self.bench.known, found)

    @property
    def is_there(self) -> bool:
        """Going back before its command takes it away again."""
        return self.number in self.bench.known.backfills

    def leave_progress(self) -> None:
        """Plan again: of another day, or since the backfill is not there any more."""
        self.number, self.here = 0, self.bench.session.here()
        self._seen.clear()
        self.plan(self.planner)

    # the grid

    @property
    def grid(self) -> Grid | None:
        if self.number:
            return filling.grid_of(self.bench.known, self.number)
        if self.worked.plan is None:
            return None
        if self._old is not self.worked:
            self._old, self._grid = self.worked, Grid(self.here.known, self.worked.plan)
        return self._grid

    def move(self, direction: str) -> None:
        """Choose the cell beside."""
        if self.grid is not None:
            self.place = self.grid.moved(self.place, direction)

    def point(self, target: str) -> None:
        """Choose the cell that a sheet's target names."""
        kind, _, rest = target.partition(":")
        if kind == "cell":
            row, _, column = rest.partition(".")
            self.place = Place(int(row), int(column))

    def _inside(self, place: Place) -> Place:
        grid = self.grid
        assert grid is not None
        return Place(min(place.row, max(0, len(grid.rows) - 1)), min(place.column, max(0, len(grid.days) - 1)))

    # pictures

    def header(self, width: int) -> Row:
        if self.number:
            return filling.header(self.bench.known, self.how_far, self.clock, width)
        return sheets.header(self.here, self.worked, width)

    def what(self, width: int, with_cell: bool = True, short: bool = False) -> Sheet:
        """What would run and why; once it was started, how far it is. `with_cell`: the chosen cell in a sentence;
        `short`: rows are dear."""
        if self.number:
            return filling.filling(self.bench.known, self.how_far, width, self.place)
        if self.is_computing:
            return Sheet("what would run, and why", ((Span("Working out what would run …", "dim"),),))
        return sheets.what(self.here, self.worked, width, self.place, with_cell, self.grid, short)

    def how(self, width: int) -> Sheet:
        """The choices; once it was started, its tasks counted."""
        if self.number:
            return filling.tally_sheet(self.bench.known, self.number, width)
        return costs.how(self.here, self.worked, width, self._asked_about)

    def cost(self, width: int) -> Sheet:
        """Cost and whom it touches; once it was started, what it has changed."""
        if self.number:
            sheet = filling.changed_sheet(
                self.bench.known, self.how_far, self.clock, width, self.bench.session.rows_differing
            )
            rows = over_rows(self.bench, self.number, width) if not self.how_far.left else ()
            return replace(sheet, rows=(*rows, *sheet.rows))
        if self.is_computing:
            return Sheet("cost, and whom it touches", ())
        return costs.cost(self.here, self.worked, width, self.opens)

    def typed(self, width: int) -> Row:
        if self.number:
            return clipped((Span("> ", "dim"), Span(self.bench.known.backfills[self.number].sentence, "code")), width)
        return sheets.typed(self.worked, width)

    def coach(self, width: int) -> Row:
        """A question to predict; else what starting would do."""
        style = "bad" if self._goes_back else "coach"
        return clipped((Span(f"☞ {self._coach()}", style),), width)

    @property
    def _warnings(self) -> tuple[str, ...]:
        return self.worked.plan.warnings if self.worked.plan is not None and not self.number else ()

    @property
    def _goes_back(self) -> str:
        """What would go back to older code; empty when nothing would."""
        return goes_back(self._warnings).partition(" (")[0]

    def _coach(self) -> str:
        if self.number:
            found = self.untold
            return f"{untold_said(self.bench.known, found)}: t tells them." if found else _AFTER[self.how_far.state]
        if self._goes_back:
            return f"{self._goes_back[:1].upper()}{self._goes_back[1:]}. Enter starts it."
        if self._asked_about:
            return _QUESTIONS[self._asked_about]
        if self.is_computing:
            return "Many runs: this takes a moment. Keys work meanwhile."
        if self.worked.sentence:
            return self.worked.sentence
        if self._warnings:
            return self._warnings[0]
        return f"Enter starts {plural(self.worked.runs, 'run')}. Nothing has changed so far."

    def why(self, width: int) -> Sheet:
        """Why the chosen cell is as it is."""
        grid = self.grid
        cell = grid.cell(self.place) if grid is not None else None
        if grid is None or cell is None:
            return Sheet("why this cell?", ((Span("There is no run here.", "dim"),),))
        rows: list[Row] = []
        if not self.number:
            rows += [*sheets.cell_rows(self.here, grid, self.place, width), ()]
        rows += self._told(f"{cell.dag}.{cell.task}@{cell.run.partition}", width)
        return Sheet(f"why {cell.task} of {cell.run.day}?", tuple(rows))

    def _told(self, target: str, width: int) -> list[Row]:
        """Why it is as it is now."""
        try:
            told = str(self.bench.session.explain(target)).splitlines()
        except InvalidInput as error:
            told = [problem.message for problem in error.problems]
        style = "strong" if self.number else ""
        return [r for n, text in enumerate(told) for r in wrapped_row((Span(text, "" if n else style),), width, "  ")]


_MOST_PRIORITY = 9
_CHANGES: dict[str, Callable[[Planning, Planner], Planner]] = {
    "order": lambda planning, one: replace(one, newest=not one.newest),
    "more": lambda planning, one: one.limited(1),
    "fewer": lambda planning, one: one.limited(-1),
    "down": lambda planning, one: replace(one, down=not one.down),
    "pin": lambda planning, one: one.pinned_next(planning.here.known),
    "whole": lambda planning, one: one.whole_or_part(planning.here.known, planning.bench.chosen.name),
    "ahead": lambda planning, one: replace(one, priority=(one.priority + 1) % (_MOST_PRIORITY + 1)),
}
_QUESTIONS = {
    "missing": 'How many runs does "missing" make? Press m and see.',
    "down": "How many runs stand on these? Press d and see.",
}
_AFTER = {
    "running": "It runs. n goes on, space plays, p pauses it. Esc leaves; it goes on.",
    "paused": "Paused: what has started goes on, nothing new starts. p lets it go on.",
    "cancelled": "Cancelled: what had not started ended as failed. Esc leaves.",
    "over": "Over. Look at what it changed, and at who read the old days. Esc leaves.",
}
