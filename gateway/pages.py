"""Query parameters of lists. They are text on the wire, so numbers are read from text here and only here."""

from marshmallow import fields, validate

LARGEST_PAGE = 100


def limit_field(default: int = 20) -> fields.Integer:
    bounds = validate.Range(1, LARGEST_PAGE)
    return fields.Integer(load_default=default, validate=bounds, metadata={"description": "Entries a page"})
