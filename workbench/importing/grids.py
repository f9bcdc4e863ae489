"""What a cron schedule says about the data that its runs own."""

from __future__ import annotations

from workbench.timetable import check_cron


def refused(cron: str) -> str:
    """Why this is no schedule; empty when it is one."""
    try:
        check_cron(cron)
    except ValueError as error:
        return str(error)
    return ""


def grid_of(cron: str) -> str:
    """hour, day, week or month: the size of the partition that a run owns, so that no two runs share one and as few
    as can be have none."""
    if cron.startswith("@"):
        return _ALIASES.get(cron, "day")
    fields = cron.split()
    if len(fields) != 5:
        return "day"
    minute, hour, day, _month, weekday = fields
    if _is_many(hour) or (_is_many(minute) and hour == "*"):
        return "hour"
    if not _is_any(weekday) and not _is_many(weekday):
        return "week"
    return "month" if not _is_any(day) and not _is_many(day) and _is_any(weekday) else "day"


def _is_any(field: str) -> bool:
    return field in ("*", "?")


def _is_many(field: str) -> bool:
    return any(char in field for char in "*/,-")


_ALIASES = {"@hourly": "hour", "@daily": "day", "@midnight": "day", "@weekly": "week", "@monthly": "month"}
