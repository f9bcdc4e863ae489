"""Why knows only what an orchestrator knows; and its answers as JSON fit the published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema

import workbench as wb
from tests.samples import late_jfk, session
from tests.test_why_ended import FAILS, GREEN
from tests.test_why_failed import DEADLINES
from tests.test_why_limits import DOWN, ROOM
from tests.test_why_no_run import DATA, MISSED, NO_RUN
from tests.test_why_past import PAST, SETUP
from tests.test_why_sensors import SENSORS
from tests.test_why_skipped import BRANCH, RUN
from tests.test_why_waits import ELSEWHERE, INPUTS, RETRIES, SLOTS, UPSTREAM, WEEKLY
from tests.why_cases import backfill, clear, data_session, mark, pause
from workbench.session import Session
from workbench.views import Why, WhyRun, explain, explain_run

# it knows what an orchestrator knows


def story_with(jfk: str) -> Session:
    """The shipped story, and another fate of Friday's JFK file."""
    s = late_jfk()
    s.run_until("2013-01-04T05:50Z")
    if jfk == "never":
        s.inject(wb.Never("jfk", "2013-01-03"))
    else:
        s.inject(wb.Late("jfk", "2013-01-03", s.instant(jfk)))
    return s


def targets(s: Session) -> Iterator[str]:
    for name, spec in s.current_workspace().dags.items():
        for task in spec.tasks:
            yield from (f"{name}.{task}@2013-01-{day:02}" for day in range(1, 6))


def answers(s: Session, at: datetime) -> list[Why | WhyRun]:
    """Every answer at an instant, from one state."""
    known = s.branch.state_at(s.branch.position_at(at)).known
    of_runs = {target.partition(".")[0] + "@" + target.partition("@")[2] for target in targets(s)}
    return [explain(known, at, target) for target in targets(s)] + [
        explain_run(known, at, target) for target in sorted(of_runs)
    ]


def instants(begin: str, end: str, step: timedelta, s: Session) -> Iterator[datetime]:
    at = s.instant(begin)
    while at < s.instant(end):
        yield at
        at += step


def test_no_sentence_reveals_when_a_late_file_comes() -> None:
    futures = [story_with(fate) for fate in ("07:35", "09:00", "never")]
    for s in futures:
        s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
        s.run_until("2013-01-04T10:00Z")
    asked = 0
    for at in instants("2013-01-04T05:51Z", "2013-01-04T07:35Z", timedelta(minutes=4), futures[0]):
        first, *others = (answers(s, at) for s in futures)
        assert all(other == first for other in others), at
        asked += len(first)
    assert asked > 600
    assert len({s.why("extract@2013-01-03", "2013-01-04T07:35Z").headline for s in futures}) == 2


def test_no_sentence_reveals_that_a_try_will_fail() -> None:
    good, bad = late_jfk(), late_jfk()
    bad.inject(wb.Flaky("clean", "2013-01-03", 2))
    for s in (good, bad):
        s.run_until("2013-01-04T07:00Z")
    for at in instants("2013-01-04T05:50Z", "2013-01-04T06:13Z", timedelta(minutes=1), good):
        assert answers(good, at) == answers(bad, at), at
    assert good.why("clean", "06:13") != bad.why("clean", "06:13")


SLOW_OR_LOST = (
    None,
    wb.Varies("clean", ["40m", "50m"]),
    wb.Hang("clean"),
    wb.WorkerLost("clean", after=timedelta(minutes=2), noticed=timedelta(minutes=5)),
    wb.Zombie("clean", noticed=timedelta(minutes=5)),
    wb.LostAnswer("clean"),
)


def test_no_sentence_reveals_that_a_worker_is_lost_or_hangs() -> None:
    futures = [late_jfk() for _ in SLOW_OR_LOST]
    for s, fault in zip(futures, SLOW_OR_LOST, strict=True):
        s.seek("2013-01-04T05:50Z")
        if fault is not None:
            s.inject(fault)
        s.run_until("2013-01-04T07:00Z")
    for at in instants("2013-01-04T05:51Z", "2013-01-04T06:13Z", timedelta(minutes=1), futures[0]):
        first, *others = (answers(s, at) for s in futures)
        assert all(other == first for other in others), at
    # Then it is known that it runs still, that it ended, or that it was given up: at its time each.
    assert len({s.why("clean@2013-01-03", "2013-01-04T06:17Z").headline for s in futures}) == 4


def test_no_time_ahead_but_dues_retries_and_ticks() -> None:
    s = late_jfk()
    s.run_until("2013-01-05T09:00Z")
    said = re.compile(r"\b(?:[A-Z][a-z]{2} (\d+) Jan )?(\d\d):(\d\d)\b")
    allowed = re.compile(r"(is due|, at|until|the clock makes it|gives up|again|Deadline:|makes the first) $")
    for at in instants("2013-01-03T05:30Z", "2013-01-05T09:00Z", timedelta(minutes=31), s):
        for text in (line for answer in answers(s, at) for line in str(answer).splitlines()):
            day = at.day
            for found in said.finditer(text):
                # In a chain of causes the day is said where it changes.
                day = int(found[1] or (day if " ← " in text else at.day))
                told = at.replace(hour=int(found[2]), minute=int(found[3]), day=day)
                assert told <= at or allowed.search(text[: found.start()]), (at, text)


# as JSON

SCHEMA = json.loads((Path(str(files("workbench.views"))) / "why.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EVERY = [INPUTS, WEEKLY, UPSTREAM, SLOTS, RETRIES, ELSEWHERE, GREEN, FAILS, NO_RUN]
EVERY += [ROOM, DOWN, SENSORS, PAST, SETUP, BRANCH, DATA, MISSED, DEADLINES]


def commanded() -> Session:
    """A future in which a person does this and that."""
    s = session(BRANCH)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-02", limit=1)
    s.run_until("06:15")
    mark(s, RUN, "delta_load", "success")
    s.run_until("06:30")
    clear(s, RUN, "choose")
    backfill(s, "d", "2013-01-03", kind="manual")
    s.run_until("08:00")
    backfill(s, "d", "2013-01-04", kind="manual")
    pause(s)
    return s


def approved() -> Iterator[dict[str, Any]]:
    """Of a pipeline with datasets: waiting for one, failed by a check, and started when somebody approved it; and of
    one whose scheduler was away, or that was paused."""
    s = data_session()
    s.run_until("2013-01-04T09:00Z")
    asked = [f"{task}@2013-01-03" for task in ("load", "join", "report", "direct")]
    yield from (s.why(target).to_data() for target in asked)
    s.approve("staged@2013-01-03")
    s.run_until("2013-01-04T09:30Z")
    yield from (s.why(target).to_data() for target in asked)
    s = session(AWAY)
    s.run_until("2013-01-02T08:00Z")
    yield s.why("join").to_data()
    s = session(AWAY)
    for line in ("go 2013-01-02 05:30", "pause *", "go 2013-01-02 07:30", "unpause *", "go 2013-01-02 09:00"):
        s.do(line)
    yield s.why("join").to_data()


AWAY = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {load: {takes: 10m}, join: {needs: [load], takes: 5m}}
    ---
    scenario: s
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
    faults:
    - scheduler_down: {from: 2013-01-02T06:05Z, until: 2013-01-02T07:00Z}
"""


def every_answer() -> Iterator[dict[str, Any]]:
    moments = [(SENSORS, "gives", "06:12"), (SETUP, "first", "06:05"), (DOWN, "c", "06:20"), (PAST, "clean", "06:02")]
    for text, task, moment in moments:
        yield session(text).why(task, moment).to_data()
    yield from approved()
    for s in [*map(session, EVERY), commanded()]:
        s.run_until()
        names = [f"{dag}.{task}" for dag, spec in s.workspace.dags.items() for task in spec.tasks]
        for minutes in range(0, 27 * 60, 101):
            at = s.start + timedelta(minutes=minutes)
            known = s.branch.state_at(s.branch.position_at(at)).known
            days = dict.fromkeys(key.partition for key in known.runs) if s.branch.log and len(known.plans) == 1 else ()
            asked = [*names, *(f"{name}@{day}" for name in names for day in days)]
            yield from (explain(known, at, name).to_data() for name in asked)


def test_every_answer_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    states, rules, kinds = set(), set(), set()
    for data in every_answer():
        VALIDATOR.validate(data)
        assert json.loads(json.dumps(data)) == data
        states.add(data["state"])
        rules |= {check["rule"] for check in data["checks"]}
        kinds |= {cause["kind"] for cause in data["causes"]}
    seen_elsewhere = {"queued", "removed"}
    assert states == set(SCHEMA["properties"]["state"]["enum"]) - seen_elsewhere
    assert rules == set(SCHEMA["$defs"]["check"]["properties"]["rule"]["enum"])
    assert kinds == set(SCHEMA["$defs"]["cause"]["properties"]["kind"]["enum"])


def test_the_schema_refuses_what_is_not_in_it() -> None:
    data = session(INPUTS).why("load", "07:00").to_data()
    for wrong in ({**data, "more": 1}, {**data, "at": "07:00"}, {k: v for k, v in data.items() if k != "helps"}):
        assert not VALIDATOR.is_valid(wrong)


def test_every_field_of_the_schema_is_described() -> None:
    groups = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "properties" in part)]
    for group in groups:
        assert set(group["required"]) == set(group["properties"])
        assert all(part.get("description") for part in group["properties"].values())


def test_one_answer_as_data() -> None:
    data = session(GREEN).why("publish", "08:00").to_data()
    assert data["not_there"] == [
        {
            "task": "extract",
            "input": "file",
            "partition": "2013-01-01",
            "started": "2013-01-02T06:00:00Z",
            "due": "2013-01-02T06:00:00Z",
            "came": "2013-01-02T07:35:00Z",
            "waits": False,
        }
    ]
    assert [(c["kind"], c["name"], c["at"], c["worked"]) for c in data["causes"]] == [
        ("task", "publish", "2013-01-02T06:15:00Z", 300),
        ("task", "extract", "2013-01-02T06:10:00Z", 600),
        ("clock", "", "2013-01-02T06:00:00Z", 0),
    ]
