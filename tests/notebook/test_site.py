"""The static site: built with one command, served as files, and it asks nobody else for anything."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notebook.lab import CHROMIUM, Heard, listen, page_in
from tools.site.__main__ import main, missing
from tools.site.wheels import versions_of

ROOT = Path(__file__).resolve().parents[2]


def test_versions_are_read_from_constraints() -> None:
    assert versions_of("# a\nPyYAML==6.0.3\nruamel.yaml==1.0  # b\n") == {"pyyaml": "6.0.3", "ruamel-yaml": "1.0"}


def test_what_is_not_here_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main(["out"]) == 2
    assert "npm" in capsys.readouterr().err


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    if missing() or not CHROMIUM:
        pytest.skip(f"the site cannot be built or looked at here: {', '.join(missing()) or 'no Chromium'}")
    out = tmp_path_factory.mktemp("site")
    built = [sys.executable, "-m", "tools.site", str(out)]
    done = subprocess.run(built, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    if "pip', 'download'" in done.stderr or "'npm'" in done.stderr or "npm', 'pack'" in done.stderr:
        pytest.skip("the site cannot be built here: its parts cannot be fetched")
    assert done.returncode == 0, done.stderr[-3000:]
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


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def visited(site: str) -> Iterator[tuple[Any, Heard]]:
    with page_in() as page:
        heard = listen(page, site)
        page.goto(site)
        yield page, heard


def test_the_front_page_leads_to_notebooks_that_run_without_anybody_else(visited: tuple[Any, Heard]) -> None:
    page, heard = visited
    link = page.get_by_role("link", name="The late file")
    link.click()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    bench = page.locator(".wb-bench").first
    bench.wait_for(timeout=120_000)
    before = int(bench.get_attribute("data-at"))
    bench.get_by_role("button", name="one instant back").click()
    page.wait_for_function("([one, at]) => Number(one.dataset.at) < at", arg=[bench.element_handle(), before])
    bench.get_by_role("button", name="on to the next instant").click()
    page.wait_for_function("([one, at]) => Number(one.dataset.at) === at", arg=[bench.element_handle(), before])
    assert heard.elsewhere == []
    assert heard.failed == []
