"""What a task needs is asked once more before it gets a slot: meanwhile it may have been taken back."""

from __future__ import annotations

import workbench as wb
from workbench.engine.events import AttemptStarted
from workbench.model import workspace
from workbench.timetable import format_instant


def test_a_dataset_that_is_made_again_meanwhile_is_waited_for() -> None:
    """The partition was due before the simulation and so counts as live, until late data makes a run for it."""
    make = wb.Dag("make", schedule={"all": ["jfk"]}, start="2013-01-01")
    make.input("jfk", expected="07:00")
    make.task("load", needs="jfk", takes="3h", writes="ds")
    hog = wb.Dag("hog", schedule="31 6 * * *", start="2013-01-01")
    hog.task("sit", takes="90m", pool="one")
    use = wb.Dag("use", schedule="35 6 * * *", start="2013-01-01")
    use.task("look", needs="ds", pool="one")
    scenario = wb.Scenario(start="2013-01-03T06:30Z", until="2013-01-03T12:00Z")
    session = wb.Session(workspace(make, hog, use, pools={"one": 1}), scenario)
    session.run_until()
    begun = {e.task: format_instant(e.at) for e in session.events if isinstance(e, AttemptStarted)}
    assert begun == {
        "sit": "2013-01-03T06:31:00Z",
        "load": "2013-01-03T07:00:00Z",
        "look": "2013-01-03T10:00:00Z",
    }
