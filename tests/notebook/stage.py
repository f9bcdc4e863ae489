"""The widget in plain Chromium, without Jupyter: the real module, and a model wired to a BenchView of this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import workbench as wb
from tests.notebook.lab import CHROMIUM, page_in

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: install one to test the widget")

_PAGE = """<!doctype html><meta charset="utf-8"><title>stage</title><style>{css}</style>
<body data-jp-theme-light="{light}"><button id="outside">outside</button><div id="cell"></div></body>"""
# What Jupyter's model does, with the messages kept in `sent` and let through one by one.
_MODEL = """
const module = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
const handlers = {};
const call = (name, value) => (handlers[name] ?? []).forEach((one) => one(value));
window.sent = []; window.pending = 0; window.most = 0; window.outside = []; window.dead = false;
const model = {
  state,
  get: (name) => model.state[name],
  on: (name, one) => (handlers[name] ??= []).push(one),
  off: (name, one) => (handlers[name] = (handlers[name] ?? []).filter((other) => other !== one)),
  send: async (message) => {
    window.sent.push(message);
    if (window.dead) return;
    const isWish = "want" in message;
    if (isWish) window.most = Math.max(window.most, ++window.pending);
    const came = JSON.parse(await window.kernel(JSON.stringify(message)));
    if (isWish) window.pending -= 1;
    for (const [name, value] of came) {
      if (name === "custom") call("msg:custom", value);
      else if (name in model.state) { model.state[name] = value; call(`change:${name}`); }
    }
  },
};
document.addEventListener("keydown", (event) => window.outside.push(event.key));
window.model = model;
module.default.render({ model, el: document.getElementById("cell") });
"""


class Wire:
    """Between a BenchView and a page: what the browser sends is heard, what the kernel sends is handed back."""

    def __init__(self, view: Any) -> None:
        self.view, self.messages = view, list[dict[str, Any]]()
        self._out: list[tuple[str, Any]] = []
        view.picture.send = lambda message: self._out.append(("custom", message))
        view.picture.observe(lambda change: self._out.append((change["name"], change["new"])), ["film", "at"])

    def kernel(self, text: str) -> str:
        """A message from the browser; what came of it."""
        message = json.loads(text)
        self.messages.append(message)
        self._out.clear()
        self.view._heard(self.view.picture, message, [])
        return json.dumps(self._out)

    @property
    def state(self) -> dict[str, Any]:
        """The traits, as a page gets them first."""
        return {"film": self.view.picture.film, "at": self.view.picture.at}


class Stage:
    """A page with one widget."""

    def __init__(self, page: Any, view: Any, dark: bool) -> None:
        self.page, self.view, self.wire = page, view, Wire(view)
        page.expose_function("kernel", self.wire.kernel)
        page.set_content(_PAGE.format(css=view.picture._css, light=str(not dark).lower()))
        body = f"async ([text, state]) => {{ {_MODEL} }}"
        page.evaluate(body, [view.picture._esm, json.loads(json.dumps(self.wire.state))])
        self.widget = page.locator("#cell")

    def press(self, *keys: str) -> None:
        """Keys, on what has the focus."""
        for key in keys:
            self.page.keyboard.press(key)

    def settled(self) -> None:
        """All that was asked is answered, and where one stands has been told."""
        self.page.wait_for_function(
            "() => !window.pending && document.getElementById('cell').getAttribute('aria-busy') !== 'true'"
        )
        self.page.wait_for_timeout(160)
        self.page.wait_for_function("() => !window.pending")

    def text(self, look: str) -> str:
        """What stands there, without breaks."""
        return " ".join(str(self.page.locator(look).first.inner_text()).split())

    def put(self, target: str) -> Any:
        """Something more to point at."""
        self.page.evaluate(
            """(target) => {
              const made = document.createElement("u");
              [made.dataset.target, made.textContent] = [target, "x"];
              document.querySelector(".wb-told").append(made);
            }""",
            target,
        )
        return self.page.locator(".wb-told u")

    @property
    def at(self) -> int:
        return int(self.widget.get_attribute("data-at"))

    @property
    def edition(self) -> int:
        return int(self.widget.get_attribute("data-edition"))

    @property
    def clock(self) -> str:
        return self.text(".wb-head .s-clock")

    def sent(self, name: str) -> list[Any]:
        """What the browser has asked so far, of one kind."""
        return [message[name] for message in self.page.evaluate("() => window.sent") if name in message]


@contextmanager
def staged(session: wb.Session, dark: bool = False, size: tuple[int, int] = (1100, 1300)) -> Iterator[Stage]:
    """A session's widget on a page; nothing may go wrong in its script."""
    from notebook_ext.bench import BenchView

    wrong: list[str] = []
    with page_in(dark=dark, size=size, offline=True) as page:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield Stage(page, BenchView(wb.Bench(session)), dark)
    assert not wrong, wrong
