"""Run cards: all that decided what a run made, and how two of them differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import workbench as wb
from tests.report_cases import PIPELINES, keep, repaired
from tests.samples import block
from workbench.cli import main
from workbench.model import InvalidInput
from workbench.session import Session
from workbench.views.run_card import RunCard, difference, run_card, run_named

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(tmp_path_factory.mktemp("late") / "late.db")


@pytest.fixture(scope="module")
def harbor() -> Session:
    """A week of the whole company, with a model trained on Monday."""
    session = wb.load(PIPELINES / "harbor_air.yaml")
    session.run_until()
    return session


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


def card(session: Session, text: str) -> RunCard:
    known = session.state.known
    return run_card(known, session.events, session.now, run_named(known, text))


def values(found: RunCard, part: str) -> dict[str, str]:
    return {one.name: one.value for one in found.lines if one.part == part}


def test_a_run_that_was_run_again(late: Path) -> None:
    """Version 1 was made without JFK."""
    assert (
        good("card", late, "daily_flights@2013-01-03")
        == block("""
        1/A late_jfk at Sat 5 Jan 2013 09:00, times in UTC

        daily_flights for Thu 3 Jan: success, Fri 4 Jan 09:05 to 09:20

        run
          partition    Thu 3 Jan
          interval     Thu 3 Jan 00:00 to Fri 4 Jan 00:00 UTC
          made by      the clock, Fri 4 Jan 06:00
          parent       rerun of itself, Fri 4 Jan 09:05: extract, clean and publish
          environment  not named

        code
          extract  v1 (flights:extract), success, 2 tries
          clean    v1 (flights:clean), success, 2 tries
          publish  v1, success, 2 tries

        took
          ewr  Thu 3 Jan, arrival 1, 336 rows, 553c7c02dd
          jfk  Thu 3 Jan, arrival 1, 318 rows, e057207cf4
          lga  Thu 3 Jan, arrival 1, 260 rows, 54664b12a2

        wrote
          pub_punctuality 1/2  Thu 3 Jan, version 1, try 1, 596 rows, 371a759d1e
          pub_punctuality 2/2  Thu 3 Jan, version 2, try 2, 914 rows, fcababbb8a
          stg_flights 1/2      Thu 3 Jan, version 1, try 1, 596 rows, 371a759d1e,
                               without jfk
          stg_flights 2/2      Thu 3 Jan, version 2, try 2, 914 rows, fcababbb8a
    """)
        + "\n"
    )


def test_the_backfill_of_a_partition_beside_its_first_run(late: Path) -> None:
    found = good("card", late, "daily_flights@2013-01-02#1", "daily_flights@2013-01-02").splitlines()
    assert (
        found[2:]
        == block("""
        a  daily_flights for Wed 2 Jan: success, Thu 3 Jan 06:00 to 06:55
        b  daily_flights for Wed 2 Jan (run 2 of it): success, Fri 4 Jan 10:00 to 10:21

        run made by
          a  the clock, Thu 3 Jan 06:00
          b  backfill 98, asked for Fri 4 Jan 10:00
        run parent
          a  none
          b  run 1 of the same partition (scheduled, success)
        code extract
          a  v1 (flights:extract), success, 5 tries
          b  v1 (flights:extract), success, 1 try
        output pub_punctuality: another version, with the same content
          a  Wed 2 Jan, version 1, try 1, 943 rows, 56bc687e8d
          b  Wed 2 Jan, version 2, try 1, 943 rows, 56bc687e8d
        output stg_flights: another version, with the same content
          a  Wed 2 Jan, version 1, try 2, 943 rows, 56bc687e8d
          b  Wed 2 Jan, version 2, try 2, 943 rows, 56bc687e8d

        8 lines of the cards are the same.
    """).splitlines()
    )


def test_the_same_run_does_not_differ(late: Path) -> None:
    found = good("card", late, "daily_flights@2013-01-04", "daily_flights@2013-01-04#1")
    assert "No difference: all 12 lines of the cards are the same." in found


def test_an_earlier_instant_has_the_card_as_it_was_then(late: Path) -> None:
    found = good("card", late, "daily_flights@2013-01-03", "--at", "2013-01-04 08:00")
    assert "rerun" not in found
    assert "jfk  " not in found
    assert "914" not in found


def test_the_newest_run_where_no_day_is_named(late: Path) -> None:
    assert "punctuality for Fri 4 Jan" in good("card", late, "punctuality")


def test_the_model_that_was_read(harbor: Session) -> None:
    found = card(harbor, "score_daily@2013-01-08")
    (model,) = values(found, "model").items()
    assert model[0] == "fare_models"
    assert ", version 1, 242 rows, " in model[1]
    assert "fare_models" not in values(found, "input")


def test_environment_parameters_and_who_does_the_work(harbor: Session) -> None:
    found = card(harbor, "daily_flights@2013-01-03")
    assert values(found, "run")["environment"] == "image:flights-1.2"
    assert values(found, "parameter")["extract.password"] == "secret:vendor/password"
    assert values(found, "code")["clean"].startswith("v1 (flights:clean), by the job, success")


def test_which_version_started_a_run(harbor: Session) -> None:
    by_input = values(card(harbor, "daily_flights@2013-01-03"), "run")["made by"]
    by_version = values(card(harbor, "features@2013-01-03"), "run")["made by"]
    assert by_input == "jfk of Thu 3 Jan, which came Fri 4 Jan 07:35"
    assert by_version.startswith("version 1 of stg_flights for Thu 3 Jan, live Fri 4 Jan ")


def test_several_partitions_of_one_dataset_stand_beside_each_other(harbor: Session) -> None:
    one, two = (card(harbor, f"features@2013-01-0{day}") for day in (7, 8))
    assert values(one, "input")["stg_flights 7/7"].startswith("Mon 7 Jan, version 1, ")
    names = {found.name for found in difference(one, two).differences if found.part == "input"}
    assert names == {f"stg_flights {place}/7" for place in range(1, 8)}


def test_code_that_was_deployed_is_a_difference() -> None:
    session = wb.load("hello.yaml", "on_time")
    session.do("run")
    before = card(session, "hello@2013-01-01")
    session.do("deploy hello.load v2")
    session.do("rerun hello.load@2013-01-01 down")
    session.do("run until 2013-01-03T06:00Z")
    found = difference(before, card(session, "hello@2013-01-01"))
    (code,) = (one for one in found.differences if (one.part, one.name) == ("code", "load"))
    assert code[2:] == ("v1, success, 1 try", "v2, success, 2 tries", False)


def test_as_json(late: Path) -> None:
    data = json.loads(good("card", late, "daily_flights@2013-01-02#1", "daily_flights@2013-01-02", "--json"))
    assert (data["first"]["name"], data["same"]) == ("daily_flights@2013-01-02#1", 8)
    assert [one["same_content"] for one in data["differences"] if one["part"] == "output"] == [True, True]
    alone = json.loads(good("card", late, "daily_flights@2013-01-03", "--json"))
    assert alone["at"] == "2013-01-05T09:00:00Z"
    assert {"part": "code", "name": "publish", "value": "v1, success, 2 tries", "content": ""} in alone["lines"]


def test_the_verb_gives_the_same(late: Path) -> None:
    session = repaired()
    for line in ("card daily_flights@2013-01-03", "card daily_flights@2013-01-02#1 daily_flights@2013-01-02#2"):
        done = session.do(f"{line}  # a remark")
        shown = good("card", late, *line.split()[1:]).splitlines()[2:]
        assert " ".join([done.sentence, *done.lines]).split() == " ".join(shown).split()
    with pytest.raises(InvalidInput, match="there is no such run"):
        session.do("card daily_flights@2013-01-02#3")


def test_what_is_not_there(late: Path) -> None:
    assert refused("card", late, "daily_flight@2013-01-02").startswith("there is no DAG 'daily_flight'; did you mean")
    assert refused("card", late, "daily_flights@2013-01-09") == "daily_flights has no run of Wed 9 Jan"
    assert refused("card", late, "daily_flights#2") == (
        "daily_flights#2: of which day? write daily_flights@2013-01-03#2"
    )
    assert refused("card", late, "daily_flights@2013-01-02#7") == (
        "daily_flights@2013-01-02#7: there is no such run; of Wed 2 Jan there is #1 (scheduled), #2 (backfill)"
    )
