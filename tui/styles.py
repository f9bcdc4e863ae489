"""Colours: for every style name of a sheet one look in each theme. Meanings are not chosen here."""

from __future__ import annotations

from functools import cache

from rich.style import Style
from textual.theme import Theme

THEMES = (
    Theme(
        name="workbench-dark", primary="#7aa2f7", secondary="#56c7ea", accent="#e0af68", foreground="#d5d9e6",
        background="#14171f", surface="#14171f", panel="#232838", success="#4cc38a", warning="#f0b050",
        error="#ff6b6b", dark=True,
    ),
    Theme(
        name="workbench-light", primary="#2f5fc4", secondary="#0a7ea4", accent="#9a5b00", foreground="#20242e",
        background="#fbfbfc", surface="#fbfbfc", panel="#dfe3ea", success="#1a7f4b", warning="#a86400",
        error="#c62f35", dark=False,
    ),
    Theme(
        name="projector", primary="#0033a0", secondary="#005a78", accent="#7a3e00", foreground="#000000",
        background="#ffffff", surface="#ffffff", panel="#c8c8c8", success="#00622f", warning="#7a4a00",
        error="#a80010", dark=False,
    ),
)  # fmt: skip
DEFAULT = "workbench-dark"

# style name -> how, in the words of `_PAINT` below: a colour and attributes
_TABLE = {
    "": "text", "title": "strong bold", "strong": "text bold", "dim": "faint", "rule": "line", "key": "accent bold",
    "coach": "accent", "chosen": "primary bold", "good": "good", "bad": "bad bold", "late": "late", "you": "primary",
    "now": "accent bold", "note": "faint", "edge": "line2", "edge.up": "blue", "edge.down": "amber",
    "edge.dim": "line", "frame": "line2", "frame.chosen": "primary bold", "name": "text", "name.dim": "faint",
    "error": "bad bold", "code": "text", "clock": "ground bold on-accent",
    "code.keyword": "violet", "code.name": "blue", "code.text": "good", "code.number": "tan",
    "code.comment": "faint", "code.mark": "line2",
    "state.none": "faint", "state.scheduled": "tan", "state.queued": "violet", "state.running": "cyan bold",
    "state.success": "good", "state.failed": "bad bold", "state.up_for_retry": "late",
    "state.up_for_reschedule": "late",
    "state.skipped": "pink", "state.upstream_failed": "orange", "state.removed": "faint", "state.arrived": "good",
    "state.late": "bad", "state.blocked": "orange bold", "state.published": "good bold", "state.stale": "late",
    "bar.due": "bad", "bar.wait": "tan", "bar.pause": "late", "bar.run": "cyan", "bar.failed": "bad bold",
    "bar.poke": "violet", "bar.away": "violet", "bar.read": "accent bold", "bar.queued": "violet",
    "field": "accent underline", "field.now": "ground on-accent", "row": "strong bold on-band",
    "row.key": "accent bold on-band", "row.dim": "faint on-band", "row.field": "accent underline on-band",
}  # fmt: skip
_DARK = {
    "text": "#d5d9e6", "strong": "#ffffff", "faint": "#7f8798", "line": "#3a4154", "line2": "#6b7590",
    "accent": "#e0af68", "primary": "#7aa2f7", "good": "#4cc38a", "bad": "#ff6b6b", "late": "#f0b050",
    "blue": "#6ea8ff", "amber": "#f0b050", "tan": "#c9a77a", "violet": "#c49be8", "cyan": "#56c7ea",
    "pink": "#e59ac6", "orange": "#f59e6c",
    "ground": "#14171f", "band": "#2a3350",
}  # fmt: skip
_LIGHT = {
    "text": "#20242e", "strong": "#000000", "faint": "#6a7180", "line": "#b9c0cc", "line2": "#7c8596",
    "accent": "#9a5b00", "primary": "#2f5fc4", "good": "#1a7f4b", "bad": "#c62f35", "late": "#a86400",
    "blue": "#1f5fd0", "amber": "#a86400", "tan": "#7f6238", "violet": "#7a3fb0", "cyan": "#0a7ea4",
    "pink": "#a04a80", "orange": "#b3541e",
    "ground": "#fbfbfc", "band": "#dde6fa",
}  # fmt: skip
_PROJECTOR = {
    "text": "#000000", "strong": "#000000", "faint": "#4a4a4a", "line": "#9a9a9a", "line2": "#4a4a4a",
    "accent": "#7a3e00", "primary": "#0033a0", "good": "#00622f", "bad": "#a80010", "late": "#7a4a00",
    "blue": "#0033a0", "amber": "#7a4a00", "tan": "#5a4220", "violet": "#5a2090", "cyan": "#005a78",
    "pink": "#8a2060", "orange": "#8a3400",
    "ground": "#ffffff", "band": "#d5def2",
}  # fmt: skip
_PALETTES = {"workbench-light": _LIGHT, "projector": _PROJECTOR}


@cache
def style(name: str, theme: str, is_dark: bool) -> Style:
    """The look of a style name in a theme; another theme of Textual's gets the colours that suit its ground."""
    colours = _PALETTES.get(theme, _DARK if is_dark else _LIGHT)
    colour, *words = _TABLE.get(name, "text").split()
    ground = next((colours[word[3:]] for word in words if word.startswith("on-")), None)
    return Style(color=colours[colour], bgcolor=ground, bold="bold" in words or None,
                 underline="underline" in words or None)  # fmt: skip
