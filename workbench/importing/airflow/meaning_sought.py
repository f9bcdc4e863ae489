"""What sensors look for, as a name: from a key, a path or a table, where that tells the sensors of a file apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from workbench.importing.airflow.meaning_values import several
from workbench.importing.airflow.parts import Made, Unknown
from workbench.importing.names import fitting

# Where sensors say what they look for: the first that is given.
_KEYS = ("bucket_key", "key", "filepath", "file_path", "path", "object", "prefix", "blob_name", "object_name",
         "remote_filepath", "table_id", "table_name", "table", "partition_names", "partition", "topic")  # fmt: skip
_SUFFIX = re.compile(r"(?:\.[a-z][a-z0-9]{1,7}){1,2}$", re.IGNORECASE)
# What differs from day to day, and says nothing of which file it is: templates, wildcards, dates.
_DAILY = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|%[YmdHMSj]|\b(?:year|month|day|date|dt|ds)=|[*?\[\]]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_EMPTY = frozenset({"s3", "s3a", "gs", "hdfs", "file", "http", "https", "data", "in", "tmp", "mnt", "opt", "var"})
_MOST = 60


def sought(tasks: Iterable[Made]) -> dict[int, list[str]]:
    """Names for what each of these sensors looks for, by the task's `id()`, the shortest first: its last part or parts,
    at most three, where they tell it from all others. Nothing for those that do not say it."""
    paths = {id(task): parts for task in tasks if (parts := _parts(task))}
    found: dict[int, list[str]] = {}
    for many in (1, 2, 3):
        names = {key: fitting("_".join(parts[-many:]))[:_MOST] for key, parts in paths.items()}
        every = Counter(names.values())
        for key in (key for key, name in names.items() if every[name] == 1):
            found.setdefault(key, []).append(names[key])
    return found


def _parts(task: Made) -> list[str]:
    """The words of a path that say which file it is: `fr/{{ ds }}/orders.csv` is fr, orders."""
    text = next((said for key in _KEYS for said in _texts(task.given.get(key))), "")
    bare = _SUFFIX.sub("", _DAILY.sub(" ", text).strip())
    pieces = ["_".join(_WORD.findall(piece)) for piece in re.split(r"[/.:]", bare)]
    return [piece for piece in pieces if piece and piece.lower() not in _EMPTY]


def _texts(value: object) -> Iterator[str]:
    for one in several(value)[:1]:
        known = one.otherwise if isinstance(one, Unknown) else one
        if isinstance(known, str) and known.strip():
            yield known
