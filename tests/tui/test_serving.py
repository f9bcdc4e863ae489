"""The workbench in a browser: a real page in headless Chromium, a key and a click. Skipped where there is none."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlparse

import pytest

from tests.tui.screens import Driven, bench_on, drive
from tui.pane import Pane

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
SECONDS = 60
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[A-Za-z~]|\x1b[()][A-Z0-9]|\x1b[=>78]")


@contextmanager
def served(tmp_path: Path, *arguments: str) -> Iterator[str]:
    """The address of a workbench that is being served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "workbench", "serve", *arguments, "--history", "none", "--port", str(port)]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, child)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(20)


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing is served at port {port}")


class Heard:
    """What the terminal in a page was sent, and its size in cells."""

    def __init__(self, page: Any) -> None:
        self.page, self.text, self.size = page, "", (0, 0)
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, frame: Any) -> None:
        if isinstance(frame, bytes):
            self.text += ESCAPES.sub("", frame.decode("utf-8", "replace"))

    def _sent(self, frame: Any) -> None:
        if isinstance(frame, str) and frame.startswith('["resize"'):
            size = json.loads(frame)[1]
            self.size = size["width"], size["height"]

    def until(self, *words: str) -> None:
        """Wait for words that were not there before; then forget what was heard."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if all(word in self.text for word in words):
                self.text = ""
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"not in the page: {words}\n{self.text}")


def _places(size: tuple[int, int], name: str) -> tuple[int, int, str]:
    """Where a name is in the picture at this size, and what the screen says of it once it is selected."""
    found: list[tuple[int, int, str]] = []

    async def play(driven: Driven) -> None:
        await driven.press("n")
        rows = driven.text.splitlines()
        row = next(number for number, line in enumerate(rows) if name in line)
        column = rows[row].index(name)
        await driven.pilot.click(offset=(column + 1, row))
        await driven.pilot.pause()
        found.append((column, row, driven.app.screen.query_one("#why", Pane).sheet.title))

    # The browser's driver has an event loop in this thread already.
    other = Thread(target=drive, args=(play, bench_on(), size))
    other.start()
    other.join()
    return found[0]


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
def test_a_key_and_a_click_in_a_browser(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with served(tmp_path, "daily_flights", "--scenario", "late_jfk") as address, sync_api.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 800})
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url))
        heard = Heard(page)
        page.goto(f"{address}/?fontsize=14")
        heard.until("extract", "publish", "Thu 3 Jan")
        page.wait_for_timeout(1500)
        page.locator("textarea.xterm-helper-textarea").focus()
        page.keyboard.press("n")
        heard.until("05:48")
        column, row, title = _places(heard.size, "publish")
        screen = page.locator(".xterm-screen").bounding_box()
        wide, high = screen["width"] / heard.size[0], screen["height"] / heard.size[1]
        page.mouse.click(screen["x"] + (column + 1.5) * wide, screen["y"] + (row + 0.5) * high)
        heard.until(title)
        browser.close()
    # textual-serve asks for a font, and does without it.
    allowed = {"127.0.0.1", "fonts.googleapis.com", "fonts.gstatic.com"}
    assert {urlparse(url).hostname for url in outside} <= allowed
