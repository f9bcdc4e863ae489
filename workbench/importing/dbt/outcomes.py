"""What dbt wrote beside the manifest about its last run: how long each node took, what failed, what was skipped."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workbench.importing.dbt.manifest import Manifest, mapping, text
from workbench.importing.found import Note
from workbench.importing.sources import MOST_JSON, Source, parsed_json
from workbench.model import InvalidInput
from workbench.views.clock import plural

RUN, FRESHNESS = "run_results.json", "sources.json"
# dbt's words for what is no success, and lets nothing below it run.
FAILED = frozenset({"error", "fail", "runtime error", "partial success"})
SKIPPED = "skipped"
# A node that ran for longer has recorded nonsense.
_MOST_SECONDS = 14 * 86400


@dataclass(frozen=True)
class Outcomes:
    """`seconds` and `status` by id; `at`: when the run ended (UTC), None without one; `threads`: how many were at
    work; `command`: `build`, `run`, ...; `loaded`: when the newest row of a source was loaded (UTC)."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    status: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    threads: int = 0
    command: str = ""
    loaded: Mapping[str, datetime] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def failed(self, uids: Iterable[str]) -> bool:
        return any(self.status.get(uid) in FAILED for uid in uids)


def outcomes_of(source: Source, manifest: Manifest) -> Outcomes:
    """What stands in the manifest's folder. What cannot be read there is a note: the manifest is good without it."""
    notes: list[Note] = []
    run, fresh = _beside(source, RUN, notes), _beside(source, FRESHNESS, notes)
    results = [*_results(run)]
    notes += _about_run(run, results, manifest)
    notes += _about_sources(fresh, manifest)
    return Outcomes(
        seconds={text(one["unique_id"]): took for one in results if (took := _seconds(one)) is not None},
        status={text(one["unique_id"]): text(one.get("status")).lower() for one in results},
        at=moment(mapping(run.get("metadata")).get("generated_at")) if results else None,
        threads=len({text(one.get("thread_id")) for one in results if text(one.get("thread_id")).startswith("Thread")}),
        command=text(mapping(run.get("args")).get("which")),
        loaded={text(one["unique_id"]): at for one in _results(fresh) if (at := moment(one.get("max_loaded_at")))},
        notes=tuple(notes),
    )


def _beside(source: Source, name: str, notes: list[Note]) -> dict[str, Any]:
    """The object in a file beside the source, or an empty one; what is wrong with it goes to the notes."""
    path = source.folder / name if source.folder else None
    if path is None or not path.is_file():
        return {}
    try:
        if path.stat().st_size > MOST_JSON:
            notes.append(Note("missed", f"{name}: it is too large", file=str(path)))
            return {}
        found = parsed_json(Source(str(path), path.read_text("utf-8-sig")))
    except InvalidInput as error:
        problem = error.problems[0]
        notes.append(Note("missed", f"{name}: {problem.message}", problem.line, str(path)))
        return {}
    except (OSError, ValueError):
        notes.append(Note("missed", f"{name}: it cannot be read as text in UTF-8", file=str(path)))
        return {}
    if not isinstance(mapping(found).get("results"), list):
        notes.append(Note("missed", f"{name}: it has no list of results", file=str(path)))
    return mapping(found)


def _results(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    results = data.get("results")
    for one in results if isinstance(results, list) else ():
        if isinstance(one, dict) and text(one.get("unique_id")):
            yield one


def _seconds(result: Mapping[str, Any]) -> float | None:
    """How long it ran; None when it did not, or when that cannot be."""
    took = result.get("execution_time")
    if not isinstance(took, int | float) or isinstance(took, bool) or text(result.get("status")).lower() == SKIPPED:
        return None
    return float(took) if math.isfinite(took) and 0 <= took <= _MOST_SECONDS else None


def moment(value: object) -> datetime | None:
    """An instant as dbt writes it, in UTC where it says no zone; None for anything else."""
    try:
        at = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _about_run(run: Mapping[str, Any], results: list[dict[str, Any]], manifest: Manifest) -> Iterator[Note]:
    if not results:
        return
    count = Counter(text(one.get("status"), "no status").lower() for one in results)
    told = ", ".join(f"{number} {status}" for status, number in count.items())
    command = text(mapping(run.get("args")).get("which"))
    at = moment(mapping(run.get("metadata")).get("generated_at"))
    when = f" of {at:%Y-%m-%d %H:%M} UTC" if at else ""
    yield Note("kept", f"{RUN}: dbt {command or 'run'}{when}, {plural(len(results), 'result')} ({told})")
    known = {*manifest.built, *(one.uid for one in (*manifest.tests, *manifest.unit_tests, *manifest.exposures))}
    strangers = [uid for one in results if (uid := text(one["unique_id"])) not in known and uid[:10] != "operation."]
    if strangers:
        told = f"{RUN}: {plural(len(strangers), 'result')} of what the manifest does not have ({strangers[0]})"
        yield Note("missed", f"{told}; was it written by another version of the project?")


def _about_sources(fresh: Mapping[str, Any], manifest: Manifest) -> Iterator[Note]:
    stale = [
        f"{one['unique_id'].removeprefix('source.')} ({text(one.get('status'))})"
        for one in _results(fresh)
        if text(one["unique_id"]) in manifest.sources and text(one.get("status")).lower() != "pass"
    ]
    if stale:
        yield Note("kept", f"{FRESHNESS}: not fresh when dbt last looked: {', '.join(stale)}")
