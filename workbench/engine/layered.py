"""A mapping that only grows, or changes here and there, of which a copy is cheap.

A state at the end of a year holds a hundred thousand versions, and there is a snapshot every few hundred events. So all
but the newest entries lie in layers that never change again, and copies share them. A layer is at least four times as
large as the next newer one: there are few, and an entry moves to a larger one only now and then.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

# So many entries are copied at most; and by how much a layer is larger than the next.
_MOST_ON_TOP, _RATIO = 64, 4
_GONE: Any = object()


class Layered(MutableMapping[K, V]):
    """In the order in which the keys were first set; one that was taken out and set again may be at its old place."""

    __slots__ = ("_count", "_layers", "_top")

    def __init__(self) -> None:
        self._top: dict[K, V] = {}
        self._layers: tuple[dict[K, V], ...] = ()  # the newest first
        self._count = 0

    def copy(self) -> Layered[K, V]:
        """The same, which does not change when this does."""
        new: Layered[K, V] = Layered.__new__(Layered)
        new._top, new._layers, new._count = self._top.copy(), self._layers, self._count
        return new

    # reading

    @overload
    def get(self, key: K) -> V | None: ...
    @overload
    def get(self, key: K, default: V | T) -> V | T: ...
    def get(self, key: Any, default: Any = None) -> Any:
        found = self._top.get(key)
        if found is None:
            for layer in self._layers:
                found = layer.get(key)
                if found is not None:
                    break
            else:
                return default
        return default if found is _GONE else found

    def __getitem__(self, key: K) -> V:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[K]:
        return iter(self._all())

    def items(self) -> Any:
        return self._all().items()

    def values(self) -> Any:
        return self._all().values()

    def __repr__(self) -> str:
        return f"Layered({self._all()!r})"

    def _all(self) -> dict[K, V]:
        found: dict[K, V] = {}
        for layer in reversed(self._layers):
            found |= layer
        found |= self._top
        return found if len(found) == self._count else {key: one for key, one in found.items() if one is not _GONE}

    # writing

    def __setitem__(self, key: K, value: V) -> None:
        """No value may be None."""
        assert value is not None
        self._count += key not in self
        self._put(key, value)

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._count -= 1
        self._put(key, _GONE)

    def _put(self, key: K, value: V) -> None:
        self._top[key] = value
        if len(self._top) > _MOST_ON_TOP:
            lowest = self._top
            layers = list(self._layers)
            while layers and len(layers[0]) < _RATIO * len(lowest):
                lowest = {**layers.pop(0), **lowest}
            self._layers, self._top = (lowest, *layers), {}
