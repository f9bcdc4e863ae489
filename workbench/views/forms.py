"""The forms in which a stage is drawn: boxes, one-row pills, a map of one cell a task; and what fits where.

A node keeps its size whatever happens to it, so that nothing jumps while time moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from workbench.views.cells import cell_width, shorten
from workbench.views.layout import Size, Spacing
from workbench.views.stage import Stage, Thing

Mode = Literal["auto", "boxes", "pills", "map"]
MODES: tuple[Mode, ...] = ("auto", "boxes", "pills", "map")

# Up to so many tasks a stage is rather drawn in boxes than in pills, in pills than as a map, with lines than without.
MOST_BOXES, MOST_PILLS, MOST_LINES = 25, 80, 400
_NOTE = 12  # cells of a note: `06:10–06:13`, `waits 70 min`
_BRIEF = 5  # cells beside a name: `05:48`, `late`, `Wed 2`, `We 22`
_ANY = 60


class Form(NamedTuple):
    """One way to draw. `limit`: the most cells of a name. `notes`: lines below a name, 0 to 2. `hang`: what hangs below
    another instead of standing on its right (see `hanging`). `lines`: whether edges are drawn; on the densest map they
    are not."""

    mode: Mode
    pad: int
    limit: int
    notes: int
    spacing: Spacing
    hang: int = 0
    lines: bool = True

    @property
    def boxed(self) -> bool:
        return self.mode == "boxes"


_WIDE, _CLOSE, _TIGHT = Spacing(stub=2, arrow=3, tall=1, parts=1), Spacing(stub=1, arrow=2), Spacing(stub=1, arrow=1)
_SPACED = Spacing(stub=1, arrow=2, parts=1)
_BOXES = (
    Form("boxes", 1, _ANY, 2, _WIDE),
    Form("boxes", 1, _ANY, 2, _SPACED),
    Form("boxes", 1, _ANY, 2, _SPACED, 1),
    Form("boxes", 0, _ANY, 1, _CLOSE),
    Form("boxes", 0, _ANY, 1, _CLOSE, 1),
    Form("boxes", 0, _ANY, 1, _CLOSE, 2),
    Form("boxes", 0, _ANY, 1, _TIGHT, 2),
    Form("boxes", 0, _ANY, 0, _CLOSE),
    Form("boxes", 0, _ANY, 0, _CLOSE, 1),
    Form("boxes", 0, _ANY, 0, _CLOSE, 2),
    Form("boxes", 0, _ANY, 0, _TIGHT, 2),
    Form("boxes", 0, _ANY, 1, _CLOSE, 3),
    Form("boxes", 0, _ANY, 1, _TIGHT, 3),
    Form("boxes", 0, _ANY, 0, _TIGHT, 3),
    Form("boxes", 0, 16, 0, _TIGHT, 2),
    Form("boxes", 0, 16, 0, _TIGHT, 3),
)
_PILLS = (
    Form("pills", 0, _ANY, 0, Spacing(stub=2, arrow=2)),
    Form("pills", 0, _ANY, 0, _CLOSE, 1),
    Form("pills", 0, _ANY, 0, _CLOSE, 2),
    Form("pills", 0, _ANY, 0, _TIGHT, 2),
    Form("pills", 0, _ANY, 0, _TIGHT, 3),
    Form("pills", 0, 16, 0, _TIGHT, 2),
    Form("pills", 0, 16, 0, _TIGHT, 3),
    Form("pills", 0, 12, 0, _TIGHT, 2),
    Form("pills", 0, 12, 0, _TIGHT, 3),
)
_BOXES_IN_NEED = (_BOXES[5], _BOXES[9])
_PILLS_IN_NEED = (_PILLS[3],)
_MAP = Form("map", 0, 0, 0, Spacing(stub=1, arrow=1))
GRID = Form("map", 0, 0, 0, Spacing(), lines=False)


def forms_for(mode: Mode, tasks: int) -> Iterator[Form]:
    """The forms to try, the best first. What is asked for and cannot fit is not tried: a layout takes its time."""
    if (mode == "boxes" and tasks <= MOST_LINES) or (mode == "auto" and tasks <= MOST_BOXES * 2):
        yield from _BOXES
    if (mode == "pills" and tasks <= MOST_LINES) or (mode == "auto" and tasks <= MOST_PILLS):
        yield from _PILLS
    if mode == "map" or (mode == "auto" and tasks > MOST_PILLS * 3 // 4):
        if tasks <= MOST_LINES:
            yield _MAP
        yield GRID


def forms_in_need(mode: Mode, tasks: int) -> Iterator[Form]:
    """What is drawn, larger than the pane, when nothing fits: the first of these that is not too high, else the last
    of them."""
    if mode == "boxes" or (mode == "auto" and tasks <= MOST_BOXES):
        yield from _BOXES_IN_NEED[tasks > MOST_LINES :]
    if mode == "pills" or (mode == "auto" and tasks <= MOST_PILLS):
        yield from _PILLS_IN_NEED
    if mode == "map" or (mode == "auto" and tasks > MOST_PILLS):
        yield GRID


def names_of(stage: Stage, form: Form) -> dict[str, str]:
    """What stands for each thing, cut in the middle; cut names that would be the same are cut less."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for thing in stage.things:
        limit = form.limit
        name = shorten(thing.title, limit)
        while name in taken and name != thing.title:
            limit += 2
            name = shorten(thing.title, limit)
        taken.add(name)
        found[thing.id] = name
    return found


def size_of(thing: Thing, name: str, form: Form, hangs: bool = False, is_last: bool = False) -> Size:
    """The cells that a thing takes in every state. What hangs below another has one line; a dataset in which nobody is
    interested (`is_last`) has no room for its rows."""
    if form.mode == "map":
        return Size(2)
    wide, notes = cell_width(name), 0 if hangs else form.notes
    if thing.kind in ("task", "check"):
        if hangs or not form.boxed:
            return Size(wide + 5)
        inner = max(wide + 3, _NOTE) if notes else wide + 3
        return Size(inner + 2 + 2 * form.pad, 4 if notes else 3, 1)
    if thing.kind == "external":
        return Size(wide + 6)
    if thing.kind == "dataset" and hangs and is_last:
        return Size(wide + 5)
    if thing.kind == "dataset" and notes:
        return Size(max(wide + 3, _NOTE + 3) + 2, 1 + notes)
    if thing.kind == "input" and notes > 1:
        return Size(max(wide + 3 + _BRIEF, _NOTE + 2) + 2, 2)
    return Size(wide + 3 + _BRIEF + 2)
