"""The workbench in Jupyter: `%load_ext notebook_ext` adds `%%task` and `%wb`; a session shows itself without it."""

from __future__ import annotations

from typing import Any

from workbench import Session

__all__ = ["bundle_of", "load_ipython_extension"]


def bundle_of(session: Session) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a session is shown as: a widget, with HTML, SVG and text for where no widget can run."""
    from notebook_ext.showing import bundle

    return bundle(session)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext notebook_ext`."""
    from notebook_ext.magics import register

    register(shell)
