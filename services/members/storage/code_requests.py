"""Who asked for a code when, and how often that is allowed."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.members.domain.code_limits import CodeLimit
from services.members.storage.tables import code_day, code_limit, code_request


def limits_in_force(work: Work, scope: str) -> list[CodeLimit]:
    """For each window the row that came into force last."""
    newest = (
        sa.select(code_limit.c.window_s, code_limit.c.most)
        .distinct(code_limit.c.window_s)
        .where(code_limit.c.scope == scope, code_limit.c.effective_from <= work.now)
        .order_by(code_limit.c.window_s, code_limit.c.effective_from.desc())
    )
    return [CodeLimit(row.window_s, row.most) for row in work.execute(newest)]


def requests_since(work: Work, phone: str, window_s: int, most: int) -> list[datetime]:
    """Times of the number's latest ``most`` requests within the window, newest first."""
    statement = (
        sa.select(code_request.c.requested_at)
        .where(code_request.c.phone == phone, code_request.c.requested_at > work.now - timedelta(seconds=window_s))
        .order_by(code_request.c.requested_at.desc())
        .limit(most)
    )
    return list(work.execute(statement).scalars())


def record_request(work: Work, phone: str) -> None:
    work.execute(code_request.insert(), {"phone": phone, "requested_at": work.now})


def draw_from_budget(work: Work, day: date, most: int) -> bool:
    """One more code on ``day``, if it is not the one too many: counted in one statement, exact under any load."""
    if most < 1:
        return False
    counted = insert(code_day).values(day=day, codes=1)
    statement = counted.on_conflict_do_update(
        index_elements=["day"], set_={"codes": code_day.c.codes + 1}, where=code_day.c.codes < most
    )
    return bool(work.execute(statement).rowcount)
