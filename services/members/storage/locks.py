"""Every lock of members, in one place: always a number before its code, a segment before who is in it, members in
sorted order."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.members.storage.tables import member

_PHONE = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 0))")

_SEGMENT = sa.text("SELECT true FROM segment WHERE segment = :segment FOR UPDATE")


def lock_segment(work: Work, segment: str) -> bool:
    """False if there is none."""
    return work.execute(_SEGMENT, {"segment": segment}).scalar_one_or_none() is not None


def lock_phone(work: Work, phone: str) -> None:
    """Requests for one number go one by one, so that each counts those before it. Held until the commit."""
    work.execute(_PHONE, {"phone": phone})


def lock_members(work: Work, member_ids: Sequence[str]) -> list[Any]:
    """The rows of those that exist, by ascending id; nobody changes them before this commit."""
    rows = (
        sa.select(member)
        .where(member.c.member_id.in_(sorted(set(member_ids))))
        .order_by(member.c.member_id)
        .with_for_update(key_share=True)
    )
    return list(work.execute(rows).all())
