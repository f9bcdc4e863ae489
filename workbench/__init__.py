"""Orchestration workbench: build a DAG, run it on virtual time, ask why, go back, change one thing.

    import workbench as wb

    dag = wb.Dag("hello", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="5m") >> dag.task("report")
    s = wb.Session(dag)
    s.run_until("2013-01-03")
    print(s.why("report@2013-01-01"))

Names are loaded when they are first used, so that importing this package costs almost nothing.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.bench import Bench as Bench
    from workbench.bench import Chosen as Chosen
    from workbench.bench import Guide as Guide
    from workbench.bench import NoGuide as NoGuide
    from workbench.bench import Question as Question
    from workbench.history import History as History
    from workbench.keeping import Keeper as Keeper
    from workbench.keeping import reopen as reopen
    from workbench.model import AddCheck as AddCheck
    from workbench.model import AddDataset as AddDataset
    from workbench.model import AddEdge as AddEdge
    from workbench.model import AddTask as AddTask
    from workbench.model import Alerts as Alerts
    from workbench.model import Check as Check
    from workbench.model import Consumer as Consumer
    from workbench.model import Dag as Dag
    from workbench.model import DagSpec as DagSpec
    from workbench.model import Dataset as Dataset
    from workbench.model import Deadline as Deadline
    from workbench.model import Input as Input
    from workbench.model import InvalidInput as InvalidInput
    from workbench.model import OnData as OnData
    from workbench.model import Person as Person
    from workbench.model import Problem as Problem
    from workbench.model import ReasonRule as ReasonRule
    from workbench.model import RemoveCheck as RemoveCheck
    from workbench.model import RemoveDataset as RemoveDataset
    from workbench.model import RemoveEdge as RemoveEdge
    from workbench.model import RemoveTask as RemoveTask
    from workbench.model import RenameTask as RenameTask
    from workbench.model import RetryPolicy as RetryPolicy
    from workbench.model import Sensor as Sensor
    from workbench.model import SetCheck as SetCheck
    from workbench.model import SetDag as SetDag
    from workbench.model import SetDataset as SetDataset
    from workbench.model import SetTask as SetTask
    from workbench.model import SplitTask as SplitTask
    from workbench.model import Task as Task
    from workbench.model import WaitFor as WaitFor
    from workbench.model import Workspace as Workspace
    from workbench.model import check_workspace as check_workspace
    from workbench.model import workspace as workspace
    from workbench.opening import load as load
    from workbench.opening import sample as sample
    from workbench.scenario import Bug as Bug
    from workbench.scenario import Choice as Choice
    from workbench.scenario import Correction as Correction
    from workbench.scenario import CrashAfterWrite as CrashAfterWrite
    from workbench.scenario import Deploy as Deploy
    from workbench.scenario import Doubled as Doubled
    from workbench.scenario import Empty as Empty
    from workbench.scenario import Flaky as Flaky
    from workbench.scenario import Hang as Hang
    from workbench.scenario import Late as Late
    from workbench.scenario import LateRows as LateRows
    from workbench.scenario import LostAnswer as LostAnswer
    from workbench.scenario import Moved as Moved
    from workbench.scenario import Never as Never
    from workbench.scenario import Outage as Outage
    from workbench.scenario import Partial as Partial
    from workbench.scenario import Poison as Poison
    from workbench.scenario import Quota as Quota
    from workbench.scenario import Scenario as Scenario
    from workbench.scenario import SchedulerDown as SchedulerDown
    from workbench.scenario import SchemaDrift as SchemaDrift
    from workbench.scenario import Slow as Slow
    from workbench.scenario import Truncated as Truncated
    from workbench.scenario import UnitDrift as UnitDrift
    from workbench.scenario import WorkerLost as WorkerLost
    from workbench.scenario import Zombie as Zombie
    from workbench.session import Session as Session
    from workbench.views import draw as draw

_HOMES = {
    "AddCheck": "model",
    "AddDataset": "model",
    "AddEdge": "model",
    "AddTask": "model",
    "Alerts": "model",
    "Bench": "bench",
    "Bug": "scenario",
    "Check": "model",
    "Choice": "scenario",
    "Chosen": "bench",
    "Consumer": "model",
    "Correction": "scenario",
    "CrashAfterWrite": "scenario",
    "Dag": "model",
    "DagSpec": "model",
    "Dataset": "model",
    "Deadline": "model",
    "Deploy": "scenario",
    "Doubled": "scenario",
    "Empty": "scenario",
    "Flaky": "scenario",
    "Guide": "bench",
    "Hang": "scenario",
    "History": "history",
    "Input": "model",
    "InvalidInput": "model",
    "Keeper": "keeping",
    "Late": "scenario",
    "LateRows": "scenario",
    "LostAnswer": "scenario",
    "Moved": "scenario",
    "Never": "scenario",
    "NoGuide": "bench",
    "OnData": "model",
    "Outage": "scenario",
    "Partial": "scenario",
    "Person": "model",
    "Poison": "scenario",
    "Problem": "model",
    "Question": "bench",
    "Quota": "scenario",
    "ReasonRule": "model",
    "RemoveCheck": "model",
    "RemoveDataset": "model",
    "RemoveEdge": "model",
    "RemoveTask": "model",
    "RenameTask": "model",
    "RetryPolicy": "model",
    "Scenario": "scenario",
    "SchedulerDown": "scenario",
    "SchemaDrift": "scenario",
    "Sensor": "model",
    "Session": "session",
    "SetCheck": "model",
    "SetDag": "model",
    "SetDataset": "model",
    "SetTask": "model",
    "Slow": "scenario",
    "SplitTask": "model",
    "Task": "model",
    "Truncated": "scenario",
    "UnitDrift": "scenario",
    "WaitFor": "model",
    "WorkerLost": "scenario",
    "Workspace": "model",
    "Zombie": "scenario",
    "check_workspace": "model",
    "draw": "views",
    "load": "opening",
    "reopen": "keeping",
    "sample": "opening",
    "workspace": "model",
}


def instant(text: str) -> datetime:
    """An instant in UTC from text: `2013-01-04T07:35Z`, or with an offset; without one it is UTC. Raises ValueError."""
    from workbench.timetable import parse_instant

    return parse_instant(text)


def keep(path: str | Path | None = None) -> Keeper:
    """An open history for sessions: `Session(dag, history=keep("runs.db"))`. None: your own default file."""
    from workbench.keeping import Keeper

    return Keeper.open(path)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"workbench.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__", "instant", "keep"])
