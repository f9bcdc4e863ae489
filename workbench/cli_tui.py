"""Commands that open something to play with: the terminal workbench, its page in a browser, and plain lines."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from workbench.cli import HISTORY, SCENARIO

THEME = click.option("--theme", default="", help="workbench-dark, workbench-light, projector, or one of Textual's.")
_NO_TERMINAL = "this needs a terminal; `workbench play` works with plain lines, `workbench serve` in a browser"
ASCII = click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII, for old consoles.")


def home(history: str | None = None, theme: str = "", ascii_only: bool = False) -> None:
    """The terminal workbench at home; on the first start with the story."""
    _hurry()
    _shown(None, history, theme, ascii_only)


@click.command(name="open")
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@SCENARIO
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@HISTORY
@THEME
@ASCII
def open_command(
    files: tuple[str, ...], scenario: str | None, seed: int | None, history: str | None, theme: str, ascii_only: bool
) -> None:
    """Open FILE... on the bench: a pipeline file, a sample, or - for `a >> b >> c` from the input.

    Several files are one workspace. What is done is kept in the history, and goes on where it stood from home.
    """
    _hurry()
    from workbench.bench import Bench
    from workbench.cli import opened

    with opened(history) as kept:
        session, file = _session(files, scenario, seed, kept)
        _shown(Bench(session, file=file, files=files if len(files) > 1 else ()), history, theme, ascii_only)


@click.command()
@click.argument("db", type=click.Path())
@click.option("--recording", type=int, help="Its number, as `workbench history list` shows. Default: the last one.")
@click.option("--future", help="A what-if of it, by its name. Default: the one last worked on.")
@THEME
@ASCII
def replay(db: str, recording: int | None, future: str | None, theme: str, ascii_only: bool) -> None:
    """Look at a recording of the history DB on the bench: step, ask why, try what-ifs. Nothing is written."""
    _hurry()
    from workbench.bench import Bench
    from workbench.keeping import replay as replayed

    session = replayed(db, recording, future)
    session.seek(session.start)
    _shown(Bench(session), "none", theme, ascii_only)


@click.command()
@click.argument("file", required=False, type=click.Path(allow_dash=True))
@SCENARIO
@HISTORY
def play(file: str | None, scenario: str | None, history: str | None) -> None:
    """FILE in plain lines, for screen readers and slow connections: one sentence a step, verbs typed. Without FILE the
    story. Enter goes on, b back, w asks why, ? helps, q leaves."""
    from workbench.bench import Bench
    from workbench.cli import opened
    from workbench.line_mode import play as played

    with opened(history if file else "none") as kept:
        bench = Bench(_session((file,), scenario, None, kept)[0], file=file) if file else _story()
        played(bench, sys.stdin, click.echo, sys.stdin.isatty())


@click.command()
@click.argument("files", nargs=-1, type=click.Path())
@SCENARIO
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Only this machine, unless you say otherwise.")
@HISTORY
@THEME
def serve(files: tuple[str, ...], scenario: str | None, port: int, host: str, history: str | None, theme: str) -> None:
    """The same workbench in a browser, at http://127.0.0.1:8000. Needs the extra `web`."""
    from workbench.model import InvalidInput

    try:
        server = import_module("tui.serving")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "textual_serve":
            raise
        raise InvalidInput(["this needs textual-serve: pip install 'orchestration-workbench[web]'"]) from None
    options = [("--scenario", scenario), ("--history", history), ("--theme", theme or None)]
    given = [part for name, value in options if value is not None for part in (name, value)]
    server.serve([*(["open", *files] if files else ["home"]), *given], host, port)


@click.command(name="home")
@HISTORY
@THEME
@ASCII
def home_command(history: str | None, theme: str, ascii_only: bool) -> None:
    """The terminal workbench: the story, samples, recordings, your own pipeline. Also plain `workbench`."""
    home(history, theme, ascii_only)


def _hurry() -> None:
    """Look for no garbage: all that is loaded and read until the first picture stays. Then `tui` looks again."""
    import gc

    gc.disable()


def _session(files: tuple[str, ...], scenario: str | None, seed: int | None, kept: Any) -> tuple[Any, str]:
    """A session on what was named, and the file that is watched, if it is one."""
    from workbench.opening import load, load_together
    from workbench.session import Session

    if files == ("-",):
        from workbench.importing.arrows import sketch

        return Session(sketch(sys.stdin.read()), history=kept), ""
    if len(files) == 1:
        return load(files[0], scenario, seed=seed, history=kept), files[0]
    return load_together(files, scenario, seed=seed, history=kept), ""


def _shown(bench: Any, history: str | None, theme: str, ascii_only: bool) -> None:
    from workbench.cli import draws_boxes
    from workbench.model import InvalidInput

    if not (sys.stdout.isatty() or os.environ.get("TEXTUAL_DRIVER")):  # a browser has a driver of its own
        raise InvalidInput([_NO_TERMINAL])
    app = import_module("tui.app").Workbench(bench, history, theme, ascii_only or not draws_boxes())
    app.run()
    if app.return_code:
        sys.exit(app.return_code)


def _story() -> Any:
    import workbench

    return workbench.story(typed=True)
