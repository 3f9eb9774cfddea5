"""The book that the expiry benchmark writes in: many wallets, to each of which points are dealt that have expired."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from tests.load.wallet_book import WalletBook

POINTS_EACH = 100
FIRST_DAY = date(2001, 1, 1)


@contextmanager
def written_book(url: str, wallets: int) -> Iterator["ExpiryBook"]:
    book = ExpiryBook(url, wallets)
    try:
        yield book
    finally:
        book.close()


class ExpiryBook(WalletBook):
    """Each deal is of another day, long past: its points are due at once."""

    deals = 0

    def deal_expired(self) -> None:
        """POINTS_EACH in a bucket of their own for every wallet."""
        self.deals += 1
        self.deal(FIRST_DAY + timedelta(days=self.deals), POINTS_EACH)
