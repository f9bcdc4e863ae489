"""Measured seconds as the whole seconds of a pipeline."""

from __future__ import annotations

from datetime import timedelta
from math import floor


def seconds(measured: float) -> timedelta:
    """The nearest whole second, and at least one: what ran took time."""
    return timedelta(seconds=max(1, floor(measured + 0.5)))
