"""Listings: drafted and submitted by one person, listed or rejected by another."""

from typing import Any

from services.catalog import contract
from services.catalog.domain.codes import RandomBytes
from services.catalog.domain.imports import check_import
from services.catalog.domain.listings import check_merits
from services.catalog.storage import listings
from services.catalog.storage.locks import lock_listing
from services.catalog.storage.values import accept_values
from services.catalog.usecases.check_values import refuse_values, values_outside
from services.catalog.usecases.import_catalog import bring_in
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.persons import is_same_person
from services.chassis.refusal import Refused

NEWEST = 2**63 - 1
Request = dict[str, Any]


def draft_listing(work: Work, request: Request) -> Any:
    """The contract's Listing. A draft or a rejected one may be drafted anew."""
    check_import(_as_import(request["goods"]))
    goods, listing_id = contract.NewGoods().dump(request["goods"]), request["listing_id"]
    if listing_id is None:
        listing_id = derived_id("lst", work.context.actor, request["request_id"])
        listings.add_draft(work, listing_id, goods, request["explanation"])
        return _known(work, listing_id)
    content = {"goods": goods, "goods_id": goods["goods_id"], "explanation": request["explanation"]}
    drafted = {"drafted_by": work.context.actor, "drafted_at": work.now, "submitted_by": None, "submitted_at": None}
    return _move(work, listing_id, "draft_anew", **content, **drafted, **dict.fromkeys(_DECISION))


def submit_listing(work: Work, request: Request) -> Any:
    return _move(work, request["listing_id"], "submit", submitted_by=work.context.actor, submitted_at=work.now)


def approve_listing(work: Work, request: Request, random_bytes: RandomBytes) -> Any:
    """The goods are as it says, or a refusal and nothing of it."""
    lock_listing(work, request["listing_id"])
    _insist_on_second_person(work, _known(work, request["listing_id"]))
    merits = check_merits(request["merits"])
    approved = _move(work, request["listing_id"], "approve", merits=merits, **_decided(work))
    goods = contract.NewGoods().load(listings.goods_of_listing(work, request["listing_id"]))
    bring_in(work, _as_import(goods), random_bytes)
    prices = values_outside(work, [goods])
    if not (request["accepts_values"] and approved["explanation"]):
        refuse_values(work, prices)
    accept_values(work, request["listing_id"], approved["explanation"], prices)
    return approved


def reject_listing(work: Work, request: Request) -> Any:
    """Also by whoever submitted it: who thinks better of it."""
    return _move(work, request["listing_id"], "reject", decided_because=request["reason"], **_decided(work))


def get_listing(work: Work, request: Request) -> Any:
    return {**_known(work, request["listing_id"]), "goods": listings.goods_of_listing(work, request["listing_id"])}


def list_listings(work: Work, request: Request) -> Any:
    limit = request["limit"]
    found = listings.page_of_listings(work, request["state"], request["before"] or NEWEST, limit + 1)
    page = found[:limit]
    return {"listings": page, "next_before": page[-1]["no"] if len(found) > limit else None}


_DECISION = ("decided_by", "decided_at", "decided_because", "merits")


def _decided(work: Work) -> dict[str, Any]:
    return {"decided_by": work.context.actor, "decided_at": work.now}


def _insist_on_second_person(work: Work, found: Any) -> None:
    proposers = [found[who] for who in ("drafted_by", "submitted_by") if found[who]]
    if any(is_same_person(work.context.actor, who) for who in proposers):
        raise Refused(contract.LISTING_OF_ONESELF, "somebody else has to review it")


def _move(work: Work, listing_id: str, event: str, **changes: Any) -> Any:
    if not listings.move(work, listing_id, event, **changes):
        found = _known(work, listing_id)
        told = {"state": found["state"], "decided_by": found["decided_by"]}
        raise Refused(contract.LISTING_DECIDED_BEFORE, f"its state does not allow to {event} it", **told)
    return _known(work, listing_id)


def _known(work: Work, listing_id: str) -> Any:
    found = listings.find_listing(work, listing_id)
    if found is None:
        raise Refused(contract.LISTING_UNKNOWN, "there is no such listing")
    return found


def _as_import(goods: Request) -> Request:
    return {"merchants": [], "categories": [], "goods": [goods]}
