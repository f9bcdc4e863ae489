"""Views: pure functions from a state to frozen values of strings, numbers and tuples. They hold every sentence.

Names are loaded when they are first used: who needs a row of a sheet loads no comparison and no picture.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.views.clock import Clock as Clock
    from workbench.views.compare import Comparison as Comparison
    from workbench.views.compare import comparison_lines as comparison_lines
    from workbench.views.pictures import FORMATS as FORMATS
    from workbench.views.pictures import draw as draw
    from workbench.views.pictures import graph_of as graph_of
    from workbench.views.tell import Line as Line
    from workbench.views.tell import as_text as as_text
    from workbench.views.tell import line as line
    from workbench.views.tell import story as story
    from workbench.views.timeline import Bar as Bar
    from workbench.views.timeline import Row as Row
    from workbench.views.timeline import run_rows as run_rows
    from workbench.views.timeline import timeline_lines as timeline_lines
    from workbench.views.why import Why as Why
    from workbench.views.why import explain as explain
    from workbench.views.why_run import WhyRun as WhyRun
    from workbench.views.why_run import explain_run as explain_run

_HOMES = {
    "Bar": "timeline",
    "Clock": "clock",
    "Comparison": "compare",
    "FORMATS": "pictures",
    "Line": "tell",
    "Row": "timeline",
    "Why": "why",
    "WhyRun": "why_run",
    "as_text": "tell",
    "comparison_lines": "compare",
    "draw": "pictures",
    "explain": "why",
    "explain_run": "why_run",
    "graph_of": "pictures",
    "line": "tell",
    "run_rows": "timeline",
    "story": "tell",
    "timeline_lines": "timeline",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"workbench.views.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'workbench.views' has no attribute '{name}'")
