"""Rows: lists of JSON objects, kept by the hash of their content, and read from files as they arrive."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from workbench.model import InvalidInput, Problem

Rows = list[dict[str, Any]]


def content_hash(rows: Rows) -> str:
    """The same for the same rows in the same order, on every Python."""
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Store:
    """Rows by content hash. A copy goes in and a copy comes out: nobody can change what was written."""

    def __init__(self) -> None:
        self._kept: dict[str, Rows] = {}
        self._files: dict[Path, str] = {}

    def put(self, rows: Rows) -> str:
        content = content_hash(rows)
        self._kept.setdefault(content, [dict(row) for row in rows])
        return content

    def get(self, content: str) -> Rows | None:
        kept = self._kept.get(content)
        return None if kept is None else [dict(row) for row in kept]

    def count(self, content: str) -> int:
        return len(self._kept[content])

    def load(self, path: Path, told: Problem) -> str:
        """The content of a CSV or JSON-lines file, `.gz` or plain. Raises InvalidInput at `told`'s place."""
        if path not in self._files:
            try:
                self._files[path] = self.put(_parse(path))
            except (OSError, EOFError, ValueError, csv.Error) as error:
                raise InvalidInput([told._replace(message=f"{told.message}: {_reason(error, path)}")]) from error
        return self._files[path]


def _parse(path: Path) -> Rows:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    name = path.name.removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _reason(error: Exception, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path}"
    if isinstance(error, OSError):
        return f"{path} cannot be read ({error.strerror or error})"
    return f"{path} is not readable as CSV or JSON lines in UTF-8 ({error})"
