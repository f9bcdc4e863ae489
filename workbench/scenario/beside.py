"""Some rows of a wrong version beside those that would have been right: what is missing, what is too much, and what is
different. How many there are is counted as in `judging`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.engine.catalog import Version
from workbench.scenario.judging import Judged
from workbench.scenario.rows import Rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Beside:
    """A version, how wrong it was when that was last seen, how many rows there are and would be right (None: nobody
    knows), and a few rows: `missing`, `extra` (too much), and `changed` as (what is there, what would be right).
    No rows where rows are only counted. `common`: what all missing rows have in one column, and none that is there:
    `(("origin", "JFK"),)`; `shared`: the same where some of those that are there have it too, but not all. Where none
    is missing, of those that are too much, or different. `differ`: the columns in which changed rows are not right;
    `alike`: what those have in common, where others are missing or too much; `twice`: what is too much is there a
    second time."""

    version: Version
    judged: Judged
    rows: int | None
    right: int | None
    missing: tuple[Row, ...] = ()
    extra: tuple[Row, ...] = ()
    changed: tuple[tuple[Row, Row], ...] = ()
    common: tuple[tuple[str, Any], ...] = ()
    shared: tuple[tuple[str, Any], ...] = ()
    differ: tuple[str, ...] = ()
    twice: bool = False
    alike: tuple[tuple[str, Any], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What rows have, in their order; where some differ, that comes first, and then what they have in common."""
        pairs = [row for pair in self.changed for row in pair]
        names = dict.fromkeys(name for row in (*pairs, *self.missing, *self.extra) for name in row)
        return tuple(dict.fromkeys((*self.differ, *(name for name, _ in self.alike), *names)))


def beside(version: Version, judged: Judged, there: Rows | None, right: Rows | int | None, key: tuple[str, ...],
           most: int) -> Beside:  # fmt: skip
    """At most so many rows of each sort. `key`: rows belong together that share it. `right`: the rows, or only how
    many there would be."""
    if there is None or not isinstance(right, list):
        return Beside(version, judged, version.rows, len(right) if isinstance(right, list) else right)
    extra, missing = without(there, right), without(right, there)
    changed = tuple(_pairs(extra, missing, key or _as_right(extra, missing)))
    spare, lost = _rest(extra, [pair[0] for pair in changed]), _rest(missing, [pair[1] for pair in changed])
    some = _spread(lost, most), _spread(spare, most), changed[:most]
    odd = lost or spare or [pair[0] for pair in changed]
    twice = bool(spare) and len(spare) == len(set(map(_text, spare)) & set(map(_text, right)))
    differ = tuple(name for name in _names(changed) if any(a.get(name) != b.get(name) for a, b in changed))
    common, shared = _common(odd, there if lost else right)
    alike = _alike(changed, right) if lost or spare else ()
    return Beside(version, judged, version.rows, len(right), *some, tuple(common), tuple(shared), differ, twice, alike)


def _alike(changed: Iterable[tuple[Row, Row]], right: Rows) -> tuple[tuple[str, Any], ...]:
    """What all changed rows have in common, and the fewest of the right ones."""
    common, shared = _common([pair[1] for pair in changed], right)
    return tuple((common or shared)[:1])


def _as_right(extra: list[Row], missing: list[Row]) -> tuple[str, ...]:
    """Without a key: the columns that have the same values, all in all, in what is too much and in what is missing; of
    the fewer rows, among those of the more. None when that says nothing of which belongs to which, or when some of the
    fewer belong to none."""
    few, many = (extra, missing) if len(extra) <= len(missing) else (missing, extra)
    names = tuple(dict.fromkeys(name for row in extra for name in row))
    same = tuple(name for name in names if few and _values(few, name) <= _values(many, name))
    if same in ((), names):
        return ()
    keys = Counter(_key(row, same) for row in many)
    return same if len(few) == len(many) or Counter(_key(row, same) for row in few) <= keys else ()


def _values(rows: list[Row], name: str) -> Counter[str]:
    return Counter(json.dumps(row.get(name)) for row in rows)


def _names(pairs: Iterable[tuple[Row, Row]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for pair in pairs for row in pair for name in row))


def _spread(rows: list[Row], most: int) -> tuple[Row, ...]:
    """So many of them, from the first to the last: what lies far apart tells more than neighbours."""
    if len(rows) <= most or most < 2:
        return tuple(rows[:most])
    return tuple(rows[place * (len(rows) - 1) // (most - 1)] for place in range(most))


def _common(lost: list[Row], there: Rows) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """What all missing rows have, and nothing that is there; and what they all have, and only some that are there: what
    fewest have comes first."""
    alone, too = [], list[tuple[int, str, Any]]()
    for name, value in lost[0].items() if len(lost) > 1 else ():
        if value is not None and all(row.get(name) == value for row in lost):
            others = sum(row.get(name) == value for row in there)
            if not others:
                alone.append((name, value))
            elif others < len(there):
                too.append((others, name, value))
    return alone, [(name, value) for _, name, value in sorted(too, key=lambda one: one[0])]


def without(some: Rows, others: Rows) -> list[Row]:
    """Those rows that are not, or not as often, among the others; in their order."""
    left = Counter(map(_text, others))
    found = []
    for row in some:
        text = _text(row)
        if left[text]:
            left[text] -= 1
        else:
            found.append(row)
    return found


def _rest(some: list[Row], taken: Iterable[Row]) -> list[Row]:
    gone = {id(row) for row in taken}
    return [row for row in some if id(row) not in gone]


def _pairs(extra: list[Row], missing: list[Row], key: tuple[str, ...]) -> Iterator[tuple[Row, Row]]:
    """Rows with one key and other values: what is there, and what would be right."""
    wanted: dict[str, list[Row]] = {}
    if not key:
        return
    for row in missing:
        wanted.setdefault(_key(row, key), []).append(row)
    for row in extra:
        if found := wanted.get(_key(row, key)):
            yield row, found.pop(0)


def _text(row: Row) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def _key(row: Row, key: tuple[str, ...]) -> str:
    return json.dumps([row.get(name) for name in key], sort_keys=True)
