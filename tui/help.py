"""Help: the keys by theme, read from the bindings themselves so that they cannot lie; what glyphs mean; the grammar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType
from textual.keys import format_key
from textual.screen import Screen
from textual.widget import Widget

from tui.modal import SECTION
from workbench.views.cells import cell_width
from workbench.views.legend import meanings
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

# The classes whose keys are shown, in this order, by the last part of their modules.
THEMES = {
    "bench": "moving around", "time": "time", "looking": "looking closer", "menus": "break, change, repair",
    "graphing": "the graph", "graph": "the graph", "menu": "a menu", "building": "building", "comparing": "compare",
    "planning": "backfills", "planner": "the backfill planner", "taking": "take away",
}  # fmt: skip
_NAMES = {"slash": "/", "question_mark": "?", "colon": ":", "less_than_sign": "<", "greater_than_sign": ">",
          "plus": "+", "minus": "-", "comma": ",", "full_stop": ".", "left_square_bracket": "[",
          "right_square_bracket": "]", "left_curly_bracket": "{", "right_curly_bracket": "}", "equals_sign": "=",
          "left": "←", "right": "→", "up": "↑", "down": "↓", "enter": "Enter", "escape": "Esc", "space": "Space",
          "tab": "Tab", "pageup": "PgUp", "pagedown": "PgDn", "full_stop,": "."}  # fmt: skip
_WIDE = 14


def help_sheet(screen: Screen[Any], grammar: Iterable[str], width: int) -> Sheet:
    """All of it, in sections."""
    rows: list[Row] = []
    for theme, found in keys_of(screen).items():
        rows += [_heading(theme, width), *_key_rows(found, width), ()]
    rows += [_heading("what the glyphs mean", width), *_glyph_rows(width), ()]
    rows += [_heading("what one can type (press : first)", width), *_grammar_rows(grammar, width)]
    return Sheet("keys and help", tuple(rows))


# keys


def keys_of(screen: Screen[Any]) -> dict[str, list[tuple[str, str]]]:
    """theme -> (keys, what they do), of the screen, its panes and the application, as they are bound now."""
    found: dict[str, list[tuple[str, str]]] = {theme: [] for theme in THEMES.values()}
    for owner in (screen, *_panes(screen), screen.app):
        bound: set[str] = set()
        for place in type(owner).__mro__:
            theme = _theme(place, owner)
            if theme and "BINDINGS" in place.__dict__:
                own = [one for one in _shown(place.__dict__["BINDINGS"]) if one[0] not in bound]
                bound |= {keys for keys, _ in own}  # a class says anew what another below it said
                found.setdefault(theme, []).extend(own)
    return {theme: list(dict.fromkeys(keys)) for theme, keys in found.items() if keys}


def _panes(screen: Screen[Any]) -> list[Widget]:
    """One pane of each class that has keys of its own."""
    return list({type(widget): widget for widget in screen.query("Pane")}.values())


def _theme(place: type, owner: object) -> str:
    """The theme of a class; nothing for Textual's own."""
    if not place.__module__.startswith("tui."):
        return "the program" if isinstance(owner, App) and place is App else ""
    last = place.__module__.rpartition(".")[2]
    return THEMES.get(last, "the program" if isinstance(owner, App) else f"in the {last} pane")


def _shown(bindings: Iterable[BindingType]) -> Iterator[tuple[str, str]]:
    for one in bindings:
        binding = one if isinstance(one, Binding) else Binding(*one)
        if binding.description and not binding.system:
            yield _spoken(binding.key), binding.description


def _spoken(keys: str) -> str:
    """`n`, `Enter`, `Ctrl+S`: as they stand on a keyboard."""
    return ", ".join(_one(key.strip()) for key in keys.split(","))


def _one(key: str) -> str:
    held, plus, last = key.rpartition("+")
    name = _NAMES.get(last, last if len(last) == 1 else format_key(last))
    return f"{held.title()}{plus}{name.upper() if held and len(name) == 1 else name}"


def _key_rows(found: Iterable[tuple[str, str]], width: int) -> Iterator[Row]:
    for keys, words in found:
        pad = " " * max(1, _WIDE - cell_width(keys))
        yield from wrapped_row((Span(keys, "key"), Span(pad), Span(words)), width, " " * _WIDE)


# glyphs, grammar


def _glyph_rows(width: int) -> Iterator[Row]:
    """In two columns where they fit."""
    cells = [(Span(f"{one.glyph}  ", one.style), Span(one.means), Span(f"  {one.state}" if one.state else "", "dim"))
             for one in meanings()]  # fmt: skip
    wide = max(sum(cell_width(span.text) for span in cell) for cell in cells) + 2
    across = max(1, width // wide)
    high = -(-len(cells) // across)
    for row in range(high):
        spans: list[Span] = []
        for cell in cells[row::high]:
            used = sum(cell_width(span.text) for span in cell)
            spans += [*cell, Span(" " * (wide - used))]
        yield tuple(spans)


def _grammar_rows(lines: Iterable[str], width: int) -> Iterator[Row]:
    for line in lines:
        if not line.strip():
            yield ()
        elif not line.startswith(" "):
            yield from wrapped_row((Span(line, "strong"),), width)
        else:
            indent = " " * (len(line) - len(line.lstrip()))
            example, gap, words = line.strip().partition("  ")
            yield from wrapped_row((Span(indent), Span(example, "key"), Span(f"{gap}{words}")), width, indent + "  ")


def _heading(name: str, width: int) -> Row:
    rest = "─" * max(0, width - cell_width(name) - 4)
    return (Span("── ", "rule"), Span(name, "title", f"{SECTION}{name}"), Span(f" {rest}", "rule"))
