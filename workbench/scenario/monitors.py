"""What goes on beside the runs: checks that look at a version after its publication, and people who answer alerts."""

from __future__ import annotations

from datetime import datetime
from heapq import heappush
from typing import NamedTuple

from workbench.engine import Run, State
from workbench.engine.catalog import Alert, Version
from workbench.engine.data_events import AlertAnswered, AlertSent, CheckRan, VersionPublished
from workbench.engine.state import Known
from workbench.engine.world import DEADLINE, Due
from workbench.scenario.checking import Checking
from workbench.scenario.publishing import dataset_of

CHECK = "check:"


class Watch(NamedTuple):
    """A check looks at version `n`, if it is still live then."""

    n: int
    check: str


class Answer(NamedTuple):
    """Somebody acknowledges the alert that was event number `alert`."""

    alert: int
    by: str


class Monitors:
    """Those of one world, in its agenda."""

    def __init__(self, checking: Checking, agenda: list[Due]) -> None:
        self.checking, self.agenda = checking, agenda

    def attach(self, state: State, now: datetime) -> None:
        known = state.known
        for dataset, partition in sorted(known.data.live):
            if any(check.when == "after" for check in dataset_of(known, dataset).checks.values()):
                version = known.data.live_version(dataset, partition)
                assert version is not None
                self._watch(known, version, now)
        for seq, alert in known.data.alerts.items():
            self._await_answer(known, seq, alert, now)

    def published(self, state: State, event: VersionPublished, run: Run | None) -> None:
        version = state.known.data.get((event.dataset, event.partition, event.n))
        assert version is not None
        self._watch(state.known, version, event.at)

    def sent(self, state: State, event: AlertSent, run: Run | None) -> None:
        seq = state.known.seq
        self._await_answer(state.known, seq, state.known.data.alerts[seq], event.at)

    def take(self, state: State, due: Due) -> CheckRan | AlertAnswered | None:
        """A check that is made now, or an answer; None when it was made, or the version is live no more."""
        at, what = due[0], due[6]
        if isinstance(what, Answer):
            is_open = state.known.data.alerts[what.alert].answered is None
            return AlertAnswered(at, what.alert, what.by, what.alert) if is_open else None
        return self._look(state, due[3], due[4].removeprefix(CHECK), what, at)

    def _look(self, state: State, partition: str, dataset: str, what: Watch, at: datetime) -> CheckRan | None:
        known = state.known
        version, check = known.data.live_version(dataset, partition), dataset_of(known, dataset).checks.get(what.check)
        if version is None or version.n != what.n or check is None or _was_watched(known, version, what.check):
            return None
        return self.checking.run(state, version, check, "after", at, version.live[0].since_seq)

    def _watch(self, known: Known, version: Version, now: datetime) -> None:
        """Checks after publication: each once, so long after the version went live for the first time."""
        for check in dataset_of(known, version.dataset).checks.values():
            due = version.live[0].since + check.delay
            if check.when == "after" and due >= now and not _was_watched(known, version, check.name):
                home = known.makers[version.dataset]
                what = Watch(version.n, check.name)
                heappush(self.agenda, (due, DEADLINE, home, version.partition, CHECK + version.dataset, None, what))

    def _await_answer(self, known: Known, seq: int, alert: Alert, now: datetime) -> None:
        """The first of its recipients who is there and acknowledges alerts at all."""
        people = [known.roster[name] for name in alert.recipients if name in known.roster]
        person = next((one for one in people if one.active and one.acknowledges is not None), None)
        if person is None or person.acknowledges is None or alert.answered is not None:
            return
        due = alert.at + person.acknowledges
        if due >= now:
            heappush(self.agenda, (due, DEADLINE, "", f"{seq:012}", "", None, Answer(seq, person.name)))


def _was_watched(known: Known, version: Version, check: str) -> bool:
    return any(one.check == check and one.when == "after" for one in known.data.checks_of(version.name))
