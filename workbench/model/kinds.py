"""Kinds of values in a document, and the tables made of them. One table serves four ways: reading nodes (all
problems at once), writing JSON data, checking values that were made in Python, and the JSON Schema for editors
(`workbench.schemas`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import UTC, tzinfo
from typing import Any, Protocol

from workbench.model.findings import Findings, near, shown
from workbench.model.yamltext import Mapping, Node, Scalar, Sequence

MOST_LETTERS = 200
_ANY_TEXT: MappingOf[str, Any] = {"type": ["string", "number", "boolean"]}
_FREE = re.compile(r"[^\s,]{1,200}")
_NO_SPACE = re.compile(r"[\w-]+:\S")


class RefusedError(Exception):
    """A value cannot be read. The text follows "'takes' of task 'load'", so it starts with its own joint."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands: whose fields are read (`who`), under which path; naive times are in `zone`."""

    found: Findings
    who: str
    zone: tzinfo = UTC
    path: str = ""
    label: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    @property
    def owner(self) -> str:
        return f"'{self.label}' of {self.who}" if self.label else self.who

    def inside(self, key: str, line: int) -> Place:
        """The place of a field; its line is remembered."""
        path = _joined(self.path, key)
        self.lines[path] = line
        return replace(self, path=path, label=_joined(self.label, key))

    def entry(self, noun: str, name: str, line: int) -> Place:
        """The place of a named entry, such as one task, which then owns its fields."""
        return replace(self.inside(name, line), who=f"{noun} '{shown(name)}'", label="")

    def refuse(self, message: str, line: int) -> None:
        self.failed.add(self.path)
        self.found.add(message, line)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class Kind(Protocol):
    """A kind of value: `says` what it is, with an `example`, for messages and for help."""

    @property
    def says(self) -> str: ...
    @property
    def example(self) -> str: ...

    def read(self, node: Node, place: Place) -> Any:
        """The value; raises RefusedError."""

    def write(self, value: Any) -> Any:
        """The value as JSON data."""

    def refusal(self, value: Any) -> str:
        """What is wrong with a value made in Python: empty, or text that follows "'takes' of task 'load'"."""


def must_be(kind: Kind, found: str) -> str:
    return f" must be {kind.says}, for example {kind.example}; here it is {found}"


def described(node: Node) -> str:
    if isinstance(node, Scalar):
        return "empty" if node.is_null else f"'{shown(node.text)}'"
    return "a list" if isinstance(node, Sequence) else "a group of named values"


def _no_group(kind: Kind, node: Node) -> RefusedError:
    hint = _space_hint(node.text) if isinstance(node, Scalar) else ""
    return RefusedError(must_be(kind, described(node)) + hint)


def _space_hint(text: str) -> str:
    return " (a space is missing after ':')" if _NO_SPACE.match(text) else ""


@dataclass(frozen=True, slots=True)
class Plain:
    """One piece of text. `parse(text, zone)` raises ValueError, whose message is shown if it has one; `fits`
    says whether a value of Python is right, and may raise ValueError as well. `json` is its JSON Schema; it may
    allow too much, and never too little."""

    says: str
    example: str
    parse: Callable[[str, Any], Any]
    fits: Callable[[Any], bool]
    format: Callable[[Any], Any] = lambda value: value
    longest: int = MOST_LETTERS
    json: MappingOf[str, Any] = field(default_factory=lambda: _ANY_TEXT)

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Scalar):
            raise RefusedError(must_be(self, described(node)))
        # A text that is too long is not even parsed: some of that takes time.
        value = self._parsed(node, place.zone) if len(node.text) <= self.longest else node.text
        if complaint := self._complaint(value, lambda: described(node)):
            raise RefusedError(complaint)
        return value

    def _parsed(self, node: Scalar, zone: tzinfo) -> Any:
        try:
            return self.parse(node.text, zone)
        except ValueError as error:
            raise RefusedError(f": {error}" if str(error) else must_be(self, described(node))) from None

    def write(self, value: Any) -> Any:
        return self.format(value)

    def refusal(self, value: Any) -> str:
        return self._complaint(value, lambda: shown(repr(value)))

    def _complaint(self, value: Any, found: Callable[[], str]) -> str:
        if isinstance(value, str) and len(value) > self.longest:
            return f" is too long: it has {len(value)} letters, and {self.longest} are allowed"
        try:
            return "" if self.fits(value) else must_be(self, found())
        except ValueError as error:
            return f": {error}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    allowed: tuple[str, ...]

    @property
    def says(self) -> str:
        return f"one of {', '.join(self.allowed)}"

    @property
    def example(self) -> str:
        return self.allowed[0]

    def read(self, node: Node, place: Place) -> str:
        if not isinstance(node, Scalar):
            raise RefusedError(must_be(self, described(node)))
        if complaint := self.refusal(node.text):
            raise RefusedError(complaint)
        return node.text

    def write(self, value: str) -> str:
        return value

    def refusal(self, value: Any) -> str:
        if not isinstance(value, str):
            return must_be(self, shown(repr(value)))
        return "" if value in self.allowed else f" has {{key}} '{shown(value)}'{near(value, self.allowed)}"


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names; one bare name may stand for a list."""

    example: str
    says: str = "a name or a list of names"

    def read(self, node: Node, place: Place) -> tuple[str, ...]:
        items = node.items if isinstance(node, Sequence) else (node,)
        return tuple(self._name(item, place) for item in items)

    def _name(self, node: Node, place: Place) -> str:
        if not isinstance(node, Scalar) or node.is_null:
            raise RefusedError(must_be(self, described(node)))
        if "," in node.text or " " in node.text.strip():
            several = ", ".join(re.split(r"[,\s]+", shown(node.text).strip(", ")))
            raise RefusedError(f": '{shown(node.text)}' looks like several names; write a list: [{several}]")
        place.inside(node.text, node.line)
        return node.text

    def write(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def refusal(self, value: Any) -> str:
        right = isinstance(value, tuple) and all(isinstance(name, str) for name in value)
        return "" if right else must_be(self, shown(repr(value)))


@dataclass(frozen=True, slots=True)
class Words(Names):
    """A list of some of a few words."""

    allowed: tuple[str, ...] = ()

    def read(self, node: Node, place: Place) -> tuple[str, ...]:
        words = Names.read(self, node, place)
        if complaint := self.refusal(words):
            raise RefusedError(complaint)
        return words

    def refusal(self, value: Any) -> str:
        if told := Names.refusal(self, value):
            return told
        wrong = next((word for word in value if word not in self.allowed), None)
        return "" if wrong is None else f" names '{shown(wrong)}'{near(wrong, self.allowed)}"


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table: the key that people write, its kind, a help text, the attribute if it differs."""

    key: str
    kind: Kind
    help: str
    attr: str = ""
    required: bool = False

    @property
    def name(self) -> str:
        return self.attr or self.key


@dataclass(frozen=True)
class Group:
    """Named values that make one object of `shape`, whose defaults hold where nothing is written. `build`
    makes it from values by attribute, `parts` takes it apart; `bare` is the field that one value means (or a list, if
    the field takes lists). `follows`: fields whose default depends on others, each with a function of the values."""

    shape: type[Any]
    fields: tuple[Field, ...]
    example: str
    bare: str = ""
    says: str = "a group of named values"
    build: Callable[..., Any] | None = None
    parts: Callable[[Any], MappingOf[str, Any]] = vars
    follows: MappingOf[str, Callable[[MappingOf[str, Any]], Any]] = field(default_factory=dict)
    by_key: dict[str, Field] = field(init=False, repr=False, compare=False)
    defaults: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {row.key: row for row in self.fields})
        object.__setattr__(self, "defaults", _defaults(self.shape))

    def default(self, row: Field, parts: MappingOf[str, Any] | None = None) -> Any:
        """What holds when the field is not written, given the values of the others; None when nothing does."""
        if parts is not None and row.name in self.follows:
            return self.follows[row.name](parts)
        return self.defaults.get(row.name)

    def made(self, values: MappingOf[str, Any]) -> Any:
        following = {name: rule(values) for name, rule in self.follows.items() if name not in values}
        return (self.build or self.shape)(**{**following, **values})

    def read(self, node: Node, place: Place) -> Any:
        return self.made(self.values(node, place))

    def values(self, node: Node, place: Place) -> dict[str, Any]:
        """The values by attribute. Missing, empty and wrong ones are left out; wrong ones are told."""
        pairs = self._pairs(node)
        self._check_keys([key for key, _ in pairs], place)
        self._check_required({key.text for key, item in pairs if not _is_empty(item)}, place, node.line)
        known = ((self.by_key[key.text], key, item) for key, item in pairs if key.text in self.by_key)
        read = ((row, _read_field(row, key, item, place)) for row, key, item in known)
        return {row.name: value for row, value in read if value is not _ABSENT}

    def _pairs(self, node: Node) -> tuple[tuple[Scalar, Node], ...]:
        if isinstance(node, Mapping):
            return node.pairs
        if _is_empty(node):
            return ()
        if self.bare and isinstance(node, self._bare_nodes):
            return ((Scalar(self.bare, node.line), node),)
        raise _no_group(self, node)

    @property
    def _bare_nodes(self) -> tuple[type[Any], ...]:
        return (Scalar, Sequence) if isinstance(self.by_key[self.bare].kind, Names) else (Scalar,)

    def _check_keys(self, keys: list[Scalar], place: Place) -> None:
        for key in keys:
            if key.text not in self.by_key:
                self._unknown(key, place)

    def _unknown(self, key: Scalar, place: Place) -> None:
        name = f"'{shown(key.text)}'{_space_hint(key.text)}"
        known = near(key.text.partition(":")[0], self.by_key, most=40)
        place.found.add(f"{place.owner} has no field {name}{known}", key.line)

    def _check_required(self, given: set[str], place: Place, line: int) -> None:
        for row in self.fields:
            if row.required and row.key not in given:
                wanted = f"{row.kind.says}, for example {row.key}: {row.kind.example}"
                place.refuse(f"{place.owner} has no '{row.key}'; add {wanted}", line or place.lines.get(place.path, 0))

    def write(self, value: Any) -> dict[str, Any]:
        parts = self.parts(value)
        wanted = ((row, parts[row.name]) for row in self.fields if row.name in parts)
        return {
            row.key: row.kind.write(item)
            for row, item in wanted
            if item is not None and (row.required or item != self.default(row, parts))
        }

    def refusal(self, value: Any) -> str:
        return "" if isinstance(value, self.shape) else must_be(self, shown(repr(value)))


def _defaults(shape: type[Any]) -> dict[str, Any]:
    if not is_dataclass(shape):
        return {}
    made = {f.name: f.default_factory() for f in fields(shape) if f.default_factory is not MISSING}
    return made | {f.name: f.default for f in fields(shape) if f.default is not MISSING}


_ABSENT = object()


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _read_field(row: Field, key: Scalar, node: Node, place: Place) -> Any:
    """The value; _ABSENT when nothing is written or it cannot be read."""
    here = place.inside(row.key, key.line or node.line)
    if _is_empty(node):
        return _ABSENT
    try:
        return row.kind.read(node, here)
    except RefusedError as refused:
        here.refuse(_sentence(row.key, place.owner, here.owner, str(refused)), node.line)
    return _ABSENT


def _sentence(key: str, owner: str, label: str, refused: str) -> str:
    """ "'takes' of task 'load' must be ..." or "task 'load' has trigger_rule ..."."""
    return owner + refused.replace("{key}", key, 1) if refused.startswith(" has ") else label + refused


@dataclass(frozen=True, slots=True)
class Each:
    """Entries by name, all of one kind: tasks, inputs, pools. `named`: the entry is told its own name. `allowed`: the
    only names there are, if that is so. `free`: a name may be any text without spaces and commas, such as
    `#data-alerts`."""

    kind: Kind
    noun: str
    example: str
    named: bool = False
    allowed: tuple[str, ...] = ()
    free: bool = False

    @property
    def says(self) -> str:
        return f"a group: a name for each {self.noun}"

    def read(self, node: Node, place: Place) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            raise _no_group(self, node)
        entries = ((key.text, self._entry(key, item, place)) for key, item in node.pairs)
        return {name: value for name, value in entries if value is not _ABSENT}

    def _entry(self, key: Scalar, node: Node, place: Place) -> Any:
        own = self.named or not (self.allowed or self.free)
        here = place.entry(self.noun, key.text, key.line) if own else place.inside(key.text, key.line)
        if complaint := self._unknown(key.text):
            here.refuse(f"{place.owner}{complaint}", key.line)
            return _ABSENT
        try:
            return self._value(key.text, node, here)
        except RefusedError as refused:
            here.refuse(here.owner + str(refused), node.line)
        # A named entry stays, with nothing in it: what refers to it is not wrong as well.
        return self._value(key.text, Mapping(()), here) if self.named else _ABSENT

    def _value(self, name: str, node: Node, place: Place) -> Any:
        if self.named and isinstance(self.kind, Group):
            return self.kind.made({"name": name, **self.kind.values(node, place)})
        return self.kind.read(node, place)

    def _unknown(self, name: str) -> str:
        if self.free and not _FREE.fullmatch(name):
            return f": '{shown(name)}' is no name for a {self.noun}; write up to 200 letters without spaces and commas"
        right = not self.allowed or name in self.allowed
        return "" if right else f": there is no {self.noun} '{shown(name)}'{near(name, self.allowed, most=20)}"

    def write(self, value: MappingOf[str, Any]) -> dict[str, Any]:
        return {name: self.kind.write(item) for name, item in value.items()}

    def refusal(self, value: Any) -> str:
        if not isinstance(value, MappingOf):
            return must_be(self, shown(repr(value)))
        return next(filter(None, (self._unknown(str(name)) for name in value)), "")


def complaints(group: Group, value: Any, who: str, label: str = "") -> Iterator[tuple[str, str]]:
    """(path, message) for each field of an object made in Python whose value is wrong. Entries with names of their own
    have their own tables, so they are not entered."""
    parts, owner = group.parts(value), f"'{label}' of {who}" if label else who
    for row in group.fields:
        item, path = parts.get(row.name), _joined(label, row.key)
        if item is group.default(row):
            continue
        if refused := row.kind.refusal(item):
            yield path, _sentence(row.key, owner, f"'{path}' of {who}", refused)
        else:
            yield from _inside(row.kind, item, who, path)


def _inside(kind: Kind, value: Any, who: str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(kind, Group) and isinstance(value, kind.shape):
        yield from complaints(kind, value, who, path)
    if isinstance(kind, Each) and (kind.allowed or kind.free) and not kind.named:
        for name, item in value.items():
            here = _joined(path, name)
            refused = kind.kind.refusal(item)
            yield from [(here, f"'{here}' of {who}{refused}")] if refused else _inside(kind.kind, item, who, here)
