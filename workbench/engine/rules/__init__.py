"""The rules, a file each. A rule reads what is known and answers a verdict; it changes nothing and knows no tool.

Dependency rules move a task from none to scheduled, or settle it. Resource rules move it from scheduled to queued,
in queue order, and are asked again after each grant. A task carries only the rules that can speak about it.
"""

from __future__ import annotations

from workbench.engine.plan import Rule, TaskPlan
from workbench.engine.rules.inputs import inputs_are_here, tasks_elsewhere_are_done
from workbench.engine.rules.past import past_allows
from workbench.engine.rules.retry import retry_pause_is_over
from workbench.engine.rules.run import dag_is_on, run_has_started
from workbench.engine.rules.slots import pool_has_a_slot, run_has_room, task_has_room, worker_is_free
from workbench.engine.rules.trigger import branches_lead_here, setups_succeeded, upstream_allows
from workbench.model import DagSpec


def rules_for(plan: TaskPlan, spec: DagSpec) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """(dependency rules, resource rules) of a task, in the order in which they are asked."""
    wants: list[tuple[Rule, object]] = [
        (run_has_started, True),
        (dag_is_on, True),
        (branches_lead_here, plan.branches or plan.cutters),
        (setups_succeeded, plan.needed_setups),
        (upstream_allows, plan.ups),
        (past_allows, plan.looks_back),
        (inputs_are_here, plan.inputs),
        (tasks_elsewhere_are_done, plan.elsewhere),
        (retry_pause_is_over, True),  # also without retries: an edit may have taken them away in a pause
    ]
    slots: list[tuple[Rule, object]] = [
        (worker_is_free, True),
        (pool_has_a_slot, plan.pool is not None),
        (run_has_room, spec.max_active_tasks is not None),
        (task_has_room, plan.task.max_active is not None),
    ]
    return tuple(rule for rule, wanted in wants if wanted), tuple(rule for rule, wanted in slots if wanted)
