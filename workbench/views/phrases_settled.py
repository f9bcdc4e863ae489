"""Sentences about tasks that ended without running: skipped, stopped by a failure above, taken out, marked by hand."""

from __future__ import annotations

from collections.abc import Callable

from workbench.engine import Cell
from workbench.engine.rules.trigger import choice_of
from workbench.views.clock import ago, listed, plural
from workbench.views.phrases_backfills import kept, left_out
from workbench.views.phrases_data import BY_ROWS
from workbench.views.phrases_ended import failed_line, reason_of
from workbench.views.phrases_instant import instant_helps
from workbench.views.wording import Answer, Phrases, wants

BAD = ("failed", "upstream_failed")


# a failure above


def upstream_failed(p: Phrases, task: str, cell: Cell) -> Answer:
    bad = _stoppers(p, task, cell)
    stale = mended_above(p, [task])
    if not bad:
        headline = f"{task} did not run ({p.at(cell.since)}): {wants(cell.rule)}."
        lines = mended_lines(p, stale) or (p.upstream_states(task),)
        return Answer(headline, lines, mended_helps(p, stale))
    roots = failed_above(p, bad)
    said = listed([f"{up} {'failed' if p.run.cells[up].state == 'failed' else 'did not run'}" for up in bad])
    why = "in the scope of a setup a task runs only when that succeeds" if cell.rule == "setup" else wants(cell.rule)
    return Answer(
        f"{task} did not run ({p.at(cell.since)}): {said}, and {why}.",
        (*(failed_line(p, root) for root in roots), *_because(p, roots), *mended_lines(p, stale)),
        _helps_of_root(p, roots) or mended_helps(p, stale),
    )


# what failed above was mended since, and nobody ran again what is below it


def mended_above(p: Phrases, tasks: list[str]) -> tuple[str, ...]:
    """Of these and of those above them: the tasks that did not run, with nothing above them any more that is bad."""
    todo, found = list(dict.fromkeys(tasks)), list[str]()
    for task in todo:
        cell = p.run.cells[task]
        if cell.state != "upstream_failed" or task not in p.run.plan.tasks:
            continue
        bad = _stoppers(p, task, cell)
        todo += [up for up in bad if up not in todo]
        if not bad:
            found.append(task)
    return tuple(found)


def mended_lines(p: Phrases, tasks: tuple[str, ...]) -> tuple[str, ...]:
    """`join did not run 07:12, because load had failed 07:12; load has succeeded since, 08:40.`"""
    return tuple(_mended_line(p, task) for task in tasks[:2])


def _mended_line(p: Phrases, task: str) -> str:
    cell, ups = p.run.cells[task], _setups(p, task) if p.run.cells[task].rule == "setup" else p.ups(task)
    then = {up: [a.ended for a in p.run.cells[up].attempts if a.state == "failed"] for up in ups}
    before = {up: [at for at in ends if at <= cell.since] for up, ends in then.items()}
    failed = [f"{up} had failed {p.at(before[up][-1])}" for up in ups if before[up]]
    since = [up for up in ups if p.run.cells[up].since > cell.since]
    now = [
        f"{up} {_NOW.get(p.run.cells[up].state, 'is no longer failed')} {p.at(p.run.cells[up].since)}" for up in since
    ]
    because = f", because {listed(failed)}" if failed else ", because something above it had failed"
    tail = f"; since then {listed(now)}" if now else ""
    return f"{task} did not run {p.at(cell.since)}{because}{tail}. It does not run again by itself."


_NOW = {"success": "has succeeded", "skipped": "was skipped", "running": "has been running since"}


def mended_helps(p: Phrases, tasks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p.rerun(task, " down") for task in tasks[:2])


def _helps_of_root(p: Phrases, roots: tuple[str, ...]) -> tuple[str, ...]:
    """What mends the first failure: a setting, where a sensor asks for what never comes; else its cause."""
    if not roots:
        return ()
    attempts = p.run.cells[roots[0]].attempts
    if attempts and attempts[-1].reason in BY_ROWS:
        return reason_of(p, roots[0], attempts[-1])[1]
    if attempts and attempts[-1].reason == "sensor_timeout" and instant_helps(p, roots[0]):
        return reason_of(p, roots[0], attempts[-1])[1]
    return (f"mend {roots[0]}, then {p.rerun(roots[0], ' down')}",)


def _because(p: Phrases, roots: tuple[str, ...]) -> tuple[str, ...]:
    """What is special about the first failure's reason."""
    attempts = p.run.cells[roots[0]].attempts if roots else ()
    return reason_of(p, roots[0], attempts[-1])[0] if attempts and attempts[-1].reason != "transient" else ()


def _stoppers(p: Phrases, task: str, cell: Cell) -> list[str]:
    above = _setups(p, task) if cell.rule == "setup" else p.ups(task)
    return [up for up in above if p.run.cells[up].state in BAD]


def _setups(p: Phrases, task: str) -> tuple[str, ...]:
    return p.run.plan.tasks[task].needed_setups if task in p.run.plan.tasks else ()


def failed_above(p: Phrases, tasks: list[str]) -> tuple[str, ...]:
    """The failures because of which these did not succeed: they themselves, or those above them."""
    seen = dict.fromkeys(tasks)
    todo = list(seen)
    for task in todo:
        cell = p.run.cells[task]
        for up in _stoppers(p, task, cell) if cell.state != "failed" else ():
            if up not in seen:
                seen[up] = None
                todo.append(up)
    return tuple(task for task in todo if p.run.cells[task].state == "failed")


# skipped


def skipped(p: Phrases, task: str, cell: Cell) -> Answer:
    if cell.attempts and not cell.rule:
        return _gave_up_softly(p, task, cell)
    return _SKIPS.get(cell.rule, _skipped_by_rule)(p, task, cell)


def _skipped_by_branch(p: Phrases, task: str, cell: Cell) -> Answer:
    choices = [(name, choice_of(p.run, name)) for name in p.run.plan.tasks[task].branches]
    said = [
        f"{name} picked {listed(chosen) or 'none'}"
        for name, chosen in choices
        if chosen is not None and task not in chosen
    ]
    return Answer(
        f"{task} was skipped {p.at(cell.since)}, on purpose: {listed(said) or 'a branch above it picked others'}.",
        ("Run again alone it would be skipped again: the choice stands.",),
        tuple(f"{p.rerun(name, ' down')}, if it should pick otherwise" for name, _ in choices[:1]),
    )


def _skipped_by_short_circuit(p: Phrases, task: str, cell: Cell) -> Answer:
    cutters = [name for name in p.run.plan.tasks[task].cutters if choice_of(p.run, name) == ()]
    who = listed(cutters) or "a task above it"
    return Answer(
        f"{task} was skipped {p.at(cell.since)}, on purpose: {who} stopped all below it.",
        ("A short circuit skips everything below it, whatever its trigger rules.",),
        tuple(f"{p.rerun(name, ' down')}, if it should let them go on" for name in cutters[:1]),
    )


def _skipped_by_setup(p: Phrases, task: str, cell: Cell) -> Answer:
    setups = [name for name in _setups(p, task) if p.run.cells[name].state == "skipped"]
    said = (
        f"{listed(setups) or 'its setup'} was skipped, and in the scope of a setup a task runs only when that succeeds"
    )
    return Answer(f"{task} was skipped too ({p.at(cell.since)}): {said}.", _roots_of_skip(p, setups))


def _skipped_by_rule(p: Phrases, task: str, cell: Cell) -> Answer:
    above = [up for up in p.ups(task) if p.run.cells[up].state == "skipped"]
    if not above or cell.rule not in _NO_SUCCESS:
        headline = f"{task} was skipped {p.at(cell.since)}, on purpose: {wants(cell.rule)}."
        return Answer(headline, (p.upstream_states(task),))
    return Answer(
        f"{task} was skipped too ({p.at(cell.since)}): {wants(cell.rule)}, and {_NO_SUCCESS[cell.rule]}.",
        (p.upstream_states(task), *_roots_of_skip(p, above)),
        _looser(p, task),
    )


def skip_maker(p: Phrases, task: str) -> str | None:
    """The first task below the skip that could have gone on under another rule: it, and not what is below it, turned
    the skip into one of its own."""
    todo, found = [task], list[str]()
    for name in todo:
        above = [up for up in p.ups(name) if p.run.cells[up].state == "skipped"]
        if p.run.cells[name].state != "skipped" or p.run.cells[name].rule not in _NO_SUCCESS or not above:
            continue
        states = {p.run.cells[up].state for up in p.ups(name)}
        if p.run.cells[name].rule == "all_success" and "success" in states and not states & set(BAD):
            found.append(name)
        todo += [up for up in above if up not in todo]
    return found[-1] if found else None


def _looser(p: Phrases, task: str) -> tuple[str, ...]:
    maker = skip_maker(p, task)
    if maker is None:
        return ()
    return (
        f"set {p.named(maker)} trigger_rule none_failed_min_one_success: then it starts after a skip, if one succeeded",
        p.rerun(maker, " down"),
    )


def _roots_of_skip(p: Phrases, tasks: list[str]) -> tuple[str, ...]:
    """The skips that began it, in words."""
    todo, found = list(tasks), []
    for task in todo:
        above = [up for up in p.ups(task) if p.run.cells[up].state == "skipped"]
        if above and p.run.cells[task].rule in _NO_SUCCESS:
            todo += [up for up in above if up not in todo]
        else:
            found.append(settled(p, task, p.run.cells[task]).headline)
    return tuple(dict.fromkeys(found))


def _gave_up_softly(p: Phrases, task: str, cell: Cell) -> Answer:
    sensor = p.run.plan.tasks[task].task.sensor if task in p.run.plan.tasks else None
    if sensor is None:
        return Answer(f"{task} was skipped {p.at(cell.since)}: {cell.attempts[-1].message}.")
    return Answer(
        f"{task} gave up {p.at(cell.since)}, softly: {listed(sensor.on)} had not come within {ago(sensor.timeout)}.",
        ("It is skipped instead of failed (soft_fail): what wants it to succeed is skipped too.",),
        (f"give it a longer timeout, or {p.rerun(task, ' down')} when that is there",),
    )


# by hand, and taken out


def marked(p: Phrases, task: str, cell: Cell) -> Answer:
    """Somebody said what it is."""
    was = (
        f"Its last try ended {p.at(cell.attempts[-1].ended)}: {_outcome(cell)}." if cell.attempts else "It had not run."
    )
    return Answer(
        f"{task} was marked as {cell.state} {p.at(cell.since)}, by hand.",
        (was, "What is below it goes by the mark."),
        (f"{p.rerun(task)}, to have it really run",),
    )


def _outcome(cell: Cell) -> str:
    last = cell.attempts[-1]
    if last.reason == "marked":
        return "it was under way when it was marked, and was stopped"
    return last.message or ("it went well" if last.state == "success" else last.state)


def removed(p: Phrases, task: str, cell: Cell) -> Answer:
    tries = plural(cell.tries, "try", "tries")
    so_far = f"after {tries}, and before it had ended well" if cell.tries else "before it had run"
    return Answer(f"{task} was taken out of {p.dag} {p.at(cell.since)}, {so_far}.")


def settled(p: Phrases, task: str, cell: Cell) -> Answer:
    """The answer for a task that is finished without a try of its own."""
    said = BY_RULE.get(cell.rule)
    return said(p, task, cell) if said is not None else SETTLED[cell.state](p, task, cell)


# Under these rules a skip above leads to a skip: why.
_NO_SUCCESS = {
    "all_success": "a skip is no success",
    "one_success": "a skip is no success",
    "all_done_min_one_success": "a skip is no success",
    "none_failed_min_one_success": "a skip is no success",
    "all_done_setup_success": "a skip is no success",
    "one_done": "a skip is neither a success nor a failure",
    "none_skipped": "one was",
}
_SKIPS: dict[str, Callable[[Phrases, str, Cell], Answer]] = {
    "branch": _skipped_by_branch,
    "short_circuit": _skipped_by_short_circuit,
    "setup": _skipped_by_setup,
}
# Not by what is above it.
BY_RULE: dict[str, Callable[[Phrases, str, Cell], Answer]] = {"marked": marked, "kept": kept, "left_out": left_out}
SETTLED: dict[str, Callable[[Phrases, str, Cell], Answer]] = {
    "upstream_failed": upstream_failed,
    "skipped": skipped,
    "removed": removed,
}
