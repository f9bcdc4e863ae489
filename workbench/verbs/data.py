"""Verbs about data: what is live, what is set aside, who is told, and which checks are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import ordering
from workbench.ordering import Order, target_of
from workbench.ordering.here import refuse, unknown
from workbench.verbs.edits import settings_of
from workbench.verbs.grammar import Command

if TYPE_CHECKING:
    from workbench.session import Session


def _number(command: Command, name: str) -> int | None:
    text = command.get(name)
    return int(text) if text is not None else None


def quarantine(session: Session, command: Command) -> Order:
    return ordering.quarantine(
        session.here(), target_of(command.one("ROWS")), command.one("where"), command.get("owner") or ""
    )


def withdraw(session: Session, command: Command) -> Order:
    return ordering.withdraw(session.here(), target_of(command.one("VERSIONS")), _number(command, "to"))


def approve(session: Session, command: Command) -> Order:
    return ordering.approve(session.here(), target_of(command.one("HELD")), _number(command, "N"))


def notify(session: Session, command: Command) -> Order:
    return ordering.notify(session.here(), target_of(command.one("about")), _names(command.all("READER")))


def _names(words: list[str]) -> list[str]:
    """`ann, bob` and `ann bob` are the same."""
    return [name for word in words for name in word.split(",") if name]


def check_add(session: Session, command: Command) -> Order:
    place, name, kind = command.one("DATASET"), command.one("NEW"), command.one("LOOKS")
    return ordering.add_check(session.here(), place, name, kind, settings_of(command))


def check_set(session: Session, command: Command) -> Order:
    return ordering.set_check(session.here(), command.one("CHECK"), settings_of(command))


def check_rm(session: Session, command: Command) -> Order:
    return ordering.remove_check(session.here(), command.one("CHECK"))


def set_dataset(session: Session, command: Command) -> Order:
    return ordering.set_dataset(session.here(), command.one("DATASET"), settings_of(command))


def route(session: Session, command: Command) -> Order:
    """`route DAG to NAME`, or `route ROUTE NAME...`."""
    what, to, people = command.one("FROM"), command.get("to"), _names(command.all("PERSON"))
    known = session.state.known
    if (to is None) == (not people):
        raise refuse(
            "route takes a DAG and whom it tells, or a route and its people: route daily_flights to ingest-oncall, "
            'or route "#data-alerts" ingest-oncall'
        )
    if to is not None:
        return ordering.route_dag(session.here(), what, to)
    if what in known.plans:
        raise refuse(f"{what} is a DAG; whom it tells is written: route {what} to {people[0]}")
    if what in known.roster:
        raise unknown("route", what, known.routes, f"{what} is a person; a route is a channel such as #data-alerts.")
    return ordering.route_people(session.here(), what, people)
