"""Single values of a recording: instants, states, numbers. All instants are milliseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# What became of a try: it went well; it failed; it was left out; it never began because something before it had
# failed; it runs, or nobody knows how it ended; it has not begun; somebody took it away.
GOOD, BAD, SKIPPED, BLOCKED, OPEN, WAITING, GONE = range(7)

_STATES = {
    GOOD: "success succeeded successful completed complete ok pass passed warn warning neutral done partial_success",
    BAD: "failed failure fail error errored up_for_retry timed_out timeout crashed shutdown restarting "
    "startup_failure upstream_retry runtime_error",
    SKIPPED: "skipped skip no_op",
    BLOCKED: "upstream_failed",
    OPEN: "running in_progress started deferred up_for_reschedule",
    WAITING: "none null scheduled queued pending waiting requested action_required",
    GONE: "removed cancelled canceled aborted stale",
}
STATES = {word: state for state, words in _STATES.items() for word in words.split()}
NOTHING = frozenset({"", "null", "none", "\\n", "nan", "nat", "-"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BARE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_MILLISECOND = timedelta(milliseconds=1)
_ZERO = "0001-01-01"  # how GitHub writes that a job has no time
_NUMBER = re.compile(r"\d{9,17}(\.\d+)?", re.ASCII)
_MILLISECONDS = 10**11
_MICROSECONDS = 10**14
_FIRST, _LAST = 0, 7_258_118_400_000  # 1970 to 2200
_ZONE_WORD = re.compile(r"\s*(UTC|GMT)$", re.IGNORECASE)
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d(:?\d\d)?$)", re.ASCII)
_ZONED = re.compile(r"(?:Z|UTC|GMT|\d[+-]\d\d(?::?\d\d)?|\s[+-]\d\d(?::?\d\d)?)$", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(r"\d{1,9}(\.\d{1,20})?(e-?\d{1,3})?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}) days?,? )?(\d{1,4}):(\d\d):(\d\d)(?:\.\d+)?", re.ASCII)


def is_nothing(text: str) -> bool:
    """Does the cell say that there is no value?"""
    return text.lower() in NOTHING or text.startswith(_ZERO)


def instant_of(text: str) -> int:
    """`2026-11-17 06:00:03.12+00:00`, `2026-11-17T06:00:03Z`, `1795932003`; without a zone it is UTC. Raises
    ValueError."""
    found = _from_date(text) if text[4:5] == "-" or not _NUMBER.fullmatch(text) else _from_number(text)
    if not _FIRST <= found <= _LAST:
        raise ValueError
    return found


def has_zone(text: str) -> bool:
    """Does a time say its zone? Seconds since 1970 do."""
    return bool(_NUMBER.fullmatch(text) or _ZONED.search(text))


def _from_number(text: str) -> int:
    value = float(text)
    return round(value / 1e3 if value > _MICROSECONDS else value if value > _MILLISECONDS else value * 1e3)


def _from_date(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        plain = _SPACED_OFFSET.sub("", _ZONE_WORD.sub("+00:00", text))
        moment = datetime.fromisoformat(plain.replace("/", "-") if plain[4:5] == "/" else plain)
    return (moment - (_EPOCH if moment.tzinfo is not None else _BARE_EPOCH)) // _MILLISECOND


def seconds_of(text: str) -> float:
    """`63.2`, or `0:01:03`. Raises ValueError."""
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return float(days * 86400 + hours * 3600 + minutes * 60 + seconds)
    if not _DURATION.fullmatch(text):
        raise ValueError
    return float(text)


def state_of(text: str) -> int | None:
    """None for a word that is no state."""
    word = text.lower().replace(" ", "_").replace("-", "_").rpartition(".")[2]
    return WAITING if not word else STATES.get(word)
