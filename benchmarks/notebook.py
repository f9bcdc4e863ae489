"""The widget: 40 tasks x 30 partitions. First picture, a frame, a step in a browser, a command and back, what is saved.

Python's side goes by the wall clock, with processor time beside it, since that is what somebody waits for. The step is
taken in headless Chromium with the widget's own script; without Chromium that line says so.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from functools import partial
from time import perf_counter, process_time
from typing import Any

import workbench as wb
from benchmarks.worlds import Result

TASKS, DAYS, LAYER = 40, 30, 8
FIRST_S, STEP_MS, BACK_MS, SAVED_MB = 1.0, 50, 200, 2.0
FRAMES, TIMES = 40, 9
_STEPS = """async () => {
  const widget = document.getElementById("cell"), took = [];
  widget.focus();
  for (let n = 0; n < 24; n++) {
    const begun = performance.now();
    widget.dispatchEvent(new KeyboardEvent("keydown", { key: n < 12 ? "b" : "n", bubbles: true }));
    widget.getBoundingClientRect();
    took.push(performance.now() - begun);
    await new Promise((go) => setTimeout(go, 5));
  }
  return took;
}"""


def wide() -> wb.Session:
    """40 tasks, eight to a layer, and 30 days of them."""
    dag = wb.Dag("wide", schedule="0 6 * * *", start="2013-01-01")
    made = [dag.task(f"t{n:02}", takes=f"{1 + n % 7}m") for n in range(TASKS)]
    for n, task in enumerate(made[LAYER:]):
        made[n] >> task
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-02-01 05:00")
    return session


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds of the clock, of the processor, and what came of it."""
    clock, used = perf_counter(), process_time()
    made = act()
    return perf_counter() - clock, process_time() - used, made


def first() -> tuple[Result, wb.Session, Any]:
    """What a cell waits for that shows the session. Loading anywidget and ipywidgets is not counted."""
    import anywidget  # noqa: F401  loading it is not ours
    import ipywidgets  # noqa: F401

    session = wide()
    clock, used, bundle = timed(session._repr_mimebundle_)
    events = len(session.branch.log)
    name = f"9 first picture, {TASKS} tasks x {DAYS} days, {events:,} events"
    figure = f"{clock:.2f} s, {used:.2f} of the processor"
    return Result(name, f"under {FIRST_S:g} s", figure, clock < FIRST_S), session, bundle


def frames(session: wb.Session) -> Result:
    """One frame, and how large a step is on its way."""
    reel = wb.Reel(wb.Bench(session))
    clock, used, made = timed(lambda: [reel.frame(n) for n in range(300, 300 + FRAMES)])
    whole = len(json.dumps(wb.packed(wb.strip_of(made[:1]))))
    size = len(json.dumps(wb.packed(wb.strip_of(made)))) - whole
    sizes = f"{whole / 1000:.0f} KB, then {size / (FRAMES - 1) / 1000:.1f} KB a step"
    figure = f"{clock / FRAMES * 1000:.0f} ms, {used / FRAMES * 1000:.0f} of the processor; {sizes}"
    return Result("9 a frame made in Python, 40 tasks", "none", figure, None)


def there_and_back(session: wb.Session) -> Result:
    """A command: done, and its film as JSON."""
    from notebook_ext.bench import BenchView

    view, clocks, useds = BenchView(wb.Bench(session)), list[float](), list[float]()

    def command(line: str) -> str:
        view.do(line)
        return json.dumps(view.picture.film)

    for n in range(TIMES):
        clock, used, _ = timed(partial(command, f"set task t{n:02} retries {n + 2}"))
        clocks.append(clock * 1000)
        useds.append(used * 1000)
    middle = statistics.median(clocks)
    figure = f"median {middle:.0f} ms, {statistics.median(useds):.0f} of the processor"
    return Result("9 a command, done and its film sent", f"under {BACK_MS} ms", figure, middle < BACK_MS)


def saved(session: wb.Session, bundle: Any) -> Result:
    """A notebook with one output: what is shown where no widget can run, and the widget's own state."""
    from notebook_ext.bench import BenchView

    data = bundle[0] if isinstance(bundle, tuple) else bundle
    outputs = len(json.dumps(data, default=str))
    view = BenchView(wb.Bench(session))
    widgets = [view.picture, view.whole, view.forms.whole]
    state = sum(len(json.dumps(one.get_state(), default=str)) for one in widgets)
    mega = (outputs + state) / 1e6
    figure = f"{mega:.2f} MB ({outputs / 1000:.0f} KB output, {state / 1000:.0f} KB of the widget)"
    return Result("9 a saved notebook, one output", f"under {SAVED_MB:g} MB", figure, mega < SAVED_MB)


def step(session: wb.Session) -> Result:
    """From a key to the new layout, in a browser."""
    name, goal = "9 a step in the browser, 40 tasks", f"under {STEP_MS} ms"
    try:
        from tests.notebook.lab import CHROMIUM
        from tests.notebook.stage import staged
    except ImportError:
        return Result(name, goal, "not measured: no test tools here", None)
    if not CHROMIUM:
        return Result(name, goal, "not measured: no Chromium here", None)
    with staged(session) as stage:
        stage.settled()
        took = sorted(stage.page.evaluate(_STEPS))
    middle = statistics.median(took)
    return Result(name, goal, f"median {middle:.1f} ms, p95 {took[int(len(took) * 0.95)]:.1f} ms", middle < STEP_MS)


def run() -> list[Result]:
    shown, session, bundle = first()
    return [shown, frames(session), there_and_back(session), saved(session, bundle), step(wide())]
