"""Commands and faults in a few words: what a future is called by, where whole sentences have no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.engine import Event
from workbench.engine.data_events import ConsumersTold, PointersMoved, RowsSetAside
from workbench.engine.events import (
    BackfillChanged,
    CodeDeployed,
    DagPaused,
    FaultInjected,
    FaultLifted,
    RunsRequested,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.scenario import Fault

_MOST = 2


def short_fault(fault: Fault) -> str:
    """`half file of lga`, `late jfk`."""
    words = _FAULTS.get(type(fault).__name__, type(fault).__name__.lower())
    return f"{words} {_name_of(fault)}".strip()


def _name_of(fault: Fault) -> str:
    """The input, task or dataset that it is about."""
    names = (getattr(fault, name, None) for name in ("input", "task", "dataset"))
    return next((str(name).rpartition(".")[2] for name in names if name), "")


_FAULTS = {
    "Late": "late", "Never": "never", "Empty": "empty file of", "Truncated": "half file of",
    "Doubled": "double file of", "SchemaDrift": "moved columns of", "UnitDrift": "wrong unit in",
    "Poison": "poison row in", "LateRows": "late rows of", "Correction": "corrected file of",
    "Moved": "moved file of", "Flaky": "failures of", "Outage": "outage of", "Quota": "quota of", "Bug": "bug in",
    "Slow": "slow", "Varies": "other lengths of", "Hang": "hanging", "WorkerLost": "lost worker of",
    "Zombie": "zombie of", "LostAnswer": "lost answer of", "CrashAfterWrite": "crash of", "Partial": "half-written",
    "SchedulerDown": "scheduler off", "Choice": "choice of", "Deploy": "deploy of",
}  # fmt: skip


def short_command(event: Any, log: Sequence[Event] = ()) -> str:
    """`lift lga`, `deploy clean v2`, `rerun extract`. `log`: where a fault that is lifted was injected."""
    made = _COMMANDS.get(type(event))
    return made(event, log) if made is not None else str(event.sentence).partition(":")[0]


def _lifted(event: FaultLifted, log: Sequence[Event]) -> str:
    """The scenario's own are its secret, and are not named."""
    told = event.sentence.removeprefix("lifted: ")
    found = (one.fault for one in log if isinstance(one, FaultInjected) and one.sentence == told)
    return f"lift {next((_name_of(fault) for fault in found), '') or 'a fault'}"


def _first(instances: Any) -> str:
    """The first task of some instances, and that there are more."""
    names = [name for _, tasks in instances for name in tasks]
    return names[0] if names else ""


_COMMANDS: dict[type, Callable[[Any, Sequence[Event]], str]] = {
    FaultInjected: lambda e, _: short_fault(e.fault),
    FaultLifted: _lifted,
    CodeDeployed: lambda e, _: f"deploy {e.task or e.dag} {e.version}",
    DagPaused: lambda e, _: f"{'pause' if e.paused else 'unpause'} {e.dag}",
    TasksCleared: lambda e, _: f"rerun {_first(e.instances)}",
    TasksMarked: lambda e, _: f"mark {_first(e.instances)} {e.state}",
    TasksKilled: lambda e, _: f"kill {e.ends[0][1] if e.ends else ''}".strip(),
    RunsRequested: lambda e, _: f"{'backfill' if e.kind == 'backfill' else 'trigger'} {e.dag}",
    BackfillChanged: lambda e, _: f"backfill {e.state}",
    PointersMoved: lambda e, _: f"{'approve' if e.word == 'approved' else 'withdraw'} {e.moves[0][0]}",
    RowsSetAside: lambda e, _: f"set rows of {e.dataset} aside",
    ConsumersTold: lambda e, _: f"tell {', '.join(e.consumers[:1])}",
}


def short_commands(events: Sequence[Any], log: Sequence[Event] = (), most: int = _MOST, whole: bool = True) -> str:
    """`lift lga, deploy clean v2 and 2 more`; one alone in its whole sentence, if `whole`; empty if
    there is none."""
    if whole and len(events) == 1 and not isinstance(events[0], FaultLifted):
        return str(events[0].sentence)
    said = list(dict.fromkeys(short_command(one, log) for one in events))
    more = len(said) - most
    return ", ".join(said[:most]) + (f" and {more} more" if more > 0 else "")


def next_version(code: str) -> str:
    """`v1` -> `v2`."""
    head = code.rstrip("0123456789")
    tail = code[len(head) :]
    return f"{head}{int(tail) + 1}" if tail else f"{code}2"
