"""The part of a session that keeps it: from the beginning, or from now on with all that has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from workbench.branch import Branch
from workbench.history import Predicted
from workbench.model import InvalidInput
from workbench.twins.typed import Typed
from workbench.writing import Keeping, LateWriter, Writer, keeping_of

if TYPE_CHECKING:
    from workbench.scenario.judging import Judgements


class Kept(Typed):
    """For sessions. Those that were made from one another are kept together."""

    _recorder: Writer | None
    _late: LateWriter

    if TYPE_CHECKING:
        branches: dict[str, Branch]

        @property
        def branch(self) -> Branch: ...
        def _judgements(self, branch: Branch) -> Judgements: ...
        def predictions(self) -> list[Predicted]: ...

    @property
    def recording(self) -> int | None:
        """Its number in the history that keeps it; None while nothing of it is kept."""
        return self._writer.recording if self._writer is not None else None

    @property
    def keeping(self) -> Keeping | None:
        """What keeps this session, for another that takes its place; None when nobody does, or it was taken up."""
        return self._late.keeping

    def keep(self, path: str | Path) -> Self:
        """Keep this session in a file from now on, with all that has happened in all its futures; `wb.open(path)` goes
        on there. Raises InvalidInput when it is kept already.

        For example: s.keep("runs.db")"""
        if self._writer is not None:
            raise InvalidInput(["this session is kept already, with all that happens in it"])
        kept = keeping_of(path)
        assert kept is not None
        self._late.begin(kept)
        for branch in self._current_last():
            self._write(branch)
        self._write_predictions(self.predictions())
        return self.note(f"Kept in {path} from now on, with all that has happened so far.")

    def _current_last(self) -> Iterator[Branch]:
        """All futures, parents before what parted from them; the one that shall open again is written last."""
        yield from (branch for branch in self.branches.values() if branch is not self.branch)
        yield self.branch

    @property
    def _writer(self) -> Writer | None:
        return self._recorder or (self._late if self._late.keeping is not None else None)

    def _write(self, branch: Branch) -> None:
        if self._writer is None:
            return
        state = branch.end_state()
        self._writer.write(branch, state)
        if state.known.data.versions:
            kept = self._writer.judged(branch)
            self._writer.judge(branch, [row for row in self._judgements(branch).rows() if row.seq > kept])

    def _write_predictions(self, some: Sequence[Predicted]) -> None:
        if self._writer is not None and some:
            self._writer.predict(some)
