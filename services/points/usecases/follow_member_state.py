"""A member who is not active earns and spends nothing."""

from services.chassis.data.work import ReceivedEvent, Work
from services.points.storage import holders


def follow_member_state(work: Work, event: ReceivedEvent) -> None:
    """An event older than the last one is ignored; one that comes before the account waits in the holder's row.

    Who is active again stays frozen while ops say so.
    """
    member_id, state = event.data["member_id"], event.data["state"]
    if holders.follow_state(work, member_id, state, event.sequence, event.occurred_at):
        holders.settle_account_status(work, member_id)
