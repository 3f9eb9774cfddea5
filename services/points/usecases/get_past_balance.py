"""What a member had, as of any past instant, by two clocks: when it happened and when it was booked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import NEVER
from services.points.storage.history import past_balance
from services.points.storage.locks import booked_until_now
from services.points.usecases.find_wallet import wallet_or_none

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Past:
    happened_by: datetime
    booked_by: datetime


def get_past_balance(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's PastBalance. The same question gets the same answer for ever, whatever is booked later."""
    account_id = wallet_or_none(work, request["member_id"], request["unit"])
    past = past_of(work, account_id, request)
    day = local_date(request["happened_by"] or work.now)
    return request | past_balance(work, account_id, day, NEVER, past.happened_by, past.booked_by)


def past_of(work: Work, account_id: int | None, request: dict[str, Any]) -> Past:
    """The clocks that a request names; an instant to come is refused, as its answer could still change."""
    booked_now = booked_until_now(work, account_id)
    happened_by, booked_by = request["happened_by"], request["booked_by"]
    if (happened_by and happened_by > work.now) or (booked_by and booked_by > booked_now):
        raise Refused(contract.INSTANT_TO_COME, "that instant is still to come")
    return Past(happened_by or END_OF_TIME, booked_by or END_OF_TIME)
