"""`python -m benchmarks [NAME ...]`: each benchmark in a process of its own; goal, figure, met or missed."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import import_module

NAMES = ("speed", "cursor", "history", "growth", "data", "keys", "notebook")


def machine() -> str:
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"unknown benchmark '{unknown[0]}' (known: {', '.join(NAMES)})", file=sys.stderr)
        return 2
    if len(names) == 1:
        for result in import_module(f"benchmarks.{names[0]}").run():
            print(result, flush=True)
        return 0
    print(machine(), flush=True)
    for name in names or NAMES:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
