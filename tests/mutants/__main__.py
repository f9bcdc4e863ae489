"""`python -m tests.mutants`: shows that the law tests can go red.

Each mutant is applied to a copy of the package, never to this tree, and the test that it names must fail there.
Before that, the same tests must pass on a copy without a mutant. Ends with 1 if one survives.

`python -m tests.mutants NAME ...` tries only those; `--some` the first of each law, which is what CI has time for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants import ROOT, Mutant, every_mutant

COPIED = ("workbench", "tui", "tests", "tutorials", "pyproject.toml")
PASSED, FAILED = 0, 1
TRIED_AT_ONCE = 2


def copy_to(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".*", "*.patch")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)


def outcome(folder: Path, tests: list[str]) -> tuple[int, str]:
    """pytest's exit code and output, for these tests in that copy."""
    probe = f"import workbench; assert workbench.__file__.startswith({str(folder)!r}), workbench.__file__"
    environment = {**os.environ, "LAWS": "mutants", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    pytest = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]
    for command in (["-c", probe], pytest):
        done = subprocess.run(
            [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            break
    return done.returncode, done.stdout + done.stderr


def tried(tests: list[str], mutant: Mutant | None = None) -> tuple[int, str, float]:
    begun = time.monotonic()
    with TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name).resolve()
        copy_to(folder)
        if mutant is not None:
            mutant.apply(folder)
        return *outcome(folder, tests), time.monotonic() - begun


def some() -> list[str]:
    """The names of the first mutant of each law."""
    laws: dict[int, list[str]] = {}
    for mutant in every_mutant():
        laws.setdefault(mutant.law, []).append(mutant.name)
    return [name for names in laws.values() for name in names[:1]]


def main(names: list[str]) -> int:
    names = some() if names == ["--some"] else names
    mutants = [mutant for mutant in every_mutant() if not names or mutant.name in names]
    if not mutants or len(names) > len(mutants):
        print(f"known mutants: {', '.join(mutant.name for mutant in every_mutant())}", file=sys.stderr)
        return 2
    code, said, seconds = tried(sorted({mutant.killer for mutant in mutants}))
    if code != PASSED:
        print(f"the tests fail without a mutant:\n{said}", file=sys.stderr)
        return 1
    print(f"{'mutant':34} law  {'killed by':88} seconds")
    print(f"{'(none)':34} {'':4} {'nothing: all of them pass':88} {seconds:7.1f}", flush=True)
    survivors = 0
    with ThreadPoolExecutor(TRIED_AT_ONCE) as pool:
        for mutant, (code, said, seconds) in zip(
            mutants, pool.map(lambda one: tried([one.killer], one), mutants), strict=True
        ):
            killed = code == FAILED
            survivors += not killed
            by = mutant.killer.removeprefix("tests/") if killed else "SURVIVED" if code == PASSED else f"BROKEN\n{said}"
            print(f"{mutant.name:34} {mutant.law:3}  {by:88} {seconds:7.1f}", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
