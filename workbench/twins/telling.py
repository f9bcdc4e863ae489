"""Every verb beside its plain Python: the tables of docs/verbs.md."""

from __future__ import annotations

from itertools import groupby

from workbench.twins.base import TWINS
from workbench.verbs import VERBS, Verb


def markdown() -> str:
    """The tables of docs/verbs.md, between their marks: what is typed, what is written in Python, what it does."""
    lines = []
    for group, verbs in groupby(VERBS.values(), key=lambda verb: verb.group):
        lines += ["", f"### {group.capitalize()}", "", "| command | in Python | what it does |", "|---|---|---|"]
        lines += [_row(verb) for verb in verbs]
    return "\n".join(lines[1:])


def _row(verb: Verb) -> str:
    also = f" Also: {', '.join(f'`{alias}`' for alias in verb.aliases)}." if verb.aliases else ""
    usage = verb.form.usage.replace("|", "\\|")
    python = "<br>".join(f"`{one.example}`" for one in TWINS if one.verb == verb.name)
    return f"| `{usage}`<br>`{verb.example}` | {python} | {verb.help}{also} |"
