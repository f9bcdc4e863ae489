"""Reports: seven answers about a recording, in the words of `why`, as Markdown and as one page that stands alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import workbench as wb
from tests.data_cases import kept as keep_shop
from tests.data_cases import shop
from tests.report_cases import PIPELINES, keep, repaired
from tests.samples import block
from workbench.cli import main
from workbench.history import History
from workbench.recorded_report import report_on
from workbench.session import Session
from workbench.verbs.grammar import parse
from workbench.verbs.table import ALIASES, FORMS
from workbench.views.report_html import html
from workbench.views.report_markdown import markdown
from workbench.views.report_parts import Items, Quote, Report, Section, Table

pytestmark = pytest.mark.usefixtures("home")
GOLDEN = Path(__file__).parent / "golden" / "report_late_jfk.md"
QUESTIONS = ("wait", "late", "rerun", "backfill", "checks", "alerts", "cost")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(tmp_path_factory.mktemp("late") / "late.db")


@pytest.fixture(scope="module")
def told() -> Report:
    """About the same, from the session itself."""
    return report_on(repaired(), "late_jfk, future A")


@pytest.fixture(scope="module")
def of_shop() -> Report:
    return report_on(shop())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


def good(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def refused(*arguments: object) -> str:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


def section(report: Report, key: str) -> Section:
    return report.sections[QUESTIONS.index(key)]


def parts(report: Report, key: str, kind: type[Table | Quote | Items]) -> Iterator[Table | Quote | Items]:
    return (part for part in section(report, key).parts if isinstance(part, kind))


def rows(report: Report, key: str, title: str) -> tuple[tuple[str, ...], ...]:
    (found,) = (one for one in parts(report, key, Table) if isinstance(one, Table) and one.title.startswith(title))
    return found.rows


def said(report: Report, key: str) -> list[str]:
    return [line for one in parts(report, key, Items) if isinstance(one, Items) for line in one.items]


# a real recording


def test_the_page_of_a_real_recording(late: Path) -> None:
    """What was late, made wrong, read, repaired and backfilled. UPDATE_GOLDEN=1 writes it anew: read the difference."""
    found = good("report", late)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(found, encoding="utf-8", newline="\n")
    assert found == GOLDEN.read_text("utf-8")


def test_a_session_and_its_recording_tell_the_same(late: Path, told: Report) -> None:
    """But for bytes, which a history does not keep."""
    mine = re.sub(r" +\| +[\d,]+ \|\n\n### Tries", " BYTES\n\n### Tries", markdown(told))
    kept = re.sub(r" +\| +not kept \|\n\n### Tries", " BYTES\n\n### Tries", good("report", late))
    assert "BYTES" in mine
    assert re.sub(r"bytes.*\n.*\n", "", mine) == re.sub(r"bytes.*\n.*\n", "", kept)


def test_it_says_the_very_sentences_of_why() -> None:
    session = repaired()
    first, *_ = parts(report_on(session), "wait", Quote)
    assert isinstance(first, Quote)
    assert first.title == "why punctuality.by_airport@2013-01-02, asked at Thu 3 Jan 06:54"
    assert list(first.lines) == str(session.why("by_airport@2013-01-02", "2013-01-03T06:54Z")).splitlines()


def test_an_earlier_instant_knows_nothing_of_later_ones(late: Path) -> None:
    found = good("report", late, "--at", "2013-01-04 07:00")
    assert "jfk of Thu 3 Jan was due Fri 4 Jan 06:00 and has not come." in found
    assert "Fri 4 Jan 07:00 2013, times in UTC; 77 events." in found
    assert "07:35" not in found
    assert "No window was backfilled." in found
    assert "914" not in found
    assert "Fri 4 Jan 08:00" not in found


def test_what_is_read_at_the_very_instant_counts(late: Path) -> None:
    found = good("report", late, "--at", "2013-01-04 08:00")
    assert "- **4 reads**: 1 of wrong rows, 0 out of date or of nothing" in found


# each question


def test_an_input_that_a_step_waited_for() -> None:
    pipeline = block("""
        dag: hello
        schedule: "0 6 * * *"
        start: 2013-01-01
        inputs: {sales: {expected: "05:50"}}
        tasks: {load: {needs: [sales], takes: 5m}, report: {needs: [load], takes: 1m}}
        ---
        scenario: too_late
        from: 2013-01-02T05:00Z
        until: 2013-01-02T20:00Z
        faults: [late: {input: sales, partition: 2013-01-01, arrives: 2013-01-02T07:00Z}]
    """)
    Path("slow.yaml").write_text(pipeline, encoding="utf-8")
    session = wb.load("slow.yaml", "too_late")
    session.run_until()
    found = report_on(session)
    assert section(found, "wait").answer == (
        "load of hello for Tue 1 Jan waited 60 min, from Wed 2 Jan 06:00 to 07:00."
    )
    assert section(found, "late").answer == (
        "sales of Tue 1 Jan came 70 min late: due Wed 2 Jan 05:50, here Wed 2 Jan 07:00."
    )
    assert said(found, "late") == ["load of hello for Tue 1 Jan waited for sales, and began Wed 2 Jan 07:00."]


def test_who_read_what_was_made_without_a_late_input(told: Report) -> None:
    assert (
        "board_dashboard read version 1 of pub_punctuality for Thu 3 Jan on Fri 4 Jan 08:00, with 318 wrong rows."
        in (said(told, "late"))
    )
    assert [row[:4] for row in rows(told, "cost", "Wrong rows")] == [
        ("Fri 4 Jan 08:00", "board_dashboard", "pub_punctuality for Thu 3 Jan, v1", "318"),
        ("Fri 4 Jan 08:30", "ops_email", "pub_punctuality for Thu 3 Jan, v1", "318"),
        ("Fri 4 Jan 09:00", "fare_model", "punctuality for Thu 3 Jan, v1", "1"),
    ]


def test_a_failed_run_that_was_run_again() -> None:
    session = wb.load("hello.yaml", "on_time")
    for line in ("fail load@2013-01-01", "run until 2013-01-02T07:00Z", "rerun hello.load@2013-01-01 down", "run"):
        session.do(line)
    found = report_on(session)
    assert section(found, "rerun").answer == "1 run was run again by hand, because it had failed."
    ((_, run_, steps, before, then, _),) = rows(found, "rerun", "Run again")
    assert (run_, steps, before) == ("hello for Tue 1 Jan", "load and report", "failed at load")
    assert then == "ended well after 6 min"
    ((what, since, until, after),) = rows(found, "cost", "Time to recovery")
    assert (what, since, until, after) == ("run of hello for Tue 1 Jan", "Wed 2 Jan 06:05", "Wed 2 Jan 07:06", "61 min")


def test_a_rerun_that_made_the_same_again() -> None:
    session = wb.load(PIPELINES / "daily_flights.yaml", "late_jfk")
    for line in (
        "run until 2013-01-03T12:00Z",
        "rerun daily_flights.publish@2013-01-02",
        "run until 2013-01-03T13:00Z",
    ):
        session.do(line)
    ((*_, wrote),) = rows(report_on(session), "rerun", "Run again")
    assert wrote == "pub_punctuality v2, 943 rows (the same as v1)"


def test_a_dataset_that_no_task_writes_any_more() -> None:
    pipeline = block("""
        dag: hello
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {}, report: {needs: [load], writes: [sums]}}
        ---
        scenario: gone
        from: 2013-01-02T05:00Z
        until: 2013-01-04T09:00Z
    """)
    Path("gone.yaml").write_text(pipeline, encoding="utf-8")
    session = wb.load("gone.yaml", "gone")
    for line in ("run until 2013-01-03T09:00Z", "task rm report", "run"):
        session.do(line)
    found = report_on(session)
    assert section(found, "checks").answer == "None: 2 versions went live, and no dataset has a check."
    assert found.overview[1].rows == (("sums", "2", "2", "0", "0", "0", "nobody"),)


def test_a_failed_run_that_nobody_repaired(of_shop: Report) -> None:
    assert "1 run failed and was never repaired" in section(of_shop, "rerun").answer
    assert "shop for Fri 4 Jan failed at clean Sat 5 Jan 06:02, and nobody repaired it." in said(of_shop, "rerun")


def test_steps_that_recovered_by_retries(told: Report) -> None:
    first, *_ = rows(told, "rerun", "Recovered")
    assert first[:4] == ("daily_flights.extract", "Wed 2 Jan", "5 tries", "the vendor did not answer (503)")


def test_a_backfill_in_the_words_of_its_own_report(told: Report) -> None:
    (quote,) = parts(told, "backfill", Quote)
    assert isinstance(quote, Quote)
    assert any("2 of 2 runs done" in line for line in quote.lines)
    assert "outputs changed (2 others made again with the same content): 2" in quote.lines


def test_which_checks_guarded_and_what_none_looked_at(of_shop: Report) -> None:
    assert rows(of_shop, "checks", "Checks")[0] == (
        "stg_sales.volume", "rows", "before it is live", "holds it back", "4", "1", "ben",
    )  # fmt: skip
    held, *gaps = said(of_shop, "checks")
    assert held.startswith("Version 1 of stg_sales for Fri 4 Jan was held back Sat 5 Jan 06:02 (volume: ")
    assert (
        "No check looked at the freshness, schema, distribution or lineage of stg_sales: green does not prove it."
        in (gaps)
    )


def test_where_there_is_no_check_nothing_was_guarded(told: Report) -> None:
    found = section(told, "checks")
    assert (found.came_up, found.answer) == (False, "None: 15 versions went live, and no dataset has a check.")


def test_who_owned_each_alert_and_which_reached_nobody(of_shop: Report) -> None:
    people = {row[0]: row[1:3] for row in rows(of_shop, "alerts", "People")}
    assert people["nobody"] == ("1", "0")
    assert people["ben"] == ("1 (gone)", "0")
    assert any(row[-1] == "reached nobody: ben is gone" for row in rows(of_shop, "alerts", "Alerts"))
    assert any("needed nothing" in row[-1] for row in rows(of_shop, "alerts", "Alerts"))


def test_what_it_cost(told: Report) -> None:
    ((who, minutes, tries, handed, size),) = rows(told, "cost", "Slots")
    assert (who, minutes, tries) == ("the engine itself", "111", "30")
    assert int(handed.replace(",", "")) == 15475
    assert int(size.replace(",", "")) > 1_000_000
    assert rows(told, "cost", "Tries that failed") == (
        ("daily_flights.extract", "the vendor did not answer (503)", "4", "4"),
        ("daily_flights.clean", "the attempt crashed", "2", "2"),
    )


# no occasion


def quiet() -> Session:
    return wb.load("hello.yaml", "on_time")


def test_a_question_without_an_occasion_says_so_and_how_to_see_it() -> None:
    found = report_on(quiet())
    assert [one.key for one in found.sections] == list(QUESTIONS)
    for one in found.sections:
        assert not one.came_up
        assert one.answer.endswith(".")
        assert one.to_see.endswith(".")
        assert "`" in one.to_see
    assert "It answers 0 of 7 questions that an orchestration project should answer." in found.about


def test_the_commands_that_it_advises_can_be_typed() -> None:
    advised = [one.to_see for one in (*report_on(quiet()).sections, section(report_on(repaired()), "checks"))]
    lines = [line for text in advised for line in re.findall(r'"(\w+ [^"]*)"', text) if "workbench do" in text]
    assert len(lines) >= 4
    names = {"INPUT": "sales", "TASK": "load", "DAY": "2013-01-01", "FIRST": "2013-01-01", "LAST": "2013-01-02"}
    for line in lines:
        typed = re.sub("|".join(names), lambda match: names[match[0]], line)
        assert parse(typed, FORMS, ALIASES).verb


# the writers


HOSTILE = block("""
    dag: hello
    description: "<script>alert(1)</script> | [x](y) *b* `c` & &amp;"
    schedule: "0 6 * * *"
    start: 2013-01-01
    owner: "<b>|owner"
    tasks: {load: {description: "</style><img src=x>", params: {a: "<i>"}}}
""")


def hostile() -> Report:
    Path("hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    session = wb.load("hostile.yaml")
    session.run_until()
    return report_on(session, "<u>name</u> | \x1b[31m")


def test_nothing_that_it_is_given_is_markup() -> None:
    found = hostile()
    page, text = html(found), markdown(found)
    for mark in ("<script", "<u>", "<b>|", "<img", "\x1b"):
        assert mark not in page
        assert mark not in text.replace("\\<", "")
    assert "&lt;u&gt;name&lt;/u&gt;" in page
    assert r"\<b\>\|owner" in text
    heads = [line for line in text.splitlines() if line.startswith("| DAG") and "owner" in line]
    cells = [line for line in text.splitlines() if line.startswith("| hello") and "owner" in line]
    for line in (heads[0], cells[0]):
        assert len(re.findall(r"(?<!\\)\|", line)) == 9


class Reader(HTMLParser):
    """Checks that tags are closed in order, and gathers ids and links."""

    EMPTY = frozenset({"meta", "path", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "style", "onclick")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.EMPTY

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone(told: Report) -> None:
    page, reader = html(told), Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.links == [f"#{key}" for key in QUESTIONS]
    assert set(QUESTIONS) <= set(reader.ids)
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page
    assert set(re.findall(r"https?://[^\"' ]*", page)) == {"http://www.w3.org/2000/svg"}
    assert page.count("<svg") == 2
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page


def test_ids_are_unique_though_two_dags_have_a_task_of_one_name() -> None:
    pipeline = "\n---\n".join(f"dag: {name}\nstart: 2013-01-01\ntasks: {{load: {{}}}}" for name in ("one", "two"))
    Path("two.yaml").write_text(pipeline, encoding="utf-8")
    reader = Reader()
    reader.feed(html(report_on(wb.load("two.yaml"))))
    assert len(reader.ids) == len(set(reader.ids))
    assert {"task:one/load", "task:two/load"} <= set(reader.ids)


# files


def test_it_is_written_by_its_ending(late: Path) -> None:
    assert good("report", late, "-o", "a.md") == "wrote a.md\n"
    text = Path("a.md").read_text("utf-8")
    assert text == "<!-- orchestration workbench report -->\n" + good("report", late)
    good("report", late, "-o", "a.html")
    assert Path("a.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_a_report_is_written_anew_and_another_file_is_kept(late: Path, name: str) -> None:
    path = Path(name)
    good("report", late, "-o", name)
    first = path.read_bytes()
    good("report", late, "-o", name)
    assert path.read_bytes() == first
    path.write_text("my diary", encoding="utf-8")
    assert refused("report", late, "-o", name) == f"{name} is there and is no report; --force writes over it"
    assert path.read_text("utf-8") == "my diary"
    good("report", late, "-o", name, "--force")
    assert path.read_bytes() == first


def test_what_cannot_be_written(late: Path) -> None:
    assert refused("report", late, "-o", "a.pdf") == "a.pdf: a report is written as a.md or as a.html"
    Path("b.md").mkdir()
    assert refused("report", late, "-o", "b.md").startswith("b.md is a folder; name a file in it")
    assert refused("report", late, "-o", "none/a.md") == "none/a.md cannot be written: No such file or directory"
    assert refused("report", "late_jfq", "-o", "a.md")
    assert refused("report", late, "--at", "noon")
    assert not Path("a.md").exists()


def test_a_recording_that_nobody_judged(tmp_path: Path) -> None:
    with History.open(tmp_path / "shop.db") as history:
        keep_shop(history)
    found = good("report", tmp_path / "shop.db")
    assert "- **? wrong rows live**: nobody judged this recording" in found


def test_every_command_is_in_the_list() -> None:
    assert all(f"\n  {name} " in good("--help") for name in ("report", "card"))
