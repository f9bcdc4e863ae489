"""The table of verbs: each a row. Help, the list of the command line, docs/verbs.md and completion come from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from workbench import ordering
from workbench.ordering import Order, target_of
from workbench.verbs import asking, backfills, data, data_faults, edits, faults, moves, stories
from workbench.verbs.grammar import Command, Form
from workbench.verbs.moves import Answer

if TYPE_CHECKING:
    from workbench.session import Session


class Verb(NamedTuple):
    """One row. A verb either `orders` something, which is recorded and can be undone, or `answers`."""

    group: str
    name: str
    pattern: str
    help: str
    example: str
    orders: Callable[[Session, Command], Order] | None = None
    answers: Callable[[Session, Command], Answer] | None = None
    aliases: tuple[str, ...] = ()

    @property
    def form(self) -> Form:
        return Form(self.name, self.pattern, self.example)

    def asks(self, command: Command) -> bool:
        """Does a line of it only ask, so that its answer is what one wants to see?"""
        return self.group == _ASK or (self.name == "future" and not command.given)


def _rerun(session: Session, command: Command) -> Order:
    flags = ("down" in command, "up" in command, "failed" in command)
    return ordering.rerun(session.here(), target_of(command.one("TASKS")), *flags)


def _mark(session: Session, command: Command) -> Order:
    return ordering.mark(session.here(), target_of(command.one("TASKS")), command.one("STATE"))


def _kill(session: Session, command: Command) -> Order:
    return ordering.kill(session.here(), target_of(command.one("TASKS")))


def _pause(session: Session, command: Command) -> Order:
    return ordering.pause(session.here(), command.one("DAGS"), command.verb == "pause")


def _trigger(session: Session, command: Command) -> Order:
    return ordering.trigger(session.here(), target_of(command.one("RUN")))


def _lift(session: Session, command: Command) -> Order:
    return ordering.lift(session.here(), " ".join(command.all("WHAT")))


def _help(session: Session, command: Command) -> Answer:
    from workbench.verbs.telling import help_lines

    first, *rest = help_lines(" ".join(command.all("VERB")))
    return Answer(first, tuple(rest))


_MOVE, _ASK, _WORLD, _REPAIR, _EDIT = "move in time", "ask", "what goes wrong", "repair and run", "change the DAG"
_DATA = "data, checks and alerts"
_SPOILT = "what goes wrong with data"
_ROWS = (
    Verb(_MOVE, "step", "[N] [event]", "On to the next instant at which something happens, or by one event.",
         "step", answers=moves.step, aliases=("next",)),
    Verb(_MOVE, "run", "[TIME] [until TIME]", "Let time go on, to the scenario's end or until a time.",
         "run until 08:05", answers=moves.run, aliases=("until",)),
    Verb(_MOVE, "go", "[TIME] [event N]", "To a time, forward or back, or to just after an event.",
         "go 07:35", answers=moves.go, aliases=("seek",)),
    Verb(_MOVE, "back", "[TIME]", "Undo the last step exactly, or go back to a time.",
         "back 05:55", answers=moves.back),
    Verb(_MOVE, "undo", "", "To before the last command, and on without it; the future with it stays.",
         "undo", answers=moves.undo),
    Verb(_MOVE, "redo", "", "Back to where undo was given.", "redo", answers=moves.redo),
    Verb(_MOVE, "future", "[FUTURE]", "To the same time of another future; without a name, which futures there are.",
         "future A", answers=moves.future, aliases=("switch", "futures")),
    Verb(_ASK, "why", "TASK [at TIME]", "Why a task, or a run of a DAG, is as it is: what the orchestrator knows.",
         "why publish@2013-01-03 at 07:00", answers=moves.why),
    Verb(_ASK, "story", "[STORY]", "What happened on a day, or in one run, so far; without a day, today.",
         "story daily_flights@2013-01-02", answers=stories.story, aliases=("show",)),
    Verb(_ASK, "compare", "[FUTURE]", "This future beside another: the first difference, its cause, the outcome.",
         "compare A", answers=moves.compare),
    Verb(_ASK, "data", "[STORED]", "Datasets, the versions of one, or all about one day of it.",
         "data pub_punctuality@2013-01-02", answers=asking.data),
    Verb(_ASK, "lineage", "[SHOWN] [up|down|stale]",
         "Of what a version was made (up), what was made of it (down); or what is live and stale.",
         "lineage pub_punctuality@2013-01-02 up", answers=asking.lineage),
    Verb(_ASK, "alerts", "", "Who was told what, by which route, and who never was.", "alerts",
         answers=asking.alerts),
    Verb(_ASK, "card", "CARD [BESIDE]", "What a run was made of: code, inputs, outputs; or how two runs differ.",
         "card daily_flights@2013-01-02", answers=asking.card),
    Verb(_ASK, "faults", "[all]", "Faults that were injected and hold, with their numbers; all: the scenario's too.",
         "faults", answers=moves.faults),
    Verb(_ASK, "help", "[VERB...]", "All verbs, or one of them.", "help rerun", answers=_help),
    Verb(_WORLD, "late", "INPUTS [SPAN] [at TIME]", "An input comes that much after it is due, or at a time.",
         "late jfk@2013-01-03 95m", faults.about_input(faults.late)),
    Verb(_WORLD, "never", "INPUTS", "An input never comes.", "never jfk@2013-01-03",
         faults.about_input(faults.never)),
    Verb(_WORLD, "fail", "TASKS [TRIES] [after SPAN]", "The first tries fail (one if nothing is said), or by chance.",
         "fail clean@2013-01-03 2", faults.fail, aliases=("flaky",)),
    Verb(_WORLD, "outage", "WHERE [from TIME] until TIME [after SPAN] [capacity N] [overload N] [again SPAN]",
         "What tasks call is down; once up it may serve only `capacity` calls a minute, or fall to an overload.",
         "outage extract from 06:00 until 06:20",
         faults.while_("outage", "after", "capacity", "overload", "again")),
    Verb(_WORLD, "quota",
         "WHERE [at_once N] [calls N] [per SPAN] [ban_after N] [ban_within SPAN] [ban SPAN] [after SPAN]",
         "What tasks call refuses more than so many calls at once, or in a time; who insists is banned.",
         "quota extract calls 100 per 1h", faults.quota),
    Verb(_WORLD, "slow", "TASKS [factor FACTOR] [takes SPAN] [tries N]", "Tries take longer than usual.",
         "slow clean@2013-01-03 factor 3", faults.slow),
    Verb(_WORLD, "varies", "TASKS SPAN... [tries N] [in_turn]",
         "Each try lasts one of these spans, by chance; in_turn: the first try the first of them, and so on.",
         "varies clean 2m 3m 7m", faults.varies),
    Verb(_WORLD, "hang", "TASKS [tries N]", "Tries never end by themselves; a timeout or kill ends them.",
         "hang clean@2013-01-03", faults.of_task("hang", "tries")),
    Verb(_WORLD, "bug", "TASKS [version VERSION] [after SPAN]", "Tries that run this version of the code fail.",
         "bug clean version v1", faults.of_task("bug", "version", "after")),
    Verb(_WORLD, "lose", "TASKS [tries N] [after SPAN] [noticed SPAN]",
         "The worker dies; the scheduler notices some time later.",
         "lose clean@2013-01-03 noticed 5m", faults.of_task("worker_lost", "tries", "after", "noticed")),
    Verb(_WORLD, "zombie", "TASKS [tries N] [after SPAN] [noticed SPAN] [commits SPAN]",
         "A worker is cut off and declared dead, and does its work all the same.",
         "zombie publish@2013-01-03", faults.of_task("zombie", "tries", "after", "noticed", "commits")),
    Verb(_WORLD, "unheard", "TASKS [tries N] [noticed SPAN]",
         "The work is done and the answer is lost: it is believed to have failed.",
         "unheard publish@2013-01-03", faults.of_task("lost_answer", "tries", "noticed")),
    Verb(_WORLD, "choose", "TASKS NAME...", "What a branch will follow; none: nothing.",
         "choose pick@2013-01-03 delta_load", faults.choose),
    Verb(_WORLD, "scheduler down", "[from TIME] until TIME", "The scheduler is away: nothing is decided meanwhile.",
         "scheduler down from 05:50 until 07:00", faults.while_("scheduler_down")),
    Verb(_WORLD, "lift", "WHAT...", "A fault holds no longer: its number, or words of it.", "lift 1", _lift),
    *(Verb(_SPOILT, *row) for row in data_faults.ROWS),
    Verb(_REPAIR, "rerun", "TASKS [down|only] [up] [failed]",
         "Run again with all retries: it only, all below it (down), above it (up), or what failed.",
         "rerun clean@2013-01-03 down", _rerun, aliases=("clear",)),
    Verb(_REPAIR, "mark", "TASKS STATE", "Say that it is success, failed or skipped; what failed below may run again.",
         "mark clean@2013-01-03 success", _mark),
    Verb(_REPAIR, "kill", "TASKS", "End what is under way; it is tried again as its retries allow.",
         "kill extract@2013-01-03", _kill),
    Verb(_REPAIR, "pause", "DAGS", "Nothing of the DAG starts any more, and no runs are made.",
         "pause daily_flights", _pause),
    Verb(_REPAIR, "unpause", "DAGS", "The DAG is switched on again.", "unpause daily_flights", _pause),
    Verb(_REPAIR, "trigger", "RUN", "Make a run by hand; without a day it owns the last one that has ended.",
         "trigger daily_flights@2013-01-03", _trigger),
    *(Verb(_REPAIR, *row) for row in backfills.ROWS),
    Verb(_REPAIR, "deploy", "CODE VERSION [at TIME]", "Tries that start from then on run this version of the code.",
         "deploy clean v2", faults.deploy),
    Verb(_DATA, "quarantine", "ROWS where CONDITION [owner PERSON]",
         "Rows for which a condition holds are set aside: tries that begin from now on do not see them.",
         "quarantine jfk@2013-01-03 where 'num(dep_delay) > 120' owner ingest-oncall", data.quarantine),
    Verb(_DATA, "withdraw", "VERSIONS [to N]", "What is live is live no longer; version N of it is instead, if said.",
         "withdraw pub_punctuality@2013-01-02", data.withdraw),
    Verb(_DATA, "approve", "HELD [N]", "A version that a check held back goes live all the same.",
         "approve stg_flights@2013-01-02", data.approve),
    Verb(_DATA, "notify", "[READER...] about VERSIONS",
         "Tell consumers that what they read has changed; without names, all whom it concerns.",
         "notify board_dashboard about pub_punctuality@2013-01-02", data.notify),
    Verb(_DATA, "check add", "DATASET NEW LOOKS [SETTING...]", "One more check of a dataset.",
         "check add pub_punctuality volume rows min 500 max 1100 severity block", data.check_add),
    Verb(_DATA, "check set", "CHECK SETTING...", "Fields of a check.", "check set stg_flights.volume max 1200",
         data.check_set),
    Verb(_DATA, "check rm", "CHECK", "The check is made no more.", "check rm stg_flights.volume", data.check_rm),
    Verb(_DATA, "route", "FROM [to TOLD] [PERSON...]",
         "Whom a DAG tells when something is wrong; or the people behind a route.",
         "route daily_flights to ingest-oncall", data.route),
    Verb(_EDIT, "wait", "STEP for NAME...", "The task waits for inputs or tasks, where it took what was there.",
         "wait extract for jfk lga", edits.wait),
    Verb(_EDIT, "edge add", "UP DOWN", "The second needs the first.", "edge add extract publish", edits.edge_add),
    Verb(_EDIT, "edge rm", "UP DOWN", "The second no longer needs the first.", "edge rm extract clean", edits.edge_rm),
    Verb(_EDIT, "task add", "NEW [in DAG] [SETTING...]", "One more task.",
         "task add tidy needs clean takes 2m", edits.task_add),
    Verb(_EDIT, "task rm", "STEP", "The task goes, with every edge that touches it.", "task rm publish", edits.task_rm),
    Verb(_EDIT, "task rename", "STEP NEW", "The task gets another name.", "task rename clean tidy", edits.task_rename),
    Verb(_EDIT, "task split", "STEP into NEW...", "A chain of tasks in place of one.",
         "task split publish into check release", edits.task_split),
    Verb(_EDIT, "input add", "NEW [in DAG] [for STEP] [SETTING...]",
         "One more input, which somebody else delivers; a task waits for it, if said.",
         "input add fees for extract expected 05:30 owner ingest-oncall", edits.input_add),
    Verb(_EDIT, "input set", "INPUT SETTING...", "Fields of an input: when it is expected, its deadline, its owner.",
         "input set jfk expected 07:00 deadline 08:00", edits.input_set),
    Verb(_EDIT, "input rm", "INPUT", "The input is declared no more, once nothing takes it.", "input rm fees",
         edits.input_rm),
    Verb(_EDIT, "set", "PLACE SETTING...", "Fields of tasks, a DAG, a dataset, an input. A pattern (*) is one command.",
         "set extract retries 5 delay 2m backoff 2", edits.set_any),
    Verb(_EDIT, "set task", "PLACE SETTING...", "The same, for a task that is called like its DAG.",
         "set task clean takes 45m", edits.set_task),
    Verb(_EDIT, "set dag", "PLACE SETTING...", "The same, for DAGs; a pattern such as * means all of them.",
         "set dag * catchup off", edits.set_dag),
    Verb(_EDIT, "set dataset", "DATASET SETTING...", "The same, for a dataset that is called like a task.",
         "set dataset pub_punctuality mode merge key carrier,flight", data.set_dataset),
    Verb(_EDIT, "set sensor", "PLACE SETTING...", "The same, for the sensors among the tasks.",
         "set sensor * mode reschedule", edits.set_sensor),
    Verb(_EDIT, "set pool", "POOL N [new]", "The slots of a pool; new makes one.",
         "set pool warehouse 8", edits.set_pool),
    Verb(_EDIT, "set workers", "SLOTS", "How many attempts may run at once; none: no limit.",
         "set workers 4", edits.set_workers),
)  # fmt: skip

VERBS: dict[str, Verb] = {verb.name: verb for verb in _ROWS}
FORMS: dict[str, Form] = {name: verb.form for name, verb in VERBS.items()}
ALIASES: dict[str, str] = {alias: verb.name for verb in _ROWS for alias in verb.aliases}
