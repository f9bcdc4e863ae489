"""Which versions may be said to be right or wrong: those that somebody has read, and what they were made of.

What would have been right is the world's secret: to say it at once would tell how many rows a late file will bring.
Where nobody reads anything, there is nothing to wait for.
"""

from __future__ import annotations

from workbench.engine import Known
from workbench.engine.keys import VersionName


def seen_versions(known: Known) -> frozenset[VersionName] | None:
    """By name; None where there are no readers, and all may be judged."""
    if not known.consumers:
        return None
    found: set[VersionName] = set()
    ahead = [(read.dataset, read.partition, read.n) for read in known.data.reads]
    while ahead:
        name = ahead.pop()
        version = known.data.get(name) if name not in found else None
        if version is not None:
            found.add(name)
            ahead += version.sources
    return frozenset(found)
