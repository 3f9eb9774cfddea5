"""Segments and who is in them. What changes of one segment is done under its lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.members.domain.segments import SegmentRule

_DEFINE = sa.text("""
    INSERT INTO segment (segment, name_zh, name_en, description, defined_by, defined_at)
    VALUES (:segment, :name_zh, :name_en, :description, :actor, :now)
    ON CONFLICT (segment) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,
        description = excluded.description, defined_by = excluded.defined_by, defined_at = excluded.defined_at
""")
_LIST = sa.text("""
    SELECT segment, name_zh, name_en, description, coalesce(by_hand, 0) AS by_hand, coalesce(by_rule, 0) AS by_rule
    FROM segment LEFT JOIN (
        SELECT segment, count(*) FILTER (WHERE source = 'hand') AS by_hand,
               count(*) FILTER (WHERE source = 'rule') AS by_rule
        FROM segment_member WHERE begins_at <= :now AND (ends_at IS NULL OR ends_at > :now) GROUP BY 1
    ) counted USING (segment) ORDER BY segment
""")
_KNOWN = sa.text("""
    SELECT member_id, subscriber_no FROM member
    WHERE state <> 'cancelled' AND (subscriber_no = ANY(CAST(:numbers AS text[]))
                                    OR member_id = ANY(CAST(:ids AS text[])))
""")
# Who is in from ``begins`` until ``ends`` already; what else they have by hand from then on is in the way.
_KEPT = sa.text("""
    SELECT DISTINCT member_id FROM segment_member
    WHERE segment = :segment AND source = 'hand' AND member_id = ANY(CAST(:ids AS text[]))
      AND begins_at <= :begins AND ends_at IS NOT DISTINCT FROM CAST(:ends AS timestamptz)
""")
_END = sa.text("""
    UPDATE segment_member SET ends_at = greatest(begins_at, :at), ended_by = :actor, ended_because = :because
    WHERE segment = :segment AND source = 'hand' AND member_id = ANY(CAST(:ids AS text[]))
      AND (ends_at IS NULL OR ends_at > :at)
    RETURNING member_id
""")
_BEGIN = sa.text("""
    INSERT INTO segment_member (segment, member_id, source, begins_at, ends_at, added_by, added_because)
    SELECT :segment, member_id, 'hand', :begins, CAST(:ends AS timestamptz), :actor, :because
    FROM unnest(CAST(:ids AS text[])) AS member_id
""")
_SHOWN = sa.text("""
    SELECT DISTINCT segment, name_zh, name_en FROM segment_member JOIN segment USING (segment)
    WHERE member_id = :member_id AND begins_at <= :now AND (ends_at IS NULL OR ends_at > :now) ORDER BY segment
""")
_HISTORY = sa.text("""
    SELECT segment, source, begins_at, ends_at, added_by, added_because, ended_by, ended_because FROM segment_member
    WHERE member_id = :member_id ORDER BY id
""")
_WRITE_RULE = sa.text("""
    INSERT INTO segment_rule (segment, tiers, joined_from, joined_before, lifted, effective_from, reason, actor)
    VALUES (:segment, CAST(:tiers AS text[]), :joined_from, :joined_before, :lifted, :effective_from, :reason, :actor)
    ON CONFLICT (segment, effective_from) DO NOTHING
""")
_RULE = sa.text("""
    SELECT tiers, joined_from, joined_before, reason FROM segment_rule
    WHERE segment = :segment AND effective_from <= :now ORDER BY effective_from DESC LIMIT 1
""")
_WITH_RULES = sa.text("SELECT DISTINCT segment FROM segment_rule WHERE effective_from <= :now ORDER BY segment")
_MEETS = """NOT :lifted AND m.state <> 'cancelled'
    AND (CAST(:tiers AS text[]) = '{}' OR m.tier = ANY(CAST(:tiers AS text[])))
    AND (CAST(:joined_from AS timestamptz) IS NULL OR m.in_network_since >= :joined_from)
    AND (CAST(:joined_before AS timestamptz) IS NULL OR m.in_network_since < :joined_before)"""
_BY_RULE = "s.segment = :segment AND s.source = 'rule'"
_FALL_OUT = sa.text(f"""
    UPDATE segment_member SET ends_at = greatest(begins_at, :now), ended_by = :actor, ended_because = :because
    WHERE id IN (
        SELECT id FROM segment_member s JOIN member m USING (member_id)
        WHERE {_BY_RULE} AND s.ends_at IS NULL AND ({_MEETS}) IS NOT TRUE LIMIT :most
    )
""")  # noqa: S608 — statements of this file are put together of its constants
_COME_IN = sa.text(f"""
    INSERT INTO segment_member (segment, member_id, source, begins_at, added_by, added_because)
    SELECT :segment, member_id, 'rule', :now, :actor, :because FROM member m
    WHERE {_MEETS} AND NOT EXISTS (
        SELECT FROM segment_member s
        WHERE s.member_id = m.member_id AND {_BY_RULE} AND (s.ends_at IS NULL OR s.ends_at > :now)
    ) LIMIT :most
""")  # noqa: S608 — the same


def define(work: Work, segment: str, names: dict[str, str]) -> None:
    """``names``: name_zh, name_en, description; said again they replace the ones before."""
    work.execute(_DEFINE, {"segment": segment, **names, **_who(work), "now": work.now})


def list_segments(work: Work) -> list[dict[str, Any]]:
    """{segment, name_zh, name_en, description, by_hand, by_rule}: how many members are in now."""
    return [dict(row) for row in work.execute(_LIST, {"now": work.now}).mappings()]


def known_members(work: Work, numbers: Sequence[str], ids: Sequence[str]) -> list[Any]:
    """(member_id, subscriber_no) of those that exist and are not cancelled."""
    return list(work.execute(_KNOWN, {"numbers": list(numbers), "ids": list(ids)}))


def members_kept(work: Work, segment: str, ids: Sequence[str], begins: datetime, ends: datetime | None) -> set[str]:
    told = {"segment": segment, "ids": list(ids), "begins": begins, "ends": ends}
    return set(work.execute(_KEPT, told).scalars())


def end_by_hand(work: Work, segment: str, ids: Sequence[str], at: datetime, because: str) -> set[str]:
    """Who was in by hand then or later, and now is no more."""
    told = {"segment": segment, "ids": list(ids), "at": at, "because": because, **_who(work)}
    return set(work.execute(_END, told).scalars())


def begin_by_hand(
    work: Work, segment: str, ids: Sequence[str], begins: datetime, ends: datetime | None, because: str
) -> None:
    told = {"segment": segment, "ids": list(ids), "begins": begins, "ends": ends, "because": because}
    work.execute(_BEGIN, {**told, **_who(work)})


def segments_of(work: Work, member_id: str) -> list[dict[str, Any]]:
    """The contract's MemberSegment, of those that the member is in now."""
    return [dict(row) for row in work.execute(_SHOWN, {"member_id": member_id, "now": work.now}).mappings()]


def segment_history_of(work: Work, member_id: str) -> list[Any]:
    """Oldest first."""
    return list(work.execute(_HISTORY, {"member_id": member_id}))


def write_rule(work: Work, segment: str, rule: SegmentRule, effective_from: datetime, reason: str) -> bool:
    """False if this instant has one already."""
    decided = {"segment": segment, "effective_from": effective_from, "reason": reason, **_who(work)}
    return work.execute(_WRITE_RULE, {**decided, **_criteria(rule)}).rowcount == 1


def segments_with_rules(work: Work) -> list[str]:
    return list(work.execute(_WITH_RULES, {"now": work.now}).scalars())


def rule_in_force(work: Work, segment: str) -> tuple[SegmentRule, str] | None:
    """With why it is so."""
    row = work.execute(_RULE, {"segment": segment, "now": work.now}).one_or_none()
    return None if row is None else (SegmentRule(row.tiers, row.joined_from, row.joined_before), row.reason)


def apply_rule(work: Work, segment: str, rule: SegmentRule, because: str, most: int) -> int:
    """How many members came in or fell out, ``most`` of each at once."""
    told = {"segment": segment, "because": because, "most": most, "now": work.now, **_who(work), **_criteria(rule)}
    return work.execute(_FALL_OUT, told).rowcount + work.execute(_COME_IN, told).rowcount


def _criteria(rule: SegmentRule) -> dict[str, Any]:
    joined = {"joined_from": rule.joined_from, "joined_before": rule.joined_before}
    return {"tiers": list(rule.tiers), **joined, "lifted": rule.lifts}


def _who(work: Work) -> dict[str, str]:
    return {"actor": work.context.actor}
