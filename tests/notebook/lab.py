"""A real JupyterLab in headless Chromium, for tests and for looking: a server on loopback, a browser, a notebook."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), "")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--disable-quic"]  # fmt: skip

# Nobody is asked about news; the theme is that of the page; cells that are not in sight are in the page all the same.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension/themes": {"adaptive-theme": True},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
# When the kernel of the open notebook answers: what is run before, JupyterLab drops.
KERNEL = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  while (!app.shell.currentWidget?.sessionContext) await new Promise((go) => setTimeout(go, 50));
  const { context, sessionContext } = app.shell.currentWidget;
  await Promise.all([context.ready, sessionContext.ready]);
  await sessionContext.session.kernel.info;
}"""
# The promise is kept when the last cell has run.
RUN_ALL = """() => window.jupyterapp.commands.execute("notebook:run-all-cells")"""


def _extensions(folder: Path) -> Path:
    """Those of this environment, without those for sites that have no server: they complain in a Lab that has one."""
    folder.mkdir(exist_ok=True)
    for one in (Path(sys.prefix) / "share" / "jupyter" / "labextensions").iterdir():
        if one.name != "@jupyterlite" and not (folder / one.name).exists():
            (folder / one.name).symlink_to(one)
    return folder


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """A JupyterLab that serves a folder; its address. It is gone, with its kernels, at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_DATA_HOME")
    env = {**os.environ, "HOME": str(home), **{name: str(home / name.lower()) for name in names}}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
               "--ServerApp.token=", "--ServerApp.password=", "--LabApp.news_url=", "--LabApp.check_for_updates_class="
               "jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly", "--ServerApp.terminals_enabled="
               "False", "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True"]  # fmt: skip
    command.append(f"--LabApp.labextensions_path={_extensions(home / 'labextensions')}")
    for plugin, settings in SETTINGS.items():
        file = home / "jupyter_config_dir" / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/api", server, home / "lab.log")
            yield address
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab does not answer: {log.read_text()[-2000:]}")


@contextmanager
def page_in(dark: bool = False, size: tuple[int, int] = (1400, 1000), offline: bool = False) -> Iterator[Any]:
    """A page of headless Chromium (Playwright). `offline`: no network at all."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", offline=offline
        )
        try:
            yield context.new_page()
        finally:
            browser.close()


class Heard(NamedTuple):
    """What a page did that it should not: errors it wrote or threw, answers of 400 and more, requests to elsewhere."""

    errors: list[str]
    failed: list[str]
    elsewhere: list[str]


def listen(page: Any, address: str) -> Heard:
    """Write down what a page does from now on. A request to another host than that of the address is stopped."""
    heard = Heard([], [], [])

    def pass_or_stop(route: Any) -> None:
        url = route.request.url
        if url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            heard.elsewhere.append(url)
            route.abort()

    page.context.route("**/*", pass_or_stop)
    page.on("console", lambda said: heard.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.errors.append(str(error)))
    page.on("response", lambda got: heard.failed.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.on("websocket", lambda made: heard.elsewhere.append(made.url) if address[7:] not in made.url else None)
    return heard


@contextmanager
def kernel_of(folder: Path) -> Iterator[Callable[[str], str]]:
    """A second line to the one kernel of a lab that serves this folder: runs code there; gives what the expression on
    its last line is, as text. AssertionError: it failed."""
    from jupyter_client.blocking.client import BlockingKernelClient

    [file] = (folder / ".home" / "jupyter_runtime_dir").glob("kernel-*.json")
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels()

    def ask(code: str) -> str:
        *before, last = code.strip().splitlines()
        reply = client.execute_interactive(
            "\n".join(before), user_expressions={"it": f"str(({last}))"}, silent=True, timeout=60, store_history=False
        )
        found = reply["content"].get("user_expressions", {}).get("it", {"status": "error"})
        assert found["status"] == "ok", reply["content"]
        return str(ast.literal_eval(found["data"]["text/plain"]))

    try:
        yield ask
    finally:
        client.stop_channels()


def run_all(page: Any, address: str, notebook: str, seconds: float = 90) -> None:
    """Open a notebook and run all its cells, until the kernel is idle again."""
    page.goto(f"{address}/lab/tree/{notebook}?reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp", timeout=seconds * 1000)
    page.evaluate(KERNEL)
    page.evaluate(RUN_ALL)


if __name__ == "__main__":  # python -m tests.notebook.lab NOTEBOOK OUT.png [dark]
    notebook, out = Path(sys.argv[1]).resolve(), sys.argv[2]
    with lab(notebook.parent) as address, page_in(dark="dark" in sys.argv, size=(1400, 2400)) as page:
        run_all(page, address, notebook.name)
        page.wait_for_timeout(1500)
        page.screenshot(path=out)
