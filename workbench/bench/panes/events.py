"""What happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.sheet import Sheet, plain
from workbench.views.tell import as_text, story

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST = 200


def events(bench: Bench, width: int) -> Sheet:
    told = story(bench.known, bench.session.events[-_MOST:])
    return Sheet("events", plain(*as_text(told, bench.clock)))
