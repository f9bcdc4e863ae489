"""Task functions that some of the bad files name."""

from typing import Any


def _refuse() -> None:
    raise RuntimeError("reading a pipeline must not run this")


_refuse()


def extract(jkf: Any, lga: Any, ctx: Any) -> Any:
    return [jkf, lga, ctx]


def clean(extract: Any, limit: int = 5) -> Any:
    return extract[:limit]
