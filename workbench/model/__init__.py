"""What a person writes down: DAGs, tasks, inputs, pools. Frozen values, checked once, never changed in place."""

from workbench.model.build import Dag, TaskHandle
from workbench.model.check import check_workspace
from workbench.model.edits import (
    AddEdge,
    AddTask,
    Edit,
    RemoveEdge,
    RemoveTask,
    SetTask,
    WaitFor,
    apply_edit,
)
from workbench.model.parts import (
    TRIGGER_RULES,
    DagSpec,
    Input,
    RetryPolicy,
    Task,
    Workspace,
    after_window,
)
from workbench.model.problems import InvalidInput, Problem, nearest

__all__ = [
    "TRIGGER_RULES",
    "AddEdge",
    "AddTask",
    "Dag",
    "DagSpec",
    "Edit",
    "Input",
    "InvalidInput",
    "Problem",
    "RemoveEdge",
    "RemoveTask",
    "RetryPolicy",
    "SetTask",
    "Task",
    "TaskHandle",
    "WaitFor",
    "Workspace",
    "after_window",
    "apply_edit",
    "check_workspace",
    "nearest",
]
