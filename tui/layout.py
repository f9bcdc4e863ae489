"""Where the panes of the bench are, for a terminal of any size. Pure.

From 80x24 up graph, timeline and why are on one screen; what is public, the coach and the keys always are.
"""

from __future__ import annotations

from typing import NamedTuple

LEAST = (60, 18)
MOST_COACH = 4
_WIDE, _WIDEST = 110, 170
# Rows, with their titles, that are kept for why and the timeline on a narrow screen, and that a graph of boxes takes.
_WHY, _TIME, _BOXES = 6, 7, 6
_UNDER = 2  # rows of a pane beside what it shows: its title, and a legend


class Place(NamedTuple):
    """Cells: x and y from the top left; `h` includes the title line. `beside`: it has another pane on its left."""

    x: int
    y: int
    w: int
    h: int
    beside: bool = False


def arrange(width: int, height: int, view: str, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    """The visible panes of a view: `graph`, `time`, `days` or `data`. `graph`: rows that the picture takes;
    `wanted`: rows that others would like (of the timeline `least` tell all that matters); what the coach says is shown
    whole, up to `MOST_COACH` rows."""
    coach = max(1, min(MOST_COACH, wanted.get("coach", 1)))
    body, top = height - 3 - coach, 1
    found = {"header": Place(0, 0, width, 1)}
    found |= _VIEWS[view](width, body, top, graph, wanted)
    found["strip"] = Place(0, height - 2 - coach, width, 1)
    found["coach"] = Place(0, height - 1 - coach, width, coach)
    found["keys"] = Place(0, height - 1, width, 1)
    return found


def _bench(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    if width >= _WIDEST and body >= 34:
        return _large(width, body, top, graph, wanted)
    if width >= _WIDE:
        return _middle(width, body, top, graph, wanted)
    spare = body - _WHY - max(_TIME, wanted.get("least", 0) + 1)
    high = min(graph + 1, max(5, spare - 1, min(spare, _BOXES)))
    why = _why(body - high, wanted)
    time = body - high - why
    return {
        "graph": Place(0, top, width, high),
        "timeline": Place(0, top + high, width, time),
        "why": Place(0, top + high + time, width, why),
    }


def _why(rest: int, wanted: dict[str, int]) -> int:
    """How high why is, of what it shares with the timeline: at most half; less where the timeline could not tell all
    that matters, more where that has told everything."""
    would = max(4, wanted.get("why", 6) + 1)
    high = min(would, max(5, rest // 2))
    high -= max(0, min(wanted.get("least", 0) + 1 - (rest - high), high - 5))
    return high + max(0, min(would - high, rest - high - wanted.get("timeline", rest) - 1))


def _middle(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    side = min(48, width * 2 // 5)
    high = min(max(graph + 2, wanted.get("why", 8) + 1, 8), body // 2)
    data = _data_rows(4, (body - high) // 3, wanted)
    time = body - high - data
    return {
        "graph": Place(0, top, width - side, high),
        "why": Place(width - side, top, side, high, True),
        "timeline": Place(0, top + high, width, time),
    } | ({"data": Place(0, top + high + time, width, data)} if data else {})


def _data_rows(least: int, most: int, wanted: dict[str, int]) -> int:
    """How high data is: none where nothing is written."""
    rows = wanted.get("data", least - 1)
    return min(max(least, rows + 1), max(least, most)) if rows else 0


def _large(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    side = min(64, width // 3)
    left = width - side
    high = min(max(graph + 2, wanted.get("why", 12) + 1, 12), body // 3 + 2)
    spare = body - high - sum(wanted.get(name, body) + _UNDER for name in ("timeline", "data"))
    days = min(max(5, wanted.get("days", 5) + 1), max(body // 5, spare))
    rest = body - high - days
    written = _data_rows(6, rest // 2, wanted)
    data = written or 6
    found = {
        "graph": Place(0, top, left, high),
        "why": Place(left, top, side, high, True),
        "timeline": Place(0, top + high, left, rest - written),
        "events": Place(left, top + high, side, rest - data, True),
        "data": Place(0, top + high + rest - data, left, data),
        "rules": Place(left, top + high + rest - data, side, data, True),
        "days": Place(0, top + high + rest, width, days),
    }
    return {name: place for name, place in found.items() if name != "data" or written}


def _split(width: int, body: int, top: int, main: str, other: str, wide: int, low: int = 0) -> dict[str, Place]:
    """A main pane, and another beside it on a screen of `wide` cells or more, else below it, of `low` rows."""
    if width >= wide:
        side = min(64, width * 2 // 5)
        return {main: Place(0, top, width - side, body), other: Place(width - side, top, side, body, True)}
    low = low or max(6, body // 3)
    return {main: Place(0, top, width, body - low), other: Place(0, top + body - low, width, low)}


def _time(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    return _split(width, body, top, "timeline", "events", _WIDE)


def _days(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    return _split(width, body, top, "days", "why", _WIDEST)


def _data(width: int, body: int, top: int, graph: int, wanted: dict[str, int]) -> dict[str, Place]:
    return _split(width, body, top, "data", "alerts", _WIDEST, max(4, min(wanted.get("alerts", body) + 1, body // 3)))


_VIEWS = {"graph": _bench, "time": _time, "days": _days, "data": _data}
VIEWS = tuple(_VIEWS)
