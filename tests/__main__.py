"""All that CI runs, in one command: `python -m tests`. Each check's name and time; the first lines of what fails.

`python -m tests NAME ...` runs only those checks.
"""

from __future__ import annotations

import subprocess
import sys
import time
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


def run(name: str) -> bool:
    begun = time.monotonic()
    done = subprocess.run(CHECKS[name], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    print(f"-- {name}: {'good' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - begun:.0f} s)", flush=True)
    return done.returncode == 0


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"unknown check '{unknown[0]}' (known: {', '.join(CHECKS)})", file=sys.stderr)
        return 2
    failed = [name for name in names or CHECKS if not run(name)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
