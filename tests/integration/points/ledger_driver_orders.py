"""Steps that orders take."""

from services.points import contract
from tests.integration.points.ledger_driver_chance import MOSTLY, Chance, Step


def hold(chance: Chance) -> Step:
    order_id, member_id, unit = chance.order(), chance.member(), chance.unit()
    known = chance.model.holds.get((order_id, unit))
    if known and known.purse and chance.random.random() < MOSTLY:
        member_id, points = known.purse.member_id, known.drawn.total()
    else:
        purse = chance.model.purses.get((member_id, unit))
        points = chance.amount(chance.model.available(purse) if purse else 1)
    return chance.request("hold", member_id=member_id, order_id=order_id, points=points, unit=unit)


def capture(chance: Chance) -> Step:
    order_id, unit = chance.order_that_is("open")
    known = chance.model.holds.get((order_id, unit))
    part = {"points": chance.amount(known.drawn.total())} if known and chance.random.random() > MOSTLY else {}
    return chance.request("capture", order_id=order_id, unit=unit, **part)


def release(chance: Chance) -> Step:
    order_id, unit = chance.order_that_is("open")
    return chance.request("release", order_id=order_id, unit=unit)


def refund(chance: Chance) -> Step:
    order_id, unit = chance.order_that_is("captured")
    known = chance.model.holds.get((order_id, unit))
    points = chance.amount(known.left.total() if known else 1)
    return chance.request("refund", order_id=order_id, points=points, unit=unit)


def confirm_order(chance: Chance) -> Step:
    order_id, _ = chance.order_that_is("open", "expired")
    known = chance.model.holds.get((order_id, contract.POINTS))
    return chance.request("confirm_order", order_id=order_id, points=chance.amount(known.drawn.total() if known else 1))


def end_order(chance: Chance) -> Step:
    return chance.request("end_order", order_id=chance.order_that_is("open", "captured", "expired")[0])


def time_out(chance: Chance) -> Step:
    order_id, unit = chance.order_that_is("open")
    return Step("time_out", {"order_id": order_id, "unit": unit})


def sweep(chance: Chance) -> Step:
    return Step("sweep", {"status": chance.random.choice(["confirmed", "awaiting_payment", "closed"])})
