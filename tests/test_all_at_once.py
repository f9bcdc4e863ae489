"""All problems of a file in one go: its DAGs, its scenarios, and nothing twice that only follows from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import refused
from tests.samples import block

pytestmark = pytest.mark.usefixtures("home")

GOOD = block("""
    dag: ingest
    schedule: "0 2 * * *"
    start: 2026-02-01
    inputs: {sales: {expected: "01:30"}}
    tasks:
      load: {reads: [sales], takes: 10m}
      look: {sensor: {on: [sales], every: 5m}}
      pick: {needs: [load], branch: [full]}
      full: {needs: [pick], pool: api}
    ---
    pools: {api: 2}
    ---
    scenario: night
    from: 2026-03-03T00:00
    arrivals: {sales: "01:10"}
    faults:
      - outage: {task: load, from: 2026-03-04T02:00, until: 2026-03-04T02:40}
      - late: {input: sales, partition: 2026-03-02, by: 10m}
      - quota: {task: "pool:api", at_once: 1}
      - choice: {task: pick, follow: [full]}
""")
WRONG_UNTIL = GOOD.replace("until: 2026-03-04T02:40", "until: 2026-03-04T01:40")
TOLD_UNTIL = "p.yaml:17: fault 1 (outage): 'until' must come after 'from'"


def told(home: Path, text: str, *command: str) -> list[str]:
    (home / "p.yaml").write_text(text, encoding="utf-8")
    return [line.partition(" (known")[0] for line in refused(*(command or ("validate",)), "p.yaml")]


def test_the_dags_and_the_scenario_at_once(home: Path) -> None:
    text = WRONG_UNTIL.replace("takes: 10m", "takes: often").replace("input: sales", "input: sale")
    for command in (("validate",), ("simulate", "--history", "none"), ("do", "--history", "none"), ("draw",)):
        more = ["step"] if command[0] == "do" else []
        (home / "p.yaml").write_text(text, encoding="utf-8")
        found = refused(command[0], "p.yaml", *command[1:], *more)
        assert [line.partition(" (known")[0] for line in found] == [
            "p.yaml:6: 'takes' of task 'load': 'often' is no duration; write 30s, 10m, 1h30m or 2d",
            TOLD_UNTIL,
            "p.yaml:18: fault 2 (late) names unknown input 'sale'; did you mean 'sales'?",
        ]


def test_a_sensor_s_misspelt_input_is_told_beside_its_other_mistakes(home: Path) -> None:
    text = GOOD.replace("sensor: {on: [sales], every: 5m}", "sensor: {on: [sale], every: often}")
    assert told(home, text) == [
        "p.yaml:7: 'sensor.every' of task 'look': 'often' is no duration; write 30s, 10m, 1h30m or 2d",
        "p.yaml:7: task 'look' looks for unknown 'sale'; did you mean 'sales'?",
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dag: ingest", "dga: ingest"),
        ("tasks:\n  load", "tasks: [load]\nold:\n  load"),
        ('inputs: {sales: {expected: "01:30"}}', "inputs: [sales]"),
        ("branch: [full]", "branch: {full: 1}"),
        ("needs: [pick], pool: api", "needs: {pick: 1}, pool: [api]"),
        ("pools: {api: 2}", "pools: [api]"),
        ("start: 2026-02-01", "start: 2026-02-01\npartition: dya"),
        ("start: 2026-02-01", "start: 2026-02-01\ntimezone: Mars"),
    ],
)
def test_what_could_not_be_read_is_not_told_again(home: Path, right: str, wrong: str) -> None:
    assert right in WRONG_UNTIL
    lines = told(home, WRONG_UNTIL.replace(right, wrong, 1))
    of_scenario = [line for line in lines if "fault" in line or "scenario" in line]
    assert [line.partition(": ")[2] for line in of_scenario] == [TOLD_UNTIL.partition(": ")[2]]
    assert len(lines) > 1


def test_a_scenario_behind_what_cannot_be_understood_is_not_missed(home: Path) -> None:
    text = GOOD.replace("pools: {api: 2}", "pools: {api: 2")
    (home / "p.yaml").write_text(text, encoding="utf-8")
    found = refused("simulate", "p.yaml", "--scenario", "night", "--history", "none")
    assert not any("night" in line for line in found)
    assert found


def test_a_scenario_that_is_not_there_is_told_beside_the_dags(home: Path) -> None:
    (home / "p.yaml").write_text(GOOD.replace("takes: 10m", "takes: often"), encoding="utf-8")
    found = refused("simulate", "p.yaml", "--scenario", "nihgt", "--history", "none")
    assert len(found) == 2
    assert "there is no scenario 'nihgt'; did you mean 'night'?" in found[1]
