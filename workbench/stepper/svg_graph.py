"""The DAG of the bench as SVG, with a slot for every node.

It is laid out once for each edit; a selection changes the skeleton, a step in time only the nodes to which something
happened. All lengths are px unless a name says units.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.edited import edited
from workbench.bench.panes.graph import dags_shown, nodes_shown, stage_shown
from workbench.stepper.svg_marks import mark_svg
from workbench.stepper.svg_nodes import CLOSE, DOTS, NARROW, SMALL, TIGHT, WIDE, Form, node_svg, outline, size_of
from workbench.views.canvas import Lit, lit
from workbench.views.dense import dense
from workbench.views.graph import SOLID, Edge
from workbench.views.layout import Layout, Place, Route, Size, least_width, place
from workbench.views.stage import Stage, Thing
from workbench.views.svg_parts import DASH, UNIT, dash_offset, number, path, pixels

if TYPE_CHECKING:
    from workbench.bench import Bench

# What a picture may be wide without being scrolled; how small it is shown before that, and its edge.
_FITS, _LEAST, _MARGIN = 1080, 0.78, 12
# Up to so many tasks a stage is drawn in these forms: the first that fits, else the last.
_FORMS: tuple[tuple[int, tuple[Form, ...]], ...] = (
    (25, (WIDE, CLOSE, TIGHT)), (90, (CLOSE, NARROW)), (400, (SMALL,)), (10**9, (DOTS,)),
)  # fmt: skip


class Laid(NamedTuple):
    """A stage with its places, in one form."""

    form: Form
    layout: Layout

    @property
    def width(self) -> int:
        return self.layout.width * UNIT + 2 * _MARGIN

    @property
    def height(self) -> int:
        return self.layout.height * UNIT + 2 * _MARGIN


def graph_slots(bench: Bench, slot: str) -> dict[str, str]:
    """The picture, and in slots of its own what changes with time."""
    return graph_frame(bench, slot) | graph_nodes(bench, slot)


def graph_frame(bench: Bench, slot: str) -> dict[str, str]:
    """The picture without what changes with time."""
    dags = f'<nav data-slot="{_dags_slot(slot)}" class="wb-dags"></nav>'
    return {slot: f'{dags}<div class="wb-scroll">{_picture(bench, slot)}</div>'}


def graph_nodes(bench: Bench, slot: str) -> dict[str, str]:
    """What changes with time: the DAGs, and what is in the nodes. It knows of no selection but of its DAG."""
    return {_dags_slot(slot): _dags(bench), **_nodes(bench, slot)}


def graph_svg(bench: Bench, slot: str) -> tuple[str, dict[str, str]]:
    """The element without what is in its nodes, and these, by slot."""
    return _picture(bench, slot), _nodes(bench, slot)


def _dags_slot(slot: str) -> str:
    return f"{slot}/dags"


def _picture(bench: Bench, slot: str) -> str:
    stage = stage_shown(bench)
    return _skeleton(stage, stage.of(bench.chosen.target), slot)


def _nodes(bench: Bench, slot: str) -> dict[str, str]:
    stage = stage_shown(bench)
    form, layout = laid(stage)
    nodes: dict[str, str] = {}
    marks, targets = edited(bench.session), {thing.id: thing.target for thing in stage.things}
    for node, spot in zip(nodes_shown(bench, stage), layout.places, strict=True):
        wide, place = spot.width * UNIT, f"{slot}/{node.id}"
        nodes |= node_svg(node, form, wide, spot.height * UNIT, place)
        if form is not DOTS:
            nodes[place] += mark_svg(marks.get(targets[node.id], ""), wide)
    return nodes


@lru_cache(maxsize=32)
def laid(stage: Stage) -> Laid:
    """The places of all things, in the first form that fits."""
    forms = next(some for most, some in _FORMS if stage.tasks <= most)
    for form in forms[:-1]:
        if least_width(_sizes(stage, form), _ends(stage), form.spacing) * UNIT <= _FITS:
            found = _laid(stage, form)
            if found.width <= _FITS:
                return found
    return _laid(stage, forms[-1])


def _laid(stage: Stage, form: Form) -> Laid:
    if form is DOTS:
        return Laid(form, _dots(dense(stage, _FITS // UNIT, 40)))
    return Laid(form, place(_sizes(stage, form), _ends(stage), form.spacing))


def _sizes(stage: Stage, form: Form) -> dict[str, Size]:
    return {thing.id: size_of(thing, form) for thing in stage.things}


def _ends(stage: Stage) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in stage.edges]


def _dots(layout: Layout) -> Layout:
    """Cells that are twice as wide as high, as squares."""
    spots = (Place(p.id, p.layer, p.row * 2 + 1, p.x, p.y * 2, 2, 2) for p in layout.places)
    return Layout(tuple(spots), (), (), layout.width, layout.height * 2)


@lru_cache(maxsize=256)
def _skeleton(stage: Stage, chosen: str, slot: str) -> str:
    found = laid(stage)
    wide, high, light = found.width, found.height, lit(stage, chosen)
    dots = " dots" if found.form is DOTS else ""
    label = f"{', '.join(stage.dags)}: {len(stage.things)} things and what they take from each other"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wb-pic wb-dag{dots}" role="group" aria-label="{escape(label)}"'
        f' width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" style="min-width:{round(wide * _LEAST)}px">'
        f'<g transform="translate({_MARGIN} {_MARGIN})">'
        + "".join(_edges(stage, found.layout, light))
        + _ring(stage, found.layout, chosen)
        + "".join(
            f'<g data-slot="{escape(f"{slot}/{spot.id}")}" data-target="{escape(thing.target)}" role="button"'
            f' tabindex="0" class="node kind-{thing.kind} {light.of(spot.id)}" transform="translate({_corner(spot)})">'
            "</g>"
            for thing, spot in sorted(zip(stage.things, found.layout.places, strict=True), key=_as_read)
        )
        + "</g></svg>"
    )


def _as_read(one: tuple[Thing, Place]) -> tuple[int, int]:
    """From left to right, and downwards: the order in which a keyboard comes to them."""
    return one[1].x, one[1].y


def _corner(spot: Place) -> str:
    return f"{spot.x * UNIT} {spot.y * UNIT}"


def _ring(stage: Stage, layout: Layout, chosen: str) -> str:
    """Around what is selected."""
    found = ((thing, spot) for thing, spot in zip(stage.things, layout.places, strict=True) if thing.id == chosen)
    return "".join(
        f'<path class="ring" transform="translate({_corner(spot)})"'
        f' d="{outline(thing.kind, spot.width * UNIT, spot.height * UNIT)}"/>'
        for thing, spot in found
    )


# lines


def _edges(stage: Stage, layout: Layout, light: Lit) -> list[str]:
    """The dashed ones first, and those last that are lit, so that they cover the others."""
    routes = {(route.source, route.target): route for route in layout.routes}
    ordered = sorted(stage.edges, key=lambda edge: (bool(_lit_as(edge, light)), edge.kind in SOLID))
    return [
        _edge(edge, routes[edge.source, edge.target], _lit_as(edge, light))
        for edge in ordered
        if (edge.source, edge.target) in routes
    ]


def _lit_as(edge: Edge, light: Lit) -> str:
    if edge.target == light.chosen or edge.target in light.up:
        return "up"
    return "down" if edge.source == light.chosen or edge.source in light.down else ""


def _edge(edge: Edge, route: Route, how: str) -> str:
    points = pixels(route)
    x, y = points[-1]
    dash = f' stroke-dasharray="{DASH[0]} {DASH[1]}" stroke-dashoffset="{dash_offset(points)}"'
    return (
        f'<g class="edge {how}"><path class="line" d="{path(points)}"{"" if edge.kind in SOLID else dash}/>'
        f'<path class="head" d="M{number(x + 7)} {number(y)}l-9 -4.5v9z"/></g>'
    )


# the DAGs


def _dags(bench: Bench) -> str:
    """All of them with the state of their runs; that of the selection is marked."""
    glyphs = dags_shown(bench)
    word = "pipeline:" if len(glyphs) == 1 else "pipelines:"
    return f"<span>{word}</span>" + "".join(_dag(dag, glyphs[dag], dag == bench.dag) for dag in bench.known.plans)


@lru_cache(maxsize=1024)
def _dag(dag: str, glyph: str, is_shown: bool) -> str:
    now = ' aria-current="true"' if is_shown else ""
    name = escape(dag)
    return f'<button type="button" data-target="dag:{name}"{now}>{name} <i>{glyph}</i></button>'
