"""Prints a command of the README: the first line of the shell block that follows `<!-- command: NAME -->`."""

import re
import sys
from pathlib import Path

text = Path(sys.argv[1]).read_text(encoding="utf-8")
found = re.search(rf"<!-- command: {sys.argv[2]} -->\s*```sh\n(.+?)\n```", text, re.DOTALL)
if found is None:
    sys.exit(f"{sys.argv[1]} has no command '{sys.argv[2]}'")
print(found.group(1))
