"""The picture of the DAG on the screen: arrows, forms, all DAGs, following, the small map, the mouse."""

from __future__ import annotations

from textual.geometry import Region

import workbench as wb
from tests.samples import session
from tests.tui.screens import Driven, bench_on, drive
from tui.panes.graph import GraphPane
from workbench.views.sheet import in_ascii


def pane(driven: Driven) -> GraphPane:
    found = driven.app.screen.query_one("#graph")
    assert isinstance(found, GraphPane)
    return found


def shown(driven: Driven) -> str:
    """What stands in the pane of the picture, without its title."""
    here = pane(driven)
    return "\n".join(here.render_line(y).text.rstrip() for y in range(here.size.height))


def wide(count: int) -> wb.Bench:
    """A DAG that is larger than any pane: chains side by side."""
    tasks = [
        f"  task_number_{i}: {{needs: [{f'task_number_{i - 5}' if i >= 5 else ''}], takes: 2m}}" for i in range(count)
    ]
    text = "\n".join(["dag: d", 'schedule: "0 6 * * *"', "start: 2013-01-01", "tasks:", *tasks, "---",
                      "scenario: s", "from: 2013-01-02T05:00Z"])  # fmt: skip
    return wb.Bench(session(text))


def test_inputs_tasks_data_and_readers_fit_at_every_size() -> None:
    async def play(driven: Driven) -> None:
        here = pane(driven)
        assert not here.is_cut, here.sheet.text
        text = shown(driven)
        for part in ("extract", "clean", "publish", "▤ewr ✓05:48", "▤jfk ◷late", "▣pub_punctuality", "▲board_dashboard",
                     "▲ops_email", "⇢punctuality.by_airport"):  # fmt: skip
            assert part in text, text

    for size in ((80, 24), (120, 36), (200, 50)):
        drive(play, bench_on(at="2013-01-04T07:10Z"), size)


def test_arrows_go_along_the_edges_and_the_other_panes_follow() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        await driven.press("right", "right")
        assert bench.chosen.target == "task:daily_flights.publish"
        await driven.press("left", "left", "left")
        assert bench.chosen.kind == "input"
        seen = {bench.chosen.name}
        for key in ("down", "down", "up", "up", "up"):
            await driven.press(key)
            seen.add(bench.chosen.name)
        assert seen == {"ewr", "jfk", "lga"}

    drive(play, bench, (200, 50))


def test_left_leads_to_what_is_late_at_every_size() -> None:
    for size in ((80, 24), (120, 36), (200, 50)):
        bench = bench_on(at="2013-01-04T07:10Z")

        async def play(driven: Driven, bench: wb.Bench = bench) -> None:
            await driven.press("left")
            assert bench.chosen.target == "input:daily_flights.jfk"

        drive(play, bench, size)


def test_z_goes_through_the_forms_and_all_have_every_task() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        await driven.press("z")
        driven.shows("Boxes.")
        assert "╔" in shown(driven)
        await driven.press("z")
        assert "╔" not in shown(driven)
        assert "║● extract" in shown(driven)
        await driven.press("z")
        assert "extract" not in shown(driven)
        assert "●◂" in shown(driven)
        driven.shows("● extract  06:00–06:10", "3 tasks: 3 ●")
        await driven.press("z")
        assert bench.graph_mode == "auto"

    drive(play, bench, (200, 50))


def test_a_shows_all_dags_and_arrows_walk_from_one_to_the_next() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        driven.shows("pipelines: daily_flights ●  punctuality ●")
        assert "report" not in shown(driven)
        await driven.press("a")
        assert "by_airport" in shown(driven)
        assert "report" in shown(driven)
        await driven.press("right", "right", "right")
        while bench.chosen.target != "task:punctuality.by_airport":
            before = bench.chosen
            await driven.press("up")
            assert bench.chosen != before
        assert bench.dag == "punctuality"
        await driven.press("a")
        assert "extract" not in shown(driven)

    drive(play, bench, (200, 50))


def test_brackets_show_the_next_and_the_last_dag() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        await driven.press("right_square_bracket")
        assert bench.dag == "punctuality"
        assert "by_airport" in shown(driven)
        await driven.press("left_square_bracket")
        assert bench.dag == "daily_flights"

    drive(play, bench)


def test_v_follows_what_is_under_way_until_it_is_pressed_again() -> None:
    bench = bench_on(at="2013-01-04T06:05Z")

    async def play(driven: Driven) -> None:
        await driven.press("v")
        assert bench.chosen.name == "extract"
        await driven.press("n", "n")
        assert bench.chosen.name == "publish"
        await driven.press("b")
        assert bench.chosen.name == "clean"
        await driven.press("v", "n")
        assert bench.chosen.name == "clean"

    drive(play, bench)


def test_a_click_selects_what_it_points_at() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        here = pane(driven)
        lines = shown(driven).split("\n")
        y = next(i for i, line in enumerate(lines) if "jfk" in line)
        await driven.pilot.click(GraphPane, offset=(lines[y].index("jfk") + 1, y + 1))
        assert bench.chosen.target == "input:daily_flights.jfk"
        assert here.sheet.target_at(lines[y].index("jfk"), y) == "input:daily_flights.jfk"

    drive(play, bench)


def test_what_is_larger_than_the_pane_says_so_and_has_a_small_map() -> None:
    bench = wide(40)

    async def play(driven: Driven) -> None:
        here = pane(driven)
        assert here.is_cut
        lines = shown(driven).split("\n")
        assert any(line.endswith("▸") for line in lines)
        assert not any(line.startswith("◂") for line in lines)
        region = here.map_region()
        assert "◆" in _cells(lines, region)
        for _ in range(7):
            await driven.press("right")
        assert bench.chosen.name == "task_number_35"
        lines = shown(driven).split("\n")
        assert "task_number_35" in "\n".join(lines)
        assert any(line.startswith("◂") for line in lines)
        assert not any(line.endswith("▸") for line in lines)
        assert "◆" in _cells(lines, here.map_region())

    drive(play, bench, (120, 36))


def _cells(lines: list[str], region: Region) -> str:
    return "\n".join(line[region.x : region.right] for line in lines[region.y : region.bottom])


def test_a_click_on_the_small_map_selects_and_brings_it_on_the_screen() -> None:
    bench = wide(40)

    async def play(driven: Driven) -> None:
        here = pane(driven)
        region = here.map_region()
        lines = [line.ljust(region.right) for line in shown(driven).split("\n")]
        x, y = max((x, y) for y in range(region.y, region.bottom) for x in range(region.x, region.right)
                   if lines[y][x] == "○")  # fmt: skip
        await driven.pilot.click(GraphPane, offset=(x, y + 1))
        assert int(bench.chosen.name.rpartition("_")[2]) >= 35
        assert bench.chosen.name in shown(driven)

    drive(play, bench, (120, 36))


def test_the_picture_in_ascii_has_letters_for_states() -> None:
    text = in_ascii(bench_on(at="2013-01-04T07:10Z").graph(79, 12)).text
    assert text.isascii()
    assert "?" not in text
    assert "#jfk !late" in text
    assert "+ extract" in text


def test_a_task_that_waits_keeps_its_dag_in_view() -> None:
    bench = bench_on(at="2013-01-04T05:45Z")
    bench.do("wait extract for jfk ewr lga")
    bench.session.run_until("2013-01-04T07:10Z")

    async def play(driven: Driven) -> None:
        assert "◔W extract" in shown(driven)
        assert "waits 70 min" in shown(driven) or driven.app.size.height < 36
        assert "◷late" in shown(driven)

    for size in ((80, 24), (120, 36), (200, 50)):
        drive(play, bench, size)
