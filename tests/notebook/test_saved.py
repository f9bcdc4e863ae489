"""A saved notebook, where no widget runs: in its file, as an HTML page without a network, and opened again in a Lab."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from tests.notebook.lab import CHROMIUM, lab, listen, page_in
from tests.notebook.runs import read, run, said_by

pytest.importorskip("nbclient", reason="notebooks run with nbclient and ipykernel; pip install the extra 'dev'")
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning"
)
in_browser = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium")
SMALL = 2_000_000
# The cells of N3 up to this one; two of them show the bench.
LAST, BENCHES = "why", 2
PICTURE = "daily_flights, Fri 4 Jan 08:05: pipeline and timeline"
SENTENCES = (
    "board_dashboard reads pub_punctuality of Thu 3 Jan: 596 rows",
    "extract ended 06:10, well. It wrote 596 rows.",
    "publish ended 06:15, well. It wrote 596 rows.",
)
# What nbconvert's page wants from elsewhere, whatever it shows: formulas, and modules for widgets.
ITS_OWN = ("/mathjax/", "/require.js/")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """After it has run, as JupyterLab saves it: without the state of widgets."""
    notebook = read(wb.notebooks()["n3"].path)
    ids = [cell["id"] for cell in notebook["cells"]]
    notebook["cells"] = notebook["cells"][: ids.index(LAST) + 1]
    notebook["cells"] = run(notebook, tmp_path_factory.mktemp("ran")).cells
    found: dict[str, Any] = json.loads(json.dumps(notebook))
    return found


def with_state(notebook: dict[str, Any]) -> dict[str, Any]:
    """As it is saved with the state of its widgets."""
    found = deepcopy(notebook)
    state = {
        output["data"][_VIEW]["model_id"]: {"model_name": "AnyModel", "model_module": "anywidget", "state": {}}
        for cell in found["cells"]
        for output in cell.get("outputs", ())
        if _VIEW in output.get("data", {})
    }
    assert state
    kept = {"version_major": 2, "version_minor": 0, "state": state}
    found["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": kept}
    return found


_VIEW = "application/vnd.jupyter.widget-view+json"


def html_of(notebook: dict[str, Any], path: Path, theme: str = "light", **config: Any) -> str:
    """What `jupyter nbconvert --to html` writes; where."""
    nbconvert, nbformat = pytest.importorskip("nbconvert"), pytest.importorskip("nbformat")
    from traitlets.config import Config

    made = nbformat.reads(json.dumps(notebook), as_version=4)
    body, _ = nbconvert.HTMLExporter(config=Config(config), theme=theme).from_notebook_node(made)
    path.write_text(body, encoding="utf-8")
    return path.as_uri()


# in the file


def test_it_holds_pictures_and_sentences_and_is_small(saved: dict[str, Any]) -> None:
    shown = [output["data"] for cell in saved["cells"] for output in cell.get("outputs", ()) if "data" in output]
    pictures = [data for data in shown if "image/svg+xml" in data]
    assert len(pictures) == BENCHES
    for data in pictures:
        assert "<svg" in "".join(data["image/svg+xml"])
        assert "data:image/svg+xml;base64," in "".join(data["text/html"])
        assert "extract" in "".join(data["text/plain"])
    said = " ".join("\n".join(map(said_by, saved["cells"])).split())
    for sentence in SENTENCES:
        assert sentence in said
    assert len(json.dumps(saved)) < SMALL


# as a page


@pytest.fixture(params=["light", "dark"])
def offline(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """A browser without a network, and its theme."""
    with page_in(dark=request.param == "dark", offline=True) as page:
        yield page, request.param


def look(page: Any, address: str) -> None:
    """The pictures are seen, the sentences are there, and nothing of ours is fetched."""
    wanted: list[str] = []
    page.on("request", lambda one: wanted.append(one.url))
    page.goto(address)
    picture = page.get_by_role("img", name=PICTURE)
    assert picture.evaluate("(one) => [one.complete, one.naturalWidth > 500]") == [True, True]
    assert picture.bounding_box()["width"] > 500
    body = " ".join(page.locator("body").inner_text().split())
    for sentence in SENTENCES:
        assert sentence in body
    elsewhere = [one for one in wanted if not one.startswith(("file:", "data:"))]
    assert [one for one in elsewhere if not any(own in one for own in ITS_OWN)] == []


@in_browser
def test_as_a_page_without_a_network_it_shows_the_still_picture(
    saved: dict[str, Any], offline: tuple[Any, str], tmp_path: Path
) -> None:
    page, theme = offline
    look(page, html_of(saved, tmp_path / "n3.html", theme))


@in_browser
def test_with_the_state_of_widgets_the_documented_option_brings_the_picture_back(
    saved: dict[str, Any], tmp_path: Path
) -> None:
    told = (Path(__file__).parents[2] / "docs" / "notebook.md").read_text(encoding="utf-8")
    assert "--ClearMetadataPreprocessor.enabled=True" in told
    kept = with_state(saved)
    with page_in(offline=True) as page:
        page.goto(html_of(kept, tmp_path / "state.html"))
        assert page.get_by_role("img", name=PICTURE).count() == 0, "or the option is not needed any more: say so"
        look(page, html_of(kept, tmp_path / "cleared.html", ClearMetadataPreprocessor={"enabled": True}))


# opened again


@in_browser
@pytest.mark.parametrize("has_state", [False, True])
def test_opened_again_and_not_run_it_shows_the_still_picture(
    saved: dict[str, Any], has_state: bool, tmp_path: Path
) -> None:
    pytest.importorskip("jupyterlab")
    (tmp_path / "again.ipynb").write_text(json.dumps(with_state(saved) if has_state else saved), encoding="utf-8")
    with lab(tmp_path) as address, page_in() as page:
        heard = listen(page, address)
        page.goto(f"{address}/lab/tree/again.ipynb?reset", wait_until="domcontentloaded")
        page.get_by_role("img", name=PICTURE).wait_for(timeout=90_000)
        said = " ".join(page.locator(".jp-Notebook").inner_text().split())
        assert "Error displaying widget" not in said
        for sentence in SENTENCES:
            assert sentence in said
        assert heard.elsewhere == []
