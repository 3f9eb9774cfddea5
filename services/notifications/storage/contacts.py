"""The read model of members: how each may be reached, as far as events have told us."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.storage.tables import contact

_BIRTH = 0  # the version of an enrolment: any change of the profile is newer
_FIELDS = ("member_id", "phone", "email", "name", "language")
_CONTACTS = Planned(
    "contacts_of",
    f"SELECT {', '.join(_FIELDS)} FROM contact WHERE member_id = ANY(CAST(:member_ids AS text[]))",  # noqa: S608
)


def add_new_contacts(work: Work, members: Iterable[dict[str, Any]]) -> None:
    """Enrolments, in one statement; a member we know already (also from a later change) stays as is."""
    in_order = sorted(members, key=lambda member: member["member_id"])  # two batches must not wait for each other
    rows = [_row(member, _BIRTH, member["enrolled_at"]) for member in in_order]
    work.execute(insert(contact).on_conflict_do_nothing(), rows)


def put_newer_contact(work: Work, member: dict[str, Any], version: int, as_of: Any) -> bool:
    """False if what we have is as new or newer."""
    statement = insert(contact).values(_row(member, version, as_of))
    newer = statement.excluded
    kept = sa.tuple_(contact.c.version, contact.c.as_of)
    statement = statement.on_conflict_do_update(
        index_elements=[contact.c.member_id],
        set_={column: newer[column] for column in (*_FIELDS[1:], "version", "as_of")},
        where=kept < sa.tuple_(newer.version, newer.as_of),
    )
    return bool(work.execute(statement).rowcount)


def contacts_of(work: Work, member_ids: Iterable[str]) -> dict[str, Any]:
    """The known ones, by member id."""
    rows = work.execute(_CONTACTS, {"member_ids": list(member_ids)})
    return {row.member_id: row for row in rows}


def _row(member: dict[str, Any], version: int, as_of: Any) -> dict[str, Any]:
    return {field: member[field] for field in _FIELDS} | {"version": version, "as_of": as_of}
