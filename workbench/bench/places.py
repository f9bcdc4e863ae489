"""Where somebody stood when they left a recording: future, instant and selection, in a small file of their own.

Losing it loses nothing: then a recording goes on at its end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.model import InvalidInput
from workbench.timetable import format_instant

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST = 200


def places_path() -> Path:
    """The file, beside a person's own history."""
    from platformdirs import user_data_path

    return user_data_path("orchestration-workbench", appauthor=False) / "places.json"


def leave(bench: Bench, history: str | Path | None) -> None:
    """Remember where this bench stands. Nothing is told when that is not possible: it is a comfort."""
    key = _key(bench, history)
    if key is None:
        return
    found = {name: value for name, value in _read().items() if name != key}
    place = {"future": bench.session.branch.name, "event": bench.session.position, "now": format_instant(bench.now),
             "chosen": bench.chosen.target}  # fmt: skip
    kept = dict(list(found.items())[-_MOST:]) | {key: place}
    try:
        path = places_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        draft.replace(path)
    except OSError:
        return


def stand_where_left(bench: Bench, history: str | Path | None) -> None:
    """Go where the bench of this recording stood when it was left."""
    key = _key(bench, history)
    place = _read().get(key, {}) if key is not None else {}
    try:
        if str(place.get("future", "")) in bench.session.branches:
            bench.session.switch(place["future"])
            bench.session.seek(int(place["event"]))
            bench.session.seek(place["now"]) if bench.session.at_end else None
            bench.choose(str(place.get("chosen", "")))
    except (InvalidInput, KeyError, ValueError, TypeError):
        return


def _key(bench: Bench, history: str | Path | None) -> str | None:
    number = bench.session.recording
    if number is None or history == "none":
        return None
    return f"{Path(history).resolve() if history else ''}#{number}"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(places_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
