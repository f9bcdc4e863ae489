"""Writing pipelines: what is written reads back the same; what was there keeps its text; no comment goes silently."""

from __future__ import annotations

import dataclasses
import random
import re
from collections import Counter
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import workbench as wb
from tests import specs
from workbench.model import (
    AddCheck,
    AddInput,
    AddTask,
    Check,
    DagSpec,
    Edit,
    Input,
    InvalidInput,
    RemoveInput,
    RemoveTask,
    RenameTask,
    SetDag,
    SetInput,
    SetTask,
    SplitTask,
    Task,
    WaitFor,
    Workspace,
    apply_edit,
    check_workspace,
)
from workbench.model.reading import read_workspace, read_workspace_text
from workbench.model.rewriting import Rewritten, rewritten
from workbench.model.spots import comments_of
from workbench.model.writing import written
from workbench.opening import samples

FILES = sorted((Path(__file__).parents[1] / "tutorials").glob("**/*.yaml"))
DAILY = samples()["daily_flights"]
HARBOR = samples()["harbor_air"]
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def pipelines() -> list[Path]:
    """All files that ship and can be read."""
    return [path for path in FILES if "\ndag:" in f"\n{path.read_text('utf-8')}" and _is_right(path)]


def _is_right(path: Path) -> bool:
    try:
        read_workspace(path)
    except InvalidInput:
        return False
    return True


def mended(value: Any) -> Any:
    """Without the characters that no YAML file may hold."""
    if isinstance(value, str):
        return _ODD.sub("~", value)
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(mended(item) for item in value)
    if isinstance(value, Mapping):
        return {key: mended(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{f.name: mended(getattr(value, f.name)) for f in dataclasses.fields(value)})
    return value


def edited(path: Path, *edits: Edit, dag: str = "daily_flights", **settings_: Any) -> tuple[str, Workspace, Rewritten]:
    """A shipped file, the workspace after some edits, and the file written over."""
    source = path.read_text("utf-8")
    whole = read_workspace_text(source).workspace
    spec = whole.dags[dag]
    for edit in edits:
        spec = apply_edit(spec, edit)
    now = dataclasses.replace(whole, dags={**whole.dags, dag: spec}, **settings_)
    return source, now, rewritten(source, now)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    return list((old - new).elements()), list((new - old).elements())


# all anew


@pytest.mark.parametrize("path", pipelines(), ids=lambda path: path.stem)
def test_every_file_that_ships_reads_back_the_same(path: Path) -> None:
    before = read_workspace(path).workspace
    text = written(before)
    after = read_workspace_text(text).workspace
    assert after == before
    assert [*after.dags] == [*before.dags]
    assert all([*spec.tasks] == [*before.dags[name].tasks] for name, spec in after.dags.items())
    assert max(map(len, text.splitlines())) <= 120


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs.dags(), specs.dags(), specs.workspaces())
def test_whatever_there_is_reads_back_the_same(one: DagSpec, other: DagSpec, shared: Workspace) -> None:
    """`written` and `rewritten` read what they made and compare: they raise when it is not the same."""
    before = mended(dataclasses.replace(shared, dags={one.name: one}))
    text = written(before)
    assert rewritten(text, before).text == text
    now = mended(dataclasses.replace(before, dags={one.name: dataclasses.replace(other, name=one.name)}))
    rewritten(text, now)


def test_it_is_what_a_person_would_write() -> None:
    dag = wb.Dag("sales", schedule="0 6 * * *", timezone="Europe/Berlin", start="2013-01-01", deadline="08:00")
    dag.input("shops", expected="05:30")
    dag.task("extract", needs="shops", takes="10m", retries={"max": 5, "delay": "2m", "backoff": 2})
    dag.task("clean", needs="extract", takes="3m", retries=1, sql="SELECT 1\nFROM extract\n")
    dag.task("wait", sensor=["ledger.close"], description="It waits, and: nothing else")
    made = written(Workspace({"sales": dag.spec}, pools={"w": 2}, workers=4))
    assert made == dedent(
        """\
        dag: sales
        schedule: "0 6 * * *"
        timezone: Europe/Berlin
        start: 2013-01-01
        deadline: "08:00"
        inputs:
          shops: {expected: "05:30"}
        tasks:
          extract: {needs: [shops], takes: 10m, retries: {max: 5, delay: 2m, backoff: 2}}
          clean:
            needs: [extract]
            takes: 3m
            retries: 1
            sql: |
              SELECT 1
              FROM extract
          wait: {sensor: [ledger.close], description: "It waits, and: nothing else"}
        ---
        pools: {w: 2}
        workers: 4
        """
    )


def test_a_start_that_is_no_midnight_of_the_zone_is_an_instant() -> None:
    dag = wb.Dag("a", timezone="Europe/Berlin", start="2013-01-01T00:00Z")
    assert "start: 2013-01-01T00:00Z\n" in written(Workspace({"a": dag.spec}))


def test_functions_of_python_are_refused() -> None:
    dag = wb.Dag("a")

    @dag.task
    def load() -> None:
        """Nothing."""

    with pytest.raises(InvalidInput, match=r"a\.load: what it does is a function made in Python.*module:function"):
        written(Workspace({"a": dag.spec}))
    with pytest.raises(InvalidInput, match="made in Python"):
        rewritten("dag: a\ntasks: {}\n", Workspace({"a": dag.spec}))


def test_text_that_no_file_can_hold_is_refused() -> None:
    spec = DagSpec("a", {"load": Task("load", description="a\x00b")})
    with pytest.raises(InvalidInput, match=r"cannot be written as a file.*invisible character"):
        written(Workspace({"a": spec}))


# over what is there


@pytest.mark.parametrize("path", pipelines(), ids=lambda path: path.stem)
def test_what_has_not_changed_is_left_as_it_is(path: Path) -> None:
    source = path.read_text("utf-8")
    assert rewritten(source, read_workspace(path).workspace) == Rewritten(source)


EDITS: list[tuple[str, tuple[Edit, ...], dict[str, Any], list[str], list[str], list[str]]] = [
    (
        "a value in brackets", (SetTask("clean", {"retries": 3}),), {},
        ['  clean: {needs: [extract], takes: 3m, run: "flights:clean", retries: 1, writes: [stg_flights]}'],
        ['  clean: {needs: [extract], takes: 3m, run: "flights:clean", retries: 3, writes: [stg_flights]}'],
        [],
    ),
    (
        "a value on its line", (SetTask("extract", {"takes": "12m"}),), {}, ["    takes: 10m"], ["    takes: 12m"], [],
    ),
    (
        "beside a comment", (SetDag({"partition": "week"}),), {},
        ["partition: day                  # the run of Fri 06:00 owns Thu"],
        ["partition: week                  # the run of Fri 06:00 owns Thu"],
        [],
    ),
    (
        "a new name", (RenameTask("extract", "fetch"),), {},
        ["  extract:",
         '  clean: {needs: [extract], takes: 3m, run: "flights:clean", retries: 1, writes: [stg_flights]}'],
        ["  fetch:", '  clean: {needs: [fetch], takes: 3m, run: "flights:clean", retries: 1, writes: [stg_flights]}'],
        [],
    ),
    (
        "a task before another", (AddTask(Task("look", ("clean",)), "publish"),), {},
        [], ["  look: {needs: [clean]}"], [],
    ),
    (
        "waiting", (WaitFor("extract", ("ewr", "jfk", "lga")),), {},
        ["    reads: [ewr, jfk, lga]      # takes what is there; `needs` would wait"], ["    needs: [ewr, jfk, lga]"],
        ["# takes what is there; `needs` would wait"],
    ),
    (
        "a key that goes", (SetDag({"end": None}),), {},
        ["end: 2013-01-15                 # the data that ships ends here"], [], ["# the data that ships ends here"],
    ),
    (
        "settings", (), {"pools": {"warehouse": 2, "lake": 1}, "workers": None},
        ["pools: {warehouse: 2}", "workers: 4"], ["pools: {warehouse: 2, lake: 1}"], [],
    ),
    (
        "a block for one line", (AddCheck("stg_flights", Check("volume", "rows", min=500)),), {},
        ['  stg_flights: {store: object_store, owner: analytics-oncall, description: "The flights of a day, cleaned"}'],
        ["  stg_flights:", "    store: object_store", "    owner: analytics-oncall",
         "    description: The flights of a day, cleaned", "    checks:", "      volume: {kind: rows, min: 500}"],
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edits", "more", "gone", "new", "lost"), [row[1:] for row in EDITS], ids=[r[0] for r in EDITS]
)
def test_only_what_changed_is_written_anew(
    edits: tuple[Edit, ...], more: dict[str, Any], gone: list[str], new: list[str], lost: list[str]
) -> None:
    source, now, made = edited(DAILY, *edits, **more)
    assert read_workspace_text(made.text).workspace == now
    assert changed_lines(source, made.text) == (gone, new)
    assert list(made.lost) == lost


def test_any_edit_of_any_file_keeps_the_rest_and_names_lost_comments() -> None:
    """Some hundred random edits: the file reads back, and a comment is in it or in `lost`."""
    draw = random.Random(7)
    files = [path.read_text("utf-8") for path in pipelines()]
    done = 0
    for _ in range(120):
        source = draw.choice(files)
        before = read_workspace_text(source).workspace
        now = _some_edits(draw, before)
        if now is None:
            continue
        made = rewritten(source, now)
        assert read_workspace_text(made.text).workspace == now
        old, new = Counter(comments_of(source)), Counter(comments_of(made.text))
        assert Counter(made.lost) == old - new
        same = [part for part in source.split("\n---\n") if part.startswith("scenario:")]
        assert all(part.rstrip() in made.text for part in same)
        done += 1
    assert done > 60


def _some_edits(draw: random.Random, workspace: Workspace) -> Workspace | None:
    spec = workspace.dags[draw.choice([*workspace.dags])]
    for _ in range(draw.randint(1, 3)):
        task, item = draw.choice([*spec.tasks] or ["none"]), draw.choice([*spec.inputs] or ["none"])
        edits: list[Edit] = [
            SetTask(task, {"takes": timedelta(minutes=draw.randint(1, 90)), "retries": draw.randint(0, 3)}),
            SetTask(task, {"owner": "somebody", "timeout": "2h", "description": "What, it does: this # not that"}),
            RenameTask(task, f"{task}_{draw.randint(2, 99)}"),
            SplitTask(task, (f"{task}_a", f"{task}_b")),
            RemoveTask(task),
            AddTask(Task(f"new_{draw.randint(2, 99)}", (task,)), draw.choice(["", task])),
            SetDag({"schedule": draw.choice(["every 90m", "30 7 * * 1"]), "deadline": {"within": "2h"}}),
            AddInput(Input(f"in_{draw.randint(2, 99)}", time(draw.randrange(24)), owner="some: body")),
            SetInput(item, {"expected": draw.choice([None, "+90m", "05:05"]), "deadline": "09:00", "rows": 7}),
            RemoveInput(item),
            SetDag({"description": "First\nsecond", "owner": None}),
        ]
        try:
            spec = apply_edit(spec, draw.choice(edits))
        except InvalidInput:
            continue
    if not spec.tasks:
        return None
    now = dataclasses.replace(workspace, dags={**workspace.dags, spec.name: spec})
    return None if check_workspace(now) else now


def test_inputs_are_written_where_they_are_declared() -> None:
    add, later = AddInput(Input("fees", time(5, 30), owner="finance")), SetInput("jfk", {"expected": "07:00"})
    source, now, made = edited(DAILY, add, later, SetTask("extract", {"reads": ("ewr", "jfk", "lga", "fees")}))
    gone, new = changed_lines(source, made.text)
    assert '  fees: {expected: "05:30", owner: finance}' in new
    assert len(gone) <= 2
    assert read_workspace_text(made.text).workspace == now


def test_comments_above_and_between_entries_stay_where_they_are() -> None:
    source = dedent(
        """\
        # the head
        dag: a   # a name

        tasks:
          # the first
          one: {takes: 1m}    # short

          # the second
          two:
            needs:
              - one   # because
              - zero
            takes: 2m
            # at the end of two
          zero: {}

        # the settings
        ---
        # on pools
        pools:
          w: 2  # two
        """
    )
    whole = read_workspace_text(source).workspace
    spec = apply_edit(
        apply_edit(whole.dags["a"], SetTask("two", {"needs": ("one", "new")})), AddTask(Task("new"), "zero")
    )
    made = rewritten(source, dataclasses.replace(whole, dags={"a": spec}, pools={"w": 3, "v": 1}))
    assert made.lost == ()
    wanted = source.replace("- zero\n", "- new\n").replace("  zero: {}\n", "  new: {takes: 1m}\n  zero: {}\n")
    assert made.text == wanted.replace("  w: 2  # two\n", "  w: 3  # two\n  v: 1\n")


def test_an_entry_that_goes_takes_its_own_comments_along_and_no_others() -> None:
    head, mine, last = "dag: a\ntasks:\n  one: {}\n", "  # mine\n  two: {}  # too\n", "  # yours\n  three: {}\n"
    whole = read_workspace_text(head + mine + last).workspace
    spec = apply_edit(whole.dags["a"], RemoveTask("two"))
    assert rewritten(head + mine + last, Workspace({"a": spec})) == Rewritten(head + last, ("# mine", "# too"))


def test_a_template_stays_for_the_dags_that_are_as_it_makes_them() -> None:
    source = dedent(
        """\
        template: load   # one for each airport
        parameters:
          - {airport: ewr}   # Newark
          - {airport: jfk}
          - {airport: lga}
        dag: load_{airport}
        tasks:
          extract: {takes: 5m}
        """
    )
    whole = read_workspace_text(source).workspace
    spec = apply_edit(whole.dags["load_jfk"], SetTask("extract", {"takes": "9m"}))
    made = rewritten(source, dataclasses.replace(whole, dags={**whole.dags, "load_jfk": spec}))
    assert (
        made.text == source.replace("  - {airport: jfk}\n", "") + "---\ndag: load_jfk\ntasks:\n  extract: {takes: 9m}\n"
    )
    assert made.notes == ("load_jfk no longer made by template load: it differs from it now",)


def test_line_ends_of_another_system_stay() -> None:
    source = "# é\r\ndag: a\r\ntasks:\r\n  one: {takes: 5m}\r\n  # ü\r\n  two: {}\r\n"
    whole = read_workspace_text(source).workspace
    spec = apply_edit(whole.dags["a"], SetTask("one", {"takes": "9m"}))
    assert rewritten(source, Workspace({"a": spec})).text == source.replace("5m", "9m")


def test_a_file_that_cannot_be_read_is_written_anew() -> None:
    whole = read_workspace_text("dag: a\ntasks: {one: {}}\n").workspace
    assert rewritten("dag: [\n", whole).text == written(whole)
    assert rewritten("", whole).text == written(whole)
