"""What a value is shown as in a notebook: a widget, and beside it pictures and text for where no widget can run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from workbench import Bench, Session, edited, still_html, still_svg, still_text

Bundle = tuple[dict[str, Any], dict[str, Any]]
_NEEDED = ("anywidget", "ipywidgets")


def bundle(session: Session) -> Bundle:
    """The bench of a session, as it is now. Each time a new one: an older output keeps showing what it showed."""
    bench = Bench(session)
    for target in edited(session):  # what was just made or changed is what one wants to see
        if bench.choose(target):
            break
    data, meta = _live(bench) if all(map(find_spec, _NEEDED)) else ({}, {})
    data |= {"text/plain": still_text(bench), "text/html": still_html(bench)}
    picture = still_svg(bench)
    return data | ({"image/svg+xml": picture} if picture else {}), meta


def _live(bench: Bench) -> Bundle:
    """The widget."""
    from notebook_ext.bench import BenchView
    from notebook_ext.in_order import keep_order

    keep_order()
    made = BenchView(bench).whole._repr_mimebundle_()
    return made if isinstance(made, tuple) else (made or {}, {})
