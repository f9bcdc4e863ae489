"""`python -m tests.laws --worlds 100000 --seed 1`: the laws on very many worlds, in as many processes as there are
processors. Prints the date, the seed, how many worlds were made, and every law that was broken, with its example.

Each process runs all law tests on its share of the worlds, with a seed of its own. Ends with 1 if a law was broken.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent.parent
# Worlds that one run of the law tests makes, about, when nothing makes it longer.
WORLDS_PER_ROUND = 860


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.laws", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--worlds", type=int, default=10_000, help="about how many worlds (default: 10000)")
    parser.add_argument("--seed", type=int, default=0, help="other seeds make other worlds")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("tests", nargs="*", default=["tests/laws"], help="only these tests")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    with TemporaryDirectory(prefix="laws-") as folder:
        processes = [started(given, number, Path(folder)) for number in range(given.processes)]
        said = [process.communicate()[0] for process in processes]
        worlds = sum(int(path.read_text("utf-8")) for path in Path(folder).glob("*.worlds"))
    broken = sorted({name for text in said for name in re.findall(r"^FAILED (\S+)", text, flags=re.MULTILINE)})
    failed = any(process.returncode for process in processes)
    for text in said:
        if "FAILED" in text or "ERROR" in text:
            print(text)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    print(
        f"{when}, seed {given.seed}: {worlds} worlds in {time.monotonic() - begun:.0f} s, {given.processes} processes"
    )
    print("no law was broken" if not failed else f"broken: {', '.join(broken) or 'see above'}")
    return 1 if failed else 0


def started(given: argparse.Namespace, number: int, folder: Path) -> subprocess.Popen[str]:
    times = max(1, round(given.worlds / given.processes / WORLDS_PER_ROUND))
    environment = {
        **os.environ,
        "LAWS": "long",
        "LAWS_TIMES": str(times),
        "LAWS_COUNT": str(folder / f"{number}.worlds"),
    }
    seed = given.seed * 1000 + number
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--hypothesis-seed={seed}",
        *given.tests,
    ]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
