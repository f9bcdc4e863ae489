"""Exercises that ship: the naive way misses a clause, each right way fulfils all, and nothing gives them away."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.questions.exercises import MOST_BYTES, Exercise, exercise_of, exercises, folder

GOOD = b"""
title: A
text: Do it.
clauses:
  - {says: There is a run., sql: 'select count(*) > 0, count(*) as runs from run', miss: '{runs} runs {run.__class__}'}
"""


def done(one: Exercise, lines: tuple[str, ...]) -> wb.Session:
    session = wb.sample(one.sample, one.scenario or None)
    for line in lines:
        session.do(line)
    return session


# The others belong to a notebook, which holds its own start and its own solution.
BY_LINES = [name for name in exercises() if exercise_of(name).gold]
OF_NOTEBOOKS = [name for name in exercises() if not exercise_of(name).gold]


@pytest.mark.parametrize("name", BY_LINES)
def test_the_naive_way_misses_a_clause_and_says_what(name: str) -> None:
    one = exercise_of(name)
    found = done(one, one.naive).check(name)
    assert one.naive
    assert not found.is_done
    for clause in found.clauses:
        assert clause.is_true or (clause.miss and "{" not in clause.miss), str(clause)


@pytest.mark.parametrize(
    ("name", "way"), [(name, n) for name in exercises() for n in range(len(exercise_of(name).gold))]
)
def test_a_right_way_fulfils_every_clause(name: str, way: int) -> None:
    one = exercise_of(name)
    found = done(one, one.gold[way]).check(name)
    assert found.is_done, str(found)


@pytest.mark.parametrize("name", OF_NOTEBOOKS)
def test_an_exercise_without_a_way_is_solved_in_a_notebook(name: str) -> None:
    every = [path.read_text(encoding="utf-8") for path in folder().parent.glob("*.ipynb")]
    assert any(f'check(\\"{name}\\")' in text for text in every)


@pytest.mark.parametrize("name", BY_LINES)
def test_an_exercise_never_tells_its_right_way(name: str) -> None:
    one = exercise_of(name)
    told = str(wb.sample(one.sample, one.scenario or None).check(name))
    spoilers = [line for way in one.gold for line in way if line not in one.naive and line not in one.text]
    assert not [line for line in spoilers if line in told]


def test_a_clause_tells_its_figures_and_whether_it_is_too_early() -> None:
    session = wb.sample("daily_flights", "late_jfk")
    assert [clause.is_true for clause in session.check("late-1").clauses] == [None] * 4
    told = str(session.check("late-1"))
    assert told.count("→ It is only Thu 3 Jan 05:30; run on to Sat 5 Jan 10:00.") == 1
    assert exercise_of("late-1").next not in told  # it has not been tried yet
    one = exercise_of("late-1")
    told = str(done(one, one.naive).check("late-1"))
    assert told.endswith(f"→ {one.next}")
    assert "✔ The file of LGA came at 09:00" in told
    assert "✖ The report of Fri 4 Jan is right at 10:00: 657 of 915 flights were public" in told


def written(tmp_path: Path, text: bytes) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text)
    return path


def test_a_figure_reaches_into_no_object(tmp_path: Path) -> None:
    session = wb.sample("daily_flights", "late_jfk")
    found = session.check(written(tmp_path, GOOD))
    assert str(found.clauses[0]) == "✖ There is a run: 0 runs {run.__class__}"
    session.until("2013-01-03 06:10")
    assert session.check(tmp_path / "mine.yaml").is_done


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[1, 2]", "is no exercise"),
        (GOOD.replace(b"title", b"tilte"), "unknown key 'tilte'; did you mean 'title'?"),
        (GOOD.replace(b"sql", b"sqll"), "clause 1: 'sql' is missing"),
        (GOOD.replace(b"says: ", b"at: gestern, says: "), "clause 1: at: "),
        (b"a: &x 1\nb: *x\n", "alias"),
        (b"a: !!python/object:os.system x\n", "tag"),
        (b"# " + b"x" * MOST_BYTES, "larger than an exercise may be, 64 kB"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, text: bytes, told: str) -> None:
    with pytest.raises(wb.InvalidInput) as caught:
        wb.sample().check(written(tmp_path, text))
    assert told in str(caught.value)


def test_an_exercise_that_is_not_there_and_one_that_would_write(tmp_path: Path) -> None:
    session = wb.sample()
    with pytest.raises(wb.InvalidInput, match=r"there is no exercise 'late-2'.*did you mean 'late-1'"):
        session.check("late-2")
    evil = written(tmp_path, GOOD.replace(b"select count(*) > 0, count(*) as runs from run", b"delete from event"))
    with pytest.raises(wb.InvalidInput, match=r"'There is a run\.' cannot be asked: a question may only read"):
        session.check(evil)
