"""`python -m tools.site OUT [--notebooks FOLDER] [--kept FOLDER]`."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from platformdirs import user_cache_path

_MODULES = {"jupyterlite_core": "jupyterlite-core", "jupyterlite_pyodide_kernel": "jupyterlite-pyodide-kernel",
            "jupyterlab": "jupyterlab", "hatchling": "hatchling", "pip": "pip"}  # fmt: skip


def missing() -> list[str]:
    """What is needed to build, and is not here."""
    found = [package for module, package in _MODULES.items() if importlib.util.find_spec(module) is None]
    return found + ([] if shutil.which("npm") else ["npm"])


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m tools.site", description="A static JupyterLite site with the notebooks.")
    parser.add_argument("out", type=Path, help="folder to write; what is in it goes")
    parser.add_argument("--notebooks", type=Path, help="folder with notebooks (default: tutorials/notebooks)")
    parser.add_argument("--kept", type=Path, help="folder where what is fetched is kept for the next time")
    wanted = parser.parse_args(arguments)
    lacking = missing()
    if lacking:
        print(f"not here: {', '.join(lacking)}. Install with: pip install -e '.[site]', and npm", file=sys.stderr)
        return 2
    from tools.site.build import NOTEBOOKS, build

    out = wanted.out.resolve()
    build(
        out, (wanted.notebooks or NOTEBOOKS).resolve(), wanted.kept or user_cache_path("orchestration-workbench-site")
    )
    print(f"{out}: serve it with any static server, for example: python -m http.server -d {wanted.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
