"""A line of a story."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """One line of a story: when (UTC), what, and how it is meant (`good`, `bad`, `late`, `you` or ``). `who` and
    `alike`: of a line that may be told together with others, whom it is about and how that is said of several."""

    at: datetime
    text: str
    mood: str = ""
    who: str = field(default="", compare=False)
    alike: str = field(default="", compare=False)
    place: int = field(default=0, compare=False)
