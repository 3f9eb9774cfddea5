"""The steps by which reservations count against limits of members."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.catalog.contract import LIMIT_MEMBER_NEEDED
from services.catalog.domain.composition import WantedPart
from services.catalog.domain.limits import limit_reached, quantities_wanted, uses_of
from services.catalog.storage import limits
from services.catalog.storage.locks import lock_limit_uses
from services.catalog.storage.reservations import parts_of
from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def take_of_limits(work: Work, order_id: str, member_id: str | None, parts: Sequence[WantedPart]) -> None:
    """All that the order wants, or a refusal that names every limit. Before stock is locked: these rows are of one
    member, levels are everybody's and are held as briefly as can be."""
    skus = sorted({part.sku_id for part in parts})
    found = limits.limits_on(work, [*skus, *(part.element_id for part in parts)])
    if not found:
        return
    if member_id is None:
        raise Refused(
            LIMIT_MEMBER_NEEDED, "there are limits: say who orders", limit_ids=[one.limit_id for one in found]
        )
    today = local_date(work.now)
    uses = uses_of(found, quantities_wanted(parts, limits.goods_of(work, skus)), today)
    if beyond := limits.take(work, order_id, member_id, uses):
        raise limit_reached(found, beyond, limits.used_before(work, member_id, beyond), today)


def give_back_some_of_limits(work: Work, order_id: str, parts: Sequence[WantedPart]) -> None:
    """Of what the order took what these parts of it are; the rest of it counts on."""
    if lock_limit_uses(work, order_id):
        back = quantities_wanted(parts, limits.goods_of(work, {part.sku_id for part in parts}))
        taken = [(limit_id, subject) for limit_id, subject, _ in limits.taken_by(work, order_id) if subject in back]
        limits.give_back(work, order_id, {limit_id: back[subject] for limit_id, subject in taken})


def give_back_limits(work: Work, order_id: str) -> None:
    """All that the order took and did not give back before may be had again."""
    if lock_limit_uses(work, order_id):
        taken = limits.taken_by(work, order_id)
        limits.give_back(work, order_id, {limit_id: quantity for limit_id, _, quantity in taken})


def give_back_limits_of(work: Work, order_id: str, pieces: Mapping[str, int]) -> None:
    """What so many pieces of SKUs took may be had again. Composed as they were when they were reserved."""
    parts = [part for part in parts_of(work, order_id) if part.sku_id in pieces]
    give_back_some_of_limits(work, order_id, [replace(part, pieces=pieces[part.sku_id]) for part in parts])
