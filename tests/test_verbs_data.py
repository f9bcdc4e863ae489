"""Verbs about data: what a line changes, what its plan said before, and refusals that teach."""

from __future__ import annotations

from typing import Any

import pytest

import workbench as wb
from tests.samples import block
from tests.verb_cases import data_bench, refused
from workbench.engine.data_events import ConsumersTold, PointersMoved, RowsSetAside
from workbench.engine.events import DagEdited, SettingsChanged
from workbench.model import Check
from workbench.session import Session
from workbench.verbs import complete
from workbench.views.data_words import dataset_in

PUB, STG = "pub_punctuality", "stg_flights"


def live(s: Session, name: str, day: str) -> int:
    """The number of the live version; 0: none."""
    found: int = s.state.known.data.live.get((name, day), 0)
    return found


def done(s: Session) -> Any:
    """The event of what was done last."""
    [event] = s.done.events
    return event


# which version is live


def test_what_is_withdrawn_is_live_no_longer_and_undo_brings_it_back() -> None:
    s = data_bench()
    assert s.plan_of(f"withdraw {PUB}@2013-01-02") == [
        "pub_punctuality of Wed 2 Jan: nothing would be live (now: version 1, 321 rows)",
        "read by board_dashboard (Thu 3 Jan 08:00) and ops_email (Thu 3 Jan 08:30); "
        "to tell them: notify about pub_punctuality@2013-01-02",
    ]
    assert s.do(f"withdraw {PUB}@2013-01-02").sentence == (
        "version 1 of pub_punctuality for Wed 2 Jan withdrawn: nothing of it is live"
    )
    assert live(s, PUB, "2013-01-02") == 0
    s.do("undo")
    assert live(s, PUB, "2013-01-02") == 1


def test_an_earlier_version_is_live_again() -> None:
    s = data_bench()
    s.do("rerun publish@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    assert live(s, PUB, "2013-01-02") == 2
    event: Any = s.withdraw(f"{PUB}@2013-01-02", to=1).done.events[0]
    assert event.moves == ((PUB, "2013-01-02", 1),)
    assert event.sentence == "version 2 of pub_punctuality for Wed 2 Jan withdrawn: version 1 is live again"
    assert live(s, PUB, "2013-01-02") == 1


def test_a_range_of_days_is_one_command() -> None:
    s = data_bench()
    before = len(s.events)
    s.do(f"withdraw {PUB}@2013-01-01..2013-01-02")
    assert len(s.events) == before + 1
    assert [live(s, PUB, day) for day in ("2013-01-01", "2013-01-02", "2013-01-03")] == [0, 0, 1]


def test_what_a_check_held_back_is_approved() -> None:
    s = data_bench()
    done = s.do(f"approve {STG}@2013-01-02")
    assert str(done) == block("""
        version 1 of stg_flights for Wed 2 Jan approved, though volume said: stg_flights of Wed 2 Jan has 321 rows; between 500 and 1,100 are wanted
          clean stays failed, as its check said no; so that those below may run: mark clean@2013-01-02 success
    """)  # noqa: E501
    assert live(s, STG, "2013-01-02") == 1
    [event] = done.events
    assert isinstance(event, PointersMoved)
    assert event.word == "approved"


def test_without_a_day_the_newest_is_approved() -> None:
    s = data_bench()
    assert done(s.approve(STG)).moves == ((STG, "2013-01-03", 1),)


# who is told


def test_all_whom_it_concerns_are_told_once() -> None:
    s = data_bench()
    s.do(f"withdraw {PUB}@2013-01-01..2013-01-02")
    done = s.do(f"notify about {PUB}@2013-01-01..2013-01-02")
    assert done.sentence == "board_dashboard and ops_email told that pub_punctuality of Tue 1 Jan and Wed 2 Jan changed"
    [event] = done.events
    assert isinstance(event, ConsumersTold)
    assert event.partitions == ("2013-01-01", "2013-01-02")
    again = refused(s, f"notify about {PUB}@2013-01-02")
    assert again.startswith("Nobody has read anything of pub_punctuality of Wed 2 Jan that changed since")


def test_who_read_the_same_rows_need_not_be_told() -> None:
    s = data_bench()
    s.do("rerun publish@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    assert live(s, PUB, "2013-01-02") == 2
    assert "Nobody has read anything" in refused(s, f"notify about {PUB}@2013-01-02")
    assert done(s.notify(f"{PUB}@2013-01-02", "ops_email")).consumers == ("ops_email",)


def test_who_read_a_replaced_version_is_told() -> None:
    s = data_bench()
    s.do("quarantine jfk@2013-01-02 where 'num(dep_delay) > 120'")
    s.do("rerun publish@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    assert done(s.notify(f"{PUB}@2013-01-02")).consumers == ("board_dashboard", "ops_email")


# quarantine


def test_rows_in_quarantine_are_not_seen_any_more() -> None:
    s = data_bench()
    line = "quarantine jfk@2013-01-02 where 'num(dep_delay) > 120' owner analytics-oncall"
    assert s.plan_of(line) == [
        "4 rows of jfk of Wed 2 Jan would be set aside, where num(dep_delay) > 120",
        "tries that begin from then on do not see them; what is written stays as it is until it is run again",
    ]
    done = s.do(line)
    assert done.sentence == (
        "4 rows of jfk of Wed 2 Jan set aside, where num(dep_delay) > 120; analytics-oncall answers for them"
    )
    [event] = done.events
    assert isinstance(event, RowsSetAside)
    assert (event.rows, event.owner) == (4, "analytics-oncall")
    s.do("rerun publish@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    version = s.state.known.data.live_version(PUB, "2013-01-02")
    assert version is not None
    assert version.rows == 321 - 4


def test_without_an_owner_it_is_the_owner_of_the_data() -> None:
    assert done(data_bench().quarantine("jfk@2013-01-02", "num(dep_delay) > 120")).owner == "ingest-oncall"


def test_a_condition_that_takes_every_row_says_so() -> None:
    done = data_bench().do("quarantine jfk@2013-01-02 where 'dep_delay > 120'")
    assert done.lines == (
        "that is every row of it; what comes from a CSV file is text: to compare numbers, write num(COLUMN) > 120",
    )


# checks, datasets, routes


def test_checks_come_change_and_go() -> None:
    s = data_bench()
    added = s.do(f"check add {PUB} volume rows min 500 max 1100 severity block")
    assert added.sentence == "pub_punctuality is checked: volume, rows min 500 max 1100 severity block"
    [event] = added.events
    assert isinstance(event, DagEdited)
    assert event.spec.datasets[PUB].checks["volume"] == Check("volume", "rows", min=500, max=1100, severity="block")
    s.do(f"check set {PUB}.volume min 300 severity warn")
    check = dataset_in(s.state.known, PUB).checks["volume"]
    assert (check.min, check.max, check.severity) == (300, 1100, "warn")
    s.do(f"check rm {PUB}.volume")
    assert dataset_in(s.state.known, PUB).checks == {}


def test_a_mended_check_lets_the_next_try_pass() -> None:
    s = data_bench()
    s.do(f"check set {STG}.volume min 300")
    s.do("rerun clean@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    assert live(s, STG, "2013-01-02") == 2


def test_checks_and_datasets_from_python() -> None:
    s = data_bench()
    s.add_check(PUB, "filled", "rows", min=1)
    s.set_check(f"{PUB}.filled", max=None, severity="block")
    s.set_dataset(PUB, mode="merge", key=["carrier", "flight"], fenced=True)
    dataset = dataset_in(s.state.known, PUB)
    assert (dataset.mode, dataset.key, dataset.fenced) == ("merge", ("carrier", "flight"), True)
    assert (dataset.checks["filled"].min, dataset.checks["filled"].severity) == (1, "block")
    s.remove_check(f"{PUB}.filled")
    assert dataset_in(s.state.known, PUB).checks == {}


def test_a_check_that_a_task_makes_is_not_taken_from_it() -> None:
    s = data_bench()
    s.do(f"set publish checks {STG}.volume")
    told = refused(s, f"check rm {STG}.volume")
    assert told == (
        "daily_flights.publish makes the check stg_flights.volume as a step; "
        "first write: set daily_flights.publish checks none"
    )
    s.do("set daily_flights.publish checks none")
    s.do(f"check rm {STG}.volume")


def test_fields_of_a_dataset_by_its_name() -> None:
    s = data_bench()
    assert s.do(f"set {PUB} mode append deadline 08:00").sentence == "pub_punctuality: mode append, deadline 08:00"
    assert dataset_in(s.state.known, PUB).mode == "append"


def test_where_alerts_go() -> None:
    s = data_bench()
    assert s.do('route daily_flights to "#data-alerts"').sentence == "alerts of daily_flights go to #data-alerts"
    assert s.state.known.plans["daily_flights"].spec.alerts.to == "#data-alerts"
    done = s.do('route "#data-alerts" ingest-oncall, analytics-oncall')
    assert done.sentence == "#data-alerts leads to ingest-oncall and analytics-oncall (before: departed-owner)"
    [event] = done.events
    assert isinstance(event, SettingsChanged)
    assert s.state.known.routes["#data-alerts"] == ("ingest-oncall", "analytics-oncall")
    assert s.do('route "#new" ingest-oncall').sentence == "#new leads to ingest-oncall, a new route"
    assert s.do("route daily_flights to none").sentence == ("alerts of daily_flights go to the owner of what is wrong")
    s.route("#new", "analytics-oncall")
    s.route("daily_flights", to="#new")
    assert s.state.known.plans["daily_flights"].spec.alerts.to == "#new"


# asking


def test_data_at_a_glance_of_one_dataset_and_of_one_day() -> None:
    s = data_bench()
    assert "pub_punctuality" in str(s.do("data"))
    assert "Thu 3 Jan  v1" in str(s.do(f"data {STG}"))
    day = str(s.do(f"data {PUB}@2013-01-02"))
    assert "Version 1 for Wed 2 Jan, 321 rows: live since Thu 3 Jan 06:02" in day
    assert "First rows of version 1" in day
    assert max(map(len, day.splitlines())) <= 80


def test_the_rows_that_a_check_held_back_can_be_looked_at() -> None:
    assert "First rows of version 1" in str(data_bench().do(f"data {STG}@2013-01-02"))


def test_lineage_up_and_down() -> None:
    s = data_bench()
    up, down = str(s.do(f"lineage {PUB}@2013-01-02 up")), str(s.do(f"lineage {PUB}@2013-01-02 down"))
    assert "jfk" in up
    assert "served" not in up
    assert "served" in down
    assert "jfk" not in down
    assert str(s.do("lineage stale")) == "Nothing is stale: all that is live was made of what is live."
    s.do(f"withdraw {PUB}@2013-01-02")
    assert s.do("lineage stale").sentence == "1 live version made of something that changed since:"
    assert s.do("lineage served@2013-01-02 stale").lines
    assert not s.do("lineage served@2013-01-01 stale").lines


def test_alerts_are_listed() -> None:
    assert data_bench().do("alerts").sentence == "6 alerts: 6 reached somebody, 6 answered."


def test_completion_knows_datasets_checks_people_and_readers() -> None:
    s = data_bench()
    assert complete("approve stg", s) == [STG]
    days = [f"{PUB}@2013-01-0{day}" for day in (3, 2, 1)]
    assert complete(f"withdraw {PUB}@2013-01-0", s) == days
    assert complete("check set stg", s) == [f"{STG}.volume"]
    assert complete("check add stg_flights vol null", s) == ["null_share"]
    assert complete("route daily_flights to ing", s) == ["ingest-oncall"]
    assert complete("notify board", s) == ["board_dashboard"]
    assert complete("set stg", s) == [STG]


# refusals

REFUSALS = [
    (f"approve {STG}@2013-01-05", "Nobody has written stg_flights of Sat 5 Jan, so there is nothing to approve"),
    (f"approve {PUB}@2013-01-02",
     "Version 1 of pub_punctuality of Wed 2 Jan is live already; only what a check held back is approved"),
    (f"approve {STG}@2013-01-02 7", "stg_flights of Wed 2 Jan has no version 7; it has 1"),
    ("approve stg_fligths@2013-01-02", "No dataset stg_fligths. Did you mean stg_flights?"),
    ("approve jfk@2013-01-02", "jfk is an input, which somebody else delivers; here it takes a dataset"),
    ("approve clean@2013-01-02", "clean is a task; it writes stg_flights, and here it takes that"),
    (f"approve {STG}@2013-01-01..2013-01-02", "stg_flights@2013-01-01..2013-01-02 is a range of days; "
     "here it takes one day: stg_flights@2013-01-01"),
    (f"withdraw {STG}@2013-01-02",
     "Nothing of stg_flights is live for 2013-01-02, so there is nothing to withdraw"),
    (f"withdraw {PUB}@2013-01-02 to 1", "Version 1 of pub_punctuality of Wed 2 Jan is live already"),
    (f"withdraw {PUB}@2013-01-02 to 3", "pub_punctuality of Wed 2 Jan has no version 3; it has 1"),
    (f"withdraw {PUB}@2013-01-01..2013-01-02 to 1",
     "A version is one of one day; write one day: withdraw pub_punctuality@2013-01-01 to 1"),
    (f"notify about {PUB}@2013-01-02", "Nobody has read anything of pub_punctuality of Wed 2 Jan that changed since "
     "and was not told; to tell somebody all the same: notify NAME about pub_punctuality@2013-01-02"),
    (f"notify ops_emial about {PUB}@2013-01-02", "No consumer ops_emial. Did you mean ops_email?"),
    ("notify ops_email", "notify needs about and a dataset, perhaps with days, for example: "
     "notify board_dashboard about pub_punctuality@2013-01-02"),
    ("quarantine jfk where 'a > 1'", "jfk has no day; write jfk@2013-01-03"),
    ("quarantine jfk@2013-01-02", "quarantine needs where and a condition in SQL, in quotes, for example: "
     "quarantine jfk@2013-01-03 where 'num(dep_delay) > 120' owner ingest-oncall"),
    ("quarantine jfk@2013-01-02 where 'num(dep_delay) > 12000'",
     "No row of jfk of Wed 2 Jan is like that: num(dep_delay) > 12000. Nothing is set aside"),
    ("quarantine jfk@2013-01-02 where 'num(dep_delay) > 120' owner ingest-oncal",
     "No person ingest-oncal. Did you mean ingest-oncall?"),
    ("quarantine jfk@2013-01-09 where 'a > 1'", "jfk of Wed 9 Jan has not come, so there are no rows to set aside"),
    ("quarantine clean@2013-01-02 where 'a > 1'",
     "No input or dataset clean. There is: jfk, pub_punctuality, served, stg_flights."),
    (f"check add {STG} volume rows min 1",
     "stg_flights has a check volume already; write: check set stg_flights.volume FIELD VALUE"),
    (f"check add {STG} vol rwos", "No kind of check rwos. Did you mean rows?"),
    (f"check add {STG} vol rows mni 1", "No field mni. Did you mean min?"),
    (f"check add {STG} vol rows min many", "'min' of check 'vol' must be a number, for example 500; here it is 'many'"),
    (f"check set {STG}.volum max 3", "No check stg_flights.volum. Did you mean stg_flights.volume?"),
    ("check set volume max 3", "volume is no check; write its dataset and its name: stg_flights.volume"),
    (f"check set {PUB}.volume max 3", "No check pub_punctuality.volume. pub_punctuality has no checks; "
     "write: check add pub_punctuality volume rows min 1"),
    ("route daily_flights", "route takes a DAG and whom it tells, or a route and its people: "
     'route daily_flights to ingest-oncall, or route "#data-alerts" ingest-oncall'),
    ("route daily_flights ingest-oncall",
     "daily_flights is a DAG; whom it tells is written: route daily_flights to ingest-oncall"),
    ("route daily_flights to ingest-oncal", "No person or route ingest-oncal. Did you mean ingest-oncall?"),
    ('route "#data-alerts" departed-owner', "That is so already: #data-alerts leads to departed-owner"),
    ("route ingest-oncall analytics-oncall",
     "No route ingest-oncall. ingest-oncall is a person; a route is a channel such as #data-alerts."),
    (f"set {STG} checks none", "checks cannot be set here. For checks there are: check add, check set, check rm."),
    (f"set {STG} takes 3m", "takes is a field of tasks; write: set TASK takes 3m"),
    ("set write clean overwrite", "How a dataset is written is its mode; write: set stg_flights mode overwrite"),
    (f"set mode {STG} append", "How a dataset is written is its mode; write: set stg_flights mode append"),
    (f"rerun {STG}@2013-01-02", "stg_flights is a dataset; it is written by daily_flights.clean"),
    ("data jfk@2013-01-02",
     "jfk is an input, which somebody else delivers; what was made of it: lineage jfk@2013-01-02"),
    ("lineage", "lineage needs a dataset or an input and its day: lineage pub_punctuality@2013-01-03"),
    (f"lineage {STG}", "stg_flights has no day; write lineage stg_flights@2013-01-03"),
    (f"lineage {STG}@2013-01-02 up down", "up and down exclude each other; choose one"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "told"), REFUSALS)
def test_a_refusal_teaches_and_changes_nothing(line: str, told: str) -> None:
    s = data_bench()
    if line.startswith(("data", "lineage")):
        with pytest.raises(wb.InvalidInput) as caught:
            s.do(line)
        assert str(caught.value) == told
    else:
        assert refused(s, line) == told


def test_a_fenced_version_and_a_blocked_one_do_not_come_back() -> None:
    s = data_bench()
    s.do(f"approve {STG}@2013-01-02")
    s.do("rerun clean@2013-01-02")
    s.run_until("2013-01-04T12:30Z")
    assert live(s, STG, "2013-01-02") == 1
    told = refused(s, f"withdraw {STG}@2013-01-02 to 2")
    assert told == (
        "Version 2 of stg_flights of Wed 2 Jan was held back by a check; write: approve stg_flights@2013-01-02 2"
    )
    s.do(f"approve {STG}@2013-01-02 2")
    assert live(s, STG, "2013-01-02") == 2
    assert done(s.withdraw(f"{STG}@2013-01-02", to=1)).moves[0][2] == 1
