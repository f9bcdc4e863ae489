"""A pipeline that has no task yet: there is nothing to simulate, and so no session."""

from __future__ import annotations

from typing import Any

from workbench.importing.arrows import SCHEDULE, START
from workbench.model import Dag, InvalidInput, Task
from workbench.ordering.here import refuse, unknown
from workbench.ordering.settings import dag_fields
from workbench.scenario import Scenario
from workbench.session import Session
from workbench.timetable import format_instant, parse_instant
from workbench.verbs.grammar import words_of
from workbench.verbs.kinds import is_date

EXAMPLE = "%wb new flights schedule '0 6 * * *' start 2013-01-01"
NEXT = "Write a cell: %%task extract takes 5m"
_TIMES = ("from", "until")


class Draft:
    """What is said so far: the DAG, and from when until when it is simulated. It prints what comes next."""

    def __init__(self, dag: Dag, scenario: Scenario) -> None:
        self.dag, self.scenario = dag, scenario

    @classmethod
    def of(cls, line: str) -> Draft:
        """`flights schedule '0 6 * * *' start 2013-01-01`: a name, then fields of a DAG, and `from` and `until`, which
        say when the simulation begins and ends. Unless said, it is made every day at 06:00. Raises InvalidInput."""
        words = words_of(line)
        if not words or len(words) % 2 == 0:
            missing = f"{words[-1]} needs a value" if words else "A new pipeline needs a name"
            raise refuse(f"{missing}, for example: {EXAMPLE}")
        name, *rest = words
        fields: dict[str, Any] = dict(zip(rest[::2], rest[1::2], strict=True))
        known = ["partition", "timezone", *dag_fields(), *_TIMES]
        for field in fields:
            if field not in known:
                raise unknown("word of a new pipeline is", field, known)
        times = {field: _instant(fields.pop(field)) for field in _TIMES if field in fields}
        fields.setdefault("schedule", SCHEDULE)
        fields.setdefault("start", f"{START:%Y-%m-%d}")
        return cls(Dag(name, **fields), Scenario(start=times.get("from"), until=times.get("until")))

    @property
    def name(self) -> str:
        return self.dag.name

    def do(self, line: str) -> Draft:
        """`input add jfk expected 06:00`: all that can be said before there is a task. Raises InvalidInput."""
        words = words_of(line)
        if words[:2] != ["input", "add"] or len(words) < 3 or len(words) % 2 == 0:
            raise refuse(f"{self.name} has no task yet, so there is nothing to do. {NEXT}")
        fields: dict[str, Any] = dict(zip(words[3::2], words[4::2], strict=True))
        self.dag.input(words[2], **fields)
        return self

    def begun(self, task: Task) -> Session:
        """The session, with its first task. Raises InvalidInput."""
        before = self.dag.spec
        try:
            self.dag._add(task)
            return Session(self.dag, self.scenario)
        except InvalidInput:
            self.dag.spec = before
            raise

    def __repr__(self) -> str:
        spec = self.dag.spec
        inputs = f", inputs {', '.join(spec.inputs)}" if spec.inputs else ""
        starts = f", from {format_instant(spec.start)[:10]}" if spec.start else ""
        return f"{self.name}: schedule {spec.schedule}{starts}{inputs}. No task yet. {NEXT}"


def _instant(text: str) -> Any:
    try:
        return parse_instant(f"{text}T00:00Z" if is_date(text) else text)
    except ValueError as error:
        raise refuse(str(error)) from None
