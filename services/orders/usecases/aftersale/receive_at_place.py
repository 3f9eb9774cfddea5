"""Goods that came back are somewhere: catalog is asked whether there is such a place before it is told of them."""

from typing import Any

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.answers import Question
from services.chassis.data.work import Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.usecases.aftersale.receive_goods import receive_goods
from services.orders.usecases.answering import answer_before


def receive_at_place(works: Works, request: dict[str, Any]) -> Any:
    """As ``receive_goods``, once. Said without a place, catalog puts them where goods arrive. What was answered before
    is not asked about again: the place may be closed by now."""
    question = Question.of(contract.RECEIVE_GOODS.address, request)
    if request["place_id"] and answer_before(works, question) is None:
        require_open_place(works, request["place_id"])
    return works.once(contract.RECEIVE_GOODS, receive_goods, request)


def require_open_place(works: Works, place_id: str) -> None:
    try:
        found = works.rpc.call(catalog.LIST_PLACES, {})["places"]
    except RpcFault as fault:
        raise Refused(contract.TEMPORARILY_UNAVAILABLE, "catalog does not say which places there are") from fault
    state = next((place["state"] for place in found if place["place_id"] == place_id), None)
    if state != "open":
        raise Refused(contract.CASE_PLACE_WRONG, "no such place, or it is closed", place_id=place_id, state=state)
