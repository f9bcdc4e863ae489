"""How far versions are from what would have been right, when they were published or read.

Rows are compared as multisets: their order says nothing. Where a dataset has a key, rows belong together that share it:
one with other values is different, one more often there than it should be is duplicated. Where it has none, a row that
is right but there too often is duplicated. What is left on both sides is paired: so many rows are different; what is
then left over is missing, or different too when it is too much. Where rows are only counted: too few are missing, too
many duplicated.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from workbench.engine import Event, State, evolve
from workbench.engine.catalog import Version
from workbench.engine.data_events import DatasetRead, PointersMoved, VersionPublished
from workbench.scenario.publishing import dataset_of
from workbench.scenario.rows import Rows
from workbench.scenario.truth import Truth

# So many events are folded one by one, rather than asking the future for a state further on.
_FOLDED_AT_MOST = 500


class Judgement(NamedTuple):
    """How many rows are missing, there too often, or not as they should be."""

    missing: int = 0
    duplicated: int = 0
    different: int = 0

    @property
    def wrong(self) -> int:
        return sum(self)


RIGHT = Judgement()


class Judged(NamedTuple):
    """What a version was worth when event number `seq` published it, or when it was read then."""

    seq: int
    at: datetime
    dataset: str
    partition: str
    n: int
    missing: int
    duplicated: int
    different: int

    @property
    def wrong(self) -> int:
        return self.missing + self.duplicated + self.different


class Future(Protocol):
    """A log, and the state after so many of its events, for the caller to keep."""

    @property
    def log(self) -> Sequence[Event]: ...

    def state_at(self, position: int) -> State: ...


class Judge:
    """Compares versions with the truth. It remembers what it compared, and shares that with `other`, the judge of
    another future whose dataflow has the same rows."""

    def __init__(self, truth: Truth, other: Judge | None = None) -> None:
        self.truth = truth
        self._compared: dict[tuple[str, str, tuple[str, ...]], Judgement] = other._compared if other else {}

    def judge(self, state: State, version: Version, at: datetime) -> Judgement:
        """A version beside what would be right at `at` (UTC), with the state there. Of what nobody knows the rows,
        nothing is wrong."""
        right = self.truth.right(state, version.dataset, version.partition, at)
        if right.content is None or version.rows is None:
            return RIGHT
        key = dataset_of(state.known, version.dataset).key
        place = (version.content or f"{version.rows}:", right.content, key)
        if place not in self._compared:
            self._compared[place] = self._compare(state, version, right.content, key)
        return self._compared[place]

    def contents(self, state: State, version: Version, at: datetime) -> tuple[str | None, str | None, tuple[str, ...]]:
        """The content of a version, what would be right at `at` (UTC) by the state there, and the key of its rows."""
        right = self.truth.right(state, version.dataset, version.partition, at).content
        there = self.truth.dataflow.content_of(state, version)
        return there, right, dataset_of(state.known, version.dataset).key

    def _compare(self, state: State, version: Version, right: str, key: tuple[str, ...]) -> Judgement:
        store = self.truth.store
        content = self.truth.dataflow.content_of(state, version)
        if content == right:
            return RIGHT
        there = store.get(content) if content is not None else None
        wanted = store.get(right)
        if there is None or wanted is None:
            return by_counts(version.rows or 0, store.count(right))
        return by_rows(there, wanted, key)


class Judgements:
    """What the versions of one future were worth, at each publication and each read, in the order of its log. Asked
    again, only what is new is looked at."""

    def __init__(self, judge: Judge, future: Future) -> None:
        self.judge, self.future = judge, future
        self.found: list[Judged] = []
        self._seen = 0
        self._state: State | None = None

    def rows(self, upto: int | None = None) -> list[Judged]:
        """Those of the first `upto` events; of all when None."""
        log = self.future.log
        end = len(log) if upto is None else upto
        for place in range(self._seen, end):
            if isinstance(log[place], VersionPublished | PointersMoved | DatasetRead):
                self.found += self._of(log[place], place + 1)
        self._seen = max(self._seen, end)
        return self.found if upto is None else [one for one in self.found if one.seq <= upto]

    def _of(self, event: Event, seq: int) -> Iterator[Judged]:
        state = self._state_at(seq)
        for name in _shown_by(event):
            version = state.known.data.get(name)
            if version is not None:
                yield Judged(seq, event.at, *name, *self.judge.judge(state, version, event.at))

    def _state_at(self, seq: int) -> State:
        """The state after this event, from the one before as long as that is near."""
        state = self._state
        if state is None or not 0 <= seq - state.known.seq <= _FOLDED_AT_MOST:
            state = self._state = self.future.state_at(seq).snapshot()
        for event in self.future.log[state.known.seq : seq]:
            evolve(state, event)
        return state


def _shown_by(event: Event) -> list[tuple[str, str, int]]:
    """The versions that an event makes live, or shows to somebody."""
    if isinstance(event, PointersMoved):
        return [name for name in event.moves if name[2]]
    if isinstance(event, VersionPublished | DatasetRead):
        return [(event.dataset, event.partition, event.n)] if event.n else []
    return []


# comparing


def by_counts(there: int, right: int) -> Judgement:
    return Judgement(missing=max(0, right - there), duplicated=max(0, there - right))


def by_rows(there: Rows, right: Rows, key: tuple[str, ...] = ()) -> Judgement:
    """Rows beside the right ones. Of an unknown key, as of no key at all, a row is unexpected."""
    here, wanted = Counter(map(_text, there)), Counter(map(_text, right))
    spare, lost = here - wanted, wanted - here
    if key:
        return _by_key(spare, lost, {_key(text, key) for text in wanted}, key)
    duplicated = sum(count for text, count in spare.items() if text in wanted)
    return _paired(Judgement(duplicated=duplicated), spare.total() - duplicated, lost.total())


def _by_key(spare: Counter[str], lost: Counter[str], known: set[str], key: tuple[str, ...]) -> Judgement:
    too_much, too_few = _summed(spare, key), _summed(lost, key)
    different = (too_much & too_few).total()
    too_much, too_few = too_much - too_few, too_few - too_much
    duplicated = sum(count for one, count in too_much.items() if one in known)
    return _paired(Judgement(0, duplicated, different), too_much.total() - duplicated, too_few.total())


def _paired(found: Judgement, unexpected: int, missing: int) -> Judgement:
    """What nobody expected stands in the place of what is missing, as far as it goes."""
    return Judgement(max(0, missing - unexpected), found.duplicated, found.different + unexpected)


def _summed(rows: Counter[str], key: tuple[str, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, count in rows.items():
        found[_key(text, key)] += count
    return found


def _text(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def _key(text: str, key: tuple[str, ...]) -> str:
    row = json.loads(text)
    return json.dumps([row.get(name) for name in key], sort_keys=True)
