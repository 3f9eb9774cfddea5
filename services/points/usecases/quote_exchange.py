"""What an exchange costs now."""

from typing import Any

import structlog

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.exchange import cost, gains_by_return
from services.points.storage.exchange_rates import ExchangeRate, rates_in_force

log = structlog.get_logger(__name__)


def quote_exchange(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's ExchangeQuote."""
    way = open_way(work, request["from_unit"], request["to_unit"])
    return {
        **request,
        "give": cost(way.rate, request["get"]),
        "rate_give": way.rate.give,
        "rate_get": way.rate.get,
        "rule": way.rule,
    }


def open_way(work: Work, from_unit: str, to_unit: str) -> ExchangeRate:
    """The rate now. Refuses points.exchange_closed, also if going there and back would make points out of nothing."""
    there, back = rates_in_force(work, from_unit, to_unit, local_date(work.now))
    if there is None:
        raise Refused(contract.EXCHANGE_CLOSED, "this exchange is not offered")
    if back is not None and gains_by_return(there.rate, back.rate):
        log.error("exchange_rates_gain", there=there.rule, back=back.rule)
        raise Refused(contract.EXCHANGE_CLOSED, "the rates there and back contradict each other")
    return there
