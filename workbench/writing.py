"""What keeps a session: the shapes of a history as a session sees it, so that it needs to know none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench.branch import Branch
from workbench.engine import Event, State
from workbench.history import Predicted
from workbench.model import Workspace
from workbench.scenario import Scenario
from workbench.scenario.judging import Judged

if TYPE_CHECKING:
    from workbench.session import Session


class Writer(Protocol):
    """Keeps one recording: told after each step and command, with the state at the end of the branch."""

    @property
    def recording(self) -> int | None:
        """Its number in the history; None while there is nothing to keep."""

    def write(self, branch: Branch, state: State) -> None: ...
    def judge(self, branch: Branch, rows: Sequence[Judged]) -> None:
        """Keep what versions of a branch that was written were worth."""

    def judged(self, branch: Branch) -> int:
        """The number of the last event of a branch at which something was judged and kept; 0: none."""

    def predict(self, some: Sequence[Predicted]) -> None:
        """Keep what somebody said would happen, and what came of it."""


class Saved(Protocol):
    """A future as a history keeps it: its parent's name, how many events they share, and its own ones."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def shared(self) -> int: ...
    @property
    def horizon(self) -> datetime: ...
    @property
    def events(self) -> list[Event]: ...


class Keeping(Protocol):
    """What keeps recordings: a history."""

    def begin(self, workspace: Workspace, scenario: Scenario, start: datetime) -> Writer: ...


def keeping_of(history: Keeping | str | Path | None) -> Keeping | None:
    """What keeps a session: the file at a path, which is made when it is not there. Raises InvalidInput in words."""
    if not isinstance(history, str | Path):
        return history
    kept: Keeping = import_module("workbench.keeping").Keeper.open(history)
    return kept


class LateWriter:
    """Begins a recording when there is something to keep: a question that was refused leaves no trace."""

    def __init__(self, history: Keeping | None, session: Session) -> None:
        self._history, self._session = history, session
        self._writer: Writer | None = None

    @property
    def keeping(self) -> Keeping | None:
        """Where it is kept; None: nowhere so far."""
        return self._history

    def begin(self, history: Keeping) -> None:
        """From now on."""
        self._history = history

    @property
    def recording(self) -> int | None:
        return self._writer.recording if self._writer is not None else None

    def write(self, branch: Branch, state: State) -> None:
        if branch.log:
            self._begun().write(branch, state)
        elif self._writer is not None:
            self._writer.write(branch, state)

    def _begun(self) -> Writer:
        if self._writer is None:
            assert self._history is not None
            session = self._session
            self._writer = self._history.begin(session.workspace, session.scenario, session.start)
        return self._writer

    def predict(self, some: Sequence[Predicted]) -> None:
        self._begun().predict(some)

    def judge(self, branch: Branch, rows: Sequence[Judged]) -> None:
        if self._writer is not None:
            self._writer.judge(branch, rows)

    def judged(self, branch: Branch) -> int:
        return self._writer.judged(branch) if self._writer is not None else 0
