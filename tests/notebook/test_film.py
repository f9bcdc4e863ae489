"""Laws of the film: what is sent is what was made, a frame is the same however one came to it, none tells what comes
later or lets a name become markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.samples import played
from tests.test_bench import futures
from workbench.stepper.film import Frame, Strip, frames_of, strip_of
from workbench.stepper.packing import packed, unpacked
from workbench.stepper.reel import Reel

# Texts that are alike for long, with what is hard: quotes, letters of two units of UTF-16, letters that combine.
_LONG = 'a row of the grid <span class="s-good">●</span> and so on, until it ends: '
TEXTS = st.one_of(
    st.text(max_size=6),
    st.builds(lambda a, b, c: a + _LONG + b + _LONG + c, *[st.sampled_from(["", "x", "😀", "\u0301", '"', "yy"])] * 3),
)
SCENES = st.dictionaries(st.sampled_from(["root", "head", "graph/a", "graph/b", "why"]), TEXTS)
FILMS = st.lists(SCENES, min_size=1, max_size=8)


def frames_like(scenes: list[dict[str, str]], first: int = 3) -> list[Frame]:
    return [Frame(first + n, f"Fri {n:02}:00", scene) for n, scene in enumerate(scenes)]


def sent(strip: Strip) -> list[Frame]:
    """What a browser makes of a strip."""
    return list(frames_of(unpacked(json.loads(json.dumps(packed(strip))))))


def like_javascript(strip: Strip) -> list[str]:
    """The texts of a packed strip, by slices of UTF-16 as a browser takes them."""
    texts: list[bytes] = []
    for one in packed(strip)["texts"]:
        if isinstance(one, str):
            texts.append(one.encode("utf-16-le", "surrogatepass"))
            continue
        number, front, back, middle = (one[0], one[1], one[2], str(one[3]))
        base = texts[int(number)]
        end = len(base) - 2 * int(back)
        texts.append(base[: 2 * int(front)] + middle.encode("utf-16-le", "surrogatepass") + base[end:])
    return [text.decode("utf-16-le", "surrogatepass") for text in texts]


# what is sent


@given(FILMS)
@settings(max_examples=150, deadline=None)
def test_unfolding_a_strip_gives_the_frames_that_were_put_in(scenes: list[dict[str, str]]) -> None:
    frames = frames_like(scenes)
    strip = strip_of(frames)
    assert list(frames_of(strip)) == frames
    assert sent(strip) == frames
    assert like_javascript(strip) == strip["texts"]


@given(FILMS, st.data())
@settings(max_examples=80, deadline=None)
def test_a_strip_that_begins_anywhere_shows_the_same(scenes: list[dict[str, str]], data: st.DataObject) -> None:
    frames = frames_like(scenes)
    begin = data.draw(st.integers(0, len(frames) - 1))
    end = data.draw(st.integers(begin + 1, len(frames)))
    assert sent(strip_of(frames[begin:end])) == sent(strip_of(frames))[begin:end]


def test_frames_with_a_gap_are_no_strip() -> None:
    frames = frames_like([{}, {}, {}])
    for wrong in ([], [frames[0], frames[2]], frames[::-1]):
        with pytest.raises(ValueError, match="consecutive"):
            strip_of(wrong)


def test_a_step_is_sent_as_few_letters() -> None:
    reel = Reel(story())
    frames = [reel.frame(n) for n in range(len(reel.places))]
    strip = packed(strip_of(frames))
    whole = len(json.dumps(packed(strip_of(frames[-1:]))))
    assert len(json.dumps(strip)) < 2.5 * whole + 2_500 * len(frames)
    assert sent(strip_of(frames)) == frames


# what is made


def story(until: str = "2013-01-04T12:00Z") -> wb.Bench:
    """The Friday of the late file, with a file that was repaired by hand."""
    return wb.Bench(played("daily_flights", "late_jfk", until))


WORLDS = [("daily_flights", "late_jfk"), ("daily_flights", None), ("late_rows", None), ("skipped_join", None)]


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_standing_on_a_place_and_coming_back_leaves_all_as_it_was(world: tuple[str, str | None]) -> None:
    session = wb.sample(*world)
    for _ in range(40):
        session.step()
    bench, draw = wb.Bench(session), Random(7)
    reel = Reel(bench)
    before = (session.cursor, session.events, bench.chosen, bench.day, len(session.branches))
    frames = {n: reel.frame(n) for n in draw.sample(range(len(reel.places)), min(12, len(reel.places)))}
    assert (session.cursor, session.events, bench.chosen, bench.day, len(session.branches)) == before
    fresh = Reel(wb.Bench(session))
    for n in sorted(frames):
        assert fresh.frame(n) == frames[n], f"frame {n} depends on which was made before"
    for n in draw.sample(range(len(reel.places)), 5):
        reel.stand(n)
        assert (session.position, session.now) == reel.places[n]
        assert reel.here == n
        assert Reel(wb.Bench(session)).places[reel.here] == reel.places[n]


@pytest.mark.parametrize("world", WORLDS[:3], ids=str)
def test_a_frame_of_the_past_is_what_was_seen_then(world: tuple[str, str | None]) -> None:
    """Made while nothing came after it, and made when all had happened."""
    session = wb.sample(*world)
    seen = []
    for _ in range(30):
        session.step()
        reel = Reel(wb.Bench(session))
        seen.append((reel.places[reel.here], reel.frame(reel.here)))
    session.run_until(session.end)
    late = Reel(wb.Bench(session))
    for place, frame in seen:
        now = late.frame(late.places.index(place))
        other = [slot for slot in {*frame.scene, *now.scene} if frame.scene.get(slot) != now.scene.get(slot)]
        assert not other, f"{frame.at}: {other}"


def test_no_frame_tells_what_comes_later() -> None:
    """Four worlds that are the same until 07:35."""
    reels = []
    for session in futures():
        session.run_until("2013-01-05T12:00Z")
        reels.append(Reel(wb.Bench(session)))
    first, *others = reels
    same = [n for n, place in enumerate(first.places) if place.now < wb.instant("2013-01-04T07:35Z")]
    assert len(same) > 20
    for target in ("task:daily_flights.extract", "input:daily_flights.jfk", "consumer:.board_dashboard"):
        for reel in reels:
            reel.bench.choose(target)
        for n in same[::4] + same[-3:]:
            frame = first.frame(n)
            for other in others:
                assert other.places[n] == first.places[n]
                assert other.frame(n) == frame, f"{frame.at}, {target}"
    after = same[-1] + 1
    assert len({json.dumps(reel.frame(min(after, len(reel.places) - 1)).scene) for reel in reels}) > 1


# markup

_TAGS = {
    "section", "header", "nav", "div", "p", "b", "i", "h3", "h4", "ul", "li", "span", "button", "svg", "g", "path",
    "rect", "circle", "text", "tspan", "title", "line", "polygon", "polyline", "ellipse", "small", "desc", "br",
}  # fmt: skip


class Looking(HTMLParser):
    """Which tags and attributes there are, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_name_becomes_markup_in_any_frame() -> None:
    bad = '"><img src=x onerror=alert(1)><!--'
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01", owner=bad)
    dag.task("a", takes="5m", owner=bad) >> dag.task("b", takes="5m", owner=bad)
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-01-02T06:02Z")
    session.do(f"set task a owner '{bad}2'")
    session.do("fail b@2013-01-02 9")
    session.run_until("2013-01-04T07:00Z")
    texts: list[str] = []
    for target in ("task:d.a", "task:d.b", "dag:d"):
        bench = wb.Bench(session)
        bench.choose(target)
        reel = Reel(bench)
        texts += [text for n in range(len(reel.places)) for text in reel.frame(n).scene.values()]
    assert any("img src=x" in text for text in texts), "it does not come up at all"
    for text in dict.fromkeys(texts):
        found = Looking()
        found.feed(text)
        found.close()
        assert found.tags <= _TAGS, found.tags - _TAGS
        assert not any(name.startswith("on") or name in ("src", "href") for name in found.names), text
