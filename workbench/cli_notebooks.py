"""`workbench notebooks`: what notebooks there are, and copies of them."""

from __future__ import annotations

import click


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--replace", is_flag=True, help="Write those that are there already anew; what was changed in them is lost."
)
def notebooks(folder: str | None, names: tuple[str, ...], replace: bool) -> None:
    """Copy the tutorial notebooks to FOLDER, to work in: all, or those named (n3). Without a folder, list them."""
    from workbench.copying import copy_notebooks
    from workbench.copying import notebooks as shipped

    if folder is None:
        rows = [f"{one.name}  {one.title.partition(' · ')[2] or one.title}" for one in shipped().values()]
        for row in [*rows, "To have them in a folder of yours: workbench notebooks FOLDER"]:
            click.echo(row)
        return
    for sentence in copy_notebooks(folder, names, replace).sentences:
        click.echo(sentence)
