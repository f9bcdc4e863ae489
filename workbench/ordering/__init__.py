"""Orders: from what a person asks for to the events of a command, checked, without changing anything.

A session records the events of an order, or shows what they would change (`plan_lines`).
"""

from workbench.ordering.backfills import backfill, change_backfill, materialize
from workbench.ordering.data import approve, notify, withdraw
from workbench.ordering.data_edits import (
    add_check,
    quarantine,
    remove_check,
    route_dag,
    route_people,
    set_check,
    set_dataset,
)
from workbench.ordering.edits import edited, replaced, set_dags, set_pool, set_tasks, set_workers
from workbench.ordering.faults import Active, active, inject, lift, read_fault
from workbench.ordering.here import Here, Order
from workbench.ordering.input_edits import add_input, remove_input, set_input
from workbench.ordering.plan import plan_lines
from workbench.ordering.runs import deploy, pause, trigger
from workbench.ordering.targets import Target, target_of
from workbench.ordering.tasks import kill, mark, rerun
from workbench.ordering.written import as_written, differences, only_anew, renamings

__all__ = [
    "Active",
    "Here",
    "Order",
    "Target",
    "active",
    "add_check",
    "add_input",
    "approve",
    "as_written",
    "backfill",
    "change_backfill",
    "deploy",
    "differences",
    "edited",
    "inject",
    "kill",
    "lift",
    "mark",
    "materialize",
    "notify",
    "only_anew",
    "pause",
    "plan_lines",
    "quarantine",
    "read_fault",
    "remove_check",
    "remove_input",
    "renamings",
    "replaced",
    "rerun",
    "route_dag",
    "route_people",
    "set_check",
    "set_dags",
    "set_dataset",
    "set_input",
    "set_pool",
    "set_tasks",
    "set_workers",
    "target_of",
    "trigger",
    "withdraw",
]
