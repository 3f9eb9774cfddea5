"""A code that somebody typed at a counter: what it names, or a try less for the counter."""

from collections.abc import Callable
from typing import TypeVar

from services.catalog.contract import CODE_UNKNOWN, COUNTER_LOCKED
from services.catalog.storage.counters import give_try_back, take_try, terms_in_force
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

Named = TypeVar("Named")


def named_at_counter(work: Work, key_id: str, find: Callable[[], Named | None]) -> Named | Refused:
    """What ``find`` finds. A refusal is given back, not raised: the try that was taken stays taken."""
    if wait_s := take_try(work, key_id, terms_in_force(work)):
        return Refused(COUNTER_LOCKED, "too many wrong codes at this counter", retry_after_s=wait_s)
    named = find()
    if named is None:
        return Refused(CODE_UNKNOWN, "no such code at this counter")
    give_try_back(work, key_id)
    return named
