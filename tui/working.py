"""Long work off the screen's own thread: it stays alive, says how far the work is, and Esc stops it.

Only one at a time, and while it lasts nothing else may touch the session: a screen on top takes all keys, and who
draws or watches on a timer asks `is_busy` first. Work that is done in a moment shows nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from tui.over import Over
from workbench.views.sheet import Sheet, in_ascii, plain

# Seconds: what takes no longer is waited for, and how often the screen looks at the rest.
MOMENT, LOOK = 0.15, 0.1
_TURNING = "|/-\\"

Progress = Callable[[datetime], None]
Job = Callable[[Progress], Any]
Done = Callable[["Outcome"], None]
Say = Callable[[datetime], str]
Way = tuple[datetime, datetime]
_WIDE = 36


class Stopped(Exception):
    """Somebody pressed Esc: raised inside the work, where it reports how far it is."""


class Outcome:
    """How it ended: with a `value`, an `error`, or `stopped` by the person."""

    def __init__(self, value: Any = None, error: BaseException | None = None) -> None:
        self.value = value
        self.stopped = isinstance(error, Stopped)
        self.error = None if self.stopped else error


class _Worker(Thread):
    """Does one job; the screen looks at `reached` and `outcome`."""

    def __init__(self, job: Job) -> None:
        super().__init__(name="workbench-work", daemon=True)
        self.job = job
        self.reached: datetime | None = None
        self.outcome: Outcome | None = None
        self._enough = Event()

    def run(self) -> None:
        try:
            self.outcome = Outcome(self.job(self._told))
        except BaseException as error:  # all of it is handed over to the screen
            self.outcome = Outcome(error=error)

    def stop(self) -> None:
        """It ends when it next says how far it is."""
        self._enough.set()

    def _told(self, reached: datetime) -> None:
        self.reached = reached
        if self._enough.is_set():
            raise Stopped


class WorkScreen(Over[None]):
    """What is being done, and how far it is."""

    DEFAULT_CSS = """
    WorkScreen { align: center middle; background: $background 40%; }
    WorkScreen Static { width: auto; min-width: 44; max-width: 90%; height: auto; border: round $primary;
                        padding: 1 3; background: $background; color: $foreground; border-title-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "Stop here; what is done so far is kept")]

    def __init__(self, title: str, worker: _Worker, done: Done, say: Say, way: Way | None) -> None:
        super().__init__()
        self.headline, self.worker, self.done, self.say, self.way = title, worker, done, say, way
        self._looks = 0
        self._is_stopping = False

    def compose(self) -> ComposeResult:
        yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        self.set_interval(LOOK, self._look)

    def on_unmount(self) -> None:
        """The application may be leaving: then the work must not go on behind it."""
        self.worker.stop()

    def action_stop(self) -> None:
        self._is_stopping = True
        self.worker.stop()
        self.query_one(Static).update(self._text())

    def _look(self) -> None:
        self._looks += 1
        if not self.worker.is_alive():
            self.dismiss()
            _finish(self.app, self.worker, self.done)
        else:
            self.query_one(Static).update(self._text())

    def _text(self) -> str:
        reached = self.worker.reached
        how_far = f"reached {self.say(reached)}" if reached else "beginning"
        end = "stopping…" if self._is_stopping else "Esc stops here; what is done so far is kept"
        bar = f"\n  {_bar(reached, *self.way)}" if self.way and reached else ""
        text = f"{_TURNING[self._looks % len(_TURNING)]} {self.headline}\n{bar}\n  {how_far}\n\n{end}"
        return in_ascii(Sheet("", plain(*text.split("\n")))).text if getattr(self.app, "ascii", False) else text


def _bar(reached: datetime, begin: datetime, end: datetime) -> str:
    """How much of the way is done: `▒▒▒▒▒░░░░░ 50 %`."""
    share = min(1.0, max(0.0, (reached - begin) / (end - begin))) if end > begin else 1.0
    full = round(share * _WIDE)
    return f"{'▒' * full}{'░' * (_WIDE - full)} {share:.0%}".replace("%", " %")


_BUSY: dict[int, _Worker] = {}


def is_busy(app: App[Any]) -> bool:
    """Does some work hold the session? Then nobody else may touch it."""
    return id(app) in _BUSY


def work(
    screen: Screen[Any], title: str, job: Job, done: Done, say: Say = str, way: Way | None = None
) -> bool:  # fmt: skip
    """Do `job(progress)` in a thread, then `done(outcome)` here. `say` puts an instant in words; `way`: from when to
    when it goes, if that is known. False, and nothing is done, when something is being worked on already."""
    app = screen.app
    if is_busy(app):
        return False
    worker = _Worker(job)
    _BUSY[id(app)] = worker
    worker.start()
    worker.join(MOMENT)
    if worker.is_alive():
        app.push_screen(WorkScreen(title, worker, done, say, way))
    else:
        _finish(app, worker, done)
    return True


def _finish(app: App[Any], worker: _Worker, done: Done) -> None:
    _BUSY.pop(id(app), None)
    assert worker.outcome is not None
    done(worker.outcome)
