"""Pages as one self-contained file: a template, its style inlined, its own weight told.

No clock is read here: the same facts on the same day give the same bytes. What the pages say is in
`assets.dashboards.subjects`; what they must satisfy in `checks.page`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assets.dashboards.site import Draft
from checks.page import GZIP_BYTES, SITE_GZIP_BYTES, measure
from resources import french

TEMPLATES = Path(__file__).parent
PUNCTUATION = re.compile(r" (?=[:;?!»])|(?<=«) |(?<=\d) (?=\d{3})")
STRESSED = re.compile(r"\*\*(.+?)\*\*")
DEMO_FOOT = (
    '@media print{@page{@bottom-left{content:"Données de démonstration";'
    "font:8pt sans-serif;color:#555}}}"
)


@dataclass(frozen=True)
class Page:
    """A page ready to be written, and what it weighs (bytes, gzip_bytes, nodes, requests).

    `gzip_bytes` is its budget.
    """

    name: str
    content: bytes
    facts: Mapping[str, int]
    gzip_bytes: int = GZIP_BYTES


def render_draft(draft: Draft) -> Page:
    """A page of the site, from its words."""
    return render(draft.path, draft.template, draft.words, draft.gzip_bytes or SITE_GZIP_BYTES)


def render(
    name: str, template: str, words: Mapping[str, Any], gzip_bytes: int = GZIP_BYTES
) -> Page:
    """A template with its words, told its own weight once that is known."""
    css = _style() + (DEMO_FOOT if words["banner"] else "")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    given = {**words, "css": css, "css_hash": digest}
    told = french.weight(GZIP_BYTES)
    for _ in range(2):  # the second pass tells the weight found by the first
        text = _environment().get_template(template).render(given, weight=told)
        content = _shorter(text).encode()
        facts = measure(content)
        told = french.weight(facts["gzip_bytes"])
    return Page(name, content, facts, gzip_bytes)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_typeset,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "stress": _stress}
    return environment


@cache
def _style() -> str:
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "style.css").read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text))
    return text.replace(";}", "}").strip()


def _shorter(html: str) -> str:
    return re.sub(r">\s*\n\s*<", "><", re.sub(r"\n\s+", "\n", html)).strip() + "\n"


def _percent(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") + "%"


def _typeset(value: Any) -> Any:
    """Every sentence leaves with the no-break spaces that French wants: « : ; ? ! », 1 000."""
    return PUNCTUATION.sub(french.NBSP, value) if type(value) is str else value


def _stress(text: str) -> Markup:
    return Markup(STRESSED.sub(r"<strong>\1</strong>", str(escape(_typeset(text)))))
