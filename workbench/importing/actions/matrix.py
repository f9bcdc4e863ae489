"""A job's matrix as GitHub unrolls it: every combination, less `exclude`, with `include`."""

from __future__ import annotations

from itertools import product

from workbench.importing.actions.tree import Tree
from workbench.model.yamltext import Node, Scalar, Sequence

# GitHub's own bound.
MOST = 256
Combination = dict[str, str]


class UnknownMatrixError(Exception):
    """The matrix depends on a run."""


def combinations(matrix: Tree) -> list[Combination]:
    """In GitHub's order. Raises UnknownMatrixError when an expression decides."""
    axes = {key: _values(matrix.get(key)) for key in matrix.names if key not in ("include", "exclude")}
    excluded = [_one(tree) for tree in _listed(matrix, "exclude")]
    made: list[Combination] = (
        [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    )
    kept = [one for one in made if not any(_within(gone, one) for gone in excluded)]
    return _included(kept, [_one(tree) for tree in _listed(matrix, "include")], frozenset(axes))


def _included(made: list[Combination], more: list[Combination], axes: frozenset[str]) -> list[Combination]:
    """An entry adds to each combination whose own values it does not change; where it fits none it is one more."""
    originals = [{key: value for key, value in one.items() if key in axes} for one in made]
    for entry in more:
        own = {key: value for key, value in entry.items() if key in axes}
        fits = [one for one, original in zip(made, originals, strict=False) if own.items() <= original.items()]
        for one in fits:
            one.update(entry)
        if not fits:
            made.append(dict(entry))
    return made


def _within(part: Combination, whole: Combination) -> bool:
    return bool(part) and part.items() <= whole.items()


def _listed(matrix: Tree, key: str) -> list[Tree]:
    if isinstance(matrix.get(key), Scalar):
        raise UnknownMatrixError
    return matrix.trees(key)


def _values(node: Node | None) -> list[str]:
    if not isinstance(node, Sequence):
        raise UnknownMatrixError
    return [_short(item) for item in node.items]


def _one(tree: Tree) -> Combination:
    return {key.text: _short(value) for key, value in tree.node.pairs}


def _short(node: Node) -> str:
    """A value, or the values of a group in one word."""
    if isinstance(node, Scalar):
        if "${{" in node.text:
            raise UnknownMatrixError
        return node.text
    inner = node.items if isinstance(node, Sequence) else [value for _, value in node.pairs]
    return "_".join(map(_short, inner))
