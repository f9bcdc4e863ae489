"""The notebooks that ship, and copies of them to work in.

What lies in a folder already is somebody's work: it stays as it is, unless it is to be replaced.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from workbench.model import InvalidInput, nearest
from workbench.model.shipped import tutorials


class Notebook(NamedTuple):
    """One that ships: its short name (`n3`), its title (`N3 · The late file`), and its file."""

    name: str
    title: str
    path: Path


class Copied(NamedTuple):
    """What was copied into a folder, and what was there already and stayed."""

    folder: Path
    made: tuple[Path, ...]
    kept: tuple[Path, ...]

    @property
    def sentences(self) -> list[str]:
        """What was done, and what comes next."""
        told = [f"{path.name}" for path in self.made]
        stayed = [f"{path.name} was there already and stays as it is; --replace writes it anew" for path in self.kept]
        return [*told, *stayed, f"Open them: jupyter lab {self.folder}"]


def notebooks() -> dict[str, Notebook]:
    """Every notebook that ships, by its short name, in order."""
    found = (_notebook(path) for path in sorted(tutorials("notebooks").glob("n*_*.ipynb")))
    return {one.name: one for one in found}


def copy_notebooks(folder: str | Path, names: Sequence[str] = (), replace: bool = False) -> Copied:
    """Copy all notebooks, or those named (`n3`, or `n3_late_file`), into a folder, which is made when it is not there.
    Raises InvalidInput for a name that is none, and when the folder cannot be written."""
    target, wanted = Path(folder), list(_named(names))
    made: list[Path] = []
    kept: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for one in wanted:
            place = target / one.path.name
            is_kept = place.exists() and not replace
            (kept if is_kept else made).append(place)
            if not is_kept:
                shutil.copyfile(one.path, place)
    except OSError as error:
        raise InvalidInput([f"{error.filename or target} cannot be written: {error.strerror or error}"]) from None
    return Copied(target, tuple(made), tuple(kept))


def _named(names: Sequence[str]) -> Iterable[Notebook]:
    known = notebooks()
    if not names:
        yield from known.values()
    for name in names:
        short = Path(name).stem.partition("_")[0].lower()
        if short not in known:
            raise InvalidInput([f"there is no notebook '{name}'{nearest(name, known, most=len(known))}"])
        yield known[short]


def _notebook(path: Path) -> Notebook:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = "".join(cells[0]["source"]).partition("\n")[0]
    return Notebook(path.stem.partition("_")[0], first.lstrip("# "), path)
