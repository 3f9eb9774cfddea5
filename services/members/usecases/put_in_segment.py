"""Operators define segments and say who is in them."""

from datetime import datetime
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members import contract
from services.members.storage import segments
from services.members.storage.locks import lock_segment


def define_segment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``segment``, ``name_zh``, ``name_en``, ``description``; said again they replace the ones before."""
    names = {name: request[name] for name in ("name_zh", "name_en", "description")}
    segments.define(work, request["segment"], names)
    return {"segment": request["segment"], **names}


def add_to_segment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``numbers`` (of subscribers) and ``members`` (ids) are in from ``begins`` (None: now) until ``ends`` (None: for
    good). Who is in already stays so; who was in for another time is in for this one. {added, known, unknown}."""
    begins, ends = _window(work, request["begins"], request["ends"])
    known, unknown = _members(work, request)
    kept = segments.members_kept(work, request["segment"], known, begins, ends)
    new = sorted(set(known) - kept)
    segments.end_by_hand(work, request["segment"], new, begins, request["reason"])
    segments.begin_by_hand(work, request["segment"], new, begins, ends, request["reason"])
    return {"segment": request["segment"], "added": len(new), "known": len(kept), "unknown": unknown}


def remove_from_segment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Who is in by hand is so no more, also not later on; who is in by rule stays in. {removed, known, unknown}."""
    known, unknown = _members(work, request)
    removed = segments.end_by_hand(work, request["segment"], known, work.now, request["reason"])
    told = {"removed": len(removed), "known": len(known) - len(removed), "unknown": unknown}
    return {"segment": request["segment"], **told}


def known_segment(work: Work, segment: str) -> None:
    """Locks it, so that what is said of it at once is done one after the other."""
    if not lock_segment(work, segment):
        raise Refused(contract.SEGMENT_UNKNOWN, "define the segment first", segment=segment)


def _members(work: Work, request: dict[str, Any]) -> tuple[list[str], list[str]]:
    """(ids, what nobody is known by)"""
    known_segment(work, request["segment"])
    found = segments.known_members(work, request["numbers"], request["members"])
    named = {row.member_id for row in found} | {row.subscriber_no for row in found}
    unknown = sorted({*request["numbers"], *request["members"]} - named)
    return sorted(row.member_id for row in found), unknown


def _window(work: Work, begins: datetime | None, ends: datetime | None) -> tuple[datetime, datetime | None]:
    begins = begins or work.now
    if begins < work.now or (ends is not None and ends <= begins):
        raise Refused(contract.SEGMENT_BACKDATED, "it begins now or later, and ends after that")
    return begins, ends
