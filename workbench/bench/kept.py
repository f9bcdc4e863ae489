"""What a pane has made is kept until what it was made of is another: most keys change little of what is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

Made = TypeVar("Made")
_KEPT: WeakKeyDictionary[Bench, dict[str, tuple[tuple[object, ...], Any]]] = WeakKeyDictionary()


def kept(bench: Bench, name: str, made_of: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What `make` answers, made anew only when the instant (in its future) is another, or what else it is made of."""
    session = bench.session
    place = (session.branch, session.position, bench.now, *made_of)
    mine = _KEPT.setdefault(bench, {})
    if name not in mine or mine[name][0] != place:
        mine[name] = (place, make())
    found: Made = mine[name][1]
    return found
