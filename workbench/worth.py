"""What versions are worth, beside what would have been right: the world's secret, which no rule and no `why` knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.branch import Branch
from workbench.engine import State
from workbench.engine.catalog import Version
from workbench.scenario import SimulatedWorld
from workbench.scenario.beside import Beside, beside, without
from workbench.scenario.dataflow import Dataflow
from workbench.scenario.judging import Judge, Judged, Judgements
from workbench.scenario.rows import Rows
from workbench.scenario.truth import Truth


class Worth:
    """The part of a session that judges versions and looks into their rows."""

    if TYPE_CHECKING:

        @property
        def branch(self) -> Branch: ...
        @property
        def position(self) -> int: ...
        @property
        def state(self) -> State: ...
        def _named(self, name: str) -> Branch: ...

    def _judges(self, world: SimulatedWorld) -> None:
        """Begin with nothing judged."""
        self._judge = Judge(Truth(world.dataflow))
        self._judged: dict[str, Judgements] = {}
        self._besides: dict[tuple[object, ...], Beside] = {}
        self._differing: dict[tuple[str | None, str | None], int | None] = {}

    def judgements(self, of: str = "") -> list[Judged]:
        """How far versions were from what would have been right when they were published or read, up to the cursor;
        `of`: in another future, as far as it was made. The world's secret: no rule and no `why` knows it."""
        if of and of != self.branch.name:
            return self._judgements(self._named(of)).rows()
        return self._judgements(self.branch).rows(self.position)

    def judgements_at(self, branch: Branch, position: int) -> list[Judged]:
        """As `judgements`, of any future up to a position."""
        return self._judgements(branch).rows(position)

    def beside(self, version: Version, most: int = 3) -> Beside | None:
        """At most `most` rows each of what a version misses, has too much or has otherwise than would have been right
        when it was last published or read. None while it never was, and when it was right."""
        seen = [one for one in self.judgements() if (one.dataset, one.partition, one.n) == version.name]
        if not seen or not seen[-1].wrong:
            return None
        judge, state = self._judgements(self.branch).judge, self.branch.state_at(seen[-1].seq)
        there, right, key = judge.contents(state, version, seen[-1].at)
        place = (there, right, key, most)
        if place in self._besides:
            return replace(self._besides[place], version=version, judged=seen[-1], rows=version.rows)
        store = judge.truth.store
        wanted = None if right is None else store.get(right) if store.get(right) is not None else store.count(right)
        rows = store.get(there) if there is not None else None
        self._besides[place] = beside(version, seen[-1], rows, wanted, key, most)
        return self._besides[place]

    def rows_of(self, version: Version) -> Rows:
        """The rows of a version; none where rows are only counted."""
        rows = rows_of_branch(self.branch)
        content = rows.content_of(self.state, version)
        return (rows.store.get(content) or []) if content else []

    def rows_differing(self, one: Version, other: Version) -> int | None:
        """How many rows of another version are no rows of one; None where rows are only counted."""
        flow = rows_of_branch(self.branch)
        contents = flow.content_of(self.state, one), flow.content_of(self.state, other)
        if contents not in self._differing:
            before, now = (flow.store.get(content) if content else None for content in contents)
            self._differing[contents] = None if before is None or now is None else len(without(now, before))
        return self._differing[contents]

    def _judgements(self, branch: Branch) -> Judgements:
        if branch.name not in self._judged:
            judge = Judge(Truth(rows_of_branch(branch)), self._judge)
            self._judged[branch.name] = Judgements(judge, branch)
        return self._judged[branch.name]


def rows_of_branch(branch: Branch) -> Dataflow:
    """The rows of this future: they are made again from its own past."""
    assert isinstance(branch.world, SimulatedWorld)
    return branch.world.dataflow
