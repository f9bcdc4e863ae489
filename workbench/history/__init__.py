"""The history: recordings, branches, events and plain tables in one SQLite file, described in docs/history.md.

History.open(path)                the file; begin or resume a recording, load one, ask it in SQL
Recorder.write(branch, state)     brings the file up to date with a branch, in one transaction
History.load()                    a recording: what it was made from, and the events of its branches
History.ask(sql)                  a question of somebody whom we do not know; History.export, adopt: from file to file
tables(state), History.at(state)  the plain tables at any cursor
"""

from workbench.history.asking import Answer
from workbench.history.errors import HistoryError
from workbench.history.history import History
from workbench.history.loading import Loaded, Recording, SavedBranch
from workbench.history.predicting import Predicted
from workbench.history.recorder import Recorder
from workbench.history.tables import TABLES, Tables, tables

__all__ = [
    "TABLES",
    "Answer",
    "History",
    "HistoryError",
    "Loaded",
    "Predicted",
    "Recorder",
    "Recording",
    "SavedBranch",
    "Tables",
    "tables",
]
