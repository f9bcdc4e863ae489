"""What cannot be read at all, modules that do not fit, and the law that nothing but InvalidInput comes out."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.model.findings import MOST
from workbench.model.problems import InvalidInput
from workbench.model.reading import Loaded, read_workspace, read_workspace_text

GOOD = (Path(__file__).parent / "data" / "good" / "full.yaml").read_bytes()
TASKS = "dag: a\ntasks:\n"


def told(text: str | bytes, folder: str = "") -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_workspace_text(text, file="a.yaml", folder=folder)
    return str(caught.value).split("\n")


def told_of_file(path: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_workspace(path)
    return str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flights.yaml").write_bytes(GOOD)
    said = "flight.yaml: there is no such file; did you mean 'flights.yaml'? (known: flights.yaml)"
    assert told_of_file("flight.yaml") == said
    assert told_of_file("nowhere/flight.yaml") == "nowhere/flight.yaml: there is no such file"
    assert told_of_file("flights.yaml/a.yaml") == "flights.yaml/a.yaml: there is no such file"


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a").mkdir()
    assert told_of_file("a") == "a: this is a folder; give a YAML file"
    Path("a/flights.yaml").write_bytes(GOOD)
    assert told_of_file("a") == "a: this is a folder; give a file in it (it has flights.yaml)"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everybody may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "flights.yaml"
    path.touch(mode=0o000)
    assert told_of_file(str(path)).endswith("you may not read this file (permission denied)")


def test_permission_is_told_for_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert told_of_file("flights.yaml") == "flights.yaml: you may not read this file (permission denied)"


def test_no_name_of_a_file() -> None:
    assert told_of_file("a\0b") == "a b: this is no name of a file"


def test_a_large_file() -> None:
    said = "a.yaml: the file is larger than 1 MiB; a pipeline file is a few pages of text"
    assert told(b"#" * (1024 * 1024 + 1)) == [said]


def test_very_many_values() -> None:
    assert "more than 100,000 names and values" in told("a: [" + "1," * 200_000 + "]")[0]


def test_a_long_list_of_problems_is_cut() -> None:
    said = told(TASKS + "".join(f"  t{n}: {{takes: soon}}\n" for n in range(500)))
    assert len(said) == MOST + 1
    assert said[-1] == "a.yaml: there may be more problems; mend these first"


def test_a_long_circle_is_cut() -> None:
    chain = "".join(f"  t{n}: {{needs: t{n - 1}}}\n" for n in range(1, 300))
    assert "t0 -> t1 -> t2 -> t3 -> t4 -> ... -> t296" in told(TASKS + "  t0: {needs: t299}\n" + chain)[0]


MODULES = {
    "def extract(:\n    return 1\n": "m.py:1: Python cannot read this module: invalid syntax",
    "async def extract(): ...\n": "task 't' runs function 'extract' (m.py, line 1), which is 'async def'; write",
    "class extract: ...\n": "but m.py has no function 'extract'; write def extract(...) in it",
    "def extrakt(): ...\n": "but m.py has no function 'extract'; did you mean 'extrakt'? (known: extrakt)",
    "x = 1\n\ndef extract(ctx, *, rows): ...\n": "function 'extract' (m.py, line 3) has a parameter 'rows', which",
    "x = '\0'\n": "m.py",
}


@pytest.mark.parametrize("source", MODULES)
def test_a_module_that_does_not_fit(source: str, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(source)
    assert MODULES[source] in told(TASKS + '  t: {run: "m:extract"}\n  u: {}\n', str(tmp_path))[0]


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    def extract(ctx, *args, **more): ...\n",
        "def extract(size=5, *, ctx, other=None): ...\n",
        "from flights import extract\n",
        "from flights import *\n",
        "import functools\nextract = functools.partial(print)\n",
        "'a\\d'\ndef extract(): ...\nraise RuntimeError\n",  # a warning, and an error if it were run
    ],
)
def test_a_module_that_fits(source: str, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(source)
    read_workspace_text(TASKS + '  t: {run: "m:extract"}\n', folder=str(tmp_path))


def test_a_module_that_was_mended_is_read_again(tmp_path: Path) -> None:
    text, path = TASKS + '  t: {run: "m:extract"}\n', tmp_path / "m.py"
    path.write_text("def other(): ...\n")
    assert "has no function" in told(text, str(tmp_path))[0]
    path.write_text("def extract(): ...\n")
    read_workspace_text(text, folder=str(tmp_path))


def test_parameters_of_names_with_dots_and_dashes(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("def load(fares_get, raw_data): ...\n")
    text = 'dag: a\ninputs: {raw-data: }\ntasks: {load: {needs: [fares.get, raw-data], run: "m:load"}}\n'
    read_workspace_text(text + "---\ndag: fares\ntasks: {get: }\n", folder=str(tmp_path))


def test_needs_that_cannot_be_read_are_not_held_against_the_function(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("def load(rows): ...\n")
    said = told(TASKS + '  t: {needs: {a: b}, run: "m:load"}\n', str(tmp_path))
    assert said == [
        "a.yaml:3: 'needs' of task 't' must be a name or a list of names, for example [extract, jfk]; "
        "here it is a group of named values"
    ]


def test_an_entry_that_cannot_be_read_makes_no_second_problem() -> None:
    text = "dag: a\ninputs: {jfk: [1]}\ntasks:\n  b: [1]\n  c: {needs: [b, jfk], pool: p}\n---\npools: {p: x}\n"
    assert [line.split(":")[1] for line in told(text)] == ["2", "4", "7"]
    assert len(told("dag: a\ninputs: [jfk]\ntasks: {c: {needs: jfk}}\n")) == 1


def is_read_or_refused(source: bytes | str) -> None:
    started = time.monotonic()
    try:
        result: Loaded | InvalidInput = read_workspace_text(source)
    except InvalidInput as error:
        result = error
    if isinstance(result, InvalidInput):
        assert result.problems
        assert all("\n" not in problem.message for problem in result.problems)
    assert time.monotonic() - started < 10


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\x00")
@example(b'"\\UFFFFFFFF"')
@example(b"- \t- a")
def test_law_any_bytes_are_read_or_refused(source: bytes) -> None:
    is_read_or_refused(source)


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """A good file with some pieces cut out, doubled or replaced."""
    source = GOOD
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(source)))
        end = draw(st.integers(start, min(len(source), start + 30)))
        piece = draw(st.sampled_from([b"", source[start:end] * 2, b"\t", b"[", b"}", b": ", b"*a", b"null", b"9" * 40]))
        source = source[:start] + piece + source[end:]
    return source


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(mutilated())
def test_law_a_mutilated_file_is_read_or_refused(source: bytes) -> None:
    is_read_or_refused(source)


WORDS = [
    "a",
    "b",
    "dag",
    "tasks",
    "needs",
    "null",
    "[",
    "]",
    "{",
    "}",
    ",",
    ": ",
    "\n",
    "  ",
    "- ",
    "---\n",
    "'",
    "&a ",
    "*a",
]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_law_any_yaml_like_text_is_read_or_refused(source: str) -> None:
    is_read_or_refused(source)
