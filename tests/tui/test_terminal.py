"""A real terminal: the command is started in one, keys come as bytes, and it is left or killed. Not on Windows."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workbench.history import History

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
SECONDS = 40
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=$]*[A-Za-z~]|\x1b[()][A-Z0-9]|\x1b[=>78]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")


class Terminal:
    """A command in a pseudo-terminal of some size."""

    def __init__(self, child: subprocess.Popen[bytes], lead: int) -> None:
        self.child, self.lead, self.text, self.raw = child, lead, "", b""

    def press(self, keys: str) -> None:
        """Send keys, as the bytes that a terminal sends."""
        self.text = ""
        os.write(self.lead, keys.encode())

    def until(self, *words: str) -> str:
        """Read until all words came; what was read."""
        end = time.monotonic() + SECONDS
        while not all(word in self.text for word in words):
            assert time.monotonic() < end, f"not on the screen: {words}\n{self.text}"
            self._read()
        return self.text

    def ended(self) -> int:
        """Read until it ends; its exit status."""
        end = time.monotonic() + SECONDS
        while self.child.poll() is None:
            assert time.monotonic() < end, f"it does not end\n{self.text}"
            self._read()
        self._read()
        return self.child.returncode

    def _read(self) -> None:
        try:
            found = os.read(self.lead, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.05)
            return
        self.raw += found
        self.text += ESCAPES.sub("", found.decode("utf-8", "replace"))


@contextmanager
def terminal(tmp_path: Path, *arguments: str, size: tuple[int, int] = (80, 24), **more: str) -> Iterator[Terminal]:
    """`workbench ARGUMENTS` in a terminal of its own, with a home of its own."""
    import fcntl
    import pty
    import termios

    lead, follow = pty.openpty()
    fcntl.ioctl(follow, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "TERM": "xterm-256color", "COLORTERM": "truecolor", **more}
    command = [sys.executable, "-m", "workbench", *arguments]
    child = subprocess.Popen(command, stdin=follow, stdout=follow, stderr=follow, env=env, start_new_session=True)
    os.close(follow)
    os.set_blocking(lead, False)
    try:
        yield Terminal(child, lead)
    finally:
        child.kill()
        child.wait()
        os.close(lead)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_from_start_to_quit(tmp_path: Path, size: tuple[int, int]) -> None:
    file = str(tmp_path / "h.db")
    arguments = ("open", "daily_flights", "--scenario", "late_jfk", "--history", file)
    with terminal(tmp_path, *arguments, size=size) as shell:
        shell.until("extract", "publish", "Thu 3 Jan")
        shell.press("n")
        shell.until("05:48")
        shell.press("\x11")
        assert shell.ended() == 0, shell.text
        assert b"\x1b[?1049l" in shell.raw  # the screen of before is back
        assert "Traceback" not in shell.text
    with History.open(file, write=False) as history:
        assert len(history.recordings()) == 1


def test_killed_in_the_middle_the_history_is_whole_and_goes_on(tmp_path: Path) -> None:
    file = str(tmp_path / "h.db")
    arguments = ("open", "daily_flights", "--scenario", "late_jfk", "--history", file)
    with terminal(tmp_path, *arguments) as shell:
        shell.until("extract", "publish")
        for at in ("05:48", "05:55", "05:56"):
            shell.press("n")
            shell.until(at)
        os.killpg(shell.child.pid, signal.SIGKILL)
        shell.child.wait()
    with History.open(file) as history:
        assert history.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        loaded = history.load(None)
        assert len(loaded.branches[0].events) >= 3
    again = ["do", "daily_flights", "--scenario", "late_jfk", "--history", file, "--resume", "go 2013-01-03 06:00"]
    done = subprocess.run([sys.executable, "-m", "workbench", *again], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "06:00" in done.stdout


def test_a_history_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    file.write_text("this is no database, and long enough to be taken for one" * 40, encoding="utf-8")
    with terminal(tmp_path, "open", "daily_flights", "--scenario", "late_jfk", "--history", str(file)) as shell:
        assert shell.ended() == 2
        assert "is damaged, or is no SQLite database" in shell.text.replace("\r\n", " ")
        assert "Traceback" not in shell.text
