"""Every verb has plain Python beside it, which does exactly what its line does."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.samples import late_jfk
from tests.verb_cases import BEFORE, attempt, bench, bench_of, data_bench, seen
from workbench.session import Session
from workbench.twins import TWINS, Twin
from workbench.twins.base import line_of, word_of
from workbench.verbs import VERBS, Done, parse
from workbench.views.happened import Happened

# What these have to work on, where the verb's own example needs nothing before it.
FIRST: dict[str, list[str]] = {"deadline": [], "owner": [], "futures": []}
SAME = {"extract": "daily_flights.extract", "pick@2013-01-03": "pick@2013-01-04"}


def exact(text: str) -> str:
    """The bench has a second task called extract."""
    for name, whole in SAME.items():
        text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", whole, text)
    return text


def benches(one: Twin) -> tuple[Session, Session]:
    made = (_bench_of(one), _bench_of(one))
    for s in made:
        for line in FIRST.get(one.method, BEFORE.get(one.verb, [])):
            s.do(line)
    return made


def _bench_of(one: Twin) -> Session:
    if one.method in ("deadline", "owner"):
        s = late_jfk()
        s.run_until("2013-01-04 05:55")
        return s
    return bench_of(one.verb)


def test_every_verb_has_a_twin_and_every_twin_a_verb() -> None:
    assert {one.verb for one in TWINS} == set(VERBS)
    assert all(callable(getattr(Session, one.method)) for one in TWINS)


@pytest.mark.parametrize("one", TWINS, ids=lambda one: one.method)
def test_a_twin_does_exactly_what_its_line_does(one: Twin) -> None:
    s, other = benches(one)
    line = exact(one.line or VERBS[one.verb].example)
    done = other.do(line)
    answer = eval(exact(one.example), {"s": s})
    assert seen(s) == seen(other)
    if isinstance(answer, Session):
        assert answer is s
        assert (s.done.line, str(s.done)) == (str(parse(line)), str(done))
    elif isinstance(answer, Done):
        assert (answer.line, str(answer)) == (str(parse(line)), str(done))
        assert s.done.line != answer.line  # a question is not what was done last
    elif isinstance(answer, Happened):
        assert tuple(answer) == done.events or one.verb == "back"
    else:
        assert str(answer) == str(done).replace("\n  ", "\n")


@pytest.mark.parametrize("one", TWINS, ids=lambda one: one.method)
def test_a_twin_is_typed_and_says_what_it_does(one: Twin) -> None:
    method = getattr(Session, one.method)
    signature = inspect.signature(method)
    assert all(word.annotation is not inspect.Signature.empty for word in [*signature.parameters.values()][1:])
    assert signature.return_annotation != inspect.Signature.empty
    assert method.__doc__.endswith(f"For example: {one.example}")
    assert len(method.__doc__.splitlines()[0]) > 20
    assert (VERBS[one.verb].orders is None) or signature.return_annotation == "Self"


# values as words


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "none"), (True, "true"), (5, "5"), (1.5, "1.5"), (1 / 60, "1/60"), (0.1, "0.1"), (3.0, "3"),
        (timedelta(minutes=95), "1h35m"), (time(5, 30), "05:30"), (date(2013, 1, 3), "2013-01-03"),
        (datetime(2013, 1, 4, 7, 35, tzinfo=UTC), "2013-01-04T07:35Z"), (["a", "b"], "a,b"), ({"bug": 0}, "bug:0"),
        ("two words", "two words"),
    ],
)  # fmt: skip
def test_a_value_is_a_word(value: object, word: str) -> None:
    assert word_of(value) == word


def test_a_day_in_another_zone_is_written_in_utc() -> None:
    at = datetime.fromisoformat("2013-01-04T08:35+01:00")
    assert line_of("late", "jfk@2013-01-03", at=at) == "late jfk@2013-01-03 at 2013-01-04T07:35Z"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40))
def test_any_text_is_one_word_of_its_line(text: str) -> None:
    line = line_of("poison", "jfk@2013-01-05", "carrier", text, row=7)
    assert parse(line).all("VALUE") == [text]
    assert (parse(line).one("row"), parse(line).verb) == ("7", "poison")


def test_what_no_line_can_say_is_refused() -> None:
    s = bench()
    before = seen(s)
    naive = datetime(2013, 1, 4, 7, 35)  # noqa: DTZ001
    for act in (
        lambda: s.late("jfk@2013-01-05", object()),  # type: ignore[arg-type]
        lambda: s.late("jfk@2013-01-05", timedelta(seconds=1.5)),
        lambda: s.late("jfk@2013-01-05", at=naive),
    ):
        assert attempt(act) is not None
    assert seen(s) == before


def test_settings_may_be_values_of_python() -> None:
    s = bench()
    s.set("clean", takes=timedelta(minutes=4), retries=2, delay="2m", by_reason={"bug": 0}, deadline=timedelta(hours=2))
    s.set("daily_flights", schedule="0 7 * * *", catchup=True)
    spec = s.current_workspace().dags["daily_flights"]
    clean = spec.tasks["clean"]
    assert (clean.takes, clean.retries.max, clean.retries.by_reason["bug"].max) == (timedelta(minutes=4), 2, 0)
    assert clean.deadline == wb.Deadline(by=timedelta(hours=2))
    assert (spec.schedule, spec.catchup) == ("0 7 * * *", True)
    assert s.set("clean", deadline=None).current_workspace().dags["daily_flights"].tasks["clean"].deadline is None


def test_sql_keeps_its_quotes_and_may_have_several_lines() -> None:
    s = data_bench()
    s.quarantine(
        "jfk@2013-01-03",
        """carrier = 'AA'
        OR "carrier" = 'B6'""",
        owner="ingest-oncall",
    )
    assert s.done.line.startswith("quarantine jfk@2013-01-03 where 'carrier = '")
    event: Any = s.done.events[0]
    assert event.where == """carrier = 'AA'         OR "carrier" = 'B6'"""


# wrong words


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda s: s.rerun("clean@2013-01-03", dwon=True), "No word dwon of rerun. Did you mean down?"),
        (lambda s: s.late("jkf@2013-01-05", "95m"), "No input jkf. Did you mean jfk?"),
        (lambda s: s.late("jkf", "95m"), "jkf has no day; write jkf@2013-01-03"),
        (lambda s: s.late(), "late needs target. It is written late(target, by='', at=''), "
         'for example: s.late("jfk@2013-01-03", "95m")'),
        (lambda s: s.never("jfk@2013-01-05", 1), "never takes 1 value, and here are 2. It is written never(target), "
         'for example: s.never("jfk@2013-01-03")'),
        (lambda s: s.kill("clean", target="clean"), "target of kill is given twice. It is written kill(target), "
         'for example: s.kill("extract@2013-01-03")'),
        (lambda s: s.set("clean", retrys=3), "No field retrys. Did you mean retries?"),
        (lambda s: s.outage("clean", "06:20"), "outage needs until and a time: 07:35, 2013-01-04 07:35 or "
         "2013-01-04T07:35Z, for example: outage extract from 06:00 until 06:20"),
    ],
)  # fmt: skip
def test_wrong_words_are_refused_kindly(act: Any, told: str) -> None:
    s = bench()
    before, done = seen(s), s.done
    refusal = attempt(lambda: act(s))
    assert str(refusal) == told
    assert (seen(s), s.done) == (before, done)


# chains, what is done last, what-ifs


def test_what_moves_or_changes_answers_the_session_so_that_it_chains() -> None:
    s = late_jfk()
    assert s.until("2013-01-04 05:55").wait("extract", "ewr", "lga", "jfk").until("08:05").go("07:00") is s
    assert (s.now, s.branch.name) == (s.instant("2013-01-04 07:00"), "A")
    assert s.done.line == "go 07:00"
    assert s.inject(wb.Never("jfk", "2013-01-04")).edit(wb.SetTask("clean", {"takes": timedelta(minutes=9)})) is s
    assert (s.done.line, s.done.left) == ("", "")
    assert str(s.done) == "clean: takes changed"
    assert str(s.undo().done).startswith("Undone: clean: takes changed. It is Fri 4 Jan 07:00 in C")
    assert s.redo().switch("A").branch.name == "A"


def test_at_first_nothing_has_been_done() -> None:
    assert str(late_jfk().done) == "Nothing has been done yet."


def test_an_edit_in_the_past_says_which_what_if_it_opened() -> None:
    s = late_jfk().until("2013-01-04 08:05")
    s.back("05:55")
    assert str(s.edit(wb.WaitFor("extract", ("jfk",))).done) == "extract waits for jfk → what-if B; A stays as it is"


def rows(s: Session) -> int | None:
    """How many rows are live of what was published of Thursday."""
    version = s.state.known.data.live_version("pub_punctuality", "2013-01-03")
    return version.rows if version is not None else None


def test_a_what_if_parts_from_then_and_the_session_stays() -> None:
    s = late_jfk().until("2013-01-04 08:05")
    before = seen(s)
    b = s.what_if("05:55")
    assert str(b.done) == "It is Fri 4 Jan 05:55. → what-if B; A stays as it is"
    b.wait("extract", "ewr", "lga", "jfk").until("08:05")
    assert (b.branch.name, list(s.branches)) == ("B", ["A", "B"])
    assert seen(s)[1:] == before[1:]
    assert seen(s)[0]["A"] == before[0]["A"]
    assert (rows(s), rows(b)) == (596, 914)
    assert s.compare(b).first is not None


def test_a_what_if_may_have_a_name_and_begin_now_or_later() -> None:
    s = late_jfk().until("2013-01-04 05:55")
    now = s.what_if(name="never").never("jfk@2013-01-03")
    assert (now.branch.name, now.now) == ("never", s.now)
    later = s.what_if("07:00")
    assert (later.branch.name, later.now, s.now) == ("B", s.instant("07:00"), now.now)
    assert s.late("jfk@2013-01-03", at="09:00").branch.name == "A"  # what lies ahead of a what-if is not in this one
    assert "there is a future 'never' already" in str(attempt(lambda: s.what_if(name="never")))
    assert list(s.branches) == ["A", "never", "B"]


def test_at_the_instant_of_a_command_a_what_if_begins_before_it() -> None:
    s = late_jfk().until("2013-01-04 05:55").wait("extract", "jfk").until("08:00")
    assert rows(s.what_if("05:55").until("08:00")) == 596


def test_what_ifs_are_kept_in_the_same_history(tmp_path: Path) -> None:
    with wb.keep(tmp_path / "runs.db") as keeper:
        s = wb.sample("daily_flights", "late_jfk", history=keeper).until("2013-01-04 08:05")
        s.what_if("05:55", "waits").wait("extract", "jfk").until("08:05")
        kept = s.recording
    with wb.keep(tmp_path / "runs.db") as keeper:
        assert list(wb.reopen(keeper, kept).branches) == ["A", "waits"]


def test_a_bare_time_of_a_question_is_on_the_day_of_its_run() -> None:
    s = late_jfk().until("2013-01-05 08:00")
    told = str(s.why("publish@2013-01-03", "06:14"))
    assert told == str(s.why("publish@2013-01-03", "2013-01-04 06:14"))
    assert [told.splitlines()[0], *(f"  {line}" for line in told.splitlines()[1:])] == [
        line.rstrip() for line in str(s.do("why publish@2013-01-03 at 06:14")).splitlines()
    ]


def test_a_share_may_be_a_number() -> None:
    assert data_bench().partial("stg_flights@2013-01-05", 0.6).done.line == "partial stg_flights@2013-01-05 60%"
    assert bench().fail("clean@2013-01-05", 0.25).done.line == "fail clean@2013-01-05 25%"
    assert bench().fail("clean@2013-01-05", 2).done.line == "fail clean@2013-01-05 2"
