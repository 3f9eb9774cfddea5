"""What is known for good: all journals up to a mark are committed, or never will be."""

import time
from collections.abc import Callable
from typing import TypeVar

from services.chassis.data.work import Work, Works
from services.points.storage.journals import who_is_booking

LOOK_AGAIN_S = 0.05
Mark = TypeVar("Mark")


def settled_mark(works: Works, read_mark: Callable[[Work], Mark], patience_s: float) -> Mark | None:
    """The mark, an id or an instant, once nothing can be booked below it any more; None if that takes too long.

    Whoever drew an id before the mark was read held the lock of drawing by then. When none of those is left, they
    have committed, visibly to all, or rolled back; whoever draws later gets an id above the mark.
    """
    with works.begin() as work:
        mark = read_mark(work)
        booking = who_is_booking(work)
    give_up_at = time.monotonic() + patience_s
    while booking:
        if time.monotonic() >= give_up_at:
            return None
        time.sleep(LOOK_AGAIN_S)
        with works.begin() as work:
            booking &= who_is_booking(work)
    return mark
