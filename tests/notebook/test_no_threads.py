"""What a notebook does is possible in a browser: no thread, no process, no watcher, no signal."""

from __future__ import annotations

from pathlib import Path

from tests.test_imports import run

GUARD = """
import builtins, os, signal, subprocess, sys, threading

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("watchdog", "textual", "multiprocessing"):
            raise ImportError(f"{name} must not be imported here")

def refuse(*args, **more):
    raise RuntimeError("there is no such thing in a browser")

sys.meta_path.insert(0, Refuse())
threading.Thread.start = subprocess.Popen.__init__ = os.fork = os.posix_spawn = refuse
signal.signal = signal.alarm = signal.setitimer = refuse
"""


def test_the_guard_guards() -> None:
    code = f"""{GUARD}
for act in (lambda: threading.Thread(target=print).start(), lambda: subprocess.run(["true"]), os.fork,
            lambda: signal.alarm(1), lambda: __import__("watchdog"), lambda: __import__("multiprocessing")):
    try:
        act()
    except (RuntimeError, ImportError) as error:
        print(type(error).__name__)
"""
    assert run(code).split() == ["RuntimeError"] * 4 + ["ImportError"] * 2


def test_a_session_is_shown_kept_asked_and_saved_without_them(tmp_path: Path) -> None:
    code = f"""{GUARD}
import workbench as wb
import notebook_ext
with wb.Keeper.open("runs.db") as keeper:
    s = wb.sample("daily_flights", "late_jfk", history=keeper)
    s.go("2013-01-04 05:45").until("08:05")
    data, _ = s._repr_mimebundle_()
    print("application/vnd.jupyter.widget-view+json" in data, "<svg" in data["image/svg+xml"])
    print("596" in str(s.query("select dataset, rows from live where rows = 596")))
    b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
    b._repr_mimebundle_()
    print(b.why("publish").headline)
early = wb.sample("daily_flights", "late_jfk")
early.ask("Flights in the first report?", rows="pub_punctuality@2013-01-02")
early.until("2013-01-03 06:30").what_if("05:50").never("jfk@2013-01-02").until("06:30").save_page("late.html")
print("<script" in open("late.html", encoding="utf-8").read())
"""
    assert run(code, cwd=tmp_path).splitlines() == [
        "True True",
        "True",
        "publish ended 07:50, well. It wrote 914 rows.",
        "True",
    ]
