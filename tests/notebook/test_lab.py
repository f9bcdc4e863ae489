"""Real JupyterLab in headless Chromium: the notebook of the late file runs, its bench is stepped, and what the page
shows is what the kernel has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from tests.notebook.lab import CHROMIUM, Heard, kernel_of, lab, listen, page_in, run_all

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium")

_NB: Any = nbformat
N3 = Path(__file__).resolve().parents[2] / "tutorials" / "notebooks" / "n3_late_file.ipynb"
# Behind the cells of the notebook, a session that no cell has touched.
PROBE = """import workbench as wb
probe = wb.sample("daily_flights", "late_jfk")
probe"""
# A cell that takes a while, and looks whether somebody moved the session meanwhile.
SLOW = """import time
before = probe.now, probe.position
time.sleep(2)
kept = before == (probe.now, probe.position)"""
# The view of the newest output of that session; and a pane of it as text. An offer is a button on the page, without
# the key that it has on a terminal.
VIEW = """import gc
from ipywidgets.widgets.widget import _instances
from notebook_ext.bench import BenchView
made = {one: number for number, one in enumerate(_instances)}
views = [one for one in gc.get_objects() if isinstance(one, BenchView) and one.bench.session is probe]
bench = max(views, key=lambda one: made[one.picture.model_id]).bench
"""
HEAD = VIEW + "''.join(span.text for span in bench.header(10_000))"
WHY = f"""{VIEW}
sheet = bench.why(10_000)
is_key = lambda span: span.style == "key" or (span.target.startswith("offer:") and len(span.text.strip()) == 1)
rows = [[span for span in row if not is_key(span)] for row in sheet.rows]
sheet.title + chr(10) + chr(10).join("".join(span.text for span in row) for row in rows)"""


class Desk(NamedTuple):
    """`page`: the notebook in Lab, all cells run; `bench`: the picture of `probe` in it; `ask`: the kernel."""

    page: Any
    bench: Any
    ask: Callable[[str], str]
    heard: Heard


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("lab")
    notebook = _NB.read(N3, as_version=4)
    notebook.cells.append(_NB.v4.new_code_cell(PROBE))
    _NB.write(notebook, folder / "late.ipynb")
    with lab(folder) as address, page_in() as page:
        heard = listen(page, address)
        run_all(page, address, "late.ipynb")
        with kernel_of(folder) as ask:
            bench = page.locator(".wb-bench").nth(page.locator(".wb-bench").count() - 1)
            bench.scroll_into_view_if_needed()
            yield Desk(page, bench, ask, heard)


def words(text: str) -> list[str]:
    return sorted(re.findall(r"[\w:.,/()]+", text))


def settled(desk: Desk) -> None:
    """Wait until nothing is under way. (The page tells where it stands a moment after the last step.)"""
    desk.page.wait_for_timeout(400)
    desk.page.wait_for_function("one => one.getAttribute('aria-busy') !== 'true'", arg=desk.bench.element_handle())


def agree(desk: Desk) -> str:
    """The page shows what the kernel has: clock, head and why. The instant, as ISO 8601."""
    settled(desk)
    shown = desk.bench.get_by_role("slider").get_attribute("aria-valuetext")
    assert shown == desk.ask(VIEW + "bench.clock.full(probe.now)")
    assert words(desk.bench.locator("[data-slot=head]").inner_text()) == words(desk.ask(HEAD))
    assert words(desk.bench.locator(".wb-why").inner_text()) == words(desk.ask(WHY).replace("(view 4)", "(data)"))
    return desk.ask("probe.now.isoformat()")


def test_every_cell_of_the_notebook_runs(desk: Desk) -> None:
    assert desk.page.locator(".wb-bench").count() >= 3
    assert desk.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert desk.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_buttons_and_keys_step_page_and_kernel(desk: Desk) -> None:
    begun = agree(desk)
    desk.bench.get_by_role("button", name="on to the next instant").click()
    first = agree(desk)
    assert first > begun
    desk.bench.press("n")
    second = agree(desk)
    assert second > first
    desk.bench.press("b")
    assert agree(desk) == first
    desk.bench.get_by_role("button", name="one instant back").click()
    assert agree(desk) == begun


def test_a_click_on_a_task_asks_why(desk: Desk) -> None:
    desk.bench.locator(".wb-graph [data-target*='publish']").first.click()
    agree(desk)
    assert "publish" in desk.bench.locator(".wb-why").inner_text()
    assert "publish" in desk.ask(VIEW + "bench.chosen.target")


def test_a_fault_given_in_a_cell_is_in_page_and_kernel(desk: Desk) -> None:
    desk.ask("probe.go('05:30')\n1")
    before = desk.page.locator(".wb-bench").count()
    in_new_cell(desk.page, '%load_ext notebook_ext\nprobe.late("lga@2013-01-02", "95m").until("08:05")')
    desk.page.wait_for_function(f"() => document.querySelectorAll('.wb-bench').length > {before}")
    newest = desk._replace(bench=desk.page.locator(".wb-bench").last)
    assert agree(newest) == "2013-01-03T08:05:00+00:00"
    newest.bench.locator(".wb-graph [data-target*='publish']").first.click()
    agree(newest)
    assert "lga" in newest.bench.locator(".wb-why").inner_text()


def in_new_cell(page: Any, code: str, is_awaited: bool = True) -> None:
    """Run code in a cell below the last."""
    page.evaluate(
        """async ([code, isAwaited]) => {
      const { commands, shell } = window.jupyterapp;
      const { content } = shell.currentWidget;
      content.activeCellIndex = content.widgets.length - 1;
      await commands.execute("notebook:insert-cell-below");
      content.activeCell.model.sharedModel.setSource(code);
      const done = commands.execute("notebook:run-cell");
      if (isAwaited) await done;
    }""",
        [code, is_awaited],
    )


def test_an_older_output_moves_the_session_to_where_it_stands(desk: Desk) -> None:
    later = desk.ask("probe.now.isoformat()")
    desk.bench.scroll_into_view_if_needed()
    desk.bench.press("n")
    settled(desk)
    assert desk.ask("probe.now.isoformat()") < later


def test_what_is_clicked_while_a_cell_runs_comes_after_it(desk: Desk) -> None:
    desk.bench.press("End")
    settled(desk)
    code = (
        "import time\nbefore = probe.now, probe.position\ntime.sleep(2)\nkept = before == (probe.now, probe.position)"
    )
    in_new_cell(desk.page, code, is_awaited=False)
    desk.page.wait_for_timeout(500)
    desk.bench.press("Home")
    assert desk.ask("kept") == "True"
    settled(desk)
    assert desk.ask("before != (probe.now, probe.position)") == "True"


# a session of their own, which takes the name of the one above


def shown_in_new_cell(desk: Desk, code: str) -> Desk:
    """Run a cell that shows the session, and go to its picture."""
    before = desk.page.locator(".wb-bench").count()
    in_new_cell(desk.page, code)
    desk.page.wait_for_function(f"() => document.querySelectorAll('.wb-bench').length > {before}")
    newest = desk._replace(bench=desk.page.locator(".wb-bench").last)
    newest.bench.scroll_into_view_if_needed()
    return newest


def test_a_fault_chosen_in_the_form_is_in_page_and_kernel(desk: Desk) -> None:
    newest = shown_in_new_cell(desk, 'probe = wb.sample("daily_flights", "late_jfk").until("2013-01-03 05:30")\nprobe')
    newest.bench.locator(".wb-graph [data-target*='lga']").first.click()
    settled(newest)
    forms = desk.page.locator(".wb-forms").last
    forms.get_by_role("button", name="Break").click()
    forms.locator("h4", has_text="lga").wait_for()
    forms.get_by_text("late: by", exact=False).first.click()
    span = forms.locator(".wb-form-sentence input").first
    span.fill("95m")
    forms.locator("code", has_text="late lga@2013-01-02 95m").wait_for()
    forms.get_by_role("button", name="Do it").click()
    forms.locator(".wb-form-answer", has_text="lga").wait_for()
    agree(newest)
    assert "1 fault" in newest.bench.locator("[data-slot=head]").inner_text()
    sql = "select arrived_at from arrival where input = 'lga' and partition = '2013-01-02'"
    assert desk.ask(f"probe.until('2013-01-03 08:05').query({sql!r}).value") == "2013-01-03T07:35:00Z"


def test_a_cell_run_after_looking_back_says_that_it_opened_a_what_if(desk: Desk) -> None:
    newest = shown_in_new_cell(desk, 'probe = wb.sample("daily_flights", "late_jfk").until("2013-01-04 08:05")\nprobe')
    newest.bench.get_by_role("button", name="one instant back").click()
    newest.bench.get_by_role("button", name="one instant back").click()
    settled(newest)
    assert "You are looking back." in newest.bench.locator(".wb-told").inner_text()
    there = desk.ask("f'{probe.now:%H:%M}'")
    after = shown_in_new_cell(desk, 'probe.wait("clean", "jfk")')
    told = after.bench.locator(".wb-said").inner_text()
    assert told.startswith(f"This is what-if B: you changed something at Fri 4 Jan {there}, in the past of A.")
    assert "probe" in after.bench.locator("[data-slot=futures] .future[aria-current]").inner_text()
    after.bench.get_by_role("button", name="to A", exact=True).click()
    settled(after)
    assert desk.ask("probe.branch.name") == "A"


def test_nothing_failed_and_nobody_else_was_asked(desk: Desk) -> None:
    assert desk.heard == Heard([], [], [])
