"""Helpers of the tests of the command line: a small pipeline, and ways to run a command in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from tests.samples import block
from workbench.cli import main

HELLO = block("""
    dag: hello
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {sales: {expected: "05:50"}}
    tasks:
      load: {reads: [sales], takes: 5m}
      report: {needs: [load], takes: 1m}
    ---
    scenario: on_time
    from: 2013-01-02T05:00Z
    until: 2013-01-02T20:00Z
    ---
    scenario: too_late
    seed: 3
    from: 2013-01-02T05:00Z
    until: 2013-01-02T20:00Z
    faults: [late: {input: sales, partition: 2013-01-01, arrives: 2013-01-02T07:00Z}]
""")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def good(*arguments: str) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def refused(*arguments: str) -> list[str]:
    """What a wrong input is told: exit status 2, nothing on stdout, a line a problem on stderr."""
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()
