"""Who is told what, and when somebody answers: deadlines of inputs and datasets, monitors, acknowledgement."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.worlds import JFK, assert_goes_on_the_same, told, world
from workbench.engine.data_events import AlertAnswered, AlertSent, CheckRan, VersionPublished
from workbench.engine.events import DeadlineMissed, InputArrived

TEXT = f"""
roster:
  oncall: {{acknowledges: 4m}}
  boss: {{acknowledges: 30m}}
  silent: {{acknowledges: never}}
  gone: {{active: false}}
routes: {{"#data": [gone, boss, oncall]}}
---
dag: flights
owner: oncall
schedule: "0 6 * * *"
start: 2013-01-01
inputs: {{jfk: {JFK}}}
datasets: {{pub: {{}}}}
tasks:
  extract: {{needs: [jfk], takes: 10m}}
  publish: {{needs: [extract], takes: 1m, writes: [pub]}}
---
scenario: days
from: 2013-01-04T00:00Z
until: 2013-01-06T12:00Z
faults:
"""
TOLD = (DeadlineMissed, AlertSent, AlertAnswered, CheckRan)


NOTHING_NOW = "never: {input: jfk, partition: 2013-02-01}"
PLACES = {"jfk": f"jfk: {JFK}", "pub": "pub: {}", "owner": "owner: oncall"}


def play(*faults: str, **changes: str) -> wb.Session:
    """The world with these faults, and with other text in some places."""
    text = TEXT
    for place, new in changes.items():
        assert PLACES[place] in text
        text = text.replace(PLACES[place], new)
    return world(text + "".join(f"  - {fault}\n" for fault in faults or (NOTHING_NOW,)))


LATE = "late: {input: jfk, partition: 2013-01-04, by: 4h}"
DUE = f"jfk: {JFK[:-1]}, deadline: '07:00'" + "}"


def test_an_input_that_has_not_come_by_its_deadline() -> None:
    s = play(LATE, jfk=DUE)
    assert told(s, *TOLD, InputArrived) == [
        "04 05:30 jfk@2013-01-03 318",
        "05 07:00 deadline of input:jfk@2013-01-04",
        "05 07:00 deadline input:jfk to oncall",
        "05 07:04 oncall answers",
        "05 09:30 jfk@2013-01-04 318",
        "06 05:30 jfk@2013-01-05 302",
    ]
    assert_goes_on_the_same(s)


def test_one_that_comes_at_its_deadline_has_come() -> None:
    s = play("late: {input: jfk, partition: 2013-01-04, by: 90m}", jfk=DUE)
    assert told(s, *TOLD) == []


def test_its_own_owner_is_told_before_that_of_the_dag() -> None:
    s = play(LATE, jfk=DUE[:-1] + ", owner: boss}")
    assert told(s, *TOLD)[1:] == ["05 07:00 deadline input:jfk to boss", "05 07:30 boss answers"]


def test_an_input_is_due_on_days_without_a_run_too() -> None:
    monthly = TEXT.replace("0 6 * * *", "0 6 1 * *").replace(f"jfk: {JFK}", DUE)
    s = world(monthly + f"  - {LATE}\n")
    assert told(s, DeadlineMissed) == ["05 07:00 deadline of input:jfk@2013-01-04"]


def test_a_dataset_that_is_not_live_by_its_deadline() -> None:
    s = play(LATE, pub="pub: {deadline: '06:11', owner: boss}")
    assert told(s, *TOLD, VersionPublished) == [
        "04 06:11 pub@2013-01-03 v1 is live",
        "05 06:11 deadline of dataset:pub@2013-01-04",
        "05 06:11 deadline dataset:pub to boss",
        "05 06:41 boss answers",
        "05 09:41 pub@2013-01-04 v1 is live",
        "06 06:11 pub@2013-01-05 v1 is live",
    ]
    assert_goes_on_the_same(s)


def test_a_blocked_version_meets_no_deadline() -> None:
    checks = "pub: {deadline: '07:00', checks: {volume: {kind: rows, min: 310, severity: block}}}"
    s = play(pub=checks)
    assert told(s, *TOLD)[2:] == [
        "06 06:11 volume fails pub@2013-01-05 v1",
        "06 06:11 check pub.volume to oncall",
        "06 06:15 oncall answers",
        "06 07:00 deadline of dataset:pub@2013-01-05",
        "06 07:00 deadline dataset:pub to oncall",
        "06 07:04 oncall answers",
    ]
    assert_goes_on_the_same(s)


def test_nobody_waits_for_what_was_due_before_the_simulation() -> None:
    text = TEXT.replace("2013-01-04T00:00Z", "2013-01-04T06:30Z").replace("pub: {}", "pub: {deadline: '07:00'}")
    s = world(text + f"  - {LATE}\n")
    assert told(s, DeadlineMissed) == ["05 07:00 deadline of dataset:pub@2013-01-04"]


# who answers


@pytest.mark.parametrize(("route", "lines"), [
    ("gone", ["05 07:00 deadline input:jfk to gone, nobody there"]),
    ("nobody", ["05 07:00 deadline input:jfk to nobody, nobody there"]),
    ("silent", ["05 07:00 deadline input:jfk to silent"]),
    ('"#data"', ["05 07:00 deadline input:jfk to gone,boss,oncall", "05 07:30 boss answers"]),
])  # fmt: skip
def test_the_first_who_is_there_answers_after_a_while(route: str, lines: list[str]) -> None:
    s = play(LATE, jfk=DUE, owner=f"alerts: {{to: {route}}}\nowner: oncall")
    assert told(s, AlertSent, AlertAnswered) == lines
    assert_goes_on_the_same(s)


def test_an_answer_names_its_alert() -> None:
    s = play(LATE, jfk=DUE)
    answer = next(event for event in s.events if isinstance(event, AlertAnswered))
    assert isinstance(s.events[answer.alert - 1], AlertSent)
    assert answer.cause == answer.alert
    alert = s.state.known.data.alerts[answer.alert]
    assert (alert.answered, alert.by) == (answer.at, "oncall")


# monitors

AFTER = "pub: {mode: append, checks: {volume: {kind: rows, min: 310, when: after, delay: 20m}}}"


def test_a_monitor_looks_after_publication_and_only_tells() -> None:
    s = play(pub=AFTER)
    assert told(s, VersionPublished, *TOLD) == [
        "04 06:11 pub@2013-01-03 v1 is live",
        "04 06:31 volume passes pub@2013-01-03 v1",
        "05 06:11 pub@2013-01-04 v1 is live",
        "05 06:31 volume passes pub@2013-01-04 v1",
        "06 06:11 pub@2013-01-05 v1 is live",
        "06 06:31 volume fails pub@2013-01-05 v1",
        "06 06:31 check pub.volume to oncall",
        "06 06:35 oncall answers",
    ]
    live = s.state.known.data.live_version("pub", "2013-01-05")
    assert live is not None
    assert live.state == "live"
    assert_goes_on_the_same(s)


def test_a_monitor_does_not_look_at_what_was_replaced_meanwhile() -> None:
    crash = "crash_after_write: {task: publish, partition: 2013-01-03}"
    text = TEXT.replace("pub: {}", AFTER).replace("takes: 1m,", "takes: 1m, retries: {max: 1, delay: 5m},")
    s = world(text + f"  - {crash}\n")
    assert told(s, VersionPublished, CheckRan)[:3] == [
        "04 06:11 pub@2013-01-03 v1 is live",
        "04 06:17 pub@2013-01-03 v2 is live",
        "04 06:37 volume passes pub@2013-01-03 v2",
    ]
    assert_goes_on_the_same(s)


def test_without_roster_and_routes_nobody_is_told() -> None:
    s = world(TEXT[TEXT.index("dag: flights") :].replace(f"jfk: {JFK}", DUE) + f"  - {LATE}\n")
    assert told(s, *TOLD) == ["05 07:00 deadline of input:jfk@2013-01-04"]


# a check and the run that it fails


GATE = "pub: {owner: OWNER, checks: {volume: {kind: rows, min: 310, severity: block}}}"


def alerts(s: wb.Session) -> list[str]:
    return [f"{one.kind} {one.subject} to {', '.join(one.recipients)}" for one in s.state.known.data.alerts.values()]


@pytest.mark.parametrize(
    ("owner", "faults", "sent"),
    [
        ("oncall", (), ["check pub.volume to oncall"]),
        ('"#data"', (), ["check pub.volume to gone, boss, oncall"]),
        ("boss", (), ["check pub.volume to boss", "failure  to oncall"]),
        (
            "oncall",
            ("bug: {task: other, partition: 2013-01-05}",),
            ["check pub.volume to oncall", "failure  to oncall"],
        ),
    ],
)
def test_who_hears_of_the_check_need_not_hear_of_its_run(owner: str, faults: tuple[str, ...], sent: list[str]) -> None:
    text = TEXT.replace("pub: {}", GATE.replace("OWNER", owner)).replace(
        "tasks:\n", "tasks:\n  other: {takes: 1m, retries: 1}\n"
    )
    s = world(text + "".join(f"  - {fault}\n" for fault in faults or (NOTHING_NOW,)))
    assert alerts(s) == sent
    assert_goes_on_the_same(s)


def test_a_check_that_nobody_is_told_of_does_not_hide_the_failure() -> None:
    silent = TEXT.replace("owner: oncall", "owner: oncall\nalerts: {on: [failure]}")
    s = world(silent.replace("pub: {}", GATE.replace("OWNER", "oncall")) + f"  - {NOTHING_NOW}\n")
    assert alerts(s) == ["failure  to oncall"]


def test_a_step_that_checks_is_told_once_too() -> None:
    gate = GATE.replace("OWNER", "oncall").replace("min: 310", "min: 310, when: step")
    text = TEXT.replace("pub: {}", gate).replace(
        "writes: [pub]}", "writes: [pub]}\n  gate: {needs: [publish], takes: 5m, checks: [pub.volume]}"
    )
    s = world(text + f"  - {NOTHING_NOW}\n")
    assert alerts(s) == ["check pub.volume to oncall"]


def test_when_the_run_ends_later_than_its_check_it_is_told_once_too() -> None:
    text = TEXT.replace("pub: {}", GATE.replace("OWNER", "oncall")).replace(
        "tasks:\n", "tasks:\n  other: {takes: 1h}\n"
    )
    s = world(text + f"  - {NOTHING_NOW}\n")
    assert alerts(s) == ["check pub.volume to oncall"]
    assert_goes_on_the_same(s)


def test_a_run_that_is_marked_failed_by_hand_is_told() -> None:
    s = play(pub=GATE.replace("OWNER", "oncall"))
    s.do("rerun publish@2013-01-05")
    s.do("mark publish@2013-01-05 failed")
    s.run_until("2013-01-06T12:01Z")
    assert alerts(s) == ["check pub.volume to oncall", "failure  to oncall"]
