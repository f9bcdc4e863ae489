"""Who looks back in a picture and then changes something: what that will do, and what it has done, is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import workbench as wb
from tests.notebook.stage import Stage, needs_chromium, staged
from workbench.stepper.scene import scene_of

pytest.importorskip("anywidget", reason="no anywidget here: install the notebook extra")

WAITS = ("extract", "ewr", "lga", "jfk")


def friday() -> wb.Session:
    return wb.sample("daily_flights", "late_jfk").until("2013-01-04 08:05")


def first_told(session: wb.Session) -> str:
    """What a new output says first."""
    from notebook_ext.bench import BenchView
    from workbench import Told, parting_html

    view = BenchView(wb.Bench(session), Told(parting_html(session)[0]))
    said: str = view.picture.film["said"]
    return said


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    own: Any = InteractiveShell.instance()
    yield own
    own.reset(new_session=False)
    InteractiveShell.clear_instance()


def test_a_change_in_the_past_says_so_once_and_names_both_futures() -> None:
    s = friday()
    s.go("06:13")
    s.wait(*WAITS).until("08:05")
    said = first_told(s)
    assert said.startswith("This is what-if B: you changed something at Fri 4 Jan 06:13, in the past of A. A is kept.")
    assert 'data-target="future:A"' in said
    assert first_told(s) == ""
    s.wait("clean", "jfk")
    assert first_told(s) == ""  # at the end: nothing was opened


def test_what_was_asked_for_by_name_or_refused_is_no_news() -> None:
    s = friday()
    assert first_told(s.what_if("05:55").wait(*WAITS)) == ""
    s.go("06:13")
    with pytest.raises(wb.InvalidInput):
        s.wait("extract", "nobody")
    assert first_told(s) == ""


def test_what_a_form_opened_is_told_by_the_form_only() -> None:
    from notebook_ext.bench import BenchView

    s = friday()
    s.go("06:13")
    view = BenchView(wb.Bench(s))
    view.do("wait extract for ewr lga jfk")
    assert view.picture.film["said"].startswith("what-if B opened; A is kept.")
    assert first_told(s) == ""


def test_the_still_of_a_saved_notebook_says_it_and_has_no_button() -> None:
    s = friday()
    s.go("06:13")
    html = s.wait(*WAITS)._repr_mimebundle_()[0]["text/html"]
    assert "<p>This is what-if B: you changed something at Fri 4 Jan 06:13" in html
    assert "<button" not in html


def test_what_would_come_of_a_change_is_in_every_frame_and_in_no_page() -> None:
    bench = wb.Bench(friday())
    assert "opens a what-if; A is kept." in scene_of(bench)["past"]
    bench.is_read_only = True
    assert scene_of(bench)["past"] == ""


def test_futures_bear_the_names_of_the_notebook(shell: Any) -> None:
    s = friday()
    b = s.what_if("05:55").wait(*WAITS)
    shell.user_ns |= {"s": s, "again": s, "b": b, "_1": b, "other": friday()}
    from notebook_ext.showing import names_of

    assert names_of(s) == {"A": ["s", "again"], "B": ["b"]}
    bench = wb.Bench(b)
    bench.names = names_of(b)
    futures = scene_of(bench)["futures"]
    assert "<b>A</b> <code>s</code> <code>again</code> as it was" in futures
    assert "<b>B</b> <code>b</code> extract waits for" in futures


@needs_chromium
def test_in_the_past_the_picture_says_so_and_a_button_leads_to_the_latest() -> None:
    with staged(friday()) as stage:
        assert not said_of_the_past(stage)
        stage.widget.focus()
        stage.press("b", "b", "b")
        assert said_of_the_past(stage).startswith("You are looking back.")
        stage.page.get_by_role("button", name="to the latest").click()
        assert not said_of_the_past(stage)
        assert stage.page.evaluate("document.activeElement.classList.contains('wb-bench')")


@needs_chromium
def test_a_picture_of_what_has_not_begun_is_not_so_high() -> None:
    session = wb.sample("l4_1", "l4_1")
    with staged(session) as stage:
        before = stage.widget.bounding_box()["height"]
        stage.widget.focus()
        for _ in range(6):
            stage.press("n")
            stage.settled()
        assert stage.widget.bounding_box()["height"] > before + 100


def said_of_the_past(stage: Stage) -> str:
    """What is seen of it."""
    text: str = stage.page.locator(".wb-past").inner_text()
    return text if stage.page.locator(".wb-past").is_visible() else ""
