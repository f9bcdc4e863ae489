"""What each argument of a DAG in an Airflow file means here: when it starts, its bounds, who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.importing.made_dags import (
    BERLIN,
    NAIVE,
    OLD,
    START,
    call,
    dag,
    found,
    made,
    of_dag,
    told,
)
from tests.samples import session
from workbench.importing.airflow.parts import Call, Code, Unknown
from workbench.importing.writing import as_file

# schedules


@pytest.mark.parametrize(
    ("schedule", "ours", "partition"),
    [
        ("0 2 * * *", "0 2 * * *", None),
        ("@daily", "@daily", None),
        ("0 * * * *", "0 * * * *", "hour"),
        ("*/5 * * * *", "*/5 * * * *", "hour"),
        ("0 */6 * * *", "0 */6 * * *", "hour"),
        ("0 6 * * 1-5", "0 6 * * 1-5", None),
        ("0 6 * * 1", "0 6 * * 1", "week"),
        ("@weekly", "@weekly", "week"),
        ("@monthly", "@monthly", "month"),
        ("@quarterly", "0 0 1 */3 *", "month"),
        ("0 0 29 2 *", "0 0 29 2 *", "month"),
        ("@once", "once", None),
        (None, None, None),
        (timedelta(minutes=90), "every 90m", "hour"),
        (timedelta(days=1), "every 1d", None),
        (call("CronTriggerTimetable", "0 3 * * *", timezone="UTC"), "0 3 * * *", None),
        (call("CronDataIntervalTimetable", "0 3 * * *", timezone="UTC"), "0 3 * * *", None),
        (call("DeltaDataIntervalTimetable", timedelta(hours=2)), "every 2h", "hour"),
        (call("DeltaTriggerTimetable", timedelta(hours=1)), "every 1h", "hour"),
        (call("MultipleCronTriggerTimetable", "0 6 * * *", "0 18 * * *", timezone="UTC"), "0 6,18 * * *", "hour"),
        (call("CronPartitionTimetable", "15 * * * *", timezone="UTC"), "15 * * * *", "hour"),
        (call("OnceTimetable"), "once", None),
        (call("NullTimetable"), None, None),
    ],
)
def test_schedules(schedule: Any, ours: Any, partition: str | None) -> None:
    data = of_dag(schedule=schedule)
    spelled = ours.replace("90m", "1h30m") if ours else ours
    assert (data.get("schedule"), data.get("partition")) == (spelled, partition)


def test_a_schedule_that_cannot_be_read_is_guessed_and_told() -> None:
    for schedule in ("at noon", "0 0 0 * * *", Unknown("CRON[env]", 3), call("MoonTimetable")):
        answer = found(dag("d", made("a"), schedule=schedule))
        assert answer.drafts[0].data["schedule"] == "@daily"
        assert "taken as @daily" in told(answer, "missed")
        assert "guessed" in answer.drafts[0].remarks["schedule",]


def test_a_schedule_with_a_default_takes_it() -> None:
    answer = found(dag("d", made("a"), schedule=Unknown("Variable.get('cron')", 3, "0 4 * * *")))
    assert answer.drafts[0].data["schedule"] == "0 4 * * *"
    assert "Variable.get('cron')" in told(answer, "guessed")


def test_what_has_no_like_here_is_told() -> None:
    for schedule, manner, words in [
        ("@continuous", "changed", "every 15 min"),
        (call("EventsTimetable", [START]), "missed", "dates of a list"),
        (call("AfterWorkdayTimetable"), "changed", "holidays"),
        (call("MultipleCronTriggerTimetable", "0 6 * * *", "5 18 * * 1", timezone="UTC"), "missed", "5 18 * * 1"),
    ]:
        assert words in told(found(dag("d", made("a"), schedule=schedule)), manner), schedule


def test_a_continuous_dag_has_one_run_at_a_time() -> None:
    assert of_dag(schedule="@continuous")["max_active_runs"] == 1


def test_the_zone_is_that_of_the_start_or_of_the_timetable() -> None:
    local = datetime(2021, 1, 1, tzinfo=BERLIN)
    data = of_dag(schedule="0 2 * * *", start_date=local)
    assert (data["timezone"], data["start"]) == ("Europe/Berlin", "2021-01-01")
    timetable = call("CronTriggerTimetable", "0 2 * * *", timezone="Asia/Tokyo")
    assert of_dag(schedule=timetable)["timezone"] == "Asia/Tokyo"


def test_start_and_end() -> None:
    assert of_dag(schedule="@daily", start_date=NAIVE.replace(hour=6))["start"] == "2021-01-01T06:00Z"
    assert of_dag(schedule="@daily", default_args={"start_date": START}, start_date=None)["start"] == "2021-01-01"
    end = datetime(2021, 2, 1, tzinfo=UTC)
    # Airflow 3's last tick is that of 1 February, 00:00, or of 31 January, 06:00.
    assert of_dag(schedule="@daily", end_date=end)["end"] == "2021-02-01"
    assert of_dag(schedule="0 6 * * *", end_date=end)["end"] == "2021-01-31"
    # Airflow 2's last interval begins then.
    assert of_dag(OLD, schedule="@daily", end_date=end)["end"] == "2021-02-02"
    assert "end" not in of_dag(schedule="@daily", end_date=START.replace(year=2020))


def test_no_start_is_a_guess_that_is_marked() -> None:
    for start in (None, Unknown("days_ago(2)", 4), call("days_ago", 2)):
        answer = found(dag("d", made("a"), schedule="@daily", start_date=start))
        assert answer.drafts[0].data["start"] == "2026-01-05"
        assert "guessed" in answer.drafts[0].remarks["start",]
        assert "start of d" in told(answer, "guessed")


def test_a_start_with_a_default_is_taken_and_marked() -> None:
    draft = found(dag("d", made("a"), start_date=Unknown("Variable.get('start', ...)", 3, "2023-05-01"))).drafts[0]
    assert draft.data["start"] == "2023-05-01"
    assert "Variable.get" in draft.remarks["start",]


def test_of_two_dags_with_one_id_the_last_counts() -> None:
    answer = found(dag("d", made("a"), line=3), dag("d", made("b"), line=9))
    assert [*answer.drafts[0].tasks] == ["b"]
    assert len(answer.drafts) == 1
    assert "3: d is made again" in told(answer, "missed")


def test_a_dag_without_a_start_begins_with_the_others() -> None:
    answer = found(dag("a", made("x"), schedule="@daily"), dag("b", made("y"), schedule="@daily", start_date=None))
    assert answer.drafts[1].data["start"] == "2021-01-01"


def test_catchup_and_the_schedule_that_nobody_said_follow_the_release() -> None:
    assert "catchup" not in of_dag(schedule="@daily")
    assert of_dag(schedule="@daily", catchup=True)["catchup"] is True
    assert "catchup" not in of_dag(OLD, schedule="@daily", catchup=False)
    answer = found(dag("d", made("a"), schedule_interval="@daily"), text="\n" + OLD)
    assert answer.drafts[0].data["catchup"] is True
    assert "2: catchup of d is on, as it is in Airflow 2 (airflow.operators)" in told(answer, "guessed")
    assert "schedule" not in of_dag()
    assert of_dag(OLD)["schedule"] == "every 1d"


# other arguments of a DAG


def test_limits_of_a_dag() -> None:
    data = of_dag(max_active_runs=1, max_active_tasks=3, description="Two\n  lines", tasks=(made("a"), made("b")))
    assert (data["max_active_runs"], data["max_active_tasks"], data["description"]) == (1, 3, "Two lines")
    assert data["weight_rule"] == "downstream"
    assert not {"max_active_runs", "max_active_tasks", "weight_rule"} & of_dag(max_active_runs=16).keys()
    assert of_dag(concurrency=2)["max_active_tasks"] == 2


def test_more_tasks_than_airflow_starts_at_once() -> None:
    answer = found(dag("d", *(made(f"t{n}") for n in range(17))))
    assert answer.drafts[0].data["max_active_tasks"] == 16
    assert "default" in answer.drafts[0].remarks["max_active_tasks",]


def test_a_run_that_lasts_too_long() -> None:
    answer = found(dag("d", made("a"), dagrun_timeout=timedelta(hours=2)))
    assert answer.drafts[0].data["deadline"] == {"within": "2h"}
    assert "ends a run in Airflow" in told(answer, "changed")


def alert(reference: str) -> Call:
    given = {"reference": Unknown(f"DeadlineReference.{reference}", 3), "interval": timedelta(minutes=30)}
    return Call("airflow.sdk.DeadlineAlert", (), given, 3)


def test_deadline_alerts() -> None:
    assert of_dag(deadline=alert("DAGRUN_QUEUED_AT"))["deadline"] == {"within": "30m"}
    answer = found(dag("d", made("a"), deadline=alert("AVERAGE_RUNTIME()")))
    assert "deadline" not in answer.drafts[0].data
    assert "AVERAGE_RUNTIME" in told(answer, "missed")


def test_paused_callbacks_and_what_is_quiet() -> None:
    code = Code("tell", 3)
    answer = found(
        dag("d", made("a", on_failure_callback=code, line=5), made("b", on_retry_callback=code, line=7),
            is_paused_upon_creation=True, on_success_callback=code, tags=["x"], doc_md="# y", params={"z": 1}),
    )  # fmt: skip
    assert answer.drafts[0].data["paused"] is True
    changed = told(answer, "changed")
    assert "1: callbacks and e-mails that are not about failures are not known here (also line 7)" in changed
    assert "5: callbacks and e-mails about failures are not sent here, and there is no owner" in changed
    assert (told(answer, "missed"), answer.settings) == ("", {})


@pytest.mark.parametrize(
    ("given", "roster"),
    [
        ({"on_failure_callback": Code("tell", 3)}, ["ana", "ben"]),
        ({"sla_miss_callback": Code("tell", 3)}, ["ana", "ben"]),
        ({"email": ["a@b.example"]}, ["ana", "ben"]),
        ({"email": ["a@b.example"], "email_on_failure": False}, []),
        ({"on_failure_callback": None}, []),
        ({"on_success_callback": Code("tell", 3)}, []),
    ],
)
def test_who_is_told_of_failures_is_a_roster_of_owners(given: dict[str, Any], roster: list[str]) -> None:
    """All owners, once anybody is told; a name with a space can be none of a roster."""
    tasks = (made("a", owner="ana", **given), made("b", owner="ana"), made("c", owner="ben"), made("e", owner="x y"))
    answer = found(dag("d", *tasks))
    assert list(answer.settings.get("roster", {})) == roster
    assert ("owners get alerts instead" in told(answer, "changed")) == bool(roster)
    assert ("roster:  # guessed: who is told" in as_file(answer)) == bool(roster)


def test_alerts_of_an_imported_file_reach_its_owner() -> None:
    text = as_file(found(dag("d", made("a", on_failure_callback=Code("tell", 3)), default_args=None)))
    assert "roster" not in text
    owned = as_file(found(dag("d", made("a", owner="ana", on_failure_callback=Code("tell", 3)), schedule="0 5 * * *")))
    s = session(f"{owned}---\nscenario: broken\nfaults: [{{bug: {{task: a}}}}]\n")
    s.run_until("2026-01-08")
    assert "ana was told" in str(s.do("alerts"))
    assert "the workspace has no roster" not in str(s.do("alerts"))


def test_it_is_said_once_that_dots_become_underscores() -> None:
    answer = found(dag("d", made("land.a"), made("land.b"), made("c")))
    assert "dots in names become underscores: land.a is land_a here" in told(answer, "kept")
    assert "dots" not in told(found(dag("d", made("a"))), "kept")


def test_owners() -> None:
    answer = found(
        dag("d", made("a", owner="ana"), made("b", owner="ana"), made("c", owner="ben"), made("e", owner="airflow"))
    )
    assert answer.drafts[0].data["owner"] == "ana"
    assert [task.get("owner") for task in answer.drafts[0].tasks.values()] == [None, None, "ben", None]
    assert "owner" not in of_dag()
