"""The company of the lessons (harbor_air.yaml): every DAG hands over to the next by what it writes."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.engine.catalog import Version
from workbench.scenario.judging import Judge
from workbench.scenario.truth import Truth
from workbench.session import Session

DAYS = {
    "2013-01-01": 842, "2013-01-02": 943, "2013-01-03": 914, "2013-01-04": 915, "2013-01-05": 720, "2013-01-06": 832,
    "2013-01-07": 933, "2013-01-08": 899,
}  # fmt: skip


@pytest.fixture(scope="module")
def week() -> Session:
    session = wb.sample("harbor_air", "first_week")
    session.run_until("2013-01-09 12:00")
    return session


def live(session: Session, dataset: str) -> dict[str, Version]:
    data = session.state.known.data
    found = {day: data.live_version(name, day) for name, day in sorted(data.versions) if name == dataset}
    return {day: version for day, version in found.items() if version is not None}


def rows(session: Session, dataset: str) -> dict[str, int | None]:
    return {day: version.rows for day, version in live(session, dataset).items()}


def test_the_days_are_whole_although_one_file_was_late(week: Session) -> None:
    assert rows(week, "pub_punctuality") == rows(week, "stg_flights") == DAYS
    thursday = live(week, "pub_punctuality")["2013-01-03"]
    assert f"{thursday.live[0].since:%H:%M}" == "07:50"
    [alert] = week.state.known.data.alerts.values()
    assert (alert.subject, alert.recipients, f"{alert.at:%-d %H:%M}") == ("input:jfk", ("analytics-oncall",), "4 07:00")


def test_what_lives_from_them(week: Session) -> None:
    assert rows(week, "weekly_punctuality") == {"2013-01-07": 3}  # one row an airport
    assert rows(week, "feat_carrier_delay_7d") == rows(week, "online_features")
    assert set(rows(week, "feat_carrier_delay_7d")) == set(DAYS)
    assert rows(week, "predictions") == {"2013-01-07": 933, "2013-01-08": 899}
    assert list(rows(week, "fare_models")) == ["2013-W01"]
    assert rows(week, "stg_weather")["2013-01-01"] == 67


def test_a_prediction_knows_its_model_and_its_day(week: Session) -> None:
    sources = live(week, "predictions")["2013-01-08"].sources
    assert sources == (("stg_flights", "2013-01-08", 1), ("fare_models", "2013-W01", 1))
    feature = live(week, "feat_carrier_delay_7d")["2013-01-08"].sources
    assert [day for _, day, _ in feature] == [f"2013-01-0{n}" for n in range(2, 9)]


def test_every_check_passes_and_nothing_is_wrong(week: Session) -> None:
    data = week.state.known.data
    said = [one for found in data.checked.values() for one in found]
    assert len(said) == 8 * 5 + 8 * 2
    assert {one.status for one in said} == {"pass"}
    judge = Judge(Truth(week._dataflow))
    for dataset in {name for name, _ in data.versions}:
        for version in live(week, dataset).values():
            assert judge.judge(week.state, version, week.now).wrong == 0, version.name
