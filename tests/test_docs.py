"""What the documentation shows is so: its code runs, its commands print what it says, its links lead somewhere."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from workbench.cli import main
from workbench.demo import tell
from workbench.model.reading import read_workspace_text
from workbench.scenario import read_scenario

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]


class Block(NamedTuple):
    """A fenced block of a page. `line`: that of its first line of content."""

    kind: str
    text: str
    page: Path
    line: int


def blocks(page: Path, kind: str) -> list[Block]:
    text = page.read_text("utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(m[1], m[2], page, text[: m.start(2)].count("\n") + 1) for m in found if m[1] == kind]


def every(kind: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, kind)]


def place(block: Block) -> str:
    return f"{block.page.name}:{block.line}"


# python

# What a page takes as given before its first block.
GIVEN = {
    "history.md": """
import workbench as wb
from workbench.scenario import SimulatedWorld
session = wb.sample("daily_flights", "late_jfk")
session.run_until("2013-01-03T07:00Z")
workspace, scenario, start, branch = session.workspace, session.scenario, session.start, session.branch
new_world = lambda: SimulatedWorld(scenario, start)
""",
}
# Runs blocks in one namespace; says what each line printed.
DRIVER = """
import builtins, json, sys
printed = []
def told(*values, **more):
    printed.append([sys._getframe(1).f_code.co_filename, sys._getframe(1).f_lineno, " ".join(map(str, values))])
namespace = {"__name__": "__main__", "print": told}
for name, text in json.load(sys.stdin):
    exec(compile(text, name, "exec"), namespace)
json.dump(printed, sys.stdout)
"""


def run_python(page: Path, folder: Path) -> dict[str, str]:
    """Run a page's blocks in a folder; what was printed, by the line that printed it."""
    given = [("given", GIVEN.get(page.name, ""))]
    code = given + [(place(block), "\n" * (block.line - 1) + block.text) for block in blocks(page, "python")]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(code),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    lines = page.read_text("utf-8").splitlines()
    return {lines[line - 1].strip(): said for _, line, said in json.loads(done.stdout)}


@pytest.mark.parametrize("name", [page for page in NAMES if blocks(ROOT / page, "python")])
def test_python_runs(name: str, tmp_path: Path) -> None:
    run_python(ROOT / name, tmp_path)


def test_the_readme_says_what_its_code_prints(tmp_path: Path) -> None:
    printed = run_python(ROOT / "README.md", tmp_path)
    comments = {line.partition("# ")[2].rstrip("."): said for line, said in printed.items()}
    for comment in ("made without sales: it was not there", "extract waits for sales"):
        assert comment in comments
        assert comment in comments[comment].lower()


# console, yaml, text


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """(command, lines shown below it)."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.rstrip("\n").split("\n") if shown.strip() else []


def fits(shown: list[str], printed: list[str]) -> bool:
    """Is it what was printed? A line `...` stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0].strip() == "...":
        return any(fits(shown[1:], printed[n:]) for n in range(len(printed) + 1))
    return bool(printed) and shown[0].rstrip() == printed[0].rstrip() and fits(shown[1:], printed[1:])


def test_how_shown_lines_are_compared() -> None:
    assert fits(["a", "...", "c"], ["a", "b", "b", "c"])
    assert fits(["a", "...", "c"], ["a", "c"])
    assert not fits(["a", "c"], ["a", "b", "c"])
    assert not fits(["a", "...", "c"], ["a", "c", "d"])


@pytest.mark.parametrize("block", every("console"), ids=place)
def test_commands_print_what_is_shown(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = list(commands(block))
    assert found
    for command, shown in found:
        name, *arguments = shlex.split(command)
        assert name == "workbench", f"teach this test to run: {command}"
        printed = CliRunner().invoke(main, arguments).output.splitlines()
        assert fits(shown, printed), "\n".join(printed)


@pytest.mark.parametrize("page", [name for name in NAMES if blocks(ROOT / name, "yaml")])
def test_yaml_is_valid(page: str) -> None:
    dag = ""
    for block in blocks(ROOT / page, "yaml"):
        if re.search(r"^dag:", block.text, re.MULTILINE):
            dag = block.text
        if not re.search(r"^(dag|scenario):", block.text, re.MULTILINE):
            continue
        whole = block.text if block.text is dag else f"{dag}\n---\n{block.text}"
        loaded = read_workspace_text(whole, file=place(block))
        for node in loaded.scenarios:
            read_scenario(node, loaded.workspace, loaded.file)


def test_the_readme_quotes_the_demo() -> None:
    printed: list[str] = []
    tell(None, printed.append, lambda text, mood: text)
    whole = " ".join(" ".join(printed).split())
    [quoted] = [block for block in blocks(ROOT / "README.md", "text") if "Friday 4 January" in block.text]
    for line in filter(None, (" ".join(line.split()).rstrip(".") for line in quoted.text.splitlines())):
        assert line in whole, line


# links and doctests


@pytest.mark.parametrize("page", [*NAMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    for link in links:
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{page}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            known = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
            assert anchor in known, f"{page}: {link}"


WITH_DOCTESTS = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "workbench").rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", WITH_DOCTESTS)
def test_doctests(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert tried
    assert not failed


def test_the_builder_and_the_session_have_doctests() -> None:
    assert {"workbench.model.build", "workbench.session"} <= set(WITH_DOCTESTS)
