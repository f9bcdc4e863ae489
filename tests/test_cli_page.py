"""`workbench page`: one file from a pipeline or from a recording, or a sentence and status 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import workbench as wb
from workbench.cli import main


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["page", *words])


def test_of_a_file() -> None:
    done = run("daily_flights", "--scenario", "late_jfk", "--until", "2013-01-03 07:00", "--title", "Mine")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote daily_flights.html (")
    text = Path("daily_flights.html").read_text(encoding="utf-8")
    assert "<title>Mine</title>" in text
    assert "Thu 3 Jan 07:00" in text
    assert run("daily_flights", "--until", "2013-01-03 06:00").exit_code == 0, "a page is made anew"


def test_of_a_recording_with_all_its_futures() -> None:
    with wb.keep("runs.db") as kept:
        s = wb.sample("daily_flights", "late_jfk", history=kept)
        s.until("2013-01-03 07:00")
        s.what_if("2013-01-03 05:50").never("jfk@2013-01-02").until("2013-01-03 07:00")
    done = run("--history", "runs.db", "-o", "x.html")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "jfk of Wed 2 Jan never comes" in Path("x.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a page of what?"),
        (("daily_flights", "--recording", "1"), "a page shows one of them"),
        (("--history", "no.db"), "there is no such history"),
        (("--recording", "1", "--until", "07:00"), "--until is for FILE"),
        (("daily_flight",), "did you mean 'daily_flights'"),
        (("daily_flights", "--until", "2013-01-03 06:00", "-o", "no/x.html"), "there is no such folder"),
        (("daily_flights", "--until", "2013-01-03 06:00", "-o", "x.pdf"), "it is written as x.html"),
    ],
)
def test_bad_input_is_a_sentence(words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert "Traceback" not in done.output
    assert list(Path().iterdir()) == []
