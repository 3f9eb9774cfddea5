"""Listings: a change of goods that one person proposes and another one reviews before it is on offer."""

from marshmallow import fields

from services.catalog.contract.importing import NewGoods
from services.catalog.contract.vocabulary import (
    IMPORT_INCONSISTENT,
    LARGEST_PAGE,
    LISTING_DECIDED_BEFORE,
    LISTING_NOT_GOOD_ENOUGH,
    LISTING_OF_ONESELF,
    LISTING_STATES,
    LISTING_UNKNOWN,
    MERITS,
    SERVICE,
    VALUE_OUTSIDE_BAND,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, nested, text


def listing_id_field() -> fields.String:
    return identifier("lst", allow_none=True)


class ListingDraft(Request):
    """The whole of one goods as it shall be. ``explanation`` says why a price is as it is, where the points of one are
    worth unusually little or much."""

    goods = nested(NewGoods)
    explanation = text(400, allow_none=True)


class DraftListing(ListingDraft):
    """A new draft, or with ``listing_id`` a draft or a rejected listing as it shall be now."""

    request_id = text(80)
    listing_id = listing_id_field()


class SubmitListing(Request):
    request_id = text(80)
    listing_id = identifier("lst")


class Review(Request):
    """What the reviewer finds good about it: at least two of new, good value, practical, quality. ``accepts_values``:
    the explanation convinces, its prices may be outside of the band."""

    merits = listed(choice(*MERITS), longest=len(MERITS))
    accepts_values = flag(load_default=False)


class ApproveListing(Review):
    """By another person than who drafted or submitted it: the goods are as it says from now on."""

    request_id = text(80)
    listing_id = identifier("lst")


class RejectListing(Request):
    request_id = text(80)
    listing_id = identifier("lst")
    reason = text(400)


class OfListing(Request):
    listing_id = identifier("lst")


class ListListings(Request):
    """Newest first; ``before`` is the ``next_before`` of the page before."""

    state = choice(*LISTING_STATES, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    before = integer(1, allow_none=True)


class Listing(Record):
    """``decided_because`` is why it was rejected; ``merits`` are the reviewer's."""

    listing_id = identifier("lst")
    goods_id = identifier("gds")
    name_zh = text(120)
    name_en = text(120)
    state = choice(*LISTING_STATES)
    explanation = text(400, allow_none=True)
    drafted_by = text(80)
    drafted_at = instant()
    submitted_by = text(80, allow_none=True)
    submitted_at = instant(allow_none=True)
    decided_by = text(80, allow_none=True)
    decided_at = instant(allow_none=True)
    decided_because = text(400, allow_none=True)
    merits = listed(choice(*MERITS), allow_none=True)


class ListingWithGoods(Listing):
    goods = nested(NewGoods)


class Listings(Record):
    listings = listed(Listing)
    next_before = integer(1, allow_none=True)


DRAFT_LISTING = Command(
    SERVICE,
    "draft_listing",
    DraftListing,
    Listing,
    refuses=(LISTING_UNKNOWN, LISTING_DECIDED_BEFORE, IMPORT_INCONSISTENT),
)
SUBMIT_LISTING = Command(
    SERVICE, "submit_listing", SubmitListing, Listing, refuses=(LISTING_UNKNOWN, LISTING_DECIDED_BEFORE)
)
APPROVE_LISTING = Command(
    SERVICE,
    "approve_listing",
    ApproveListing,
    Listing,
    refuses=(
        LISTING_UNKNOWN,
        LISTING_DECIDED_BEFORE,
        LISTING_OF_ONESELF,
        LISTING_NOT_GOOD_ENOUGH,
        IMPORT_INCONSISTENT,
        VALUE_OUTSIDE_BAND,
    ),
    timeout_s=10,
)
REJECT_LISTING = Command(
    SERVICE, "reject_listing", RejectListing, Listing, refuses=(LISTING_UNKNOWN, LISTING_DECIDED_BEFORE)
)
GET_LISTING = Query(SERVICE, "get_listing", OfListing, ListingWithGoods, refuses=(LISTING_UNKNOWN,))
LIST_LISTINGS = Query(SERVICE, "list_listings", ListListings, Listings)
