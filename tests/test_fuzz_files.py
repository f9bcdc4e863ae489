"""Bytes of pipeline files, damaged at random: whatever they become, they are read, or refused in words."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from workbench.model import InvalidInput
from workbench.model.reading import read_workspace_text
from workbench.scenario.reading import read_scenario
from workbench.session import Session

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tutorials" / "pipelines").glob("*.yaml"))
TRIES = 400 if os.environ.get("LAWS") == "long" else 8
PIECES = [
    b': ', b'\n', b'\n  ', b'- ', b'{', b'}', b'[', b']', b'"', b"'", b'#', b'&a ', b'*a', b'!!int ', b'null', b'-1',
    b'0', b'999999999999', b'@-1', b'@', b'..', b'every 0m', b'0 0 30 2 *', b'\xff', b'\x00', b'\xe2\x80\xa8',
    b'true', b'daily', b'2013-02-30', b'9999-12-31', b'\t', b'|', b'---\n', b'schedule', b'tasks', b'needs: [',
    b'sensor: {on: ',
]  # fmt: skip


def damaged(random: Random, source: bytes) -> bytes:
    """The file with a few pieces taken out, doubled, moved, or put in."""
    for _ in range(random.randint(1, 6)):
        start = random.randrange(len(source) + 1)
        end = min(len(source), start + random.choice([0, 0, 1, 3, 20, 80]))
        other = random.choice([random.choice(PIECES), b"", source[start:end] * 2, bytes([random.randrange(256)])])
        source = source[:start] + other + source[end:]
    return source


def told_so(error: InvalidInput, what: str) -> None:
    assert str(error).strip(), f"{what} was refused without a word"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_damaged_file_is_read_or_refused_in_words(path: Path) -> None:
    """Nothing but InvalidInput, with text; and what is read can be held by a session."""
    name = path.name
    source = path.read_bytes()
    random, refused = Random(name), 0
    for number in range(TRIES):
        text = damaged(random, source)
        try:
            loaded = read_workspace_text(text, name, str(path.parent))
            for node in loaded.scenarios:
                Session(loaded.workspace, read_scenario(node, loaded.workspace, name))
        except InvalidInput as error:
            refused += 1
            told_so(error, f"{name}, damage {number}")
        except Exception as error:  # whatever else comes is a fault of the reader
            pytest.fail(f"{name}, damage {number}: {type(error).__name__}: {error}\n{text!r}")
    assert refused or TRIES < 20
