"""How a value shows itself where Python shows values richly. What makes its HTML lies above, and is loaded by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Shown:
    """For values that print in sentences: the same sentences as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Small, with a style of its own; everything that comes from a pipeline is escaped."""
        html: str = import_module("workbench.values").html_of(self)
        return html

    def __init_subclass__(cls) -> None:
        """IPython asks each class by itself, before its bases, and a dataclass has a repr of its own."""
        super().__init_subclass__()
        cls._repr_pretty_ = Shown._repr_pretty_  # type: ignore[method-assign]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The sentences, where there is only text."""
        printer.text(str(self))
