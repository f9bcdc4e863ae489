"""Opening things: a pipeline file or a sample that ships, checked, as a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from workbench.importing.hints import hint
from workbench.model import InvalidInput, Problem, nearest
from workbench.model.reading import LOST, Loaded, read_partly, read_together
from workbench.scenario import Scenario, find_scenario
from workbench.scenario.reading import scenario_problems
from workbench.session import Session
from workbench.writing import Keeping

# What keeps a session: a history, or the path of one.
Kept = Keeping | str | Path | None


def load(
    path: str | Path,
    scenario: str | None = None,
    *,
    seed: int | None = None,
    history: Kept = None,
) -> Session:
    """A session on a pipeline file, or on a sample by its name. `scenario`: a name in that file, or a path to
    another; `seed` instead of the scenario's own. Raises InvalidInput with everything that is wrong."""
    return _session(read_partly(file_of(path)), scenario, seed, history)


def load_together(
    paths: Sequence[str | Path],
    scenario: str | None = None,
    *,
    seed: int | None = None,
    history: Kept = None,
) -> Session:
    """A session on several pipeline files, which are one workspace. Raises InvalidInput with all that is wrong."""
    return _session(read_together([file_of(path) for path in paths]), scenario, seed, history)


def _session(loaded: Loaded, scenario: str | None, seed: int | None, history: Kept) -> Session:
    found = _with_scenario(loaded, scenario)
    if seed is not None:
        found = replace(found, seed=seed)
    return Session(loaded.workspace, found, history=history)


def _with_scenario(loaded: Loaded, scenario: str | None) -> Scenario:
    """The scenario that was asked for. What is wrong with the file and with it is told in one go."""
    problems = list(loaded.problems)
    try:
        found = find_scenario(loaded, scenario, loaded.workspace)
    except InvalidInput as error:
        # A scenario that is not there may be in what could not be read.
        problems += [] if problems and LOST in loaded.unread else error.problems
    if problems:
        raise InvalidInput(problems)
    return found


def sample(name: str = "daily_flights", scenario: str | None = None, *, history: Kept = None) -> Session:
    """A session on a pipeline that ships with the workbench; those of the curriculum too (`l5_1`)."""
    return load(sample_path(name), scenario, history=history)


def read_checked(path: str | Path) -> Loaded:
    """A pipeline file (or a sample by its name) whose DAGs make sense. Runs none of its code. Raises InvalidInput with
    what is wrong with them, and then also with its scenarios."""
    loaded = read_partly(file_of(path))
    if loaded.problems:
        raise InvalidInput([*loaded.problems, *scenario_problems(loaded)])
    return loaded


def file_of(path: str | Path) -> Path:
    """The file itself, or the sample of that name when there is no such file."""
    name = str(path)
    if Path(path).exists() or Path(path).suffix or "/" in name:
        return _ours(Path(path))
    if name not in samples():
        raise InvalidInput([f"{name}: there is no such file, and no sample of that name{nearest(name, samples())}"])
    return samples()[name]


def _ours(path: Path) -> Path:
    """Raises InvalidInput for a file of another tool, which can be imported."""
    if told := hint(path):
        raise InvalidInput([Problem(told, str(path))])
    return path


def samples() -> dict[str, Path]:
    """Every pipeline that ships, by name."""
    folder = Path(str(files("tutorials"))) / "pipelines"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def sample_path(name: str) -> Path:
    """The file of a sample, or of a level of the curriculum (`l5_1`)."""
    known = samples() | _levels()
    if name not in known:
        raise InvalidInput([f"there is no sample '{name}'{nearest(name, known)}"])
    return known[name]


def _levels() -> dict[str, Path]:
    """The pipelines of the curriculum, by name. They are no samples to begin with, so no shelf shows them."""
    folder = Path(str(files("tutorials"))) / "pipelines" / "curriculum"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
