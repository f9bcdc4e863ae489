"""The rules, a file each. A rule reads what is known and answers a verdict; it changes nothing and knows no tool.

Dependency rules move a task from none to scheduled, or settle it. Resource rules move it from scheduled to queued,
in queue order, and are asked again after each grant. A task carries only the rules that can speak about it.
"""

from __future__ import annotations

from workbench.engine.plan import Rule, TaskPlan
from workbench.engine.rules.inputs import inputs_are_here, tasks_elsewhere_are_done
from workbench.engine.rules.retry import retry_pause_is_over
from workbench.engine.rules.run import run_has_started
from workbench.engine.rules.slots import pool_has_a_slot, worker_is_free
from workbench.engine.rules.trigger import upstream_allows


def rules_for(plan: TaskPlan) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """(dependency rules, resource rules) of a task, in the order in which they are asked."""
    dependencies: list[Rule] = [run_has_started]
    if plan.ups:
        dependencies.append(upstream_allows)
    if plan.inputs:
        dependencies.append(inputs_are_here)
    if plan.elsewhere:
        dependencies.append(tasks_elsewhere_are_done)
    dependencies.append(retry_pause_is_over)  # also without retries: an edit may have taken them away in a pause
    resources: list[Rule] = [worker_is_free]
    if plan.task.pool is not None:
        resources.append(pool_has_a_slot)
    return tuple(dependencies), tuple(resources)
