"""A workspace written over the file from which it came: what is the same keeps its text and its comments.

It is done as finely as it can be: entry by entry, else document by document, else all anew. Each is read again; only
text that says the workspace is answered. No comment goes silently: `lost` has those that would.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from workbench.model.findings import Findings
from workbench.model.parts import DagSpec, Workspace
from workbench.model.problems import InvalidInput
from workbench.model.reading import document_kind
from workbench.model.schema import read_dag, read_settings
from workbench.model.splicing import spliced
from workbench.model.spots import Region, Spot, comments_of, regions_of
from workbench.model.templates import Made, read_template
from workbench.model.writing import (
    check_same,
    dag_data,
    dag_document,
    document,
    refuse_functions,
    settings_data,
    written,
)
from workbench.model.yamltext import Mapping, Node, read_documents

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Rewritten(NamedTuple):
    """The new text of a file. `lost`: comments that stood in the old one and do not stand in it. `notes`: what else a
    person should know, in plain words."""

    text: str
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rewritten(source: str, workspace: Workspace) -> Rewritten:
    """The text for a file that now has `source`. A file that cannot be read is written anew. Raises InvalidInput when
    the workspace cannot be written."""
    refuse_functions(workspace)
    text = source.removeprefix("\ufeff").replace("\r\n", "\n")
    nodes = _nodes(text)
    made = _first_right(text, nodes, workspace) if nodes else Rewritten(written(workspace))
    lost = Counter(comments_of(text)) - Counter(comments_of(made.text)) if nodes else Counter[str]()
    ends = "\r\n" if "\r\n" in source else "\n"
    return made._replace(text=made.text.replace("\n", ends), lost=tuple(lost.elements()))


def _nodes(text: str) -> list[Node]:
    found = Findings()
    nodes: list[Node] = []
    with found.bounded():
        nodes = read_documents(text, found)
    return nodes if not found.problems and all(document_kind(node) for node in nodes) else []


def _first_right(text: str, nodes: list[Node], workspace: Workspace) -> Rewritten:
    for is_fine in (True, False):
        over = _Over(text, workspace, is_fine)
        try:
            made = over.all(nodes)
            check_same(made, workspace)
        except InvalidInput:
            continue
        return Rewritten(made, notes=tuple(over.notes))
    scenarios = [text[region.start : region.end] for region, node in over.pairs(nodes) if _is_scenario(node)]
    return Rewritten(written(workspace) + "".join(f"---\n{_without_mark(part)}" for part in scenarios))


def _is_scenario(node: Node | None) -> bool:
    return node is not None and document_kind(node) == "scenario"


def _is_nothing(spot: Spot) -> bool:
    return spot.form == "scalar" and spot.text in _NULLS


def _without_mark(text: str) -> str:
    return text.removeprefix("---").lstrip("\n")


@dataclass
class _Over:
    """Writes the documents of a file, one after the other. `is_fine`: entry by entry where that is possible."""

    text: str
    workspace: Workspace
    is_fine: bool
    notes: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def all(self, nodes: list[Node]) -> str:
        pairs = self.pairs(nodes)
        kinds = [document_kind(node) if node is not None else "" for _, node in pairs]
        made = [self._document(region, node) for region, node in pairs]
        settings = self._settings(pairs, kinds)
        for at, text in settings.items():
            made[at] = text
        last = max((n for n, kind in enumerate(kinds) if kind in ("dag", "template")), default=len(kinds) - 1)
        fresh = [dag_document(spec) for name, spec in self.workspace.dags.items() if name not in self.told]
        if "settings" not in kinds and (data := settings_data(self.workspace)):
            fresh.append(document(data))
        made[last] = "---\n".join([_ended(made[last]), *fresh])
        return "".join(_ended(text) for text in made)

    def pairs(self, nodes: list[Node]) -> list[tuple[Region, Node | None]]:
        """The documents with what they hold; None: nothing."""
        left = iter(nodes)
        regions = regions_of(self.text)
        return [(one, None if one.root is None or _is_nothing(one.root) else next(left)) for one in regions]

    def _document(self, region: Region, node: Node | None) -> str:
        old = self.text[region.start : region.end]
        kind = document_kind(node) if node is not None else ""
        if isinstance(node, Mapping) and kind == "dag":
            return self._dag(region, node, old)
        return self._template(region, node, old) if isinstance(node, Mapping) and kind == "template" else old

    def _dag(self, region: Region, node: Mapping, old: str) -> str:
        before, _ = read_dag(node, Findings())
        now = self.workspace.dags.get(before.name)
        if now is None:
            return ""
        self.told.add(now.name)
        if _same(before, now):
            return old
        return self._changed(region, dag_data(before), dag_data(now), old)

    def _changed(self, region: Region, before: dict[str, Any], now: dict[str, Any], old: str) -> str:
        fine = spliced(self.text, region, before, now) if self.is_fine else None
        return fine if fine is not None else _marked(old, document(now))

    def _template(self, region: Region, node: Mapping, old: str) -> str:
        """A template stays for the DAGs that are still as it makes them; the others stand on their own from now on."""
        name, made = read_template(node, Findings())
        kept = [one for one in made if _is_as_made(one, self.workspace)]
        self.told |= {one.spec.name for one in kept}
        if len(kept) == len(made):
            return old
        own = [one.spec.name for one in made if one not in kept and one.spec.name in self.workspace.dags]
        if own:
            they = "they differ" if len(own) > 1 else "it differs"
            self.notes.append(f"{', '.join(own)} no longer made by template {name}: {they} from it now")
        if not kept or region.root is None:
            return ""
        spot = region.root.get("parameters") or region.root.get("for")
        gone = [n for n, one in enumerate(made) if one not in kept]
        return old if spot is None else self._without_items(region, spot, gone)

    def _without_items(self, region: Region, spot: Spot, gone: list[int]) -> str:
        """The document without some entries of its list of parameters."""
        text, cuts = self.text, []
        for n in gone:
            start, end = spot.items[n].start, spot.items[n].end
            if not spot.flow:
                start, end = text.rfind("\n", 0, start) + 1, text.find("\n", end) + 1 or len(text)
            elif n + 1 < len(spot.items):
                end = spot.items[n + 1].start
            else:
                start = spot.items[n - 1].end
            cuts.append((start, end))
        parts, at = [], region.start
        for start, end in cuts:
            parts.append(text[at : max(at, start)])
            at = max(at, end)
        return "".join([*parts, text[at : region.end]])

    def _settings(self, pairs: list[tuple[Region, Node | None]], kinds: list[str]) -> dict[int, str]:
        """The documents of settings by their number; several may share what has names."""
        wanted = settings_data(self.workspace)
        shares = {n: _own_settings(pairs[n][1]) for n, kind in enumerate(kinds) if kind == "settings"}
        made: dict[int, str] = {}
        for n, before in shares.items():
            region, now = pairs[n][0], _share(wanted, shares, n)
            old = self.text[region.start : region.end]
            made[n] = old if before == now else (self._changed(region, before, now, old) if now else "")
        return made


def _own_settings(node: Node | None) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        return {}
    given, _ = read_settings(node, Findings())
    return settings_data(replace(Workspace({}), **given))


def _share(wanted: dict[str, Any], shares: dict[int, dict[str, Any]], own: int) -> dict[str, Any]:
    """What of the settings one document says: what it said before; what is new goes into the last that has its key."""
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        home = max((n for n, share in shares.items() if key in share), default=max(shares))
        before = shares[own].get(key)
        if not isinstance(value, dict):
            found |= {key: value} if home == own else {}
            continue
        known = {name for share in shares.values() for name in share.get(key, ())}
        mine = {k: v for k, v in value.items() if k in (before or ()) or (k not in known and home == own)}
        found |= {key: mine} if mine else {}
    return found


def _same(before: DagSpec, now: DagSpec) -> bool:
    return before == now and [*before.tasks] == [*now.tasks]


def _is_as_made(made: Made, workspace: Workspace) -> bool:
    now = workspace.dags.get(made.spec.name)
    return now is not None and _same(made.spec, now)


def _marked(old: str, text: str) -> str:
    """The text of a document with the `---` line that the old one had."""
    return f"---\n{text}" if old.startswith("---") else text


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
