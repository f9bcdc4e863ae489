"""YAML text -> a small tree of nodes, each with its line. Nothing is constructed: every value stays text.

The law of this file: events are checked before anything is built from them. Aliases, tags and merge keys are
refused and depth is bounded, so neither a "billion laughs" file nor 10,000 brackets nor `!!python/object` can
do harm (PyYAML's C composer crashes on deep nesting; we never call it).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from workbench.model.findings import Findings, shown
from workbench.model.yamlerrors import explain

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 64
MOST_EVENTS = 100_000
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# What YAML does not allow in a text, and the byte order mark anywhere but at the start.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n|\r|\n")
# UTF-32 first: its little-endian mark starts with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written. `plain`: without quotes; only then can it mean "nothing"."""

    text: str
    line: int = 0
    plain: bool = True

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named values, in the order written; every name once."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int = 0

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Sequence | Mapping


def read_documents(source: str | bytes, found: Findings) -> list[Node]:
    """The documents of a YAML text that hold anything. What is wrong is added to `found`; a text that cannot
    be understood ends the search there."""
    text = _decoded(source, found)
    _check_characters(text, found)
    builder = _Builder(found)
    for count, event in enumerate(_events(text, found)):
        if count > MOST_EVENTS:
            found.stop("the file holds more than 100,000 names and values; split it", _line(event))
        _TAKE[type(event)](builder, event)
    if builder.refused:
        found.enough()
    return [node for node in builder.documents if not (isinstance(node, Scalar) and node.is_null)]


def _decoded(source: str | bytes, found: Findings) -> str:
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(raw) > MOST_BYTES:
        found.stop("the file is larger than 1 MiB; a pipeline file is a few pages of text")
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    mark, codec, name = next((row for row in _MARKS if source.startswith(row[0])), (b"", "utf-8", "UTF-8"))
    return _decode(source[len(mark) :], codec, name, found)


def _decode(raw: bytes, codec: str, name: str, found: Findings) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        line = _line_at(raw[: error.start].decode(codec, "replace"))
        byte = f"the byte 0x{raw[error.start]:02X} is not {name}"
        found.stop(f"{byte}; save the file as UTF-8 (it may be Latin-1 or Windows-1252 now)", line)
    raise AssertionError("stop does not return")


def _line_at(before: str) -> int:
    return len(_BREAK.findall(before)) + 1


def _check_characters(text: str, found: Findings) -> None:
    match = _CONTROL.search(text)
    if match is None:
        return
    line, code = _line_at(text[: match.start()]), ord(match[0])
    if code == 0:
        found.stop("there is a NUL character here; is this a text file? Save it as UTF-8", line)
    found.stop(f"the invisible character U+{code:04X} is not allowed here; delete it", line)


def _events(text: str, found: Findings) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        found.stop(*explain(error, text))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        found.stop(f"this is not valid YAML: {shown(str(error))}")


@dataclass(slots=True)
class _Open:
    """A document, list or group whose end has not come."""

    line: int
    items: list[Node] = field(default_factory=list)


class _Builder:
    """Builds the tree of nodes from events, without recursion."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.documents: list[Node] = []
        self.open: list[_Open] = []
        self.refused = False

    def ignore(self, event: Any) -> None:
        """Start and end of the stream say nothing."""

    def begin(self, event: Any) -> None:
        self._check_marks(event)
        self.open.append(_Open(_line(event)))
        if len(self.open) > MOST_DEPTH + 1:  # the document itself counts as one
            self.found.stop(f"lists and groups are nested more than {MOST_DEPTH} deep", _line(event))

    def end_document(self, event: Any) -> None:
        self.documents.extend(self.open.pop().items)

    def end_list(self, event: Any) -> None:
        done = self.open.pop()
        self._put(Sequence(tuple(done.items), done.line))

    def end_group(self, event: Any) -> None:
        done = self.open.pop()
        self._put(Mapping(tuple(self._pairs(done.items)), done.line))

    def scalar(self, event: Any) -> None:
        self._check_marks(event)
        if match := _CONTROL.search(event.value):
            code = f"U+{ord(match[0]):04X}"
            self.found.add(f"the invisible character {code} is not allowed in a text", _line(event))
        self._put(Scalar(event.value, _line(event), not event.style))

    def alias(self, event: Any) -> None:
        name = shown(event.anchor)
        self._refuse(f"'*{name}' is a YAML alias; write the value out, or in quotes if it is text", event)
        self._put(Scalar("", _line(event)))

    def _put(self, node: Node) -> None:
        self.open[-1].items.append(node)

    def _check_marks(self, event: Any) -> None:
        if getattr(event, "anchor", None) is not None:
            name = shown(event.anchor)
            self._refuse(f"'&{name}' is a YAML anchor; write the value without it", event)
        if getattr(event, "tag", None) is not None:
            self._refuse(_tag_message(event.tag), event)

    def _refuse(self, message: str, event: Any) -> None:
        """What stands there is not what the person meant, so the documents are not looked at further."""
        self.refused = True
        self.found.add(message, _line(event))

    def _pairs(self, items: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        first: dict[str, int] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            complaint = _key_complaint(key, first)
            if complaint:
                self.found.add(complaint, key.line)
            elif isinstance(key, Scalar):
                first[key.text] = key.line
                yield key, value


def _key_complaint(key: Node, first: dict[str, int]) -> str:
    """What is wrong with a name, given the lines of the names before it in the same group."""
    if not isinstance(key, Scalar):
        return "a list or a group cannot be a name; write 'name: value'"
    if key.is_null:
        return "there is no name before ':'; write 'name: value'"
    if key.plain and key.text == "<<":
        return "'<<' merges another group into this one, which is not allowed here; write the fields out"
    if key.text in first:
        lines = f"lines {first[key.text]} and {key.line}"
        return f"'{shown(key.text)}' is written twice, on {lines}; keep one of them"
    return ""


def _tag_message(tag: str) -> str:
    name = shown(tag.replace("tag:yaml.org,2002:", "!!", 1))
    refused = f"'{name}' is a YAML tag; tags are not allowed here, and nothing in this file is run"
    return f"{refused}: write the plain value"


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


_TAKE: dict[type[Any], Callable[[_Builder, Any], None]] = {
    yaml.StreamStartEvent: _Builder.ignore,
    yaml.StreamEndEvent: _Builder.ignore,
    yaml.DocumentStartEvent: _Builder.begin,
    yaml.DocumentEndEvent: _Builder.end_document,
    yaml.SequenceStartEvent: _Builder.begin,
    yaml.SequenceEndEvent: _Builder.end_list,
    yaml.MappingStartEvent: _Builder.begin,
    yaml.MappingEndEvent: _Builder.end_group,
    yaml.ScalarEvent: _Builder.scalar,
    yaml.AliasEvent: _Builder.alias,
}


def node_of(data: object, found: Findings, depth: int = 0) -> Node:
    """Plain JSON data as nodes (without lines), so that it goes through the same schema as a file."""
    if depth > MOST_DEPTH:
        found.stop(f"the data is nested more than {MOST_DEPTH} deep")
    if isinstance(data, dict):
        return Mapping(tuple((_key(key, found), node_of(item, found, depth + 1)) for key, item in data.items()))
    if isinstance(data, list | tuple):
        return Sequence(tuple(node_of(item, found, depth + 1) for item in data))
    return _plain_node(data, found)


def _key(key: object, found: Findings) -> Scalar:
    if not isinstance(key, str):
        found.add(f"{shown(repr(key))} is no name; names are text")
    return Scalar(str(key), plain=False)


def _plain_node(data: object, found: Findings) -> Scalar:
    if isinstance(data, str):
        return Scalar(data, plain=False)
    if data is None or isinstance(data, bool):
        return Scalar(_WORDS[data])
    if isinstance(data, int | float):
        return Scalar(shown(repr(data)) if abs(data) < 10**30 else "a huge number")
    found.add(f"{shown(repr(data))} is no JSON value (text, number, true, false, null, list or object)")
    return Scalar("")


_WORDS = {None: "null", True: "true", False: "false"}
