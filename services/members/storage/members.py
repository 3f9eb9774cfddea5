"""Members: finding, enrolling and changing them."""

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.members.storage.tables import member

# Sorted, so that two imports of overlapping batches wait for each other instead of deadlocking.
_IMPORT = sa.text(
    """
    INSERT INTO member (member_id, subscriber_no, phone, email, name, language, channel, enrolled_at, in_network_since)
    SELECT member_id, subscriber_no, phone, email, name, language, :channel, :now, in_network_since
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
        member_id text, subscriber_no text, phone text, email text, name text, language text,
        in_network_since timestamptz)
    ORDER BY phone
    ON CONFLICT DO NOTHING
    RETURNING *
    """
).columns(*member.c)


def find_member(work: Work, member_id: str) -> Any | None:
    return work.execute(sa.select(member).where(member.c.member_id == member_id)).one_or_none()


def find_by_phone(work: Work, phone: str) -> Any | None:
    return work.execute(sa.select(member).where(member.c.phone == phone)).one_or_none()


def find_by_subscriber(work: Work, subscriber_no: str) -> Any | None:
    return work.execute(sa.select(member).where(member.c.subscriber_no == subscriber_no)).one_or_none()


def add_member(work: Work, row: dict[str, Any]) -> Any | None:
    """The new member, or None if the number has one already."""
    statement = insert(member).values(row).on_conflict_do_nothing(index_elements=["phone"]).returning(member)
    return work.execute(statement).one_or_none()


def import_members(work: Work, rows: list[dict[str, Any]], channel: str) -> list[Any]:
    """One statement for the whole batch; only those that are new, by number and by subscriber, come back."""
    values = {"rows": orjson.dumps(rows).decode(), "channel": channel, "now": work.now}
    return list(work.execute(_IMPORT, values).all())


def change_profile(work: Work, member_id: str, fields: dict[str, Any]) -> Any | None:
    """The member with its new version; None if nothing is different or nobody has that id."""
    differs = sa.or_(*(member.c[name].is_distinct_from(value) for name, value in fields.items()))
    statement = (
        sa.update(member)
        .where(member.c.member_id == member_id, differs)
        .values(**fields, version=member.c.version + 1)
        .returning(member)
    )
    return work.execute(statement).one_or_none()


def move_state(work: Work, member_id: str, previous: str, state: str) -> Any | None:
    """The member in its new state; None if it was not in ``previous`` any more."""
    statement = (
        sa.update(member)
        .where(member.c.member_id == member_id, member.c.state == previous)
        .values(state=state, version=member.c.version + 1)
        .returning(member)
    )
    return work.execute(statement).one_or_none()
