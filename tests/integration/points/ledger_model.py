"""What the ledger must do, in plain Python; nothing of the implementation is in it.

Every command is a method that takes the content of a request and returns what is known beforehand of its answer; it
raises ``No`` where the request must be refused, before it changes anything.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from services.chassis.clock import CHINA, local_date
from services.chassis.refusal import KEY_REUSED
from services.points import contract
from tests.integration.points.ledger_model_bags import Bag, Earning, No, Purse, draw, last_day, less

Content = dict[str, Any]
# Rows that a story writes, so that points of one wallet end on many days and lie in many pools.
POLICIES = {"check_in": ("fixed_months", 1), "review": ("end_of_year", 0), "survey": ("never", 0)}
GIFTABLE, EXCHANGEABLE, POOLS = {0, 2}, {0, 1, 3}, {0, 1, 2, 3}  # 1 is what was paid for
# These answer a key the same for ever also where they refused it.
REFUSED_FOR_EVER = ("freeze", "unfreeze", "request_adjustment", "reject_adjustment")


class Wallets:
    """What members earn and own. ``now`` is the moment of the story."""

    def __init__(self, now: datetime, members: Iterable[str]) -> None:
        self.now, self.key = now, ""
        self.purses = {(member_id, contract.POINTS): Purse(member_id, contract.POINTS) for member_id in members}
        self.states = {member_id: ("active", 0, now) for member_id, _ in self.purses}
        self.answers: dict[tuple[str, str], tuple[Content, Content | str]] = {}
        self.freezes: dict[str, tuple[str, bool]] = {}
        self.earnings: dict[str, Earning] = {}
        self.booked_days: set[date] = set()

    @property
    def today(self) -> date:
        return local_date(self.now)

    def ask(self, command: str, key: str, content: Content) -> Content | str:
        """The answer or the refusal's code. A key that was answered once is answered the same for ever."""
        known = self.answers.get((command, key))
        if known:
            return known[1] if known[0] == content else KEY_REUSED
        self.key = key
        try:
            answer = getattr(self, command)(**content)
        except No as no:
            answer = str(no)
        if isinstance(answer, dict) or command in REFUSED_FOR_EVER:
            self.answers[command, key] = (content, answer)
        return answer

    def accrue(self, member_id: str, points: int, source: str, unit: str, pool: int) -> Content:
        purse = self.purse_or_new(member_id, unit)
        self.must_be_active(member_id)
        if pool not in POOLS:
            raise No(contract.POOL_UNKNOWN)
        day = last_day(source, self.today, unit)
        kept = self.receive(purse, Counter({(day, pool): points}))
        purse.earned += points
        self.earnings[self.key] = Earning(purse, source, kept, points)
        shown = None if day == date.max else day.isoformat()
        answer = {"points": points, "repaid": points - kept.total(), "expires_on": shown}
        return answer | {"available": self.available(purse)}

    def claw_back(
        self, member_id: str, points: int, unit: str, policy: str, source: str, earned_by: str | None
    ) -> Content:
        """``earned_by`` is the key of the accrual."""
        purse = self.purse(member_id, unit)
        earning = self.earnings.get(earned_by) if earned_by else Earning(purse, source, Counter(), purse.earned)
        if earning is None or earning.purse is not purse or earning.source != source:
            raise No(contract.EARNING_UNKNOWN)
        if points > min(earning.left, purse.earned):
            raise No(contract.CLAW_BACK_TOO_LARGE)
        live = purse.live(self.today)
        own = draw(live & earning.kept, points)
        drawn = own + draw(live - own, points - own.total())
        owed = points - drawn.total() if policy == "debt" else 0
        self.book(purse, less(drawn))
        purse.earned, purse.owed = purse.earned - drawn.total() - owed, purse.owed + owed
        earning.left -= points
        forgiven = points - drawn.total() - owed
        answer = {"points": points, "drawn": drawn.total(), "owed": owed, "forgiven": forgiven}
        return answer | {"available": self.available(purse)}

    def set_state(self, member_id: str, state: str, sequence: int) -> Content:
        """News of the member, late ones among them."""
        if (sequence, self.now) > self.states[member_id][1:]:
            self.states[member_id] = (state, sequence, self.now)
        return {}

    def freeze(self, member_id: str) -> Content:
        self.purse(member_id)
        self.freezes[self.key] = (member_id, True)
        return {"member_id": member_id}

    def unfreeze(self, frozen_by: str) -> Content:
        """``frozen_by`` is the key of the freeze."""
        if frozen_by not in self.freezes:
            raise No(contract.FREEZE_UNKNOWN)
        member_id, holds = self.freezes[frozen_by]
        if not holds:
            raise No(contract.FREEZE_LIFTED_BEFORE)
        self.freezes[frozen_by] = (member_id, False)
        return {"member_id": member_id, "status": "open" if self.is_active(member_id) else "frozen"}

    def expire(self) -> None:
        """The job books what is over and not held, day by day. What comes to be over late expires when it does."""
        rows = [(bucket, purse) for purse in self.purses.values() for bucket in purse.free]
        for day in sorted({b[0] for b, p in rows if b[0] < self.today and (p.free[b] or not p.held[b])}):
            end = datetime.combine(day, time.max, CHINA)
            for purse in self.purses.values():
                gone = Counter(
                    {bucket: -points for bucket, points in purse.free.items() if bucket[0] == day and points}
                )
                purse.book(gone, self.now if day in self.booked_days else end)
                for bucket in [bucket for bucket in purse.free if bucket[0] == day and not purse.held[bucket]]:
                    del purse.free[bucket]
            self.booked_days.add(day)

    def purse(self, member_id: str, unit: str = contract.POINTS) -> Purse:
        if (member_id, unit) not in self.purses:
            raise No(contract.ACCOUNT_UNKNOWN)
        return self.purses[member_id, unit]

    def purse_or_new(self, member_id: str, unit: str) -> Purse:
        """A wallet of coins opens with the first command that succeeds."""
        self.purse(member_id)
        return self.purses.get((member_id, unit)) or Purse(member_id, unit)

    def is_active(self, member_id: str) -> bool:
        return self.states[member_id][0] == "active" and (member_id, True) not in self.freezes.values()

    def must_be_active(self, member_id: str) -> None:
        if not self.is_active(member_id):
            raise No(contract.ACCOUNT_FROZEN)

    def available(self, purse: Purse) -> int:
        return purse.live(self.today).total()

    def book(self, purse: Purse, moved: Bag, cause: Any = None) -> None:
        purse.book(moved, self.now, cause)

    def receive(self, purse: Purse, came: Bag, cause: Any = None) -> Bag:
        """What is left of it for the wallet: debts come first, out of what expires earliest."""
        self.purses[purse.member_id, purse.unit] = purse
        repaid = draw(came, purse.owed)
        purse.owed -= repaid.total()
        self.book(purse, came - repaid, cause)
        return came - repaid
