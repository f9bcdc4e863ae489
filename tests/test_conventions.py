"""What `validate --strict` warns of, and why; and that a pipeline which keeps to it all is left in peace."""

from __future__ import annotations

from dataclasses import replace

import pytest

import workbench as wb
from workbench.model import DagSpec, Dataset, Problem, Task, Workspace
from workbench.model.conventions import conventions, name_complaint, smells_secret
from workbench.model.reading import read_workspace_text

GOOD = """
dag: daily_sales
schedule: "0 6 * * *"
start: 2013-01-01
owner: ana
runbook: docs/runbook.md
alerts: {to: "#data"}
inputs:
  shops: {expected: "05:30", deadline: "07:00", owner: bo}
datasets:
  sales:
    owner: ana
    checks: {volume: {kind: rows, min: 5, owner: bo}}
  models: {owner: ana, store: registry}
tasks:
  load: {needs: shops, writes: sales, retries: 2, params: {connection: warehouse_main, token: "env:SALES_TOKEN"}}
  gate: {needs: load, checks: sales.volume}
  print: {needs: gate, retries: 0}
---
roster: {ana: , bo: }
routes: {"#data": [ana, bo]}
consumers: {board: {reads: sales, owner: ceo}}
"""


def warned(text: str) -> list[str]:
    found = conventions(read_workspace_text(text, "p.yaml").workspace)
    return [f"{problem.line}: {problem.message}" for problem in found]


def test_a_pipeline_that_keeps_to_them_is_left_in_peace() -> None:
    assert warned(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("owner: ana\nrun", "run", "2: DAG 'daily_sales' has no owner, so nobody is called when it fails; add owner"),
        (
            'schedule: "0 6 * * *"\n', "",
            "2: DAG 'daily_sales' has no schedule, and nobody can tell whether that is meant; add one, or write "
            "schedule: manual",
        ),
        (
            "runbook: docs/runbook.md\n", "",
            "2: DAG 'daily_sales' has no runbook, so whoever is called must find the way to recover alone; add "
            "runbook, for example runbook: docs/runbook.md",
        ),
        (
            "retries: 2, ", "",
            "16: DAG 'daily_sales' has tasks that are never tried again: load; a short outage would need a person. "
            "Add retries, or write retries: 0",
        ),
        (
            '"env:SALES_TOKEN"', "abc123",
            "16: 'params.token' of task 'load' holds a secret in the text, which everybody who reads the file can "
            'read; write a reference, for example "secret:warehouse/password" or "env:PASSWORD"',
        ),
        (
            "warehouse_main", "postgres://me:abc123@db/sales",
            "16: 'params.connection' of task 'load' is an address with a password in it; name a connection, and keep "
            "the address where secrets are kept",
        ),
        (
            "warehouse_main", "postgres://db/sales",
            "16: 'params.connection' of task 'load' is an address, which differs between test and production; name "
            "the connection, for example connection: warehouse_main",
        ),
        (
            "{expected", "{path: 'ftp://me:abc123@shop/{partition}.csv', expected",
            "9: 'path' of input 'shops' has a password in it, which everybody who reads the file can read; let the "
            "path name a folder",
        ),
        (
            "dag: daily_sales", "dag: Daily-Sales",
            "2: the name of DAG 'Daily-Sales' is not in the one style; names are lower-case words joined by '_': a "
            "verb for what a task does, a noun for what a dataset holds; 'daily_sales' would do",
        ),
        (
            "  print:", "  print_v2:",
            "18: the name of task 'print_v2' says which copy it is ('v2'); versions are kept for you, so let the name "
            "stay the same",
        ),
        (
            "board:", "theBoard:",
            "22: the name of consumer 'theBoard' is not in the one style; names are lower-case words joined by '_': a "
            "verb for what a task does, a noun for what a dataset holds; 'the_board' would do",
        ),
        (
            "    owner: ana\n", "",
            "11: dataset 'sales' has no owner, so its readers have nobody to ask; add owner",
        ),
        (
            "models: {owner: ana, store: registry}", "models: {owner: ana, kept_by: managed_store}",
            "14: dataset 'models' is published without any check, so a green run says nothing about it; add one, for "
            "example volume: {kind: rows, min: 1, severity: block}",
        ),
        (
            "registry}", "registry}\n  old: {owner: ana, checks: {c: {min: 1}}}",
            "15: dataset 'old' is written by no task; add it to the writes of one, or remove it",
        ),
        (
            "writes: sales", "writes: [sales, lines]",
            "16: dataset 'lines' is written, and nothing is said about it: no owner, and no check; declare it under "
            "datasets",
        ),
        (
            'deadline: "07:00", ', "",
            "16: task 'load' waits for 'shops' without a deadline, so if it never comes nobody is told; add deadline "
            "to what it waits for, the task or the DAG",
        ),
        ("alerts: {to:", "alerts: {on: [], to:", "7: DAG 'daily_sales' tells nobody of anything; write on: "
         "[failure, deadline, check]"),
        (
            "[ana, bo]", "[]",
            "7: '#data', whom DAG 'daily_sales' tells, is a route that leads to nobody; an alert to them reaches "
            "nobody",
        ),
        (
            "{ana: , bo: }", "{ana: , bo: {active: no}}",
            "9: 'bo', owner of input 'shops', has left; an alert to them reaches nobody",
        ),
        (
            "min: 5, owner: bo", "min: 5, owner: boo",
            "13: 'boo', owner of check 'sales.volume', is neither in the roster nor a route; did you mean 'bo'? "
            "(known: #data, ana, bo); an alert to them reaches nobody",
        ),
        (
            "[ana, bo]", "[ana, dan]",
            "21: route '#data' names 'dan', who is not in the roster; did you mean 'ana'? (known: ana, bo)",
        ),
        (
            ", owner: ceo", "",
            "22: consumer 'board' has no owner, so nobody can be told that it has read something wrong; add owner",
        ),
    ],
)  # fmt: skip
def test_what_is_warned_of(old: str, new: str, said: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert said in warned(text)


def test_a_route_to_the_departed_reaches_nobody() -> None:
    text = GOOD.replace("[ana, bo]", "[bo]").replace("bo: }", "bo: {active: no}}")
    told = [line for line in warned(text) if "#data" in line]
    assert told == [
        "7: '#data', whom DAG 'daily_sales' tells, is a route that leads only to people who are not there: bo; "
        "an alert to them reaches nobody",
        "21: '#data' is a route that leads only to people who are not there: bo; an alert to it reaches nobody",
    ]


def test_secrets_are_not_repeated() -> None:
    for value in ("hunter2", "postgres://me:hunter2@db/sales"):
        (line,) = warned(GOOD.replace('"env:SALES_TOKEN"', value))
        assert "hunter2" not in line


def test_without_a_roster_that_is_all_that_is_told_of_people() -> None:
    text = GOOD.partition("roster")[0] + "consumers: {board: {reads: sales, owner: ceo}}\n"
    assert warned(text) == [
        "0: there is no roster, so nobody is told when something fails or comes late; add a document with "
        "roster: {ingest-oncall: {acknowledges: 4m}}"
    ]


@pytest.mark.parametrize(
    ("wait", "quiet"),
    [
        ("{sensor: shops}", False),
        ("{sensor: {on: shops, timeout: 2h}}", True),
        ("{sensor: shops, deadline: '08:00'}", True),
        ("{needs: other.load, retries: 0}", False),
        ("{needs: other.done, retries: 0}", True),
        ("{needs: 'print@-1', retries: 0}", True),
        ("{reads: shops, retries: 0}", True),
    ],
)
def test_a_wait_must_end(wait: str, quiet: bool) -> None:
    other = """---
dag: other
schedule: manual
owner: ana
runbook: x
tasks: {load: {retries: 0}, done: {retries: 0, deadline: "08:00"}}
"""
    text = GOOD.replace('deadline: "07:00", ', "").replace("needs: shops", "reads: shops") + other
    told = warned(text.replace("  gate:", f"  wait: {wait}\n  gate:", 1))
    assert [line for line in told if "waits for" not in line] == []
    assert (told == []) == quiet, told


def test_a_wait_for_the_first_word_must_end_too() -> None:
    """A DAG that data start has no run before they come, so only a deadline of theirs, or by the clock, helps."""
    text = GOOD.replace('"0 6 * * *"', "{all: [shops, models]}").replace("registry}", "registry, kept_by: tasks}")
    told = "3: DAG 'daily_sales' is started by 'models' without a deadline, so if it never comes nobody is told"
    for deadline, quiet in (("", False), ('deadline: "08:00"\n', True), ("deadline: {within: 2h}\n", False)):
        (line, *rest) = [*warned(text.replace("runbook", f"{deadline}runbook", 1)), ""]
        assert line.startswith(told) != quiet
        assert not any(rest)


def test_a_template_is_told_once_for_a_line() -> None:
    text = """
template: load
for: [{shop: ewr}, {shop: jfk}]
dag: load_{shop}
schedule: "0 6 * * *"
owner: ana
runbook: docs/runbook.md
tasks: {load: {}}
---
roster: {ana: }
"""
    (line,) = warned(text)
    assert line.startswith("8: DAG 'load_ewr' has tasks that are never tried again: load;")
    assert line.endswith("(template load, with shop: ewr)")


def test_of_a_dag_made_in_python_what_is_left_out_is_told() -> None:
    """Nobody can tell there what was left out on purpose."""
    spec = DagSpec("sales", {"load": Task("load", writes=("orders",))}, datasets={"orders": Dataset("orders")})
    found = conventions(Workspace({"sales": spec}))
    assert [problem.message.partition(",")[0].partition(":")[0].partition(";")[0] for problem in found] == [
        "there is no roster",
        "DAG 'sales' has no owner",
        "DAG 'sales' has no schedule",
        "DAG 'sales' has no runbook",
        "DAG 'sales' has tasks that are never tried again",
        "dataset 'orders' has no owner",
        "dataset 'orders' is published without any check",
    ]
    assert all(isinstance(problem, Problem) and problem.line == 0 for problem in found)


def test_it_changes_and_refuses_nothing() -> None:
    dag = wb.Dag("load_JFK_final", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", params={"password": "hunter2"})
    whole = Workspace({dag.name: dag.spec})
    assert conventions(whole) == conventions(replace(whole)) != []
    assert wb.check_workspace(whole) == []


@pytest.mark.parametrize(
    "key", ["password", "db_password", "API_KEY", "apiKey", "api-key", "token", "authToken", "credentials", "secret.x"]
)
def test_names_that_say_secret(key: str) -> None:
    assert smells_secret(key)


@pytest.mark.parametrize("key", ["merge_key", "partition-key", "keyboard", "monkey", "tokens_per_day", "connection"])
def test_names_that_do_not(key: str) -> None:
    assert not smells_secret(key)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ewr_load", ""),
        ("load2", ""),
        ("new_orders", ""),
        ("JFK-ingest", "'jfk_ingest' would do"),
        ("JFK", "'jfk' would do"),
        ("loadOrders", "'load_orders' would do"),
        ("load__orders", "'load_orders' would do"),
        ("load_lga_v2_FINAL", "says which copy it is ('v2')"),
        ("orders_copy", "says which copy it is ('copy')"),
    ],
)
def test_the_rule_for_names(name: str, said: str) -> None:
    complaint = name_complaint(name)
    assert said in complaint
    assert bool(said) == bool(complaint)
