"""Airflow files, read as text: the syntax tree is walked, nothing is imported and nothing is run."""

from __future__ import annotations

from workbench.importing.airflow.meaning import drafts
from workbench.importing.airflow.walking import walk
from workbench.importing.found import Found
from workbench.importing.sources import Source


def read(source: Source) -> Found:
    """The DAGs of a file. Raises InvalidInput."""
    read = walk(source)
    return drafts(source, read)
