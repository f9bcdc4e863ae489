"""Each story in tutorials/pipelines: a pipeline with its scenario, and a page that tells what happens, as a transcript.

A block of a page holds lines that somebody types, after ">", and what the workbench answers. `UPDATE_GOLDEN=1` writes
the answers anew: read the difference as a change of behaviour.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import workbench as wb
from workbench.session import Session

FOLDER = Path(__file__).parents[1] / "tutorials" / "pipelines"
PAGES = sorted(FOLDER.glob("*.md"))
FENCE, END, TYPED = "```text", "```", "> "


def answer(session: Session, line: str) -> list[str]:
    """What is printed for a line; a refusal is one as well."""
    try:
        return str(session.do(line)).splitlines()
    except wb.InvalidInput as error:
        return [problem.message for problem in error.problems]


def played(page: Path) -> str:
    """The page, with every answer as it is now."""
    session = wb.load(page.with_suffix(".yaml"))
    written: list[str] = []
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == FENCE
        if not inside or line.startswith("```"):
            written.append(line)
        elif line.startswith(TYPED):
            written += [line, *(told.rstrip() for told in answer(session, line.removeprefix(TYPED)))]
    return "\n".join(written) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_story_goes_as_it_is_told(page: Path) -> None:
    found = played(page)
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(found, encoding="utf-8")
    assert found == page.read_text(encoding="utf-8")


def test_there_are_eighteen_stories() -> None:
    assert {page.stem for page in PAGES} >= {
        "late_file", "lost_answer", "skipped_join", "unpause_flood", "missing_monday", "spring_forward",
        "cross_dag_offset", "sensor_deadlock", "self_blocking_past", "bug_is_not_an_outage",
        "late_rows", "counted_twice", "green_but_empty", "green_but_failed", "overwritten_repair",
        "wrong_order_backfill", "truncated_file", "fifteen_of_sixteen",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_story_says_what_one_sees_and_what_to_do(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for heading in ("## What one sees", "## Why", "## What to do"):
        assert heading in text, f"{page.name} has no '{heading}'"
