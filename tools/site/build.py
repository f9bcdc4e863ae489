"""Building the site: Pyodide from npm, wheels with pip, then `jupyter lite build`, then our front page."""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from jupyterlite_pyodide_kernel.constants import PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_PYTHON_VERSION, PYODIDE_VERSION

from tools.site.places import NAME, NotBuilt, pip, put, run
from tools.site.wheels import NETWORK, Place, all_wanted, lock_of, versions_of

ROOT = Path(__file__).resolve().parents[2]
OURS = "orchestration-workbench"
# What the kernel of JupyterLite is made of, and ours.
_ROOTS = ("micropip", "piplite", "pyodide-kernel", "ipykernel", "comm", "jedi", "ipython", OURS)
_RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
_FRONT_PAGE = Path(__file__).with_name("index.html")


def build(out: Path, notebooks: Path, kept: Path) -> None:
    """Write the site into a folder; what was there before stays until it is whole. `kept`: where what was fetched stays
    for the next build. NotBuilt: npm, pip or JupyterLite failed. OSError: no room, no right."""
    kept.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="work-", dir=kept) as folder:
        work = Path(folder)
        _lay_pyodide(work / "static" / "pyodide", kept)
        settings = json.dumps(_settings(work / "static" / "pyodide"), indent=1)
        (work / "jupyter-lite.json").write_text(settings, encoding="utf-8")
        _lay_notebooks(notebooks, work / "contents")
        made = work / "site"
        _build_lite(work, made)
        (made / "index.html").write_text(_front_page(work / "contents"), encoding="utf-8")
        put(made, out)


def _lay_notebooks(source: Path, folder: Path) -> None:
    """The notebooks, each for the kernel that the page has: nobody is asked which one to take."""
    folder.mkdir()
    for path in sorted(source.glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        notebook["metadata"]["kernelspec"] = {"name": "python", "display_name": "Python", "language": "python"}
        (folder / path.name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def _lay_pyodide(folder: Path, kept: Path) -> None:
    """Python for the browser, and its wheels with the list of them."""
    folder.mkdir(parents=True)
    with tarfile.open(_packed(kept)) as packed:
        for name in _RUNTIME:
            _take(packed, name, folder / name)
        known = json.loads(_content(packed, "pyodide-lock.json"))
    micropip = {"micropip": known["packages"]["micropip"]["version"]}
    place = Place(
        own=(_our_wheel(folder.parent), *_kernel_wheels()),
        versions={**micropip, **versions_of((ROOT / "constraints.txt").read_text("utf-8"))},
        kept=kept,
        python=PYODIDE_PYTHON_VERSION,
    )
    wheels = all_wanted(_ROOTS, place)
    for wheel in wheels:
        shutil.copy(wheel.path, folder)
    (folder / "pyodide-lock.json").write_text(lock_of(wheels, known["info"]), encoding="utf-8")


def _packed(kept: Path) -> Path:
    path = kept / f"pyodide-{PYODIDE_VERSION}.tgz"
    if not path.exists():
        print(f"fetching Pyodide {PYODIDE_VERSION}", flush=True)
        with TemporaryDirectory(prefix="npm-", dir=kept) as folder:
            command = [shutil.which("npm") or "npm", "pack", "--silent", "--loglevel=error"]
            run([*command, "--pack-destination", folder, f"pyodide@{PYODIDE_VERSION}"],
                f"Pyodide {PYODIDE_VERSION} could not be fetched with npm. {NETWORK}")  # fmt: skip
            (Path(folder) / path.name).replace(path)
    return path


def _content(packed: tarfile.TarFile, name: str) -> bytes:
    found = packed.extractfile(f"package/{name}")
    if found is None:
        raise NotBuilt(f"Pyodide {PYODIDE_VERSION} has no {name}")
    return found.read()


def _take(packed: tarfile.TarFile, name: str, target: Path) -> None:
    target.write_bytes(_content(packed, name))


def _our_wheel(folder: Path) -> Path:
    """Made of this clone."""
    made = pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    run(made, "The workbench itself could not be made into a wheel.")
    [path] = folder.glob("*.whl")
    return path


def _kernel_wheels() -> tuple[Path, ...]:
    """Those that come with JupyterLite's kernel: they stand in for packages that need more than a browser has."""
    folder = Path(sys.prefix, "share", "jupyter", "labextensions", *PYODIDE_KERNEL_PLUGIN_ID.split(":")[0].split("/"))
    return tuple(sorted((folder / "static" / "pypi").glob("*.whl"), reverse=True))


def _settings(pyodide: Path) -> dict[str, Any]:
    """All packages are there when the kernel is: no cell has to install anything, and nothing can ask elsewhere."""
    packages = sorted(json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))["packages"])
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": packages}}
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": NAME,
            "enableMemoryStorage": True,
            "litePluginSettings": {PYODIDE_KERNEL_PLUGIN_ID: kernel},
        },
    }


def _build_lite(work: Path, out: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(work), "--output-dir", str(out),
               "--contents", str(work / "contents"), "--apps", "lab", "--apps", "notebooks", "--no-sourcemaps",
               "--no-unused-shared-packages", "--disable-addons", "archive"]  # fmt: skip
    run(command, "JupyterLite could not build the site.", cwd=work)


class Shown(NamedTuple):
    """What the front page says of a notebook: its file, its title, and the first paragraph below."""

    file: str
    title: str
    first: str


def _front_page(notebooks: Path) -> str:
    rows = "\n".join(map(_row, map(shown, sorted(notebooks.glob("*.ipynb")))))
    return _FRONT_PAGE.read_text(encoding="utf-8").replace("<!-- notebooks -->", rows)


def shown(path: Path) -> Shown:
    """Read from the first text of a notebook."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = next(("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"), "")
    title, *rest = [part.strip() for part in text.split("\n\n") if part.strip()] or [path.stem]
    return Shown(path.name, title.lstrip("# "), rest[0].replace("\n", " ") if rest else "")


def _row(notebook: Shown) -> str:
    return (
        f'<li><a href="notebooks/index.html?path={escape(notebook.file)}">{escape(notebook.title)}</a>'
        f"<p>{escape(notebook.first)}</p></li>"
    )
