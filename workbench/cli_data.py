"""The commands `workbench data`, `lineage` and `alerts`: what was written, made of what, and who was told. Heavy
imports happen inside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from workbench.cli_history import HISTORY, JSON, opened, show_json, show_lines_of

if TYPE_CHECKING:
    from workbench.recorded_data import Moment

AT = click.option(
    "--at", metavar="T", help="At this instant, such as '2013-01-04 08:00' in the DAGs' zone. Default: the end."
)
_WHERE = """HISTORY is a history file, where the future last worked on is meant, or a recording in the history of your
    own (or of --history): a number, a name, or 2/B for future B of recording 2."""


def told(function: Callable[..., None]) -> Callable[..., None]:
    """Its help says what HISTORY is."""
    function.__doc__ = f"{function.__doc__}\n\n    {_WHERE}\n    "
    return function


@click.command()
@click.argument("where", metavar="HISTORY")
@click.argument("dataset", metavar="[DATASET[@DAY]]", required=False)
@AT
@HISTORY
@JSON
@told
def data(where: str, dataset: str | None, at: str | None, history: str | None, as_json: bool) -> None:
    """What was written: all datasets, the versions of one, or all about one of its partitions."""
    from workbench.recorded_data import data_data, data_lines, has_versions

    with moment_of(where, at, history) as here:
        if as_json:
            show_json(data_data(here, dataset))
        else:
            show_lines_of(data_lines(here, dataset))
        found = has_versions(here, dataset)
    if not found:
        sys.exit(1)


@click.command()
@click.argument("where", metavar="HISTORY")
@click.argument("dataset", metavar="[DATASET@DAY]", required=False)
@click.option("--stale", is_flag=True, help="What is stale: of all data, of one DATASET, or of one DATASET@DAY.")
@click.option("--up", is_flag=True, help="Only what it was made of.")
@click.option("--down", is_flag=True, help="Only what was made of it.")
@AT
@HISTORY
@JSON
@told
def lineage(
    where: str,
    dataset: str | None,
    stale: bool,
    up: bool,
    down: bool,
    at: str | None,
    history: str | None,
    as_json: bool,
) -> None:
    """What the live version of a partition was made of, and what was made of it. It may be one of an input."""
    from workbench import recorded_data as told_of
    from workbench.model import InvalidInput

    if stale and (up or down):
        raise InvalidInput(["--stale shows what is stale; it goes without --up and --down"])
    with moment_of(where, at, history) as here:
        if stale:
            show_json(told_of.stale_data(here, dataset)) if as_json else show_lines_of(
                told_of.stale_lines(here, dataset)
            )
            return
        if dataset is None:
            raise InvalidInput(["which dataset, and which day? write for example pub_punctuality@2013-01-03"])
        if as_json:
            show_json(told_of.lineage_data(here, dataset))
        else:
            show_lines_of(told_of.lineage_lines(here, dataset, up or not down, down or not up))


@click.command()
@click.argument("where", metavar="HISTORY")
@AT
@HISTORY
@JSON
@told
def alerts(where: str, at: str | None, history: str | None, as_json: bool) -> None:
    """Who was told what, when, by which route, after how long they answered, and who never was told."""
    from workbench.recorded_data import alerts_data, alerts_lines

    with moment_of(where, at, history) as here:
        if as_json:
            show_json(alerts_data(here))
        else:
            show_lines_of(alerts_lines(here))


@contextmanager
def moment_of(where: str, at: str | None, history: str | None) -> Iterator[Moment]:
    """What was known in the recording that a person means."""
    from workbench.model import InvalidInput
    from workbench.recorded import choose
    from workbench.recorded_data import is_file, moment

    named = is_file(where)
    if named and history is not None:
        raise InvalidInput([f"{where} is a file, and --history names another; give a recording of that, such as 2/B"])
    with opened(where if named else history) as kept:
        yield moment(choose(kept, None if named else where), at)
