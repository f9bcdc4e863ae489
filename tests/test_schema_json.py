"""The JSON Schemas for editors: what they refuse, the reader refuses; all that ships, they allow.

They are applied to YAML as editors read it (YAML 1.2: `yes` and `2013-01-03` are text).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from workbench.model import InvalidInput
from workbench.model.kinds import Each, Group
from workbench.model.reading import read_workspace_text
from workbench.model.schema import DAG, SETTINGS, TASK
from workbench.scenario.reading import read_scenario
from workbench.scenario.schema import FAULTS, SCENARIO
from workbench.schemas import pipeline_schema, scenario_schema

GOOD = [
    *sorted((Path(__file__).parent / "data" / "good").glob("*.yaml")),
    *sorted(path for path in Path(str(files("tutorials"))).rglob("*.yaml") if path.parent.name != "exercises"),
]
PIPELINE = jsonschema.Draft202012Validator(pipeline_schema())
SCENARIOS = jsonschema.Draft202012Validator(scenario_schema())


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Yaml12(_LOADER):  # type: ignore[misc]
    """Scalars as YAML 1.2 has them."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+0123456789.")),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


def documents(text: str) -> list[Any]:
    return [document for document in yaml.load_all(text, Yaml12) if document is not None]


def refused_by_schema(text: str) -> bool:
    return not all(PIPELINE.is_valid(document) for document in documents(text))


def refused_by_reader(text: str) -> bool:
    try:
        loaded = read_workspace_text(text)
        for node in loaded.scenarios:
            read_scenario(node, loaded.workspace)
    except InvalidInput:
        return True
    return False


def test_editors_read_yaml_so() -> None:
    text = "a: yes\nb: 2013-01-03\nc: 06:00\nd: true\ne: 5\nf: 2.5\ng:\nh: ~\ni: '5'"
    assert documents(text) == [
        {"a": "yes", "b": "2013-01-03", "c": "06:00", "d": True, "e": 5, "f": 2.5, "g": None, "h": None, "i": "5"}
    ]


@pytest.mark.parametrize("schema", [pipeline_schema(), scenario_schema()], ids=["pipeline", "scenario"])
def test_a_schema_is_a_schema_and_json(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_all_that_ships_is_allowed(path: Path) -> None:
    for document in documents(path.read_text("utf-8")):
        validator = SCENARIOS if isinstance(document, dict) and "scenario" in document else PIPELINE
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
        assert not errors, errors


def groups(group: Group, seen: list[Group]) -> list[Group]:
    """The group and all that are inside it."""
    seen.append(group)
    for row in group.fields:
        kind = row.kind.kind if isinstance(row.kind, Each) else row.kind
        if isinstance(kind, Group) and kind not in seen:
            groups(kind, seen)
    return seen


def test_every_field_of_the_tables_is_described() -> None:
    text = json.dumps(pipeline_schema())
    for top in (DAG, SETTINGS, SCENARIO, *FAULTS.values()):
        for group in groups(top, []):
            for row in group.fields:
                assert f'"{row.key}": {{"description": {json.dumps(row.help)[:-1]}' in text, row.key
    assert set(pipeline_schema()["$defs"]) == {"dag", "template", "settings", "scenario"}


TASKS = "dag: a\nstart: 2013-01-01\ninputs: {jfk: {expected: '06:00'}}\ntasks:\n  b: {}\n"
REFUSED = [
    TASKS + "colour: red\n",
    TASKS + "schedule: [jfk]\n",
    TASKS + "schedule: {al: [jfk]}\n",
    TASKS + "schedule: {all: [jfk], every: 5m}\n",
    TASKS + "catchup: perhaps\n",
    TASKS + "misfire: first\n",
    TASKS + "max_active_tasks: 0\n",
    TASKS + "start: tomorrow\n".replace("start", "end"),
    TASKS + "dst: {gap: jump}\n",
    TASKS + "deadline: {at: '08:00'}\n",
    TASKS + "weight_rule: sideways\n",
    TASKS + "  c: {needs: {b: }}\n",
    TASKS + "  c: {needs: [b, [b]]}\n",
    TASKS + "  c: {needs: 'b, b'}\n",
    TASKS + "  c: {takes: 10 minutes}\n",
    TASKS + "  c: {takes: 10}\n",
    TASKS + "  c: {needz: b}\n",
    TASKS + "  c: {retries: many}\n",
    TASKS + "  c: {retries: {max: 2000}}\n",
    TASKS + "  c: {retries: {backoff: 0.5}}\n",
    TASKS + "  c: {retries: {by_reason: {bugs: 0}}}\n",
    TASKS + "  c: {retries: {by_reason: {bug: soon}}}\n",
    TASKS + "  c: {trigger_rule: all_sucess}\n",
    TASKS + "  c: {sensor: {on: jfk, mode: sleep}}\n",
    TASKS + "  c: {sensor: {on: jfk, evry: 5m}}\n",
    TASKS + "  c: {slots: 0}\n",
    TASKS + "  c: {depends_on_past: always}\n",
    TASKS + "  c: {run: clean}\n",
    TASKS + "  2c: {}\n",
    TASKS + "  c: {executor: spark}\n",
    TASKS + "  c: {code: {v1: clean}}\n",
    TASKS + "  c: {code: {'v 1': 'm:clean'}}\n",
    TASKS + "  c: {params: {rate: [5]}}\n",
    TASKS + "schedule: {all: [jfk], interval: some}\n",
    TASKS + "schedule: {interval: any}\n",
    TASKS + "alerts: {on: [failures]}\n",
    TASKS + "alerts: {to: [ana]}\n",
    TASKS + "datasets: {o: {mode: upsert}}\n",
    TASKS + "datasets: {o: {checks: {c: {kind: row}}}}\n",
    TASKS + "datasets: {o: {checks: {c: {kind: rows, min: few}}}}\n",
    TASKS + "datasets: {o: {deadline: soon}}\n",
    TASKS + "---\nrows: some\n",
    TASKS + "---\npayload_limit: 0\n",
    TASKS + "---\nroster: {ana: {acknowledges: soon}}\n",
    TASKS + "---\nroster: {two words: {}}\n",
    TASKS + "---\nroutes: {x: [a, [b]]}\n",
    TASKS + "---\nconsumers: {b: {reads: [o], when: now}}\n",
    TASKS + "---\npools: {p: 0}\n",
    TASKS + "---\nworkers: 2\nworker: 2\n",
    TASKS + "---\nscenario: late\nfaults: [{late: {input: jfk}}]\n",
    TASKS + "---\nscenario: late\nfaults: [{lost: {input: jfk}}]\n",
    TASKS + "---\nscenario: late\nfaults: {never: {}}\n",
    TASKS + "---\nscenario: late\nseed: -1\n",
    TASKS + "---\nfoo: 1\n",
    "dag: [a]\ntasks: {b: }\n",
    "dag: my dag\ntasks: {b: }\n",
    "dag: a\ntasks: [b]\n",
    "template: t\ndag: a_{x}\ntasks: {b: }\n",
    "template: t\nparameters: {x: 1}\ndag: a_{x}\ntasks: {b: }\n",
    "template: t\nparameters: []\ndag: a\ntasks: {b: }\n",
    "template: t\nparameters: [{x: 1}]\nfor: [{x: 1}]\ndag: a_{x}\ntasks: {b: }\n",
    "template: t\nparameters: [{x: 1}]\ndag: a_{x}\ntasks: {b: {takes: soon}}\n",
    "template: t\nparameters: [{x: 1}]\ndag: a_{x}\ntasks: {b: {taks: '{x}m'}}\n",
]


@pytest.mark.parametrize("text", REFUSED)
def test_both_refuse(text: str) -> None:
    assert refused_by_schema(text)
    assert refused_by_reader(text)


ALLOWED = [
    TASKS,
    TASKS + "catchup: yes\npaused: On\nschedule: once\nowner: 5\nmax_active_runs: '3'\n",
    TASKS + "schedule: {on: jfk}\n",
    TASKS + "schedule: {any: [jfk]}\ndeadline: '+2h'\n",
    TASKS + "schedule:\ndst:\n",
    TASKS + "  c: {needs: b, takes: 0, retries: {by_reason: {bug: 0, quota: {delay: 30m}}}, deadline: {within: 2h}}\n",
    TASKS + "  c: {needs: [b, jfk@-6..0, c@-1], sensor: , branch: [], owner: yes}\n",
    TASKS + "  c: {sensor: [jfk]}\n  d: {sensor: jfk}\n  e: {sensor: {on: jfk, mode: reschedule}}\n",
    TASKS + "  d: {needs: [b, c]}\n  c:\n---\npools: {p: 2}\nworkers: '4'\n",
    TASKS + "  c: {writes: o, code: {1: 'm:f', '#2': 'm:f'}, params: {rate: 5, on: yes}, checks: o.c}\n"
    "datasets: {o: {mode: append, checks: {c: {kind: rows, min: '5', max: 7.5, delay: }}}}\nalerts: {on: failure}\n",
    TASKS + "---\nroster: {5: , a@b: {active: no, acknowledges: Never}}\nroutes: {'#x': a@b, y: []}\nrows: count\n",
    TASKS + "---\nconsumers:\npayload_limit: '500'\n",
    "template: t\nfor: [{x: 1}]\ndag: a\ndatasets: {'o_{x}': {checks: {c: {min: '{x}'}}}}\ntasks: {b: {writes: o_1}}\n",
    "template: t\nparameters: [{x: 1, n: }]\ndag: a_{x}\ntasks: {b: {takes: '{x}m', pool: '{n}'}, 'c_{x}': '{n}'}\n",
    "template: t\nfor: [{x: 1}]\ndag: a\nmax_active_runs: '{x}'\ntasks: {b: {needs: ['c_{x}']}, 'c_{x}': }\n",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_both_allow(text: str) -> None:
    assert not refused_by_reader(text)
    assert not refused_by_schema(text)


OTHERS = ["", "x", "-1", "0", "2", "yes", "06:00", "'5'", "[]", "{}", "[b]", "{b: 1}", "2013-01-01", "10m", "0 6 * * *"]


def mutants() -> Iterator[str]:
    """Two good files with one value replaced, one name changed, or one line left out."""
    for path in GOOD[:2]:
        text = path.read_text("utf-8")
        lines = text.splitlines(keepends=True)
        yield from ("".join(lines[:n] + lines[n + 1 :]) for n in range(len(lines)))
        for match in re.finditer(r": ([^\s,{}\[\]]+)", text):
            yield from (text[: match.start(1)] + other + text[match.end(1) :] for other in OTHERS)
        for match in re.finditer(r"\w+(?=:)", text):
            yield text[: match.start()] + "x" + text[match.start() :]


def test_law_what_the_schema_refuses_the_reader_refuses() -> None:
    tried = both = 0
    for text in list(dict.fromkeys(mutants()))[:: 1 if os.environ.get("LONG") else 4]:
        with suppress(yaml.YAMLError):
            if refused_by_schema(text):
                both += 1
                assert refused_by_reader(text), text
            tried += 1
    assert tried > 200
    assert both > tried / 3


def test_the_default_of_a_field_is_that_of_the_table() -> None:
    task = pipeline_schema()["$defs"]["dag"]["properties"]["tasks"]["anyOf"][0]["additionalProperties"]["anyOf"][0]
    usual = {key: row["default"] for key, row in task["properties"].items() if "default" in row}
    assert usual["takes"] == "1m"
    assert usual["trigger_rule"] == TASK.default(TASK.by_key["trigger_rule"])
    assert usual["priority"] == 1
    assert usual["setup"] is False
