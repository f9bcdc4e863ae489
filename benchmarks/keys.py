"""How long the terminal workbench takes to answer a key, to paint first, and what it uses while nothing happens.

In a real terminal (a pty), by another process that reads it all. By the wall clock, because that is what somebody waits
for, and in processor time, because a shared machine adds to the first. A key is answered when all that it leads to is
done and written to the terminal, whether that is a line or a new screen.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from benchmarks.worlds import Result, percentile

# tasks, layers, days, rounds of keys, goal in milliseconds
CASES = ((200, 20, 90, 5, 50.0), (2_000, 50, 3, 3, 100.0))
SIZE = (200, 50)
OPEN = ("-m", "workbench", "open", "tutorials/pipelines/daily_flights.yaml")
IDLE_SECONDS = 10
_FIRST = "timeline"  # a word that only the bench says
_TRIES = 5
_COMPILED = TemporaryDirectory()


class Terminal:
    """A process in a terminal of its own, and when it wrote what."""

    def __init__(self, child: subprocess.Popen[bytes], lead: int) -> None:
        self.child, self.lead = child, lead
        self.text = b""

    def read(self, seconds: float, until: str = "") -> bool:
        """Take what it writes for some seconds, or until it has written a word or has ended: then True."""
        end = perf_counter() + seconds
        while perf_counter() < end:
            try:
                self.text += os.read(self.lead, 1 << 16)
            except BlockingIOError:
                sleep(0.002)
            except OSError:
                return True
            if until and until.encode() in self.text:
                return True
            if self.child.poll() is not None:
                return True
        return False

    @property
    def used(self) -> float:
        """Seconds of processor time that it has used (Linux)."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def terminal(*arguments: str, size: tuple[int, int] = SIZE) -> Iterator[Terminal]:
    """This Python with these arguments in a terminal of columns x rows; ended in the end."""
    lead, follow = pty.openpty()
    fcntl.ioctl(follow, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    os.set_blocking(lead, False)
    with TemporaryDirectory() as home:
        given = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": home, "XDG_DATA_HOME": home}
        # An installed program has been compiled.
        given |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _COMPILED.name}
        child = subprocess.Popen(
            [sys.executable, *arguments], stdin=follow, stdout=follow, stderr=follow, env=given, start_new_session=True
        )
        os.close(follow)
        try:
            yield Terminal(child, lead)
        finally:
            child.kill()
            child.wait()
            os.close(lead)


def _keys() -> Iterator[Result]:
    for tasks, layers, days, rounds, goal in CASES:
        found = _driven(tasks, layers, days, rounds)
        wall, used = [one[1] for one in found["keys"]], [one[2] for one in found["keys"]]
        name = f"8 a key, {tasks:,} tasks x {days} days, {SIZE[0]}x{SIZE[1]}"
        told = (f"median {median(wall):.0f} ms, p95 {percentile(wall, 0.95):.0f} ms, processor {median(used):.0f} and "
                f"{percentile(used, 0.95):.0f} ms; slowest {_slowest(found['keys'])}")  # fmt: skip
        yield Result(name, f"median < {goal:.0f} ms", told, median(wall) < goal)
        first, work = found["first"]
        yield Result(f"8 first paint of {tasks:,} tasks", "< 1 s", f"{first:.2f} s, processor {work:.2f} s", first < 1)


def _driven(tasks: int, layers: int, days: int, rounds: int) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        numbers = map(str, (tasks, layers, days, rounds))
        with terminal("-m", "benchmarks.keyed", *numbers, str(file)) as one:
            while not one.read(600):
                pass
        if not file.exists():
            raise SystemExit(one.text.decode(errors="replace")[-4000:])
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def _slowest(keys: list[tuple[str, float, float]]) -> str:
    """The three keys that take longest by their median."""
    by_key: dict[str, list[float]] = {}
    for key, wall, _ in keys:
        by_key.setdefault(key, []).append(wall)
    slow = sorted(((median(some), key) for key, some in by_key.items()), reverse=True)[:3]
    return ", ".join(f"{key} {ms:.0f}" for ms, key in slow)


def _first_paint() -> Result:
    """From the command to the bench on the screen: Python itself, imports, the file, its first simulation; not the
    first time, when Python compiles it all."""
    found = []
    for _ in range(_TRIES + 1):
        began = perf_counter()
        with terminal(*OPEN) as one:
            assert one.read(20, _FIRST), "no bench within 20 seconds"
            found.append((perf_counter() - began, one.used))
    wall, used = map(median, zip(*found[1:], strict=True))
    return Result("8 first paint, `workbench open FILE`", "< 1 s", f"{wall:.2f} s, processor {used:.2f} s", wall < 1)


def _idle() -> Result:
    with terminal(*OPEN, size=(120, 36)) as one:
        one.read(4)
        before = one.used
        one.read(IDLE_SECONDS)
        share = (one.used - before) / IDLE_SECONDS
    return Result("8 idle, a bench on the screen", "< 2 % of a core", f"{share:.1%}", share < 0.02)


def run() -> list[Result]:
    return [_first_paint(), *_keys(), _idle()]
