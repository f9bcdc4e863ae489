"""What the names of an Airflow file stand for while it is walked: its functions, classes, DAGs, groups and tasks.

All are compared by identity. `order` is by what those of a set are put in order. None of them is anything of Airflow's:
they hold what the text says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.importing.airflow.parts import Made, MadeDag

_NUMBERED = re.compile(r"(.*?)__(\d+)")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(eq=False, repr=False)
class Scope:
    """Names and what they stand for; `outer` is looked into for others. `shared`: names told `global`, `nonlocal`."""

    names: dict[str, Any]
    outer: Scope | None = None
    shared: dict[str, Scope] = field(default_factory=dict)
    is_class: bool = False
    yielded: list[Any] | None = None

    def holder(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    def put(self, name: str, value: Any) -> None:
        self.shared.get(name, self).names[name] = value

    @property
    def top(self) -> Scope:
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope


@dataclass(frozen=True, eq=False, repr=False)
class Named:
    """A thing from elsewhere, by its full name: `airflow.sdk.DAG`. `is_there`: it was imported as such, and so it is
    no None."""

    name: str
    is_there: bool = False

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, eq=False, repr=False)
class Function:
    name: str
    node: FunctionNode
    scope: Scope
    defaults: tuple[Any, ...] = ()
    defaults_by_name: tuple[Any, ...] = ()
    way: str = ""  # staticmethod, classmethod, property
    own_class: Class | None = None
    by: str = ""  # a decorator from elsewhere, of which nobody knows what it makes of the function


@dataclass(eq=False, repr=False)
class Class:
    """A class of the file. `fields`: of a dataclass, in order."""

    name: str
    bases: tuple[Any, ...]
    names: dict[str, Any]
    fields: tuple[str, ...]
    line: int

    def lines_of(self) -> Iterator[Class]:
        """Itself and its bases in the file, nearest first."""
        seen: list[Class] = [self]
        for one in seen:
            yield one
            seen += [base for base in one.bases if isinstance(base, Class) and base not in seen]

    def member(self, name: str, after: Class | None = None) -> Any:
        """What `name` stands for in it or its bases (in those behind `after`); None when the file does not say."""
        line = list(self.lines_of())
        for one in line[line.index(after) + 1 if after in line else 0 :]:
            if name in one.names:
                return one.names[name]
        return None

    @property
    def foreign(self) -> Named | None:
        """The first base which is not in the file."""
        return next((base for one in self.lines_of() for base in one.bases if isinstance(base, Named)), None)


@dataclass(eq=False, repr=False)
class Instance:
    """An object of a class of the file. `given`: what reached the constructor of its foreign base."""

    kind: Class
    names: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Bound:
    """A method, taken from its object and not yet called."""

    owner: Any
    name: str
    function: Function | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Part:
    """functools.partial."""

    thing: Any
    args: tuple[Any, ...]
    given: dict[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Super:
    owner: Instance
    after: Class


@dataclass(eq=False, repr=False)
class Dag:
    """A DAG in the making. `entered`: by `with`, so that Airflow sees it wherever it is kept."""

    made: MadeDag
    default_args: dict[Any, Any]
    tasks: dict[str, Task] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    entered: bool = False

    @property
    def dag_id(self) -> str:
        return self.made.dag_id

    def add(self, task: Task) -> None:
        self.tasks[task.task_id] = task
        self.made.tasks[task.task_id] = task.made
        task.dag = self
        if numbered := _NUMBERED.fullmatch(task.task_id):
            number = int(numbered[2][:9])
            self.numbers[numbered[1]] = max(self.numbers.get(numbered[1], 0), number)

    def free_id(self, task_id: str, group: Group | None) -> str:
        """The id that a function under `@task` gets: the second call of `load` makes `load__1`."""
        full = group.child_id(task_id) if group else task_id
        if full not in self.tasks:
            return task_id
        core, prefix = (re.split(r"__\d+$", text)[0] for text in (task_id, full))
        return f"{core}__{self.numbers.get(prefix, 0) + 1}"


@dataclass(eq=False, repr=False)
class Group:
    """A task group. `ups`: tasks which an arrow to the group names, for a group that is (still) empty."""

    label: str
    dag: Dag
    parent: Group | None
    has_prefix: bool
    default_args: dict[Any, Any]
    mapped_over: tuple[Task, ...] | None = None
    tasks: list[Task] = field(default_factory=list)
    children: dict[str, Any] = field(default_factory=dict)
    ups: dict[str, None] = field(default_factory=dict)

    @property
    def group_id(self) -> str:
        """With the prefixes of the groups around it."""
        return self.parent.child_id(self.label) if self.parent else self.label

    @property
    def order(self) -> str:
        return self.group_id

    def child_id(self, label: str) -> str:
        return f"{self.group_id}.{label}" if self.has_prefix else label

    def around(self) -> Iterator[Group]:
        """Itself and the groups around it, inner first."""
        group: Group | None = self
        while group is not None:
            yield group
            group = group.parent

    def take(self, task: Task) -> None:
        self.children[task.task_id] = task
        for group in self.around():
            group.tasks.append(task)


@dataclass(eq=False, repr=False)
class Task:
    made: Made
    dag: Dag | None = None
    group: Group | None = None
    ups: dict[str, None] = field(default_factory=dict)
    downs: dict[str, None] = field(default_factory=dict)

    @property
    def task_id(self) -> str:
        return self.made.task_id

    @property
    def order(self) -> str:
        return self.task_id

    def _of(self, ids: dict[str, None]) -> list[Task]:
        tasks = self.dag.tasks if self.dag else {}
        return [tasks[one] for one in ids if one in tasks]

    @property
    def up_tasks(self) -> list[Task]:
        return self._of(self.ups)

    @property
    def down_tasks(self) -> list[Task]:
        return self._of(self.downs)


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What tasks return, passed on before they have run (Airflow: XComArg)."""

    tasks: tuple[Task, ...]
    line: int = 0

    @property
    def order(self) -> str:
        return " ".join(task.task_id for task in self.tasks)


@dataclass(eq=False, repr=False)
class Label:
    """The text on an arrow, which joins what is before and behind it. One without a text stands for what is not
    understood in a chain of arrows."""

    ups: list[Any] = field(default_factory=list)
    downs: list[Any] = field(default_factory=list)


@dataclass(frozen=True, eq=False, repr=False)
class Decorator:
    """`@task.branch(retries=2)` before it has its function; also `@dag`, `@task_group`, `@setup`, `@teardown`,
    `@asset`."""

    kind: str
    given: dict[str, Any]
    line: int


@dataclass(frozen=True, eq=False, repr=False)
class TaskFunction:
    """A function under a task decorator: a call makes a task."""

    kind: str
    function: Any
    given: dict[str, Any]
    partial: dict[str, Any] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class GroupFunction:
    function: Any
    given: dict[str, Any]
    partial: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class DagFunction:
    function: Any
    given: dict[str, Any]
    line: int
    is_called: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class OperatorPart:
    """`BashOperator.partial(task_id="x")`, which waits for `.expand(...)`."""

    kind: Named | Class
    given: dict[str, Any]
    line: int


Node = Task | Group | Result | Label
