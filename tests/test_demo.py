"""The story that `workbench demo` tells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.demo import tell
from workbench.keeping import Keeper
from workbench.views.cells import cell_width


def told(keeper: Keeper | None = None, bin: str = "") -> list[str]:
    lines: list[str] = []
    tell(keeper, lines.append, lambda text, mood: text, bin=bin)
    return lines


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return told()


def between(lines: list[str], begin: str, end: str) -> str:
    first = next(i for i, line in enumerate(lines) if begin in line)
    last = next(i for i, line in enumerate(lines) if end in line and i > first)
    return "\n".join(lines[first:last])


def test_the_numbers_of_the_story(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "Every task is green, and 596 flights are public since 06:15." in lines
    assert "The board looked at 08:00. 318 flights of JFK are missing. Green is not right." in lines
    assert "914 flights are public since 07:50: 95 minutes later, and all of them." in lines
    assert "The board looked at 08:00, and saw 914." in lines
    assert "▲ the board looked at what was public: 596 flights in A, 914 flights in B" in lines
    assert "Tries at 06:00, 06:03, 06:08, 06:17, 06:34: pauses of 2, 4, 8, 16 minutes," in text
    assert text.count("Late is not failed; green is not right.") == 1
    assert "First difference: Fri 4 Jan 06:00, daily_flights.extract@2013-01-03" in lines


def test_who_read_what_is_on_the_screen(lines: list[str]) -> None:
    read = [line.strip() for line in lines if "board_dashboard reads" in line]
    assert read == [
        "08:00  board_dashboard reads pub_punctuality of Thu 3 Jan: 596 rows",
        "08:00  board_dashboard reads pub_punctuality of Thu 3 Jan: 914 rows",
    ]
    both = between(lines, "Both futures side by side", "Another day")
    assert len([line for line in both.splitlines() if line.startswith("board_dashboard") and line.endswith("▲")]) == 2
    assert "  board_dashboard            read 08:00, 596 rows      read 08:00, 914 rows" in lines


def test_the_other_dag_is_no_part_of_it(lines: list[str]) -> None:
    story = between(lines, "as it went", "Why?") + between(lines, "Another day", "Yours now")
    assert "by_airport" not in story
    assert "punctuality" not in story.replace("pub_punctuality", "")
    assert "stg_flights" not in story


def test_the_numbers_are_those_of_the_files(lines: list[str]) -> None:
    assert 336 + 260 == 596
    assert 336 + 260 + 318 == 914
    for rows in ("ewr of Thu 3 Jan comes, 336 rows", "lga of Thu 3 Jan comes, 260 rows", "318 rows, 95 min late"):
        assert any(line.endswith(rows) for line in lines)


def test_a_line_is_at_most_78_cells_wide(lines: list[str]) -> None:
    own = lines[: lines.index("Try next:")]
    assert max(map(cell_width, own)) <= 78
    assert all(line == line.rstrip() for line in lines)


def test_the_answer_at_07_10_reveals_no_future(lines: list[str]) -> None:
    answer = between(lines, "It is 07:10, and nothing has started. Why?", "07:35")
    assert "jfk was due 06:00; nobody knows when it comes." in answer
    times = set(re.findall(r"\d\d:\d\d", answer))
    assert times == {"07:10", "06:00", "05:48", "05:55"}
    assert "318" not in answer
    assert "914" not in answer


def test_the_same_text_twice(lines: list[str]) -> None:
    assert told() == lines


def test_moods_colour_and_change_no_letter(lines: list[str]) -> None:
    marked: list[str] = []
    moods: set[str] = set()

    def style(text: str, mood: str) -> str:
        moods.add(mood)
        return text

    tell(None, marked.append, style)
    assert marked == lines
    assert moods == {"title", "heading", "strong", "good", "bad", "late"}


def test_the_commands_at_the_end_run(tmp_path: Path) -> None:
    folder = f"{Path(sys.executable).parent}{os.sep}"
    with Keeper.open(tmp_path / "my history.db") as keeper:
        lines = told(keeper, folder)
    commands = [line.strip() for line in lines[lines.index("Try next:") + 1 :]]
    commands += [line.strip() for line in told(None, folder) if f"{folder}workbench simulate" in line]
    assert [line.removeprefix(folder).split()[0] for line in commands] == [
        "workbench",
        "workbench",
        "workbench",
        "sqlite-utils",
        "workbench",
    ]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    for command in commands:
        done = subprocess.run(
            command,
            check=False,
            shell=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout
        if "sqlite-utils" in command:
            assert "clean" in done.stdout


def test_both_futures_are_in_the_file(tmp_path: Path) -> None:
    with Keeper.open(tmp_path / "history.db") as keeper:
        lines = told(keeper)
        names = [row["name"] for row in keeper.history.query("SELECT name FROM branch ORDER BY id")]
    assert names == ["A", "B"]
    assert lines[lines.index("Both futures, every decision, are in SQLite:") + 1] == f"  {tmp_path / 'history.db'}"
