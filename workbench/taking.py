"""Taking away: what somebody did on the bench as files that stand alone. A report, a page to step through, a comparison
as one page, a picture of the screen, the history. Nothing that is there is written over, but a page to step through by
a newer one; and a file is there whole or not at all.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.bench.comparing import Comparing
from workbench.keeping import Keeper
from workbench.model import InvalidInput
from workbench.recorded_report import WRITERS, report_on, written
from workbench.session import Session
from workbench.stepper import GENERATOR, page_of
from workbench.views.compare_html import page

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_OPENS = {
    ".html": "Open it in a browser; it needs nothing else.",
    ".md": "Open it in an editor, or paste it where Markdown is shown.",
    ".svg": "Open it in a browser.",
    ".db": "Look at it with: workbench replay {path}",
}
_MOST_NAMES = 1000
_PAGES = (".html", ".htm")
_HEAD = 4000  # characters in which a page says what wrote it


class Written(str):
    """What came of it, in a sentence; `path`: where it is."""

    path: Path

    def __new__(cls, told: str, path: Path) -> Written:
        made = super().__new__(cls, told)
        made.path = path
        return made

    __repr__ = str.__str__


def free_name(stem: str, ending: str, folder: Path | None = None) -> Path:
    """A name in a folder (default: the current one) that nothing has: `daily_flights-report.html`, `...-2.html`."""
    clean = "".join(char if char.isalnum() or char in "-_" else "-" for char in stem) or "workbench"
    names = (Path(f"{clean}{f'-{n}' if n > 1 else ''}{ending}") for n in range(1, _MOST_NAMES))
    return next(name for name in names if not ((folder or Path()) / name).exists())


def save_report(bench: Bench, path: str | Path) -> str:
    """The report on the future one is in, up to now, as .html or .md. What came of it, in a sentence. Raises
    InvalidInput in words."""
    place = _place(path, tuple(WRITERS))
    return _kept(place, lambda part: written(report_on(bench.session, bench.dag), part))


def save_comparison(comparing: Comparing, path: str | Path) -> str:
    """Two futures as one HTML page. Raises InvalidInput in words."""
    return save_text(page(comparing.page()), path, _PAGES)


def save_page(
    session: Session,
    path: str | Path,
    title: str = "",
    note: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """All futures to be stepped through, with the questions, as one HTML page. Such a page is replaced, and nothing
    else is. `progress`: told how many pictures have been made, and how many there will be at most; what it raises ends
    it, and then nothing is written. Raises InvalidInput in words."""
    place = _place(path, _PAGES, replaces=GENERATOR)
    text = page_of(session, title, note, progress)
    return Written(_kept(place, lambda part: _write(part, text)), place)


def save_text(text: str, path: str | Path, endings: tuple[str, ...]) -> str:
    """Text as it is, such as a picture of the screen. Raises InvalidInput in words."""
    return _kept(_place(path, endings), lambda part: _write(part, text))


def save_history(session: Session, path: str | Path) -> str:
    """All futures, with all that happened in them, as a history file: also where nothing of it was kept so far. Raises
    InvalidInput in words."""
    return _kept(_place(path, (".db", ".sqlite", ".sqlite3")), lambda part: _record(session, part))


def _record(session: Session, path: Path) -> None:
    """Write every future, the current one last, so that it is the one that opens again."""
    current = session.branch.name
    names = sorted(session.branches, key=lambda name: name == current)
    with Keeper.open(path) as keeper, keeper.begin(session.workspace, session.scenario, session.start) as recorder:
        for branch in (session.branches[name] for name in names):
            recorder.write(branch, branch.state_at(len(branch.log)))
            kept = recorder.judged(branch)
            rows = session.judgements(branch.name) if branch.log else []
            recorder.judge(branch, [row for row in rows if row.seq > kept])
        recorder.predict(session.predictions())


# where it goes


def _place(path: str | Path, endings: tuple[str, ...], replaces: str = "") -> Path:
    """May it be written there? `replaces`: the generator of pages that may go. Raises InvalidInput."""
    place = Path(str(path).strip()).expanduser()
    if not str(path).strip():
        raise InvalidInput(["a file needs a name"])
    if place.is_dir():
        raise InvalidInput([f"{place} is a folder; name a file in it, such as {place / f'mine{endings[0]}'}"])
    if place.suffix.lower() not in endings:
        known = " or ".join(f"{place.stem}{ending}" for ending in endings if ending in _OPENS)
        raise InvalidInput([f"{place}: it is written as {known}"])
    if not place.parent.is_dir():
        raise InvalidInput([f"{place.parent}: there is no such folder"])
    if place.exists() and not (replaces and _is_by(place, replaces)):
        other = free_name(place.stem, place.suffix, place.parent)
        raise InvalidInput([f"{place} is there already, and stays as it is; take another name, such as {other}"])
    return place


def _is_by(place: Path, generator: str) -> bool:
    """Did we write this page?"""
    try:
        with place.open(encoding="utf-8", errors="replace") as file:
            return f'<meta name="generator" content="{generator}">' in file.read(_HEAD)
    except OSError:
        return False


def _kept(place: Path, write: Callable[[Path], None]) -> str:
    """Write it beside its place first: what fails leaves nothing. Where it is, how large, and how it opens."""
    part = place.with_name(f".{place.stem}.part{place.suffix}")
    try:
        write(part)
        os.replace(part, place)
    except OSError as error:
        raise InvalidInput([_refusal(place, error)]) from None
    except InvalidInput as error:
        told = [str(problem).replace(str(part), str(place)) for problem in error.problems]
        raise InvalidInput(told) from None
    finally:
        part.unlink(missing_ok=True)
    opens = _OPENS.get(place.suffix.lower(), "").format(path=place)
    return f"Wrote {place} ({_size(place.stat().st_size)}). {opens}".strip()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _size(many: int) -> str:
    return f"{many / 1_000_000:.1f} MB" if many >= 1_000_000 else f"{max(1, many // 1000)} kB"


_WORDS = {
    errno.EACCES: "you may not write in that folder",
    errno.EPERM: "you may not write in that folder",
    errno.ENOENT: "nothing can be written in that folder",
    errno.EROFS: "that disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.ENAMETOOLONG: "the name is too long",
}


def _refusal(place: Path, error: OSError) -> str:
    told = _WORDS.get(error.errno or 0, error.strerror or str(error))
    return f"{place} cannot be written: {told}. Nothing is lost; take another place"
