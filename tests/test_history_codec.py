"""Each kind of event comes back from its row exactly, and no column is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from workbench.engine import EVENTS, KINDS, RunKey
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    DagEdited,
    FaultInjected,
    InputArrived,
    RunCreated,
    RunEnded,
    RunStarted,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.history.codec import COLUMNS, Decoder, Texts, columns_of, rows_of
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
EACH: list[Any] = [
    RunCreated(AT, RUN, AT - timedelta(days=1), AT, 0),
    RunStarted(AT, RUN, 1),
    RunEnded(AT, RUN, "failed", 9),
    TaskScheduled(AT, RUN, "load", 2),
    TaskQueued(AT, RUN, "load", 2),
    TaskSettled(AT, RUN, "post", "skipped", "one_failed", 7),
    AttemptStarted(AT, RUN, "load", 3, 4),
    AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, None, None, 4),
    AttemptEnded(AT, RUN, "load", 1, "success", "", "", None, 0, "3f9a", 4),
    AttemptEnded(AT, RUN, "load", 1, "up_for_retry", "bug", "Fehler: 'ü' \x00\n", LATER, None, None, 4),
    InputArrived(AT, "jfk", "2013-01-03", None, None, 0),
    InputArrived(AT, "jfk", "2013-01-03", 301, "c0ffee", 0),
    FaultInjected(AT, Late("jfk", "2013-01-03", LATER), "JFK comes late", 0),
    FaultInjected(AT, Never("jfk", "2013-01-03"), "JFK never comes", 0),
    FaultInjected(AT, Flaky("flights.load", rate=Fraction(1, 3)), "flaky", 0),
    FaultInjected(AT, Outage("flights.load", AT, LATER), "down", 0),
    DagEdited(AT, "flights", 2, SPEC, "post no longer waits", 0),
]


def test_every_kind_of_event_is_tried_here() -> None:
    assert {type(event) for event in EACH} == set(EVENTS.values())


@pytest.mark.parametrize("event", EACH, ids=lambda event: KINDS[type(event)])
def test_an_event_comes_back_from_its_row(event: Any) -> None:
    (row,) = rows_of(type(event), [(17, event)], Texts())
    columns = columns_of(type(event))
    assert len(row) == len(columns) == len(set(columns))
    values = {**dict(zip(columns, row, strict=True)), "kind": KINDS[type(event)]}
    whole = tuple(values.pop(column, None) for column in COLUMNS)
    assert not values
    back = Decoder("").event(whole)
    assert back == event
    assert type(back) is type(event)
    assert whole[0] == 17


def test_half_a_surrogate_pair_in_a_message_is_written_out() -> None:
    event = AttemptEnded(AT, RUN, "load", 1, "failed", "bug", "KeyError: '\ud83d'", None, None, None, 4)
    (row,) = rows_of(AttemptEnded, [(1, event)], Texts())
    assert "KeyError: '\\ud83d'" in row


def test_what_is_called_otherwise_lies_where_the_documentation_says() -> None:
    def row_of(event: Any) -> dict[str, Any]:
        (row,) = rows_of(type(event), [(1, event)], Texts())
        return dict(zip(columns_of(type(event)), row, strict=True))

    injected = row_of(FaultInjected(AT, Never("jfk", "2013-01-03"), "JFK never comes", 0))
    assert injected["message"] == "JFK never comes"
    assert injected["data"] == '{"never":{"input":"jfk","partition":"2013-01-03"}}'
    assert row_of(TaskSettled(AT, RUN, "post", "skipped", "one_failed", 7))["reason"] == "one_failed"
    assert row_of(DagEdited(AT, "flights", 2, SPEC, "an edit", 0))["number"] == 2
    created = row_of(RunCreated(AT, RUN, AT - timedelta(days=1), AT, 0))
    assert (created["interval_start"], created["interval_end"]) == ("2013-01-03T06:00:00Z", "2013-01-04T06:00:00Z")
