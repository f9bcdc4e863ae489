"""The magics: `%%task NAME ...` makes a task of a cell, `%wb VERB ...` does a line of the grammar.

Both work on one session, the one that was made or shown last; `%wb use NAME` takes another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from notebook_ext.completing import Matcher
from notebook_ext.current import Current
from notebook_ext.troubles import Troubles, plainly
from workbench import Draft, InvalidInput, Session, task_of_cell

OWN = ("new", "use")
HELP = """\
%wb VERB ...                  any command, on the session that was made or shown last: %wb until 08:05
%wb new NAME [FIELD VALUE...] a new pipeline: %wb new flights schedule '0 6 * * *' start 2013-01-01
%wb use VARIABLE              go on with the session in this variable
%%task NAME [after TASK...]   the cell becomes a task; its lines are plain Python, its last expression the rows
%wb undo                      take the last command back
%wb help                      all commands, with an example of each; Tab shows what may come next"""


class Magics:
    """What the magics do. `current`: on which session; `troubles`: what the code of tasks raised in this cell."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.current = Current(shell.user_ns)
        self.troubles = Troubles(shell)

    def wb(self, line: str) -> Any:
        """Any command of the workbench: %wb late jfk@2013-01-03 95m"""
        verb, _, rest = line.strip().partition(" ")
        if not verb:
            print(HELP)
            return print(self.current.said)
        if verb in OWN:
            return {"new": self.new, "use": self.use}[verb](rest)
        there = self.current.there
        if isinstance(there, Draft):
            return there.do(line.strip())
        return self._shown(there, there.typed(line.strip()))

    def new(self, line: str) -> Draft:
        """A pipeline without a task."""
        draft = Draft.of(line)
        self.current.take(draft.name.replace("-", "_"), draft)
        return draft

    def use(self, name: str) -> None:
        """Go on with the session in a variable."""
        self.current.use(name.strip())
        print(self.current.said)

    def task(self, line: str, cell: str = "") -> Session:
        """The cell becomes a task: %%task clean after extract retries 2 takes 5m"""
        there = self.current.there
        try:
            session = task_of_cell(there, line, cell, self.shell.user_ns, self.troubles.heard)
        except InvalidInput:
            raise
        except Exception as error:
            raise plainly(self.shell, error) from None
        if isinstance(there, Draft):
            self.current.take(self.current.name, session)
        self._shown(session, session)
        return session

    def after(self, result: Any) -> None:
        """A cell has run."""
        self.current.ran(result.result)
        self.troubles.tell()

    def _shown(self, there: Session, answer: Any) -> Any:
        """Where a session moved or changed, say so, and which one it was."""
        if answer is there:
            print(f"{self.current.name or 'the session'}: {there.done.short}")
        return answer


_THERE: WeakKeyDictionary[Any, Callable[[], None]] = WeakKeyDictionary()


def register(shell: Any) -> None:
    """Add the magics to a shell, their completion, and what they say after a cell. Added again they begin anew."""
    unregister(shell)
    magics = Magics(shell)
    shell.register_magic_function(magics.wb, "line", "wb")
    shell.register_magic_function(magics.task, "line_cell", "task")
    magics.current.look()
    words = Matcher(magics.current, OWN).matcher()
    shell.Completer.custom_matchers.append(words)
    shell.events.register("post_run_cell", magics.after)

    def leave() -> None:
        shell.Completer.custom_matchers.remove(words)
        shell.events.unregister("post_run_cell", magics.after)

    _THERE[shell] = leave


def unregister(shell: Any) -> None:
    """Take completion, and what is said after a cell, away again."""
    if shell in _THERE:
        _THERE.pop(shell)()
