"""Menus: every item of every menu, for everything that can be selected, in all samples and stories at several instants.

Its line can be read; what can be done is accepted by `plan_of`, what cannot says why; taking it and undoing it gives
the events of before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import workbench as wb
from tests.samples import again, played
from workbench.bench.menus import Item, Menu, MenuPlace, edit_menu, fault_menu, menu_sheet, outlook_of, repair_menu
from workbench.bench.menus.menu import RESERVED
from workbench.verbs import parse
from workbench.views.sheet import row_width

SHIPPED = Path(wb.__file__).parents[1] / "tutorials" / "pipelines"
PIPELINES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
CURRICULUM = {path.stem: path for path in sorted((SHIPPED / "curriculum").glob("*.yaml"))}
MAKERS = (fault_menu, edit_menu, repair_menu)


@cache
def _session_on(name: str, share: float) -> wb.Session:
    session = wb.load(CURRICULUM[name], name) if name in CURRICULUM else wb.sample(name)
    session.run_until(session.start + timedelta(seconds=int((session.end - session.start).total_seconds() * share)))
    return session


def bench_on(name: str, share: float) -> wb.Bench:
    """A bench on a sample, or a file of the curriculum, when this share of its time has gone by."""
    return wb.Bench(again(_session_on(name, share)))


def daily(at: str, target: str = "task:daily_flights.extract") -> wb.Bench:
    bench = wb.Bench(played("daily_flights", "late_jfk", at))
    assert bench.choose(target)
    return bench


def selectable(bench: wb.Bench) -> Iterator[str]:
    """Everything that can be selected, some of it where there is much of one sort."""
    known = bench.known
    for dag, plan in [*known.plans.items()][:3]:
        yield f"dag:{dag}"
        yield from (f"task:{dag}.{task}" for task in [*plan.tasks][:2])
        yield from (f"input:{dag}.{name}" for name in plan.spec.inputs)
        yield from (f"dataset:{dag}.{name}" for name, home in known.makers.items() if home == dag)
    yield from (f"consumer:{next(iter(known.plans))}.{name}" for name in known.consumers)


def menus(bench: wb.Bench) -> Iterator[tuple[str, Menu]]:
    for target in selectable(bench):
        if bench.choose(target):
            yield from ((target, make(bench)) for make in MAKERS)


def line_of(menu: Menu, key: str) -> str:
    place = menu.keyed(key)
    assert place is not None, [item.key for item in menu.items]
    return menu.items[place].typed()


def names(menu: Menu) -> list[str]:
    return [item.name for item in menu.items]


# laws


@pytest.mark.parametrize("name", [*PIPELINES, *CURRICULUM])
def test_every_item_can_be_read_and_what_is_possible_is_accepted(name: str) -> None:
    bench = bench_on(name, 0.6)
    for target, menu in menus(bench):
        assert menu.items, (target, menu.kind)
        for item in menu.items:
            _check(bench, target, item, menu.kind)


def _check(bench: wb.Bench, target: str, item: Item, kind: str) -> None:
    if not item.line:
        assert item.opens
        return
    assert not set("{}") & set(item.typed()), (target, item)
    if not item.blanks:  # what has blanks is tried below, where it is taken and undone
        refusal = outlook_of(bench, item, item.values).refusal
        assert refusal == item.refusal or (kind == "edit" and not item.refusal), (target, item, refusal)
    with_values = {blank.name: blank.value or "nothing" for blank in item.blanks}
    command = parse(item.typed(with_values))
    assert parse(str(command)) == command


@pytest.mark.parametrize("name", ["daily_flights", "late_rows", "skipped_join"])
def test_letters_mean_one_item_each(name: str) -> None:
    for target, menu in menus(bench_on(name, 0.5)):
        keys = [item.key for item in menu.items if item.key]
        assert len(keys) == len(set(keys)), (target, menu.kind)
        assert not RESERVED & set(keys)


@pytest.mark.parametrize("name", ["daily_flights", "skipped_join", "unpause_flood"])
def test_taking_an_item_and_undoing_it_gives_what_was(name: str) -> None:
    bench = bench_on(name, 0.5)
    session = bench.session
    for target in [*selectable(bench)][:8]:
        for make in MAKERS:
            bench.choose(target)
            for item in make(bench).items:
                if item.line and not outlook_of(bench, item, item.values).refusal:
                    events, now = session.events, session.now
                    bench.do(item.typed())
                    bench.do("undo")
                    assert session.events == events, (target, item.typed())
                    assert session.now == now


@pytest.mark.parametrize("width", [56, 122])
@pytest.mark.parametrize("name", ["daily_flights", "skipped_join"])
def test_no_row_is_wider_or_longer_than_there_is_room(name: str, width: int) -> None:
    bench = bench_on(name, 0.6)
    for _, menu in menus(bench):
        for more in (False, True):
            for at in menu.shown(more)[::4]:
                item = menu.items[at]
                place = MenuPlace(at, item.values, more=more)
                sheet = menu_sheet(menu, place, outlook_of(bench, item, item.values), width, 14)
                assert all(row_width(row) <= width for row in sheet.rows), sheet.text
                assert "►" in sheet.text
                assert sheet.height <= 14


def test_no_menu_gives_away_what_the_scenario_has_in_store() -> None:
    bench = daily("2013-01-04T07:10Z")
    bench.do("wait extract for jfk")
    for _, menu in menus(bench):
        for item in menu.items:
            # 95 minutes after it is due would be the same time by chance.
            values = {**item.values, **({"by": "2h"} if item.line.startswith("late ") else {})}
            told = " ".join((item.text, item.note, item.line, item.refusal, *outlook_of(bench, item, values).lines))
            assert "07:35" not in told, item


# the story


def test_at_0555_extract_can_be_made_to_wait() -> None:
    menu = edit_menu(daily("2013-01-04T05:55Z"))
    first, second = menu.items[:2]
    assert (first.name, first.is_so) == ("at 06:00", True)
    assert (second.text, second.line) == ("and its files are here", "wait extract for ewr jfk lga")
    assert menu.first == 0


def test_what_holds_is_marked_and_the_other_way_leads_back() -> None:
    bench = daily("2013-01-04T05:55Z")
    before = bench.known.plans["daily_flights"].spec
    bench.do(edit_menu(bench).items[1].typed())
    first, second = edit_menu(bench).items[:2]
    assert (first.is_so, second.is_so) == (False, True)
    bench.do(first.typed())
    assert bench.known.plans["daily_flights"].spec == before


def test_never_can_be_reached_from_the_task_that_reads_the_file() -> None:
    bench = daily("2013-01-04T05:55Z")
    assert line_of(fault_menu(bench), "n") == "never jfk@2013-01-03"
    bench.choose("input:daily_flights.jfk")
    assert line_of(fault_menu(bench), "n") == "never jfk@2013-01-03"
    assert line_of(fault_menu(bench), "l") == "late jfk@2013-01-03 95m"


def test_95_minutes_late_are_95_minutes_in_the_preview_and_afterwards() -> None:
    bench = daily("2013-01-04T05:55Z", "input:daily_flights.jfk")
    menu = fault_menu(bench)
    place = menu.keyed("l")
    assert place is not None
    assert menu.items[place].note == "due 06:00"
    assert any("comes Fri 4 Jan 07:35" in line for line in outlook_of(bench, menu.items[place], {}).lines)
    bench.do(menu.items[place].typed())
    bench.session.run_until("2013-01-04T07:36Z")
    assert "95 min late" in bench.why(80).text


def test_a_deadline_tells_who_can_do_something_about_the_file() -> None:
    bench = daily("2013-01-04T05:55Z")
    bench.do("wait extract for ewr lga jfk")
    bench.do("never jfk@2013-01-03")
    menu = edit_menu(bench)
    place = menu.keyed("d")
    assert place is not None
    assert menu.items[place].typed({"by": "8:00"}) == "set extract deadline 08:00 owner ingest-oncall"
    bench.do(menu.items[place].typed({"by": "8:00"}))
    bench.session.run_until("2013-01-04T08:05Z")
    assert "ingest-oncall was told; answered 08:04" in str(bench.do("alerts"))


def test_what_is_left_empty_is_left_out() -> None:
    menu = edit_menu(daily("2013-01-04T05:55Z"))
    place = menu.keyed("d")
    assert place is not None
    assert menu.items[place].typed({"by": "9:15", "tell": ""}) == "set extract deadline 09:15"


# what the why pane offers


def test_what_the_why_pane_offers_stands_first() -> None:
    """Its line is about another task than the one that is selected."""
    bench = daily("2013-01-04T08:00Z", "task:daily_flights.publish")
    menu = edit_menu(bench)
    assert "let extract wait for jfk" in bench.why(80).text
    first, second = menu.items[:2]
    assert (menu.first, first.heading, first.text) == (0, "what the why pane offers", "let extract wait for jfk")
    assert first.typed() == "wait extract for jfk"
    assert second.heading == "until when, and who is told"
    assert outlook_of(bench, first, {}).lines[0] == "extract now needs jfk"
    assert repair_menu(bench).items[0].text == "jfk is here now: run extract and all below again"
    assert repair_menu(daily("2013-01-04T07:00Z", "task:daily_flights.publish")).items[0].heading == ""


def test_an_offer_that_the_menu_has_itself_goes_up_with_its_letter() -> None:
    bench = daily("2013-01-04T06:10Z", "input:daily_flights.jfk")
    lines = [item.typed() for item in edit_menu(bench).items]
    assert lines.count("wait extract for jfk") == 1
    assert lines[0] == "wait extract for jfk"
    bench = daily("2013-01-04T05:55Z", "dataset:daily_flights.pub_punctuality")
    menu = edit_menu(bench)
    offered = [item for item in menu.items if item.typed() == "set dataset pub_punctuality deadline 08:00"]
    assert [(item.key, item.name) for item in offered] == [("f", "fresh")]
    assert offered[0] in menu.items[:2]
    assert menu.items[0].heading == "what the why pane offers"
    assert menu.items[2].heading == "what can be changed"


def test_one_stands_at_the_offer_that_was_pointed_at() -> None:
    bench = daily("2013-01-04T05:55Z", "input:daily_flights.jfk")
    menu = fault_menu(bench, "never jfk@2013-01-03")
    assert menu.items[menu.first].line == "never jfk@2013-01-03"
    assert (menu.items[0].name, menu.items[0].heading) == ("late", "")  # they stand first of themselves


# what is offered


def test_a_file_that_is_here_can_only_go_wrong_afterwards_or_the_next_time() -> None:
    menu = fault_menu(daily("2013-01-04T05:55Z", "input:daily_flights.ewr"))
    assert names(menu)[0] == "corrected"
    assert menu.items[1].heading == "the file of Thu 3 Jan is here; the next one, of Fri 4 Jan"
    assert line_of(menu, "l") == "late ewr@2013-01-04 95m"


def test_faults_that_hold_are_listed_and_lifted_by_their_number() -> None:
    bench = daily("2013-01-04T05:55Z")
    bench.do("never jfk@2013-01-03")
    menu = fault_menu(bench)
    assert [(one.number, one.sentence) for one in menu.active] == [(4, "jfk of Thu 3 Jan never comes")]
    assert menu.items[-1].line == "lift 4"


def test_repair_offers_first_what_helps_now() -> None:
    bench = daily("2013-01-04T05:55Z")
    bench.do("wait extract for ewr lga jfk")
    bench.session.run_until("2013-01-04T07:10Z")
    menu = repair_menu(bench)
    assert menu.items[0].typed() == "late jfk@2013-01-03 at 07:10"
    rerun = next(item for item in menu.items if item.name == "rerun")
    assert rerun.refusal.startswith("extract of Thu 3 Jan has not run yet")


def test_a_task_between_two_tries_can_be_tried_now() -> None:
    bench = daily("2013-01-03T06:02Z")
    assert bench.run is not None
    assert bench.run.cells["extract"].state == "up_for_retry"
    menu = repair_menu(bench)
    assert line_of(menu, "t") == "rerun extract@2013-01-02 only"
    bench.do(line_of(menu, "t"))
    bench.next()
    assert bench.run.cells["extract"].state == "running"


def test_a_task_that_runs_can_be_killed_and_a_published_one_withdrawn() -> None:
    assert line_of(repair_menu(daily("2013-01-04T06:05Z")), "k") == "kill extract@2013-01-03"
    menu = repair_menu(daily("2013-01-04T07:00Z", "dataset:daily_flights.pub_punctuality"))
    assert line_of(menu, "w") == "withdraw pub_punctuality@2013-01-03"


def test_the_planner_is_opened_from_repair() -> None:
    assert [item.opens for item in repair_menu(daily("2013-01-04T05:55Z")).items if item.opens] == ["planner"]


def test_a_span_and_a_time_are_read_as_people_write_them() -> None:
    menu = fault_menu(daily("2013-01-04T05:55Z", "input:daily_flights.jfk"))
    late = menu.items[0]
    for text, line in (("95 min", "95m"), ("1 h 35 min", "1h35m"), ("20", "20m"), (" 2h ", "2h"), ("3 days", "3d")):
        assert late.typed({"by": text}) == f"late jfk@2013-01-03 {line}"


# inputs


def test_an_input_is_set_and_removed_and_a_new_one_declared_from_the_menu() -> None:
    bench = daily("2013-01-04T05:55Z", "input:daily_flights.jfk")
    assert line_of(edit_menu(bench), "e") == "input set jfk expected 07:00"
    menu = edit_menu(bench)
    place = menu.keyed("t")
    assert place is not None
    assert menu.items[place].text == "ingest-oncall at {by}, if it has not come"
    bench.do(menu.items[place].typed({"by": "8:00"}))
    assert "no deadline" in names(edit_menu(bench))
    gone = next(item for item in edit_menu(bench).items if item.line == "input rm jfk")
    assert outlook_of(bench, gone, gone.values).refusal.startswith("jfk cannot go: extract takes it.")
    bench.choose("task:daily_flights.extract")
    new = next(item for item in edit_menu(bench).items if item.name == "new input")
    assert new.typed() == "input add fees for extract expected 05:30"
    bench.do(new.typed())
    assert bench.known.plans["daily_flights"].spec.tasks["extract"].needs == ("fees",)
    bench.choose("dag:daily_flights")
    add = next(item for item in edit_menu(bench).items if item.name == "add an input")
    assert add.typed({"new": "tolls", "at": "", "owner": ""}) == "input add tolls in daily_flights"
    assert add.typed()[:30] == "input add fees_2 in daily_flig"


def test_a_span_after_the_days_end_stays_one() -> None:
    session = wb.sample("daily_flights")
    bench = wb.Bench(session)
    bench.do("input set jfk expected +6h deadline +7h")
    bench.do("set extract deadline +9h")
    assert bench.choose("input:daily_flights.jfk")
    lines = {item.name: item.typed() for item in edit_menu(bench).items}
    assert (lines["expected"], lines["tell"]) == ("input set jfk expected +7h", "input set jfk deadline +8h")
    assert lines["deadline"].startswith("set extract deadline +9h")


def test_a_scenario_with_faults_of_its_own_is_named_and_they_are_not() -> None:
    bench = wb.Bench(played("daily_flights", "late_jfk", "2013-01-04T05:30Z"))
    menu = fault_menu(bench)
    item = menu.items[menu.first]
    place = MenuPlace(menu.first, {blank.name: blank.value for blank in item.blanks})
    told = menu_sheet(menu, place, outlook_of(bench, item, place.values), 119, 40).text
    assert "none of yours; the scenario late_jfk has its own, which show as they happen" in told
    assert "07:35" not in told


def test_a_reason_is_read_whole_where_there_is_room_and_else_of_the_item_at_which_one_stands() -> None:
    bench = daily("2013-01-04T08:35Z")
    menu = repair_menu(bench)
    kill = next(n for n, item in enumerate(menu.items) if item.name == "kill")
    for height, at, is_whole in ((30, menu.first, True), (10, menu.first, False), (14, kill, True)):
        item = menu.items[at]
        sheet = menu_sheet(menu, MenuPlace(at, item.values), outlook_of(bench, item, item.values), 116, height)
        left = " ".join(" ".join(row[:69] for row in sheet.text.splitlines()).split())
        assert ("does not run: try 1 ended 06:10. There is nothing to kill" in left) == is_whole, sheet.text
        assert len(sheet.rows) <= height


def test_the_columns_of_a_file_can_be_chosen_before_one_of_it_has_come() -> None:
    bench = daily("2013-01-03T05:40Z", "input:daily_flights.ewr")
    unit = next(one for one in fault_menu(bench).items if one.name == "wrong unit")
    assert "arr_delay" in unit.blanks[0].offers
    text = menu_sheet(fault_menu(bench), MenuPlace(fault_menu(bench).items.index(unit), unit.values, 0, 0, True),
                      outlook_of(bench, unit, unit.values), 96, 30).text  # fmt: skip
    assert "choices   " in text
    assert "arr_delay ·" in text


def test_a_column_that_is_missing_is_what_is_asked_for() -> None:
    bench = daily("2013-01-03T05:40Z", "input:daily_flights.ewr")
    for name in ("wrong unit", "columns moved", "poison row", "corrected"):
        item = next(one for one in fault_menu(bench).items if one.name == name)
        told = outlook_of(bench, item, {**item.values, "column": " "}).refusal
        assert told.startswith(f"{name} needs a column, such as "), told


def test_a_fault_can_hold_from_a_day_on() -> None:
    bench = daily("2013-01-03T05:40Z", "input:daily_flights.ewr")
    unit = next(one for one in fault_menu(bench).items if one.name == "wrong unit")
    values = {**unit.values, "column": "arr_delay"}
    assert unit.typed(values) == "unit ewr@2013-01-02 arr_delay 60"
    values["when"] = unit.blanks[2].offers[1]
    assert (values["when"], unit.typed(values)) == ("from this day on", "unit ewr@2013-01-02 arr_delay 60 onward")
    assert not outlook_of(bench, unit, values).refusal


def test_what_finds_its_letter_taken_has_the_capital() -> None:
    menu = fault_menu(daily("2013-01-03T05:40Z"))
    keyed = {item.key: item.name for item in menu.items if item.key}
    assert (keyed["h"], keyed["H"], keyed["W"]) == ("hangs", "half", "wrong unit")
    assert [item.key for item in menu.items if item.name == "late"] == ["l", "", ""]  # one of several files has it
