"""JSON Schemas (draft 2020-12) of pipeline and scenario files, for editors. Made from the tables that read the files.

A schema may allow what the reader refuses (a cycle, an unknown name); what it refuses, the reader refuses too. Values
are those of YAML 1.2, where `2013-01-03`, `06:00` and `yes` are text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.model.kinds import Choice, Each, Field, Group, Kind, Names, Plain, Words
from workbench.model.schema import DAG, NAME_JSON, SETTINGS, SPAN, Schedule
from workbench.scenario.fields import MOST_SPANS, Durations
from workbench.scenario.schema import FAULTS, SCENARIO, Faults

Json = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = {"type": ["string", "boolean"], "pattern": r"^\s*[^\s,]+\s*$"}
_NULL = {"type": "null"}
_FILLED = {"type": "string", "pattern": r"[{}]"}


def pipeline_schema() -> Json:
    """The schema of one document of a pipeline file: a DAG, a template, the settings, or a scenario."""
    kinds = {"dag": _dag(), "template": _template(), "settings": _settings(), "scenario": _scenario()}
    one_of = [{"$ref": f"#/$defs/{name}"} for name in kinds]
    return {"$schema": _DIALECT, "title": "A document of a pipeline file", "oneOf": one_of, "$defs": kinds}


def scenario_schema() -> Json:
    """The schema of a scenario document."""
    return {"$schema": _DIALECT, "title": "A scenario", **_scenario()}


def _dag() -> Json:
    return _with_name(_Writer().group(DAG), "dag", NAME_JSON)


def _settings() -> Json:
    return {**_Writer().group(SETTINGS), "minProperties": 1}


def _scenario() -> Json:
    return _Writer().group(SCENARIO)


def _template() -> Json:
    """A DAG whose values and names may hold parameters, with a list of those."""
    schema = _Writer(template=True).group(DAG)
    entry = {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,99}$"}}
    entries = {"type": "array", "minItems": 1, "maxItems": 1000, "items": entry}
    told = "A group of values for each DAG that is made; {name} stands for one of them in the template."
    parameters = {key: {"description": told, **entries} for key in ("parameters", "for")}
    name = {"template": {"description": "The name of the template.", "type": ["string", "number", "boolean"]}}
    schema["properties"] = {**name, **parameters, **schema["properties"]}
    schema["required"] = ["template", *schema.get("required", [])]
    return {**schema, "oneOf": [{"required": [key]} for key in parameters]}


def _with_name(schema: Json, key: str, names: Json) -> Json:
    described = {"description": schema["properties"][key]["description"], **names}
    return {**schema, "properties": {**schema["properties"], key: described}}


@dataclass(frozen=True)
class _Writer:
    """Kinds -> JSON Schema. `template`: texts with braces may stand for any value and any name."""

    template: bool = False

    def kind(self, kind: Kind) -> Json:
        schema = next((write(self, kind) for shape, write in _WRITERS.items() if isinstance(kind, shape)), {})
        return {"anyOf": [schema, _FILLED]} if self.template else schema

    def group(self, group: Group) -> Json:
        """The object itself, without the value that may stand for it."""
        schema: Json = {
            "type": "object",
            "properties": {row.key: self.field(group, row) for row in group.fields},
            "additionalProperties": False,
        }
        if self.template:
            schema["patternProperties"] = {r"[{}]": True}
        required = [row.key for row in group.fields if row.required]
        return {**schema, "required": required} if required else schema

    def field(self, group: Group, row: Field) -> Json:
        schema = self.kind(row.kind)
        told = {"description": f"{row.help} For example: {row.kind.example}", **_usual(group, row)}
        return {**told, **schema} if row.required else {**told, "anyOf": [*schema.get("anyOf", [schema]), _NULL]}

    def any_group(self, group: Group) -> Json:
        whole = [self.group(group), _NULL]
        return {"anyOf": [*whole, self.kind(group.by_key[group.bare].kind)] if group.bare else whole}

    def names(self, kind: Names) -> Json:
        one = {"enum": list(kind.allowed)} if isinstance(kind, Words) else _NAME
        name = {"anyOf": [one, _FILLED]} if self.template else one
        return {"anyOf": [name, {"type": "array", "items": name}]}

    def durations(self, kind: Durations) -> Json:
        one = dict(SPAN.json)
        return {"anyOf": [one, {"type": "array", "minItems": 1, "maxItems": MOST_SPANS, "items": one}]}

    def each(self, kind: Each) -> Json:
        usual: Json = {"pattern": r"^[^\s,]+$"} if kind.free else NAME_JSON["anyOf"][0]
        names: Json = {"enum": list(kind.allowed)} if kind.allowed else usual
        if self.template:
            names = {"anyOf": [names, _FILLED]}
        return {"type": "object", "propertyNames": names, "additionalProperties": self.kind(kind.kind)}

    def schedule(self, kind: Schedule) -> Json:
        text, data = kind.kinds
        assert isinstance(data, Group)
        group = self.group(data)
        group["properties"]["on"] = group["properties"]["all"]
        one = [{"required": [key]} for key in ("all", "any", "on")]
        return {"anyOf": [self.kind(text), group if self.template else {**group, "anyOf": one}]}

    def faults(self, kind: Faults) -> Json:
        """Each fault is a group with one name, its kind."""
        faults = [
            {
                "type": "object",
                "properties": {name: self.kind(group)},
                "required": [name],
                "additionalProperties": False,
            }
            for name, group in FAULTS.items()
        ]
        return {"type": "array", "items": {"anyOf": faults}}


def _usual(group: Group, row: Field) -> Json:
    """What holds when nothing is written, where that is one value."""
    usual = group.default(row)
    written = row.kind.write(usual) if usual is not None and row.name in group.defaults else None
    return {"default": written} if isinstance(written, bool | int | float | str) and written != "" else {}


_WRITERS: dict[type[Any], Callable[[_Writer, Any], Json]] = {
    Plain: lambda writer, kind: dict(kind.json),
    Choice: lambda writer, kind: {"enum": list(kind.allowed)},
    Names: _Writer.names,
    Group: _Writer.any_group,
    Each: _Writer.each,
    Schedule: _Writer.schedule,
    Faults: _Writer.faults,
    Durations: _Writer.durations,
}
