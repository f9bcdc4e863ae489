"""Notebooks that ship, run as a learner runs them: a fresh kernel, an empty home, a folder of its own."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 240
_FENCED = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARKUP = re.compile(r"<style>.*?</style>|<[^>]*>|\x1b\[[0-9;]*m", re.DOTALL)


@dataclass(frozen=True)
class Ran:
    """A notebook after it has run. `seconds`: all of it, without starting its kernel."""

    cells: list[Any]
    seconds: float

    def said(self, cell_id: str) -> str:
        """Everything that a cell showed, as text."""
        return next(said_by(cell) for cell in self.cells if cell["id"] == cell_id)


def read(path: Path) -> dict[str, Any]:
    """The notebook as it lies in its file."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def text_of(cell: dict[str, Any]) -> str:
    """The source of a cell."""
    return "".join(cell["source"])


def tagged(notebook: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    """Cells with a tag."""
    return [cell for cell in notebook["cells"] if tag in cell["metadata"].get("tags", ())]


def solution_of(notebook: dict[str, Any]) -> list[str]:
    """The cells that stand in place of the exercise cell in the solution."""
    return [block for cell in tagged(notebook, "solution") for block in _FENCED.findall(text_of(cell))]


def solved(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with its solution in place of its exercise cell. The last of these cells keeps its id."""
    made = deepcopy(notebook)
    made["cells"] = [one for cell in notebook["cells"] for one in _in_place(cell, notebook)]
    return made


def _in_place(cell: dict[str, Any], notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "exercise" not in cell["metadata"].get("tags", ()):
        yield cell
        return
    blocks = solution_of(notebook)
    for number, block in enumerate(blocks, 1):
        name = cell["id"] if number == len(blocks) else f"{cell['id']}-{number}"
        yield {**cell, "id": name, "source": block}


def run(notebook: dict[str, Any], folder: Path, more: Mapping[str, str] | None = None) -> Ran:
    """Run a notebook in a folder, with a home that is empty. `more`: of its environment.
    Raises CellExecutionError when a cell does."""
    import nbformat
    from nbclient import NotebookClient

    home, work = folder / "home", folder / "work"
    for one in (home, work):
        one.mkdir(parents=True, exist_ok=True)
    made: Any = nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]
    client: Any = NotebookClient(
        made, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    )
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    client.execute(env={**_environment(home), **(more or {})})
    return Ran(list(made["cells"]), sum(map(_seconds, made["cells"])))


def _environment(home: Path) -> dict[str, str]:
    """Of this process, without what would let a notebook find the checkout or a person's own files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH", "JUPYTER", "XDG"))}
    kept.pop("PYTHONPATH", None)
    return kept | {"HOME": str(home), "USERPROFILE": str(home), "IPYTHONDIR": str(home / "ipython")}


def _seconds(cell: Any) -> float:
    from datetime import datetime

    times = cell["metadata"].get("execution", {})
    if "shell.execute_reply" not in times or "iopub.execute_input" not in times:
        return 0.0
    end, begin = (
        datetime.fromisoformat(times[name].replace("Z", "+00:00"))
        for name in ("shell.execute_reply", "iopub.execute_input")
    )
    return (end - begin).total_seconds()


def said_by(cell: dict[str, Any]) -> str:
    """Everything that a cell showed, as text: what it printed, and what its value says in text and in HTML."""
    return "\n".join(part for output in cell.get("outputs", ()) for part in _said(output))


def _said(output: Any) -> Iterator[str]:
    yield _plain(output.get("text", ""))
    yield _plain("\n".join(output.get("traceback", ())))
    for kind in ("text/plain", "text/html"):
        yield _plain(output.get("data", {}).get(kind, ""))


def _plain(text: str | list[str]) -> str:
    from html import unescape

    return unescape(_MARKUP.sub(" ", "".join(text)))
