"""Orchestration workbench: build a DAG, run it on virtual time, ask why, go back, change one thing.

    import workbench as wb

    dag = wb.Dag("hello", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="5m") >> dag.task("report")
    s = wb.Session(dag)
    s.run_until("2013-01-03")
    print(s.why("report@2013-01-01"))

Names are loaded when they are first used, so that importing this package costs almost nothing.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.bench import Bench as Bench
    from workbench.bench import Chosen as Chosen
    from workbench.bench import Greeting as Greeting
    from workbench.bench import Guide as Guide
    from workbench.bench import NoGuide as NoGuide
    from workbench.bench import Question as Question
    from workbench.bench import no_guess as no_guess
    from workbench.bench.comparing import Comparing as Comparing
    from workbench.bench.comparing import compared as compared
    from workbench.bench.edited import seen_first as seen_first
    from workbench.bench.futures import futures_sheet as futures_sheet
    from workbench.bench.guide import coached as coached
    from workbench.bench.later import LATER as LATER
    from workbench.bench.menus import Menu as Menu
    from workbench.bench.menus import MenuPlace as MenuPlace
    from workbench.bench.menus import Outlook as Outlook
    from workbench.bench.menus import Said as Said
    from workbench.bench.menus import Typing as Typing
    from workbench.bench.menus import edit_menu as edit_menu
    from workbench.bench.menus import fault_menu as fault_menu
    from workbench.bench.menus import menu_sheet as menu_sheet
    from workbench.bench.menus import outlook_of as outlook_of
    from workbench.bench.menus import repair_menu as repair_menu
    from workbench.bench.menus import said_of as said_of
    from workbench.bench.places import leave as leave
    from workbench.bench.places import left_file as left_file
    from workbench.bench.places import stand_where_left as stand_where_left
    from workbench.bench.planning import Planning as Planning
    from workbench.bench.saving import SavePlan as SavePlan
    from workbench.bench.shelf import FileLine as FileLine
    from workbench.bench.shelf import Kept as Kept
    from workbench.bench.shelf import KeptLine as KeptLine
    from workbench.bench.shelf import ScenarioLine as ScenarioLine
    from workbench.bench.shelf import begun_before as begun_before
    from workbench.bench.shelf import file_on_shelf as file_on_shelf
    from workbench.bench.shelf import recordings_on_shelf as recordings_on_shelf
    from workbench.bench.shelf import said_when as said_when
    from workbench.bench.shelf import samples_on_shelf as samples_on_shelf
    from workbench.bench.staying import said_at_home as said_at_home
    from workbench.bench.staying import said_on_empty_shelf as said_on_empty_shelf
    from workbench.bench.staying import said_on_leaving as said_on_leaving
    from workbench.cells import Draft as Draft
    from workbench.cells import cell_offers as cell_offers
    from workbench.cells import raised_in_cell as raised_in_cell
    from workbench.cells import task_of_cell as task_of_cell
    from workbench.copying import copy_notebooks as copy_notebooks
    from workbench.copying import notebooks as notebooks
    from workbench.history import History as History
    from workbench.importing.arrows import sketch as sketch
    from workbench.importing.saving import Imported as Imported
    from workbench.importing.saving import imported as imported
    from workbench.importing.saving import of_another_tool as of_another_tool
    from workbench.keeping import Keeper as Keeper
    from workbench.keeping import open as open
    from workbench.keeping import reopen as reopen
    from workbench.keeping import replay as replay
    from workbench.lessons.coming import Chapter as Chapter
    from workbench.lessons.coming import chapters as chapters
    from workbench.lessons.firsts import first_time as first_time
    from workbench.lessons.kept import StoryKept as StoryKept
    from workbench.lessons.kept import StoryLeft as StoryLeft
    from workbench.model import AddCheck as AddCheck
    from workbench.model import AddDataset as AddDataset
    from workbench.model import AddEdge as AddEdge
    from workbench.model import AddInput as AddInput
    from workbench.model import AddTask as AddTask
    from workbench.model import Alerts as Alerts
    from workbench.model import Check as Check
    from workbench.model import Consumer as Consumer
    from workbench.model import Dag as Dag
    from workbench.model import DagSpec as DagSpec
    from workbench.model import Dataset as Dataset
    from workbench.model import Deadline as Deadline
    from workbench.model import Input as Input
    from workbench.model import InvalidInput as InvalidInput
    from workbench.model import OnData as OnData
    from workbench.model import Person as Person
    from workbench.model import Problem as Problem
    from workbench.model import ReasonRule as ReasonRule
    from workbench.model import RemoveCheck as RemoveCheck
    from workbench.model import RemoveDataset as RemoveDataset
    from workbench.model import RemoveEdge as RemoveEdge
    from workbench.model import RemoveInput as RemoveInput
    from workbench.model import RemoveTask as RemoveTask
    from workbench.model import RenameTask as RenameTask
    from workbench.model import RetryPolicy as RetryPolicy
    from workbench.model import Sensor as Sensor
    from workbench.model import SetCheck as SetCheck
    from workbench.model import SetDag as SetDag
    from workbench.model import SetDataset as SetDataset
    from workbench.model import SetInput as SetInput
    from workbench.model import SetTask as SetTask
    from workbench.model import SplitTask as SplitTask
    from workbench.model import Task as Task
    from workbench.model import WaitFor as WaitFor
    from workbench.model import Workspace as Workspace
    from workbench.model import check_workspace as check_workspace
    from workbench.model import workspace as workspace
    from workbench.model.shipped import data as data
    from workbench.opening import load as load
    from workbench.opening import sample as sample
    from workbench.questions import Asked as Asked
    from workbench.questions import Checked as Checked
    from workbench.questions import Rows as Rows
    from workbench.questions import answers_due as answers_due
    from workbench.scenario import Bug as Bug
    from workbench.scenario import Choice as Choice
    from workbench.scenario import Correction as Correction
    from workbench.scenario import CrashAfterWrite as CrashAfterWrite
    from workbench.scenario import Deploy as Deploy
    from workbench.scenario import Doubled as Doubled
    from workbench.scenario import Empty as Empty
    from workbench.scenario import Flaky as Flaky
    from workbench.scenario import Hang as Hang
    from workbench.scenario import Late as Late
    from workbench.scenario import LateRows as LateRows
    from workbench.scenario import LostAnswer as LostAnswer
    from workbench.scenario import Moved as Moved
    from workbench.scenario import Never as Never
    from workbench.scenario import Outage as Outage
    from workbench.scenario import Partial as Partial
    from workbench.scenario import Poison as Poison
    from workbench.scenario import Quota as Quota
    from workbench.scenario import Scenario as Scenario
    from workbench.scenario import SchedulerDown as SchedulerDown
    from workbench.scenario import SchemaDrift as SchemaDrift
    from workbench.scenario import Slow as Slow
    from workbench.scenario import Truncated as Truncated
    from workbench.scenario import UnitDrift as UnitDrift
    from workbench.scenario import Varies as Varies
    from workbench.scenario import WorkerLost as WorkerLost
    from workbench.scenario import Zombie as Zombie
    from workbench.session import Session as Session
    from workbench.stepper import Reel as Reel
    from workbench.stepper import Told as Told
    from workbench.stepper import ahead as ahead
    from workbench.stepper import multiples as multiples
    from workbench.stepper import packed as packed
    from workbench.stepper import parting_html as parting_html
    from workbench.stepper import point as point
    from workbench.stepper import spots_of as spots_of
    from workbench.stepper import stepper_style as stepper_style
    from workbench.stepper import still_html as still_html
    from workbench.stepper import still_svg as still_svg
    from workbench.stepper import still_text as still_text
    from workbench.stepper import strip_of as strip_of
    from workbench.stepper import typed as typed
    from workbench.taking import free_name as free_name
    from workbench.taking import save_comparison as save_comparison
    from workbench.taking import save_history as save_history
    from workbench.taking import save_page as save_page
    from workbench.taking import save_report as save_report
    from workbench.taking import save_text as save_text
    from workbench.verbs import complete as complete
    from workbench.views import draw as draw
    from workbench.views.heat import heat_map as heat_map

_HOMES = {
    "Reel": "stepper",
    "Told": "stepper",
    "ahead": "stepper",
    "imported": "importing.saving",
    "of_another_tool": "importing.saving",
    "packed": "stepper",
    "parting_html": "stepper",
    "point": "stepper",
    "said_at_home": "bench.staying",
    "said_on_empty_shelf": "bench.staying",
    "said_on_leaving": "bench.staying",
    "spots_of": "stepper",
    "stepper_style": "stepper",
    "typed": "stepper",
    "still_html": "stepper",
    "still_svg": "stepper",
    "still_text": "stepper",
    "strip_of": "stepper",
    "begun_before": "bench.shelf",
    "AddCheck": "model",
    "AddDataset": "model",
    "AddEdge": "model",
    "AddInput": "model",
    "AddTask": "model",
    "Alerts": "model",
    "Asked": "questions",
    "Bench": "bench",
    "Bug": "scenario",
    "Chapter": "lessons.coming",
    "Check": "model",
    "Checked": "questions",
    "Choice": "scenario",
    "Chosen": "bench",
    "Comparing": "bench.comparing",
    "Consumer": "model",
    "Correction": "scenario",
    "CrashAfterWrite": "scenario",
    "Dag": "model",
    "DagSpec": "model",
    "Dataset": "model",
    "Deadline": "model",
    "Deploy": "scenario",
    "Doubled": "scenario",
    "Empty": "scenario",
    "FileLine": "bench.shelf",
    "Flaky": "scenario",
    "Greeting": "bench",
    "Guide": "bench",
    "Hang": "scenario",
    "History": "history",
    "Imported": "importing.saving",
    "Input": "model",
    "InvalidInput": "model",
    "Keeper": "keeping",
    "Kept": "bench.shelf",
    "KeptLine": "bench.shelf",
    "LATER": "bench.later",
    "Late": "scenario",
    "LateRows": "scenario",
    "LostAnswer": "scenario",
    "Menu": "bench.menus",
    "MenuPlace": "bench.menus",
    "Moved": "scenario",
    "Never": "scenario",
    "NoGuide": "bench",
    "OnData": "model",
    "Outage": "scenario",
    "Outlook": "bench.menus",
    "Partial": "scenario",
    "Person": "model",
    "Planning": "bench.planning",
    "Poison": "scenario",
    "Problem": "model",
    "Question": "bench",
    "Quota": "scenario",
    "ReasonRule": "model",
    "RemoveCheck": "model",
    "RemoveDataset": "model",
    "RemoveEdge": "model",
    "RemoveInput": "model",
    "RemoveTask": "model",
    "RenameTask": "model",
    "RetryPolicy": "model",
    "Rows": "questions",
    "Said": "bench.menus",
    "SavePlan": "bench.saving",
    "Scenario": "scenario",
    "ScenarioLine": "bench.shelf",
    "SchedulerDown": "scenario",
    "SchemaDrift": "scenario",
    "Sensor": "model",
    "Session": "session",
    "SetCheck": "model",
    "SetDag": "model",
    "SetDataset": "model",
    "SetInput": "model",
    "SetTask": "model",
    "Slow": "scenario",
    "SplitTask": "model",
    "StoryKept": "lessons.kept",
    "StoryLeft": "lessons.kept",
    "Task": "model",
    "Truncated": "scenario",
    "Typing": "bench.menus",
    "UnitDrift": "scenario",
    "Varies": "scenario",
    "WaitFor": "model",
    "WorkerLost": "scenario",
    "Workspace": "model",
    "Zombie": "scenario",
    "answers_due": "questions",
    "chapters": "lessons.coming",
    "check_workspace": "model",
    "coached": "bench.guide",
    "compared": "bench.comparing",
    "copy_notebooks": "copying",
    "data": "model.shipped",
    "draw": "views",
    "edit_menu": "bench.menus",
    "fault_menu": "bench.menus",
    "file_on_shelf": "bench.shelf",
    "first_time": "lessons.firsts",
    "free_name": "taking",
    "futures_sheet": "bench.futures",
    "heat_map": "views.heat",
    "leave": "bench.places",
    "left_file": "bench.places",
    "load": "opening",
    "menu_sheet": "bench.menus",
    "no_guess": "bench",
    "notebooks": "copying",
    "open": "keeping",
    "multiples": "stepper",
    "outlook_of": "bench.menus",
    "recordings_on_shelf": "bench.shelf",
    "reopen": "keeping",
    "repair_menu": "bench.menus",
    "replay": "keeping",
    "said_of": "bench.menus",
    "said_when": "bench.shelf",
    "sample": "opening",
    "samples_on_shelf": "bench.shelf",
    "save_comparison": "taking",
    "save_history": "taking",
    "save_page": "taking",
    "save_report": "taking",
    "save_text": "taking",
    "stand_where_left": "bench.places",
    "sketch": "importing.arrows",
    "Draft": "cells",
    "cell_offers": "cells",
    "raised_in_cell": "cells",
    "task_of_cell": "cells",
    "complete": "verbs",
    "seen_first": "bench.edited",
    "workspace": "model",
}


def instant(text: str) -> datetime:
    """An instant in UTC from text: `2013-01-04T07:35Z`, or with an offset; without one it is UTC. Raises ValueError."""
    from workbench.timetable import parse_instant

    return parse_instant(text)


def keep(path: str | Path | None = None) -> Keeper:
    """An open history for sessions: `Session(dag, history=keep("runs.db"))`. None: your own default file."""
    from workbench.keeping import Keeper

    return Keeper.open(path)


def story(typed: bool = False) -> Bench:
    """A bench at the beginning of the first story, with its coach. `typed`: who names lines to type, not keys."""
    from workbench.lessons.story import story_bench

    return story_bench(typed)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"workbench.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__", "instant", "keep", "story"])
