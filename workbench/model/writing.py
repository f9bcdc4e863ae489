"""Workspaces as the text of a pipeline file: what a person would have written. Defaults are left out, short forms are
used, a short task is one line, the order is the author's.

What cannot be said in a file is refused, and what was written is read again before anybody gets it: text that means
something else is never handed out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml

from workbench.model.data import dag_to_data
from workbench.model.findings import Findings
from workbench.model.kinds import Each, Group, Kind
from workbench.model.parts import DagSpec, Workspace
from workbench.model.problems import InvalidInput
from workbench.model.reading import read_partly_text
from workbench.model.schema import DAG, SETTINGS, settings_of
from workbench.model.yamltext import read_documents
from workbench.timetable import parse_instant

WIDTH = 120
# The order of a DAG's keys: what it is, when, whose, with what, and then its work.
DAG_KEYS = (
    "dag", "description", "schedule", "timezone", "partition", "start", "end", "catchup", "misfire", "dst", "paused",
    "max_active_runs", "max_active_tasks", "weight_rule", "owner", "runbook", "environment", "deadline", "alerts",
    "inputs", "datasets", "tasks",
)  # fmt: skip
SETTINGS_KEYS = ("pools", "workers", "rows", "payload_limit", "roster", "routes", "consumers")
# A line for each entry, however short they are.
_IN_LINES = frozenset({"inputs", "datasets", "tasks", "checks", "roster", "consumers"})
_BARE = re.compile(r"[^\W_][^*&!|>%@`:{}\[\]\"#\\]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?", re.ASCII)
_KEY = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"


def written(workspace: Workspace) -> str:
    """The workspace as a pipeline file. Raises InvalidInput when something in it cannot be written."""
    refuse_functions(workspace)
    documents = [dag_document(spec) for spec in workspace.dags.values()]
    settings = settings_data(workspace)
    text = "---\n".join([*documents, *([document(settings)] if settings else [])])
    check_same(text, workspace)
    return text


def dag_document(spec: DagSpec) -> str:
    """One DAG, as a document without its `---`."""
    return document(dag_data(spec))


def document(data: Mapping[str, Any]) -> str:
    """Data of a document as lines of text."""
    return "".join(f"{line}\n" for key, value in data.items() for line in entry(key, value, 0))


# what is to be written, as data in its shortest form


def dag_data(spec: DagSpec) -> dict[str, Any]:
    """The DAG in short forms, in the order in which it is written."""
    data = short(DAG, dag_to_data(spec))
    for key in ("start", "end"):
        moment = getattr(spec, key)
        if moment is not None:
            data[key] = _short_instant(moment, spec)
    for task, fields in data.get("tasks", {}).items():
        data["tasks"][task] = fields or {"takes": "1m"}
    for dataset in [one for one in data.get("datasets", {}).values() if "checks" in one]:
        dataset["checks"] = {name: {"kind": "rows", **fields} for name, fields in dataset["checks"].items()}
    return {key: data[key] for key in DAG_KEYS if key in data}


def settings_data(workspace: Workspace) -> dict[str, Any]:
    """The settings in short forms, in the order in which they are written."""
    data = short(SETTINGS, SETTINGS.write(settings_of(workspace)))
    for person, fields in data.get("roster", {}).items():
        data["roster"][person] = fields or {"acknowledges": "4m"}
    for reader, fields in data.get("consumers", {}).items():
        reads = {"reads": fields["reads"]} if "reads" in fields else {}
        data["consumers"][reader] = {**reads, "schedule": workspace.consumers[reader].schedule, **fields}
    return {key: data[key] for key in SETTINGS_KEYS if key in data}


def short(kind: Kind, data: Any) -> Any:
    """Data with a group that says one thing only as that thing: `retries: {max: 1}` is `retries: 1`."""
    if isinstance(kind, Group) and isinstance(data, dict):
        inside = {key: short(kind.by_key[key].kind, item) for key, item in data.items()}
        return inside[kind.bare] if kind.bare and [*inside] == [kind.bare] else inside
    if isinstance(kind, Each) and isinstance(data, dict):
        return {name: short(kind.kind, item) for name, item in data.items()}
    return data


def _short_instant(moment: datetime, spec: DagSpec) -> str:
    """`2013-01-01` where that is the same in the DAG's zone."""
    local = moment.astimezone(spec.zone)
    full = f"{moment:%Y-%m-%dT%H:%M}{f':{moment.second:02}' if moment.second else ''}Z"
    for text in (f"{local:%Y-%m-%d}", full):
        try:
            if parse_instant(text, spec.zone) == moment:
                return text
        except ValueError:
            continue
    return full


# data as text


def entry(key: str, value: Any, indent: int) -> list[str]:
    """The lines of `key: value`: one if it fits and reads well, else a block."""
    head = f"{' ' * indent}{name(key)}:"
    if _is_inline(key, value):
        line = f"{head} {flow(value, inside=False)}"
        if len(line) <= WIDTH or not _can_break(value):
            return [line]
    if isinstance(value, dict):
        return [head, *(line for inner, item in value.items() for line in entry(inner, item, indent + 2))]
    if isinstance(value, list):
        return [head, *(f"{' ' * indent}  - {flow(item)}" for item in value)]
    return _block_text(head, str(value), indent + 2)


def _is_inline(key: str, value: Any) -> bool:
    if isinstance(value, dict):
        return not (key in _IN_LINES and value) and all(_is_inline(inner, item) for inner, item in value.items())
    return not (isinstance(value, str) and "\n" in value and _is_plain_block(value))


def _can_break(value: Any) -> bool:
    return bool(value) and (not isinstance(value, str) or _can_fold(value) or _is_plain_block(value))


def flow(value: Any, inside: bool = True) -> str:
    """A value on one line; `inside` brackets, where a comma ends it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(item) for item in value)}]"
    return scalar(value, inside)


def scalar(value: Any, inside: bool = True) -> str:
    """One value. Text is quoted where YAML would take it for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and "e" in repr(value):
        return f"{value:.12f}".rstrip("0")
    if not isinstance(value, str):
        return str(value)
    return value if _is_bare(value, inside) else _quoted(value)


def name(key: str) -> str:
    """A key as it is written."""
    return key if _KEY.fullmatch(key) and (key == "on" or _resolved(key) == _TEXT) else _quoted(key)


def _is_bare(text: str, inside: bool) -> bool:
    if _DATE.fullmatch(text):
        return True
    fits = text.isprintable() and _BARE.fullmatch(text) and not text.endswith(" ") and not (inside and "," in text)
    return bool(fits) and _resolved(text) == _TEXT


def _resolved(text: str) -> str:
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag


def _quoted(text: str) -> str:
    made = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in made)


def _escaped(char: str) -> str:
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


# text over several lines


def _is_plain_block(text: str) -> bool:
    """Can it stand under `|`?"""
    lines = text.removesuffix("\n").split("\n")
    whole = all(line.isprintable() and line == line.rstrip() for line in lines)
    return len(lines) > 1 and whole and bool(lines[0]) and bool(lines[-1]) and not lines[0].startswith(" ")


def _can_fold(text: str) -> bool:
    words = text.split(" ")
    return len(words) > 1 and all(words) and text.isprintable()


def _block_text(head: str, text: str, indent: int) -> list[str]:
    pad = " " * indent
    if _is_plain_block(text):
        mark, lines = ("|" if text.endswith("\n") else "|-"), text.removesuffix("\n").split("\n")
    elif _can_fold(text):
        mark, lines = ">-", list(_filled(text.split(" "), WIDTH - indent))
    else:
        return [f"{head} {_quoted(text)}"]
    return [f"{head} {mark}", *(f"{pad}{line}".rstrip() for line in lines)]


def _filled(words: Iterable[str], width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


# what must hold


def refuse_functions(workspace: Workspace) -> None:
    """Raises InvalidInput for work that only exists in this Python process."""
    made = [
        f"{spec.name}.{task.name}"
        for spec in workspace.dags.values()
        for task in spec.tasks.values()
        if task.function is not None and task.run is None
    ]
    if made:
        who = f"{', '.join(made[:6])}{', ...' if len(made) > 6 else ''}"
        raise InvalidInput(
            [
                f"{who}: what it does is a function made in Python, which no pipeline file can hold; put it into a "
                'module beside the file and name it with run: "module:function"'
            ]
        )


def check_same(text: str, workspace: Workspace) -> None:
    """Raises InvalidInput when the text does not say this workspace, its tasks in this order."""
    found = Findings()
    with found.bounded():
        read_documents(text, found)
    if found.problems:
        raise InvalidInput([f"this cannot be written as a file: {one.message}" for one in found.problems[:5]])
    read = read_partly_text(text).workspace
    if read != workspace or not _same_order(read, workspace):
        raise InvalidInput([_DIFFERS])


_DIFFERS = "this cannot be written as a file so that it reads back the same"


def _same_order(read: Workspace, wanted: Workspace) -> bool:
    return all([*read.dags[dag].tasks] == [*spec.tasks] for dag, spec in wanted.dags.items())
