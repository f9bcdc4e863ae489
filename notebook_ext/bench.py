"""The bench as a widget: the picture steps in the browser; what changes the world is sent here.

The browser sends `{edition, at}`, and with it at most one wish: `want: [first, last]` (frames that are not there yet),
`beyond: "next" | "matters"` (on, past the last frame) or `point: target`. A wish for frames is answered by a strip, any
other by a film.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from time import monotonic
from typing import Any

import anywidget
import ipywidgets
import traitlets

from notebook_ext.forms import Forms, forms_style
from notebook_ext.troubles import troubles_now
from workbench import Bench, Reel, Told, ahead, packed, point, spots_of, stepper_style, strip_of, typed

# How long frames are made for one answer, in seconds: for one that somebody waits for, and for one that nobody does.
_PATIENCE, _AT_REST = 0.06, 0.12
_BOTH_WAYS = 6
_ADAPTER = """
export default {
  render({ model, el }) {
    let film = model.get("film");
    const send = (wish) => model.send({ edition: film.edition, ...wish });
    const at = () => Number(el.dataset.at);
    const stepper = mount(el, {
      stand: (number) => send({ at: number }),
      want: (first, last) => send({ want: [first, last] }),
      beyond: (how) => send({ at: at(), beyond: how }),
      point: (target) => send({ at: at(), point: target }),
    });
    const show = (number) => {
      film = model.get("film");
      stepper.restart(film.places.length, number, film.edition, film.places);
      stepper.add(film.strip);
      stepper.say(film.said, film.mood);
    };
    const shown = () => show(model.get("film").at);
    const came = (message) => message.strip && message.edition === film.edition && stepper.add(message.strip);
    model.on("change:film", shown);
    model.on("msg:custom", came);
    show(model.get("at"));
    return () => {
      model.off("change:film", shown);
      model.off("msg:custom", came);
      stepper.leave();
    };
  },
};
"""


class Picture(anywidget.AnyWidget):
    """What the browser draws. `film`: what it may step through: `edition` (other frames hold when it is another),
    `places`, the `strip` around `at`, and what was `said`; `at`: where the page stands."""

    _esm = (files("workbench.stepper") / "stepper.js").read_text(encoding="utf-8") + _ADAPTER
    _css = stepper_style() + forms_style()
    film = traitlets.Dict().tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)


class BenchView:
    """A bench and its widgets. `whole`: all of them, the picture first; `heard`: called after each new film. Touching
    the picture moves the session to where this view stands."""

    def __init__(self, bench: Bench, told: Told | None = None) -> None:
        self.bench = bench
        self.reel = Reel(bench)
        self.picture = Picture()
        self.heard: list[Callable[[], None]] = []
        self._edition, self._serial, self._made_of = 0, 0, self._basis()
        self.show(told)
        self.picture.on_msg(self._heard)
        self.forms = Forms(self)
        self.whole = ipywidgets.VBox([self.picture, self.forms.whole])

    # for forms

    def do(self, line: str) -> Told:
        """Do a line of the grammar where this view stands, show what is so now, and tell what was done."""
        self.stand()
        return self.tell(typed(self.bench, line))

    def tell(self, told: Told) -> Told:
        """Show the session as it is now, and this."""
        self.show(told)
        self.bench.session.parting()  # what was done here has told it
        self.forms.show_trouble(troubles_now())
        return told

    def stand(self) -> None:
        """Move the session to where this view stands."""
        self.reel.stand(self.picture.at)

    def show(self, told: Told | None = None) -> None:
        """Show the session as it is now. Frames that still hold stay in the browser."""
        before, told = self.reel, told or Told()
        self.reel = Reel(self.bench)
        basis, old, new = self._basis(), before.places, self.reel.places
        if basis != self._made_of or new[: len(old)] != old or not self._serial:
            self._edition += 1
        self._made_of, self._serial = basis, self._serial + 1
        at, last = self.reel.here, len(new) - 1
        far = min(at + _BOTH_WAYS, last) if at < last else max(0, at - _BOTH_WAYS)
        film = {
            "edition": self._edition, "serial": self._serial, "at": at, "places": spots_of(self.reel),
            "strip": self._strip(at, far), "said": told.html, "mood": told.mood,
        }  # fmt: skip
        with self.picture.hold_sync():
            self.picture.at, self.picture.film = at, film
        for heard in self.heard:
            heard()

    def _basis(self) -> tuple[object, ...]:
        """What all frames are made of, besides the instant."""
        bench, mine = self.bench, self.bench.session.branch
        others = [(name, len(one.log)) for name, one in bench.session.branches.items() if one is not mine]
        return mine, bench.chosen, bench.day, bench.dag, others

    def _strip(self, first: int, last: int, seconds: float = _PATIENCE) -> Any:
        """The frame `first`, and of those from there to `last` (either way) as many as can be made in a moment."""
        ends, step = monotonic() + seconds, 1 if last >= first else -1
        frames = [self.reel.frame(first)]
        while frames[-1].number != last and monotonic() < ends:
            frames.append(self.reel.frame(frames[-1].number + step))
        return packed(strip_of(frames[::step]))

    def _heard(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """What the browser says or asks."""
        if message.get("edition") == self._edition:
            if "want" in message:
                first, last = message["want"]
                strip = self._strip(first, last, _AT_REST)
                self.picture.send({"strip": strip, "edition": self._edition})
                return
            self.picture.at = int(message["at"])
            self.stand()
        if "beyond" in message:
            self.tell(ahead(self.bench, str(message["beyond"])))
        elif "point" in message:
            self.tell(point(self.bench, str(message["point"])))
