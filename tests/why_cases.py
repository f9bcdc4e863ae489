"""Helpers of the tests of why."""

from __future__ import annotations

from workbench.session import Session

DAILY = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
"""
FROM_WED = """
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
"""


def why(s: Session, target: str, at: str) -> str:
    return str(s.why(target, at))


def head(s: Session, target: str, at: str) -> str:
    return s.why(target, at).headline
