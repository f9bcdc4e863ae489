"""Cron ticks and partitions of several tools, around changes of the clocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from tests.conformance import Row, Table, instant, left_out
from workbench.dialects import dagster, prefect
from workbench.dialects.dagster import TimeWindows, Window
from workbench.timetable import Cron, Grid

SECOND = timedelta(seconds=1)
END = datetime(9000, 1, 1, tzinfo=UTC)
Walk = Callable[[str, ZoneInfo, datetime], Iterator[datetime]]
TOOLS: dict[str, Walk] = {
    "airflow": lambda cron, zone, after: Cron(cron, zone).ticks(after, END),
    "dagster": dagster.ticks,
    "prefect": prefect.ticks,
}
LATER = "it comes with the dialects"
SETS = "sets of windows, and their serialisation: ours are ranges of a grid"


def of_tools(row: Row) -> dict[str, list[str]]:
    zone, after = ZoneInfo(row["timezone"]), instant(row["after_utc"])
    walks = {tool: islice(walk(row["cron"], zone, after), len(row[tool])) for tool, walk in TOOLS.items()}
    return {tool: [f"{tick:%Y-%m-%dT%H:%M}" for tick in walk] for tool, walk in walks.items()}


def of_dagster(row: Row) -> list[datetime]:
    first, count = instant(row["times_utc_or_local"][0]), len(row["times_utc_or_local"])
    return list(islice(dagster.ticks(row["cron"], ZoneInfo(row["timezone"]), first - SECOND), count))


# partitions


def windows_from(text: str) -> TimeWindows:
    """Read "TimeWindowPartitionsDefinition(start=..., end=..., timezone='...', ...)"."""
    found = dict(re.findall(r"(\w+)=('[^']*'|[^,)]*)", text))
    start, end = (
        None if found[key] == "None" else datetime.fromtimestamp(float(found[key]), UTC) for key in ("start", "end")
    )
    assert start is not None
    zone = ZoneInfo(found["timezone"].strip("'"))
    return TimeWindows(
        found["cron_schedule"].strip("'"), zone, start, end, found["fmt"].strip("'"), int(found["end_offset"])
    )


def day_shift(row: Row) -> object:
    grid = Grid("day", ZoneInfo("America/Los_Angeles"))
    window = grid.parse(row["partition_key"])
    return grid.shift(window, -1).key, grid.shift(window, 1).key


def day_shift_expected(row: Row) -> object:
    return row["expected_upstream_partition_key"], row["expected_downstream_partition_key"]


def upstream_now(row: Row) -> object:
    above, below = (windows_from(row[f"{side}_partitions_def"]) for side in ("upstream", "downstream"))
    found = dagster.upstream(above, below, row["downstream_keys"], instant(row["current_time"]))
    return found.keys, [list(window) for window in found.missing]


def upstream_now_expected(row: Row) -> object:
    return row["expected_upstream_keys"], [[instant(at) for at in window] for window in row["invalid_time_windows"]]


def downstream_now(row: Row) -> object:
    above, below = (windows_from(row[f"{side}_partitions_def"]) for side in ("upstream", "downstream"))
    return dagster.downstream(above, below, row["upstream_keys"], instant(row["current_time"]))


def valid_upstream(row: Row) -> object:
    above = windows_from(row["upstream_partitions_def"])
    low, high = re.findall(r"'([\d-]+)'", row["downstream_partitions_subset"])
    below = TimeWindows(above.cron, above.zone, above.start)
    grid = Grid("day", above.zone)
    keys = [window.key for window in grid.between(grid.parse(low).start, grid.parse(high).end)]
    found = dagster.upstream(above, below, keys, instant(row["current_time"]))
    return found.keys, [above.key(window) for window in found.missing]


MAPPINGS: dict[str, tuple[Callable[[Row], object], Callable[[Row], object]]] = {
    "test_dst_transition_with_daily_partitions": (day_shift, day_shift_expected),
    "test_get_upstream_with_current_time": (upstream_now, upstream_now_expected),
    "test_get_downstream_with_current_time": (downstream_now, lambda row: row["expected_downstream_keys"]),
    "test_downstream_partition_has_valid_upstream_partitions": (
        valid_upstream,
        lambda row: (row["valid_partitions_mapped_to"], row["required_but_nonexistent_partition_keys"]),
    ),
}


def has_key(row: Row) -> object:
    zone = ZoneInfo(row["timezone"] or "UTC")
    return dagster.time_windows("hourly", zone, instant("2020-10-01")).window(row["partition_key"]) is not None


def keys_in_range(row: Row) -> object:
    found = windows_from(row["partitions_def"])
    keys = [found.key(window) for window in found.partitions(instant("2021-06-01"))]
    return keys[keys.index(row["range_start"]) : keys.index(row["range_end"]) + 1]


WINDOWS: dict[str, tuple[Callable[[Row], object], Callable[[Row], object]]] = {
    "test_dst_transition_has_partition_key": (has_key, lambda row: row["expected"]),
    "test_get_partition_keys_in_range": (keys_in_range, lambda row: row["partition_keys"]),
}


def windows_of(row: Row) -> list[Window]:
    """The row's partitions, as Dagster makes them."""
    return time_windows_of(row).partitions(instant(row["now"]))


def time_windows_of(row: Row) -> TimeWindows:
    zone = ZoneInfo(row["tz"])
    start = datetime.fromisoformat(row["start"].replace("-00:00", "T00:00")).replace(tzinfo=zone)
    return dagster.time_windows(
        row["kind"], zone, start.astimezone(UTC), row.get("end_offset", 0), row.get("hour_offset", 0)
    )


def partitions_shown(row: Row) -> object:
    made, windows = time_windows_of(row), windows_of(row)
    return [made.key(window) for window in windows], [list(window) for window in windows], len(windows)


def partitions_expected(row: Row) -> object:
    return row["keys"], [[instant(at) for at in window] for window in row["windows"]], row["n"]


TABLES = [
    Table("cross_tool_cron_dst_computed", of_tools, lambda row: {tool: row[tool] for tool in TOOLS}),
    Table("dagster_cron_ticks", of_dagster, lambda row: [instant(at) for at in row["times_utc_or_local"]]),
    Table(
        "dagster_partition_mapping",
        lambda row: MAPPINGS[row["test"]][0](row),
        lambda row: MAPPINGS[row["test"]][1](row),
    ),
    Table("dagster_partition_windows_computed", partitions_shown, partitions_expected),
    Table(
        "dagster_time_window_partitions",
        lambda row: WINDOWS[row["test"]][0](row),
        lambda row: WINDOWS[row["test"]][1](row),
        left=lambda row: "" if row["test"] in WINDOWS else SETS,
    ),
    left_out("dagster_cron_fixed_interval", LATER),
    left_out("dagster_retry_delay_computed", LATER),
    left_out("kfp_retry_restated", LATER),
    left_out("luigi_dependency_gate_computed", LATER),
    left_out("luigi_retry_disable_computed", LATER),
    left_out("mage_retry_restated", LATER),
    left_out("prefect_exponential_backoff_computed", LATER),
    left_out("prefect_flow_final_state_computed", LATER),
    left_out("prefect_schedules_computed", LATER),
    left_out("sagemaker_retry_restated", LATER),
]
