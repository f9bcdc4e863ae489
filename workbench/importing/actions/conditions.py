"""`if` of a job: which of our trigger rules it is, and what of it is not known here."""

from __future__ import annotations

import re
from typing import NamedTuple


class Condition(NamedTuple):
    """A trigger rule (empty: the usual one), and the part that depends on what only a real run knows."""

    rule: str = ""
    unknown: str = ""
    never: bool = False


def condition_of(text: str) -> Condition:
    """GitHub's `success()` is implied unless another status function is called."""
    bare = _bare(text)
    if not bare:
        return Condition()
    if bare in _WHOLE:
        return _WHOLE[bare]
    called = [name for name in _STATUS if re.search(rf"(?<![\w.]){name}\s*\(\s*\)", bare)]
    rule = next((rule for names, rule in _RULES if set(called) == names), "") if called else ""
    return Condition(rule, bare)


def _bare(text: str) -> str:
    inside = text.strip()
    if inside.startswith("${{") and inside.endswith("}}") and inside.count("${{") == 1:
        inside = inside[3:-2]
    return " ".join(inside.split())


_STATUS = ("always", "failure", "cancelled", "success")
# GitHub's failure() is about any ancestor; a failed one has made the jobs in between upstream_failed, which counts.
_WHOLE = {
    "success()": Condition(),
    "true": Condition(),
    "always()": Condition("all_done"),
    "!cancelled()": Condition("all_done"),
    "success() || failure()": Condition("all_done"),
    "failure() || success()": Condition("all_done"),
    "failure()": Condition("one_failed"),
    "failure() || cancelled()": Condition("one_failed"),
    "cancelled() || failure()": Condition("one_failed"),
    "false": Condition(never=True),
    "cancelled()": Condition(never=True),
}
_RULES = (
    ({"always"}, "all_done"),
    ({"cancelled"}, "all_done"),
    ({"success", "failure"}, "all_done"),
    ({"failure"}, "one_failed"),
    ({"failure", "cancelled"}, "one_failed"),
    ({"success"}, ""),
)
