"""Fixtures that several files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import HELLO


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
