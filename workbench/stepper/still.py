"""A scene without a browser's help: HTML, SVG and text that stand alone, for saved notebooks and plain consoles."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from workbench.stepper.markup import ENDLESS, lines_html
from workbench.stepper.scene import WHY, WIDE, told_html
from workbench.stepper.svg_still import pictures_style, still
from workbench.views.sheet import Row

if TYPE_CHECKING:
    from workbench.bench import Bench

_SLOT = re.compile(r'<(\w+) data-slot="([^"]*)"([^>]*)></\1>')


def filled(scene: dict[str, str], slot: str = "root") -> str:
    """The markup of a slot with all below it."""

    def one(found: re.Match[str]) -> str:
        tag, inner, rest = found.groups()
        return f'<{tag} data-slot="{inner}"{rest}>{filled(scene, inner)}</{tag}>'

    return _SLOT.sub(one, scene.get(slot, ""))


def style() -> str:
    """The style sheet of stepper and still."""
    return (files("workbench.stepper") / "stepper.css").read_text(encoding="utf-8") + pictures_style()


def still_html(bench: Bench, said: str = "") -> str:
    """The pictures and the sentences, in HTML that needs neither script nor style: a notebook that is not trusted loses
    both, and so do pages that show notebooks. `said`: what was done, as markup; below it stands what happened last."""
    head = [" ".join(part.split()) for part in re.split(r"\s{2,}(?=\S)", _plain(bench.header(ENDLESS)).strip())]
    why = bench.why(ENDLESS)
    rows = [_plain(row).strip() for row in why.rows if not any(span.target.startswith("offer:") for span in row)]
    picture = b64encode(still_svg(bench).encode()).decode()
    name = escape(f"{bench.dag}, {bench.clock.full(bench.now)}: pipeline and timeline")
    told = f"<p>{said}</p>" if said else ""
    return (
        f'<div class="wb-still-text"><p><strong>{escape(" · ".join(head))}</strong></p>{told}{told_html(bench)}'
        f'<p><img alt="{name}" src="data:image/svg+xml;base64,{picture}" style="max-width:100%"></p>'
        f"<p><strong>{escape(why.title)}</strong></p><p>{lines_html(row for row in rows if row)}</p></div>"
    )


def _plain(row: Row) -> str:
    return "".join(span.text for span in row)


def still_svg(bench: Bench) -> str:
    """Graph and timeline as one SVG document that stands alone."""
    return still(bench)


def still_text(bench: Bench) -> str:
    """Header, graph and why, as the terminal has them."""
    head = "".join(span.text for span in bench.header(WIDE)).rstrip()
    graph = bench.graph(WIDE, 30)
    return "\n".join([head, graph.text, "", bench.why(WHY).title, bench.why(WHY).text])
