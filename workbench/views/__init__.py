"""Views: pure functions from a state to frozen values of strings, numbers and tuples. They hold every sentence."""

from workbench.views.clock import Clock
from workbench.views.compare import Comparison, compare, comparison_lines
from workbench.views.pictures import FORMATS, draw, graph_of
from workbench.views.tell import Line, as_text, line, story
from workbench.views.timeline import Bar, Row, run_rows, timeline_lines
from workbench.views.why import Why, explain
from workbench.views.why_run import WhyRun, explain_run

__all__ = [
    "FORMATS",
    "Bar",
    "Clock",
    "Comparison",
    "Line",
    "Row",
    "Why",
    "WhyRun",
    "as_text",
    "compare",
    "comparison_lines",
    "draw",
    "explain",
    "explain_run",
    "graph_of",
    "line",
    "run_rows",
    "story",
    "timeline_lines",
]
