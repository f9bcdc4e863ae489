"""What is selected: one thing of the workspace. Which day of it is shown is the bench's."""

from __future__ import annotations

from typing import Literal, NamedTuple

from workbench.engine import Known

Kind = Literal["task", "input", "dataset", "consumer", "dag"]


class Chosen(NamedTuple):
    """A thing by kind, the DAG it belongs to (for datasets their home) and its name."""

    kind: Kind
    dag: str
    name: str

    @property
    def target(self) -> str:
        """As it is written in a sheet: `task:daily_flights.clean`, `input:daily_flights.jfk`, `dag:daily_flights`."""
        return f"{self.kind}:{self.dag}.{self.name}" if self.name else f"{self.kind}:{self.dag}"

    @classmethod
    def of(cls, target: str) -> Chosen | None:
        """From a target of a sheet; None when it names no thing."""
        kind, _, rest = target.partition(":")
        if kind not in ("task", "input", "dataset", "consumer", "dag"):
            return None
        dag, _, name = rest.partition(".")
        return cls(kind, dag, name)  # type: ignore[arg-type]


def is_there(known: Known, chosen: Chosen) -> bool:
    """Is it still in the workspace? An edit may have removed it."""
    plan = known.plans.get(chosen.dag)
    if chosen.kind == "consumer":
        return chosen.name in known.consumers
    if plan is None:
        return False
    if chosen.kind == "dataset":
        return known.makers.get(chosen.name) == chosen.dag
    places = {"task": plan.tasks, "input": plan.spec.inputs, "dag": {"": 1}}
    return chosen.name in places[chosen.kind]


def first_of(known: Known, dag: str) -> Chosen:
    """What is selected when nothing is: the first task of the file that nothing comes before."""
    plan = known.plans[dag]
    first = next((name for name in plan.spec.tasks if not plan.tasks[name].ups), None)
    return Chosen("task", dag, first) if first is not None else Chosen("dag", dag, "")
