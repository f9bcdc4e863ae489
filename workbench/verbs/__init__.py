"""The one grammar, `verb target[@day[..day]] [word value]...`, for the command line, scripts, terminal and notebook.

parse(line)             -> Command; str(command) is its line again
do(session, line)       -> Done: what was done, in words, and what happened
plan_of(session, line)  -> what it would change; changes nothing
complete(text, session) -> the words that may come next
"""

from workbench.verbs.completing import complete
from workbench.verbs.doing import Done, do, parse, plan_of, script_lines
from workbench.verbs.grammar import Command
from workbench.verbs.table import VERBS, Verb
from workbench.verbs.telling import help_lines

__all__ = [
    "VERBS",
    "Command",
    "Done",
    "Verb",
    "complete",
    "do",
    "help_lines",
    "parse",
    "plan_of",
    "script_lines",
]
