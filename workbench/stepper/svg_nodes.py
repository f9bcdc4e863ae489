"""One thing of a DAG as SVG: a shape by its kind, the colour and glyph of its state, its name, and a few words.

Its markup does not say where it is nor whether it is selected, so that it stays the same until something happens to it.
All lengths are px.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from workbench.views.cells import printable, shorten
from workbench.views.graph import CHECK, STAGE_TAGS, Node, NodeKind, look
from workbench.views.layout import Size, Spacing
from workbench.views.legend import means
from workbench.views.stage import Thing
from workbench.views.svg_parts import UNIT, escape, text_width


class Form(NamedTuple):
    """One way to draw. `limit`: the most cells of a name. `high`: units of a node; `notes`: is there a second line?"""

    limit: int
    high: int
    notes: bool
    spacing: Spacing


WIDE = Form(40, 5, True, Spacing(stub=1, arrow=3, tall=2, flat=2, line=0, parts=3))
CLOSE = Form(40, 5, True, Spacing(stub=1, arrow=2, tall=1, flat=1, line=0, parts=2))
TIGHT = Form(22, 5, True, Spacing(stub=1, arrow=1, tall=1, flat=1, line=0, parts=2))
NARROW = Form(16, 5, True, Spacing(stub=1, arrow=2, tall=1, flat=1, line=0, parts=2))
SMALL = Form(14, 3, False, Spacing(stub=1, arrow=1, tall=1, flat=1, line=0, parts=2))
DOTS = Form(0, 2, False, Spacing())

_ICON, _LEFT, _RIGHT = 16, 30, 12
_NOTE = 12  # size of the letters of the note
_GLYPH = 15  # of a state, in front of the note
_INSET = 2  # above and below a box, within its room
# The longest usual note of each kind: boxes keep their size while time moves.
_USUAL: dict[NodeKind, str] = {
    "task": "06:10–06:130", "input": "05:48 · 336 rows", "dataset": "public 06:15", "external": "not started",
    "check": "before public", "consumer": "reads 08:00",
}  # fmt: skip
_SPOKEN: dict[NodeKind, str] = {
    "task": "task", "input": "input", "dataset": "dataset", "external": "task of another DAG", "check": "check",
    "consumer": "reader",
}  # fmt: skip
_QUIET = frozenset({"", "none", "success", "arrived", "came_late", "published", "skipped", "removed"})
# States whose note says for how long.
_LASTING = frozenset({"running", "queued", "scheduled", "late"})
_SLOPE, _LID, _EAR = 10, 5, 11  # of a check's ends, a dataset's lid, the folded corner of an input


def size_of(thing: Thing, form: Form) -> Size:
    """The room of a thing, in units of the layout, in every state."""
    if form is DOTS:
        return Size(2, 2, 0)
    note = _sign(thing.kind) + text_width(_USUAL[thing.kind], _NOTE) if form.notes else 0
    more = _extra(thing.kind) * 2
    wide = _LEFT + max(text_width(name_of(thing.title, form), 13), note) + _RIGHT + more
    return Size(ceil(wide / UNIT), form.high, form.high // 2)


def name_of(title: str, form: Form) -> str:
    return shorten(printable(title), form.limit)


def _sign(kind: NodeKind) -> int:
    """Room for the glyph of the state in front of the note: a task has it as its icon."""
    return 0 if kind == "task" else _GLYPH


def _extra(kind: NodeKind) -> int:
    return {"check": 8, "consumer": 6}.get(kind, 0)


def outline(kind: NodeKind, wide: int, high: int) -> str:
    """The path of a shape in a room of that size."""
    top, end = _INSET, high - _INSET
    if kind == "check":
        side = min(_SLOPE, high // 2)
        return f"M{side} {top}H{wide - side}L{wide} {high / 2:g}L{wide - side} {end}H{side}L0 {high / 2:g}Z"
    if kind == "input":
        return f"M4 {top}H{wide - _EAR}L{wide} {top + _EAR}V{end - 4}q0 4 -4 4H4q-4 0 -4 -4V{top + 4}q0 -4 4 -4Z"
    if kind == "dataset":
        return (
            f"M0 {top + _LID}A{wide / 2:g} {_LID} 0 0 1 {wide} {top + _LID}V{end - _LID}"
            f"A{wide / 2:g} {_LID} 0 0 1 0 {end - _LID}Z"
        )
    radius = (end - top) / 2 if kind == "consumer" else min(9, high // 3)
    arc = f"a{radius:g} {radius:g} 0 0 1 "
    return (
        f"M{radius:g} {top}H{wide - radius:g}{arc}{radius:g} {radius:g}V{end - radius:g}{arc}-{radius:g} {radius:g}"
        f"H{radius:g}{arc}-{radius:g} -{radius:g}V{top + radius:g}{arc}{radius:g} -{radius:g}Z"
    )


def _inner(kind: NodeKind, wide: int) -> str:
    """What a shape has besides its outline: the lid of a dataset, the folded corner of an input."""
    if kind == "dataset":
        lid = f"M0 {_INSET + _LID}A{wide / 2:g} {_LID} 0 0 0 {wide} {_INSET + _LID}"
        return f'<path class="fold" d="{lid}"/>'
    if kind == "input":
        return f'<path class="fold" d="M{wide - _EAR} {_INSET}v{_EAR}h{_EAR}"/>'
    return ""


@lru_cache(maxsize=20_000)
def node_svg(node: Node, form: Form, wide: int, high: int, slot: str) -> dict[str, str]:
    """A node in a room of that size, in its own slot; its note, which changes as time goes by, in one below. Its title
    names it, for those who hear it."""
    drawn = f'<path class="box" d="{outline(node.kind, wide, high)}"/>{_inner(node.kind, wide)}'
    drawn += _text("icon", wide / 2 if form is DOTS else _ICON + _extra(node.kind), high / 2 + 5, _icon(node, form))
    if form is not DOTS:
        drawn += _words(node, form, wide, high, slot)
    loud = " loud" if node.state not in _QUIET else ""
    whole = f'<title>{escape(spoken(node))}</title><g class="in state-{node.state or "unset"}{loud}">{drawn}</g>'
    return {slot: whole, f"{slot}/note": _note(node, _note_room(node, wide))} if form.notes else {slot: whole}


def _note_room(node: Node, wide: int) -> int:
    return wide - _LEFT - 2 * _extra(node.kind) - _RIGHT + 4


def _words(node: Node, form: Form, wide: int, high: int, slot: str) -> str:
    left = _LEFT + _extra(node.kind)
    low = 3 if node.kind == "dataset" else 0
    name = name_of(node.title, form)
    if not form.notes:
        return _text("name", left, high / 2 + 4 + low / 2, name) + _badge(node, wide)
    return (
        _text("name", left, 21 + low, name)
        + f'<text data-slot="{escape(slot)}/note" class="note" x="{left}" y="{37 + low}"></text>'
        + _badge(node, wide)
        + (_tag("role", 9, node.role) if node.role else "")
    )


def _icon(node: Node, form: Form) -> str:
    if node.kind == "check":
        return CHECK[0]
    if node.kind in STAGE_TAGS and (form is not DOTS or node.state in _QUIET):
        return STAGE_TAGS[node.kind][0]
    return look(node.state).glyph


def _note(node: Node, room: int) -> str:
    """The second line: of what there is to say, as much as fits."""
    sign = look(node.state).glyph if _sign(node.kind) and node.state else ""
    space = room - (_GLYPH if sign else 0)
    said = next((text for text in told(node) if text_width(text, _NOTE) <= space), "")
    said = said or shorten(told(node)[-1], max(int(space / 7), 3))
    return (f'<tspan class="sign">{sign}</tspan> ' if sign else "") + escape(said)


def told(node: Node) -> tuple[str, ...]:
    """What its second line may say, from long to short."""
    note, more = printable(node.note), printable(node.more)
    if node.role:
        note = note.removeprefix(f"{node.role}, ") if note != node.role else ""
    counted = bool(node.brief) and note.startswith(node.brief.replace("/", " of "))
    brief = "" if counted or node.brief in note or node.brief in more else printable(node.brief)
    parts = [part for part in (brief, note, more) if part]
    first = more if node.state == "published" else note
    said = [*node.says, " · ".join(parts), first, note, brief or more, _plainly(node) if not parts else ""]
    return tuple(dict.fromkeys(one for one in said if one)) or ("",)


def _plainly(node: Node) -> str:
    """What its state means, in a word or two, where nothing else is said."""
    return re.split("[:,]", _state(node))[0] if node.kind == "external" else ""


def _state(node: Node) -> str:
    """What its state means, in words."""
    if node.mark == "W":
        return "waits"
    if node.state == "running":
        return "runs"
    return means(node.state) if node.state not in ("", "none") or node.kind in ("task", "external") else ""


def spoken(node: Node) -> str:
    """Name, kind, state and note in words: `extract, task, failed, and is tried again, try 2, again 06:04`. How long it
    has been so is not said: that would be another word at every instant."""
    state = "" if node.says else _state(node)
    again = f"try {node.mark}" if node.mark.isdigit() else ""
    kind = f"{node.role} task" if node.role and node.kind == "task" else _SPOKEN[node.kind]
    usual = (node.brief if node.brief not in node.note else "", node.note, node.more)
    notes = node.says[-1:] or (usual if node.state not in _LASTING else ())
    return ", ".join(printable(part) for part in (node.title, kind, state, again, *notes) if part)


def _badge(node: Node, wide: int) -> str:
    """Which try it is."""
    if not node.mark.isdigit():
        return ""
    text = f"try {node.mark}"
    return _tag("try", wide - 8 - _tag_width(text), text)


def _tag(look_of: str, x: float, text: str) -> str:
    """A little plate on the upper edge of a box."""
    wide = _tag_width(text)
    return (
        f'<g class="{look_of}"><rect x="{x:g}" y="-4" width="{wide}" height="13" rx="6.5"/>'
        f'<text x="{x + wide / 2:g}" y="6">{escape(text)}</text></g>'
    )


def _tag_width(text: str) -> int:
    return ceil(text_width(text, 10)) + 8


def _text(look_of: str, x: float, y: float, text: str) -> str:
    return f'<text class="{look_of}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
