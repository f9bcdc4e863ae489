"""What a rule answers. The scheduler acts on these values and `why` phrases the very same ones."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Pass(NamedTuple):
    """Nothing in this rule stands in the way."""


class Wait(NamedTuple):
    """Not yet: what is waited for (`on`: names, rule by rule), since when, and until when if that is known."""

    rule: str
    on: tuple[str, ...]
    since: datetime
    until: datetime | None = None


class Settle(NamedTuple):
    """Never: the task ends in `state` without an attempt, because of `on`."""

    rule: str
    state: str
    on: tuple[str, ...]


Verdict = Pass | Wait | Settle
PASS = Pass()
