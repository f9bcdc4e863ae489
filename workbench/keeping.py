"""Where histories lie, and sessions that go on from one. The edge of the core: only here is the wall clock read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.engine import Event
from workbench.engine.events import DagEdited
from workbench.given import as_workspace
from workbench.history import History, Loaded, Recorder, SavedBranch
from workbench.model import Dag, DagSpec, InvalidInput, Task, Workspace, nearest
from workbench.model.lost import LostFunction
from workbench.scenario import Scenario
from workbench.session import Session
from workbench.timetable import format_instant
from workbench.writing import Writer


def default_path() -> Path:
    """The history of a person who names none: one file for all that they run."""
    from platformdirs import user_data_path

    return user_data_path("orchestration-workbench", appauthor=False) / "history.db"


def history_path(given: str | None) -> Path:
    """The file that a person named, or their own. Raises InvalidInput for `none`, where there is nothing to read."""
    if given == "none":
        raise InvalidInput(["--history none keeps nothing, so there is nothing to read; give a file"])
    return Path(given) if given is not None else default_path()


class Keeper:
    """An open history for new sessions: `Session(workspace, scenario, history=keeper)`."""

    def __init__(self, history: History, path: Path) -> None:
        self.history, self.path = history, path

    @classmethod
    def open(cls, path: str | Path | None = None) -> Keeper:
        """Open or make a history file (None: `default_path`). Raises HistoryError in words."""
        place = Path(path) if path is not None else default_path()
        return cls(History.open(place), place)

    def begin(self, workspace: Workspace, scenario: Scenario, start: datetime) -> Recorder:
        return self.history.begin(workspace, scenario, start, started_at=format_instant(wall_clock()))

    def close(self) -> None:
        self.history.close()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def reopen(
    history: Keeper | History,
    recording: int | None = None,
    workspace: Workspace | DagSpec | Dag | None = None,
    *,
    future: str | None = None,
) -> Session:
    """A session that goes on where a recording ends (None: the one last worked on), its cursor at the end of the
    `future` last worked on, or of another one. Give the `workspace` again when its functions were made in Python: a
    history keeps their names, not their code."""
    kept = history.history if isinstance(history, Keeper) else history
    writer = kept.resume(recording)  # first, so that nobody else writes between the two
    return session_of(kept.load(writer.recording), workspace, future, writer)


def open(
    path: str | Path,
    recording: int | None = None,
    workspace: Workspace | DagSpec | Dag | None = None,
    *,
    future: str | None = None,
) -> Session:
    """A session that goes on where it stood when it was kept in a file (None: the recording last worked on), at the end
    of the `future` last worked on, or of another one. What needs the code of a task that was made in a cell is refused
    until that cell is run again, or its `workspace` given; all else works. Raises InvalidInput in words."""
    place = Path(path)
    if not place.exists():
        raise InvalidInput([f"{place}: there is no such history; s.keep('{place.name}') begins one"])
    history = History.open(place)
    try:
        writer = history.resume(recording)
        return session_of(history.load(writer.recording), workspace, future, writer, lost=True)
    except BaseException:
        history.close()
        raise


def session_of(
    loaded: Loaded,
    workspace: Workspace | DagSpec | Dag | None = None,
    future: str | None = None,
    writer: Writer | None = None,
    lost: bool = False,
) -> Session:
    """As `reopen`, of a recording that was read; without a `writer` nothing of the session is kept. `lost`: functions
    that were made in Python may be missing; then all but going on can be done."""
    given = loaded.workspace if workspace is None else as_workspace(workspace)
    if not lost:
        _refuse_without(loaded.functions, given)
    names = [branch.name for branch in loaded.branches] or ["A"]
    if future is not None and future not in names:
        raise InvalidInput([f"recording {loaded.id} has no future '{future}'{nearest(future, names)}"])
    scenario = replace(loaded.scenario, start=loaded.start)
    found = _Given(given)
    session = Session(found.workspace(_marked(loaded.workspace, loaded.functions)), scenario, writer=writer)
    session.take_up(loaded.predictions)
    session.adopt([found.branch(saved) for saved in loaded.branches], future or loaded.current or "A")
    return session


def replay(path: str | Path | None = None, recording: int | None = None, future: str | None = None) -> Session:
    """A recording to be looked at (None: the one last worked on), from a file (None: `default_path`) that is only read:
    what is tried on it is not kept. Only what needs the code of a task that was made in Python is refused, when it is
    tried. Raises InvalidInput in words."""
    place = Path(path) if path is not None else default_path()
    if not place.exists():
        raise InvalidInput([f"{place}: there is no such history"])
    history = History.open(place, write=False)
    try:
        return session_of(history.load(recording), future=future, lost=True)
    finally:
        history.close()


def _refuse_without(functions: tuple[str, ...], given: Workspace) -> None:
    """Without its functions, a session would go on and make no rows."""
    for name in functions:
        dag, _, task = name.partition(".")
        spec = given.dags.get(dag)
        if spec is not None and task in spec.tasks and spec.tasks[task].function is not None:
            continue
        raise InvalidInput(
            [f"task '{name}' had a function made in Python: give it again, reopen(history, workspace=dag)"]
        )


def with_functions(saved: Workspace, given: Workspace) -> Workspace:
    """The saved workspace, with the Python functions of another one's tasks of the same names."""
    return _Given(given).workspace(saved)


def _marked(saved: Workspace, functions: tuple[str, ...]) -> Workspace:
    """The workspace with a mark at each task whose function was made in Python."""
    return replace(saved, dags={name: _marked_dag(spec, functions) for name, spec in saved.dags.items()})


def _marked_dag(spec: DagSpec, functions: tuple[str, ...]) -> DagSpec:
    lost = [name for name in spec.tasks if f"{spec.name}.{name}" in functions]
    marked = {name: replace(spec.tasks[name], function=LostFunction(spec.name, name)) for name in lost}
    return replace(spec, tasks={**spec.tasks, **marked})


class _Given:
    """Functions made in Python, put back where a history kept only the names of their tasks. One that is not given
    stays marked as lost: one mark for each task, in all versions of its DAG."""

    def __init__(self, given: Workspace) -> None:
        self.given = given
        self.lost: dict[tuple[str, str], LostFunction] = {}

    def workspace(self, saved: Workspace) -> Workspace:
        return replace(saved, dags={name: self._dag(spec) for name, spec in saved.dags.items()})

    def branch(self, saved: SavedBranch) -> SavedBranch:
        """An edited DAG is kept whole, and so without its functions as well."""
        return replace(saved, events=[self._event(event) for event in saved.events])

    def _event(self, event: Event) -> Event:
        return event._replace(spec=self._dag(event.spec)) if isinstance(event, DagEdited) else event

    def _dag(self, saved: DagSpec) -> DagSpec:
        tasks = {name: replace(task, function=self._function(saved.name, task)) for name, task in saved.tasks.items()}
        return replace(saved, tasks=tasks)

    def _function(self, dag: str, task: Task) -> Callable[..., Any] | None:
        spec = self.given.dags.get(dag)
        found = spec.tasks[task.name].function if spec is not None and task.name in spec.tasks else None
        if found is not None or not isinstance(task.function, LostFunction):
            return found
        return self.lost.setdefault((dag, task.name), task.function)


def wall_clock() -> datetime:
    """Now, really: whole seconds, UTC."""
    return datetime.now(UTC).replace(microsecond=0)
