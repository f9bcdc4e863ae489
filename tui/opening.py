"""Opening things into the application: a file, a sample, text, a recording, the story."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from textual.app import App

import workbench as wb
from tui import screens

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
    show(app, wb.Bench(wb.reopen(keeper, recording), file=wb.left_file(recording, app.history)))


def compare_recordings(app: Workbench, first: int, second: int) -> None:
    """Two recordings of the history side by side; neither is changed. Raises InvalidInput."""
    sessions = [wb.replay(app.history, number) for number in (first, second)]
    names = (f"recording {first}", f"recording {second}")
    app.push_screen(screens.CompareScreen(wb.compared(sessions[0], sessions[1], names)))


def open_text(app: Workbench, text: str) -> None:
    """A pipeline that was written on the spot: `extract >> clean >> publish`. Raises InvalidInput."""
    show(app, wb.Bench(wb.Session(wb.sketch(text), history=app.keeper())))


def open_story(app: Workbench, anew: bool = False) -> None:
    """The story where it was left, or from its beginning. It is no recording of the history."""
    left = None if anew else app.story.again()
    show(app, left or wb.story())


def show(app: Workbench, bench: wb.Bench, note: str = "") -> None:
    """A bench, in front of whatever is there; `note` is said first."""
    wb.stand_where_left(bench, app.history)
    if type(bench.guide) is wb.NoGuide:
        bench.guide = wb.Greeting()
    screen = screens.BenchScreen(bench)
    screen.say(note)
    app.push_screen(screen)
    spare_the_collector(app)


def spare_the_collector(app: App[Any]) -> None:
    """What is there by now stays, as long as its bench if it is of a session: looking for cycles in all of it again and
    again, a tenth of a second each time, would be felt with every fifth key."""
    if not app.is_headless:  # tests run many, one after the other
        gc.enable()
        gc.set_threshold(10_000, 20, 20)
        gc.freeze()


def leave(app: Workbench, bench: wb.Bench) -> None:
    """From a bench to home; where it stood is remembered."""
    app.leave_bench(bench)
    gc.unfreeze()
    home = next((screen for screen in app.screen_stack if isinstance(screen, screens.HomeScreen)), None)
    if home is not None:
        app.pop_screen()
    else:
        home = screens.HomeScreen()
        app.switch_screen(home)
    home.came_from(bench)


def start(app: Workbench) -> None:
    """Home; on the very first start the story in front of it."""
    app.push_screen(screens.HomeScreen())
    spare_the_collector(app)
    if wb.first_time():
        open_story(app)
