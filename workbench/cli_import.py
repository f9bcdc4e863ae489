"""`workbench import`: a pipeline of another tool as a pipeline file. What is imported is read and never run."""

from __future__ import annotations

import sys

import click


@click.command("import")
@click.argument("source", required=False)
@click.option("-o", "--out", metavar="FILE", help="Where to write it. Default: the name of SOURCE, as .yaml, here.")
@click.option("--as", "kind", metavar="KIND", help="What SOURCE is: airflow, dbt, actions, wfcommons, line, workbench.")
@click.option("--times", metavar="CSV", help="What its runs took and how often they failed: a CSV file.")
@click.option("--day", metavar="DATE", help="With --times: the day that becomes a scenario. Default: the newest.")
@click.option("--help-times", is_flag=True, help="Which columns the CSV has, and the SQL that gets it out of Airflow.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
def import_command(
    source: str | None,
    out: str | None,
    kind: str | None,
    times: str | None,
    day: str | None,
    help_times: bool,
    replace: bool,
) -> None:
    """A pipeline of another tool as a pipeline file to play with.

    SOURCE is an Airflow file (.py), dbt's manifest.json, a workflow of GitHub Actions (.yml), a WfCommons instance
    (.json), or - for a line such as a >> b >> c on standard input. It is read as text and never run.
    """
    from workbench.importing.saving import imported, lines_of, times_help

    if help_times:
        click.echo(times_help())
        return
    if source is None:
        raise click.UsageError("name what to import: a file, or - for standard input")
    if day is not None and times is None:
        raise click.UsageError("--day chooses a day of --times; name that file too")
    made = imported(source, kind=kind, times=times, day=day, text=sys.stdin.read() if source == "-" else None)
    for sentence in lines_of(made, made.save(out, replace=replace)):
        click.echo(sentence)
