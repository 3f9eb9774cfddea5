"""Places in a list of goods, as an opaque text that fits one list only."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from services.catalog.contract import CURSOR_INVALID
from services.chassis.ids import is_id
from services.chassis.refusal import Refused

LARGEST_KEY = 2**62  # of points; a moment is in microseconds, and a datetime holds fewer
LARGEST_MOMENT = 250_000_000_000_000_000  # microseconds from 1970 into the year 9892
_LIST_FIELDS = ("category", "merchant_id", "words", "sort")


@dataclass(frozen=True)
class Place:
    """After the goods with this sort key; ids break ties."""

    key: int
    goods_id: str


def cursor_after(place: Place, request: Mapping[str, Any]) -> str:
    parts = orjson.dumps([_list_of(request), place.key, place.goods_id])
    return base64.urlsafe_b64encode(parts).decode().rstrip("=")


def place_of(request: Mapping[str, Any]) -> Place | None:
    """The place that the request's cursor names; refuses one that is damaged or of another list."""
    cursor = request["cursor"]
    if cursor is None:
        return None
    try:
        of_list, key, goods_id = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, orjson.JSONDecodeError, ValueError, TypeError):
        raise _invalid() from None
    if of_list != _list_of(request) or not _is_place(key, goods_id, request["sort"]):
        raise _invalid()
    return Place(key, goods_id)


def _is_place(key: Any, goods_id: Any, sort: str) -> bool:
    if type(key) is not int or not isinstance(goods_id, str) or not is_id(goods_id, "gds"):
        return False
    return 0 <= key <= LARGEST_MOMENT if sort == "newest" else abs(key) <= LARGEST_KEY


def _list_of(request: Mapping[str, Any]) -> str:
    """A zone is part of it only where one is asked for: cursors from before there were zones stay good."""
    fields = [request[name] for name in _LIST_FIELDS] + [request["zone"]] * bool(request["zone"])
    return hashlib.sha256(orjson.dumps(fields)).hexdigest()[:16]


def _invalid() -> Refused:
    return Refused(CURSOR_INVALID, "this cursor is not one of this list")
