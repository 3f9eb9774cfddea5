"""A small page per partner, for a developer who wants to read the phone, the mailbox, the parcels, the trades."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import render_template


@dataclass(frozen=True)
class Link:
    href: str
    text: str


@dataclass(frozen=True)
class Table:
    """Rows hold plain values or Links; everything is escaped by the template."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Form:
    """A form that posts its text fields ({name: label}) and comes back."""

    action: str
    button: str
    fields: dict[str, str] = field(default_factory=dict)


def render_page(title: str, intro: str, tables: Sequence[Table], forms: Sequence[Form] = (), html: str = "") -> str:
    """`html` is foreign mark-up; the template shows it in a frame that runs nothing."""
    return render_template("page.html", title=title, intro=intro, tables=tables, forms=forms, html=html)
