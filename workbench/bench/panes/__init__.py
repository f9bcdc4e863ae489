"""The panes of the bench, a module each: a function from a bench to a sheet."""

from workbench.bench.panes.alerts import alerts
from workbench.bench.panes.code import code
from workbench.bench.panes.data import data
from workbench.bench.panes.day_list import day_list
from workbench.bench.panes.days import days
from workbench.bench.panes.events import events
from workbench.bench.panes.graph import active_task, graph, graph_height, graph_overview, neighbour, other_dag
from workbench.bench.panes.header import header
from workbench.bench.panes.inspect import inspect
from workbench.bench.panes.rules import rules
from workbench.bench.panes.strip import strip
from workbench.bench.panes.timeline import timeline, timeline_rows
from workbench.bench.panes.why import why
from workbench.bench.panes.why_chain import why_chain

__all__ = [
    "active_task", "alerts", "code", "data", "day_list", "days", "events", "graph", "graph_height", "graph_overview",
    "header", "inspect", "neighbour", "other_dag", "rules", "strip", "timeline", "timeline_rows", "why", "why_chain",
]  # fmt: skip
