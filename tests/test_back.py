"""Going back to an instant means to before what was commanded at it."""

from __future__ import annotations

import workbench as wb


def test_who_goes_back_to_an_instant_wants_to_do_something_else_there() -> None:
    session = wb.sample("late_file")
    session.do("go 2026-03-04 07:00")
    session.do("mark wait@2026-03-03 success")
    session.do("go 08:00")
    session.do("back 07:00")
    assert session.why("wait@2026-03-03").state == "failed"
    session.do("rerun wait@2026-03-03 down")
    assert session.branch.name == "B"
    session.do("go 08:00")
    assert session.why("wait@2026-03-03").tries == 2


def test_functions_get_their_times_in_the_zone_of_the_dag() -> None:
    seen = []
    dag = wb.Dag("berlin", schedule="0 2 * * *", timezone="Europe/Berlin", start="2026-03-01")

    @dag.task()
    def load(ctx):  # type: ignore[no-untyped-def]
        seen.append((ctx.start.isoformat(), ctx.end.isoformat(), ctx.now.isoformat()))

    wb.Session(dag, wb.Scenario(start="2026-03-02", until="2026-03-02T12:00Z")).run_until()
    assert seen == [("2026-03-01T00:00:00+01:00", "2026-03-02T00:00:00+01:00", "2026-03-02T02:00:00+01:00")]
