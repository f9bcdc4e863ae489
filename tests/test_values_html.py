"""Values as HTML: the sentences that they print, escaped, small, with a style of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import workbench as wb

Shown = Callable[[wb.Session], Any]
VALUES: dict[str, Shown] = {
    "why": lambda s: s.why("publish"),
    "why run": lambda s: s.explain("daily_flights@2013-01-03"),
    "done": lambda s: s.done,
    "happened": lambda s: s.step(),
    "compared": lambda s: replace(s.compare("B"), picture=None),
    "rows": lambda s: s.query("select dataset, rows from live"),
    "checked": lambda s: s.check("late-1"),
    "asked": lambda s: s.ask("How many?", answer=3),
    "card": lambda s: s.card("daily_flights@2013-01-03"),
}


@pytest.fixture
def session() -> wb.Session:
    s = wb.sample("daily_flights", "late_jfk").until("2013-01-04 08:05")
    s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
    return s


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def body(html: str) -> str:
    return html.partition("</style>")[2]


@pytest.mark.parametrize("name", VALUES)
def test_it_says_what_it_prints(session: wb.Session, name: str) -> None:
    value = VALUES[name](session)
    html = value._repr_html_()
    told = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<summary>.*?</summary>", "", body(html))))
    assert words(told) == words(str(value))
    assert len(html) < 12_000
    assert "http" not in html
    assert "<script" not in html


def test_a_table_names_its_columns_and_can_be_scrolled_by_keyboard(session: wb.Session) -> None:
    html = body(session.query("select dataset, rows from live")._repr_html_())
    assert '<th scope="col">dataset</th><th scope="col" class="r">rows</th>' in html
    assert 'tabindex="0" role="region"' in html


def test_nothing_of_a_pipeline_becomes_markup(session: wb.Session, tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    shown = [
        session.query(f"select '{evil}' as '{evil}'"),
        session.ask(evil, text=True, answer=evil),
        session.check(exercise(tmp_path, evil)),
    ]
    for value in shown:
        assert "<img" not in value._repr_html_()
        assert "&lt;img" in value._repr_html_()


def exercise(folder: Path, evil: str) -> Path:
    path = folder / "evil.yaml"
    clause = f'{{says: "{evil}", sql: "select 0, \'{evil}\' as x", miss: "{{x}}"}}'
    path.write_text(f'title: "{evil}"\ntext: "{evil}"\nclauses:\n  - {clause}\nnext: "{evil}"\n', encoding="utf-8")
    return path


def test_glyphs_tell_what_colours_tell(session: wb.Session) -> None:
    b = session.what_if("05:55").wait("extract", "jfk").until("07:00")
    html = body(b.why("extract")._repr_html_())
    assert '<span class="s-good">✔</span>' in html
    assert '<span class="s-bad">✖</span>' in html


def test_text_is_what_it_was(session: wb.Session) -> None:
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    for make in VALUES.values():
        value = make(session)
        assert pretty(value) == str(value)


def test_a_run_card_keeps_its_form_and_folds_nothing(session: wb.Session) -> None:
    html = session.card("daily_flights@2013-01-03")._repr_html_()
    [form] = re.findall(r"<pre class=\"form\".*?>(.*?)</pre>", html, re.DOTALL)
    lines = unescape(form).split("\n")
    assert "  code" in lines
    assert any(line.startswith("    publish ") for line in lines)
    assert "<details" not in html
