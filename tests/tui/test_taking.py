"""What is taken away: asked where, never over what is there, and said where it went."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from tests.tui.screens import Driven, bench_on, drive
from tests.tui.test_compare import waiting


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def asked(driven: Driven) -> None:
    """The menu is gone, and the question for a name is drawn."""
    for _ in range(20):
        await driven.pilot.pause(0.02)
        if "where to?" in driven.text and "▔▔▔" not in driven.text:
            return


@pytest.mark.parametrize(
    ("key", "name", "begins", "holds"),
    [
        ("r", "daily_flights-report.html", "<!DOCTYPE html>", "daily_flights"),
        ("c", "daily_flights-A-B.html", "<!DOCTYPE html>", "green is not right"),
        ("p", "daily_flights-screen.svg", "<svg", "extract"),
    ],
)
def test_each_thing_goes_where_it_says(folder: Path, key: str, name: str, begins: str, holds: str) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("s")
        driven.shows("take away", "report", "comparison", "picture", "history")
        await driven.press(key)
        await asked(driven)
        driven.shows(name)
        await driven.press("enter")
        driven.shows(f"Wrote {name}")

    drive(play, waiting())
    text = (folder / name).read_text(encoding="utf-8")
    assert text.lstrip().startswith(begins)
    assert holds in text
    assert [path.name for path in folder.iterdir()] == [name]


def test_the_picture_is_without_the_menu(folder: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("s", "p")
        await asked(driven)
        await driven.press("enter")

    drive(play, waiting())
    text = (folder / "daily_flights-screen.svg").read_text(encoding="utf-8")
    assert "timeline" in text
    assert "take&#160;away" not in text


def test_the_history_opens_again(folder: Path) -> None:
    bench = waiting()

    async def play(driven: Driven) -> None:
        await driven.press("s", "h")
        await asked(driven)
        await driven.press("enter")
        driven.shows("Wrote daily_flights-history.db", "workbench replay")

    drive(play, bench, (160, 40))
    again = wb.replay(folder / "daily_flights-history.db")
    assert again.branch.log == bench.session.branch.log


def test_nothing_is_written_over(folder: Path) -> None:
    (folder / "mine.html").write_text("mine", encoding="utf-8")

    async def play(driven: Driven) -> None:
        await driven.press("s", "r")
        await asked(driven)
        await driven.press("ctrl+u")
        await driven.type("mine.html")
        await driven.press("enter")
        driven.shows("mine.html is there already")

    drive(play, waiting(), (160, 40))
    assert (folder / "mine.html").read_text(encoding="utf-8") == "mine"


def test_leaving_the_question_writes_nothing(folder: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("s", "r")
        await asked(driven)
        await driven.press("escape")
        driven.shows("Nothing was written.")

    drive(play, waiting())
    assert list(folder.iterdir()) == []


def test_a_comparison_of_one_future_says_what_to_do() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("s", "c")
        await asked(driven)
        driven.shows("There is one future so far.")

    drive(play, bench_on(at="2013-01-04T07:10Z"), (160, 40))


def test_the_comparison_is_saved_from_its_own_screen(folder: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("c", "s")
        await asked(driven)
        driven.shows("comparison: where to?", "daily_flights-A-B.html")
        await driven.press("enter")
        driven.shows("Wrote daily_flights-A-B.html", "first difference")

    drive(play, waiting())
    assert "Late is not failed" in (folder / "daily_flights-A-B.html").read_text(encoding="utf-8")
