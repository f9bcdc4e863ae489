"""What goes wrong: the menu of `f`, by what is selected. First what can happen to it, then to what it takes or writes,
then to the scheduler. Nothing here says what the scenario has in store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench import ordering
from workbench.bench.menus.menu import FROM_THIS_DAY, THIS_DAY, Active, Blank, Item, Menu, grouped, lettered
from workbench.bench.menus.offered import with_offers
from workbench.bench.menus.possible import judged
from workbench.bench.menus.things import File, Things

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_COLUMN = "a column"
_WHEN = Blank("when", THIS_DAY, "reach", (THIS_DAY, FROM_THIS_DAY))


def fault_menu(bench: Bench, line: str = "") -> Menu:
    """What can go wrong with the selection; one stands at the offer that does `line`."""
    things = Things(bench)
    active = [one for one in ordering.active(bench.session.here()) if not one.own]
    title, items = _BY_KIND[bench.chosen.kind](things)
    items = [*items, *grouped("the scheduler", _clock(things, is_more=bench.chosen.kind != "dag"))]
    lifts = [Item("", "lift", f"{one.number}: {one.sentence}", f"lift {one.number}") for one in active]
    shown = tuple(Active(one.number, one.sentence) for one in active)
    every = (*lettered(judged(bench, items)), *grouped("what holds: x lifts it", lifts))
    first = next((n for n, one in enumerate(every) if not one.refusal), 0)
    scenario = bench.session.scenario
    named = scenario.name if scenario.faults else ""
    return with_offers(bench, Menu("fault", title, every, first, shown, named), line)


# files


def _input(things: Things) -> tuple[str, list[Item]]:
    file = things.file_of_day(things.bench.chosen.name)
    items = _of_file(things, file)
    if file.is_here:
        others = _of_file(things, things.next_file(file))
        named = [one for one in items if one.line.startswith("correct ")]
        after = things.next_file(file)
        items = [*named, *grouped(f"the file of {file.spoken} is here; the next one, of {after.spoken}", others)]
    return f"what goes wrong with {file.name} of {file.spoken}?", items


def _of_file(things: Things, file: File) -> list[Item]:
    """Late and never, what may be wrong in it, and what may come afterwards."""
    return [*_coming(things, file), *_spoilt(things, file), *_later(things, file)]


def _due(things: Things, file: File) -> str:
    return f"due {things.bench.clock.at(file.due)}" if file.due is not None else "nobody promised when it comes"


def _coming(things: Things, file: File) -> list[Item]:
    by = Blank("by", "95m", "span", ("30m", "95m", "3h", "1d"))
    return [
        Item("l", "late", "by {by}", f"late {file.target} {{by}}", (by,), _due(things, file)),
        Item("n", "never", "it never comes", f"never {file.target}"),
    ]


def _spoilt(things: Things, file: File) -> list[Item]:
    j, columns = file.target, things.columns(file.name)
    column = Blank("column", columns[0] if columns else "", "", tuple(columns), _COLUMN)
    share = Blank("share", "40%", "", ("10%", "40%", "90%"))
    return [
        Item("e", "empty", "a header and no rows", f"empty {j}"),
        Item("h", "half", "only the first {share} of its rows", f"truncate {j} share {{share}}", (share,)),
        Item("t", "twice", "all its rows, two times", f"double {j}"),
        Item("w", "wrong unit", "{column} comes times {factor} {when}", f"unit {j} {{column}} {{factor}} {{when}}",
             (column, Blank("factor", "60", "", ("60", "1/60", "1000")), _WHEN), is_more=True),
        Item("c", "columns moved", "a new column stands before {column} {when}",
             f"drift {j} insert {{column}} {{when}}", (column, _WHEN), is_more=True),
        Item("p", "poison row", "row {row} has {value} as its {column}",
             f"poison {j} {{column}} {{value}} row {{row}}",
             (Blank("row", "1"), Blank("value", "n/a"), column), is_more=True),
        Item("i", "late rows", "{share} of its rows come {later} later {when}",
             f"late rows {j} {{share}} later {{later}} {{when}}",
             (Blank("share", "3%"), Blank("later", "4h", "span"), _WHEN), is_more=True),
        Item("v", "moved", "the vendor writes it to another place {when}", f"move {j} {{when}}", (_WHEN,),
             is_more=True),
    ]  # fmt: skip


def _later(things: Things, file: File) -> list[Item]:
    columns = things.columns(file.name)
    spec = things.known.plans[things.known.homes[file.name]].spec
    at = max(things.soon(120), file.due or things.now)
    blanks = (
        Blank("column", columns[0] if columns else "", "", tuple(columns), _COLUMN),
        Blank("factor", "2", "", ("2", "1.5", "1/60")),
        Blank("at", things.clock(at, spec) if things.is_made_today(file) else things.whole(at, spec), "time"),
    )
    line = f"correct {file.target} {{column}} factor {{factor}} at {{at}}"
    text = "sent again {at}, with {column} times {factor}"
    return [Item("o", "corrected", text, line, blanks, is_more=not file.is_here)]


# tasks


def _task(things: Things) -> tuple[str, list[Item]]:
    task = things.bench.chosen.name
    items = _of_task(things, things.dag, task)
    files = things.files(task)
    for number, file in enumerate(one for one in files if not one.is_here):
        items += grouped(f"its file {file.name} of {file.spoken}", _of_file_below(things, file, number))
    for file in files[:3] if all(one.is_here for one in files) else ():
        items += grouped(f"its file {file.name} of {file.spoken}, which is here", _corrections(things, file))
    for dataset in things.writes(task):
        items += grouped(f"{dataset}, which it writes", _partial(things, dataset))
    return f"what goes wrong with {task} of {things.day}?", items


def _of_file_below(things: Things, file: File, number: int) -> list[Item]:
    """The usual ones of the first file that is not here are on show, all others behind `more`."""
    return [replace(one, is_more=one.is_more or number > 0 or one.key not in "ln") for one in _of_file(things, file)]


def _corrections(things: Things, file: File) -> list[Item]:
    return [replace(one, is_more=True) for one in _later(things, file)]


def _of_task(things: Things, dag: str, task: str) -> list[Item]:
    name = things.task_name(dag, task)
    on_day, plan = things.on_day(name), things.known.plans[dag].tasks[task]
    below = [down for _, down in plan.downs]
    choices = []
    if plan.task.branch is not None or plan.task.short_circuit:
        follow = Blank("follow", below[0] if below and plan.task.branch is not None else "none", "words",
                       (*below, "none"))  # fmt: skip
        choices = [Item("o", "chooses", "it follows {follow}", f"choose {on_day} {{follow}}", (follow,))]
    return [*choices, *_failures(things, name, dag, task), *_half_failures(things, name, task)]


def _tried(things: Things, task: str) -> str:
    """Is there nothing left that a fault of its tries could hit?"""
    return "it has run: this holds when it runs again" if things.state(task) in ("success", "failed") else ""


def _failures(things: Things, name: str, dag: str, task: str) -> list[Item]:
    on_day, version = things.on_day(name), things.known.code_of(dag, task)
    start = things.due_or_now()
    begin, end = things.clock(start), things.clock(start + timedelta(minutes=20))
    note = _tried(things, task)
    return [
        Item("f", "fails", "its first {tries} tries", f"fail {on_day} {{tries}}", (Blank("tries", "2"),), note),
        Item("d", "vendor down", "what it calls, from {begin} until {end}",
             f"outage {name} from {{begin}} until {{end}}",
             (Blank("begin", begin, "time"), Blank("end", end, "time"))),
        Item("b", "bug", "version {version} of its code always fails", f"bug {name} version {{version}}",
             (Blank("version", version),)),
        Item("s", "slow", "takes {factor} times as long", f"slow {on_day} factor {{factor}}",
             (Blank("factor", "3"),), note),
        Item("h", "hangs", "it never ends by itself", f"hang {on_day}", (), note, is_more=True),
        Item("w", "worker lost", "noticed {noticed} later", f"lose {on_day} noticed {{noticed}}",
             (Blank("noticed", "5m", "span"),), note, is_more=True),
    ]  # fmt: skip


def _half_failures(things: Things, name: str, task: str) -> list[Item]:
    on_day, note = things.on_day(name), _tried(things, task)
    later = Blank("noticed", "5m", "span")
    return [
        Item("u", "answer lost", "its work is done, and nobody hears of it for {noticed}",
             f"unheard {on_day} noticed {{noticed}}", (later,), note, is_more=True),
        Item("z", "zombie", "declared dead after {noticed}, and it works on", f"zombie {on_day} noticed {{noticed}}",
             (Blank("noticed", "10m", "span"),), note, is_more=True),
        Item("c", "crash", "it writes, and then it crashes", f"crash {on_day}", (), note, is_more=True),
        Item("q", "quota", "what it calls serves {calls} calls per {per}",
             f"quota {name} calls {{calls}} per {{per}}", (Blank("calls", "1"), Blank("per", "1h", "span")),
             is_more=True),
        Item("r", "by chance", "{rate} of all its tries fail, on any day", f"fail {name} {{rate}}",
             (Blank("rate", "20%"),), is_more=True),
    ]  # fmt: skip


# datasets, readers, DAGs, the clock


def _partial(things: Things, dataset: str) -> list[Item]:
    target = f"{dataset}@{things.dataset_window(dataset).key}"
    text = "who reads it while it is being written finds {share}"
    return [Item("a", "partial", text, f"partial {target} {{share}}", (Blank("share", "60%"),), is_more=True)]


def _dataset(things: Things) -> tuple[str, list[Item]]:
    name = things.bench.chosen.name
    items = [replace(one, is_more=False) for one in _partial(things, name)]
    for dag, task in things.writers_of(name):
        items += grouped(f"{task}, which writes it", _of_task(things, dag, task))
    return f"what goes wrong with {name} of {things.day}?", items


def _consumer(things: Things) -> tuple[str, list[Item]]:
    reader = things.bench.chosen.name
    names = [text.partition("@")[0] for text in things.known.consumers[reader].reads]
    places = dict.fromkeys(place for name in names for place in things.writers_of(name))
    items = [one for dag, task in places
             for one in grouped(f"{task}, which writes what it reads", _of_task(things, dag, task))]  # fmt: skip
    return f"what goes wrong with what {reader} reads?", items


def _dag(things: Things) -> tuple[str, list[Item]]:
    begin, end = things.clock(things.now), things.clock(things.soon(20))
    every = f"{things.dag}.*"
    return f"what goes wrong with {things.dag}?", [
        Item("d", "vendor down", "what all its tasks call, from {begin} until {end}",
             f"outage {every} from {{begin}} until {{end}}",
             (Blank("begin", begin, "time"), Blank("end", end, "time"))),
        Item("r", "by chance", "{rate} of all tries fail", f"fail {every} {{rate}}", (Blank("rate", "20%"),)),
        Item("s", "slow", "all its tasks take {factor} times as long", f"slow {every} factor {{factor}}",
             (Blank("factor", "3"),)),
    ]  # fmt: skip


def _clock(things: Things, is_more: bool) -> list[Item]:
    begin, end = things.clock(things.now), things.clock(things.soon(60))
    blanks = Blank("begin", begin, "time"), Blank("end", end, "time")
    line = "scheduler down from {begin} until {end}"
    return [Item("k", "scheduler off", "nothing is decided from {begin} until {end}", line, blanks, is_more=is_more)]


_BY_KIND: dict[str, Callable[[Things], tuple[str, list[Item]]]] = {
    "task": _task,
    "input": _input,
    "dataset": _dataset,
    "consumer": _consumer,
    "dag": _dag,
}
