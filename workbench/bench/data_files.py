"""The files of data that a pipeline names, when it is saved elsewhere: those that would lie far away, or in the
workbench itself, are copied beside it, into `data/`. So what was saved can be moved, and given to others.
"""

from __future__ import annotations

import filecmp
import glob
import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from workbench.model import DagSpec
from workbench.model.shipped import is_shipped_name
from workbench.views.clock import plural

FOLDER = "data"
_DAY = "{partition}"


class DataFile(NamedTuple):
    """A file that is copied: from where, and where to, beside the pipeline."""

    source: Path
    target: str


def placed(path: str | None, old: str, new: str) -> str | None:
    """A path beside one folder as it is written beside another."""
    if path is None or os.path.isabs(path) or is_shipped_name(path):
        return path
    whole = os.path.abspath(Path(old, path))
    if _is_shipped(whole) and not _is_shipped(new):
        return _copied(path)
    try:
        common = os.path.commonpath([whole, new])
        is_near = os.path.dirname(common) != common
    except ValueError:  # on another drive
        is_near = False
    return Path(os.path.relpath(whole, new)).as_posix() if is_near else _copied(path)


def _copied(path: str) -> str:
    """`../data/flights/{partition}.csv` is `data/flights/{partition}.csv`."""
    parts = [part for part in PurePosixPath(Path(path).as_posix()).parts if part not in (".", "..")]
    return "/".join((FOLDER, *parts[parts[:1] == [FOLDER] :]))


@cache
def _shipped() -> str:
    return os.path.realpath(str(files("tutorials")))


def _is_shipped(path: str) -> bool:
    real = os.path.realpath(path)
    return real == _shipped() or real.startswith(f"{_shipped()}{os.sep}")


def to_copy(specs: Iterable[DagSpec], folder: Path) -> tuple[DataFile, ...]:
    """The files that have to come along, when these are saved in a folder; those that are there already need not."""
    new = str(folder.resolve())
    found = dict.fromkeys(one for spec in specs for one in _of(spec, new))
    return tuple(one for one in found if not is_there(one, folder))


def _of(spec: DagSpec, new: str) -> Iterator[DataFile]:
    for one in spec.inputs.values():
        if one.path is None or not spec.folder or str(Path(spec.folder).resolve()) == new:
            continue
        target = placed(one.path, spec.folder, new)
        if target is None or os.path.isabs(target) or target != _copied(one.path):
            continue
        pattern = "*".join(map(glob.escape, one.path.split(_DAY)))
        for name in sorted(glob.glob(pattern, root_dir=spec.folder)):
            whole = Path(os.path.abspath(Path(spec.folder, name)))
            if whole.is_file():
                yield DataFile(whole, _copied(name))


def is_there(one: DataFile, folder: Path) -> bool:
    """Does the very same lie there already?"""
    target = folder / one.target
    try:
        return target.is_file() and filecmp.cmp(one.source, target, shallow=False)
    except OSError:
        return False


def in_the_way(some: Iterable[DataFile], folder: Path) -> list[str]:
    """Names that other files have already."""
    return [one.target for one in some if (folder / one.target).exists()]


def said(some: Iterable[DataFile]) -> str:
    """`12 files of data, 84 kB, to data/`."""
    sizes = [one.source.stat().st_size for one in some if one.source.is_file()]
    return f"{plural(len(sizes), 'file')} of data, {_size(sum(sizes))}, to {FOLDER}/"


def _size(count: int) -> str:
    if count < 1000:
        return plural(count, "byte")
    return f"{round(count / 1000)} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
