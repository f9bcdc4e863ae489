"""A mapping whose copies share what is old: it holds what a dict would, and copies never see what comes later."""

from __future__ import annotations

from random import Random

import pytest

from workbench.engine.layered import Layered


def test_it_holds_what_a_dict_would_and_copies_stay() -> None:
    draws, mine, plain = Random(7), Layered[int, int](), dict[int, int]()
    kept: list[tuple[Layered[int, int], dict[int, int]]] = []
    for step in range(6000):
        key = draws.randrange(2000)
        if key in plain and draws.random() < 0.3:
            del mine[key], plain[key]
        else:
            mine[key] = plain[key] = step
        assert (len(mine), mine.get(key), key in mine) == (len(plain), plain.get(key), key in plain)
        if step % 50 == 0:
            kept.append((mine.copy(), plain.copy()))
    assert all(copy == then and set(copy.values()) == set(then.values()) for copy, then in kept)
    assert all(mine.get(key, -1) == plain.get(key, -1) for key in range(2000))


def test_a_key_set_again_keeps_its_place() -> None:
    mine = Layered[int, int]()
    for key in (*range(500), *range(0, 500, 7)):
        mine[key] = key + 1
    assert list(mine) == list(range(500))


def test_a_copy_shares_what_is_old() -> None:
    mine = Layered[int, int]()
    for key in range(10_000):
        mine[key] = 1
    copy = mine.copy()
    assert len(copy._top) <= 64
    assert len(copy._layers) <= 5
    assert all(one is other for one, other in zip(copy._layers, mine._layers, strict=True))


def test_what_is_not_there_cannot_be_taken_out() -> None:
    mine = Layered[int, int]()
    mine[1] = 2
    del mine[1]
    with pytest.raises(KeyError):
        _ = mine[1]
    with pytest.raises(KeyError):
        mine.pop(1)
