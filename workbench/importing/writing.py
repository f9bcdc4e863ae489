"""What was found, as a pipeline file that a person likes to read: guesses are comments at their line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbench.importing.found import Draft, Found, Note, Path
from workbench.model import InvalidInput, Problem
from workbench.model.reading import read_partly_text
from workbench.model.writing import WIDTH, entry

Remarks = Mapping[Path, str]
# What is written with a line for each entry, so that each can have its remark.
_OPENED = frozenset({"inputs", "datasets", "tasks", "pools", "roster", "consumers", "faults"})


def as_file(found: Found) -> str:
    """The text. Raises InvalidInput, with the lines of the imported file where they are known, when what was found is
    no pipeline: a circle, for example."""
    documents = [*(_of_draft(draft) for draft in found.drafts), *_others(found)]
    text = "".join([*_head(found), "---\n".join(documents)])
    _check(text, found)
    return text


def _others(found: Found) -> Iterator[str]:
    if found.settings:
        yield _text(_lines(found.settings, found.remarks, (), 0))
    yield from map(_plain, found.scenarios)


def _head(found: Found) -> Iterator[str]:
    yield f"# Imported from {found.source} ({found.tool}).\n"
    for note in found.by("missed"):
        yield from _comment(f"Not understood: {placed(note)}")


def placed(note: Note) -> str:
    """The note, with its line."""
    return f"line {note.line}: {note.text}" if note.line else note.text


def _comment(text: str) -> Iterator[str]:
    yield f"# {' '.join(text.split())}\n"


def _of_draft(draft: Draft) -> str:
    return _text(_lines(draft.data, draft.remarks, (), 0))


def _plain(data: Mapping[str, Any]) -> str:
    return _text(_lines(data, {}, (), 0))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _lines(data: Mapping[str, Any], remarks: Remarks, path: Path, indent: int) -> Iterator[str]:
    """Each entry with its remark behind it, or above it where the line is full."""
    for key, value in data.items():
        here = (*path, key)
        remark = " ".join(remarks.get(here, "").split())
        first, *more = _entry(key, value, remarks, here, indent)
        if remark and len(first) + len(remark) + 4 <= WIDTH:
            first += f"  # {remark}"
        elif remark:
            yield f"{' ' * indent}# {remark}"
        yield from (first, *more)


def _entry(key: str, value: Any, remarks: Remarks, here: Path, indent: int) -> list[str]:
    if key in _OPENED and isinstance(value, dict) and value:
        return [f"{' ' * indent}{key}:", *_lines(value, remarks, here, indent + 2)]
    return entry(key, value, indent)


def _check(text: str, found: Found) -> None:
    problems = read_partly_text(text).problems
    if problems:
        raise InvalidInput([_at_origin(one, text, found) for one in problems[:20]])


def _at_origin(problem: Problem, text: str, found: Found) -> Problem:
    """A problem of the file that would be written, at the line of the imported file that it came from."""
    lines = text.splitlines()
    written = lines[problem.line - 1].split(":")[0].strip().strip('"') if 0 < problem.line <= len(lines) else ""
    line = next((draft.lines[written] for draft in found.drafts if written in draft.lines), 0)
    return Problem(problem.message, found.source, line)
