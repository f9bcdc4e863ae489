"""`workbench data`, `lineage` and `alerts`: what they print, at 80 columns, and what a person can mend."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli_cases import good as answered
from tests.data_cases import kept, shop
from tests.samples import block
from workbench.cli import main
from workbench.history import History
from workbench.keeping import Keeper, default_path

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "shop.db"
    with History.open(path) as history:
        kept(history)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


def good(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80 or "--json" in arguments
    return done.stdout


def refused(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


def test_every_command_is_in_the_list() -> None:
    for name in ("data", "lineage", "alerts"):
        assert "HISTORY is a history file" in " ".join(run(name, "--help").stdout.split())


@pytest.mark.parametrize("command", ["alerts", "data", "lineage"])
def test_a_pipeline_file_is_told_to_be_one(command: str) -> None:
    told = "is a pipeline file, and no history; give a recording of it, such as 14 (workbench history list shows them)"
    assert refused(command, "hello.yaml") == f"hello.yaml: {told}"


# data


def test_all_datasets_at_a_glance(made: Path) -> None:
    assert (
        good("data", made)
        == block("""
        1/A week at Sun 6 Jan 2013 13:18, times in UTC

        dataset      days live  newest live   rows  read by
        board_sales  3 of 3     Sat 5 Jan v2     1  nobody
        ledger       2 of 4     Sat 5 Jan v2    10  finance
        pub_sales    3 of 4     Sat 5 Jan v2     5  dashboard
        stg_sales    4 of 4     Sat 5 Jan v2     5  nobody
    """)
        + "\n"
    )


def test_one_dataset_with_its_versions_and_readers(made: Path) -> None:
    assert (
        good("data", made, "ledger", "--at", "2013-01-05 10:00")
        == block("""
        1/A week at Sat 5 Jan 2013 10:00, times in UTC

        ledger, of shop
          written by shop.book; in the warehouse; a write adds its rows to what is live
          owner: anna
          checks: none

        partition  version  rows  live                      checks
        Wed 2 Jan  v1          3  since Thu 3 Jan 06:03     none ran
        Thu 3 Jan  v2          8  since Fri 4 Jan 06:10     none ran
                   v1          4  Fri 4 Jan 06:03 to 06:10  none ran

        Not live
          Fri 4 Jan: its run failed at clean; nothing was written

        Read by
          Thu 3 Jan 09:00  finance read Wed 2 Jan: v1, 3 rows
          Fri 4 Jan 09:00  finance read Thu 3 Jan: v2, 8 rows
          Sat 5 Jan 09:00  finance wanted Fri 4 Jan, got Thu 3 Jan: v2, 8 rows
    """)
        + "\n"
    )


def test_one_partition_in_full(made: Path) -> None:
    assert (
        good("data", made, "stg_sales@2013-01-04", "--at", "2013-01-05 10:00")
        == block("""
        1/A week at Sat 5 Jan 2013 10:00, times in UTC

        stg_sales, of shop
          written by shop.clean; in the warehouse; a write takes the place of the
            partition
          owner: ben
          checks: volume (blocks, before it is live); priced (warns, before it is live)

        Version 1 for Fri 4 Jan, 1 row: held back by a check
          written Sat 5 Jan 06:02 by shop.clean, try 1, code v1
          made of till of Fri 4 Jan
          check volume (blocks) failed: stg_sales of Fri 4 Jan has 1 row; between 2 and
            10 are wanted
          check priced passed: stg_sales of Fri 4 Jan has 0 of 1 row (0 %) without
            price; none is allowed

        Nobody has read it.
    """)
        + "\n"
    )


def test_what_was_added_set_aside_and_told(made: Path) -> None:
    text = good("data", made, "ledger@2013-01-03")
    assert "  4 rows added to version 1\n" in text
    assert "of a backfill run, code v2" in text
    assert "Told\n  Sun 6 Jan 12:00  finance about Thu 3 Jan\n" in text
    aside = "Set aside (quarantine)\n  1 row of Sat 5 Jan where price > 14; nobody answers for them\n"
    assert aside in good("data", made, "pub_sales")
    assert "Wed 2 Jan  v1          3  withdrawn Sun 6 Jan 12:18" in good("data", made, "ledger")


def test_data_as_json(made: Path) -> None:
    found = json.loads(good("data", made, "ledger@2013-01-03", "--json"))
    assert (found["recording"], found["future"], found["at"]) == (1, "A", "2013-01-06T13:18:00Z")
    (one,) = found["datasets"]
    assert [(v["n"], v["state"], v["rows"], v["live_to"]) for v in one["versions"]][-2:] == [
        (2, "replaced", 8, "2013-01-06T12:03:00Z"),
        (1, "replaced", 4, "2013-01-04T06:10:00Z"),
    ]
    assert [read["consumer"] for read in one["reads"]] == ["finance", "finance"]


def test_before_anything_was_written_the_answer_is_one(made: Path) -> None:
    done = run("data", made, "ledger", "--at", "2013-01-03 05:30")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "No version was written.")
    failed = run("data", made, "ledger@2013-01-04")
    assert failed.exit_code == 1
    assert "No version was written.\n\nNot live\n  Fri 4 Jan: its run failed at clean; nothing" in failed.stdout
    assert run("data", made, "--at", "2013-01-03 05:30").exit_code == 1


# lineage


def test_lineage_up_and_down(made: Path) -> None:
    text = good("lineage", made, "stg_sales@2013-01-05")
    assert "arrival 2 of till" in text
    assert "pub_sales" in text
    up = good("lineage", made, "stg_sales@2013-01-05", "--up")
    assert "arrival 2 of till" in up
    assert "pub_sales" not in up
    down = good("lineage", made, "till@2013-01-05", "--down")
    assert "board_sales" in down
    assert "made of" not in down


def test_what_is_stale(made: Path) -> None:
    text = good("lineage", made, "--stale")
    assert "stale" in text
    assert json.loads(good("lineage", made, "--stale", "--json"))["stale"]
    early = good("lineage", made, "--stale", "--at", "2013-01-03 10:00")
    assert early.endswith("Nothing is stale: all that is live was made of what is live.\n")
    assert json.loads(good("lineage", made, "ledger@2013-01-05", "--json"))["lineage"]["dataset"] == "ledger"


# alerts


def test_who_was_told_and_who_never_was(made: Path) -> None:
    assert (
        good("alerts", made, "--at", "2013-01-05 10:00")
        == block("""
        1/A week at Sat 5 Jan 2013 10:00, times in UTC

        4 alerts: 3 reached somebody, 3 answered.

        Fri 4 Jan 06:04  check    the check dear of pub_sales failed for Thu 3 Jan
                         anna was told; answered 06:08, after 4 min

        Fri 4 Jan 06:08  retry    book of Thu 3 Jan failed, and is tried again
                         anna was told; answered 06:12, after 4 min

        Sat 5 Jan 06:02  check    the check volume of stg_sales failed for Fri 4 Jan
                         reached nobody: ben is gone

        Sat 5 Jan 06:02  failure  shop of Fri 4 Jan failed
                         anna was told; answered 06:06, after 4 min

        What stands out
          1 alert of 4 reached nobody: the check volume of stg_sales failed for Fri 4
            Jan.
          ben is gone, and still told.
          2 alerts repeat an earlier one about the same DAG and partition; most about
            shop of Thu 3 Jan, 2 in all.
          1 alert needed nothing: what was told came right by itself.
    """)
        + "\n"
    )
    found = json.loads(good("alerts", made, "--json"))
    assert [one["after"] for one in found["alerts"]][:3] == [240, 240, None]
    assert found["gone"] == ["ben"]


# which history


def test_a_recording_of_your_own_history_is_named() -> None:
    with Keeper.open(default_path()) as keeper:
        shop(keeper)
    assert good("data", "week").startswith("1/A week at Sun 6 Jan 2013 12:00")
    assert good("data", "1/A", "stg_sales") == good("data", "A", "stg_sales")
    assert good("alerts", 1) == good("alerts", "week", "--history", default_path())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("data", "{db}", "legder"), "there is no dataset 'legder'; did you mean 'ledger'?"),
        (("data", "{db}", "till"), "till is an input: somebody else delivers it, and no task writes it"),
        (("data", "{db}", "ledger@2013-13-01"), "ledger@2013-13-01: "),
        (("data", "{db}", "ledger@2013-01-03..2013-01-04"), "is a range of days; here it takes one day"),
        (("data", "{db}", "--at", "yesterday"), "'yesterday' is no time; write 2013-01-04T07:35Z"),
        (("data", "{db}", "--at", "2014-01-01"), "1/A was simulated to Sun 6 Jan 13:18; it says nothing of "),
        (("data", "{db}", "--at", "2012-01-01"), "1/A begins Thu 3 Jan 05:00; it says nothing of "),
        (("data", "nothing.db"), "nothing.db: does not exist; give the path of a history that was written before"),
        (("data", "weak", "--history", "{db}"), "has no recording 'weak'; did you mean 'week'?"),
        (("data", "week"), "nothing was kept yet, so there is nothing to read"),
        (("data", "{db}", "--history", "{db}"), "is a file, and --history names another"),
        (("lineage", "{db}"), "which dataset, and which day? write for example"),
        (("lineage", "{db}", "ledger"), "which day of ledger? write for example ledger@2013-01-05"),
        (("lineage", "{db}", "ledger@2013-01-04"), "ledger has no version for 2013-01-04 yet"),
        (("lineage", "{db}", "--stale", "--up"), "--stale shows what is stale; it goes without --up and --down"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_line(made: Path, arguments: tuple[str, ...], told: str) -> None:
    assert told in refused(*(one.format(db=made) for one in arguments))


def test_events_about_a_dataset_are_found_by_its_name(made: Path) -> None:
    one = ("--task", "ledger", "--partition", "2013-01-02", "--history", str(made))
    kinds = [line.split()[5] for line in answered("history", "events", *one).splitlines()[1:]]
    assert kinds == ["version_written", "version_published", "dataset_read", "pointers_moved"]
    told = answered("history", "events", "--kind", "consumers_told", "--task", "ledger", "--history", str(made))
    assert "shop.ledger@2013-01-03  you: finance knows" in told
    sent = answered("history", "events", "--kind", "alert_sent", "--task", "input:till", "--history", str(made))
    assert "shop.input:till@2013-01-05" in sent


# the last command


LAST = "2013-01-04 08:40"


@pytest.fixture
def told_last() -> Path:
    """Its log ends with two commands, given at the last instant."""
    path = Path("last.db")
    lines = (f"run until {LAST}", "withdraw pub_punctuality@2013-01-03", "notify about pub_punctuality@2013-01-03")
    pipeline = Path(__file__).resolve().parent.parent / "tutorials" / "pipelines" / "daily_flights.yaml"
    answered("do", str(pipeline), "--scenario", "late_jfk", "--history", str(path), *lines)
    return path


@pytest.mark.parametrize("at", [(), ("--at", LAST)])
def test_the_last_command_of_a_recording_counts(told_last: Path, at: tuple[str, ...]) -> None:
    """The future is whole up to the second before it: what was done then is in its log all the same."""
    head, *lines = good("data", told_last, "pub_punctuality@2013-01-03", *at).splitlines()
    assert head == "1/A late_jfk at Fri 4 Jan 2013 08:40, times in UTC"
    assert any("withdrawn" in line for line in lines)
    report = run("report", told_last, *at).stdout
    assert "to Fri 4 Jan 08:40 2013" in report
    assert re.search(r"\| Fri 4 Jan 08:00 +\| board_dashboard .* \| yes +\|", report)


def test_what_comes_after_the_last_command_was_not_simulated(told_last: Path) -> None:
    assert refused("data", told_last, "--at", "2013-01-04 08:40:01").endswith(
        "was simulated to Fri 4 Jan 08:40; it says nothing of Fri 4 Jan 08:40:01"
    )
