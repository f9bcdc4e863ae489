"""An import from beginning to end: read, add what its runs took, write the file, say what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

from workbench.importing.found import Found
from workbench.importing.hints import hint
from workbench.importing.sources import bring
from workbench.importing.telling import told
from workbench.importing.writing import as_file
from workbench.model import InvalidInput, Problem
from workbench.model.replacing import explained, replace_file


@dataclass(frozen=True)
class Imported:
    """What was found, and the pipeline file that says it. It prints as what it found."""

    found: Found
    yaml: str

    @property
    def told(self) -> list[str]:
        return told(self.found)

    def __repr__(self) -> str:
        return "\n".join(self.told)

    def beside(self) -> Path:
        """A name for it beside what it was made of that nothing has: `orders.yaml`, else `orders_2.yaml`."""
        source, number = Path(self.found.source), 1
        place = source.with_name(f"{_stem(self.found)}.yaml")
        while place.exists():
            number += 1
            place = source.with_name(f"{_stem(self.found)}_{number}.yaml")
        return place

    def save(self, place: str | Path | None = None, *, replace: bool = False) -> Path:
        """Write the file: as .yaml in this folder under the name of what was imported (for dbt, of the project), unless
        you say where. Raises InvalidInput, and then nothing is written; also for a file that is there, without
        `replace`."""
        path = Path(place) if place is not None else Path(f"{_stem(self.found)}.yaml")
        if path.exists() and Path(self.found.source).exists() and path.samefile(self.found.source):
            raise InvalidInput([Problem("is what it was made of; give another name with -o", str(path))])
        if path.exists() and not replace:
            other = "give another name with -o, or --replace to write over it"
            raise InvalidInput([Problem(f"is there already; {other}", str(path))])
        with explained(path):
            replace_file(path, self.yaml.encode())
        return path


def imported(
    source: str | Path,
    *,
    kind: str | None = None,
    times: str | Path | None = None,
    day: str | None = None,
    text: str | None = None,
) -> Imported:
    """A pipeline of another tool, read and never run. `kind`: one of `sources.KINDS`, told by the
    file when None; `text` instead of a file; `times`: a CSV file of its runs, of which `day` becomes a scenario (None:
    the newest). Raises InvalidInput."""
    found = bring(source, ("line" if text is not None and kind is None else kind), text)
    if times is not None:
        from workbench.importing.times import with_times

        found = with_times(found, str(times), day)
    return Imported(found, as_file(found))


def of_another_tool(path: str | Path) -> Imported | None:
    """A file of another tool, read; None for one that is none. Writes nothing. Raises InvalidInput."""
    return imported(path) if hint(Path(path)) else None


def lines_of(made: Imported, path: Path) -> list[str]:
    """What to tell when it is saved, and what to type next."""
    which = made.found.scenarios[-1]["scenario"] if len(made.found.scenarios) > 1 else ""
    return [*made.told, f"Written: {path}", f"Next: workbench open {path}{f' --scenario {which}' if which else ''}"]


def times_help() -> str:
    """Which columns `--times` reads, and where to get them."""
    from workbench.importing.times import HELP

    return HELP


def _stem(found: Found) -> str:
    stem = "pipeline" if found.source == "-" else PurePath(found.source).stem
    return found.drafts[0].name if stem == "manifest" and found.drafts else stem
