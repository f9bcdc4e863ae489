"""Questions about what has happened, in SQL; about what will, answered before it does; and exercises that check.

Rows           what a question in SQL brought; it prints and shows as a table
Asked          a question with what somebody said, and once it is known, what it was
answers_due    what a front end shows of what was predicted, where a session stands
Checked        an exercise, clause by clause
Questions      the part of a session that asks: ask, query, check
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.questions.asked import Asked
from workbench.questions.rows import Rows
from workbench.questions.session import Questions, answers_due

if TYPE_CHECKING:
    from workbench.questions.checked import Checked, Clause

__all__ = ["Asked", "Checked", "Clause", "Questions", "Rows", "answers_due"]


def __getattr__(name: str) -> Any:
    """What exercises need is loaded with the first of them: no first picture waits for it."""
    if name in ("Checked", "Clause"):
        from workbench.questions import checked

        return getattr(checked, name)
    raise AttributeError(f"module 'workbench.questions' has no attribute '{name}'")
