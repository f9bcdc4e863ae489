"""What the table says of itself: help, the list of verbs, the table of docs/verbs.md."""

from __future__ import annotations

from itertools import groupby

from workbench.ordering.here import unknown
from workbench.verbs.grammar import slots_of
from workbench.verbs.kinds import KINDS
from workbench.verbs.table import ALIASES, VERBS, Verb

_WIDE = 34


def help_lines(name: str = "") -> list[str]:
    """Help about all verbs, or about one. Raises InvalidInput for one that is not there."""
    if not name:
        return ["verb target[@day[..day]] [word value]...   One line, one command, one undo.", *_overview()]
    name = ALIASES.get(name, name)
    if name in VERBS:
        return _about(VERBS[name])
    some = [verb for verb in VERBS.values() if verb.name.startswith(f"{name} ")]
    if some:
        return [line for verb in some for line in _about(verb)]
    raise unknown("verb", name, [*VERBS, *ALIASES])


def _overview() -> list[str]:
    lines = []
    for group, verbs in groupby(VERBS.values(), key=lambda verb: verb.group):
        lines += ["", f"{group}:", *(line for verb in verbs for line in _row(verb))]
    return lines


def _row(verb: Verb) -> list[str]:
    if len(verb.example) > _WIDE:
        return [f"  {verb.example}", f"  {'':<{_WIDE}} {verb.help}"]
    return [f"  {verb.example:<{_WIDE}} {verb.help}"]


def _about(verb: Verb) -> list[str]:
    kinds = {slot.kind: KINDS[slot.kind] for slot in slots_of(verb.pattern) if slot.kind}
    words = [f"  {kind.shape:<18} {kind.says}" for kind in dict.fromkeys(kinds.values())]
    also = [f"  the same as: {', '.join(verb.aliases)}"] if verb.aliases else []
    return [verb.form.usage, f"  {verb.help}", f"  for example: {verb.example}", *also, *words]
