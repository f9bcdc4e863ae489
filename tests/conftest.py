"""Fixtures that several files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import HELLO
from tests.sampled import left_out


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of our own to stand in, and to keep histories in."""
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    (folder / "hello.yaml").write_text(HELLO, encoding="utf-8")
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A plain run tries some of the cases of the longest tests; who asks for single tests gets them."""
    if any("::" in argument for argument in config.args):
        return
    gone = left_out(items)
    if gone:
        config.hook.pytest_deselected(items=gone)
        out = {id(item) for item in gone}
        items[:] = [item for item in items if id(item) not in out]
