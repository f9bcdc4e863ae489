"""The same work as `worlds` in SimPy: processes, one Resource, a ledger of tuples. Written as a SimPy user would."""

from __future__ import annotations

import hashlib
from typing import Any

import simpy

from benchmarks.worlds import FLAKY, MINUTES, PAUSE, RETRIES, SEED, SLOTS, upstream

DAY = 24 * 60
Ledger = list[tuple[Any, ...]]


def fails(name: str, day: int, number: int) -> bool:
    key = f"{SEED}|{name}|{day}|{number}"
    drawn = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
    return drawn * FLAKY.denominator < FLAKY.numerator << 64


def task(env: Any, name: str, day: int, ups: tuple[str, ...], done: dict[str, Any], slots: Any, ledger: Ledger) -> Any:
    for up in ups:
        if not done[up].processed:
            yield done[up]
    number = 1
    while True:
        ledger.append((env.now, "ready", name, day, number))
        with slots.request() as slot:
            yield slot
            ledger.append((env.now, "started", name, day, number))
            yield env.timeout(MINUTES)
        if number > RETRIES or not fails(name, day, number):
            break
        ledger.append((env.now, "failed", name, day, number))
        number += 1
        yield env.timeout(PAUSE)
    ledger.append((env.now, "ended", name, day, number))
    done[name].succeed()


def clock(env: Any, days: int, slots: Any, ledger: Ledger) -> Any:
    tasks = list(upstream())
    for day in range(days):
        done = {name: env.event() for name, _ in tasks}
        for name, ups in tasks:
            env.process(task(env, name, day, ups, done, slots, ledger))
        yield env.timeout(DAY)


def simulate(days: int) -> Ledger:
    env = simpy.Environment()
    ledger: Ledger = []
    env.process(clock(env, days, simpy.Resource(env, SLOTS), ledger))
    env.run()
    return ledger
