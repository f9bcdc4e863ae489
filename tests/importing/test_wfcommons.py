"""Recorded workflows: a real size, machines as slots, files as edges, and the critical path."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

import workbench as wb
from tests.importing.places import FILES, edges, first_run, notes, refused, session
from workbench.importing.found import Draft, Found
from workbench.importing.sources import bring
from workbench.timetable import parse_duration


@pytest.fixture(scope="module")
def montage(tmp_path_factory: pytest.TempPathFactory) -> Found:
    place = tmp_path_factory.mktemp("montage") / "montage.json"
    place.write_bytes(gzip.decompress((FILES / "montage.json.gz").read_bytes()))
    return bring(place)


def critical_path(draft: Draft) -> timedelta:
    """The longest way through the tasks."""
    ends: dict[str, timedelta] = {}
    ups: dict[str, list[str]] = {task: [] for task in draft.tasks}
    for up, down in edges(draft):
        ups[down].append(up)
    while len(ends) < len(ups):
        for task in [one for one, above in ups.items() if one not in ends and all(up in ends for up in above)]:
            begins = max((ends[up] for up in ups[task]), default=timedelta(0))
            ends[task] = begins + parse_duration(draft.tasks[task]["takes"])
    return max(ends.values())


def test_a_large_workflow_takes_its_critical_path(montage: Found) -> None:
    [draft] = montage.drafts
    assert len(draft.tasks) == 612
    assert len(edges(draft)) == 1607
    run = first_run(session(montage))
    assert run.state == "success"
    assert run.started is not None
    assert run.ended is not None
    assert run.ended - run.started == critical_path(draft)


def test_a_large_workflow_is_drawn(montage: Found) -> None:
    small, whole = (wb.Bench(session(montage)).graph(*size).text for size in ((120, 36), (200, 400)))
    assert len(small.splitlines()) <= 36
    assert whole.count("○") + whole.count("▸") >= 612


def test_machines_are_slots_and_files_are_edges() -> None:
    found = bring(FILES / "blast.json")
    [draft] = found.drafts
    assert edges(draft) == {
        ("split_1", "search_1"), ("split_1", "search_2"), ("search_1", "merge_1"), ("search_2", "merge_1")
    }  # fmt: skip
    assert draft.tasks["search_1"] == {"needs": ["split_1"], "takes": "1m", "pool": "node-b", "slots": 3}
    assert draft.tasks["merge_1"]["takes"] == "1s"
    assert found.settings == {"pools": {"node-a": 2, "node-b": 4}}
    assert notes(found, "missed") == [(0, "how many cores node-c has; tasks there wait for no slot")]
    cells = first_run(session(found)).cells
    first, second = (cells[task].attempts[0] for task in ("search_1", "search_2"))
    assert second.started == first.ended  # three cores of four are taken


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"workflow": {"tasks": []}}', "its `workflow` holds no tasks"),
        ('{"workflow": 7}', "it has no `workflow`"),
        ('{"workflow": {"tasks": [{"id": "a", "parents": ["b"]}, {"id": "b", "parents": ["a"]}]}}', "circle"),
        ("[" * 100_000, "is nested too deeply"),
        ('{\n"workflow": {', "given:2: is no JSON"),
    ],
    ids=["no tasks", "no workflow", "a circle", "deep", "broken"],
)
def test_what_cannot_be_read_is_told(text: str, told: str) -> None:
    [first, *_] = refused(text, "wfcommons")
    assert told in first


def test_odd_values_do_no_harm() -> None:
    tasks = [{"id": "a", "runtimeInSeconds": -3, "cores": "many", "parents": [None, "gone"], "files": 7}, 3, {"id": 9}]
    found = bring("x.json", "wfcommons", json.dumps({"workflow": {"tasks": tasks}}))
    assert [*found.drafts[0].tasks] == ["a", "t_9"]
    assert notes(found, "missed") == [(0, "'gone' is named as a parent and is no task here")]
    assert (0, "1 min for 2 of 2 tasks, whose run time is not told") in notes(found, "guessed")


def test_the_kind_is_told_by_the_file(tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text((FILES / "blast.json").read_text())
    assert bring(tmp_path / "trace.json").tool == "WfCommons"
