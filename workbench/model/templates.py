"""Templates: one document that makes many DAGs, one for each entry of its parameters.

A template is a DAG document whose texts and names hold `{parameter}`; `{{` and `}}` mean braces. A value that is one
parameter and nothing else takes it over as it is, also a list or nothing. What is wrong with a DAG is told at the
template's own line, once for each line, with the parameters of the first DAG that shows it.

Bounds: 1000 DAGs, and so many names, values and letters in all that reading takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from workbench.model.findings import Findings, near, shown
from workbench.model.kinds import described
from workbench.model.parts import DagSpec
from workbench.model.schema import read_dag
from workbench.model.yamltext import Mapping, Node, Scalar, Sequence

MOST_DAGS = 1000
MOST_NODES = 150_000
MOST_LETTERS = 4_000_000
_LONGEST = 200
_KEYS = ("parameters", "for")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)
# What inputs' paths hold; it stays as it is everywhere.
_KEPT = "partition"
_HOW = "a list with a group of values for each DAG, for example [{airport: ewr}, {airport: jfk}]"


@dataclass(frozen=True)
class Made:
    """A DAG made from a template, and the paths in it that could not be read."""

    spec: DagSpec
    line: int
    failed: frozenset[str]


@dataclass(frozen=True)
class _Entry:
    """The values for one DAG."""

    values: MappingOf[str, Node]
    line: int

    def spoken(self) -> str:
        return shown(", ".join(f"{name}: {_spoken(node)}" for name, node in self.values.items()))


def _spoken(node: Node) -> str:
    return node.text or "nothing" if isinstance(node, Scalar) else described(node)


class _RefusedError(Exception):
    """The template itself is wrong: message and line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_template(node: Mapping, found: Findings) -> tuple[str, list[Made]]:
    """(its name, the DAGs that a template makes), as far as they can be read. What is wrong is added to `found`."""
    name = node.get("template")
    if not isinstance(name, Scalar) or name.is_null:
        found.add("'template' must be a name, for example template: airport_load", node.line)
        return "", []
    try:
        return name.text, list(_made(name.text, node, found))
    except _RefusedError as refused:
        found.add(f"template '{shown(name.text)}' {refused}", refused.line)
        return name.text, []


def _made(name: str, node: Mapping, found: Findings) -> Iterator[Made]:
    key = _parameter_key(node)
    body = Mapping(tuple(pair for pair in node.pairs if pair[0].text not in ("template", key)), node.line)
    entries = _entries(node, key)
    used = dict(_used(body, {name for entry in entries for name in entry.values}))
    _check_names(node, key, entries, used)
    budget, told, taken = _Budget(), set[int](), dict[str, int]()
    for number, entry in enumerate(entries, 1):
        made = _one(name, body, entry, budget, found, told)
        first = taken.setdefault(made.spec.name, number)
        if first != number:
            same = f"makes DAG '{shown(made.spec.name)}' twice, by entries {first} and {number} of its {key}"
            raise _RefusedError(f"{same}; let its name hold a parameter that differs", entry.line)
        if made.spec.name:
            yield made


def _parameter_key(node: Mapping) -> str:
    given = [key for key, _ in node.pairs if key.text in _KEYS]
    if not given:
        raise _RefusedError(f"has no 'parameters'; add {_HOW}", node.line)
    if len(given) > 1:
        raise _RefusedError("has 'parameters' and 'for', which mean the same; keep one", given[1].line)
    return given[0].text


def _entries(node: Mapping, key: str) -> list[_Entry]:
    listed = node.get(key)
    line = next(k.line for k, _ in node.pairs if k.text == key)
    if not isinstance(listed, Sequence) or not listed.items:
        raise _RefusedError(f"needs '{key}' as {_HOW}", line)
    if len(listed.items) > MOST_DAGS:
        raise _RefusedError(f"would make {len(listed.items)} DAGs, and {MOST_DAGS} are allowed", line)
    return [_entry(item, number, key) for number, item in enumerate(listed.items, 1)]


def _entry(node: Node, number: int, key: str) -> _Entry:
    if not isinstance(node, Mapping) or not node.pairs:
        raise _RefusedError(f"has {described(node)} as entry {number} of its {key}; write {_HOW}", node.line)
    for name, _ in node.pairs:
        if not _NAME.fullmatch(name.text) or name.text == _KEPT:
            why = "stands for the partition" if name.text == _KEPT else "is no name for one"
            raise _RefusedError(f"has a parameter '{shown(name.text)}', which {why}; take another name", name.line)
    return _Entry({name.text: value for name, value in node.pairs}, node.line)


def _check_names(node: Mapping, key: str, entries: list[_Entry], used: MappingOf[str, int]) -> None:
    """Each entry gives what is used, and all that is given is used."""
    given = {name: entry.line for entry in reversed(entries) for name in entry.values}
    for name, line in used.items():
        if name not in given:
            raise _RefusedError(f"has no parameter '{shown(name)}'{near(name, given)}; '{{{{' stands for a brace", line)
        for number, entry in enumerate(entries, 1):
            if name not in entry.values:
                told = f"uses '{{{name}}}' on line {line}, but entry {number} of its {key} has no '{name}'"
                raise _RefusedError(f"{told}; add it", entry.line)
    for name, line in given.items():
        if name not in used:
            raise _RefusedError(
                f"does not use the parameter '{name}'; write '{{{name}}}' somewhere, or remove it", line
            )


def _used(node: Node, given: set[str]) -> Iterator[tuple[str, int]]:
    """(parameter, line) for each place, the last first, so that a dict keeps the first line."""
    waiting, found = [node], list[tuple[str, int]]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, Scalar):
            found += [(name, one.line) for name in _pieces(one) if name != _KEPT]
        elif isinstance(one, Sequence):
            waiting += reversed(one.items)
        else:
            _check_quotes(one, given)
            waiting += [part for pair in reversed(one.pairs) for part in reversed(pair)]
    return reversed(found)


def _check_quotes(node: Mapping, given: set[str]) -> None:
    """`takes: {minutes}` without quotes is a group with one name and no value."""
    if len(node.pairs) == 1:
        [(name, value)] = node.pairs
        if name.plain and name.text in given and value == Scalar("", value.line):
            told = f"has {{{name.text}}} without quotes, which YAML reads as a group"
            raise _RefusedError(f'{told}; write "{{{name.text}}}" in quotes', name.line)


def _pieces(scalar: Scalar) -> Iterator[str]:
    """The names in braces. A brace that is alone is refused."""
    for match in _PIECE.finditer(scalar.text):
        if match[0] in ("{", "}"):
            told = f"has a single '{match[0]}' in '{shown(scalar.text)}'"
            raise _RefusedError(f"{told}; write '{match[0] * 2}' for a brace", scalar.line)
        if match[1] is not None:
            yield match[1]


@dataclass
class _Budget:
    """How much has been made of one template."""

    nodes: int = 0
    letters: int = 0

    def spend(self, scalar: Scalar) -> Scalar:
        self.nodes += 1
        self.letters += len(scalar.text)
        if self.nodes > MOST_NODES or self.letters > MOST_LETTERS:
            raise _RefusedError(
                "makes too much: more than 150,000 names and values in all; make fewer DAGs", scalar.line
            )
        return scalar


def _one(name: str, body: Mapping, entry: _Entry, budget: _Budget, found: Findings, told: set[int]) -> Made:
    """One DAG. What is wrong with it is told at lines where nothing has been told for an earlier one."""
    filled = _Filler(entry, budget).group(body)
    own = Findings(found.file)
    with own.bounded():
        spec, place = read_dag(filled, own)
    spoken = f"{name}, with {entry.spoken()}"
    new = {problem.line for problem in own.problems} - told
    told |= new
    for problem in own.problems:
        if problem.line in new:
            found.add(f"{problem.message} (template {spoken})", problem.line)
    return Made(replace(spec, template=spoken, lines=place.lines), body.line, frozenset(place.failed))


@dataclass
class _Filler:
    """Puts the values of one entry into the nodes of a template."""

    entry: _Entry
    budget: _Budget

    def group(self, node: Mapping) -> Mapping:
        pairs: list[tuple[Scalar, Node]] = []
        seen: set[str] = set()
        for key, value in node.pairs:
            name = Scalar(self.text(key), key.line, key.plain)
            if name.text in seen:
                told = f"writes '{shown(name.text)}' twice in one group, with {self.entry.spoken()}"
                raise _RefusedError(f"{told}; let the name hold a parameter that differs", key.line)
            seen.add(name.text)
            pairs.append((self.budget.spend(name), self.value(value)))
        return Mapping(tuple(pairs), node.line)

    def value(self, node: Node) -> Node:
        if isinstance(node, Mapping):
            return self.group(node)
        if isinstance(node, Sequence):
            return Sequence(tuple(self.value(item) for item in node.items), node.line)
        whole = _PIECE.fullmatch(node.text)
        if whole is not None and whole[1] is not None and whole[1] != _KEPT:
            return self.placed(self.entry.values[whole[1]], node.line)
        return self.budget.spend(Scalar(self.text(node), node.line, node.plain))

    def placed(self, node: Node, line: int) -> Node:
        """A whole value of the entry, at the line of the template."""
        if isinstance(node, Mapping):
            return Mapping(tuple((replace(k, line=line), self.placed(v, line)) for k, v in node.pairs), line)
        if isinstance(node, Sequence):
            return Sequence(tuple(self.placed(item, line) for item in node.items), line)
        return self.budget.spend(replace(node, line=line))

    def text(self, scalar: Scalar) -> str:
        return _PIECE.sub(lambda match: self.piece(match, scalar.line), scalar.text)

    def piece(self, match: re.Match[str], line: int) -> str:
        if match[1] is None:
            return match[0][0]
        if match[1] == _KEPT:
            return match[0]
        value = self.entry.values[match[1]]
        if not isinstance(value, Scalar) or len(value.text) > _LONGEST:
            what = f"more than {_LONGEST} letters" if isinstance(value, Scalar) else described(value)
            raise _RefusedError(f"puts '{match[1]}' into a text, but there it is {what}", line)
        self.budget.letters += len(value.text)
        return "" if value.is_null else value.text
