"""What a user should know about an import from dbt, that the file does not say by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workbench.importing.dbt.building import GUESSED, GUESSED_ELSE, SCHEDULE, Parts, unique_key
from workbench.importing.dbt.checking import is_column, kind_of
from workbench.importing.dbt.manifest import Manifest, listed
from workbench.importing.dbt.naming import label_of
from workbench.importing.dbt.outcomes import RUN, Outcomes
from workbench.importing.found import Note
from workbench.views.clock import plural

_MATERIALIZED = frozenset({"table", "view", "incremental", "ephemeral", "seed", "snapshot", "function", "model"})
# What a node may refer to that has no part in the order.
_NO_PART = frozenset({"metric", "semantic_model", "macro", "exposure", "operation"})


def notes_of(manifest: Manifest, parts: Parts, outcomes: Outcomes) -> Iterator[Note]:
    yield from _nowhere(manifest)
    yield from _built_otherwise(manifest)
    yield from _waiting(manifest, parts)
    yield from _tests(parts)
    yield from _folded(manifest)
    yield from _guesses(parts, outcomes)


def _nowhere(manifest: Manifest) -> Iterator[Note]:
    known = {*manifest.built, *manifest.sources}
    every = (*manifest.built.values(), *manifest.tests, *manifest.unit_tests)
    lost = [
        f"{label_of(node)} refers to {uid}"
        for node in every
        for uid in node.needs
        if uid not in known and uid.partition(".")[0] not in _NO_PART
    ]
    if lost:
        yield Note("missed", f"what the manifest does not have: {listed(lost)}; those edges are left out")


def _built_otherwise(manifest: Manifest) -> Iterator[Note]:
    others: dict[str, list[str]] = {}
    for node in manifest.built.values():
        if node.kind == "model" and node.materialized not in _MATERIALIZED:
            others.setdefault(node.materialized, []).append(node.name)
    for word, names in others.items():
        yield Note("changed", f"materialized {word!r} ({listed(names)}): each run writes it anew, as a table")
    batched = [one.name for one in manifest.built.values() if one.config.get("incremental_strategy") == "microbatch"]
    keyed = [one.name for one in manifest.built.values() if not all(map(is_column, unique_key(one)))]
    if keyed:
        yield Note("changed", f"keys that are no plain columns ({listed(keyed)}): a column called nearly so is the key")
    if batched:
        yield Note("changed", f"microbatch ({listed(batched)}): one try for all batches, which writes it anew")


def _waiting(manifest: Manifest, parts: Parts) -> Iterator[Note]:
    if parts.inputs:
        told = f"{plural(len(parts.inputs), 'source')}: dbt does not wait for them, so tasks read what is there"
        yield Note("changed", f"{told}; write needs in place of reads to wait")
    if manifest.tests:
        told = "what dbt skips is upstream_failed here; a step whose tests only warn holds up its children"
        yield Note("changed", f"{told} only when it fails as a whole, as dbt when a test ends with an error")


def _tests(parts: Parts) -> Iterator[Note]:
    if parts.checks:
        told = f"{plural(parts.checks, 'test')} as checks; rows are not imported (rows: count), so these do not look"
        yield Note("kept", f"{told}: let one fail with a fault on its step")
    if parts.others:
        kinds = Counter(kind_of(one) for one in parts.others)
        told = ", ".join(f"{number} {kind}" if number > 1 else kind for kind, number in kinds.most_common(6))
        more = ", ..." if len(kinds) > 6 else ""
        count = plural(len(parts.others), "test")
        yield Note("kept", f"{count} that no check says, or of a source ({told}{more}): steps all the same")


def _folded(manifest: Manifest) -> Iterator[Note]:
    inlined = [node.name for node in manifest.built.values() if node.ephemeral]
    if inlined:
        yield Note("kept", f"ephemeral models are no tasks, what they wait for passes through: {listed(inlined)}")
    packages = Counter(node.package for node in manifest.built.values() if node.package != manifest.project)
    if packages:
        told = ", ".join(f"{number} of {package}" for package, number in packages.most_common(4))
        yield Note("kept", f"what packages build is built here too: {told}")


def _guesses(parts: Parts, outcomes: Outcomes) -> Iterator[Note]:
    yield Note("guessed", f"a run every day at 06:00 UTC ({SCHEDULE}): the manifest does not say when dbt runs")
    without = [name for name, members in parts.members.items() if outcomes.seconds.keys().isdisjoint(members)]
    if without:
        said = f"a table {GUESSED_ELSE}, a view {GUESSED['view']}, the tests of a model {GUESSED['tests']}"
        which = f"how long {plural(len(without), 'task')} {'takes' if len(without) == 1 else 'take'} ({said})"
        why = f"not in {RUN}" if outcomes.seconds else f"there is no {RUN} beside the manifest"
        yield Note("guessed", f"{which}: {why}")
    if parts.inputs:
        yield Note("guessed", "when sources come; their deadlines are their freshness, where they have one")
    if not outcomes.threads:
        yield Note("guessed", "as many tasks at once as can run: threads stand in dbt's profile; workers: 4 means 4")
