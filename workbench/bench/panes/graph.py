"""The picture of the DAG, and which thing is beside which."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from workbench.views.canvas import Picture, picture_of
from workbench.views.cells import cell_width
from workbench.views.clock import plural
from workbench.views.forms import MODES, Mode
from workbench.views.graph import Node, look
from workbench.views.overview import overview
from workbench.views.sheet import Sheet
from workbench.views.stage import Stage, stage_of
from workbench.views.stage_state import dag_glyph, nodes_of
from workbench.views.walking import beside

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_BUSY = ("failed", "blocked", "up_for_retry", "running", "queued", "scheduled", "up_for_reschedule")


def graph(bench: Bench, width: int, height: int, mode: str) -> Sheet:
    """The DAG of the selection, or all DAGs, as large as fits; larger where nothing fits."""
    stage = stage_shown(bench)
    chosen = stage.of(bench.chosen.target)
    bench.graph_room = (width, height, _mode(mode) if mode != "auto" else bench.graph_mode)
    picture = picture_of(stage, *bench.graph_room)
    nodes = nodes_shown(bench, stage)
    spot = picture.places.get(chosen)
    focus = (spot.x + spot.width // 2, spot.row) if spot is not None else None
    return Sheet(_title(bench, picture, nodes, chosen, width), picture.rows(nodes, chosen), focus)


def graph_height(bench: Bench, width: int, height: int) -> int:
    """How many rows the picture takes in a pane of that size."""
    return picture_of(stage_shown(bench), width, height, bench.graph_mode).height


def neighbour(bench: Bench, direction: str) -> str:
    """The target of the thing beside the selection in the picture; empty when there is none."""
    picture = _picture(bench)
    chosen = picture.stage.of(bench.chosen.target)
    if not chosen:
        return next((thing.target for thing in picture.stage.things if thing.target.startswith("task:")), "")
    return beside(picture, chosen, direction)


def graph_overview(bench: Bench, width: int, height: int, seen: tuple[int, int, int, int]) -> Sheet:
    """The same picture in a corner. `seen`: which part of it is on the screen: x, y, width, height."""
    picture = _picture(bench)
    chosen = picture.stage.of(bench.chosen.target)
    return Sheet("", overview(picture, nodes_shown(bench, picture.stage), chosen, (width, height), seen))


def other_dag(bench: Bench, step: int) -> str:
    """The target of the first task of the DAG before or after the one that is shown."""
    names = list(bench.known.plans)
    dag = names[(names.index(bench.dag) + step) % len(names)]
    tasks = bench.known.plans[dag].tasks
    return f"task:{dag}.{next(iter(tasks))}" if tasks else f"dag:{dag}"


def active_task(bench: Bench) -> str:
    """The target of the task of the run shown that does something now, or that was the last to do so; empty before
    any has."""
    run = bench.run
    if run is None:
        return ""
    ranked = [(_RANK.get(cell.state, 0), cell.seq, name) for name, cell in run.cells.items() if name in run.plan.tasks]
    rank, _, name = max(((rank, seq, name) for rank, seq, name in ranked if rank), default=(0, 0, ""))
    return f"task:{bench.dag}.{name}" if rank else ""


# What is under way before what has ended; of those the last that changed.
_RANK = {"running": 3, "up_for_reschedule": 2, "up_for_retry": 2, "queued": 2, "scheduled": 2, "failed": 1,
         "success": 1, "skipped": 1, "upstream_failed": 1}  # fmt: skip


def _picture(bench: Bench) -> Picture:
    return picture_of(stage_shown(bench), *bench.graph_room)


def stage_shown(bench: Bench) -> Stage:
    """The DAG of the selection, or all of them; the same object as long as nobody edits."""
    return stage_of(bench.known, tuple(bench.known.plans) if bench.shows_all else (bench.dag,))


def nodes_shown(bench: Bench, stage: Stage) -> tuple[Node, ...]:
    """The nodes of the stage as they are now; made once for all who ask at this instant."""
    key = (stage, bench.known, bench.now, bench.dag, bench.window)
    if bench.graph_nodes is None or bench.graph_nodes[0] != key:
        bench.graph_nodes = (key, nodes_of(stage, bench.known, bench.now, bench.dag, bench.window))
    return bench.graph_nodes[1]


def _mode(mode: str) -> Mode:
    return next((one for one in MODES if one == mode), "auto")


def _title(bench: Bench, picture: Picture, nodes: tuple[Node, ...], chosen: str, width: int) -> str:
    """The DAGs with the state of their runs; where tasks have no names, which one is selected, and how many do what."""
    if picture.form.mode == "map":
        said = f"{plural(picture.stage.tasks, 'task')}: {_counts(nodes)}"
        name = next((f"{look(node.state).glyph} {node.title}  {node.note}" for node in nodes if node.id == chosen), "")
        return f"{name}    {said}" if name else said
    glyphs = dags_shown(bench)
    if len(glyphs) == 1:
        return "pipeline: " + "".join(f"{dag} {glyph}" for dag, glyph in glyphs.items())
    found, hidden = "pipelines:", 0
    for name, glyph in glyphs.items():
        more = f" {name} {glyph} "
        if cell_width(found + more) > width - 14:
            hidden += 1
        else:
            found += more
    return found + (f" and {hidden} more" if hidden else "").rstrip()


def dags_shown(bench: Bench) -> dict[str, str]:
    """All DAGs, that of the selection first, each with the glyph of its run beside the one shown."""
    dags = list(bench.known.plans)
    start = 0 if bench.shows_all else dags.index(bench.dag)
    return {dag: dag_glyph(bench.known, dag, bench.dag, bench.window) for dag in dags[start:] + dags[:start]}


def _counts(nodes: tuple[Node, ...]) -> str:
    """`3 ✖  1 ◐  196 ●`: of the tasks, the urgent first."""
    found = Counter(node.state for node in nodes if node.kind == "task")
    ordered = sorted(found, key=lambda state: _BUSY.index(state) if state in _BUSY else len(_BUSY))
    return "  ".join(f"{found[state]} {look(state).glyph}" for state in ordered)
