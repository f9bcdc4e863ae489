"""The engine: events, state, rules, decisions. Pure: no files, no clock, no threads, no randomness of its own.

begin(workspace, start)     the state before the first event
    evolve(state, event)        applies a fact; the only thing that writes state
verdict(known, run, task)   Pass | Wait | Settle; reads only
Decider(known).next(now)    the next decision, acting on verdicts only
Engine(state, world, now)   the loop that makes the log, against any World
"""

from workbench.engine.compile import begin
from workbench.engine.drafts import InvalidTransition
from workbench.engine.engine import Engine
from workbench.engine.events import EVENTS, KINDS, Event, RunKey
from workbench.engine.evolve import evolve
from workbench.engine.state import FINISHED, Arrival, Attempt, Cell, Known, Run, State
from workbench.engine.verdict import every_verdict, verdict
from workbench.engine.verdicts import PASS, Pass, Settle, Verdict, Wait
from workbench.engine.world import World

__all__ = [
    "EVENTS",
    "FINISHED",
    "KINDS",
    "PASS",
    "Arrival",
    "Attempt",
    "Cell",
    "Engine",
    "Event",
    "InvalidTransition",
    "Known",
    "Pass",
    "Run",
    "RunKey",
    "Settle",
    "State",
    "Verdict",
    "Wait",
    "World",
    "begin",
    "every_verdict",
    "evolve",
    "verdict",
]
