"""The pictures of the tour are what the workbench shows today, and the page names each of them."""

from __future__ import annotations

import pytest

from tests.tui.tour import FOLDER, SCENES, Scene, drawn


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_picture_is_what_is_drawn(scene: Scene) -> None:
    """`python -m tests.tui.tour` makes them again: review the difference as one of behaviour."""
    assert (FOLDER / f"{scene.name}.svg").read_text(encoding="utf-8") == drawn(scene)


def test_the_page_shows_every_scene_and_nothing_is_fetched() -> None:
    page = (FOLDER.parent / "tour.md").read_text(encoding="utf-8")
    for scene in SCENES:
        assert f"(tour/{scene.name}.svg)" in page
        assert "@font-face" not in (FOLDER / f"{scene.name}.svg").read_text(encoding="utf-8")
