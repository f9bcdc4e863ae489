"""The report and the run cards of a recording: what is read from a history, put together, and where it is written."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.branch import no_collection
from workbench.engine import Known, State, begin, evolve
from workbench.model import InvalidInput
from workbench.recorded_data import Moment
from workbench.recorded_events import Future
from workbench.recorded_faults import faults_said
from workbench.scenario.carried import burned
from workbench.session import Session
from workbench.views.report import Record, report
from workbench.views.report_html import html
from workbench.views.report_markdown import markdown
from workbench.views.report_parts import Report, Spent, Wrong
from workbench.views.run_card import RunCard, card_text, difference, difference_text, run_card, run_named

WRITERS = {".md": markdown, ".markdown": markdown, ".html": html, ".htm": html}
# By these a report is known again, so that it may be written anew.
_MARK = "<!-- orchestration workbench report -->\n"
_MARKS = (_MARK.strip(), '<meta name="generator" content="orchestration workbench report">')


def report_at(here: Moment) -> Report:
    """About a future of a recording, up to an instant."""
    chosen, known, now = here.chosen, here.known, here.now
    future = Future(chosen)
    log = future.log[: known.seq]
    spent = tuple(Spent(*one) for one in burned(known, now, _unknown))
    name = f"{chosen.recording.name or 'a recording'}, future {chosen.future.name}"
    faults = faults_said(future.loaded.scenario, log, known, now)
    return report(
        Record(name, future.loaded.start, now, log, known, _Folded(future).known_at, _judged(here), spent, faults)
    )


def report_on(session: Session, name: str = "") -> Report:
    """About the future that a session is in, up to its cursor."""
    branch, known = session.branch, session.state.known
    wrong = tuple(Wrong(*one) for one in session.judgements()) if known.data.versions else None
    dataflow = session.here().dataflow
    size = dataflow.store.size if dataflow is not None else _unknown
    spent = tuple(Spent(*one) for one in burned(known, session.now, size))
    faults = faults_said(session.scenario, session.events, known, session.now)
    return report(
        Record(name or f"future {branch.name}", session.start, session.now, session.events, known,
               lambda position: branch.state_at(position).known, wrong, spent, faults)
    )  # fmt: skip


def _unknown(content: str) -> int | None:
    """A history keeps the hashes of contents, and not how many bytes they are."""
    return None


def _judged(here: Moment) -> tuple[Wrong, ...] | None:
    """What the world says of rows; None when nobody judged them."""
    asked = (
        "SELECT seq, at, dataset, partition, n, rows_missing, rows_duplicated, rows_different FROM all_judgement"
        " WHERE branch = ? AND seq <= ? ORDER BY seq, dataset, partition, n"
    )
    chosen, known = here.chosen, here.known
    rows = chosen.history.connection.execute(asked, (chosen.future.branch, known.seq)).fetchall()
    found = tuple(Wrong(seq, datetime.fromisoformat(at), *rest) for seq, at, *rest in rows)
    return found if found or not known.data.versions else None


class _Folded:
    """What was known after so many events. Asked in order, each event is folded once."""

    def __init__(self, future: Future) -> None:
        self.future = future
        self.state = self._first()

    def _first(self) -> State:
        loaded = self.future.loaded
        return begin(loaded.workspace, loaded.start, loaded.seed)

    def known_at(self, position: int) -> Known:
        if self.state.known.seq > position:
            self.state = self._first()
        with no_collection():
            for event in self.future.log[self.state.known.seq : position]:
                evolve(self.state, event)
        return self.state.snapshot().known


# files


def written(found: Report, path: Path) -> None:
    """Into a file, by its ending; see `check_output`. Raises InvalidInput when that cannot be."""
    write = WRITERS[path.suffix.lower()]
    text = write(found)
    try:
        path.write_text(_MARK + text if write is markdown else text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidInput([f"{path} cannot be written: {error.strerror or error}"]) from None


def check_output(path: Path, force: bool) -> None:
    """May a report be written there? Raises InvalidInput for another ending, a folder, and a file that is no report,
    unless `force`: a report is made again and again, and nothing else is lost by it."""
    if path.suffix.lower() not in WRITERS:
        name = path.stem or "report"
        raise InvalidInput([f"{path}: a report is written as {name}.md or as {name}.html"])
    if path.is_dir():
        raise InvalidInput([f"{path} is a folder; name a file in it, such as {path / 'report.html'}"])
    if force or not path.exists():
        return
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            begins = file.read(1000)
    except OSError as error:
        raise InvalidInput([f"{path} cannot be read: {error.strerror or error}"]) from None
    if not any(mark in begins for mark in _MARKS):
        raise InvalidInput([f"{path} is there and is no report; --force writes over it"])


# run cards


def card_lines(here: Moment, run: str, other: str | None) -> list[str]:
    """One card, or how two differ."""
    first = _card(here, run)
    if other is None:
        return [here.head, "", *card_text(first)]
    return [here.head, "", *difference_text(difference(first, _card(here, other)))]


def card_data(here: Moment, run: str, other: str | None) -> dict[str, Any]:
    """The same as JSON data."""
    first = _card(here, run)
    return first.to_data() if other is None else difference(first, _card(here, other)).to_data()


def _card(here: Moment, text: str) -> RunCard:
    log = Future(here.chosen).log[: here.known.seq]
    return run_card(here.known, log, here.now, run_named(here.known, text))
