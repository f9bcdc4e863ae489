"""The workbench in a browser: textual-serve runs one for each tab that is opened."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from textual_serve.server import Server


def serve(arguments: Sequence[str], host: str, port: int) -> None:
    """Serve `workbench ARGUMENTS` until it is stopped. Only on loopback unless another host was asked for."""
    command = shlex.join([sys.executable, "-m", "workbench", *arguments])
    Server(command, host=host, port=port, title="orchestration workbench").serve()
