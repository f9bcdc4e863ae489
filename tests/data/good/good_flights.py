"""Task functions of full.yaml."""

from typing import Any


def extract(ewr: Any, jfk: Any, lga: Any, ctx: Any) -> Any:
    return [*ewr, *jfk, *lga, ctx]


def clean(extract: Any) -> Any:
    return extract
