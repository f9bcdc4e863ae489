"""What is left to do after a repair, who is told, when lifting a fault is offered, and two faults on one day."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.bench.menus import repair_menu
from workbench.bench.offers import offers
from workbench.bench.panes.why import answer_of

WED, THU = "2013-01-02", "2013-01-03"
BROKEN = f"unit ewr@{WED} arr_delay 60 onward"
MENDED = (BROKEN, "go Fri 09:05", "lift ewr", f"rerun extract@{WED} down", "go Fri 10:05",
          f"rerun by_airport@{WED} down", "go Fri 11:05")  # fmt: skip
PUBLISH = f"run:daily_flights.publish@{WED}"
PUB, MADE = f"dataset:daily_flights.pub_punctuality@{WED}", f"dataset:punctuality.punctuality@{WED}"


def played(*lines: str, at: str = PUBLISH) -> wb.Bench:
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"))
    for line in lines:
        verb, _, rest = line.partition(" ")
        bench.go(rest) if verb == "go" else bench.do(line)
    assert bench.choose(at)
    return bench


def why(bench: wb.Bench) -> str:
    return " ".join(bench.why(110).text.split())


def lines_of(bench: wb.Bench) -> list[str]:
    return [one.line for one in offers(bench, answer_of(bench))]


# until no day is wrong, and everybody knows


@pytest.mark.parametrize("target", [PUBLISH, PUB, f"run:daily_flights.extract@{WED}"])
def test_after_a_repair_it_is_said_which_days_are_wrong_still_and_who_was_not_told(target: str) -> None:
    bench = played(*MENDED, at=target)
    text = why(bench)
    assert "✖ still wrong: pub_punctuality of Thu 3 Jan, punctuality of Thu 3 Jan" in text
    hold = "hold wrong rows of pub_punctuality of Wed 2 Jan and Thu 3 Jan, and were not told"
    assert f"board_dashboard and ops_email {hold}" in text
    assert "fare_model holds wrong rows of punctuality of Wed 2 Jan and Thu 3 Jan, and was not told" in text
    assert lines_of(bench)[:3] == [f"notify about pub_punctuality@{WED}", f"notify about punctuality@{WED}",
                                   f"rerun extract@{THU} down"]  # fmt: skip
    assert hold in " ".join(bench.why_chain(110).text.split())
    assert lines_of(bench)[0] in [one.line for one in repair_menu(bench).items]


@pytest.mark.parametrize(
    ("reader", "dataset"), [("board_dashboard", "pub_punctuality"), ("fare_model", "punctuality")]
)  # fmt: skip
def test_a_reader_hears_what_it_holds_itself(reader: str, dataset: str) -> None:
    bench = played(*MENDED, at=f"consumer:.{reader}")
    assert f"{reader} holds wrong rows of {dataset} of Wed 2 Jan and Thu 3 Jan, and was not told" in why(bench)
    assert f"still wrong: {dataset} of Thu 3 Jan" in why(bench)
    assert f"notify {reader} about {dataset}@{WED}" in lines_of(bench)
    assert not [one for one in ("board_dashboard", "ops_email", "fare_model") if one != reader and one in why(bench)]


def test_following_the_first_offer_ends_where_all_is_right_and_all_are_told() -> None:
    bench = played(*MENDED)
    done: list[str] = []
    for _ in range(12):
        line = next((one for one in lines_of(bench) if one.split()[0] in ("notify", "rerun", "lift")), "")
        if not line:
            break
        assert line not in done
        done.append(line)
        bench.do(line)
        bench.go("+1h" if line.startswith("rerun") else "+1m")
        assert bench.choose(PUBLISH)
    assert [one for one in done if one.startswith("rerun")] == [
        f"rerun extract@{THU} down",
        f"rerun by_airport@{THU} down",
    ]
    said = "✔ no day of it that was read is wrong any more, and board_dashboard, ops_email and fare_model were told"
    assert said in why(bench)
    assert "wrong rows" not in why(bench)


def test_nothing_of_it_is_said_before_anything_was_repaired_or_where_it_is_hidden() -> None:
    early = played(BROKEN, "go Fri 09:05")
    assert "not told" not in why(early)
    assert "still wrong" not in why(early)
    hidden = played(*MENDED)
    hidden.shows_right = False
    assert "wrong" not in why(hidden)


def test_several_days_are_made_again_in_one_go() -> None:
    bench = played(BROKEN, "go Sat 09:05", "lift ewr", f"rerun extract@{WED} down", "go Sat 10:05",
                   f"notify about pub_punctuality@{WED}")  # fmt: skip
    assert f"backfill daily_flights@{THU}..2013-01-04 all" in lines_of(bench)


# readers in other pipelines


def test_what_is_behind_a_task_names_the_readers_of_other_pipelines() -> None:
    waiting = played(BROKEN, "go Thu 06:05", at=f"run:daily_flights.extract@{WED}")
    others = "fare_model; and punctuality."
    assert f"Behind it: clean, publish, board_dashboard, ops_email and {others}" in why(waiting)
    waiting.choose(PUB)
    assert f"Behind it: {others}" in why(waiting)
    waiting.choose(MADE)
    assert "Behind it" not in why(waiting)


def test_to_tell_readers_says_who_else_read_what_was_made_of_it_and_whether_they_were_told() -> None:
    bench = played(*MENDED)
    line = f"notify about pub_punctuality@{WED}"
    made = "fare_model read punctuality of Wed 2 Jan, which was made of it"
    assert bench.plan_of(line)[1:] == [f"{made}, and is not told by this: notify fare_model about punctuality@{WED}"]
    bench.do(f"notify about punctuality@{WED}")
    assert bench.plan_of(line)[1:] == [f"{made}, and was told"]
    assert len(bench.plan_of(f"notify ops_email about pub_punctuality@{WED}")) == 2


# not before it can be known


@pytest.mark.parametrize("target", [PUBLISH, PUB, MADE, f"run:daily_flights.extract@{WED}", "consumer:.fare_model"])
def test_the_fault_is_offered_to_be_lifted_only_once_somebody_has_read(target: str) -> None:
    bench = played(BROKEN, "go Thu 07:55", at=target)
    assert "lift 4" not in lines_of(bench)
    assert "fault" not in why(bench)
    bench.go("Thu 08:00")
    assert "lift 4" in lines_of(bench)


@pytest.mark.parametrize("severity", ["block", "warn"])
def test_a_check_that_said_no_is_enough(severity: str) -> None:
    check = f"check add pub_punctuality has_rows rows min 700 max 1000 severity {severity}"
    bench = played(f"double ewr@{WED}", check, "go Thu 06:50")
    assert "lift 4" not in lines_of(bench)
    bench.go("Thu 07:00")
    assert "lift 4" in lines_of(bench)


def test_what_was_seen_in_another_future_is_known_in_a_what_if() -> None:
    bench = played(BROKEN, "go Thu 09:05")
    bench.go("Thu 07:00")
    bench.choose(PUBLISH)
    assert "lift 4" not in lines_of(bench)
    bench.do("set workers 5")  # a what-if begins
    assert len(bench.session.branches) == 2
    bench.choose(PUBLISH)
    assert "lift 4" in lines_of(bench)


# two faults on one day


def test_two_faults_on_one_day_are_told_apart() -> None:
    bench = played(BROKEN, "go Fri 09:05", at=f"dataset:daily_flights.pub_punctuality@{THU}")
    text = why(bench)
    assert "318 missing, all with origin JFK; 325 different in arr_delay, all with origin EWR (view 4)" in text
    assert "made of ewr, which fault 4 spoiled: ewr from Wed 2 Jan on comes with arr_delay times 60" in text
    assert "extract reads jfk but does not wait for it" in text
    rows = bench.data(118).text.splitlines()
    assert next(row for row in rows if "sched_dep_time" in row).split()[:2] == ["arr_delay", "origin"]
    assert {row.split()[3] for row in rows if row.startswith("- missing")} == {"JFK"}
    assert {row.split()[3] for row in rows if row.startswith("x is ")} == {"EWR"}
    assert not [row for row in rows if row.startswith("+ too much")]
    said = "All that are missing have origin JFK, and none of the others. Those that are different all have origin EWR"
    assert said in " ".join(bench.data(118).text.split())


def test_the_cause_of_each_is_with_the_task_that_published_it() -> None:
    text = why(played(BROKEN, "go Fri 09:05", at=f"run:daily_flights.publish@{THU}"))
    assert "fault 4 spoiled" in text
    assert "without jfk: due 06:00, came 07:35, 95 min late" in text
