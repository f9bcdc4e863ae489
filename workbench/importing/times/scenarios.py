"""The scenarios of a recording: how it usually goes, and one day as it was."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from workbench.importing.found import Draft, Found, Note, Path
from workbench.importing.times.days import Owners, day_of, newest_whole_day
from workbench.importing.times.matching import Matched
from workbench.importing.times.measured import by_name, chances, instant, said
from workbench.importing.times.recording import NONE, Recording, Try
from workbench.importing.times.replay import Replay
from workbench.importing.times.summary import OfRun, RunKey, Summary, begun, median, rounded
from workbench.importing.times.values import GOOD
from workbench.model import DagSpec, InvalidInput
from workbench.model.findings import shown
from workbench.scenario.zones import common_zone
from workbench.timetable import Partition, format_duration, format_instant
from workbench.views.clock import listed, plural

MOST_FAULTS = 20_000
_WEEK = timedelta(days=7)
_MOST_ASKED = 200
_MOST_NAMES = 5
Data = dict[str, Any]


class Recorded:
    """A recording of the DAGs of an import, all of whose parts are known. `notes`: what there is to say, once the
    scenarios were asked for."""

    def __init__(
        self, found: Found, specs: Mapping[str, DagSpec], recording: Recording, matches: Matched, summary: Summary
    ) -> None:
        self.found, self.specs, self.recording = found, specs, recording
        self.matches, self.summary = matches, summary
        self.notes: list[Note] = []
        self._arrivals: dict[str, int] = {}

    @cached_property
    def runs(self) -> dict[RunKey, OfRun]:
        """Those in which anything began."""
        return {n: run for n, run in self.summary.runs.items() if run.first != NONE}

    @cached_property
    def days(self) -> dict[date, list[OfRun]]:
        found: dict[date, list[OfRun]] = {}
        for run in self.runs.values():
            found.setdefault(day_of(run, self.specs[run.dag]), []).append(run)
        return found

    @cached_property
    def owners(self) -> dict[str, Owners]:
        runs: dict[str, list[OfRun]] = {}
        for run in self.runs.values():
            runs.setdefault(run.dag, []).append(run)
        return {dag: Owners(self.specs[dag], those) for dag, those in runs.items()}

    @cached_property
    def zone(self) -> ZoneInfo:
        return common_zone(self.specs.values())

    def _note(self, manner: Any, told: str) -> None:
        self.notes.append(Note(manner, told, file=self.recording.place))

    # as it usually goes

    def as_recorded(self) -> Data:
        """The scenario in which it goes on as it was recorded."""
        name = "as_recorded"
        start = self._midnight(max(self.days))
        tries = sum(of.tries for of in self.summary.tasks.values())
        told = f"Lengths and failures by chance, as often as in {plural(tries, 'recorded try', 'recorded tries')}"
        self._note("kept", f"scenario {name}: {told[0].lower()}{told[1:]}")
        arrivals = {"arrivals": self.arrivals} if self.arrivals else {}
        return {
            "scenario": name,
            "description": f"{told}, {min(self.days)} to {max(self.days)}",
            "from": format_instant(start),
            "until": format_instant(start + _WEEK),
            **arrivals,
            "faults": [fault for dag, spec in self.specs.items() for fault in chances(spec, self._tasks(dag))],
        }

    def _tasks(self, dag: str) -> dict[str, Any]:
        return by_name(dag, self.matches.places, self.summary.tasks)

    @cached_property
    def arrivals(self) -> dict[str, str]:
        """When inputs usually came: when sensors that wait for nothing else found them."""
        newest = sorted(self.runs, key=lambda n: self.runs[n].first)[-_MOST_ASKED:]
        after: dict[str, list[int]] = {}
        if any(task.sensor is not None for spec in self.specs.values() for task in spec.tasks.values()):
            for number, tries in self._of_runs(set(newest)).items():
                one = self._replay(self.runs[number], tries)
                for name, at in one.found().items():
                    if at != NONE:
                        after.setdefault(name, []).append(at // 1000 - int(one.window.end.timestamp()))
        return {name: self._moment(name, spans) for name, spans in after.items()}

    def _moment(self, name: str, spans: list[int]) -> str:
        after = max(0, (median(array("q", spans)) + 30) // 60 * 60)
        self._arrivals[name] = len(spans)
        return f"+{format_duration(timedelta(seconds=after))}"

    def drafts(self) -> tuple[Draft, ...]:
        """The drafts, in which what was guessed of inputs is what was measured."""
        return tuple(map(self._with_arrivals, self.found.drafts))

    def _with_arrivals(self, draft: Draft) -> Draft:
        inputs, remarks = dict(draft.data.get("inputs") or {}), dict(draft.remarks)
        for name in inputs:
            paths: list[Path] = [("inputs", name), ("inputs", name, "expected")]
            guessed = any("guess" in remarks.get(path, "") for path in paths)
            if name in self.arrivals and guessed and isinstance(inputs[name], Mapping) and "expected" in inputs[name]:
                inputs[name] = {**inputs[name], "expected": self.arrivals[name]}
                remarks.pop(paths[1], None)
                remarks[paths[0]] = f"expected when {plural(self._arrivals[name], 'sensor')} found it, in the middle"
        return replace(draft, data={**draft.data, "inputs": inputs}, remarks=remarks) if inputs else draft

    # one day

    def day(self, asked: str | None) -> Data:
        """The scenario of one day. Raises InvalidInput when nothing began on it."""
        day = self._asked(asked)
        chosen = self._once_each(sorted(self.days[day], key=lambda run: (run.first, run.dag, run.name)))
        ids = set(map(id, chosen))
        numbers = {n for n, run in self.runs.items() if id(run) in ids}
        of_runs = self._of_runs(numbers)
        replays = [(self.runs[n], self._replay(self.runs[n], of_runs[n])) for n in sorted(numbers)]
        faults = [fault for _, one in replays for fault in one.faults]
        if len(faults) > MOST_FAULTS:
            raise InvalidInput([f"{day} has {len(faults):,} tries; a scenario of at most {MOST_FAULTS:,} is made"])
        name = f"day_{day:%Y_%m_%d}"
        self._say(name, day, replays)
        start = min([self._midnight(day), *(self._due(run) for run, _ in replays)])
        return {
            "scenario": name,
            "description": f"What happened on {day}: {self._told(replays)}",
            "from": format_instant(start),
            "until": format_instant(self._end(day, replays)),
            "faults": faults,
        }

    def _asked(self, asked: str | None) -> date:
        if asked is None:
            return newest_whole_day(self.days)
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            raise InvalidInput([f"--day is '{asked[:40]}'; write a day such as {max(self.days)}"]) from None
        if day not in self.days:
            near = min(self.days, key=lambda one: (abs(one - day), one))
            told = f"nothing began on {day}; {self.recording.place} goes from {min(self.days)} to {max(self.days)}"
            raise InvalidInput([f"{told}, and the nearest day is {near}"])
        return day

    def _once_each(self, runs: list[OfRun]) -> list[OfRun]:
        """Of several runs of one partition the first: the clock makes no more."""
        found: dict[tuple[str, str], OfRun] = {}
        again: dict[str, list[str]] = {}
        for run in runs:
            key = run.dag, self.owners[run.dag].window(run).key
            if key in found:
                again.setdefault(run.dag, []).append(f"'{shown(run.name)}'")
            found.setdefault(key, run)
        for dag, names in again.items():
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            told = f"{', '.join(names[:2])}{more}: later runs of days of {dag} that had one are not replayed"
            self._note("missed", f"{told}; rerun those days by hand")
        return list(found.values())

    def _replay(self, run: OfRun, tries: Mapping[str, tuple[Try, ...]]) -> Replay:
        return Replay(self.specs[run.dag], self.owners[run.dag].window(run), tries)

    def _of_runs(self, keys: set[RunKey]) -> dict[RunKey, dict[str, tuple[Try, ...]]]:
        found: dict[RunKey, dict[str, tuple[Try, ...]]] = {key: {} for key in keys}
        for run, place, tries in self.recording.instances(self.matches.of, {run for run, _ in keys}):
            dag, task = self.matches.places[place]
            if (run, dag) in found:
                found[run, dag][task] = tries
        return found

    def _due(self, run: OfRun) -> datetime:
        """The tick at which the clock makes it; what is due at the very beginning is still made."""
        return self.owners[run.dag].tick(run)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _end(self, day: date, replays: list[tuple[OfRun, Replay]]) -> datetime:
        """Midnight, when all of it is over."""
        last = max(run.last for run, _ in replays)
        over = max(day, instant(last).astimezone(self.zone).date())
        return self._midnight(over + timedelta(days=1))

    def _told(self, replays: list[tuple[OfRun, Replay]]) -> str:
        names = [f"{run.dag}@{one.window.key}" for run, one in replays]
        return listed(names) if len(names) <= _MOST_NAMES else f"{len(names)} runs"

    def _say(self, name: str, day: date, replays: list[tuple[OfRun, Replay]]) -> None:
        every = [begun(tries) for _, one in replays for tries in one.tries.values()]
        bad = sum(try_.state != GOOD for tries in every for try_ in tries)
        tries = plural(sum(map(len, every)), "try", "tries")
        self._note("kept", f"scenario {name}: {self._told(replays)} of {day:%a} {day}, {tries}, {bad} not good")
        waits = [(one.longest_wait(int(self._due(run).timestamp()) * 1000), run) for run, one in replays]
        wait, run = max(waits, key=lambda pair: pair[0])
        if wait >= 60:
            told = f"on {day} a task of {run.dag} waited {said(rounded(wait))} before it began"
            self._note("changed", f"{told}; here it waits only for what the pipeline says: needs, pools and workers")
        for told, names in self._doubts(replays).items():
            self._note("changed", f"on {day} {listed(names[:_MOST_NAMES])} {told}")
        for dag in sorted({run.dag for run, _ in replays}):
            self._note_clock(dag, [(run, one.window) for run, one in replays if run.dag == dag])

    def _doubts(self, replays: list[tuple[OfRun, Replay]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for _, one in replays:
            for told, names in one.doubts.items():
                found.setdefault(told, []).extend(name for name in names if name not in found.get(told, []))
        return found

    def _note_clock(self, dag: str, runs: list[tuple[OfRun, Partition]]) -> None:
        """What the clock will not make in the replay."""
        spec = self.specs[dag]
        if spec.clock is None:
            key = runs[0][1].key
            why = "data starts it" if spec.data is not None else f"start it with: trigger {dag}@{key}"
            self._note("changed", f"no clock starts {dag}; {why}")
        early = [window for _, window in runs if spec.start is not None and window.start < spec.start]
        if early:
            self._note("missed", f"{dag} begins with {spec.start:%Y-%m-%d}, after {early[0].key}, which was recorded: "
                                 "set its start earlier to replay it")  # fmt: skip
