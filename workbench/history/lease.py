"""The lease: who may write to a recording. One process at a time; that of a dead process is taken over.

In one process, the newest recorder of a recording holds the lease, so that a notebook cell can be run again.
"""

from __future__ import annotations

import os
import platform
import secrets
import sqlite3
import sys
from pathlib import Path
from typing import NamedTuple

from workbench.history.errors import problem


class Owner(NamedTuple):
    """A writer. `mark` tells its process from a later one with the same number; empty where that is not known."""

    host: str
    pid: int
    mark: str
    token: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


_COLUMNS = "owner_host, owner_pid, owner_mark, owner_token"


def new_owner() -> Owner:
    """This process, with a token of its own for one recorder."""
    pid = os.getpid()
    return Owner(platform.node(), pid, _mark(pid), secrets.token_hex(8))


def owner_of(connection: sqlite3.Connection, recording: int) -> Owner | None:
    """Who holds the lease of a recording, if anybody does."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM recording WHERE id = ?", (recording,)).fetchone()
    return Owner(*row) if row is not None and row[3] is not None else None


def claim(connection: sqlite3.Connection, path: str, recording: int, new: Owner, force: bool) -> None:
    """Take the lease, inside a transaction. Raises HistoryError when a living process has it."""
    old = owner_of(connection, recording)
    if old is not None and not force and not _is_free(old, new):
        here = "end it, or make a recording of your own"
        there = "end it; if that machine is gone, take the recording over with force"
        told = f"recording {recording} is being written by {old}"
        raise problem(path, f"{told}; {here if old.host == new.host else there}")
    _set(connection, recording, new)


def check(connection: sqlite3.Connection, path: str, recording: int, owner: Owner) -> None:
    """Raises HistoryError when somebody else took the lease."""
    now = owner_of(connection, recording)
    if now != owner:
        told = f"recording {recording} was taken over by {now or 'nobody'}"
        raise problem(path, f"{told}; nothing was written. Open it again to go on from what is there")


def release(connection: sqlite3.Connection, recording: int, owner: Owner) -> None:
    """Give the lease back, if it is still ours."""
    connection.execute(
        "UPDATE recording SET owner_host = NULL, owner_pid = NULL, owner_mark = NULL, owner_token = NULL"
        " WHERE id = ? AND owner_token = ?",
        (recording, owner.token),
    )


def _set(connection: sqlite3.Connection, recording: int, new: Owner) -> None:
    connection.execute(f"UPDATE recording SET ({_COLUMNS}) = (?, ?, ?, ?) WHERE id = ?", (*new, recording))


def _is_free(old: Owner, new: Owner) -> bool:
    if old.host != new.host:
        return False
    if old.pid == new.pid and old.mark == new.mark:
        return True
    return not _is_alive(old.pid) or (old.mark != "" and _mark(old.pid) not in ("", old.mark))


def _mark(pid: int) -> str:
    """When the process began, in the kernel's ticks: field 22 of proc(5) stat. Empty elsewhere than on Linux."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    if sys.platform == "emscripten":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_alive_on_windows(pid: int) -> bool:
    # There, os.kill(pid, 0) would end the process.
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x100000, False, pid)  # the right SYNCHRONIZE
    if not handle:
        return False
    running: bool = kernel.WaitForSingleObject(handle, 0) != 0
    kernel.CloseHandle(handle)
    return running
