"""What messages are about, and which variables a template of each topic may use, with a sample of every one.

A variable is text, or text in each language (``{"zh": …, "en": …}``). ``name`` (the member's, "" if not known) is
there for every topic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.notifications.contract import MESSAGE_CHANNELS
from services.notifications.domain import amounts, labels
from services.points.contract import COINS, POINTS

Variables = Mapping[str, str | Mapping[str, str]]
SIGN_IN_CODE = "sign_in_code"


@dataclass(frozen=True)
class Topic:
    name: str
    sample: Variables
    channels: tuple[str, ...] = MESSAGE_CHANNELS


def both(make: object, *arguments: object) -> dict[str, str]:
    """One text in each language: ``both(amounts.price, 100, 0, 0)``."""
    return {language: make(*arguments, language) for language in ("zh", "en")}  # type: ignore[operator]


def localized(variables: Variables, language: str) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[language] for name, value in variables.items()}


_ORDER: Variables = {
    "order": "0C4F9A21",
    "goods": {"zh": "100元话费充值卡等2件", "en": "CNY 100 top-up card and 1 more"},
    "price": both(amounts.price, 12_000, 0, 990),
}
_ENDED: Variables = {"order": "0C4F9A21", "price": both(amounts.price, 12_000, 0, 990)}
_PARCEL: Variables = {
    "order": "0C4F9A21",
    "carrier": {"zh": "顺丰速运", "en": "SF Express"},
    "waybill": "SF1234567890123",
}
_ACCRUAL: Variables = {"points": "1,288", "available": "23,456", "source": labels.SOURCE_NAMES["check_in"]}
_IN_UNITS: Variables = {
    "points": both(amounts.of_unit, 1_288, POINTS),
    "available": both(amounts.of_unit, 23_456, POINTS),
}
_EXCHANGE: Variables = {
    "given": both(amounts.of_unit, 1_200, POINTS),
    "got": both(amounts.of_unit, 12, COINS),
    "available": both(amounts.of_unit, 20, COINS),
}
_PAID: Variables = {
    "cash": "50.00",
    "points": both(amounts.of_unit, 50, COINS),
    "available": both(amounts.of_unit, 70, COINS),
}
_LAPSE: Variables = {
    "points": both(amounts.of_unit, 1_288, POINTS),
    "last_day": both(amounts.day, date(2026, 12, 31)),
}
_VERIFIED: Variables = {
    "order": "0C4F9A21",
    "goods": {"zh": "电影票", "en": "Cinema ticket"},
    "merchant": {"zh": "星光影城", "en": "Starlight Cinema"},
    "at": both(amounts.moment, datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
}
_CASE: Variables = {
    "order": "0C4F9A21",
    "kind": labels.CASE_KIND_NAMES["return"],
    "because": "the photos show it",
}
_WAITING: Variables = {
    "order": "0C4F9A21",
    "code": "04291738",
    "hall": {"zh": "天河营业厅", "en": "Tianhe hall"},
    "fetch_by": both(amounts.moment, datetime(2026, 11, 28, 8, 30, tzinfo=UTC)),
}
_PAY_BY = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
_TO_PAY: Variables = {**_ORDER, "cash": "9.90", "pay_by": both(amounts.moment, _PAY_BY)}

_ALL = (
    Topic(SIGN_IN_CODE, {"code": "042917", "minutes": "5"}, channels=("sms",)),
    Topic("welcome", {}),
    Topic("account_state_changed", {"state": labels.STATE_NAMES["suspended"]}),
    Topic("tier_changed", {"tier": labels.TIER_NAMES["gold"], "previous": labels.TIER_NAMES["blue"]}),
    Topic("points_from_bill", _ACCRUAL),
    Topic("points_earned", _ACCRUAL),
    Topic("coins_earned", {**_IN_UNITS, "source": labels.SOURCE_NAMES["campaign"]}),
    Topic("coins_refunded", {**_IN_UNITS, "order": "0C4F9A21"}),
    Topic("points_given", _IN_UNITS),
    Topic("points_received", _IN_UNITS),
    Topic("points_taken_back", _IN_UNITS),
    Topic("points_adjusted", _IN_UNITS),
    Topic("points_exchanged", _EXCHANGE),
    Topic("top_up_received", _PAID),
    Topic("top_up_reversed", _PAID),
    Topic("account_frozen", {}),
    Topic("account_unfrozen", {}),
    Topic("order_placed", _TO_PAY),
    Topic("order_approved", _TO_PAY),
    Topic("order_refused", _ENDED),
    Topic("order_confirmed", _ORDER),
    Topic("order_closed", _ENDED),
    Topic("order_cancelled", _ENDED),
    Topic("order_completed", _ENDED),
    Topic("payment_refunded", {"order": "0C4F9A21", "cash": "9.90"}),
    Topic("points_refunded", {"order": "0C4F9A21", "points": "12,000", "available": "23,456"}),
    Topic("points_expiring", _LAPSE),
    Topic("points_expired", {**_LAPSE, "available": both(amounts.of_unit, 23_456, POINTS)}),
    Topic("codes_issued", {"order": "0C4F9A21", "codes": "8812-3345-0071, 8812-3345-0072"}),
    Topic("code_verified", _VERIFIED),
    Topic("code_unverified", _VERIFIED),
    Topic("case_approved", _CASE),
    Topic("case_rejected", _CASE),
    Topic("case_pieces_cancelled", _CASE),
    Topic("case_pieces_kept", _CASE),
    Topic("case_not_provided", _CASE),
    Topic("case_dispute_won", _CASE),
    Topic("case_dispute_lost", _CASE),
    Topic("order_prepared", _WAITING),
    Topic("fetching_reminded", _WAITING),
    Topic("shipment_dispatched", _PARCEL),
    Topic("shipment_out_for_delivery", _PARCEL),
    Topic("shipment_delivery_failed", _PARCEL),
    Topic("shipment_returned", _PARCEL),
    Topic("shipment_lost", _PARCEL),
    Topic("shipment_damaged", _PARCEL),
    Topic("shipment_delivered", _PARCEL),
)
TOPICS = {topic.name: topic for topic in _ALL}
