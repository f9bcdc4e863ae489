"""An Airflow file is read from its first line to its last, as Python would run it, and nothing is run: names stand for
what the text says of them, calls make DAGs and tasks on paper, what only a run would tell is Unknown."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from workbench.importing.airflow.attributes import assign_part
from workbench.importing.airflow.calls import call, stand_for
from workbench.importing.airflow.expressions import value
from workbench.importing.airflow.leaving import note_left_out
from workbench.importing.airflow.parsing import parsed
from workbench.importing.airflow.parts import Read, Unknown
from workbench.importing.airflow.state import Broken, Continued, Raised, Returned, Walk
from workbench.importing.airflow.statements import run
from workbench.importing.airflow.things import Dag, DagFunction, Scope
from workbench.importing.sources import Source
from workbench.model import InvalidInput

NONE = (
    "holds no DAG: `with DAG(...)`, `dag = DAG(...)` with tasks that name it, or a function under @dag which is called "
    "are understood"
)


def walk(source: Source) -> Read:
    """All DAGs that Airflow would find in the file. Raises InvalidInput: no Python, no DAG, too much of it."""
    tree = parsed(source)
    names = {"__name__": "dags", "__doc__": None, "__file__": _path(source)}
    top = Scope(names)
    kept = Walk(source, value, call, run, assign_part, stand_for, top, lines=source.text.encode().split(b"\n"))
    try:
        names["__doc__"] = _docstring(tree)
        run(kept, tree.body, top)
    except Raised as ended:
        kept.note(
            "missed", "the file ends here with an error that it raises itself; what follows is not read", ended.line
        )
    except (Returned, Broken, Continued):
        kept.note("missed", "`return`, `break` or `continue` stands outside of a function or a loop", kept.line)
    except RecursionError as error:
        raise source.refuse("is nested too deeply to be read", kept.line) from error
    _uncalled(kept)
    note_left_out(kept)
    return Read(tuple(dag.made for dag in _seen(kept, top, tree)), kept.told())


def _path(source: Source) -> object:
    return (
        str(PurePosixPath(source.name.replace("\\", "/"))) if source.name not in ("", "-") else Unknown("__file__", 1)
    )


def _docstring(tree: ast.Module) -> str | None:
    return ast.get_docstring(tree, clean=False)


def _uncalled(kept: Walk) -> None:
    for thing in kept.uncalled:
        if isinstance(thing, DagFunction) and not thing.is_called:
            name = getattr(thing.function, "name", "the function")
            kept.note(
                "missed",
                f"{name} under @dag is never called, so Airflow makes no DAG of it: end with {name}()",
                thing.line,
            )


def _seen(kept: Walk, top: Scope, tree: ast.Module) -> list[Dag]:
    """Airflow sees a DAG that a name of the file stands for, or that was entered by `with`."""
    named = {id(one) for one in top.names.values() if isinstance(one, Dag)}
    seen: dict[str, Dag] = {}
    for dag in kept.dags:
        if not dag.entered and id(dag) not in named:
            kept.note(
                "missed",
                f"no name of the file stands for the DAG {dag.dag_id}, so Airflow does not see it",
                dag.made.line,
            )
            continue
        if dag.dag_id in seen:
            kept.note("missed", f"there are two DAGs {dag.dag_id}: Airflow keeps the last", dag.made.line)
        seen[dag.dag_id] = dag
    if not seen:
        raise _none(kept, tree)
    empty = {id(dag) for dag in seen.values() if not dag.tasks}
    for made, dag in kept.foreign:
        if id(dag) in empty:
            kept.stand_for(kept, made)
    return list(seen.values())


def _none(kept: Walk, tree: ast.Module) -> InvalidInput:
    """Why no DAG is there, as near as can be told."""
    told = [(lines[0], text) for (_, text), lines in kept.notes.items() if "Airflow" in text]
    if told:
        return kept.source.refuse(f"holds no DAG that Airflow would see: {told[0][1]}", told[0][0])
    if hidden := _in_functions(tree):
        names = " and ".join(f"{name}()" for name, _ in hidden[:3])
        return kept.source.refuse(f"holds no DAG: nothing in it calls {names}; import the file that does", hidden[0][1])
    return kept.source.refuse(NONE)


def _in_functions(tree: ast.Module) -> list[tuple[str, int]]:
    """Functions that make a DAG, and where."""
    found = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    return [(one.name, one.lineno) for one in found if any(_is_dag(part) for part in ast.walk(one))]


def _is_dag(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    return (func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else "") == "DAG"
