"""Limits of members: the rows that decide them, and what orders have taken of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.limits import Limit, Use
from services.catalog.storage.tables import limit_return, purchase_limit, reservation_limit, sku
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

# ruff: noqa: S608 — statements put together of constants of this file; values are bound

_DECIDED = "limit_id, subject, period, window_from, window_until, most, effective_from, reason, actor"
# Of each limit the row that holds now; campaigns only while they last.
_IN_FORCE = f"""
    SELECT * FROM (
        SELECT DISTINCT ON (limit_id) {_DECIDED} FROM purchase_limit
        WHERE effective_from <= :now AND {{of_what}}
        ORDER BY limit_id, effective_from DESC, id DESC
    ) AS latest
    WHERE most IS NOT NULL AND coalesce(window_from, :now) <= :now AND coalesce(window_until, 'infinity') > :now
"""
_SUBJECTS = "ANY(CAST(:subjects AS text[]))"
_OF_BASKET = Planned(
    "limits_on",
    _IN_FORCE.replace(":now", "CAST(:now AS timestamptz)").format(
        of_what=f"(subject = {_SUBJECTS} OR subject IN (SELECT goods_id FROM sku WHERE sku_id = {_SUBJECTS}))"
    ),
)
_OF_GOODS = sa.text(
    _IN_FORCE.format(
        of_what="""(subject = :goods_id OR subject IN (SELECT sku_id FROM sku WHERE goods_id = :goods_id)
            OR subject IN (SELECT element_id FROM sku_element JOIN sku USING (sku_id) WHERE goods_id = :goods_id))"""
    )
    + " ORDER BY subject, period, limit_id"
)
_IN_FORCE_OR_TO_COME = sa.text(
    f"""
    SELECT {_DECIDED} FROM (
        {_IN_FORCE.format(of_what="(CAST(:subject AS text) IS NULL OR subject = :subject)")}
        UNION ALL SELECT {_DECIDED} FROM purchase_limit
        WHERE effective_from > :now AND (CAST(:subject AS text) IS NULL OR subject = :subject)
    ) AS found ORDER BY subject, period, effective_from LIMIT 10000
"""
)
# The counters move in the order in which the rows come, and only as far as their limits allow.
_TAKE = sa.text("""
    INSERT INTO limit_use AS u (limit_id, member_id, period_start, used, most)
    SELECT limit_id, :member_id, period_start, quantity, most
    FROM unnest(:limit_ids, CAST(:period_starts AS date[]), :quantities, :mosts)
        AS wanted (limit_id, period_start, quantity, most)
    WHERE quantity <= most ORDER BY limit_id, period_start
    ON CONFLICT (limit_id, member_id, period_start) DO UPDATE SET used = u.used + excluded.used, most = excluded.most
        WHERE u.used + excluded.used <= excluded.most
    RETURNING limit_id
""")
# As much as is told of each limit, and never more than the order took and has not given back.
_GIVE_BACK = sa.text("""
    WITH rest AS (
        SELECT limit_id, member_id, period_start, least(told.quantity, taken.quantity - taken.given_back) AS quantity
        FROM reservation_limit taken JOIN unnest(:limit_ids, :quantities) AS told (limit_id, quantity) USING (limit_id)
        WHERE taken.order_id = :order_id
    ), noted AS (
        UPDATE reservation_limit taken SET given_back = taken.given_back + rest.quantity FROM rest
        WHERE taken.order_id = :order_id AND taken.limit_id = rest.limit_id
    )
    UPDATE limit_use u SET used = u.used - rest.quantity FROM rest
    WHERE u.limit_id = rest.limit_id AND u.member_id = rest.member_id AND u.period_start = rest.period_start
""")
_TAKEN = sa.text("""
    SELECT DISTINCT limit_id, subject, quantity FROM reservation_limit JOIN purchase_limit USING (limit_id)
    WHERE order_id = :order_id
""")
_USED = sa.text("""
    SELECT limit_id, used
    FROM limit_use JOIN unnest(:limit_ids, CAST(:period_starts AS date[])) AS w (limit_id, period_start)
        USING (limit_id, period_start)
    WHERE member_id = :member_id
""")


def limits_on(work: Work, subjects: Iterable[str]) -> list[Limit]:
    """In force now on these SKUs, their goods and these elements."""
    rows = work.execute(_OF_BASKET, {"subjects": sorted(subjects), "now": work.now}).mappings()
    return [Limit(**{name: row[name] for name in Limit.__dataclass_fields__}) for row in rows]


def limits_shown(work: Work, goods_id: str) -> Sequence[sa.RowMapping]:
    """The contract's Limits, in force now, on the goods, its SKUs and what they consist of."""
    return work.execute(_OF_GOODS, {"goods_id": goods_id, "now": work.now}).mappings().all()


def decided_limits(work: Work, subject: str | None) -> Sequence[sa.RowMapping]:
    return work.execute(_IN_FORCE_OR_TO_COME, {"subject": subject, "now": work.now}).mappings().all()


def add_limit(work: Work, row: Mapping[str, Any]) -> None:
    work.execute(purchase_limit.insert(), dict(row))


def goods_of(work: Work, sku_ids: Iterable[str]) -> dict[str, str]:
    """Goods ids by SKU id."""
    statement = sa.select(sku.c.sku_id, sku.c.goods_id).where(sku.c.sku_id.in_(list(sku_ids)))
    return {row.sku_id: row.goods_id for row in work.execute(statement)}


def take(work: Work, order_id: str, member_id: str, uses: Sequence[Use]) -> list[Use]:
    """Count ``uses`` (sorted) for the member and write down that the order took them. Returns those for which limits
    are too low: if there are any, the transaction must not commit."""
    wanted = {**_keys(member_id, uses), "quantities": [u.quantity for u in uses], "mosts": [u.most for u in uses]}
    taken = set(work.execute(_TAKE, wanted).scalars())
    if beyond := [use for use in uses if use.limit_id not in taken]:
        return beyond
    names = ("limit_id", "period_start", "quantity")
    whose = {"order_id": order_id, "member_id": member_id, "given_back": 0}
    rows = [{**whose, **{n: getattr(use, n) for n in names}} for use in uses]
    work.execute(reservation_limit.insert(), rows)
    return []


def used_before(work: Work, member_id: str, uses: Sequence[Use]) -> dict[str, int]:
    """By limit id. Of what could not be taken nobody else can move these now."""
    return {row.limit_id: row.used for row in work.execute(_USED, _keys(member_id, uses))}


def taken_by(work: Work, order_id: str) -> list[tuple[str, str, int]]:
    """(limit id, its subject, how much of it the order took)"""
    return [(row.limit_id, row.subject, row.quantity) for row in work.execute(_TAKEN, {"order_id": order_id})]


def give_back(work: Work, order_id: str, quantities: Mapping[str, int]) -> None:
    """By limit id. The caller has locked the counters of the order."""
    told = {"limit_ids": list(quantities), "quantities": list(quantities.values())}
    work.execute(_GIVE_BACK, {"order_id": order_id, **told})


def note_return(work: Work, operation: str, order_id: str) -> bool:
    """False if it was noted before."""
    row = {"operation": operation, "order_id": order_id, "returned_at": work.now}
    return work.execute(insert(limit_return).values(row).on_conflict_do_nothing()).rowcount == 1


def forget_uses(work: Work, order_id: str) -> None:
    """Of an expired reservation, given back already, that is about to be held again."""
    work.execute(sa.delete(reservation_limit).where(reservation_limit.c.order_id == order_id))


def _keys(member_id: str, uses: Sequence[Use]) -> dict[str, Any]:
    starts = [use.period_start.isoformat() for use in uses]
    return {"member_id": member_id, "limit_ids": [use.limit_id for use in uses], "period_starts": starts}
