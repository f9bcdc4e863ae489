"""Bad input on the command line: one line a problem, exit status 2, no traceback, and nothing of it is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import HELLO, good, refused, run
from workbench.model.findings import MOST

pytestmark = pytest.mark.usefixtures("home")


def commands(file: str) -> list[list[str]]:
    return [
        ["simulate", file, "--history", "none"],
        ["why", file, "load"],
        ["draw", file],
        ["validate", file],
    ]


BAD = {
    "tab": ("dag: d\ntasks:\n\ta: {}\n", "tab"),
    "cycle": ("dag: d\nstart: 2013-01-01\ntasks: {load: {needs: [b]}, b: {needs: [load]}}\n", "in a circle"),
    "cron": ("dag: d\nschedule: '0 6 30 2 *'\nstart: 2013-01-01\ntasks: {load: }\n", "0 6 30 2 *"),
    "empty": ("", "the file is empty"),
    "function": (
        "dag: d\nstart: 2013-01-01\ntasks: {load: {run: 'hello_code:nothing'}}\n",
        "has no function 'nothing'",
    ),
    "module": ("dag: d\nstart: 2013-01-01\ntasks: {load: {run: 'nowhere:load'}}\n", "but there is no file nowhere.py"),
    "deep": ("dag: " + "[" * 5000 + "\n", "deep"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_in_one_line_by_every_command(name: str, home: Path) -> None:
    text, said = BAD[name]
    (home / "hello_code.py").write_text("def load(): pass\n", encoding="utf-8")
    Path("bad.yaml").write_text(text, encoding="utf-8")
    answers = [refused(*arguments) for arguments in commands("bad.yaml")]
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 1
    assert answers[0][0].startswith("bad.yaml:")
    assert said in answers[0][0]


def test_a_bomb_of_aliases() -> None:
    lines = [f"{name}: &{name} [{', '.join(f'*{other}' for other in names)}]" for name, names in ALIASES]
    Path("bad.yaml").write_text("dag: d\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for arguments in commands("bad.yaml"):
        told = refused(*arguments)
        assert 1 <= len(told) <= MOST + 1
        assert told[0] == "bad.yaml:2: '&a' is a YAML anchor; write the value without it"


ALIASES = [(chr(97 + n), [chr(96 + n)] * 9 if n else []) for n in range(26)]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("nowhere.yaml", "nowhere.yaml: there is no such file"),
        ("hello.yml", "hello.yml: there is no such file; did you mean 'hello.yaml'? (known: hello.yaml)"),
        (".", ".: this is a folder; give a file in it (it has hello.yaml)"),
        ("daily_flihgts", "daily_flihgts: there is no such file"),
    ],
)
def test_a_file_that_is_none(file: str, said: str) -> None:
    for arguments in commands(file):
        [line] = refused(*arguments)
        assert line.startswith(said)


def test_a_binary_file() -> None:
    Path("bad.yaml").write_bytes(bytes(range(256)))
    for arguments in commands("bad.yaml"):
        [line] = refused(*arguments)
        assert line.startswith("bad.yaml")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".", "is a folder; give a file in it"),
        ("hello.yaml", "is a pipeline file, and no history"),
        ("hello.yaml/history.db", "hello.yaml is a file, not a folder"),
        ("/proc/nowhere/history.db", "cannot be opened; check that its folder exists"),
    ],
)
def test_a_history_that_cannot_be(path: str, said: str) -> None:
    if path.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("only where /proc refuses new files")
    for arguments in (["demo"], ["simulate", "hello.yaml", "--scenario", "on_time"]):
        [line] = refused(*arguments, "--history", path)
        assert said in line
    assert Path("hello.yaml").read_text("utf-8") == HELLO


def test_a_database_of_somebody_else() -> None:
    import sqlite3

    connection = sqlite3.connect("other.db")
    connection.execute("CREATE TABLE cats (name)")
    connection.close()
    [line] = refused("simulate", "hello.yaml", "--scenario", "on_time", "--history", "other.db")
    assert line == "other.db: is a database, but no history of this program; give another path"


def test_a_function_that_cannot_be_loaded(home: Path) -> None:
    (home / "hello_code.py").write_text("import nowhere\ndef load(): pass\n", encoding="utf-8")
    Path("code.yaml").write_text(
        "dag: d\nschedule: '0 6 * * *'\nstart: 2013-01-01\ntasks: {load: {run: 'hello_code:load'}}\n", encoding="utf-8"
    )
    said = "task 'load' runs 'hello_code:load', but hello_code.py fails: ModuleNotFoundError: No module named 'nowhere'"
    assert refused("simulate", "code.yaml", "--history", "none") == [f"code.yaml:4: {said}"]
    assert refused("why", "code.yaml", "load") == [f"code.yaml:4: {said}"]


def test_draw_and_validate_run_no_code(home: Path) -> None:
    (home / "hello_code.py").write_text(
        "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\ndef load(): pass\n", encoding="utf-8"
    )
    Path("code.yaml").write_text(
        "dag: d\nschedule: '0 6 * * *'\nstart: 2013-01-01\ntasks: {load: {run: 'hello_code:load'}}\n", encoding="utf-8"
    )
    good("draw", "code.yaml")
    good("draw", "code.yaml", "-o", "code.svg")
    good("validate", "code.yaml")
    assert not (home / "hello_code.ran").exists()
    good("simulate", "code.yaml", "--history", "none")
    assert (home / "hello_code.ran").exists()


def test_click_tells_wrong_options_with_status_2() -> None:
    for arguments in (["simulate"], ["simulate", "hello.yaml", "--seed", "many"], ["fly"], ["validate"]):
        done = run(*arguments)
        assert done.exit_code == 2
        assert done.stderr.startswith("Usage: ")
