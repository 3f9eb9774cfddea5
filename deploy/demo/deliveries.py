"""The chapters of the parcels: dispatch, the carrier's callbacks, delivery."""

from functools import partial
from typing import Any

from deploy.demo.hero import Hero
from deploy.demo.outside import CarrierDesk
from deploy.demo.shop import StoryBroken, eventually
from deploy.demo.teller import Teller

ACCEPTED, NOT_GENUINE = 200, 401
NOT_YET_ON_THE_WAY = ("pending", "dispatched")


def watch_dispatch(hero: Hero, teller: Teller, order_ids: list[str]) -> list[str]:
    """Every physical order gets a waybill of the carrier; the waybill numbers."""
    teller.chapter("dispatch")
    waybills = []
    for order_id in order_ids:
        parcel = eventually("the parcel is booked", partial(_parcel_of, hero, order_id))
        waybills.append(parcel["waybill_no"])
        carrier = parcel[f"carrier_name_{teller.language}"]
        teller.say("dispatch.done", carrier=carrier, waybill=parcel["waybill_no"], order_id=order_id)
    return waybills


def disturb_callbacks(hero: Hero, teller: Teller, desk: CarrierDesk, order_id: str, waybill: str) -> None:
    """One callback comes twice, one has a false signature; neither changes anything."""
    teller.chapter("callbacks")
    status = eventually("the parcel is picked up", partial(_status_on_the_way, hero, order_id))
    teller.say("callbacks.status", status=status)
    twice = eventually("the repeated callback is answered", lambda: _answered(desk.resend(waybill, "picked_up")))
    outcome = twice["body"] if isinstance(twice["body"], str) else str(twice["body"].get("outcome"))
    teller.check("callbacks.twice", twice["status_code"] == ACCEPTED, status=twice["status_code"], outcome=outcome)
    forged = eventually("the false callback is answered", lambda: _answered(desk.forge(waybill, "delivered")))
    teller.check("callbacks.forged", forged["status_code"] == NOT_GENUINE, status=forged["status_code"])
    teller.facts["callbacks"] = {"repeated_status": twice["status_code"], "forged_status": forged["status_code"]}
    if (twice["status_code"], forged["status_code"]) != (ACCEPTED, NOT_GENUINE):
        raise StoryBroken("the carrier's callbacks were not answered as they must be")


def receive(hero: Hero, teller: Teller, order_ids: list[str]) -> None:
    """The carrier delivers by its own callbacks; the member confirms the receipt."""
    teller.chapter("delivery")
    for order_id in order_ids:
        eventually("the parcel is delivered", partial(_is_delivered, hero, order_id))
        order = hero.shop.post(f"/v1/orders/{order_id}/receipt", status=ACCEPTED)
        teller.say("delivery.done", order_id=order_id, status=order["status"])


def _parcel_of(hero: Hero, order_id: str) -> dict[str, Any] | None:
    parcels = hero.order(order_id)["parcels"]
    return parcels[0] if parcels else None


def _status_on_the_way(hero: Hero, order_id: str) -> str | None:
    parcel = _parcel_of(hero, order_id)
    return parcel["status"] if parcel and parcel["status"] not in NOT_YET_ON_THE_WAY else None


def _is_delivered(hero: Hero, order_id: str) -> bool:
    return hero.order(order_id)["fulfilment_status"] == "delivered"


def _answered(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The gateway may just be starting again: then the carrier tries again, as carriers do."""
    return answer if answer["status_code"] not in (0, 502, 503, 504) else None
