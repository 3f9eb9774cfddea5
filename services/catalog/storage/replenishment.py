"""Rules of replenishment, and what was proposed by them. A status changes only by ``change``, of a locked one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.replenishment import OPEN, REPLENISHMENT, Position, Rule
from services.chassis.data.work import Work

# ruff: noqa: S608 — statements put together of constants of this file; values are bound

_RULE = "element_id, place_id, from_place, least, target, pack, quiet_hours"
_COLUMNS = """replenishment_id, element_id, place_id, from_place, quantity, available, least, status, proposed_at,
    decided_by, decided_at, decided_because, consignment_id"""
_IN_FORCE = f"""
    SELECT DISTINCT ON (element_id, place_id) {_RULE}, effective_from, reason, actor FROM replenishment_rule
    WHERE effective_from <= :now ORDER BY element_id, place_id, effective_from DESC
"""
_COMING = """
    SELECT coalesce(sum(quantity - arrived - lost), 0)::bigint
    FROM consignment_line JOIN consignment USING (consignment_id)
    WHERE status IN ('requested', 'in_transit') AND to_place = {place} AND element_id = {element}
"""
_WRITE_RULE = sa.text(f"""
    INSERT INTO replenishment_rule ({_RULE}, effective_from, reason, actor)
    VALUES (:element_id, :place_id, :from_place, :least, :target, :pack, :quiet_hours, :effective_from, :reason, :actor)
    ON CONFLICT DO NOTHING
""")
_LIST_RULES = sa.text(f"""
    SELECT * FROM (
        SELECT * FROM ({_IN_FORCE}) AS latest WHERE target IS NOT NULL
        UNION ALL SELECT {_RULE}, effective_from, reason, actor FROM replenishment_rule WHERE effective_from > :now
    ) AS found WHERE CAST(:place_id AS text) IS NULL OR place_id = :place_id
    ORDER BY place_id, element_id, effective_from LIMIT 10000
""")
_RULE_OF = sa.text(f"""
    SELECT {_RULE} FROM replenishment_rule
    WHERE element_id = :element_id AND place_id = :place_id AND effective_from <= :now
    ORDER BY effective_from DESC LIMIT 1
""")
_SHORT = f"""
    SELECT rule.element_id, rule.place_id FROM ({_IN_FORCE}) AS rule JOIN place USING (place_id)
    LEFT JOIN stock_level level USING (element_id, place_id)
    WHERE target IS NOT NULL AND state = 'open'
      AND coalesce(on_hand - reserved, 0) + ({_COMING.format(place="rule.place_id", element="rule.element_id")}) < least
"""
_TO_LOOK_AT = sa.text(f"""
    SELECT element_id, place_id FROM ({_SHORT}) AS short
    UNION SELECT element_id, place_id FROM replenishment WHERE status = 'open' ORDER BY 1, 2
""")
_COUNT = sa.text(f"""
    SELECT (SELECT count(*) FROM ({_SHORT}) AS short) AS short,
           (SELECT count(*) FROM replenishment WHERE status = 'open') AS open
""")
_POSITION = sa.text(f"""
    SELECT coalesce(sum(on_hand), 0)::bigint AS on_hand, coalesce(sum(reserved), 0)::bigint AS reserved,
           ({_COMING.format(place=":place_id", element=":element_id")}) AS coming
    FROM stock_level WHERE element_id = :element_id AND place_id = :place_id
""")
_AT_SOURCE = sa.text("""
    SELECT coalesce(sum(on_hand - reserved), 0)::bigint - (
        SELECT coalesce(sum(quantity), 0)::bigint FROM consignment_line JOIN consignment USING (consignment_id)
        WHERE status = 'requested' AND from_place = :place_id AND element_id = :element_id
    ) FROM stock_level WHERE element_id = :element_id AND place_id = :place_id
""")
_IS_QUIET = sa.text("""
    SELECT EXISTS (
        SELECT FROM replenishment WHERE element_id = :element_id AND place_id = :place_id AND status = 'dismissed'
          AND decided_at > CAST(:now AS timestamptz) - make_interval(hours => :quiet_hours)
    )
""")
_PROPOSE = sa.text("""
    INSERT INTO replenishment (replenishment_id, element_id, place_id, from_place, quantity, available, least, status,
                               proposed_at)
    VALUES (:replenishment_id, :element_id, :place_id, :from_place, :quantity, :available, :least, :status, :now)
    ON CONFLICT DO NOTHING
""")
_REVISE = sa.text("""
    UPDATE replenishment SET quantity = :quantity, available = :available, from_place = :from_place, least = :least
    WHERE replenishment_id = :replenishment_id AND status = 'open'
""")
_CHANGE = sa.text("""
    UPDATE replenishment SET status = :after, decided_by = :actor, decided_at = :now, decided_because = :because,
        quantity = :quantity, consignment_id = :consignment_id
    WHERE replenishment_id = :replenishment_id AND status = :before
""")
_FIND = sa.text(f"SELECT {_COLUMNS} FROM replenishment WHERE replenishment_id = :replenishment_id")
_LIST = sa.text(f"""
    SELECT {_COLUMNS} FROM replenishment
    WHERE (CAST(:status AS text) IS NULL OR status = :status)
      AND (CAST(:place_id AS text) IS NULL OR place_id = :place_id)
    ORDER BY proposed_at DESC, replenishment_id DESC LIMIT :limit
""")


def write_rule(work: Work, rule: Rule, effective_from: datetime, reason: str) -> bool:
    """False if this instant has one already."""
    decided = {"effective_from": effective_from, "reason": reason, "actor": work.context.actor}
    return work.execute(_WRITE_RULE, {**vars(rule), **decided}).rowcount == 1


def list_rules(work: Work, place_id: str | None) -> list[dict[str, Any]]:
    """The contract's ReplenishmentRule, those in force and those to come."""
    return [dict(row) for row in work.execute(_LIST_RULES, {"place_id": place_id, "now": work.now}).mappings()]


def rule_of(work: Work, element_id: str, place_id: str) -> Rule | None:
    """In force now, also one that lifts."""
    row = work.execute(_RULE_OF, {"element_id": element_id, "place_id": place_id, "now": work.now}).one_or_none()
    return None if row is None else Rule(*row)


def to_look_at(work: Work) -> Sequence[tuple[str, str]]:
    """(element, place) of what is short, or has an open proposal."""
    return [tuple(row) for row in work.execute(_TO_LOOK_AT, {"now": work.now})]


def count_short(work: Work) -> tuple[int, int]:
    """How many elements at places are short, and how many proposals are open."""
    row = work.execute(_COUNT, {"now": work.now}).one()
    return row.short, row.open


def position_of(work: Work, rule: Rule) -> Position:
    """As it stays while the levels of the element are locked."""
    of = {"element_id": rule.element_id}
    row = work.execute(_POSITION, {**of, "place_id": rule.place_id}).one()
    source = None
    if rule.from_place is not None:
        source = int(work.execute(_AT_SOURCE, {**of, "place_id": rule.from_place}).scalar_one())
    return Position(row.on_hand, row.reserved, row.coming, source)


def is_quiet(work: Work, rule: Rule) -> bool:
    """Whether somebody dismissed it a short while ago."""
    of = {name: getattr(rule, name) for name in ("element_id", "place_id", "quiet_hours")}
    return bool(work.execute(_IS_QUIET, {**of, "now": work.now}).scalar_one())


def propose(work: Work, replenishment_id: str, rule: Rule, quantity: int, available: int) -> bool:
    """False if there is an open one already."""
    told = {**_proposed(rule, quantity, available), "element_id": rule.element_id, "place_id": rule.place_id}
    row = {"replenishment_id": replenishment_id, "status": OPEN, "now": work.now}
    return work.execute(_PROPOSE, {**told, **row}).rowcount == 1


def revise(work: Work, replenishment_id: str, rule: Rule, quantity: int, available: int) -> None:
    work.execute(_REVISE, {"replenishment_id": replenishment_id, **_proposed(rule, quantity, available)})


def change(
    work: Work, proposal: Mapping[str, Any], event: str, because: str, quantity: int, consignment_id: str | None = None
) -> None:
    told = {"before": proposal["status"], "after": REPLENISHMENT.next(proposal["status"], event), "because": because}
    done = {"actor": work.context.actor, "now": work.now, "quantity": quantity, "consignment_id": consignment_id}
    which = {"replenishment_id": proposal["replenishment_id"]}
    if work.execute(_CHANGE, {**told, **done, **which}).rowcount != 1:
        raise RuntimeError(f"{proposal['replenishment_id']} changed under its lock")


def show_replenishment(work: Work, replenishment_id: str) -> dict[str, Any]:
    """The contract's Replenishment, of one that there is."""
    return dict(work.execute(_FIND, {"replenishment_id": replenishment_id}).mappings().one())


def list_replenishments(work: Work, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = {name: request[name] for name in ("status", "place_id", "limit")}
    return [dict(row) for row in work.execute(_LIST, asked).mappings()]


def _proposed(rule: Rule, quantity: int, available: int) -> dict[str, Any]:
    return {"from_place": rule.from_place, "least": rule.least, "quantity": quantity, "available": available}
