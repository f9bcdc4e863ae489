"""Keys of the bench: the picture. All DAGs or one, boxes or pills or a map, another DAG, follow what is under way."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.acting.base import Acting

_SAID = {
    "auto": "The picture takes the form that fits.",
    "boxes": "Boxes.",
    "pills": "One row for each task.",
    "map": "One cell for each task.",
}


class Graphing(Acting):
    """How the picture is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all_dags", "All DAGs in one picture, or one"),
        Binding("z", "form", "The picture as boxes, rows, a map, or what fits"),
        Binding("left_square_bracket", "other_dag(-1)", "The DAG before", key_display="["),
        Binding("right_square_bracket", "other_dag(1)", "The DAG after", key_display="]"),
        Binding("v", "follow", "Follow the task that is under way"),
    ]

    def action_all_dags(self) -> None:
        self.bench.shows_all = not self.bench.shows_all
        self.draw()

    def action_form(self) -> None:
        self.say(_SAID[self.bench.other_graph_mode()])
        self.draw()

    def action_other_dag(self, step: int) -> None:
        self.bench.show_other_dag(step)
        self.draw()

    def action_follow(self) -> None:
        is_on = self.bench.follow()
        self.say("The selection follows the task that is under way; v again stops that." if is_on
                 else "The selection stays where it is.")  # fmt: skip
        self.draw()
