"""Saving what stands on a bench as a pipeline file: first what would be written; then all of it is, or nothing."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.bench.data_files import DataFile, in_the_way, placed, said, to_copy
from workbench.bench.scenes import fitted
from workbench.model import InvalidInput, Workspace
from workbench.model.findings import shown
from workbench.model.reading import read_partly_text
from workbench.model.replacing import explained, replace_file
from workbench.model.rewriting import rewritten
from workbench.model.writing import written
from workbench.ordering import differences
from workbench.views.clock import listed, plural
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

_ENDINGS = (".yaml", ".yml")
_MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class SavePlan:
    """What saving would do. `words`: what differs from the file as it was, in plain words; `notes`: what to know
    besides; `lost`: comments that would go; `copies`: Python modules that come along; `data`: files of data that do;
    `replaces`: another file would be replaced. `old`: the text that is there."""

    path: Path
    text: str
    old: str | None
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    copies: tuple[Path, ...] = ()
    replaces: bool = False
    data: tuple[DataFile, ...] = ()

    @property
    def is_same(self) -> bool:
        """Is it so already?"""
        return self.text == self.old

    def sheet(self, width: int) -> Sheet:
        """The plan, to be read before it is done."""
        rows = [row for part in (self._head(), self._more(), _diff_rows(self.old, self.text)) for row in part]
        title = f"save as {self.path.name}: nothing is written yet"
        return Sheet(title, tuple(line for row in rows for line in _fit(row, width)))

    def _head(self) -> Iterator[Row]:
        yield (Span("file  ", "dim"), Span(str(self.path), "strong"))
        if self.is_same:
            yield (Span("It says all this already.", "good"),)
        for word in self.words:
            yield (Span("● ", "you"), Span(word))

    def _more(self) -> Iterator[Row]:
        if self.replaces:
            yield (Span("! ", "late"), Span("There is such a file already. It would be replaced.", "late"))
        for path in self.copies:
            yield (Span("+ ", "good"), Span(f"{path.name} is copied beside it: tasks run it."))
        if self.data:
            yield (Span("+ ", "good"), Span(f"Also copies {said(self.data)}, so that it can be moved."))
        for name in in_the_way(self.data, self.path.parent)[:1]:
            yield (Span("! ", "late"), Span(f"There is another {name} already: save into another folder.", "late"))
        for note in self.notes:
            yield (Span("! ", "late"), Span(note))
        for comment in self.lost:
            yield (Span("! ", "late"), Span("this comment would go: "), Span(comment, "dim"))
        yield ()


def _fit(row: Row, width: int) -> tuple[Row, ...]:
    is_code = bool(row) and row[0].text[:2] in ("- ", "+ ", "  ") and len(row) == 1
    return (clipped(row, width),) if is_code or not row else wrapped_row(row, width, "  ")


def _diff_rows(old: str | None, new: str) -> Iterator[Row]:
    """What changes, line by line: `-` goes, `+` comes."""
    before = (old or "").splitlines()
    lines = list(difflib.unified_diff(before, new.splitlines(), lineterm="", n=1))[3:]
    for line in lines[:_MOST_ROWS]:
        if line.startswith("@@"):
            yield (Span("  ...", "dim"),)
        else:
            yield (Span(f"{line[0]} {line[1:]}", {"+": "good", "-": "bad"}.get(line[0], "dim")),)
    if len(lines) > _MOST_ROWS:
        yield (Span(f"  and {len(lines) - _MOST_ROWS} more lines", "dim"),)


# what would be written


def plan(workspace: Workspace, path: Path, origin: Path | None, base: bytes | None, replaces: bool) -> SavePlan:
    """What saving a workspace there would do. `base`: the text of the file from which it came, `origin`. Raises
    InvalidInput when the workspace cannot be written."""
    source = _decoded(base)
    there, copies = relocated(workspace, path.parent)
    before = _read(source, origin, path.parent) if source is not None and origin is not None else None
    made = rewritten(source, there) if source is not None else None
    text, left_out = fitted(made.text if made else written(there), before, there)
    words = tuple(differences(before, there)) if before is not None and before.dags else (_all_of(there),)
    notes = (*(made.notes if made else ()), *left_out)
    old = _decoded(_bytes(path))
    data = to_copy(workspace.dags.values(), path.parent)
    return SavePlan(path, text, old, words, notes, made.lost if made else (), copies, replaces, data)


def _read(source: str, origin: Path, folder: Path) -> Workspace:
    """What a text says, with paths as in another folder."""
    read = read_partly_text(source).workspace
    there = str(origin.resolve().parent)
    dags = {name: replace(spec, folder=there) for name, spec in read.dags.items()}
    return relocated(replace(read, dags=dags), folder)[0]


def _all_of(workspace: Workspace) -> str:
    tasks = sum(len(spec.tasks) for spec in workspace.dags.values())
    return f"a new file: {listed(list(workspace.dags))}, {plural(tasks, 'task')}"


def _decoded(raw: bytes | None) -> str | None:
    if raw is None:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


def relocated(workspace: Workspace, folder: Path) -> tuple[Workspace, tuple[Path, ...]]:
    """The workspace as a file in this folder says it (paths count from there), and the modules that have to come."""
    target = str(folder.resolve())
    copies: dict[str, Path] = {}
    dags = {}
    for name, spec in workspace.dags.items():
        if not spec.folder or str(Path(spec.folder).resolve()) == target:
            dags[name] = spec
            continue
        inputs = {key: replace(one, path=placed(one.path, spec.folder, target)) for key, one in spec.inputs.items()}
        dags[name] = replace(spec, inputs=inputs)
        for task in spec.tasks.values():
            for run in filter(None, (task.run, *task.code.values())):
                module = f"{run.partition(':')[0]}.py"
                copies[module] = Path(spec.folder, module)
    wanted = [path for name, path in copies.items() if _bytes(folder / name) != _bytes(path) and path.is_file()]
    return replace(workspace, dags=dags), tuple(wanted)


# writing


def path_of(name: str) -> Path:
    """The file that a person means. Raises InvalidInput in words when it can be none."""
    text = name.strip()
    if not text:
        raise InvalidInput(["a name is missing; write for example my_pipeline.yaml"])
    try:
        given = Path(text).expanduser()
        path = given if given.suffix in _ENDINGS else given.with_name(f"{given.name}.yaml")
        is_folder, has_folder = given.is_dir() or path.is_dir(), path.parent.is_dir()
    except (ValueError, OSError, RuntimeError):
        text = ""
    if not text or not text.isprintable():
        raise InvalidInput([f"'{shown(name)}' is no name of a file"])
    if is_folder:
        raise InvalidInput([f"{text} is a folder; give a file in it, for example {Path(text) / 'pipeline.yaml'}"])
    if not has_folder:
        raise InvalidInput([f"there is no folder {path.parent}; make it first, or choose another"])
    return path


def write(chosen: SavePlan) -> bytes:
    """Write the file as planned, and what comes along; its bytes. Raises InvalidInput; then the file is as before."""
    for module in chosen.copies:
        if (chosen.path.parent / module.name).exists():
            raise InvalidInput(
                [f"there is another {module.name} in {chosen.path.parent} already; save into another folder"]
            )
    for name in in_the_way(chosen.data, chosen.path.parent):
        raise InvalidInput([f"there is another {name} in {chosen.path.parent} already; save into another folder"])
    raw = chosen.text.encode("utf-8")
    with explained(chosen.path):
        for one in chosen.data:
            target = chosen.path.parent / one.target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.source, target)
        for module in chosen.copies:
            shutil.copyfile(module, chosen.path.parent / module.name)
        replace_file(Path(os.path.realpath(chosen.path)), raw)
    return raw
