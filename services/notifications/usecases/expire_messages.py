"""Give up messages that are of no use any more, and those abandoned in their last attempt."""

from services.chassis.data.work import Work, Works
from services.notifications.storage.configuration import policy_of
from services.notifications.storage.locks import claim_outlived_messages, claim_used_up_messages
from services.notifications.storage.messages import give_up_messages

CHANNELS = ("sms", "email")
BATCH = 1000  # of each kind in one run; the next run comes soon


def expire_messages(works: Works) -> int:
    """How many were given up."""
    with works.begin() as work:
        return sum(_outlived(work, channel) + _used_up(work, channel) for channel in CHANNELS)


def _outlived(work: Work, channel: str) -> int:
    found = claim_outlived_messages(work, channel, BATCH)
    give_up_messages(work, found, "too late to be of use")
    return len(found)


def _used_up(work: Work, channel: str) -> int:
    found = claim_used_up_messages(work, channel, policy_of(work, channel).most_attempts, BATCH)
    give_up_messages(work, found, "no attempts left, the last one unknown")
    return len(found)
