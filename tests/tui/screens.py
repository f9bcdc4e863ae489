"""Driving the terminal workbench in tests: open it, press keys, read the screen back as text."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from unittest.mock import patch

from rich.style import Style
from textual.pilot import Pilot

import workbench as wb
from tests.samples import played
from tui.app import Workbench
from tui.working import is_busy

Play = Callable[["Driven"], Awaitable[None]]
SIZES = ((80, 24), (120, 36), (200, 50))
GOLDEN = Path(__file__).parent / "golden"
# Seconds after which something that never comes to rest is no longer waited for.
ENOUGH = 1.0


def bench_on(sample: str = "daily_flights", scenario: str | None = "late_jfk", at: str = "") -> wb.Bench:
    """A bench on a sample, run until an instant."""
    return wb.Bench(played(sample, scenario, at))


class Driven:
    """An application under a test's hands."""

    def __init__(self, app: Workbench, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until all is done and drawn."""
        was_busy = is_busy(self.app)
        for key in keys:
            await self.pilot.press(key)
            if not was_busy:
                await self.settled()
        await self.pilot.pause()

    async def settled(self) -> None:
        """Wait for work that takes more than a moment, which here may only be a slow machine's."""
        for _ in range(500):
            if not is_busy(self.app) and not any(worker.is_running for worker in self.app.workers):
                return
            await self.pilot.pause(0.02)

    async def type(self, text: str) -> None:
        """Type text, letter by letter."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    @property
    def text(self) -> str:
        """The whole screen, without blanks at the ends of lines."""
        return screen_text(self.app)

    def shows(self, *texts: str) -> bool:
        """Are all of these on the screen? Asserted, with the screen, so that a failure can be seen."""
        missing = [text for text in texts if text not in self.text]
        assert not missing, f"not on the screen: {missing}\n{self.text}"
        return True


def screen_text(app: Workbench) -> str:
    """What a person reads on the screen."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.rstrip() for strip in strips)


def drive(play: Play, bench: wb.Bench | None = None, size: tuple[int, int] = (120, 36), **options: Any) -> None:
    """Open the application (on a bench, else home) in a terminal of this size, and play."""

    async def go() -> None:
        app = Workbench(bench, **options)
        with waiting_for_rest(app):
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await play(Driven(app, pilot))

    asyncio.run(go())


@contextmanager
def waiting_for_rest(app: Workbench) -> Iterator[None]:
    """Pilots wait until the application is at rest, instead of sleeping until the process seems idle: that is sooner
    (a fiftieth of a second and more for each key), and does not depend on the machine."""

    async def at_rest(*times: float) -> None:
        """Nothing is left that can go on without a timer or a thread, and what has changed is drawn."""
        end = monotonic() + ENOUGH
        for _ in range(2):
            await _nothing_ready(end)
            while app._resize_event is not None and monotonic() < end:
                await asyncio.sleep(0.005)  # sizes that follow one another quickly are one
            if app.is_running and app.screen_stack:
                app.screen._on_timer_update()
        await _nothing_ready(end)

    with patch("textual.app.wait_for_idle", at_rest), patch("textual.pilot.wait_for_idle", at_rest):
        yield


async def _nothing_ready(end: float) -> None:
    """The event loop has nothing to run but its caller."""
    ready = getattr(asyncio.get_running_loop(), "_ready")  # noqa: B009  it has no public name
    await asyncio.sleep(0)
    while ready and monotonic() < end:
        await asyncio.sleep(0)


def screen_styles(app: Workbench) -> str:
    """The colours on the screen: for each row its runs of one look, as `columns:foreground/background attributes`."""
    rows = []
    for number, strip in enumerate(app.screen._compositor.render_strips(app.size)):
        place, runs = 0, []
        for text, style, _ in strip.simplify():
            if text.strip() and style is not None:
                runs.append(f"{place}-{place + len(text)}:{_look(style)}")
            place += len(text)
        rows.append(f"{number:>2} " + "  ".join(runs))
    return "\n".join(row.rstrip() for row in rows)


def _look(style: Style) -> str:
    colours = (style.color.name if style.color else "-", style.bgcolor.name if style.bgcolor else "-")
    marks = "".join(
        letter for letter, is_on in zip("bru", (style.bold, style.reverse, style.underline), strict=True) if is_on
    )
    return "/".join(colours) + (f" {marks}" if marks else "")


def check_golden(driven: Driven, name: str) -> None:
    """The screen is as in golden/NAME.txt. UPDATE_GOLDEN=1 writes it: review the difference as one of behaviour."""
    _same(driven.text, GOLDEN / f"{name}.txt")


def check_styles(driven: Driven, name: str) -> None:
    """The colours are as in golden/NAME.styles."""
    _same(screen_styles(driven.app), GOLDEN / f"{name}.styles")


def _same(found: str, path: Path) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found + "\n", encoding="utf-8")
    assert found + "\n" == path.read_text(encoding="utf-8"), found
