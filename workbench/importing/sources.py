"""Which reader reads a file, and the bounds that hold for all of them: size, text, nesting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from workbench.importing.found import Found
from workbench.model import InvalidInput, Problem, nearest

MEGABYTE = 1024 * 1024
# A large project's manifest has tens of megabytes; a DAG file of more than a few has been made by no person.
MOST_TEXT = 4 * MEGABYTE
MOST_JSON = 256 * MEGABYTE
MOST_LINES = 100_000
KINDS = ("airflow", "dbt", "actions", "wfcommons", "line", "workbench")
_OWN = re.compile(r"^(?:dag|template|scenario)\s*:", re.MULTILINE)


class Source(NamedTuple):
    """A text to be read. `name`: how the user called it (`-` is standard input); `folder`: where its neighbours are."""

    name: str
    text: str
    folder: Path | None = None

    def refuse(self, message: str, line: int = 0) -> InvalidInput:
        return InvalidInput([Problem(message, self.name, line)])


def bring(place: str | Path, kind: str | None = None, text: str | None = None) -> Found:
    """What is found in a file, or in `text`, whose name is then `place`. `kind`: one of KINDS, or told by the file.
    Raises InvalidInput."""
    source = Source(str(place), text) if text is not None else _read(Path(place))
    reader = kind or _kind_of(source)
    if reader not in KINDS:
        raise InvalidInput([f"'{reader}' is no kind of file to import: {', '.join(KINDS)} are"])
    return _READERS[reader](source)


def parsed_json(source: Source) -> Any:
    """The JSON of a text. Raises InvalidInput."""
    try:
        return json.loads(source.text)
    except json.JSONDecodeError as error:
        raise source.refuse(f"is no JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise source.refuse("is nested too deeply") from error
    except ValueError as error:  # Python reads no whole number of more than some thousand digits
        raise source.refuse("holds a number that is too long") from error


def _read(path: Path) -> Source:
    most = MOST_JSON if path.suffix == ".json" else MOST_TEXT
    try:
        if path.is_dir():
            raise InvalidInput([f"{path}: is a folder; name one file in it"])
        if (size := path.stat().st_size) > most:
            told = f"has {size / MEGABYTE:.0f} MB; at most {most // MEGABYTE} MB are read"
            raise InvalidInput([Problem(told, str(path))])
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput([Problem(f"there is no such file{nearest(path.name, _beside(path))}", str(path))]) from error
    except OSError as error:
        raise InvalidInput([Problem(f"cannot be read: {error.strerror or error}", str(path))]) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidInput([Problem("is no text in UTF-8", str(path), line)]) from error
    if path.suffix != ".json" and text.count("\n") > MOST_LINES:
        raise InvalidInput([Problem(f"has more than {MOST_LINES:,} lines", str(path))])
    return Source(str(path), text, path.parent)


def _beside(path: Path) -> list[str]:
    """The files in its folder that could be meant."""
    try:
        return [one.name for one in path.parent.iterdir() if one.suffix.lower() in (".json", *_BY_SUFFIX)]
    except OSError:
        return []


def _kind_of(source: Source) -> str:
    suffix = PurePath(source.name).suffix.lower()
    if PurePath(source.name).name == "dbt_project.yml":
        raise source.refuse("does not say what waits for what: run dbt parse, and import target/manifest.json")
    if suffix in (".yml", ".yaml"):
        return "workbench" if _OWN.search(source.text) else "actions"
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix == ".json":
        return _kind_of_json(source)
    if suffix in ("", ".txt"):
        return "line"
    raise source.refuse(_UNKNOWN)


def _kind_of_json(source: Source) -> str:
    data = parsed_json(source)
    keys = set(data) if isinstance(data, dict) else set()
    if {"nodes", "metadata"} <= keys or {"results", "metadata"} <= keys:
        return "dbt"
    if "workflow" in keys:
        return "wfcommons"
    raise source.refuse(_UNKNOWN)


def _by_name(module: str) -> Callable[[Source], Found]:
    """The reader's module is loaded when it is needed."""

    def read(source: Source) -> Found:
        reader: Callable[[Source], Found] = import_module(f"workbench.importing.{module}").read
        return reader(source)

    return read


_READERS = {kind: _by_name(kind) for kind in KINDS}
_BY_SUFFIX = {".py": "airflow"}
_UNKNOWN = (
    "is nothing that can be imported: an Airflow file (.py), dbt's manifest.json, a workflow of GitHub Actions (.yml), "
    "a WfCommons instance (.json), or one line of text, a >> b >> c"
)
