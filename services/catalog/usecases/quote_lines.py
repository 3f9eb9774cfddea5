"""What a basket costs now, for a member of a tier."""

from typing import Any

from services.catalog.domain.prices import member_of
from services.catalog.domain.quoting import quote
from services.catalog.storage.offers import offers_of
from services.chassis.data.work import Work


def quote_lines(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    offers = offers_of(work, [line["sku_id"] for line in request["lines"]])
    return quote(request["lines"], offers, member_of(request))
