"""Opening things: a pipeline file, a sample that ships, or a history that was kept."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from workbench.model import InvalidInput, nearest
from workbench.model.reading import Loaded, read_workspace
from workbench.scenario import find_scenario
from workbench.session import Session, Writer


def load(path: str | Path, scenario: str | None = None, *, history: Writer | None = None) -> Session:
    """A session on a pipeline file. `scenario`: a name in that file, or a path to another. Raises InvalidInput
    with everything that is wrong."""
    loaded = read_checked(path)
    return Session(loaded.workspace, find_scenario(loaded, scenario, loaded.workspace), history=history)


def read_checked(path: str | Path) -> Loaded:
    """A pipeline file whose DAGs make sense. Runs none of its code."""
    from workbench.model.check import check_workspace

    loaded = read_workspace(path)
    problems = check_workspace(loaded.workspace)
    if problems:
        raise InvalidInput(problems)
    return loaded


def sample_path(name: str = "daily_flights") -> Path:
    """The file of a pipeline that ships with the workbench."""
    folder = Path(str(files("tutorials"))) / "pipelines"
    found = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if name not in found:
        raise InvalidInput([f"there is no sample '{name}'{nearest(name, found)}"])
    return found[name]


def sample(name: str = "daily_flights", scenario: str | None = None, *, history: Writer | None = None) -> Session:
    """A session on a sample."""
    return load(sample_path(name), scenario, history=history)
