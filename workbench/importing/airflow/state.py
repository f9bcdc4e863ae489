"""What is kept while a file is walked: where we are, what was made, what is to be said, and how much work is left."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from workbench.importing.airflow.parts import UNTOLD, Unknown
from workbench.importing.airflow.scopes import Blocks
from workbench.importing.airflow.things import Class, Dag, Group, Instance, Scope, Task
from workbench.importing.found import Manner, Note
from workbench.importing.sources import Source

MOST_TASKS = 5_000
MOST_DAGS = 500
MOST_ROUNDS = 20_000
# One statement, one value of a list looked at, one task looked at for an arrow: a piece of work.
MOST_WORK = 500_000
MOST_CALLS_DEEP = 25
_SHOWN = 80


class Left(Exception):
    """A block is left before its end. `why`: under a test that is not sure, so what follows is left out; else None."""

    why: str | None = None


class Returned(Left):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Broken(Left):
    """`break`."""


class Continued(Left):
    """`continue`."""


class Raised(Exception):
    """The file would end here, or in the `except` of a `try` around it."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


@dataclass
class Walk:
    """`value`, `call`, `run`, `assign`: how an expression, a call, statements, and `x.y = ...` are read. `stand_for`:
    the task for a thing from elsewhere.

    `events` counts what was made, arrows too: if it has not changed, what was unknown on the way did not matter.
    `unsure`: how many loops are around us of which nobody knows how often they go round; one round stands for all.
    `naming`: the expression that gets a name now, and that name; `called`: names that things from elsewhere got so;
    `stand_ins`: tasks that stand for such; `foreign`: calls of functions from elsewhere in a DAG, which make its tasks
    if nothing else does; `callbacks`: above 0 in an argument that is one. `passed`: tests of the blocks that are open
    which nobody knows, which would have left the block, and the events before them; `scanned`: how much was looked at
    to name what is left out; `left`: names of what is left out, by line and reason."""

    source: Source
    value: Callable[[Walk, ast.expr, Scope], Any]
    call: Callable[[Walk, Any, Sequence[Any], dict[str, Any], ast.AST], Any]
    run: Callable[[Walk, Sequence[ast.stmt], Scope], None]
    assign: Callable[[Walk, ast.expr, Any, Scope], None]
    stand_for: Callable[[Walk, Any], Task | None]
    scope: Scope
    lines: list[bytes] = field(default_factory=list)
    dags: list[Dag] = field(default_factory=list)
    dag_stack: list[Dag] = field(default_factory=list)
    group_stack: list[Group | None] = field(default_factory=list)
    selves: list[tuple[Instance, Class]] = field(default_factory=list)
    blocks: Blocks = field(default_factory=Blocks)
    stand_ins: dict[int, tuple[Any, Task]] = field(default_factory=dict)
    called: dict[int, tuple[Any, str]] = field(default_factory=dict)
    foreign: list[tuple[Any, Dag]] = field(default_factory=list)
    stored: dict[int, set[str]] = field(default_factory=dict)
    naming: tuple[ast.AST, str] | None = None
    passed: list[tuple[ast.expr, int]] = field(default_factory=list)
    uncalled: list[Any] = field(default_factory=list)
    notes: dict[tuple[Manner, str], list[int]] = field(default_factory=dict)
    left: dict[tuple[int, str], dict[str, None]] = field(default_factory=dict)
    events: int = 0
    tasks: int = 0
    work: int = 0
    scanned: int = 0
    rounds: int = 0
    deep: int = 0
    unsure: int = 0
    callbacks: int = 0
    trying: int = 0
    line: int = 1

    @property
    def dag(self) -> Dag | None:
        return self.dag_stack[-1] if self.dag_stack else None

    def group_in(self, dag: Dag | None) -> Group | None:
        group = self.group_stack[-1] if self.group_stack else None
        return group if group and group.dag is dag else None

    def note(self, manner: Manner, text: str, line: int) -> None:
        lines = self.notes.setdefault((manner, text), [])
        if line not in lines:
            lines.append(line)

    def spend(self, amount: int = 1) -> None:
        """Raises InvalidInput when the file asks for too much work."""
        self.work += amount
        if self.work > MOST_WORK:
            raise self.source.refuse("asks for too much work here: loops, calls or arrows without end", self.line)

    def happened(self, is_task: bool = False) -> None:
        """Something was made. Raises InvalidInput when it is too much."""
        self.events += 1
        self.tasks += is_task
        if self.tasks > MOST_TASKS:
            raise self.source.refuse(f"makes more than {MOST_TASKS:,} tasks; so many are not read", self.line)

    def may_go_round(self, line: int) -> bool:
        """Another round of a loop. False, with a note, when all rounds are used up."""
        self.spend()
        self.rounds += 1
        if self.rounds > MOST_ROUNDS:
            self.note("missed", f"loops go round more than {MOST_ROUNDS:,} times here: the rest is not read", line)
        return self.rounds <= MOST_ROUNDS

    def text(self, node: ast.AST) -> str:
        """How it is written, on one line and not too long."""
        start, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if not start or end > len(self.lines):
            return "?"
        some = self.lines[start - 1 : end]
        some[-1] = some[-1][: getattr(node, "end_col_offset", None)]
        some[0] = some[0][getattr(node, "col_offset", 0) :]
        words = " ".join(b" ".join(some[:20]).decode("utf-8", "replace").split())
        return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"

    def unknown(self, node: ast.AST, otherwise: Any = UNTOLD) -> Unknown:
        return Unknown(self.text(node), line_of(node) or self.line, otherwise)

    def told(self) -> tuple[Note, ...]:
        return tuple(
            Note(manner, text + _also(lines[1:]), lines[0], self.source.name)
            for (manner, text), lines in sorted(self.notes.items(), key=lambda one: one[1][0])
        )

    @property
    def path(self) -> PurePath | None:
        return PurePath(self.source.name) if self.source.name not in ("", "-") else None


def line_of(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _also(lines: list[int]) -> str:
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:5])) + ("…" if len(lines) > 5 else "")
    return f" (also line{'s' if len(lines) > 1 else ''} {shown})"
