"""Every refusal is one line that teaches, and nothing has changed."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.verb_cases import bench, refused, seen

# Done first, line, what is told.
REFUSALS = [
    # the grammar
    ("", "", "Nothing to do; write a verb, for example: step"),
    ("", "# only a comment", "Nothing to do; write a verb, for example: step"),
    ("", "reurn clean", "No verb reurn. Did you mean rerun?"),
    ("", "xyz", "No verb xyz. Write help to see all verbs."),
    ("", "edge", "No verb edge. Write edge add or edge rm, for example: edge add extract publish"),
    ("", "rerun", "rerun needs a task, perhaps with a day, for example: rerun clean@2013-01-03 down"),
    ("", "rerun clean dwon", "No word of rerun is dwon. Did you mean down?"),
    ("", "pause weekly now", "No word of pause is now. pause takes: pause DAG."),
    ("", "rerun clean down down", "down is there twice; once is enough"),
    ("", "rerun clean down only", "down and only exclude each other; choose one"),
    ("", "outage extract", "outage needs until and a time: 07:35, 2013-01-04 07:35 or 2013-01-04T07:35Z, for example: "
     "outage extract from 06:00 until 06:20"),
    ("", "outage extract until", "until needs a time: 07:35, 2013-01-04 07:35 or 2013-01-04T07:35Z, for example: "
     "outage extract from 06:00 until 06:20"),
    ("", "wait clean for", "for needs a name, for example: wait extract for jfk lga"),
    ("", "set clean takes", "takes needs a value, for example: set extract retries 5 delay 2m backoff 2"),
    ("", "late jfk@2013-01-04 soon", "'soon' is no duration; write 30s, 10m, 1h30m or 2d"),
    ("", "fail clean twice", "'twice' is not a number of tries, or a share such as 20%; for example 2"),
    ("", "set clean takes 'a b", "A quote is not closed; write a value with spaces as 'in quotes'"),
    ("", "step\nstep", "One line is one command; give the lines one by one"),
    ("", "rerun clean@", "'clean@' is no target; write a name and perhaps a day: clean@2013-01-03"),
    # names and days
    ("", "rerun clen@2013-01-03", "No task clen. Did you mean clean?"),
    ("", "rerun weekly.clean", "No task weekly.clean. Did you mean weekly.extract?"),
    ("", "rerun weakly.clean", "No DAG weakly. Did you mean weekly?"),
    ("", "rerun extract", "Several DAGs have a task extract; write daily_flights.extract or weekly.extract"),
    ("", "rerun xx*", "No task is like xx*. There is: clean, delta_load, extract, full_load, landed, pick, publish, "
     "report."),
    ("", "rerun jfk", "jfk is an input, which somebody else delivers; it is taken by daily_flights.extract"),
    ("", "rerun clean@2013-13-03", "'2013-13-03' is no day in UTC; write e.g. 2013-01-03"),
    ("", "rerun clean@2013-W01", "'2013-W01' is no key of the day grid; write e.g. 2013-01-03"),
    ("", "rerun clean@2013-01-04..2013-01-03",
     "2013-01-04..2013-01-03 ends before it begins; write 2013-01-03..2013-01-04"),
    ("", "rerun clean@2013-01-09",
     "daily_flights has no run for 2013-01-09; make one: trigger daily_flights@2013-01-09"),
    ("", "rerun report", "weekly has no run yet; let time go on (run), or make one: trigger weekly"),
    ("task rm landed", "rerun landed",
     "landed was taken out of daily_flights, so nothing can be done with it; undo brings it back"),
    # repairs
    ("", "rerun clean@2013-01-03", "clean of Thu 3 Jan has not run yet: there is nothing to run again. "
     "Let time go on, or ask why it waits"),
    ("", "rerun daily_flights@2013-01-02 failed",
     "7 tasks of Wed 2 Jan: none of it failed, so there is nothing to run again"),
    ("", "mark clean sucess", "No mark sucess. Did you mean success?"),
    ("", "mark clean green", "No mark green. Mark as success, failed or skipped."),
    ("", "mark clean@2013-01-02 success",
     "clean of Wed 2 Jan: marked as success it would be what it is already"),
    ("", "kill clean@2013-01-02",
     "clean of Wed 2 Jan does not run: try 1 ended Thu 3 Jan 06:13. There is nothing to kill"),
    ("", "kill clean", "clean of Thu 3 Jan does not run: it has not begun. There is nothing to kill"),
    ("", "pause daily_flihgts", "No DAG daily_flihgts. Did you mean daily_flights?"),
    ("", "pause clean", "clean is a task; here it takes a DAG: daily_flights"),
    ("pause weekly", "pause weekly", "weekly is paused already"),
    ("", "unpause weekly", "weekly is not paused"),
    ("deploy clean v2", "deploy clean v2", "clean runs v2 already; give the version that comes next"),
    ("", "deploy clean v2 at 05:00", "05:00 is not ahead; to deploy now, write: deploy clean v2"),
    ("", "trigger daily_flights@2013-01-09", "2013-01-09 is still ahead: it is Fri 4 Jan 06:02"),
    ("", "trigger daily_flights@2012-12-30", "2012-12-30 is before daily_flights begins; its first is 2013-01-01"),
    ("", "trigger daily_flights@2013-01-01..2013-01-02", "daily_flights@2013-01-01..2013-01-02 is a range of days; "
     "here it takes one day: daily_flights@2013-01-01"),
    ("", "backfill daily_flights",
     "A backfill takes a range of days, for example: backfill daily_flights@2013-01-01..2013-01-03"),
    ("", "backfill daily_flights@2013-01-01..2013-01-09", "2013-01-09 has not ended: it is Fri 4 Jan 06:02"),
    ("", "backfill daily_flights@2013-01-01..2013-01-02", "No run of daily_flights is missing for "
     "2013-01-01..2013-01-02 (1 day due before the simulation began, so done and 1 day whose run ended well); "
     "to make them again: backfill daily_flights@2013-01-01..2013-01-02 all"),
    ("", "backfill daily_flights@2013-01-03 all",
     "Every run of daily_flights for 2013-01-03 is under way; wait until they have ended"),
    ("", "backfill daily_flights@2013-01-01..2013-01-02 all limit 0",
     "A limit of 0 runs would never end; write 1 or more, for example: limit 2"),
    ("backfill daily_flights@2013-01-01 all", "backfill daily_flights@2013-01-02 all",
     "A backfill of daily_flights is under way, asked for 06:02; one at a time"),
    ("set clean depends_on_past yes", "backfill daily_flights@2013-01-01..2013-01-02 all newest",
     "daily_flights has tasks that depend on their past, so a backfill must go oldest first"),
    # the world
    ("", "late jkf@2013-01-04 95m", "No input jkf. Did you mean jfk?"),
    ("", "late jfk 95m", "jfk has no day; write jfk@2013-01-03"),
    ("", "late lnaded@2013-01-04 95m", "No input lnaded. Did you mean landed?"),
    ("", "late clean@2013-01-04 95m", "clean is a task, and no sensor of an input; inputs: ewr, jfk and lga"),
    ("", "late jfk@2013-01-04",
     "late needs how much, or at which time: late jfk@2013-01-03 95m, late jfk@2013-01-03 at 07:35"),
    ("", "late jfk@2013-01-03 95m", "jfk of Thu 3 Jan has come already, Fri 4 Jan 05:56; go back first"),
    ("", "outage daily_flights.extract from 05:00 until 05:30", None),
    ("", "slow clean", "slow needs how slow: slow clean factor 3, or slow clean takes 45m"),
    ("", "quota clean", "quota needs at_once or calls: quota extract at_once 2, or quota extract calls 100 per 1h"),
    ("", "choose pick@2013-01-04 publish", "No task below pick is publish. There is: delta_load, full_load."),
    ("", "lift 1", "No fault 1. None was injected"),
    ("", "lift clean", "No fault clean. None was injected; `faults` lists them"),
    ("fail clean", "lift extract", "No fault extract. There is: 1 the first try of daily_flights.clean fails, at every "
     "partition"),
    # edits
    ("", "wait clean for jkf", "No task, input or dataset jkf. Did you mean jfk?"),
    ("", "edge rm extract publish", "No edge goes to publish from extract. There is: clean."),
    ("", "edge add publish daily_flights.extract", None),
    ("", "edge add clean daily_flights", "daily_flights means several tasks; here it takes one"),
    ("", "task add clean in daily_flights", None),
    ("", "task add tidy", "There are several DAGs; say which one gets the task: in daily_flights or in weekly"),
    ("", "task rename clean publish", None),
    ("", "set clean retris 5", "No field retris. Did you mean retries?"),
    ("", "set clean catchup on", "catchup is a field of the DAG; write: set daily_flights catchup on"),
    ("", "set weekly retries 5", "retries is a field of tasks; write: set weekly.* retries 5"),
    ("", "set weekly partition day",
     "partition cannot be set here. The days that runs own cannot be cut anew while there are runs."),
    ("", "set weekly paused on", "paused cannot be set here. For that there are: pause, unpause."),
    ("", "set clean takes soon", None),
    ("", "set clean takes 3m", "That is so already: clean: takes 3m"),
    ("", "set clean pool warehose", None),
    ("", "set clean mode reschedule",
     "clean is no sensor; a sensor is a task that only waits, with `sensor:` in its file"),
    ("", "set sensor clean mode poke",
     "No sensor is called clean; a sensor is a task that only waits, with `sensor:` in its file"),
    ("", "set pool warehose 8", "No pool warehose. Did you mean warehouse?"),
    ("", "set pool api 8", "No pool api. To make one, write: set pool api 8 new"),
    ("", "set workers 8", "That is so already: 8 worker slots"),
    ("", "set workers none extra", "No word of set workers is extra. set workers takes: set workers N."),
]  # fmt: skip


@pytest.mark.parametrize(("first", "line", "told"), REFUSALS, ids=[f"{line or 'nothing'}" for _, line, _ in REFUSALS])
def test_a_refusal_teaches(first: str, line: str, told: str | None) -> None:
    s = bench()
    if first:
        s.do(first)
    found = refused(s, line)
    assert len(found.splitlines()) == 1
    if told is not None:
        assert found == told


# Moves and questions: they are refused when they are done, and their plan says that they change nothing.
MOVES = [
    ("go", "go needs a time or the number of an event: go 07:35, go event 12"),
    ("go event 999", "there is no event 999; this future has 1 to 45 so far"),
    ("step 0", "0 steps at once are too many or too few; write 1 to 1000"),
    ("run until 05:00", "Fri 4 Jan 05:00 is in the past of this cursor; use seek or back"),
    ("run 07:00 until 08:00", "run takes one time: run until 08:05"),
    ("undo", "Nothing to undo: no command has been given in this future so far"),
    ("redo", "Nothing to redo. Every future is kept: switch to it by its name"),
    ("compare", "You are in A; there is no other future yet; change something first"),
    ("help fly", "No verb fly. Did you mean flaky?"),
]


@pytest.mark.parametrize(("line", "told"), MOVES, ids=[line for line, _ in MOVES])
def test_a_move_that_cannot_be(line: str, told: str) -> None:
    s = bench()
    before = seen(s)
    with pytest.raises(wb.InvalidInput) as caught:
        s.do(line)
    assert str(caught.value) == told
    assert seen(s) == before
    assert s.plan_of(line) == [f"{line.split()[0]} looks or moves; it changes nothing"]
