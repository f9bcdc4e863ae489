"""Opening things: a pipeline file or a sample that ships, checked, as a session."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from workbench.model import InvalidInput, nearest
from workbench.model.reading import Loaded, read_workspace
from workbench.scenario import find_scenario
from workbench.session import Session
from workbench.writing import Keeping


def load(
    path: str | Path, scenario: str | None = None, *, seed: int | None = None, history: Keeping | None = None
) -> Session:
    """A session on a pipeline file, or on a sample by its name. `scenario`: a name in that file, or a path to
    another; `seed` instead of the scenario's own. Raises InvalidInput with everything that is wrong."""
    loaded = read_checked(path)
    found = find_scenario(loaded, scenario, loaded.workspace)
    if seed is not None:
        found = replace(found, seed=seed)
    return Session(loaded.workspace, found, history=history)


def sample(name: str = "daily_flights", scenario: str | None = None, *, history: Keeping | None = None) -> Session:
    """A session on a pipeline that ships with the workbench."""
    return load(sample_path(name), scenario, history=history)


def read_checked(path: str | Path) -> Loaded:
    """A pipeline file (or a sample by its name) whose DAGs make sense. Runs none of its code."""
    return read_workspace(file_of(path))


def file_of(path: str | Path) -> Path:
    """The file itself, or the sample of that name when there is no such file."""
    name = str(path)
    if Path(path).exists() or Path(path).suffix or "/" in name:
        return Path(path)
    if name not in samples():
        raise InvalidInput([f"{name}: there is no such file, and no sample of that name{nearest(name, samples())}"])
    return samples()[name]


def samples() -> dict[str, Path]:
    """Every pipeline that ships, by name."""
    folder = Path(str(files("tutorials"))) / "pipelines"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def sample_path(name: str) -> Path:
    """The file of a sample."""
    if name not in samples():
        raise InvalidInput([f"there is no sample '{name}'{nearest(name, samples())}"])
    return samples()[name]
