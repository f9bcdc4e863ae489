"""The core runs without front ends, threads and processes; importing it costs almost nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# What a browser does not have, and what no simulation may need.
BLOCKED = (
    "textual",
    "ipywidgets",
    "watchdog",
    "multiprocessing",
    "subprocess",
    "concurrent.futures",
    "asyncio",
)
GUARD = f"""
import sys, threading

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if any(name == word or name.startswith(word + ".") for word in {BLOCKED!r}):
            raise ImportError(f"{{name}} must not be imported here")

def start(self):
    raise RuntimeError("no thread may be started here")

for name in [n for n in sys.modules if n.partition(".")[0] in {BLOCKED!r}]:
    del sys.modules[name]
sys.meta_path.insert(0, Refuse())
threading.Thread.start = start
"""


def run(code: str, *arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guard_guards() -> None:
    code = f"""{GUARD}
for name in ("subprocess", "multiprocessing", "textual", "asyncio"):
    try:
        __import__(name)
    except ImportError as error:
        print(error)
try:
    threading.Thread(target=print).start()
except RuntimeError as error:
    print(error)
"""
    assert run(code).splitlines() == [
        "subprocess must not be imported here",
        "multiprocessing must not be imported here",
        "textual must not be imported here",
        "asyncio must not be imported here",
        "no thread may be started here",
    ]


WHOLE = f"""{GUARD}
import workbench as wb
with wb.Keeper.open(sys.argv[1]) as keeper:
    s = wb.sample("daily_flights", "late_jfk", history=keeper)
    s.run_until()
    s.back("2013-01-04T05:55Z")
    s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
    s.run_until("08:05")
    print(s.why("publish").headline)
    print(s.compare("A").first.in_b)
    print(len(wb.draw(s.workspace)) > 100)
with wb.Keeper.open(sys.argv[1]) as keeper:
    s = wb.reopen(keeper)
    s.run_until("2013-01-05T09:00Z")
    print(s.why("report").headline)
"""


def test_a_whole_simulation_with_history_needs_none_of_it(tmp_path: Path) -> None:
    assert run(WHOLE, str(tmp_path / "history.db")).splitlines() == [
        "publish ended 07:50, well. It wrote 914 rows.",
        "extract waits for jfk.",
        "True",
        "report ended 06:35, well. It wrote 3 rows.",
    ]


def loaded_after(code: str, *arguments: str) -> set[str]:
    """The top-level modules, and ours whole, that are loaded then."""
    names = json.loads(
        run(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))", *arguments).splitlines()[-1]
    )
    return {name if name.startswith("workbench") else name.partition(".")[0] for name in names}


HEAVY = {"croniter", "graphviz", "sqlite_utils", "yaml", "textual", "ipywidgets", "watchdog", "sqlite3", "zoneinfo"}


def test_importing_the_package_loads_nothing_else() -> None:
    bare = loaded_after("import __future__, typing, importlib, datetime")
    assert loaded_after("import workbench") - bare == {"workbench"}


def test_help_loads_nothing_heavy() -> None:
    code = """
import click.testing
from workbench.cli import main
assert click.testing.CliRunner().invoke(main, ["--help"]).exit_code == 0
"""
    loaded = loaded_after(code)
    assert not loaded & HEAVY
    assert not {name for name in loaded if name.startswith("workbench.")} - {"workbench.cli"}


def test_a_simulation_loads_no_front_end() -> None:
    loaded = loaded_after("import workbench as wb\nwb.sample().run_until()")
    assert not loaded & {"textual", "ipywidgets", "watchdog", "graphviz", "sqlite_utils", "click", "IPython"}


def test_every_name_of_the_facade_is_there() -> None:
    code = """
import workbench as wb
print([name for name in dir(wb) if getattr(wb, name, None) is None])
try:
    wb.nothing
except AttributeError as error:
    print(error)
"""
    assert run(code).splitlines() == ["[]", "module 'workbench' has no attribute 'nothing'"]
