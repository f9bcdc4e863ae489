"""The widget: what has happened is stepped in the browser; what changes the world goes to the kernel and comes back."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator

import pytest

import workbench as wb
from tests.notebook.stage import Stage, needs_chromium, staged

pytestmark = needs_chromium
LATE = "2013-01-04 07:10"


def late(until: str = LATE) -> wb.Session:
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until(until)
    return session


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(late()) as found:
        found.settled()
        yield found


def test_what_has_happened_is_stepped_in_the_browser_and_the_session_follows(stage: Stage) -> None:
    stage.page.evaluate("() => { window.dead = true; }")
    before, last = len(stage.wire.messages), stage.at
    stage.widget.focus()
    stage.press("b", "ArrowLeft", "b")
    assert (stage.at, stage.clock) == (last - 3, "Fri 4 Jan 06:30 UTC")
    assert "the clock starts punctuality" in stage.text(".wb-told")
    stage.press("n", "ArrowRight", "End", "Home")
    assert (stage.at, stage.clock) == (0, "Thu 3 Jan 05:30 UTC")
    assert stage.text("[data-slot=told]") == "Nothing has happened yet. Next goes to the first thing that does."
    assert len(stage.wire.messages) == before, "the kernel was asked"
    stage.page.evaluate("() => { window.dead = false; }")
    stage.press("n", "n")
    stage.settled()
    session = stage.view.bench.session
    assert stage.view.picture.at == stage.at == 2
    assert session.branch.name == "A"
    assert session.now == stage.view.reel.places[2].now


def test_past_the_last_frame_the_kernel_goes_on_and_says_where_the_end_is(stage: Stage) -> None:
    stage.widget.focus()
    stage.press("n")
    stage.settled()
    assert stage.clock == "Fri 4 Jan 07:35 UTC"
    assert "95 min late" in stage.text(".wb-told")
    edition, last = stage.edition, stage.at
    stage.press("n")
    stage.settled()
    assert (stage.clock, stage.at) == ("Fri 4 Jan 08:00 UTC", last + 1)
    assert stage.edition == edition, "frames that still hold were thrown away"
    stage.view.bench.session.run_until()
    stage.view.show()
    stage.page.evaluate("(film) => { model.state.film = film; }", json.loads(json.dumps(stage.view.picture.film)))
    stage.press("b", "n")
    stage.press("End", "n", "n")
    stage.settled()
    for _ in range(60):
        if "Nothing more comes" in stage.text(".wb-told"):
            break
        stage.press("m")
        stage.settled()
    assert "Nothing more comes until" in stage.text(".wb-told")


def test_next_that_matters_is_found_among_the_frames_and_then_by_the_kernel(stage: Stage) -> None:
    stage.widget.focus()
    stage.press("Home", "m")
    assert stage.sent("beyond") == []
    first = stage.at
    assert first > 1, "the first instants matter to nobody"
    assert stage.view.picture.film["places"][first][2] == 1
    assert all(not place[2] for place in stage.view.picture.film["places"][:first])
    stage.press("End", "m")
    stage.settled()
    assert stage.sent("beyond") == ["matters"]
    assert stage.clock == "Fri 4 Jan 07:35 UTC"


def test_enter_on_a_node_asks_why_and_the_focus_stays(stage: Stage) -> None:
    stage.page.locator("[data-tab=rules]").click()
    node = stage.page.locator(".wb-dag [data-target='task:daily_flights.publish']")
    node.focus()
    stage.press("Enter")
    stage.settled()
    assert stage.text(".wb-why .title") == "why did publish run then?"
    assert stage.text("[data-pane=rules] .title") == "publish: its rules", "the tab was left"
    held = "() => [document.activeElement.dataset.target, document.activeElement.isConnected]"
    assert stage.page.evaluate(held) == ["task:daily_flights.publish", True]


def test_what_is_scrolled_stays_scrolled() -> None:
    with staged(late(), size=(600, 900)) as stage:
        stage.settled()
        stage.page.evaluate("() => { document.querySelector('.wb-graph .wb-scroll').scrollLeft = 90; }")
        stage.page.locator(".wb-dag [data-target='task:daily_flights.clean']").click()
        stage.settled()
        assert stage.text(".wb-why .title") == "why did clean run then?"
        assert stage.page.evaluate("() => document.querySelector('.wb-graph .wb-scroll').scrollLeft") == 90


def test_an_offer_is_a_button_without_its_key_and_opens_a_what_if_in_the_past(stage: Stage) -> None:
    stage.widget.focus()
    stage.press("b", "b")
    offer = stage.page.locator(".wb-why .offer", has_text="let extract wait for jfk")
    assert offer.first.inner_text() == "let extract wait for jfk"
    offer.first.click()
    stage.settled()
    assert "what-if B opened; A is kept" in stage.text(".wb-told")
    assert "what-if B" in stage.text(".wb-head .right")
    futures = stage.page.locator(".future")
    assert [" ".join(one.split()) for one in futures.all_inner_texts()] == ["A as it was", "B extract waits for jfk"]
    assert stage.view.bench.session.branch.name == "B"
    futures.first.click()
    stage.settled()
    assert stage.view.bench.session.branch.name == "A"
    assert "what-if" not in stage.text(".wb-head .right")
    assert stage.page.locator(".future[aria-current=true]").inner_text().startswith("A")


def test_what_was_done_can_be_undone_with_one_press(stage: Stage) -> None:
    stage.page.locator(".wb-why .offer").first.click()
    stage.settled()
    stage.page.locator(".wb-told .offer", has_text="undo").click()
    stage.settled()
    assert stage.text(".wb-told").startswith("Undone")


def test_an_instant_among_the_frames_is_gone_to_in_the_browser(stage: Stage) -> None:
    row = stage.page.locator("[data-pane=events] [data-target='event:55']", has_text="without jfk")
    row.click()
    assert stage.clock == "Fri 4 Jan 06:10 UTC"
    assert stage.sent("point") == []
    number = stage.at
    stage.press("n")
    where = stage.page.evaluate("(n) => model.state.film.places[n][1]", number)
    stage.put(f"at:{where}").click()
    assert stage.at == number
    assert stage.sent("point") == []


def test_a_refusal_is_a_sentence_in_the_widget(stage: Stage) -> None:
    at = stage.at
    stage.put("verb:rerun nobody").click()
    stage.settled()
    assert stage.page.locator(".wb-told").get_attribute("data-mood") == "error"
    assert "nobody" in stage.text(".wb-said")
    assert "Traceback" not in stage.text(".wb-said")
    assert stage.at == at
    assert stage.view.bench.session.branch.name == "A"
    stage.press("b")
    assert stage.page.locator(".wb-told").get_attribute("data-mood") == "", "said until the next step"


def test_frames_are_asked_for_one_strip_at_a_time_the_nearest_first() -> None:
    with staged(late("2013-01-05 12:00")) as stage:
        stage.settled()
        last = len(stage.view.reel.places) - 1
        wants = stage.sent("want")
        assert wants
        assert wants[0][0] < last
        assert stage.page.evaluate("() => window.most") == 1
        assert [first for first, _ in wants] == sorted((first for first, _ in wants), reverse=True)
        stage.widget.focus()
        stage.press("Home")
        stage.settled()
        assert stage.clock == "Thu 3 Jan 05:30 UTC", "what is shown is fetched before all else"


def test_without_a_kernel_what_was_fetched_steps_and_a_word_says_so(stage: Stage) -> None:
    alone = stage.page.locator(".wb-alone")
    assert not alone.is_visible()
    stage.page.evaluate("() => { window.dead = true; }")
    stage.page.clock.install()
    stage.widget.focus()
    stage.press("n")
    stage.page.clock.run_for(14_000)
    assert not alone.is_visible(), "a cell may run that long"
    stage.page.clock.run_for(1_500)
    alone.wait_for(state="visible")
    assert stage.text(".wb-alone").startswith("Python has not answered for a while")
    stage.press("b", "b")
    assert stage.clock == "Fri 4 Jan 06:34 UTC"
    stage.page.evaluate("() => { window.dead = false; }")
    stage.press("End", "n")
    stage.settled()
    assert not alone.is_visible()
    assert stage.clock == "Fri 4 Jan 07:35 UTC"


def test_play_goes_through_what_has_happened_and_on() -> None:
    with staged(late()) as stage:
        stage.settled()
        stage.page.locator(".wb-controls select").select_option("8")
        stage.widget.focus()
        stage.press("b", "b", " ")
        assert stage.text(".wb-controls button.on") == "❚❚Pause"
        there = "() => document.querySelector('.s-clock').innerText.includes('08:00')"
        stage.page.wait_for_function(there, timeout=9000)
        stage.press(" ")
        assert stage.page.locator(".wb-controls button.on").count() == 0


def test_keys_do_not_reach_the_page_and_modified_ones_do_nothing(stage: Stage) -> None:
    stage.widget.focus()
    stage.press("b", "m", "n", "Home", "?")
    assert stage.page.evaluate("() => window.outside") == []
    assert stage.widget.get_attribute("data-lm-suppress-shortcuts") == "true"
    assert stage.page.locator(".wb-keys").is_visible()
    assert "next that matters" in stage.text(".wb-keys")
    at = stage.at
    stage.press("Control+ArrowRight")
    assert stage.at == at
    assert stage.page.evaluate("() => window.outside.at(-1)") == "ArrowRight"


def test_tabs_slider_and_rows_are_worked_by_keys_and_named(stage: Stage) -> None:
    tabs = stage.page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Events", "Days", "Data", "Rules", "Alerts"]
    stage.page.get_by_role("tab", name="Events").focus()
    stage.press("ArrowRight", "ArrowRight")
    assert stage.page.get_by_role("tab", selected=True).inner_text() == "Data"
    panel = stage.page.get_by_role("tabpanel", name="Data")
    assert panel.is_visible()
    assert "pub_punctuality" in panel.inner_text()
    assert stage.page.locator("[role=tabpanel]:visible").count() == 1
    slider = stage.page.get_by_role("slider", name="what has happened")
    assert slider.get_attribute("aria-valuetext") == "Fri 4 Jan 07:10"
    slider.focus()
    stage.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "Fri 4 Jan 06:35"
    assert stage.page.get_by_role("toolbar").count() == 1
    assert stage.page.locator(".wb-told[aria-live=polite]").count() == 1
    stage.press("ArrowRight")
    panel.focus()
    stage.press("ArrowDown", "ArrowDown")
    assert stage.page.evaluate("() => Boolean(document.activeElement.closest('[data-pane=data]').dataset.pane)")
    stage.press("Enter")
    stage.settled()
    assert stage.text(".wb-why .title") != "why did extract run then?"


def wide(tasks: int = 40) -> wb.Session:
    """So many tasks, eight to a layer."""
    dag = wb.Dag("wide", schedule="0 6 * * *", start="2013-01-01")
    made = [dag.task(f"t{n:02}", takes=f"{1 + n % 7}m") for n in range(tasks)]
    for n, task in enumerate(made[8:]):
        made[n] >> task
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-01-03 05:00")
    return session


def test_a_step_with_40_tasks_takes_less_than_50_ms_in_the_browser() -> None:
    with staged(wide()) as stage:
        stage.settled()
        took = stage.page.evaluate(
            """async () => {
              const widget = document.getElementById("cell"), took = [];
              widget.focus();
              for (let n = 0; n < 16; n++) {
                const begun = performance.now();
                widget.dispatchEvent(new KeyboardEvent("keydown", { key: n < 8 ? "b" : "n", bubbles: true }));
                widget.getBoundingClientRect();
                took.push(performance.now() - begun);
                await new Promise((go) => setTimeout(go, 5));
              }
              return took;
            }"""
        )
        print("ms for a step, with layout:", [round(one, 1) for one in took])
        assert stage.sent("want")
        assert statistics.median(took) < 50
