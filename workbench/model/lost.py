"""Functions that were made in Python, in a process that is gone: a history keeps their names, not their code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.model.problems import InvalidInput


class LostFunction:
    """Stands where a task's function was, until somebody gives it again. To call it before that is refused."""

    def __init__(self, dag: str, task: str) -> None:
        self.dag, self.task = dag, task
        self.given: Callable[..., Any] | None = None

    def give(self, function: Callable[..., Any]) -> None:
        """Here is its code again."""
        self.given = function

    def found(self) -> Callable[..., Any]:
        """The function. Raises InvalidInput while it is lost."""
        if self.given is None:
            raise InvalidInput([lost_said([self.task])])
        return self.given

    @property
    def cell_source(self) -> str:
        """The cell that gave it again; empty for others."""
        return str(getattr(self.given, "cell_source", ""))

    @property
    def cell_fields(self) -> tuple[str, ...]:
        """What that cell named."""
        return tuple(getattr(self.given, "cell_fields", ()))

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self.found()(*given, **named)


def lost_said(tasks: list[str]) -> str:
    """What to do about tasks whose code is lost."""
    several = len(tasks) > 1
    names, cells = ", ".join(tasks), "cells" if several else "cell"
    told = f"this needs {names}, whose code no history keeps: it was made in a notebook or a program that has ended"
    return f"{told}. Run the {cells} of {names} again, then this; what has happened can be looked at without"
