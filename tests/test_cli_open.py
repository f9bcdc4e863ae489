"""Commands that open something to play with: what they need, and what they refuse, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import good, run
from tests.samples import block

pytestmark = pytest.mark.usefixtures("home")


def test_workbench_alone_explains_itself_where_there_is_no_terminal() -> None:
    assert "Commands:" in good()
    for name in ("open", "replay", "play", "serve", "home"):
        assert f"\n  {name} " in good("--help")


@pytest.mark.parametrize("command", [("open", "hello.yaml", "--scenario", "on_time"), ("home",)])
def test_the_terminal_needs_a_terminal(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.exit_code == 2
    assert done.stderr.startswith("this needs a terminal; `workbench play`")


def test_what_cannot_be_opened_is_said_in_lines() -> None:
    Path("broken.yaml").write_text("dag: x\ntasks: {a: {needs: [b]}, b: {needs: [a]}}\n", encoding="utf-8")
    for command in (("open", "broken.yaml"), ("play", "broken.yaml"), ("open", "no.yaml"), ("replay", "no.db")):
        done = run(*command)
        assert done.exit_code == 2, command
        assert command[1] in done.stderr
        assert "Traceback" not in done.stderr


def test_several_files_are_one_workspace() -> None:
    from workbench.opening import load_together

    one = block("""
        dag: one
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {a: {takes: 5m}}
    """)
    two = block("""
        dag: two
        schedule: "0 7 * * *"
        start: 2013-01-01
        tasks: {b: {needs: [one.a], takes: 5m}}
    """)
    Path("one.yaml").write_text(one, encoding="utf-8")
    Path("two.yaml").write_text(two, encoding="utf-8")
    session = load_together(["one.yaml", "two.yaml"])
    session.run_until("2013-01-02T08:00Z")
    assert session.why("two.b@2013-01-01").state == "success"
    Path("three.yaml").write_text(one, encoding="utf-8")
    done = run("open", "one.yaml", "three.yaml")
    assert done.exit_code == 2
    assert "three.yaml:1: DAG 'one' is written twice, here and in one.yaml:1; keep one" in done.stderr


def test_play_takes_lines_from_a_pipe() -> None:
    from click.testing import CliRunner

    from workbench.cli import main

    done = CliRunner().invoke(
        main, ["play", "hello.yaml", "--scenario", "too_late", "--history", "none"], input="n\nn\nw\nq\n"
    )
    assert done.exit_code == 0, done.output
    assert "load" in done.output
    assert "Left." in done.output
