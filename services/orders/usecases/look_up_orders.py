"""Looking at one order: whole, with its purchase, its timeline, its bare status."""

from typing import Any

from services.chassis.data.work import Work
from services.orders.domain.timeline import told_to_member
from services.orders.storage.queries import facts_of, find_order, orders_of_purchase
from services.orders.usecases.ownership import owned, owned_purchase
from services.orders.usecases.views import View, purchase_of, view_of, views_of


def get_order(work: Work, request: dict[str, Any]) -> View:
    return view_of(work, owned(find_order(work, request["order_id"]), request["member_id"]))


def get_purchase(work: Work, request: dict[str, Any]) -> View:
    orders = owned_purchase(orders_of_purchase(work, request["purchase_id"]), request["member_id"])
    return purchase_of(views_of(work, orders))


def get_timeline(work: Work, request: dict[str, Any]) -> View:
    """As its member may read it, in the order in which things happened, which need not be that in which we heard of
    them."""
    order = owned(find_order(work, request["order_id"]), request["member_id"])
    facts = sorted(facts_of(work, order.order_id), key=lambda fact: (fact.at, fact.id))
    return {"entries": told_to_member(order.member_id, facts)}


def check_order(work: Work, request: dict[str, Any]) -> View:
    order = find_order(work, request["order_id"])
    return {"order_id": request["order_id"], "status": order.status if order else "unknown"}
