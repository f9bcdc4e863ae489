"""What goes wrong in the world, as methods. A fault holds from now on: what has happened stays."""

from __future__ import annotations

from typing import Self

from workbench.twins.base import Doing, Moment, Share, Span, share_of, twin


class OfTheWorld(Doing):
    """Late inputs, failing and slow tries, outages. Tasks and inputs are named with their days: `clean@2013-01-03`, or
    `clean@2013-01-03..2013-01-05`; a task without a day means every day."""

    @twin("late", 's.late("jfk@2013-01-03", "95m")')
    def late(self, target: str, by: Span = "", at: Moment = "") -> Self:
        """An input comes that much after it is due, or at a time."""
        return self._do("late", target, by or None, at=at)

    @twin("never", 's.never("jfk@2013-01-03")')
    def never(self, target: str) -> Self:
        """An input never comes."""
        return self._do("never", target)

    @twin("fail", 's.fail("clean@2013-01-03", 2)')
    def fail(self, target: str, tries: int | Share | None = None, after: Span = "") -> Self:
        """The first `tries` of a task fail (one if nothing is said), or a share of all, by chance: `"20%"` or 0.2.
        `after`: how long they had run."""
        return self._do("fail", target, share_of(tries), after=after)

    @twin("outage", 's.outage("extract", "06:00", "06:20")')
    def outage(
        self,
        target: str,
        start: Moment = "",
        until: Moment = "",
        after: Span = "",
        capacity: int | None = None,
        overload: int | None = None,
        again: Span = "",
    ) -> Self:
        """What a task calls is down from `start` (now, unless said) `until` a time. Once up it may serve only
        `capacity` calls a minute, or fall to an `overload` of more calls a minute, each time for `again`."""
        begin = {"from": start, "until": until, "after": after}
        return self._do("outage", target, **begin, capacity=capacity, overload=overload, again=again)

    @twin("quota", 's.quota("extract", calls=100, per="1h")')
    def quota(
        self,
        target: str,
        at_once: int | None = None,
        calls: int | None = None,
        per: Span = "",
        ban_after: int | None = None,
        ban_within: Span = "",
        ban: Span = "",
        after: Span = "",
    ) -> Self:
        """What a task calls refuses more than so many calls `at_once`, or more than `calls` in a time (`per`). Who is
        refused `ban_after` times within `ban_within` is banned for `ban`."""
        words = {"per": per, "ban_after": ban_after, "ban_within": ban_within, "ban": ban, "after": after}
        return self._do("quota", target, at_once=at_once, calls=calls, **words)

    @twin("slow", 's.slow("clean@2013-01-03", factor=3)')
    def slow(self, target: str, factor: Share | None = None, takes: Span = "", tries: int | None = None) -> Self:
        """Tries take `factor` times as long as usual, or `takes`."""
        return self._do("slow", target, factor=factor, takes=takes, tries=tries)

    @twin("varies", 's.varies("clean", "2m", "3m", "7m")')
    def varies(self, target: str, *takes: Span, tries: int | None = None, in_turn: bool = False) -> Self:
        """Each try lasts one of these spans, by chance; `in_turn`: the first try the first of them, the second the
        second, and so on."""
        return self._do("varies", target, *takes, tries=tries, in_turn=in_turn)

    @twin("hang", 's.hang("clean@2013-01-03")')
    def hang(self, target: str, tries: int | None = None) -> Self:
        """Tries never end by themselves; a timeout or kill ends them."""
        return self._do("hang", target, tries=tries)

    @twin("bug", 's.bug("clean", "v1")')
    def bug(self, target: str, version: str = "", after: Span = "") -> Self:
        """Tries that run this version of the code fail; of any version, unless said."""
        return self._do("bug", target, version=version, after=after)

    @twin("lose", 's.lose("clean@2013-01-03", noticed="5m")')
    def lose(self, target: str, tries: int | None = None, after: Span = "", noticed: Span = "") -> Self:
        """The worker dies; the scheduler has `noticed` it some time later."""
        return self._do("lose", target, tries=tries, after=after, noticed=noticed)

    @twin("zombie", 's.zombie("publish@2013-01-03")')
    def zombie(
        self, target: str, tries: int | None = None, after: Span = "", noticed: Span = "", commits: Span = ""
    ) -> Self:
        """A worker is cut off and declared dead, and does its work all the same, `commits` after that."""
        return self._do("zombie", target, tries=tries, after=after, noticed=noticed, commits=commits)

    @twin("unheard", 's.unheard("publish@2013-01-03")')
    def unheard(self, target: str, tries: int | None = None, noticed: Span = "") -> Self:
        """The work is done and the answer is lost: it is believed to have failed."""
        return self._do("unheard", target, tries=tries, noticed=noticed)

    @twin("choose", 's.choose("pick@2013-01-03", "delta_load")')
    def choose(self, target: str, *names: str) -> Self:
        """Which tasks below it a branch will follow; without names, none."""
        return self._do("choose", target, *(names or ("none",)))

    @twin("scheduler down", 's.scheduler_down("05:50", "07:00")')
    def scheduler_down(self, start: Moment = "", until: Moment = "") -> Self:
        """The scheduler is away from `start` (now, unless said) `until` a time: nothing is decided meanwhile."""
        return self._do("scheduler down", **{"from": start}, until=until)

    @twin("lift", "s.lift(1)")
    def lift(self, fault: int | str) -> Self:
        """A fault holds no longer: its number (from 1; first the scenario's, then injected ones), or words of it."""
        return self._do("lift", *str(fault).split())
