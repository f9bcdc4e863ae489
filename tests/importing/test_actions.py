"""Workflows of GitHub Actions: jobs, conditions, matrices, starts, and what is told of the rest."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.importing.places import FILES, edges, first_run, notes, refused, session, states
from workbench.importing.actions.conditions import condition_of
from workbench.importing.found import Found
from workbench.importing.sources import bring
from workbench.importing.writing import as_file


def workflow(jobs: str, on: str = "{schedule: [{cron: '0 6 * * *'}]}") -> Found:
    return bring("ci.yml", "actions", f"on: {on}\njobs:\n{jobs}")


def test_a_workflow_is_a_dag() -> None:
    found = bring(FILES / "nightly.yml")
    [draft] = found.drafts
    assert (draft.name, draft.data["schedule"], draft.data["description"]) == (
        "nightly",
        "17 3 * * 1-5",
        "Nightly build",
    )
    tests = ["test_3_11_ubuntu", "test_3_13_ubuntu", "test_3_13_windows", "test_3_14_ubuntu"]
    assert [*draft.tasks] == ["lint", *tests, "publish", "tell", "clean"]
    wanted = {("lint", test) for test in tests} | {("lint", "publish"), ("publish", "tell"), ("publish", "clean")}
    assert edges(draft) == wanted | {(test, down) for test in tests for down in ("publish", "clean")}
    assert draft.origins["test_3_13_windows"] == "test (3.13, windows)"
    assert found.settings == {"pools": {"test_at_once": 2}}
    assert notes(found, "missed") == [
        (38, "publish: `if: github.ref == 'refs/heads/main'` depends on a real run; here it holds")
    ]
    assert [line for line, _ in notes(found, "changed")] == [2, 5, 20, 8]
    assert "  lint: {takes: 5m, timeout: 10m}  # actions/checkout, ruff check ." in as_file(found)


def test_jobs_after_a_failed_one_do_what_github_does() -> None:
    broken = session(bring(FILES / "nightly.yml"), wb.Bug("test_3_13_windows"))
    assert states(broken) == {
        "lint": "success",
        "test_3_11_ubuntu": "success",
        "test_3_13_ubuntu": "success",
        "test_3_13_windows": "failed",
        "test_3_14_ubuntu": "success",
        "publish": "upstream_failed",
        "tell": "success",  # failure() is about any job before it
        "clean": "success",
    }
    assert states(session(bring(FILES / "nightly.yml")))["tell"] == "skipped"


@pytest.mark.parametrize(
    ("text", "rule", "unknown"),
    [
        ("", "", ""),
        ("${{ success() }}", "", ""),
        ("always()", "all_done", ""),
        ("${{ !cancelled() }}", "all_done", ""),
        ("failure()", "one_failed", ""),
        ("success() || failure()", "all_done", ""),
        ("github.event_name == 'push'", "", "github.event_name == 'push'"),
        ("always() && needs.a.result == 'success'", "all_done", "always() && needs.a.result == 'success'"),
        ("failure() && inputs.tell", "one_failed", "failure() && inputs.tell"),
        ("inputs.always", "", "inputs.always"),
    ],
)
def test_conditions(text: str, rule: str, unknown: str) -> None:
    assert condition_of(text) == (rule, unknown, False)


def test_a_matrix_with_what_is_left_out_and_added() -> None:
    matrix = "{a: [1, 2], b: [x, y], exclude: [{a: 2, b: y}], include: [{a: 1, c: more}, {a: 3, b: z}]}"
    [draft] = workflow(f"  t: {{strategy: {{matrix: {matrix}}}}}").drafts
    assert [*draft.origins.values()] == ["t (1, x, more)", "t (1, y, more)", "t (2, x)", "t (3, z)"]


def test_what_only_a_run_knows_is_told_with_its_line() -> None:
    found = workflow(
        "  plan: {runs-on: x}\n"
        "  each:\n"
        "    needs: [plan]\n"
        "    strategy:\n"
        "      matrix: ${{ fromJson(needs.plan.outputs.all) }}\n"
        "    timeout-minutes: ${{ inputs.patience }}\n"
        "    continue-on-error: true\n"
        "    colour: red\n"
        "  other: {uses: ./.github/workflows/other.yml}\n"
    )
    assert [line for line, _ in notes(found, "missed")] == [8, 7, 10]
    assert [line for line, _ in notes(found, "changed")] == [9, 11]
    assert [*found.drafts[0].tasks] == ["plan", "each", "other"]


def test_without_a_schedule_you_start_it() -> None:
    found = workflow("  a: {steps: [{run: make}]}", on="push")
    assert found.drafts[0].data["schedule"] == "manual"
    assert (1, "push: such runs are started by hand here") in notes(found, "changed")


def test_a_group_of_its_own_waits_for_one_slot() -> None:
    found = workflow("  a: {concurrency: production}\n  b: {concurrency: {group: production}}")
    assert found.settings == {"pools": {"production": 1}}
    one, other = first_run(session(found)).cells.values()
    assert other.attempts[0].started == one.attempts[0].ended


@pytest.mark.parametrize(
    ("crons", "schedule", "partition"),
    [
        (["0 6 * * *"], "0 6 * * *", None),
        (["0 6 * * 1-5"], "0 6 * * 1-5", None),
        (["0 6 * * 1"], "0 6 * * 1", "week"),
        (["0 6 1 * *"], "0 6 1 * *", "month"),
        (["0 6 * * *", "0 18 * * *"], "0 6,18 * * *", "hour"),
        (["0 6 * * *", "30 18 * * *"], "0 6 * * *", None),
        (["0 6 * *", "30 18 * * *"], "30 18 * * *", None),
    ],
)
def test_schedules(crons: list[str], schedule: str, partition: str | None) -> None:
    listed = ", ".join(f"{{cron: '{cron}'}}" for cron in crons)
    found = workflow("  a: {}", f"{{schedule: [{listed}]}}")
    assert found.drafts[0].data["schedule"] == schedule
    assert found.drafts[0].data.get("partition") == partition
    told = notes(found, "changed") + notes(found, "missed")
    assert any("schedule '" in text for _, text in told) == (len(crons) > 1 and "6,18" not in schedule)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("on: push\njobs:\n  a: {needs: [bild]}\n  build: {}\n", "given:3: job 'a' needs 'bild', which is no job here"),
        ("on: push\njobs:\n  a: {needs: [b]}\n  b: {needs: [a]}\n", "given:3: tasks need each other in a circle"),
        ("on: push\njobs: {}\n", "its `jobs` hold none"),
        ("on: push\n", "has no `jobs`"),
        ("- a\n- b\n", "is no workflow of GitHub Actions"),
        ("on: &x push\njobs: {a: {}}\n", "given:1: '&x' is a YAML anchor"),
        ("on: push\njobs:\n  a: [\n", "given:"),
        ("on: push\njobs:\n" + "  a: " + "[" * 9000 + "]" * 9000, "nested more than 64 deep"),
        ("!!python/object:os.system x", "given:1"),
        ("dag: x\ntasks: {a: {}}\n", "is a pipeline file already: open it"),
    ],
    ids=["a need", "a circle", "none", "no jobs", "a list", "anchor", "broken", "deep", "tag", "ours"],
)
def test_what_cannot_be_read_is_told(text: str, told: str) -> None:
    [first, *_] = refused(text, "actions")
    assert told in first


def test_a_workflow_that_makes_too_many_jobs_is_refused() -> None:
    many = ", ".join(map(str, range(40)))
    text = f"on: push\njobs:\n  a: {{strategy: {{matrix: {{x: [{many}], y: [{many}]}}}}}}\n"
    assert refused(text, "actions") == ["given:2: makes more than 1024 jobs"]
