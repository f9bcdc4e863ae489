"""Home: what there is to open, by keys; and what is said when something cannot be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from tests.tui.screens import SIZES, Driven, drive
from tui.bench import BenchScreen
from tui.home import HomeScreen
from tui.own import paths
from tui.picking import Entry, Picking, Section
from workbench.keeping import default_path
from workbench.lessons.firsts import mark_path


@pytest.fixture
def known(home: Path) -> Path:
    """A person who has seen the story."""
    assert wb.first_time()
    return home


def bench_of(driven: Driven) -> wb.Bench:
    assert isinstance(driven.app.screen, BenchScreen), driven.text
    return driven.app.screen.bench


def keep_one() -> None:
    with wb.keep() as keeper:
        wb.sample("daily_flights", "late_jfk", history=keeper).run_until("2013-01-03T07:00Z")


@pytest.mark.parametrize("size", SIZES)
def test_home_says_what_this_is(known: Path, size: tuple[int, int]) -> None:
    async def play(driven: Driven) -> None:
        assert isinstance(driven.app.screen, HomeScreen)
        driven.shows(
            "orchestration workbench",
            "Something must decide what runs when, wait for what is late, try again and",
            "remember. Play with it. Nothing you do here can break.",
            "► 1 Why was Friday's report wrong?",
            "3 minutes, start here",
            "2 Lessons",
            "they come later",
            "3 My own pipeline",
            "a YAML file, or a >> b >> c",
            "4 Samples and recent",
            "ctrl+q quit",
        )
        assert all(len(line) <= size[0] for line in driven.text.splitlines())

    drive(play, None, size)


def test_the_first_start_opens_the_story_and_later_ones_home(home: Path) -> None:
    async def first(driven: Driven) -> None:
        driven.shows("Every morning this collects yesterday's flights")
        await driven.press("escape")
        driven.shows("► 1 Why was Friday's report wrong?")

    async def later(driven: Driven) -> None:
        assert isinstance(driven.app.screen, HomeScreen)
        await driven.press("1")
        driven.shows("Every morning this collects yesterday's flights")

    drive(first, None, (80, 24))
    assert mark_path().exists()
    drive(later, None, (80, 24))


def test_arrows_and_enter_choose_and_go_round(known: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("up")
        driven.shows("► 4 Samples and recent")
        await driven.press("down", "down")
        driven.shows("► 2 Lessons")
        await driven.press("enter")
        driven.shows("cannot be played yet", "Timer or arrival?")
        await driven.press("enter")
        driven.shows("Not there yet.")
        await driven.press("escape")
        driven.shows("► 2 Lessons")
        await driven.press("escape")
        driven.shows("This is home. ctrl+q quits")

    drive(play, None, (80, 24))


def test_a_sample_is_found_by_typing_and_opened(known: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("4")
        driven.shows(
            "nothing is kept in this session of the program (--history none)", "Samples", "harbor_air", "type to filter"
        )
        await driven.type("flood")
        driven.shows("► unpause_flood", "scenarios: unpause_flood")
        assert "harbor_air" not in driven.text
        await driven.press("enter")
        assert list(bench_of(driven).session.workspace.dags) == ["prices"]
        driven.shows("☞ ", "n goes on")
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)

    drive(play, None, (80, 24))


def test_the_filter_is_shortened_and_cleared(known: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("4")
        await driven.type("zzz")
        driven.shows("Nothing here has “zzz” in it")
        await driven.press("enter", "backspace", "backspace", "backspace")
        driven.shows("type to filter", "harbor_air")
        await driven.type("air harbor")
        driven.shows("► harbor_air")
        await driven.press("escape")
        await driven.type("late")
        driven.shows("► late_file", "daily_flights")  # names first, then what has such a scenario
        await driven.press("escape")
        driven.shows("type to filter")
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)

    drive(play, None, (80, 24))


def test_a_recording_goes_on_where_it_stood(known: Path) -> None:
    keep_one()

    async def play(driven: Driven) -> None:
        await driven.pilot.pause(0.1)
        driven.shows("4 Samples and recent", "daily_flights, today")
        await driven.press("4")
        driven.shows("Go on where you stood", "► daily_flights, late_jfk", "Thu 3 Jan 07:00:")
        await driven.press("enter")
        assert f"{bench_of(driven).now:%a %H:%M}" == "Thu 07:00"
        await driven.press("n", "escape")
        driven.shows("Esc again leaves for home; it goes on from here when you come back.")
        await driven.press("escape", "4", "enter")
        assert bench_of(driven).now > wb.instant("2013-01-03T07:00Z")

    drive(play, None, (80, 24), history=None)


def test_two_recordings_are_compared(known: Path) -> None:
    with wb.keep() as keeper:
        wb.sample("daily_flights", "late_jfk", history=keeper).run_until("2013-01-04T09:00Z")
        other = wb.sample("daily_flights", "late_jfk", history=keeper)
        other.do("wait extract for ewr jfk lga")
        other.run_until("2013-01-04T09:00Z")

    async def play(driven: Driven) -> None:
        await driven.press("4", "tab")
        driven.shows("is marked", "Tab on another compares the two")
        await driven.press("down", "tab")
        driven.shows("compare", "recording 1", "recording 2", "first difference", "596", "914")
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)

    drive(play, None, (120, 36), history=None)


def test_on_a_tall_screen_what_was_done_last_is_one_key_away(known: Path) -> None:
    keep_one()

    async def play(driven: Driven) -> None:
        await driven.pilot.pause(0.1)
        driven.shows("Go on where you stood")
        await driven.press("up")
        driven.shows("► daily_flights, late_jfk")
        await driven.press("enter")
        assert f"{bench_of(driven).now:%a %H:%M}" == "Thu 07:00"

    drive(play, None, (120, 36), history=None)


TWO = "\n---\nscenario: calm\ndescription: Nothing goes wrong\n---\nscenario: rough\ndescription: Much goes wrong\n"


def test_a_file_with_several_scenarios_asks_which(known: Path) -> None:
    plain = 'dag: hello\nschedule: "0 6 * * *"\nstart: 2013-01-01\ntasks: {load: {takes: 5m}}\n'
    (known / "two.yaml").write_text(plain + TWO, encoding="utf-8")

    async def play(driven: Driven) -> None:
        await driven.press("3")
        await driven.type("tw")
        driven.shows("two.yaml")
        await driven.press("tab", "enter")
        driven.shows("Which scenario?", "► calm", "Nothing goes wrong", "rough")
        await driven.press("down", "enter")
        assert bench_of(driven).session.scenario.name == "rough"

    drive(play, None, (80, 24))


def test_a_pipeline_is_drawn_while_it_is_written_and_opened(known: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3")
        await driven.type("load >> tidy")
        driven.shows("○ load", "○ tidy")
        await driven.type(" >> tell")
        driven.shows("○ tell")
        await driven.press("enter")
        assert list(bench_of(driven).known.plans[bench_of(driven).dag].tasks) == ["load", "tidy", "tell"]

    drive(play, None, (80, 24))


def test_all_that_is_wrong_with_a_file_is_told_where_it_can_be_mended(known: Path) -> None:
    (known / "bad.yaml").write_text("dag: x\nschedule: nonsense\ntasks: {a: {needs: [b]}}\n", encoding="utf-8")

    async def play(driven: Driven) -> None:
        await driven.press("3")
        await driven.type("bad.yaml")
        await driven.press("enter")
        driven.shows("✖ bad.yaml:2:", "✖ bad.yaml:3:")
        await driven.press("backspace")
        assert "✖" not in driven.text
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)

    drive(play, None, (80, 24))


AIRFLOW = """from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
with DAG("orders", schedule="0 6 * * *") as dag:
    EmptyOperator(task_id="load") >> EmptyOperator(task_id="publish")
"""


def test_a_file_of_another_tool_is_offered_to_be_imported(known: Path) -> None:
    """What is there is never written over, and nothing is written before a second Enter."""
    (known / "orders.py").write_text(AIRFLOW, encoding="utf-8")
    (known / "orders.yaml").write_text("mine", encoding="utf-8")

    async def play(driven: Driven) -> None:
        await driven.press("3")
        await driven.type("orders.py")
        await driven.press("enter")
        driven.shows("Enter makes orders_2.yaml of it", "orders: 2 tasks, 1 edge", "Guessed:")
        assert not (known / "orders_2.yaml").exists()
        await driven.press("enter")
        assert list(bench_of(driven).known.plans["orders"].tasks) == ["load", "publish"]

    drive(play, None, (80, 24))
    assert (known / "orders.yaml").read_text("utf-8") == "mine"
    assert (known / "orders_2.yaml").read_text("utf-8").startswith("# Imported from ")


def test_what_cannot_be_sketched_is_told(known: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3")
        await driven.type("a >> b >> a")
        await driven.press("enter")
        driven.shows("✖")
        assert not isinstance(driven.app.screen, BenchScreen)

    drive(play, None, (80, 24))


def test_a_damaged_history_is_a_sentence_and_samples_still_open(known: Path) -> None:
    default_path().parent.mkdir(parents=True, exist_ok=True)
    default_path().write_bytes(b"no database" * 200)

    async def play(driven: Driven) -> None:
        await driven.pilot.pause(0.1)
        driven.shows("What was kept cannot be read:")
        await driven.press("4")
        driven.shows("is damaged", "Samples")
        await driven.type("harbor")
        await driven.press("enter")
        driven.shows("✖", "is damaged", "That could not be opened.")
        assert isinstance(driven.app.screen, HomeScreen)
        await driven.press("1")
        driven.shows("Every morning this collects")

    drive(play, None, (80, 24), history=None)


def test_the_mouse_opens_what_it_points_at(known: Path) -> None:
    async def play(driven: Driven) -> None:
        row = next(n for n, line in enumerate(driven.text.splitlines()) if "4 Samples" in line)
        await driven.pilot.click(offset=(8, row))
        await driven.pilot.pause()
        driven.shows("samples and recent", "harbor_air")

    drive(play, None, (80, 24))


def test_a_name_with_brackets_is_no_markup_and_long_ones_are_cut(known: Path) -> None:
    entries = (Entry("one", "a[bold]b", "[/red] about " + "x" * 200, "aside"), Entry("two", "n" * 90))

    async def play(driven: Driven) -> None:
        driven.app.push_screen(Picking("some [b]things", [Section("head", entries)]))
        await driven.pilot.pause()
        driven.shows("a[bold]b", "[/red] about", "some [b]things", "…")
        assert all(len(line) <= 80 for line in driven.text.splitlines())

    drive(play, None, (80, 24))


def test_an_old_console_gets_characters_that_it_has(known: Path) -> None:
    async def play(driven: Driven) -> None:
        assert driven.text.isascii(), driven.text
        assert "?" not in driven.text.replace("wrong?", "")
        await driven.press("4")
        await driven.type("zzz")
        assert driven.text.isascii(), driven.text
        assert "?" not in driven.text

    drive(play, None, (80, 24), ascii=True)


def test_paths_are_completed(known: Path) -> None:
    (known / "dags").mkdir()
    for name in ("orders.yaml", "orders_old.yml", "notes.txt", ".hidden.yaml", "orders.py"):
        (known / "dags" / name).write_text("", encoding="utf-8")
    assert paths("da") == ["dags/"]
    assert paths("dags/") == ["dags/orders.yaml", "dags/orders_old.yml"]
    assert paths("dags/o") == ["dags/orders.py", "dags/orders.yaml", "dags/orders_old.yml"]
    assert paths("dags/.h") == ["dags/.hidden.yaml"]
    assert paths("nowhere/x") == []
    assert f"{known}/hello.yaml" in paths(f"{known}/he")


@pytest.mark.parametrize(
    ("history", "at_home", "on_shelf", "on_leaving"),
    [
        (None, "ctrl+q quits; what you did is kept.", "no bench so far: what happens on one is kept, and found here",
         "Nothing has happened yet; what happens is kept."),
        ("none", "ctrl+q quits; nothing is kept then.", "nothing is kept in this session of the program",
         "Nothing of this is kept; s takes it away as a file."),
    ],
)  # fmt: skip
def test_what_is_kept_is_said_alike_everywhere(
    known: Path, history: str | None, at_home: str, on_shelf: str, on_leaving: str
) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("escape")
        driven.shows(at_home)
        await driven.press("4")
        driven.shows(on_shelf)
        await driven.type("unpause")
        await driven.press("enter", "tab", "escape")
        driven.shows(on_leaving)

    drive(play, None, (120, 30), history=history)
