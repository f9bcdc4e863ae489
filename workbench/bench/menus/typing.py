"""The command line: what may come next with what it means, what a line would change, and what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.menus.possible import Outlook, outlook
from workbench.model import InvalidInput
from workbench.timetable import format_instant
from workbench.verbs import VERBS, complete, help_lines, parse
from workbench.views.sheet import Row, Sheet, Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.verbs import Done, Verb

_MOST_NOTES = 4
_MEANT = re.compile(r"[Dd]id you mean '?([^\s'?]+)'?\?")


class Offer(NamedTuple):
    """A word that may come next, and what it means, where it begins a verb."""

    word: str
    help: str = ""


class Mend(NamedTuple):
    """The letters of a line from `begin` to before `end` are what is wrong; `meant` instead, where that is known."""

    begin: int
    end: int
    meant: str


class Said(NamedTuple):
    """What came of a line: a sentence, and all of it as a sheet, where an answer has several lines. `is_command`: it
    changed something, and can be undone."""

    sentence: str
    answer: Sheet | None = None
    is_command: bool = False


def said_of(done: Done) -> Said:
    """What a person is told. When a what-if was opened, that comes first."""
    verb = VERBS[parse(done.line).verb]
    if verb.name in _ANSWERS and done.lines:
        rows = [(Span(done.sentence, "strong"),), (), *(_row(line) for line in done.lines)]
        return Said(done.sentence, Sheet(done.line, tuple(rows)))
    opened = f"what-if {done.future} opened; {done.left} is kept. " if done.left else ""
    notes = f" ({'; '.join(done.lines)})" if verb.orders is not None and 0 < len(done.lines) < _MOST_NOTES else ""
    full_stop = "" if done.sentence.endswith(".") else "."
    return Said(f"{opened}{done.sentence}{notes}{full_stop}", None, verb.orders is not None)


_ANSWERS = frozenset(name for name, verb in VERBS.items() if verb.group == "ask") | {"future"}
_MOVES = frozenset(name for name, verb in VERBS.items() if verb.group == "move in time")


def _row(line: str) -> Row:
    """A line of an answer: what went well or badly is seen by its glyph."""
    glyph = line.strip()[:1]
    return (Span(line, {"✔": "good", "✖": "bad", "→": "key", "☞": "coach"}.get(glyph, "")),)


class Typing:
    """The command line of a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def offers(self, text: str) -> tuple[Offer, ...]:
        """The words that may stand where the last, unfinished word of the text is; those that name the selection and
        its day first."""
        words = complete(text, self.bench.session)
        wanted = self._likely()
        words = sorted(words, key=lambda word: wanted.index(word) if word in wanted else len(wanted))
        is_first = " " not in text.lstrip()
        return tuple(Offer(word, _help_of(word) if is_first else "") for word in words)

    def _likely(self) -> list[str]:
        target = self.bench.target
        return [target, target.partition("@")[0]]

    def usage(self, text: str) -> tuple[str, ...]:
        """What the verb of a line takes, and what it does; nothing while it is none."""
        verb = verb_of(text)
        return (verb.form.usage, verb.help) if verb is not None else ()

    def outlook(self, text: str) -> Outlook:
        """What the line would change; nothing for a line that looks or moves, and for one that is not whole yet."""
        verb = verb_of(text)
        if not text.strip() or verb is None:
            return Outlook(refusal=_unfinished(text))
        found = outlook(self.bench, text)
        return Outlook() if verb.orders is None and not found.refusal else found

    def mend(self, text: str, refusal: str) -> Mend | None:
        """Where in the text the word stands that a refusal is about, and what was meant instead, if it says so."""
        meant = _MEANT.search(refusal)
        named = re.findall(r"[\w.@:#*-]+", refusal.partition(". ")[0].partition("; ")[0])
        for match in reversed(list(re.finditer(r"\S+", text))):
            if match.start() and any(match[0] == one or match[0].partition("@")[0] == one for one in named):
                word = next(one for one in named if match[0] == one or match[0].partition("@")[0] == one)
                return Mend(match.start(), match.start() + len(word), meant[1] if meant else "")
        first = re.search(r"\S+", text)
        return Mend(*first.span(), meant[1]) if first and meant and refusal.startswith("No verb ") else None

    def time_of(self, text: str) -> str:
        """Where a line goes, if it goes to a time: `go 07:35`, `run until 08:05`; `run` goes to the scenario's end."""
        verb = verb_of(text)
        if verb is None or verb.name not in ("go", "run"):
            return ""
        command = parse(text)
        if "event" in command:
            return ""
        until = self.bench.session.end
        return command.get("TIME") or command.get("until") or format_instant(max(until, self.bench.now))

    def moves(self, text: str) -> bool:
        """Does the line move in time?"""
        verb = verb_of(text)
        return verb is not None and verb.name in _MOVES

    def help(self, text: str) -> Sheet:
        """Help about the verb of a line, or about all of them."""
        verb = verb_of(text)
        first, *rest = help_lines(verb.name if verb is not None else "")
        rows = [(Span(line, "name" if line and not line.startswith(" ") else ""),) for line in rest]
        return Sheet("help", ((Span(first, "strong"),), *rows))

    def refusal(self, text: str) -> str:
        """Why the line cannot be done; empty when it can, and of one that looks or moves when it can be read."""
        return outlook(self.bench, text).refusal


def verb_of(text: str) -> Verb | None:
    """The verb at the start of a line."""
    words = text.split()
    for many in (2, 1):
        name = " ".join(words[:many])
        found = VERBS.get(name) or next((verb for verb in VERBS.values() if name in verb.aliases), None)
        if found is not None and len(words) >= many:
            return found
    return None


def _help_of(word: str) -> str:
    """What a verb does; of a first word with several second ones, those."""
    verb = VERBS.get(word) or next((one for one in VERBS.values() if word in one.aliases), None)
    if verb is not None:
        return verb.help
    return ", ".join(name.partition(" ")[2] for name in VERBS if name.startswith(f"{word} "))


def _unfinished(text: str) -> str:
    """The refusal of a word that begins no verb; nothing while it may become one."""
    words = text.split()
    if not words or (len(words) == 1 and not text[-1:].isspace() and any(n.startswith(words[0]) for n in _firsts())):
        return ""
    try:
        parse(text)
    except InvalidInput as error:
        return error.problems[0].message
    return ""


def _firsts() -> set[str]:
    return {name.partition(" ")[0] for name in VERBS} | {alias for verb in VERBS.values() for alias in verb.aliases}
