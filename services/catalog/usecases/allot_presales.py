"""Jobs on what was sold before it was there: units go to whoever ordered first; of what is cancelled nothing comes."""

import structlog

from services.catalog.contract import STOCK_INSUFFICIENT
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.presales import ripe_presales, untold_orders, waiting_orders
from services.catalog.usecases.presale_steps import allot_promised, tell_if_revoked
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused

AT_ONCE = 200
log = structlog.get_logger(__name__)


def allot_presales(works: Works) -> None:
    """Of each pre-sale whose day has come, as far as the stock goes. Nobody overtakes who ordered before and has paid:
    where the next one in turn gets too little, everybody behind waits too."""
    for presale_id in works.run(lambda work, _: ripe_presales(work), {}):
        while _allot_some(works, presale_id):
            pass


def _allot_some(works: Works, presale_id: str) -> bool:
    """Whether there may be more to allot."""
    waiting = works.run(lambda work, _: waiting_orders(work, presale_id, AT_ONCE), {})
    try:
        for order_id in waiting:
            works.run(allot_order, {"order_id": order_id})
    except Refused as refusal:
        if refusal.code != STOCK_INSUFFICIENT:
            raise
        return False
    return len(waiting) == AT_ONCE


def allot_order(work: Work, request: dict[str, str]) -> bool:
    """``request`` is {order_id}; False if somebody else was first."""
    lock_reservation(work, request["order_id"])
    return allot_promised(work, request["order_id"])


def revoke_presales(works: Works) -> None:
    """Orders that wait for something of a cancelled pre-sale hear that nothing comes; they give it up themselves."""
    while untold := works.run(lambda work, _: untold_orders(work, AT_ONCE), {}):
        for order_id in untold:
            works.run(revoke_order, {"order_id": order_id})


def revoke_order(work: Work, request: dict[str, str]) -> None:
    """``request`` is {order_id}."""
    lock_reservation(work, request["order_id"])
    tell_if_revoked(work, request["order_id"])
