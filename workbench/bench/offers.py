"""What would help with the selection: the key that does it, short words, and the line of the grammar. Only lines that
can be done now are offered, so nothing that is offered is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from workbench.bench.bad_files import Taken, above_in_all_dags, bad_files, files_behind, taken_files, with_all_above
from workbench.bench.chosen import Chosen
from workbench.bench.noticed import is_noticed
from workbench.bench.remaking import is_below, line_of, read_by, remakes, words_of
from workbench.bench.remaking import named as _named
from workbench.bench.short_names import next_version
from workbench.bench.unfinished import left
from workbench.engine import Run
from workbench.engine.state import UNDER_WAY
from workbench.model import InvalidInput, Need
from workbench.timetable import Partition, format_instant
from workbench.views.phrases_inputs import missing_of
from workbench.views.proofs import not_proved
from workbench.views.why import Why
from workbench.views.why_run import WhyRun
from workbench.views.why_things import Thing
from workbench.views.wording import Phrases

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

MOST = 4
_MUCH_LATE = "95m"
_HIGH = 10


class Offer(NamedTuple):
    """`key`: of the menu in which it is (f, e, r). `words`: what it does. `line`: what to type for the same."""

    key: str
    words: str
    line: str


Told = Why | WhyRun | Thing


def offers(bench: Bench, told: Told) -> tuple[Offer, ...]:
    """At most MOST, those first that end what is wrong, each of which can be done now."""
    found: dict[str, Offer] = {}
    every, files = list(_all(bench, told)), list(_again(bench, told))
    first = (*_new_code(bench, told), *(() if _is_to_be_tried(told) else files), *_remakes(bench, told),
             *(Offer("r", one.words, one.line) for one in left(bench).steps))  # fmt: skip
    for one in (*first, *every, *files):
        if _is_in_vain(bench, told, one.line):
            continue
        if one.line not in found and len(found) < MOST and can_do(bench, one.line):
            found[one.line] = one
    return tuple(found.values())


def tips(told: Told, taken: Iterable[Offer]) -> tuple[str, ...]:
    """What helps besides: advice that is no command, or none that was offered."""
    lines = [one.line for one in taken]
    rest = (text for text in told.helps if not any(line in text for line in lines))
    return tuple(text for text in rest if not _OFFERED_OTHERWISE.match(text) or not lines)


# Advice that offers say in their own words.
_OFFERED_OTHERWISE = re.compile(r"let \w+ wait: put|give \S+ a higher priority|more slots for|more workers|raise max_")


def can_do(bench: Bench, line: str) -> bool:
    """Would the grammar take it now? Changes nothing; remembered until something happens."""
    place = (bench.session.branch.name, bench.session.position)
    kept = _TRIED.get(bench)
    if kept is None or kept[0] != place:
        kept = _TRIED[bench] = (place, {})
    if line not in kept[1]:
        kept[1][line] = _would_take(bench, line)
    return kept[1][line]


_TRIED: WeakKeyDictionary[Bench, tuple[tuple[str, int], dict[str, bool]]] = WeakKeyDictionary()


def _would_take(bench: Bench, line: str) -> bool:
    try:
        bench.session.plan_of(line)
    except InvalidInput:
        return False
    return True


def _all(bench: Bench, told: Told) -> Iterator[Offer]:
    if isinstance(told, Thing):
        yield from _THINGS[bench.chosen.kind](bench, bench.chosen, told)
    elif isinstance(told, Why):
        yield from _of_task(bench, told)
    else:
        yield from _of_run(bench, told)
    yield from _of_helps(told.helps)


def window_of(bench: Bench, dag: str) -> Partition:
    """The partition that is shown, on the grid of another DAG."""
    return bench.known.plans[dag].spec.grid.containing(bench.window.start)


# lines that stand in advice

_VERBS = r"(?:rerun|approve|check set|set|unpause|pause|mark|notify|withdraw|backfill|trigger)"
_LINE = re.compile(rf"\b({_VERBS} [^,;:]+?)(?= when | once | if | or |, |; |: |$)")
# What helps only when something else was done is no offer: it stays advice.
_NOT_YET = (", once its source", ", once it overwrites")
_KEYS = {"set": "e", "check": "e", "mark": "r"}


def _of_helps(helps: Iterable[str]) -> Iterator[Offer]:
    for text in helps:
        for match in _LINE.finditer(text):
            line = match[1].strip()
            if text.startswith(_NOT_YET, match.end()):
                continue
            yield Offer(_KEYS.get(line.split()[0], "r"), _words(line), line)


_STARTS = {
    "none_failed_min_one_success": "after a skip too",
    "none_failed": "after a skip too",
    "all_done": "however they end",
}


def _words(line: str) -> str:
    """`run clean again and all below`; the line itself where it says it as well."""
    verb, _, rest = line.partition(" ")
    name = rest.partition("@")[0].split()[0] if rest else ""
    if verb == "rerun":
        return f"run {name} again" + (" and all below" if rest.endswith(" down") else "")
    if verb == "set" and " trigger_rule " in line:
        return f"let {name} start {_STARTS.get(line.split()[-1], 'by another rule')}"
    said = {"approve": f"let {name} go live", "unpause": f"switch {name} on", "notify": "tell its readers",
            "mark": f"mark {name}: {rest.split()[-1]}", "trigger": "make a run now"}  # fmt: skip
    return said.get(verb, line)


# code that fails, and files that were bad


def fails_by_version(bench: Bench, run: Run | None, task: str) -> bool:
    """Did its newest try fail because of the version of its code, which is the one that would run now?"""
    return run is not None and _blamed(run, task) == bench.known.code_of(run.key.dag, task)


def _blamed(run: Run, task: str) -> str:
    """The version of its code because of which its newest try failed; empty where that is not to blame."""
    cell = run.cells.get(task)
    if cell is None or not cell.attempts or cell.state not in ("failed", "up_for_retry"):
        return ""
    last = cell.attempts[-1]
    is_by_version = last.reason == "bug" and last.message == f"version {last.code} of its code fails"
    return last.code if is_by_version else ""


def _failing(bench: Bench, told: Told) -> list[tuple[Run, str]]:
    """The tasks of the run asked about that failed because of the version of their code."""
    run = bench.known.run_of(told.dag, told.partition) if isinstance(told, Why) else bench.run
    if run is None or isinstance(told, Thing):
        return []
    names = with_all_above(bench, run.key.dag, [told.task]) if isinstance(told, Why) else [*run.cells]
    return [(run, name) for name in names if _blamed(run, name)]


def _new_code(bench: Bench, told: Told) -> Iterator[Offer]:
    """Another version of code that fails whenever it runs; where that is there already, the tries that run it."""
    for run, task in _failing(bench, told):
        name = _named(bench, run.key.dag, task)
        if fails_by_version(bench, run, task):
            version = next_version(bench.known.code_of(run.key.dag, task))
            yield Offer("r", f"deploy {task} {version}", f"deploy {name} {version}")
        else:
            line = f"rerun {name}@{run.key.partition} down"
            yield Offer("r", _words(line), line)


def _is_to_be_tried(told: Told) -> bool:
    """Does it wait for its next try? Then a file that it takes is not what holds it."""
    return isinstance(told, Why) and told.state == "up_for_retry"


def _remakes(bench: Bench, told: Told) -> Iterator[Offer]:
    """The task that took an older version of something than is there now; where what it would take is spoiled still,
    or code below it fails, that is mended first."""
    found = remakes(bench)
    is_broken = any(fails_by_version(bench, run, task) for run, task in _failing(bench, told))
    for one in (*found.first, *found.others) if not is_broken else ():
        files = taken_files(bench, one.run.key.dag, [one.task])
        if not any(bad_files(bench, files)):
            yield Offer("r", words_of(one), line_of(bench, one))


def _is_in_vain(bench: Bench, told: Told, line: str) -> bool:
    """Would it run code again that fails whenever it runs, or take old rows again from a task above?"""
    if not line.startswith("rerun "):
        return False
    failing = _failing(bench, told)
    names = (_named(bench, run.key.dag, task) for run, task in failing if fails_by_version(bench, run, task))
    return any(line.startswith(f"rerun {name}@") for name in names) or _is_below_a_remake(bench, line)


def _is_below_a_remake(bench: Bench, line: str) -> bool:
    found = [one for one in remakes(bench).first if one.kind != "missing"]
    if any(line_of(bench, one) == line for one in found):
        return False
    tasks = ((one, task) for one in found for task in one.run.plan.tasks if is_below(one, one.run.key, task))
    return any(line.startswith(f"rerun {_named(bench, o.run.key.dag, t)}@{o.run.key.partition}") for o, t in tasks)


def _again(bench: Bench, told: Told) -> Iterator[Offer]:
    """A file that a person spoiled, once more and right: from when on somebody can know that it is not."""
    for one in bad_files(bench, (file for file in _files_of(bench, told) if is_noticed(bench, file))):
        yield Offer("r", f"get {one.file.name} of {one.file.spoken} again: lift its fault", f"lift {one.number}")


def _files_of(bench: Bench, told: Told) -> list[Taken]:
    """The files of the shown day behind what was asked about."""
    if isinstance(told, Why):
        above = above_in_all_dags(bench, told.dag, [told.task])
        return [file for dag, tasks in above for file in taken_files(bench, dag, tasks)]
    dag, name = bench.chosen.dag or bench.dag, bench.chosen.name
    if bench.chosen.kind in ("dataset", "consumer"):
        return files_behind(bench, [name] if bench.chosen.kind == "dataset" else read_by(bench, name))
    plan = bench.known.plans.get(dag)
    if plan is None:
        return []
    files = taken_files(bench, dag, plan.tasks)
    return [one for one in files if one.name == name] if bench.chosen.kind == "input" else files


# a task


def _of_task(bench: Bench, why: Why) -> Iterator[Offer]:
    run = bench.known.run_of(why.dag, why.partition)
    if run is None or why.task not in run.cells:
        yield from _no_run(bench, why.dag, why.partition)
        return
    rules = {check.rule for check in why.checks if check.passed is False}
    if "inputs_are_here" in rules:
        yield from _deadline(bench, why)
        yield from _bring(bench, run, why.task)
    if run.cells[why.task].state == "up_for_retry":
        yield Offer("r", "try now", f"rerun {_named(bench, why.dag, why.task)}@{why.partition}")
    yield from _wait_for_what_was_not_there(bench, why)
    yield from _room(bench, run, why, rules)
    if "sensor" in rules and run.cells[why.task].state in UNDER_WAY:
        yield Offer("e", "give its slot back between looks", f"set {why.task} sensor.mode reschedule")


def _wait_for_what_was_not_there(bench: Bench, why: Why | WhyRun) -> Iterator[Offer]:
    for gap in why.not_there:
        if not gap.waits:
            name = _named(bench, why.dag, gap.task)
            yield Offer("e", f"let {gap.task} wait for {gap.input}", f"wait {name} for {gap.input}")


def _deadline(bench: Bench, why: Why) -> Iterator[Offer]:
    """A deadline, where it would wait for ever."""
    if any("No deadline" in line for line in why.sentences):
        local = bench.now.astimezone(bench.clock.zone) + timedelta(hours=1)
        name = _named(bench, why.dag, why.task)
        yield Offer("e", "set a deadline", f"set {name} deadline {local:%H}:00")


def _bring(bench: Bench, run: Run, task: str) -> Iterator[Offer]:
    p = Phrases(bench.known, bench.now, run)
    for need in run.plan.tasks[task].inputs if task in run.plan.tasks else ():
        if need.name in bench.known.homes:
            yield from _bring_one(bench, p, need)


def _bring_one(bench: Bench, p: Phrases, need: Need) -> Iterator[Offer]:
    for window in missing_of(p, need)[:1]:
        yield Offer("f", f"let {need.name} come now", _now_line(bench, need.name, window))


def _now_line(bench: Bench, name: str, window: Partition) -> str:
    return f"late {name}@{window.key} at {format_instant(bench.now)}"


def _room(bench: Bench, run: Run, why: Why, rules: set[str]) -> Iterator[Offer]:
    """More room, or a better place in the queue."""
    plan = run.plan.tasks.get(why.task)
    name = _named(bench, why.dag, why.task)
    if plan is None or not rules & _ROOM:
        return
    if "pool_has_a_slot" in rules and plan.pool is not None:
        yield Offer("e", f"one more slot in {plan.pool}", f"set pool {plan.pool} {bench.known.pools[plan.pool] + 1}")
    if "worker_is_free" in rules and bench.known.workers is not None:
        yield Offer("e", "one more worker", f"set workers {bench.known.workers + 1}")
    if "run_has_room" in rules and run.plan.spec.max_active_tasks is not None:
        most = run.plan.spec.max_active_tasks + 1
        yield Offer("e", "more tasks at once", f"set dag {why.dag} max_active_tasks {most}")
    yield Offer("e", "a higher priority", f"set {name} priority {max(_HIGH, plan.task.priority + 1)}")
    if any(one.state == "running" for one in bench.known.backfills.values()) and not run.backfill:
        yield Offer("r", "pause the backfill", "backfill pause")


_ROOM = frozenset({"pool_has_a_slot", "worker_is_free", "run_has_room"})


# a run


def _of_run(bench: Bench, why: WhyRun) -> Iterator[Offer]:
    if why.created is None:
        yield from _no_run(bench, why.dag, why.partition or bench.window.key)
    yield from _wait_for_what_was_not_there(bench, why)


def _no_run(bench: Bench, dag: str, key: str) -> Iterator[Offer]:
    """A run by hand of a window that is over; and starts that the clock skips, made after all."""
    spec = bench.known.plans[dag].spec
    window = spec.grid.parse(key) if key else bench.window
    if window.end <= bench.now and bench.known.run_of(dag, window.key) is None:
        yield Offer("r", "make a run now", f"trigger {dag}@{window.key}")
        if spec.gap == "skip":
            yield Offer("e", "shift starts that the clocks skip", f"set dag {dag} gap shift")


# things


def _of_input(bench: Bench, chosen: Chosen, told: Thing) -> Iterator[Offer]:
    window = window_of(bench, chosen.dag)
    if told.state in ("late", "unpromised"):
        yield Offer("f", "let it come now", _now_line(bench, chosen.name, window))
    if told.state == "ahead":
        yield Offer("f", "let it come late", f"late {chosen.name}@{window.key} {_MUCH_LATE}")
        yield Offer("f", "let it never come", f"never {chosen.name}@{window.key}")
    for dag, plan in bench.known.plans.items():
        for task, one in plan.tasks.items():
            if chosen.name in one.task.reads:
                yield Offer("e", f"let {task} wait for it", f"wait {_named(bench, dag, task)} for {chosen.name}")


def _of_dataset(bench: Bench, chosen: Chosen, told: Thing) -> Iterator[Offer]:
    window = window_of(bench, chosen.dag)
    newest = bench.known.data.newest(chosen.name, window.key)
    if newest is not None and newest.state == "blocked":
        yield Offer("r", "let it go live", f"approve {chosen.name}@{window.key}")
    spec = bench.known.plans[chosen.dag].spec
    declared = spec.datasets.get(chosen.name)
    if declared is not None and "rows" in not_proved(declared):
        yield Offer("e", "check its rows", f"check add {chosen.name} has_rows rows min 1 severity block")
    if declared is not None and declared.deadline is None:
        yield Offer("e", "set a deadline", f"set dataset {chosen.name} deadline 08:00")


def _of_consumer(bench: Bench, chosen: Chosen, told: Thing) -> Iterator[Offer]:
    """Readers do nothing that a command could mend: what they read can be mended."""
    for text in bench.known.consumers[chosen.name].reads:
        name = text.partition("@")[0]
        home = bench.known.makers.get(name)
        if told.state == "old" and home is not None:
            yield from _of_dataset(bench, Chosen("dataset", home, name), told)


_THINGS = {"input": _of_input, "dataset": _of_dataset, "consumer": _of_consumer}
