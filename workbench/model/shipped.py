"""Files that ship with the workbench, found the same way from a wheel and from a checkout.

A pipeline names its data with `shipped:nycflights13/jfk/{partition}.csv.gz`, which is the same on every machine; in
Python the file itself is `data("nycflights13/jfk/2013-01-03.csv.gz")`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path, PurePosixPath

from workbench.model.problems import InvalidInput, nearest

SHIPPED = "shipped:"


def place_of(folder: str, path: str) -> Path:
    """Where the data of an input lie: beside its pipeline file, or among those that ship."""
    name = path.removeprefix(SHIPPED)
    return Path(folder, path) if name == path else tutorials("data") / name


def is_shipped_name(path: str) -> bool:
    """Does it name data that ship?"""
    return path.startswith(SHIPPED)


def tutorials(folder: str) -> Path:
    """A folder of what ships."""
    return Path(str(files("tutorials"))) / folder


def data(name: str) -> Path:
    """A file of data that ships: `data("nycflights13/jfk/2013-01-03.csv.gz")`. Raises InvalidInput, with the nearest
    name, when there is none."""
    root = tutorials("data")
    plain = PurePosixPath(name.removeprefix(SHIPPED).replace("\\", "/"))
    if ".." not in plain.parts and not plain.is_absolute() and (root / plain).is_file():
        return root / plain
    known = [one.relative_to(root).as_posix() for one in sorted(root.rglob("*.gz"))]
    raise InvalidInput([f"there are no data '{name}' that ship with the workbench{nearest(name, known)}"])
