"""What tasks call, as far as it remembers its calls: an API that is overloaded, a quota, a ban.

A call is a try that starts; calls are made in the order of the log. A vendor's answer follows from the calls before it
alone, so it can be worked out again from the tries that a state holds. "Within a minute" is the minute that ends with
the call: (call - 1 min, call].

An API after an outage (`Outage` with `capacity` or `overload`). Every call from the outage's start on counts, whether
it is answered or not. Once there are more than `overload` of them within a minute, it is down until `again` after the
latest, also when it was down already: the herd keeps it down. A call is refused while it is down, and from `until` on
when `capacity` calls were served within the minute. What it serves when it is knocked down is lost: those calls fail
when they end.

A quota (`Quota`). A call is refused while `at_once` served ones are under way, or when `calls` were served within
`per`. The `ban_after`-th refusal within `ban_within` begins a ban: for as long as `ban`, every call is refused. What is
refused in a ban does not make it longer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from workbench.engine import RunKey
from workbench.scenario.parts import Outage, Quota

MINUTE = timedelta(minutes=1)
DOWN = "the vendor did not answer (503)"
OVERLOADED = "the vendor takes no more calls now (503)"
KNOCKED_DOWN = "the vendor broke down under too many calls (503)"
AT_ONCE = "too many calls at the same time (429)"
TOO_MANY = "too many calls (429)"
BANNED = "banned for too many refused calls (429)"


class Call(NamedTuple):
    """A try that starts, by its run, task and number."""

    run: RunKey
    task: str
    number: int


class Answer(NamedTuple):
    """Why a call is refused (empty: it is served), and how often the vendor had been knocked down by then."""

    refused: str
    knocks: int = 0


class Vendor:
    """Remembers calls from `since` on. Answers to the same call are the same."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self.forget()

    def forget(self) -> None:
        """Begin anew, without a call."""
        self.answers: dict[Call, Answer] = {}
        self.knocks = 0
        self._served: deque[datetime] = deque()

    def ask(self, call: Call, at: datetime, is_under_way: Callable[[Call], bool]) -> str:
        """Why a call is refused, or nothing. `is_under_way`: whether an earlier call has not ended."""
        answer = self.answers.get(call)
        if answer is None:
            refused = self._refusal(call, at, is_under_way)
            answer = self.answers[call] = Answer(refused, self.knocks)
        return answer.refused

    def told_end(self, call: Call, end: datetime | None) -> None:
        """When a call ends, as far as one can say when it is made; None: never."""

    def is_lost(self, call: Call) -> bool:
        """Was the vendor knocked down since it began to serve this call?"""
        answer = self.answers.get(call)
        return answer is not None and not answer.refused and self.knocks > answer.knocks

    def _refusal(self, call: Call, at: datetime, is_under_way: Callable[[Call], bool]) -> str:
        raise NotImplementedError


class OverloadedVendor(Vendor):
    """The API of an outage. `since`: when the outage begins, or was injected; `down_until`: as far as one knows."""

    def __init__(self, outage: Outage, since: datetime) -> None:
        self.outage = outage
        super().__init__(max(since, outage.start))

    def forget(self) -> None:
        super().forget()
        self.down_until = self.outage.until
        self._calls: deque[datetime] = deque()

    def _refusal(self, call: Call, at: datetime, is_under_way: Callable[[Call], bool]) -> str:
        outage = self.outage
        if at < self.since:
            return ""
        down = at < self.down_until
        if outage.overload is not None and _counted(self._calls, at, MINUTE) > outage.overload:
            self.down_until = max(self.down_until, at + outage.again)
            self.knocks += not down
            return DOWN if down else KNOCKED_DOWN
        if down:
            return DOWN
        if outage.capacity is not None and _recent(self._served, at, MINUTE) >= outage.capacity:
            return OVERLOADED
        self._served.append(at)
        return ""


class QuotaVendor(Vendor):
    """The counters of a quota. Calls from before it holds are served, and count."""

    def __init__(self, quota: Quota, since: datetime) -> None:
        self.quota = quota
        super().__init__(since)

    def forget(self) -> None:
        super().forget()
        self._refusals: deque[datetime] = deque()
        self._banned_until: datetime | None = None
        self._under_way: dict[Call, datetime | None] = {}

    def told_end(self, call: Call, end: datetime | None) -> None:
        if call in self._under_way:
            self._under_way[call] = end

    def _refusal(self, call: Call, at: datetime, is_under_way: Callable[[Call], bool]) -> str:
        refused = self._reason(at, is_under_way) if at >= self.since else ""
        if refused:
            self._refused(at)
            return refused
        if self.quota.calls is not None:
            self._served.append(at)
        if self.quota.at_once is not None:
            self._under_way[call] = None
        return ""

    def _reason(self, at: datetime, is_under_way: Callable[[Call], bool]) -> str:
        quota = self.quota
        if self._banned_until is not None and at < self._banned_until:
            return BANNED
        if quota.at_once is not None:
            left = {c: end for c, end in self._under_way.items() if (end is None or end > at) and is_under_way(c)}
            self._under_way = left
            if len(left) >= quota.at_once:
                return AT_ONCE
        if quota.calls is not None and _recent(self._served, at, quota.per) >= quota.calls:
            return TOO_MANY
        return ""

    def _refused(self, at: datetime) -> None:
        quota = self.quota
        if quota.ban_after is None or (self._banned_until is not None and at < self._banned_until):
            return
        if _counted(self._refusals, at, quota.ban_within) >= quota.ban_after:
            self._refusals.clear()
            self._banned_until = at + quota.ban


def _counted(calls: deque[datetime], at: datetime, span: timedelta) -> int:
    """With one more, how many there were within the span that ends now."""
    calls.append(at)
    return _recent(calls, at, span)


def _recent(calls: deque[datetime], at: datetime, span: timedelta) -> int:
    """How many there were within the span that ends now; older ones are forgotten."""
    while calls and calls[0] <= at - span:
        calls.popleft()
    return len(calls)
