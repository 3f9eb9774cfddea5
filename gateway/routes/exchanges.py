"""Coins for points and back, and points given to others."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import WrittenInteger
from gateway.requests import request_id_for, rpc
from services.chassis.schemas import Request, choice, integer, text
from services.members import contract as members
from services.points import contract as points

blueprint = MallBlueprint("exchanges", __name__, url_prefix="/v1/points", description="Coins and gifts")
UNITS = (points.POINTS, points.COINS)
EXAMPLE_EXCHANGE = {"from_unit": "PTS", "to_unit": "COIN", "get": 5, "expected_give": 500}
EXAMPLE_GIFT = {"to_phone": "13800138000", "points": 100, "message": "生日快乐"}


class QuoteQuery(Request):
    from_unit = choice(*UNITS, points.MONEY)
    to_unit = choice(*UNITS)
    get = WrittenInteger(required=True, validate=points.QuoteExchange().fields["get"].validate)


class Exchange(Request):
    """``expected_give`` as the quote said."""

    from_unit = choice(*UNITS)
    to_unit = choice(*UNITS)
    get = integer(1, points.LARGEST_POSTING)
    expected_give = integer(1)


class Gift(Request):
    to_phone = text(20)
    points = integer(1, points.LARGEST_POSTING)
    message = text(100, allow_none=True)


@blueprint.route("/exchange-quote")
@blueprint.signed_in
@blueprint.arguments(QuoteQuery, location="query")
@blueprint.refuses(points.QUOTE_EXCHANGE)
@blueprint.response(200, points.ExchangeQuote)
def quote_exchange(query: dict[str, Any]) -> Any:
    """What so many coins cost now in points, or points in coins; the price in money (CNY, fen) of either."""
    return rpc(g.identity.actor).call(points.QUOTE_EXCHANGE, query)


@blueprint.route("/exchanges", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(Exchange, example=EXAMPLE_EXCHANGE)
@blueprint.refuses(points.EXCHANGE_POINTS)
@blueprint.response(201, points.Exchanged)
def exchange_points(body: dict[str, Any]) -> Any:
    """Exchange points for coins or back, at the rate that was quoted."""
    member_id = g.identity.member_id
    request = {"request_id": request_id_for(member_id), "member_id": member_id, **body}
    return rpc(g.identity.actor).call(points.EXCHANGE_POINTS, request)


@blueprint.route("/gifts", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(Gift, example=EXAMPLE_GIFT)
@blueprint.refuses(members.FIND_MEMBER, points.GIFT_POINTS)
@blueprint.response(201, points.Gifted)
def gift_points(body: dict[str, Any]) -> Any:
    """Give points to the member with this phone number; they keep their expiry day."""
    caller, member_id = rpc(g.identity.actor), g.identity.member_id
    found = caller.call(members.FIND_MEMBER, {"phone": body.pop("to_phone")})
    people = {"from_member": member_id, "to_member": found["member"]["member_id"]}
    return caller.call(points.GIFT_POINTS, {"request_id": request_id_for(member_id), **people, **body})
