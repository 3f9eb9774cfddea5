"""A page of goods on sale: by category, merchant, zone, words in Chinese or English, at the prices of who asks."""

from typing import Any

from services.catalog.domain.cursors import cursor_after, place_of
from services.catalog.domain.prices import member_of
from services.catalog.domain.search import patterns
from services.catalog.storage.goods_queries import list_cards
from services.chassis.data.work import Work


def list_goods(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    after, words = place_of(request), request["words"]
    terms = patterns(words) if words else []
    if words and not terms:
        return {"goods": [], "next_cursor": None}  # nothing but punctuation: nothing is called that
    found = list_cards(work, request, member_of(request), terms, after)
    page = found[: request["limit"]]
    more = len(found) > len(page)
    return {"goods": [card for _, card in page], "next_cursor": cursor_after(page[-1][0], request) if more else None}
