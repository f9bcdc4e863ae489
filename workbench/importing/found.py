"""What a reader found in a file of another tool: data of a pipeline file, with what it guessed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

# `missed`: it is there and was not understood. `guessed`: it is not there, and something had to be said.
# `changed`: it means nearly the same here, and the difference is worth a word. `kept`: plainly told.
Manner = Literal["missed", "guessed", "changed", "kept"]
Path = tuple[str, ...]


class Note(NamedTuple):
    """One thing to know about what was read. `line` counts from 1 in `file`; 0 when it is about the whole."""

    manner: Manner
    text: str
    line: int = 0
    file: str = ""


@dataclass(frozen=True)
class Draft:
    """One DAG.

    `data`: a document of a pipeline file in its shortest spelling, `dag` first, as `docs/pipeline.md` has it.
    `remarks`: a comment for the line of an entry, by its path in `data`: `("tasks", "clean")`, `("schedule",)`.
    `origins`: what each task is called in the file it came from, by the name it has here; `lines`: where it stands.
    """

    data: Mapping[str, Any]
    remarks: Mapping[Path, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.data["dag"])

    @property
    def tasks(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.data.get("tasks", {})
        return found


@dataclass(frozen=True)
class Found:
    """All that one import found. `tool` is how the tool is called: "Airflow", "dbt"; `remarks`: comments for entries of
    `settings`, by their path."""

    source: str
    tool: str
    drafts: tuple[Draft, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    scenarios: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: Mapping[Path, str] = field(default_factory=dict)

    def by(self, manner: Manner) -> tuple[Note, ...]:
        return tuple(one for one in self.notes if one.manner == manner)
