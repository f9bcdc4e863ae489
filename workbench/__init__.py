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

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "AddEdge": "model",
    "AddTask": "model",
    "Dag": "model",
    "DagSpec": "model",
    "Flaky": "scenario",
    "History": "history",
    "Input": "model",
    "InvalidInput": "model",
    "Late": "scenario",
    "Never": "scenario",
    "Outage": "scenario",
    "Problem": "model",
    "RemoveEdge": "model",
    "RemoveTask": "model",
    "RetryPolicy": "model",
    "Scenario": "scenario",
    "Session": "session",
    "SetTask": "model",
    "Task": "model",
    "WaitFor": "model",
    "Workspace": "model",
    "check_workspace": "model",
    "draw": "views",
    "load": "opening",
    "Keeper": "keeping",
    "reopen": "keeping",
    "sample": "opening",
}


def __getattr__(name: str) -> Any:
    if name == "instant":
        return import_module("workbench.timetable").parse_instant
    if name in _HOMES:
        return getattr(import_module(f"workbench.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*_HOMES, "instant", "__version__"])
