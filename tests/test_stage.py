"""The stage of a DAG and its picture in cells: what is on it, what is lit, how one walks over it, what fits where."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.samples import played, session
from workbench.views.canvas import Picture, lit, picture_of
from workbench.views.cells import cell_width
from workbench.views.forms import MODES, forms_for
from workbench.views.frames import UNICODE
from workbench.views.graph import Node
from workbench.views.overview import overview
from workbench.views.sheet import STYLES, Sheet, in_ascii
from workbench.views.stage import Stage, stage_of
from workbench.views.stage_state import nodes_of
from workbench.views.walking import beside

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FRIDAY = "2013-01-04T{}Z"


def late_jfk(at: str) -> wb.Bench:
    s = wb.sample("daily_flights", "late_jfk")
    s.run_until(FRIDAY.format(at))
    return wb.Bench(s)


def nodes(bench: wb.Bench, *dags: str) -> dict[str, Node]:
    stage = stage_of(bench.known, dags or (bench.dag,))
    return {node.title: node for node in nodes_of(stage, bench.known, bench.now, bench.dag, bench.window)}


def said(node: Node) -> tuple[str, ...]:
    return tuple(part for part in (node.state, node.mark, node.brief, node.note, node.more) if part)


def edges(stage: Stage) -> set[tuple[str, str, str]]:
    titles = {thing.id: thing.title for thing in stage.things}
    return {(titles[e.source], e.kind, titles[e.target]) for e in stage.edges}


# what is on a stage


def test_all_that_belongs_to_the_picture_of_a_dag_is_on_its_stage() -> None:
    bench = wb.Bench(wb.sample("harbor_air"))
    stage = stage_of(bench.known, ("daily_flights",))
    assert edges(stage) == {
        ("ewr", "reads", "extract"), ("jfk", "reads", "extract"), ("lga", "reads", "extract"),
        ("extract", "needs", "clean"), ("clean", "needs", "publish"), ("extract", "writes", "raw_flights"),
        ("clean", "writes", "5 checks"), ("5 checks", "writes", "stg_flights"),
        ("publish", "writes", "pub_punctuality"), ("pub_punctuality", "reads", "board_dashboard"),
        ("pub_punctuality", "reads", "ops_email"), ("stg_flights", "reads", "features.delay_7d"),
        ("stg_flights", "reads", "train.train"), ("stg_flights", "reads", "score_daily.preprocess"),
        ("pub_punctuality", "needs", "weekly_punctuality.add_up"),
        ("pub_punctuality", "reads", "finance_export.export"),
    }  # fmt: skip


def test_all_dags_hang_together_in_one_picture() -> None:
    bench = wb.Bench(wb.sample("harbor_air"))
    found = edges(stage_of(bench.known, tuple(bench.known.plans)))
    assert {("stg_flights", "reads", "delay_7d"), ("pub_punctuality", "needs", "add_up")} <= found
    assert ("fare_models@-1", "needs", "predict") not in found
    assert ("fare_models", "needs", "predict") in found
    assert ("feat_carrier_delay_7d", "reads", "fare_model") in found


OWN_PAST = """
    dag: totals
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {sales: {expected: "06:00"}}
    tasks:
      add: {needs: [sales, "close@-1"], reads: [total], writes: [total]}
      wait: {sensor: {on: ["sales@-2..0"], every: 5m}}
      close: {needs: [add, wait], branch: [yes_, no_]}
      yes_: {needs: [close], checks: [total.enough]}
      no_: {needs: [close]}
    datasets: {total: {checks: {enough: {kind: rows, min: 5, max: 1100, when: step}}}}
    ---
    scenario: x
    from: 2013-01-05T05:00Z
    arrivals: {sales: "05:50"}
    """


def test_a_dag_that_takes_from_its_own_past_is_no_circle() -> None:
    bench = wb.Bench(session(OWN_PAST))
    stage = stage_of(bench.known, ("totals",))
    roles = {thing.title: (thing.kind, thing.role, thing.target) for thing in stage.things}
    assert roles["close@-1"] == ("external", "", "task:totals.close")
    assert roles["yes_"][0] == "check"
    assert roles["wait"][1] == "sensor"
    assert roles["close"][1] == "branch"
    assert [thing.id for thing in stage.things if thing.target == "dataset:totals.total"] == [
        "dataset:totals.total@earlier", "dataset:totals.total"
    ]  # fmt: skip
    picture = Picture(stage, next(forms_for("boxes", 5)))
    assert picture.stage.of("task:totals.close") == "task:totals.close"


def test_a_stage_is_the_same_object_until_somebody_edits() -> None:
    bench = late_jfk("05:45")
    before = stage_of(bench.known, ("daily_flights",))
    picture = picture_of(before, 80, 20)
    bench.next()
    assert stage_of(bench.known, ("daily_flights",)) is before
    assert picture_of(before, 80, 20) is picture
    bench.do("wait extract for jfk")
    assert stage_of(bench.known, ("daily_flights",)) is not before


# states


def test_inputs_tasks_datasets_and_readers_say_how_they_are() -> None:
    found = nodes(late_jfk("05:50"))
    assert said(found["ewr"]) == ("arrived", "05:48", "336 rows")
    assert said(found["jfk"]) == ("none", "due 06:00")
    found = nodes(late_jfk("06:12"))
    assert said(found["jfk"]) == ("late", "late", "12 min late")
    assert said(found["extract"]) == ("success", "06:00–06:10")
    assert said(found["clean"]) == ("running", "1", "runs 2 min")
    assert said(found["publish"]) == ("none", "2 min")
    assert said(found["pub_punctuality"]) == ("none", "Wed 2", "public: Wed 2", "943 rows")
    assert said(found["board_dashboard"]) == ("none", "08:00", "reads 08:00")
    found = nodes(late_jfk("08:05"))
    assert said(found["jfk"]) == ("came_late", "07:35", "95 min late")
    assert said(found["pub_punctuality"]) == ("published", "596", "public 06:15", "596 rows")
    assert said(found["board_dashboard"]) == ("arrived", "08:00", "read 08:00")
    assert said(found["punctuality.by_airport"]) == ("success",)


def test_a_task_whose_turn_has_come_says_since_when_it_waits() -> None:
    bench = late_jfk("05:45")
    bench.do("wait extract for jfk ewr lga")
    bench.session.run_until(FRIDAY.format("07:10"))
    assert said(nodes(bench)["extract"]) == ("queued", "W", "waits 70 min")
    assert said(nodes(bench)["clean"]) == ("none", "3 min")
    assert "since 06:00 (70 min)" in bench.session.why("extract").headline


def test_a_retry_says_which_try_comes_when() -> None:
    s = wb.sample("daily_flights", "late_jfk")
    s.run_until("2013-01-03T06:02Z")
    assert said(nodes(wb.Bench(s))["extract"]) == ("up_for_retry", "2", "again 06:03")


def test_a_reader_that_got_an_older_day_is_told_apart() -> None:
    bench = late_jfk("05:45")
    bench.do("wait extract for jfk ewr lga")
    bench.do("never jfk@2013-01-03")
    bench.session.run_until(FRIDAY.format("08:05"))
    assert said(nodes(bench)["board_dashboard"]) == ("stale", "08:00", "read 08:00")


def test_checks_stand_before_the_dataset_and_say_what_they_found() -> None:
    s = wb.sample("harbor_air")
    s.run_until("2013-01-03T07:00Z")
    found = nodes(wb.Bench(s))
    assert said(found["5 checks"]) == ("success", "before public")
    blocked = session(BLOCKED)
    blocked.run_until("2013-01-02T06:30Z")
    found = nodes(wb.Bench(blocked))
    assert said(found["rows"]) == ("blocked", "rows")
    assert said(found["out"])[:2] == ("blocked", "held")


BLOCKED = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {sales: {expected: "05:00", rows: 3}}
    datasets: {out: {checks: {rows: {kind: rows, min: 5, severity: block}}}}
    tasks:
      load: {needs: [sales], writes: [out]}
    ---
    rows: count
    ---
    scenario: x
    from: 2013-01-02T05:00Z
    arrivals: {sales: "05:50"}
    """


def test_nothing_on_a_stage_knows_when_a_late_file_comes() -> None:
    later = late_jfk("06:30")
    never = late_jfk("05:45")
    never.do("never jfk@2013-01-03")
    never.session.run_until(FRIDAY.format("06:30"))
    assert nodes(later) == nodes(never)


# pictures


def dags(count: st.SearchStrategy[int]) -> st.SearchStrategy[wb.Bench]:
    """Benches on random DAGs, with inputs, datasets, checks and readers."""
    return st.builds(_bench, count, st.randoms(use_true_random=False))


def _bench(count: int, chance: object) -> wb.Bench:
    draw = chance.randint  # type: ignore[attr-defined]
    lines = [
        "dag: d",
        'schedule: "0 6 * * *"',
        "start: 2013-01-01",
        'inputs: {one: {expected: "06:00"}, two: {}}',
        "tasks:",
    ]
    for index in range(count):
        needs = sorted({f"t{draw(0, index - 1)}" for _ in range(draw(0, 2))}) if index else []
        takes = ["one"] if draw(0, 3) == 0 else ["two"] if draw(0, 5) == 0 else []
        writes = f", writes: [d{index}]" if draw(0, 3) == 0 else ""
        lines.append(f"  t{index}: {{needs: [{', '.join([*needs, *takes])}], takes: 2m{writes}}}")
    made = [f"d{index}" for index in range(count) if f"[d{index}]" in lines[5 + index]]
    lines += ["---", "dag: e", 'schedule: "30 6 * * *"', "start: 2013-01-01",
              f"tasks: {{far: {{needs: [d.t{draw(0, count - 1)}]}}}}", "---"]  # fmt: skip
    readers = [f"r{i}: {{reads: [{', '.join(sorted({made[draw(0, len(made) - 1)] for _ in range(2)}))}]}}"
               for i in range(draw(0, 3)) if made]  # fmt: skip
    lines += [f"consumers: {{{', '.join(readers)}}}", "---", "scenario: s", "from: 2013-01-02T05:00Z",
              'arrivals: {one: "05:50", two: "06:20"}']  # fmt: skip
    text = "\n".join(line for line in lines if line != "consumers: {}")
    text = text.replace("---\n---", "---")
    bench = wb.Bench(session(text))
    bench.session.run_until("2013-01-02T06:03Z")
    return bench


BENCHES = dags(st.integers(1, 16))
MODE = st.sampled_from(MODES)
ROOMS = st.tuples(st.integers(30, 160), st.integers(4, 40))


def pictured(bench: wb.Bench, room: tuple[int, int], mode: str) -> tuple[Picture, Sheet]:
    sheet = bench.graph(*room, mode)
    return picture_of(stage_of(bench.known, tuple(bench.known.plans) if bench.shows_all else (bench.dag,)),
                      *bench.graph_room), sheet  # fmt: skip


@QUIET
@given(BENCHES, ROOMS, MODE, st.booleans())
def test_every_thing_has_cells_of_its_own(bench: wb.Bench, room: tuple[int, int], mode: str, all_: bool) -> None:
    bench.shows_all = all_
    picture, sheet = pictured(bench, room, mode)
    cells = [(spot.x + x, spot.y + y) for spot in picture.spots for x in range(spot.width) for y in range(spot.height)]
    assert len(cells) == len(set(cells))
    assert {spot.id for spot in picture.spots} == {thing.id for thing in picture.stage.things}
    for spot in picture.spots:
        for y in range(spot.y, spot.y + spot.height):
            assert sheet.target_at(spot.x, y) == sheet.target_at(spot.x + spot.width - 1, y) == picture.targets[spot.id]
    assert {span.style for row in sheet.rows for span in row} <= STYLES
    assert all(cell_width(span.text) == len(span.text) for row in sheet.rows for span in row)


@QUIET
@given(BENCHES, ROOMS, MODE)
def test_a_picture_that_is_cut_is_so_because_no_other_fits(bench: wb.Bench, room: tuple[int, int], mode: str) -> None:
    picture, sheet = pictured(bench, room, mode)
    assert sheet.width <= picture.width
    assert sheet.height <= picture.height
    if picture.width > room[0] or picture.height > room[1]:
        for form in forms_for(picture.form.mode if mode != "auto" else "auto", picture.stage.tasks):
            if form.lines:
                other = Picture(picture.stage, form)
                assert other.width > room[0] or other.height > room[1], form


@QUIET
@given(BENCHES, MODE, st.booleans(), st.data())
def test_lit_is_what_lies_before_and_behind(bench: wb.Bench, mode: str, all_: bool, data: st.DataObject) -> None:
    bench.shows_all = all_
    stage = stage_of(bench.known, tuple(bench.known.plans) if all_ else (bench.dag,))
    chosen = data.draw(st.sampled_from([thing.target for thing in stage.things]))
    bench.choose(chosen)
    picture, sheet = pictured(bench, (100, 30), mode)
    here = picture.stage.of(bench.chosen.target)
    up = closure(here, [(e.target, e.source) for e in picture.stage.edges])
    down = closure(here, [(e.source, e.target) for e in picture.stage.edges])
    found = lit(picture.stage, here)
    assert set(found.up) == up
    assert set(found.down) == down
    styles: dict[str, set[str]] = {}
    for row in sheet.rows:
        for span in row:
            if (
                span.target
                and any(char.isalpha() for char in span.text)
                and span.style in ("name", "name.dim", "chosen")
            ):
                styles.setdefault(span.target, set()).add(span.style)
    for thing in picture.stage.things:
        if mode in ("boxes", "pills") and thing.id == picture.stage.of(thing.target):
            expected = "chosen" if thing.id == here else "name" if thing.id in up | down else "name.dim"
            assert expected in styles[thing.target], (thing.id, sheet.text)


def closure(start: str, pairs: list[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    while True:
        more = {two for one, two in pairs if one == start or one in found} - found
        if not more:
            return found
        found |= more


@QUIET
@given(BENCHES, ROOMS, MODE, st.booleans())
def test_arrows_lead_to_everything(bench: wb.Bench, room: tuple[int, int], mode: str, all_: bool) -> None:
    bench.shows_all = all_
    picture, _ = pictured(bench, room, mode)
    stands = {thing.id for thing in picture.stage.things if picture.stage.of(thing.target) == thing.id}
    start = picture.stage.of(bench.chosen.target)
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for direction in ("left", "right", "up", "down"):
            target = beside(picture, here, direction)
            there = picture.stage.of(target)
            assert there != here
            if target and there not in seen:
                seen.add(there)
                todo.append(there)
    assert seen == stands


@QUIET
@given(BENCHES, st.integers(1, 12), MODE)
def test_what_is_painted_again_is_as_if_painted_anew(bench: wb.Bench, steps: int, mode: str) -> None:
    for step in range(steps):
        bench.next()
        if step % 3 == 2:
            bench.move(("right", "down", "left", "up")[step % 4])
        sheet = bench.graph(90, 20, mode)
        picture = picture_of(stage_of(bench.known, (bench.dag,)), *bench.graph_room)
        fresh = Picture(picture.stage, picture.form, 90, 20)
        now = nodes_of(picture.stage, bench.known, bench.now, bench.dag, bench.window)
        assert sheet.rows == fresh.rows(now, picture.stage.of(bench.chosen.target))


@QUIET
@given(BENCHES, ROOMS, MODE)
def test_a_picture_can_be_said_in_ascii(bench: wb.Bench, room: tuple[int, int], mode: str) -> None:
    _, sheet = pictured(bench, room, mode)
    plain = in_ascii(sheet)
    assert plain.text.isascii()
    assert "?" not in plain.text
    assert [len(line) for line in plain.text.split("\n")] == [len(line) for line in sheet.text.split("\n")]


@QUIET
@given(BENCHES)
def test_the_overview_shows_the_selection_and_what_is_seen(bench: wb.Bench) -> None:
    picture, _ = pictured(bench, (60, 10), "boxes")
    now = nodes_of(picture.stage, bench.known, bench.now, bench.dag, bench.window)
    rows = overview(picture, now, picture.stage.of(bench.chosen.target), (20, 4), (0, 0, picture.width, picture.height))
    assert [sum(len(span.text) for span in row) for row in rows] == [20] * 4
    text = "".join(span.text for row in rows for span in row)
    assert text.count("◆") == 1
    assert " " not in text
    tiny = overview(picture, now, picture.stage.of(bench.chosen.target), (2, 1), (0, 0, 1, 1))
    assert "".join(span.text for row in tiny for span in row).count("◆") == 1


# forms by size


def chain(count: int, wide: int = 1) -> wb.Bench:
    tasks = [f"  task_{i}: {{needs: [{f'task_{i - wide}' if i >= wide else ''}]}}" for i in range(count)]
    text = "\n".join(["dag: d", 'schedule: "0 6 * * *"', "start: 2013-01-01", "tasks:", *tasks, "---",
                      "scenario: s", "from: 2013-01-02T05:00Z"])  # fmt: skip
    return wb.Bench(session(text))


@pytest.mark.parametrize(
    ("count", "wide", "room", "mode"),
    [
        (4, 1, (120, 12), "boxes"), (4, 1, (70, 1), "pills"), (24, 4, (200, 30), "boxes"),
        (24, 4, (200, 8), "pills"),
        (60, 10, (200, 12), "pills"), (60, 10, (50, 12), "pills"), (70, 10, (50, 12), "map"),
        (81, 9, (100, 9), "map"), (200, 20, (40, 20), "map"),
        (500, 20, (60, 20), "map"),
    ],
)  # fmt: skip
def test_the_form_follows_size_and_room(count: int, wide: int, room: tuple[int, int], mode: str) -> None:
    picture, sheet = pictured(chain(count, wide), room, "auto")
    assert picture.form.mode == mode
    assert sheet.height <= room[1]
    assert sheet.width <= room[0] or (count, mode) == (60, "pills")


def test_names_of_the_densest_map_are_told_in_the_title_and_lineage_has_marks() -> None:
    bench = chain(500, 20)
    bench.choose("task:d.task_240")
    _, sheet = pictured(bench, (60, 20), "auto")
    assert sheet.title.startswith("○ task_240")
    assert "500 tasks" in sheet.title
    assert sheet.text.count("‹") == 12
    assert sheet.text.count("›") == 12
    assert sheet.text.count("▸") == 1


def test_long_names_are_cut_in_the_middle_and_stay_different() -> None:
    names = [f"a_very_long_name_of_a_task_{i}_with_an_end" for i in range(3)]
    tasks = "\n".join(f"      {name}: {{needs: [{names[i - 1] if i else ''}]}}" for i, name in enumerate(names))
    text = (
        f"    dag: d\n    schedule: '0 6 * * *'\n    start: 2013-01-01\n    tasks:\n{tasks}\n    ---\n    scenario: s\n"
    )
    bench = wb.Bench(session(text + "    from: 2013-01-02T05:00Z\n"))
    picture, sheet = pictured(bench, (79, 6), "auto")
    shown = list(picture.names.values())
    assert len(set(shown)) == 3
    assert all("…" in name for name in shown)
    assert sheet.width <= 79


def test_a_node_keeps_its_place_and_size_while_time_moves() -> None:
    bench = late_jfk("05:40")
    bench.graph(76, 9)
    texts = []
    for _ in range(12):
        bench.next()
        sheet = bench.graph(76, 9)
        texts.append([(line.find("clean"), len(line) > 0) for line in sheet.text.split("\n")])
    places = {tuple(text.index("extract") for text in [bench.graph(76, 9).text])}
    assert len(places) == 1
    assert all(len(one) == len(two) for one, two in pairwise(texts))


def test_the_pen_has_glyphs_of_one_cell() -> None:
    assert all(cell_width(glyph) == 1 for glyph in UNICODE.marks.values())


def test_down_leads_to_what_is_drawn_below_and_up_back_again() -> None:
    bench = wb.Bench(played("daily_flights", "late_jfk", "2013-01-04T06:05Z"))
    bench.choose("task:daily_flights.extract")
    bench.graph(71, 14)
    seen = [bench.chosen.name]
    for direction in ("down", "down", "up", "up"):
        assert bench.move(direction)
        seen.append(bench.chosen.name)
    assert seen == ["extract", "ewr", "jfk", "ewr", "extract"]
