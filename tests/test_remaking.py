"""What has to run again, and what is told about it: by lineage, down to the task that took what is another now."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.bench.menus import edit_menu, outlook, repair_menu
from workbench.bench.offers import offers
from workbench.bench.panes.why import answer_of
from workbench.bench.panes.wrong import wrong_lines
from workbench.views.remake import again_of, takers_of

DAY = "2013-01-02"
CHECK = "check add pub_punctuality has_rows rows min 700 max 1000 severity block"
AGAIN = f"rerun extract@{DAY} down"
PUBLISH, BY_AIRPORT = f"run:daily_flights.publish@{DAY}", f"run:punctuality.by_airport@{DAY}"


def played(*lines: str, at: str = "") -> wb.Bench:
    """A bench on daily_flights on which these lines were done; `go Thu 08:00` goes there. `at`: what is selected."""
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"))
    for line in lines:
        verb, _, rest = line.partition(" ")
        bench.go(rest) if verb == "go" else bench.do(line)
    assert not at or bench.choose(at)
    return bench


def lines_of(bench: wb.Bench) -> list[str]:
    return [one.line for one in offers(bench, answer_of(bench))]


def plain(text: str) -> str:
    return " ".join(text.split())


DOUBLED = (f"double ewr@{DAY}", CHECK, "go Thu 08:30")
UNIT = (f"unit ewr@{DAY} arr_delay 60", "go Thu 09:05", "lift ewr")
MENDED = (*UNIT, AGAIN, "go Thu 10:00")


# advice that follows lineage


def test_while_the_file_is_spoiled_only_lifting_is_offered() -> None:
    bench = played(*DOUBLED, at=PUBLISH)
    assert lines_of(bench) == ["lift 4", f"approve pub_punctuality@{DAY} 1"]
    assert f"→ {AGAIN}, once its source is mended" in bench.why(100).text
    assert "publish would take the same rows as before" in outlook(bench, f"rerun publish@{DAY} down").lines


def test_once_it_is_mended_the_task_that_took_the_file_is_run_again_and_not_the_one_that_failed() -> None:
    bench = played(*DOUBLED, "lift ewr", "go Thu 08:40", at=PUBLISH)
    assert lines_of(bench) == [AGAIN, f"approve pub_punctuality@{DAY} 1"]
    told = "△ ewr came again 08:30 with other rows (350, before: 700); extract took the file of 05:48, and publish"
    assert told in plain(bench.why(100).text)
    assert told in plain(bench.why_chain(100).text)
    first = repair_menu(bench).items[0]
    assert (first.text, first.line) == ("ewr is new: run extract and all below again", AGAIN)
    bench.choose(f"dataset:daily_flights.pub_punctuality@{DAY}")
    assert lines_of(bench)[:2] == [AGAIN, f"approve pub_punctuality@{DAY}"]


def test_running_the_last_task_again_is_said_to_take_the_old_rows() -> None:
    bench = played(*DOUBLED, "lift ewr", "go Thu 08:40", at=PUBLISH)
    found = outlook(bench, f"rerun publish@{DAY} down").lines
    assert found[-1].startswith("the old rows would come again: ewr came again 08:30")
    assert found[-1].endswith(f"Rather: {AGAIN}")
    assert not [one for one in outlook(bench, AGAIN).lines if "old rows" in one]


def test_the_advice_ends_when_it_was_taken() -> None:
    bench = played(*DOUBLED, "lift ewr", "go Thu 08:40", AGAIN, "go Thu 09:00", at=PUBLISH)
    assert AGAIN not in lines_of(bench)
    assert "△" not in bench.why(100).text


def test_without_a_check_it_is_offered_too_and_at_once() -> None:
    bench = played(*UNIT, at=PUBLISH)
    assert lines_of(bench) == [AGAIN]
    assert "△ ewr comes again now, with other rows; extract took the file of 05:48" in bench.why(100).text


def test_a_spoiled_file_is_found_behind_the_tasks_of_other_dags() -> None:
    bench = played(*UNIT[:2], at=BY_AIRPORT)
    assert lines_of(bench) == ["lift 4"]
    bench.do("lift ewr")
    assert lines_of(bench) == [AGAIN]


def test_of_two_spoiled_files_the_second_is_mended_before_anything_runs_again() -> None:
    bench = played(f"truncate lga@{DAY} share 40%", *UNIT, "go Thu 09:10", at=PUBLISH)
    assert lines_of(bench) == ["lift 4"]
    bench.do("lift lga")
    assert lines_of(bench) == [AGAIN]


def test_a_task_that_alone_ran_again_leaves_those_below_it_old() -> None:
    bench = played(*DOUBLED, "lift ewr", "go Thu 08:40", f"rerun extract@{DAY} only", "go Thu 08:55", at=PUBLISH)
    assert lines_of(bench)[0] == f"rerun clean@{DAY} down"
    assert "extract ran again 08:50 with other rows; clean began 06:50 with those before" in plain(bench.why(100).text)


def test_another_run_with_the_same_rows_makes_nothing_old() -> None:
    bench = played("go Thu 09:00", f"rerun extract@{DAY} only", "go Thu 10:00", at=PUBLISH)
    assert lines_of(bench) == []


def test_while_it_waits_for_its_next_try_that_comes_first() -> None:
    bench = played(f"double ewr@{DAY}", "go Thu 06:02", at=f"run:daily_flights.extract@{DAY}")
    assert lines_of(bench) == [f"rerun extract@{DAY}"]


# previews compare what is in files, and not how much


def test_a_file_with_as_many_rows_is_another_one_all_the_same() -> None:
    bench = played(*UNIT, at=f"run:daily_flights.extract@{DAY}")
    assert "ewr is another file: one that comes now; no longer that of 05:48" in outlook(bench, AGAIN).lines
    bench.go("Thu 09:10")
    found = outlook(bench, AGAIN).lines
    assert "ewr is another file: that of 09:05, 350 rows; no longer that of 05:48" in found
    assert "jfk is still the file of 05:56, 321 rows" in found
    assert not [one for one in found if one.startswith("ewr is still")]


# other DAGs


def test_a_rerun_names_the_tasks_of_other_dags_that_do_not_run_again_with_it() -> None:
    bench = played(*UNIT)
    told = (
        f"punctuality.by_airport of Wed 2 Jan took what this writes, and does not run again with it: "
        f"rerun by_airport@{DAY} down"
    )
    assert told in bench.plan_of(AGAIN)
    assert not [one for one in bench.plan_of(f"rerun clean@{DAY} only") if "punctuality" in one]
    assert told in str(bench.do(AGAIN))


def test_what_another_dag_made_of_it_is_old_and_is_offered_to_be_run_again() -> None:
    bench = played(*MENDED)
    told = "by_airport took version 1 of pub_punctuality; version 2 is public since 09:20, with other rows"
    for target in (PUBLISH, BY_AIRPORT, f"dataset:punctuality.punctuality@{DAY}", "consumer:punctuality.fare_model"):
        assert bench.choose(target)
        assert lines_of(bench)[0] == f"rerun by_airport@{DAY} down", target
        assert told in plain(bench.why(100).text), target
    bench.do(f"rerun by_airport@{DAY} down")
    bench.go("Thu 11:00")
    assert all(told not in plain(bench.why(100).text) for target in (PUBLISH, BY_AIRPORT) if bench.choose(target))


def test_what_is_made_of_old_data_has_a_glyph_of_its_own_wherever_it_stands() -> None:
    bench = played(*MENDED, at=f"dataset:punctuality.punctuality@{DAY}")
    assert "punctuality △" in bench.graph(118, 20).text
    assert "△ Thu 06:59, of old data" in bench.data(118).text
    assert "Wed 2 △ 3" in "".join(span.text for span in bench.strip(118))
    bench.choose(PUBLISH)
    assert "△" not in bench.graph(118, 20).text


def test_what_was_waited_for_is_kept_when_that_ran_again() -> None:
    spent = "29 min after its run was made: waiting for other DAGs 25 min, work 4 min."
    way = "by_airport 06:59 ← daily_flights.publish 06:55 ← daily_flights.clean 06:53 (2 tries) ← "
    for bench in (played("go Thu 09:05"), played(*MENDED)):
        sentences = bench.session.why(f"punctuality.by_airport@{DAY}").sentences
        assert sentences[0] == spent
        assert sentences[1].startswith(way)


def test_nothing_needs_to_run_again_where_nothing_changed() -> None:
    bench = played("go Thu 10:00")
    for dag, task in (("daily_flights", "publish"), ("punctuality", "report")):
        run = bench.known.run_of(dag, DAY)
        assert run is not None
        assert again_of(bench.known, run, (task,)) == ()
        assert takers_of(bench.known, run, task) == ()


# a file that came late


def test_a_late_file_that_is_here_now_is_taken_by_running_again() -> None:
    line = "rerun extract@2013-01-03 down"
    late = played("go Fri 07:30", at="run:daily_flights.extract@2013-01-03")
    assert line not in lines_of(late)
    late.go("Fri 07:35")
    assert lines_of(late) == [line, "wait extract for jfk"]
    words = offers(late, answer_of(late))[0].words
    assert words == "jfk is here now: run extract and all below again"
    assert "jfk is here now, that of 07:35, 318 rows; extract began without it" in outlook(late, line).lines


# nobody is blamed for another's rows


def test_a_right_file_with_few_rows_is_not_blamed() -> None:
    wrong = played("unit ewr@2013-01-04 arr_delay 60", "go Sat 08:45", at="run:daily_flights.publish@2013-01-04")
    assert wrong_lines(wrong)
    assert not [one for one in wrong_lines(wrong) if "lga" in one]
    half = played("truncate lga@2013-01-04 share 40%", "go Sat 08:45", at="run:daily_flights.publish@2013-01-04")
    assert "extract took lga with 103 rows; its other days have 260 to 272" in wrong_lines(half)


# one owner


@pytest.mark.parametrize(("target", "other"), [("task:daily_flights.extract", "ingest-oncall")])
def test_the_owner_is_the_same_everywhere(target: str, other: str) -> None:
    bench = played("go Thu 09:00", at=target)
    item = next(one for one in edit_menu(bench).items if one.name == "owner")
    assert item.note == "now analytics-oncall, its DAG's"
    assert item.values == {"owner": other}
    said = f"extract: owner {other} (before: analytics-oncall, its DAG's)"
    assert outlook(bench, item.typed()).lines[0] == said
    assert "analytics-oncall" in bench.rules(80).text
