"""The story as a guide on a bench, without any screen: by methods, by typed lines, out of order, and by chance."""

from __future__ import annotations

import random
import re
from contextlib import suppress

import pytest

import workbench as wb
from workbench.lessons import firsts
from workbench.lessons.story import Story, story_path
from workbench.lessons.story_parts import PARTS
from workbench.line_mode import play as play_lines


def coach(bench: wb.Bench) -> str:
    """What the coach says or asks."""
    question = bench.guide.question(bench)
    text = question.text if question else bench.guide.line(bench)
    return "".join(span.text for span in wb.coached(text))


def test_keys_stand_out() -> None:
    found = wb.coached(wb.story().guide.line(wb.story()))
    assert [(span.text, span.style) for span in found][1:] == [("n", "strong"), (".", "coach")]
    assert "`" not in wb.story(typed=True).guide.line(wb.story(typed=True))


def act(bench: wb.Bench, step: str) -> None:
    """`n`, `b`, a number, what is only heard, or a line."""
    if step == "n":
        bench.next()
    elif step == "b":
        bench.back()
    elif step in ("1", "2", "3", "4"):
        bench.guide.answer(bench, step)
    elif step in ("why", "compare"):
        bench.heard(step)
    else:
        bench.do(step)


TABLE = (
    # step, time, selection, what the coach says then
    ("n", "05:48", "extract", "EWR came: 336 flights. Press n."),
    ("n", "05:55", "extract", "LGA came: 260 flights. JFK is still to come. Press n."),
    ("n", "06:00", "jfk", "06:00. JFK is not here. Will extract 1 wait, 2 fail, 3 run anyway?"),
    ("1", "06:00", "extract", 'You guessed "wait". It runs, without JFK: it takes what is there. Press n.'),
    ("n", "06:10", "extract", "extract is done, with what was there. Press n."),
    ("n", "06:13", "extract", "clean is done. Press n."),
    ("n", "06:15", "extract", 'All green; 596 flights public. You guessed "wait". Press n.'),
    (
        "n",
        "07:35",
        "extract",
        "07:35: JFK came, 318 flights. Too late: the report is out. At 08:00 board_dashboard reads it. Press n.",
    ),
    (
        "n",
        "08:00",
        "publish",
        "Green, and wrong: board_dashboard read 596 flights at 08:00; 318 of JFK are missing. Why? Press w.",
    ),
    (
        "why",
        "08:00",
        "publish",
        "publish ← clean ← extract ← the clock said 06:00. Nothing asked for JFK. Go back before it: press g, "
        "type 05:55, Enter.",
    ),
    (
        "go 05:55",
        "05:55",
        "extract",
        "Back at 05:55. What you saw is kept as A. Let extract wait for its files: press e, ↓, Enter.",
    ),
    (
        "wait extract for ewr jfk lga",
        "05:55",
        "extract",
        "Three lines are solid now: extract waits for its files. This is what-if B; A is kept. Press n.",
    ),
    (
        "n",
        "06:00",
        "extract",
        "06:00: extract waits for JFK. When will the report be public? 1 06:15, 2 07:35, 3 07:50 or 4 never?",
    ),
    ("2", "06:00", "extract", '06:00: extract waits for JFK. You guessed "07:35". Go on and see. Press n.'),
    ("n", "07:35", "extract", "07:35: JFK came, and extract started that very moment. Press n."),
    ("n", "07:45", "extract", "extract is done: 914 flights. Press n."),
    ("n", "07:48", "extract", "clean is done. Press n."),
    (
        "n",
        "07:50",
        "extract",
        '07:50: the report is public. 914 flights: later, and all of them. You guessed "07:35"; it was 15 min after '
        "JFK, for so long the three tasks take. Press n.",
    ),
    (
        "n",
        "08:00",
        "extract",
        "08:00: board_dashboard read 914 flights. Right. Both futures side by side: press c.",
    ),
    (
        "compare",
        "08:00",
        "extract",
        "Late is not failed; green is not right. And if JFK never comes? Go back: press g, type 05:55, Enter.",
    ),
    ("go 05:55", "05:55", "jfk", "At 05:55, in what-if B, JFK is selected. Let it never come: press f, n."),
    (
        "never jfk@2013-01-03",
        "05:55",
        "extract",
        "What-if C: JFK never comes, and nobody knows that yet. Press n.",
    ),
    (
        "n",
        "06:00",
        "extract",
        "06:00: extract waits, and would wait for ever. Who would notice? Give it a deadline: press e, d, type 08:00, "
        "Enter.",
    ),
    ("set extract deadline 08:00", "06:00", "extract", "What-if C: the same morning, with a deadline. Press n."),
    ("n", "08:00", "extract", "08:00: ingest-oncall is paged: extract has not succeeded. Press n."),
    (
        "n",
        "08:04",
        "extract",
        "08:04: ingest-oncall answered the page, after 4 min: now a person knows. But board_dashboard had read at "
        "08:00, an old report: a deadline must leave time to act. Press n.",
    ),
    (
        "n",
        "08:04",
        "extract",
        "That was the story. You used waiting, why, going back, what-if, deadline. Play on here if you like; Esc "
        "leaves.",
    ),
)


def test_the_whole_story_step_by_step() -> None:
    bench = wb.story()
    assert f"{bench.now:%a %H:%M}" == "Fri 05:45"
    assert [(v.partition, v.rows) for vs in bench.known.data.versions.values() for v in vs] == [("2013-01-02", 943)]
    assert coach(bench).startswith("Every morning this collects yesterday's flights from three airports")
    for step, at, chosen, says in TABLE:
        act(bench, step)
        assert (step, f"{bench.now:%H:%M}", bench.chosen.name, coach(bench)) == (step, at, chosen, says)
    assert isinstance(bench.guide, Story)
    assert bench.guide.is_over
    assert list(bench.session.branches) == ["A", "B", "C"]


SOURCES = ("story", "story_parts", "story_words")


def test_nothing_that_is_said_is_written_down() -> None:
    """Other numbers come from another simulation: here JFK comes twenty minutes later, and a file has other rows."""
    text = story_path().read_text(encoding="utf-8")
    assert "596" not in text
    folder = story_path().parents[2] / "workbench" / "lessons"
    source = "".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in SOURCES)
    for number in ("596", "914", "318", "336", "260", "07:35", "06:15", "07:50", "08:04"):
        assert number not in source


def test_it_is_played_with_typed_lines_alone() -> None:
    said: list[str] = []
    lines = ["", "", "", "3", "", "", "", "", "", "w", "go 05:55", "wait extract for ewr lga jfk"]
    lines += [""] * 6 + ["compare A", "go 05:55", "never jfk@2013-01-03", "", "set extract deadline 08:00", "", "", ""]
    play_lines(wb.story(typed=True), lines, said.append, False)
    text = "\n".join(said)
    assert 'Right, you guessed "run anyway": it runs, without JFK.' in text
    assert 'You guessed "run anyway": right.' in text
    assert "type wait extract for ewr lga jfk." in text
    assert "press" not in text.lower().replace("press enter", "")
    assert said[-2].endswith(
        "You used waiting, why, going back, what-if, deadline. Play on here if you like; q leaves."
    )


def test_who_does_not_answer_goes_on_and_is_not_asked_again() -> None:
    bench = wb.story()
    for _ in range(3):
        bench.next()
    assert bench.guide.question(bench) is not None
    bench.next()
    assert f"{bench.now:%H:%M}" == "06:00"
    assert coach(bench) == "It runs, without JFK. Press n."
    bench.back()
    bench.back()
    assert f"{bench.now:%H:%M}" == "05:55"
    for _ in range(4):
        bench.next()
    assert "guessed" not in coach(bench)
    assert f"{bench.now:%H:%M}" == "06:15"


def test_nothing_gives_away_what_is_still_to_come() -> None:
    """Before the reader has read, no pane says that the report is wrong, or how many flights there will be."""
    bench = wb.story()
    for _ in range(7):
        bench.next()
        shown = "\n".join(make(120).text for make in (bench.data, bench.why, bench.events, bench.alerts, bench.rules))
        shown += bench.timeline(120, 20).text + bench.graph(120, 20).text
        assert not [word for word in ("914", "318", "07:35", "missing") if word in shown], shown
    for _ in range(2):
        bench.next()
    assert "318 missing" in bench.data(120).text


def test_who_goes_by_events_is_asked_as_well_and_never_thrown_back() -> None:
    bench = wb.story()
    asked, before = 0, 0
    while bench.now < wb.instant("2013-01-04T06:10Z"):
        bench.next("event")
        assert bench.session.position == before + 1 or not before
        before = bench.session.position
        asked += bench.guide.question(bench) is not None
    assert asked == 3


def test_going_back_is_followed_line_by_line() -> None:
    bench = wb.story()
    for _ in range(7):
        bench.next()
    assert "All green" in coach(bench)
    bench.back()
    assert coach(bench) == "clean is done. Press n."
    bench.do("go 05:50")
    assert "EWR came: 336" in coach(bench)


def test_who_runs_ahead_is_met_where_they_are() -> None:
    bench = wb.story()
    bench.do("run until 09:00")
    assert "Green, and wrong" in coach(bench)
    bench.do("why publish")
    bench.do("go 05:50")
    bench.do("wait extract for jfk lga ewr")
    bench.do("run until 12:00")
    assert "Both futures side by side" in coach(bench)


def test_an_edit_before_its_time_is_praised_and_comes_back() -> None:
    bench = wb.story()
    bench.do("wait extract for ewr jfk lga")
    assert "Good idea" in coach(bench)
    said = []
    while bench.now < wb.instant("2013-01-04T08:00Z"):
        bench.next()
        said.append(coach(bench))
    assert "06:00: extract waits for JFK, as you told it." in "".join(said)
    assert "07:35: JFK came, and extract started: it waited, as you told it." in "".join(said)
    assert "07:50: the report is public, 914 flights: it waited, as you told it." in "".join(said)
    assert "08:00: board_dashboard read 914 flights. Right: that was a good idea." in said[-1]
    bench.do("undo")
    assert "Every morning" in coach(bench)


def test_an_edit_too_late_for_the_run_is_told_so_once_and_the_story_goes_on() -> None:
    bench = wb.story()
    bench.do("run until 06:10")
    bench.do("wait extract for ewr jfk lga")
    assert coach(bench).startswith("Good idea, but too late for this run: extract began at 06:00, without JFK.")
    said = []
    while bench.now < wb.instant("2013-01-04T08:00Z"):
        bench.next()
        said.append(coach(bench))
    assert said[0] == "clean is done. Press n."
    assert len(set(said)) == len(said)
    assert said[-1].startswith("Green, and wrong")
    bench.heard("why")
    assert "Go back before it" in coach(bench)
    bench.do("go 05:55")
    assert "Let extract wait for its files" in coach(bench)


RIGHT = "Right, as you guessed: 15 min after JFK, for so long the three tasks take."


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("1", 'You guessed "wait". It runs, without JFK: it takes what is there.', 'You guessed "06:15"; it was 15'),
        ("2", 'You guessed "fail". It runs, without JFK: to it, a missing file', 'You guessed "07:35"; it was 15'),
        ("3", 'Right, you guessed "run anyway": it runs, without JFK.', RIGHT),
    ],
)
def test_every_guess_is_told_whether_it_was_right(key: str, first: str, second: str) -> None:
    bench = wb.story()
    for step in ("n", "n", "n", key):
        act(bench, step)
    assert coach(bench).startswith(first)
    bench.do("run until 08:05")
    for step in ("why", "go 05:55", "wait extract for ewr jfk lga", "n"):
        act(bench, step)
    assert bench.guide.question(bench) is not None
    act(bench, key)
    assert bench.guide.question(bench) is None
    bench.do("go 07:50")
    assert second in coach(bench)


@pytest.mark.parametrize("width", [46, 90])
def test_the_answer_cannot_be_copied_while_it_is_asked(width: int) -> None:
    bench = wb.story()
    for _ in range(3):
        bench.next()
    shown = bench.why(width).text + bench.rules(width).text
    assert "extract" not in shown
    assert "without waiting" not in shown
    assert "Guess first" in shown
    assert "nobody knows when it comes" in shown
    act(bench, "3")
    bench.choose("input:daily_flights.jfk")
    assert "takes what is there" in bench.why(width).text + bench.rules(width).text


ALL = ("task:daily_flights.extract", "task:daily_flights.clean", "dataset:daily_flights.report",
       "input:daily_flights.jfk", "input:daily_flights.ewr", "dag:daily_flights")  # fmt: skip


@pytest.mark.parametrize("target", ALL)
def test_nothing_that_one_can_open_answers_it_either(target: str) -> None:
    bench = wb.story()
    for _ in range(3):
        bench.next()
    bench.choose(target)
    sheets = (bench.why, bench.rules, bench.why_chain, bench.inspect, bench.code)
    for make in sheets:
        shown = make(70).text
        assert not any(word in shown for word in ("extract", "what is there", "without waiting", "07:35")), shown
    told = "Say your guess first: 1 wait, 2 fail or 3 run anyway. Then look. No guess? Go on, and see."
    assert told in bench.code(200).text
    act(bench, "n")  # without a guess
    assert "extract" in bench.code(70).text
    bench.choose("task:daily_flights.extract")
    assert all("Say your guess" not in make(70).text for make in sheets)


def test_neither_does_a_typed_why() -> None:
    said: list[str] = []
    lines = ["", "", "", "w", "w extract", "w clean", "1", "w extract", "q"]
    play_lines(wb.story(typed=True), lines, said.append, is_asked=False)
    asked = next(n for n, line in enumerate(said) if "Will extract" in line)
    answered = next(n for n, line in enumerate(said) if 'You guessed "wait"' in line)
    between = "\n".join(said[asked + 1 : answered])
    assert between.count("Say your guess first") == 2
    assert "nothing holds it" not in between
    assert "without jfk" in "\n".join(said[answered:])


def test_a_deadline_that_leaves_time_is_told_so() -> None:
    bench = wb.story()
    for step in [step for step, *_ in TABLE][:-4]:
        act(bench, step)
    bench.do("set extract deadline 07:00")
    bench.do("run until 07:04")
    assert "07:04: ingest-oncall answered the page, after 4 min: now a person knows, and has time" in coach(bench)


def test_a_change_of_ones_own_is_followed_and_undone() -> None:
    bench = wb.story()
    bench.do("set clean takes 30m")
    assert "a what-if of your own" in coach(bench)
    bench.do("run until 06:50")
    assert coach(bench).startswith("596 flights are public, in a what-if of your own.")
    bench.do("run until 08:00")
    assert coach(bench).startswith("08:00: board_dashboard read 596 flights, in a what-if of your own.")
    bench.do("undo")
    assert "Every morning" in coach(bench)
    bench.do("task rm publish")
    assert "a what-if of your own" in coach(bench)


def test_a_fault_before_its_time_is_ones_own() -> None:
    bench = wb.story()
    bench.do("never jfk@2013-01-03")
    assert "a what-if of your own" in coach(bench)
    bench.do("undo")
    assert "Every morning" in coach(bench)


def test_who_lets_it_wait_too_late_is_led_back() -> None:
    bench = wb.story()
    bench.do("run until 08:05")
    bench.heard("why")
    bench.do("go 06:05")
    assert "Nothing asked for JFK" in coach(bench)
    bench.do("go 05:50")
    bench.do("go 06:05")
    assert "At 06:05 extract has begun already" in coach(bench)
    bench.do("wait extract for ewr lga jfk")
    assert "extract had begun before you told it to wait" in coach(bench)
    bench.do("go 05:55")
    assert "In this future extract takes what is there" in coach(bench)
    bench.do("wait extract for ewr lga jfk")
    assert "Three lines are solid" in coach(bench)


def test_a_deadline_that_is_over_is_given_again() -> None:
    bench = wb.story()
    for step in [step for step, *_ in TABLE][:-4]:
        act(bench, step)
    bench.do("run until 09:00")
    assert "nobody was told" in coach(bench)
    bench.do("set extract deadline 08:00")
    assert "The deadline was over" in coach(bench)
    bench.do("go 06:00")
    bench.do("set extract deadline 08:00")
    bench.next()
    bench.next()
    assert "ingest-oncall answered" in coach(bench)


STEPS = ("n", "n", "n", "b", "1", "2", "why", "compare", "go 05:55", "go 06:05", "go 08:00", "undo", "redo",
         "wait extract for ewr jfk lga", "wait extract for jfk", "never jfk@2013-01-03", "set extract deadline 07:00",
         "late lga@2013-01-03 2h", "task rm publish", "task rename extract fetch", "pause daily_flights", "future A",
         "rerun extract@2013-01-03 down", "run until 2013-01-05 12:00", "mark publish@2013-01-03 success")  # fmt: skip


def obey(bench: wb.Bench) -> None:
    """Do what the coach says, and nothing else."""
    says = coach(bench)
    first = re.search(r"\(go ([\d: -]+)\)", says)
    if first is not None:
        act(bench, f"go {first[1]}")
    typed = re.search(r"[Tt]ype (.+?)\.(?= |$)", says)
    if typed is not None:
        act(bench, {"w": "why", "compare A": "compare"}.get(typed[1], typed[1]))
    else:
        assert "Press Enter." in says or bench.guide.question(bench), says
        act(bench, "n")


def test_who_only_obeys_comes_to_the_end() -> None:
    bench = wb.story(typed=True)
    for _ in range(len(TABLE) - 1):  # one of them is a guess
        assert not guide_of(bench).is_over
        obey(bench)
    assert guide_of(bench).is_over


@pytest.mark.parametrize("seed", range(12))
def test_who_wanders_is_never_lost(seed: int) -> None:
    """By chance, through everything that can be done: the coach always says something, and who then does what it says
    comes to the end."""
    draw = random.Random(seed)
    bench = wb.story(typed=True)
    for _ in range(60):
        with suppress(wb.InvalidInput, KeyError):
            act(bench, draw.choice(STEPS))
        assert coach(bench), (seed, bench.session.events[-3:])
    said = []
    for _ in range(80):
        if guide_of(bench).is_over:
            break
        said.append(f"{bench.now:%a %H:%M} {bench.session.branch.name} {coach(bench)}")
        obey(bench)
    assert guide_of(bench).is_over, "\n".join(said[-12:])


def guide_of(bench: wb.Bench) -> Story:
    assert isinstance(bench.guide, Story)
    return bench.guide


def test_parts_that_hear_and_parts_that_look() -> None:
    assert [part.hears for part in PARTS if part.hears] == ["why", "compare", "next"]
    assert all((part.until is None) != (not part.hears) for part in PARTS[:-1])


def test_the_first_time_is_once(home: object) -> None:
    assert wb.first_time()
    assert not wb.first_time()
    firsts.mark_path().unlink()
    assert wb.first_time()
