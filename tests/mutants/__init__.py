"""Mutants: patches that break a law in a plausible way, each with the test that must notice.

A patch is a unified diff against `workbench/` under a header that names its law and the test that kills it. It is
applied by its text, not by line numbers, so that it lives on while code moves around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Change:
    """One hunk: in this file, `old` becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """One patch."""

    name: str
    law: int
    killer: str
    changes: tuple[Change, ...]

    def apply(self, root: Path) -> None:
        """Change the files under `root`. Raises ValueError when one has changed too much."""
        for change in self.changes:
            path = root / change.file
            path.write_text(mutated(path.read_text("utf-8"), change, self.name), "utf-8")


def mutated(text: str, change: Change, name: str) -> str:
    """The text after one hunk."""
    if (found := text.count(change.old)) != 1:
        told = f"the patch {name} does not apply: {change.file} has its lines {found} times; write it anew"
        raise ValueError(f"{told}:\n{change.old}")
    return text.replace(change.old, change.new)


def read(path: Path) -> Mutant:
    """The mutant of a patch file."""
    head, *files = re.split(r"^--- a/.*\n\+\+\+ b/", path.read_text("utf-8"), flags=re.MULTILINE)
    named = dict(re.findall(r"^(Law|Killed by): (\S+)$", head, flags=re.MULTILINE))
    changes = tuple(change for text in files for change in _changes(text))
    return Mutant(path.stem, int(named["Law"]), named["Killed by"], changes)


def _changes(text: str) -> list[Change]:
    file, *hunks = re.split(r"^@@.*@@.*$", text, flags=re.MULTILINE)
    lines = [hunk.removeprefix("\n").splitlines(keepends=True) for hunk in hunks]
    sides = [(_side(hunk, "-"), _side(hunk, "+")) for hunk in lines]
    return [Change(file.strip(), old, new) for old, new in sides]


def _side(lines: list[str], sign: str) -> str:
    """The lines of one side of a hunk, with the context that both share."""
    return "".join(line[1:] for line in lines if line[0] in (" ", sign))


def every_mutant() -> list[Mutant]:
    return [read(path) for path in sorted(HERE.glob("*.patch"))]
