"""Which partitions and tasks a backfill makes, and because of what: nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from workbench.engine import Known, Run
from workbench.engine.backfilled import earlier_success, named, taken_by
from workbench.engine.decide import next_key
from workbench.engine.rules.clock import next_tick
from workbench.engine.rules.inputs import is_done, is_live, touched_by, was_due_before, windows_for
from workbench.model import Need
from workbench.ordering.here import Here
from workbench.ordering.tasks import above, below
from workbench.timetable import Partition
from workbench.views.changes import changes_of
from workbench.views.lineage import stale_versions

Which = Literal["missing", "failed", "all", "changed"]
DONE = "due before the simulation began, so done"
OPEN = "whose run is under way"
WELL = "whose run ended well"
FAILED = "whose run failed"
SAME = "of which neither code nor inputs changed"
NO_RUN = "which have no run, so nothing to compare with"
DOWNSTREAM = "upstream in its window is made again"
NOT_PAST = "which is none of its past windows"  # nothing to tell
NOTHING_TO_KEEP = "nothing to keep"

Place = tuple[str, Partition]


@dataclass
class Choice:
    """What is made: by DAG and window, each task with its reason; in which order, `done` says. `left`: what is left
    out, and why; `asked_left`: of what was asked for, before anything downstream was looked at. `pinned`: the (dag,
    task) of those that run the version `pin`."""

    here: Here
    pin: str = ""
    kind: str = "backfill"
    made: dict[Place, dict[str, str]] = field(default_factory=dict)
    left: dict[Place, str] = field(default_factory=dict)
    pinned: frozenset[tuple[str, str]] = frozenset()
    asked_left: dict[Place, str] = field(default_factory=dict)

    @property
    def known(self) -> Known:
        return self.here.known

    def add(self, place: Place, tasks: Iterable[str], reason: str) -> set[str]:
        """These tasks as well; those that are new."""
        known = self.made.setdefault(place, {})
        fresh = set(tasks) - known.keys()
        known.update(dict.fromkeys(sorted(fresh), reason))
        self.left.pop(place, None)
        return fresh

    def code_of(self, dag: str, task: str) -> str:
        return self.pin if (dag, task) in self.pinned else self.known.code_of(dag, task)

    def earlier(self, place: Place, task: str) -> Run | None:
        """The run from which a task would be kept."""
        dag, window = place
        return earlier_success(self.known, next_key(self.known, dag, window.key, self.kind), task)


def pinned_by(known: Known, dag: str, tasks: Iterable[str], pin: str) -> frozenset[tuple[str, str]]:
    """Of the tasks that were asked for by name, those that run this version: those for which it is written; where it is
    for none, those that have versions at all; where none has, all. What comes before or after them in other runs or
    tasks has versions of its own, which merely may be called the same."""
    code = {task: known.plans[dag].tasks[task].task.code for task in tasks} if pin else {}
    have = [task for task in code if pin in code[task]] or [task for task in code if code[task]] or list(code)
    return frozenset((dag, task) for task in have)


def last_run(known: Known, dag: str, window: Partition) -> Run | None:
    """The newest run of a window, but for those that were cancelled before they began."""
    found = [run for run in known.runs_of(dag, window.key) if run.reason != "cancelled"]
    return found[-1] if found else None


# the partitions that were asked for


def choose(choice: Choice, dag: str, tasks: frozenset[str], windows: Iterable[Partition], which: Which) -> None:
    """Those of these tasks in these windows that are missing, failed, changed, or all."""
    for window in windows:
        place = (dag, window)
        if which == "changed":
            _choose_changed(choice, place, tasks)
            continue
        left, reason = _missing_or_failed(choice.known, place, tasks, which)
        if left:
            choice.left[place] = left
        else:
            choice.add(place, tasks, reason or _because(choice, place, tasks))


def _missing_or_failed(known: Known, place: Place, tasks: frozenset[str], which: Which) -> tuple[str, str]:
    """(why it is left out, why it is made); both empty when it is made although it is there."""
    dag, window = place
    run = last_run(known, dag, window)
    if run is None:
        is_done = was_due_before(known, dag, window)
        if is_done and which != "all":
            return DONE, ""
        return "", "asked for, though due before the simulation began" if is_done else "missing"
    if run.ended is None:
        return OPEN, ""
    state = _state(run, tasks)
    if state == "missing" and which != "all":
        return "", "missing"
    if state == "failed":
        return (FAILED, "") if which == "missing" else ("", "failed")
    return ("", "") if which == "all" else (WELL, "")


def _state(run: Run, tasks: frozenset[str]) -> str:
    """Of the whole run; of some of its tasks, if only they were asked for: missing, failed or well."""
    if tasks >= run.plan.tasks.keys():
        return "failed" if run.state == "failed" else "well"
    states = {run.cells[task].state if task in run.cells else "none" for task in tasks}
    if states & {"failed", "upstream_failed"}:
        return "failed"
    return "missing" if states & {"none", "scheduled", "removed"} or _was_left_out(run, tasks) else "well"


def _was_left_out(run: Run, tasks: frozenset[str]) -> bool:
    return any(task in run.cells and run.cells[task].rule == "left_out" for task in tasks)


def _because(choice: Choice, place: Place, tasks: frozenset[str]) -> str:
    """Why something that is there is made again."""
    found = _changes(choice, place, tasks)
    told = "; ".join(dict.fromkeys(reason for some in found.values() for reason in some))
    return told or "asked for again: neither code nor inputs changed"


def _changes(choice: Choice, place: Place, tasks: Iterable[str]) -> dict[str, list[str]]:
    """By task: what has changed since it last ended well."""
    dag, window = place
    run, plan = last_run(choice.known, dag, window), choice.known.plans[dag]
    found = {}
    for task in sorted(tasks, key=lambda name: plan.tasks[name].index):
        if run is not None and task in run.cells:
            changes = changes_of(choice.known, run, task, choice.code_of(dag, task))
            if changes:
                found[task] = [str(change) for change in changes]
    return found


def _choose_changed(choice: Choice, place: Place, tasks: frozenset[str]) -> None:
    """Only what changed, and what comes after it: what is above and did not change is kept."""
    dag, window = place
    run, plan = last_run(choice.known, dag, window), choice.known.plans[dag]
    if run is None or run.ended is None:
        choice.left[place] = NO_RUN if run is None else OPEN
        return
    mine = tasks.union(*(above(plan, task) for task in tasks))
    changed = _changes(choice, place, mine)
    if not changed:
        choice.left[place] = SAME
        return
    does = set(changed).union(*(below(plan, task) for task in changed)) & mine
    choice.add(place, does, "; ".join(dict.fromkeys(reason for some in changed.values() for reason in some)))


# what comes after


def choose_downstream(choice: Choice) -> None:
    """All that comes after what was chosen: in its DAGs, and in others that take what it writes."""
    users, by_data = _users(choice.known), started_by_data(choice)
    waiting = [(place, task) for place, tasks in choice.made.items() for task in tasks]
    for (dag, window), task in waiting:  # grows while it is walked
        plan = choice.known.plans[dag]
        found: list[tuple[Place, set[str]]] = [((dag, window), below(plan, task))]
        for name in (f"{dag}.{task}", *plan.tasks[task].writes):
            for other, user, need in users.get(name, ()):
                if _is_in_run(need, dag, other):
                    continue
                after = {user} | below(choice.known.plans[other], user)
                spec = choice.known.plans[other].spec
                found += [((other, w), after) for w in touched_by(choice.known, need, spec, window)]
        for place, tasks in found:
            waiting += [(place, one) for one in sorted(_follow(choice, place, tasks, by_data))]


def _is_in_run(need: Need, dag: str, other: str) -> bool:
    """Is it the task of its own run, which is below anyway?"""
    return dag == other and not need.low and not need.high and bool(need.dag)


def _follow(choice: Choice, place: Place, tasks: set[str], by_data: dict[str, str]) -> set[str]:
    """Make these of a run downstream as well, unless there is a reason not to; those that are new."""
    if place not in choice.made:
        listens = by_data.get(place[0], "")
        by_itself = f"which starts by itself when {listens} is published with other content" if listens else ""
        why_not = by_itself or _not_followed(choice, place)
        if why_not == NOT_PAST:
            return set()
        if why_not:
            choice.left[place] = why_not
            return set()
    return choice.add(place, tasks, DOWNSTREAM)


def _not_followed(choice: Choice, place: Place) -> str:
    """Why a partition downstream is not made again by this backfill."""
    dag, window = place
    known, now = choice.known, choice.here.now
    spec = known.plans[dag].spec
    if window.end > now or not spec.wants(window):
        return NOT_PAST
    run = last_run(known, dag, window)
    if run is not None:
        return OPEN if run.ended is None else ""
    tick = next_tick(known, dag) if spec.clock is not None and dag not in known.paused else None
    if tick is not None and tick[1].start <= window.start:
        return "whose scheduled run is still to come"
    return ""


def started_by_data(choice: Choice) -> dict[str, str]:
    """DAGs that start by themselves for each partition when all that they wait for is published with other content: a
    backfill of them as well would do the work twice. By DAG, what it listens to."""
    known, users = choice.known, _users(choice.known)
    waiting = [(dag, task) for (dag, _), tasks in choice.made.items() for task in tasks]
    seen, written = set(waiting), set[str]()
    for dag, task in waiting:  # grows while it is walked
        plan = known.plans[dag]
        written.update(plan.tasks[task].writes)
        names = (f"{dag}.{task}", *plan.tasks[task].writes)
        after = {(other, user) for name in names for other, user, _ in users.get(name, ())}
        fresh = sorted((after | {(dag, one) for one in below(plan, task)}) - seen)
        seen.update(fresh)
        waiting += fresh
    return {
        dag: ", ".join(name for name in data.names if name in written)
        for dag, plan in sorted(known.plans.items())
        if (data := plan.spec.data) is not None and data.interval == "same" and dag not in known.paused
        if written.intersection(data.any) or (data.all and written.issuperset(data.all))
    }


def _users(known: Known) -> dict[str, list[tuple[str, str, Need]]]:
    """Of every dataset and `dag.task`: (dag, task, how it is taken) of those that take it."""
    found: dict[str, list[tuple[str, str, Need]]] = {}
    for dag, plan in sorted(known.plans.items()):
        for task in plan.tasks:
            for need in taken_by(plan, task):
                found.setdefault(named(need), []).append((dag, task, need))
    return found


# what comes before


def include_above(choice: Choice) -> None:
    """Tasks above what is chosen, of which there is nothing to keep, run as well, and what lies between."""
    for place, does in choice.made.items():
        plan = choice.known.plans[place[0]]
        over = set().union(*(above(plan, task) for task in does)) - does.keys()
        bare = {task for task in over if choice.earlier(place, task) is None}
        between = set().union(*(below(plan, task) for task in bare)) & over
        choice.add(place, bare, NOTHING_TO_KEEP)
        choice.add(place, between - bare, "comes after what is made again")


def include_upstream(choice: Choice) -> None:
    """What other runs have to write first, because it is missing or stale: for stores that fill themselves."""
    known = choice.known
    stale = {one.name[:2] for one in stale_versions(known)}
    makers = {
        n: (d, t.name) for d, p in sorted(known.plans.items(), reverse=True) for t in p.tasks.values() for n in t.writes
    }
    waiting = list(choice.made)
    for place in waiting:  # grows while it is walked
        include_above(choice)
        plan = known.plans[place[0]]
        for task in list(choice.made[place]):
            for need in taken_by(plan, task):
                for dag, one, window, reason in _first(known, need, plan.spec, place[1], makers, stale):
                    if (dag, window) not in choice.made:
                        waiting.append((dag, window))
                    choice.add((dag, window), {one}, reason)
    include_above(choice)


def _first(
    known: Known,
    need: Need,
    spec: object,
    window: Partition,
    makers: dict[str, tuple[str, str]],
    stale: set[tuple[str, str]],
) -> Iterator[tuple[str, str, Partition, str]]:
    """(dag, task, window, reason) of what has to be made before."""
    dag, task = (need.dag, need.name) if need.dag else makers.get(need.name, ("", ""))
    if dag not in known.plans or task not in known.plans[dag].tasks:
        return
    for one in windows_for(known, need, spec, window):  # type: ignore[arg-type]
        run = last_run(known, dag, one)
        if not known.plans[dag].spec.wants(one) or (run is not None and run.ended is None):
            continue
        there = is_done(known, need, one) if need.dag else is_live(known, need.name, dag, one)
        if not there:
            yield dag, task, one, "missing upstream"
        elif not need.dag and (need.name, one.key) in stale:
            yield dag, task, one, "stale upstream"
