"""What a basket costs a member now, why, and how it is best paid. Nothing is held."""

from typing import Any

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.contract import Call
from services.chassis.data.work import Works
from services.chassis.refusal import Reply, value_of
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders.domain.cash_on_delivery import CARRIERS_UNKNOWN, NOT_COLLECTED_THERE, objections
from services.orders.domain.placing import basket_of, frozen_lines
from services.orders.domain.promises import Promised, credit_of
from services.orders.domain.purchase import quotes_by_order
from services.orders.domain.quote import explained, payment_providers, tenders
from services.orders.domain.split import SPARED_FIRST, best_split, wish_of
from services.orders.storage.promises import promised_by
from services.orders.usecases.name_accounts import accounts_asked_for
from services.orders.usecases.views import View
from services.points import contract as points

log = structlog.get_logger(__name__)
UNITS = {"points": points.POINTS, "coins": points.COINS}


def quote_order(works: Works, request: dict[str, Any]) -> View:
    """The contract's Quote. While points does not answer, the quote is given without the best split; while members
    does not, without cash on delivery."""
    about_member = questions_about(request["member_id"]) if request["member_id"] else []
    about_place = question_about(request["province"])
    asked = [(catalog.QUOTE_LINES, basket_of(request)), *about_place, *about_member]
    quoted, *told = works.rpc.ask_all(asked)
    if isinstance(quoted, RpcFault):
        raise quoted
    place, told = told[: len(about_place)], told[len(about_place) :]
    quote, available = value_of(quoted), _available(told[: len(UNITS)])
    against = against_on_delivery(works, request, quote, told[-1] if told else None)
    against += [objection for reply in place for objection in against_place(reply)]
    return {
        "lines": frozen_lines(quote),
        **{unit: quote.get(unit, 0) for unit in ("points", "cash_fen", "coins")},
        "explained": explained(quote),
        "tenders": tenders(quote, available),
        "payment_providers": payment_providers(quote, against),
        "asked_for": accounts_asked_for(works, quote["lines"]),
        "best_split": _best_split(quote, available, request["spared_first"] or SPARED_FIRST),
    }


def questions_about(member_id: str) -> list[tuple[Call, dict[str, Any]]]:
    """What they have in each wallet, then their credit."""
    wallets: list[tuple[Call, dict[str, Any]]] = [
        (points.GET_BALANCE, {"member_id": member_id, "unit": unit}) for unit in UNITS.values()
    ]
    return [*wallets, (members.GET_CREDIT, {"member_id": member_id})]


def question_about(province: str | None) -> list[tuple[Call, dict[str, Any]]]:
    """Whether any carrier collects cash there."""
    return [(logistics.CHECK_COLLECTION, {"province": province})] if province else []


def against_place(reply: Reply | RpcFault) -> list[str]:
    if isinstance(reply, RpcFault):
        return [CARRIERS_UNKNOWN]
    return [] if value_of(reply)["is_offered"] else [NOT_COLLECTED_THERE]


def against_on_delivery(
    works: Works, request: dict[str, Any], quote: dict[str, Any], credited: Reply | RpcFault | None
) -> list[str]:
    """Who is not signed in, or not known, has no credit."""
    if credited is None or isinstance(credited, RpcFault) or not credited["ok"]:
        return objections(quotes_by_order(quote).values(), None, Promised(0, 0))
    promised = works.run(lambda work, _: promised_by(work, request["member_id"]), request)
    return objections(quotes_by_order(quote).values(), credit_of(credited["value"]), promised)


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
    """None of what is bought in bulk: its pieces are not paid one by one. None of a flash sale: it has one price."""
    has_choices = all(
        line.get("choices") and not line.get("bulk") and not line.get("ticket_id") for line in quote["lines"]
    )
    if available is None or not has_choices:
        return None
    split = best_split(
        [wish_of(line) for line in quote["lines"]], available["points"], available["coins"], spared_first
    )
    return vars(split) if split else None
