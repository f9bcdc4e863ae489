"""The panes of the bench, a module each: a function from a bench to a sheet."""

from workbench.bench.panes.alerts import alerts
from workbench.bench.panes.code import code
from workbench.bench.panes.data import data
from workbench.bench.panes.days import days
from workbench.bench.panes.events import events
from workbench.bench.panes.graph import graph, neighbour
from workbench.bench.panes.header import header
from workbench.bench.panes.inspect import inspect
from workbench.bench.panes.rules import rules
from workbench.bench.panes.strip import strip
from workbench.bench.panes.timeline import timeline
from workbench.bench.panes.why import why

__all__ = [
    "alerts", "code", "data", "days", "events", "graph", "header", "inspect", "neighbour", "rules", "strip", "timeline",
    "why",
]  # fmt: skip
