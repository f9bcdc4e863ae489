"""Verbs that ask about data: what is live, of what it was made, and who was told. They show what is known, and never
what would have been right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workbench.ordering import target_of
from workbench.ordering.data import dataset_named, spec_of
from workbench.ordering.here import refuse
from workbench.ordering.targets import Target, one_day, window_of
from workbench.verbs.grammar import Command
from workbench.verbs.moves import Answer, said
from workbench.views.alerts import alert_lines, alerts_of
from workbench.views.clock import plural
from workbench.views.columns import columns, wrapped
from workbench.views.data import all_data, dataset_data, dataset_lines, overview_lines
from workbench.views.lineage import lineage as lineage_of
from workbench.views.lineage import stale_versions
from workbench.views.run_card import RunCard, card_text, difference, difference_text, run_card, run_named

if TYPE_CHECKING:
    from workbench.session import Session

_MOST_ROWS = 5
_WIDE = 76  # of 80 columns: a line stands below the command and its sentence


def data(session: Session, command: Command) -> Answer:
    """All datasets; the versions of one; or all about one partition, with its first rows."""
    known, text = session.state.known, command.get("STORED")
    if text is None:
        if not known.makers:
            return Answer("No task writes a dataset here (`writes:` in the file).")
        lines = overview_lines(all_data(known, session.now))
        return Answer(f"{plural(len(known.makers), 'dataset')}, as of {said(session, session.now)}.", tuple(lines))
    target = target_of(text)
    if target.name in known.homes:
        made = f"lineage {target.name}@{target.first or '2013-01-03'}"
        raise refuse(f"{target.name} is an input, which somebody else delivers; what was made of it: {made}")
    name, key = dataset_named(known, target.name), _key(session, target)
    lines = dataset_lines(dataset_data(known, session.now, name, key), detail=bool(key), width=_WIDE)
    return _answer((*lines, *(_first_rows(session, name, key) if key else ())))


def _answer(lines: Iterable[str]) -> Answer:
    """The first line, and the others narrow enough to stand below it, further to the right."""
    first, *rest = lines
    return Answer(first, tuple(part for line in rest for part in _narrow(line)))


def _narrow(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return [line] if len(line) <= _WIDE else wrapped(line.strip(), indent, f"{indent}  ", _WIDE)


def _key(session: Session, target: Target) -> str:
    known, day = session.state.known, one_day(target)
    if not day:
        return ""
    home = known.homes.get(target.name)
    spec = known.plans[home].spec if home else spec_of(known, target.name)
    return window_of(spec, day).key


def _first_rows(session: Session, name: str, key: str) -> Iterator[str]:
    """Some rows of the live version, or of the newest one; as many columns as fit."""
    found = session.state.known.data
    version = found.live_version(name, key) or found.newest(name, key)
    rows = session.rows_of(version) if version is not None else []
    if version is None or not rows:
        return
    names = list(dict.fromkeys(column for row in rows for column in row))
    shown = rows[:_MOST_ROWS]
    while len(names) > 1 and _width(names, shown) > _WIDE:
        names.pop()
    more = plural(len({c for row in rows for c in row}) - len(names), "more column")
    yield ""
    yield f"First rows of version {version.n}{f' (and {more})' if not more.startswith('0') else ''}"
    for line in columns([tuple(names), *(tuple(_cell(row.get(column)) for column in names) for row in shown)]):
        yield f"  {line}"


def _width(names: list[str], rows: list[dict[str, object]]) -> int:
    return sum(max(len(name), *(len(_cell(row.get(name))) for row in rows)) + 2 for name in names)


def _cell(value: object) -> str:
    return "" if value is None else str(value)[:30]


def lineage(session: Session, command: Command) -> Answer:
    """Of what a version was made and what was made of it; or what is stale."""
    known, text = session.state.known, command.get("SHOWN")
    if text is None and "stale" not in command:
        raise refuse("lineage needs a dataset or an input and its day: lineage pub_punctuality@2013-01-03")
    target = target_of(text) if text is not None else Target("")
    if "stale" in command:
        return _stale(session, target)
    if not target.first:
        raise refuse(f"{target} has no day; write lineage {target}@2013-01-03")
    if target.name not in known.homes:
        dataset_named(known, target.name)
    found = lineage_of(known, target.name, _key(session, target))
    return _answer(found.lines(up="down" not in command, down="up" not in command))


def _stale(session: Session, target: Target) -> Answer:
    known = session.state.known
    names = [dataset_named(known, target.name)] if target.name else []
    key = _key(session, target) if target.first else ""
    found = [one for one in stale_versions(known, names) if key in ("", one.partition)]
    whose = f" of {target.name}" if target.name else ""
    if not found:
        return Answer(f"Nothing{whose} is stale: all that is live was made of what is live.")
    many = plural(len(found), "live version")
    return _answer([f"{many}{whose} made of something that changed since:", *(one.sentence for one in found)])


def card(session: Session, command: Command) -> Answer:
    """What a run was made of, or how two differ."""

    def of(text: str) -> RunCard:
        return run_card(session.state.known, session.events, session.now, run_named(session.state.known, text))

    first, other = of(command.one("CARD")), command.get("BESIDE")
    return _answer(card_text(first) if other is None else difference_text(difference(first, of(other))))


def alerts(session: Session, command: Command) -> Answer:
    """Who was told what, and who answered."""
    return _answer(alert_lines(alerts_of(session.state.known, session.now), session.now, _WIDE))
