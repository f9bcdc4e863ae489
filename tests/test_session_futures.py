"""The futures of a session: forks, their names, going from one to another."""

from __future__ import annotations

from itertools import islice

import workbench as wb
from tests.samples import session
from tests.test_session import HELLO, refused
from workbench.given import branch_names


def test_a_fork_is_a_session_of_its_own() -> None:
    s = session(HELLO)
    s.run_until("06:02")
    other = s.fork()
    assert (s.branch.name, other.branch.name, other.now) == ("A", "B", s.now)
    other.inject(wb.Flaky("load", tries=1))
    other.run_until("07:00")
    assert s.now == s.instant("06:02")
    s.run_until("06:30")
    assert s.why("load").state == "success"
    assert other.why("load").state == "failed"
    assert other.now == s.instant("07:00")
    assert s.branches is other.branches


def test_a_fork_may_have_a_name() -> None:
    s = session(HELLO)
    assert s.fork("what if").branch.name == "what if"
    assert refused(lambda: s.fork("what if")) == "there is a future 'what if' already"
    assert (
        refused(lambda: s.switch("what fi"))
        == "there is no future 'what fi'; did you mean 'what if'? (known: A, what if)"
    )


def test_a_fork_in_the_middle_of_an_instant_goes_on_the_same_way() -> None:
    s = session(HELLO)
    s.run_until()
    for number in range(len(s.branch.log) + 1):
        other = s.seek(number).fork()
        other.run_until(s.end)
        assert other.branch.log == s.branches["A"].log


def test_names_of_futures() -> None:
    names = list(islice(branch_names(), 54))
    assert (names[:3], names[24:29], names[-2:]) == (["A", "B", "C"], ["Y", "Z", "A2", "B2", "C2"], ["A3", "B3"])
    s = session(HELLO)
    s.run_until("06:05")
    for _ in range(27):
        s.seek("05:55").inject(wb.Flaky("load", tries=1))
        s.run_until("06:05")
    assert list(s.branches) == names[:28]


def test_switch_goes_to_the_same_instant_of_another_future() -> None:
    s = session(HELLO)
    s.run_until("07:00")
    s.back("06:01")
    s.inject(wb.Flaky("load", tries=1))
    s.run_until("06:30")
    assert (s.switch("A").now, s.branch.name) == (s.instant("06:30"), "A")
    s.seek("15:00")
    assert s.switch("B").now == s.instant("06:30")


def test_why_at_another_instant_leaves_the_cursor() -> None:
    s = session(HELLO)
    s.run_until("06:02")
    assert s.why("load", "07:00").headline == "load ended 06:05, well."
    assert s.why("load@2013-01-01", "05:00").headline.endswith("the clock makes it Wed 2 Jan 06:00.")
    assert (s.now, s.why("load").state) == (s.instant("06:02"), "running")
