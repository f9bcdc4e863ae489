"""Templates: one document makes many DAGs, and what is wrong is told at its own lines."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from workbench.model import DagSpec, InvalidInput, SetTask, Workspace, apply_edit, check_workspace
from workbench.model.reading import read_workspace, read_workspace_text
from workbench.model.templates import MOST_DAGS

AIRPORTS = Path(__file__).parent / "data" / "good" / "airports.yaml"


def made(text: str) -> dict[str, DagSpec]:
    return dict(read_workspace_text(dedent(text), file="a.yaml").workspace.dags)


def told(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        made(text)
    return str(caught.value).split("\n")


def test_a_template_makes_what_somebody_would_write_out() -> None:
    dags = read_workspace(AIRPORTS).workspace.dags
    by_hand = made("""
        dag: load_ewr
        schedule: "0 5 * * *"
        start: 2013-01-01
        inputs:
          ewr: {path: "drop/ewr/{partition}.csv", expected: "05:30"}
        tasks:
          extract: {needs: [ewr], takes: 5m, description: "{raw} rows of ewr"}
          clean_ewr: {needs: extract, reads: [], pool: vendor, slots: 1}
          publish: {needs: [clean_ewr]}
        ---
        dag: load_jfk
        schedule: "0 6 * * *"
        start: 2013-01-01
        inputs:
          jfk: {path: "drop/jfk/{partition}.csv", expected: "06:30"}
        tasks:
          extract: {needs: [jfk], takes: 6m, description: "{raw} rows of jfk"}
          clean_jfk: {needs: extract, reads: [load_ewr.publish], pool: vendor, slots: 2}
          publish: {needs: [clean_jfk]}
        ---
        pools: {vendor: 2}
        """)
    assert dags == by_hand


def test_each_dag_knows_where_it_comes_from() -> None:
    spec = read_workspace(AIRPORTS).workspace.dags["load_jfk"]
    assert spec.template == "airport_load, with airport: jfk, hour: 6, slots: 2, after: a list"
    assert (spec.lines["dag"], spec.lines["tasks.extract"], spec.lines["tasks.clean_jfk.reads.load_ewr.publish"]) == (
        5,
        11,
        12,
    )
    assert (spec.file, spec.folder) == (str(AIRPORTS), str(AIRPORTS.parent))


ONE = """
template: t
parameters:
  - {x: 1, what: %s}
dag: d_{x}
tasks:
  b: {}
  a: {%s}
"""


@pytest.mark.parametrize(
    ("value", "field", "found"),
    [
        ("5", 'takes: "{what}m"', timedelta(minutes=5)),
        ("5m", 'takes: "{what}"', timedelta(minutes=5)),
        ("null", 'takes: "{what}"', timedelta(minutes=1)),
        ("", 'description: "{what}"', ""),
        ('""', 'description: "<{what}>"', "<>"),
        ("null", 'description: "<{what}>"', "<>"),
        ("[b]", 'needs: "{what}"', ("b",)),
        ("b", 'needs: ["{what}"]', ("b",)),
        ("{max: 3}", 'retries: "{what}"', 3),
        ("x", 'description: "{{what}} {what} {{{what}}}"', "{what} x {x}"),
        ("takes", '"{what}": 5m', timedelta(minutes=5)),
    ],
)
def test_where_a_parameter_may_stand(value: str, field: str, found: object) -> None:
    task = made(ONE % (value, field))["d_1"].tasks["a"]
    key = field.partition(":")[0].strip('"').replace("{what}", value)
    value_found = getattr(task, key)
    assert (value_found.max if key == "retries" else value_found) == found


def test_for_says_the_same() -> None:
    text = ONE % ("b", 'needs: "{what}"')
    assert made(text.replace("parameters:", "for:")) == made(text)


def test_the_order_of_keys_does_not_matter() -> None:
    text = "dag: d_{x}\ntasks: {a: }\nparameters: [{x: 1}]\ntemplate: t\n"
    assert list(made(text)) == ["d_1"]


def test_a_change_of_the_template_reaches_all_and_an_edit_only_one() -> None:
    text = AIRPORTS.read_text("utf-8")
    after = made(text.replace("publish: {", "publish: {takes: 9m, "))
    assert {spec.tasks["publish"].takes for spec in after.values()} == {timedelta(minutes=9)}
    edited = apply_edit(after["load_jfk"], SetTask("publish", {"takes": "1h"}))
    assert after["load_ewr"].tasks["publish"].takes == timedelta(minutes=9)
    whole = Workspace({**after, "load_jfk": edited}, {"vendor": 2})
    assert check_workspace(whole) == []


def test_a_mistake_is_told_once_for_the_first_dag_that_shows_it() -> None:
    text = ONE % ("b, y: 1}\n  - {x: 2, what: b, y: 2", 'needs: "{what}", takes: 5, pool: "p{y}"')
    assert told(text) == [
        "a.yaml:9: 'takes' of task 'a': '5' is no duration; write 30s, 10m, 1h30m or 2d "
        "(template t, with x: 1, what: b, y: 1)",
        "a.yaml:9: task 'a' has pool 'p1'. No pool is declared; add a document with 'pools: {p1: 1}' "
        "(template t, with x: 1, what: b, y: 1)",
    ]


def test_a_mistake_of_one_entry_names_its_parameters() -> None:
    text = ONE % ("b}\n  - {x: 2, what: c", 'needs: "{what}"')
    assert told(text) == [
        "a.yaml:9: task 'a' needs unknown 'c'. (known: b, d_1.a, d_1.b) (template t, with x: 2, what: c)"
    ]


def test_others_may_name_what_a_wrong_template_would_have_made() -> None:
    text = ONE % ("b", 'needs: "{wath}"') + "---\ndag: report\ntasks: {a: {needs: d_1.a}}\n"
    said = (
        "a.yaml:8: template 't' has no parameter 'wath'; did you mean 'what'? (known: what, x); '{{' stands for a brace"
    )
    assert told(text) == [said]


def test_too_many_dags() -> None:
    entries = ", ".join(f"{{x: {n}}}" for n in range(MOST_DAGS + 1))
    text = "template: t\nparameters: [%s]\ndag: d_{x}\ntasks: {a: }\n"
    assert told(text % entries) == ["a.yaml:2: template 't' would make 1001 DAGs, and 1000 are allowed"]
    assert len(made(text % entries.rpartition(", ")[0])) == MOST_DAGS


def test_a_template_that_makes_too_much_is_stopped() -> None:
    entries = ", ".join(f"{{x: x{n}}}" for n in range(1000))
    many = f"template: t\nparameters: [{entries}]\ndag: d_{{x}}\ntasks:\n"
    started = time.monotonic()
    assert "makes too much" in told(many + "".join(f"  t{n}: {{takes: 5m}}\n" for n in range(500)))[0]
    long = f"template: t\nparameters: [{{x: {'y' * 200}}}]\ndag: d\ntasks: {{a: }}\n"
    long += f"description: '{'{x}' * 100_000}'\n"
    assert "makes too much" in told(long)[0]
    assert time.monotonic() - started < 30


def test_text_of_a_parameter_is_bounded() -> None:
    text = ONE % ("y" * 201, "description: 'x{what}'")
    assert told(text) == ["a.yaml:8: template 't' puts 'what' into a text, but there it is more than 200 letters"]
    assert made(ONE % ("y" * 201, "description: '{what}'"))["d_1"].tasks["a"].description == "y" * 201


def test_a_made_dag_is_a_dag_like_others() -> None:
    spec = read_workspace(AIRPORTS).workspace.dags["load_ewr"]
    assert replace(spec, template="") == spec
