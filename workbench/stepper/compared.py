"""Two futures side by side as HTML: the first difference and its cause, both on one clock, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING

from workbench.bench.comparing import Comparing, Future
from workbench.stepper.svg_still import pictures_style
from workbench.views.compare_html import fragment

if TYPE_CHECKING:
    from workbench.session import Session

_MOST_FUTURES = 4  # of more, each is compared with that from which it parted


def compare_style() -> str:
    """The style sheet of comparisons and of small multiples, with that of the pictures in them."""
    return pictures_style() + (files("workbench.stepper") / "compare.css").read_text(encoding="utf-8")


def comparing_html(comparing: Comparing) -> str:
    """Without a style sheet."""
    return f'<div class="wb-bench wb-compare">{fragment(comparing.page())}</div>'


def shown_html(comparing: Comparing) -> str:
    """It stands alone."""
    return f"<style>{compare_style()}</style>{comparing_html(comparing)}"


def pairs_of(session: Session) -> Iterator[Comparing]:
    """The futures of a session two by two, at the last instant that both have reached. Nothing new is made."""
    branches = session.branches
    names = list(combinations(branches, 2))
    if len(branches) > _MOST_FUTURES:
        names = [(one.parent.name, name) for name, one in branches.items() if one.parent is not None]
    for a, b in names:
        now = min(branches[a].reached, branches[b].reached)
        yield Comparing(Future(session, a, a), Future(session, b, b), now)


def of_two(a: tuple[Session, str], b: tuple[Session, str], now: datetime) -> str:
    """Of two sessions, each with the name of its future, at an instant (UTC): what `compare` shows in a notebook."""
    names = (a[1], b[1]) if a[1] != b[1] else (f"{a[1]}, there", f"{b[1]}, here")
    return shown_html(Comparing(Future(*a, names[0]), Future(*b, names[1]), now))
