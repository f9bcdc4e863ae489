"""Looks after files: says so, once, a moment after somebody has saved, moved or removed one of them.

Editors save in many ways: in place, bit by bit, or by another file that takes the name. So the folders are watched, and
something is said when it has been quiet for a tenth of a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

QUIET = 0.1
# Nobody waits longer than this, however often an editor writes.
LONGEST = 0.3
_NO_CHANGE = ("opened", "closed_no_write")


class Watcher(FileSystemEventHandler):
    """`tell` is called in a thread of its own. Nothing is raised: what cannot be watched is looked at slowly."""

    def __init__(self, paths: Iterable[Path], tell: Callable[[], None]) -> None:
        both = [place for path in paths for place in (path.absolute(), path.resolve())]  # a link and what it leads to
        self.names = {path.name for path in both}
        self.folders = sorted({str(path.parent) for path in both})
        self.tell = tell
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._first = 0.0
        self._observer = Observer()
        self._is_over = False

    def start(self) -> Watcher:
        """Begin to watch."""
        for folder in self.folders:
            try:
                self._observer.schedule(self, folder)
            except (OSError, RuntimeError):  # no such folder, or the system has no watch left
                continue
        try:
            self._observer.start()
        except (OSError, RuntimeError):
            self._is_over = True
        return self

    def stop(self) -> None:
        """Watch no more, and say nothing more."""
        with self._lock:
            self._is_over = True
            if self._timer is not None:
                self._timer.cancel()
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(1)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Something happened in a folder."""
        paths = (event.src_path, event.dest_path) if event.event_type not in _NO_CHANGE else ()
        if self.names & {Path(str(path)).name for path in paths if path}:
            self._soon()

    def _soon(self) -> None:
        """Say it when it is quiet; each change waits anew, but not for ever."""
        with self._lock:
            if self._is_over:
                return
            now = time.monotonic()
            if self._timer is None or not self._timer.is_alive():
                self._first = now
            else:
                self._timer.cancel()
            self._timer = threading.Timer(max(0.0, min(QUIET, self._first + LONGEST - now)), self._say)
            self._timer.daemon = True
            self._timer.start()

    def _say(self) -> None:
        if not self._is_over:
            self.tell()
