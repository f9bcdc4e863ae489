"""One scenario through the terminal and through the widget: what is read on the screen of the one stands in the markup
of the other, word by word, and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.tui.screens import Driven, bench_on, drive
from workbench.stepper.film import frames_of
from workbench.stepper.packing import unpacked
from workbench.stepper.still import filled

pytest.importorskip("anywidget", reason="no anywidget here: install the notebook extra")

# What both do, one after the other: a line of the grammar, or `=` and what is selected.
SCRIPT = (
    "go 2013-01-04T06:10Z",
    "go 2013-01-04T07:10Z",
    "=input:daily_flights.jfk",
    "=task:daily_flights.publish",
    "go 2013-01-04T05:55Z",
    "wait extract for jfk",
    "=task:daily_flights.extract",
    "go 2013-01-04T07:10Z",
    "set extract deadline 07:00 owner ingest-oncall",
    "go 2013-01-04T08:40Z",
    "=dataset:daily_flights.pub_punctuality",
    "rerun clean@2013-01-03 down",
)
SIZE = (200, 190)
# The keys of the views, and the panes that are read there.
VIEWS = {"1": ("graph", "why", "rules"), "2": ("events",), "4": ("data", "alerts")}
# What a screen of cells has beside the words: lines, arrows, the edge of a scrolled pane, the bracket of a group.
_DRAWN = re.compile(r"[─│╭╮╰╯┄├┤┬┴┼╔╗╚╝═║►╞╡┈╌▕▏⇢▁▂▃▄▅▆▇█]+")


class Reading(HTMLParser):
    """The words of markup, apart wherever a browser sets them apart. `offers`: those of buttons."""

    APART = frozenset({"div", "li", "text", "title", "button", "g", "h3", "h4", "p", "br", "ul"})

    def __init__(self, apart: frozenset[str] = APART) -> None:
        super().__init__()
        self.apart = apart
        self.found: list[str] = [""]
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("title", "desc")
        if tag in self.apart:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("title", "desc")
        if tag in self.apart:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found[-1] += data


def read(markup: str, apart: frozenset[str] = Reading.APART) -> list[str]:
    """The pieces of text that somebody reads."""
    reading = Reading(apart)
    reading.feed(markup)
    reading.close()
    return [text for one in reading.found if (text := plain(one))]


def plain(text: str) -> str:
    """Words with one blank between them."""
    return " ".join(_DRAWN.sub(" ", text).split())


Seen = list[dict[str, str]]


@pytest.fixture(scope="module")
def terminal() -> Seen:
    """What each pane of the terminal says after each step."""
    seen: Seen = []

    async def play(driven: Driven) -> None:
        for step in SCRIPT:
            if step.startswith("="):
                screen: Any = driven.app.screen
                screen.bench.choose(step[1:])
                screen.draw()
            else:
                await driven.press("colon")
                await driven.type(step)
                await driven.press("enter")
            seen.append(await _panes(driven))

    drive(play, bench_on(at="2013-01-04T05:30Z"), SIZE)
    return seen


async def _panes(driven: Driven) -> dict[str, str]:
    found = {}
    for key, names in VIEWS.items():
        await driven.press(key)
        for name in names:
            found[name] = plain(" ".join(await _rows(driven, name)))
    await driven.press("1")
    found["head"] = plain(driven.text.splitlines()[0])
    return found


async def _rows(driven: Driven, name: str) -> list[str]:
    """All rows of a pane; of one that is higher than its place, the last ones after scrolling."""
    pane = driven.app.screen.query_one(f"#{name}")
    found = _seen(driven, pane)
    if pane.max_scroll_y:
        pane.scroll_end(animate=False)
        await driven.press()
        found += [row for row in _seen(driven, pane) if row not in found]
        pane.scroll_home(animate=False)
        await driven.press()
    return found


def _seen(driven: Driven, pane: Any) -> list[str]:
    place = pane.region
    return [plain(line[place.x : place.right]) for line in driven.text.splitlines()[place.y : place.bottom]]


@pytest.fixture(scope="module")
def widget() -> list[dict[str, list[str]]]:
    """The pieces of text in each pane of the widget after each step."""
    from notebook_ext.bench import BenchView

    view: Any = BenchView(bench_on(at="2013-01-04T05:30Z"))
    seen = []
    for step in SCRIPT:
        if step.startswith("="):
            film = view.picture.film
            view._heard(view.picture, {"edition": film["edition"], "at": film["at"], "point": step[1:]}, [])
        else:
            assert not view.do(step).mood, step
        film = view.picture.film
        [frame] = [one for one in frames_of(unpacked(film["strip"])) if one.number == film["at"]]
        panes = ("head", "graph", "why", "events", "data", "rules", "alerts")
        markup = filled(dict(frame.scene), "graph")
        pieces = {name: read(filled(dict(frame.scene), name)) for name in panes}
        # The line on top has its clock on another place.
        pieces["whole graph"] = [markup]  # with what a node says when one points at it
        seen.append({**pieces, "head": read(filled(dict(frame.scene), "head"), Reading.APART | {"span"})})
    return seen


@pytest.mark.parametrize("pane", ["head", "why", "events", "data", "rules", "alerts"])
def test_terminal_and_widget_say_the_same(terminal: Seen, widget: list[dict[str, list[str]]], pane: str) -> None:
    for step, there, here in zip(SCRIPT, terminal, widget, strict=True):
        left, missing = there[pane], []
        for piece in sorted(here[pane], key=len, reverse=True):
            if piece not in left:
                missing.append(piece)
            left = left.replace(piece, " ¦ ", 1)
        assert not missing, f"after {step}: the terminal does not say {missing}\n{there[pane]}"
        assert not rest(left, pane), f"after {step}: the widget does not say {rest(left, pane)}\n{here[pane]}"


def rest(left: str, pane: str) -> list[str]:
    """The words that are on the terminal alone: but for its keys, and the title on the frame of a pane."""
    words = left.replace("¦", " ").split()
    return [word for word in words if len(word) > 1 and word not in (pane, "what", "if")]


# The widget has room for words where the terminal has a glyph: states, times and counts are the same.
_GLYPHS = re.compile(r"([●○◐◔◷✓✖⊘⊗↻◌⊖∅▤▣▲])")
_FACT = re.compile(r"[●○◐◔◷✓✖⊘⊗↻◌⊖∅▤▣▲]|.*\d.*")
_TIME = re.compile(r"\d\d:\d\d")


def words(text: str) -> list[str]:
    """Its words, glyphs apart."""
    return _GLYPHS.sub(r" \1 ", text).split()


def test_nodes_have_the_same_states_and_times(terminal: Seen, widget: list[dict[str, list[str]]]) -> None:
    for step, there, here in zip(SCRIPT, terminal, widget, strict=True):
        said, known = words(" ".join(here["graph"])), words(there["graph"])
        missing = [word for word in said if _FACT.fullmatch(word) and word not in known]
        assert not missing, f"after {step}: {missing}\n{there['graph']}\n{here['graph']}"
        times = set(_TIME.findall(" ".join(here["graph"]))) - set(_TIME.findall(there["graph"]))
        times |= set(_TIME.findall(there["graph"])) - set(_TIME.findall(" ".join(here["whole graph"])))
        assert not times, f"after {step}: {times}\n{there['graph']}\n{here['whole graph']}"
        for name in ("extract", "clean", "publish"):
            state = here["graph"][here["graph"].index(name) - 1]
            at = known.index(name)
            assert state in known[max(0, at - 2) : at + 2], f"{name} after {step}: {state}, {known[at - 2 : at + 2]}"
