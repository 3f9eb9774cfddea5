"""Listings under review, and what was listed without one."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.listings import LISTING
from services.catalog.storage.tables import direct_listing, listing
from services.chassis.data.work import Work

_NAMES = (listing.c.goods["name_zh"].astext.label("name_zh"), listing.c.goods["name_en"].astext.label("name_en"))
_LISTING = sa.select(*(column for column in listing.c if column.name != "goods"), *_NAMES)


def add_draft(work: Work, listing_id: str, goods: Mapping[str, Any], explanation: str | None) -> None:
    drafted = {"drafted_by": work.context.actor, "drafted_at": work.now, "explanation": explanation}
    row = {"listing_id": listing_id, "goods_id": goods["goods_id"], "goods": goods, "state": LISTING.initial}
    work.execute(listing.insert(), {**row, **drafted})


def find_listing(work: Work, listing_id: str) -> sa.RowMapping | None:
    return work.execute(_LISTING.where(listing.c.listing_id == listing_id)).mappings().one_or_none()


def goods_of_listing(work: Work, listing_id: str) -> dict[str, Any]:
    """The contract's NewGoods, as it was sent."""
    return work.execute(sa.select(listing.c.goods).where(listing.c.listing_id == listing_id)).scalar_one()


def page_of_listings(work: Work, state: str | None, before: int, limit: int) -> list[sa.RowMapping]:
    """Newest first."""
    page = _LISTING.where(listing.c.no < before)
    if state:
        page = page.where(listing.c.state == state)
    return list(work.execute(page.order_by(listing.c.no.desc()).limit(limit)).mappings())


def move(work: Work, listing_id: str, event: str, **changes: Any) -> bool:
    """Change the state as ``event`` says, together with ``changes``; False if the state does not allow it now."""
    sources = LISTING.sources(event)
    to = {state: LISTING.next(state, event) for state in sources}
    change = (
        sa.update(listing)
        .where(listing.c.listing_id == listing_id, listing.c.state.in_(sources))
        .values(state=sa.case(to, value=listing.c.state), **changes)
    )
    return bool(work.execute(change).rowcount)


def record_direct(work: Work, request_id: str, contents: Iterable[tuple[str, str]]) -> None:
    """(goods id, hash of what was brought in) each."""
    told = {"request_id": request_id, "actor": work.context.actor, "listed_at": work.now}
    rows = [{"goods_id": goods_id, "content_sha256": digest, **told} for goods_id, digest in contents]
    if rows:
        work.execute(direct_listing.insert(), rows)
