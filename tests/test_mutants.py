"""The patches of `tests/mutants` still fit. Whether the law tests kill them: `python -m tests.mutants`."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants import ROOT, Change, Mutant, every_mutant, mutated

MUTANTS = every_mutant()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_patch_applies_and_makes_other_code_that_compiles(mutant: Mutant) -> None:
    for file in {change.file for change in mutant.changes}:
        before = after = (ROOT / file).read_text("utf-8")
        for change in mutant.changes:
            after = mutated(after, change, mutant.name) if change.file == file else after
        assert file.startswith("workbench/")
        assert compile(after, file, "exec") != compile(before, file, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_test_that_kills_it_is_there(mutant: Mutant) -> None:
    file, _, name = mutant.killer.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")


def test_there_are_two_for_each_law() -> None:
    assert all(Counter(mutant.law for mutant in MUTANTS)[law] >= 2 for law in range(1, 10))


def test_a_patch_that_does_not_fit_any_more_says_so() -> None:
    with pytest.raises(ValueError, match=r"patch late does not apply: a\.py has its lines 0 times"):
        mutated("x = 1\n", Change("a.py", "x = 2\n", "x = 3\n"), "late")
    with pytest.raises(ValueError, match="2 times"):
        mutated("x = 1\nx = 1\n", Change("a.py", "x = 1\n", "x = 3\n"), "late")
