"""The pictures of docs/notebook.md, from real JupyterLab: `python -m tests.notebook.pictures`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from tests.notebook.lab import lab, page_in, run_all

_NB: Any = nbformat
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebook"
START = """import workbench as wb
s = wb.sample("daily_flights", "late_jfk")
s.go("2013-01-04 05:45").until("08:05")"""
WHY = 's.why("publish")'
COMPARE = """b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
s.compare(b)"""
BUILD = """%load_ext notebook_ext
%wb new flights schedule '0 6 * * *' start 2013-01-01"""
TASK = """%%task extract takes 10m
[{"flight": 1, "late": 12}, {"flight": 2, "late": 40}]"""
CLEAN = """%%task clean after extract retries 1 takes 5m
[row for row in extract if row["late"] > 30]"""
# By name: the cells, and whether the last of them is shown with its code.
SHOWN = {"bench": START, "why": WHY, "compare": COMPARE, "task": CLEAN}
CELLS = [START, WHY, COMPARE, BUILD, TASK, CLEAN]


def take(page: Any, address: str, end: str) -> None:
    run_all(page, address, "shown.ipynb")
    page.wait_for_timeout(2500)
    for name, code in SHOWN.items():
        cell = page.locator(".jp-Notebook .jp-Cell").nth(CELLS.index(code))
        cell.scroll_into_view_if_needed()
        page.mouse.move(0, 0)
        page.wait_for_timeout(600)
        cell.screenshot(path=FOLDER / f"{name}{end}.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        notebook = _NB.v4.new_notebook(cells=[_NB.v4.new_code_cell(code) for code in CELLS])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        _NB.write(notebook, Path(folder) / "shown.ipynb")
        for is_dark, end in ((False, ""), (True, "_dark")):
            with lab(Path(folder)) as address, page_in(is_dark, (1440, 2000)) as page:
                take(page, address, end)


if __name__ == "__main__":
    main()
