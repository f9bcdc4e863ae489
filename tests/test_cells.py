"""Cells as tasks: what their first line asks, how their text becomes a function, and what running one again changes."""

from __future__ import annotations

import inspect
import traceback
from datetime import timedelta
from typing import Any

import pytest

import workbench as wb
from tests.samples import late_jfk
from tests.verb_cases import attempt, seen
from workbench.cells import Draft, Wanted, cell_offers, compiled, task_of_cell
from workbench.session import Session

ROWS = "[{'a': 1}, {'a': 2}]"
HALF = "[row for row in extract if row['a'] > 1]"


def begun() -> tuple[Session, dict[str, Any]]:
    """A pipeline of two cells."""
    space: dict[str, Any] = {}
    s = task_of_cell(Draft.of("flights"), "extract takes 5m", ROWS, space)
    return task_of_cell(s, "clean after extract retries 2 takes 5m", HALF, space), space


def task(s: Session, name: str) -> Any:
    return next(spec.tasks[name] for spec in s.current_workspace().dags.values() if name in spec.tasks)


# the line


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("clean", ()),
        ("clean after extract retries 2 takes 5m", (("needs", "extract"), ("retries", "2"), ("takes", "5m"))),
        ("clean needs a b,c takes 5m", (("needs", "a,b,c"), ("takes", "5m"))),
        ("clean reads jfk writes stg pool w", (("reads", "jfk"), ("writes", "stg"), ("pool", "w"))),
        ("clean retries 2 delay 1m backoff 2", (("retries", "2"), ("delay", "1m"), ("backoff", "2"))),
        ("clean by_reason.bug 0 check stg.volume", (("by_reason.bug", "0"), ("checks", "stg.volume"))),
        ("clean description 'two words' # told", (("description", "two words"),)),
    ],
)  # fmt: skip
def test_words_after_the_name_are_those_of_the_grammar(line: str, settings: tuple[object, ...]) -> None:
    assert Wanted.of(line) == ("clean", "", settings)


def test_a_task_may_be_one_of_another_dag() -> None:
    assert Wanted.of("tidy in weekly after report").dag == "weekly"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "A task needs a name, for example: %%task clean after extract retries 2 takes 5m"),
        ("after x", "The name of the task comes first, for example: %%task clean after extract retries 2 takes 5m"),
        ("clean tkes 5m", "No word of a task is tkes. Did you mean takes?"),
        ("clean takes", "takes needs a value, for example: %%task clean after extract retries 2 takes 5m"),
    ],
)  # fmt: skip
def test_other_words_are_refused(line: str, told: str) -> None:
    assert str(attempt(lambda: Wanted.of(line))) == told


# the function


def test_the_lines_of_a_cell_become_a_function_and_its_last_expression_the_result() -> None:
    space: dict[str, Any] = {"most": 1}
    function: Any = compiled(
        "clean", ["extract"], "%%task clean", "half = most\n[r for r in extract if r > half]\n", space
    )
    assert function.__wrapped__ is space["clean"]
    clean: Any = space["clean"]
    assert clean([1, 2]) == [2]
    assert inspect.getsource(clean) == (
        "def clean(extract):\n    half = most\n    return [r for r in extract if r > half]\n"
    )


def test_texts_of_several_lines_stay_as_they_are() -> None:
    space: dict[str, Any] = {}
    compiled(
        "q",
        [],
        "%%task q",
        'text = """\nfirst\n  second\n"""\nmore = f"""\nx{text}"""\n(\n    text,\n    more,\n)\n',
        space,
    )
    assert space["q"]() == ("\nfirst\n  second\n", "\nx\nfirst\n  second\n")


def test_a_result_behind_a_semicolon_and_letters_beyond_ascii() -> None:
    space: dict[str, Any] = {}
    compiled("größe", [], "%%task größe", "é = 'é'; [{'é': é}]", space)
    assert space["größe"]() == [{"é": "é"}]


def test_a_cell_may_define_the_function_itself_with_what_it_needs() -> None:
    space: dict[str, Any] = {}
    result = "[{'n': math.floor(row['a']), 'try': ctx.number} for row in extract]"
    text = f"import math\n\n\ndef clean(extract, ctx):\n    return {result}\n"
    s = task_of_cell(Draft.of("flights"), "extract", "[{'a': 1.5}]", space)
    s = task_of_cell(s, "clean", text, space)
    assert task(s, "clean").needs == ("extract",)  # by the name of its parameter
    assert "math" in space
    s.until("2013-01-02 08:00")
    assert s.state.known.run_of("flights", "2013-01-01").cells["clean"].attempts[-1].rows == 1  # type: ignore[union-attr]


def test_a_body_that_names_ctx_gets_it() -> None:
    space: dict[str, Any] = {}
    function = compiled("one", [], "%%task one", "[{'day': ctx.partition}]", space)
    assert function is not None
    assert list(inspect.signature(function).parameters) == ["ctx"]


def test_a_cell_without_code_is_a_task_that_only_takes_its_time() -> None:
    s = task_of_cell(Draft.of("flights"), "extract takes 5m", "\n# nothing\n", {})
    assert (task(s, "extract").function, task(s, "extract").takes) == (None, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("line", "text", "told"),
    [
        ("tidy", "def other():\n    pass", "This cell defines other, and its task is tidy; give both the same name"),
        ("tidy", "def tidy(claen): ...", "tidy takes claen, and no task, input or dataset is called so; "
         "did you mean 'clean'? (known: clean, extract)"),
        ("tidy after clena", "1", "task 'tidy' needs unknown 'clena'; did you mean 'clean'? (known: clean, extract)"),
        ("extract after clean", "1", "tasks need each other in a circle, so none can start: "
         "extract -> clean -> extract; remove one of these needs"),
        ("tidy in weekly", "1", "No DAG weekly. There is: flights."),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_changes_nothing(line: str, text: str, told: str) -> None:
    s, space = begun()
    before, done = seen(s), s.done
    assert str(attempt(lambda: task_of_cell(s, line, text, space))).startswith(told)
    assert (seen(s), s.done) == (before, done)


# where it goes wrong


def test_a_failing_line_is_that_of_the_cell() -> None:
    space: dict[str, Any] = {}
    heard: list[tuple[str, BaseException]] = []
    s = task_of_cell(Draft.of("flights"), "extract", ROWS, space)
    s = task_of_cell(
        s, "tell after extract", "half = 2\n[row['b'] for row in extract]", space, lambda *told: heard.append(told)
    )
    s.until("2013-01-02 08:00")
    [(name, error)] = heard
    assert (name, wb.raised_in_cell(error)) == ("tell", "<task tell>")
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("<task tell>", 3, "return [row['b'] for row in extract]")
    assert "tell fails (try 1): KeyError: 'b' (<task tell>:3)" in str(s.story("2013-01-02"))


def test_a_cell_that_is_no_python_names_its_own_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        compiled("bad", [], "%%task bad", "one = 1\ntwo = = 2\n", {})
    assert (caught.value.filename, caught.value.lineno) == ("<task bad, this cell>", 3)
    assert "two = = 2" in "".join(traceback.format_exception_only(caught.value))


# run again


def test_run_again_the_task_changes_and_undo_takes_it_back() -> None:
    s, space = begun()
    before = s.current_workspace()
    task_of_cell(s, "clean after extract takes 6m", "[row for row in extract if row['a'] > 0]", space)
    assert str(s.done) == (
        "clean: 3 changes\n  clean: takes 6m (before: 5m)\n  clean: retries 0 (before: 2)\n  clean: other code"
    )
    assert task(s, "clean").retries.max == 0  # the cell no longer names them
    s.until("2013-01-02 08:00")
    assert live_rows(s) == 2
    s.undo()
    assert s.current_workspace() == before
    again = task_of_cell(s, "clean after extract retries 2 takes 5m", HALF, space).until("2013-01-02 08:00")
    assert live_rows(again) == 1


def live_rows(s: Session) -> int | None:
    run = s.state.known.run_of("flights", "2013-01-01")
    assert run is not None
    return run.cells["clean"].attempts[-1].rows


def test_run_again_unchanged_nothing_is_done() -> None:
    s, space = begun()
    before = seen(s)
    task_of_cell(s, "clean after extract retries 2 takes 5m", HALF, space)
    assert seen(s) == before
    assert str(s.done) == "clean is as it was: nothing has changed"


def test_only_other_code_is_a_change_and_what_ran_keeps_its_own() -> None:
    s, space = begun()
    s.until("2013-01-02 08:00")
    task_of_cell(s, "clean after extract retries 2 takes 5m", ROWS, space)
    assert str(s.done) == "clean: other code"
    assert live_rows(s) == 1
    s.rerun("clean@2013-01-01").until("2013-01-02 09:00")
    assert live_rows(s) == 2
    assert live_rows(s.what_if("2013-01-02 06:00").until("2013-01-02 08:00")) == 1


def test_what_other_commands_changed_stays_unless_the_cell_names_it() -> None:
    s, space = begun()
    s.set("clean", pool=None, priority=5).set("clean", retries=7)
    task_of_cell(s, "clean after extract retries 2 takes 9m", HALF, space)
    assert (task(s, "clean").priority, task(s, "clean").retries.max) == (5, 2)


def test_a_task_from_a_file_gets_the_code_of_the_cell() -> None:
    s = late_jfk().until("2013-01-04 05:00")
    task_of_cell(s, "clean", "extract[:10]", {})
    assert str(s.done) == "clean: 2 changes\n  clean: run none (before: flights:clean)\n  clean: other code"
    assert (task(s, "clean").writes, task(s, "clean").retries.max) == (("stg_flights",), 1)
    s.until("06:14")
    assert s.state.known.data.live_version("stg_flights", "2013-01-03").rows == 10  # type: ignore[union-attr]


def test_in_the_past_a_cell_opens_a_what_if() -> None:
    s, space = begun()
    s.until("2013-01-02 08:00")
    s.back("2013-01-02 06:00")
    task_of_cell(s, "tidy after clean", "clean", space)
    assert str(s.done) == "task tidy added, after clean → what-if B; A stays as it is"


# before there is a task


def test_a_draft_says_what_comes_next() -> None:
    draft = Draft.of("flights schedule '0 7 * * *' start 2013-01-05 from 2013-01-06T05:00Z until 2013-01-08T00:00Z")
    draft.do("input add jfk expected 06:00 owner ann")
    assert str(draft) == (
        "flights: schedule 0 7 * * *, from 2013-01-05, inputs jfk. No task yet. Write a cell: %%task extract takes 5m"
    )
    s = task_of_cell(draft, "extract reads jfk", ROWS, {})
    assert (s.now, s.end) == (wb.instant("2013-01-06T05:00Z"), wb.instant("2013-01-08T00:00Z"))
    assert str(s.done) == "task extract added, the first one"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "A new pipeline needs a name, for example: %wb new flights"),
        ("flights schedule", "schedule needs a value, for example: %wb new flights"),
        ("flights shedule daily", "No word of a new pipeline is shedule. Did you mean schedule?"),
        ("flights schedule sometimes", "'schedule'"),
        ("flights from noon", "'noon'"),
    ],
)
def test_a_draft_refuses_other_words(line: str, told: str) -> None:
    assert str(attempt(lambda: Draft.of(line))).startswith(told)


def test_a_draft_stays_as_it_was_when_its_first_task_cannot_be() -> None:
    draft = Draft.of("flights")
    assert "needs unknown 'nothing'" in str(attempt(lambda: task_of_cell(draft, "extract after nothing", ROWS, {})))
    assert "no task yet" in str(attempt(lambda: draft.do("pause flights")))
    assert draft.dag.spec.tasks == {}
    assert task_of_cell(draft, "extract", ROWS, {}).now == wb.instant("2013-01-01T00:00Z")


# completion


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("cl", ["clean"]),
        ("tidy ", ["after", "takes", "retries"]),
        ("tidy a", ["after"]),
        ("tidy after ", ["extract", "clean"]),
        ("tidy after extract c", ["clean", "cap", "checks", "code"]),
        ("tidy pool ", []),
        ("tidy in ", ["flights"]),
        ("tidy takes 5m r", ["retries", "reads", "requires", "run"]),
    ],
)
def test_words_that_may_come_next(line: str, first: list[str]) -> None:
    assert cell_offers(line, begun()[0])[: len(first) or None] == first
