"""A checked YAML tree with lines, as values: what a reader of workflows asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.importing.sources import Source
from workbench.model import InvalidInput, Problem
from workbench.model.findings import Findings
from workbench.model.yamltext import Mapping, Node, Scalar, Sequence, read_documents


class Tree(NamedTuple):
    """A group of named values, and where each stands."""

    node: Mapping

    @property
    def names(self) -> list[str]:
        return [key.text for key, _ in self.node.pairs]

    def get(self, key: str) -> Node | None:
        found = self.node.get(key)
        return None if isinstance(found, Scalar) and found.is_null else found

    def text(self, key: str) -> str:
        """The one value; empty when there is none."""
        found = self.get(key)
        return found.text if isinstance(found, Scalar) else ""

    def texts(self, key: str) -> list[str]:
        """A value or a list of values."""
        found = self.get(key)
        items = found.items if isinstance(found, Sequence) else (found,)
        return [item.text for item in items if isinstance(item, Scalar)]

    def tree(self, key: str) -> Tree | None:
        found = self.get(key)
        return Tree(found) if isinstance(found, Mapping) else None

    def trees(self, key: str) -> list[Tree]:
        """The groups in a list."""
        found = self.get(key)
        return [Tree(one) for one in found.items if isinstance(one, Mapping)] if isinstance(found, Sequence) else []

    def line(self, key: str) -> int:
        return next((name.line for name, _ in self.node.pairs if name.text == key), self.node.line)

    def groups(self) -> Iterator[tuple[str, int, Tree]]:
        """Each named group with its line."""
        for key, value in self.node.pairs:
            if isinstance(value, Mapping):
                yield key.text, key.line, Tree(value)


def tree_of(source: Source) -> Tree:
    """The one document of a workflow. Raises InvalidInput with lines."""
    found = Findings(source.name)
    documents: list[Node] = []
    with found.bounded():
        documents = read_documents(source.text, found)
    if found.problems:
        raise InvalidInput([Problem(one.message, source.name, one.line) for one in found.problems])
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        raise source.refuse("is no workflow of GitHub Actions: one document with `on` and `jobs` is expected")
    tree = Tree(documents[0])
    if tree.tree("jobs") is None:
        raise source.refuse(_NO_JOBS if "dag" not in tree.names else _OURS, documents[0].line)
    return tree


_NO_JOBS = "has no `jobs`: only workflows of GitHub Actions are imported from YAML"
_OURS = "is a pipeline file already: open it"
