"""Where somebody stood when they left a recording: future, instant and selection, in a small file of their own.

Losing it loses nothing: then a recording goes on at its end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.model import InvalidInput
from workbench.opening import file_of
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
             "chosen": bench.chosen.target, "file": _whole(bench.file)}  # fmt: skip
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
            bench.session.enter(place["future"])
            bench.session.seek(int(place["event"]))
            bench.session.seek(place["now"]) if bench.session.at_end else None
            bench.choose(str(place.get("chosen", "")))
    except (InvalidInput, KeyError, ValueError, TypeError):
        return


def left_file(recording: int, history: str | Path | None) -> str:
    """The pipeline file from which a recording was opened, if it is known and still there; else nothing."""
    file = str(_read().get(_named(recording, history), {}).get("file", ""))
    return file if file and Path(file).is_file() else ""


def _whole(file: str) -> str:
    """The file by its whole path, since it is looked for from somewhere else; nothing for none."""
    try:
        return str(file_of(file).resolve()) if file else ""
    except (InvalidInput, OSError):
        return ""


def _key(bench: Bench, history: str | Path | None) -> str | None:
    number = bench.session.recording
    return None if number is None or history == "none" else _named(number, history)


def _named(number: int, history: str | Path | None) -> str:
    return f"{Path(history).resolve() if history else ''}#{number}"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(places_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
