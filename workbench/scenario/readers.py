"""Consumers: at their times they read what is live.

A consumer reads, for each dataset, the last window that has ended on the grid of the dataset. Where this partition is
not live it gets the newest earlier one that is, which is stale; nothing at all ("", version 0) when there is none. Who
reads a span of windows gets each of them, or nothing in its place. A partition that was made before the simulation
began has no version in it: reading it is no event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappush
from itertools import takewhile
from zoneinfo import ZoneInfo

from workbench.engine import State
from workbench.engine.catalog import Version
from workbench.engine.data_events import DatasetRead
from workbench.engine.rules.inputs import is_live
from workbench.engine.state import Known
from workbench.engine.world import READ, Due
from workbench.model import Consumer
from workbench.model.parts import span_of
from workbench.timetable import Partition
from workbench.timetable.ticker import Ticker, ticker

_SECOND = timedelta(seconds=1)


class Readers:
    """The consumers of one world, in its agenda: each stands there once, with its next time."""

    def __init__(self, start: datetime, agenda: list[Due]) -> None:
        self.start, self.agenda = start, agenda
        self._clocks: dict[Consumer, Ticker] = {}

    def attach(self, state: State, now: datetime) -> None:
        for consumer in state.known.consumers.values():
            self._next(consumer, max(now, self.start) - _SECOND)

    def take(self, state: State, due: Due) -> DatasetRead | None:
        """The next read of a consumer whose time has come; None when it has read all."""
        at, name = due[0], due[4]
        consumer = state.known.consumers[name]
        event = next(_reads(state.known, consumer, at), None)
        if event is None:
            self._next(consumer, at)
        else:
            heappush(self.agenda, due)
        return event

    def _next(self, consumer: Consumer, after: datetime) -> None:
        tick = self._clock(consumer).after(after)
        if tick is not None:
            heappush(self.agenda, (tick, READ, "", "", consumer.name, None, 0))

    def _clock(self, consumer: Consumer) -> Ticker:
        if consumer not in self._clocks:
            zone = ZoneInfo(consumer.timezone)
            self._clocks[consumer] = ticker(consumer.schedule, zone, "shift", "second", None, self.start)
        return self._clocks[consumer]


def _reads(known: Known, consumer: Consumer, at: datetime) -> Iterator[DatasetRead]:
    """What the consumer has still to read at that instant, in the order written."""
    latest = takewhile(lambda read: read.at == at, reversed(known.data.reads))
    done = {(read.dataset, read.wanted) for read in latest if read.consumer == consumer.name}
    for text in consumer.reads:
        dataset, _, span = text.partition("@")
        for wanted in _wanted(known, dataset, span, at):
            if (dataset, wanted.key) in done or not _is_wanted(known, dataset, wanted):
                continue
            got = known.data.live_version(dataset, wanted.key) or (None if span else _stale(known, dataset, wanted))
            what = (got.partition, got.n, got.live[-1].since_seq) if got is not None else ("", 0, 0)
            yield DatasetRead(at, consumer.name, dataset, wanted.key, *what)


def _wanted(known: Known, dataset: str, span: str, at: datetime) -> Iterator[Partition]:
    """The windows of a span that ends with the last one that is over."""
    home = known.makers.get(dataset)
    if home is None:
        return
    grid, (low, high) = known.plans[home].spec.grid, span_of(span)
    window = grid.shift(grid.last_ended(at), low)
    for _ in range(high - low + 1):
        yield window
        window = grid.next(window)


def _is_wanted(known: Known, dataset: str, window: Partition) -> bool:
    """Should it be there, and is not only known to have been made before the simulation began?"""
    home = known.makers[dataset]
    if not known.plans[home].spec.wants(window):
        return False
    return (dataset, window.key) in known.data.live or not is_live(known, dataset, home, window)


def _stale(known: Known, dataset: str, wanted: Partition) -> Version | None:
    """The newest earlier partition that is live."""
    grid = known.plans[known.makers[dataset]].spec.grid
    windows = (grid.parse(partition) for name, partition in known.data.live if name == dataset)
    found = max((one for one in windows if one.start < wanted.start), key=lambda one: one.start, default=None)
    return known.data.live_version(dataset, found.key) if found is not None else None
