"""A partner that switches one thing on: what it did, and what the mall knows of it."""

from dataclasses import dataclass

from services.orders.domain.provisioning import Provisioning

OPEN = ("requested", "unknown")


@dataclass
class Partner:
    """``refuses``: it does not know the number. ``can_reverse``: what it switched on, it can switch off; ``did`` is
    what it really did, ``known`` what is written down here."""

    refuses: bool = False
    can_reverse: bool = True
    did: str | None = None
    times: int = 0
    known: str | None = None
    attempts: int = 0
    by_hand: bool = False

    def begin(self) -> None:
        self.known = self.known or "requested"

    @property
    def facts(self) -> tuple[Provisioning, ...]:
        told = (self.known, self.attempts, self.can_reverse) if self.known else None
        return (Provisioning(1, "elm_provision", "topup", *told),) if told else ()

    def act(self) -> None:
        """Once for one operation, however often it is asked."""
        if self.did is None:
            self.did = "failed" if self.refuses else "succeeded"
            self.times += 1

    def tell(self) -> None:
        if self.known in OPEN:
            self.known = self.did or "failed"

    def reverse(self) -> None:
        if self.did == "succeeded" and self.can_reverse:
            self.did = "reversed"

    @property
    def is_off(self) -> bool:
        return self.did in (None, "failed", "reversed")

    @property
    def is_consistent(self) -> bool:
        """Nothing twice, and nothing believed that is not so."""
        return self.times <= 1 and (self.known in (None, *OPEN) or self.by_hand or self.known == (self.did or "failed"))
