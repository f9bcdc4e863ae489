"""The bench in plain lines: one sentence a step, verbs typed."""

from __future__ import annotations

import workbench as wb
from workbench.line_mode import play


def told(*lines: str, at: str = "2013-01-04T05:45Z") -> list[str]:
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until(at)
    said: list[str] = []
    play(wb.Bench(session), lines, said.append, False)
    return [line for text in said for line in text.splitlines()]


def test_a_step_is_a_sentence_with_its_time() -> None:
    said = told("", "n", "q")
    assert "Fri 4 Jan" in said[0]
    assert any("05:48" in line and "ewr" in line for line in said)
    assert any("05:55" in line and "lga" in line for line in said)
    assert said[-1] == "Left. What was done is kept."


def test_why_and_verbs_and_refusals_are_lines() -> None:
    said = told("sel publish", "w", "wait extract for ewr lga jfk", "go 07:00", "why extract", "rerun clen")
    assert any("extract waits for jfk" in line.replace("JFK", "jfk") for line in said)
    assert any("Did you mean clean?" in line for line in said)
    assert said[-1].startswith("The end of the input")


def test_back_undoes_a_step() -> None:
    said = told("n", "b", "s")
    assert said[-2] == said[0]


def test_the_end_is_said_once_nothing_more_comes() -> None:
    said = told(*["m"] * 80)
    assert any(line.startswith("Nothing more comes") for line in said)


def test_a_prediction_is_asked_before_it_is_told() -> None:
    said: list[str] = []
    play(wb.story(typed=True), ["n", "n", "n"], said.append, False)
    text = "\n".join(said)
    assert "1 wait, 2 fail, 3 run anyway?" in text
    assert "extract starts" not in text
