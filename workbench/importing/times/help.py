"""What `workbench import --help-times` says: the columns, an example, and how other tools give such a file."""

from __future__ import annotations

SQL = """\
SELECT t.dag_id, t.task_id, t.run_id, r.data_interval_start, t.map_index, t.try_number,
       t.state, t.start_date, t.end_date
FROM task_instance t JOIN dag_run r ON r.dag_id = t.dag_id AND r.run_id = t.run_id
WHERE t.dag_id = 'daily_sales' AND r.start_date > '2026-09-01'
UNION ALL
SELECT h.dag_id, h.task_id, h.run_id, r.data_interval_start, h.map_index, h.try_number,
       h.state, h.start_date, h.end_date
FROM task_instance_history h JOIN dag_run r ON r.dag_id = h.dag_id AND r.run_id = h.run_id
WHERE h.dag_id = 'daily_sales' AND r.start_date > '2026-09-01';
"""
DBT = (
    "jq -r '.metadata.invocation_id as $run | .results[] | (.timing[-1] // {}) as $t"
    " | [.unique_id, $run, .status, $t.started_at, $t.completed_at] | @csv' target/run_results.json >> runs.csv"
)
GITHUB = (
    "gh run view ID --json databaseId,attempt,jobs --jq '. as $r | .jobs[] | [.name, $r.databaseId, $r.attempt,"
    ' (if .conclusion == "" then .status else .conclusion end), .startedAt, .completedAt] | @csv\' >> runs.csv'
)
EXAMPLE = """\
task,run,try,state,start,end
extract,2026-11-16,1,failed,2026-11-17T06:00:04Z,2026-11-17T06:02:11Z
extract,2026-11-16,2,success,2026-11-17T06:07:12Z,2026-11-17T06:15:40Z
clean,2026-11-16,1,success,2026-11-17T06:15:44Z,2026-11-17T06:18:02Z
"""


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


HELP = f"""\
workbench import FILE --times runs.csv reads what the runs of a pipeline took: a CSV file (or with ; or tabs), one row
for each try of each task. The more days it has, the better; 2,000,000 rows at most.

{_indented(EXAMPLE)}
  task    as your file calls it: task_id, job, unique_id
  run     run_id, run, invocation_id; a run's date helps to tell its day: data_interval_start, logical_date,
          execution_date
  try     1, 2, ...: try_number, attempt; without it each row is a first try
  state   state, status, conclusion: success, failed, error, up_for_retry, skipped, upstream_failed, running, ...
  start   start_date, started_at, ... in any usual spelling, or seconds since 1970; without a zone it is UTC
  end     end_date, completed_at, ..., or a duration in seconds; empty for what never ended
  dag     dag_id, workflow: needed when FILE has several pipelines and they share names of tasks

Other columns may be there, in any order. What was matched to what, and which rows were left out, is told.

Airflow (2.10 and later, and 3): save this as runs.sql, with your DAG and a date,

{_indented(SQL)}
and ask the metadata database:

  PostgreSQL   psql --csv -f runs.sql airflow > runs.csv
  MySQL        mysql --batch airflow < runs.sql > runs.csv
  SQLite       sqlite3 -header -csv airflow.db < runs.sql > runs.csv

Before 2.10 there is no task_instance_history: leave out UNION ALL and what follows it. Only the last try of each task
is known then; the ones before it count as failures.

dbt, after each run (first: echo task,run,state,start,end > runs.csv):

  {DBT}

GitHub Actions, for each run (first: echo task,run,try,state,start,end > runs.csv; gh run list names the IDs):

  {GITHUB}
"""
