"""The notebooks that ship: each runs as it is, keeps the house's rules, and its exercise can be missed and solved.

What they must be is written in tutorials/notebooks/README.md.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from tests.notebook.runs import Ran, read, run, said_by, solution_of, solved, tagged, text_of

pytest.importorskip("nbclient", reason="notebooks run with nbclient and ipykernel; pip install the extra 'dev'")
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning"
)

NAMES = list(wb.notebooks())
# On a machine of which others want a part as well; alone, each takes a third of this.
MOST_SECONDS = 30.0
_CHECK = re.compile(r"\.check\(\"([a-z0-9-]+)\"\)")
_FIGURE = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,3}(?:,\d{3})+|\d{3,}")
_MACHINE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|usr|Users|var)/|[A-Z]:\\\\|https?://")
_NEVER = re.compile(r"\b(?:simply|obviously|verdict|fork|cursor)\b|\bjust\b(?! as)", re.IGNORECASE)
_KNOWN_TAGS = {"ask", "exercise", "solution", "teacher"}


def notebook(name: str) -> dict[str, Any]:
    return read(wb.notebooks()[name].path)


@functools.cache
def as_shipped(name: str, folder: Path) -> Ran:
    return run(notebook(name), folder / name)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebooks")


def words(cell: dict[str, Any]) -> str:
    """A cell of text, without what is code in it."""
    return re.sub(r"```.*?```|`[^`]*`", "", text_of(cell), flags=re.DOTALL)


def shown(cell: dict[str, Any]) -> str:
    """What a cell of code says and shows."""
    return f"\n{text_of(cell)}\n{said_by(cell)}"


def is_tagged(cell: dict[str, Any], *tags: str) -> bool:
    return bool({*tags} & set(cell["metadata"].get("tags", ())))


every = pytest.mark.parametrize("name", NAMES)


# as they lie there


def test_there_are_notebooks_and_each_stands_in_the_list_of_them() -> None:
    listed = (wb.notebooks()["n3"].path.parent / "README.md").read_text(encoding="utf-8")
    assert {"n1", "n2", "n3", "n4", "n5"} <= set(NAMES)
    for one in wb.notebooks().values():
        assert f"[{one.title}]({one.path.name})" in listed


@every
def test_outputs_are_stripped_and_nothing_else_is_kept(name: str) -> None:
    found = notebook(name)
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert found["metadata"]["kernelspec"]["name"] == "python3"
    assert set(found["metadata"]) <= {"kernelspec", "language_info"}
    for cell in found["cells"]:
        assert set(cell["metadata"]) <= {"tags", "jupyter"}, cell["id"]
        assert set(cell["metadata"].get("tags", ())) <= _KNOWN_TAGS, cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], cell["id"]
            assert cell["execution_count"] is None, cell["id"]


@every
def test_cells_have_ids_that_say_what_they_are(name: str) -> None:
    ids = [cell["id"] for cell in notebook(name)["cells"]]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", one)] == []


@every
def test_the_first_cell_says_how_long_and_where_it_was_heard(name: str) -> None:
    first = text_of(notebook(name)["cells"][0])
    assert first.startswith(f"# {name.upper()} · ")
    minutes = re.search(r"\*\*Time\.\*\* (\d+) minutes", first)
    assert minutes is not None
    assert 10 <= int(minutes[1]) <= 20
    heard = first.partition("**Heard in.**")[2]
    assert re.search(r"\*[^*]+\*, [^,]+,", heard), "the episode and who spoke"
    assert re.search(r"\d{1,2}:\d{2}", heard), "the minute"


@every
def test_the_last_cell_is_for_the_teacher(name: str) -> None:
    last = notebook(name)["cells"][-1]
    assert tagged(notebook(name), "teacher") == [last]
    assert text_of(last).startswith("**For the teacher.**")


@every
def test_it_asks_before_it_shows_and_gives_no_answer_away(name: str) -> None:
    cells = tagged(notebook(name), "ask")
    assert len(cells) >= 2
    for cell in cells:
        hidden = cell["metadata"].get("jupyter", {}).get("source_hidden")
        assert hidden or not re.search(r"\b(right|because)=", text_of(cell)), cell["id"]


@every
def test_no_path_of_a_machine_no_address_and_no_word_that_belittles(name: str) -> None:
    for cell in notebook(name)["cells"]:
        assert not _MACHINE.search(text_of(cell)), cell["id"]
        if cell["cell_type"] == "markdown":
            assert not _NEVER.search(words(cell)), cell["id"]


@every
def test_it_imports_the_workbench_and_the_standard_library(name: str) -> None:
    import sys

    for cell in notebook(name)["cells"]:
        if cell["cell_type"] == "code" and not text_of(cell).lstrip().startswith("%"):
            for node in ast.walk(ast.parse(text_of(cell))):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                for one in names:
                    assert one.partition(".")[0] in {*sys.stdlib_module_names, "workbench"}, one


# as they run


@every
def test_it_runs(name: str, place: Path) -> None:
    ran = as_shipped(name, place)
    assert ran.seconds < MOST_SECONDS
    for cell in ran.cells:
        assert "ModuleNotFoundError" not in said_by(cell)


@every
def test_every_figure_of_the_text_was_seen(name: str, place: Path) -> None:
    """Full hours are settings, which may be told beforehand; all else is a result, and comes from above."""
    cells = as_shipped(name, place).cells
    whole = "\n".join(shown(cell) for cell in cells if cell["cell_type"] == "code")
    seen = ""
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            seen += shown(cell)
            continue
        coming = next((one for one in cells[number:] if one["cell_type"] == "code"), None)
        known = seen + (text_of(coming) if coming is not None else "")
        if coming is not None and is_tagged(coming, "exercise"):
            known += said_by(coming)
        for figure in _FIGURE.findall(words(cell)) if number else ():
            known_then = whole if figure.endswith(":00") or is_tagged(cell, "teacher", "solution") else known
            assert figure in known_then, f"{cell['id']} says {figure}, and nothing above it shows that"


@every
def test_the_exercise_is_missed_as_it_ships(name: str, place: Path) -> None:
    (cell,) = tagged(notebook(name), "exercise")
    assert _CHECK.search(text_of(cell)), "the last line is s.check(...)"
    said = as_shipped(name, place).said(cell["id"])
    assert "✖" in said or "○" in said
    assert "so far." in said


@every
def test_its_solution_passes(name: str, place: Path) -> None:
    found = notebook(name)
    (cell,) = tagged(found, "exercise")
    assert solution_of(found), "a fenced block of python in the cell tagged solution"
    said = run(solved(found), place / f"{name}-solved").said(cell["id"])
    assert "Done: all" in said, said
    assert "✖" not in said


def test_a_wrong_figure_would_be_noticed() -> None:
    assert _FIGURE.findall("at 06:15 there were 596 of 1,886 rows, and 12 or 3.5 of them") == ["06:15", "596", "1,886"]
