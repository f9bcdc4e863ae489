"""Small pipelines for tests that read as transcripts, and the shipped story."""

from __future__ import annotations

from textwrap import dedent

import workbench as wb
from workbench.model.reading import read_workspace_text
from workbench.scenario import find_scenario
from workbench.session import Session


def session(text: str, *, folder: str = "") -> Session:
    """A session on a pipeline and its scenario, written as a file."""
    loaded = read_workspace_text(dedent(text), file="pipeline.yaml", folder=folder)
    return Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace))


def late_jfk() -> Session:
    """The story that ships: an outage on Thursday, a file that comes late on Friday."""
    return wb.sample("daily_flights", "late_jfk")


def block(text: str) -> str:
    """Expected text, written indented in a test."""
    return dedent(text).strip("\n")
