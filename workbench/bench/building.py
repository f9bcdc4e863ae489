"""The file behind a bench: what stands on the bench is saved to it, and what somebody else writes in it comes to the
bench as one command. While it cannot be read, its last good version goes on, and what is wrong is told.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.engine.events import COMMANDS
from workbench.model import DagSpec, InvalidInput, Problem, Workspace
from workbench.model.reading import Loaded, read_bytes, read_partly_text, read_together
from workbench.opening import file_of
from workbench.ordering import Order, as_written, differences, only_anew
from workbench.scenario import Scenario, find_scenario, scenario_to_data
from workbench.scenario.reading import scenario_problems
from workbench.session import Session
from workbench.views.clock import listed, plural
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.bench.saving import SavePlan

_MOST_EXCERPTS = 6
_LONGEST = 200

# All that is allowed needs no telling where the right word was found.
_LONG_LIST = re.compile(r"(did you mean '[^']*'\?) \(known: [^()]{60,}\)")

Modules = tuple[tuple[str, int, int], ...]


class Anew(NamedTuple):
    """A new beginning that a file needs: why, and the file of this name as it was read. `question`: for the person who
    would lose something."""

    reasons: tuple[str, ...]
    loaded: Loaded
    raw: bytes
    name: str
    question: str = ""


class Building:
    """`file`: the pipeline file, if the bench has one of its own; a sample is none. `files`: all that are followed:
    that one, or those that were opened together, of which none is the one to save to. `problems`: what is wrong with
    them now. `waiting`: a new beginning that they need, until somebody agrees."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.file: Path | None = _own_file(bench.file)
        self.files = (self.file,) if self.file is not None else tuple(map(file_of, bench.files))
        self.problems: tuple[Problem, ...] = ()
        self.waiting: Anew | None = None
        origin = self.file or _origin(bench)
        self._name = origin.stem if origin else next(iter(bench.known.plans))
        self._origin, self._base = origin, _bytes(origin)
        self._texts: dict[str, str] = {}
        # The session's scenario, as the file had it when it was last taken over; None: not looked at yet.
        self._scene: dict[str, Any] | None = None
        self._seen = (tuple(map(_bytes, self.files)), self._modules())
        if self.file is None and self.files:
            self._scene = self._scene_of(read_together(self.files))

    @property
    def edited(self) -> Path | None:
        """The file that a person would edit: of several that in which the selection is written."""
        own = self.bench.known.plans[self.bench.dag].spec.file or ""
        return self.file or next((path for path in self.files if Path(own).resolve() == path.resolve()), None)

    # saving

    def suggested(self) -> str:
        """The name to save under, if nobody says another."""
        if self.file is not None:
            return str(self.file)
        names = (f"{self._name}{n}.yaml" for n in ("", *(f"_{n}" for n in range(2, 100))))
        return next((name for name in names if not Path(name).exists()), f"{self._name}.yaml")

    def plan(self, name: str = "") -> SavePlan:
        """What saving would write. Raises InvalidInput when it cannot be."""
        from workbench.bench.saving import path_of, plan

        path = path_of(name or self.suggested())
        is_own = self._is_own(path)
        if is_own:
            self._refuse_changed(path)
        return plan(self._workspace(), path, self._origin, self._base, path.exists() and not is_own)

    def save(self, chosen: SavePlan, replace: bool = False) -> str:
        """Write it as planned; what was done, in a sentence. Raises InvalidInput, and then nothing has changed.
        `replace`: also where there is another file."""
        from workbench.bench.saving import write

        if chosen.replaces and not replace:
            raise InvalidInput([f"there is a file {chosen.path} already; save under another name, or replace it"])
        if self._is_own(chosen.path):
            self._refuse_changed(chosen.path)
        raw = write(chosen)
        with_it = [one.name for one in chosen.copies]
        with_it += [f"{plural(len(chosen.data), 'file')} of data"] if chosen.data else []
        came = f", with {listed(with_it)} beside it" if with_it else ""
        self.file = self._origin = chosen.path
        self.files = (chosen.path,)
        self._base, self.problems, self.waiting, self._scene = raw, (), None, None
        self.bench.file = str(chosen.path)
        self._seen = ((raw,), self._modules())
        return f"Saved as {chosen.path}{came}."

    def _workspace(self) -> Workspace:
        return self.bench.known.workspace()

    def _is_own(self, path: Path) -> bool:
        return self.file is not None and path.resolve() == self.file.resolve()

    def _refuse_changed(self, path: Path) -> None:
        there = _bytes(path)
        if there is not None and there != self._base:
            other = path.with_name(f"{path.stem}_2{path.suffix}")
            told = f"{path.name} has been changed by somebody else since it was read here, so it is not overwritten"
            raise InvalidInput([f"{told}; save under another name, for example {other.name}"])

    # following

    def follow(self) -> str:
        """Look at the files, and do what they say now; what happened, in a sentence, and nothing when nothing did."""
        raws, gone = self._raws() if self.files else ((), ())
        if gone:
            self.problems, self._seen = gone, ((), ())
            return ""
        modules = self._modules()
        if (raws, modules) == self._seen:
            return ""
        was_wrong, is_code = bool(self.problems), modules != self._seen[1] and self._seen[1] != ()
        changed = self._changed(raws)
        self._seen = (raws, modules)
        loaded = self._read(raws)
        self._texts = {
            path.name: raw.decode("utf-8", "replace") for path, raw in zip(self.files, raws, strict=True) if raw
        }
        problems = loaded.problems or tuple(scenario_problems(loaded))
        self.problems = tuple(self._short(one) for one in problems)
        if problems:
            return ""
        told = self._taken(loaded, raws[0] or b"", changed, was_wrong, is_code)
        self._seen = (raws, self._modules())  # it may run other modules now
        return told

    def _raws(self) -> tuple[tuple[bytes | None, ...], tuple[Problem, ...]]:
        """What is in the files, and what is wrong where one cannot be read."""
        raws: list[bytes | None] = []
        for path in self.files:
            try:
                raws.append(_read(path))
            except InvalidInput as error:
                return (), tuple(problem._replace(file=path.name) for problem in error.problems)
        return tuple(raws), ()

    def _read(self, raws: tuple[bytes | None, ...]) -> Loaded:
        """The workspace of the files, as far as they can be read."""
        if self.file is not None:
            return read_partly_text(raws[0] or b"", str(self.file), str(self.file.resolve().parent))
        return read_together(self.files)

    def _changed(self, raws: tuple[bytes | None, ...]) -> str:
        """The names of the files that say something else than when they were last looked at; else of all."""
        seen = self._seen[0]
        found = [path.name for n, path in enumerate(self.files) if len(seen) == len(raws) and raws[n] != seen[n]]
        return listed(found or [path.name for path in self.files])

    def _taken(self, loaded: Loaded, raw: bytes, name: str, was_wrong: bool, is_code: bool) -> str:
        session = self.bench.session
        here, target = session.here(), self._target(loaded.workspace)
        reasons = (*only_anew(here, target), *self._scenario_reasons(loaded))
        self.waiting = None
        if is_code:
            session.read_code_again()
        if reasons:
            return self._needs_anew(Anew(reasons, loaded, raw, name))
        self._base = raw
        lines = tuple(differences(self._placed(), self._placed(target)))
        if lines:
            return self._edited(as_written(here, target, name, lines), name)
        again = f"{name} is in order again, and says what stands here." if was_wrong else ""
        return "The code was read again: tries that start from now on run it." if is_code else again

    def _edited(self, order: Order, name: str) -> str:
        session = self.bench.session
        before = session.branch
        session.take(order)
        self.bench.heard("do", order.sentence)
        told = f"{name} was saved. {order.sentence.removeprefix(f'{name}: ')}"
        return (
            f"{told} (what-if {session.branch.name}; {before.name} is kept)" if session.branch is not before else told
        )

    def _target(self, wanted: Workspace) -> Workspace:
        """What the file says; a DAG that says the same here and there, but for where its files lie, stays."""
        here, placed = self._workspace().dags, self._placed().dags
        dags = {name: here[name] if placed.get(name) == spec else spec for name, spec in wanted.dags.items()}
        return dataclasses.replace(wanted, dags=dags)

    def _placed(self, workspace: Workspace | None = None) -> Workspace:
        """A workspace (None: what stands here) with the paths that it has in the file."""
        from workbench.bench.saving import relocated

        found = workspace or self._workspace()
        return found if self.file is None else relocated(found, self.file.parent)[0]

    # a new beginning

    def _needs_anew(self, anew: Anew) -> str:
        session = self.bench.session
        commands = sum(isinstance(event, COMMANDS) for event in session.branch.log)
        if session.keeping is not None or not (commands or len(session.branches) > 1):
            self.waiting = anew
            return self.begin_anew()
        gone = [plural(commands, "command")] if commands else []
        gone += [plural(len(session.branches), "future")] if len(session.branches) > 1 else []
        told = f"{anew.name}: {listed(list(anew.reasons))}. That needs a new beginning"
        self.waiting = anew._replace(question=f"{told}, without your {' and '.join(gone)} here, for nothing is kept.")
        return ""

    def begin_anew(self) -> str:
        """Begin again with the file as it is, and go on to the instant that was shown; a sentence about it."""
        if self.waiting is None:
            return ""
        (reasons, loaded, self._base, name, _), self.waiting = self.waiting, None
        old = self.bench.session
        scenario, self._scene = self._scenario(loaded) or old.scenario, self._scene_of(loaded)
        fresh = Session(loaded.workspace, scenario, history=old.keeping)
        if old.now > fresh.start:
            fresh.run_until(old.now)
        kept = f"; what you did before is kept as recording {old.recording}" if old.recording is not None else ""
        self.bench.restart(fresh)
        return f"{name}: {listed(list(reasons))}. Begun anew with it, up to the same time{kept}."

    def _scenario(self, loaded: Loaded) -> Scenario | None:
        """The scenario of the session, as the file has it; None where it has none of that name."""
        try:
            return find_scenario(loaded, self.bench.session.scenario.name, loaded.workspace)
        except InvalidInput:
            return None

    def _scenario_reasons(self, loaded: Loaded) -> Iterator[str]:
        """Why another scenario than that of the session holds now, if one does."""
        name = self.bench.session.scenario.name
        if self._scene is None:
            self._scene = self._scene_of(read_partly_text(self._base or b"", loaded.file, loaded.folder))
        now = self._scene_of(loaded)
        if self._scene and not now:
            yield f"scenario {name} is no longer in it"
        elif self._scene and self._scene != now:
            yield f"scenario {name} changed"

    def _scene_of(self, loaded: Loaded) -> dict[str, Any]:
        found = self._scenario(loaded)
        return scenario_to_data(found) if found is not None else {}

    # what is wrong

    def trouble(self, width: int) -> Sheet | None:
        """What is wrong with the file, by line; None while nothing is."""
        if not self.files:
            return None
        if self.waiting is not None:
            asked = (Span("! ", "late"), Span(self.waiting.question))
            return Sheet(f"{self.waiting.name} is not what runs here", wrapped_row(asked, width, "  "))
        if not self.problems:
            return None
        count = plural(len(self.problems), "problem")
        rows = [row for problem in self.problems for row in self._rows(problem, width)]
        head = (Span(f"{count}. ", "error"), Span("What runs here is its last good version, until you mend it.", "dim"))
        names = list(dict.fromkeys(one.file or self.files[0].name for one in self.problems))
        title = f"{listed(names)} cannot be used as {'it stands' if len(names) == 1 else 'they stand'}"
        return Sheet(title, (*wrapped_row(head, width), *rows))

    def _short(self, problem: Problem) -> Problem:
        """Files are named as they lie beside the pipeline."""
        message = problem.message
        folders = {str(place) for path in self.files for place in (path.parent, path.resolve().parent)}
        for folder in sorted(folders - {"."}, key=len, reverse=True):
            message = message.replace(f"{folder}{os.sep}", "")
        return problem._replace(message=message, file=Path(problem.file).name)

    def _rows(self, problem: Problem, width: int) -> Iterator[Row]:
        place = f"{problem.file or self.files[0].name}{f':{problem.line}' if problem.line else ''}: "
        message = _LONG_LIST.sub(r"\1", problem.message)
        yield from wrapped_row((Span(f"✖ {place}", "error"), Span(message)), width, "  ")
        lines = self._texts.get(problem.file, "").split("\n")
        if 0 < problem.line <= len(lines) and len(self.problems) <= _MOST_EXCERPTS:
            text = "".join(char if char.isprintable() else " " for char in lines[problem.line - 1][:_LONGEST])
            yield clipped((Span(f"  {problem.line:>4} │ ", "dim"), Span(text, "code")), width)

    def line_of_choice(self) -> int:
        """The line of the file at which something is wrong, else at which the selection is written; 0 when nobody
        knows."""
        edited = self.edited
        wrong = [one.line for one in self.problems if edited and one.file == edited.name and one.line]
        if wrong:
            return wrong[0]
        chosen = self.bench.chosen
        plan_ = self.bench.known.plans.get(chosen.dag or self.bench.dag)
        if plan_ is None or edited is None or Path(plan_.spec.file or ".").resolve() != edited.resolve():
            return 0
        kind = {"task": "tasks", "input": "inputs", "dataset": "datasets"}.get(chosen.kind, "")
        return plan_.spec.lines.get(f"{kind}.{chosen.name}", plan_.spec.lines.get("dag", 0))

    def watched(self) -> tuple[Path, ...]:
        """The files that are looked after: the pipeline's, and the modules that its tasks run."""
        return (*self.files, *self._module_paths()) if self.files else ()

    def _module_paths(self) -> Iterator[Path]:
        specs = [one.spec for one in self.bench.known.plans.values()] if self.files else []
        found = dict.fromkeys(
            self._folder_of(spec) / f"{run.partition(':')[0]}.py"
            for spec in specs for task in spec.tasks.values() for run in (task.run, *task.code.values()) if run
        )  # fmt: skip
        yield from found

    def _folder_of(self, spec: DagSpec) -> Path:
        """Where the modules of a DAG lie."""
        return self.file.resolve().parent if self.file is not None else Path(spec.folder or ".")

    def _modules(self) -> Modules:
        """What tells that a module was changed."""
        found = []
        for path in self._module_paths():
            try:
                stat = path.stat()
                found.append((path.name, stat.st_mtime_ns, stat.st_size))
            except OSError:
                found.append((path.name, 0, 0))
        return tuple(found)


def _own_file(file: str) -> Path | None:
    """The file that a person opened; none for a sample, which is opened by its name."""
    return Path(file) if file and Path(file).is_file() else None


def _origin(bench: Bench) -> Path | None:
    """The file whose text, with its comments, is that of a bench without a file of its own."""
    files = {one.spec.file for one in bench.known.plans.values()}
    if bench.file:
        try:
            return file_of(bench.file)
        except InvalidInput:
            return None
    return Path(files.pop()) if len(files) == 1 and all(files) else None


def _read(path: Path) -> bytes:
    """The bytes of the file. Raises InvalidInput in words, also for what is no file that ends."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InvalidInput([f"{path.name} is no ordinary file"])
    try:
        return read_bytes(path)
    except InvalidInput:
        if not path.exists():
            raise InvalidInput(["the file is gone; ctrl+s writes it again, from what stands here"]) from None
        raise


def _bytes(path: Path | None) -> bytes | None:
    try:
        return path.read_bytes() if path is not None and path.is_file() else None
    except OSError:
        return None
