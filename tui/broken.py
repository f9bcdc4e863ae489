"""When something breaks in the workbench itself: a sentence for the person, the details in a file."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path

from rich.text import Text


def kept_in(error: BaseException) -> Text:
    """The sentence; the story of the error goes to a file."""
    told = f"Something broke in the workbench itself: {type(error).__name__}: {error}"
    return Text(f"{told}\nWhat was done is in the history, and goes on from there.{_written(error)}")


def _written(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="workbench-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write("".join(traceback.format_exception(error)))
        return f" Details, if you want to tell us: {Path(file.name)}"
    except OSError:
        return ""
