"""The lessons that are planned, by chapter. None of them can be played yet; whoever shows them says so."""

from __future__ import annotations

from typing import NamedTuple


class Chapter(NamedTuple):
    """A chapter and the titles of its lessons, in order."""

    name: str
    lessons: tuple[str, ...]


def chapters() -> tuple[Chapter, ...]:
    """The course as it is planned."""
    return _CHAPTERS


_CHAPTERS = (
    Chapter("Before the orchestrator", ("One script, one schedule", "Split the script", "Stop guessing with gaps")),
    Chapter(
        "Time",
        ("Which day does this run own?", "Timer or arrival?", "You unpaused it", "The hour that is not there"),
    ),
    Chapter(
        "Failure",
        ("Three reds", "The retry that counted twice", "One bad day", "Sensors took all the seats"),
    ),
    Chapter(
        "Handoff, checks, owners",
        ("Hand it over, do not carry it", "Green, zero rows", "Check before publish", "Who gets the page?"),
    ),
    Chapter(
        "History",
        (
            "Recompute June",
            "What changed, and who stood on it?",
            "Two feature stores",
            "Yesterday's model on yesterday's data",
        ),
    ),
    Chapter(
        "Scale and choice",
        ("Template, do not copy", "Choose", "Capstone: publish guarded by checks after a backfill of a feature store"),
    ),
)
