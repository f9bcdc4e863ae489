"""Several lines done one after the other: those of a command line, and those of a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from workbench.model import InvalidInput, Problem
from workbench.timetable import format_instant
from workbench.verbs.doing import Done, do, parse, plan_of, script_lines
from workbench.verbs.grammar import Command
from workbench.verbs.table import VERBS

if TYPE_CHECKING:
    from workbench.session import Session

INPUT = "-"


class Readable(Protocol):
    """Lines as they come."""

    def __iter__(self) -> Iterator[str]: ...


class Step(NamedTuple):
    """A line with its place: the script and the number of the line in it, if it has one."""

    command: Command
    file: str = ""
    line: int = 0


class Planned(NamedTuple):
    """A line that was only planned: what it would change."""

    line: str
    would: tuple[str, ...]


class Script(NamedTuple):
    """Lines to be done. What is wrong in a line that is there is known before the first is done; lines of an `input`
    are done as they come, before the others."""

    steps: tuple[Step, ...]
    input: Readable | None = None

    @classmethod
    def of(cls, lines: Iterable[str], file: str | None, stdin: Readable) -> Script:
        """Those of a file (`-`: the input), then those given. Raises InvalidInput with all that cannot be read."""
        problems: list[Problem] = []
        steps: list[Step] = []
        given = [("", 0, line) for line in lines]
        read = [(file, number, text) for number, text in script_lines(_text(file))] if file and file != INPUT else []
        for place, number, text in [*read, *given]:
            try:
                steps.append(_step(text, place, number))
            except InvalidInput as error:
                problems += error.problems
        if not steps and not problems and file != INPUT:
            problems.append(Problem('Nothing to do; give commands, for example: "run" "why publish"'))
        if problems:
            raise InvalidInput(problems)
        return cls(tuple(steps), stdin if file == INPUT else None)

    def done(
        self, session: Session, plan: bool = False, forgive: Callable[[InvalidInput], None] | None = None
    ) -> Iterator[Done | Planned]:
        """Do them. The first that cannot be done raises InvalidInput; what was done before stays. `plan`: only time
        moves. `forgive`: is told what is wrong with a line of the input, which then goes on."""
        for number, line in enumerate(self.input or (), 1):
            try:
                for _, text in script_lines(line):
                    yield _done(session, _step(text, INPUT, number), plan)
            except InvalidInput as error:
                if forgive is None:
                    raise
                forgive(error)
        for step in self.steps:
            yield _done(session, step, plan)


def _step(text: str, file: str, line: int) -> Step:
    try:
        return Step(parse(text), file, line)
    except InvalidInput as error:
        raise InvalidInput(Problem(problem.message, file, line) for problem in error.problems) from None


def _done(session: Session, step: Step, plan: bool) -> Done | Planned:
    command, file, line = step
    try:
        if plan and VERBS[command.verb].orders is not None:
            return Planned(str(command), tuple(plan_of(session, command)))
        return do(session, command)
    except InvalidInput as error:
        raise InvalidInput(Problem(p.message, file or p.file, line or p.line) for p in error.problems) from None


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InvalidInput([f"{file} cannot be read: {reason or error}"]) from None


def told(one: Done | Planned) -> list[str]:
    """A line and what came of it, as the command line prints it."""
    below = one.would if isinstance(one, Planned) else str(one).splitlines()
    return [f"> {one.line}", *(f"  {line}".rstrip() for line in below)]


def data_of(session: Session, done: list[Done | Planned], history: Path | None) -> dict[str, Any]:
    """All of it as JSON data."""
    return {
        "done": [_data(one) for one in done],
        "future": session.branch.name,
        "futures": list(session.branches),
        "now": format_instant(session.now),
        "history": str(history) if history else None,
    }


def _data(one: Done | Planned) -> dict[str, Any]:
    return {"line": one.line, "would": list(one.would)} if isinstance(one, Planned) else one.to_data()
