"""Colours: for every style name of a sheet one look in each theme. Meanings are not chosen here."""

from __future__ import annotations

from functools import cache

from rich.style import Style
from textual.theme import Theme

# style name -> how, in words: one of the colours below, and attributes
_TABLE = {
    "": "text", "title": "strong bold", "strong": "text bold", "dim": "faint", "rule": "line", "key": "accent bold",
    "coach": "accent", "chosen": "primary bold", "good": "good", "bad": "bad bold", "late": "late", "you": "primary",
    "now": "accent bold", "note": "faint", "edge": "line2", "edge.up": "blue", "edge.down": "amber",
    "edge.dim": "line", "frame": "line2", "frame.chosen": "primary bold", "name": "text", "name.dim": "faint",
    "error": "bad bold", "code": "text", "clock": "ground bold on-accent",
    "code.keyword": "violet", "code.name": "blue", "code.text": "good", "code.number": "tan",
    "code.comment": "faint", "code.mark": "faint",
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
# Text stands out well (4.5 to 1) from the ground and from the band behind a chosen row, lines enough (3 to 1).
_DARK = {
    "text": "#d5d9e6", "strong": "#ffffff", "faint": "#9098aa", "line": "#616a83", "line2": "#7f88a3",
    "accent": "#e0af68", "primary": "#7aa2f7", "good": "#4cc38a", "bad": "#ff6b6b", "late": "#f0b050",
    "blue": "#6ea8ff", "amber": "#f0b050", "tan": "#c9a77a", "violet": "#c49be8", "cyan": "#56c7ea",
    "pink": "#e59ac6", "orange": "#f59e6c",
    "ground": "#14171f", "band": "#252d48",
}  # fmt: skip
_LIGHT = {
    "text": "#20242e", "strong": "#000000", "faint": "#5a6170", "line": "#8a92a2", "line2": "#687182",
    "accent": "#844d00", "primary": "#2a57b8", "good": "#136a3d", "bad": "#b3222a", "late": "#875000",
    "blue": "#1b57c0", "amber": "#875000", "tan": "#6a5029", "violet": "#762fb0", "cyan": "#07657f",
    "pink": "#8f3c71", "orange": "#96420f",
    "ground": "#fbfbfc", "band": "#deecfb",
}  # fmt: skip
_PROJECTOR = {
    "text": "#000000", "strong": "#000000", "faint": "#4a4a4a", "line": "#858585", "line2": "#4a4a4a",
    "accent": "#7a3e00", "primary": "#0033a0", "good": "#00622f", "bad": "#a80010", "late": "#7a4a00",
    "blue": "#0033a0", "amber": "#7a4a00", "tan": "#5a4220", "violet": "#5a2090", "cyan": "#005a78",
    "pink": "#8a2060", "orange": "#8a3400",
    "ground": "#ffffff", "band": "#d4ecff",
}  # fmt: skip
_PALETTES = {"workbench-light": _LIGHT, "projector": _PROJECTOR}


def _theme(name: str, colours: dict[str, str], is_dark: bool) -> Theme:
    """What Textual draws by itself (frames, scroll bars, fields, the palette) in the colours of the sheets."""
    bars = {f"scrollbar{part}": colours["line"] for part in ("", "-hover", "-active")}
    grounds = {f"scrollbar-background{part}": colours["ground"] for part in ("", "-hover", "-active")}
    faint = {f"{of}-{how}": colours["faint"] for of in ("text", "foreground") for how in ("muted", "disabled")}
    others = {"border-blurred": colours["line"], "scrollbar-corner-color": colours["ground"],
              "block-cursor-background": colours["band"], "block-cursor-foreground": colours["strong"]}  # fmt: skip
    return Theme(
        name=name, primary=colours["primary"], secondary=colours["cyan"], accent=colours["accent"],
        foreground=colours["text"], background=colours["ground"], surface=colours["ground"], panel=colours["band"],
        success=colours["good"], warning=colours["late"], error=colours["bad"], dark=is_dark,
        variables=bars | grounds | faint | others,
    )  # fmt: skip


THEMES = (
    _theme("workbench-dark", _DARK, True),
    _theme("workbench-light", _LIGHT, False),
    _theme("projector", _PROJECTOR, False),
)
DEFAULT = "workbench-dark"


@cache
def style(name: str, theme: str, is_dark: bool) -> Style:
    """The look of a style name in a theme; another theme of Textual's gets the colours that suit its ground."""
    colours = _PALETTES.get(theme, _DARK if is_dark else _LIGHT)
    colour, *words = _TABLE.get(name, "text").split()
    ground = next((colours[word[3:]] for word in words if word.startswith("on-")), None)
    return Style(color=colours[colour], bgcolor=ground, bold="bold" in words or None,
                 underline="underline" in words or None)  # fmt: skip
