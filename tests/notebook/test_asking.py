"""The box of a question in a notebook: what is typed or chosen is kept, and what came of it is shown there."""

from __future__ import annotations

import pytest

import workbench as wb

pytest.importorskip("ipywidgets")

from notebook_ext.asking import AskBox, bundle_of

FLIGHTS = "Flights in the <b>06:15</b> report?"
ROWS = "pub_punctuality@2013-01-03"


def friday() -> wb.Session:
    return wb.sample("daily_flights", "late_jfk").go("2013-01-04 05:45")


def test_a_number_is_typed_and_its_truth_comes_to_the_same_box() -> None:
    s = friday()
    box = AskBox(s.ask(FLIGHTS, rows=ROWS))
    box.field.value = "many"
    assert "&#x27;many&#x27; is no number" in box.answer.value
    box.field.value = "914"
    assert "You said 914. Kept; it is not known yet." in box.answer.value
    assert not box.field.disabled
    s.until("08:05")
    assert "You said 914. It was 596." in box.answer.value
    assert box.field.disabled
    assert 'aria-live="polite"' in box.answer.value


def test_the_button_keeps_it_as_enter_does() -> None:
    asked = friday().ask(FLIGHTS, rows=ROWS)
    box = AskBox(asked)
    box.field.unobserve_all()
    box.field.value = "600"
    assert asked.said is None
    box.inputs[1].click()
    assert asked.said == 600


def test_choices_are_buttons_and_the_chosen_one_is_marked() -> None:
    asked = friday().ask("What will extract do?", choices=["wait", "fail", "run anyway"], right="run anyway")
    box = AskBox(asked)
    box.inputs[0].click()
    box.inputs[1].click()
    assert asked.said == "fail"
    assert [button.description for button in box.inputs] == ["wait", "✔ fail", "run anyway"]


def test_it_is_shown_as_a_widget_with_html_and_text_beside_it() -> None:
    data, _ = bundle_of(friday().ask(FLIGHTS, rows=ROWS))
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<b>06:15</b>" not in data["text/html"]
    assert data["text/plain"].startswith(FLIGHTS)
    question = AskBox(friday().ask(FLIGHTS, rows=ROWS)).whole.children[0].value
    assert "&lt;b&gt;06:15" in question


def test_every_field_and_button_has_a_label() -> None:
    s = friday()
    for asked in (s.ask(FLIGHTS, rows=ROWS), s.ask("Which?", choices=["a", 2])):
        for one in AskBox(asked).inputs:
            assert one.description
            assert one.tooltip
