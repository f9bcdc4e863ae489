"""The mark of what the last command made or changed, at the upper right corner of its node. In px."""

from __future__ import annotations

from workbench.bench.edited import NEW

_WIDTHS = {NEW: 34}
_SIGNS = {NEW: "+"}
_USUAL, _HIGH = 58, 15


def mark_svg(what: str, wide: int) -> str:
    """A small label on the outline; nothing when nothing is to be said."""
    if not what:
        return ""
    room = _WIDTHS.get(what, _USUAL)
    return (
        f'<g class="edited {what}" transform="translate({wide - room - 6} {-_HIGH // 2})">'
        f'<rect width="{room}" height="{_HIGH}" rx="{_HIGH / 2}"/>'
        f'<text x="{room / 2}" y="11">{_SIGNS.get(what, "~")} {what}</text></g>'
    )
