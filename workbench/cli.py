"""The command `workbench`. Thin: it reads arguments, asks the core, prints. Heavy imports happen inside commands,
so that `workbench --help` answers at once.

Exit status: 0 done, 1 a question was answered with "no such thing happened", 2 the input is wrong (what, where,
and what is allowed, one problem a line on standard error).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench import __version__

if TYPE_CHECKING:
    from workbench.session import Session
    from workbench.views.why import Why
    from workbench.views.why_run import WhyRun

HISTORY = click.option(
    "--history",
    metavar="DB",
    help="Where to keep the history: a file, or 'none'. Default: a file of your own, named at the end of the output.",
)
SCENARIO = click.option("--scenario", metavar="S", help="A scenario's name in FILE, or another file (late.yaml#name).")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")


class Group(click.Group):
    """Turns what a person can mend into one line each and exit status 2; never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from workbench.model import InvalidInput

        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # Somebody closed the pager: that is no error of ours, and nothing more can be said.
            sys.stderr.close()
            ctx.exit(0)
        except KeyboardInterrupt:
            click.echo("stopped; what was made so far is kept", err=True)
            ctx.exit(130)


# Commands that are defined elsewhere: loaded when they are asked for.
ELSEWHERE = {
    "home": ("workbench.cli_tui", "home_command", "The terminal workbench: the story, samples, recordings, your own."),
    "open": ("workbench.cli_tui", "open_command", "Open FILE... on the bench: build, step, break, ask, repair."),
    "replay": ("workbench.cli_tui", "replay", "Look at a recording on the bench, step by step."),
    "play": ("workbench.cli_tui", "play", "FILE in plain lines: one sentence a step, verbs typed."),
    "serve": ("workbench.cli_tui", "serve", "The bench in a browser, on this machine."),
    "import": (
        "workbench.cli_import",
        "import_command",
        "A pipeline of Airflow, dbt, ... as a pipeline file.",
    ),
    "notebooks": ("workbench.cli_notebooks", "notebooks", "The tutorial notebooks, and copies of them to work in."),
    "history": ("workbench.cli_history", "history_group", "Look into histories: list, show, compare, query."),
    "data": ("workbench.cli_data", "data", "What was written: versions, what is live, who read it, checks."),
    "lineage": ("workbench.cli_data", "lineage", "What a version was made of, and what was made of it."),
    "alerts": ("workbench.cli_data", "alerts", "Who was told what, when, by which route, and who never was."),
    "page": ("workbench.cli_page", "page", "One page that steps through a simulation in any browser, without Python."),
    "report": ("workbench.cli_report", "report", "Seven answers about a recording, as Markdown or as one HTML page."),
    "card": ("workbench.cli_report", "card", "What a run was made of: code, inputs, outputs; or how two runs differ."),
}


class Main(Group):
    """All commands. `--help` loads none of those that are defined elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in ELSEWHERE:
            return super().get_command(ctx, name)
        from importlib import import_module

        module, command, _ = ELSEWHERE[name]
        found: click.Command = getattr(import_module(module), command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(70)) for name, command in sorted(self.commands.items())]
        rows += [(name, help_text) for name, (_, _, help_text) in ELSEWHERE.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))


@click.group(
    cls=Main,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="workbench")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build a DAG, run it through days of virtual time, ask why, go back, change one thing.

    Start with `workbench` alone, which tells a story first. FILE is a pipeline file, or the name of a sample such as
    daily_flights.
    """
    if ctx.invoked_subcommand is not None:
        return
    if sys.stdout.isatty() and sys.stdin.isatty():
        from workbench.cli_tui import home

        home()
    else:
        click.echo(ctx.get_help())


@main.command()
@HISTORY
def demo(history: str | None) -> None:
    """Why was Friday's report wrong? A story on real flights, a few minutes to read."""
    from workbench.demo import tell

    with opened(history) as kept:
        tell(kept, click.echo, styled, bin=typed_folder(), ascii=not draws_boxes())


@main.command()
@click.argument("file", type=click.Path())
@SCENARIO
@click.option(
    "--until",
    metavar="T",
    help="Simulate to here: '2013-01-05 09:00' in the DAGs' zone, or 2013-01-05T09:00Z. Default: the scenario's end.",
)
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@HISTORY
@JSON
def simulate(
    file: str, scenario: str | None, until: str | None, seed: int | None, history: str | None, as_json: bool
) -> None:
    """Run the DAGs of FILE through virtual time and say what happened."""
    from workbench.reports import simulation_data, simulation_lines

    with opened(history) as kept:
        session = session_on(file, scenario, seed, kept)
        session.run_until(session.instant(until) if until else None, progress=progress_line())
        if as_json:
            show_json(simulation_data(session, kept.path if kept else None))
        else:
            ask = f"{typed_folder()}workbench why {file}" + (f" --scenario {quoted(scenario)}" if scenario else "")
            show(simulation_lines(session, kept.path if kept else None, ask))


@main.command()
@click.argument("file", type=click.Path())
@click.argument("task", metavar="TASK[@DAY]|DAG[@DAY]")
@click.option(
    "--at",
    "at",
    metavar="T",
    help="07:00 (on the day the run is made) or '2013-01-04 07:00', in the DAG's zone; or "
    "2013-01-04T07:00Z. Default: the scenario's end.",
)
@SCENARIO
@JSON
def why(file: str, task: str, at: str | None, scenario: str | None, as_json: bool) -> None:
    """Why is TASK, or the run of a DAG, as it is? It knows what the orchestrator knows, and not what will happen."""
    session = session_on(file, scenario, None, None)
    until = session.instant_on(task, at) if at else session.end
    session.run_until(max(until, session.start))
    answer = session.explain(task)
    if as_json:
        show_json(answer.to_data())
    else:
        show([asked_line(answer, session), *(part for text in str(answer).splitlines() for part in folded(text))])


class Doing(click.Command):
    """Takes a command line after `--resume` for what it is, and not for the name of a recording."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        from itertools import zip_longest

        pairs = zip_longest(args, args[1:])
        return super().parse_args(
            ctx, ["--resume=" if one == "--resume" and is_line(two) else one for one, two in pairs]
        )


def is_line(text: str | None) -> bool:
    """Is it a command, rather than the name of a recording or a future?"""
    from workbench.verbs.table import ALIASES, VERBS

    verbs = {name.partition(" ")[0] for name in (*VERBS, *ALIASES)}
    return text is not None and (" " in text.strip() or text in verbs)


@main.command(name="do", cls=Doing)
@click.argument("file", type=click.Path())
@click.argument("lines", nargs=-1, metavar='["VERB ..."]...')
@click.option(
    "--script",
    type=click.Path(),
    help="Do the lines of a file as well, first; - takes them from the input as they come.",
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value="",
    metavar="[WHAT]",
    help="Go on where the newest recording of FILE ended, or another: its number or name, a future (B), or 3/B.",
)
@click.option("--plan", is_flag=True, help="Say what each command would change. None is done, nothing is kept.")
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@SCENARIO
@HISTORY
@JSON
def do_lines(
    file: str,
    lines: tuple[str, ...],
    script: str | None,
    resume: str | None,
    plan: bool,
    seed: int | None,
    scenario: str | None,
    history: str | None,
    as_json: bool,
) -> None:
    """Do commands, one after the other: "go 07:35", "rerun clean@2013-01-03 down", ...

    One line is one command, and one undo. `workbench verbs` lists them all. It begins where the scenario begins, or
    with --resume where a recording ended; with --plan, time goes on where a line says so, and commands only say what
    they would change.
    """
    from workbench.verbs.scripts import Script, data_of, told

    work = Script.of(lines, script, sys.stdin)
    with opened_again(file, history, plan) if resume is not None else opened("none" if plan else history) as kept:
        if resume is None:
            session = session_on(file, scenario, seed, kept)
        else:
            session = resumed_on(file, resume, scenario, seed, kept)
        path = kept.path if kept and not plan else None
        done = work.done(session, plan, complain if sys.stdin.isatty() else None)
        if as_json:
            show_json(data_of(session, list(done), path))
        else:
            for one in done:
                show([part for line in told(one) for part in folded(line)])
            show([f"History: {path}"] if path else [])


@main.command()
@click.argument("verb", nargs=-1)
def verbs(verb: tuple[str, ...]) -> None:
    """All commands of `workbench do`, with an example each; or all about one VERB."""
    from workbench.verbs import help_lines

    show(help_lines(" ".join(verb)))


@main.command()
@click.argument("what", type=click.Choice(["pipeline", "scenario"]))
def schema(what: str) -> None:
    """The JSON Schema of pipeline files or of scenarios, for editors."""
    from workbench import schemas

    show_json(schemas.pipeline_schema() if what == "pipeline" else schemas.scenario_schema())


@main.command()
@click.argument("file", type=click.Path())
@click.option("--dag", help="Only this DAG of FILE.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write x.txt, x.svg or x.dot instead.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII, for old consoles.")
def draw(file: str, dag: str | None, output: str | None, ascii_only: bool) -> None:
    """Draw the DAGs of FILE. Runs none of its code and needs no Graphviz."""
    from workbench.reports import drawing

    text = drawing(file, dag, output, ascii_only or not (output or draws_boxes()), terminal_width())
    if output is None:
        show(text.splitlines())
    else:
        write_file(Path(output), text + "\n")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--strict", is_flag=True, help="Also what a platform asks for: owners, runbooks, names.")
def validate(files: tuple[str, ...], strict: bool) -> None:
    """Check pipeline files, with their scenarios. Runs none of their code; all problems at once. With --strict,
    warnings end with status 1."""
    from workbench.reports import validation

    lines, problems, warnings = validation(files, strict)
    for line in lines:
        click.echo(line)
    for problem in (*problems, *warnings):
        click.echo(problem, err=True)
    if problems or warnings:
        sys.exit(2 if problems else 1)


MOODS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "heading": {"fg": "cyan"},
    "strong": {"bold": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "late": {"fg": "yellow"},
    "you": {"fg": "magenta"},
}


def styled(text: str, mood: str) -> str:
    """The text in the mood's colour; none when NO_COLOR is set, and click drops it where there is no terminal."""
    import os

    return text if os.environ.get("NO_COLOR") or mood not in MOODS else click.style(text, **MOODS[mood])


def typed_folder() -> str:
    """What has to be typed in front of a command of this installation: nothing when its folder is on the PATH."""
    import shutil

    folder = Path(sys.argv[0]).parent
    found = shutil.which("workbench")
    if (found and Path(found).parent.resolve() == folder.resolve()) or not (folder / Path(sys.argv[0]).name).exists():
        return ""
    import os

    return f"{folder}{os.sep}"


def opened(history: str | None) -> Any:
    """The history to keep, as a context; None inside when nothing is to be kept."""
    from contextlib import nullcontext

    from workbench.keeping import Keeper
    from workbench.model import InvalidInput

    if history == "none":
        return nullcontext(None)
    try:
        return Keeper.open(history)
    except InvalidInput as error:
        hint = [] if history else ["--history FILE keeps it elsewhere, --history none keeps nothing"]
        raise InvalidInput([*error.problems, *hint]) from None


def opened_again(file: str, history: str | None, plan: bool) -> Any:
    """A history that is there, to go on with a recording; with `plan` only to read it."""
    from workbench.history import History
    from workbench.keeping import Keeper, history_path
    from workbench.resuming import check_place

    path = history_path(history)
    check_place(path, file)
    return History.open(path, write=False) if plan else Keeper.open(path)


def resumed_on(file: str, resume: str, scenario: str | None, seed: int | None, kept: Any) -> Session:
    """A session at the end of a recording of a file."""
    from workbench.model import InvalidInput
    from workbench.resuming import resume as resumed

    if seed is not None:
        raise InvalidInput(["--seed: a recording keeps its seed; give --seed without --resume"])
    return resumed(file, kept, resume, scenario)


def complain(error: Any) -> None:
    """To a person who types lines: what is wrong with one, and the next may come."""
    for problem in error.problems:
        click.echo(str(problem), err=True)


def draws_boxes() -> bool:
    """Can the output show the characters of the pictures? Old consoles get ASCII."""
    try:
        "╭▤►░✔".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def session_on(file: str, scenario: str | None, seed: int | None, kept: Any) -> Session:
    """A session on a file, kept in a history if there is one."""
    from workbench.opening import load

    return load(file, scenario, seed=seed, history=kept)


def asked_line(answer: Why | WhyRun, session: Session) -> str:
    """What was asked, with both dates: `daily_flights.publish of Thu 3 Jan 2013, at Fri 4 Jan 2013 06:12 UTC`."""
    name = ".".join(part for part in (answer.dag, getattr(answer, "task", "")) if part)
    spec = session.current_workspace().dags[answer.dag]
    at = answer.at.astimezone(spec.zone)
    day = f" of {answer.partition}" if answer.partition else ""
    return styled(f"{name}{day}, at {at:%a} {at.day} {at:%b %Y %H:%M} {spec.zone.key}", "heading")


def folded(text: str) -> list[str]:
    """A line as wide as the terminal allows; whole where nobody looks."""
    import textwrap

    width, indent = terminal_width(), " " * (len(text) - len(text.lstrip()))
    if width is None or len(text) <= width:
        return [text]
    return textwrap.wrap(text, max(width, 30), subsequent_indent=indent + "  ", break_on_hyphens=False)


def quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def progress_line() -> Callable[[Any], None] | None:
    """A line on standard error that says how far a long simulation has come; none where nobody looks."""
    if not sys.stderr.isatty():
        return None
    import time

    begun = time.monotonic()

    def told(now: Any) -> None:
        if time.monotonic() - begun > 1:
            click.echo(f"\rsimulated to {now:%Y-%m-%d %H:%M} (Ctrl+C stops) ", nl=False, err=True)

    return told


def show(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def show_json(data: Any) -> None:
    import json

    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def terminal_width() -> int | None:
    """The terminal's width in cells; None when the output goes elsewhere."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def write_file(path: Path, text: str) -> None:
    from workbench.model import InvalidInput

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput([f"{path} cannot be written: {error.strerror or error}"]) from None
    click.echo(f"wrote {path}")


if __name__ == "__main__":
    main()
