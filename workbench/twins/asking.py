"""Questions as methods. Each answers a value that prints; none changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.twins.base import Doing, twin

if TYPE_CHECKING:
    from workbench.verbs import Done


class Asking(Doing):
    """What happened and what there is, as far as it is known now. `why`, `explain` and `compare` stand in Session."""

    @twin("story", 's.story("daily_flights@2013-01-02")')
    def story(self, of: str = "") -> Done:
        """What happened on a day (`2013-01-03`), on some days (`2013-01-03..2013-01-05`), or in one run
        (`daily_flights@2013-01-02`), so far; without a day, today."""
        return self._asked("story", of or None)

    @twin("data", 's.data("pub_punctuality@2013-01-02")')
    def data(self, target: str = "") -> Done:
        """All datasets, the versions of one, or all about one day of it, with its first rows."""
        return self._asked("data", target or None)

    @twin("lineage", 's.lineage("pub_punctuality@2013-01-02", up=True)')
    def lineage(self, target: str = "", up: bool = False, down: bool = False, stale: bool = False) -> Done:
        """Of what a version was made (`up`) and what was made of it (`down`), both unless said; or what is live and
        `stale`."""
        return self._asked("lineage", target or None, up=up, down=down, stale=stale)

    @twin("alerts", "s.alerts()")
    def alerts(self) -> Done:
        """Who was told what, by which route, and who never was."""
        return self._asked("alerts")

    @twin("card", 's.card("daily_flights@2013-01-02")')
    def card(self, run: str, other: str = "") -> Done:
        """What a run was made of: code, inputs, outputs; or how it differs from another run. `#2` behind the day is
        the second run of that day."""
        return self._asked("card", run, other or None)

    @twin("faults", "s.faults()")
    def faults(self, all: bool = False) -> Done:
        """Faults that were injected and hold, with their numbers; `all`: the scenario's too, which gives them away."""
        return self._asked("faults", all=all)

    @twin("help", 's.help("rerun")')
    def help(self, verb: str = "") -> Done:
        """All verbs of the grammar, or one of them."""
        return self._asked("help", *verb.split())
