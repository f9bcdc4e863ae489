"""The grammar: text -> command -> text, for every verb; and random words never do harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verb_cases import attempt, bench, refused, seen
from workbench.ordering.settings import dag_fields, task_fields
from workbench.verbs import VERBS, Command, complete, parse
from workbench.verbs.grammar import Slot, quoted, slots_of
from workbench.verbs.kinds import KINDS

NAMES = st.sampled_from(["extract", "daily.clean", "*", "daily.*", "*.load", "été", "a-b_c", "x" * 40])
DAYS = st.sampled_from(["", "@2013-01-03", "@last", "@2013-01-03..2013-01-05", "@2013-W01", "@2013-01-03T05+01:00"])
TARGETS = st.builds(lambda name, day: name + day, NAMES, DAYS)
ODD = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12)
SPANS = st.sampled_from(["95m", "1h35m", "0s", "2d"])
TIMES = st.sampled_from(["07:35", "7:35", "07:35:10", "2013-01-04", "2013-01-04 07:35", "2013-01-04T07:35Z"])
NUMBERS = st.integers(0, 999_999_999).map(str) | st.just("007")
TEXTS = {
    **dict.fromkeys(("TASKS", "TASK", "WHERE", "DAYS", "RUN"), TARGETS),
    "INPUTS": st.builds(lambda name, day: name + (day or "@2013-01-03"), NAMES, DAYS.filter(lambda d: d != "@last")),
    "ROWS": st.builds(lambda name, day: name + (day or "@2013-01-03"), NAMES, DAYS.filter(lambda d: d != "@last")),
    "CONDITION": st.sampled_from(["dep_delay > 120", "carrier = 'UA'", "a IS NULL"]),
    "WRITTEN": st.builds(lambda name, day: name + (day or "@2013-01-03"), NAMES, DAYS.filter(lambda d: d != "@last")),
    "SHARE": st.sampled_from(["60%", "0.5%"]),
    "VALUE": ODD,
    "RENAMED": st.sampled_from(["a:b", "a:b,c:d"]),
    **dict.fromkeys(("HELD", "VERSIONS", "SHOWN", "STORED"), TARGETS),
    "STORY": st.sampled_from(["2013-01-03", "2013-01-03..2013-01-05"]) | TARGETS,
    "SPAN": SPANS,
    "TIME": TIMES,
    "N": NUMBERS,
    "SLOTS": NUMBERS | st.just("none"),
    "TRIES": NUMBERS | st.sampled_from(["20%", "0.5%"]),
    "FACTOR": st.sampled_from(["3", "1.5", "1/60"]),
    "SETTING": st.sampled_from([*task_fields(), *dag_fields()]),
    "WHAT": ODD,
}


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A right line of any verb, its words in any order, with as much space as somebody may type."""
    verb = VERBS[draw(st.sampled_from(sorted(VERBS)))]
    slots = slots_of(verb.pattern)
    places = [slot for slot in slots if not slot.word]
    wanted = [slot for slot in places if slot.required or draw(st.booleans())]
    # Places without a word are filled from the left: none can be left out before another.
    given_places = places[: len(wanted)]
    words = [slot for slot in slots if slot.word and (slot.required or draw(st.booleans()))]
    one_of_each = {slot.group or slot.word: slot for slot in words}
    words = [slot for slot in words if one_of_each[slot.group or slot.word] == slot]
    parts = [verb.name, *(part for slot in given_places for part in draw(texts(slot)))]
    for slot in draw(st.permutations(words)):
        parts += [slot.word, *draw(texts(slot))]
    return draw(st.sampled_from([" ", "   "])).join(parts) + draw(st.sampled_from(["", "  ", " # a comment"]))


@st.composite
def texts(draw: st.DrawFn, slot: Slot) -> list[str]:
    if not slot.kind:
        return []
    many = draw(st.integers(1, 3)) if slot.many else 1
    found = []
    for _ in range(many):
        text = draw(TEXTS.get(slot.kind, NAMES))
        found.append(text if slot.kind == "TIME" else quoted(text))
        if slot.kind == "SETTING":
            found.append(quoted(draw(ODD)))
    return found


@settings(max_examples=400, deadline=None)
@given(lines())
def test_a_command_printed_is_its_line(line: str) -> None:
    command = parse(line)
    assert parse(str(command)) == command
    assert str(parse(str(command))) == str(command)


@pytest.mark.parametrize(
    ("line", "short"),
    [
        ("rerun  clean@2013-01-03   down # again", "rerun clean@2013-01-03 down"),
        ("clear clean@last", "rerun clean"),
        ("run until 2013-01-04 7:35", "run until 2013-01-04T07:35"),
        (
            "backfill d@2013-01-01..2013-01-03 newest limit 02 all",
            "backfill d@2013-01-01..2013-01-03 all newest limit 2",
        ),
        ("set d schedule '0 7 * * *'", "set d schedule '0 7 * * *'"),
        ('set x description ""', "set x description ''"),
        ("outage extract until 06:20 from 06:00", "outage extract from 06:00 until 06:20"),
        ("switch A", "future A"),
        ("wait extract for jfk lga", "wait extract for jfk lga"),
    ],
)
def test_the_shortest_form(line: str, short: str) -> None:
    assert str(parse(line)) == short


def test_every_example_is_as_short_as_can_be() -> None:
    for verb in VERBS.values():
        assert str(parse(verb.example)) == verb.example
        assert parse(verb.example).verb == verb.name


def test_a_task_that_is_called_like_a_word_is_there_with_its_dag() -> None:
    assert parse("wait daily.for for jfk").one("STEP") == "daily.for"


def test_patterns_name_kinds_that_are_there() -> None:
    for verb in VERBS.values():
        assert all(not slot.kind or slot.kind in KINDS for slot in slots_of(verb.pattern))
        assert (verb.orders is None) != (verb.answers is None)
        assert verb.help.endswith(".")


# completion


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("", ["step", "rerun", "set", "clear"]),
        ("re", ["redo", "rerun"]),
        ("rerun ", ["clean", "publish", "daily_flights.extract"]),
        ("rerun clean@", ["clean@last", "clean@2013-01-03", "clean@2013-01-02"]),
        ("rerun clean@2013-01-03 ", ["down", "only", "up", "failed"]),
        ("rerun clean down ", ["up", "failed"]),
        ("mark clean ", ["success", "failed", "skipped"]),
        ("late j", ["jfk"]),
        ("late jfk@", ["jfk@2013-01-03"]),
        ("edge ", ["add", "rm"]),
        ("edge add e", ["ewr"]),
        ("set ", ["clean", "pool", "workers", "daily_flights"]),
        ("set clean ", ["retries", "takes"]),
        ("set clean retries 5 d", ["delay"]),
        ("set pool w", ["warehouse"]),
        ("pause ", ["daily_flights", "weekly"]),
        ("wait extract ", ["for"]),
        ("wait daily_flights.extract for ", ["jfk", "lga"]),
        ("backfill daily_flights@2013-01-01..2013-01-03 limit 2 ", ["oldest", "newest", "all"]),
        ("future ", ["A"]),
        ("help re", ["rerun", "redo"]),
        ("scheduler down ", ["from", "until"]),
    ],
)
def test_completion(text: str, among: list[str]) -> None:
    found = complete(text, bench())
    assert set(among) <= set(found), found
    last = "" if text.endswith(" ") else text.rpartition(" ")[2]
    assert all(word.startswith(last) for word in found)


@pytest.mark.parametrize("text", ["nonsense ", "mark clean success ", "set clean retries ", "rerun clean down only "])
def test_nothing_to_complete(text: str) -> None:
    assert [word for word in complete(text, bench()) if word in ("down", "clean", "success", "only")] == []


# random words


WORDS = sorted(
    {part for verb in VERBS.values() for part in (*verb.name.split(), *verb.example.split())}
    | {
        "@",
        "a@b@c",
        "..",
        "clean@..",
        "@2013",
        "'",
        '"',
        "#",
        "\\",
        "-1",
        "0",
        "1e9",
        "%",
        "20%",
        "*",
        "**",
        "[",
        "pool:x",
    }
    | {"none", "up", "all", "last", "clean@last", "weekly@2013-W01", "extract@2013-01-02..2013-01-04", "9999-99-99"}
    | {"2013-01-04", "06:01", "25:99", "été", "\x00", "x" * 300, "retries", "sensor.mode", "deadline", "by", "8:00"}
)


@st.composite
def scribbles(draw: st.DrawFn) -> str:
    """Words that begin like a command, more often than not."""
    start = draw(st.sampled_from([*VERBS, ""]) | st.sampled_from(WORDS))
    rest = draw(st.lists(st.sampled_from(WORDS) | ODD, max_size=6))
    return " ".join([start, *rest])


@settings(max_examples=150, deadline=None)
@given(st.lists(scribbles(), min_size=1, max_size=6))
def test_scribbles_are_done_or_refused_in_words(scribbled: list[str]) -> None:
    s = bench()
    for line in scribbled:
        before = seen(s)
        planned = attempt(lambda line=line: s.plan_of(line))  # type: ignore[misc]
        assert seen(s) == before
        done = attempt(lambda line=line: s.do(line))  # type: ignore[misc]
        if done is not None:
            assert str(done).strip()
            assert seen(s)[1:4] == before[1:4]
        assert planned is None or done is not None
        complete(line, s)
        s.seek(min(s.now, s.end))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | ODD)
def test_any_text_is_a_command_or_is_refused(text: str) -> None:
    refused = attempt(lambda: parse(text))
    if refused is None:
        assert isinstance(parse(text), Command)
    else:
        assert len(str(refused).splitlines()) == 1


# fields inside fields


def test_the_nearest_of_a_dotted_field_is_a_dotted_field() -> None:
    s = bench()
    for wrong, right in (
        ("retries.dely", "retries.delay"),
        ("retris.delay", "retries.delay"),
        ("sensor.evry", "sensor.every"),
        ("by_reason.bgu", "by_reason.bug"),
        ("retries.by_reason.bgu", "retries.by_reason.bug"),
        ("retris", "retries"),
    ):
        assert refused(s, f"set clean {wrong} 2m") == f"No field {wrong}. Did you mean {right}?"


def test_one_entry_of_a_group_leaves_the_others() -> None:
    one, other, third = bench(), bench(), bench()
    one.do("set clean by_reason bug:0")
    other.do("set clean by_reason.bug 0")
    third.do("set clean retries.by_reason.bug 0")
    assert one.current_workspace() == other.current_workspace() == third.current_workspace()
    other.do("set clean by_reason.late_input 2 by_reason.quota 3")
    one.do("set clean by_reason bug:0,late_input:2,quota:3")
    assert one.current_workspace() == other.current_workspace()
    other.do("set clean by_reason.bug none")
    one.do("set clean by_reason late_input:2,quota:3")
    assert one.current_workspace() == other.current_workspace()
    assert "must be a whole number from 0 to 1000" in refused(one, "set clean by_reason.bug often")
