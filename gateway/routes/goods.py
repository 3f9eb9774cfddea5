"""What the mall offers: to everybody, and to who is signed in at their own prices."""

from typing import Any

from flask import Response, g, request

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import rpc
from services.catalog import contract as catalog
from services.chassis.schemas import Request, choice, identifier, text

blueprint = MallBlueprint("goods", __name__, url_prefix="/v1", description="Categories and goods")
SHELF_S, PICTURE_S = 1, 60  # stock and prices move: a basket is priced by what is true when it is quoted


class GoodsQuery(Request):
    """``words`` are looked for in Chinese and English; ``category`` includes what lies below it. ``zone``: only what is
    sold there to who asks."""

    category = text(120, allow_none=True)
    merchant_id = identifier("mer", allow_none=True)
    zone = choice(*catalog.ZONES, allow_none=True)
    words = text(80, allow_none=True)
    sort = choice("newest", "points_low", "points_high", load_default="newest")
    limit = limit_field()
    cursor = text(200, allow_none=True)


@blueprint.route("/categories")
@blueprint.public(SHELF_S)
@blueprint.refuses(catalog.LIST_CATEGORIES)
@blueprint.response(200, catalog.Categories)
def list_categories() -> Any:
    """The tree of categories, as paths."""
    return rpc().call(catalog.LIST_CATEGORIES, {})


@blueprint.route("/goods")
@blueprint.public(SHELF_S)
@blueprint.arguments(GoodsQuery, location="query")
@blueprint.refuses(catalog.LIST_GOODS)
@blueprint.response(200, catalog.GoodsPage)
def list_goods(query: dict[str, Any]) -> Any:
    """Goods on sale, a page at a time, as anybody sees them."""
    return rpc().call(catalog.LIST_GOODS, query)


@blueprint.route("/me/goods")
@blueprint.signed_in
@blueprint.arguments(GoodsQuery, location="query")
@blueprint.refuses(catalog.LIST_GOODS)
@blueprint.response(200, catalog.GoodsPage)
def list_goods_for_me(query: dict[str, Any]) -> Any:
    """Goods on sale, a page at a time, at this member's prices, and in the zones that are open to them."""
    return rpc(g.identity.actor).call(catalog.LIST_GOODS, {**query, **g.identity.audience})


@blueprint.route("/goods/<id('gds'):goods_id>")
@blueprint.public(SHELF_S)
@blueprint.refuses(catalog.GET_GOODS)
@blueprint.response(200, catalog.Goods)
def get_goods(goods_id: str) -> Any:
    """One item with its variants, prices and stock, as anybody sees it."""
    return rpc().call(catalog.GET_GOODS, {"goods_id": goods_id})


@blueprint.route("/me/goods/<id('gds'):goods_id>")
@blueprint.signed_in
@blueprint.refuses(catalog.GET_GOODS)
@blueprint.response(200, catalog.Goods)
def get_goods_for_me(goods_id: str) -> Any:
    """One item with the prices that this member is offered, and why others are not."""
    request = {"goods_id": goods_id, **g.identity.audience}
    return rpc(g.identity.actor).call(catalog.GET_GOODS, request)


@blueprint.route("/goods/<id('gds'):goods_id>/picture")
@blueprint.public(PICTURE_S)
@blueprint.refuses(catalog.GET_PICTURE)
@blueprint.response(200, content_type="image/svg+xml")
@blueprint.alt_response(304, "NOT_MODIFIED")
def get_picture(goods_id: str) -> Any:
    """The picture of one item; unchanged since the given ETag it is not sent again."""
    picture = rpc().call(catalog.GET_PICTURE, {"goods_id": goods_id})
    response = Response(picture["svg"], mimetype="image/svg+xml")
    response.set_etag(picture["etag"])
    return response.make_conditional(request)
