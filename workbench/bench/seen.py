"""Of which partitions it may be said whether they are right: those that somebody has read, and what these were made of.

What would have been right is the world's secret: to say it at once would tell how many rows a late file will bring.
Once a partition was read, its later versions are judged as well: what is right is no news then. Where nobody reads
anything, there is nothing to wait for.
"""

from __future__ import annotations

from workbench.engine import Known
from workbench.engine.keys import VersionName


def seen_partitions(known: Known) -> frozenset[tuple[str, str]] | None:
    """(dataset, partition); None where there are no readers, and all may be judged."""
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
    return frozenset((dataset, partition) for dataset, partition, _ in found)
