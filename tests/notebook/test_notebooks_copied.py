"""Notebooks come to a folder of the learner's own: by the command, from a wheel, and without losing anybody's work."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import workbench as wb
from tests.cli_cases import good, refused
from tests.notebook.runs import read, run

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning"
)


def test_all_are_copied_and_what_comes_next_is_said(tmp_path: Path) -> None:
    told = good("notebooks", str(tmp_path / "mine")).splitlines()
    assert told[-1] == f"Open them: jupyter lab {tmp_path / 'mine'}"
    for one in wb.notebooks().values():
        assert (tmp_path / "mine" / one.path.name).read_bytes() == one.path.read_bytes()
        assert one.path.name in told


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "n3_late_file.ipynb"
    mine.write_text("mine")
    assert "n3_late_file.ipynb was there already and stays as it is" in good("notebooks", str(tmp_path), "n3")
    assert mine.read_text() == "mine"
    good("notebooks", str(tmp_path), "n3", "--replace")
    assert mine.read_bytes() == wb.notebooks()["n3"].path.read_bytes()


def test_some_are_copied_by_name(tmp_path: Path) -> None:
    good("notebooks", str(tmp_path), "N1", "n4_retry_policies")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n1_plain_functions.ipynb", "n4_retry_policies.ipynb"]
    assert refused("notebooks", str(tmp_path), "n33")[0].startswith("there is no notebook 'n33'; did you mean 'n3'?")
    assert len(list(tmp_path.iterdir())) == 2


def test_without_a_folder_they_are_listed() -> None:
    lines = good("notebooks").splitlines()
    assert lines[0] == "n1  Plain functions first"
    assert lines[-1] == "To have them in a folder of yours: workbench notebooks FOLDER"


def test_a_folder_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(wb.InvalidInput, match="cannot be written"):
        wb.copy_notebooks(tmp_path / "file")


def test_data_that_ship_are_found_by_name_and_nothing_else_is() -> None:
    assert wb.data("nycflights13/jfk/2013-01-03.csv.gz").is_file()
    with pytest.raises(wb.InvalidInput, match=r"did you mean 'nycflights13/[a-z]+/2013-01-03.csv.gz'"):
        wb.data("nycflights13/jkf/2013-01-03.csv.gz")
    for outside in ("../__init__.py", str(Path(__file__).resolve())):
        with pytest.raises(wb.InvalidInput):
            wb.data(outside)


def test_a_pipeline_anywhere_takes_data_that_ship() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-02")
    dag.input("jfk", expected="06:00", path="shipped:nycflights13/jfk/{partition}.csv.gz")
    dag.task("extract", reads="jfk", takes="1m")
    s = wb.Session(dag).until("2013-01-03 07:00")
    assert s.query("select rows from attempt").value == 321


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel of this checkout installs, in a folder."""
    root, place = Path(wb.__file__).parent.parent, tmp_path_factory.mktemp("wheel")
    if not (root / "pyproject.toml").is_file():
        pytest.skip("this is no checkout")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    made = subprocess.run(build, cwd=root, capture_output=True, text=True, check=False)
    if "No module named" in made.stderr:
        pytest.skip("hatchling is not installed")
    assert made.returncode == 0, made.stderr
    (file,) = place.glob("*.whl")
    zipfile.ZipFile(file).extractall(place / "installed")
    return place / "installed"


def test_a_wheel_brings_notebooks_and_exercises(wheel: Path) -> None:
    for one in wb.notebooks().values():
        assert (wheel / "tutorials/notebooks" / one.path.name).read_bytes() == one.path.read_bytes()
    assert (wheel / "tutorials/notebooks/exercises/late-1.yaml").is_file()


def test_a_notebook_runs_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    found = read(wheel / "tutorials/notebooks/n1_plain_functions.ipynb")
    found["cells"].append(
        {**found["cells"][2], "id": "where", "source": "print(wb.__path__[0], wb.notebooks()['n1'].path)"}
    )
    ran = run(found, tmp_path, {"PYTHONPATH": str(wheel)})
    assert ran.said("where").count(str(wheel)) == 2
    assert "so far." in ran.said("exercise")


def test_a_heat_map_shows_its_numbers_and_escapes_its_words() -> None:
    made = wb.heat_map({("<1>", n): (n / 2, f"{n} calls") for n in (1, 2)} | {("b", 1): None}, down="d", across="a")
    assert str(made).splitlines() == [
        "d ↓  a →  1                 2",
        "<1>          0.5 (1 calls)  ██ 1 (2 calls)",
        "b         –                 –",
    ]
    html = made._repr_html_()
    assert "&lt;1&gt;" in html
    assert "<1>" not in html
    assert html.count("<td") == 4
    assert "--deep:62%" in html
