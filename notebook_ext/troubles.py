"""What goes wrong in the code of a cell's task: its traceback, without a line of ours."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from workbench import raised_in_cell

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


class Troubles:
    """What tasks raised while a cell ran: simulated, so that the cell goes on; told when it is done. What they raise
    while a button of a picture is at work is told there."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._heard: list[tuple[str, BaseException]] = []
        _THERE.add(self)

    def heard(self, task: str, error: BaseException) -> None:
        self._heard.append((task, error))

    def tell(self) -> None:
        """Below the cell: the first traceback of each task, and how many more there were."""
        for text in self.texts():
            print(text, file=sys.stderr)

    def texts(self) -> Iterator[str]:
        """The same as texts, a task each. They are told once."""
        heard, self._heard = self._heard, []
        for task in dict.fromkeys(task for task, _ in heard):
            errors = [error for name, error in heard if name == task]
            more = f" ({len(errors)} times; this is the first)" if len(errors) > 1 else ""
            yield "\n".join([f"The code of {task} failed{more}:\n", *lines_of(self.shell, errors[0])])


_THERE: WeakSet[Troubles] = WeakSet()


def troubles_now() -> str:
    """What tasks raised and nobody has told yet, without colours: for who is not a cell."""
    return _COLOUR.sub("", "\n\n".join(text for one in _THERE for text in one.texts()))


def lines_of(shell: Any, error: BaseException) -> list[str]:
    """The traceback from the first line that is the cell's own."""
    trace, file = error.__traceback__, raised_in_cell(error)
    while trace is not None and file and trace.tb_frame.f_code.co_filename != file:
        trace = trace.tb_next
    told: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, trace)
    return told


class NotPython(Exception):
    """A cell that cannot be read as Python."""


def plainly(shell: Any, error: Exception) -> Exception:
    """The error, shown with the cell's own lines only."""
    if isinstance(error, SyntaxError):
        lines = shell.SyntaxTB.structured_traceback(SyntaxError, error, [])
        error = NotPython(str(error))  # of its own errors of syntax the shell shows all that led there
    else:
        lines = lines_of(shell, error)
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    return error
