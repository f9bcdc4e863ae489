"""Lines and typed commands: what every other method of a session goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from workbench import ordering
from workbench.given import dag_with_task
from workbench.model import Edit, InvalidInput, Workspace
from workbench.ordering import Here, Order
from workbench.ordering.targets import every_task
from workbench.scenario import Fault
from workbench.twins.base import Doing

if TYPE_CHECKING:
    from workbench.session import Session
    from workbench.verbs import Done
    from workbench.views.compare import Comparison
    from workbench.views.why import Why
    from workbench.views.why_run import WhyRun


class Typed(Doing):
    """Lines of the grammar, and faults and edits as values."""

    _done: Done | None = None

    if TYPE_CHECKING:

        def here(self) -> Here:
            """Where the cursor stands."""

        def take(self, order: Order) -> Order:
            """Record an order."""

        def current_workspace(self) -> Workspace:
            """The workspace as edited so far."""

    @property
    def done(self) -> Done:
        """What was done last, by a line or a method: its sentence, its line, its events. It prints."""
        return self._done or self._told("", "Nothing has been done yet.")

    def do(self, line: str) -> Done:
        """One line of the grammar, `rerun clean@2013-01-03 down`: see docs/verbs.md. Raises InvalidInput, and changes
        nothing, when it cannot be done."""
        self._done = self.answer(line)
        return self._done

    def answer(self, line: str) -> Done:
        """As `do`, for a line that only asks: `done` stays what it was."""
        from workbench.verbs import do

        return do(self._session(), line)

    def plan_of(self, line: str) -> list[str]:
        """What a line would change, a sentence for each change. Changes nothing."""
        from workbench.verbs import plan_of

        return plan_of(self._session(), line)

    def inject(self, fault: Fault) -> Self:
        """Change what the world will do from now on."""
        return self.order(ordering.inject(self.here(), (fault,)))

    def edit(self, *edits: Edit, dag: str | None = None) -> Self:
        """Change a DAG (`WaitFor("extract", ("jfk",))`, ...). `dag` may be left out when there is one, or when
        only one has the task. Raises InvalidInput, and changes nothing, when the result would not be a DAG."""
        if not edits:
            raise InvalidInput(['nothing to edit; give an edit, for example WaitFor("extract", ("jfk",))'])
        name = dag or dag_with_task(self.current_workspace(), edits[0])
        return self.order(ordering.edited(self.here(), name, edits))

    def note(self, sentence: str) -> Self:
        """Say what was done, where nothing was recorded."""
        self._done = self._told(self._session().branch.name, sentence)
        return self

    def typed(self, line: str) -> Session | Done | Why | WhyRun | Comparison:
        """What a person who types a line wants to see: the session itself, where it moved or changed something, else
        the answer. Raises InvalidInput as `do`."""
        from workbench.verbs import VERBS, parse

        command, session = parse(line), self._session()
        if command.verb == "why" and "at" not in command:
            return session.explain(command.one("TASK"))
        if command.verb == "compare" and "FUTURE" in command:
            return session.compare(command.one("FUTURE"))
        verb = VERBS[command.verb]
        if verb.asks(command):
            return self.answer(line)
        self.do(line)
        return session

    def order(self, order: Order) -> Self:
        """Take an order, so that it is `done`."""
        left = self._session().branch.name
        taken = self.take(order)
        self._done = self._told(left, taken.sentence, taken)
        return self

    def _told(self, left: str, sentence: str, taken: Order | None = None) -> Done:
        """A sentence about where the session stands now. `left`: the future in which it stood before."""
        from workbench.verbs import Done

        session = self._session()
        opened = left if left != session.branch.name else ""
        notes, events = (taken.notes, taken.events) if taken is not None else ((), ())
        return Done("", sentence, notes, events, session.branch.name, session.now, opened)

    def _is_dag(self, name: str) -> bool:
        known = self._session().state.known
        return name in known.plans and all(task != name for _, task in every_task(known))

    def _session(self) -> Session:
        raise NotImplementedError
