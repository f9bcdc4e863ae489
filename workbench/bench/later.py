"""What the first picture of a bench does not need, and keys do: front ends fetch it when nobody waits."""

from __future__ import annotations

# Those of which others are made come first, so that each takes no more than a moment.
LATER = tuple(
    f"workbench.{name}"
    for name in (
        "verbs",
        "bench.panes.days",
        "bench.panes.why_chain",
        "bench.panes.code",
        "bench.panes.inspect",
        "bench.panes.day_list",
        "bench.panes.alerts",
        "bench.volumes",
        "bench.menus",
        "views.compare_html",
        "bench.futures",
        "bench.outcomes",
        "bench.comparing",
        "views.backfills",
        "bench.progress",
        "bench.planner",
        "bench.planning",
        "bench.saving",
        "views.legend",
        "recorded_events",
        "recorded_data",
        "views.report",
        "taking",
    )
)
