"""Messages by SMS and e-mail: queued in bulk, settled one by one, always from the state they are expected in."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.notifications.domain.message_states import MESSAGE
from services.notifications.storage.tables import message

_ENDS = tuple(state for state in MESSAGE.states if MESSAGE.is_end(state))


def queue_messages(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """In one statement; what was queued before for the same event, channel and member stays as it is."""
    if rows:
        work.execute(insert(message).on_conflict_do_nothing(), rows)


def settle_claimed(work: Work, claimed: Any, event: str, **changes: Any) -> bool:
    """The result of a claim; False if the lease ran out and somebody else took the message up."""
    return _change(work, event, message.c.claims == claimed.claims, claimed.message_id, **changes)


def change_state(work: Work, message_id: str, event: str, **changes: Any) -> bool:
    """False if the message is in no state that allows ``event``: late news changes nothing."""
    return _change(work, event, sa.true(), message_id, **changes)


def _change(work: Work, event: str, condition: Any, message_id: str, **changes: Any) -> bool:
    target = {MESSAGE.next(source, event) for source in MESSAGE.sources(event)}.pop()
    statement = (
        sa.update(message)
        .where(message.c.message_id == message_id, message.c.state.in_(MESSAGE.sources(event)), condition)
        .values(state=target, leased_until=None, settled_at=work.now if target in _ENDS else None, **changes)
    )
    return bool(work.execute(statement).rowcount)


def give_up_messages(work: Work, message_ids: Sequence[str], problem: str) -> None:
    work.execute(
        sa.update(message)
        .where(message.c.message_id.in_(message_ids), message.c.state.in_(MESSAGE.sources("expire")))
        .values(state=MESSAGE.next("queued", "expire"), leased_until=None, settled_at=work.now, problem=problem)
    )


def messages_of(work: Work, member_id: str, most: int) -> list[Any]:
    """Newest first."""
    return list(
        work.execute(
            sa.select(message).where(message.c.member_id == member_id).order_by(message.c.message_id.desc()).limit(most)
        ).all()
    )


def message_by_event(work: Work, event_id: str) -> Any | None:
    return work.execute(sa.select(message).where(message.c.event_id == event_id)).one_or_none()
