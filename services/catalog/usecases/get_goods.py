"""One goods with its SKUs, prices and stock."""

from typing import Any

from services.catalog.contract import GOODS_UNKNOWN
from services.catalog.domain.prices import member_of
from services.catalog.storage.goods_queries import find_card, skus_on_sale
from services.catalog.storage.limits import limits_shown
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def get_goods(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Goods that are not on sale now are unknown to shoppers."""
    member = member_of(request)
    card = find_card(work, request["goods_id"], member)
    if card is None:
        raise Refused(GOODS_UNKNOWN, "no such goods on sale")
    goods_id = request["goods_id"]
    return {**card, "skus": skus_on_sale(work, goods_id, member), "limits": limits_shown(work, goods_id)}
