"""Names of things in events."""

from __future__ import annotations

from typing import NamedTuple


class RunKey(NamedTuple):
    """Which run: the n-th (from 1) for one partition of one DAG, whatever the kind: scheduled, manual, data,
    backfill, or platform (a store that fills itself)."""

    dag: str
    partition: str
    kind: str = "scheduled"
    n: int = 1


# A version of a dataset's partition: (dataset, partition, n), from 1: the n-th that was written of the partition. An
# arrival of an input counts as one of its versions.
VersionName = tuple[str, str, int]
