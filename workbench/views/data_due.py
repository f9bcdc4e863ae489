"""Which partitions of a dataset were due, and what became of those of which nothing is live. Pure, of what is known."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.engine import Known, Run
from workbench.engine.catalog import Version
from workbench.views.clock import listed
from workbench.views.data_words import blocking, day_of, home_of_data


@dataclass(frozen=True)
class NotLive:
    """A partition that was due and of which nothing is live. `became`: what became of it, in words."""

    partition: str
    day: str
    became: str


def due_of(known: Known, name: str, partition: str = "") -> list[str]:
    """The partitions of which there is a version, or of which the dataset's home DAG has had a run, however that
    ended; in order."""
    home = home_of_data(known, name)
    found = {key for dataset, key in known.data.versions if dataset == name}
    if home is not None:
        runs = {key.partition for key in known.runs if key.dag == home}
        found |= {key for key in runs if known.run_of(home, key) is not None}
    return sorted(key for key in found if partition in ("", key))


def not_live(known: Known, name: str, due: list[str]) -> tuple[NotLive, ...]:
    """Those of these partitions of which nothing is live."""
    missing = [key for key in due if (name, key) not in known.data.live]
    return tuple(NotLive(key, day_of(known, name, key), _became(known, name, key)) for key in missing)


def _became(known: Known, name: str, partition: str) -> str:
    version = known.data.newest(name, partition)
    if version is not None:
        said = _blocked(known, version) if version.state == "blocked" else _BECAME.get(version.state, version.state)
        return f"version {version.n} {said}"
    home = home_of_data(known, name)
    run = known.run_of(home, partition) if home is not None else None
    if run is None or not _writes(run, name) or run.state not in _ENDED:
        return "nothing written yet"
    return _ENDED[run.state] + _failed_in(run)


def _blocked(known: Known, version: Version) -> str:
    names = [one.check for one in blocking(known.data.checks_of(version.name))]
    if not names:
        return "was held back by a check"
    return f"was blocked by the {'check' if len(names) == 1 else 'checks'} {listed(names)}"


def _writes(run: Run, name: str) -> bool:
    return any(name in plan.writes for plan in run.plan.tasks.values())


def _failed_in(run: Run) -> str:
    """` at load`: the tasks that failed, of a run that did."""
    names = [name for name in run.plan.tasks if name in run.cells and run.cells[name].state == "failed"]
    return f" at {listed(names)}; nothing was written" if names and run.state == "failed" else ""


_BECAME = {
    "withdrawn": "was withdrawn",
    "fenced": "was refused: a newer try had begun",
    "written": "was written, and is not live yet",
    "replaced": "was replaced, and nothing is live since",
}
_ENDED = {"failed": "its run failed", "success": "its run ended well, and wrote nothing of it"}
