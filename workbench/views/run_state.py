"""The state of a run as people see it: one that is under way and has nothing under way waits."""

from __future__ import annotations

from workbench.engine import Run


def run_state(run: Run) -> str:
    """`queued` (it waits), `running`, `success` or `failed`."""
    if run.state not in ("queued", "running"):
        return run.state
    return "running" if run.busy else "queued"
