"""What a value is shown as in a notebook: a widget, and beside it pictures and text for where no widget can run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from IPython.core.getipython import get_ipython

from workbench import Bench, Session, Told, parting_html, seen_first, still_html, still_svg, still_text

Bundle = tuple[dict[str, Any], dict[str, Any]]
_NEEDED = ("anywidget", "ipywidgets")


def bundle(session: Session) -> Bundle:
    """The bench of a session, as it is now. Each time a new one: an older output keeps showing what it showed."""
    bench = Bench(session)
    bench.names = names_of(session)
    bench.choose(seen_first(bench))
    parting, plain = parting_html(session)
    data, meta = _live(bench, parting) if all(map(find_spec, _NEEDED)) else ({}, {})
    data |= {"text/plain": still_text(bench), "text/html": still_html(bench, plain)}
    picture = still_svg(bench)
    return data | ({"image/svg+xml": picture} if picture else {}), meta


def _live(bench: Bench, said: str) -> Bundle:
    """The widget. `said`: what it tells at first, as markup."""
    from notebook_ext.bench import BenchView
    from notebook_ext.in_order import keep_order

    keep_order()
    made = BenchView(bench, Told(said)).whole._repr_mimebundle_()
    return made if isinstance(made, tuple) else (made or {}, {})


def names_of(session: Session) -> dict[str, list[str]]:
    """The variables of the notebook that hold a session with the same futures, by the future in which it stands."""
    shell, found = get_ipython(), dict[str, list[str]]()
    for name, one in (shell.user_ns if shell is not None else {}).items():
        if not name.startswith("_") and isinstance(one, Session) and one.branches is session.branches:
            found.setdefault(one.branch.name, []).append(name)
    return found
