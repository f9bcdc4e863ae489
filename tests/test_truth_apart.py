"""Rules and explanations never see what would have been right: nothing of theirs can reach the modules that know."""

from __future__ import annotations

from typing import Any

import pytest

# It comes with import-linter, which not every environment has that runs the other tests.
grimp = pytest.importorskip("grimp")
KNOWS = ("workbench.scenario.truth", "workbench.scenario.judging")
# What decides and what explains. Commands see the scenario, but not what would be right.
APART = ("workbench.engine", "workbench.views", "workbench.dialects")
NOT_DIRECTLY = (*APART, "workbench.ordering", "workbench.verbs", "workbench.scenario.world")


@pytest.fixture(scope="module")
def imports() -> Any:
    return grimp.build_graph("workbench", cache_dir=None, exclude_type_checking_imports=True)


@pytest.mark.parametrize("knows", KNOWS)
def test_the_modules_that_know_are_there(imports: Any, knows: str) -> None:
    """So that the others cannot pass because a name was changed."""
    assert knows in imports.modules
    assert imports.find_modules_directly_imported_by(knows)


@pytest.mark.parametrize("knows", KNOWS)
@pytest.mark.parametrize("apart", APART)
def test_nothing_that_decides_or_explains_can_reach_the_truth(imports: Any, apart: str, knows: str) -> None:
    assert imports.find_shortest_chains(apart, knows, as_packages=True) == set()


@pytest.mark.parametrize("knows", KNOWS)
@pytest.mark.parametrize("apart", NOT_DIRECTLY)
def test_nothing_that_runs_the_world_asks_for_it(imports: Any, apart: str, knows: str) -> None:
    who = imports.find_modules_that_directly_import(knows)
    assert [one for one in sorted(who) if one == apart or one.startswith(f"{apart}.")] == []
