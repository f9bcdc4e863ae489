"""All that CI runs, in one command: `python -m tests`. Each check's name and time; the first lines of what fails.

`python -m tests NAME ...` runs only those checks.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS: dict[str, list[str]] = {
    "ruff": [sys.executable, "-m", "ruff", "check", "."],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": [sys.executable, "-m", "mypy"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "mutants": [sys.executable, "-m", "tests.mutants", "--some"],
    "pytest": [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--durations", "25"],
}


# These use one processor each, so two of them go on at once, the longest first; pytest takes both for itself.
BESIDE = ("mutants", "mypy", "imports", "ruff", "format")


def run(name: str, *, beside: bool = False) -> bool:
    """Its output comes as it is made, or at its end, so that two checks do not talk at once."""
    begun = time.monotonic()
    where = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if beside else {}
    done = subprocess.run(CHECKS[name], cwd=ROOT, stdin=subprocess.DEVNULL, check=False, **where)  # type: ignore[call-overload]
    told = f"-- {name}: {'good' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - begun:.0f} s)"
    print(f"{done.stdout or ''}{told}", flush=True)
    return bool(done.returncode == 0)


def all_of(names: list[str]) -> list[str]:
    """Those that failed."""
    beside = [name for name in BESIDE if name in names]
    with ThreadPoolExecutor(2) as pool:
        good = dict(zip(beside, pool.map(lambda name: run(name, beside=True), beside), strict=True))
    good |= {name: run(name) for name in names if name not in beside}
    return [name for name in names if not good[name]]


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"unknown check '{unknown[0]}' (known: {', '.join(CHECKS)})", file=sys.stderr)
        return 2
    failed = all_of(names or [*CHECKS])
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
