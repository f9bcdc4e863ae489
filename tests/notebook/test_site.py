"""The static site: built with one command, served as files, and it asks nobody else for anything.

A plain run opens the notebook of the late file from the front page, runs its first cell and steps; `TESTS=all` runs all
of it, and what only a real Python there can do: a task in a cell, SQL, a page that is written to a file.
"""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.notebook.lab import CHROMIUM, KERNEL, SETTINGS, Heard, listen, page_in
from tests.sampled import IS_WHOLE
from tools.site.__main__ import main, missing
from tools.site.places import NAME, NotBuilt, foreign_in, put, run
from tools.site.wheels import versions_of

ROOT = Path(__file__).resolve().parents[2]
# Of the code cells of the open notebook: how many have run, are there, and what went wrong in them.
CELLS = """() => {
  const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells].filter((one) => one.type === "code");
  const said = cells.flatMap((one) => one.outputs.toJSON()).filter((one) =>
    one.output_type === "error" || one.name === "stderr");
  return [cells.filter((one) => one.executionCount).length, cells.length, said.map((one) => JSON.stringify(one))];
}"""
# Code in a new cell below the last; the promise is kept when it has run.
NEW_CELL = """async (code) => {
  const { commands, shell } = window.jupyterapp;
  const { content } = shell.currentWidget;
  content.activeCellIndex = content.widgets.length - 1;
  await commands.execute("notebook:insert-cell-below");
  content.activeCell.model.sharedModel.setSource(code);
  await commands.execute("notebook:run-cell");
  return JSON.stringify(content.activeCell.model.outputs.toJSON());
}"""
# A file in the list of files of the site, as the page has it.
FILE = """async (name) => {
  const { contents } = window.jupyterapp.serviceManager;
  const listed = (await contents.get("")).content.map((one) => one.name);
  if (!listed.includes(name)) return btoa(`only ${listed}`);
  return (await contents.get(name, { content: true, format: "base64" })).content;
}"""


def test_versions_are_read_from_constraints() -> None:
    assert versions_of("# a\nPyYAML==6.0.3\nruamel.yaml==1.0  # b\n") == {"pyyaml": "6.0.3", "ruamel-yaml": "1.0"}


def refusal(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What the command says when it builds nothing."""
    assert main([str(word) for word in words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    return told.err


def test_what_is_not_here_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "npm" in refusal(capsys, tmp_path / "out")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    told = refusal(capsys, tmp_path / "out")
    assert "not here: jupyterlite-core" in told
    assert "pip install -e '.[site]' -c constraints.txt" in told


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("two years")
    (tmp_path / "jupyter-lite.json").write_text('{"jupyter-config-data": {"appName": "of somebody else"}}')
    assert "has other files (jupyter-lite.json, thesis.txt)" in refusal(capsys, tmp_path)
    assert "is a file. Name a folder" in refusal(capsys, tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "two years"


def test_a_site_of_before_is_replaced_and_what_is_beside_it_stays(tmp_path: Path) -> None:
    out, made = tmp_path / "out", tmp_path / "made"
    for folder, text in ((out, "old"), (made, "new")):
        (folder / "lab").mkdir(parents=True)
        (folder / "lab" / f"{text}.js").touch()
        (folder / "jupyter-lite.json").write_text(json.dumps({"jupyter-config-data": {"appName": NAME}}))
    (out / ".git").mkdir()
    assert foreign_in(out) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shutil.move", _full)
        with pytest.raises(OSError, match="full"):
            put(made, out)
    assert [path.name for path in (out / "lab").iterdir()] == ["old.js"]
    put(made, out)
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == [
        ".git", "jupyter-lite.json", "lab", "lab/new.js",
    ]  # fmt: skip


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "full")


def test_a_folder_without_notebooks_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no notebook (.ipynb) is in" in refusal(capsys, tmp_path / "out", "--notebooks", tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "lab.js"), "the disk is full (lab.js): the site was not bu"),
        (PermissionError(errno.EACCES, "Permission denied", "public"), "not built: Permission denied (public)"),
        (NotBuilt("Pyodide could not be fetched with npm."), "Pyodide could not be fetched with npm."),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    error: Exception, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build = pytest.importorskip("tools.site.build", reason="needs the extra `site`")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(build, "build", fail)
    monkeypatch.setattr("tools.site.__main__.missing", list)
    assert said in refusal(capsys, tmp_path / "out")


def test_a_program_that_fails_has_the_last_word_but_one() -> None:
    with pytest.raises(NotBuilt, match=r"(?s)^  no such host.*could not be fetched\.$"):
        run([sys.executable, "-c", "raise SystemExit('no such host')"], "It could not be fetched.")
    with pytest.raises(OSError, match="No space left"):
        run([sys.executable, "-c", "raise SystemExit('[Errno 28] No space left on device')"], "It was not made.")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    if missing() or not CHROMIUM:
        pytest.skip(f"the site cannot be built or looked at here: {', '.join(missing()) or 'no Chromium'}")
    out = tmp_path_factory.mktemp("site")
    built = [sys.executable, "-m", "tools.site", str(out)]
    done = subprocess.run(built, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode == 2 and "could not be fetched with" in done.stderr:
        pytest.skip(f"the site cannot be built here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr[-3000:]
    _let_tests_ask(out / "jupyter-lite.json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(out)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _let_tests_ask(settings: Path) -> None:
    """The page answers what cells it has, and has those in its tree that are not in sight."""
    told = json.loads(settings.read_text("utf-8"))
    overrides = {plugin.replace("extension/", "extension:"): value for plugin, value in SETTINGS.items()}
    more = {"exposeAppInBrowser": True, "settingsOverrides": overrides}
    settings.write_text(json.dumps({**told, "jupyter-config-data": {**told["jupyter-config-data"], **more}}))


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


class Visit(NamedTuple):
    """A browser on the site, in the notebook of the late file; `heard`: what it did that it should not."""

    page: Any
    heard: Heard

    def new_cell(self, code: str) -> str:
        """What a cell shows, as JSON."""
        return str(self.page.evaluate(NEW_CELL, code))


@pytest.fixture(scope="module")
def visit(site: str) -> Iterator[Visit]:
    with page_in() as page:
        heard = listen(page, site)
        page.goto(site)
        page.get_by_role("link", name="The late file").click()
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
        page.evaluate(KERNEL)
        yield Visit(page, heard)


@pytest.fixture(autouse=True)
def nobody_else_is_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does in the browser."""
    yield
    if "visit" in request.fixturenames:
        heard: Heard = request.getfixturevalue("visit").heard
        assert heard.elsewhere == []
        assert heard.failed == []


def step(bench: Any, button: str) -> tuple[int, str]:
    """Press a button that moves; where the bench stands then, and what its pictures are."""
    before = bench.get_attribute("data-at")
    bench.get_by_role("button", name=button).click()
    bench.page.wait_for_function("([one, at]) => one.dataset.at !== at", arg=[bench.element_handle(), before])
    return int(bench.get_attribute("data-at")), bench.locator(".wb-graph, .wb-time").evaluate_all(
        "all => all.map((one) => one.innerHTML).join()"
    )


def test_the_front_page_leads_to_a_notebook_whose_first_cell_shows_a_bench(visit: Visit) -> None:
    visit.page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    visit.page.keyboard.press("Shift+Enter")
    bench = visit.page.locator(".wb-bench").first
    bench.wait_for(timeout=120_000)
    end = int(bench.get_attribute("data-at"))
    first, before = step(bench, "one instant back")
    assert first < end
    second, after = step(bench, "on to the next instant")
    assert second == end
    assert before != after


whole = pytest.mark.skipif(not IS_WHOLE, reason="takes minutes: all cells of a notebook on the site; with TESTS=all")


@whole
def test_every_cell_runs_there(visit: Visit) -> None:
    visit.page.get_by_role("menuitem", name="Run", exact=True).click()
    visit.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    visit.page.wait_for_function(f"() => (([run, all]) => run === all)(({CELLS})())", timeout=240_000)
    _, cells, wrong = visit.page.evaluate(CELLS)
    assert cells > 10
    assert wrong == []
    assert visit.page.locator(".wb-bench").count() >= 5


@whole
def test_a_page_that_is_saved_is_among_the_files(visit: Visit) -> None:
    """By the notebook's own cell: `b.save_page("late.html", ...)`."""
    made = b64decode(visit.page.evaluate(FILE, "late.html")).decode("utf-8")
    assert made.lower().startswith("<!doctype html>")
    assert "The late file" in made
    assert len(made) > 100_000


@whole
def test_history_is_asked_in_sql(visit: Visit) -> None:
    asked = "select task, state from task_instance where partition = '2013-01-03' order by task"
    shown = visit.new_cell(f's.query("{asked}")')
    assert "publish" in shown
    assert "success" in shown


@whole
def test_a_cell_is_a_task(visit: Visit) -> None:
    assert "error" not in visit.new_cell("%load_ext notebook_ext\n%wb new cells schedule '0 6 * * *' start 2013-01-02")
    visit.new_cell("%%task hello takes 10m\n[{'greeting': 'good ' + 'morning'}]")
    shown = visit.new_cell("cells.until('2013-01-03 06:30').query('select * from task_instance')")
    assert "hello" in shown
    assert "success" in shown
    assert visit.page.evaluate(CELLS)[2] == []
