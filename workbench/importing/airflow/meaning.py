"""What an Airflow file means here: its DAGs as drafts of pipeline files, with what was guessed, changed and missed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.importing.airflow.meaning_dag import draft_of
from workbench.importing.airflow.meaning_ground import Ground
from workbench.importing.airflow.parts import Read
from workbench.importing.found import Draft, Found, Path
from workbench.importing.sources import Source

TOOL = "Airflow"
# A pool's size is kept in Airflow's database, and no file says it.
_LEAST_SLOTS = 4
# Whom a roster can name.
_PERSON = re.compile(r"[\w.@/-]{1,100}")
# How soon an alert is answered, when nobody says so.
_ANSWERS = "15m"
_ALARMS = (
    "callbacks and e-mails about failures are not sent here: owners get alerts instead, see `roster` in the file and "
    "`workbench alerts`"
)
_NOBODY = (
    "callbacks and e-mails about failures are not sent here, and there is no owner whom an alert could reach: add "
    "`owner: NAME` to the DAG, and a document with `roster: {NAME: {acknowledges: 15m}}`"
)
_DURATIONS = (
    "how long tasks take: 5 min, 10 s where one only decides; --times runs.csv takes what they took, "
    "workbench import --help-times says where to get it"
)


def drafts(source: Source, read: Read) -> Found:
    """The DAGs of a file. Raises InvalidInput when none of them has a task."""
    ground = Ground(source, read)
    if not ground.dags:
        raise source.refuse(_nothing(read))
    made = tuple(_drafts(ground))
    sizes = {name: max(2 * slots, _LEAST_SLOTS) for name, slots in ground.pools.items()}
    roster = _roster(ground, made)
    _tell(ground, made, sizes)
    settings = {key: some for key, some in (("pools", sizes), ("roster", roster)) if some}
    remarks: dict[Path, str] = {("roster",): "guessed: who is told when something fails, and answers how fast"}
    return Found(source.name, TOOL, made, settings, notes=(*read.notes, *ground.notes.all()), remarks=remarks)


def _roster(ground: Ground, made: tuple[Draft, ...]) -> dict[str, dict[str, str]]:
    """Callbacks and e-mails about failures are alerts here, which go to owners: all of them, once anybody is told."""
    owners = [owner for draft in made for owner in _owners(draft)] if ground.alarmed else []
    roster = {owner: {"acknowledges": _ANSWERS} for owner in dict.fromkeys(owners)}
    for lines in ground.alarmed.values():
        for line in lines:
            ground.notes.add("changed", _ALARMS if roster else _NOBODY, line)
    return roster


def _owners(draft: Draft) -> Iterator[str]:
    found = [draft.data.get("owner"), *(task.get("owner") for task in draft.tasks.values())]
    return (str(owner) for owner in found if owner and _PERSON.fullmatch(str(owner)))


def _nothing(read: Read) -> str:
    if not read.dags:
        return "makes no DAG that can be read from its text"
    names = ", ".join(f"'{dag.dag_id}'" for dag in read.dags[:3])
    return f"makes no task that can be read from its text (DAG {names})"


def _drafts(ground: Ground) -> Iterator[Draft]:
    for dag in ground.read.dags:
        if ground.dags.get(dag.dag_id) is dag:
            yield draft_of(dag, ground)
        elif dag.dag_id in ground.dags:
            told = "{names} {is|are} made again further down: as in Airflow, the last one counts"
            ground.notes.add("missed", told, dag.line, dag.dag_id)
        else:
            ground.notes.add(
                "missed", "{names} {has|have} no task that can be read from the text: left out", dag.line, dag.dag_id
            )


def _tell(ground: Ground, made: tuple[Draft, ...], sizes: dict[str, int]) -> None:
    notes = ground.notes
    notes.add("guessed", _DURATIONS)
    renamed = next(((old, new) for draft in made for new, old in draft.origins.items() if "." in old), None)
    if renamed:
        notes.add("kept", f"dots in names become underscores: {renamed[0]} is {renamed[1]} here")
    if sizes:
        told = ", ".join(f"{name} has {slots}" for name, slots in sizes.items())
        notes.add("guessed", f"slots of pools, which no file says: {told}")
    if any("catchup" in remark for draft in made for remark in draft.remarks):
        release = ground.release
        told = f"catchup of {{names}} is on, as it is in Airflow {release.major} ({release.sign})"
        for draft in made:
            if ("catchup",) in draft.remarks:
                notes.add("guessed", told, release.line, draft.name)
    by_hand = [draft.name for draft in made if "schedule" not in draft.data]
    for name in by_hand:
        notes.add("kept", "{names}: nothing starts {it|them} but a command, `trigger NAME`", 0, name)
