"""Who was told what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.alerts import alerts_of
from workbench.views.sheet import Sheet, plain

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def alerts(bench: Bench, width: int) -> Sheet:
    found = alerts_of(bench.known, bench.now)
    return Sheet("alerts", plain(found.headline, *(f"{a.sentence} {a.outcome}" for a in found.alerts)))
