"""Attempts per second of a year's simulation with the whole ledger in memory, beside SimPy in the same run."""

from __future__ import annotations

import gc
import resource
import sys
from statistics import median
from time import process_time

from benchmarks import simpy_model
from benchmarks.worlds import DAYS, Result, year
from workbench.engine.events import AttemptStarted

GOAL, MOST_MB, PAIRS = 2.0, 600, 3


def _ours() -> tuple[float, int]:
    began = process_time()
    made = year()
    return process_time() - began, sum(isinstance(event, AttemptStarted) for event in made.log)


def _theirs() -> tuple[float, int]:
    began = process_time()
    ledger = simpy_model.simulate(DAYS)
    return process_time() - began, sum(entry[1] == "started" for entry in ledger)


def run() -> list[Result]:
    ours, theirs = [], []
    for _ in range(PAIRS):
        spent, attempts = _ours()
        gc.collect()
        ours.append(attempts / spent)
        if len(ours) == 1:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
        spent, attempts = _theirs()
        gc.collect()
        theirs.append(attempts / spent)
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    figure = f"{ratio:.2f} x ({median(ours):,.0f} against {median(theirs):,.0f} attempts a second)"
    return [
        Result("1 simulation, ledger in memory", f">= {GOAL:g} x SimPy", figure, ratio >= GOAL),
        Result("1 memory of that year", f"< {MOST_MB} MB", f"{peak:.0f} MB", peak < MOST_MB),
    ]
