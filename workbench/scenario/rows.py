"""Rows: lists of JSON objects, kept by the hash of their content, and read from files as they arrive.

Where rows are only counted, the content is a mark that says how many there are: `842:5f0c...`. It is all there is of
them, so nothing has to be kept or made again.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from copy import deepcopy
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from workbench.model import InvalidInput, Problem

Rows = list[dict[str, Any]]


def content_hash(rows: Rows) -> str:
    """The same for the same rows in the same order, on every Python."""
    return _hash_of(_text_of(rows))


def _copied(rows: Rows, is_nested: bool) -> Rows:
    """Rows of their own, also where a value is a list or a group: nobody else sees what is changed in them."""
    return deepcopy(rows) if is_nested else [dict(row) for row in rows]


def _text_of(rows: Rows) -> bytes:
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _hash_of(text: bytes) -> str:
    return sha256(text).hexdigest()[:16]


class Store:
    """Rows by content hash. A copy goes in and a copy comes out: nobody can change what was written."""

    def __init__(self) -> None:
        self._kept: dict[str, Rows] = {}
        self._nested: set[str] = set()
        self._sizes: dict[str, int] = {}
        self._files: dict[Path, str] = {}

    def put(self, rows: Rows) -> str:
        text = _text_of(rows)
        content = _hash_of(text)
        if content not in self._kept:
            # A value that is a list or a group follows its name at once; a text that only looks so does no harm.
            is_nested = b'":[' in text or b'":{' in text
            self._kept[content] = _copied(rows, is_nested)
            self._sizes[content] = len(text)
            if is_nested:
                self._nested.add(content)
        return content

    def put_count(self, rows: int, mark: str) -> str:
        """The content of so many rows that are not carried: the same for the same `mark`, which says where they come
        from."""
        return f"{rows}:{blake2b(mark.encode(), digest_size=8).hexdigest()}"

    def get(self, content: str) -> Rows | None:
        """The rows; None when they were not made here, or are only counted."""
        kept = self._kept.get(content)
        return None if kept is None else _copied(kept, content in self._nested)

    def has(self, content: str) -> bool:
        """Is all there that can be? What is counted always is."""
        return content in self._kept or ":" in content

    def count(self, content: str) -> int:
        """How many rows. Raises KeyError for some that were not made here."""
        return int(content.partition(":")[0]) if ":" in content else len(self._kept[content])

    def size(self, content: str) -> int | None:
        """How many bytes the rows are as compact JSON; None when they were not made here, or are only counted."""
        return self._sizes.get(content)

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
