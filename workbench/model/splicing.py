"""One document's text -> the text that says something else, with all that stays the same untouched: its comments, its
order, its spelling. What a person has written is only replaced where it means something else now.

`before` and `now` are data in short forms (see `writing`): the same keys with the same values are left as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench.model.spots import Region, Spot, line_end, line_start
from workbench.model.writing import WIDTH, entry, flow, name

_NAMED = frozenset({"inputs", "datasets", "tasks", "checks", "roster", "consumers", "pools", "routes"})
_ENDS_IN_COMMENT = re.compile(r"[ \t]+#[^\n]*")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a block: `key` is where it is written; the chunk is its lines with the comments above it."""

    name: str
    key: Spot
    value: Spot
    start: int
    end: int


def spliced(text: str, region: Region, before: dict[str, Any], now: dict[str, Any]) -> str | None:
    """The document's text that says `now`, where it says `before`; None when it cannot be done entry by entry."""
    root = region.root
    if root is None or root.form != "group" or root.flow or not root.items:
        return None
    first = line_start(text, root.start)
    if text[first : root.start].strip():
        return None
    body = _Splicer(text).block(root, before, now, region.end, is_named=False)
    return text[region.start : first] + body


@dataclass(frozen=True, slots=True)
class _Splicer:
    text: str

    def block(self, spot: Spot, before: dict[str, Any], now: dict[str, Any], end: int, is_named: bool) -> str:
        """The lines of a block of entries, up to `end`."""
        entries = self._entries(spot, end)
        indent = spot.start - line_start(self.text, spot.start)
        renamed = _renamed(entries, before, now) if is_named else {}
        made: dict[str, str] = {}
        for one in entries:
            new = renamed.get(one.name, one.name)
            if one.name in before and new not in now:
                continue
            made[new] = self._entry(one, before.get(one.name), now.get(new), new, indent)
        return _joined(_ordered(made, now, is_named), made, now, indent)

    def _entries(self, spot: Spot, end: int) -> list[_Entry]:
        bounds = self._chunks([(key.start, value.end) for key, value in spot.pairs], spot.start, end)
        return [_Entry(key.text, key, value, *at) for (key, value), at in zip(spot.pairs, bounds, strict=True)]

    def _chunks(self, places: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
        """Where the lines of each entry begin and end, with the comments above it (those above the first stay)."""
        starts = [line_start(self.text, begin) for begin, _ in places]
        indent = start - starts[0]
        pairs = zip(starts[1:], places[:-1], strict=True)
        befores = [self._with_comments(at, indent, last) for at, (_, last) in pairs]
        return list(zip([starts[0], *befores], [*befores, end], strict=True))

    def _with_comments(self, start: int, indent: int, floor: int) -> int:
        """From where the comments and empty lines right above an entry belong to it: those that stand as far in."""
        at = start
        while line_start(self.text, at - 1) >= floor:
            line = self.text[line_start(self.text, at - 1) : at]
            inside = len(line) - len(line.lstrip(" "))
            if line.strip() and not (line.lstrip().startswith("#") and inside <= indent):
                break
            at -= len(line)
        return at

    def _entry(self, one: _Entry, before: Any, now: Any, key: str, indent: int) -> str:
        """The chunk of one entry."""
        head, rest = self.text[one.start : one.key.start], self.text[one.key.end : one.end]
        written = self.text[one.key.start : one.key.end] if key == one.name else name(key)
        if before == now and (one.name != "tasks" or [*before] == [*now]):
            return head + written + rest
        block = self._inside(one, before, now)
        if block is not None:
            return head + written + block
        kept = self._on_its_line(one, before, now, written, indent)
        return head + (kept if kept is not None else self._replaced(one, key, now, indent))

    def _inside(self, one: _Entry, before: Any, now: Any) -> str | None:
        """What follows the key, changed inside a block: of entries, or of items."""
        value = one.value
        if value.flow or not value.items:
            return None
        first = line_start(self.text, value.start)
        if first <= one.key.end:
            return None
        if value.form == "group" and isinstance(before, dict) and isinstance(now, dict) and now:
            body = self.block(value, before, now, one.end, one.name in _NAMED)
        elif value.form == "list" and isinstance(now, list) and now and all(i.form == "scalar" for i in value.items):
            body = self._items(value, now, one.end)
        else:
            return None
        return self.text[one.key.end : first] + body

    def _items(self, spot: Spot, now: list[Any], end: int) -> str:
        """A list with an item a line: items that stay keep their lines."""
        bounds = self._chunks([(item.start, item.end) for item in spot.items], spot.start, end)
        indent = spot.start - line_start(self.text, spot.start)
        chunks = {item.text: self.text[a:b] for item, (a, b) in zip(spot.items, bounds, strict=True)}
        return "".join(_ended(chunks.get(str(item)) or f"{' ' * indent}- {flow(item)}\n") for item in now)

    def _on_its_line(self, one: _Entry, before: Any, now: Any, key: str, indent: int) -> str | None:
        """A group in brackets on one line, with other values in it; None where that cannot be, or is too long."""
        value = one.value
        changed = self._brackets(value, before, now)
        if changed is None or indent + len(key) + 2 + len(changed) > WIDTH:
            return None
        return key + self.text[one.key.end : value.start] + changed + self.text[value.end : one.end]

    def _brackets(self, value: Spot, before: Any, now: Any) -> str | None:
        whole = self.text[value.start : value.end]
        if not (value.flow and value.form == "group" and isinstance(before, dict) and isinstance(now, dict)):
            return None
        if "\n" in whole or not value.items or not now:
            return None
        made: dict[str, str] = {}
        for key, item in value.pairs:
            old, new = before.get(key.text), now.get(key.text)
            if key.text in before and key.text not in now:
                continue
            inner = self.text[item.start : item.end] if old == new else self._brackets(item, old, new) or flow(new)
            made[key.text] = f"{self.text[key.start : key.end]}: {inner}"
        for key_, item_ in now.items():
            made.setdefault(key_, f"{name(key_)}: {flow(item_)}")
        return f"{{{', '.join(made[key] for key in _ordered(made, now, False))}}}"

    def _replaced(self, one: _Entry, key: str, now: Any, indent: int) -> str:
        """The entry written anew; a comment at the end of its line stays there."""
        lines = entry(key, now, indent)
        lines[0] = lines[0].lstrip()
        end = one.value.end
        if (one.value.items and not one.value.flow) or one.value.form == "block":
            end = line_end(self.text, max(end - 1, one.key.end))
            end -= self.text[end - 1] == "\n"
        tail = self.text[end : one.end]
        comment = _ENDS_IN_COMMENT.match(tail)
        if comment and len(lines) > 1:
            lines[0] += comment[0]
            tail = tail[comment.end() :]
        return "\n".join(lines) + tail


def _renamed(entries: list[_Entry], before: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    """Entries that have another name now: one that is gone, for a new one in its place that says much the same."""
    there, found = {one.name for one in entries} | set(before), dict[str, str]()
    for place, (name_, value) in enumerate(before.items()):
        new = [*now][place] if place < len(now) else name_
        if name_ not in now and new not in there and _alike(value, now[new]):
            found[name_] = new
    return found


def _alike(one: Any, other: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return bool(one == other)
    same = sum(1 for key, value in one.items() if other.get(key) == value)
    return 2 * same >= max(len(one), len(other))


def _ordered(made: Iterable[str], now: dict[str, Any], is_named: bool) -> list[str]:
    """All keys in order: those that are there stay, unless the order of entries itself has changed; a new one comes
    after the one that it follows in `now`."""
    found = list(made)
    known = [key for key in now if key in found]
    if is_named and [key for key in found if key in now] != known:
        return list(now)
    order = list(now)
    for key in [key for key in now if key not in found]:
        earlier = [other for other in order[: order.index(key)] if other in found]
        found.insert(found.index(earlier[-1]) + 1 if earlier else 0, key)
    return found


def _joined(order: list[str], made: dict[str, str], now: dict[str, Any], indent: int) -> str:
    """Chunks one below the other; empty lines at the end of a chunk stay behind a new entry that follows."""
    lines: list[str] = []
    for key in order:
        new = "".join(f"{line}\n" for line in entry(key, now[key], indent)) if key not in made else ""
        if new and lines:
            body = lines[-1].rstrip("\n")
            lines[-1], new = body + "\n", new + lines[-1][len(body) + 1 :]
        lines.append(new or _ended(made[key]))
    return "".join(lines)


def _ended(chunk: str) -> str:
    return chunk if chunk.endswith("\n") or not chunk else chunk + "\n"
