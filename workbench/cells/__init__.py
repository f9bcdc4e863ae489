"""Cells of a notebook as tasks: `clean after extract retries 2 takes 5m`, and below it the code, plain Python.

Wanted.of(line)          -> what the line asks of a task
Draft.of(line)           -> a pipeline that has no task yet
task_of_cell(...)        -> the session in which the cell's task is there
cell_offers(line, ...)   -> the words that may come next in such a line
raised_in_cell(error)    -> the cell in which it was raised
"""

from workbench.cells.asked import Wanted, cell_offers
from workbench.cells.code import Heard, compiled, raised_in_cell
from workbench.cells.drafts import Draft
from workbench.cells.placing import task_of_cell

__all__ = ["Draft", "Heard", "Wanted", "cell_offers", "compiled", "raised_in_cell", "task_of_cell"]
