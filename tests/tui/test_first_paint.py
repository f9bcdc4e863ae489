"""What is there before the first picture, and what is fetched after it. Told by what is loaded, not by a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import workbench as wb
from tests.tui.screens import Driven, bench_on, drive
from tui import screens

FIRST = """
import json, os, sys
import workbench as wb
from tui.app import Workbench

def seen(app):
    if len(app.screen_stack) > 1:
        print(json.dumps([type(app.screen).__name__, *sorted(sys.modules)]), flush=True)
        os._exit(0)

def bench():
    return wb.Bench(wb.sample("daily_flights"))

Workbench.post_display_hook = seen
Workbench({first}).run(headless=True, size=({width}, {height}))
"""
# What the bench needs at once, of what may come later.
AT_ONCE = {"workbench.verbs", "workbench.bench.panes.days", "tui.bench"}
# What nobody needs who looks at a bench for the first time.
NEVER = {"workbench.recorded", "workbench.views.report", "workbench.bench.planner", "workbench.bench.sources", "html",
         "workbench.views.compare", "workbench.questions.exercises", "croniter", "sqlite_utils"}  # fmt: skip


def first_picture(tmp_path: Path, first: str, size: tuple[int, int]) -> tuple[str, set[str]]:
    """The screen that is shown first by a new process, and the modules that are loaded then."""
    code = FIRST.format(first=first, width=size[0], height=size[1])
    home = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    (tmp_path / "orchestration-workbench").mkdir()
    (tmp_path / "orchestration-workbench" / "story-was-shown").touch()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False, env=home
    )
    assert done.stdout, done.stderr
    screen, *loaded = json.loads(done.stdout)
    return screen, set(loaded)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_the_first_picture_of_a_bench_needs_nothing_that_opens_on_top(tmp_path: Path, size: tuple[int, int]) -> None:
    screen, loaded = first_picture(tmp_path, "bench()", size)
    assert screen == "BenchScreen"
    assert sorted(loaded & ({*wb.LATER, *screens.LATER, *NEVER} - AT_ONCE)) == []


def test_home_needs_no_bench_and_no_session(tmp_path: Path) -> None:
    screen, loaded = first_picture(tmp_path, "None", (120, 36))
    assert screen == "HomeScreen"
    assert not {name for name in loaded if name.startswith(("workbench.", "tui.bench"))} & {
        "tui.bench", "workbench.bench", "workbench.session", "workbench.engine", "workbench.model", "workbench.history",
    }  # fmt: skip


def test_the_rest_is_fetched_soon_and_then_nothing_runs_any_more() -> None:
    async def play(driven: Driven) -> None:
        fetching = driven.app._fetching
        assert fetching is not None
        for _ in range(400):
            await driven.pilot.pause(0.02)
            if not fetching.is_under_way:
                break
        assert not fetching.is_under_way
        assert {*wb.LATER, *screens.LATER} <= set(sys.modules)

    drive(play, bench_on(), (120, 36))
