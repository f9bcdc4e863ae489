"""My own pipeline: the path of a file, completed with Tab, or `a >> b >> c`, drawn while it is written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

import workbench as wb
from tui.pane import Line
from tui.picking import Board, Boarded, Keys, margin_of
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

TEXT = (
    "The path of a YAML file, or of one of Airflow, dbt, GitHub Actions; or tasks as they follow each other:",
    "extract >> clean >> publish        [orders, users] >> join >> report",
)
_ENDINGS = (".yaml", ".yml")
_MOST = 200
_TALLEST = 40


class OwnPipeline(Boarded):
    """Answers `file:PATH` or `text:SKETCH`, or None when it is left."""

    KEYS: ClassVar[Keys] = (("Tab", "complete the path"), ("Enter", "open"), ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave, nothing opened"),
        Binding("tab", "complete", "Complete the path", priority=True),
    ]
    DEFAULT_CSS = """
    OwnPipeline Input, OwnPipeline Input:focus {
        border: none; height: 1; width: 100%; background: $panel; padding: 0 1;
    }
    OwnPipeline #intro { height: 5; }
    OwnPipeline #board { border: none; }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.typed = text
        self.problems: tuple[str, ...] = ()
        # What another tool's file holds, until it is made a pipeline file.
        self.brought: wb.Imported | None = None

    def compose(self) -> ComposeResult:
        yield Board("intro")
        yield Input(self.typed, placeholder="dags/orders.yaml, or extract >> clean >> publish", select_on_focus=False)
        yield Board("board")
        yield Line("said")
        yield Line("keys")

    def focus_first(self) -> None:
        self.query_one(Input).focus()

    def draw(self) -> None:
        left, _ = margin_of(self.app.size.width)
        rows: list[Row] = [(), (Span(TEXT[0]),), (Span(TEXT[1], "code"),), ()]
        intro = Sheet("my own pipeline", tuple((Span(" " * left), *row) for row in rows))
        self.query_one("#intro", Board).show(intro)
        self.query_one(Input).styles.padding = (0, left)
        super().draw()

    def sheet(self, width: int, height: int) -> Sheet:
        left, wide = margin_of(width)
        rows: list[Row] = [()]
        for problem in self.problems:
            rows += wrapped_row((Span("✖ ", "bad"), Span(problem, "error")), wide - 2, "  ")
        rows += [] if self.problems else _found(self.brought, wide) if self.brought else self._offers(wide)
        return Sheet("", tuple((Span(" " * left), *row) for row in rows))

    def _offers(self, width: int) -> tuple[Row, ...]:
        """The picture of a sketch, or the files that the path may mean."""
        if is_sketch(self.typed):
            return _picture(self.typed, width)
        names = [_shown(path) for path in paths(self.typed)]
        return wrapped_row((Span("   ".join(names), "dim"),), width)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.typed, self.problems, self.brought = event.value, (), None
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What is wrong is told here, so that it can be mended here."""
        text = event.value.strip()
        if not text:
            return
        try:
            target = self._target(text)
        except wb.InvalidInput as error:
            self.problems = tuple(str(problem) for problem in error.problems)
            target = ""
        if target:
            self.dismiss(target)
        else:
            self.draw()

    def _target(self, text: str) -> str:
        """What to open; "" when a file of another tool was read, and a second Enter makes a pipeline file of it."""
        if is_sketch(text):
            wb.sketch(text)
            return f"text:{text}"
        path = Path(text).expanduser()
        if self.brought is not None:
            return f"file:{self.brought.save(self.brought.beside())}"
        self.brought = wb.of_another_tool(path)
        if self.brought is not None:
            return ""
        wb.file_on_shelf(path)
        return f"file:{path}"

    def action_complete(self) -> None:
        found = paths(self.typed)
        if is_sketch(self.typed) or not found:
            return
        field = self.query_one(Input)
        field.value = _common(found) or field.value
        field.cursor_position = len(field.value)

    def action_leave(self) -> None:
        self.dismiss(None)


def _found(brought: wb.Imported, width: int) -> list[Row]:
    """What is in a file of another tool, and what Enter does."""
    place = brought.beside().name
    rows = list(wrapped_row((Span("Enter", "key"), Span(f" makes {place} of it, beside it, and opens that.")), width))
    told = (((Span(line),), "    " if line.startswith(" ") else "") for line in brought.told)
    return [*rows, (), *(row for line, indent in told for row in wrapped_row(line, width, indent))]


def is_sketch(text: str) -> bool:
    """Is it a pipeline written on the spot, and no path?"""
    return any(mark in text for mark in ">→\n;")


def _picture(text: str, width: int) -> tuple[Row, ...]:
    """What the sketch means so far; nothing while it cannot be read."""
    try:
        return wb.Bench(wb.Session(wb.sketch(text))).graph(width, _TALLEST).rows
    except wb.InvalidInput:
        return ()


def paths(text: str) -> list[str]:
    """Folders and pipeline files whose path begins so, as they are written; folders end in a slash."""
    head, _, tail = text.rpartition("/")
    folder = Path(f"{head}/" if "/" in text else ".").expanduser()
    try:
        found = sorted(folder.iterdir())[:_MOST]
    except OSError:
        return []
    kept = [one for one in found if one.name.startswith(tail) and (tail.startswith(".") or one.name[0] != ".")]
    lead = f"{head}/" if "/" in text else ""
    return [f"{lead}{one.name}{'/' if one.is_dir() else ''}" for one in kept if one.is_dir() or _is_pipeline(one, tail)]


def _common(texts: list[str]) -> str:
    """The letters with which all of them begin."""
    first, last = min(texts), max(texts)
    return first[: next((n for n, letter in enumerate(first) if last[n : n + 1] != letter), len(first))]


def _is_pipeline(path: Path, typed: str) -> bool:
    """A YAML file; one of Python, which may be Airflow's, once its name has begun."""
    return path.suffix in _ENDINGS or (bool(typed) and path.suffix == ".py")


def _shown(path: str) -> str:
    """The last part of a path."""
    return path.rstrip("/").rpartition("/")[2] + ("/" if path.endswith("/") else "")
