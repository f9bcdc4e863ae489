"""The widget's kernel side, and the looks of all styles: no browser is needed."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest

import workbench as wb
from workbench.stepper.film import frames_of
from workbench.stepper.markup import class_of, flowing_html, row_html
from workbench.stepper.packing import unpacked
from workbench.stepper.reel import Reel
from workbench.stepper.scene import TABS, scene_of
from workbench.stepper.still import filled, style
from workbench.views.sheet import STYLES, Span

pytest.importorskip("anywidget", reason="no anywidget here: install the notebook extra")

SMALL = 150_000  # characters that one output may keep in a saved notebook, of each kind


def late(until: str = "2013-01-04 07:10") -> wb.Session:
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until(until)
    return session


def view_of(session: wb.Session) -> Any:
    from notebook_ext.bench import BenchView

    view: Any = BenchView(wb.Bench(session))
    view.came = []
    view.picture.send = view.came.append
    return view


def says(view: Any, edition: int = 0, **message: Any) -> None:
    """What the browser would send."""
    film = view.picture.film
    view._heard(view.picture, {"edition": edition or film["edition"], "at": view.picture.at, **message}, [])


# one session, several outputs


def test_an_older_output_keeps_what_it_shows_and_touching_it_moves_the_session_there() -> None:
    session = late()
    old = view_of(session)
    places = list(old.reel.places)
    session.run_until("2013-01-04 12:00")
    session.wait("extract", "jfk")
    new = view_of(session)
    assert old.reel.places == places
    assert len(new.reel.places) > len(places)
    says(old, want=[3, 5])
    frames = list(frames_of(unpacked(old.came[-1]["strip"])))
    assert [frame.number for frame in frames] == [3, 4, 5][: len(frames)]
    assert session.now == new.bench.now
    assert session.now == wb.instant("2013-01-04T12:00Z"), "making frames moved the session"
    says(old, at=4)
    assert (session.now, session.branch.name) == (places[4].now, "A")
    says(old, at=4, beyond="next")
    assert session.now == places[5].now


def test_frames_that_hold_keep_their_edition_and_are_the_same_when_made_anew() -> None:
    view = view_of(late("2013-01-04 06:10"))
    edition, old = view.picture.film["edition"], view.reel
    before = {n: old.frame(n) for n in range(len(old.places))}
    says(view, beyond="next")
    says(view, beyond="matters")
    assert view.picture.film["edition"] == edition
    assert len(view.reel.places) > len(before)
    fresh = Reel(wb.Bench(view.bench.session))
    for number, frame in before.items():
        assert fresh.frame(number) == frame, f"frame {number} is another one now"


def test_another_selection_or_future_is_another_edition() -> None:
    view = view_of(late())
    first = view.picture.film["edition"]
    says(view, point="task:daily_flights.clean")
    second = view.picture.film["edition"]
    says(view, at=5, point="verb:wait extract for jfk")
    third = view.picture.film["edition"]
    assert first < second < third
    assert view.bench.session.branch.name == "B"
    says(view, point="future:A")
    assert view.bench.session.branch.name == "A"
    assert view.picture.film["edition"] > third


def test_wishes_for_frames_of_another_edition_are_not_answered() -> None:
    view = view_of(late())
    says(view, edition=99, want=[0, 3])
    assert view.came == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("task:daily_flights.nobody", "That is no longer there."),
        ("verb:rerun nobody", "nobody"),
        ("verb:<b>", "&lt;b&gt;"),
        ("future:Z", "there is no future"),
        ("at:nonsense", "is no time"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(target: str, said: str) -> None:
    view = view_of(late())
    before, edition = view.bench.session.cursor, view.picture.film["edition"]
    says(view, point=target)
    film = view.picture.film
    assert said in film["said"]
    assert film["mood"] == "error"
    assert view.bench.session.cursor == before
    assert film["edition"] == edition


def test_a_question_is_answered_with_its_rows() -> None:
    view = view_of(late())
    says(view, point="verb:data")
    assert 'class="row"' in view.picture.film["said"]
    assert not view.picture.film["mood"]


def test_forms_do_lines_where_the_view_stands() -> None:
    view = view_of(late())
    films: list[int] = []
    view.heard.append(lambda: films.append(view.picture.film["at"]))
    says(view, at=4)
    told = view.do("wait extract for jfk")
    assert "what-if B opened" in told.html
    assert view.bench.session.branch.name == "B"
    assert films == [view.picture.at]


# sizes and stills


def test_what_a_notebook_keeps_of_three_outputs_is_small() -> None:
    session, kept = late("2013-01-04 12:00"), 0
    for _ in range(3):
        view = view_of(session)
        state = json.dumps(view.picture.get_state(), default=str)
        data, _ = session._repr_mimebundle_()
        kept += len(state) + sum(len(str(value)) for value in data.values())
        assert len(json.dumps(view.picture.film)) < SMALL
    assert kept < 900_000, f"{kept:,} characters for three outputs"


def test_without_widgets_there_are_pictures_and_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from notebook_ext import showing

    monkeypatch.setattr(showing, "find_spec", lambda name: None)
    data, _ = showing.bundle(late())
    assert set(data) >= {"text/plain", "text/html", "image/svg+xml"}
    assert "application/vnd" not in " ".join(data)
    assert "why did extract run then?" in data["text/plain"]
    assert "<script" not in data["text/html"]


def test_the_still_reads_without_any_style_and_shows_the_picture() -> None:
    session = late()
    html = wb.still_html(wb.Bench(session))
    assert "<style" not in html
    assert re.sub(r"<[^>]*>", " ", html).split()[:2] == ["daily_flights", "●"]
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert picture
    assert b64decode(picture[1]).decode() == wb.still_svg(wb.Bench(session))
    assert "without jfk: due 06:00, still not here" in html
    assert "let extract wait" not in html, "an offer that nobody can take"


def test_the_bundle_has_the_widget_and_the_stills() -> None:
    data, _ = late()._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "image/svg+xml", "text/plain"} <= set(data)


# markup


def test_every_slot_of_a_scene_lies_in_another() -> None:
    scene = scene_of(wb.Bench(late()))
    named = set(re.findall(r'data-slot="([^"]*)"', "".join(scene.values())))
    assert named == set(scene) - {"root"}
    whole = filled(scene)
    assert all(f'data-pane="{name}"' in whole for name in TABS)


def test_the_root_never_changes() -> None:
    session = late()
    bench = wb.Bench(session)
    before = scene_of(bench)["root"]
    bench.choose("dataset:daily_flights.pub_punctuality")
    session.wait("extract", "jfk")
    assert scene_of(bench)["root"] == before


def test_nothing_of_a_pipeline_becomes_markup() -> None:
    row = (Span('<img src=x onerror="x">', "good", 'task:a."><b>'),)
    assert "<img" not in row_html(row)
    assert '"><b>' not in row_html(row)
    assert "<img" not in flowing_html((Span("✖ "), *row, Span("   "), *row))


def test_neighbours_that_point_at_the_same_are_one() -> None:
    spans = (Span("a", "good", "task:d.a"), Span(" b", "", "task:d.a"), Span(" c", "", "task:d.c"))
    assert row_html(spans).count("data-target") == 2
    offer = (Span("r ", "key", "offer:r:rerun a"), Span("run a again", "", "offer:r:rerun a"))
    assert row_html(offer) == '<button type="button" class="offer" data-target="offer:r:rerun a">run a again</button>'


# colours


def _pairs() -> dict[str, tuple[str, str]]:
    """The palette: light and dark."""
    text = style()
    found = {
        name: (light, dark) for name, light, dark in re.findall(r"(--wb-[\w-]+):light-dark\((#\w{6}),(#\w{6})\)", text)
    }
    for name, other in re.findall(r"(--wb-[\w-]+):var\((--wb-[\w-]+)\)", text):
        found[name] = found[other]
    return found


def _light(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _looks() -> Iterator[tuple[str, str, str]]:
    """Of every style: its name, its colour, and the one behind it."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", style(), flags=re.S))
    for name in sorted(STYLES - {""}):
        said = ";".join(body for heads, body in rules if f".{class_of(name)}" in re.split(r"[,\s]+", heads.strip()))
        colour = re.search(r"(?<!-)color:var\((--wb-[\w-]+)\)", said)
        assert colour, f"the style {name} has no look"
        behind = re.search(r"background:var\((--wb-[\w-]+)\)", said)
        yield name, colour[1], behind[1] if behind else ""


def test_every_style_has_a_look_that_can_be_read_in_light_and_dark() -> None:
    pairs = _pairs()
    for name, colour, behind in _looks():
        for theme in (0, 1):
            for ground in [behind] if behind else ["--wb-card", "--wb-tint", "--wb-paper"]:
                found = contrast(pairs[colour][theme], pairs[ground][theme])
                assert found >= 4.5, f"{name} on {ground}, {('light', 'dark')[theme]}: {found:.2f}"


def test_the_palette_has_every_colour_of_the_pictures() -> None:
    used = set(re.findall(r"var\((--wb-[\w-]+)", style())) - {"--wb-part", "--wb-spot", "--wb-mono"}
    assert used - set(_pairs()) == set()


def test_what_was_predicted_is_told_in_the_picture_where_it_came_to_light() -> None:
    session = wb.sample("daily_flights", "late_jfk")
    session.go("2013-01-04 05:45")
    session.ask("Flights <in> the report?", rows="pub_punctuality@2013-01-03", answer=914)
    before = wb.Reel(wb.Bench(session))
    assert not any("You said" in before.frame(n).scene["told"] for n in range(len(before.places)))
    session.until("08:05")
    reel = wb.Reel(wb.Bench(session))
    told = [n for n in range(len(reel.places)) if "You said 914" in reel.frame(n).scene["told"]]
    assert told
    assert reel.places[told[0]].now == session.instant("06:15")


def test_what_stands_between_backquotes_is_code() -> None:
    assert row_html((Span("put <jfk> under its `needs`"),)) == "put &lt;jfk&gt; under its <code>needs</code>"
    assert row_html((Span("one ` alone"),)) == "one ` alone"


def test_past_the_end_next_says_how_it_goes_on() -> None:
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until("2013-01-05 10:00")
    told = wb.ahead(wb.Bench(session))
    assert told.html == "This simulation ends Sat 5 Jan 09:00; <code>until</code> goes on from here."


def test_a_pipeline_without_datasets_says_so_in_its_data() -> None:
    draft = wb.Draft.of("morning schedule '0 6 * * *' start 2013-01-02")
    bench = wb.Bench(wb.task_of_cell(draft, "extract takes 10m", "[]", {}))
    text = " ".join("".join(span.text for span in row).strip() for row in bench.data(40).rows)
    assert text == "No dataset is declared in this pipeline: rows go from task to task."
    assert "No dataset is declared" in scene_of(bench)["data/0"]
    empty = [name for name in TABS if not getattr(bench, name)(120).rows]
    assert empty == []
