"""Pictures come from merchants and go to browsers: only drawings, nothing that runs or fetches."""

import hashlib
from xml.parsers import expat

FORBIDDEN_ELEMENTS = {"script", "foreignobject", "iframe", "image", "use", "a", "style", "animate", "set", "handler"}


class PictureUnsafe(Exception):
    """Not an SVG drawing that may be shown; the text says why."""


def etag_of(svg: str) -> str:
    return hashlib.sha256(svg.encode()).hexdigest()[:32]


def check_picture(svg: str) -> None:
    """Raises PictureUnsafe unless ``svg`` is one well-formed SVG document without scripts, entities or references."""
    depth = 0

    def starts(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0 and name != "svg":
            raise PictureUnsafe("the root element is not svg")
        _check_element(name, attributes)
        depth += 1

    def refuse_doctype(*_parts: object) -> None:
        raise PictureUnsafe("a document type is not allowed")

    parser = expat.ParserCreate()
    parser.StartElementHandler = starts
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(svg.encode(), True)
    except expat.ExpatError as problem:
        raise PictureUnsafe(f"not well-formed: {problem}") from None


def _check_element(name: str, attributes: dict[str, str]) -> None:
    if name.rpartition(":")[2].lower() in FORBIDDEN_ELEMENTS:
        raise PictureUnsafe(f"<{name}> is not allowed")
    for attribute, value in attributes.items():
        plain = attribute.rpartition(":")[2].lower()
        fetches = "url(" in value.replace(" ", "").lower().replace("url(#", "")
        if plain.startswith("on") or plain in ("href", "src", "style") or fetches:
            raise PictureUnsafe(f"{attribute} is not allowed on <{name}>")
