"""Data, checks and alerts, as methods."""

from __future__ import annotations

from typing import Self

from workbench.twins.base import Doing, Value, twin, words_of


class OfData(Doing):
    """What is live, what is set aside, who is told, and which checks are made."""

    @twin("quarantine", 's.quarantine("jfk@2013-01-03", "num(dep_delay) > 120", owner="ingest-oncall")')
    def quarantine(self, target: str, where: str, owner: str = "") -> Self:
        """Rows for which a condition (SQL) holds are set aside: tries that begin from now on do not see them. What
        comes from a CSV file is text: `num(dep_delay) > 120`."""
        return self._do("quarantine", target, where=" ".join(where.splitlines()), owner=owner)

    @twin("withdraw", 's.withdraw("pub_punctuality@2013-01-02")')
    def withdraw(self, target: str, to: int | None = None) -> Self:
        """What is live is live no longer; version `to` of it is instead, if said."""
        return self._do("withdraw", target, to=to)

    @twin("approve", 's.approve("stg_flights@2013-01-02")')
    def approve(self, target: str, n: int | None = None) -> Self:
        """A version that a check held back goes live all the same: version `n`, or the newest such."""
        return self._do("approve", target, n)

    @twin("notify", 's.notify("pub_punctuality@2013-01-02", "board_dashboard")')
    def notify(self, about: str, *consumers: str) -> Self:
        """Tell consumers that what they read has changed; without names, all whom it concerns."""
        return self._do("notify", *consumers, about=about)

    @twin("check add", 's.add_check("pub_punctuality", "volume", "rows", min=500, max=1100, severity="block")')
    def add_check(self, dataset: str, name: str, kind: str, **fields: Value) -> Self:
        """One more check of a dataset."""
        return self._do("check add", dataset, name, kind, *words_of(fields))

    @twin("check set", 's.set_check("stg_flights.volume", max=1200)')
    def set_check(self, check: str, **fields: Value) -> Self:
        """Fields of a check get other values; None takes one away."""
        return self._do("check set", check, *words_of(fields))

    @twin("check rm", 's.remove_check("stg_flights.volume")')
    def remove_check(self, check: str) -> Self:
        """The check is made no more."""
        return self._do("check rm", check)

    @twin("route", 's.route("daily_flights", to="ingest-oncall")')
    def route(self, what: str, *people: str, to: str = "") -> Self:
        """Whom a DAG tells when something is wrong (`to`: a person or a route; "none": the owner of what is wrong), or
        the people behind a route."""
        return self._do("route", what, *people, to=to)
