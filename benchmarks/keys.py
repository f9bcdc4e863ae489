"""How long the terminal workbench takes to answer a key, to paint first, and what it uses while nothing happens."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from statistics import median
from time import perf_counter, sleep
from typing import Any

from benchmarks.worlds import Result, percentile
from workbench.bench import Bench
from workbench.model import DagSpec, Task, Workspace
from workbench.scenario import Scenario
from workbench.session import Session
from workbench.timetable import parse_duration, parse_instant

SIZE = (200, 50)
KEYS = (
    "n",
    "b",
    "n",
    "right",
    "n",
    "left",
    "down",
    "b",
    "2",
    "n",
    "3",
    "n",
    "right",
    "4",
    "n",
    "1",
    "n",
    "n",
    "b",
    "up",
)
CASES = ((200, 20, 90, 50.0), (2_000, 50, 3, 100.0))
IDLE_SECONDS = 10
IDLE = """
import sys
import workbench as wb
from tui.app import Workbench
session = wb.sample("daily_flights", "late_jfk")
session.run_until("2013-01-04T07:10Z")
Workbench(wb.Bench(session)).run()
"""


def bench_of(tasks: int, layers: int, days: int) -> Bench:
    """Layers of equal width, two upstreams each, run for some days, and standing in the middle of the last."""
    wide = tasks // layers
    made: dict[str, Task] = {}
    for number in range(tasks):
        layer, place = divmod(number, wide)
        ups = {(layer - 1) * wide + place, (layer - 1) * wide + (place * 7 + 3) % wide} if layer else set()
        name = f"task_{number:04}"
        made[name] = Task(name, needs=tuple(f"task_{up:04}" for up in sorted(ups)), takes=parse_duration("5m"))
    start = parse_instant("2013-01-01")
    spec = DagSpec("big", made, schedule="0 6 * * *", start=start)
    session = Session(Workspace({"big": spec}, workers=32), Scenario(start=start))
    session.run_until(start + parse_duration(f"{days}d") + parse_duration("6h") + parse_duration("40m"))
    return Bench(session)


async def _spent(bench: Bench, times: int) -> tuple[float, list[float]]:
    """Seconds to the first paint, and milliseconds for each key until all is drawn."""
    from tui.app import Workbench

    app = Workbench(bench)
    began = perf_counter()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        first = perf_counter() - began
        spent = []
        for key in KEYS * times:
            began = perf_counter()
            await _pressed(app, key)
            spent.append((perf_counter() - began) * 1000)
    return first, spent


async def _pressed(app: Any, key: str) -> None:
    """A key as a terminal sends it, until what it changed is on the screen; without the pauses of a test's pilot."""
    from textual import events

    drawn = asyncio.Event()
    draw = app.screen.draw

    def watched() -> None:
        draw()
        app.screen.call_after_refresh(drawn.set)

    app.screen.draw = watched
    app._driver.send_message(events.Key(key, key if len(key) == 1 else None))
    await asyncio.wait_for(drawn.wait(), 30)
    app.screen.draw = draw


def _keys() -> list[Result]:
    results = []
    for tasks, layers, days, goal in CASES:
        bench = bench_of(tasks, layers, days)
        first, spent = asyncio.run(_spent(bench, 5))
        middle, slow = median(spent), percentile(spent, 0.95)
        name = f"8 a key, {tasks:,} tasks x {days} days, {SIZE[0]}x{SIZE[1]}"
        results.append(Result(name, f"median < {goal:.0f} ms", f"{middle:.0f} ms, p95 {slow:.0f} ms", middle < goal))
        results.append(Result(f"8 first paint, {tasks:,} tasks", "< 1 s", f"{first:.2f} s", first < 1))
    return results


def _idle() -> Result:
    """A real terminal (a pty), with nothing to do."""
    import fcntl
    import os
    import pty
    import struct
    import termios

    lead, follow = pty.openpty()
    fcntl.ioctl(follow, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    with subprocess.Popen([sys.executable, "-c", IDLE], stdin=follow, stdout=follow, stderr=follow) as child:
        os.set_blocking(lead, False)
        _drained(lead, 4)
        before = _used(child.pid)
        _drained(lead, IDLE_SECONDS)
        share = (_used(child.pid) - before) / IDLE_SECONDS
        child.kill()
    return Result("8 idle, a bench on the screen", "< 2 % of a core", f"{share:.1%}", share < 0.02)


def _drained(lead: int, seconds: float) -> None:
    import os

    end = perf_counter() + seconds
    while perf_counter() < end:
        try:
            os.read(lead, 65536)
        except BlockingIOError:
            sleep(0.05)


def _used(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    import os
    from pathlib import Path

    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run() -> list[Result]:
    return [*_keys(), _idle()]
