"""Names of other tools as names of ours: letters, digits, _ and -, a letter first, at most a hundred."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 100
_NOT_OURS = re.compile(r"_?[^A-Za-z0-9_-]+_?")


class Names:
    """Gives each original its own name, the same again when it is asked again."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self.by_original: dict[str, str] = {}

    def of(self, original: str) -> str:
        """The name for it; a second original that would be spelled the same gets a number."""
        if original not in self.by_original:
            self.by_original[original] = self._free(fitting(original))
        return self.by_original[original]

    @property
    def origins(self) -> dict[str, str]:
        """Original names by ours."""
        return {ours: original for original, ours in self.by_original.items()}

    def _free(self, name: str) -> str:
        made, number = name, 1
        while made in self._taken:
            number += 1
            made = f"{name[: MOST - 5]}_{number}"
        self._taken.add(made)
        return made


def fitting(original: str) -> str:
    """The nearest name that is allowed: `group.task` is `group_task`, `2nd` is `t_2nd`."""
    name = _NOT_OURS.sub("_", original).strip("_-")[:MOST]
    return name if name[:1].isalpha() else f"t_{name}".rstrip("_")[:MOST]
