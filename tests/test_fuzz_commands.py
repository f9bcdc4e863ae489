"""Lines of commands, made at random: each is done, or refused in words; and the session is sound after each."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.laws.observed import counters, folded, recounted, seen
from tests.laws.worlds import story
from workbench.model import InvalidInput
from workbench.session import Session
from workbench.verbs import VERBS, complete, do, parse, plan_of

TIMES = 100 if os.environ.get("LAWS") == "long" else 1
WORDS = [
    '', '1', '0', '-1', '99999999999', '2', 'last', '*', 'load', 'ads.load', '*.clean', 'ads', 'ads.*', 'jfk',
    'nobody', 'A', 'B', '2013-01-03', '2013-01-03T05', '2013-W01', '06:00', '25:00', '1h', '90m', '0s', '-5m', '50%',
    '1/3', 'success', 'failed', 'skipped', 'takes=5m', 'retries=3', 'pool=api', 'needs=[load]', 'sensor.on=[jfk]',
    'paused=true', 'v2', 'for', 'in', 'at', 'until', 'from', 'limit', 'tries', 'down', 'up', 'only', 'missing', 'all',
    'newest', 'pool', 'workers', 'none', 'new', "'", '"', '#', 'load@2013-01-03', 'ads@2013-01-01..2013-01-03',
    'jfk@2013-01-03', 'pool:api', '\x00', 'é', '=',
]  # fmt: skip


def a_line(random: Random, session: Session) -> str:
    """A verb with some words: of its example, those that completion offers, or any."""
    verb = random.choice(list(VERBS.values()))
    line = verb.name
    if random.random() < 0.2:
        words = verb.example.split()
        random.shuffle(words) if random.random() < 0.3 else None
        return " ".join(words)
    for _ in range(random.randint(0, 5)):
        offered = complete(f"{line} ", session) if random.random() < 0.6 else []
        line = f"{line} {random.choice(offered or WORDS)}"
    return line


def sound(session: Session) -> None:
    """Counters equal a recount, and the state is that of the log."""
    state = session.state
    assert counters(state) == recounted(state)
    assert seen(state) == seen(folded(session.branch.state_at(0).snapshot(), session.events))
    assert all(before.at <= after.at for before, after in zip(session.events, session.events[1:], strict=False))


def where(session: Session) -> tuple[object, ...]:
    return session.branch.name, session.position, session.now, sorted(session.branches)


def unchanged(session: Session, before: tuple[object, ...], line: str) -> None:
    assert where(session) == before, f"{line!r} changed something"


def told_so(error: InvalidInput, what: str) -> None:
    assert str(error).strip(), f"{what} was refused without a word"


@pytest.mark.parametrize("seed", range(6 * TIMES))
def test_any_line_is_done_or_refused_in_words(seed: int) -> None:
    """Nothing but InvalidInput, with text; a refused line changes nothing; a plan changes nothing."""
    random = Random(seed)
    session = story(random).session()
    session.run_until(session.start + (session.end - session.start) * random.choice([0, 1, 2, 4]) / 4)
    done = 0
    for _ in range(80):
        line = a_line(random, session)
        before = where(session)
        try:
            plan_of(session, line)
            unchanged(session, before, line)
            assert parse(str(parse(line))) == parse(line), line
            do(session, line)
            done += 1
        except InvalidInput as error:
            told_so(error, line)
            unchanged(session, before, line)
        except Exception as error:
            pytest.fail(f"{line!r} in world {seed}: {type(error).__name__}: {error}")
        if len(session.events) < 1500:
            sound(session)
    assert done or seed >= 6, "no line was any good"
