"""What each argument of a task in an Airflow file means here, of sensors, of assets; and that no value does harm."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.importing.made_dags import (
    BERLIN,
    OLD,
    asset,
    call,
    dag,
    found,
    made,
    of_task,
    told,
)
from workbench.importing.airflow.parts import Call, Code, Unknown
from workbench.model import InvalidInput

# tasks


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ({"retries": 0}, None),
        ({"retries": 3}, 3),
        ({"retries": 3, "retry_delay": timedelta(minutes=5)}, 3),
        ({"retries": 3, "retry_delay": 90}, {"max": 3, "delay": "1m30s"}),
        ({"retries": 2, "retry_exponential_backoff": True}, {"max": 2, "backoff": 2, "jitter": "airflow"}),
        ({"retries": 2, "retry_exponential_backoff": 1.5}, {"max": 2, "backoff": 1.5, "jitter": "airflow"}),
        (
            {"retries": 2, "retry_exponential_backoff": 2.0, "max_retry_delay": timedelta(hours=1)},
            {"max": 2, "backoff": 2, "jitter": "airflow", "cap": "1h"},
        ),
        ({"retries": 2, "max_retry_delay": timedelta(hours=1)}, 2),
        ({"retries": 1, "retry_delay": timedelta(days=2)}, {"max": 1, "delay": "2d", "cap": "2d"}),
        ({"retry_delay": timedelta(minutes=1)}, None),
    ],
)
def test_retries(given: dict[str, Any], ours: Any) -> None:
    assert of_task(made("a", **given)).get("retries") == ours


def test_what_only_a_run_tells_is_left_out_and_told_once() -> None:
    unknown = Unknown("int(os.environ['R'])", 5)
    answer = found(dag("d", made("a", retries=unknown, line=5), made("b", retries=unknown, line=6)))
    assert "retries" not in answer.drafts[0].tasks["a"]
    assert told(answer, "missed") == (
        "5: retries of a and b is int(os.environ['R']), which only a run of the file tells; left out (also line 6)"
    )


def test_a_default_of_a_variable_is_taken() -> None:
    answer = found(dag("d", made("a", retries=Unknown("Variable.get('r', 4)", 5, 4))))
    assert answer.drafts[0].tasks["a"]["retries"] == 4
    assert "taken as 4" in told(answer, "guessed")


@pytest.mark.parametrize(
    ("rule", "ours"),
    [
        ("all_success", None),
        ("all_done", "all_done"),
        (Unknown("TriggerRule.ONE_FAILED", 1), "one_failed"),
        ("none_failed_or_skipped", "none_failed_min_one_success"),
        ("dummy", "always"),
        ("all_done_min_one_success", "all_done_min_one_success"),
        ("any_success", None),
    ],
)
def test_trigger_rules(rule: Any, ours: str | None) -> None:
    assert of_task(made("b", needs=("a",), trigger_rule=rule), made("a")).get("trigger_rule") == ours


def test_pools_and_priorities() -> None:
    answer = found(dag("d", made("a", pool="my pool", pool_slots=3, priority_weight=5), made("b", pool="default_pool")))
    assert answer.drafts[0].tasks["a"] == {"takes": "5m", "pool": "my_pool", "slots": 3, "priority": 5}
    assert "pool" not in answer.drafts[0].tasks["b"]
    assert answer.settings == {"pools": {"my_pool": 6}}
    assert answer.drafts[0].data["weight_rule"] == "downstream"
    assert "my_pool has 6" in told(answer, "guessed")
    absolute = found(dag("d", made("a", priority_weight=5, weight_rule="absolute"), made("b", weight_rule="absolute")))
    assert "weight_rule" not in absolute.drafts[0].data
    mixed = found(dag("d", made("a", weight_rule="absolute"), made("b", weight_rule="upstream", priority_weight=2)))
    assert "weight rules of their own" in told(mixed, "changed")


def test_the_past_timeouts_and_limits() -> None:
    task = made("a", depends_on_past=True, execution_timeout=timedelta(minutes=30), max_active_tis_per_dag=2)
    assert of_task(task) == {"takes": "5m", "timeout": "30m", "max_active": 2, "depends_on_past": True}
    waits = of_task(made("a", wait_for_downstream=True, depends_on_past=True, task_concurrency=1))
    assert waits == {"takes": "5m", "max_active": 1, "wait_for_downstream": True}


def test_sla_is_a_deadline_in_airflow_2_only() -> None:
    assert of_task(made("a", sla=timedelta(hours=1)), text=OLD)["deadline"] == {"within": "1h"}
    answer = found(dag("d", made("a", sla=timedelta(hours=1))))
    assert "deadline" not in answer.drafts[0].tasks["a"]
    assert "sla" in told(answer, "changed")


def test_branches_follow_what_their_code_names_first() -> None:
    downs = (made("x", needs=("pick",)), made("y", needs=("pick",)))
    for kind in ("BranchPythonOperator", "@task.branch", "BranchSQLOperator"):
        assert of_task(made("pick", kind), *downs)["branch"] == "x"
    code = Code("choose", 3, (["nowhere"], ["y", "x"]))
    assert of_task(made("pick", "BranchPythonOperator", python_callable=code), *downs)["branch"] == ["y", "x"]
    weekday = made("pick", "BranchDayOfWeekOperator", follow_task_ids_if_true="y")
    assert of_task(weekday, *downs) == {"takes": "0s", "branch": "y"}
    answer = found(dag("d", made("pick", "@task.branch", line=9), *downs))
    way = "which way a branch goes: pick to x (the first that follows); for another: choose pick@DAY y"
    assert f"9: {way}" in told(answer, "guessed")
    assert answer.drafts[0].remarks["tasks", "pick"] == "guessed: which way it goes"
    own = made("pick", "BaseBranchOperator", bases=("MyChoice", "BaseBranchOperator"))
    assert of_task(own, *downs)["branch"] == "x"
    assert "branch" not in of_task(made("pick", "@task.branch"))


def test_words_agree_with_how_many_they_are_about() -> None:
    tasks = [made(f"t{n}", "LatestOnlyOperator", line=n) for n in range(1, 10)]
    assert told(found(dag("d", tasks[0])), "changed").startswith("1: t1 lets only")
    assert told(found(dag("d", *tasks)), "changed") == (
        "1: t1, t2, t3, t4, t5, t6 and 3 more let only the newest run go on in Airflow: here every run "
        "(also lines 2, 3, 4, 5, 6, 7 and 2 more)"
    )


def test_short_circuits() -> None:
    down = made("x", needs=("go",))
    assert of_task(made("go", "ShortCircuitOperator"), down)["short_circuit"] is True
    gentle = made("go", "@task.short_circuit", ignore_downstream_trigger_rules=False)
    assert "ignore_downstream_trigger_rules" in told(found(dag("d", gentle, down)), "changed")


def test_setup_and_teardown() -> None:
    down = made("down", needs=("up", "work"), is_teardown=True, on_failure_fail_dagrun=True,
                trigger_rule="all_done_setup_success")  # fmt: skip
    others = (made("up", is_setup=True), made("work", needs=("up",)))
    assert of_task(down, *others) == {"needs": ["up", "work"], "takes": "5m", "teardown": True, "fail_run": True}
    assert of_task(others[0], others[1], down) == {"takes": "5m", "setup": True}


def test_tasks_that_do_nothing_and_that_are_mapped() -> None:
    assert of_task(made("a", "EmptyOperator")) == {"takes": "0s"}
    answer = found(dag("d", made("a", is_mapped=True, copies=4, line=3), made("b", is_mapped=True, line=4)))
    assert told(answer, "changed") == (
        "3: a is mapped, 4 times in Airflow: one task here\n"
        "4: b is mapped, as many times as a run finds in Airflow: one task here"
    )


def test_names_of_groups_and_odd_names_fit() -> None:
    answer = found(dag("my.dag", made("grp.a b"), made("2nd", needs=("grp.a b",)), made("ctx")))
    draft = answer.drafts[0]
    assert draft.name == "my_dag"
    assert draft.origins == {"grp_a_b": "grp.a b", "t_2nd": "2nd", "ctx_2": "ctx"}
    assert draft.tasks["t_2nd"]["needs"] == "grp_a_b"


def test_a_file_without_tasks_is_refused() -> None:
    with pytest.raises(InvalidInput, match="makes no DAG"):
        found()
    with pytest.raises(InvalidInput, match=r"makes no task .* 'd'"):
        found(dag("d"))
    answer = found(dag("empty", line=2), dag("d", made("a")))
    assert [draft.name for draft in answer.drafts] == ["d"]
    assert "2: empty has no task" in told(answer, "missed")


# sensors


def test_how_a_sensor_looks() -> None:
    task = made("wait_for_orders", "S3KeySensor", mode="reschedule", poke_interval=300, timeout=timedelta(hours=2),
                soft_fail=True, exponential_backoff=True, max_wait=timedelta(minutes=20))  # fmt: skip
    answer = found(dag("d", task, schedule="0 6 * * *"))
    draft = answer.drafts[0]
    assert draft.tasks["wait_for_orders"] == {
        "sensor": {"on": ["orders"], "mode": "reschedule", "every": "5m", "timeout": "2h", "soft_fail": True,
                   "backoff": True, "max_wait": "20m"},
    }  # fmt: skip
    assert draft.data["inputs"] == {"orders": {"expected": "06:10"}}
    assert draft.remarks["inputs", "orders"] == "guessed: when it comes"
    assert "wait_for_orders" in told(answer, "guessed")


def test_a_plain_sensor_is_short() -> None:
    assert of_task(made("wait", "FileSensor")) == {"sensor": ["wait_data"]}
    assert of_task(made("ready", "@task.sensor"), schedule="@hourly") == {"sensor": ["ready_data"]}


def test_a_deferred_sensor_gives_its_slots_back() -> None:
    answer = found(dag("d", made("wait_x", "FileSensor", deferrable=True)))
    assert answer.drafts[0].tasks["wait_x"]["sensor"]["mode"] == "reschedule"
    assert "deferred" in told(answer, "changed")


def test_sensors_of_moments() -> None:
    tasks = (
        made("a", "TimeDeltaSensor", delta=timedelta(minutes=30)),
        made("b", "TimeSensor", target_time=time(8, 15)),
        made("c", "DateTimeSensor", target_time=Unknown("{{ x }}", 1)),
        made("e", "WaitSensor", time_to_wait=timedelta(minutes=7)),
    )
    answer = found(dag("d", *tasks, schedule="0 6 * * *"))
    inputs = answer.drafts[0].data["inputs"]
    assert inputs == {
        "a_time": {"expected": "06:30"},
        "b_time": {"expected": "08:15"},
        "c_data": {"expected": "06:10"},
    }
    assert answer.drafts[0].tasks["e"] == {"takes": "7m"}
    assert "target_time" in told(answer, "missed")


def test_a_task_of_another_dag_of_the_file() -> None:
    other = dag("other", made("x"), made("grp.y", needs=("x",)), schedule="0 5 * * *")
    delta = made("w", "ExternalTaskSensor", external_dag_id="other", external_task_id="grp.y",
                 execution_delta=timedelta(hours=1))  # fmt: skip
    whole = made("v", "ExternalTaskSensor", external_dag_id="other")
    answer = found(dag("d", delta, whole, schedule="0 6 * * *"), other)
    tasks = answer.drafts[0].tasks
    assert tasks["w"] == {"sensor": {"on": ["other.grp_y"], "match": "instant", "delta": "1h"}}
    assert tasks["v"] == {"sensor": {"on": ["other.grp_y"], "match": "instant"}}
    by_hand = found(dag("d", delta, schedule=None), other)
    assert by_hand.drafts[0].tasks["w"] == {"sensor": ["other.grp_y"]}
    assert "execution_delta" in told(by_hand, "missed")


def test_a_task_of_another_file_is_an_input() -> None:
    one = made("w", "ExternalTaskSensor", external_dag_id="far", external_task_id="end")
    answer = found(dag("d", one, schedule="@daily"), dag("e", one, schedule="@daily"))
    assert answer.drafts[0].data["inputs"] == {"far_end": {"expected": "00:10"}}
    assert "inputs" not in answer.drafts[1].data
    assert answer.drafts[1].tasks["w"] == {"sensor": ["far_end"]}


# data


def test_assets_start_dags() -> None:
    uri = "s3://lake/raw/orders.csv"
    answer = found(
        dag("make", made("load", outlets=[asset(uri)]), schedule="0 * * * *"),
        dag("one", made("x", inlets=[asset(uri)]), schedule=[asset(uri)]),
        dag("both", made("x"), schedule=[asset(uri), asset("rates")]),
        dag("any", made("x"), schedule=Call("airflow.sdk.AssetAny", (asset(uri), asset("rates")), {}, 1)),
        dag("deep", made("x"), schedule=Call(
            "AssetAny", (asset(uri), Call("AssetAll", (asset("a"), asset("b")), {}, 1)), {}, 1)),
        dag("time", made("x"), schedule=call("AssetOrTimeSchedule", assets=[asset(uri)],
                                             timetable=call("CronTriggerTimetable", "0 1 * * 3", timezone="UTC"))),
    )  # fmt: skip
    by_name = {draft.name: draft.data for draft in answer.drafts}
    assert by_name["make"]["tasks"] == {"load": {"takes": "5m", "writes": "orders"}}
    assert (by_name["one"]["schedule"], by_name["one"]["partition"]) == ({"all": ["orders"]}, "hour")
    assert by_name["one"]["tasks"] == {"x": {"reads": "orders", "takes": "5m"}}
    assert by_name["both"]["schedule"] == {"all": ["orders", "rates"], "interval": "any"}
    assert by_name["both"]["inputs"] == {"rates": {"expected": "+10m"}}
    assert by_name["any"]["schedule"] == {"any": ["orders", "rates"]}
    assert by_name["deep"]["schedule"] == {"any": ["orders", "a", "b"]}
    assert by_name["time"]["schedule"] == "0 1 * * 3"
    assert "deep" in told(answer, "changed")
    assert "by time alone" in told(answer, "missed")


def test_an_asset_is_one_by_its_name_and_by_its_address() -> None:
    named = Call("Asset", (), {"name": "orders", "uri": "s3://x/y"}, 1)
    answer = found(
        dag("make", made("load", outlets=[named]), schedule="@daily"),
        dag("use", made("x"), schedule=[Call("Asset.ref", (), {"uri": "s3://x/y"}, 1)]),
    )
    assert answer.drafts[1].data["schedule"] == {"all": ["orders"]}
    assert "inputs" not in answer.drafts[1].data


def test_an_asset_with_the_name_of_a_task_gets_another() -> None:
    answer = found(dag("d", made("orders", outlets=[asset("orders")]), schedule="@daily"))
    assert answer.drafts[0].tasks["orders"]["writes"] == "orders_data"


def test_dags_that_would_start_themselves_are_started_by_hand() -> None:
    answer = found(
        dag("a", made("x", outlets=[asset("one")]), schedule=[asset("two")]),
        dag("b", made("y", outlets=[asset("two")]), schedule=[asset("one")]),
    )
    assert sum("schedule" in draft.data for draft in answer.drafts) == 1
    assert "would start itself" in told(answer, "missed")


def test_partitions_of_two_sizes_are_not_one_dataset() -> None:
    answer = found(
        dag("a", made("x", outlets=[asset("one")]), schedule="@daily"),
        dag("b", made("y", outlets=[asset("one")], line=9), schedule="@hourly"),
    )
    assert "writes" not in answer.drafts[1].tasks["y"]
    assert "9: y writes one" in told(answer, "missed")


def test_a_dag_that_is_triggered_starts_by_what_the_trigger_writes() -> None:
    go = made("go", "TriggerDagRunOperator", trigger_dag_id="next", wait_for_completion=True)
    answer = found(dag("first", go, schedule="@hourly"), dag("next", made("x"), schedule=None))
    assert answer.drafts[0].tasks["go"] == {"takes": "0s", "writes": "start_next"}
    assert answer.drafts[1].data["schedule"] == {"any": ["start_next"]}
    assert answer.drafts[1].data["partition"] == "hour"
    assert "triggers 'next'" in told(answer, "changed")
    assert "waits until 'next' has ended" in told(answer, "missed")


def test_triggers_that_mean_nothing_here_are_told() -> None:
    far = made("far", "TriggerDagRunOperator", trigger_dag_id="elsewhere")
    timed = made("timed", "TriggerDagRunOperator", trigger_dag_id="b")
    own = made("own", "TriggerDagRunOperator", trigger_dag_id="c")
    answer = found(
        dag("a", far, timed, schedule="@daily"), dag("b", made("x"), schedule="@daily"), dag("c", own, schedule=None)
    )
    missed = told(answer, "missed")
    assert "a DAG of another file" in missed
    assert "which has a schedule" in missed
    assert "would start itself" in missed


# whatever the values are


_DAG_KEYS = (
    "schedule", "start_date", "end_date", "catchup", "max_active_runs", "max_active_tasks", "dagrun_timeout",
    "default_args", "is_paused_upon_creation", "description", "deadline", "fail_fast", "on_failure_callback",
)  # fmt: skip
_TASK_KEYS = (
    "retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay", "trigger_rule", "pool", "pool_slots",
    "priority_weight", "weight_rule", "depends_on_past", "wait_for_downstream", "execution_timeout", "owner", "sla",
    "max_active_tis_per_dag", "mode", "poke_interval", "timeout", "soft_fail", "exponential_backoff", "max_wait",
    "deferrable", "external_dag_id", "external_task_id", "external_task_ids", "execution_delta", "delta", "outlets",
    "target_time", "inlets", "trigger_dag_id", "python_callable", "follow_task_ids_if_true", "queue", "time_to_wait",
)  # fmt: skip
_KINDS = (
    "PythonOperator", "FileSensor", "ExternalTaskSensor", "TimeSensor", "TimeDeltaSensor", "WaitSensor", "@task.branch",
    "TriggerDagRunOperator", "ShortCircuitOperator", "BranchDayOfWeekOperator",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, 0, -3, 2.5, float("nan"), float("inf"), 10**40, "", "x" * 500, "a\nb: [{names}]", [], ["a", 1],
    {"k": 1},
    timedelta(days=-1), timedelta(days=10**6), timedelta(microseconds=1), datetime(1, 1, 1, tzinfo=UTC),
    time(3, 0), datetime(9999, 12, 31, tzinfo=BERLIN), Unknown("f(x)", 3), Unknown("v", 3, [None]),
    Call("A", ((),), {"name": 3}, 2),
    Call("Asset", (), {}, 2), [Call("Asset", (" / ",), {}, 2)], Call("pendulum.datetime", (2021, 13, 1), {}, 2),
    Call("CronTriggerTimetable", (None,), {"timezone": 3}, 2), Call("timedelta", (), {"days": float("nan")}, 2),
    Code("f", 3, (None, 4, ("next",))),
)  # fmt: skip


@pytest.mark.parametrize("value", _ODD, ids=lambda value: repr(value)[:30])
def test_no_value_of_an_argument_does_harm(value: Any) -> None:
    given = dict.fromkeys(_TASK_KEYS, value)
    tasks = [made(f"t{n}", kind, **given) for n, kind in enumerate(_KINDS)]
    after = made("next", needs=tuple(task.task_id for task in tasks))
    answer = found(
        dag("all", *tasks, after, schedule="@daily"),
        dag("odd", made("a"), **dict.fromkeys(_DAG_KEYS, value)),
        dag("old", made("a"), schedule_interval=value),
        text=OLD,
    )
    assert [draft.name for draft in answer.drafts] == ["all", "odd", "old"]
