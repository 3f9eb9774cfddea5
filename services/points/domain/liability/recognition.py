"""The two sums of IFRS 15 for points: what of a price belongs to them, and how much of that is earned. Whole fen."""

from dataclasses import dataclass

from services.chassis.money import split_by_weight

MILLION = 1_000_000  # shares and prices are whole millionths

# How points are paid for
SALE = "sale"  # they come with something that is sold: its price is shared between the two
SOLD = "sold"  # they themselves are sold: the whole price is theirs
GIVEN = "given"  # nobody pays: what they are expected to cost is set aside when they are given


@dataclass(frozen=True)
class Consideration:
    """What is paid for each point: ``price`` in millionths of a fen; of no meaning where points are given."""

    basis: str
    price: int = 0


def allocate(price: int, goods_value: int, points_value: int) -> tuple[int, int]:
    """``price`` shared between goods and points by their stand-alone selling prices; both parts sum to it.

    The values may be in any unit, if it is the same.
    """
    goods, points = split_by_weight(price, [goods_value, points_value])
    return goods, points


def deferred_by(points: int, worth: int, rate: int, paid: Consideration) -> int:
    """Fen put aside for new ``points``: ``worth`` is the stand-alone selling price of a point that is redeemed, in
    millionths of a fen, ``rate`` the share expected to be redeemed, in millionths."""
    price = whole(points * paid.price)
    if paid.basis == SOLD:
        return price
    if paid.basis == SALE:
        return allocate(price, points * paid.price * MILLION, points * worth * rate)[1]
    if paid.basis == GIVEN:
        return whole(points * worth * rate, MILLION * MILLION)
    raise ValueError(f"unknown basis {paid.basis!r}")


def recognised(allocated: int, redeemed: int, expected: int) -> int:
    """Revenue to date: ``redeemed`` of ``expected`` points, in one unit. Nothing while nothing is redeemed, all when as
    much is redeemed as is expected; never more than ``allocated``."""
    if redeemed <= 0:
        return 0
    return split_by_weight(allocated, [redeemed, max(expected - redeemed, 0)])[0]


def whole(amount: int, parts: int = MILLION) -> int:
    """Fen or points of an ``amount`` >= 0 that is in so many parts of one; a half counts as one."""
    return (2 * amount + parts) // (2 * parts)
