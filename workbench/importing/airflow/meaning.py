"""What an Airflow file means here: its DAGs as drafts of pipeline files, with what was guessed, changed and missed."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.importing.airflow.meaning_dag import draft_of
from workbench.importing.airflow.meaning_ground import Ground
from workbench.importing.airflow.parts import Read
from workbench.importing.found import Draft, Found
from workbench.importing.sources import Source

TOOL = "Airflow"
# A pool's size is kept in Airflow's database, and no file says it.
_LEAST_SLOTS = 4
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
    _tell(ground, made, sizes)
    return Found(source.name, TOOL, made, {"pools": sizes} if sizes else {}, notes=(*read.notes, *ground.notes.all()))


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
