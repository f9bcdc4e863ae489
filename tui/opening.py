"""Opening things into the application: a file, a sample, text, a recording, the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

import workbench as wb
from tui.bench import BenchScreen

if TYPE_CHECKING:
    from tui.app import Workbench


def open_file(app: Workbench, path: str, scenario: str | None = None) -> None:
    """A pipeline file or sample on the bench, at the beginning. Raises InvalidInput with all that is wrong."""
    session = wb.load(path, scenario, history=app.keeper())
    show(app, wb.Bench(session, file=path))


def open_recording(app: Workbench, recording: int) -> None:
    """Go on with a recording of the history, where it stood. Raises InvalidInput."""
    keeper = app.keeper()
    if keeper is None:
        raise wb.InvalidInput(["nothing is kept here (--history none), so there is no recording to go on with"])
    show(app, wb.Bench(wb.reopen(keeper, recording)))


def open_text(app: Workbench, text: str) -> None:
    """A pipeline that was written on the spot: `extract >> clean >> publish`. Raises InvalidInput."""
    show(app, wb.Bench(wb.Session(wb.sketch(text), history=app.keeper())))


def open_story(app: Workbench) -> None:
    """The story, from its beginning. It is played, and not kept."""
    show(app, wb.story())


def show(app: Workbench, bench: wb.Bench) -> None:
    """A bench, in front of whatever is there."""
    wb.stand_where_left(bench, app.history)
    app.push_screen(BenchScreen(bench))


def leave(app: App[Any], bench: wb.Bench) -> None:
    """From a bench to home; where it stood is remembered."""
    from tui.home import HomeScreen

    wb.leave(bench, getattr(app, "history", "none"))
    home = next((screen for screen in app.screen_stack if isinstance(screen, HomeScreen)), None)
    if home is not None:
        app.pop_screen()
    else:
        home = HomeScreen()
        app.switch_screen(home)
    home.came_from(bench)


def start(app: Workbench) -> None:
    """Home; on the very first start the story in front of it."""
    from tui.home import HomeScreen

    app.push_screen(HomeScreen())
    if wb.first_time():
        open_story(app)
