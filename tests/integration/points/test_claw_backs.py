"""Points taken back: from which bucket, what becomes of the rest, and how a debt is repaid."""

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted
from services.points import contract
from services.points.storage.holds import HoldKey
from services.points.usecases.follow_orders import capture_confirmed
from tests.integration.points.story import Ledger
from tests.integration.points.test_commands import refusal_of

engine = database_of("points")
ENTRIES = """
    SELECT account.kind, CASE account.kind WHEN 'system' THEN account.owner END, entry.amount, entry.expires_on::text
    FROM entry JOIN account ON account.id = entry.account_id WHERE journal_id = :id ORDER BY seq
"""


@pytest.fixture(autouse=True, scope="module")
def policies(engine):
    Ledger(engine).policy("check_in", "end_of_year", 0)


def test_the_earnings_own_bucket_is_drawn_first(ledger: Ledger):
    member_id = ledger.member()
    ledger.accrue(member_id, 100, source="check_in")
    earning = ledger.accrue(member_id, 60, source="purchase")["journal_id"]

    answer = ledger.claw_back(member_id, 50, source="purchase", corrects=earning)

    assert (answer["points"], answer["drawn"], answer["owed"], answer["forgiven"]) == (50, 50, 0, 0)
    assert answer["available"] == 110
    assert ledger.balance(member_id)["expiring"] == [
        {"expires_on": "2026-12-31", "points": 100},
        {"expires_on": "2028-12-31", "points": 10},
    ]
    booked = [("system", "issue:purchase", 50, None), ("wallet", None, -50, "2028-12-31")]
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == booked


def test_without_an_earning_what_expires_first_is_drawn_first(ledger: Ledger):
    member_id = ledger.member(60)
    ledger.accrue(member_id, 100, source="check_in")

    ledger.claw_back(member_id, 120)

    assert ledger.balance(member_id)["expiring"] == [{"expires_on": "2028-12-31", "points": 40}]


def test_what_is_spent_already_is_owed_and_later_earnings_repay_it_first(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 70, order_id)
    ledger.capture(order_id)

    answer = ledger.claw_back(member_id, 100)
    first = ledger.accrue(member_id, 50)
    between = ledger.balance(member_id)
    second = ledger.accrue(member_id, 50)

    assert (answer["drawn"], answer["owed"], answer["forgiven"], answer["available"]) == (30, 70, 0, 0)
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == [
        ("system", "issue:campaign", 100, None),
        ("wallet", None, -30, "2028-12-31"),
        ("debt", None, -70, None),
    ]
    assert (first["points"], first["repaid"], first["available"]) == (50, 50, 0)
    assert (between["available"], between["owed"], between["earned_in_all"]) == (0, 20, 50)
    assert (second["repaid"], second["available"]) == (20, 30)
    assert ledger.fetch(ENTRIES, id=second["journal_id"]) == [
        ("system", "issue:campaign", -50, None),
        ("wallet", None, 30, "2028-12-31"),
        ("debt", None, 20, None),
    ]
    balance = ledger.balance(member_id)
    assert (balance["available"], balance["owed"], balance["earned_in_all"]) == (30, 0, 100)


def test_what_an_order_gives_back_repays_the_debt_before_it_can_be_spent(ledger: Ledger):
    member_id, held, spent = ledger.member(100), new_id("ord"), new_id("ord")
    ledger.hold(member_id, 30, held)
    ledger.hold(member_id, 70, spent)
    ledger.capture(spent)
    ledger.claw_back(member_id, 90)

    ledger.release(held)
    released = ledger.balance(member_id)
    ledger.refund(spent, 50)
    refunded = ledger.balance(member_id)
    ledger.refund(spent, 20)

    assert (released["available"], released["owed"]) == (0, 60)
    assert (refunded["available"], refunded["owed"]) == (0, 10)
    assert (ledger.available(member_id), ledger.balance(member_id)["owed"]) == (10, 0)
    told = [event["data"] for event in emitted(ledger.engine, contract.POINTS_REFUNDED)[-2:]]
    assert [(one["points"], one["available"]) for one in told] == [(50, 0), (20, 10)]
    assert ledger.balance(member_id)["earned_in_all"] == 10


def test_what_a_partial_capture_leaves_repays_the_debt(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 100, order_id)
    ledger.claw_back(member_id, 50)

    with ledger.works.begin() as work:
        capture_confirmed(work, HoldKey(order_id), 80)

    balance = ledger.balance(member_id)
    assert (balance["available"], balance["owed"], balance["held"]) == (0, 30, 0)


def test_within_the_balance_the_rest_is_forgiven_for_good(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    earning = ledger.accrue(member_id, 100)["journal_id"]
    ledger.hold(member_id, 70, order_id)
    ledger.capture(order_id)

    answer = ledger.claw_back(member_id, 100, "within_balance", corrects=earning)
    ledger.accrue(member_id, 40)

    assert (answer["drawn"], answer["owed"], answer["forgiven"]) == (30, 0, 70)
    balance = ledger.balance(member_id)
    assert (balance["available"], balance["owed"], balance["earned_in_all"]) == (40, 0, 110)
    assert refusal_of(lambda: ledger.claw_back(member_id, 1, corrects=earning)) == contract.CLAW_BACK_TOO_LARGE


def test_when_nothing_is_left_all_is_forgiven_and_nothing_booked(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 100, order_id)
    told = len(emitted(ledger.engine, contract.POINTS_CLAWED_BACK))

    answer = ledger.claw_back(member_id, 100, "within_balance", request_id="forgiven-1")

    assert (answer["drawn"], answer["forgiven"]) == (0, 100)
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == []
    assert ledger.claw_back(member_id, 100, "within_balance", request_id="forgiven-1") == answer
    assert len(emitted(ledger.engine, contract.POINTS_CLAWED_BACK)) == told


def test_held_points_stay_with_their_order(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 80, order_id)

    answer = ledger.claw_back(member_id, 100)

    assert (answer["drawn"], answer["owed"]) == (20, 80)
    assert ledger.capture(order_id)["points"] == 80


def test_expired_points_are_not_drawn_on_whether_their_expiry_is_booked_or_not(ledger: Ledger):
    member_id = ledger.member()
    earning = ledger.accrue(member_id, 100, source="check_in")["journal_id"]
    ledger.clock.advance(days=60)

    answer = ledger.claw_back(member_id, 100, source="check_in", corrects=earning)

    assert (answer["drawn"], answer["owed"]) == (0, 100)
    assert ledger.fetch("SELECT posted FROM account WHERE owner = :id AND kind = 'wallet'", id=member_id) == [(100,)]


def test_claw_backs_of_one_earning_never_exceed_it(ledger: Ledger):
    member_id = ledger.member(500)
    earning = ledger.accrue(member_id, 100)["journal_id"]
    ledger.claw_back(member_id, 60, corrects=earning)

    with pytest.raises(Refused) as refused:
        ledger.claw_back(member_id, 41, corrects=earning)

    assert (refused.value.code, refused.value.details) == (contract.CLAW_BACK_TOO_LARGE, {"left": 40, "asked": 41})
    assert ledger.claw_back(member_id, 40, corrects=earning)["available"] == 500


def test_an_earning_that_repaid_a_debt_can_be_clawed_back_whole(ledger: Ledger):
    member_id = ledger.member(100)
    order_id = new_id("ord")
    ledger.hold(member_id, 100, order_id)
    ledger.claw_back(member_id, 30)
    earning = ledger.accrue(member_id, 50)["journal_id"]

    answer = ledger.claw_back(member_id, 50, corrects=earning)

    assert (answer["drawn"], answer["owed"]) == (20, 30)
    assert ledger.balance(member_id)["owed"] == 30


def test_no_more_is_clawed_back_than_was_ever_earned(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.claw_back(member_id, 60)

    assert refusal_of(lambda: ledger.claw_back(member_id, 41)) == contract.CLAW_BACK_TOO_LARGE


def test_what_was_clawed_back_without_naming_its_earning_is_not_clawed_back_by_name(ledger: Ledger):
    member_id = ledger.member()
    earned = ledger.accrue(member_id, 20)
    ledger.claw_back(member_id, 15)

    with pytest.raises(Refused) as caught:
        ledger.claw_back(member_id, 6, corrects=earned["journal_id"])

    assert (caught.value.code, caught.value.details) == (contract.CLAW_BACK_TOO_LARGE, {"left": 5, "asked": 6})
    assert ledger.claw_back(member_id, 5, corrects=earned["journal_id"])["drawn"] == 5


def test_an_earning_of_somebody_else_or_of_another_kind_is_unknown(ledger: Ledger):
    member_id, other = ledger.member(100), ledger.member()
    theirs = ledger.accrue(other, 10)["journal_id"]
    own = ledger.accrue(member_id, 10, source="review")["journal_id"]
    taken = ledger.claw_back(member_id, 5)["journal_id"]

    for corrects in (theirs, own, taken, 10**9):
        assert refusal_of(lambda id=corrects: ledger.claw_back(member_id, 5, corrects=id)) == contract.EARNING_UNKNOWN


def test_who_has_no_account_has_nothing_to_claw_back(ledger: Ledger):
    assert refusal_of(lambda: ledger.claw_back(new_id("mbr"), 5)) == contract.ACCOUNT_UNKNOWN


def test_a_frozen_account_is_no_shelter(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.freeze(member_id)

    assert ledger.claw_back(member_id, 40)["available"] == 60


def test_the_same_request_again_gets_the_same_answer_and_another_content_is_refused(ledger: Ledger):
    member_id = ledger.member(100)

    first = ledger.claw_back(member_id, 30, request_id="claw-1")

    assert ledger.claw_back(member_id, 30, request_id="claw-1") == first
    assert refusal_of(lambda: ledger.claw_back(member_id, 31, request_id="claw-1")) == KEY_REUSED
    assert ledger.available(member_id) == 70


def test_members_hear_how_much_is_gone_and_when_it_was_earned(ledger: Ledger):
    member_id = ledger.member()
    earning = ledger.accrue(member_id, 100, source="purchase")["journal_id"]
    ledger.hold(member_id, 60)
    ledger.clock.advance(days=20)

    ledger.claw_back(member_id, 70, source="purchase", corrects=earning, reason="goods_returned")

    event = emitted(ledger.engine, contract.POINTS_CLAWED_BACK)[-1]
    assert (event["subject"], event["sequence"]) == (member_id, 3)
    assert event["data"] == {
        "member_id": member_id,
        "unit": "PTS",
        "points": 70,
        "owed": 30,
        "available": 0,
        "source": "purchase",
        "reason": "goods_returned",
        "earned_on": "2026-11-20",
    }
