"""Receipts become the final state of messages.

A receipt is kept the moment it comes and matched here afterwards, so it does not matter whether it was faster than
the commit that tells us which part it speaks of.
"""

from collections.abc import Collection
from datetime import timedelta

from services.chassis.data.work import Work, Works
from services.notifications.domain.outgoing import Receipt
from services.notifications.storage import parts
from services.notifications.storage.locks import claim_matching_receipts, lock_messages
from services.notifications.storage.messages import Change, change_messages

BATCH = 200
KEPT_UNMATCHED = timedelta(days=3)  # longer than a message centre tries


def take_receipt(work: Work, receipt: Receipt) -> None:
    parts.keep_receipt(work, receipt)


def settle_receipts(works: Works) -> bool:
    """True if there were any: there may be more."""
    with works.begin() as work:
        matched = claim_matching_receipts(work, BATCH)
        if matched:
            concerned = {row.message_id for row in matched}
            lock_messages(work, concerned)
            parts.match_receipts(work, [row.receipt_id for row in matched])
            conclude(work, concerned)
    return bool(matched)


def conclude(work: Work, message_ids: Collection[str]) -> None:
    """A sent message is delivered when each of its parts is; it has failed when one part has, on every try."""
    if not message_ids:
        return
    states = parts.part_states(work, message_ids).items()
    change_messages(work, [change for each, (in_all, seen) in states if (change := _conclusion(each, in_all, seen))])


def _conclusion(message_id: str, parts_in_all: int, seen: dict[int, set[str]]) -> Change | None:
    if any(states == {"failed"} for states in seen.values()):
        return Change(message_id, "receipt_failed", problem="the message centre could not deliver it")
    if sum("delivered" in states for states in seen.values()) == parts_in_all:
        return Change(message_id, "receipt_delivered")
    return None


def forget_unmatched_receipts(works: Works) -> int:
    """Receipts of messages that are not ours, or that were sent by another mall."""
    with works.begin() as work:
        return parts.drop_receipts_before(work, work.now - KEPT_UNMATCHED)
