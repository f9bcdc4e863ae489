"""The magics in a real shell, and in a kernel as a notebook has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from queue import Empty
from typing import Any

import pytest

import workbench as wb

pytest.importorskip("IPython")
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

ROWS = "[{'a': 1}, {'a': 2}]"


class Shell:
    """Cells, run one after the other; `told`: what the last one wrote, without colours."""

    def __init__(self, shell: Any, read: Any) -> None:
        self.shell, self._read, self.told = shell, read, ""

    def run(self, cell: str) -> Any:
        """What the cell shows. Fails when it raises."""
        done = self.shell.run_cell(cell, store_history=False)
        self.told = _plain("".join(self._read()))
        assert done.success, self.told
        return done.result

    def refused(self, cell: str) -> str:
        """What a cell that raises writes."""
        done = self.shell.run_cell(cell, store_history=False)
        assert not done.success
        return _plain("".join(self._read())).strip()

    def offers(self, text: str) -> list[str]:
        """The text, with each completion in its place: at most eight."""
        with provisionalcompleter():
            found = [*islice(self.shell.Completer.completions(text, len(text)), 8)]
        return [text[: one.start] + one.text for one in found]


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    InteractiveShell.clear_instance()
    quiet = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    own: Any = InteractiveShell.instance(config=quiet)
    own.displayhook.write_output_prompt = lambda: None
    made = Shell(own, capsys.readouterr)
    made.run("import workbench as wb")
    made.run("%load_ext notebook_ext")
    yield made
    own.reset(new_session=False)
    InteractiveShell.clear_instance()


@pytest.fixture
def flights(shell: Shell) -> Shell:
    """A pipeline of two tasks."""
    shell.run("%wb new flights schedule '0 6 * * *' start 2013-01-01")
    shell.run(f"%%task extract takes 5m\n{ROWS}")
    shell.run("%%task clean after extract retries 1 takes 5m\nleast = 1\n[row for row in extract if row['a'] > least]")
    return shell


def session(shell: Shell, name: str = "flights") -> wb.Session:
    found: wb.Session = shell.shell.user_ns[name]
    return found


# building cell by cell


def test_cells_become_a_pipeline_that_runs(flights: Shell) -> None:
    assert flights.told.startswith("flights: task clean added, after extract\n")
    shown = flights.run("%wb until '2013-01-02 08:00'")
    assert shown is session(flights)
    assert flights.told.startswith("flights: It is Wed 2 Jan 08:00.\n")
    assert "clean ends well, 1 row" in str(flights.run("%wb story 2013-01-02"))


def test_the_function_of_a_cell_is_there_to_be_tried(flights: Shell) -> None:
    assert flights.run("clean([{'a': 1}, {'a': 5}])") == [{"a": 5}]


def test_a_cell_uses_what_other_cells_define(flights: Shell) -> None:
    flights.run("def twice(rows):\n    return rows + rows")
    flights.run("%%task double after clean\ntwice(clean)")
    flights.run("flights.until('2013-01-02 08:00')")
    assert "double ends well, 2 rows" in str(flights.run("%wb story 2013-01-02"))


def test_run_again_the_task_changes_and_undo_takes_it_back(flights: Shell) -> None:
    flights.run(
        "%%task clean after extract retries 1 takes 9m\nleast = 0\n[row for row in extract if row['a'] > least]"
    )
    assert flights.told.startswith("flights: clean: 2 changes\n  clean: takes 9m (before: 5m)\n  clean: other code\n")
    flights.run("%wb undo")
    assert flights.told.startswith("flights: Undone: clean: 2 changes. It is Tue 1 Jan 00:00 in B")
    assert (
        session(flights).until("2013-01-02 08:00").why("clean").headline == "clean ended 06:10, well. It wrote 1 row."
    )


def test_a_task_without_code(flights: Shell) -> None:
    flights.run("%task tell after clean takes 1m")
    assert flights.told.startswith("flights: task tell added, after clean\n")


def test_before_its_first_task_a_pipeline_has_inputs(shell: Shell) -> None:
    assert str(shell.run("%wb new flights")).endswith("No task yet. Write a cell: %%task extract takes 5m")
    shell.run("%wb input add jfk expected 06:00")
    assert shell.refused("%wb pause flights").startswith("flights has no task yet")
    shell.run("%%task extract reads jfk\njfk")
    assert list(session(shell).current_workspace().dags["flights"].inputs) == ["jfk"]


# which session


def test_the_session_that_was_made_or_shown_last_is_meant(shell: Shell) -> None:
    assert shell.refused("%wb step").startswith("There is no session yet. Make one: s = wb.sample(")
    shell.run("a = wb.sample('daily_flights')\nb = wb.sample('daily_flights', 'late_jfk')")
    shell.run("%wb")
    assert shell.told.endswith("You work on b: daily_flights, punctuality, in future A.\n")
    shell.run("a")
    shell.run("%wb never jfk@2013-01-04")
    assert shell.told.startswith("a: jfk of Fri 4 Jan never comes\n")
    assert [str(session(shell, name).faults())[:7] for name in "ab"] == ["1 fault", "0 fault"]
    shell.run("%wb use b")
    assert shell.told == "You work on b: daily_flights, punctuality, in future A.\n"
    shell.run("c = b.what_if(name='late')")
    shell.run("%wb")
    assert shell.told.endswith("You work on c: daily_flights, punctuality, in future late.\n")
    assert shell.refused("%wb use d") == "d holds no session; there is: a, b, c"


def test_a_session_made_before_the_extension_is_found(shell: Shell) -> None:
    shell.run("%reload_ext notebook_ext")
    shell.run("s = wb.sample('daily_flights')")
    shell.run("%reload_ext notebook_ext")
    shell.run("%wb")
    assert "You work on s" in shell.told


def test_loaded_again_nothing_is_there_twice(shell: Shell) -> None:
    many = len(shell.shell.Completer.custom_matchers), len(shell.shell.events.callbacks["post_run_cell"])
    shell.run("%reload_ext notebook_ext")
    found = len(shell.shell.Completer.custom_matchers), len(shell.shell.events.callbacks["post_run_cell"])
    assert found == many


def test_any_line_of_the_grammar(shell: Shell) -> None:
    shell.run("s = wb.sample('daily_flights', 'late_jfk')")
    assert shell.run("%wb until '2013-01-04 08:05'") is session(shell, "s")
    assert shell.run("%wb why publish").headline == "publish ended 06:15, well. It wrote 596 rows."
    shell.run("%wb back 05:55")
    assert shell.run("%wb wait extract for ewr lga jfk") is session(shell, "s")
    assert shell.told.startswith("s: extract waits for ewr lga jfk → what-if B; A stays as it is\n")
    shell.run("%wb until 08:05")
    assert shell.run("%wb compare A").first is not None
    assert "B" in str(shell.run("%wb future"))
    assert str(shell.run("%wb help rerun")).startswith("rerun TASK")
    assert shell.run("day = %wb data") is None
    assert "3 datasets" in str(shell.shell.user_ns["day"])


# errors


def test_a_refusal_is_a_sentence_and_no_traceback(shell: Shell) -> None:
    shell.run("s = wb.sample('daily_flights')")
    assert shell.refused("%wb late jkf@2013-01-03 95m") == "No input jkf. Did you mean jfk?"
    assert shell.refused("s.late('jkf@2013-01-03', '95m')") == "No input jkf. Did you mean jfk?"
    assert shell.refused("s.late('jfk@2013-01-03', bye='95m')") == "No word bye of late. Did you mean by?"
    assert shell.refused("%%task tidy after clena\n1").startswith(
        "No task, input or dataset clena. Did you mean clean?"
    )
    assert shell.refused("wb.sample('dayly_flights')").startswith("there is no sample 'dayly_flights'; did you mean")


def test_a_failing_line_of_a_task_is_shown_in_its_cell(flights: Shell) -> None:
    flights.run("%%task clean after extract\nleast = 1\n[row for row in extract if row['b'] > least]")
    flights.run("flights.until('2013-01-03 08:00')")
    told = flights.told[flights.told.index("The code of clean failed") :]
    assert told.splitlines()[0] == "The code of clean failed:"
    assert re.search(r"File <task clean \(\d+\)>:3, in clean\(extract\)", told)
    assert re.search(r"-> 3 +return \[row for row in extract if row\['b'\] > least\]", told)
    assert told.strip().endswith("KeyError: 'b'")
    assert "notebook_ext" not in told
    assert "workbench" not in told
    flights.run("flights")
    assert "The code of" not in flights.told  # once is enough


def test_a_cell_that_fails_at_once_shows_its_own_line_only(flights: Shell) -> None:
    told = flights.refused("%%task clean\nimport nothing_there\n\n\ndef clean(extract):\n    return extract")
    assert "-> 2 import nothing_there" in told
    assert told.endswith("ModuleNotFoundError: No module named 'nothing_there'")
    assert "run_cell_magic" not in told
    told = flights.refused("%%task clean\none = 1\ntwo = = 2")
    assert "<task clean, this cell>:3" in told
    assert "two = = 2" in told
    assert told.endswith("SyntaxError: invalid syntax")
    assert "run_cell_magic" not in told


# completion


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("%wb la", ["%wb late", "%wb late_rows"]),
        ("%wb ne", ["%wb never", "%wb next", "%wb new"]),
        ("%wb rerun ex", ["%wb rerun extract"]),
        ("%wb rerun extract ", ["%wb rerun extract down", "%wb rerun extract only", "%wb rerun extract up",
                                "%wb rerun extract failed"]),
        ("%wb why clean@l", ["%wb why clean@last"]),
        ("%wb why clean@2013-01-0", ["%wb why clean@2013-01-02", "%wb why clean@2013-01-01"]),
        ("%wb use ", ["%wb use flights"]),
        ("x = 1\n%wb set clean ret", ["x = 1\n%wb set clean retries"]),
        ("%%task tidy af", ["%%task tidy after"]),
        ("%%task tidy after ex", ["%%task tidy after extract"]),
    ],
)  # fmt: skip
def test_tab_offers_what_may_come_next(flights: Shell, text: str, offered: list[str]) -> None:
    session(flights).until("2013-01-03 08:00")
    assert flights.offers(text) == offered


def test_tab_in_plain_python_is_python(flights: Shell) -> None:
    assert "wb.sample" in flights.offers("wb.sam")
    assert "%%task x\nflights" in flights.offers("%%task x\nflig")


# a kernel


def test_in_a_kernel_it_is_the_same() -> None:
    manager = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    kernel = manager.KernelManager()
    kernel.start_kernel()
    client = kernel.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        _run(client, "import workbench as wb\n%load_ext notebook_ext\ns = wb.sample('daily_flights', 'late_jfk')")
        told = _run(client, "%wb until '2013-01-04 08:05'")
        assert "s: It is Fri 4 Jan 08:05." in told["stream"]
        assert "text/html" in told["execute_result"]
        assert "application/vnd.jupyter.widget-view+json" in told["execute_result"]
        assert _run(client, "s.late('jkf@2013-01-03', '95m')")["error"] == "No input jkf. Did you mean jfk?"
        told = _run(client, "%%task clean\nextract[:5] + nothing")
        assert "s: clean: 2 changes" in told["stream"]
        told = _run(client, "s.rerun('clean@2013-01-03').until('08:30')")
        assert "-> 2     return extract[:5] + nothing" in re.sub(r" +2 ", " 2 ", told["stream"]) or (
            "return extract[:5] + nothing" in told["stream"]
        )
        assert "NameError: name 'nothing' is not defined" in told["stream"]
        found = client.complete("%wb why pub", reply=True, timeout=60)["content"]
        assert found["matches"] == ["publish"]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def _run(client: Any, code: str) -> dict[str, Any]:
    """What a cell writes (`stream`), shows (`execute_result`) and raises (`error`), without colours."""
    told: dict[str, Any] = {"stream": "", "error": "", "execute_result": {}}

    def heard(message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            told["stream"] += _plain(content["text"])
        elif kind == "error":
            told["error"] = _plain("\n".join(content["traceback"]))
        elif kind == "execute_result":
            told["execute_result"] = content["data"]

    try:
        client.execute_interactive(code, output_hook=heard, timeout=60)
    except (TimeoutError, Empty):
        pytest.fail(f"no answer to: {code}")
    return told


def test_what_a_task_raises_at_a_button_of_the_picture_is_told_below_the_picture(flights: Shell) -> None:
    from notebook_ext.bench import BenchView

    flights.run("%%task clean after extract\n[row for row in extract if row['<b>'] > 1]")
    view = BenchView(wb.Bench(session(flights)))
    view.do("until '2013-01-02 05:00'")
    assert view.forms.trouble.value == ""
    view.do("until '2013-01-02 07:00'")
    told = view.forms.trouble.value
    assert told.startswith('<pre class="wb-form-trouble"')
    assert "The code of clean failed:" in told
    assert "KeyError: &#x27;&lt;b&gt;&#x27;" in told
    assert "\x1b" not in told
    flights.run("1")
    assert "The code of" not in flights.told  # once is enough
    view.do("until '2013-01-02 07:01'")
    assert view.forms.trouble.value == ""
