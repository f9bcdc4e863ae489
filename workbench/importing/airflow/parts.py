"""What an Airflow file makes, as far as its text tells: the ground between reading the text and our pipelines.

`walking` (the file's text -> `Read`) knows Python and how Airflow's classes are put together; `meaning` (`Read` ->
drafts) knows what each argument means for us. Values are plain Python values (also timedelta, datetime, tuples, sets),
`Call` for an object that Airflow would make, `Code` for a function of the file, or `Unknown` for what only a run of the
file would tell. Assets joined by `|` and `&` are a `Call` of `AssetAny` and `AssetAll`; a result of a task is a `Call`
of `XComArg` with the task's id; members of `TriggerRule` and `WeightRule` are their texts ("all_done").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from workbench.importing.found import Note


class Untold(Enum):
    """There is no `otherwise`: None is a value."""

    UNTOLD = "untold"


UNTOLD = Untold.UNTOLD


@dataclass(frozen=True)
class Unknown:
    """A value that the text does not tell: how it is written, and where. A text of which a part is known has it:
    `load_{table}`. `otherwise`: what it is when nobody says anything else (the default of a variable, of a parameter
    of a DAG; the first branch of an `if` whose test is unknown); UNTOLD when there is none."""

    text: str
    line: int
    otherwise: Any = UNTOLD


@dataclass(frozen=True)
class Code:
    """A function of the file (`python_callable=choose`, the function under `@task.branch`), not run. `returns`: what
    its `return`s give, as far as they are written out (`return "a"`, `return ["a", "b"]`), first what it gives on
    schedule; `is_all`: no other ones; `is_told`: a test of the kind of run says which are not."""

    name: str
    line: int
    returns: tuple[Any, ...] = ()
    is_all: bool = False
    is_told: bool = False


@dataclass(frozen=True)
class Call:
    """An object that would be made: `CronDataIntervalTimetable("0 2 * * *", timezone="UTC")`, `Asset("x")`. `name` is
    the class as it is called where it comes from (`airflow.sdk.Asset`), as far as the imports tell."""

    name: str
    args: tuple[Any, ...]
    given: Mapping[str, Any]
    line: int


@dataclass
class Made:
    """A task. `kind`: the operator's class without its module ("BashOperator"), or its decorator ("@task.branch").
    `given`: its arguments, default arguments included, and those set later (`t.retries = 3`); of a function under a
    decorator: the decorator's arguments, and `python_callable` (Code). `needs`: task ids right before it.
    `is_mapped`: by itself, or because its group is. `copies`: how many of it, when it is mapped over values that are
    written out. `bases`: for a class of this file, its own name and those of its bases in the file, nearest first;
    `kind` is then the first base from elsewhere (the class itself if that is BaseOperator)."""

    task_id: str
    kind: str
    given: dict[str, Any]
    line: int
    needs: dict[str, None] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False
    is_mapped: bool = False
    copies: int | None = None
    bases: tuple[str, ...] = ()


@dataclass
class MadeDag:
    """A DAG, its arguments, its tasks by id in the order in which the file makes them."""

    dag_id: str
    given: dict[str, Any]
    line: int
    tasks: dict[str, Made] = field(default_factory=dict)


class Read(NamedTuple):
    """All DAGs of a file, and what was not understood on the way."""

    dags: tuple[MadeDag, ...]
    notes: tuple[Note, ...]
