"""What goes wrong in the code of a cell's task: its traceback, without a line of ours."""

from __future__ import annotations

import sys
from typing import Any

from workbench import raised_in_cell


class Troubles:
    """What tasks raised while a cell ran: simulated, so that the cell goes on; told when it is done."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._heard: list[tuple[str, BaseException]] = []

    def heard(self, task: str, error: BaseException) -> None:
        self._heard.append((task, error))

    def tell(self) -> None:
        """The first traceback of each task, and how many more there were."""
        heard, self._heard = self._heard, []
        for task in dict.fromkeys(task for task, _ in heard):
            errors = [error for name, error in heard if name == task]
            more = f" ({len(errors)} times; this is the first)" if len(errors) > 1 else ""
            print(f"The code of {task} failed{more}:\n", file=sys.stderr)
            print("\n".join(lines_of(self.shell, errors[0])), file=sys.stderr)


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
