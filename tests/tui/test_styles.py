"""What is written can be read, and lines can be seen: in each theme, with 256 colours, and without any."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.filter import monochrome_style
from textual.theme import Theme

from tui.styles import _TABLE, THEMES, style
from workbench.views.sheet import STYLES

# Styles of which only lines and frames are drawn: nobody has to read them.
LINES = {"rule", "edge", "edge.dim", "frame"}
CHOSEN = " of a chosen row"
TEXT, LINE = 4.5, 3.0  # how many times as bright, at least (WCAG 2, AA)


def _as_it_is(look: Style) -> Style:
    return look


def _with_256(look: Style) -> Style:
    assert look.color is not None
    assert look.bgcolor is not None
    found = (one.downgrade(ColorSystem.EIGHT_BIT) for one in (look.color, look.bgcolor))
    colour, ground = (Color.from_triplet(one.get_truecolor()) for one in found)
    return look + Style(color=colour, bgcolor=ground)


TERMINALS: dict[str, Callable[[Style], Style]] = {
    "truecolor": _as_it_is,
    "256 colours": _with_256,
    "NO_COLOR": monochrome_style,
}


def _brightness(colour: Color | None) -> float:
    assert colour is not None
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(look: Style) -> float:
    """How many times as bright the one is as the other, between 1 and 21."""
    less, more = sorted((_brightness(look.color), _brightness(look.bgcolor)))
    return (more + 0.05) / (less + 0.05)


def _looks(theme: Theme) -> list[tuple[str, Style]]:
    """All that sheets are drawn with: on the ground, and where a row is chosen, on its band."""
    grounds = (("", theme.background), (CHOSEN, theme.panel))
    return [
        (name + where, Style(bgcolor=ground) + style(name, theme.name, theme.dark))
        for name in sorted(STYLES)
        for where, ground in grounds
        if not (where and name in LINES)
    ]


def test_there_is_a_look_for_each_style_and_for_nothing_else() -> None:
    assert set(_TABLE) == STYLES


def test_contrast_is_measured_as_everybody_measures_it() -> None:
    assert contrast(Style(color="#000000", bgcolor="#ffffff")) == pytest.approx(21)
    assert contrast(Style(color="#767676", bgcolor="#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_written_can_be_read(theme: Theme, terminal: str) -> None:
    seen = TERMINALS[terminal]
    reversed_rows = terminal == "NO_COLOR"  # a chosen row is the other way round there
    looks = [(name, look) for name, look in _looks(theme) if not (reversed_rows and name.endswith(CHOSEN))]
    found = {name: round(contrast(seen(look)), 2) for name, look in looks}
    weak = {name: ratio for name, ratio in found.items() if ratio < (LINE if name in LINES else TEXT)}
    assert not weak


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_frames_and_scroll_bars_can_be_seen_and_hints_be_read(theme: Theme) -> None:
    colours = theme.to_color_system().generate()
    least = {"border-blurred": LINE, "scrollbar": LINE, "primary": TEXT, "foreground-muted": TEXT, "text-muted": TEXT,
             "text-disabled": TEXT, "accent": TEXT, "error": TEXT}  # fmt: skip
    found = {name: contrast(Style(color=colours[name], bgcolor=theme.background)) for name in least}
    assert not {name: ratio for name, ratio in found.items() if ratio < least[name]}


def test_the_projector_is_readable_from_the_back_row() -> None:
    theme = next(one for one in THEMES if one.name == "projector")
    weak = {name for name, look in _looks(theme) if name.removesuffix(CHOSEN) not in LINES and contrast(look) < 5.5}
    assert not weak
