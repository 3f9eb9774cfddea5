"""The model, continued: what members give each other, exchange, and pay for."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.points import contract
from tests.integration.points.ledger_model import EXCHANGEABLE, GIFTABLE, Content, Wallets
from tests.integration.points.ledger_model_bags import BOUGHT, Bag, No, Purse, draw, last_day, less

# Rows of a story: (give, get, whether what is bought keeps the last days of what was given).
RATES = {"PTS>COIN": (10, 1, True), "COIN>PTS": (1, 9, False), "CNY>COIN": (100, 1, False), "CNY>PTS": (3, 2, False)}
SMALLEST, LARGEST, POINTS_A_DAY, POINTS_A_MONTH, GIFTS_A_DAY = 5, 80, 150, 400, 4


@dataclass(eq=False)
class ToppedUp:
    purse: Purse
    amount_fen: int
    answer: Content = field(default_factory=dict)
    reversed: int = 0
    reversed_fen: int = 0


class Transfers(Wallets):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.gifts: list[tuple[Purse, date, int]] = []
        self.payments: dict[str, ToppedUp] = {}

    def gift(self, from_member: str, to_member: str, points: int) -> Content:
        if from_member == to_member:
            raise No(contract.GIFT_TO_ONESELF)
        for side in (from_member, to_member):
            self.purse(side)
            self.must_be_active(side)
        giver, receiver = self.purse(from_member), self.purse(to_member)
        self._must_be_within_limits(giver, points)
        given = self._give(giver, points, GIFTABLE)
        self.receive(receiver, given)
        self.gifts.append((giver, self.today, points))
        return {"points": points, "available": self.available(giver)}

    def exchange(self, member_id: str, from_unit: str, to_unit: str, get: int, expected_give: int) -> Content:
        source, target = self.purse_or_new(member_id, from_unit), self.purse_or_new(member_id, to_unit)
        self.must_be_active(member_id)
        if f"{from_unit}>{to_unit}" not in RATES:
            raise No(contract.EXCHANGE_CLOSED)
        price = self.price(from_unit, to_unit, get)
        if price != expected_give:
            raise No(contract.RATE_CHANGED)
        given = self._give(source, price, EXCHANGEABLE)
        came = self._bought_with(given, from_unit, to_unit, get)
        kept = self.receive(target, came)
        self.receive(source, Counter())
        answer = {"give": price, "get": get, "repaid": get - kept.total()}
        return answer | {"available_from": self.available(source), "available_to": self.available(target)}

    def top_up(self, member_id: str, unit: str, amount_fen: int, payment_ref: str) -> Content:
        purse, before = self.purse_or_new(member_id, unit), self.payments.get(payment_ref)
        if before:
            if (before.purse, before.amount_fen) != (purse, amount_fen):
                raise No(contract.PAYMENT_USED_BEFORE)
            return before.answer
        self.must_be_active(member_id)
        give, get, _ = RATES[f"CNY>{unit}"]
        points = amount_fen * get // give
        if not points:
            raise No(contract.TOO_LITTLE_MONEY)
        paid = self.payments[payment_ref] = ToppedUp(purse, amount_fen)
        kept = self.receive(purse, Counter({BOUGHT: points}), paid)
        answer: Content = {"payment_ref": payment_ref, "points": points, "repaid": points - kept.total()}
        answer |= {"expires_on": None, "available": self.available(purse)}
        paid.answer = answer
        return answer

    def reverse_top_up(self, payment_ref: str) -> Content:
        """What is left of it, and the money that this had cost: to the fen once all is taken back."""
        paid = self.payments.get(payment_ref)
        if paid is None:
            raise No(contract.TOP_UP_UNKNOWN)
        bought = paid.answer["points"]
        points = paid.purse.left_of(paid)
        if not points:
            raise No(contract.TOP_UP_SPENT)
        paid.reversed += points
        money = paid.amount_fen * paid.reversed // bought - paid.reversed_fen
        paid.reversed_fen += money
        self.book(paid.purse, less(Counter({BOUGHT: points})), paid)
        available = self.available(paid.purse)
        return {"payment_ref": payment_ref, "points": points, "amount_fen": money, "available": available}

    def price(self, from_unit: str, to_unit: str, wanted: int) -> int:
        """Rounded up."""
        give, get, _ = RATES[f"{from_unit}>{to_unit}"]
        return -(-wanted * give // get)

    def _give(self, purse: Purse, points: int, pools: set[int]) -> Bag:
        free = Counter({bucket: n for bucket, n in purse.live(self.today).items() if bucket[1] in pools})
        if free.total() < points:
            raise No(contract.INSUFFICIENT)
        given = draw(free, points)
        self.book(purse, less(given))
        return given

    def _bought_with(self, given: Bag, from_unit: str, to_unit: str, wanted: int) -> Bag:
        """One by one: each is like the first point that pays for it."""
        give, get, keeps = RATES[f"{from_unit}>{to_unit}"]
        points = [bucket for bucket in sorted(given) for _ in range(given[bucket])]
        bought = Counter(points[number * give // get] for number in range(wanted))
        if keeps:
            return bought
        fresh: Bag = Counter()
        for (_, pool), part in bought.items():
            fresh[last_day("exchange", self.today, to_unit), pool] += part
        return fresh

    def _must_be_within_limits(self, giver: Purse, points: int) -> None:
        days = [(day, given) for purse, day, given in self.gifts if purse is giver and day <= self.today]
        today = [given for day, given in days if day == self.today]
        month = [given for day, given in days if day >= self.today.replace(day=1)]
        if (
            not SMALLEST <= points <= LARGEST
            or sum(today) + points > POINTS_A_DAY
            or sum(month) + points > POINTS_A_MONTH
            or len(today) >= GIFTS_A_DAY
        ):
            raise No(contract.GIFT_OUTSIDE_LIMITS)
