"""Faults on data: what is in the files that vendors deliver, and what becomes of what tasks write.

Those on inputs say which partitions they touch: one `partition`, or all from `first` on (up to `last`). They apply, in
the order given, to every delivery that comes while they hold; `spoiling.py` has what each does to rows. `until`: then
the file is delivered once more, without it. `shares` of rows are rounded down to whole rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workbench.scenario.given import Factor, Instant, Names, Pairs, Share, SomeInstant, Span, Spoken, spoken

# Typed as Any, as in parts.py.
NO: Any = None
NO_NAMES: Any = ()
A_DAY_AND_TWO_HOURS: Any = timedelta(hours=26)


@spoken
class Empty(Spoken):
    """The file of one partition has a header and no rows."""

    input: str
    partition: str
    until: SomeInstant = NO


@spoken
class Truncated(Spoken):
    """Only the first `share` of the rows of one partition are in the file, or only the first so many `rows`."""

    input: str
    partition: str
    share: Share = NO
    rows: int | None = None
    until: SomeInstant = NO


@spoken
class Doubled(Spoken):
    """The file of one partition holds all of its rows `times` times over, one copy after the other."""

    input: str
    partition: str
    times: int = 2
    until: SomeInstant = NO


@spoken
class SchemaDrift(Spoken):
    """The columns are others: some have new names (`rename`: old name -> new name), some are not there (`drop`), or a
    new one stands before the column `insert`. Who reads by position, as the simulated reader does, then finds under
    that name the new column, which holds 0, and under each later name the value of the column before it; the value of
    the last column stands under `column_20`, if that is its place."""

    input: str
    partition: str | None = None
    first: str | None = None
    last: str | None = None
    rename: Pairs = NO
    drop: Names = NO_NAMES
    insert: str | None = None
    until: SomeInstant = NO


@spoken
class UnitDrift(Spoken):
    """The numbers of a column come in another unit: times `factor`. What is no number stays as it is."""

    input: str
    column: str
    factor: Factor
    partition: str | None = None
    first: str | None = None
    last: str | None = None
    until: SomeInstant = NO


@spoken
class Poison(Spoken):
    """One row of a partition (the `row`-th, from 1) holds this `value` in a column."""

    input: str
    partition: str
    column: str
    value: str
    row: int = 1
    until: SomeInstant = NO


@spoken
class LateRows(Spoken):
    """A `share` of the rows is not there when a partition comes; `later` it is delivered again with all of them. Which
    rows: those with the lowest keyed draws."""

    input: str
    share: Share
    later: Span = A_DAY_AND_TWO_HOURS
    partition: str | None = None
    first: str | None = None
    last: str | None = None


@spoken
class Correction(Spoken):
    """The vendor corrects a partition `at` an instant, and delivers it again: the numbers of a column times `factor`,
    or the column set to `value`; in all rows, or in the `row`-th only. Before and after, what is there is right."""

    input: str
    partition: str
    at: Instant
    column: str
    factor: Factor = NO
    value: str | None = None
    row: int | None = None


@spoken
class Moved(Spoken):
    """From partition `first` on (up to `last`) the vendor writes to another place: where the files are looked for there
    are none, so no rows come. Until `until`, or for as long as `task` does not run one of the versions `fixed_by`;
    then what was missed comes."""

    input: str
    first: str
    last: str | None = None
    task: str | None = None
    fixed_by: Names = NO_NAMES
    until: SomeInstant = NO


@spoken
class CrashAfterWrite(Spoken):
    """Tries of a task do their work and write, and crash at their end: the first `tries` at each partition."""

    task: str
    partition: str | None = None
    tries: int = 1


@spoken
class Partial(Spoken):
    """While a try is at work on a partition of a dataset, a task that reads it finds the first `share` of the rows that
    this try will write. (What a consumer reads are whole versions.)"""

    dataset: str
    partition: str
    share: Share


DataFault = (
    Empty
    | Truncated
    | Doubled
    | SchemaDrift
    | UnitDrift
    | Poison
    | LateRows
    | Correction
    | Moved
    | CrashAfterWrite
    | Partial
)
# On the files of inputs.
OnFiles = Empty | Truncated | Doubled | SchemaDrift | UnitDrift | Poison | LateRows | Correction | Moved
