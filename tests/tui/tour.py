"""The scenes of docs/tour.md, as SVG: `python -m tests.tui.tour` makes them again; a test keeps them true."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import workbench as wb
from tests.tui.screens import Driven, bench_on
from tui.app import Workbench

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "tour"
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
WAIT = "wait extract for ewr jfk lga"


class Scene(NamedTuple):
    """A picture: what is opened, in which size, and which keys are pressed."""

    name: str
    size: tuple[int, int]
    bench: Callable[[], wb.Bench | None]
    keys: tuple[str, ...] = ()
    theme: str = "workbench-dark"


def _story() -> wb.Bench:
    return wb.story()


def _friday() -> wb.Bench:
    """Friday 07:10 in the what-if in which extract waits."""
    bench = bench_on(at="2013-01-04T08:05Z")
    bench.session.back("2013-01-04T05:55Z")
    bench.do(WAIT)
    bench.session.run_until("2013-01-04T07:10Z")
    return bench


def _compared() -> wb.Bench:
    bench = _friday()
    bench.session.run_until("2013-01-04T08:05Z")
    return bench


def _june() -> wb.Bench:
    """Ten days late: clean is mended, and January is to be made again."""
    bench = bench_on(at="2013-01-04T12:00Z")
    bench.session.end = wb.instant("2013-01-14T12:00Z")
    bench.session.run_until("2013-01-12T12:00Z")
    bench.do("deploy clean v2")
    bench.choose("task:daily_flights.clean")
    return bench


SCENES = (
    Scene("story", (80, 24), _story, ("n", "n", "n", "n")),
    Scene("bench", (120, 36), _friday),
    Scene("fault", (80, 24), _friday, ("left", "f")),
    Scene("compare", (120, 36), _compared, ("c",), "workbench-light"),
    Scene("data", (120, 36), _compared, ("4",)),
    Scene("planner", (120, 36), _june, ("l",)),
)


async def _drawn(scene: Scene) -> str:
    app = Workbench(scene.bench(), theme=scene.theme)
    async with app.run_test(size=scene.size) as pilot:
        await pilot.pause()
        await Driven(app, pilot).press(*scene.keys)
        return FONTS.sub("", app.export_screenshot(title="workbench"))


def drawn(scene: Scene) -> str:
    """The scene as SVG, without the fonts that it would fetch from elsewhere."""
    return asyncio.run(_drawn(scene)) + "\n"


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scene in SCENES:
        (FOLDER / f"{scene.name}.svg").write_text(drawn(scene), encoding="utf-8")
        print(f"docs/tour/{scene.name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
