"""Of a report: which checks guarded publication and what none looked at, and who owned each alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from workbench.engine import Known
from workbench.engine.catalog import Checked, Version
from workbench.model import Check
from workbench.views.alerts import AlertLine, Alerts, alerts_of
from workbench.views.clock import ago, listed, plural
from workbench.views.coverage import ASPECTS, Coverage, coverage_of_all
from workbench.views.data_words import blocking, dataset_in, observed, version_of
from workbench.views.report_parts import Items, Record, Section, Table, some, table

_STAGES = {"before": "before it is live", "after": "after it is live", "step": "as a step"}
_MOST = 10
_MISS = 'let a run fail whose DAG has an owner on the roster: `workbench do FILE "fail TASK@DAY 9" run`.'
_ADD = 'add one: `workbench do FILE "check add {dataset} volume rows min 1 severity block" run`.'


def what_guarded(record: Record) -> Section:
    """Which checks there are, what they said, and which properties of what was published nobody looked at."""
    question = "Which checks guarded publication?"
    known = record.known
    published, blocked = coverage_of_all(known), list(_blocked(known))
    if not published and not blocked:
        return Section(
            "checks", question, "Nothing was published.", came_up=False,
            to_see="let a task write a dataset: `writes: [NAME]`.",
        )  # fmt: skip
    checks = [(name, check) for name in known.makers for check in dataset_in(known, name).checks.values()]
    return Section(
        "checks",
        question,
        _answer(checks, published, blocked),
        some(
            _check_table(known, checks),
            Items(tuple(_held(record, one) for one in blocked[:_MOST])),
            _coverage_table(known, published),
            Items(tuple(_unproved(known, published))),
        ),
        bool(checks),
        "" if checks else _ADD.format(dataset=published[0].dataset),
    )


def _answer(checks: list[tuple[str, Check]], published: tuple[Coverage, ...], blocked: list[Version]) -> str:
    if not checks:
        return f"None: {plural(len(published), 'version')} went live, and no dataset has a check."
    stop = [check for _, check in checks if check.severity == "block" and check.when != "after"]
    told = f"{plural(len(stop), 'check')} can hold a version back, {len(checks) - len(stop) or 'none'} can only warn"
    held = f"{plural(len(blocked), 'version')} {'was' if len(blocked) == 1 else 'were'} held back"
    return f"{told}. {plural(len(published), 'version')} went live, {held}."


def _blocked(known: Known) -> Iterator[Version]:
    """Versions that a check held back, for ever or until somebody approved them."""
    for place in sorted(known.data.versions):
        for version in known.data.versions[place]:
            early = [one for one in known.data.checks_of(version.name) if one.when != "after"]
            if version.state == "blocked" or (blocking(early) and _was_held(version, early)):
                yield version


def _was_held(version: Version, checks: list[Checked]) -> bool:
    return not version.live or version.live[0].since_seq > max(one.seq for one in checks) + 1


def _held(record: Record, version: Version) -> str:
    said = version_of(record.known, *version.name)
    why = [f"{one.check}: {observed(one)}" for one in blocking(record.known.data.checks_of(version.name))]
    end = f", and was approved {record.at(version.live[0].since)}" if version.live else ""
    return f"{said[:1].upper()}{said[1:]} was held back {record.at(version.at)} ({'; '.join(why)}){end}."


def _check_table(known: Known, checks: list[tuple[str, Check]]) -> Table:
    ran: Counter[tuple[str, str, str]] = Counter()
    for (dataset, _, _), some_ran in known.data.checked.items():
        ran.update((dataset, one.check, one.status) for one in some_ran)
    rows = [
        (f"{name}.{check.name}", check.kind.replace("_", " "), _STAGES[check.when],
         "holds it back" if check.severity == "block" and check.when != "after" else "warns",
         str(ran[name, check.name, "pass"] + ran[name, check.name, "fail"]), str(ran[name, check.name, "fail"]),
         check.owner or owner_of(known, name) or "nobody")
        for name, check in checks
    ]  # fmt: skip
    return table(
        "Checks", ("check", "looks at", "when", "if it fails", "looked", "failed", "owner"), rows, right=(4, 5)
    )


def owner_of(known: Known, dataset: str) -> str | None:
    home = known.plans.get(known.makers[dataset])
    return dataset_in(known, dataset).owner or (home.spec.owner if home is not None else None)


_MARKS = {"passed": "✔ passed", "failed": "✖ failed", "blind": "– could not look", "none": "– no check"}


def _coverage_table(known: Known, published: tuple[Coverage, ...]) -> Table:
    """Of each dataset and property: of how many published versions a check said what."""
    names = list(dict.fromkeys(one.dataset for one in published))
    rows = []
    for name in names:
        mine = [one for one in published if one.dataset == name]
        rows.append((name, str(len(mine)), *(_said(mine, place) for place in range(len(ASPECTS)))))
    return table("What the checks proved of the versions that went live", ("dataset", "versions", *ASPECTS), rows, (1,))


def _said(mine: list[Coverage], place: int) -> str:
    counts = Counter(one.aspects[place].verdict for one in mine)
    told = [(_MARKS[word], counts[word]) for word in ("failed", "passed", "blind", "none") if counts[word]]
    return told[0][0] if len(told) == 1 else ", ".join(f"{mark[:1]} {count}{mark[1:]}" for mark, count in told)


def _unproved(known: Known, published: tuple[Coverage, ...]) -> Iterator[str]:
    """What no check ever looked at, of each dataset."""
    names = list(dict.fromkeys(one.dataset for one in published))
    by_gap: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        mine = [one for one in published if one.dataset == name]
        never = tuple(aspect for aspect in ASPECTS if all(aspect in one.unproved for one in mine))
        by_gap.setdefault(never, []).append(name)
    for gap, datasets in by_gap.items():
        if gap:
            yield f"No check looked at the {listed(gap, 'or')} of {listed(datasets)}: green does not prove it."


# alerts


def who_owned(record: Record) -> Section:
    """Every alert with those it reached, and what is wrong with the telling."""
    question = "Who owned each alert?"
    found = alerts_of(record.known, record.now)
    if not found.alerts:
        return Section(
            "alerts", question, found.headline, some(_owners(record)), came_up=False,
            to_see=_MISS,
        )  # fmt: skip
    return Section(
        "alerts",
        question,
        found.headline,
        some(_people(found), _alert_table(record, found), Items(found.findings), _owners(record)),
    )


def _people(found: Alerts) -> Table:
    """How many alerts each person got, answered, and how fast."""
    names = list(dict.fromkeys(name for one in found.alerts for name in one.recipients)) or []
    rows = [(name, *_of_person(found, name)) for name in names]
    lost = len(found.unreached)
    rows += [("nobody", str(lost), "0", "", "")] if lost else []
    return table("People", ("told", "alerts", "answered", "fastest", "slowest"), rows, right=(1, 2))


def _of_person(found: Alerts, name: str) -> tuple[str, str, str, str]:
    told = [one for one in found.alerts if name in one.recipients]
    spans = sorted(one.after for one in told if one.by == name and one.after is not None)
    fastest, slowest = (_span(spans[0]), _span(spans[-1])) if spans else ("", "")
    gone = " (gone)" if name in found.gone else " (not on the roster)" if name in found.unknown else ""
    return f"{len(told)}{gone}", str(len(spans)), fastest, slowest


def _span(span: timedelta) -> str:
    return ago(span)


def _alert_table(record: Record, found: Alerts) -> Table:
    rows = [(record.at(one.at), one.kind, one.sentence, one.route or "none", _outcome(one)) for one in found.alerts]
    return table("Alerts", ("sent", "about", "what", "route", "who"), rows)


def _outcome(one: AlertLine) -> str:
    noise = [word for word, is_so in (("a repeat", one.repeats), ("needed nothing", one.needless)) if is_so]
    return one.outcome + (f" ({listed(noise)})" if noise else "")


def _owners(record: Record) -> Table:
    """Who is told what, as the workspace has it."""
    rows = []
    for name, plan in record.known.plans.items():
        spec = plan.spec
        way = spec.alerts.to or spec.owner or "nobody"
        rows.append(
            (name, spec.owner or "nobody", listed(list(spec.alerts.on)) or "nothing", way, spec.runbook or "none")
        )
    return table("Who is told of what", ("DAG", "owner", "tells of", "tells", "runbook"), rows)
