"""Keyed draws: chance as a function of who asks, so that adding a task or a fault shifts nobody else's luck."""

from __future__ import annotations

import hashlib
from fractions import Fraction


def draw(key: str) -> bytes:
    """Eight bytes for this key, the same on every machine and Python version; as big-endian numbers, all equally
    likely."""
    return hashlib.blake2b(key.encode(), digest_size=8).digest()


def threshold(chance: Fraction) -> bytes:
    """Draws below this happen with the given chance, 0 to 1. All draws are below the nine bytes of 1."""
    return b"\xff" * 9 if chance >= 1 else (chance.numerator * 2**64 // chance.denominator).to_bytes(8, "big")
