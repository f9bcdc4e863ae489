"""The story where it was left: to go on with it later, also in another session of the program.

While the program runs it is held; on disk it is a small history of its own with a note beside it, in a person's data
folder. Losing them loses nothing but the place: then the story begins anew.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from workbench.bench import Bench
from workbench.keeping import Keeper, replay
from workbench.lessons.firsts import mark_path
from workbench.lessons.story import BEGIN, Story
from workbench.model import InvalidInput
from workbench.session import Session
from workbench.timetable import format_instant, parse_instant


class StoryLeft(NamedTuple):
    """`where` it was left (`Fri 08:00, what-if B`), empty when it begins at its beginning; `is_done`: was it ever
    played to its end?"""

    where: str = ""
    is_done: bool = False


class StoryKept:
    """Keeps one story. `history`: `none` keeps it only as long as the program runs."""

    def __init__(self, history: str | None = None) -> None:
        self.is_on_disk = history != "none"
        self._bench: Bench | None = None
        self._left: StoryLeft | None = None

    @property
    def left(self) -> StoryLeft:
        """Where it was left. Reads the note once."""
        if self._left is None:
            note = _note() if self.is_on_disk else {}
            is_there = note.get("where") and _history().exists()
            self._left = StoryLeft(str(note["where"]) if is_there else "", bool(note.get("done")))
        return self._left

    def keep(self, bench: Bench) -> None:
        """Remember it, or that it is over. Nothing is told when that is not possible: it is a comfort."""
        story = bench.guide
        if not isinstance(story, Story):
            return
        is_open = not story.is_over and _has_begun(bench)
        self._bench = bench if is_open else None
        self._left = StoryLeft(_where(bench) if is_open else "", self.left.is_done or story.is_over)
        if self.is_on_disk:
            try:
                _write(bench, story, self._left)
            except (OSError, InvalidInput):
                return

    def again(self) -> Bench | None:
        """The story as it was left; None when there is none, or it cannot be read."""
        if self._bench is None and self.is_on_disk and self.left.where:
            try:
                self._bench = _read(_note())
            except (OSError, InvalidInput, KeyError, ValueError, TypeError):
                self._left = StoryLeft("", self.left.is_done)
        return self._bench


def _has_begun(bench: Bench) -> bool:
    return bench.now > parse_instant(BEGIN) or len(bench.session.branches) > 1


def _where(bench: Bench) -> str:
    local, branch = bench.now.astimezone(bench.clock.zone), bench.session.branch
    return f"{local:%a %H:%M}" + (f", what-if {branch.name}" if branch.parent else "")


# on disk


def _history() -> Path:
    return mark_path().with_name("story.db")


def _note_path() -> Path:
    return mark_path().with_name("story.json")


def _note() -> dict[str, Any]:
    try:
        found = json.loads(_note_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(bench: Bench, story: Story, left: StoryLeft) -> None:
    """The note last, so that it never speaks of a history that is not there."""
    _note_path().parent.mkdir(parents=True, exist_ok=True)
    for old in (_note_path(), *(_history().with_name(f"story.db{end}") for end in ("", "-wal", "-shm"))):
        old.unlink(missing_ok=True)
    note: dict[str, Any] = {"done": left.is_done}
    if left.where:
        _write_history(bench.session)
        note |= {"where": left.where, "event": bench.session.position, "now": format_instant(bench.now),
                 "chosen": bench.chosen.target, "story": story.to_data()}  # fmt: skip
    _note_path().write_text(json.dumps(note, indent=1), encoding="utf-8")


def _write_history(session: Session) -> None:
    """Every future, the current one last, so that it is the one that opens again."""
    names = sorted(session.branches, key=lambda name: name == session.branch.name)
    with (
        Keeper.open(_history()) as keeper,
        keeper.begin(session.workspace, session.scenario, session.start) as recorder,
    ):
        for branch in (session.branches[name] for name in names):
            recorder.write(branch, branch.state_at(len(branch.log)))


def _read(note: dict[str, Any]) -> Bench:
    """Raises InvalidInput, KeyError, ValueError or TypeError when it cannot be."""
    session = replay(_history())
    session.seek(int(note["event"]))
    at: datetime = parse_instant(str(note["now"]))
    if session.at_end and at > session.now:
        session.run_until(at)
    story = Story.of(note["story"])
    bench = Bench(session, story)
    story.go_on(bench, str(note["chosen"]))
    return bench
