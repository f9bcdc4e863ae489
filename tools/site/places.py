"""Where the site goes. A folder is written only when it is new, empty, or has a site of before; and a site that is
there stays as it is until the next one is whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAME = "Orchestration workbench"
_SETTINGS = "jupyter-lite.json"
_LAST = 6


class NotBuilt(Exception):
    """Why there is no site, as a sentence for whoever asked for it."""


def foreign_in(folder: Path) -> list[str]:
    """What is in a folder that has no site of ours; nothing when it has one, or is not there."""
    if not folder.exists() or _is_site(folder):
        return []
    return sorted(path.name for path in folder.iterdir())


def _is_site(folder: Path) -> bool:
    try:
        settings = json.loads((folder / _SETTINGS).read_text("utf-8"))
        return bool(settings["jupyter-config-data"]["appName"] == NAME)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def put(made: Path, out: Path) -> None:
    """Move a site to its place. What else lies there, such as `.git` or `CNAME`, stays. OSError: no room, or no right;
    what was there is there."""
    was_there = out.exists()
    out.mkdir(parents=True, exist_ok=True)
    beside = out / ".site-to-come"
    _clear(beside)
    try:
        shutil.move(made, beside)  # copies, when it is another disk
    except OSError:
        shutil.rmtree(beside if was_there else out, ignore_errors=True)
        raise
    # The settings are what a site is known by: they come first, so that one that was cut short can be replaced.
    for path in sorted(beside.iterdir(), key=lambda path: path.name != _SETTINGS):
        _clear(out / path.name)
        path.rename(out / path.name)
    beside.rmdir()


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def run(command: list[str], failed: str, cwd: Path | None = None) -> None:
    """Run a program. `failed`: what is said if it fails, below its last words. OSError: the disk is full."""
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = done.stdout + done.stderr
        if "No space left" in said or "ENOSPC" in said:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise NotBuilt(f"{_last_lines(said)}\n{failed}".lstrip("\n"))


def _last_lines(said: str) -> str:
    return "\n".join(f"  {line}" for line in said.strip().splitlines()[-_LAST:] if line.strip())


def pip(*words: str) -> list[str]:
    """A command of pip that asks nothing and speaks of errors only."""
    verb, *others = words
    return [sys.executable, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", "--no-input", *others]
