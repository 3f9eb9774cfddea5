"""While a transaction is open nobody outside is asked: it would keep its locks and its connection for as long as
somebody else likes, and could not take back what they did.

Who does it all the same has made a mistake that shows at once and everywhere, in production too: where the other side
mostly is quick, it would come out on the day when it is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_open: ContextVar[bool] = ContextVar("transaction_is_open", default=False)


class AskedInTransaction(RuntimeError):
    """A mistake of the program: nothing is wrong with who was to be asked, and nothing was sent."""


@contextmanager
def open_transaction() -> Iterator[None]:
    """Of this thread or green thread; of one that it starts meanwhile nothing is known."""
    token = _is_open.set(True)
    try:
        yield
    finally:
        _is_open.reset(token)


def leave_transactions_first(whom: str) -> None:
    """Raises AskedInTransaction. For everything that waits for ``whom``, another service or a partner."""
    if _is_open.get():
        raise AskedInTransaction(f"{whom} is asked while a transaction is open")
