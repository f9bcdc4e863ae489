"""Whether it can be known already that a file is spoiled: somebody read what came of it, here or in another future; or
a check, or code that stumbled over its rows, said so. Before that, to offer the right file again would tell the world's
secret. The same holds for what is said to be right: see `seen`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.engine import Known, Run
from workbench.views.phrases_data import BY_ROWS
from workbench.views.reach import below, made_of, takers_of

if TYPE_CHECKING:
    from workbench.bench.bad_files import Taken
    from workbench.bench.bench import Bench


def is_noticed(bench: Bench, file: Taken) -> bool:
    """By the place where one stands; of other futures by their end, which somebody has seen."""
    here = bench.session.branch
    others = (one for one in bench.session.branches.values() if one is not here)
    return _is_seen(bench.known, file) or any(_is_seen(one.end_state().known, file) for one in others)


def _is_seen(known: Known, file: Taken) -> bool:
    """Where nobody reads anything, there is nothing to wait for."""
    made = made_of(known, ((file.name, file.window.key, n) for n in range(1, len(file.all) + 1)))
    read = any((one.dataset, one.partition, one.n) in made for one in known.data.reads)
    checked = any(one.status != "pass" for name in made for one in known.data.checks_of(name))
    return not known.consumers or read or checked or any(_stumbles(known, file))


def _stumbles(known: Known, file: Taken) -> Iterator[bool]:
    """A task that takes it, or one below, failed because of its rows."""
    places = takers_of(known, file.name)
    for one in (*places, *below(known, places)):
        run = known.run_of(one.dag, known.plans[one.dag].spec.grid.containing(file.window.start).key)
        yield run is not None and _stumbled(run, one.task)


def _stumbled(run: Run, task: str) -> bool:
    """By a check, or by code that worked with other rows: not by a version of code that always fails."""
    tries = run.cells[task].attempts if task in run.cells else ()
    failed = (one for one in tries if one.state != "success")
    return any(one.reason in BY_ROWS or (one.reason == "bug" and not _is_by_version(one.message)) for one in failed)


def _is_by_version(message: str) -> bool:
    return message.startswith("version ") and message.endswith(" of its code fails")
