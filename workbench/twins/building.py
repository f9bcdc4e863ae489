"""Changing DAGs, as methods. Each is an edit: a new version of the DAG, from now on."""

from __future__ import annotations

from typing import Self

from workbench.twins.base import Doing, Moment, Names, Span, Value, twin, words_of


class Building(Doing):
    """Tasks, edges, inputs, fields, pools and workers. Names of fields are those of a pipeline file; a value is text,
    a number, a duration, a list, or None, which takes it away."""

    @twin("wait", 's.wait("extract", "jfk", "lga")')
    def wait(self, task: str, *names: str) -> Self:
        """The task waits for inputs or tasks, where it took what was there."""
        return self._do("wait", task, "for", *names)

    @twin("edge add", 's.add_edge("extract", "publish")')
    def add_edge(self, up: str, down: str) -> Self:
        """The second needs the first."""
        return self._do("edge add", up, down)

    @twin("edge rm", 's.remove_edge("extract", "clean")')
    def remove_edge(self, up: str, down: str) -> Self:
        """The second no longer needs the first."""
        return self._do("edge rm", up, down)

    @twin("task add", 's.add_task("tidy", after="clean", takes="2m")')
    def add_task(self, name: str, after: Names = (), dag: str = "", **fields: Value) -> Self:
        """One more task, `after` others. The DAG may be left out when there is one, or when it is that of the tasks
        that it comes after."""
        needs = {"needs": after} if after else {}
        return self._do("task add", name, *(("in", dag) if dag else ()), *words_of({**needs, **fields}))

    @twin("task rm", 's.remove_task("publish")')
    def remove_task(self, name: str) -> Self:
        """The task goes, with every edge that touches it."""
        return self._do("task rm", name)

    @twin("task rename", 's.rename_task("clean", "tidy")')
    def rename_task(self, name: str, new: str) -> Self:
        """The task gets another name."""
        return self._do("task rename", name, new)

    @twin("task split", 's.split_task("publish", "check", "release")')
    def split_task(self, name: str, *into: str) -> Self:
        """A chain of tasks in place of one."""
        return self._do("task split", name, "into", *into)

    @twin("input add", 's.add_input("fees", task="extract", expected="05:30", owner="ingest-oncall")')
    def add_input(self, name: str, dag: str = "", task: str = "", **fields: Value) -> Self:
        """One more input, which somebody else delivers; a task waits for it, if said. What was due of it before now
        comes at once. The DAG may be left out when there is one, or when the task has one."""
        home = [word for pair in (("in", dag), ("for", task)) if pair[1] for word in pair]
        return self._do("input add", name, *home, *words_of(fields))

    @twin("input set", 's.set_input("jfk", expected="07:00", deadline="08:00")')
    def set_input(self, name: str, **fields: Value) -> Self:
        """Fields of an input: when it is expected, its deadline, its owner."""
        return self._do("input set", name, *words_of(fields))

    @twin("input rm", 's.remove_input("fees")')
    def remove_input(self, name: str) -> Self:
        """The input is declared no more, once nothing takes it."""
        return self._do("input rm", name)

    @twin("set", 's.set("extract", retries=5, delay="2m", backoff=2)')
    def set(self, target: str, **fields: Value) -> Self:
        """Fields of tasks, a DAG, a dataset, an input. A pattern (*) is one command."""
        return self._do("set", target, *words_of(fields))

    @twin(
        "set",
        's.deadline("daily_flights", "08:00", "ingest-oncall")',
        line="set daily_flights deadline 08:00 to ingest-oncall",
    )
    def deadline(self, target: str, by: Moment | Span, whom: str = "") -> Self:
        """By when it must be done, each day: a clock time, or a span after the day's end (`+2h`). Of a task, a DAG, a
        dataset or an input. `whom`: who is told when it is not: of a DAG where its alerts go, else the owner."""
        fields: dict[str, Value] = {"deadline": by}
        if whom:
            fields["to" if self._is_dag(target) else "owner"] = whom
        return self._do("set", target, *words_of(fields))

    @twin("set", 's.owner("clean", "ingest-oncall")', line="set clean owner ingest-oncall")
    def owner(self, target: str, person: str | None) -> Self:
        """Who answers for a task, a DAG, a dataset or an input; None: nobody."""
        return self._do("set", target, "owner", "none" if person is None else person)

    @twin("set task", 's.set_task("clean", takes="45m")')
    def set_task(self, target: str, **fields: Value) -> Self:
        """Fields of tasks, for one that is called like its DAG."""
        return self._do("set task", target, *words_of(fields))

    @twin("set dag", 's.set_dag("*", catchup="off")')
    def set_dag(self, target: str, **fields: Value) -> Self:
        """Fields of DAGs; a pattern such as * means all of them."""
        return self._do("set dag", target, *words_of(fields))

    @twin("set dataset", 's.set_dataset("pub_punctuality", mode="merge", key=["carrier", "flight"])')
    def set_dataset(self, dataset: str, **fields: Value) -> Self:
        """Fields of a dataset: how it is written, its key, who answers for it."""
        return self._do("set dataset", dataset, *words_of(fields))

    @twin("set sensor", 's.set_sensor("*", mode="reschedule")')
    def set_sensor(self, target: str, **fields: Value) -> Self:
        """Fields of the sensors among the tasks."""
        return self._do("set sensor", target, *words_of(fields))

    @twin("set pool", 's.set_pool("warehouse", 8)')
    def set_pool(self, name: str, slots: int, new: bool = False) -> Self:
        """The slots of a pool; `new` makes one."""
        return self._do("set pool", name, slots, new=new)

    @twin("set workers", "s.set_workers(4)")
    def set_workers(self, workers: int | None) -> Self:
        """How many attempts may run at once; None: no limit."""
        return self._do("set workers", "none" if workers is None else workers)
