"""What comes on top of a screen, by name: loaded when it is asked for, so that the first picture waits for none of it.

`LATER` is fetched in a quiet moment soon after that, so that no key waits for it either: see `tui.fetching`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.bench import BenchScreen as BenchScreen
    from tui.command import CommandLine as CommandLine
    from tui.compare import CompareScreen as CompareScreen
    from tui.compare import FuturesScreen as FuturesScreen
    from tui.days import DayScreen as DayScreen
    from tui.help import help_sheet as help_sheet
    from tui.home import HomeScreen as HomeScreen
    from tui.menu import MenuScreen as MenuScreen
    from tui.planner import PlannerScreen as PlannerScreen
    from tui.reading import CodeScreen as CodeScreen
    from tui.taking import TakingScreen as TakingScreen
    from tui.taking import take as take
    from tui.watching import Watcher as Watcher

_HOMES = {
    "BenchScreen": "bench",
    "CodeScreen": "reading",
    "CommandLine": "command",
    "CompareScreen": "compare",
    "DayScreen": "days",
    "FuturesScreen": "compare",
    "HomeScreen": "home",
    "MenuScreen": "menu",
    "PlannerScreen": "planner",
    "TakingScreen": "taking",
    "Watcher": "watching",
    "help_sheet": "help",
    "take": "taking",
}
LATER = tuple(f"tui.{home}" for home in dict.fromkeys(_HOMES.values()))


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tui.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'tui.screens' has no attribute '{name}'")
