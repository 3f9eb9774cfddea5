"""A world around one order: neighbours that do what they are told or asked, or fail once, before it or after it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.orders.contract import ON_DELIVERY
from services.orders.domain.flows.course import Course, course_of, status_when_called_off
from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.flow import PIVOT, Flow, merged
from services.orders.domain.flows.interpreter import Begin, TakeBack, asked, given_up, gone_on, marked_done, taken_back
from services.orders.domain.flows.plan import Plan
from services.orders.domain.flows.policy import StepPolicy
from services.orders.domain.flows.stored_plan import plan_as_json, plan_of_json
from services.orders.domain.fulfilment import LineToDeliver, Parcel, PartToDeliver
from services.orders.domain.order_status import CALLED_OFF, ORDER
from services.orders.domain.provisioning import has_failed
from services.orders.domain.tenders import TenderEvent, fold_tender
from tests.unit.orders.partner_in_the_world import Partner

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
POLICIES = {
    "settle_points": StepPolicy(ask_after_s=60, ask_every_s=60, stuck_after_s=3600),
    "provision": StepPolicy(ask_after_s=1, ask_every_s=30, stuck_after_s=1800),
}
GOES_ON_AS = {"closing": "awaiting_payment", "cancelling": "confirmed"}


@dataclass
class World:
    """``fails`` names what fails once: (who, "before" or "after"). The buyer pays ``pays_after_s`` after placing, at
    ``provider``; one who is to pay at the door and never does refuses the parcel. ``counts_wrong``: the carrier first
    says that it has collected another amount. ``loses``: how the parcel ends instead, lost or damaged. A bulk order is
    approved ``approves_after_s`` after placing, or never. What ``is_picked_up`` waits in a hall; the buyer comes for
    it, or never; ``hand_over`` is what catalog knows, collected or stopped, ``is_collected`` what we heard."""

    flows: list[Flow]
    points: int
    cash: int
    deliveries: tuple[str, ...]
    pays_after_s: int | None
    fails: set[tuple[str, str]]
    starts_paying: bool = True
    provider: str = "alipay"
    counts_wrong: bool = False
    partner: Partner = field(default_factory=Partner)
    now: datetime = NOON
    status: str = "awaiting_payment"
    moved: set[TenderEvent] = field(default_factory=set)
    parcels: str | None = None
    codes_out: int = 0
    is_being_paid: bool = False
    trade_closed: bool = False
    delivered_at: datetime | None = None
    is_picked_up: bool = False
    comes_after_s: int | None = None
    prepared_at: datetime | None = None
    hand_over: str = "open"
    is_collected: bool = False
    heard: list[str] = field(default_factory=list)
    come_after_days: float = 1
    approves_after_s: int | None = None
    approved_at: datetime | None = None
    policies: dict[str, StepPolicy] = field(default_factory=lambda: dict(POLICIES))
    is_allotted: bool = False
    is_given_up: bool = False
    loses: str | None = None

    def __post_init__(self) -> None:
        self.plan = Plan.of(merged(self.flows))
        if self.points:
            self.moved.add(TenderEvent("hold", "succeeded", self.points, "order"))
        self.is_being_paid = bool(self.cash) and self.starts_paying and self.pay_by is not None
        self.move()

    @property
    def is_paid_at_door(self) -> bool:
        return self.provider == ON_DELIVERY

    @property
    def is_to_be_approved(self) -> bool:
        return "approve" in self.plan

    @property
    def pay_by(self) -> datetime | None:
        begins = self.approved_at if self.is_to_be_approved else NOON
        return begins + timedelta(minutes=15) if begins and self.cash and not self.is_paid_at_door else None

    @property
    def facts(self) -> Facts:
        due = {"points": self.points, "cash": self.cash}
        parts = tuple(
            PartToDeliver(f"elm_{delivery}", delivery, 1, "topup" if delivery == "provision" else None)
            for delivery in self.deliveries
        )
        return Facts(
            tenders={kind: fold_tender(kind, due[kind], self._events(kind)) for kind in due if due[kind]},
            lines=(LineToDeliver(1, "sku", 1, parts),),
            parcels=(Parcel(self.parcels, (1,)),) if self.parcels else (),
            codes=(("sku", "elm_code"),) * self.codes_out,
            provisionings=self.partner.facts,
            cash_provider=self.provider if self.cash else None,
            is_being_paid=self.is_being_paid,
            pay_by=self.pay_by,
            approve_by=NOON + timedelta(days=1) if self.is_to_be_approved else None,
            is_approved=self.approved_at is not None,
            is_allotted=self.is_allotted and "allotted" in self.heard,
            ships_from=NOON + timedelta(days=3) if self.is_to_come else None,
            received_by=self.delivered_at + timedelta(days=7) if self.delivered_at else None,
            is_prepared=self.prepared_at is not None or self.is_collected,
            is_collected=self.is_collected,
            fetch_by=self.prepared_at + timedelta(days=7) if self.prepared_at and not self.is_collected else None,
        )

    @property
    def is_to_come(self) -> bool:
        """Sold before it is there."""
        return "await_goods" in self.plan

    def _events(self, kind: str) -> list[TenderEvent]:
        return [event for event in self.moved if (event.reference == "trade") == (kind == "cash")]

    def move(self) -> Course:
        """One look, as one transaction; the plan goes through its stored form every time."""
        course = course_of(plan_of_json(plan_as_json(self.plan)), self.facts, self.status, self.now, self.policies)
        self.plan, self.status = course.plan, course.status
        for move in course.moves:
            self._effect(move)
        return course

    def _effect(self, move: object) -> None:
        match move:
            case Begin(step) if step == PIVOT:
                self.heard.append("confirmed")
            case Begin("carry"):
                self.heard.append("may be sent")
            case Begin("provision"):
                self.partner.begin()
            case TakeBack("take_cash" | "collect_cash") if self._paid():
                self.moved.add(TenderEvent("refund", "succeeded", self.cash, "trade"))
            case TakeBack("hold_points") if self.points and not self._captured():
                self.moved.add(TenderEvent("void", "succeeded", self.points, "order"))
            case TakeBack("settle_points") if self.points and self._captured():
                self.moved.add(TenderEvent("refund", "succeeded", self.points, "order"))

    def _paid(self) -> bool:
        return TenderEvent("capture", "succeeded", self.cash, "trade") in self.moved

    def _captured(self) -> bool:
        return TenderEvent("capture", "succeeded", self.points, "order") in self.moved

    def _does(self, who: str) -> tuple[bool, bool]:
        """(whether it is done, whether we are told)."""
        for when in ("before", "after"):
            if (who, when) in self.fails:
                self.fails.remove((who, when))
                return when == "after", False
        return True, True

    def live(self, calls_off_after: int | None = None, receives_after: int | None = None, turns: int = 200) -> None:
        """Until it has ended and nothing is left to be done: from then on nobody moves. The buyer calls it off, or says
        that it has come, before so many turns."""
        for turn in range(turns):
            if turn == calls_off_after:
                self.call_off()
            if turn == receives_after:
                self.receive()
            self.pass_time()
            if ORDER.is_end(self.status) and not self.move().moves:
                return

    def pass_time(self) -> None:
        """To the next thing that is due, or a while on; then whoever has something to do does it."""
        course = self.move()
        if ORDER.is_end(self.status):
            return
        if course.wait.ask:
            self._ask(course.wait.ask)
            return
        until = course.wait.until or self.now + timedelta(hours=1)
        self.now = max(self.now + timedelta(seconds=1), min(until, self.now + timedelta(hours=12)))
        self._neighbours_act()

    def _ask(self, step: str) -> None:
        is_back = self.plan[step].state == "undoing"
        self.plan = asked(self.plan, step, self.now, self.policies)
        is_done, is_told = self._does(f"{step} back" if is_back else step)
        doers = {"take_cash": self._trade_ends, "carry": self._parcel_stops, "settle_points": self._points_go}
        doers["await_goods"] = self._goods_are_given_up
        doers["provision"] = self._partner_switches_off if is_back else self._partner_switches_on
        if step == "provision" and not is_done:
            self._nobody_answers()
        doers["prepare"] = self._hall_stops
        doers["hand_over"] = lambda is_told: None  # the buyer is reminded, and comes or not
        if is_done:
            doers[step](is_told)

    def _trade_ends(self, is_told: bool) -> None:
        self.trade_closed = True
        if not is_told:
            return
        self.is_being_paid = False
        if self._paid():
            self._go_on()

    def _parcel_stops(self, is_told: bool) -> None:
        if self.parcels in (None, "pending", "cancelled"):
            self.parcels = "cancelled"
            if is_told:
                self.plan = taken_back(self.plan, "carry", self.now)
        elif is_told:
            self._go_on()

    def _goods_are_given_up(self, is_told: bool) -> None:
        """The catalog gives up what is not allotted; what is, goes out."""
        self.is_given_up = not self.is_allotted
        if is_told and self.is_given_up:
            self.plan = taken_back(self.plan, "await_goods", self.now)
        elif is_told:
            self.heard.append("allotted")
            self._go_on()

    def _hall_stops(self, is_told: bool) -> None:
        if self.hand_over != "collected":
            self.hand_over = "stopped"
            if is_told:
                self.plan = taken_back(self.plan, "prepare", self.now)
        elif is_told:
            self.is_collected = True
            self._go_on()

    def _points_go(self, is_told: bool) -> None:
        self.moved.add(TenderEvent("capture", "succeeded", self.points, "order"))

    def _partner_switches_on(self, is_told: bool) -> None:
        if self.partner.known in ("failed", "reversed"):
            self._give_up()  # the way back was tried, and is closed
            return
        self.partner.attempts += 1
        self.partner.act()
        if is_told:
            self.partner.tell()
            self._follow_partner()
        else:
            self._nobody_answers()

    def _follow_partner(self) -> None:
        if self.status != "confirmed" or not has_failed(self.facts.provisionings):
            return
        if self.facts.may_be_taken_back:
            self.status = status_when_called_off(self.status)
        else:
            self._give_up()

    def _partner_switches_off(self, is_told: bool) -> None:
        if self.partner.known in ("requested", "unknown"):
            if is_told:
                self.partner.tell()
            return
        self.partner.reverse()
        if not is_told:
            return
        if self.partner.did == "reversed":
            self.partner.known = "reversed"
        else:
            self._go_on()
            self._give_up()

    def _nobody_answers(self) -> None:
        if self.partner.known == "requested" and self.partner.attempts:
            self.partner.known = "unknown"

    def _give_up(self) -> None:
        if self.plan["provision"].state == "doing":
            self.plan = given_up(self.plan, "provision", "number unknown", self.now)

    def somebody_looks(self) -> None:
        """At what nobody here can bring to an end: it is switched on in another way, and counts as done."""
        if "provision" not in self.plan:
            return
        step = self.plan["provision"]
        if step.state == "doing" and step.is_stuck(self.now) and step.due_at is None:
            self.partner.known, self.partner.by_hand = "succeeded", True
            self.plan = marked_done(self.plan, "provision", self.now)

    def _go_on(self) -> None:
        self.plan, self.status = gone_on(self.plan, self.now), GOES_ON_AS[self.status]

    def _neighbours_act(self) -> None:
        self.somebody_looks()
        self._staff_approve()
        self._buyer_pays()
        self._goods_come()
        if self.is_picked_up:
            self._hall_acts()
        elif "confirmed" in self.heard and self.status not in CALLED_OFF and not ORDER.is_end(self.status):
            self._goods_go_out()

    def _hall_acts(self) -> None:
        """Catalog knows nothing of orders that are being called off until it is asked to stop."""
        if "confirmed" in self.heard and self.points and not self._captured() and self._does("points")[0]:
            self._points_go(True)
        if "confirmed" in self.heard and self.hand_over == "open" and not self.prepared_at and self._does("catalog")[0]:
            self.prepared_at = self.now
        comes = self.comes_after_s is not None and self.prepared_at is not None
        if comes and self.hand_over == "open" and self.now >= self.prepared_at + timedelta(seconds=self.comes_after_s):
            self.hand_over = "collected"
        if self.hand_over == "collected" and self._does("hall")[0]:
            self.is_collected = True

    def _staff_approve(self) -> None:
        """Not when the time for it is over, nor what is called off."""
        is_time = self.approves_after_s is not None and self.now >= NOON + timedelta(seconds=self.approves_after_s)
        is_open = self.status == "awaiting_payment" and self.now < NOON + timedelta(days=1)
        if self.is_to_be_approved and not self.approved_at and is_time and is_open and self._does("staff")[0]:
            self.approved_at = self.now
            self.move()  # in the same transaction
            self.is_being_paid = bool(self.cash) and self.starts_paying

    def _buyer_pays(self) -> None:
        is_time = self.pays_after_s is not None and self.now >= NOON + timedelta(seconds=self.pays_after_s)
        if is_time and self.is_being_paid and not self.trade_closed and not self._paid():
            self.moved.add(TenderEvent("capture", "succeeded", self.cash, "trade"))
            self.is_being_paid = False
            if self.status == "closing":
                self._go_on()

    def _goods_come(self) -> None:
        """Also for an order that is just being called off: the catalog hears of that when it is asked."""
        is_due = "confirmed" in self.heard and self.now >= NOON + timedelta(days=self.come_after_days)
        if self.is_to_come and is_due and not self.is_given_up and not ORDER.is_end(self.status):
            is_done, is_told = (True, True) if self.is_allotted else self._does("catalog allots")
            self.is_allotted = self.is_allotted or is_done
            if is_done and is_told:  # what was not heard of the first time comes again
                self.heard.append("allotted")

    def _goods_go_out(self) -> None:
        if self.points and not self._captured() and self._does("points")[0]:
            self._points_go(True)
        if "may be sent" in self.heard and self.parcels != "delivered" and self._does("logistics")[0]:
            self._parcel_moves()
        if self.parcels == "delivered" and self.is_paid_at_door and not self._paid() and self._does("carrier")[0]:
            self._cash_is_told()
        if "code" in self.deliveries and not self.codes_out and self._does("catalog")[0]:
            self.codes_out = 1
        if self.delivered_at is None and self.facts.fulfilment_status == "delivered":
            self.delivered_at = self.now

    def _parcel_moves(self) -> None:
        is_refused = self.is_paid_at_door and self.cash and self.pays_after_s is None
        arrives = self.loses or ("returned" if is_refused else "delivered")
        self.parcels = "in_transit" if self.parcels is None else arrives

    def _cash_is_told(self) -> None:
        """An amount that is not what is due pays nothing; the carrier corrects it."""
        if self.counts_wrong:
            self.counts_wrong = False
        elif self.cash:
            self.moved.add(TenderEvent("capture", "succeeded", self.cash, "trade"))

    def receive(self) -> None:
        if "receive" in self.plan and self.plan["receive"].state == "doing":
            self.plan = marked_done(self.plan, "receive", self.now)

    def call_off(self) -> None:
        if self.status == "awaiting_payment" or (self.status == "confirmed" and self.facts.is_untouched):
            self.status = status_when_called_off(self.status)

    @property
    def is_fulfilled(self) -> bool:
        return self.facts.fulfilment_status == "delivered" and self.facts.payment_status == "paid" and self.plan.is_done

    @property
    def is_compensated(self) -> bool:
        given_back = all(tender.is_given_back for tender in self.facts.tenders.values())
        if self.is_allotted and self.is_to_come:
            return False  # what is there goes out
        freed = not self.points or self._captured() or self.facts.tenders["points"].is_released
        is_gone = self.loses is not None and self.parcels == self.loses
        kept = (is_gone or self.parcels in (None, "cancelled", "returned")) and self.partner.is_off
        kept = kept and self.hand_over != "collected"
        return given_back and freed and not self.is_being_paid and kept
