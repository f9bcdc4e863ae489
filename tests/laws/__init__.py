"""Law tests: each of the six laws of the engine as properties of whole simulated worlds.

`pytest tests/laws` tries some hundred worlds, the same ones each time; `LAWS=long pytest tests/laws` twenty times as
many, new ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("LAWS", "laws")

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile("laws", deadline=None, database=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("long", deadline=None, database=None, suppress_health_check=_SLOW)
# For tests/mutants, where a failure is wanted, and not its smallest example.
settings.register_profile("mutants", settings.get_profile("laws"), phases=[Phase.explicit, Phase.generate])


def law(count: int) -> settings:
    """Test a law on this many worlds, or on twenty times as many in the long profile."""
    return settings(settings.get_profile(PROFILE), max_examples=count * (20 if PROFILE == "long" else 1))


class Count:
    """How many worlds were made in this process."""

    worlds = 0


def count_a_world() -> None:
    Count.worlds += 1
