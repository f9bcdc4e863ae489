"""Going on where a recording of a pipeline file ended: which one is meant, and whether it is of this file still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.engine.catalog import Version
from workbench.history import History
from workbench.history.codec import printable
from workbench.keeping import Keeper, reopen, session_of
from workbench.model import InvalidInput, Problem, nearest
from workbench.model.data import workspace_to_data
from workbench.model.reading import Loaded
from workbench.opening import read_checked
from workbench.scenario import Scenario, find_scenario, scenario_to_data
from workbench.session import Session

_HOW = "without --resume a new recording begins"


def resume(file: str, kept: Keeper | History, asked: str = "", scenario: str | None = None) -> Session:
    """A session at the end of the newest recording of a file. `asked`: a number, the name of a recording or a future,
    or both: `3`, `late_jfk`, `B`, `3/B`. `scenario`: only recordings with this one. A `History` is only read: nothing
    of the session is kept. Raises InvalidInput when there is none, when the file changed since, or when another process
    holds it."""
    loaded = read_checked(file)
    history = kept.history if isinstance(kept, Keeper) else kept
    wanted = find_scenario(loaded, scenario, loaded.workspace) if scenario is not None else None
    number, future = _Finder(history, loaded, wanted).find(asked)
    looked_at = session_of(history.load(number), loaded.workspace, future)
    _check_rows(looked_at, loaded)
    return reopen(kept, number, loaded.workspace, future=future) if isinstance(kept, Keeper) else looked_at


def _check_rows(session: Session, loaded: Loaded) -> None:
    """Refuses, before anything is done, code that does not make the rows any more that the recording says: whoever
    goes on would read them. One version of each task, and code version, is made again."""
    newest: dict[tuple[str, str, str], Version] = {}
    for versions in session.state.known.data.versions.values():
        newest |= {(one.run.dag, one.task, one.code): one for one in versions}
    for one in newest.values():
        try:
            session.rows_of(one)
        except InvalidInput as error:
            told = "; ".join(problem.message for problem in error.problems)
            how = "give the new code a version of its own (code: {v1: ..., v2: ...})"
            raise InvalidInput([Problem(f"{told}. {how[0].upper()}{how[1:]}, or {_HOW}", loaded.file)]) from error


def check_place(path: Path, file: str) -> None:
    """Refuses a history that is not there: looking into it would make it."""
    if not path.exists():
        raise InvalidInput([f"{path}: there is no history yet, so there is no recording of {file}; {_HOW}"])


class _Finder:
    """Looks for recordings of one file, and perhaps of one scenario."""

    def __init__(self, history: History, loaded: Loaded, scenario: Scenario | None) -> None:
        self.history, self.loaded, self.scenario = history, loaded, scenario
        self.data = workspace_to_data(loaded.workspace)
        self.names: dict[int, str] = {}

    def find(self, asked: str) -> tuple[int, str | None]:
        """(recording, future); the future last worked on is None."""
        name, _, future = asked.partition("/")
        if name.isdecimal():
            return self._checked(int(name[:9])), future or None
        mine = list(self._mine())
        if not name:
            return self._checked(next(iter(mine), None)), future or None
        found = [number for number in mine if self.names[number] == name]
        if found:
            return self._checked(found[0]), future or None
        newest = self._checked(next(iter(mine), None))
        futures = [branch.name for branch in self.history.load(newest).branches]
        if name in futures and not future:
            return newest, name
        known = [*futures, *(self.names[number] for number in mine)]
        told = f"no recording and no future of it is called '{name}'{nearest(name, known)}"
        raise InvalidInput([Problem(told, self.loaded.file)])

    def _mine(self) -> Iterator[int]:
        """The recordings of this file, newest first; those of what it was before come after all others."""
        changed = []
        folder = printable(self.loaded.folder)
        for one in reversed(self.history.recordings()):
            self.names[one.id] = one.name
            if one.folder == folder:
                made_of = self.history.workspace(one.id)
                if workspace_to_data(made_of) == self.data:
                    yield one.id
                elif made_of.dags.keys() & self.loaded.workspace.dags.keys():
                    changed.append(one.id)
        yield from changed

    def _checked(self, number: int | None) -> int:
        """The recording; refuses what is none of this file, of this file as it is now, and of the scenario."""
        if number is None:
            self._refuse(f"there is no recording of it in {self.history.path}; {_HOW}")
        recorded = self.history.load(number)
        if workspace_to_data(recorded.workspace) != self.data:
            what = ", ".join(recorded.workspace.dags)
            self._refuse(f"it is not what recording {number} ({what}) was made of: it changed since; {_HOW}")
        now = self.scenario or self._same_scenario(recorded.scenario.name)
        if now is not None and _told(now) != _told(recorded.scenario):
            changed = f"scenario '{now.name}' is not what recording {number} was made of"
            self._refuse(f"{changed}: it was made of '{recorded.scenario.name}', or it changed since; {_HOW}")
        return recorded.id

    def _same_scenario(self, name: str) -> Scenario | None:
        """The scenario of that name in the file; None when it came from elsewhere."""
        try:
            return find_scenario(self.loaded, name, self.loaded.workspace)
        except InvalidInput:
            return None

    def _refuse(self, told: str) -> None:
        raise InvalidInput([Problem(told, self.loaded.file)])


def _told(scenario: Scenario) -> dict[str, Any]:
    """All that counts of a scenario; the seed may have been given with the command."""
    return scenario_to_data(replace(scenario, seed=0))
