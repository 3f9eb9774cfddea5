"""What merchants have for what they sold: for their own people, and for finance."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field, position_field
from gateway.requests import rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice
from services.orders import contract as orders

blueprint = MallBlueprint("merchant_balances", __name__, url_prefix="/v1", description="Merchants' money")


class EntriesSought(Request):
    kind = choice(*orders.ENTRY_KINDS, allow_none=True)
    before = position_field("The last number of the page before")
    limit = limit_field()


@blueprint.route("/merchant/balance", methods=["GET"])
@blueprint.for_staff("merchant")
@blueprint.refuses(orders.GET_MERCHANT_BALANCE)
@blueprint.response(200, orders.MerchantBalance)
def get_own_balance() -> Any:
    """What the merchant of the key has, and what is kept back until it is received."""
    return _ask(orders.GET_MERCHANT_BALANCE, {"merchant_id": g.staff.merchant_id})


@blueprint.route("/merchant/entries", methods=["GET"])
@blueprint.for_staff("merchant")
@blueprint.arguments(EntriesSought, location="query")
@blueprint.refuses(orders.LIST_MERCHANT_ENTRIES)
@blueprint.response(200, orders.MerchantEntries)
def list_own_entries(query: dict[str, Any]) -> Any:
    """Sales, refunds, credits and debits of the merchant of the key, the latest first."""
    return _ask(orders.LIST_MERCHANT_ENTRIES, {"merchant_id": g.staff.merchant_id, **query})


@blueprint.route("/ops/merchants/<id('mer'):merchant_id>/balance", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.refuses(orders.GET_MERCHANT_BALANCE)
@blueprint.response(200, orders.MerchantBalance)
def get_merchant_balance(merchant_id: str) -> Any:
    """What a merchant has, and what is kept back."""
    return _ask(orders.GET_MERCHANT_BALANCE, {"merchant_id": merchant_id})


@blueprint.route("/ops/merchants/<id('mer'):merchant_id>/entries", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(EntriesSought, location="query")
@blueprint.refuses(orders.LIST_MERCHANT_ENTRIES)
@blueprint.response(200, orders.MerchantEntries)
def list_merchant_entries(query: dict[str, Any], merchant_id: str) -> Any:
    """Sales, refunds, credits and debits of a merchant, the latest first."""
    return _ask(orders.LIST_MERCHANT_ENTRIES, {"merchant_id": merchant_id, **query})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
