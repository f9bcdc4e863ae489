"""Repairing and running, as methods."""

from __future__ import annotations

from typing import Literal, Self

from workbench.twins.base import Doing, Moment, twin

Which = Literal["missing", "failed", "changed", "all"]


class Repairing(Doing):
    """Runs and task instances: again, by hand, over many days, with other code."""

    @twin("rerun", 's.rerun("clean@2013-01-03", down=True)')
    def rerun(self, target: str, down: bool = False, up: bool = False, failed: bool = False) -> Self:
        """Run again with all retries: it only, with all below it (`down`) or above it (`up`), or what `failed`."""
        return self._do("rerun", target, down=down, up=up, failed=failed)

    # Airflow's word.
    clear = rerun

    @twin("mark", 's.mark("clean@2013-01-03", "success")')
    def mark(self, target: str, state: str) -> Self:
        """Say that it is success, failed or skipped; what failed below may run again."""
        return self._do("mark", target, state)

    @twin("kill", 's.kill("extract@2013-01-03")')
    def kill(self, target: str) -> Self:
        """End what is under way; it is tried again as its retries allow."""
        return self._do("kill", target)

    @twin("pause", 's.pause("daily_flights")')
    def pause(self, dag: str) -> Self:
        """Nothing of the DAG starts any more, and no runs are made. What runs goes on."""
        return self._do("pause", dag)

    @twin("unpause", 's.unpause("daily_flights")')
    def unpause(self, dag: str) -> Self:
        """The DAG is switched on again."""
        return self._do("unpause", dag)

    @twin("trigger", 's.trigger("daily_flights", "2013-01-03")')
    def trigger(self, dag: str, day: str = "") -> Self:
        """Make a run by hand; without a day it owns the last one that has ended."""
        return self._do("trigger", f"{dag}@{day}" if day else dag)

    @twin("backfill", 's.backfill("daily_flights", "2013-01-01", "2013-01-03", which="all", limit=2)')
    def backfill(
        self,
        target: str,
        first: str = "",
        last: str = "",
        limit: int | None = None,
        newest: bool = False,
        which: Which = "missing",
        down: bool = False,
        pin: str = "",
        priority: int = 0,
    ) -> Self:
        """Make the runs of a range of days, oldest first or `newest` first, at most `limit` at once: those that are
        `missing`, also those that `failed`, those whose code or inputs `changed`, or `all`. The target is a DAG, or a
        task: then the others are kept as they are. `down`: with all that comes after, also in other DAGs. `pin`: the
        version of the code that they run. `priority` is added to that of their tasks."""
        days = f"{target}@{first}..{last or first}" if first else target
        words = {"down": down, "newest": newest, "limit": limit, "pin": pin, "priority": priority or None}
        return self._do("backfill", days, None if which == "missing" else which, **words)

    @twin("backfill pause", "s.pause_backfill()")
    def pause_backfill(self, number: int = 0) -> Self:
        """None of its runs starts any more; those that have started go on. `number`: which, where there are several:
        that of the event which asked for it."""
        return self._do("backfill pause", number or None)

    @twin("backfill resume", "s.resume_backfill()")
    def resume_backfill(self, number: int = 0) -> Self:
        """The runs of a paused backfill start again."""
        return self._do("backfill resume", number or None)

    @twin("backfill cancel", "s.cancel_backfill()")
    def cancel_backfill(self, number: int = 0) -> Self:
        """Its runs that have not started end as failed; those that have go on."""
        return self._do("backfill cancel", number or None)

    @twin("materialize", 's.materialize("served", "2013-01-01", "2013-01-02")')
    def materialize(
        self,
        dataset: str,
        first: str = "",
        last: str = "",
        since: str = "",
        limit: int | None = None,
        newest: bool = False,
    ) -> Self:
        """Fill a feature store: an external one copies a range of days, a managed one makes all that is missing or
        stale `since` a day."""
        days = f"{dataset}@{first}..{last or first}" if first else dataset
        return self._do("materialize", days, **{"from": since}, limit=limit, newest=newest)

    @twin("deploy", 's.deploy("clean", "v2")')
    def deploy(self, target: str, version: str, at: Moment = "") -> Self:
        """Tries that start from now on, or from a time on, run this version of the code, of a task or a whole DAG."""
        return self._do("deploy", target, version, at=at)
