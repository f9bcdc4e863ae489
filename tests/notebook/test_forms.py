"""The forms below the picture, without a browser: what they offer, what they would change, and what they do."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import pytest

import workbench as wb

pytest.importorskip("anywidget", reason="no anywidget here: install the notebook extra")


def opened(name: str, until: str = "2013-01-04 07:10", target: str = "task:daily_flights.extract") -> Any:
    """The forms of a view, with this one open."""
    from notebook_ext.bench import BenchView

    session = wb.sample("daily_flights", "late_jfk")
    session.run_until(until)
    view: Any = BenchView(wb.Bench(session))
    view.bench.choose(target)
    view.show()
    if name:
        view.forms.toggles[name].value = True
    return view.forms


def labels(menu: Any) -> list[str]:
    """What can be picked, as a person reads it."""
    return [label for group in menu.list.children for label, _ in group.options]


def pick(menu: Any, begin: str) -> None:
    """Click an item by how its text begins."""
    for group in menu.list.children:
        for at, (label, _) in enumerate(group.options):
            if label.startswith(begin):
                group.index = at
                return
    raise AssertionError(f"no item begins with {begin}: {labels(menu)}")


def enters(field: Any) -> None:
    """Press Enter in a field."""
    field._handle_msg({"content": {"data": {"method": "custom", "content": {"event": "submit"}}}, "buffers": []})


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def rows_of(item: Any) -> str:
    return "".join(piece.text for piece in item.pieces(item.values))


# opening


def test_all_is_closed_at_first_and_one_form_is_open_at_a_time() -> None:
    forms = opened("")
    assert forms.place.children == ()
    assert forms._forms == {}
    names = ["Break", "Change", "Repair", "Type", "Save page"]
    assert [toggle.description for toggle in forms.toggles.values()] == names
    for name, toggle in forms.toggles.items():
        toggle.value = True
        assert [one.description for one in forms.toggles.values() if one.value] == [name]
        assert len(forms.place.children) == 1
        assert toggle.tooltip
    toggle.value = False
    assert forms.place.children == ()
    assert forms.open == ""


MENUS = [("Break", wb.fault_menu), ("Change", wb.edit_menu), ("Repair", wb.repair_menu)]
TARGETS = ["task:daily_flights.extract", "dataset:daily_flights.pub_punctuality", "input:daily_flights.jfk"]


@pytest.mark.parametrize(("name", "make"), MENUS)
@pytest.mark.parametrize("target", TARGETS)
def test_a_menu_says_what_the_core_says(name: str, make: Any, target: str) -> None:
    menu = opened(name, target=target).form
    found = make(menu.bench)
    assert plain(menu.title.value).strip() == found.title
    menu.more.value = True
    said = labels(menu)
    assert len(said) == len(found.items)
    whole = "\n".join(said)
    for item in found.items:
        assert item.name in whole
        assert rows_of(item) in whole
        assert item.refusal in whole
        assert item.note in whole
    for number, item in enumerate(found.items):
        menu.pick(number)
        outlook = wb.outlook_of(menu.bench, item, item.values)
        assert menu.button.disabled == bool(outlook.refusal)
        assert all(escape(line) in menu.told.value for line in (*outlook.lines, outlook.refusal))
        assert not item.line or f"<code>{escape(item.typed(item.values))}</code>" in menu.types.value
        assert set(menu.fields) == {blank.name for blank in item.blanks}
        assert sum(group.index is not None for group in menu.list.children) == 1


def test_the_menu_follows_the_selection_and_the_instant() -> None:
    forms = opened("Repair")
    assert "extract of Thu 3 Jan" in forms.form.title.value
    picture = forms.view.picture
    clean = {"edition": picture.film["edition"], "at": picture.at, "point": "task:daily_flights.clean"}
    forms.view._heard(picture, clean, [])
    assert "clean of Thu 3 Jan" in forms.form.title.value
    rerun = next(label for label in labels(forms.form) if label.startswith("rerun:"))
    assert "has not run" not in rerun
    forms.view._heard(picture, {"edition": picture.film["edition"], "at": 0}, [])
    at_start = [(item.name, item.refusal) for item in wb.repair_menu(forms.view.bench).items]
    assert [(item.name, item.refusal) for item in forms.form.menu.items] == at_start
    assert forms.view.bench.session.position == forms.view.reel.places[0].position


# doing


def test_a_value_is_changed_in_place_and_what_would_change_is_shown_before() -> None:
    forms = opened("Break")
    menu, session = forms.form, forms.view.bench.session
    pick(menu, "late: by")
    events = session.events
    assert menu.fields["by"].options == ("30m", "95m", "3h", "1d")
    menu.fields["by"].value = "2h"
    assert "late jfk@2013-01-03 2h" in menu.types.value
    assert "08:00" in menu.told.value
    assert (session.events, session.branch.name) == (events, "A"), "looking changed something"
    menu.button.click()
    assert "jfk of Thu 3 Jan comes Fri 4 Jan 08:00" in plain(forms.said.value)
    assert "jfk of Thu 3 Jan comes Fri 4 Jan 08:00" in plain(menu.active.value)
    assert "08:00" in forms.view.picture.film["said"]


def test_a_command_in_the_past_opens_a_what_if_and_undo_and_redo_go_to_and_fro() -> None:
    forms = opened("Change")
    picture, session = forms.view.picture, forms.view.bench.session
    forms.view._heard(picture, {"edition": picture.film["edition"], "at": 5}, [])
    pick(forms.form, "at 06:00: and its files are here")
    forms.form.button.click()
    assert "what-if B opened" in plain(forms.said.value)
    assert session.branch.name == "B"
    assert "<button" not in forms.said.value, "a button that does nothing"
    forms.undo.click()
    assert plain(forms.said.value).strip().startswith("Undone")
    forms.redo.click()
    assert "wb-refused" not in forms.said.value
    assert "B" in session.branches


def test_what_is_refused_says_why_and_does_nothing() -> None:
    forms = opened("Repair")
    menu, session = forms.form, forms.view.bench.session
    pick(menu, "kill")
    assert menu.button.disabled
    assert "There is nothing to kill" in menu.told.value
    before = session.cursor, session.events
    menu.take()
    assert (session.cursor, session.events) == before
    assert forms.said.value == ""
    forms.redo.click()
    assert "wb-refused" in forms.said.value
    assert "Traceback" not in forms.said.value


def test_what_is_done_begins_the_menu_anew_and_what_is_only_stepped_keeps_the_values() -> None:
    forms = opened("Break")
    menu, picture = forms.form, forms.view.picture
    pick(menu, "vendor down")
    menu.fields["end"].value = "09:30"
    forms.view._heard(picture, {"edition": picture.film["edition"], "at": picture.at - 1}, [])
    assert menu.item.name == "vendor down"
    assert menu.fields["end"].value == "09:30"
    menu.take()
    assert menu.at == menu.menu.first


def test_a_plan_for_many_days_is_gone_on_with_as_a_line() -> None:
    forms = opened("Repair")
    pick(forms.form, "backfill")
    forms.form.button.click()
    assert forms.open == "Type"
    assert forms.form.field.value.startswith("backfill extract@2013-01-03")
    assert forms.form.told.value
    assert "wb-refused" not in forms.form.told.value


# a line


def test_a_line_is_completed_explained_and_done_with_enter() -> None:
    forms = opened("Type")
    line, session = forms.form, forms.view.bench.session
    line.field.value = "la"
    shown = [one.description for one in line.words.children if one.layout.display != "none"]
    assert shown == [offer.word for offer in wb.Typing(forms.view.bench).offers("la")][: len(shown)]
    assert "late" in shown
    line.words.children[0].click()
    assert line.field.value == "late "
    assert "late jfk" in line.field.options
    line.field.value = "late jfk"
    assert any(one.description == "jfk@2013-01-03" for one in line.words.children)
    usage, what = wb.Typing(forms.view.bench).usage("late ")
    assert usage in plain(line.usage.value)
    assert what in plain(line.usage.value)
    line.field.value = "late jfk@2013-01-03 2h"
    assert "08:00" in line.told.value
    assert session.branch.name == "A"
    enters(line.field)
    assert "comes Fri 4 Jan 08:00" in plain(forms.said.value)
    assert line.field.value == ""
    assert line.field.options[0] == "late jfk@2013-01-03 2h"


def test_a_line_that_is_refused_stays_to_be_mended() -> None:
    forms = opened("Type")
    forms.form.field.value = "rerun <nobody>"
    enters(forms.form.field)
    assert "wb-refused" in forms.said.value
    assert "&lt;nobody&gt;" in forms.said.value
    assert "<nobody>" not in forms.said.value
    assert forms.form.field.value == "rerun <nobody>"


def test_a_question_is_answered_beside_the_line() -> None:
    forms = opened("Type")
    forms.form.field.value = "why publish@2013-01-03"
    enters(forms.form.field)
    told = " ".join(plain(forms.said.value).split())
    first = str(forms.view.bench.session.why("publish@2013-01-03")).splitlines()[0]
    assert " ".join(first.split()) in told


# a page


def test_a_page_is_saved_and_where_it_cannot_be_that_is_said(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    forms = opened("Save page")
    assert forms.form.file.value == "daily_flights.html"
    forms.form.file.value = str(tmp_path / "no" / "such" / "folder.html")
    forms.form.button.click()
    assert "wb-refused" in forms.said.value
    monkeypatch.setattr(type(forms.view.bench.session), "save_page", lambda self, path: f"Written: {path} <b>")
    forms.form.file.value = "late.html"
    forms.form.button.click()
    assert "Written: late.html &lt;b&gt;" in forms.said.value
    assert "late.html" in forms.view.picture.film["said"]


# every view for itself


def test_forms_of_an_older_output_act_where_it_stands() -> None:
    from notebook_ext.bench import BenchView

    session = wb.sample("daily_flights", "late_jfk")
    session.run_until("2013-01-04 06:10")
    old: Any = BenchView(wb.Bench(session))
    now = session.now
    session.run_until("2013-01-04 12:00")
    BenchView(wb.Bench(session))
    old.forms.toggles["Repair"].value = True
    assert session.now == now
    session.run_until("2013-01-04 12:00")
    old.forms.toggles["Repair"].value = False
    old.forms.do("wait extract for jfk")
    assert session.branch.name == "B"
    assert session.now == now


def test_no_markup_of_a_pipeline_gets_into_the_forms() -> None:
    from notebook_ext.bench import BenchView

    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    bad = "<img src=x>"
    dag.task("a", takes="5m", owner=bad)
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-01-03 05:00")
    view: Any = BenchView(wb.Bench(session))
    view.forms.toggles["Change"].value = True
    menu = view.forms.form
    assert any(bad in item.note or bad in str(item.blanks) for item in menu.menu.items), "it does not come up at all"
    for number in range(len(menu.menu.items)):
        menu.pick(number)
        assert not any("<img" in one.value for one in (menu.told, menu.types, menu.title, menu.active))
    view.forms.toggles["Type"].value = True
    view.forms.form.field.value = f"set task a owner '{bad}'"
    assert "<img" not in view.forms.form.told.value + view.forms.form.usage.value


def test_a_form_is_about_what_is_selected_though_it_was_not_there_in_frames_made_since() -> None:
    from notebook_ext.bench import BenchView

    session = wb.sample("daily_flights", "late_jfk")
    session.run_until("2013-01-03 07:10")
    session.do("task add tidy in daily_flights needs clean")
    view: Any = BenchView(wb.Bench(session))
    wish = {"edition": view._edition, "at": len(view.reel.places) - 1, "point": "task:daily_flights.tidy"}
    view._heard(view.picture, wish, [])
    view._strip(view.picture.at, 0, seconds=100)
    view.forms.toggles["Break"].value = True
    assert "tidy" in view.forms.form.title.value


def test_the_button_says_that_a_page_is_being_written() -> None:
    forms = opened("Save page")
    button, seen = forms.form.button, []
    forms.save = lambda path: seen.append((path, button.description, button.disabled))
    forms.form.file.value = "late.html"
    button.click()
    assert seen == [("late.html", "writing…", True)]
    assert (button.description, button.disabled) == ("Save", False)
