"""Give up messages that are of no use any more, and those abandoned in their last attempt."""

from services.chassis.data.work import Works
from services.notifications.storage import messages
from services.notifications.storage.configuration import policy_of


def expire_messages(works: Works) -> int:
    """How many were given up."""
    with works.begin() as work:
        policies = {channel: policy_of(work, channel) for channel in ("sms", "email")}
        return sum(
            messages.expire_messages(work, channel, policy.most_attempts) for channel, policy in policies.items()
        )
