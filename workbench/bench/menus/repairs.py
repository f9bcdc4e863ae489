"""What mends: the menu of `r`, by what is selected and how it is. What can be done now comes first; what cannot is
there too, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.bench.menus.menu import Blank, Item, Menu, grouped, lettered
from workbench.bench.menus.offered import with_offers
from workbench.bench.menus.possible import judged
from workbench.bench.menus.things import File, Things
from workbench.bench.offers import fails_by_version
from workbench.bench.short_names import next_version

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

NOT_NOW = "not now"
PLANNER = "planner"
_SAME_CODE = "the same code fails again"


def repair_menu(bench: Bench, line: str = "") -> Menu:
    """What can be done about the selection; one stands at the offer that does `line`."""
    things = Things(bench)
    title, items = _BY_KIND[bench.chosen.kind](things)
    every = judged(bench, [*items, *_runs(things, items), *_backfills(things)])
    able = [replace(one, heading="") for one in every if not one.refusal]
    unable = [replace(one, heading="") for one in every if one.refusal]
    return with_offers(bench, Menu("repair", title, lettered([*able, *grouped(NOT_NOW, unable)])), line)


# tasks


def _task(things: Things) -> tuple[str, list[Item]]:
    task = things.bench.chosen.name
    name = things.task_name(things.dag, task)
    files = [one for one in things.files(task) if not one.is_here]
    items = [
        *(item for file in files for item in _let_come(things, file)),
        *_again(things, task, name),
        *(item for dataset in things.writes(task) for item in _versions(things, dataset)),
        *_marks(things.on_day(name)),
        *_code(things, name, task),
    ]
    return f"what helps {task} of {things.day}?", items


def _let_come(things: Things, file: File) -> Iterator[Item]:
    spec = things.known.plans[things.known.homes[file.name]].spec
    begin = max(things.now, file.window.end)
    at = things.clock(begin, spec) if things.is_made_today(file) else things.whole(begin, spec)
    line = f"late {file.target} at {at}"
    yield Item("l", "bring it", f"let {file.name} of {file.spoken} come now", line)


def _again(things: Things, task: str, name: str) -> list[Item]:
    on_day, waits = things.on_day(name), things.state(task) == "up_for_retry"
    note = _SAME_CODE if fails_by_version(things.bench, things.bench.run, task) else ""
    inside = f" in {things.dag}" if len(things.known.plans) > 1 else ""  # other DAGs do not run again with it
    now = [Item("t", "try now", "without the rest of the pause", f"rerun {on_day} only")] if waits else []
    return [
        *now,
        Item("k", "kill", "end the try that is under way", f"kill {on_day}"),
        Item("r", "rerun", f"it and all that comes after it{inside}", f"rerun {on_day} down", note=note),
        Item("o", "rerun only", "it alone", f"rerun {on_day} only", note=note, is_more=waits),
        Item("f", "rerun failed", "what failed of it and after it", f"rerun {on_day} down failed", is_more=True),
        Item("a", "rerun above", "it and all that comes before it", f"rerun {on_day} up", is_more=True),
    ]


def _marks(on_day: str) -> list[Item]:
    return [
        Item("s", "mark", "say that it is a success", f"mark {on_day} success"),
        Item("j", "mark", "say that it is skipped", f"mark {on_day} skipped", is_more=True),
        Item("i", "mark", "say that it has failed", f"mark {on_day} failed", is_more=True),
    ]


def _code(things: Things, name: str, task: str) -> list[Item]:
    """The version that comes next. Where versions are written down, and none for this task, it helps at most a task
    that has failed."""
    code, written = things.known.code_of(things.dag, task), list(things.spec.tasks[task].code)
    after = written[written.index(code) + 1 :] if code in written else written
    version = Blank("version", after[0] if after else next_version(code))
    versions = any(one.code for plan in things.known.plans.values() for one in plan.spec.tasks.values())
    is_more = versions and not after and things.state(task) != "failed"
    note = f"now {code}, and no other is written" if versions and not after else f"now {code}"
    return [
        Item("d", "deploy", "{version} of its code", f"deploy {name} {{version}}", (version,), note, is_more=is_more)
    ]


# datasets and files


def _versions(things: Things, dataset: str) -> list[Item]:
    target = f"{dataset}@{things.dataset_window(dataset).key}"
    before = _one_before(things, dataset)
    to = Blank("to", before, "", (), "none")
    return [
        Item("v", "approve", f"{dataset}, which a check held back", f"approve {target}"),
        Item("w", "withdraw", f"{dataset}: version {{to}} instead" if before else f"{dataset} from its readers",
             f"withdraw {target}[ to {{to}}]", (to,) if before else ()),
        Item("n", "notify", f"tell who read {dataset} that it changed", f"notify about {target}"),
        *_aside(things, dataset, target),
        *_stored(things, dataset, target),
    ]  # fmt: skip


def _one_before(things: Things, dataset: str) -> str:
    """The version before the live one of the day, if there is one."""
    live = things.known.data.live_version(dataset, things.dataset_window(dataset).key)
    return str(live.n - 1) if live is not None and live.n > 1 else ""


def _aside(things: Things, name: str, target: str) -> list[Item]:
    columns = things.columns(name) if name in things.known.homes else []
    where = Blank("where", f"num({columns[0]}) > 100" if columns else "", "", (), "num(a_column) > 120")
    return [Item("q", "set aside", f"rows of {name} where {{where}}", f"quarantine {target} where {{where}}", (where,),
                 is_more=True)]  # fmt: skip


def _stored(things: Things, dataset: str, target: str) -> list[Item]:
    home = things.known.plans[things.known.makers[dataset]].spec
    if dataset not in home.datasets or home.datasets[dataset].kept_by == "tasks":
        return []
    managed = home.datasets[dataset].kept_by == "managed_store"
    key = things.dataset_window(dataset).key
    line = f"materialize {dataset} from {key}" if managed else f"materialize {target}..{key}"
    return [Item("y", "fill", f"the store of {dataset}", line)]


def _dataset(things: Things) -> tuple[str, list[Item]]:
    name = things.bench.chosen.name
    items = _versions(things, name)
    for dag, task in things.writers_of(name):
        if dag == things.dag:
            full = things.task_name(dag, task)
            items += [replace(one, text=one.text.replace("it ", f"{task} ", 1)) for one in _again(things, task, full)]
    return f"what helps {name} of {things.day}?", items


def _input(things: Things) -> tuple[str, list[Item]]:
    file = things.file_of_day(things.bench.chosen.name)
    come = _let_come(things, file)
    items = [*come, *(replace(one, is_more=False) for one in _aside(things, file.name, file.target))]
    for dag, task in things.readers_of(file.name):
        if dag == things.dag:
            full = things.task_name(dag, task)
            items += [replace(one, text=one.text.replace("it ", f"{task} ", 1)) for one in _again(things, task, full)]
    return f"what helps {file.name} of {file.spoken}?", items


def _consumer(things: Things) -> tuple[str, list[Item]]:
    reader = things.bench.chosen.name
    items: list[Item] = []
    for name in dict.fromkeys(text.partition("@")[0] for text in things.known.consumers[reader].reads):
        if name in things.known.makers:
            target = f"{name}@{things.dataset_window(name).key}"
            items.append(Item("t", "tell", f"{reader} that {name} changed", f"notify {reader} about {target}"))
            items += _versions(things, name)
    return f"what helps {reader}?", items


# runs and DAGs


def _dag(things: Things) -> tuple[str, list[Item]]:
    on_day = f"{things.dag}@{things.window.key}"
    code = things.known.code_of(things.dag, next(iter(things.spec.tasks), ""))
    return f"what helps {things.dag} of {things.day}?", [
        Item("f", "rerun failed", "what failed, and what could not run", f"rerun {on_day} failed"),
        Item("r", "rerun", "all of this day", f"rerun {on_day}"),
        Item("k", "kill", "all that is under way", f"kill {on_day}"),
        Item("s", "mark", "say that all of it is a success", f"mark {on_day} success", is_more=True),
        Item("d", "deploy", "{version} of all its code", f"deploy {things.dag} {{version}}",
             (Blank("version", next_version(code)),), f"now {code}", is_more=True),
    ]  # fmt: skip


def _runs(things: Things, items: list[Item]) -> list[Item]:
    """What is done to the whole DAG."""
    dag = things.dag
    paused = dag in things.known.paused
    word, text = ("unpause", f"{dag} starts things again") if paused else ("pause", f"nothing of {dag} starts")
    switch = Item("p", word, text, f"{word} {dag}")
    is_more = things.bench.run is not None
    return [
        Item("b", "backfill…", "days of the past: first the plan, then the runs", "", opens=PLANNER),
        switch,
        Item("g", "trigger", f"make a run of {dag} for {things.day}", f"trigger {dag}@{things.window.key}",
             is_more=is_more),
    ]  # fmt: skip


def _backfills(things: Things) -> list[Item]:
    """Backfills that are under way."""
    words = {"running": ("pause", "cancel"), "paused": ("resume", "cancel")}
    open_ones = {run.backfill for run in things.known.open.values() if run.backfill}
    return [Item("", f"{word} it", f"the backfill of {one.dag} (number {number})", f"backfill {word} {number}")
            for number, one in things.known.backfills.items() if number in open_ones
            for word in words.get(one.state, ())]  # fmt: skip


_BY_KIND: dict[str, Callable[[Things], tuple[str, list[Item]]]] = {
    "task": _task,
    "input": _input,
    "dataset": _dataset,
    "consumer": _consumer,
    "dag": _dag,
}
