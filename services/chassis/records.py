"""Lists of small records, at a fraction of what a schema costs for each of them.

Most of a batch is well formed, and made of texts and whole numbers. Such records take a short way here: the same
checks, called directly. As soon as one of them is anything else, the whole list goes the schema's own way, which fills
in what may be missing and says what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

_MISSING = object()
_TYPES: dict[type[fields.Field], type] = {fields.String: str}  # and what ``takes_short_way`` adds
Record = dict[str, Any]


def takes_short_way(field: type[fields.Field], of: type) -> type[fields.Field]:
    """Says of a field type that it reads and writes values of exactly the Python type ``of`` as they are."""
    _TYPES[field] = of
    return field


class Records(fields.List):
    """A list of records of one schema; what it reads and writes is what ``List(Nested(schema))`` does."""

    def __init__(self, inner: type[Schema], **options: Any) -> None:
        super().__init__(fields.Nested(inner), **options)
        self._columns = _columns_of(inner())

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any] | None:
        plain = _all_of(value, self._columns, with_checks=False)
        return super()._serialize(value, attr, obj, **kwargs) if plain is None else plain

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        plain = _all_of(value, self._columns, with_checks=True)
        return super()._deserialize(value, attr, data, **kwargs) if plain is None else plain


_Column = tuple[str, type, bool, list[Callable[[Any], Any]]]  # name, type, may be null, checks


def _columns_of(schema: Schema) -> list[_Column] | None:
    """None: records of this schema need all of it."""
    known = all(_is_plain(field) for field in schema.fields.values())
    if not known or schema.unknown != EXCLUDE or any(schema._hooks.values()):
        return None
    return [(name, _TYPES[type(field)], field.allow_none, field.validators) for name, field in schema.fields.items()]


def _is_plain(field: fields.Field) -> bool:
    renamed = field.data_key is not None or field.attribute is not None
    return type(field) in _TYPES and not (renamed or field.load_only or field.dump_only)


def _all_of(value: Any, columns: list[_Column] | None, with_checks: bool) -> list[Record] | None:
    """None if a record is not as plain as expected."""
    if columns is None or type(value) is not list:
        return None
    records = []
    for each in value:
        record = _one_of(each, columns, with_checks)
        if record is None:
            return None
        records.append(record)
    return records


def _one_of(value: Any, columns: list[_Column], with_checks: bool) -> Record | None:
    if type(value) is not dict:
        return None
    record: Record = {}
    for name, of, nullable, checks in columns:
        found = value.get(name, _MISSING)
        if type(found) is of:
            if with_checks and not _passes(found, checks):
                return None
        elif found is not None or not nullable:
            return None
        record[name] = found
    return record


def _passes(value: Any, checks: list[Callable[[Any], Any]]) -> bool:
    try:
        for check in checks:
            check(value)
    except ValidationError:
        return False
    return True
