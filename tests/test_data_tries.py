"""What a try writes when it crashes, dies and comes back, or is read while it writes; on real files."""

from __future__ import annotations

import pytest

from tests.test_data_faults import PLAIN, spoiled
from tests.worlds import assert_goes_on_the_same, told, world
from workbench.engine.data_events import VersionPublished, VersionWritten
from workbench.engine.events import AttemptEnded, InputArrived, WorkDone


def test_a_try_that_crashes_after_its_write_has_written() -> None:
    text = PLAIN.replace("start: 2013-01-02", "start: 2013-01-02\ndatasets: {raw: {mode: append}}")
    s = spoiled("crash_after_write: {task: extract, partition: 2013-01-03}", text=text)
    assert told(s, VersionWritten, VersionPublished, AttemptEnded, WorkDone)[:9] == [
        "04 06:10 extract 1 writes raw@2013-01-03 v1 318",
        "04 06:10 raw@2013-01-03 v1 is live",
        "04 06:10 extract 1 done",
        "04 06:10 extract 1 up_for_retry transient",
        "04 06:25 extract 2 writes raw@2013-01-03 v2 636",
        "04 06:25 raw@2013-01-03 v2 is live",
        "04 06:25 extract 2 success",
        "04 06:26 publish 1 writes pub@2013-01-03 v1 636",
        "04 06:26 pub@2013-01-03 v1 is live",
    ]
    assert_goes_on_the_same(s)


ZOMBIE = "zombie: {task: extract, partition: 2013-01-03, after: 2m, noticed: 3m, commits: %s}"
WRITES = {
    "append": [
        "04 06:12 extract 1 writes raw@2013-01-03 v1 318",
        "04 06:20 extract 2 writes raw@2013-01-03 v2 636",
        "04 06:21 publish 1 writes pub@2013-01-03 v1 636",
    ],
    "overwrite": [
        "04 06:12 extract 1 writes raw@2013-01-03 v1 318",
        "04 06:20 extract 2 writes raw@2013-01-03 v2 318",
        "04 06:21 publish 1 writes pub@2013-01-03 v1 318",
    ],
    "append, fenced: true": [
        "04 06:12 extract 1 writes raw@2013-01-03 v1 318 fenced",
        "04 06:20 extract 2 writes raw@2013-01-03 v2 318",
        "04 06:21 publish 1 writes pub@2013-01-03 v1 318",
    ],
}


@pytest.mark.parametrize("mode", WRITES)
def test_a_zombie_writes_late_unless_it_is_fenced(mode: str) -> None:
    text = PLAIN.replace("start: 2013-01-02", f"start: 2013-01-02\ndatasets: {{raw: {{mode: {mode}}}}}")
    s = spoiled(ZOMBIE % "12m", text=text)
    assert told(s, VersionWritten)[:3] == WRITES[mode]
    assert_goes_on_the_same(s)


def test_a_zombie_that_writes_after_the_next_try_puts_back_what_it_read_before_a_correction() -> None:
    """Curriculum D4, replay B: the right count, and the wrong content."""
    correction = "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-04T06:08Z, column: arr_delay, factor: 2}"
    s = spoiled(ZOMBIE % "25m", correction)
    written = [event for event in s.events if isinstance(event, VersionWritten) and event.dataset == "raw"]
    came = [event.content for event in s.events if isinstance(event, InputArrived) and event.partition == "2013-01-03"]
    assert [f"{e.at:%H:%M} {e.number} {e.rows}" for e in written[:2]] == ["06:20 2 318", "06:25 1 318"]
    assert [e.content for e in written[:2]] == [came[1], came[0]]
    live = s.state.known.data.live_version("raw", "2013-01-03")
    assert live is not None
    assert live.number == 1
    assert_goes_on_the_same(s)


def test_a_zombie_whose_work_fails_writes_nothing() -> None:
    text = PLAIN.replace("writes: [raw]}", 'writes: [raw], sql: "SELECT none FROM jfk"}')
    s = spoiled(ZOMBIE % "12m", text=text)
    assert told(s, VersionWritten, WorkDone) == ["04 06:12 extract 1 done"]


def test_who_reads_while_it_is_written_finds_a_part() -> None:
    """Three timers and no edges, curriculum L1.3: 60 % of 914 rows are 548."""
    inputs = ", ".join(f"{name}: {{path: '{name}/{{partition}}.csv.gz'}}" for name in ("ewr", "jfk", "lga"))
    text = f"""
dag: download
schedule: "0 6 * * *"
start: 2013-01-02
inputs: {{{inputs}}}
tasks:
  ewr_jfk_lga: {{reads: [ewr, jfk, lga], takes: 8m, writes: [raw], sql: "{UNION}"}}
---
dag: clean
schedule: "30 6 * * *"
start: 2013-01-02
tasks: {{clean: {{reads: [raw], takes: 3m, writes: [stg]}}}}
---
scenario: slow
from: 2013-01-04T00:00Z
until: 2013-01-05T12:00Z
faults:
  - slow: {{task: download.ewr_jfk_lga, partition: 2013-01-03, takes: 45m}}
  - partial: {{dataset: raw, partition: 2013-01-03, share: 60%}}
  - partial: {{dataset: raw, partition: 2013-01-04, share: 60%}}
"""
    s = world(text)
    assert told(s, VersionWritten) == [
        "04 06:33 clean 1 writes stg@2013-01-03 v1 548",
        "04 06:45 ewr_jfk_lga 1 writes raw@2013-01-03 v1 914",
        "05 06:08 ewr_jfk_lga 1 writes raw@2013-01-04 v1 915",
        "05 06:33 clean 1 writes stg@2013-01-04 v1 915",
    ]
    assert_goes_on_the_same(s)


UNION = "SELECT * FROM ewr UNION ALL SELECT * FROM jfk UNION ALL SELECT * FROM lga"
