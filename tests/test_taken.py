"""What sort of task it is and by which names it takes things: said once, and so in every picture."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.views.pictures import graph_of
from workbench.views.stage import stage_of
from workbench.views.taken import role_of, taken_by

FILES = sorted(Path(wb.__file__).parents[1].joinpath("tutorials", "pipelines").glob("*.yaml"))


def test_a_sensor_looks_for_what_others_need_or_read() -> None:
    spec = wb.load(str(FILES[0].with_name("late_file.yaml"))).state.known.plans["shop_sales"].spec
    assert {name: (role_of(task), *taken_by(task)) for name, task in spec.tasks.items()} == {
        "wait": ("sensor", ("drop", "looks for")),
        "load": ("", ("wait", "needs"), ("drop", "reads")),
        "aggregate": ("", ("load", "needs")),
        "publish": ("", ("aggregate", "needs")),
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_picture_of_a_dag_says_the_same(file: Path) -> None:
    session = wb.load(str(file))
    for name, plan in session.state.known.plans.items():
        things = {one.name: one for one in stage_of(session.state.known, (name,)).things}
        for node in graph_of(plan.spec).nodes:
            if node.id in plan.spec.tasks:
                assert node.role == things[node.id].role == role_of(plan.spec.tasks[node.id])
        own = {edge.kind for edge in graph_of(plan.spec).edges if edge.target in plan.spec.tasks}
        assert own - {"started by"} == {kind for task in plan.spec.tasks.values() for _, kind in taken_by(task)}
