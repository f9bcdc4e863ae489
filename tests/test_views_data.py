"""Data and alerts as pictures: routes with names that nobody knows, noise, what needed nothing, who read what."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.curriculum import FOLDER
from tests.data_cases import shop
from tests.samples import block
from workbench.engine.data_events import AlertSent
from workbench.session import Session
from workbench.views.alerts import Alerts, alert_lines, alerts_of
from workbench.views.data import all_data, dataset_data


@pytest.fixture
def session() -> Session:
    return shop()


def seen(session: Session) -> Alerts:
    return alerts_of(session.state.known, session.now)


def sent(session: Session, kind: str, subject: str, route: str, *people: str) -> None:
    """The monitor told somebody, at the end."""
    known = session.branch.end_state().known
    reached = any(name in known.roster and known.roster[name].active for name in people)
    event = AlertSent(session.now, kind, "shop", "2013-01-05", subject, route, people, reached, 0)
    session.branch.adopt([event], session.branch.horizon)
    session.seek(len(session.branch.log))


def test_a_name_that_is_not_on_the_roster_is_told(session: Session) -> None:
    sent(session, "failure", "", "#ops", "emil", "anna")
    found = seen(session)
    assert found.unknown == ("emil",)
    assert "emil is not on the roster, and cannot answer." in found.findings
    assert "1 alert reached somebody and was not answered: shop of Sat 5 Jan failed." in found.findings
    assert found.alerts[-1].outcome == "emil and anna were told, through #ops; nobody has answered"


def test_nobody_behind_a_route(session: Session) -> None:
    sent(session, "failure", "", "#empty")
    sent(session, "failure", "", "")
    first, second = seen(session).alerts[-2:]
    assert first.outcome == "reached nobody: #empty leads to nobody"
    assert second.outcome == "reached nobody: no owner and no route is named"
    assert seen(session).unreached[-2:] == (first, second)


def test_only_later_alerts_about_the_same_partition_repeat(session: Session) -> None:
    found = seen(session)
    days = [(one.dag, one.partition) for one in found.alerts]
    assert [one.repeats for one in found.alerts] == [day in days[:place] for place, day in enumerate(days)]
    assert found.repeated == len(days) - len(set(days))


def test_what_came_right_by_itself_needed_nothing(session: Session) -> None:
    assert [(one.kind, one.subject) for one in seen(session).alerts if one.needless] == [
        ("retry", "book"),
        ("deadline", "input:till"),
    ]
    sent(session, "success", "", "anna", "anna")
    sent(session, "deadline", "dataset:pub_sales", "anna", "anna")
    sent(session, "deadline", "dataset:nothing", "anna", "anna")
    sent(session, "deadline", "", "anna", "anna")
    assert [one.needless for one in seen(session).alerts[-4:]] == [True, True, False, True]


def test_what_somebody_did_was_needed(session: Session) -> None:
    session.rerun("shop.publish@2013-01-05")
    session.run_until("2013-01-06 13:00")
    sent(session, "deadline", "publish", "anna", "anna")
    sent(session, "deadline", "clean", "anna", "anna")
    assert [one.needless for one in seen(session).alerts[-2:]] == [False, True]


def test_without_anybody_to_tell_the_headline_says_so() -> None:
    dag = wb.Dag("hello", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load")
    session = wb.Session(dag)
    assert alert_lines(seen(session), session.now) == [
        "Nobody is told anything: the workspace has no roster and no routes."
    ]
    quiet = shop()
    quiet.seek("2013-01-03 12:00")
    assert alert_lines(seen(quiet), quiet.now) == ["Nobody was told: no rule asked for it."]


def test_of_many_alerts_the_last_are_shown(session: Session) -> None:
    for _ in range(60):
        sent(session, "failure", "", "#" + "very-long-name-of-a-route" * 2, "emil")
    lines = alert_lines(seen(session), session.now)
    assert f"  ({len(seen(session).alerts) - 40} alerts before these)" in lines
    assert max(map(len, lines)) <= 80


# data


def test_a_dataset_without_a_version(session: Session) -> None:
    session.seek("2013-01-03 05:30")
    known = session.state.known
    assert [(one.name, one.live, one.newest) for one in all_data(known, session.now)] == [
        (name, 0, None) for name in ("board_sales", "ledger", "pub_sales", "stg_sales")
    ]


def test_a_read_of_what_is_not_there_and_of_what_is_old(session: Session) -> None:
    found = dataset_data(session.state.known, session.now, "ledger")
    assert [(read.wanted, read.partition, read.stale) for read in found.reads][2] == ("2013-01-04", "2013-01-03", True)
    assert found.reads[2].sentence == "Sat 5 Jan 09:00  finance wanted Fri 4 Jan, got Thu 3 Jan: v2, 8 rows"
    assert [read.n for version in found.versions for read in version.readers] == [1, 2, 2, 1]


def test_a_dataset_in_a_sentence_or_three(session: Session) -> None:
    one = dataset_data(session.state.known, session.now, "pub_sales")
    assert "\n".join(one.about) == block("""
        written by shop.publish; in the object store; a write takes the place of the partition
        owner: anna
        checks: dear (warns, after it is live)
    """)
    board = dataset_data(session.state.known, session.now, "board_sales", "2013-01-05").versions[0]
    assert board.sources == ("version 1 of pub_sales for Sat 5 Jan", "version 1 of ledger for Sat 5 Jan")


def became(session: Session, name: str, partition: str = "") -> list[tuple[str, str]]:
    found = dataset_data(session.state.known, session.now, name, partition)
    assert found.partitions == found.live + len(found.missing)
    return [(one.partition, one.became) for one in found.missing]


def test_days_that_were_due_and_are_not_live_are_counted_and_told(session: Session) -> None:
    assert became(session, "stg_sales") == [("2013-01-04", "version 1 was blocked by the check volume")]
    assert became(session, "pub_sales") == [("2013-01-04", "its run failed at clean; nothing was written")]
    assert became(session, "pub_sales", "2013-01-05") == []
    session.do("approve stg_sales@2013-01-04")
    session.do("withdraw pub_sales@2013-01-05")
    assert became(session, "stg_sales") == []
    assert became(session, "pub_sales")[-1] == ("2013-01-05", "version 1 was withdrawn")


def test_a_run_that_goes_on_has_not_written_yet(session: Session) -> None:
    session.seek("2013-01-03 06:00")
    assert became(session, "pub_sales") == [("2013-01-02", "nothing written yet")]
    assert became(session, "board_sales") == []
    session.seek("2013-01-03 05:30")
    assert became(session, "pub_sales") == []


def test_a_run_that_ended_well_without_a_version() -> None:
    dag = wb.Dag("hello", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", writes=["made"])
    session = wb.Session(dag)
    session.run_until("2013-01-02 06:05")
    session.do("mark load@2013-01-01 success")
    session.run_until("2013-01-02 12:00")
    assert became(session, "made") == [("2013-01-01", "its run ended well, and wrote nothing of it")]


def test_what_was_told_by_hand_counts_as_told() -> None:
    """June made again by v2: the reader of its features is told of some days."""
    session = wb.load(FOLDER / "l5_1.yaml", "l5_1")
    backfill = "backfill clean@2013-06-08..2013-06-09 all down oldest limit 2"
    for line in ("go 2013-07-08 11:00", "deploy clean v2", backfill, "go 2013-07-08 13:00"):
        session.do(line)
    assert alerts_of(session.state.known, session.now).headline == "Nobody was told: no rule asked for it."
    session.do("notify about feat_carrier_delay_7d@2013-06-08..2013-06-09")
    found = alerts_of(session.state.known, session.now)
    assert found.headline == "No alerts. 1 notice was sent by hand."
    said = "fare_model was told that feat_carrier_delay_7d of Sat 8 Jun and Sun 9 Jun changed"
    assert [one.sentence for one in found.notices] == [said]
    assert said in " ".join(" ".join(alert_lines(found, session.now)).split())
    assert said in " ".join(wb.Bench(session).alerts(100).text.split())
