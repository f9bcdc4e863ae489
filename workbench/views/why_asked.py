"""What a pane shows beside the sentences of `why`: the question, and each thing that was asked for as a mark of its
own. Pure, from what is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from workbench.engine import FINISHED, Known, Run
from workbench.engine.rules.inputs import home_of
from workbench.model import Need
from workbench.views.clock import Clock, ago
from workbench.views.data_words import of_day
from workbench.views.phrases_inputs import input_line, missing_of
from workbench.views.rule_lines import came_line
from workbench.views.why import Check, Why
from workbench.views.why_run import WhyRun
from workbench.views.why_things import Mark
from workbench.views.wording import FIELD_NAMES, Phrases

# What passes nearly always, and says little where it does.
_QUIET = frozenset({"run_has_started", "dag_is_on", "run_has_room", "task_has_room", "retry_pause_is_over"})
_LATE = 5 * 60  # seconds after it was due: from here on an input is called late in a title


# the question


def question_of(why: Why) -> str:
    """`why is extract waiting?`: what a person would ask who sees its state."""
    if why.state == "success" and _was_late(why):
        return f"why was {why.task} so late?"
    if why.state == "none" and not why.checks:
        return _asked_of_none(why.task, why.headline)
    return _ASKED.get(why.state, "why {task}?").format(task=why.task)


def _asked_of_none(name: str, headline: str) -> str:
    """Of what has no run: one that will come, one that never will, or a task that its run does not have."""
    if "has no run yet" in headline:
        return f"when does {name} run?"
    return f"why has {name} no run here?" if "no run" in headline else f"why did {name} not run?"


_ASKED = {
    "none": "why is {task} waiting?",
    "scheduled": "why is {task} waiting?",
    "queued": "why does {task} not run yet?",
    "running": "why does {task} run now?",
    "success": "why did {task} run then?",
    "failed": "why did {task} fail?",
    "up_for_retry": "why does {task} pause?",
    "up_for_reschedule": "why is {task} waiting?",
    "skipped": "why was {task} skipped?",
    "upstream_failed": "why did {task} not run?",
    "removed": "why is {task} gone?",
}


def _was_late(why: Why) -> bool:
    """Was it held up by an input that came late?"""
    return any(one.due is not None and one.kind == "input" and (one.at - one.due).total_seconds() > _LATE
               for one in why.causes)  # fmt: skip


def question_of_run(why: WhyRun) -> str:
    """`why did daily_flights fail?`"""
    if why.created is None:
        return _asked_of_none(why.dag, why.headline)
    if why.ended is None:
        return f"why has {why.dag} not {'started' if why.started is None else 'ended'}?"
    if why.state != "success":
        return f"why did {why.dag} fail?"
    took = (why.ended - why.created).total_seconds()
    is_late = why.usual is not None and took > why.usual + _LATE
    return f"why did {why.dag} {'take so long' if is_late else 'end then'}?"


# marks


def marks_of(known: Known, why: Why) -> tuple[Mark, ...]:
    """What was asked for, each by itself: what is so first, then what is missing."""
    run = known.run_of(why.dag, why.partition)
    found = [mark for check in why.checks for mark in _marks(known, why, run, check)]
    found += gap_marks(known, why)
    return tuple(sorted(found, key=lambda mark: mark.passed is not True))


def gap_marks(known: Known, why: Why | WhyRun) -> Iterator[Mark]:
    """What it was made without."""
    plan = known.plans.get(why.dag)
    clock = Clock(why.at, plan.spec.zone) if plan is not None else None
    for gap in why.not_there if clock is not None else ():
        assert clock is not None
        if gap.input in known.makers:
            fate = f"since {clock.at(gap.came)} it is" if gap.came is not None else "it is not yet"
            text = f"without {of_day(known, gap.input, gap.partition)}: not live then, {fate}"
            yield Mark(False, text, f"dataset:{known.makers[gap.input]}.{gap.input}")
            continue
        due = f"due {clock.at(gap.due)}, " if gap.due is not None else ""
        late = f", {ago(gap.came - gap.due)} late" if gap.came is not None and gap.due is not None else ""
        fate = f"came {clock.at(gap.came)}{late}" if gap.came is not None else "still not here"
        target = f"input:{known.homes[gap.input]}.{gap.input}" if gap.input in known.homes else ""
        yield Mark(False, f"without {gap.input}: {due}{fate}", target)


def without_marks(line: str) -> str:
    """What is left of a sentence when its marks are shown: of one about what it was made without, only why."""
    return line.partition("). ")[2] if _GAP.match(line) else line


_GAP = re.compile(r"\w+ without [^:]+: it was not (there|live) when")


def _marks(known: Known, why: Why, run: Run | None, check: Check) -> Iterator[Mark]:
    if check.rule in _QUIET and check.passed:
        return
    each = _EACH.get(check.rule)
    if each is not None and run is not None and why.task in run.plan.tasks:
        found = list(each(Phrases(known, why.at, run), why.task))
        if len(found) <= _MOST_EACH:
            yield from found
            return
        came = sum(mark.passed is True for mark in found)
        yield from ([Mark(True, f"{came} of {len(found)} are here")] if came else [])
        yield from [mark for mark in found if mark.passed is False][:_MOST_EACH]
    else:
        yield Mark(check.passed, check.text, _target_of(known, why, check))


def _inputs(p: Phrases, task: str) -> Iterator[Mark]:
    """One mark for each input and dataset that it waits for."""
    yield from (_input_mark(p, need) for need in p.run.plan.tasks[task].inputs)


def _ups(p: Phrases, task: str) -> Iterator[Mark]:
    """One mark for each task right above it: has it what the usual rule asks for? For another rule the whole."""
    plan = p.run.plan.tasks[task]
    for name in plan.ups:
        state = p.run.cells[name].state
        is_over = state in FINISHED
        passed = True if state == "success" else None if is_over else False
        yield Mark(passed, f"{name}: {FIELD_NAMES.get(state, state)}", f"run:{p.dag}.{name}@{p.run.key.partition}")


_EACH: dict[str, Callable[[Phrases, str], Iterator[Mark]]] = {"inputs_are_here": _inputs, "upstream_allows": _ups}
_MOST_EACH = 6


def _input_mark(p: Phrases, need: Need) -> Mark:
    kind = "input" if need.name in p.known.homes else "dataset"
    target = f"{kind}:{home_of(p.known, need)}.{need.name}"
    if missing_of(p, need):
        return Mark(False, input_line(p, need.text).rstrip("."), target)
    return Mark(True, f"{need.text} {came_line(p, need)}", target)


def _target_of(known: Known, why: Why, check: Check) -> str:
    """Where one can go from a rule: to the first thing that it is about."""
    for name in check.on:
        if why.dag in known.plans and name in known.plans[why.dag].tasks:
            return f"run:{why.dag}.{name}@{why.partition}"
    return ""
