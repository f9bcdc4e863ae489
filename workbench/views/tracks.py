"""Vertical wires between two layers: which lines share one, and in which track each lies.

Sources with the same targets share one wire, as everything on its left then goes to everything on its
right. Lines to one target from several wires join on the row of the target; the wires that join to the
right of another lead to this target alone. So a line read from left to right never forks by mistake.
Lines that have nothing in common only cross at right angles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import count, pairwise
from math import inf

Turn = tuple[int, int]
Turns = tuple[Turn, ...]
Lists = list[list[int]]

_WHOLE, _FIRST, _SECOND = range(3)
# Above this many wires in one gap the order is the rule of thumb alone.
_IMPROVED = 60


@dataclass(frozen=True, slots=True)
class Gap:
    """``tracks``: how many. ``turns[left row, right row]``: the corners of that line as (track, row).

    ``merges``: where a wire joins a line that must not be read as turning into the wire.
    """

    tracks: int
    turns: Mapping[Turn, Turns]
    merges: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Net:
    """Left rows that all go to the same right rows; ``own`` are the right rows it reaches as the first."""

    lefts: tuple[int, ...]
    rights: tuple[int, ...]
    own: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Wire:
    """A vertical: ``ins`` are rows of lines from the left, ``outs`` rows of lines to the right.

    ``end``: None for the first wire of a net, the only right row for a wire that joins another there.
    ``part``: whole, or the first or second half of a wire with a detour.
    """

    net: int
    end: int | None
    ins: tuple[int, ...]
    outs: tuple[int, ...]
    part: int = _WHOLE

    @property
    def low(self) -> int:
        return min(self.ins + self.outs)

    @property
    def high(self) -> int:
        return max(self.ins + self.outs)


def route(lines: Mapping[int, Sequence[int]]) -> Gap:
    """The wires for lines from each left row to its right rows. Rows are unique on each side."""
    nets = _nets(lines)
    used = {row for net in nets for row in net.lefts + net.rights}
    wires, later = _acyclic([wire for index, net in enumerate(nets) for wire in _wires(index, net)], used)
    order = _improved(wires, later, _topological(wires, later)[0])
    tracks = _packed(wires, order)
    at = {(wire.net, wire.end, wire.part): (wire, tracks[i]) for i, wire in enumerate(wires)}
    turns = {
        (left, right): _turns(index, net, left, right, at)
        for index, net in enumerate(nets)
        for left in net.lefts
        for right in net.rights
    }
    return Gap(max(tracks, default=-1) + 1, turns, _merges(wires, tracks, _reach(nets, turns)))


def _nets(lines: Mapping[int, Sequence[int]]) -> list[_Net]:
    groups: dict[tuple[int, ...], list[int]] = {}
    for left in sorted(lines):
        if lines[left]:
            groups.setdefault(tuple(sorted(set(lines[left]))), []).append(left)
    plain = [_Net(tuple(lefts), rights, ()) for rights, lefts in groups.items()]
    feeders: dict[int, list[int]] = {}
    for index, net in enumerate(plain):
        for right in net.rights:
            feeders.setdefault(right, []).append(index)
    owner = {right: _owner(right, those, plain) for right, those in feeders.items()}
    return [
        replace(net, own=tuple([right for right in net.rights if owner[right] == index]))
        for index, net in enumerate(plain)
    ]


def _owner(right: int, feeders: list[int], nets: list[_Net]) -> int:
    """The net that comes first on a right row: the one already on that row, else the one with most ends."""
    return min(feeders, key=lambda each: (right not in nets[each].lefts, -len(nets[each].rights), each))


def _wires(index: int, net: _Net) -> list[_Wire]:
    """One wire that joins all left rows and the own right rows, then one for each other right row."""
    others = [right for right in net.rights if right not in net.own]
    if others == list(net.rights) and len(others) == 1:
        return [_Wire(index, others[0], net.lefts, (others[0],))]
    found = [_Wire(index, None, net.lefts, net.own)] if len({*net.lefts, *net.own}) > 1 else []
    for right in others:
        stub = min(net.lefts, key=lambda left: (abs(left - right), left))
        found.append(_Wire(index, right, (stub,), (right,)))
    return found


def _acyclic(wires: list[_Wire], used: set[int]) -> tuple[list[_Wire], Lists]:
    """Wires and which must lie right of which; a cycle is broken by a detour over a free row."""
    while True:
        later = _right_of(wires)
        stuck = _topological(wires, later)[1]
        if not stuck:
            return wires, later
        index = min(stuck, key=lambda each: (wires[each].part, len(wires[each].ins), each))
        wires = [*wires[:index], *_detour(wires[index], used), *wires[index + 1 :]]


def _detour(wire: _Wire, used: set[int]) -> list[_Wire]:
    middle = (wire.ins[0] + wire.outs[-1]) // 2
    row = next(row for off in count() for row in (middle + off, middle - off) if row not in used)
    used.add(row)
    return [replace(wire, outs=(row,), part=_FIRST), replace(wire, ins=(row,), part=_SECOND)]


def _right_of(wires: list[_Wire]) -> Lists:
    """For each wire those that must lie right of it, so that no two lines run on one row by accident."""
    starts, ends = _by_row(wires)
    later: list[set[int]] = [set() for _ in wires]
    for row, feeders in ends.items():
        firsts = [each for each in feeders if wires[each].end is None]
        for each in feeders:
            for start in starts.get(row, ()):
                if wires[start].net != wires[each].net:
                    later[start].add(each)
            if wires[each].end is not None:
                for first in firsts:
                    later[first].add(each)
    for before, after in _within_nets(wires):
        later[before].add(after)
    return [sorted(each) for each in later]


def _by_row(wires: list[_Wire]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for index, wire in enumerate(wires):
        for row in wire.ins if wire.part != _SECOND else ():
            starts.setdefault(row, []).append(index)
        for row in wire.outs if wire.part != _FIRST else ():
            ends.setdefault(row, []).append(index)
    return starts, ends


def _within_nets(wires: list[_Wire]) -> list[tuple[int, int]]:
    """In one net: the first wire before the joining ones, the first half of a detour before the second."""
    at = {(wire.net, wire.end, wire.part): index for index, wire in enumerate(wires)}
    found = []
    for (net, end, part), index in at.items():
        if part == _SECOND:
            found.append((at[net, end, _FIRST], index))
        elif end is not None:
            found += [(at[net, None, half], index) for half in (_WHOLE, _FIRST) if (net, None, half) in at]
    return found


def _topological(wires: list[_Wire], later: Lists) -> tuple[list[int], list[int]]:
    """An order that keeps ``later`` and has few crossings, and the wires on cycles (or between two)."""
    waiting = [0] * len(wires)
    for each in later:
        for other in each:
            waiting[other] += 1
    keys = [_rank(wire) for wire in wires]
    ready = [(keys[each], each) for each in range(len(wires)) if not waiting[each]]
    heapify(ready)
    found = []
    while ready:
        found.append(heappop(ready)[1])
        for other in later[found[-1]]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, (keys[other], other))
    return found, _trimmed([each for each in range(len(wires)) if waiting[each]], later)


def _trimmed(stuck: list[int], later: Lists) -> list[int]:
    """Without those that only wait for a cycle."""
    while True:
        here = set(stuck)
        kept = [each for each in stuck if not here.isdisjoint(later[each])]
        if len(kept) == len(stuck):
            return kept
        stuck = kept


def _rank(wire: _Wire) -> float:
    """Of wires that lead down the lowest lies left, of those that lead up the highest."""
    come = sum(wire.ins) / len(wire.ins)
    go = sum(wire.outs) / len(wire.outs) if wire.outs else come
    return -come if go > come else come


def _improved(wires: list[_Wire], later: Lists, order: list[int]) -> list[int]:
    """Swaps neighbouring wires while that removes crossings."""
    if len(order) > _IMPROVED:
        return order
    for _ in range(len(order)):
        swapped = False
        for index in range(len(order) - 1):
            one, two = order[index], order[index + 1]
            if two not in later[one] and _crossed(wires[two], wires[one]) < _crossed(wires[one], wires[two]):
                order[index], order[index + 1] = two, one
                swapped = True
        if not swapped:
            break
    return order


def _crossed(left: _Wire, right: _Wire) -> int:
    """Crossings of two wires and their lines when they lie in this order."""
    entering = sum(left.low <= row <= left.high for row in right.ins) if left.net != right.net else 0
    leaving = sum(right.low <= row <= right.high for row in left.outs if row not in right.outs)
    return entering + leaving


def _packed(wires: list[_Wire], order: list[int]) -> list[int]:
    """The track of each wire: the leftmost that is free over its rows and right of all before it there."""
    tracks = [0] * len(wires)
    lowest = min([wire.low for wire in wires], default=0)
    free = [0] * (max([wire.high for wire in wires], default=-1) - lowest + 1)
    for each in order:
        low, high = wires[each].low - lowest, wires[each].high - lowest + 1
        tracks[each] = max(free[low:high])
        free[low:high] = [tracks[each] + 1] * (high - low)
    return tracks


def _merges(wires: list[_Wire], tracks: list[int], reach: Mapping[Turn, float]) -> tuple[Turn, ...]:
    """Joints from which a wrong way leads on: along the wire to a line that goes further right."""
    found = []
    for wire, track in zip(wires, tracks, strict=True):
        if wire.end is not None and wire.part == _WHOLE and reach[wire.net, wire.ins[0]] > track:
            found.append((track, wire.end))
    return tuple(sorted(found))


def _reach(nets: list[_Net], turns: Mapping[Turn, Turns]) -> dict[Turn, float]:
    """For every net and row the last track to which its lines run on that row."""
    found: dict[Turn, float] = {}
    for index, net in enumerate(nets):
        for left in net.lefts:
            for right in net.rights:
                for one, two in pairwise([(-1, left), *turns[left, right], (inf, right)]):
                    if one[1] == two[1]:
                        found[index, one[1]] = max(found.get((index, one[1]), -1), two[0])
    return found


_At = Mapping[tuple[int, int | None, int], tuple[_Wire, int]]


def _turns(index: int, net: _Net, left: int, right: int, at: _At) -> Turns:
    """The corners of one line: over the first wire of its net, a joining one, or one after the other."""
    if right in net.own:
        return _through(index, None, left, right, at)
    joining = next(at[index, right, part][0] for part in (_WHOLE, _FIRST) if (index, right, part) in at)
    if left in joining.ins:
        return _through(index, right, left, right, at)
    stub = joining.ins[0]
    return _through(index, None, left, stub, at) + _through(index, right, stub, right, at)


def _through(index: int, end: int | None, start: int, stop: int, at: _At) -> Turns:
    if start == stop:
        return ()
    if (index, end, _WHOLE) in at:
        track = at[index, end, _WHOLE][1]
        return ((track, start), (track, stop))
    wire, track = at[index, end, _FIRST]
    if stop in wire.ins:
        return ((track, start), (track, stop))
    row, after = wire.outs[0], at[index, end, _SECOND][1]
    return ((track, start), (track, row), (after, row), (after, stop))
