"""Laws about data: rows come from somewhere, right runs are right, and repairing equals having been right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.data_acts import disturb
from tests.laws.data_worlds import (
    BAD,
    DAYS,
    GOOD,
    INPUTS,
    MINUTE,
    SAFE_MODES,
    START,
    UNTIL,
    data_stories,
    folder,
    rows_of,
    with_code,
)
from tests.laws.worlds import Story
from workbench.engine import State
from workbench.engine.catalog import Version
from workbench.engine.data_events import PointersMoved
from workbench.model import DagSpec, Dataset, Input, Task, Workspace
from workbench.scenario import Doubled, Empty, LateRows, Poison, Scenario, Truncated
from workbench.session import Session
from workbench.views.lineage import stale_versions

HOUR = timedelta(hours=1)
DELIVERED = {str(row["id"]) for name in INPUTS for day in DAYS for row in rows_of(name, day)}


def every_version(state: State) -> list[Version]:
    return [version for some in state.known.data.versions.values() for version in some]


def live(session: Session) -> dict[tuple[str, str], str | None]:
    """The content of every live version."""
    catalog = session.state.known.data
    found = {place: catalog.live_version(*place) for place in sorted(catalog.live)}
    return {place: version.content for place, version in found.items() if version is not None}


@law(40)
@given(st.data())
def test_rows_are_conserved(data: st.DataObject) -> None:
    """No row appears that no input delivered and no function made, whatever goes wrong and whatever somebody does."""
    session = data.draw(data_stories()).session()
    disturb(data.draw, session)
    for version in every_version(session.state):
        for row in session.rows_of(version):
            name = str(row["id"])
            made = name.startswith("made/") and name.split("/")[1] in {"a", "b", "c", "d", "p", "q"}
            assert name in DELIVERED or made, f"{version.name}: {row}"


@law(25)
@given(data_stories(faults=False))
def test_what_went_well_is_right(story: Story) -> None:
    """Where nothing goes wrong, no version has a wrong row, and nobody reads one."""
    session = story.played()
    wrong = [one for one in session.judgements() if one.missing or one.duplicated or one.different]
    assert not wrong


@law(20)
@given(data_stories(SAFE_MODES, faults=False))
def test_writing_twice_equals_writing_once(story: Story) -> None:
    """Overwriting, or merging by key, a second time changes nothing, starts nobody and makes nobody stale."""
    session = story.played()
    before, runs = live(session), sorted(session.state.known.runs)
    for dag, day in dict.fromkeys((key.dag, key.partition) for key in runs):
        session.rerun(f"{dag}@{day}")
        session.run_until(session.now + 3 * HOUR)
    assert live(session) == before
    assert sorted(session.state.known.runs) == runs
    assert not list(stale_versions(session.state.known))


@law(15)
@given(data_stories(SAFE_MODES, faults=False, bugs=True), st.sampled_from((1, 3, 10)))
def test_a_backfill_equals_having_been_right(story: Story, limit: int) -> None:
    """New code and a backfill of all days, with all that comes after, lead to what that code would have made."""
    session = story.played()
    session.deploy("one", "v2")
    if "two" in story.workspace.dags:
        session.deploy("two", "v2")
    days = sorted(key.partition for key in session.state.known.runs if key.dag == "one")
    session.do(f"backfill one@{days[0]}..{days[-1]} all down limit {limit}")
    session.run_until(session.now + 30 * HOUR)
    right = with_code(story, "v2").session()
    right.run_until(session.now)
    mended, wanted = live(session), live(right)
    assert {place: mended[place] for place in wanted} == wanted
    assert not list(stale_versions(session.state.known))


@law(30)
@given(st.data())
def test_one_version_of_a_partition_is_live(data: st.DataObject) -> None:
    """At each instant at most one version of a partition is live, spans of which each begins where the one before has
    ended; nothing that a check has blocked or that was fenced goes live by itself; reads give what is live."""
    session = data.draw(data_stories()).session()
    disturb(data.draw, session)
    log, catalog = session.branch.log, session.state.known.data
    approved = {name for event in log if isinstance(event, PointersMoved) for name in event.moves}
    for place, some in catalog.versions.items():
        spans = sorted((span.since_seq, span.until_seq, one.n) for one in some for span in one.live)
        for (_, until, _), (since, _, _) in pairwise(spans):
            assert until is not None, f"two are live of {place}: {spans}"
            assert until <= since, f"two were live of {place}: {spans}"
        assert [n for _, until, n in spans if until is None] == ([catalog.live[place]] if place in catalog.live else [])
        for one in some:
            held = any(c.status == "fail" and c.severity == "block" for c in catalog.checks_of(one.name))
            assert not (one.live and one.name not in approved and (held or one.state == "fenced")), f"{one} is live"
    for read in catalog.reads:
        if read.n:
            found = catalog.live_version(read.dataset, read.partition, read.seq)
            assert found is not None
            assert found.n == read.n


@law(20)
@given(st.sampled_from(GOOD), st.sampled_from((*BAD, "")))
def test_what_a_bug_did_is_judged(good: str, bad: str) -> None:
    """A bug's rows are judged by the code that is right: the last version that a task names."""
    code = {"v1": f"flows:{bad}_{good}" if bad else f"flows:{good}", "v2": f"flows:{good}"}
    session = both_inputs("overwrite", [], code).played()
    for one in session.judgements():
        some = min(1, _wanted(good, one.partition))
        wanted = (some if bad == "lose" else 0, some if bad == "twice" else 0, 0)
        assert (one.missing, one.duplicated, one.different) == wanted, one.partition
    session.deploy("one.a", "v2")
    session.rerun("one.a@2013-01-03")
    session.run_until(session.now + HOUR)
    assert session.judgements()[-1].wrong == 0


def _wanted(good: str, day: str) -> int:
    """How many rows the right code makes of a day."""
    rows = [row for name in INPUTS for row in rows_of(name, day)]
    return sum(int(str(row["n"])) % 2 == 0 for row in rows) if good == "keep" else len(rows) + (good == "add")


# What a fault on a file with so many rows makes wrong: (missing, duplicated, different).
Wrong = tuple[int, int, int]
FAULTS: dict[str, tuple[Callable[[str, str], Any], Callable[[int], Wrong]]] = {
    "empty": (Empty, lambda rows: (rows, 0, 0)),
    "half": (lambda name, day: Truncated(name, day, share=0.5), lambda rows: (rows - rows // 2, 0, 0)),
    "three times": (lambda name, day: Doubled(name, day, 3), lambda rows: (0, 2 * rows, 0)),
    "poison": (lambda name, day: Poison(name, day, "n", "9"), lambda rows: (0, 0, min(rows, 1))),
    "late": (lambda name, day: LateRows(name, 0.5, partition=day), lambda rows: (rows // 2, 0, 0)),
}


@law(40)
@given(
    st.dictionaries(st.tuples(st.sampled_from(INPUTS), st.sampled_from(DAYS[1:4])), st.sampled_from(sorted(FAULTS))),
    st.sampled_from(("overwrite", "append", "merge")),
)
def test_what_is_judged_is_what_the_faults_did(faults: dict[tuple[str, str], str], mode: str) -> None:
    """Of each published version exactly the rows are wrong that the faults on its inputs made wrong."""
    wanted: dict[str, Wrong] = {}
    for (name, day), kind in faults.items():
        missing, duplicated, different = FAULTS[kind][1](len(rows_of(name, day)))
        before = wanted.get(day, (0, 0, 0))
        more = (missing, 0 if mode == "merge" else duplicated, different)  # merging by key takes them out again
        wanted[day] = (before[0] + more[0], before[1] + more[1], before[2] + more[2])
    session = both_inputs(mode, [FAULTS[kind][0](*place) for place, kind in faults.items()]).played()
    found = {one.partition: (one.missing, one.duplicated, one.different) for one in session.judgements()}
    assert found == {day: wanted.get(day, (0, 0, 0)) for day in DAYS[1:5]}


def both_inputs(mode: Any, faults: list[Any], code: dict[str, str] | None = None) -> Story:
    """One daily task that joins both inputs and writes a dataset."""
    task = Task("a", needs=INPUTS, takes=MINUTE, run="flows:join", code=code or {}, writes=("ds_a",))
    inputs = {one: Input(one, timedelta(hours=6), f"{one}-{{partition}}.jsonl") for one in INPUTS}
    kept = Dataset("ds_a", mode=mode, key=("id",) if mode == "merge" else ())
    spec = DagSpec(
        "one",
        {"a": task},
        inputs,
        "0 6 * * *",
        start=START - timedelta(days=2),
        end=START + timedelta(days=2),
        datasets={"ds_a": kept},
        folder=str(folder()),
        file="rows.yaml",
    )
    return Story(Workspace({"one": spec}), Scenario("faults", 0, START, UNTIL, faults=tuple(faults)))


def test_who_needs_a_dataset_waits_until_it_is_live() -> None:
    """It starts with the publication, and not before."""
    story = both_inputs("overwrite", [])
    two = DagSpec(
        "two",
        {"b": Task("b", needs=("ds_a",), takes=MINUTE)},
        schedule="0 6 * * *",
        start=START - timedelta(days=2),
        end=START + timedelta(days=2),
    )
    state = Story(Workspace({**story.workspace.dags, "two": two}), story.scenario).played().state
    for key in state.known.runs:
        if key.dag == "two":
            (attempt,) = state.known.runs[key].cells["b"].attempts
            (span,) = state.known.data.versions["ds_a", key.partition][0].live
            assert attempt.started == span.since
            assert attempt.began > span.since_seq
