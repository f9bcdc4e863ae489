"""Each kind of event comes back from its row exactly, and no column is forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import TIMES
from workbench.engine import EVENTS, KINDS, RunKey
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    ConsumersTold,
    DatasetRead,
    PointersMoved,
    RowsSetAside,
    VersionPublished,
    VersionWritten,
)
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    BackfillChanged,
    CodeDeployed,
    DagEdited,
    DagPaused,
    DeadlineMissed,
    FaultInjected,
    FaultLifted,
    InputArrived,
    RunCreated,
    RunEnded,
    RunsRequested,
    RunStarted,
    SchedulerStarted,
    SchedulerStopped,
    SettingsChanged,
    TaskQueued,
    TaskScheduled,
    TasksCleared,
    TaskSettled,
    TasksKilled,
    TasksMarked,
    WorkDone,
)
from workbench.history import History
from workbench.history.codec import COLUMNS, Decoder, Texts, batches_of, columns_of
from workbench.history.store import by_kind, write_events
from workbench.model import DagSpec, Input, RetryPolicy, Task
from workbench.scenario import Flaky, Late, Never, Outage

AT = datetime(2013, 1, 4, 6, tzinfo=UTC)
LATER = AT + timedelta(minutes=95)
RUN = RunKey("flights", "2013-01-03", "scheduled", 2)
SPEC = DagSpec(
    "flights",
    {"load": Task("load", reads=("jfk",), retries=RetryPolicy(2, backoff=1.5)), "post": Task("post", needs=("load",))},
    {"jfk": Input("jfk", timedelta(minutes=10))},
    schedule="0 6 * * *",
    start=AT,
)
DUE = AT - timedelta(minutes=5)
STG = ("stg", "2013-01-03")
EACH: list[Any] = [
    RunCreated(AT, RUN, AT - timedelta(days=1), AT, DUE, 0),
    RunCreated(AT, RUN, AT - timedelta(days=1), AT, None, 6),
    RunStarted(AT, RUN, 1),
    RunEnded(AT, RUN, "failed", "deadlock", 9),
    TaskScheduled(AT, RUN, "load", 2),
    TaskQueued(AT, RUN, "load", 2),
    TaskSettled(AT, RUN, "post", "skipped", "one_failed", 7),
    AttemptStarted(AT, RUN, "load", 3, 4),
    AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, None, None, None, 4),
    AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, 0, "3f9a", (), 4),
    AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, 0, "3f9a", ("clean", "post"), 4),
    AttemptEnded(AT, RUN, "load", 1, "up_for_retry", "bug", "Fehler: 'ü' \x00\n", LATER, None, None, None, 4),
    InputArrived(AT, "jfk", "2013-01-03", None, None, 0),
    InputArrived(AT, "jfk", "2013-01-03", 301, "c0ffee", 0),
    DeadlineMissed(AT, "flights", "2013-01-03", "", AT, 0),
    SchedulerStopped(AT, 0),
    SchedulerStarted(AT, 0),
    WorkDone(AT, RUN, "load", 2, 4),
    CodeDeployed(AT, "flights", "", "v2", "v2 of flights", 0),
    FaultInjected(AT, Late("jfk", "2013-01-03", LATER), "JFK comes late", 0),
    FaultInjected(AT, Never("jfk", "2013-01-03"), "JFK never comes", 0),
    FaultInjected(AT, Flaky("flights.load", rate=Fraction(1, 3)), "flaky", 0),
    FaultInjected(AT, Outage("flights.load", AT, LATER), "down", 0),
    FaultLifted(AT, 2, "JFK comes again", 0),
    DagEdited(AT, "flights", 2, SPEC, "post no longer waits", 0),
    SettingsChanged(AT, {"warehouse": 2, "api": 0}, None, "no more workers", 0),
    SettingsChanged(AT, {}, 4, "four workers", 0),
    DagPaused(AT, "flights", True, "flights is paused", 0),
    TasksCleared(AT, ((RUN, ("load", "post")), (RUN._replace(n=3), ())), "load again", 0),
    TasksMarked(AT, ((RUN, ("load",)),), "success", ((RUN, ("post",)),), "load is well", 0),
    TasksKilled(AT, ((RUN, "load", "up_for_retry", LATER), (RUN, "post", "failed", None)), "both end", 0),
    RunsRequested(AT, "flights", "backfill", ((RUN, DUE, AT),), 2, "again", 0),
    RunsRequested(
        AT, "flights", "backfill", ((RUN, DUE, AT),), 2, "again", 0, ("flights.load",), "v2", 5,
        (("flights", "2013-01-03", "the code changed"),), ("flights.load",),
    ),
    SettingsChanged(AT, {}, 4, "told elsewhere", 0, {"#data": ("anna", "ben"), "#none": ()}),
    BackfillChanged(AT, 31, "paused", "the backfill pauses", 0),
    PointersMoved(AT, "withdrawn", ((*STG, 0), ("pub", "2013-01-03", 2)), "both withdrawn", 0),
    RowsSetAside(AT, *STG, "sched_dep_time > 2359", 1, "c0ffee", "anna", "one row set aside", 0),
    ConsumersTold(AT, "stg", ("2013-01-03", "2013-01-04"), ("board",), "the board knows", 0),
    VersionWritten(AT, RUN, "load", 2, "stg", 3, "append", 2, 1886, 943, "c0ffee", "v1", ((*STG, 2),), False, 4),
    VersionWritten(AT, RUN, "load", 2, "stg", 3, "overwrite", 0, None, None, None, "v1", (), True, 4),
    CheckRan(AT, "volume", *STG, 3, "fail", "block", "before", 0.0, "500 to 1100", "0 rows: 'ü'", 9),
    CheckRan(AT, "mean", *STG, 3, "pass", "warn", "after", None, "any", "nothing to see", 9),
    VersionPublished(AT, *STG, 3, 9),
    DatasetRead(AT, "board", "stg", "2013-01-03", "2013-01-02", 1, 0),
    DatasetRead(AT, "board", "stg", "2013-01-03", "", 0, 0),
    AlertSent(AT, "check", "flights", "2013-01-03", "stg.volume", "#data", ("anna", "ben"), True, 9),
    AlertSent(AT, "deadline", "flights", "2013-01-03", "input:jfk", "", (), False, 9),
    AlertAnswered(AT, 44, "anna", 44),
]  # fmt: skip


def test_every_kind_of_event_is_tried_here() -> None:
    assert {type(event) for event in EACH} == set(EVENTS.values())


def row_of(event: Any) -> dict[str, Any]:
    """The row of an event, by its columns."""
    ((columns, (row,)),) = batches_of(type(event), [(17, event)], Texts())
    assert len(row) == len(columns) == len(set(columns))
    return dict(zip(columns, row, strict=True))


def read_back(event: Any) -> Any:
    values = {**row_of(event), "kind": KINDS[type(event)]}
    whole = tuple(values.pop(column, None) for column in COLUMNS)
    assert not values
    assert whole[0] == 17
    return Decoder("").event(whole)


@pytest.mark.parametrize("event", EACH, ids=lambda event: KINDS[type(event)])
def test_an_event_comes_back_from_its_row(event: Any) -> None:
    back = read_back(event)
    assert back == event
    assert type(back) is type(event)
    assert set(row_of(event)) <= set(columns_of(type(event)))


# any event at all, through a file


def one_of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint in VALUES:
        return VALUES[hint]
    if origin in (Union, UnionType):
        return st.one_of(*map(one_of_type, inside))
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(one_of_type(inside[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(one_of_type, inside))
    assert origin is dict, hint
    return st.dictionaries(*map(one_of_type, inside), max_size=3)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(0, 2**50)
INSTANTS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: NUMBERS,
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    type(None): st.none(),
    datetime: INSTANTS,
    RunKey: st.builds(RunKey, TEXTS, TEXTS, TEXTS, NUMBERS),
    DagSpec: st.just(SPEC),
    Any: st.sampled_from([event.fault for event in EACH if isinstance(event, FaultInjected)]),
}
ANY_EVENT = st.one_of(
    *(
        st.builds(event, **{name: one_of_type(hint) for name, hint in get_type_hints(event).items()})
        for event in EVENTS.values()
    )
)


@settings(max_examples=60 * TIMES, deadline=None)
@given(st.lists(ANY_EVENT, min_size=1, max_size=12))
def test_any_events_come_back_from_a_file(events: list[Any]) -> None:
    with History.memory() as history:
        write_events(history.connection, 1, by_kind(events, 1), Texts())
        rows = history.connection.execute(f"SELECT {', '.join(COLUMNS)} FROM event ORDER BY seq").fetchall()
    decoder = Decoder("")
    back = [decoder.event(row) for row in rows]
    assert back == events
    assert list(map(type, back)) == list(map(type, events))


def test_half_a_surrogate_pair_in_a_message_is_written_out() -> None:
    event = AttemptEnded(AT, RUN, "load", 1, "failed", "bug", "KeyError: '\ud83d'", None, None, None, None, 4)
    assert row_of(event)["message"] == "KeyError: '\\ud83d'"


def test_what_is_called_otherwise_lies_where_the_documentation_says() -> None:
    injected = row_of(FaultInjected(AT, Never("jfk", "2013-01-03"), "JFK never comes", 0))
    assert injected["message"] == "JFK never comes"
    assert injected["data"] == '{"never":{"input":"jfk","partition":"2013-01-03"}}'
    assert row_of(TaskSettled(AT, RUN, "post", "skipped", "one_failed", 7))["reason"] == "one_failed"
    assert row_of(DagEdited(AT, "flights", 2, SPEC, "an edit", 0))["number"] == 2
    created = row_of(RunCreated(AT, RUN, AT - timedelta(days=1), AT, DUE, 0))
    assert (created["interval_start"], created["interval_end"]) == ("2013-01-03T06:00:00Z", "2013-01-04T06:00:00Z")
    assert created["due"] == "2013-01-04T05:55:00Z"
    asked = row_of(RunsRequested(AT, "flights", "backfill", ((RUN, DUE, AT),), 2, "again", 0))
    assert (asked["run_kind"], asked["message"]) == ("backfill", "again")
    run = '"dag":"flights","partition":"2013-01-03","kind":"scheduled","n":2'
    window = '"start":"2013-01-04T05:55:00Z","end":"2013-01-04T06:00:00Z"'
    rest = '"limit":2,"tasks":[],"pin":"","priority":0,"plan":[],"pinned":[]'
    assert asked["data"] == f'{{"runs":[{{{run},{window}}}],{rest}}}'
    marked = row_of(TasksMarked(AT, ((RUN, ("load",)),), "success", (), "load is well", 0))
    assert (marked["state"], marked["data"]) == (
        "success",
        f'{{"instances":[{{{run},"tasks":["load"]}}],"cleared":[]}}',
    )


def test_a_plain_try_binds_no_column_for_what_a_branch_follows() -> None:
    plain = AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, None, None, None, 4)
    found = batches_of(AttemptEnded, [(1, plain), (2, plain._replace(followed=("post",))), (3, plain)], Texts())
    assert [(columns[-1], [row[0] for row in rows]) for columns, rows in found] == [("cause", [1, 3]), ("data", [2])]


def test_a_version_lies_in_columns_that_a_person_can_ask() -> None:
    written = row_of(
        VersionWritten(AT, RUN, "load", 2, "stg", 3, "append", 2, 1886, 943, "c0ffee", "v1", ((*STG, 2),), False, 4)
    )
    asked = ("dag", "partition", "task", "number", "dataset", "n", "rows", "content")
    assert tuple(written[name] for name in asked) == ("flights", "2013-01-03", "load", 2, "stg", 3, 1886, "c0ffee")
    assert written["data"] == (
        '{"mode":"append","base":2,"added":943,"code":"v1",'
        '"sources":[{"dataset":"stg","partition":"2013-01-03","n":2}],"fenced":false}'
    )


def as_before(event: Any, *absent: str) -> Any:
    """An event read from a row in whose `data` these fields are not, as in files of before they came into being."""
    values = {**row_of(event), "kind": KINDS[type(event)]}
    values["data"] = json.dumps({k: v for k, v in json.loads(values["data"]).items() if k not in absent})
    return Decoder("").event(tuple(values.get(column) for column in COLUMNS))


def test_what_older_files_do_not_say_has_its_default() -> None:
    asked = RunsRequested(AT, "flights", "backfill", ((RUN, DUE, AT),), 2, "again", 0)
    assert as_before(asked, "tasks", "pin", "priority", "plan", "pinned") == asked
    changed = SettingsChanged(AT, {"api": 1}, None, "fewer", 0)
    assert as_before(changed, "routes") == changed
    with pytest.raises(KeyError):
        as_before(asked, "runs")
