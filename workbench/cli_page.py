"""The command `workbench page`: a simulation or a recording as a file to step through. Heavy imports happen inside."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from workbench.cli import HISTORY, SCENARIO

if TYPE_CHECKING:
    from workbench.session import Session


# Seconds between two words on how far it has come.
_EVERY = 0.2


@click.command()
@click.argument("file", required=False, type=click.Path())
@SCENARIO
@click.option("--until", metavar="T", help="Simulate FILE to here. Default: the scenario's end.")
@HISTORY
@click.option("--recording", type=int, help="Of the history: its number. Default: the one last worked on.")
@click.option("-o", "--output", type=click.Path(), help="Where to: x.html. A page that is there is replaced.")
@click.option("--title", default="", help="What stands on top.")
@click.option("--note", default="", help="A note for who teaches with the page.")
def page(
    file: str | None,
    scenario: str | None,
    until: str | None,
    history: str | None,
    recording: int | None,
    output: str | None,
    title: str,
    note: str,
) -> None:
    """Write one page that steps through FILE, or with --history through a recording, in any browser: without Python and
    without a network. All its futures are in it."""
    from workbench.taking import save_page

    session = _session(file, scenario, until, history, recording)
    name = output or f"{Path(file).stem if file else next(iter(session.workspace.dags))}.html"
    line = _Line()
    try:
        told = save_page(session, name, title, note, line.told)
    finally:
        line.clear()
    click.echo(told)


class _Line:
    """On standard error: how far a page has come that takes longer than a second; nothing where nobody looks."""

    def __init__(self) -> None:
        self._begun, self._last, self._width = monotonic(), 0.0, 0

    def told(self, made: int, most: int) -> None:
        """So many of at most so many pictures have been made."""
        now = monotonic() - self._begun
        if now > 1 and now - self._last > _EVERY and sys.stderr.isatty():
            text = f"{made:,} of at most {most:,} pictures of the page made (Ctrl+C stops) "
            self._last, self._width = now, len(text)
            click.echo(f"\r{text}", nl=False, err=True)

    def clear(self) -> None:
        """Nothing stands there any more."""
        if self._width:
            click.echo(f"\r{' ' * self._width}\r", nl=False, err=True)


def _session(
    file: str | None, scenario: str | None, until: str | None, history: str | None, recording: int | None
) -> Session:
    """At the end of what is to be shown. Raises InvalidInput."""
    from workbench.cli import progress_line, session_on
    from workbench.keeping import history_path, replay
    from workbench.model import InvalidInput

    is_recorded = history is not None or recording is not None
    if file is None and not is_recorded:
        raise InvalidInput(["a page of what? Give FILE, or --history DB: workbench page daily_flights"])
    if file is not None and is_recorded:
        raise InvalidInput([f"give {file}, or a recording with --history: a page shows one of them"])
    if file is None:
        given = next((name for name, value in (("--scenario", scenario), ("--until", until)) if value), "")
        if given:
            raise InvalidInput([f"{given} is for FILE; a recording is shown as it was"])
        return replay(history_path(history), recording)
    session = session_on(file, scenario, None, None)
    session.run_until(session.instant(until) if until else None, progress=progress_line())
    return session
