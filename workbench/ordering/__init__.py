"""Orders: from what a person asks for to the events of a command, checked, without changing anything.

A session records the events of an order, or shows what they would change (`plan_lines`).
"""

from workbench.ordering.edits import edited, replaced, set_dags, set_pool, set_tasks, set_workers
from workbench.ordering.faults import Active, active, inject, lift, read_fault
from workbench.ordering.here import Here, Order
from workbench.ordering.plan import plan_lines
from workbench.ordering.runs import backfill, deploy, pause, trigger
from workbench.ordering.targets import Target, target_of
from workbench.ordering.tasks import kill, mark, rerun

__all__ = [
    "Active",
    "Here",
    "Order",
    "Target",
    "active",
    "backfill",
    "deploy",
    "edited",
    "inject",
    "kill",
    "lift",
    "mark",
    "pause",
    "plan_lines",
    "read_fault",
    "replaced",
    "rerun",
    "set_dags",
    "set_pool",
    "set_tasks",
    "set_workers",
    "target_of",
    "trigger",
]
