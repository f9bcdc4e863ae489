"""What `why` says about one task instance, whatever its state.

Always in this order: what and since when; because; until when, or what it would take; what helps. Here are the answers
that lead on to other tasks and runs; those that do not have files of their own, `phrases_*.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workbench.engine import FINISHED, Run, verdict
from workbench.engine.rules.inputs import windows_of
from workbench.engine.rules.past import GOOD, run_before
from workbench.engine.state import UNDER_WAY, Cell
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.model import Need
from workbench.timetable import Partition
from workbench.views.chain import Link, Missed
from workbench.views.clock import ago, listed, plural
from workbench.views.deadlines import missed_lines, outlook
from workbench.views.no_run import no_run
from workbench.views.phrases_backfills import cancelled
from workbench.views.phrases_data import writers_of
from workbench.views.phrases_days import days_line
from workbench.views.phrases_ended import ended_well, failed, queued, running
from workbench.views.phrases_inputs import bare, grid_of, in_short, is_dataset, missing_of, waits_for_inputs
from workbench.views.phrases_limits import LIMITS, away_line
from workbench.views.phrases_retry import waits_for_retry
from workbench.views.phrases_sensors import between_looks, looking
from workbench.views.phrases_settled import BY_RULE, settled
from workbench.views.wording import Answer, Phrases, shortened, wants

MOST_RUNS_BACK = 400
_PAST = ("depends_on_past", "wait_for_downstream")


def answer(p: Phrases, task: str, causes: tuple[Link, ...] = (), gaps: tuple[Missed, ...] = ()) -> Answer:
    """Headline, sentences and what helps, for the task's state."""
    cell = p.run.cells[task]
    if cell.state in FINISHED:
        return _finished(p, task, cell, causes, gaps)
    if p.run.ended is not None:
        return cancelled(p, task) if p.run.reason == "cancelled" else _deadlocked(p, task)
    if cell.state in UNDER_WAY:
        say = queued if cell.state == "queued" else looking if p.is_sensor(task) else running
        found = say(p, task, cell, gaps)
    else:
        found = _waiting(p, task, cell)
    return found._replace(sentences=(*found.sentences, *missed_lines(p, task)))


def _finished(p: Phrases, task: str, cell: Cell, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
    by_try = cell.state in ("success", "failed") and cell.attempts and cell.rule not in BY_RULE
    if not by_try:
        found = settled(p, task, cell)
    else:
        found = (ended_well if cell.state == "success" else failed)(p, task, cell, causes, gaps)
    return found._replace(sentences=(*found.sentences, *missed_lines(p, task, own=True)))


def _waiting(p: Phrases, task: str, cell: Cell) -> Answer:
    verdict_ = verdict(p.known, p.run, task, p.now)
    found = waits(p, task, verdict_) if isinstance(verdict_, Wait) else _about_to_be(p, task, verdict_)
    cleared = _cleared_line(p, cell)
    away = away_line(p) if isinstance(verdict_, Wait) else ""
    return found._replace(sentences=(*found.sentences, *(line for line in (cleared, away) if line)))


def waits(p: Phrases, task: str, found: Wait) -> Answer:
    """The answer of one rule that says: not yet."""
    return WAITS.get(found.rule, waits_for_upstream)(p, task, found)


def _about_to_be(p: Phrases, task: str, found: Pass | Settle) -> Answer:
    """Between two events of one instant the verdict is clear, and is acted on before time goes on; or nobody is there
    to act on it."""
    if not p.known.up:
        then = "Nothing else holds it." if isinstance(found, Pass) else f"Then it will not run: {wants(found.rule)}."
        since = p.known.away[-1][0]
        spell = f" ({ago(p.now - since)})" if p.now > since else ""
        headline = f"{task} waits for the scheduler, which has been down since {p.at(since)}{spell}."
        return Answer(headline, (then, "Nothing is decided until it is back; what runs goes on."))
    if isinstance(found, Pass):
        return Answer(f"{task} starts now: nothing holds it any more.")
    return Answer(f"{task} will not run: {wants(found.rule)}.", (p.upstream_states(task),))


def _cleared_line(p: Phrases, cell: Cell) -> str:
    if not cell.base:
        return ""
    when = f" {p.at(cell.since)}" if cell.state == "none" else ""
    return f"It was cleared{when} after {plural(cell.base, 'try', 'tries')}, and has all its retries again."


def _deadlocked(p: Phrases, task: str) -> Answer:
    """The run ended without it."""
    assert p.run.ended is not None
    return Answer(
        f"{task} never ran: its run was ended {p.at(p.run.ended)}, because it could not go on (deadlock).",
        (p.upstream_states(task), "Its tasks wait for each other's ends, and those never come."),
        ("mend what they wait for, then rerun what is left",),
    )


# tasks above


def waits_for_upstream(p: Phrases, task: str, found: Wait) -> Answer:
    headline = f"{task} waits for {_which(p, found.on)}."
    return Answer(headline) if p.brief else Answer(headline, (_trigger(p, task, found.on), *root_of(p, found.on)))


def _which(p: Phrases, tasks: tuple[str, ...]) -> str:
    doing = shortened([f"{up}, which {p.doing(up)}" for up in tasks])
    return doing[0] if len(doing) == 1 else f"{', '.join(doing[:-1])}, and {doing[-1]}"


def _trigger(p: Phrases, task: str, ups: tuple[str, ...]) -> str:
    rule = p.run.plan.tasks[task].task.trigger_rule
    if rule != "all_success":
        return f"{wants(rule).capitalize()}."
    if len(ups) == 1:
        return f"Starts when {ups[0]} succeeds; if {ups[0]} fails for good, {task} will not run."
    return f"Starts when all of them succeed; if one of them fails for good, {task} will not run."


def waits_for_setup(p: Phrases, task: str, found: Wait) -> Answer:
    which = "a setup" if len(found.on) == 1 else "setups"
    rule = f"It is in the scope of {which}: it runs only when {listed(found.on)} succeeds, whatever its trigger rule."
    return Answer(f"{task} waits for {_which(p, found.on)}.", (rule, *root_of(p, found.on)))


def root_of(p: Phrases, ups: tuple[str, ...]) -> tuple[str, ...]:
    """The wait at the bottom of it, when the upstream waits itself."""
    for up in ups:
        cell = p.run.cells[up]
        if cell.state in FINISHED or cell.state in UNDER_WAY:
            continue
        found = verdict(p.known, p.run, up, p.now)
        if isinstance(found, Wait):
            deeper = _deeper(p, up, found)
            return deeper or _root_elsewhere(p, found) or (f"Root: {waits(p, up, found).headline}",)
    return ()


def _deeper(p: Phrases, task: str, found: Wait) -> tuple[str, ...]:
    """What lies under a wait for other tasks of this DAG."""
    if found.rule in _PAST:
        told = waits_for_past(p, task, found).sentences
        return tuple(line for line in told if line.startswith("Root: "))
    return root_of(p, found.on) if found.rule not in WAITS or found.rule == "setup" else ()


def _root_elsewhere(p: Phrases, found: Wait) -> tuple[str, ...]:
    """The wait at the bottom of another DAG's task that is waited for."""
    if found.rule != "elsewhere":
        return ()
    return tuple(line for name in found.on for line in elsewhere_lines(p, name)[-1:])


# datasets, and tasks of other runs


def waits_for_data(p: Phrases, task: str, found: Wait) -> Answer:
    """Inputs and datasets; of a dataset that nobody has written yet, also what its writer does."""
    answered = waits_for_inputs(p, task, found)
    if p.brief:
        return answered
    lines = [line for name in found.on for line in _writer_lines(p, p.spec.need(name))]
    return answered._replace(sentences=(*answered.sentences[:-1], *lines, answered.sentences[-1]))


def _writer_lines(p: Phrases, need: Need) -> list[str]:
    """What the task is doing that writes the first partition that is missing, where nobody has written it."""
    missing = missing_of(p, need) if is_dataset(p, need) else []
    writers = writers_of(p, need.name)
    if not missing or not writers or p.known.data.newest(need.name, missing[0].key) is not None:
        return []
    dag, task = writers[0]
    other = p.known.run_of(dag, missing[0].key)
    if other is p.run:
        return list(root_of(p, (task,))) or [f"{task}, which writes it, {p.doing(task)}."]
    if other is None:
        return [no_run(p.known, p.now, dag, missing[0], task, zone=p.clock.zone).headline]
    return _seen_from(p, other, task) if task in other.cells else []


def waits_elsewhere(p: Phrases, task: str, found: Wait) -> Answer:
    lines = [line for name in found.on for line in elsewhere_lines(p, name)] if not p.brief else []
    one = len(found.on) == 1 and len(missing_of(p, p.spec.need(found.on[0]))) == 1
    tail = f"Starts when {'it succeeds' if one else 'all of them succeed'}."
    needs = [p.spec.need(text) for text in found.on]
    said = listed([in_short(p, text) for text in found.on])
    plain = all(not need.low and not need.high and len(list(windows_of(p.known, need, p.run))) == 1 for need in needs)
    day = f" of {p.day}" if plain else ""
    if not plain and one:
        day = f" of {grid_of(p, needs[0]).spoken(missing_of(p, needs[0])[0])}" if " of " not in said else ""
    headline = f"{task} waits for {said}{day}{p.since(found.since)}."
    return Answer(headline, (*lines, tail), _helps_elsewhere(p, needs) if not p.brief else ())


def _helps_elsewhere(p: Phrases, needs: list[Need]) -> tuple[str, ...]:
    """For the first of what has ended there without success: what helps it."""
    for need in needs:
        for window in missing_of(p, need):
            other = p.known.run_of(need.dag, window.key)
            if other is not None and need.name in other.cells and other.cells[need.name].state in FINISHED:
                there = p.of(other)
                return answer(there, need.name).helps or (there.rerun(need.name),)
    return ()


def elsewhere_lines(p: Phrases, text: str) -> list[str]:
    """Which partitions of it are missing, and why; of the first one in more words."""
    need = p.spec.need(text)
    missing = missing_of(p, need)
    if not missing:
        return [f"{text} has succeeded."]
    first = _missing_lines(p, need, missing[0])
    return [*days_line(p, need, missing), *first[:2]] if len(list(windows_of(p.known, need, p.run))) > 1 else first


def _missing_lines(p: Phrases, need: Need, window: Partition) -> list[str]:
    other = p.known.run_of(need.dag, window.key)
    if other is None:
        return [no_run(p.known, p.now, need.dag, window, zone=p.clock.zone).headline]
    if need.name not in other.cells:
        return [f"{bare(p, need)} is not in the run of {grid_of(p, need).spoken(window)}."]
    ended = other.cells[need.name].state in FINISHED
    again = [f"{bare(p, need)} does not run again by itself."] if ended else []
    return [*_seen_from(p, other, need.name), *again]


def _seen_from(p: Phrases, other: Run, task: str) -> list[str]:
    """The headline of a task in another run, and the root of its wait, as told from this one."""
    there = p.of(other)
    if there.is_far:
        return [f"In {other.key.dag}, {task} of {there.day} {there.doing(task)}, and so on."]
    root, said = root_of(there, (task,)), answer(replace(there, brief=True), task).headline
    where = f"In {other.key.dag}" if other.key.dag != p.dag else f"In the run of {there.day}"
    small = where[0].lower() + where[1:]
    deeper = [line.removeprefix("Root: ") for line in root if not line.endswith(said)]
    return [f"{where}, {said}", *(f"Root: {_placed(small, line)}" for line in deeper)]


def _placed(where: str, line: str) -> str:
    """A line about another run, with where that is; of a run still further away it says so already."""
    return line[0].lower() + line[1:] if line.lower().startswith("in ") else f"{where}, {line}"


# the past


def waits_for_past(p: Phrases, task: str, found: Wait) -> Answer:
    """depends_on_past, and wait_for_downstream on top of it."""
    past = run_before(p.known, p.run)
    assert past is not None
    there = p.of(past)
    if found.rule == "depends_on_past":
        names = [task]
        rule = "It depends on its past (depends_on_past): the one before it must succeed, or be skipped."
        said = f"{task} of {there.day}, which {there.doing(task)}"
    else:
        names = [
            down
            for _, down in p.run.plan.tasks[task].downs
            if down in past.cells and past.cells[down].state not in GOOD
        ]
        follows = f"It waits for what follows {task} in the run before (wait_for_downstream)"
        rule = f"{follows}: all of it must succeed, or be skipped."
        said = listed([f"{down} of {there.day}, which {there.doing(down)}" for down in shortened(names)])
    headline = f"{task} of {p.day} waits for {said}."
    if p.brief:
        return Answer(headline)
    over = [name for name in names if past.cells[name].state in FINISHED]
    stuck = (f"{listed(over)} of {there.day} does not run again by itself.",) if over else _root_in_past(there, names)
    helps = tuple(f"{there.rerun(name)}, or mark it as success" for name in over[:1])
    return Answer(headline, (rule, *stuck, *_long(p, over, task)), helps)


def _root_in_past(there: Phrases, names: list[str]) -> tuple[str, ...]:
    """What the earliest of a row of runs waits for, each of which waits for the one before."""
    known, run, task = there.known, there.run, names[0]
    for _ in range(MOST_RUNS_BACK):
        cell = run.cells[task]
        found = None if cell.state in FINISHED or cell.state in UNDER_WAY else verdict(known, run, task, there.now)
        past = run_before(known, run) if isinstance(found, Wait) and found.rule == "depends_on_past" else None
        if past is None:
            break
        run = past
    first = Phrases(known, there.now, run, there.depth, zone=there.zone)
    if run is there.run:
        return () if first.is_far else root_of(first, tuple(names))
    return (f"Root: {task} of {first.day} {first.doing(task)}.",)


def _long(p: Phrases, over: list[str], task: str) -> tuple[str, ...]:
    return (outlook(p, task),) if over else ()


WAITS: dict[str, Callable[[Phrases, str, Wait], Answer]] = {
    **LIMITS,
    "inputs": waits_for_data,
    "elsewhere": waits_elsewhere,
    "setup": waits_for_setup,
    "depends_on_past": waits_for_past,
    "wait_for_downstream": waits_for_past,
    "retry_delay": waits_for_retry,
    "reschedule": between_looks,
}
