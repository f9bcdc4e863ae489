"""The panes of the bench, a module each: a function from a bench to a sheet.

Here are those of the first picture; the others the bench loads when they are asked for.
"""

from workbench.bench.panes.data import data
from workbench.bench.panes.events import events
from workbench.bench.panes.graph import active_task, graph, graph_height, graph_overview, neighbour, other_dag
from workbench.bench.panes.header import header
from workbench.bench.panes.strip import strip
from workbench.bench.panes.timeline import timeline, timeline_rows
from workbench.bench.panes.why import why

__all__ = [
    "active_task", "data", "events", "graph", "graph_height", "graph_overview", "header", "neighbour", "other_dag",
    "strip", "timeline", "timeline_rows", "why",
]  # fmt: skip
