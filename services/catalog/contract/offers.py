"""For what goods are offered: prices, what a piece is made of, presales, many at once."""

from marshmallow import fields

from services.catalog.contract.vocabulary import DELIVERIES, LARGEST_BULK, LARGEST_SEGMENTS, TIERS, WHY_NOT
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    identifier,
    instant,
    integer,
    listed,
    text,
)


def segments_field() -> fields.List:
    """The labels of the segments that a member is in."""
    return listed(text(40), longest=LARGEST_SEGMENTS, load_default=list)


class Price(Record):
    """One way to pay for one piece: points, fen of cash, coins (one is worth a yuan), or several of them together.

    For members from ``least_tier`` on and, if it names one, of a ``segment``. One way may cost some members less.
    """

    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    least_tier = choice(*TIERS, load_default=TIERS[0])
    segment = text(40, allow_none=True)


class OfferedPrice(Price):
    """``value_per_1000_points_fen``: what a thousand points are worth in it, going by what the goods cost elsewhere;
    null where no points are paid or that is not known."""

    value_per_1000_points_fen = integer(-LARGEST_SAFE_INTEGER, LARGEST_SAFE_INTEGER, allow_none=True)


class OtherPrice(OfferedPrice):
    """Not what this member pays: the tier is not reached, it is for a segment, or another one betters it."""

    why_not = choice(*WHY_NOT)


class Part(Record):
    """``quantity`` units of an element in each piece. What a partner switches on names the ``provisioner`` and the
    ``product`` that it knows the element by. What was told before parts had names has none."""

    element_id = identifier("elm")
    delivery = choice(*DELIVERIES)
    quantity = integer(1)
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    provisioner = text(40, allow_none=True)
    product = text(60, allow_none=True)


class NamedPart(Part):
    """``form`` is what kind of thing it is, with its name: a ticket, a coupon, whatever operators brought in."""

    name_zh = text(200)
    name_en = text(200)
    form = text(40)
    form_zh = text(40)
    form_en = text(60)


class PresaleOffer(Record):
    """Sold before it is there until ``ends_at``, sent from the day ``ships_from`` on; ``left`` pieces, as a hint."""

    presale_id = identifier("psl")
    ends_at = instant()
    ships_from = text(10)
    left = integer()


class BulkStep(Request):
    """From so many pieces on one paid in the way ``price_id`` costs so much."""

    from_pieces = integer(1, LARGEST_BULK)
    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)


class BulkOffer(Record):
    """From ``least`` to ``most`` pieces an order are sold in the bulk zone, to members of ``segment`` if it names one;
    somebody has to approve of such an order."""

    least = integer(1)
    most = integer(1)
    segment = text(40, allow_none=True)
    steps = listed(BulkStep)
