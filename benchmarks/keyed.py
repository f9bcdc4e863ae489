"""The side of `keys` that runs in a terminal of its own: a bench of so many tasks, and its keys pressed one by one.

`python -m benchmarks.keyed TASKS LAYERS DAYS ROUNDS FILE` writes what each took to FILE, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from workbench.bench import Bench
from workbench.model import DagSpec, Task, Workspace
from workbench.scenario import Scenario
from workbench.session import Session
from workbench.timetable import parse_duration, parse_instant

# Steps, moves, the four views, zoom, other days, and what opens on top.
ROUND = (
    "n", "n", "right", "n", "b", "left", "down", "n", "up", "plus", "minus", "0", "2", "n", "b", "3", "n", "right",
    "4", "n", "b", "1", "w", "escape", "enter", "escape", "f", "escape", "e", "escape", "r", "escape",
    "right_curly_bracket", "n", "left_curly_bracket", "d", "escape", "slash", "escape", "y", "escape",
)  # fmt: skip
_CHARACTERS = {"enter": "\r", "plus": "+", "minus": "-", "right_curly_bracket": "}", "left_curly_bracket": "{",
               "slash": "/"}  # fmt: skip
# Seconds between two looks at whether all is done, and how many looks in a row must find it so.
_LOOK, _LOOKS = 0.001, 8


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


def is_quiet(app: Any) -> bool:
    """Has every part done all that it was told, and is all of it on the screen?"""
    from tui.working import is_busy

    screen = app.screen
    waits = (screen._layout_required, screen._scroll_required, screen._repaint_required, screen._dirty_widgets,
             screen._callbacks, screen._compositor._dirty_regions, getattr(screen, "_paint_waits", False),
             is_busy(app))  # fmt: skip
    if any(waits):
        return False
    pumps = (app, *app.screen_stack, *screen.walk_children())
    return not any(pump._message_queue.qsize() or pump._next_callbacks for pump in pumps)


async def until_quiet(app: Any) -> tuple[float, float]:
    """Wall clock and processor time when all was done. The looks themselves cost 2 % of a core."""
    looks, at = 0, (perf_counter(), process_time())
    while looks < _LOOKS:
        await asyncio.sleep(_LOOK)
        if is_quiet(app):
            at = at if looks else (perf_counter(), process_time())
            looks += 1
        else:
            looks = 0
    return at


async def pressed(app: Any, key: str) -> tuple[float, float]:
    """Milliseconds, by the clock and of the processor, until what a key changes is on the screen."""
    from textual import events

    begin = (perf_counter(), process_time())
    app._driver.send_message(events.Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None)))
    end = await until_quiet(app)
    return (end[0] - begin[0]) * 1000, (end[1] - begin[1]) * 1000


def measured(bench: Bench, rounds: int) -> dict[str, Any]:
    """Seconds to the first paint, and for each key its two figures."""
    began = perf_counter(), process_time()
    from tui.app import Workbench

    found: dict[str, Any] = {"keys": []}

    async def drive(pilot: Any) -> None:
        painted = await until_quiet(app)
        found["first"] = [painted[0] - began[0], painted[1] - began[1]]
        for key in ROUND * rounds:
            found["keys"].append((key, *await pressed(app, key)))
        app.exit()

    app = Workbench(bench)
    app.run(auto_pilot=drive)
    return found


def main(arguments: list[str]) -> None:
    *numbers, file = arguments
    tasks, layers, days, rounds = map(int, numbers)
    Path(file).write_text(json.dumps(measured(bench_of(tasks, layers, days), rounds)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
