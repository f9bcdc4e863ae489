"""What dbt's manifest.json says, as records; whatever has another shape than dbt gives it is told or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.importing.found import Note
from workbench.importing.sources import Source
from workbench.views.clock import plural

OLDEST, NEWEST = 4, 12
# A task for each, and its edges: beyond this nobody looks at one picture.
MOST_NODES = 20_000
MOST_TESTS = 100_000
# What `dbt build` builds, each with a task of its own.
BUILT = ("model", "seed", "snapshot", "function")
# What builds nothing and has no part in the order.
_ASIDE = {
    "metrics": "metric",
    "semantic_models": "semantic model",
    "saved_queries": "saved query",
    "analysis": "analysis",
    "disabled": "disabled node",
}
_PLURALS = {"saved query": "saved queries", "analysis": "analyses"}
# `shop-on-run-end-0`
_HOOK = re.compile(r".*(on-run-(?:start|end))-\d+")
_VERSION = re.compile(r"/v(\d+)(?:\.json)?$")


class Node(NamedTuple):
    """One entry of the manifest. `needs`: the ids of what it refers to; `data`: all that is said about it."""

    uid: str
    kind: str
    name: str
    package: str
    needs: tuple[str, ...]
    data: Mapping[str, Any]

    @property
    def config(self) -> Mapping[str, Any]:
        return mapping(self.data.get("config"))

    @property
    def materialized(self) -> str:
        return text(self.config.get("materialized"), self.kind)

    @property
    def ephemeral(self) -> bool:
        return self.kind == "model" and self.materialized == "ephemeral"


@dataclass(frozen=True)
class Manifest:
    """`built`: models, seeds, snapshots; `sources` also has models of other projects, which this one does not build.
    `generated`: when dbt wrote it, as it writes times. `owners`: by a group's name."""

    project: str
    generated: str
    built: Mapping[str, Node]
    sources: Mapping[str, Node]
    tests: tuple[Node, ...]
    unit_tests: tuple[Node, ...]
    exposures: tuple[Node, ...]
    owners: Mapping[str, str]
    notes: tuple[Note, ...]

    def owner_of(self, node: Node) -> str:
        """Whom to ask about it: its own owner, or that of its group; empty when nobody is named."""
        metas = node.config.get("meta"), node.data.get("meta")
        own = next(filter(None, (owner(mapping(meta).get("owner")) for meta in metas)), "")
        return own or self.owners.get(text(node.data.get("group")) or text(node.config.get("group")), "")


def manifest_of(data: object, source: Source) -> Manifest:
    """The records of a manifest. Raises InvalidInput when it is none, or has nothing to build."""
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), dict):
        raise source.refuse(_no_manifest(data))
    metadata = mapping(data.get("metadata"))
    version_notes = tuple(_version(metadata, source))
    nodes = [*_nodes(data["nodes"])]
    kinds = Counter(node.kind for node in nodes)
    _bounded(kinds, source)
    sources = [*_nodes(data.get("sources")), *(node for node in nodes if _external(node))]
    built = {node.uid: node for node in nodes if node.kind in BUILT and not _external(node)}
    built |= {node.uid: node for node in _nodes(data.get("functions")) if node.kind == "function"}
    if not built:
        raise source.refuse("has no models, seeds or snapshots; run dbt parse in the project and import it again")
    return Manifest(
        project=text(metadata.get("project_name")) or _commonest(one.package for one in built.values()),
        generated=text(metadata.get("generated_at")),
        built=built,
        sources={node.uid: node for node in sources},
        tests=tuple(node for node in nodes if node.kind == "test"),
        unit_tests=tuple(_nodes(data.get("unit_tests"), "unit_test")),
        exposures=tuple(_nodes(data.get("exposures"), "exposure")),
        owners={node.name: owner(node.data.get("owner")) for node in _nodes(data.get("groups"), "group")},
        notes=(*version_notes, *_aside(data, nodes), *_hooks(nodes), *_misshapen(data["nodes"])),
    )


def _commonest(packages: Iterable[str]) -> str:
    return Counter(packages).most_common()[0][0]


def _no_manifest(data: object) -> str:
    if isinstance(data, dict) and "results" in data:
        return "is what dbt wrote about a run; name the manifest.json beside it, which says what there is to run"
    return "is no manifest of dbt: it has no 'nodes'; name the manifest.json in the project's folder target"


def _version(metadata: Mapping[str, Any], source: Source) -> Iterator[Note]:
    """What there is to say about its schema. Raises InvalidInput for one that is too old."""
    address = text(metadata.get("dbt_schema_version"))
    found = _VERSION.search(address)
    number = int(found[1][:6]) if found else 0
    allowed = f"v{OLDEST} (dbt 1.0) to v{NEWEST} (dbt 1.8 and later) are read"
    if not found:
        yield Note(
            "missed", f"which schema the manifest has: it says {address[:80]!r}; {allowed}, and this one as v{NEWEST}"
        )
    elif number < OLDEST:
        raise source.refuse(f"is a manifest of schema v{number}; {allowed}. Run dbt parse with a newer dbt")
    elif number > NEWEST:
        yield Note("missed", f"what is new in schema v{number} of the manifest: it was read as v{NEWEST}")


def _bounded(kinds: Mapping[str, int], source: Source) -> None:
    built = sum(kinds[kind] for kind in BUILT)
    if built > MOST_NODES:
        raise source.refuse(f"has {built:,} models, seeds and snapshots; at most {MOST_NODES:,} are read")
    if kinds["test"] > MOST_TESTS:
        raise source.refuse(f"has {kinds['test']:,} tests; at most {MOST_TESTS:,} are read")


def _nodes(entries: object, kind: str = "") -> Iterator[Node]:
    for uid, data in mapping(entries).items():
        if isinstance(data, dict) and (found := text(data.get("resource_type"), kind)):
            needs = strings(mapping(data.get("depends_on")).get("nodes"))
            name = text(data.get("name")) or uid.rpartition(".")[2]
            yield Node(clean(uid), found, name, text(data.get("package_name")), tuple(dict.fromkeys(needs)), data)


def _external(node: Node) -> bool:
    """A model of another project, which is only referred to: it has no file here."""
    return node.kind == "model" and not node.data.get("original_file_path", "?") and not node.data.get("path", "?")


def _aside(data: Mapping[str, Any], nodes: Iterable[Node]) -> Iterator[Note]:
    counts = {key: len(mapping(data.get(key))) for key in _ASIDE} | {
        "analysis": sum(node.kind == "analysis" for node in nodes)
    }
    told = [_counted(count, _ASIDE[key]) for key, count in counts.items() if count]
    if told:
        yield Note("kept", f"not built, so no tasks: {', '.join(told)}")


def _counted(count: int, word: str) -> str:
    return plural(count, word) if count == 1 or word not in _PLURALS else f"{count} {_PLURALS[word]}"


def _hooks(nodes: Iterable[Node]) -> Iterator[Note]:
    hooks = Counter(_HOOK.sub(r"\1", node.name) for node in nodes if node.kind == "operation")
    if hooks:
        told = ", ".join(f"{count} {name}" for name, count in sorted(hooks.items(), reverse=True))
        yield Note("missed", f"the project's hooks ({told}): dbt runs them around a build, and nothing does here")


def _misshapen(entries: Mapping[str, Any]) -> Iterator[Note]:
    bad = [uid for uid, data in entries.items() if not (isinstance(data, dict) and text(data.get("resource_type")))]
    if bad:
        yield Note("missed", f"{listed(bad)}: no node of dbt, as it does not say its resource_type")


def is_singular(test: Node) -> bool:
    """Is it a test with its own SQL, in a file of its own?"""
    return not isinstance(test.data.get("test_metadata"), dict)


# reading what may have any shape


def mapping(value: object) -> dict[str, Any]:
    """A dict, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    return [clean(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def text(value: object, otherwise: str = "") -> str:
    return clean(value) if isinstance(value, str) and value else otherwise


def clean(value: str) -> str:
    """Without what no file in UTF-8 can hold, and no line should."""
    return (value if value.isprintable() else "".join(one if one.isprintable() else " " for one in value)).strip()


def owner(value: object) -> str:
    """A name or an address: of an owner as dbt says it, or of what people write into `meta`."""
    given = [value.get("name"), value.get("email")] if isinstance(value, dict) else [value]
    flat = (one for item in given for one in (item if isinstance(item, list) else [item]))
    return next(filter(None, map(text, flat)), "")


def listed(names: Iterable[str], most: int = 4) -> str:
    """'a, b and 3 more'."""
    known = list(names)
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + rest
