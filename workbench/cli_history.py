"""The command `workbench history`: look at what was kept, ask it, hand it on. Heavy imports happen inside."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from workbench.history import History

HISTORY = click.option("--history", metavar="DB", help="The history to read. Default: the file of your own.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")


@click.group("history")
def history_group() -> None:
    """Look at what was kept: recordings, their futures, every event, and tables to ask in SQL.

    A RECORDING is a number or a name (the newest of that name); 2/B is future B of recording 2. Without one, it is
    what was last worked on.
    """


@history_group.command("list")
@HISTORY
@JSON
def list_(history: str | None, as_json: bool) -> None:
    """Recordings and their futures: when, how many events, which is current."""
    from workbench.recorded import list_data, list_lines

    with opened(history) as kept:
        show_either(list_data, list_lines, as_json, kept)


@history_group.command()
@click.argument("recording", required=False)
@HISTORY
@JSON
def show(recording: str | None, history: str | None, as_json: bool) -> None:
    """How a future came out: runs, tries, what was done by hand, what is still open."""
    from workbench.recorded import choose, show_data, show_lines

    with opened(history) as kept:
        show_either(show_data, show_lines, as_json, choose(kept, recording))


@history_group.command()
@click.argument("recording", required=False)
@click.option("--dag", help="Only of this DAG.")
@click.option("--task", help="Only of this task, input or dataset.")
@click.option("--partition", metavar="DAY", help="Only of this partition, such as 2013-01-03.")
@click.option("--kind", help="Only this kind, such as attempt_ended.")
@click.option("--from", "after", metavar="T", help="Only from here, such as '2013-01-04 06:00' in the DAGs' zone.")
@click.option("--until", metavar="T", help="Only to here, this instant included.")
@click.option("--limit", type=click.IntRange(0), default=200, show_default=True, help="At most so many; 0: all.")
@HISTORY
@JSON
def events(
    recording: str | None,
    dag: str | None,
    task: str | None,
    partition: str | None,
    kind: str | None,
    after: str | None,
    until: str | None,
    limit: int,
    history: str | None,
    as_json: bool,
) -> None:
    """Every event in words, with its number and the number of its cause."""
    from workbench.recorded import choose
    from workbench.recorded_events import Future, Wanted, event_data, event_lines, instant, wanted_events

    with opened(history) as kept:
        future = Future(choose(kept, recording))
        begin, end = (instant(text, future.zone) if text else None for text in (after, until))
        found, more = wanted_events(future, Wanted(dag, task, partition, kind, begin, end, limit))
        if as_json:
            show_json(event_data(found, more))
        else:
            show_lines_of(event_lines(found, more, future.zone))
    if not found:
        sys.exit(1)


@history_group.command()
@click.argument("a")
@click.argument("b")
@HISTORY
@click.option("--other", metavar="DB", help="The history in which B is, when it is another file.")
@JSON
def diff(a: str, b: str, history: str | None, other: str | None, as_json: bool) -> None:
    """Where two futures or recordings part: the first event that differs, its cause, and what came of it."""
    from workbench.recorded import choose
    from workbench.recorded_events import diff as compared
    from workbench.recorded_events import diff_data, diff_lines

    with opened(history) as kept, opened(other or history) as second:
        show_either(diff_data, diff_lines, as_json, compared(choose(kept, a), choose(second, b)))


@history_group.command()
@click.argument("sql")
@HISTORY
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values instead of a table.")
@JSON
@click.option("--limit", type=click.IntRange(0), default=1000, show_default=True, help="At most so many rows; 0: all.")
@click.option("--seconds", type=click.FloatRange(0.1), default=10, show_default=True, help="Stop after so long.")
def query(sql: str, history: str | None, as_csv: bool, as_json: bool, limit: int, seconds: float) -> None:
    """Ask the tables in SQL, which can only read. docs/history.md describes them; `run`, `task_instance`, `attempt`,
    `log` and `action` show the future last worked on."""
    from workbench.answers import as_csv_text, as_data, as_table

    with opened(history) as kept:
        answer = kept.ask(sql, limit, seconds)
    if as_json:
        show_json(as_data(answer))
    elif as_csv:
        click.echo(as_csv_text(answer), nl=False)
    else:
        show_lines_of(as_table(answer))
    if answer.is_cut:
        click.echo(f"only the first {limit} rows are shown; --limit 0 shows all", err=True)


@history_group.command()
@click.argument("recording", required=False)
@click.option("-o", "--output", metavar="DB", required=True, help="The file to write; it must not be there yet.")
@HISTORY
def export(recording: str | None, output: str, history: str | None) -> None:
    """Write one recording, with all its futures, into a file of its own."""
    from workbench.recorded import choose

    with opened(history) as kept:
        chosen = choose(kept, recording)
        kept.export(chosen.recording.id, output)
    click.echo(f"wrote {output}: recording {chosen.recording.id}, {chosen.recording.name}, with all its futures")


@history_group.command("import")
@click.argument("file")
@click.option("--history", metavar="DB", help="The history that takes it. Default: the file of your own.")
def import_(file: str, history: str | None) -> None:
    """Take over the recordings of FILE, an export or another history."""
    from workbench.history import History
    from workbench.keeping import history_path

    with History.open(file, write=False) as other, History.open(history_path(history)) as kept:
        for old, new in kept.adopt(other).items():
            click.echo(f"recording {old} of {file} is now recording {new} of {kept.path}")


def opened(history: str | None) -> AbstractContextManager[History]:
    """The history to read."""
    from workbench.history import History
    from workbench.keeping import history_path
    from workbench.model import InvalidInput

    path = history_path(history)
    if history is None and not path.exists():
        told = "nothing was kept yet, so there is nothing to read: run something, for example workbench simulate"
        raise InvalidInput([f"{told} daily_flights, or give a file with --history"])
    return History.open(path, write=False)


def show_either(data: Any, lines: Any, as_json: bool, what: Any) -> None:
    if as_json:
        show_json(data(what))
    else:
        show_lines_of(lines(what))


def show_lines_of(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def show_json(data: Any) -> None:
    import json

    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
