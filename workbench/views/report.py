"""A report about one recording: what an orchestration project has to show, from what happened and nothing else.

Seven questions: why one step waited, what happened when an input was late, how a failed partition reran, how a window
was backfilled, which checks guarded publication, who owned each alert, and what it cost. Where there was no occasion
for one, the report says so, and what to do to see it. Before them stands what was wrong with data. Pure, and the same
for the same recording.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.views.clock import listed, plural
from workbench.views.pictures import graph_of
from workbench.views.report_cost import facts, overview, what_it_cost
from workbench.views.report_guards import what_guarded, who_owned
from workbench.views.report_parts import Figure, Record, Report, Section
from workbench.views.report_repairs import how_it_backfilled, how_it_reran
from workbench.views.report_waits import when_late, why_it_waited
from workbench.views.report_wrong import what_was_wrong
from workbench.views.svg import svg
from workbench.views.targets import newest

__all__ = ["QUESTIONS", "Record", "Report", "report"]

QUESTIONS = (why_it_waited, when_late, how_it_reran, how_it_backfilled, what_guarded, who_owned, what_it_cost)


def report(record: Record) -> Report:
    """Everything, in the order in which it is asked."""
    sections = tuple(question(record) for question in QUESTIONS)
    return Report(
        f"Report of {record.name}", tuple(_about(record, sections)), facts(record), overview(record),
        tuple(_figures(record)), what_was_wrong(record), sections,
    )  # fmt: skip


def _about(record: Record, sections: tuple[Section, ...]) -> Iterator[str]:
    """What was recorded, from when until when, and how much of what one asks it shows."""
    zone, year = record.clock.zone, record.now.astimezone(record.clock.zone).year
    names = list(record.known.plans)
    span = f"{record.at(record.start)} to {record.at(record.now)} {year}, times in {zone.key}"
    yield f"{listed(names)}, {span}; {plural(len(record.log), 'event')}."
    shown = sum(one.came_up for one in sections)
    yield f"It answers {shown} of {len(sections)} questions that an orchestration project should answer."


def _figures(record: Record) -> Iterator[Figure]:
    """Each DAG, with the states of its newest run."""
    for plan in record.known.plans.values():
        spec, run = plan.spec, newest(record.known, plan.spec.name)
        edges = [f"{down} after {up}" for up, down in spec.edges()]
        about = f"{spec.description}. " if spec.description else ""
        states = f" As the run for {record.day(spec.name, run.key.partition)} stands." if run is not None else ""
        text = f"{about}{plural(len(spec.tasks), 'step')}: {', '.join(edges) or listed(list(spec.tasks))}.{states}"
        yield Figure(spec.name, svg(graph_of(spec, run, record.known)), text)
