"""What is left to do once something was repaired: days that are still wrong, and readers who hold wrong rows and were
not told. Said of what the selection is, makes or reads, until no day of it is wrong and everybody knows.

As everywhere, a day is only called wrong once somebody has read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from workbench.bench.bad_files import bad_files, files_behind
from workbench.bench.remaking import coming, named
from workbench.bench.seen import seen_partitions
from workbench.engine import Run
from workbench.engine.catalog import Read, Version
from workbench.ordering.data import is_changed, was_told
from workbench.scenario.judging import Judged
from workbench.views.clock import listed
from workbench.views.data_words import day_of, stretches
from workbench.views.lineage import is_other, live_n, sources_of
from workbench.views.reach import Place, below, readers_of_all, writers_of, written_by
from workbench.views.remake import again_of, with_above
from workbench.views.wording import shortened

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_LEAST_BACKFILL = 2


class Step(NamedTuple):
    """What would help: in words, and as it is typed."""

    words: str
    line: str


class Left(NamedTuple):
    """`wrong`: what is still wrong, and who was not told, in sentences; `done`: that nothing is. `steps`: the next."""

    wrong: tuple[str, ...] = ()
    done: str = ""
    steps: tuple[Step, ...] = ()


NOTHING = Left()
_KEPT: WeakKeyDictionary[Bench, tuple[object, Left]] = WeakKeyDictionary()


def left(bench: Bench) -> Left:
    """Of the selection. Nothing before something of it was repaired. Kept until something changes."""
    session = bench.session
    place = (session.branch, session.position, bench.now, bench.chosen, bench.window.key, bench.shows_right)
    kept = _KEPT.get(bench)
    if kept is None or kept[0] != place:
        kept = _KEPT[bench] = (place, _found(bench))
    return kept[1]


def _found(bench: Bench) -> Left:
    if not bench.shows_right or not bench.known.consumers:
        return NOTHING
    names = _datasets(bench)
    repaired = {one.seq for one in bench.known.data.reads if one.dataset in names and _is_repaired(bench, one)}
    got = _wrong_reads(bench, names) if repaired else []  # to judge all of a long log takes a while
    if not any(one.seq in repaired for one in got):
        return NOTHING
    wrong, held = _wrong(bench, names), [one for one in got if _is_last(bench, one)]
    untold = [one for one in held if not was_told(bench.known, one)]
    lines = (*_wrong_lines(bench, wrong), *_untold_lines(bench, untold))
    steps = (*_tell(bench, untold, True), *_again(bench, wrong), *_tell(bench, untold, False))
    return Left(lines, "" if lines else _done(held), steps)


# what it is about


def _datasets(bench: Bench) -> list[str]:
    """What the selection is or makes, and what is made of that in all pipelines, as far as somebody reads it; of a
    reader what it reads."""
    known, chosen = bench.known, bench.chosen
    if chosen.kind == "consumer":
        return list(dict.fromkeys(text.partition("@")[0] for text in known.consumers[chosen.name].reads))
    places = _places(bench)
    names = written_by(known, (*places, *below(known, places)))
    return [name for name in names if readers_of_all(known, [name])]


def _places(bench: Bench) -> list[Place]:
    known, chosen = bench.known, bench.chosen
    if chosen.kind == "dataset":
        return writers_of(known, chosen.name)
    if chosen.kind == "task":
        return [Place(chosen.dag, chosen.name)]
    if chosen.kind == "dag" and chosen.dag in known.plans:
        return [Place(chosen.dag, task) for task in known.plans[chosen.dag].tasks]
    return []


def _wrong_reads(bench: Bench, names: list[str]) -> list[Read]:
    """Reads of wrong rows; of a selected reader its own."""
    wrong = {(one.seq, one.dataset) for one in bench.session.judgements() if one.wrong and one.dataset in names}
    only = bench.chosen.name if bench.chosen.kind == "consumer" else ""
    return [one for one in bench.known.data.reads if (one.seq, one.dataset) in wrong and only in ("", one.consumer)]


def _is_last(bench: Bench, read: Read) -> bool:
    """Who read the day again since holds what they got then."""
    place = read.consumer, read.dataset, read.partition
    return not any(one.seq > read.seq and (one.consumer, one.dataset, one.partition) == place
                   for one in bench.known.data.reads)  # fmt: skip


def _is_repaired(bench: Bench, read: Read) -> bool:
    """Is what was read another now, or a dataset that it was made of?"""
    known, ahead = bench.known, [(read.dataset, read.partition, read.n)]
    for name in ahead:  # grows while it is walked
        ahead += [one for one in sources_of(known, name) if one[0] in known.makers and one not in ahead]
    return any(is_other(known, name, (*name[:2], live_n(known, *name[:2]))) for name in ahead)


def _wrong(bench: Bench, names: list[str]) -> list[tuple[Version, Judged]]:
    """The live versions that are wrong, of all days that somebody saw."""
    known, seen = bench.known, seen_partitions(bench.known)
    worth = {(one.dataset, one.partition, one.n): one for one in bench.session.judgements()}
    live = [known.data.versions[place][n - 1] for place, n in sorted(known.data.live.items()) if place[0] in names]
    judged = ((one, worth[one.name]) for one in live if one.name in worth and (seen is None or one.name[:2] in seen))
    order = {name: number for number, name in enumerate(names)}
    return sorted(((one, by) for one, by in judged if by.wrong), key=lambda pair: order[pair[0].dataset])


# in words


def _wrong_lines(bench: Bench, wrong: list[tuple[Version, Judged]]) -> Iterator[str]:
    """`still wrong: pub_punctuality of Thu 3 Jan, punctuality of Wed 2 Jan and Thu 3 Jan`"""
    if wrong:
        days = _by_dataset(bench, [(one.dataset, one.partition) for one, _ in wrong])
        yield f"still wrong: {', '.join(f'{name} of {some}' for name, some in days.items())}"


def _untold_lines(bench: Bench, untold: list[Read]) -> Iterator[str]:
    """`board_dashboard and ops_email hold wrong rows of pub_punctuality of Wed 2 Jan, and were not told`"""
    who: dict[tuple[str, str], list[str]] = {}
    for dataset in dict.fromkeys(one.dataset for one in untold):
        some = [one for one in untold if one.dataset == dataset]
        days = _by_dataset(bench, [(one.dataset, one.partition) for one in some])[dataset]
        who.setdefault((dataset, days), []).extend(dict.fromkeys(one.consumer for one in some))
    for (dataset, days), names in who.items():
        holds, were = ("holds", "was") if len(names) == 1 else ("hold", "were")
        yield f"{listed(names)} {holds} wrong rows of {dataset} of {days}, and {were} not told"


def _by_dataset(bench: Bench, places: list[tuple[str, str]]) -> dict[str, str]:
    """Of each dataset its days, in words: `Wed 2 Jan and Fri 4 Jan to Mon 7 Jan`."""
    found: dict[str, list[str]] = {}
    for name, key in dict.fromkeys(places):
        found.setdefault(name, []).append(key)
    return {name: listed(shortened([*_spoken(bench, name, sorted(keys))])) for name, keys in found.items()}


def _spoken(bench: Bench, name: str, keys: list[str]) -> Iterator[str]:
    """Days one after the other by the first and the last, where that is shorter."""
    for stretch in stretches(bench.known, name, keys):
        days = [day_of(bench.known, name, key) for key in stretch]
        yield from (f"{days[0]} to {days[-1]}",) if len(days) > _LEAST_BACKFILL else days


def _done(held: list[Read]) -> str:
    """That the repair is over."""
    who = list(dict.fromkeys(one.consumer for one in held))
    told = f", and {listed(who)} {'was' if len(who) == 1 else 'were'} told" if who else ""
    return f"no day of it that was read is wrong any more{told}"


# what helps next


def _tell(bench: Bench, untold: list[Read], is_mended: bool) -> Iterator[Step]:
    """First of what is right now, then of what is wrong still: that readers hear of it does not wait for a repair."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in untold:
        if is_changed(bench.known, one) is is_mended:
            places.setdefault((one.dataset, one.partition), []).append(one.consumer)
    for (dataset, key), some in places.items():
        who = list(dict.fromkeys(some))
        names = "" if is_mended and bench.chosen.kind != "consumer" else f"{' '.join(who)} "
        day = day_of(bench.known, dataset, key)
        yield Step(f"tell {listed(who)} of {day}", f"notify {names}about {dataset}@{key}")


def _again(bench: Bench, wrong: list[tuple[Version, Judged]]) -> Iterator[Step]:
    """What runs again next; several days in one go before the second of them."""
    again: list[Step] = []
    found: dict[str, tuple[str, str]] = {}  # line -> (DAG, partition)
    for version, _ in wrong:
        run = bench.known.runs.get(version.run)
        if run is None or version.task not in run.plan.tasks:
            continue
        spoiled = next(bad_files(bench, files_behind(bench, [version.dataset], run.window)), None)
        if spoiled is not None:
            yield Step(f"get {spoiled.file.name} of {spoiled.file.spoken} again: lift its fault",
                       f"lift {spoiled.number}")  # fmt: skip
        elif begin := _begin(bench, run, version.task):
            home, task, key = begin
            line = f"rerun {named(bench, home, task)}@{key} down"
            if line not in found:
                found[line] = home, key
                again.append(Step(f"run {task} of {_day(bench, home, key)} and all below again", line))
    yield from (*again[:1], *_in_one_go(bench, [*found.values()]), *again[1:])


def _begin(bench: Bench, run: Run, task: str) -> tuple[str, str, str] | None:
    """(DAG, task, partition) of what must run again for it: it took what is another now, or ran other code."""
    known = bench.known
    for one in again_of(known, run, (task,), coming(bench)):
        return one.place[0], one.task, one.run.key.partition
    for name in with_above(run, (task,)):
        tries = run.cells[name].attempts if name in run.cells else ()
        if tries and tries[-1].code != known.code_of(run.key.dag, name):
            return run.key.dag, name, run.key.partition
    return None


def _in_one_go(bench: Bench, runs: list[tuple[str, str]]) -> Iterator[Step]:
    for dag in dict.fromkeys(dag for dag, _ in runs):
        keys = sorted(key for one, key in runs if one == dag)
        grid = bench.known.plans[dag].spec.grid
        follow = all(grid.shift(grid.parse(a), 1).key == b for a, b in pairwise(keys))
        if len(keys) >= _LEAST_BACKFILL and follow:
            yield Step(f"make {len(keys)} {grid.unit}s of {dag} again", f"backfill {dag}@{keys[0]}..{keys[-1]} all")


def _day(bench: Bench, dag: str, key: str) -> str:
    grid = bench.known.plans[dag].spec.grid
    return grid.spoken(grid.parse(key)).partition(" (from")[0]
