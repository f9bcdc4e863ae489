"""The part of a session that asks: the history in SQL, predictions, exercises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from workbench.branch import Branch
from workbench.given import instant_in
from workbench.history import Predicted
from workbench.history.predicting import Value
from workbench.model import InvalidInput, nearest
from workbench.questions.asked import Asked, Told
from workbench.questions.rows import Rows
from workbench.questions.tables import Place, Tables
from workbench.questions.truth import Asking, truth_of
from workbench.timetable import format_instant
from workbench.twins.typed import Typed

if TYPE_CHECKING:
    from workbench.questions.checked import Checked
    from workbench.session import Session
    from workbench.verbs import Done


def answers_due(session: Session) -> str:
    """What is told where a session stands of what was predicted; nothing elsewhere. Plain text."""
    return session.answers_due()


class Questions(Typed):
    """For sessions. All futures of a session share its questions: whoever predicts does not know where they lead."""

    _questions: list[Asked]
    _earlier: list[Predicted]
    _tables: Tables

    if TYPE_CHECKING:

        @property
        def now(self) -> datetime: ...
        @property
        def branch(self) -> Branch: ...
        @property
        def position(self) -> int: ...
        @property
        def zone(self) -> ZoneInfo: ...
        def _write_predictions(self, some: Sequence[Predicted]) -> None: ...

    def _begin_questions(self) -> None:
        self._questions, self._earlier, self._tables = [], [], Tables()

    # SQL

    def query(self, sql: str) -> Rows:
        """The answer to one SELECT on the tables of docs/history.md, as they are now in this future; what is still
        ahead is in none of them. `future_...` has all futures at this instant. Raises InvalidInput for what cannot be
        read.

        For example: s.query("select dataset, partition, rows from live")"""
        self._reveal()
        return self._tables.ask(self._session(), self._place(), sql, self.predictions())

    def rows(self, stored: str) -> Rows:
        """The rows of what is live now of a dataset's partition. Raises InvalidInput for what is not there.

        For example: s.rows("pub_punctuality@2013-01-03")"""
        self._check_dataset(stored)
        dataset, _, partition = stored.partition("@")
        version = self._session().state.known.data.live_version(dataset, partition)
        if version is None:
            raise InvalidInput([f"nothing of {dataset} is live for {partition} now"])
        found = self._session().rows_of(version)
        columns = list(dict.fromkeys(name for row in found for name in row))
        return Rows(columns, [[row.get(name) for name in columns] for row in found])

    # predictions

    @property
    def questions(self) -> tuple[Asked, ...]:
        """All that was asked so far, in its order."""
        return tuple(self._questions)

    def ask(
        self,
        question: str,
        *,
        answer: object = None,
        rows: str = "",
        sql: str = "",
        choices: Sequence[Value] = (),
        right: Value | None = None,
        at: str | datetime = "",
        text: bool = False,
        because: str = "",
    ) -> Asked:
        """A question about what will happen: in a notebook a box to answer in, elsewhere `answer` says it. How the
        truth is found: `rows` of the first public version of a dataset's partition, `sql` (the first value of its first
        row, once it has one), or what the author says is `right`, which is told when time has gone on; `at`: not before
        this time, and what is true then. `choices`: what may be said; `text`: words may be. `because` is told with the
        truth.

        For example: s.ask("Flights in the 06:15 report?", rows="pub_punctuality@2013-01-03", answer=914)"""
        words = " ".join(question.split()) if isinstance(question, str) else ""
        if not words:
            raise InvalidInput(['a question is text, for example: s.ask("Flights in the 06:15 report?")'])
        how = self._way_of(rows, sql, right, at)
        found = next((one for one in self._questions if one.question == words and _way(one.how) == how), None)
        if found is None:
            said = {"because": because, "choices": list(choices)}
            extra = {name: value for name, value in said.items() if value}
            found = self._new_question(words, how | extra, tuple(choices), text or isinstance(right, str))
        found.choices = found.choices or tuple(choices)  # a history of before kept none
        if answer is not None and not found.is_told:
            found.answer(answer)
        return found

    def _way_of(self, rows: str, sql: str, right: Value | None, at: str | datetime) -> dict[str, Any]:
        given = {"rows": rows, "sql": sql, "right": right}
        how: dict[str, Any] = {name: value for name, value in given.items() if value not in ("", None)}
        if len(how) > 1:
            raise InvalidInput([f"the truth is found in one way, and here are {' and '.join(how)}; give one of them"])
        if rows:
            self._check_dataset(rows)
        if sql:
            self._tables.ask(self._session(), self._place(), sql)
        if at:
            how["at"] = format_instant(instant_in(self.zone, at, self.now))
        return how

    def _check_dataset(self, rows: str) -> None:
        """Refuses a dataset that is not there, and a target without a day."""
        name, _, day = rows.partition("@")
        known = self._session().current_workspace().datasets
        if name not in known:
            raise InvalidInput([f"there is no dataset '{name}'{nearest(name, known)}"])
        if not day:
            raise InvalidInput([f"rows of which day? Write for example {name}@2013-01-03"])

    def _new_question(self, question: str, how: dict[str, Any], choices: tuple[Value, ...], text: bool) -> Asked:
        made = Asked(
            self, len(self._earlier) + len(self._questions) + 1, question, how, choices, "text" if text else "number"
        )
        earlier = next((one for one in self._earlier if one.question == question and _way(one.how) == _way(how)), None)
        if earlier is not None:
            self._earlier.remove(earlier)
            made.prediction, made.number = earlier, earlier.id
        self._questions.append(made)
        return made

    def _take_answer(self, asked: Asked, said: Value) -> None:
        """Keep what somebody said."""
        asked.prediction = Predicted(asked.number, self.now, self.branch.name, asked.question, said, asked.how)
        asked._changed()
        self._keep_answers([asked])
        self._reveal()

    def _reveal(self) -> None:
        """Has something that was predicted come to light? Told once, wherever that is."""
        open_ones = [one for one in self._questions if one.prediction is not None and not one.is_told]
        found = [one for one in open_ones if self._comes_to_light(one)]
        if found:
            self._keep_answers(found)

    def _comes_to_light(self, asked: Asked) -> bool:
        assert asked.prediction is not None
        where = Asking(self._session(), self._tables, self._place(), asked.prediction.asked_at)
        truth = truth_of(asked.how, where)
        if truth is None:
            return False
        asked.found = Told(truth, self.branch.name, self.position)
        asked.prediction = asked.prediction._replace(was=truth.was, told_at=truth.at, told_in=self.branch.name)
        asked._changed()
        return True

    def answers_due(self) -> str:
        """What is told here of what was predicted: where it could first be known, and where the session stood when it
        came to light. Nothing elsewhere, and nothing of what nobody has predicted."""
        here = [one for one in self._questions if one.found is not None and self._is_here(one.found)]
        several = len(here) > 1
        return " ".join(f"{one.question} {one.told}" if several else one.told for one in here)

    def _is_here(self, told: Told) -> bool:
        if told.future != self.branch.name:
            return False
        return told.position == self.position or told.truth.at == self.now

    def do(self, line: str) -> Done:
        """One line of the grammar, `rerun clean@2013-01-03 down`: see docs/verbs.md. Raises InvalidInput, and changes
        nothing, when it cannot be done."""
        before = [one for one in self._questions if one.is_told]
        done = super().do(line)
        self._reveal()
        told = [one for one in self._questions if one.is_told and one not in before]
        said = [f"{one.question} {one.told}" if len(told) > 1 else one.told for one in told]
        self._done = replace(done, answers=tuple(said))
        return self._done

    # exercises

    def check(self, exercise: str | Path) -> Checked:
        """How far an exercise is done in this future, as far as it has come: clause by clause, each with what it
        misses. Never the solution. `exercise`: a name that ships, or a path.

        For example: s.check("late-1")"""
        from workbench.questions.checked import checked
        from workbench.questions.exercises import exercise_of

        found = exercise_of(exercise)

        def asked(sql: str, at: datetime | None) -> Rows:
            branch = self.branch
            place = self._place() if at is None else Place(branch, branch.position_at(at), at)
            return self._tables.ask(self._session(), place, sql, self.predictions())

        return checked(found, asked, self.now, self.zone)

    # keeping

    def _place(self) -> Place:
        return Place(self.branch, self.position, self.now)

    def predictions(self) -> list[Predicted]:
        """What was said, in the order in which it was asked."""
        said = [one.prediction for one in self._questions if one.prediction is not None]
        return sorted([*self._earlier, *said], key=lambda one: one.id)

    def _keep_answers(self, some: Sequence[Asked]) -> None:
        self._write_predictions([one.prediction for one in some if one.prediction is not None])

    def take_up(self, some: Sequence[Predicted]) -> None:
        """Take over what was said in a recording. What is open is told when it comes to light."""
        for one in some:
            if one.told_at is not None:
                self._earlier.append(one)
                continue
            kind = "text" if isinstance(one.said, str) else "number"
            asked = Asked(self, one.id, one.question, dict(one.how), _choices(one.how), kind)
            asked.prediction = one
            self._questions.append(asked)

    def _session(self) -> Session:
        return cast("Session", self)


def _way(how: Mapping[str, Any]) -> dict[str, Any]:
    """Where the truth is found, without what is only said."""
    return {name: value for name, value in how.items() if name not in ("because", "choices")}


def _choices(how: Mapping[str, Any]) -> tuple[Value, ...]:
    """What may be said, as a history kept it."""
    kept = how.get("choices")
    return tuple(one for one in kept if isinstance(one, str | int | float)) if isinstance(kept, list) else ()
