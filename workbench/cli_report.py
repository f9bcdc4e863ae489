"""The commands `workbench report` and `workbench card`: what a recording shows, and what one run was made of. Heavy
imports happen inside.
"""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli_data import AT, moment_of, told
from workbench.cli_history import HISTORY, JSON, show_json, show_lines_of


@click.command()
@click.argument("where", metavar="HISTORY")
@click.option("-o", "--output", type=click.Path(), help="Write x.md or x.html instead. A report there is replaced.")
@click.option("--force", is_flag=True, help="Write over a file that is no report.")
@AT
@HISTORY
@told
def report(where: str, output: str | None, force: bool, at: str | None, history: str | None) -> None:
    """Why a step waited, what was late, what reran, what was backfilled, what was checked, who was told, what it
    cost."""
    from workbench.recorded_report import check_output, report_at, written
    from workbench.views.report_markdown import markdown

    path = Path(output) if output is not None else None
    if path is not None:
        check_output(path, force)
    with moment_of(where, at, history) as here:
        found = report_at(here)
    if path is None:
        click.echo(markdown(found), nl=False)
    else:
        written(found, path)
        click.echo(f"wrote {path}")


@click.command()
@click.argument("where", metavar="HISTORY")
@click.argument("run", metavar="RUN")
@click.argument("other", metavar="[RUN]", required=False)
@AT
@HISTORY
@JSON
@told
def card(where: str, run: str, other: str | None, at: str | None, history: str | None, as_json: bool) -> None:
    """What a run was made of: environment, code, inputs, outputs, model, parent and parameters; of two, how they
    differ. RUN is daily_flights@2013-01-03 (the newest of that day), or with #1 the first."""
    from workbench.recorded_report import card_data, card_lines

    with moment_of(where, at, history) as here:
        if as_json:
            show_json(card_data(here, run, other))
        else:
            show_lines_of(card_lines(here, run, other))
