"""What goes wrong with data, as methods. A day, or a range of days, says which files are meant; files that have come
stay as they are, unless they come again (`until`, `at`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from workbench.twins.base import Doing, Moment, Names, Share, Span, Value, share_of, twin


class Spoiling(Doing):
    """Files that come otherwise than they should, and tasks that write half."""

    @twin("empty", 's.empty("jfk@2013-01-05", until="08:40")')
    def empty(self, target: str, until: Moment = "") -> Self:
        """The file comes with a header and no rows; with `until`, the right one then."""
        return self._do("empty", target, until=until)

    @twin("truncate", 's.truncate("jfk@2013-01-05", "60%")')
    def truncate(self, target: str, share: Share | None = None, rows: int | None = None, until: Moment = "") -> Self:
        """Only the first rows are in the file: a share of them (`"60%"` or 0.6), or so many `rows`."""
        return self._do("truncate", target, share=share_of(share), rows=rows, until=until)

    @twin("double", 's.double("jfk@2013-01-05")')
    def double(self, target: str, times: int | None = None, until: Moment = "") -> Self:
        """All rows are in the file twice, or so many `times`."""
        return self._do("double", target, times=times, until=until)

    @twin("poison", 's.poison("jfk@2013-01-05", "sched_dep_time", 2461, row=7)')
    def poison(self, target: str, column: str, value: Value, row: int | None = None, until: Moment = "") -> Self:
        """One row, the first unless said, holds this value."""
        return self._do("poison", target, column, "" if value is None else value, row=row, until=until)

    @twin("unit", 's.unit("jfk@2013-01-05", "arr_delay", 60, onward=True)')
    def unit(self, target: str, column: str, factor: Share, onward: bool = False, until: Moment = "") -> Self:
        """The numbers of a column come in another unit: times a factor. `onward`: in all files from that day on."""
        return self._do("unit", target, column, factor, onward=onward, until=until)

    @twin("drift", 's.drift("jfk@2013-01-05", insert="dep_delay", onward=True)')
    def drift(
        self,
        target: str,
        insert: str = "",
        drop: Names = (),
        rename: Mapping[str, str] | str = "",
        onward: bool = False,
        until: Moment = "",
    ) -> Self:
        """The columns are others: a new one stands before `insert`, some are gone (`drop`) or have new names
        (`rename={"old": "new"}`)."""
        return self._do("drift", target, insert=insert, drop=drop, rename=rename, onward=onward, until=until)

    @twin("late rows", 's.late_rows("jfk@2013-01-05", "3%", later="4h")')
    def late_rows(self, target: str, share: Share, later: Span = "", onward: bool = False) -> Self:
        """A share of the rows is not there; the whole file comes `later` (26h unless said)."""
        return self._do("late rows", target, share_of(share), later=later, onward=onward)

    @twin("correct", 's.correct("jfk@2013-01-05", "arr_delay", factor=1.5, at="10:00")')
    def correct(
        self,
        target: str,
        column: str,
        factor: Share | None = None,
        value: Value = None,
        row: int | None = None,
        at: Moment = "",
    ) -> Self:
        """The vendor sends the file again `at` a time, with other rows: a column times a factor, or set to a value."""
        return self._do("correct", target, column, factor=factor, value=value, row=row, at=at)

    @twin("move", 's.move("jfk@2013-01-05", onward=True, task="clean", fixed_by="v2")')
    def move(self, target: str, onward: bool = False, task: str = "", fixed_by: Names = (), until: Moment = "") -> Self:
        """The vendor writes to another place, and no rows are found, until a version of a task looks there."""
        return self._do("move", target, onward=onward, task=task, fixed_by=fixed_by, until=until)

    @twin("crash", 's.crash("publish@2013-01-05")')
    def crash(self, target: str, tries: int | None = None) -> Self:
        """Tries do their work and write, and crash at their end; the first one, unless said."""
        return self._do("crash", target, tries=tries)

    @twin("partial", 's.partial("stg_flights@2013-01-05", "60%")')
    def partial(self, target: str, share: Share) -> Self:
        """Who reads a dataset while it is being written finds the first rows of it only."""
        return self._do("partial", target, share_of(share))
