"""What a basket costs a member now, why, and how it is best paid. Nothing is held."""

from typing import Any

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Works
from services.chassis.refusal import Reply, value_of
from services.orders.domain.placing import frozen_lines
from services.orders.domain.quote import explained, tenders
from services.orders.domain.split import SPARED_FIRST, best_split, wish_of
from services.orders.usecases.views import View
from services.points import contract as points

log = structlog.get_logger(__name__)
UNITS = {"points": points.POINTS, "coins": points.COINS}


def quote_order(works: Works, request: dict[str, Any]) -> View:
    """The contract's Quote. While points does not answer, the quote is given without the best split."""
    basket = {name: request[name] for name in ("member_tier", "member_segments", "lines")}
    wallets = [(points.GET_BALANCE, {"member_id": request["member_id"], "unit": unit}) for unit in UNITS.values()]
    quoted, *replies = works.rpc.ask_all([(catalog.QUOTE_LINES, basket), *(wallets if request["member_id"] else [])])
    if isinstance(quoted, RpcFault):
        raise quoted
    quote, available = value_of(quoted), _available(replies)
    return {
        "lines": frozen_lines(quote),
        **{unit: quote.get(unit, 0) for unit in ("points", "cash_fen", "coins")},
        "explained": explained(quote),
        "tenders": tenders(quote, available),
        "best_split": _best_split(quote, available, request["spared_first"] or SPARED_FIRST),
    }


def _available(replies: list[Reply | RpcFault]) -> dict[str, int] | None:
    """By kind of tender. Who has no account has nothing."""
    faults = [reply for reply in replies if isinstance(reply, RpcFault)]
    if faults:
        log.warning("quoted_without_balances", problem=str(faults[0]))
    if faults or not replies:
        return None
    had = [reply["value"]["available"] if reply["ok"] else 0 for reply in replies]  # type: ignore[index]
    return dict(zip(UNITS, had, strict=True))


def _best_split(quote: dict[str, Any], available: dict[str, int] | None, spared_first: Any) -> View | None:
    if available is None or not all(line.get("choices") for line in quote["lines"]):
        return None
    split = best_split(
        [wish_of(line) for line in quote["lines"]], available["points"], available["coins"], spared_first
    )
    return vars(split) if split else None
