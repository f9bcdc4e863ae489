"""Strategies for DAGs with every field that there is, for laws about them. They need not pass the checks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import get_args

from hypothesis import strategies as st

from workbench.model.data_parts import (
    ALERT_KINDS,
    CHECK_KINDS,
    Alerts,
    Check,
    Consumer,
    Dataset,
    Executor,
    KeptBy,
    Measure,
    Person,
    Severity,
    Store,
    When,
    WriteMode,
)
from workbench.model.parts import (
    REASONS,
    TRIGGER_RULES,
    DagSpec,
    Deadline,
    Fold,
    Gap,
    Input,
    Jitter,
    Match,
    Misfire,
    Mode,
    OnData,
    ReasonRule,
    RetryPolicy,
    Sensor,
    Task,
    Unit,
    WeightRule,
    Workspace,
)

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda name: name != "ctx")
TEXTS = st.text(max_size=20)
SPANS = st.integers(0, 3660 * 86400).map(lambda seconds: timedelta(seconds=seconds))
SOME_TIMES = st.integers(1, 3660 * 86400).map(lambda seconds: timedelta(seconds=seconds))
CLOCKS = st.integers(0, 86399).map(lambda s: time(s // 3600, s // 60 % 60, s % 60))
MOMENTS = st.one_of(SPANS, CLOCKS)
INSTANTS = st.integers(-(2**31), 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
REASON_RULES = st.dictionaries(
    st.sampled_from(REASONS), st.builds(ReasonRule, st.none() | st.integers(0, 9), st.none() | SPANS), max_size=2
)
RETRIES = st.builds(
    RetryPolicy,
    max=st.integers(0, 1000),
    delay=SPANS,
    backoff=st.floats(1, 1000),
    jitter=st.sampled_from(get_args(Jitter)),
    cap=SPANS,
    by_reason=REASON_RULES,
)
DEADLINES = st.builds(Deadline, st.none() | MOMENTS, st.none() | SPANS)
SOME_NAMES = st.lists(NAMES, min_size=1, unique=True, max_size=3).map(tuple)
SCHEDULES = st.one_of(
    st.sampled_from([None, "@daily", "0 6 * * *", "*/5 1-3 1,15 JAN MON", "0 0 L * *", "@once", "every 90m"]),
    SOME_NAMES.map(lambda names: OnData(all=names)),
    SOME_NAMES.map(lambda names: OnData(any=names)),
    SOME_NAMES.map(lambda names: OnData(any=names, interval="any")),
)
FREE = st.from_regex(r"[#@a-z.:][a-z0-9./-]{0,8}", fullmatch=True)
NUMBERS = st.none() | st.integers(-(10**9), 10**9).map(lambda number: number / 1000)
COLUMNS = st.lists(NAMES | NAMES.map(lambda name: f"{name}:number"), unique=True, max_size=2).map(tuple)
ALERTS = st.builds(
    Alerts, st.lists(st.sampled_from(ALERT_KINDS), unique=True, max_size=3).map(tuple), st.none() | TEXTS
)


def one_check(name: str) -> st.SearchStrategy[Check]:
    return st.builds(
        Check,
        st.just(name),
        st.sampled_from(CHECK_KINDS),
        COLUMNS,
        NUMBERS,
        NUMBERS,
        st.sampled_from(get_args(Measure)),
        st.none() | TEXTS,
        st.none() | TEXTS,
        st.sampled_from(get_args(Severity)),
        st.sampled_from(get_args(When)),
        SPANS,
        st.none() | TEXTS,
        TEXTS,
    )


@st.composite
def datasets(draw: st.DrawFn, name: str) -> Dataset:
    return Dataset(
        name,
        draw(st.sampled_from(get_args(WriteMode))),
        draw(st.lists(NAMES, unique=True, max_size=2).map(tuple)),
        draw(st.sampled_from(get_args(Store))),
        draw(st.sampled_from(get_args(KeptBy))),
        draw(st.booleans()),
        {check: draw(one_check(check)) for check in draw(st.lists(NAMES, unique=True, max_size=2))},
        draw(st.none() | MOMENTS),
        draw(st.none() | TEXTS),
        draw(TEXTS),
    )


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """The settings of a workspace without DAGs."""
    people, routes, readers = (draw(st.lists(one, unique=True, max_size=3)) for one in (FREE, FREE, NAMES))
    return Workspace(
        {},
        draw(st.dictionaries(NAMES, st.integers(1, 9), max_size=2)),
        draw(st.none() | st.integers(1, 9)),
        {
            name: Consumer(
                name, draw(SOME_NAMES), draw(st.sampled_from(["0 8 * * *", "5 * * * 1"])), "Asia/Tokyo", draw(TEXTS)
            )
            for name in readers
        },
        {name: Person(name, draw(st.booleans()), draw(st.none() | SPANS)) for name in people},
        {name: draw(st.lists(FREE, max_size=2).map(tuple)) for name in routes},
        draw(st.none() | st.integers(1, 10**6)),
        draw(st.sampled_from(["carry", "count"])),
    )


@st.composite
def dags(draw: st.DrawFn) -> DagSpec:
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    cut = draw(st.integers(0, len(names)))
    tasks, inputs = names[:cut], names[cut:]
    declared = draw(st.lists(NAMES, unique=True, max_size=2))
    rows = st.none() | st.integers(0, 999)
    return DagSpec(
        draw(NAMES),
        tasks={name: draw(one_task(name, [n for n in names if n != name])) for name in tasks},
        inputs={
            name: Input(
                name,
                draw(st.none() | MOMENTS),
                draw(st.none() | TEXTS),
                draw(st.none() | TEXTS),
                draw(st.none() | MOMENTS),
                draw(rows),
            )
            for name in inputs
        },
        schedule=draw(SCHEDULES),
        timezone=draw(st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"])),
        partition=draw(st.sampled_from(get_args(Unit))),
        start=draw(st.none() | INSTANTS),
        end=draw(st.none() | INSTANTS),
        catchup=draw(st.booleans()),
        gap=draw(st.sampled_from(get_args(Gap))),
        fold=draw(st.sampled_from(get_args(Fold))),
        max_active_runs=draw(st.integers(1, 99)),
        max_active_tasks=draw(st.none() | st.integers(1, 99)),
        weight_rule=draw(st.sampled_from(get_args(WeightRule))),
        paused=draw(st.booleans()),
        misfire=draw(st.sampled_from(get_args(Misfire))),
        deadline=draw(st.none() | DEADLINES),
        owner=draw(st.none() | TEXTS),
        description=draw(TEXTS),
        datasets={name: draw(datasets(name)) for name in declared},
        alerts=draw(ALERTS),
        runbook=draw(st.none() | TEXTS),
        environment=draw(st.none() | TEXTS),
    )


def one_task(name: str, others: list[str]) -> st.SearchStrategy[Task]:
    ranges = [f"{name}@-1", "other.task", "other.task@-6..0", *(f"{other}@-2..-1" for other in others)]
    some = st.lists(st.sampled_from([*others, *ranges]), unique=True, max_size=3).map(tuple)
    few = st.lists(st.sampled_from([*others, "other"]), unique=True, max_size=2).map(tuple)
    return st.builds(
        Task,
        st.just(name),
        needs=some,
        reads=some,
        takes=SPANS,
        run=st.sampled_from([None, "flights:clean"]),
        retries=RETRIES,
        trigger_rule=st.sampled_from(TRIGGER_RULES),
        pool=st.none() | NAMES,
        priority=st.integers(-5, 5),
        requires=some,
        timeout=st.none() | SOME_TIMES,
        slots=st.integers(1, 3),
        max_active=st.none() | st.integers(1, 3),
        depends_on_past=st.booleans(),
        wait_for_downstream=st.booleans(),
        sensor=st.none() | sensors(some),
        branch=st.none() | few,
        short_circuit=st.booleans(),
        setup=st.booleans(),
        teardown=st.booleans(),
        fail_run=st.booleans(),
        lookup=st.booleans(),
        deadline=st.none() | DEADLINES,
        writes=few,
        owner=st.none() | TEXTS,
        description=TEXTS,
        sql=st.none() | TEXTS,
        code=st.dictionaries(FREE, st.sampled_from(["flights:clean", "m:f"]), max_size=2),
        checks=few,
        executor=st.sampled_from(get_args(Executor)),
        params=st.dictionaries(FREE, TEXTS, max_size=2),
    )


def sensors(on: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[Sensor]:
    return st.builds(
        Sensor,
        on=on,
        mode=st.sampled_from(get_args(Mode)),
        every=SPANS,
        takes=SOME_TIMES,
        timeout=SPANS,
        soft_fail=st.booleans(),
        backoff=st.booleans(),
        max_wait=st.none() | SPANS,
        match=st.sampled_from(get_args(Match)),
        delta=SPANS,
    )
