"""Golden pairs: tests/data/bad/NAME.yaml is wrong in some way, NAME.txt is what a person is told.

UPDATE_GOLDEN=1 writes the texts anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from workbench.model import yamltext
from workbench.model.parts import Workspace
from workbench.model.problems import InvalidInput
from workbench.model.reading import read_workspace
from workbench.scenario.reading import read_scenario

BAD = Path(__file__).parent / "data" / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))
PARSERS = {"c": getattr(yaml, "CSafeLoader", yaml.SafeLoader), "python": yaml.SafeLoader}


def told(file: str) -> str:
    """What is said about a file and the scenarios in it."""
    try:
        loaded = read_workspace(file)
    except InvalidInput as error:
        return f"{error}\n"
    return "".join(_told_of_scenario(node, loaded.workspace, file) for node in loaded.scenarios)


def _told_of_scenario(node: yamltext.Mapping, workspace: Workspace, file: str) -> str:
    try:
        read_scenario(node, workspace, file)
    except InvalidInput as error:
        return f"{error}\n"
    return ""


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_is_told_so(name: str, parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    monkeypatch.setattr(yamltext, "LOADER", PARSERS[parser])
    said, golden = told(f"{name}.yaml"), BAD / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN") and parser == "c":
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
