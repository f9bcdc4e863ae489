"""Text to values and back: durations, instants, clock times and time zones.

Every refusal is a ValueError that says what was wrong, what is allowed, and gives an example.
"""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from workbench.timetable.walls import as_utc, occurrences, shifted

FIRST_YEAR = 1900
LAST_YEAR = 9990

_DURATION = re.compile(r"(-?)(?=\d)" + "".join(rf"(?:(\d{{1,9}}){u})?" for u in "wdhms"), re.ASCII)
_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_CLOCK = r"(\d\d):(\d\d)(?::(\d\d))?"
_INSTANT = re.compile(rf"{_DATE}(?:[T ]{_CLOCK}(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_FRACTION = re.compile(r".*:\d\d[.,]\d+.*", re.ASCII)
_SECONDS = (604800, 86400, 3600, 60, 1)
_SPOKEN = ("days", "h", "min", "s")
# These two names mean whatever the machine is set to.
_MACHINE_ZONES = frozenset({"localtime", "posixrules"})


def parse_duration(text: str, *, signed: bool = False) -> timedelta:
    """Read "30s", "10m", "1h30m", "2d" or "1w", in whole seconds.

    ``signed`` allows a leading "-". Raises ValueError for anything else.
    """
    source = _as_text(text, "duration", "10m")
    match = _DURATION.fullmatch("0s" if source == "0" else source)
    if match is None:
        raise ValueError(f"{source!r} is no duration; write 30s, 10m, 1h30m or 2d")
    if match[1] and not signed:
        raise ValueError(f"{source!r} is negative; write a duration of 0s or more, e.g. {source[1:]}")
    return _span(source, match) * (-1 if match[1] else 1)


def _span(source: str, match: re.Match[str]) -> timedelta:
    counts = (int(part or 0) for part in match.groups()[1:])
    try:
        return timedelta(seconds=sum(n * size for n, size in zip(counts, _SECONDS, strict=True)))
    except OverflowError:
        raise ValueError(f"{source!r} is too long; write a shorter duration, e.g. 2d") from None


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds as short text that `parse_duration` reads: "1h30m"."""
    sign, parts = _split(duration)
    text = "".join(f"{n}{unit}" for n, unit in zip(parts, "dhms", strict=True) if n)
    return sign + (text or "0s")


def spoken_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds for a sentence: "45 s", "95 min", "3 h 20 min", "2 days 3 h".

    Minutes run up to 119 min and hours up to 47 h, so that 95 min and 25 h stay comparable.
    """
    sign, (days, hours, minutes, seconds) = _split(duration)
    if days < 2:
        days, hours = 0, hours + 24 * days
    if not days and hours < 2:
        hours, minutes = 0, minutes + 60 * hours
    parts = zip((days, hours, minutes, seconds), _SPOKEN, strict=True)
    return sign + (" ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s")


def _split(duration: timedelta) -> tuple[str, tuple[int, int, int, int]]:
    """Give the sign and the days, hours, minutes and seconds of a whole duration."""
    if duration.microseconds:
        raise ValueError(f"{duration} has a fraction of a second; use whole seconds, e.g. 10m")
    size = abs(duration)
    hours, rest = divmod(size.seconds, 3600)
    return "-" if duration < timedelta(0) else "", (size.days, hours, *divmod(rest, 60))


def parse_instant(text: str, zone: tzinfo = UTC) -> datetime:
    """Read an instant such as "2013-01-04T07:35Z" or "2013-01-04 07:35"; the result is in UTC.

    Text without an offset is local time in ``zone``, a bare date its midnight; of a local time that
    occurs twice the first is meant. Bounds: years 1900 to 9990, whole seconds. Raises ValueError,
    also for a local time that the zone skips.
    """
    source = _as_text(text, "time", "2013-01-04T07:35Z")
    match = _INSTANT.fullmatch(source)
    if match is None:
        raise _no_instant(source)
    wall = _wall(source, match)
    return _local(source, wall, zone) if match[7] is None else _at_offset(source, wall, match[7])


def _no_instant(source: str) -> ValueError:
    if _FRACTION.fullmatch(source):
        return ValueError(f"{source!r} has a fraction of a second; write whole ones, e.g. 2013-01-04T07:35:10Z")
    return ValueError(f"{source!r} is no time; write 2013-01-04T07:35Z, 2013-01-04 07:35 or 2013-01-04")


def _wall(source: str, match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        years = f"years run from {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(f"{source!r} is out of range; {years}, e.g. 2013-01-04")
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError as error:
        raise ValueError(f"{source!r} is no time: {error}; write e.g. 2013-01-04T07:35Z") from None


def _at_offset(source: str, wall: datetime, offset: str) -> datetime:
    if offset == "Z":
        return wall.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{source!r} has no such offset; offsets run to 23:59, e.g. 2013-01-04T07:35+01:00")
    span = timedelta(hours=hours, minutes=minutes)
    return wall.replace(tzinfo=timezone(-span if offset[0] == "-" else span)).astimezone(UTC)


def _local(source: str, wall: datetime, zone: tzinfo) -> datetime:
    found = occurrences(wall, zone)
    if not found:
        later = shifted(wall, zone).astimezone(zone)
        hint = f"the clocks go forward; write {later:%Y-%m-%d %H:%M} or give an offset"
        raise ValueError(f"{source!r} does not exist in {zone}: {hint}, e.g. 2013-01-04T07:35Z")
    return found[0]


def format_instant(instant: datetime) -> str:
    """Write an aware instant of whole seconds as "YYYY-MM-DDTHH:MM:SSZ" (UTC)."""
    moment = as_utc(instant)
    if moment.microsecond:
        raise ValueError(f"{moment} has a fraction of a second; use whole seconds, e.g. 07:35:10")
    return moment.isoformat()[:19] + "Z"


def parse_clock(text: str) -> time:
    """Read a time of day, "06:00" or "06:00:30" (00:00 to 23:59:59), without a zone."""
    source = _as_text(text, "time of day", "06:00")
    match = re.fullmatch(_CLOCK, source, re.ASCII)
    try:
        hour, minute, second = (int(part or 0) for part in match.groups()) if match else (24, 0, 0)
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(f"{source!r} is no time of day; write 00:00 to 23:59, e.g. 06:00") from None


def parse_zone(name: str) -> ZoneInfo:
    """Find the time zone of an IANA name; raises ValueError that names close spellings."""
    source = _as_text(name, "time zone", "Europe/Berlin")
    if source in _MACHINE_ZONES:
        raise ValueError(f"{source!r} differs between machines; name a zone, e.g. Europe/Berlin")
    try:
        return ZoneInfo(source)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{source!r} is no time zone; {_close_zones(source)}") from None


def _close_zones(source: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    # People get the case wrong, or write the town alone: both decide before likeness does.
    names = {known.lower(): known for known in sorted(available_timezones() - _MACHINE_ZONES)}
    town = source.lower().strip().replace(" ", "_").rpartition("/")[2]
    same = [known for low, known in names.items() if town and low.rpartition("/")[2] == town]
    close = same or [names[low] for low in get_close_matches(source.lower(), names, n=3)]
    return f"did you mean {' or '.join(close[:3])}?" if close else "write an IANA name, e.g. Europe/Berlin"


def _as_text(value: object, what: str, example: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text; write the {what} in quotes, e.g. '{example}'")
    return value
