"""Writing a file that a person has: whole or not at all, and in words when it cannot be done."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workbench.model.problems import InvalidInput


def replace_file(path: Path, raw: bytes) -> None:
    """The file is either as before or whole. It keeps its permissions."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """What the system refuses is told as InvalidInput."""
    try:
        yield
    except OSError as error:
        why = _WHY.get(error.errno or 0, (error.strerror or "it cannot be written").lower())
        told = f"{path} was not written: {why}. Nothing is lost: save it somewhere else"
        raise InvalidInput([told]) from None


_WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EACCES: "you may not write in this folder",
    errno.EPERM: "you may not write there",
    errno.EROFS: "this disk can only be read",
    errno.ENOENT: "the folder is gone",
    errno.ENAMETOOLONG: "the name is too long",
}
