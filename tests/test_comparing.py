"""Two futures side by side without a screen: on one clock, what came of them, what that teaches; and taken away."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import workbench as wb
from workbench.bench.comparing import Comparing, compared
from workbench.bench.futures import future_lines, futures_sheet
from workbench.bench.outcomes import Came, Outcomes, lesson
from workbench.recorded_report import report_on

WAIT = "wait extract for jfk lga ewr"


def waiting(at: str = "08:05") -> wb.Bench:
    """A: JFK comes late and nobody waits. B: extract waits for all three."""
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until("2013-01-04T08:05Z")
    bench = wb.Bench(session)
    bench.go("05:55")
    bench.do(WAIT)
    bench.go(at)
    return bench


def shown(comparing: Comparing, width: int = 100) -> str:
    sheets = (comparing.first(width), comparing.on_clock(width, 20), comparing.outcome(width))
    lines = ["".join(span.text for span in row) for row in (comparing.header(width), comparing.coach(width))]
    return "\n".join([*lines, *(text for sheet in sheets for text in (sheet.title, sheet.text))])


def table(comparing: Comparing) -> dict[str, tuple[str, str]]:
    return {row.what: (row.a.text, row.b.text) for row in comparing.outcomes().rows}


# what differs


@pytest.mark.parametrize("at", ["05:55", "06:00", "07:10", "07:35", "08:05"])
def test_the_first_difference_is_that_of_the_session(at: str) -> None:
    bench = waiting(at)
    assert Comparing.of(bench).found == bench.session.compare("A")


def test_the_page_of_the_first_story() -> None:
    comparing = Comparing.of(waiting())
    text = shown(comparing)
    for told in (
        "first difference: Fri 4 Jan 06:00, daily_flights.extract@2013-01-03",
        "A  extract started: only the clock was asked.",
        "because in B, Fri 4 Jan 05:55, you: extract waits for jfk lga ewr.",
        "☞ Both green. Late is not failed; green is not right.",
    ):
        assert told in text, text
    assert table(comparing) == {
        "state": ("● success", "● success"),
        "public": ("06:15", "07:50"),
        "rows": ("596", "914"),
        "rows wrong": ("318 missing", "none"),
        "board_dashboard read": ("596 rows, 318 missing, at 08:00", "914 rows, right, at 08:00"),
    }


def test_nothing_of_what_is_ahead_is_shown() -> None:
    """At 07:10 nobody knows that JFK comes at 07:35, although A was made until 08:05."""
    comparing = Comparing.of(waiting("07:10"))
    text = shown(comparing)
    assert "07:35" not in text
    assert "95 min" not in text
    assert "914" not in text
    assert table(comparing)["public"] == ("06:15", "not yet")
    assert comparing.lesson == "A is green, and wrong. B is late, and not failed: n goes on."


def test_both_step_on_one_clock_and_back() -> None:
    comparing = Comparing.of(waiting("05:56"))
    assert comparing.lesson == ""
    seen = []
    while comparing.next() and f"{comparing.now:%H:%M}" < "08:05":
        seen.append(f"{comparing.now:%H:%M}")
    logs = [one.branch.log for one in (comparing.a, comparing.b)]
    both = {f"{event.at:%H:%M}" for log in logs for event in log if "05:56" < f"{event.at:%H:%M}" < "08:05"}
    assert seen[:3] == ["06:00", "06:10", "06:13"]
    assert sorted(both & set(seen)) == sorted(set(seen))
    for expected in reversed(seen):
        assert comparing.back()
        assert f"{comparing.now:%H:%M}" == expected


def test_looking_moves_nothing_until_it_is_left_and_then_the_bench_stands_there() -> None:
    bench = waiting("07:10")
    before = bench.session.cursor
    comparing = Comparing.of(bench)
    comparing.next()
    shown(comparing)
    assert bench.session.cursor == before
    comparing.leave()
    assert f"{bench.now:%H:%M}" == "07:35"
    assert bench.session.branch.name == "B"
    bench.back()
    assert bench.session.cursor == before


def test_keeping_the_one_on_the_right_goes_on_in_it() -> None:
    bench = waiting("07:10")
    bench.do("future A")
    comparing = Comparing.of(bench)
    assert (comparing.a.name, comparing.b.name) == ("A", "B")
    comparing.leave(comparing.b.of)
    assert bench.session.branch.name == "B"


def test_a_third_future_can_stand_on_the_right() -> None:
    bench = waiting("05:56")
    bench.do("future A")
    bench.go("05:55")
    bench.do("never jfk@2013-01-03")
    bench.go("12:00")
    comparing = Comparing.of(bench, "A")
    assert comparing.others == ["B"]
    assert comparing.b.name == "C"
    assert (comparing.beside("B").a.name, comparing.beside("B").b.name) == ("A", "B")
    with pytest.raises(wb.InvalidInput):
        comparing.beside("A")


def test_with_one_future_it_says_what_to_do() -> None:
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"))
    with pytest.raises(wb.InvalidInput, match=r"Go back .* change one thing"):
        Comparing.of(bench)
    assert "Go back" in futures_sheet(bench, 80).text


def test_the_next_difference_is_another_run() -> None:
    comparing = Comparing.of(waiting())
    assert comparing.places == [("daily_flights", "2013-01-03"), ("punctuality", "2013-01-03")]
    assert comparing.other_place(1)
    assert comparing.title == "punctuality for Thu 3 Jan"
    assert not comparing.other_place(1)
    assert comparing.other_place(-1)


@pytest.mark.parametrize("width", [60, 78, 118, 198])
def test_no_row_is_wider_than_its_room(width: int) -> None:
    comparing = Comparing.of(waiting())
    for sheet in (comparing.first(width), comparing.on_clock(width, 12), comparing.outcome(width)):
        assert sheet.width <= width, sheet.text


def test_in_little_room_both_futures_are_seen_whole() -> None:
    text = Comparing.of(waiting()).on_clock(78, 9).text
    assert text.count("extract") == text.count("publish") == 2
    assert len(text.splitlines()) <= 9


# lessons


def came(name: str, **given: object) -> Came:
    facts: dict[str, object] = {"state": "success", "public": wb.instant("2013-01-04T06:15Z"), "wrong": 0, "missed": 0}
    return Came(name, **(facts | given))  # type: ignore[arg-type]


LATER = wb.instant("2013-01-04T07:50Z")


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (came("A", wrong=318), came("B", public=LATER), "Both green. Late is not failed; green is not right."),
        (came("A", public=LATER), came("B", wrong=318), "Both green. Late is not failed; green is not right."),
        (came("A", wrong=318, public=LATER), came("B"), "Both green. Green is not right."),
        (came("A", wrong=318), came("B", state="failed", public=None, wrong=None),
         "A is green, and wrong; B failed, and nothing wrong became public."),
        (came("A", state="failed", public=None, wrong=None), came("B"), "A failed; B is green, and right."),
        (came("A", wrong=1), came("B", wrong=2), "Both green, and both wrong."),
        (came("A"), came("B", public=LATER), "Both right; B is public 95 min later."),
        (came("A", missed=1), came("B"), "Both right now; but in A 1 read got wrong rows before."),
        (came("A"), came("B"), ""),
        (came("A", state="", public=None, wrong=None), came("B", state="", public=None, wrong=None), ""),
    ],
)  # fmt: skip
def test_the_lesson_follows_from_the_outcomes(a: Came, b: Came, told: str) -> None:
    assert lesson(Outcomes((), a, b)) == told


# the list


def test_the_list_says_who_left_whom_when_and_by_which_command() -> None:
    bench = waiting()
    first, second = future_lines(bench.session)
    assert (first.name, first.parent, first.command) == ("A", "", "")
    assert (second.name, second.parent, second.command) == ("B", "A", "extract waits for jfk lga ewr")
    text = futures_sheet(bench, 80).text
    assert "► B  left A at Fri 4 Jan 05:55" in text
    assert "4 runs: 4 ended well" in text


# taken away


def test_the_page_stands_alone_and_has_the_numbers(tmp_path: Path) -> None:
    told = wb.save_comparison(Comparing.of(waiting()), tmp_path / "late.html")
    assert told.startswith(f"Wrote {tmp_path / 'late.html'} (")
    assert told.endswith("Open it in a browser; it needs nothing else.")
    text = (tmp_path / "late.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=|https?://|<script|@import|url\((?!#)", text)
    assert "prefers-color-scheme:dark" in text
    for number in ("596", "914", "318", "06:15", "07:50", "Late is not failed; green is not right."):
        assert number in text
    assert text.count('<rect class="solid"') == 6


def test_names_of_the_pipeline_are_escaped_on_the_page(tmp_path: Path) -> None:
    dag = wb.Dag("a", schedule="0 6 * * *", start="2013-01-01", description="<script>")
    dag.task("load", takes="5m")
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-01-02 07:00")
    bench = wb.Bench(session)
    bench.go("05:30")
    bench.do("deploy load v2")
    bench.go("07:00")
    comparing = Comparing.of(bench)
    comparing.b.name = "<b>&"
    wb.save_comparison(comparing, tmp_path / "x.html")
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text


def test_the_history_written_from_memory_opens_again_the_same(tmp_path: Path) -> None:
    session = waiting().session
    told = wb.save_history(session, tmp_path / "mine.db")
    assert "workbench replay" in told
    again = wb.replay(tmp_path / "mine.db")
    assert list(again.branches) == list(session.branches)
    assert again.branch.name == session.branch.name
    assert [b.log for b in again.branches.values()] == [b.log for b in session.branches.values()]
    assert again.judgements("A") == session.judgements("A")
    assert sorted(path.name for path in tmp_path.iterdir())[0] == "mine.db"


def test_two_recordings_side_by_side(tmp_path: Path) -> None:
    wb.save_history(waiting().session, tmp_path / "mine.db")
    a, b = (wb.replay(tmp_path / "mine.db", future=name) for name in "AB")
    comparing = compared(a, b, ("Monday", "Tuesday"))
    assert table(comparing)["rows"] == ("596", "914")
    assert comparing.lesson == "Both green. Late is not failed; green is not right."
    assert comparing.others == []
    assert re.search(r"Monday +extract", comparing.on_clock(100, 20).text)
    assert comparing.back()
    comparing.leave("B")


def test_the_report_has_what_the_command_line_has(tmp_path: Path) -> None:
    bench = waiting()
    wb.save_report(bench, tmp_path / "r.md")
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert report_on(bench.session, bench.dag).facts[0].value in text
    wb.save_report(bench, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_nothing_is_written_over_and_a_free_name_is_offered(tmp_path: Path) -> None:
    comparing = Comparing.of(waiting())
    (tmp_path / "late.html").write_text("mine", encoding="utf-8")
    with pytest.raises(wb.InvalidInput, match=r"late.html is there already, and stays as it is; .* late-2.html"):
        wb.save_comparison(comparing, tmp_path / "late.html")
    assert (tmp_path / "late.html").read_text(encoding="utf-8") == "mine"
    assert wb.free_name("late", ".html", tmp_path) == Path("late-2.html")


@pytest.mark.parametrize(
    ("name", "told"),
    [("x.txt", "it is written as"), ("no/x.html", "there is no such folder"), ("", "needs a name|is a folder")],
)
def test_a_bad_place_is_refused_in_words(tmp_path: Path, name: str, told: str) -> None:
    place = tmp_path / name if name else ""
    with pytest.raises(wb.InvalidInput, match=told):
        wb.save_comparison(Comparing.of(waiting()), place)


@pytest.mark.parametrize(("number", "told"), [(28, "the disk is full"), (30, "that disk is read-only")])
def test_a_full_or_read_only_disk_is_told_in_words_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def fail(self: Path, *args: object, **options: object) -> int:
        with self.open("w") as file:
            file.write("half")
        raise OSError(number, os.strerror(number))

    comparing = Comparing.of(waiting())
    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(wb.InvalidInput, match=f"cannot be written: {told}. Nothing is lost"):
        wb.save_comparison(comparing, tmp_path / "late.html")
    assert list(tmp_path.iterdir()) == []


# what each is called, at that time


def repaired() -> wb.Bench:
    """A: something was done before the two part. B: what was wrong is mended early; C: only much later."""
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"))
    bench.do("truncate lga@2013-01-02 share 40%")
    bench.go("2013-01-04 08:35")
    for left in ("2013-01-03 08:40", "2013-01-04 07:00"):
        bench.do("future A")
        bench.go(left)
        for line in ("lift lga", "rerun extract@2013-01-02 down", "deploy clean v2"):
            bench.do(line)
    return bench


def test_a_world_is_called_by_what_was_done_in_it_until_then() -> None:
    bench = repaired()
    assert [*bench.session.branches] == ["A", "B", "C"]
    two = Comparing.of(bench, "B")
    two.now = wb.instant("2013-01-03T09:30Z")  # in C nothing has been done so far
    assert (two.named(two.a), two.named(two.b)) == ("lift lga, rerun extract and 1 more", "nothing more was done")
    assert Comparing.of(waiting("05:50")).named(Comparing.of(waiting("05:50")).b) == "as it was"
    both = two.outcome(100).text.splitlines()[0]
    assert "nothing more was done" in both


def test_a_name_that_has_no_room_ends_with_a_whole_word() -> None:
    two = Comparing.of(repaired(), "A")
    words = {*"lift lga, rerun extract, deploy clean v2 and 1 2 more …".replace(",", "").split()}
    for room in range(6, 60):
        told = two.named(two.b, 2, room)
        assert len(told) <= room
        assert {*told.replace(",", "").split()} <= words, told


def test_late_is_said_only_where_it_was_late() -> None:
    first = wb.instant("2013-01-04T06:15Z")
    mended = came("B", public=LATER, first=first)
    assert lesson(Outcomes((), came("A", wrong=318, first=first), mended)) == "Both green. Green is not right."
