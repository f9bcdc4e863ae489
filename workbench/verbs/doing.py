"""Lines done: parsed, applied to a session, and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench import ordering
from workbench.engine import KINDS, Event
from workbench.timetable import format_instant
from workbench.verbs.grammar import Command
from workbench.verbs.grammar import parse as parse_line
from workbench.verbs.table import ALIASES, FORMS, VERBS
from workbench.views.shown import Shown

if TYPE_CHECKING:
    from workbench.session import Session

_FEW = 6


@dataclass(frozen=True)
class Done(Shown):
    """What came of one line: the line in its shortest form, a sentence, lines below it, the events that it made or
    passed; then where the session stands: in which future, at which instant (UTC). `left`: the future from which a
    what-if was opened, empty when none was. `answers`: what came to light of what was predicted."""

    line: str
    sentence: str
    lines: tuple[str, ...]
    events: tuple[Event, ...]
    future: str
    now: datetime
    left: str = ""
    answers: tuple[str, ...] = ()

    def __str__(self) -> str:
        opened = f" → what-if {self.future}; {self.left} stays as it is" if self.left else ""
        return "\n".join([self.sentence + opened, *self.answers, *(f"  {line}".rstrip() for line in self.lines)])

    __repr__ = __str__

    @property
    def short(self) -> str:
        """The sentence, and the lines below it unless they are many."""
        return str(self) if len(self.lines) <= _FEW else str(replace(self, lines=()))

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        return {
            "line": self.line,
            "sentence": self.sentence,
            "lines": list(self.lines),
            "events": [KINDS[type(event)] for event in self.events],
            "future": self.future,
            "left": self.left or None,
            "now": format_instant(self.now),
        }


def parse(line: str) -> Command:
    """The command of a line. Raises InvalidInput with one line that teaches."""
    return parse_line(line, FORMS, ALIASES)


def do(session: Session, line: str | Command) -> Done:
    """Do one line. Raises InvalidInput, and then nothing has changed."""
    command = line if isinstance(line, Command) else parse(line)
    verb, left = VERBS[command.verb], session.branch.name
    if verb.orders is not None:
        taken = session.take(verb.orders(session, command))
        opened = left if session.branch.name != left else ""
        return Done(str(command), taken.sentence, taken.notes, taken.events, session.branch.name, session.now, opened)
    assert verb.answers is not None
    answer = verb.answers(session, command)
    return Done(str(command), answer.sentence, answer.lines, answer.events, session.branch.name, session.now)


def plan_of(session: Session, line: str | Command) -> list[str]:
    """What a line would change, a sentence for each change. Changes nothing; raises InvalidInput as doing it would."""
    command = line if isinstance(line, Command) else parse(line)
    verb = VERBS[command.verb]
    if verb.orders is None:
        return [f"{command.verb} looks or moves; it changes nothing"]
    lines = ordering.plan_lines(session.here(), verb.orders(session, command))
    forks = [] if session.at_end else [f"a what-if would be opened; {session.branch.name} stays as it is"]
    return [*lines, *forks]


class ScriptLine(NamedTuple):
    """A line of a script, with its number in the file."""

    number: int
    text: str


def script_lines(text: str) -> list[ScriptLine]:
    """The commands of a script: one a line, # begins a comment, empty lines are nothing."""
    numbered = (ScriptLine(number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [line for line in numbered if line.text and not line.text.startswith("#")]
