"""Where processes are made to die, one saga each: every step of an order, a payment, a cancellation, a job."""

from dataclasses import dataclass

ORDER_CONFIRMED = "event:order.confirmed.v1"


@dataclass(frozen=True)
class Crash:
    """``process`` dies at the ``nth`` pass of the point; of a service with replicas all of them are told to."""

    process: str
    point: str
    detail: str = "*"
    nth: int = 1

    @property
    def name(self) -> str:
        return f"{self.process} {self.point} {self.detail}"

    @property
    def words(self) -> str:
        return f"{self.point}|{self.detail}|{self.nth}"

    @property
    def timer(self) -> str | None:
        """The name of the timer that has to run for it, if it is a job's."""
        kind, _, job = self.detail.partition(":")
        return f"{self.process}.{job}" if kind == "job" else None


RELAY = ("before_publish", "after_publish", "before_mark", "after_mark")
MATRIX = (
    # placing: what is held, the answer, and its way back
    *(Crash("points", point, "hold_points") for point in ("before_commit", "after_commit", "before_reply")),
    *(Crash("catalog", point, "reserve_stock") for point in ("before_commit", "after_commit", "before_reply")),
    Crash("catalog", "before_reply", "quote_lines"),
    Crash("orders", "goods_and_points_held"),
    Crash("orders", "refusal_fixed"),
    *(Crash("orders", "before_reply", call) for call in ("place_order", "start_payment", "cancel_order")),
    *(Crash("orders", "after_reply", "*", nth) for nth in (1, 3)),
    Crash("gateway", "before_answer", "/v1/orders"),
    # what the confirmed order brings about
    *(Crash("orders", point) for point in RELAY),
    *(Crash("points", point) for point in RELAY),
    *(
        Crash(service, point, ORDER_CONFIRMED)
        for service in ("points", "catalog", "logistics", "notifications")
        for point in ("before_commit", "after_commit")
    ),
    Crash("orders", "before_ack", "on_points_hold_captured"),
    Crash("logistics", "before_ack", "on_order_confirmed"),
    # partners
    *(Crash("logistics", point) for point in ("before_partner", "after_partner")),
    *(Crash("notifications", point, "job:send_queued_sms") for point in ("before_commit", "after_commit")),
    *(Crash("logistics", point, "job:book_shipments", 2) for point in ("before_commit", "after_commit")),
    # flash sales: a ticket, its answer, and its way back when nobody used it
    *(Crash("catalog", point, "take_ticket") for point in ("before_commit", "after_commit", "before_reply")),
    *(Crash("catalog", point, "job:expire_unused_tickets", 2) for point in ("before_commit", "after_commit")),
    # what comes back, and what works through many at once
    *(Crash("orders", point, "job:drive_cases", 2) for point in ("before_commit", "after_commit")),
    *(Crash("points", point, "job:seal_journals", 2) for point in ("before_commit", "after_commit")),
    *(Crash("points", point, "job:expire_points") for point in ("before_commit", "after_commit")),
    *(Crash("catalog", point, "job:settle_expired_reservations") for point in ("before_commit", "after_commit")),
    Crash("orders", "before_commit", "job:credit_merchants"),
)
