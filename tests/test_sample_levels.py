"""Levels of the curriculum open by their name, as samples do, and stand on no shelf."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.opening import samples


@pytest.mark.parametrize("name", ["l3_3", "l4_1", "l5_1", "l5_4"])
def test_a_level_opens_by_its_name(name: str) -> None:
    assert name not in samples()
    assert wb.sample(name, name).scenario.name == name


def test_a_wrong_name_is_told_the_nearest_right_one() -> None:
    with pytest.raises(wb.InvalidInput, match="there is no sample 'l5_11'; did you mean 'l5_1'"):
        wb.sample("l5_11")
