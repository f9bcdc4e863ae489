"""What can be changed: the menu of `e`, by what is selected. First what would help it now: what it waits for, and until
when it must be done; then what it is joined to; then its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.bench.menus.edit_rows import connections, dag_settings, input_settings, promise, task_settings
from workbench.bench.menus.menu import Blank, Item, Menu, grouped, lettered
from workbench.bench.menus.offered import with_offers
from workbench.bench.menus.things import Things
from workbench.bench.volumes import unit_of, usual_rows
from workbench.model import OnData

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


_SECOND, _TWO_HOURS = timedelta(seconds=1), timedelta(hours=2)
_SO = "that is so now"


def edit_menu(bench: Bench, line: str = "") -> Menu:
    """How the selection can be changed; one stands at the offer that does `line`. Edits are judged one by one, when
    somebody stands at them: each is tried on the whole workspace."""
    things = Things(bench)
    title, items = _BY_KIND[bench.chosen.kind](things)
    return with_offers(bench, Menu("edit", title, lettered(items)), line)


# tasks


def _task(things: Things) -> tuple[str, list[Item]]:
    task = things.bench.chosen.name
    name = things.task_name(things.dag, task)
    items = [
        *grouped(f"{task} starts", _starts(things, task, name)),
        *grouped("until when, and who is told", _deadline(things, task, name)),
        *grouped("what it is joined to", connections(things, task, name)),
        *grouped("its settings", task_settings(things, task, name)),
        *(one for dataset in things.writes(task)
          for one in grouped(f"{dataset}, which it writes", _checks(things, dataset))),
        *grouped(things.dag, dag_settings(things, is_more=True)),
    ]  # fmt: skip
    return f"how should {task} be?", items


def _starts(things: Things, task: str, name: str) -> list[Item]:
    """By the clock alone, or when its files are here as well: one of both is so now."""
    plan = things.plan(task)
    inputs = [text for text in (*plan.task.needs, *plan.task.reads) if text.partition("@")[0] in things.known.homes]
    if not inputs or plan.task.sensor is not None:
        return []
    waits = [text for text in inputs if text in plan.task.needs]
    begins = _begins(things, plan.ups)
    reads = ",".join((*(text for text in plan.task.needs if text in waits), *plan.task.reads))
    needs = ",".join(text for text in plan.task.needs if text not in waits) or "none"
    return [
        Item("a", begins, "", f"set {name} needs {needs} reads {reads}", is_so=not waits,
             refusal=_SO if not waits else ""),
        Item("w", begins, _and_here(inputs), f"wait {name} for {' '.join(inputs)}", is_so=len(waits) == len(inputs),
             refusal=_SO if len(waits) == len(inputs) else ""),
    ]  # fmt: skip


def _and_here(inputs: list[str]) -> str:
    return "and its file is here" if len(inputs) == 1 else "and its files are here"


def _begins(things: Things, ups: Iterable[str]) -> str:
    """`at 06:00`, `after clean`."""
    ups = tuple(ups)
    if ups:
        return f"after {', '.join(ups)}" if len(ups) < 3 else f"after {len(ups)} tasks"
    run, spec = things.bench.run, things.spec
    if spec.clock is None:
        return "when its data is here" if isinstance(spec.schedule, OnData) else "when somebody makes a run"
    due = run.due if run is not None and run.due is not None else spec.clock.after(things.window.end - _SECOND)
    return f"at {due.astimezone(spec.zone):%H:%M}" if due is not None else "by the clock"


def _deadline(things: Things, task: str, name: str) -> list[Item]:
    plan = things.plan(task)
    now = plan.task.deadline
    by = Blank("by", promise(now.by) if now is not None and now.by is not None else _usual_deadline(things), "time")
    tell = Blank("tell", _told(things, task), "", tuple(things.known.roster), "its owner")
    note = f"now {promise(now.by or now.within)}" if now is not None else "none now"
    rows = [Item("d", "deadline", "done by {by}, else tell {tell}", f"set {name} deadline {{by}}[ owner {{tell}}]",
                 (by, tell), note)]  # fmt: skip
    if now is not None:
        rows.append(Item("", "no deadline", "nobody is told", f"set {name} deadline none", is_more=True))
    return rows


def _usual_deadline(things: Things) -> str:
    """When the first reader comes; else two hours after the run is made."""
    spec, window = things.spec, things.window
    begin = spec.clock.after(window.end - _SECOND) if spec.clock is not None else window.end
    return f"{((begin or window.end) + _TWO_HOURS).astimezone(spec.zone):%H:%M}"


def _told(things: Things, task: str) -> str:
    """Who can do most about it: the owner of a file that is not here, else of the task."""
    own = things.plan(task).task.owner or things.spec.owner or ""
    owners = [things.known.plans[things.known.homes[one.name]].spec.inputs[one.name].owner
              for one in things.files(task) if not one.is_here]  # fmt: skip
    found = next((one for one in owners if one), own)
    return found if found in things.known.roster or found in things.known.routes else ""


# datasets, files, readers, DAGs


def _checks(things: Things, dataset: str) -> list[Item]:
    usual = usual_rows(things.bench, dataset)
    low, high = (str(usual.low), str(usual.high)) if usual is not None else ("1", "")
    unit = unit_of(things.bench, dataset)
    note = usual.said(unit) if usual is not None else f"no {unit} is known that was right"
    blanks = (Blank("name", "volume"), Blank("low", low, "", (), "any"), Blank("high", high, "", (), "any"))
    line = f"check add {dataset} {{name}} rows[ min {{low}}][ max {{high}}] severity block"
    fresh = Blank("by", _usual_deadline(things), "time")
    return [
        Item("c", "check", "{name}: {low} to {high} rows, else hold it back", line, blanks, note),
        Item("f", "fresh", "live by {by}, else its owner is told", f"set dataset {dataset} deadline {{by}}", (fresh,)),
        *_own_checks(things, dataset),
    ]


def _own_checks(things: Things, dataset: str) -> list[Item]:
    home = things.known.plans[things.known.makers[dataset]].spec
    checks = home.datasets[dataset].checks if dataset in home.datasets else {}
    return [Item("", "no check", f"{check} is made no more", f"check rm {dataset}.{check}", is_more=True)
            for check in checks]  # fmt: skip


def _dataset(things: Things) -> tuple[str, list[Item]]:
    name = things.bench.chosen.name
    home = things.known.plans[things.known.makers[name]].spec
    found = home.datasets.get(name)
    mode = Blank("mode", "overwrite" if found is None or found.mode == "append" else "append", "",
                 ("overwrite", "append", "merge"))  # fmt: skip
    owner = Blank("owner", (found.owner if found else "") or "", "", tuple(things.known.roster), "nobody")
    items = [
        *_checks(things, name),
        Item("w", "write", "a write does {mode}", f"set dataset {name} mode {{mode}}", (mode,)),
        Item("k", "key", "rows are told apart by {key}", f"set dataset {name} mode merge key {{key}}",
             (Blank("key", "", "", (), "columns a,b"),), is_more=True),
        Item("g", "guarded", "a write of an older try is refused", f"set dataset {name} fenced on", is_more=True),
        Item("o", "owner", "{owner} is told", f"set dataset {name} owner {{owner}}", (owner,)),
    ]  # fmt: skip
    for dag, task in things.writers_of(name)[:2]:
        if dag == things.dag:
            items += grouped(f"{task}, which writes it", task_settings(things, task, things.task_name(dag, task)))
    return f"how should {name} be?", items


def _input(things: Things) -> tuple[str, list[Item]]:
    name = things.bench.chosen.name
    items: list[Item] = []
    readers: list[Item] = []
    for dag, task in things.readers_of(name):
        plan, full = things.plan(task, dag), things.task_name(dag, task)
        waits = name in (text.partition("@")[0] for text in plan.task.needs)
        rest = ",".join(text for text in plan.task.reads if text.partition("@")[0] != name) or "none"
        items += [
            Item("w", "wait", f"{task} waits until it is here", f"wait {full} for {name}", is_so=waits,
                 refusal=_SO if waits else ""),
            Item("r", "not read", f"{task} no longer takes it",
                 f"edge rm {name} {full}" if waits else f"set {full} reads {rest}"),
        ]  # fmt: skip
        readers += grouped(f"{task}, which takes it", _deadline(things, task, full)) if dag == things.dag else []
    others = [task for task in things.spec.tasks if (things.dag, task) not in set(things.readers_of(name))]
    reader = Blank("task", others[0] if others else "", "", tuple(others), "a task")
    items.append(Item("n", "connect", "{task} waits for it too", f"wait {{task}} for {name}", (reader,)))
    items += grouped(f"{name}, which somebody else delivers", input_settings(things, name))
    return f"who waits for {name}?", items + readers


def _consumer(things: Things) -> tuple[str, list[Item]]:
    reader = things.bench.chosen.name
    names = dict.fromkeys(text.partition("@")[0] for text in things.known.consumers[reader].reads)
    items = [one for name in names if name in things.known.makers
             for one in grouped(f"{name}, which it reads", _checks(things, name))]  # fmt: skip
    return f"what should {reader} be able to count on?", items


def _dag(things: Things) -> tuple[str, list[Item]]:
    return f"how should {things.dag} be?", dag_settings(things, is_more=False)


_BY_KIND: dict[str, Callable[[Things], tuple[str, list[Item]]]] = {
    "task": _task,
    "input": _input,
    "dataset": _dataset,
    "consumer": _consumer,
    "dag": _dag,
}
