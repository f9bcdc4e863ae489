"""Taking away: a small menu, then a name for the file, then where it went. Nothing is written over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual.app import App
from textual.binding import Binding, BindingType

from tui.ask import AskLine
from tui.modal import SheetScreen
from workbench import (
    Bench,
    Comparing,
    InvalidInput,
    free_name,
    save_comparison,
    save_history,
    save_page,
    save_report,
    save_text,
)
from workbench.views.sheet import Row, Sheet, Span

Said = Callable[[str, str], None]


class Thing(NamedTuple):
    """One thing that can be taken: its key, what it is, more about it, the end of its file's name."""

    key: str
    name: str
    about: str
    stem: str
    ending: str


THINGS = (
    Thing("r", "report", "what waited, was late, reran, and its cost: a page (.html) or .md",
          "report", ".html"),
    Thing("w", "page", "all futures, to be stepped through in any browser, without Python (.html)", "page", ".html"),
    Thing("c", "comparison", "two futures on one clock, as one page for a lecture", "compare", ".html"),
    Thing("p", "picture", "this screen, as it is now (.svg)", "screen", ".svg"),
    Thing("h", "history", "all that happened, in all futures, as one SQLite file (.db)",
          "history", ".db"),
)  # fmt: skip


def things_sheet(width: int) -> Sheet:
    """The menu."""
    rows: list[Row] = []
    for one in THINGS:
        rows.append(
            (Span(f"{one.key} ", "key", f"take:{one.key}"), Span(f"{one.name:<12}", "strong", f"take:{one.key}"))
        )
        rows.append((Span(f"  {one.about}"[:width], "dim"),))
    return Sheet("take away", tuple(rows))


class TakingScreen(SheetScreen):
    """Answers `take:KEY`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(one.key, f"take('{one.key}')", f"Take the {one.name} away", show=False) for one in THINGS
    ]

    def __init__(self) -> None:
        super().__init__(things_sheet, keys=(("r w c p h", "take"),))

    def action_take(self, key: str) -> None:
        self.dismiss(f"take:{key}")


def take(app: App[int], bench: Bench, key: str, said: Said) -> None:
    """Ask for a name, write it, say where it went."""
    one = next(thing for thing in THINGS if thing.key == key)
    if key == "c":
        try:
            comparing = Comparing.of(bench)
        except InvalidInput as error:
            said(error.problems[0].message, "error")
            return
        take_page(app, comparing, said)
        return
    writes: dict[str, Callable[[str], str]] = {
        "r": lambda name: save_report(bench, name),
        "w": lambda name: save_page(bench.session, name),
        "p": _picture(app),
        "h": lambda name: save_history(bench.session, name),
    }
    ask(app, f"{one.name}: where to?", free_name(f"{bench.dag}-{one.stem}", one.ending), writes[key], said)


def take_page(app: App[int], comparing: Comparing, said: Said) -> None:
    """The comparison as one page."""
    stem = f"{comparing.place[0]}-{comparing.a.name}-{comparing.b.name}"
    ask(app, "comparison: where to?", free_name(stem, ".html"), lambda name: save_comparison(comparing, name), said)


def _picture(app: App[int]) -> Callable[[str], str]:
    """The screen as it is now: before anything is asked on it."""
    svg = app.export_screenshot(title="orchestration workbench")
    return lambda name: save_text(svg, name, (".svg",))


def ask(app: App[int], prompt: str, name: Path, write: Callable[[str], str], said: Said) -> None:
    """Ask for a file's name until it is one, or until it is left."""

    def answered(given: str | None) -> None:
        if given is None:
            said("Nothing was written.", "")
            return
        try:
            said(write(given), "good")
        except InvalidInput as error:
            said(error.problems[0].message, "error")

    app.push_screen(AskLine(prompt, str(name)), answered)
