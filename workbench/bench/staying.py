"""What is kept of what somebody does: said alike at home, on leaving and on the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

LEAVING = {
    "story": "Esc again leaves the story; it goes on from here when you come back.",
    "bench": "Esc again leaves for home; it goes on from here when you come back.",
    "unbegun": "Esc again leaves for home. Nothing has happened yet; what happens is kept.",
    "nothing": "Esc again leaves for home. Nothing of this is kept; s takes it away as a file.",
}


def said_on_leaving(bench: Bench) -> str:
    """What becomes of a bench that is left."""
    session = bench.session
    if hasattr(bench.guide, "is_over"):
        return LEAVING["story"]
    if session.recording is not None:
        return LEAVING["bench"]
    return LEAVING["unbegun" if session.keeping is not None else "nothing"]


def said_at_home(history: str | None) -> str:
    """What becomes of all of it when the program ends. `history`: as the application has it."""
    kept = "nothing is kept then" if history == "none" else "what you did is kept"
    return f"This is home. ctrl+q quits; {kept}."


def said_on_empty_shelf(history: str | None) -> str:
    """Why there is nothing to go on with."""
    if history == "none":
        return "nothing is kept in this session of the program (--history none)"
    return "no bench so far: what happens on one is kept, and found here; the story goes on by 1 of home"
