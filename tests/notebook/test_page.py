"""The page that steps without Python: opened from disk in a browser without a network, and compared with the bench."""

from __future__ import annotations

import errno
import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import workbench as wb
from tests.notebook.lab import CHROMIUM, page_in
from workbench.bench import Bench
from workbench.stepper import page as page_module
from workbench.stepper import page_of
from workbench.stepper.album import Album, Room
from workbench.stepper.kept import KeptScenes
from workbench.stepper.markup import ENDLESS
from workbench.stepper.scene import scene_of

in_browser = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium")
EVENING = "2013-01-04 08:05"
BEFORE = "2013-01-04 05:55"


def flights() -> tuple[wb.Session, wb.Session]:
    """A question, what was, and what would have been."""
    s = wb.sample("daily_flights", "late_jfk")
    s.until(BEFORE)
    s.ask("Flights in the 06:15 report?", rows="pub_punctuality@2013-01-03", because="Nothing waits for <jfk>.")
    s.until(EVENING)
    b = s.what_if(BEFORE).wait("extract", "ewr", "lga", "jfk")
    b.until(EVENING)
    return s, b


class Made(NamedTuple):
    """A page, and the sessions of which it was made, with where they stood before."""

    path: Path
    sessions: tuple[wb.Session, wb.Session]
    before: list[Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Made once: it takes seconds."""
    sessions = flights()
    before, path = stand(sessions), tmp_path_factory.mktemp("page") / "late.html"
    sessions[1].save_page(path, "Late, and <b>green</b>", "Let them guess.\n\nThen step.")
    return Made(path, sessions, before)


@pytest.fixture(scope="module")
def saved(made: Made) -> tuple[Path, wb.Session]:
    return made.path, made.sessions[0]


def stand(sessions: Iterable[wb.Session]) -> list[Any]:
    """Where sessions stand, and how far their futures go."""
    return [
        (one.cursor, {name: len(branch.log) for name, branch in one.branches.items()}, one.branch.horizon)
        for one in sessions
    ]


class Seen:
    """A page, and what it tried and complained about."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page, self.errors, self.requests = page, list[str](), list[str]()
        page.on("console", lambda one: self.errors.append(one.text))
        page.on("pageerror", lambda one: self.errors.append(str(one)))
        page.on("request", lambda one: self.requests.append(one.url))
        page.goto(path.as_uri())
        page.wait_for_selector(".wb-controls")

    def text(self, selector: str) -> str:
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)

    @property
    def at(self) -> int:
        return int(self.page.get_attribute(".wb-stepper > div", "data-at"))


@pytest.fixture
def seen(saved: tuple[Path, wb.Session]) -> Iterator[Seen]:
    with page_in(offline=True) as page:
        found = Seen(page, saved[0])
        yield found
        assert found.requests == [saved[0].as_uri()], "only the file itself"
        assert found.errors == []


def why_of(session: wb.Session, future: str, at: str, target: str) -> list[str]:
    """Rows of the pane, as the core has them."""
    other = session.aside()
    other.enter(future).seek(at)
    bench = Bench(other)
    bench.is_read_only = True
    assert bench.choose(target)
    sheet = bench.why(ENDLESS)
    return [sheet.title, *(" ".join(line.split()) for line in sheet.text.splitlines() if line.strip())]


def squeezed(text: str) -> str:
    """Without blanks and without the signs of lists: what a browser wraps otherwise is the same."""
    return re.sub(r"\s+", "", text)


# in a browser


@in_browser
def test_nothing_that_comes_after_is_seen_before_a_guess(seen: Seen) -> None:
    assert seen.text(".wb-ask h2") == "Flights in the 06:15 report?"
    assert "Fri 4 Jan 05:55" in seen.text(".wb-head")
    body = seen.page.locator("body").inner_text()
    assert "596" not in body, "neither what came"
    assert "914" not in body, "nor what would have come in the other future"
    assert not seen.page.locator(".wb-compared").is_visible()
    assert not seen.page.locator("[data-future=B]").is_visible()
    last = seen.at
    seen.key("n")
    assert seen.at == last, "the time goes no further"
    seen.key("b")
    assert seen.at == last - 1, "but back"


@in_browser
def test_a_guess_is_told_where_it_comes_to_light(seen: Seen) -> None:
    seen.page.fill(".wb-ask input", "many")
    seen.key("Enter")
    assert "number" in seen.text(".wb-ask form p")
    seen.page.fill(".wb-ask input", "1,000")
    seen.key("Enter")
    assert seen.text(".wb-ask .told") == "You said 1000. Kept: go on, and see."
    first = seen.at
    seen.page.click("button:has-text('Next') >> nth=0")
    assert seen.at == first + 1
    seen.page.click(".wb-ask .there")
    assert "Fri 4 Jan 06:15" in seen.text(".wb-head")
    told = seen.text(".wb-ask .told")
    assert told.startswith("You said 1000. It was 596. Public 06:15: 596 rows, success.")
    assert told.endswith("Nothing waits for <jfk>.")


@in_browser
def test_who_says_it_right_and_who_passes(saved: tuple[Path, wb.Session]) -> None:
    with page_in(offline=True) as page:
        right = Seen(page, saved[0])
        page.fill(".wb-ask input", "596")
        right.key("Enter")
        page.click(".wb-ask .there")
        assert right.text(".wb-ask .told").startswith("You said 596, and so it was. Public")
        page.reload()
        page.click(".wb-ask button:has-text('Pass')")
        assert right.text(".wb-ask .told") == "No guess. Go on, and see."
        page.click(".wb-ask .there")
        assert right.text(".wb-ask .told").startswith("It was 596. Public")


@in_browser
def test_page_and_bench_say_the_same(seen: Seen, saved: tuple[Path, wb.Session]) -> None:
    seen.page.click(".wb-ask button:has-text('Pass')")
    for future, at, target in (
        ("A", "2013-01-04 06:15", "task:daily_flights.publish"),
        ("A", "2013-01-04 06:15", "input:daily_flights.jfk"),
        ("B", "2013-01-04 06:30", "task:daily_flights.extract"),
        ("B", "2013-01-04 07:50", "consumer:daily_flights.board_dashboard"),
    ):
        seen.page.click(f"[data-future={future}]")
        go_to(seen, saved[1].instant(at).isoformat().replace("+00:00", "Z"))
        seen.page.click(f".wb-graph [data-target='{target}']")
        shown = squeezed(seen.page.locator(".wb-why").inner_text())
        for line in why_of(saved[1], future, at, target):
            assert squeezed(line.replace("`", "")) in shown, "but for code, which is drawn as such"


def go_to(seen: Seen, at: str) -> None:
    """Step by key until it is that late."""
    seen.page.locator(".wb-stepper > div").focus()
    seen.key("Home")
    data = json.loads(seen.page.locator("#wb-data").text_content())
    name = seen.page.locator("[data-future][aria-selected=true]").get_attribute("data-future")
    places = next(part["places"] for part in data["futures"] if part["name"] == name)
    for _ in range(sum(1 for place in places[1:] if place[1] <= at)):
        seen.key("ArrowRight")


@in_browser
def test_the_other_future_is_entered_at_the_same_time(seen: Seen) -> None:
    seen.page.click(".wb-ask button:has-text('Pass')")
    seen.page.click(".wb-ask .there")
    seen.key("2")
    assert seen.page.get_attribute("[data-future=B]", "aria-selected") == "true"
    assert "Fri 4 Jan 06:0" in seen.text(".wb-head"), "the last instant of B before 06:15"
    assert "extract waits for ewr" in seen.text(".wb-futures .did:visible")
    compared = seen.text(".wb-compared")
    for words in (
        "First difference: Fri 4 Jan 06:00, daily_flights.extract@2013-01-03",
        "What came of it",
        "318 missing",
    ):
        assert words in compared


@in_browser
def test_a_keyboard_is_enough(seen: Seen) -> None:
    seen.key("Tab")  # the note
    seen.key("Tab")
    seen.page.keyboard.type("914")
    seen.key("Enter")
    assert seen.text(".wb-ask .told").startswith("You said 914.")
    seen.page.locator("[data-future=A]").focus()
    seen.key("ArrowRight")
    assert seen.page.get_attribute("[data-future=B]", "aria-selected") == "true"
    seen.page.locator(".wb-graph [data-target='task:daily_flights.publish']").focus()
    seen.key("Enter")
    assert "publish" in seen.text(".wb-why h4")


@in_browser
def test_without_script_the_picture_is_there(saved: tuple[Path, wb.Session]) -> None:
    with page_in() as page:
        plain = page.context.browser.new_context(java_script_enabled=False, offline=True).new_page()
        plain.goto(saved[0].as_uri())
        body = plain.locator("body").inner_text()
        assert "Fri 4 Jan 05:55" in body
        assert "extract" in body
        assert "Late, and <b>green</b>" in body


NAMES = ("<script>alert(1)</script>", "</script><b>x", 'it\'s "quoted" & <!-- so', "🛫 late", "x" * 300)


@in_browser
def test_names_are_text_whatever_they_hold(tmp_path: Path) -> None:
    s = wb.sample("daily_flights", "late_jfk")
    for name in NAMES:
        s.ask(name, right=name, choices=[name, "no"])
    s.until("2013-01-03 06:00")
    path = tmp_path / "names.html"
    s.save_page(path, " ".join(NAMES), "\n\n".join(NAMES))
    with page_in(offline=True) as page:
        seen = Seen(page, path)
        assert seen.text("h1") == " ".join(NAMES)
        for name in NAMES:
            assert seen.page.locator(".wb-ask h2").last.inner_text() == name
            seen.page.locator(".wb-ask form button").first.click()
        seen.page.keyboard.press("End")
        seen.page.locator(".wb-ask [data-is=right]").nth(len(NAMES) - 1).wait_for()
        told = seen.page.locator(".wb-ask .told").all_inner_texts()
        assert [one.partition(" It was")[0] for one in told] == [f"You said “{name}”, and so it was." for name in NAMES]
        assert seen.errors == []
        assert len(seen.requests) == 1


@in_browser
def test_printed_it_is_for_reading(seen: Seen) -> None:
    seen.page.emulate_media(media="print", color_scheme="dark")
    for gone in (".wb-controls", ".wb-ask form", ".wb-tabs", ".wb-by-key"):
        assert not seen.page.locator(gone).first.is_visible(), gone
    assert seen.page.locator("[data-pane=events] h3").inner_text() == "Events"
    body = "(what) => getComputedStyle(document.querySelector('.wb-head .s-clock'))[what]"
    assert seen.page.evaluate(body, "printColorAdjust") == "exact", "its text is light on a colour"
    line = "() => getComputedStyle(document.querySelector('.wb-ask .one'), '::after').height"
    assert float(seen.page.evaluate(line).removesuffix("px")) > 20, "room for a guess"


# the file


def test_it_allows_no_script_but_its_own(saved: tuple[Path, wb.Session]) -> None:
    text = saved[0].read_text(encoding="utf-8")
    scripts = re.findall(r"<script[^>]*>", text)
    assert scripts == ['<script type="application/json" id="wb-data">', '<script type="module">']
    script = text[text.index(scripts[1]) + len(scripts[1]) : text.rindex("</script>")]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1] == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


def early() -> wb.Session:
    """A morning with a question and two futures."""
    s = wb.sample("daily_flights", "late_jfk")
    s.ask("Flights in the first report?", rows="pub_punctuality@2013-01-02")
    return s.until("2013-01-03 06:30").what_if("05:50").never("jfk@2013-01-02").until("06:30")


def test_it_is_small(made: Made) -> None:
    assert made.path.stat().st_size < 1_300_000


def test_it_is_the_same_each_time() -> None:
    assert page_of(early(), "Early") == page_of(early(), "Early")


def test_saving_moves_nothing(made: Made) -> None:
    assert stand(made.sessions) == made.before


def test_what_is_kept_between_selections_and_futures_is_what_would_be_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = early().what_if("05:55").deadline("daily_flights", "06:20", "ingest-oncall").until("06:30")
    kept = Album(session, room=Room(frames=900)).to_data()
    monkeypatch.setattr(KeptScenes, "scene", lambda self: scene_of(self._bench))
    anew = Album(session, room=Room(frames=900)).to_data()
    assert sum(len(one["strips"]) for one in kept["futures"]) > 3 * 3, "several selections"
    assert {name: anew[name] == kept[name] for name in anew} == dict.fromkeys(kept, True)


def test_how_far_it_has_come_is_told_and_it_can_be_stopped(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    Album(early(), progress=lambda made, most: told.append((made, most)))
    assert told == sorted(told)
    assert all(0 < made <= most for made, most in told)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wb.save_page(early(), tmp_path / "early.html", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    s = wb.sample("daily_flights")
    path = tmp_path / "run.html"
    told = s.save_page(path)
    assert str(told).startswith(f"Wrote {path} (")
    s.until("2013-01-03 06:00")
    s.save_page(path)
    assert "Thu 3 Jan 06:00" in path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(wb.InvalidInput, match="is there already, and stays as it is"):
        s.save_page(path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["run.html"]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(wb.InvalidInput, match="the disk is full"):
        wb.sample("daily_flights").save_page(tmp_path / "run.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "no/such/folder/x.html", "x.txt", "."])
def test_a_place_that_cannot_be_is_refused_in_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(wb.InvalidInput):
        wb.sample("daily_flights").save_page(name)
    assert list(tmp_path.iterdir()) == []


# a simulation that is too large


def test_of_too_many_instants_those_stay_that_matter() -> None:
    s = wb.sample("daily_flights", "late_jfk")
    s.until("2013-01-05 09:00")
    whole, some = Album(s, room=Room(frames=0)), Album(s, room=Room(places=25, frames=0))
    part = some.parts["A"]
    assert len(whole.parts["A"].places) > len(part.places) <= 25
    assert part.places[0] == whole.parts["A"].places[0]
    assert part.places[-1] == whole.parts["A"].places[-1]
    assert all(place[2] for place in part.places[1:-1])
    assert some.left_out[0].endswith("instants at which little happened")


def test_what_has_no_room_is_said() -> None:
    s = wb.sample("daily_flights", "late_jfk")
    s.until("2013-01-04 09:00")
    album = Album(s, room=Room(frames=200))
    assert 1 < len(album.parts["A"].strips) < len({thing for thing, _, _ in album.things.values()})
    assert any("that can be selected" in one for one in album.left_out)
    assert "Left out, to keep this page small: " in page_module._foot(album)
