"""Law tests: each of the laws of the engine as properties of whole simulated worlds.

`pytest tests/laws` tries some hundred worlds, the same ones each time; `LAWS=long pytest tests/laws` thirty times as
many, new ones each time; `python -m tests.laws --worlds 100000 --seed 1` as many as you like, in several processes.
"""

from __future__ import annotations

import atexit
import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("LAWS", "laws")
TIMES = int(os.environ.get("LAWS_TIMES", "20")) if PROFILE == "long" else 1
# Of a law's worlds a plain run tries this share: it has to be quick, and they are the same ones each time.
SHARE = 0.6 if PROFILE == "laws" else 1.0

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile("laws", deadline=None, database=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("long", deadline=None, database=None, suppress_health_check=_SLOW)
# For tests/mutants, where a failure is wanted, and not its smallest example.
settings.register_profile("mutants", settings.get_profile("laws"), phases=[Phase.explicit, Phase.generate])


def law(count: int) -> settings:
    """Test a law on this many worlds: on a share of them in a plain run, on many times as many in the long profile."""
    return settings(settings.get_profile(PROFILE), max_examples=max(1, round(count * TIMES * SHARE)))


class Count:
    """How many worlds were made in this process."""

    worlds = 0


def count_a_world() -> None:
    Count.worlds += 1


def _write_count(path: str) -> None:
    Path(path).write_text(str(Count.worlds), "utf-8")


if "LAWS_COUNT" in os.environ:
    atexit.register(_write_count, os.environ["LAWS_COUNT"])
