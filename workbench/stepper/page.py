"""One file with the stepper, the futures and the questions, for any browser, without Python and without a network.

All that the stepper asks a kernel for in a notebook is made beforehand (see `album`), and lies in the file as data. The
file allows no request and no script but its own. Everything that comes from a pipeline or a person is escaped.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from workbench.bench import Bench
from workbench.bench.futures import called
from workbench.engine.events import COMMANDS, CodeDeployed
from workbench.stepper.album import Album, Progress
from workbench.stepper.compared import compare_style, comparing_html, pairs_of
from workbench.stepper.film import Strip, frames_of
from workbench.stepper.page_asked import asked_data
from workbench.stepper.still import filled, style
from workbench.views.cells import printable
from workbench.views.clock import Clock, plural
from workbench.views.compare import commands_apart

if TYPE_CHECKING:
    from workbench.branch import Branch
    from workbench.session import Session

GENERATOR = "orchestration workbench page"
_HERE = files("workbench.stepper")
_WORDS = {
    "ask": "Say your guess first. What comes after is shown then.",
    "number": "Say a number, for example 12.",
    "empty": "A guess is enough, but it is not empty.",
    "passed": "No guess. Go on, and see.",
    "hidden": "Guess first, or pass on: what comes after is hidden until then.",
    "absent": "This page does not hold that; the workbench does.",
}
_KEYS = "n or → goes on, b or ← goes back, m goes to the next that matters, space plays, 1 to 9 choose a future."


def page_of(session: Session, title: str = "", note: str = "", progress: Progress | None = None) -> str:
    """The page as text. The session stays where it is, and nothing new is made of its futures. `note`: for who teaches
    with it, paragraphs with empty lines between them. The page opens where the first question was asked, else where the
    session stands."""
    questions = [(one.future_asked, one.at_asked) for one in session.questions if one.future_asked in session.branches]
    album = Album(session, questions, progress=progress)
    asked = asked_data(session, album)
    here = (session.branch.name, album.parts[session.branch.name].number_at(session.now))
    future, at = (asked[0]["future"], asked[0]["at"]) if asked else here
    start = {"future": future, "at": at, "choice": album.first.key}
    data = album.to_data() | {"asked": asked, "words": _WORDS, "start": start}
    return "\n".join(_lines(session, album, data, title.strip() or _title(session), note)) + "\n"


def _title(session: Session) -> str:
    bench = Bench(session.aside())
    grid = bench.known.plans[bench.dag].spec.grid
    return f"{bench.dag} for {grid.spoken(bench.window)}"


def _text(given: str) -> str:
    return escape(printable(given))


def _lines(session: Session, album: Album, data: dict[str, Any], title: str, note: str) -> Iterator[str]:
    script = _script()
    digest = b64encode(sha256(script.encode()).digest()).decode()
    about = _about(session)
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(digest)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta name="generator" content="{GENERATOR}">'
    yield f'<title>{_text(title)}</title><meta name="description" content="{_text(about or title)}">'
    yield f"<style>{style()}{compare_style()}{_file('page.css')}</style></head>"
    yield f'<body><main class="wb-page"><header class="wb-top wb-bench"><h1>{_text(title)}</h1>'
    yield f"<p>{_text(about)}</p>" if about else ""
    yield f'<p class="quiet">{_text(_span(session))}</p></header>'
    yield _note(note)
    yield '<section class="wb-ask wb-bench" aria-label="question" hidden></section>'
    yield _futures(session)
    opening = filled(_opening(album, data["start"]["future"], data["start"]["at"]))
    yield f'<div class="wb-stepper"><div class="wb-bench still">{opening}</div></div>'
    yield _comparisons(session)
    yield _foot(album)
    yield f'</main><script type="application/json" id="wb-data">{_json(data)}</script>'
    yield f'<script type="module">{script}</script></body></html>'


def _policy(digest: str) -> str:
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _script() -> str:
    return f"{_file('stepper.js')}\n{_file('page.js')}"


def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _json(data: object) -> str:
    """JSON that ends no script and begins none."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"<(?=/?script|!--)", r"\\u003c", text, flags=re.IGNORECASE)


# the parts


def _about(session: Session) -> str:
    """What the pipeline says of itself."""
    specs = session.current_workspace().dags.values()
    told = (" ".join(spec.description.split()).rstrip(".") for spec in specs if spec.description.strip())
    return " ".join(f"{one}." for one in told)


def _span(session: Session) -> str:
    """From when to when, and in how many futures."""
    end = max(branch.reached for branch in session.branches.values())
    clock, local = Clock(session.start, session.zone), session.start.astimezone(session.zone)
    futures = plural(len(session.branches), "future")
    return f"{clock.day(local)} {local:%Y %H:%M} to {clock.at(end)}, {session.zone.key}. {futures}."


def _note(note: str) -> str:
    """Folded, so that who learns does not read it at once."""
    told = "".join(f"<p>{_text(' '.join(one.split()))}</p>" for one in re.split(r"\n\s*\n", note) if one.strip())
    return (
        f'<details class="wb-note wb-bench"><summary>A note for who teaches with this page</summary>{told}</details>'
        if told
        else ""
    )


def _futures(session: Session) -> str:
    """A tab for each, with what was done in it; none where there is but one, in which nothing was done."""
    told = {name: _did(session, branch) for name, branch in session.branches.items()}
    if len(told) == 1 and not any(told.values()):
        return ""
    tabs = "".join(
        f'<button type="button" role="tab" data-future="{_text(name)}"><b>{_text(name)}</b> '
        f"<span>{_text(called(branch))}</span></button>"
        for name, branch in session.branches.items()
    )
    done = "".join(
        f'<ul class="did" data-did="{_text(name)}">{"".join(f"<li>{_text(one)}</li>" for one in lines)}</ul>'
        for name, lines in told.items()
        if lines
    )
    return f'<nav class="wb-futures wb-bench"><div role="tablist" aria-label="futures">{tabs}</div>{done}</nav>'


def _did(session: Session, branch: Branch) -> list[str]:
    """What was done in it, and not in the one from which it parted."""
    clock = Clock(session.start, session.zone)
    own: Iterable[Any] = (one for one in branch.log if isinstance(one, COMMANDS) and not isinstance(one, CodeDeployed))
    if branch.parent is not None:
        own = commands_apart(branch, branch.parent, branch.reached)
    return [f"{clock.full(one.at)}: {one.sentence}" for one in own]


def _opening(album: Album, future: str, at: int) -> dict[str, str]:
    """The picture with which the page opens, for who runs no script."""
    texts = list(album.texts)
    strip = album.gates.get(future, album.parts[future]).strips[album.first.key]
    shots = [(texts[told], changes) for told, changes in strip[: at + 1]]
    frames = list(frames_of(Strip(first=0, slots=list(album.slots), texts=texts, frames=shots)))
    return dict(frames[-1].scene)


def _comparisons(session: Session) -> str:
    """Every two futures; one of the pairs is seen at a time."""
    pairs = list(pairs_of(session.aside()))
    if not pairs:
        return ""
    names = [f"{one.a.name} and {one.b.name}" for one in pairs]
    tabs = "".join(
        f'<button type="button" role="tab" data-pair="{n}">{_text(name)}</button>' for n, name in enumerate(names)
    )
    parts = "".join(f'<div data-pair-of="{n}">{comparing_html(one)}</div>' for n, one in enumerate(pairs))
    many = f'<div role="tablist" class="wb-pairs" aria-label="which two">{tabs}</div>' if len(pairs) > 1 else ""
    return f'<section class="wb-compared wb-bench" aria-label="compare"><h2>Side by side</h2>{many}{parts}</section>'


def _foot(album: Album) -> str:
    left = _text("; ".join(album.left_out))
    out = f"<p>Left out, to keep this page small: {left}. The workbench shows all of it.</p>" if left else ""
    by = "<p>Written by the orchestration workbench. Nothing is loaded from elsewhere.</p>"
    return f'<footer class="wb-bench"><p class="wb-by-key">{_KEYS}</p>{out}{by}</footer>'
