"""DAGs and workspaces as JSON data and back: the keys and spellings of a file, defaults left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.model.findings import Findings, collecting
from workbench.model.parts import DagSpec, Workspace
from workbench.model.schema import DAG, SETTINGS, read_dag, read_settings, settings_of
from workbench.model.yamltext import Mapping, Node, node_of


def dag_to_data(spec: DagSpec) -> dict[str, Any]:
    """The DAG as JSON data, in a fixed order. Instants are UTC; functions, folder and lines are not kept."""
    return DAG.write(spec)


def dag_from_data(data: object, folder: str = "") -> DagSpec:
    """The DAG of `dag_to_data`. Raises InvalidInput; what names mean is left to `check_workspace`."""
    with collecting() as found:
        spec, _ = read_dag(_group(node_of(data, found), "a DAG", found), found)
    return replace(spec, folder=folder, lines={})


def workspace_to_data(workspace: Workspace) -> dict[str, Any]:
    """All DAGs, and the settings that they share (pools, workers, roster, ...), as JSON data."""
    return {"dags": [dag_to_data(spec) for spec in workspace.dags.values()], **SETTINGS.write(settings_of(workspace))}


def workspace_from_data(data: object, folder: str = "") -> Workspace:
    """The workspace of `workspace_to_data`. Raises InvalidInput."""
    with collecting() as found:
        node = _group(node_of(data, found), "a workspace", found)
        given, _ = read_settings(Mapping(tuple(pair for pair in node.pairs if pair[0].text != "dags")), found)
    specs = [dag_from_data(item, folder) for item in _dags(data)]
    return Workspace({spec.name: spec for spec in specs}, **given)


def _dags(data: Any) -> list[Any]:
    with collecting() as found:
        if not isinstance(data.get("dags", []), list):
            found.add("'dags' of a workspace must be a list")
    return list(data.get("dags", []))


def _group(node: Node, what: str, found: Findings) -> Mapping:
    if not isinstance(node, Mapping):
        found.stop(f"{what} must be a JSON object")
    assert isinstance(node, Mapping)
    return node
