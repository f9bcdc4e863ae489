"""All runs of a state: those that are open, and an archive of those that ended.

There may be a hundred thousand ended runs, and a snapshot every few hundred events. So the archive is a list that only
grows, shared by all states of one log: each knows how long it was for him. One state, the one at the end of the log,
holds the pen; others keep what they add in a small dict of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from workbench.engine.events import RunKey

if TYPE_CHECKING:
    from workbench.engine.state import Run

# More than these, and it is cheaper to begin an archive of one's own.
_MOST_BESIDE = 512
_NOBODY = object()


class _Archive:
    """Ended runs in the order of their ends, and for each key where it lies: the newest place last."""

    __slots__ = ("pen", "places", "runs", "windows")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.places: dict[RunKey, int | tuple[int, ...]] = {}
        self.windows: dict[tuple[str, str], RunKey | tuple[RunKey, ...]] = {}
        self.pen: object = _NOBODY

    def add(self, run: Run) -> None:
        key, place = run.key, len(self.runs)
        self.runs.append(run)
        before = self.places.get(key)
        if before is None:
            window = (key.dag, key.partition)
            others = self.windows.get(window)
            self.windows[window] = key if others is None else (*_many(others), key)
            self.places[key] = place
        else:
            self.places[key] = (*((before,) if isinstance(before, int) else before), place)

    def find(self, key: RunKey, length: int) -> Run | None:
        """The run as it was when the list had this length."""
        place = self.places.get(key)
        if place is None:
            return None
        if isinstance(place, tuple):
            place = max((p for p in place if p < length), default=length)
        return self.runs[place] if place < length else None


def _many(keys: RunKey | tuple[RunKey, ...]) -> tuple[RunKey, ...]:
    return (keys,) if isinstance(keys, RunKey) else keys


class Runs(Mapping[RunKey, "Run"]):
    """A mapping of every run by its key: those that ended first, in the order of their ends, then the open ones."""

    __slots__ = ("_archive", "_beside", "_length", "_token", "_windows", "open")

    def __init__(self) -> None:
        self.open: dict[RunKey, Run] = {}
        self._windows: dict[tuple[str, str], tuple[RunKey, ...]] = {}
        self._archive, self._length = _Archive(), 0
        self._beside: dict[RunKey, Run] = {}
        self._token = object()

    def snapshot(self) -> Runs:
        """The same runs, which do not change when this does."""
        new = Runs.__new__(Runs)
        new.open, new._windows, new._beside = self.open.copy(), self._windows.copy(), self._beside.copy()
        new._archive, new._length, new._token = self._archive, self._length, object()
        return new

    def hold_pen(self) -> None:
        """This state is the one at the end of the log: what ends goes to the archive that all share."""
        if self._length == len(self._archive.runs) and not self._beside:
            self._archive.pen = self._token

    # reading

    def __getitem__(self, key: RunKey) -> Run:
        run = self.get(key)
        if run is None:
            raise KeyError(key)
        return run

    def get(self, key: RunKey, default: Run | None = None) -> Run | None:  # type: ignore[override]
        run = self.open.get(key)
        if run is None:
            run = self._beside.get(key) or self._archive.find(key, self._length)
        return default if run is None else run

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self.get(key) is not None  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[RunKey]:
        return (run.key for run in self._each())

    def values(self) -> Iterator[Run]:  # type: ignore[override]
        return self._each()

    def items(self) -> Iterator[tuple[RunKey, Run]]:  # type: ignore[override]
        return ((run.key, run) for run in self._each())

    def __len__(self) -> int:
        return sum(1 for _ in self._each())

    def _each(self) -> Iterator[Run]:
        archive, beside, open_runs = self._archive, self._beside, self.open
        for place in range(self._length):
            run = archive.runs[place]
            if run.key not in beside and run.key not in open_runs and archive.find(run.key, self._length) is run:
                yield run
        yield from (run for key, run in beside.items() if key not in open_runs)
        yield from open_runs.values()

    def of_window(self, dag: str, partition: str) -> list[Run]:
        """The runs that own this partition, the oldest first."""
        window = (dag, partition)
        keys = dict.fromkeys(_many(self._archive.windows.get(window, ())))
        keys.update(dict.fromkeys(self._windows.get(window, ())))
        found = [run for key in keys if (run := self.get(key)) is not None]
        return found if len(found) < 2 else sorted(found, key=lambda run: run.key.n)

    # writing

    def add(self, run: Run) -> None:
        """A new run, or an ended one that is opened again."""
        window = (run.key.dag, run.key.partition)
        keys = self._windows.get(window, ())
        self.open[run.key] = run
        self._windows[window] = keys if run.key in keys else (*keys, run.key)

    def close(self, run: Run) -> None:
        """The run ended: it is not expected to change any more."""
        key = run.key
        del self.open[key]
        if self._archive.pen is self._token:
            self._archive.add(run)
            self._length += 1
            window = (key.dag, key.partition)
            left = tuple(k for k in self._windows[window] if k != key)
            if left:
                self._windows[window] = left
            else:
                del self._windows[window]
            return
        self._beside.pop(key, None)  # one that ended before goes to the end
        self._beside[key] = run
        if len(self._beside) > _MOST_BESIDE:
            self._begin_own()

    def _begin_own(self) -> None:
        """An archive of one's own, with all that ended here."""
        ended = [run for run in self._each() if run.key not in self.open]
        self._archive, self._length, self._beside = _Archive(), len(ended), {}
        for run in ended:
            self._archive.add(run)
        self._archive.pen = self._token
        self._windows = {}
        for key in self.open:
            window = (key.dag, key.partition)
            self._windows[window] = (*self._windows.get(window, ()), key)
