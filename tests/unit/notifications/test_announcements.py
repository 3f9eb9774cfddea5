"""Which event becomes which message for whom."""

from datetime import UTC, datetime

import pytest

from services.notifications.domain.announcements import ANNOUNCED_EVENTS, announcements_of, goods_in_words
from services.notifications.domain.rendering import render
from services.notifications.domain.topics import TOPICS, localized

ORDER = "ord_0192f0c1a2b3c4d5e6f708190c4f9a21"
MEMBER = "mbr_" + "a" * 32
LINES = [
    {"name_zh": "100元充值卡", "name_en": "CNY 100 card", "quantity": 2},
    {"name_zh": "雨伞", "name_en": "Umbrella", "quantity": 1},
]
OF_ORDER = {"order_id": ORDER, "member_id": MEMBER, "points": 12_000, "coins": 0, "cash_fen": 990, "lines": LINES}
PARCEL = {
    "order_id": ORDER,
    "member_id": MEMBER,
    "carrier_name_zh": "顺丰",
    "carrier_name_en": "SF",
    "waybill_no": "SF1",
    "status": "dispatched",
}
POSTING = {"member_id": MEMBER, "points": 1288, "available": 23_456}
EXPIRING = {"unit": "PTS", "expires_on": "2026-12-31", "days_before": 7, "postings": [POSTING]}
PLACED = {**OF_ORDER, "pay_by": datetime(2026, 11, 21, 14, 30, tzinfo=UTC)}
WAITING = {
    "order_id": ORDER,
    "member_id": MEMBER,
    **{"name_zh": "天河营业厅", "name_en": "Tianhe hall", "code": "04291738"},
    "fetch_by": datetime(2026, 11, 28, 8, 30, tzinfo=UTC),
}
AT_COUNTER = {
    "order_id": ORDER,
    "member_id": MEMBER,
    **{"name_zh": "电影票", "name_en": "Ticket", "merchant_zh": "影城", "merchant_en": "Cinema"},
    "done_at": datetime(2026, 11, 21, 11, 5, tzinfo=UTC),
}
EVENTS = {
    "members.enrolled.v1": ({"members": [{"member_id": MEMBER, "channel": "web"}]}, "welcome"),
    "member.state_changed.v1": ({"member_id": MEMBER, "state": "suspended"}, "account_state_changed"),
    "member.tier_changed.v1": ({"member_id": MEMBER, "tier": "gold", "previous": "blue"}, "tier_changed"),
    "points.accrued.v1": ({"unit": "PTS", "source": "check_in", "postings": [POSTING]}, "points_earned"),
    "points.expiring.v1": (EXPIRING, "points_expiring"),
    "points.expired.v1": (EXPIRING, "points_expired"),
    "points.refunded.v1": ({"order_id": ORDER, "unit": "PTS", **POSTING}, "points_refunded"),
    "points.exchanged.v1": (
        {"member_id": MEMBER, "from_unit": "PTS", "to_unit": "COIN", "give": 1200, "get": 12, "available_to": 20},
        "points_exchanged",
    ),
    "top_up.received.v1": ({"unit": "COIN", "amount_fen": 5000, **POSTING}, "top_up_received"),
    "top_up.reversed.v1": ({"unit": "COIN", "amount_fen": 5000, **POSTING}, "top_up_reversed"),
    "account.frozen.v1": ({"member_id": MEMBER}, "account_frozen"),
    "account.unfrozen.v1": ({"member_id": MEMBER, "status": "open"}, "account_unfrozen"),
    "points.adjusted.v1": ({"unit": "COIN", "postings": [{**POSTING, "points": -30}]}, "points_adjusted"),
    "points.clawed_back.v1": ({"unit": "PTS", **POSTING}, "points_taken_back"),
    "order.placed.v1": (PLACED, "order_placed"),
    "order.approved.v1": (PLACED, "order_approved"),
    "order.confirmed.v1": (OF_ORDER, "order_confirmed"),
    "order.closed.v1": ({**OF_ORDER, "reason": "payment_window_over"}, "order_closed"),
    "order.cancelled.v1": (OF_ORDER, "order_cancelled"),
    "order.completed.v1": (OF_ORDER, "order_completed"),
    "payment.refunded.v1": ({"order_id": ORDER, "member_id": MEMBER, "amount_fen": 990}, "payment_refunded"),
    "order.prepared.v1": (WAITING, "order_prepared"),
    "fetching.reminded.v1": (WAITING, "fetching_reminded"),
    "code.verified.v1": (AT_COUNTER, "code_verified"),
    "code.unverified.v1": (AT_COUNTER, "code_unverified"),
    "codes.issued.v1": ({"order_id": ORDER, "member_id": MEMBER, "codes": [{"code": "A1"}]}, "codes_issued"),
    "aftersale.decided.v1": (
        {"order_id": ORDER, "member_id": MEMBER, "kind": "return", "decision": "rejected", "because": "used"},
        "case_rejected",
    ),
    "shipment.dispatched.v1": (PARCEL, "shipment_dispatched"),
    "shipment.moved.v1": ({**PARCEL, "status": "lost"}, "shipment_lost"),
    "shipment.delivered.v1": (PARCEL, "shipment_delivered"),
}


def test_no_event_is_forgotten_here():
    assert {*EVENTS, "points.gifted.v1"} == set(ANNOUNCED_EVENTS)  # a gift is told to two: below


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_is_told_to_its_member_with_the_variables_its_templates_know(event_type):
    data, topic = EVENTS[event_type]
    (told,) = announcements_of(event_type, data)
    assert (told.topic, told.member_id) == (topic, MEMBER)
    assert set(told.variables) == set(TOPICS[topic].sample)
    for language in ("zh", "en"):
        assert all(isinstance(value, str) for value in localized(told.variables, language).values())


def test_points_of_a_bill_have_a_topic_of_their_own():
    data = {"unit": "PTS", "source": "bill", "postings": [POSTING, {**POSTING, "member_id": "mbr_" + "b" * 32}]}
    told = announcements_of("points.accrued.v1", data)
    assert [one.topic for one in told] == ["points_from_bill"] * 2
    assert told[0].variables["points"] == "1,288"


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("PTS", "1,288积分 2026年12月31日", "1,288 points 31 Dec 2026"),
        ("COIN", "1,288商城币 2026年12月31日", "1,288 mall coins 31 Dec 2026"),
    ],
)
def test_what_expires_is_named_with_its_unit_and_its_last_day(unit, zh, en):
    (told,) = announcements_of("points.expiring.v1", {**EXPIRING, "unit": unit})
    texts = [render("", "{{ points }} {{ last_day }}", told.variables, language, "").body for language in ("zh", "en")]
    assert texts == [zh, en]


def test_imported_members_are_not_welcomed():
    members = [{"member_id": MEMBER, "channel": "import"}, {"member_id": "mbr_" + "b" * 32, "channel": "sms"}]
    assert [one.member_id for one in announcements_of("members.enrolled.v1", {"members": members})] == [
        "mbr_" + "b" * 32
    ]


@pytest.mark.parametrize(
    ("decision", "topic"),
    [
        ("approved", "case_pieces_cancelled"),
        ("rejected", "case_pieces_kept"),
        ("not_provided", "case_not_provided"),
    ],
)
def test_of_single_pieces_a_member_reads_what_became_of_them(decision, topic):
    data = {"order_id": ORDER, "member_id": MEMBER, "kind": "cancel_part", "decision": decision, "because": "why"}
    assert [one.topic for one in announcements_of("aftersale.decided.v1", data)] == [topic]


def test_what_has_to_be_approved_first_asks_for_no_payment_yet():
    assert announcements_of("order.placed.v1", {**PLACED, "pay_by": None}) == []


def test_a_bulk_order_that_was_refused_is_told_so():
    (told,) = announcements_of("order.closed.v1", {**OF_ORDER, "reason": "not_approved"})
    assert (told.topic, set(told.variables)) == ("order_refused", set(TOPICS["order_refused"].sample))


def test_an_order_without_cash_asks_for_no_payment():
    assert announcements_of("order.placed.v1", {**PLACED, "cash_fen": 0}) == []


@pytest.mark.parametrize(
    ("status", "topic"),
    [
        ("out_for_delivery", "shipment_out_for_delivery"),
        ("delivery_failed", "shipment_delivery_failed"),
        ("returned", "shipment_returned"),
        ("lost", "shipment_lost"),
        ("damaged", "shipment_damaged"),
        ("picked_up", None),
        ("in_transit", None),
        ("pending", None),
        ("delivered", None),
    ],
)
def test_only_moves_that_matter_are_told(status, topic):
    told = announcements_of("shipment.moved.v1", {**PARCEL, "status": status})
    assert [one.topic for one in told] == ([topic] if topic else [])


def test_goods_in_words():
    assert goods_in_words(LINES) == {"zh": "100元充值卡等3件", "en": "CNY 100 card and 2 more"}
    assert goods_in_words(LINES[1:]) == {"zh": "雨伞", "en": "Umbrella"}


def test_a_payment_request_names_the_sum_and_the_hour():
    (told,) = announcements_of("order.placed.v1", PLACED)
    text = render("", "{{ order }} {{ cash }} {{ pay_by }}", told.variables, "zh", "").body
    assert text == "0C4F9A21 9.90 11月21日 22:30"


def test_coins_are_told_in_coins():
    data = {"unit": "COIN", "source": "check_in", "postings": [POSTING]}
    (earned,) = announcements_of("points.accrued.v1", data)
    (refunded,) = announcements_of("points.refunded.v1", {"order_id": ORDER, "unit": "COIN", **POSTING})
    assert (earned.topic, earned.variables["points"]["en"]) == ("coins_earned", "1,288 mall coins")
    assert (refunded.topic, refunded.variables["available"]["zh"]) == ("coins_refunded", "23,456商城币")
    assert set(refunded.variables) == set(TOPICS["coins_refunded"].sample)
    assert set(earned.variables) == set(TOPICS["coins_earned"].sample)


def test_a_gift_is_told_to_both_and_never_in_the_givers_words():
    friend = "mbr_" + "b" * 32
    sides = {"from_member": MEMBER, "to_member": friend, "giver_available": 20, "receiver_available": 85}
    told = announcements_of("points.gifted.v1", {**sides, "points": 80, "message": "点击 http://evil.example"})
    assert [(one.topic, one.member_id) for one in told] == [("points_given", MEMBER), ("points_received", friend)]
    assert [one.variables["available"]["en"] for one in told] == ["20 points", "85 points"]
    assert "evil" not in str(told)
    assert all(set(one.variables) == set(TOPICS[one.topic].sample) for one in told)


def test_an_exchange_is_told_in_both_units():
    data, _ = EVENTS["points.exchanged.v1"]
    (told,) = announcements_of("points.exchanged.v1", data)
    text = render("", "{{ given }} {{ got }} {{ available }}", told.variables, "en", "").body
    assert text == "1,200 points 12 mall coins 20 mall coins"


def test_money_that_bought_coins_is_told_in_yuan():
    (told,) = announcements_of("top_up.received.v1", {"unit": "COIN", "amount_fen": 123_456, **POSTING})
    assert told.variables["cash"] == "1,234.56"


def test_an_account_that_stays_frozen_is_not_told_to_be_open():
    assert announcements_of("account.unfrozen.v1", {"member_id": MEMBER, "status": "frozen"}) == []


def test_who_bought_a_code_before_counters_knew_members_is_not_told_of_its_use():
    assert announcements_of("code.verified.v1", {**AT_COUNTER, "member_id": None}) == []
