"""Steps that members and staff take: earning, giving, exchanging, paying, adjusting, freezing."""

from tests.integration.points.ledger_driver_chance import EARLIER, MOSTLY, RECENT_REQUESTS, SOURCES, STAFF, Chance, Step
from tests.integration.points.ledger_model_moves import LARGEST, RATES, SMALLEST


def earn(chance: Chance) -> Step:
    points, source = chance.random.randint(1, 120), chance.random.choice(SOURCES)
    pool = chance.random.choice([0] * 12 + [2, 2, 3, 3, 9])
    return chance.request(
        "accrue", member_id=chance.member(), points=points, source=source, unit=chance.unit(), pool=pool
    )  # fmt: skip


def earn_of_the_past(chance: Chance) -> Step:
    step = earn(chance)
    return step._replace(content=step.content | {EARLIER: chance.random.choice([1, 30, 400])})


def claw_back(chance: Chance) -> Step:
    """Of an earning long spent, as often as not: then it makes a debt."""
    earnings = list(chance.model.earnings)[-RECENT_REQUESTS:]
    key = chance.random.choice(earnings) if earnings and chance.random.random() < MOSTLY else None
    earning = chance.model.earnings[key] if key else None
    purse = earning.purse if earning else chance.purse_or_none()
    return chance.request(
        "claw_back", member_id=purse.member_id, unit=purse.unit, earned_by=key,
        points=chance.amount(earning.left if earning else purse.earned),
        policy=chance.random.choice(["within_balance", "debt", "debt"]),
        source=earning.source if earning and chance.random.random() < MOSTLY else chance.random.choice(SOURCES),
    )  # fmt: skip


def gift(chance: Chance) -> Step:
    giver, receiver = chance.random.sample([*chance.members, chance.member()], 2)
    points = chance.amount(chance.random.choice([LARGEST, SMALLEST, 30]))
    return chance.request("gift", from_member=giver, to_member=receiver, points=points)


def exchange(chance: Chance) -> Step:
    there, back = chance.random.choice([("PTS", "COIN")] * 5 + [("COIN", "PTS")] * 4 + [("PTS", "PTS")])
    member_id = chance.member()
    give, get, _ = RATES.get(f"{there}>{back}", (1, 1, True))
    purse = chance.model.purses.get((member_id, there))
    wanted = chance.amount(chance.model.available(purse) * get // give if purse else 1)
    price = -(-wanted * give // get) + chance.random.choice([0, 0, 0, 0, 1])
    return chance.request(
        "exchange", member_id=member_id, from_unit=there, to_unit=back, get=wanted, expected_give=price
    )  # fmt: skip


def top_up(chance: Chance) -> Step:
    new, known = f"payment-{chance.number}", list(chance.model.payments)[-3:]
    payment = chance.random.choice(known) if known and chance.random.random() > MOSTLY else new
    fen = chance.random.choice([1, 99, 250, 1000])
    return chance.request("top_up", member_id=chance.member(), unit=chance.unit(), amount_fen=fen, payment_ref=payment)


def reverse_top_up(chance: Chance) -> Step:
    payment = chance.random.choice([*list(chance.model.payments)[-6:], "payment-unknown"])
    return chance.request("reverse_top_up", payment_ref=payment)


def set_state(chance: Chance) -> Step:
    inactive = [member_id for member_id, (state, *_) in chance.model.states.items() if state != "active"]
    member_id = chance.random.choice(inactive or chance.members)
    state, newest, _ = chance.model.states[member_id]
    sequence = max(newest + chance.random.choice([1, 1, 1, 0, -1]), 1)
    others = ["active", "active", "suspended", "pre_cancelled"] if state == "active" else ["active"]
    return chance.request("set_state", member_id=member_id, state=chance.random.choice(others), sequence=sequence)


def freeze(chance: Chance) -> Step:
    return chance.request("freeze", member_id=chance.member())


def unfreeze(chance: Chance) -> Step:
    holding = [key for key, (_, holds) in chance.model.freezes.items() if holds]
    some = holding if holding and chance.random.random() < MOSTLY else [*list(chance.model.freezes)[-3:], "nobody"]
    return chance.request("unfreeze", frozen_by=chance.random.choice(some))


def request_adjustment(chance: Chance) -> Step:
    """One, two or three lines; the same member twice now and then."""
    purses = [chance.purse() for _ in range(chance.random.randint(1, 3))]
    points = [chance.random.choice([25, 25, -chance.amount(chance.model.available(purse))]) for purse in purses]
    lines = [{"member_id": purse.member_id, "points": n} for purse, n in zip(purses, points, strict=True)]
    if chance.random.random() > MOSTLY:
        lines[0]["member_id"] = chance.member()
    return chance.request("request_adjustment", unit=purses[0].unit, lines=lines, by=chance.random.choice(STAFF))


def decide_on_adjustment(chance: Chance) -> Step:
    waiting = [key for key, adjustment in chance.model.adjustments.items() if not adjustment.decided]
    some = waiting if waiting and chance.random.random() < MOSTLY else [*list(chance.model.adjustments)[-3:], "nobody"]
    what = chance.random.choice(["approve_adjustment", "approve_adjustment", "approve_adjustment", "reject_adjustment"])
    return chance.request(what, asked_for_by=chance.random.choice(some), by=chance.random.choice(STAFF))
